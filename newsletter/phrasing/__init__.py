"""A language model may phrase the Takeaway: off unless config.yaml turns it on, and never trusted.

It sees each sentence of the column with every claim in a numbered slot, and answers in slots. What claims anything beside
them is refused, asked for once more with the reason, and then the program's own sentence stands. Every failure ends
there too: an issue never waits or fails for a phrase. What comes back goes through the check like any other text, with
the program's own sentence as its plain form. docs/phrasing.md says more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from newsletter.brief import Brief, Sentence
from newsletter.config import Config
from newsletter.market import Gap
from newsletter.phrasing import answers
from newsletter.phrasing.asking import OFFICIAL, Asker, Client
from newsletter.phrasing.guarded import Guards, names_of
from newsletter.phrasing.judging import own_words, refusal
from newsletter.phrasing.slots import Masked, fill, mask

__all__ = ["Phrased", "phrase"]

log = structlog.get_logger()

ROUNDS = 2
"""Questions an issue: the first, and one more for what was refused or not answered."""

INSTRUCTION = (
    "You edit a daily market column. Each sentence you get has slots such as {s1}; each slot stands for words that are "
    "already final, and `slots` says what kind. Rephrase each sentence so that it reads better, and keep its meaning. "
    "Use every slot exactly once, in the same order; a lone weekday may move. Never write outside a slot: a number in figures "
    "or words, a date, a name, a word of direction or comparison, a reason, an opinion, a forecast, advice, or markup. "
    "One sentence stays one sentence. Use only plain punctuation and end with a full stop. If a sentence can't be "
    'improved, repeat it. Answer with JSON alone: {"sentences": [{"id": "1", "text": "..."}]}.'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrased:
    """The brief with what could be phrased, and notes: what could not, and why. They are logged, and no reader sees them."""

    brief: Brief
    notes: tuple[Gap, ...] = ()


def phrase(
    brief: Brief,
    *,
    config: Config,
    client: Client | None = None,
    environment: Mapping[str, str] | None = None,
) -> Phrased:
    """The brief with the sentences of its Takeaway phrased; itself where phrasing is off.

    ``client`` stands in for ``openai.OpenAI``, ``environment`` for the process's own. Answers are kept in
    ``phrasing/`` beside the price cache. Raises ConfigError where the openai package is missing; every other failure
    is a note.
    """
    if not config.phrasing.enabled:
        return Phrased(brief=brief)
    asker = Asker(config.phrasing, client=client, environment=environment)
    guards = Guards(names_of(brief, config))
    offered = {text: masked for text in _texts(brief) if (masked := mask(text, guards)) is not None}
    if not offered:
        return Phrased(brief=brief)
    desk = _Desk(
        config=config,
        asker=asker,
        guards=guards,
        path=_kept_at(config, brief),
        offered=tuple(offered.values()),
    )
    accepted = desk.run()
    new = {
        own: fill(accepted[masked.text], masked.slots)
        for own, masked in offered.items()
        if masked.text in accepted
    }
    for note in desk.notes:
        log.warning("not phrased", action="phrasing", issue=brief.issue.id, reason=note.reason)
    return Phrased(brief=_with(brief, new), notes=tuple(desk.notes))


def _kept_at(config: Config, brief: Brief) -> Path:
    return config.paths.prices.parent / "phrasing" / f"{brief.issue.id}.json"


def _texts(brief: Brief) -> tuple[str, ...]:
    column = brief.takeaway
    sentences = [sentence for paragraph in column.paragraphs for sentence in paragraph.sentences]
    if column.bottom_line is not None:
        sentences.append(column.bottom_line)
    return tuple(dict.fromkeys(sentence.text for sentence in sentences))


def _with(brief: Brief, new: Mapping[str, str]) -> Brief:
    """The brief with each sentence that has a new text, and the words counted that came or went."""

    def said(sentence: Sentence) -> Sentence:
        text = new.get(sentence.text, sentence.text)
        return sentence if text == sentence.text else replace(sentence, text=text, plain=sentence.text)

    column = brief.takeaway
    paragraphs = tuple(
        replace(item, sentences=tuple(said(sentence) for sentence in item.sentences))
        for item in column.paragraphs
    )
    bottom = None if column.bottom_line is None else said(column.bottom_line)
    phrased = replace(brief, takeaway=replace(column, paragraphs=paragraphs, bottom_line=bottom))
    return replace(phrased, words=brief.words + _count(phrased) - _count(brief))


def _count(brief: Brief) -> int:
    return sum(len(text.split()) for text in _texts(brief))


class _Desk:
    """Asks, judges, asks again, and keeps the answers."""

    def __init__(
        self, *, config: Config, asker: Asker, guards: Guards, path: Path, offered: tuple[Masked, ...]
    ) -> None:
        self.notes: list[Gap] = []
        self._config = config
        self._asker = asker
        self._guards = guards
        self._path = path
        self._offered = {str(number): item for number, item in enumerate(offered, start=1)}
        self._own = own_words(offered)

    def run(self) -> dict[str, str]:
        """The accepted answers by the sentence in slots."""
        accepted: dict[str, str] = {}
        refused: dict[str, tuple[str, str]] = {}
        open_ = dict(self._offered)
        for _ in range(ROUNDS):
            told = self._answer(self._request(open_, refused))
            if told is None:
                continue
            for name, masked in list(open_.items()):
                text = told.get(name, "")
                why = refusal(text, masked, self._guards, self._own)
                if why is None:
                    accepted[masked.text] = text
                    del open_[name]
                else:
                    refused[name] = (text, why)
            if not open_:
                break
        for name in open_:
            if name in refused:
                self._note(f"sentence {name} stays as it was: {refused[name][1]}")
        return accepted

    def _request(self, open_: Mapping[str, Masked], refused: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
        sentences = []
        for name, masked in open_.items():
            slots = {f"s{number}": slot.description for number, slot in enumerate(masked.slots, start=1)}
            item: dict[str, Any] = {"id": name, "text": masked.text, "slots": slots}
            if name in refused:
                answer, why = refused[name]
                item |= {"refused": answer[:400], "reason": why}
            sentences.append(item)
        asked = json.dumps({"sentences": sentences}, ensure_ascii=False)
        messages = [{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": asked}]
        return {"model": self._config.phrasing.model, "messages": messages, "temperature": 0}

    def _answer(self, request: dict[str, Any]) -> dict[str, str] | None:
        """The sentences by id, from what is kept or from the model; None where there is no usable answer."""
        kept = answers.read(self._path)
        key = answers.key_of(request, self._config.phrasing.base_url or OFFICIAL)
        if key not in kept:
            reply = self._asker.ask(request)
            if reply.failure:
                self._note(reply.failure)
                return None
            kept[key] = reply.text
            unkept = answers.write(self._path, kept)
            if unkept:
                self._note(unkept)
        told = _sentences(kept[key])
        if told is None:
            self._note("the model's answer isn't the JSON it was asked for")
        return told

    def _note(self, reason: str) -> None:
        self.notes.append(Gap(source="phrasing", reason=reason))


def _sentences(text: str) -> dict[str, str] | None:
    """``{"sentences": [{"id": ..., "text": ...}]}`` as texts by id; an id that stands twice counts as unanswered."""
    try:
        document = json.loads(text.strip().removeprefix("```json").removeprefix("```").removesuffix("```"))
    except (ValueError, RecursionError):
        return None
    items = document.get("sentences") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return None
    told: dict[str, str] = {}
    twice: set[str] = set()
    for item in items:
        name, said = (item.get("id"), item.get("text")) if isinstance(item, dict) else (None, None)
        if not isinstance(name, str | int) or not isinstance(said, str):
            continue
        if str(name) in told:
            twice.add(str(name))
        told[str(name)] = said.strip()
    return {name: said for name, said in told.items() if name not in twice}
