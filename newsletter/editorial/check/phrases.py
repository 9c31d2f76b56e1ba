"""Phrases that state a number without a figure, a rank, a size or a state, and what makes each of them true.

``pattern`` is searched in the sentence in lower case; ``holds`` judges a fact of one of ``metrics``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from newsletter.editorial.check.ledger import Kind
from newsletter.editorial.check.tokens import ORDINALS, WORDS
from newsletter.editorial.figures import nil
from newsletter.editorial.scale import Scale
from newsletter.facts import Fact

Holds = Callable[[re.Match[str], Fact, Scale], bool]

_N = "|".join((*WORDS, r"\d[\d,]*"))
_ORD = "|".join((*ORDINALS, r"\d+(?:st|nd|rd|th)"))
_FRACTIONS = {
    "a quarter": 25.0,
    "a third": 100 / 3,
    "half": 50.0,
    "two-thirds": 200 / 3,
    "three-quarters": 75.0,
}
FRACTION_TOLERANCE = 4.5
_STEPS = ((12, 1), (50, 5), (200, 10), (1000, 50), (float("inf"), 100))
"""Odds below the first are rounded to the second."""
_FEW = (1000, 500, 200, 100, 50, 20, 10, 5, 2)
"""Odds that "fewer than one day in" may name."""
SESSIONS_A_YEAR = 252
GROUPS = ("n", "few", "many", "rank", "x")
"""Names of groups that hold a number the phrase itself accounts for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One kind of phrase; ``prose``: read in sentences alone, since a chart's facts are only what it plots.

    ``ordered``: what it says of a pair it says of the pair's first.
    """

    pattern: re.Pattern[str]
    metrics: tuple[str, ...]
    holds: Holds
    kind: Kind = Kind.NUMBER
    prose: bool = False
    ordered: bool = False


def figures(match: re.Match[str]) -> tuple[tuple[int, int], ...]:
    """Where the numbers stand that a matched phrase accounts for."""
    named = match.groupdict()
    return tuple(match.span(group) for group in GROUPS if named.get(group) is not None)


def value(word: str) -> int:
    """``nine``, ``ninth``, ``90`` or ``20th`` as a number."""
    known = WORDS.get(word) or ORDINALS.get(word)
    return known if known is not None else int(re.sub(r"[^\d]", "", word))


def _sign(word: str) -> int:
    return 1 if word.startswith(("gain", "rise", "better", "best", "rose")) else -1


def _one_in(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """The printed number is the true one rounded as such odds are: whole up to a dozen, then by fives, tens, fifties."""
    cases = 100 / max(100 - fact.number, 1e-9)
    said = value(match["n"])
    step = next(step for limit, step in _STEPS if round(cases) <= limit)
    return said % step == 0 and abs(cases - said) <= step / 2 + 1e-6


def _fits_year(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return match["period"] == "year" and fact.number == 1


def _many_in(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    few, many = value(match["few"]), value(match["many"])
    return few == many - 1 and abs(100 / max(fact.number, 1e-9) - many) <= max(0.2 * many, 0.6)


def _few_in(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """The tightest of the round odds that is still true."""
    said = value(match["n"])
    tighter = next((cases for cases in reversed(_FEW) if cases > said), None)
    return said in _FEW and fact.number < 100 / said and (tighter is None or fact.number >= 100 / tighter)


def _fraction(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return abs(_FRACTIONS[match["part"]] - fact.number) <= FRACTION_TOLERANCE


def _most(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number >= 100 if match["all"] == "all" else fact.number > 50


def _only_days(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == value(match["n"]) + 1


def _ranked(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == value(match["rank"])


def _first_rank(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == 1


def _in_a_row(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    if abs(fact.number) != value(match["n"]):
        return False
    return fact.metric == "ended_streak" or (fact.number > 0) == (_sign(match["kind"]) > 0)


def _counted(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == value(match["n"])


def _times(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    if match["period"] != "year":
        return False
    said = {"once": 1, "twice": 2}.get(match["n"])
    return fact.number == (said if said is not None else value(match["n"].removesuffix(" times")))


def _this_year(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return match["period"] == "year" and fact.number == value(match["n"])


def _single(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == 1


def _at_record(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.metric == "dist_record" and fact.number == 0


def _close_miss(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number < 1


def _flat(_match: re.Match[str], fact: Fact, scale: Scale) -> bool:
    return fact.window == "1s" and abs(scale.of(fact)) < 0.1


def _best(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.window == "1s" and (fact.number > 0) == (_sign(match["kind"]) > 0)


def _risen(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.window == "1s" and (fact.number > 0) == (match["kind"] == "risen")


def _sectors(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    said = {"not one of": 0, "one of": 1, "ten of": 10, "all": 11}[match["many"]]
    return fact.number == said


def _of_year(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == value(match["n"] or match["x"])


def _year_edge(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    high = (match["side"] or match["edge"]) in ("higher", "highest")
    return fact.metric == ("high_52w" if high else "low_52w")


def _ordinary(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return 25 <= fact.number <= 75


def _unchanged(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.window == "1s" and fact.number == 0


def _p(
    pattern: str,
    metrics: str,
    holds: Holds,
    kind: Kind = Kind.NUMBER,
    *,
    prose: bool = False,
    ordered: bool = False,
) -> Phrase:
    return Phrase(
        pattern=re.compile(pattern),
        metrics=tuple(metrics.split()),
        holds=holds,
        kind=kind,
        prose=prose,
        ordered=ordered,
    )


def _unequalled(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == 100


def _hour_of_day(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.value == ("before_open" if match["when"] == "before the open" else "after_close")


def _unmatched(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """The span reaches back to where the file begins: no earlier gap was as wide."""
    begin = date.fromisoformat(fact.window.partition("@")[2])
    return fact.number >= 0.97 * (fact.as_of - begin).days * SESSIONS_A_YEAR / 365.25


def _fell(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number < 0


def _turned(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """Ten percent down from a high is a correction, twenty a bear market; as much up from a low ends them."""
    least = 20 if "bear" in match["state"] else 10
    return fact.number >= least if match["state"].startswith("left") else fact.number <= -least


def _edge(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """Highest, or lowest, of the whole file; a record is its highest."""
    if fact.metric == "dist_record":
        return match["edge"] == "highest" and fact.number == 0
    return fact.value == match["edge"]


def _closed_there(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """A close is the highest since a date only if it came up to it."""
    return fact.window == "1s" and (fact.number > 0) == match["there"].endswith(("high", "highest"))


def _premium(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return (fact.number > 0) == (match["side"] == "above")


def _outmost(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """What is at its strongest or widest since a day is at that edge, or has come there in the session."""
    if fact.metric == "extreme_side":
        return (fact.value == "high") == match["edge"].startswith(("strong", "wide", "steep"))
    return fact.window == "1s" and (fact.number > 0) == match["edge"].startswith(("strong", "wide", "steep"))


def _at_start(_match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.window.startswith("ytd@") and nil(fact)


def _side_of_average(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.window == f"{match['n']}s" and (fact.number > 0) == (match["side"] == "above")


def _ahead(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return (fact.number > 0) == ((match["who"] == "average company") == (match["kind"] == "better"))


def _that_way(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.window == "1s" and (fact.number > 0) == (match["kind"] in ("rise", "gain"))


def _ended(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    """A run ends with a move the other way."""
    return fact.window == "1s" and (fact.number < 0) == (match["kind"] == "gains")


def _consensus_side(match: re.Match[str], fact: Fact, _scale: Scale) -> bool:
    return fact.number == value(match["n"]) and fact.metric.startswith(match["side"])


PHRASES = (
    _p(r"(?<=[a-z,] )(?P<when>before the open|after the close)\b(?!:)", "timing", _hour_of_day, Kind.DATE),
    _p(r"\b(?P<who>average company|giants) did (?P<kind>better|worse) than\b", "gap", _ahead, Kind.SIGN),
    _p(r"\bstocks, bonds and the dollar all f[ae]ll\b", "stocks", _fell, Kind.SIGN),
    _p(r"\b(?P<state>(?:in|left) (?:a|its|their) (?:correction|bear market))\b", "leg", _turned, Kind.SUPERLATIVE),
    _p(r"\b(?P<edge>highest|lowest) since at least\b", "level_extreme dist_record", _edge, Kind.SUPERLATIVE, prose=True),
    _p(r"\btoo\b(?=[,.;])", "dist_record", _at_record, Kind.SUPERLATIVE, prose=True),
    _p(r"\bback where (?:it|they) began the year\b", "return", _at_start, prose=True),
    _p(r"\bfor the first time(?! in| since)", "dist_record", _at_record, Kind.SUPERLATIVE, prose=True),
    _p(r"\b(?P<there>(?:so|as) (?:high|low)|highest|lowest)\b(?! since at least)(?=.*\bsince\b)", "return change", _closed_there, Kind.SUPERLATIVE, prose=True),
    _p(r"\b(?:since\b.*|last |close )(?P<there>(?:so|as) (?:high|low))\b(?!.*\bsince\b)", "return change", _closed_there, Kind.SUPERLATIVE, prose=True),
    _p(r"\b(?:at (?:its|their)|not been as) (?P<edge>strong(?:est)?|weak(?:est)?|wide(?:st)?|narrow(?:est)?|steepest|flattest)\b", "extreme_side gap change", _outmost, Kind.SUPERLATIVE, prose=True, ordered=True),
    _p(r"\b(?P<side>above|below) (?:its|their) (?P<n>\d+)-day average", "dist_sma200 share_above_mean", _side_of_average, prose=True),
    _p(rf"\b(?P<n>{_N}) [\w& ]*clos(?:e|ed) at one-year highs", "highs", _counted),
    _p(rf"\b(?P<n>{_N}) (?:[\w& ]*clos(?:e|ed) )?at one-year lows", "lows", _counted),
    _p(r"\b(?P<side>above|below) (?:realized|that|the [\d.]+% volatility)\b", "premium", _premium, Kind.SIGN, prose=True),
    _p(rf"\b(?P<n>{_N}) swings of one percent in (?P<x>five) sessions", "swings", _counted),
    _p(rf"\b(?P<n>{_N}) of the last (?P<x>five) sessions moved .*\bby one percent or more", "swings", _counted),
    _p(rf"\bthe (?P<n>{_ORD}) move of one percent or more in (?P<x>five) sessions", "swings", _counted),
    _p(r"(?:-largest|\bno|\bonly (?:\w+)|\blarger) (?:daily )?(?P<kind>rise|fall|gain|drop)s?\b(?= since| of|,|\.| in)", "return change", _that_way, Kind.SIGN, prose=True),
    _p(r"\bthe most since at least \d{4}", "rank", _first_rank, Kind.SUPERLATIVE),
    _p(r"\bno gap in that direction since at least \d{4} was wider", "gap_span", _unmatched, Kind.SUPERLATIVE),
    _p(r"\bhad not been that far apart\b|\bhad seen them that far apart\b", "gap_share", _unequalled, Kind.SUPERLATIVE),
    _p(r"\bhad not moved that much in a day\b|\bhad moved .* that much\.", "move_share", _unequalled, Kind.SUPERLATIVE),
    _p(rf"\b(?P<n>{_N}) of its last [\w]+ came in (?P<side>above|below) consensus", "above_consensus below_consensus", _consensus_side),
    _p(rf"about one day in (?P<n>{_N})", "move_share gap_share", _one_in),
    _p(rf"\b(?P<few>{_N}) days in (?P<many>{_N})\b", "move_share", _many_in),
    _p(rf"fewer than one day in (?P<n>{_N})", "share_above", _few_in),
    _p(r"about (?P<part>a quarter|a third|half|two-thirds|three-quarters)\b", "retraced swing_back recovered", _fraction),
    _p(r"\b(?P<all>most|all) of it\b", "swing_back", _most),
    _p(rf"only (?P<n>{_N}) days? since \d{{4}} (?:was|were)", "rank", _only_days, Kind.SUPERLATIVE),
    _p(rf"only (?P<n>{_N}) (?:rise|fall|gain|drop)s? since \d{{4}} (?:was|were) larger", "rank", _only_days, Kind.SUPERLATIVE),
    _p(rf"(?P<rank>{_ORD})-largest\b", "rank", _ranked, Kind.SUPERLATIVE),
    _p(r"\bno daily (?:gain|drop|rise|fall) since \d{4} was larger|\bnot had a larger daily (?:gain|drop|rise|fall) since at least \d{4}", "rank", _first_rank, Kind.SUPERLATIVE),
    _p(rf"\b(?P<n>{_ORD}) (?P<kind>gain|loss) in a row", "streak", _in_a_row),
    _p(rf"\b(?P<n>{_N}) (?P<kind>gains|losses) in a row", "streak ended_streak", _in_a_row),
    _p(rf"\b(?:run of|had had|come from) (?:{_N}) (?P<kind>gains|losses) in a row", "return change", _ended, Kind.SIGN),
    _p(rf"\b(?P<n>{_ORD})(?: record)? of the year|it is this year's (?P<x>{_ORD})", "records", _of_year),
    _p(rf"\bclosed at a record (?P<n>once|twice|(?:{_N}) times) this (?P<period>\w+)", "records", _times),
    _p(rf"\bset (?P<n>{_N}) record closes this (?P<period>\w+)", "records", _this_year),
    _p(r"\bhad not set one this (?P<period>\w+) before", "records", _fits_year),
    _p(r"\bfirst record of the year|\bonly one of the year|\bmade one on\b", "records", _single),
    _p(r"\b(?:closed|closes|close) at a record \d[\d,]*\.\d|\bto a record close|\bclosed at a record(?=[,.:])|\ba record close\b(?! is)|\bthe close is a record\b|\brecord close for\b|\ba record for\b|\brecord no\. |\bat a record \d[\d,]*\.\d", "dist_record", _at_record, Kind.SUPERLATIVE),
    _p(r"\b(?:less than|within) a point (?:from|of) the record\b|\brecord by less than a point\b", "near_miss_gap", _close_miss),
    _p(r"\blittle changed\b|\b(?:ended|ends|end) flat\b", "return change", _flat, Kind.VERB),
    _p(r"\bwas unchanged\b", "return change", _unchanged, Kind.VERB),
    _p(r"\b(?P<kind>best|worst) day since\b", "return change", _best, Kind.SUPERLATIVE),
    _p(r"\b(?P<kind>risen|fallen) as much in a day\b", "return change", _risen, Kind.SUPERLATIVE),
    _p(r"\bhad a (?P<kind>better|worse) day\b", "return change", _best, Kind.SUPERLATIVE),
    _p(r"\b(?P<many>not one of|one of|ten of|all) (?P<x>eleven) sectors rose\b", "up", _sectors),
    _p(r"\bno close of the past year was (?P<side>higher|lower)\b|\bit is the (?P<edge>highest|lowest) close in a year\b", "high_52w low_52w", _year_edge),
    _p(r"\bordinary gap\b|\bwhat a typical day brings\b", "gap_share", _ordinary),
    _p(rf"\b(?P<n>{'|'.join(WORDS)}) sessions\b(?! (?:has|have|are|brought))(?=.*\b(?:lose|gain)\b)", "swing_sessions", _counted),
    _p(rf"\b(?:ending|ends|lasted|gone|for|of|that is) (?P<n>{'|'.join(WORDS)}) sessions\b", "drought calm calm_drop2 pullback_calm leg_sessions", _counted),
)  # fmt: skip
