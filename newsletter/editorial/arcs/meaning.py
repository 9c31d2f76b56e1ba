"""Why it matters: one plain sentence on what the lead's figure measures, told once in a while and never of the day."""

from __future__ import annotations

from types import MappingProxyType

from newsletter.editorial.arcs import relative
from newsletter.editorial.desk import Desk
from newsletter.editorial.phrase import Line, Part, part
from newsletter.facts import Family, Story

BY_ENTITY = MappingProxyType(
    {
        "^VIX": "The VIX is how much swing, at a yearly rate, options on the index are priced for.",
        "DGS2": "It is about what lenders expect the Fed's rate to average until the note falls due.",
        "DGS10": "Mortgages and company bonds are priced off that yield.",
        "DGS30": "It is the longest loan the Treasury takes, and moves most with inflation far ahead.",
        "HY_OAS": "The spread is what weaker borrowers pay on top of Treasury yields.",
        "spread:DGS10-DGS2": "The curve compares what long lenders ask with what short ones do.",
        "spread:DGS10-DGS3MO": "The curve compares what long lenders ask with what short ones do.",
        "pair:XLY-XLP": "One sector sells what households can put off, the other what they can't.",
        "pair:IWF-IWD": "Growth stocks are priced on profits far ahead, value stocks on those at hand.",
        "pair:HYG-LQD": "The one holds loans to weaker companies, the other to stronger.",
    }
)
"""By what the story is about."""

BY_EVENT = MappingProxyType(
    {
        "CPI m/m": "It measures what households pay.",
        "Non-Farm Employment Change": "It counts who has work.",
        "Federal Funds Rate": "Every short rate follows it.",
        "Core PCE Price Index m/m": "Fed officials quote no gauge more.",
        "Retail Sales m/m": "Most of the economy is spending.",
    }
)
"""By the calendar's own name of a release; under seven words, since a release is told before and after it comes."""

BY_DETECTOR = MappingProxyType(
    {
        "narrow_rally": "An index weighted by size needs only its giants to rise.",
        "drawdown_enter_10": "By custom a correction is ten percent off the last high; a bear market, twenty.",
        "drawdown_enter_20": "By custom a correction is ten percent off the last high; a bear market, twenty.",
        "adv_dec_extreme": "So one-sided a day leaves little to choose between companies.",
        "sector_spread": "On such a day the sector counts for more than the company.",
        "realised_vs_implied": "The one is what is feared, the other what came.",
    }
)
"""By the rule that fired, where the entity says nothing of it."""


def of_release(desk: Desk, event: str) -> Line | None:
    """Why a release matters, by the calendar's own name; None for one that isn't listed."""
    words = BY_EVENT.get(event)
    return None if words is None else desk.line(f"meaning {event}", words)


def meaning(desk: Desk, story: Story) -> Part | None:
    """What the lead's figure measures; None where a reader knows."""
    if story.entity == relative.AVERAGE_COMPANY:
        better = "average company did better than the giants"
        worse = "giants did better than the average company"
        words = f"On such a day the {better if story.direction > 0 else worse}."
    else:
        words = BY_ENTITY.get(story.entity) or BY_DETECTOR.get(story.detector, "")
    if not words or story.family is Family.EVENTS:
        return None
    return part("meaning", desk.line(f"meaning {story.key}", words))
