"""Headlines from publishers' RSS and Atom feeds: title, link, source and time, nothing else of theirs."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from newsletter.config import Feed
from newsletter.market import Gap, Headline
from newsletter.progress import Progress, silent
from newsletter.sources.headlines import LINK, TITLE, link, plain
from newsletter.sources.supply import Fetch, HeadlineSupply
from newsletter.sources.web_fetch import Fetcher, Refused

THREADS = 4
ENTRIES = 200
"""The most entries of a feed that are looked at."""

Get = Callable[[str], bytes]


def read(
    feeds: Sequence[Feed], *, at: datetime, get: Get | None = None, progress: Progress = silent
) -> HeadlineSupply:
    """Every usable entry of every feed; a feed that can't be had is a Gap, and never degrades an issue."""
    fetch = get if get is not None else Fetcher()
    headlines: list[Headline] = []
    gaps: list[Gap] = []
    fetches: list[Fetch] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for done, (feed, came) in enumerate(
            zip(feeds, pool.map(lambda feed: _fetch(fetch, feed), feeds), strict=True), 1
        ):
            progress.advance(done, len(feeds))
            if isinstance(came, Gap):
                gaps.append(came)
                continue
            found = list(parse(came, feed.name))
            headlines.extend(found)
            fetches.append(_record(feed, came, found, at))
            if not found:
                gaps.append(Gap(source=feed.name, reason="the feed has no usable entry"))
    return HeadlineSupply(headlines=tuple(headlines), gaps=tuple(gaps), fetches=tuple(fetches))


def parse(data: bytes, publisher: str) -> Iterator[Headline]:
    """The entries of a feed as headlines. One without title, web link or date, and an advertisement, is left out."""
    # Given bytes, and never an address: feedparser would fetch that without any of our precautions.
    import feedparser

    for entry in feedparser.parse(data).entries[:ENTRIES]:
        made = _headline(entry, publisher)
        if made is not None:
            yield made


def _headline(entry: dict[str, Any], publisher: str) -> Headline | None:
    if str(entry.get("metadata_sponsored", "")).lower() == "true":
        return None
    title = plain(str(entry.get("title") or ""), TITLE)
    url = link(str(entry.get("link") or "")[: LINK + 1])
    # Past the entry's own `get`, which answers one key with another and warns of it.
    when = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    if not title or url is None or when is None:
        return None
    try:
        published = datetime.fromtimestamp(calendar.timegm(when), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Headline(title=title, url=url, source=publisher, published=published)


def _fetch(get: Get, feed: Feed) -> bytes | Gap:
    try:
        return get(feed.url)
    except Refused as error:
        return Gap(source=feed.name, reason=str(error))
    except OSError as error:
        return Gap(source=feed.name, reason=f"no answer ({error.strerror or type(error).__name__})")


def _record(feed: Feed, data: bytes, found: Sequence[Headline], at: datetime) -> Fetch:
    days = sorted(item.published.date() for item in found)
    return Fetch(
        source=f"feed:{feed.name}",
        what=feed.url,
        rows=len(found),
        first=days[0] if days else None,
        newest=days[-1] if days else None,
        sha256=hashlib.sha256(data).hexdigest(),
        fetched_at=at,
    )
