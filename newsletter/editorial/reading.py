"""What we're reading: other people's headlines, their own title, source and time."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsletter.brief import ReadingItem
from newsletter.editorial.desk import Desk
from newsletter.market import Headline

MOST = 6
PER_DOMAIN = 2
NEW_YORK = ZoneInfo("America/New_York")


def reading(desk: Desk) -> tuple[ReadingItem, ...]:
    """Up to six links, those that name the day's stories first, two a domain, https only, no title twice."""
    chosen: list[Headline] = []
    domains: Counter[str] = Counter()
    titles: set[str] = set()
    for item in sorted(
        desk.day.headlines, key=lambda item: (-_relevance(desk, item), -item.published.timestamp())
    ):
        parts = urlsplit(item.url)
        key = " ".join(item.title.lower().split())
        if (
            parts.scheme != "https"
            or not parts.hostname
            or domains[parts.hostname] >= PER_DOMAIN
            or key in titles
        ):
            continue
        chosen.append(item)
        domains[parts.hostname] += 1
        titles.add(key)
        if len(chosen) == MOST:
            break
    return tuple(_item(item) for item in chosen)


def _item(item: Headline) -> ReadingItem:
    local = item.published.astimezone(NEW_YORK)
    return ReadingItem(
        title=" ".join(item.title.split()),
        url=item.url,
        source=item.source,
        when=f"{local:%a} {local.hour}:{local.minute:02d} ET",
    )


def _relevance(desk: Desk, item: Headline) -> int:
    """How many of the issue's instruments a title names; the lead counts double."""
    stories = [story for story in (desk.choice.lead, *desk.choice.also) if story is not None]
    score = 0
    for place, story in enumerate(stories):
        instrument = desk.names.of(story.entity)
        words = {instrument.name, *instrument.aliases}
        if any(word.lower().removeprefix("the ") in item.title.lower() for word in words if len(word) > 2):
            score += 2 if place == 0 else 1
    return score
