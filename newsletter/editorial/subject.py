"""The headline, which is the mail's subject, and the preheader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from newsletter.brief import Sentence
from newsletter.editorial import arcs
from newsletter.editorial.arcs import events, steps
from newsletter.editorial.desk import Desk, name
from newsletter.editorial.desk import moves as moving
from newsletter.editorial.headlines import days, levels, markets, moves
from newsletter.editorial.phrase import Line, Part
from newsletter.editorial.voice import Voice
from newsletter.facts import Mode, Story

SUBJECT = (20, 60)
PREHEADER = (35, 110)
"""Characters, least and most."""

SAMPLE_PREFIX = "[Sample] "
"""Stands before the subject of an issue made of invented prices."""

_DANGLING = (
    "It ", "Its ", "That ", "They ", "The index ", "The two ", "Not since", "Yet ", "Only ", "No ", "Of its ", "Of that",
    "Of the members", "In percent, it", "The last ", "Before that", "With ",
)  # fmt: skip
"""Sentences that lean on the one before can't stand alone in a preheader."""

LOOKED_AT = 3
"""Wordings among which one that the last issues didn't use is taken; what comes later says less."""

_LEVEL = re.compile(
    r"\bended \w+ (?:little changed, )?at [\d$,.%]+\.$|^At [\d$,.%]+, \w+ left\b|\bleft .* little changed at\b"
)
"""Sentences that say where something closed and nothing of it."""


def headline(desk: Desk, story: Story | None, voice: Voice) -> Sentence:
    """The finding in the present tense; the first wording that fits a subject line."""
    found = list(islice(wordings(desk, story, voice), LOOKED_AT))
    fresh = (sentence for sentence in found if not voice.repeats(sentence.text))
    return next(fresh, found[0] if found else Sentence(text=f"The market on {desk.session:%A}, in figures"))


def wordings(desk: Desk, story: Story | None, voice: Voice) -> Iterator[Sentence]:
    """Every headline there is for a story that fits a subject line, the best first."""
    most = room(sample=desk.day.sample)
    told = (line for line in (*_for(desk, story), *days.plain(desk)) if line is not None)
    for line in told:
        for template in (line.template, *line.others):
            sentence = voice.sentence(replace(line, template=template, others=()))
            if SUBJECT[0] <= len(sentence.text) <= most:
                yield sentence


def room(*, sample: bool) -> int:
    """How many characters a headline may have, so that it fits a subject line behind what stands before it."""
    return SUBJECT[1] - (len(SAMPLE_PREFIX) if sample else 0)


def _for(desk: Desk, story: Story | None) -> Iterator[Line | None]:
    if story is None or (desk.choice.mode is Mode.QUIET and not arcs.leads_quietly(story)):
        yield from days.quiet(desk)
        yield from moves.moved(desk, steps.SP)
        return
    who = story.entity
    match story.detector:
        case "drought_distance" | "near_miss":
            yield from levels.near_record(desk, who)
        case "record_close" | "drought_end" | "recovery_full":
            yield from levels.record(desk, who)
        case "streak":
            yield from moves.streak(desk, who)
        case "pair_divergence" | "leadership_flip" | "sign_split":
            yield from moves.pair(desk, who)
        case "sector_spread" | "sector_sweep":
            yield from markets.sectors(desk)
        case "rotation_extreme":
            yield from moves.ratio(desk, story)
        case "ytd_flip":
            yield from levels.year(desk, who)
        case "drawdown_exit_10" | "drawdown_exit_20" | "recovery_half":
            yield from levels.back(desk, story)
        case "vix_cross":
            yield from levels.cross(desk, story)
        case "round_number":
            yield from levels.milestone(desk, who)
        case "round_level":
            yield from levels.round_level(desk, story)
        case "gold_record":
            yield from levels.highest(desk, who)
        case "curve_flip":
            yield from markets.curve(desk, who)
        case "curve_extreme":
            yield from markets.curve_extreme(desk, story)
        case "macro_surprise":
            yield from days.surprise(desk, who)
        case "fed_event" if events.published(desk, story) is not None:
            yield from days.decision(desk, story)
        case "macro_ahead" | "fed_event" | "earnings_ahead" | "report_cluster":
            yield from days.ahead(desk, story)
        case "earnings_reaction" | "earnings_surprise":
            yield desk.line(
                "h reaction",
                "{who} {move} in the session after its report",
                who=name(who),
                move=moving(desk.move(who)),
            )
        case "adv_dec_extreme" | "narrow_rally":
            yield from markets.breadth(desk)
        case "new_highs_lows":
            yield from markets.new_highs_lows(desk)
        case "breadth_cross_50" | "breadth_cross_200":
            yield from markets.breadth_cross(desk, story)
        case "whipsaw":
            yield from moves.whipsaw(desk, who)
        case "realised_vs_implied":
            yield from markets.implied(desk)
        case "credit_move" if not who.startswith("pair:"):
            yield from markets.credit(desk, who)
        case "cross_asset_combo":
            yield from markets.together(desk, who)
        case "intraday_reversal":
            yield from moves.reversal(desk, who)
        case "level_since" | "range_high" | "range_low":
            yield from levels.level_since(desk, story)
        case "pullback_5" | "drawdown_enter_10" | "drawdown_enter_20":
            yield from levels.below(desk, story)
        case "week_extreme" | "month_extreme" | "quarter_extreme" | "mtd_pace":
            yield from moves.period(desk, story)
        case _:
            yield from moves.moved(desk, who)


ORDER = (
    "records",
    "release",
    "also",
    "run",
    "contrast",
    "history",
    "brought",
    "rates",
    "size",
    "counter",
    "aside",
)
"""Roles of paragraphs, those first that add most to a headline; what only sums up a month or a week comes last."""


NEWS = ORDER[:2]
"""Roles that tell something of their own; then comes what else the finding says."""


def preheader(desk: Desk, parts: tuple[Part, ...], headline_: Sentence, voice: Voice) -> Sentence:
    """The second fact: a sentence of the column that stands alone, says something else than the headline, and fits."""
    for line in _second(parts):
        sentence = voice.alone(line)
        fits = PREHEADER[0] <= len(sentence.text) <= PREHEADER[1]
        again = _moves(sentence) & _moves(headline_)
        bare = sentence.text.startswith(_DANGLING) or _LEVEL.search(sentence.text)
        if fits and not again and not bare and not voice.repeats(sentence.text):
            return sentence
    return Sentence(text=f"What moved on {desk.session:%A}, what it left open, and what is due next.")


def _second(parts: tuple[Part, ...]) -> Iterator[Line]:
    """Lines of the column, the likeliest second fact first."""
    later = [line for part in parts[:1] for line in part.lines[1:]]
    ranked = sorted(parts[1:], key=lambda part: ORDER.index(part.role) if part.role in ORDER else len(ORDER))
    news = [line for part in ranked if part.role in NEWS for line in part.lines]
    rest = [line for part in ranked if part.role not in NEWS for line in part.lines]
    first = [line for part in parts[:1] for line in part.lines[:1]]
    for line in (*news, *later, *rest, *first):
        if line.slots and not line.leans:  # without a slot it states no fact
            yield line


def _moves(sentence: Sentence) -> frozenset[str]:
    """The facts that a sentence states; a session's move is one, in points or in percent."""
    return frozenset(fact.replace(":change:1s", ":return:1s") for fact in sentence.facts)
