"""MarketDay -> ranked stories -> the choice of the day. Pure: values in, values out.

    find(day)       every detector over the day's market: stories scored, de-duplicated, best first, and all facts
    choose(found)   the lead, the runners-up, and why the others were passed over

One family of detectors a file; registry.py lists them. docs/stories.md explains the score.
"""

from newsletter.stories.choosing import choose
from newsletter.stories.finding import find

__all__ = ["choose", "find"]
