"""What each metric may be said to be: the words that must stand by it, and which way it points.

A number binds to a fact only where its sentence speaks of the fact's metric. A metric that isn't listed can't be stated in
prose: it has no words yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """``cue`` must be found in the sentence (in lower case, or in it and the one before if ``carried``).

    ``signed``: the direction words must agree with the value; ``near``: those that touch it. ``verbs``: a verb by size must fit it. ``forbid`` must
    not be found, ``after`` must follow the number at once. ``between``: sessions strictly between two days, not "ago".
    """

    cue: re.Pattern[str] | None = None
    signed: bool = False
    verbs: bool = False
    carried: bool = False
    forbid: re.Pattern[str] | None = None
    floor: bool = False
    near: bool = False
    after: re.Pattern[str] | None = None
    between: bool = False


def _s(
    cue: str = "",
    *,
    signed: bool = False,
    verbs: bool = False,
    carried: bool = False,
    forbid: str = "",
    floor: bool = False,
    near: bool = False,
    after: str = "",
    between: bool = False,
) -> Spoken:
    return Spoken(
        cue=re.compile(cue) if cue else None,
        signed=signed,
        verbs=verbs,
        carried=carried,
        forbid=re.compile(forbid) if forbid else None,
        floor=floor,
        near=near,
        after=re.compile(after) if after else None,
        between=between,
    )


NO_DISTANCE = r"(?!\s*(?:below|above|short)\b)"
"""Follows a change; "4.2% below" is a distance."""

BELOW = r"\b(below|short|under|from|missing|down|above)\b"

NUMBERS: dict[str, Spoken] = {
    "close": _s(forbid=r"\brecord close(?:,| is)"),
    "prev_close": _s(r"\bday before|previous close"),
    "record_close": _s(r"\brecord close|\brecord of\b|\brecord,"),
    "near_miss_close": _s(r"\bclosed at\b|\b(?:from|of|missed) the record\b"),
    "near_miss_gap": _s(r"\bfrom the record\b"),
    "near_miss_fall": _s(r"\blost\b", signed=True),
    "missed_close": _s(r"\bclos(?:ed|ing) at\b"),
    "milestone": _s(r"\babove\b|\bbelow\b"),
    "previous_record_close": _s(r"\bprevious record\b"),
    "return": _s(
        signed=True, verbs=True, forbid=r"\bmedian\b|\bfrom (?:the|its|their) record\b", after=NO_DISTANCE
    ),
    "change": _s(signed=True, verbs=True, forbid=r"\bmedian\b", after=NO_DISTANCE),
    "reaction": _s(signed=True, verbs=True),
    "dist_record": _s(
        rf"{BELOW}.*\brecord|\brecord.*{BELOW}|\b(below|short)\b|\bmissing\b",
        carried=True,
        near=True,
        forbid=r"\bsince closing\b",
    ),
    "to_record": _s(r"\bneeds?\b|\btakes a gain\b|\bmissing is a gain\b"),
    "gain_rate": _s(r"\bstretches\b"),
    "pullback": _s(r"\blost\b", signed=True),
    "recovered": _s(r"\bwon back\b"),
    "swing": _s(r"\bsessions\b", signed=True),
    "swing_sessions": _s(r"\bsessions\b"),
    "swing_left": _s(r"\bbelow where it stood\b", signed=True),
    "swing_back": _s(r"\bback\b"),
    "retraced": _s(r"\btook back\b|\bwon back\b"),
    "streak_return": _s(r"\brun\b|\bsince\b.*\b(added|lost)\b|\b(added|lost)\b.*\bsince\b", signed=True),
    "leg": _s(
        r"\bsince\b|\bfrom\b|\bbelow\b|\babove\b|\bleft (?:its|their)\b|\b(?:correction|bear market), down\b",
        signed=True,
    ),
    "leg_sessions": _s(r"\bsessions ago\b"),
    "pullback_calm": _s(r"\bsessions without a close five percent below\b", between=True),
    "low_return": _s(r"\bat (?:its|their) low\b", signed=True),
    "high_return": _s(r"\bat (?:its|their) high\b", signed=True),
    "missed_fall": _s(r"\blost\b", signed=True),
    "ended_return": _s(r"\bin a row\b", signed=True),
    "week_return": _s(r"\bweek\b", signed=True),
    "month_return": _s(r"\bmonth\b", signed=True),
    "quarter_return": _s(r"\bquarter\b", signed=True),
    "crossed": _s(r"\babove\b|\bbelow\b"),
    "calm_drop2": _s(r"\bsessions without a fall of two percent\b", between=True),
    "streak": _s(r"\bin a row\b"),
    "ended_streak": _s(r"\brun of\b|\bin a row\b"),
    "drought": _s(r"\bsessions?\b|\bwait\b", carried=True),
    "records": _s(r"\brecords?\b.*\b(?:of the|this) year\b|\bthis year\b.*\brecords?\b"),
    "rank": _s(r"\branks?\b|-largest\b"),
    "calm": _s(r"\bsessions without a move of one percent\b", between=True),
    "up": _s(after=r"\s*(?:(?:of its )?members (?:of the s&p 500 )?)?(?:rose|rise)\b"),
    "down": _s(after=r"\s*(?:(?:of its )?members (?:of the s&p 500 )?)?(?:fell|fall)\b"),
    "members": _s(r"\bmembers\b"),
    "share_above_mean": _s(r"\bmembers\b.*\babove\b.*\baverage\b"),
    "premium": _s(r"\bvolatility\b"),
    "swings": _s(r"\bone percent\b"),
    "count": _s(r"\bsectors\b"),
    "gap": _s(r"\bgap\b|\bapart\b|\bbetween\b|\bother way\b|\bbeats?\b"),
    "gap_typical": _s(r"\bmedian\b"),
    "typical_move": _s(
        r"\bmedian\b|\btypical\b|\busual\b", forbid=r"\blast \w+(?: days| reports| brought)?\b"
    ),
    "sigmas": _s(r"\bsigma\b|\btimes its usual\b"),
    "sma200": _s(r"\baverage\b"),
    "dist_sma200": _s(r"\baverage\b", signed=True),
    "reversal": _s(r"\bfrom its (low|high)\b"),
    "release_move": _s(r"\bmedian\b", after=r"(?! on all days)"),
    "usual_move": _s(after=r" on all days"),
    "release_count": _s(r"\blast\b|\bpast\b"),
    "print_count": _s(r"\blast\b"),
    "report_move": _s(r"\bmedian\b|\btypical of its last\b"),
    "report_count": _s(r"\blast\b|\bpast\b"),
    "reaction_count": _s(r"\breports\b"),
    "consensus": _s(),
    "previous": _s(),
    "actual": _s(),
    "surprise": _s(r"\bsurprise\b|\bthan expected\b|\babove\b|\bbelow\b"),
    "eps_estimate": _s(r"\bestimate\b|\ba share\b|\beps est\b"),
    "high_52w": _s(r"\byear\b"),
    "low_52w": _s(r"\byear\b"),
    "top10_drawdown": _s(r"\bten largest\b", floor=True),
    "realised": _s(r"\brealized\b"),
    "correlation": _s(r"\bcorrelation\b"),
    "month_session": _s(r"\bsessions?\b"),
    "side_sessions": _s(r"\bsessions?\b", between=True),
}
"""Metrics that a figure in prose may state."""

UNSPOKEN = _s()
"""For facts that only a chart states."""

SIZE_WINDOWS = ("return", "change", "reaction")

DATES: dict[str, str] = {
    "since": r"\b(all fell|best|worst|largest|larger|not since|most|as much)\b",
    "level_since": r"\b(so high|so low|as high|as low|highest|lowest)\b",
    "extreme_since": r"\b(not been as|highest|lowest|widest|narrowest|weakest|strongest|so high|so low|as high|as low)\b",
    "streak_since": r"\brun\b|\blast had that\b",
    "gap_since": r"\b(wider|widest|further apart|as wide|most)\b",
    "record_date": r"\brecord\b|\bits own\b|\btheir own\b|\bfrom its peak\b",
    "previous_record": r"\bfirst since\b|\bsince\b|\bprevious record\b",
    "last_record": r"\brecord\b|\bmade one\b|\bonly one\b|\blatest\b|\bmost recently\b",
    "near_miss_date": r"\bclosed at\b|\b(?:from|of|missed) the record\b",
    "near_miss_low": r"\bby\b|\blost\b",
    "missed_date": r"\bclos(?:ed|ing) at\b",
    "pullback_start": r"\brecord\b|\bfrom\b",
    "pullback_low": r"\bto\b|\blow\b",
    "leg_start": r"\bsince\b|\bfrom\b|\bclose of\b",
    "pullback_since": r"\bsince\b|\blast close\b|\bsessions ago\b",
    "week_since": r"\bsince\b",
    "month_since": r"\bsince\b",
    "quarter_since": r"\bsince\b",
    "calm_drop2_since": r"\bsince\b",
    "larger_1": r"\b(better|worse|larger)\b",
    "larger_2": r"\b(better|worse|larger)\b",
    "larger_3": r"\b(better|worse|larger)\b",
    "calm_since": r"\bsince\b|\blast\b",
    "side_since": r"\bsince\b|\blast\b",
    "reaction_since": r"\bsince\b",
    "surprise_since": r"\bmissed so far\b",
    "day": r"",
    "report": r"",
}
"""Metrics that a date in prose may state, and the words that must stand by it."""
