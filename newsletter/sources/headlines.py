"""Headlines: the operator's own list, and which of many are taken. Title, link, source and time; never a text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import nh3
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from newsletter.errors import DataError
from newsletter.market import Headline
from newsletter.sources.csv_table import Table
from newsletter.sources.supply import HeadlineSupply

TITLE = 200
LINK = 500
MOST = 6
A_DOMAIN = 2
FRESH = timedelta(hours=72)
"""Older headlines are no news on any morning, a Monday's included."""

NEW_YORK = ZoneInfo("America/New_York")

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_SPACE = re.compile(r"\s+")
_EXPECTED = "a YAML list of title, url, source, published"


def select(headlines: Iterable[Headline], cut_off: datetime) -> tuple[Headline, ...]:
    """At most six, newest first: published by ``cut_off``, no older than three days, two a domain, one a story."""
    chosen: list[Headline] = []
    domains: Counter[str] = Counter()
    told: set[str] = set()
    for item in sorted(headlines, key=lambda one: (one.published, one.title), reverse=True):
        domain, story = site(item.url), _story(item.title)
        if not cut_off - FRESH <= item.published <= cut_off or story in told or domains[domain] >= A_DOMAIN:
            continue
        chosen.append(item)
        domains[domain] += 1
        told.add(story)
        if len(chosen) == MOST:
            break
    return tuple(chosen)


def plain(text: str, limit: int) -> str:
    """Text from outside without tags, control or bidirectional characters, on one line, at most ``limit`` long."""
    # Feeds escape once too often: unescape until nothing changes, then take out tags, and what still looks like one.
    for _ in range(5):
        before, text = text, html.unescape(text)
        if before == text:
            break
    bare = html.unescape(nh3.clean(text, tags=set()))
    bare = _TAG.sub("", bare)
    bare = _SPACE.sub(" ", _CONTROL.sub(" ", unicodedata.normalize("NFC", bare))).strip()
    return bare if len(bare) <= limit else f"{bare[: limit - 1].rstrip()}…"


def link(text: str) -> str | None:
    """An http or https address with a host and no password, or None."""
    address = text.strip()
    if len(address) > LINK or _CONTROL.search(address) or " " in address:
        return None
    try:
        parts = urlsplit(address)
        host, password = parts.hostname, parts.password or parts.username
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and host and not password else None


def site(url: str) -> str:
    """The domain a link leads to, without its first labels: ``www.cnbc.com`` and ``cnbc.com`` are one."""
    host = (urlsplit(url).hostname or "").lower()
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    return ".".join(labels[-keep:])


def read(path: Path, *, at: datetime) -> HeadlineSupply:
    """The operator's own list; every mistake raises DataError with file, line and what to do."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; expected {_EXPECTED}") from None
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror}); expected {_EXPECTED}") from None
    table = Table(path, content)
    try:
        document = YAML(typ="rt").load(table.text())
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}" if mark else ""
        raise DataError(f"{path}{where}: not valid YAML: {error.problem or error.context}") from None
    except YAMLError as error:
        raise DataError(f"{path}: not valid YAML: {str(error).splitlines()[0]}") from None
    if document is None:
        document = CommentedSeq()
    if not isinstance(document, CommentedSeq):
        raise DataError(f"{path}:1: expected {_EXPECTED}")
    rows = [_headline(path, document.lc.item(place)[0] + 1, row) for place, row in enumerate(document)]
    days = sorted(row.published.date() for row in rows)
    return HeadlineSupply(headlines=tuple(rows), fetches=(table.fetch("headlines", days, at),))


def _headline(path: Path, line: int, row: object) -> Headline:
    if not isinstance(row, Mapping):
        raise DataError(f"{path}:{line}: expected title, url, source and published")
    for key in ("title", "url", "source", "published"):
        if not row.get(key):
            raise DataError(f"{path}:{line}: {key} is missing; add it")
    url = link(str(row["url"]))
    if url is None:
        raise DataError(
            f"{path}:{line}: url: {str(row['url'])[:80]!r} is not a web address; write it in full"
        )
    return Headline(
        title=plain(str(row["title"]), TITLE),
        url=url,
        source=plain(str(row["source"]), 60),
        published=_instant(path, line, row["published"]),
    )


def _instant(path: Path, line: int, value: Any) -> datetime:
    """A time with its zone; without one it is New York time, and a bare date means the start of that day."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise DataError(
                f"{path}:{line}: published: {value!r} is not a time; write it like 2025-08-25 17:40"
            ) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=NEW_YORK)
    if not isinstance(value, datetime):
        raise DataError(f"{path}:{line}: published: {value!r} is not a time; write it like 2025-08-25 17:40")
    return (value if value.tzinfo else value.replace(tzinfo=NEW_YORK)).astimezone(UTC)


def _story(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", title.lower()).strip()
