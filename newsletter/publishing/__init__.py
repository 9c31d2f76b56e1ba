"""The web archive: frozen issues as a static site that any web server can hold.

Nothing here knows a subscriber: pages are made from ``brief.json`` and no clock is read, so the same issues give the
same bytes. docs/publishing.md describes the site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsletter import pictures, project
from newsletter.config import Config
from newsletter.progress import Progress, silent
from newsletter.publishing import calendar, feeds, pages, style
from newsletter.publishing.folder import SiteFolder
from newsletter.publishing.selection import Entry, LeftOut, Wanted, load, select

__all__ = ["LeftOut", "Published", "Wanted", "publish"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What came of it. ``without_data`` counts issues whose prices may not be passed on as files."""

    folder: Path
    issues: int
    written: int
    unchanged: int
    removed: int
    not_mailed: int
    without_data: int
    left_out: tuple[LeftOut, ...]


def publish(config: Config, target: Path, wanted: Wanted, *, progress: Progress = silent) -> Published:
    """Write the site of the wanted issues to ``target``; what hasn't changed is left alone, and not even made again.

    Of an issue about to be mailed only the images are written, since mail programs fetch them as the mail comes.
    With no issue to publish nothing is touched. Raises UsageError where ``target`` can't be written or holds something
    else than a site of ours, TemplateError where a page can't be made.
    """
    progress.step("reading issues")
    chosen = select(config, wanted, progress=progress)
    if not chosen.entries:
        return _nothing(target, chosen.not_mailed, chosen.left_out)
    site = pages.Site(config, chosen.entries, project.template_folders(config.folder))
    with SiteFolder(target, expected=_names((*chosen.entries, *chosen.coming))) as folder:
        progress.step("writing pages")
        for done, entry in enumerate(chosen.entries, 1):
            made_of = pages.made_of(site, entry)
            if not folder.keep(entry.path, made_of):
                for name, content in pages.of_issue(site, entry, load(entry)):
                    folder.put(name, content)
                folder.made(entry.path, made_of)
            progress.advance(done, len(chosen.entries))
        for name, content in _images_ahead(chosen.coming):
            folder.put(name, content)
        for name, content in _around(site, project.template_folders(config.folder)):
            folder.put(name, content)
    return Published(
        folder=target,
        issues=len(chosen.entries),
        written=folder.written,
        unchanged=folder.unchanged,
        removed=folder.removed,
        not_mailed=chosen.not_mailed,
        without_data=sum(not entry.data for entry in chosen.entries),
        left_out=chosen.left_out,
    )


def _images_ahead(coming: tuple[Entry, ...]) -> Iterator[tuple[str, bytes]]:
    """The images of issues about to be mailed; those whose names don't tell their content come with their page."""
    for entry in coming:
        for name, data in load(entry).frozen.images.items():
            if name in entry.images and pictures.tells_content(name, data):
                yield f"{entry.path}{name}", data


def _around(site: pages.Site, folders: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    """Everything of the site that belongs to no single issue."""
    yield from pages.indexes(site)
    yield "style.css", style.sheet(folders).encode()
    yield "icon.svg", style.icon().encode()
    yield "robots.txt", feeds.robots(site).encode()
    if site.calendar is not None:
        yield calendar.NAME, site.calendar
    if site.base:
        yield "feed.xml", feeds.atom(site)
        yield "feed.json", feeds.json_feed(site)
        yield "sitemap.xml", feeds.sitemap(site)


def _names(entries: tuple[Entry, ...]) -> Iterator[str]:
    for entry in entries:
        for leaf in (*pages.LEAVES, *entry.images):
            yield f"{entry.path}{leaf}"


def _nothing(target: Path, not_mailed: int, left_out: tuple[LeftOut, ...]) -> Published:
    return Published(
        folder=target,
        issues=0,
        written=0,
        unchanged=0,
        removed=0,
        not_mailed=not_mailed,
        without_data=0,
        left_out=left_out,
    )
