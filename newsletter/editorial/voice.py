"""Speaks lines: fills the slots, names instruments as a person would, and records the facts stated.

The first mention carries the ticker, "the Russell 2000 (^RUT)"; later ones take turns between the full form and the
aliases. A voice remembers what it has named, so an issue's column is spoken by one voice from top to bottom.
"""

from __future__ import annotations

import re
from string import Formatter

from newsletter.brief import Paragraph, Sentence
from newsletter.editorial.figures import size, written
from newsletter.editorial.names import Names, is_plural
from newsletter.editorial.phrase import Line, Moved, Name, Part, Say, Slot
from newsletter.editorial.repeats import Run, runs
from newsletter.editorial.scale import Scale
from newsletter.editorial.variation import Variation
from newsletter.editorial.verbs import HAVE_DAYS, PRESENT, plural, verbs
from newsletter.instruments import Kind

_AGREEMENT = {
    "is": ("is", "are"),
    "was": ("was", "were"),
    "has": ("has", "have"),
    "its": ("its", "their"),
    "it": ("it", "they"),
    "needs": ("needs", "need"),
    "stands": ("stands", "stand"),
    "does": ("does", "do"),
    "them": ("it", "them"),
    "moves": ("moves", "move"),
    "ends": ("ends", "end"),
    "beats": ("beats", "beat"),
}
_PRONOUNS = {"it": ("it", "they"), "its": ("its", "their")}
"""Forms that lean on the sentence before where that had the same subject, and name the instrument otherwise."""


_YEAR_RUNS_ON = re.compile(r"([A-Z][a-z]+\.? \d{1,2}, \d{4})(?= (?!and\b|or\b|to\b)[a-z])")
"""AP style: a comma follows the year where the sentence goes on."""


_FLAT_TO = re.compile(r"((?:little changed|ended flat)(?: on [A-Z][a-z]+)?) to (?=[\d$])")
"""What hardly moved ends at a level, not to it."""


_State = tuple[dict[str, int], tuple[str, str]]
"""What has been named how often, and whom the last sentence was about."""


class Voice:
    """One run of text. ``tickers`` False (headlines, subjects, table notes) leaves tickers out and prefers short names."""

    def __init__(
        self,
        names: Names,
        scale: Scale,
        variation: Variation,
        *,
        tickers: bool = True,
        heard: frozenset[Run] = frozenset(),
    ) -> None:
        self._heard = heard
        self._names = names
        self._scale = scale
        self._variation = variation
        self._tickers = tickers
        self._mentions: dict[str, int] = {}
        self._subject: tuple[str, str] = ("", "")

    def speak(self, part: Part) -> Paragraph:
        """A paragraph, its sentences in order."""
        self._subject = ("", "")
        return Paragraph(sentences=tuple(self.sentence(line) for line in part.lines), role=part.role)

    def alone(self, line: Line) -> Sentence:
        """A sentence that leans on none before it."""
        self._subject = ("", "")
        return self.sentence(line)

    def sentence(self, line: Line) -> Sentence:
        """One sentence with its facts and its plain form, in the first wording that the last issues didn't use."""
        start = dict(self._mentions), self._subject
        text, facts = self._fill(line.template, line)
        if self.repeats(text):
            text, facts = self._reworded(line, start) or self._again(line.template, line, start)
        plain = ""
        if line.plain:
            after = self._mentions, self._subject
            plain, _ = self._again(line.plain, line, start)
            self._mentions, self._subject = after
        stated = dict.fromkeys([*facts, *(fact.id for fact in line.also)])
        return Sentence(text=text, facts=tuple(stated), plain=plain)

    def repeats(self, text: str) -> bool:
        """Whether the last issues said it in the same words."""
        return bool(self._heard) and not self._heard.isdisjoint(runs(text))

    def _reworded(self, line: Line, start: _State) -> tuple[str, list[str]] | None:
        for template in line.others:
            text, facts = self._again(template, line, start)
            if not self.repeats(text):
                return text, facts
        return None

    def _again(self, template: str, line: Line, start: _State) -> tuple[str, list[str]]:
        """The line filled as if nothing had been said since ``start``."""
        mentions, self._subject = start
        self._mentions = dict(mentions)
        return self._fill(template, line)

    def _fill(self, template: str, line: Line) -> tuple[str, list[str]]:
        words: list[str] = []
        facts: list[str] = []
        called: dict[str, str] = {}
        for literal, field, form, _ in Formatter().parse(template):
            words.append(literal)
            if field is None:
                continue
            name, _, attribute = field.partition(".")
            slot = line.slots[name]
            words.append(self._slot(name, slot, attribute or (form or ""), called, facts))
        text = "".join(words)
        text = _FLAT_TO.sub(r"\1 at ", text)
        text = _YEAR_RUNS_ON.sub(r"\1,", text)
        pronoun = any(form in _PRONOUNS for _, _, form, _ in Formatter().parse(template) if form)
        spoken = [(slot.entity, called[key]) for key, slot in _named(line) if key in called]
        if len(spoken) == 1:
            self._subject = spoken[0]
        elif not pronoun:
            self._subject = ("", "")  # a pronoun could mean either, or something unnamed
        return text[:1].upper() + text[1:], facts

    def _slot(self, name: str, slot: Slot, attribute: str, called: dict[str, str], facts: list[str]) -> str:
        if isinstance(slot, str):
            return slot
        if isinstance(slot, Say):
            facts.append(slot.fact.id)
            return written(slot.fact, slot.style, self._variation.day)
        if isinstance(slot, Moved):
            facts.append(slot.fact.id)
            return self._moved(slot, many=bool(called) and is_plural(list(called.values())[-1]))
        if attribute in _AGREEMENT and not (attribute in _PRONOUNS and name not in called):
            mention = called.get(name) or self._peek(slot.entity)
            return _AGREEMENT[attribute][is_plural(mention)]
        if attribute in _PRONOUNS:
            subject, mention = self._subject
            if subject == slot.entity:
                plural = is_plural(mention)
                called[name] = mention
                return _PRONOUNS[attribute][plural]
        mention = self._mention(slot.entity, "s" if attribute == "its" else attribute)
        called[name] = mention.partition(" (")[0]
        return mention

    def _mention(self, entity: str, form: str) -> str:
        count = self._mentions.get(entity, 0)
        instrument = self._names.of(entity)
        short = self._short(entity, form)
        if form == "quiet":
            return instrument.prose
        self._mentions[entity] = count + 1
        if not self._tickers:
            text = short
        elif count == 0:
            ticker = self._names.ticker(entity)
            text = f"{instrument.prose} ({ticker})" if ticker else instrument.prose
        else:
            text = short
        if form == "s":
            text = _possessive(text)
        return text

    def _short(self, entity: str, form: str) -> str:
        instrument = self._names.of(entity)
        aliases = [
            alias for alias in instrument.aliases if form not in ("proper", "s") or not is_plural(alias)
        ]
        if form == "full":
            return instrument.prose
        if not self._tickers:
            plural = [alias for alias in aliases if is_plural(alias)]
            if form == "proper" and instrument.kind is not Kind.YIELD:
                return instrument.prose
            return (plural or aliases or [instrument.prose])[0]
        forms = aliases or [instrument.prose]
        count = self._mentions.get(entity, 0)
        return forms[(count - 1) % len(forms)] if count else forms[0]

    def _peek(self, entity: str) -> str:
        return self._names.of(entity).prose

    def _moved(self, slot: Moved, *, many: bool) -> str:
        fact = slot.fact
        fitting = verbs(self._scale.of(fact))
        vivid = self._names.kind(fact.entity) in HAVE_DAYS
        verb = self._variation.pick(f"verb {fact.entity}", fitting if vivid else fitting[:1])
        present = plural(PRESENT[verb]) if many else PRESENT[verb]
        spoken = present if slot.present else verb
        return spoken if verb.startswith("ended") else f"{spoken} {size(fact.unit, fact.number)}"


def _named(line: Line) -> list[tuple[str, Name]]:
    """Slots that name an instrument, in the order of the template."""
    fields = (field.partition(".")[0] for _, field, _, _ in Formatter().parse(line.template) if field)
    slots = ((field, line.slots[field]) for field in dict.fromkeys(fields))
    return [(field, slot) for field, slot in slots if isinstance(slot, Name)]


def _possessive(text: str) -> str:
    return f"{text}'" if text.endswith("s") else f"{text}'s"
