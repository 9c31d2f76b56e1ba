"""Which files were saved: watches folders and single files, also those that don't exist yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from newsletter.errors import NewsletterError

STEP = 20
"""Milliseconds without another change after which a save is reported; editors write a file in several steps."""

DEBOUNCE = 300
"""Milliseconds after which it is reported though changes go on."""

Saved = Callable[[frozenset[Path]], None]
Changes = set[tuple[Change, str]]


async def watch(places: Sequence[Path], saved: Saved) -> None:
    """Call ``saved`` with what was written, made, moved or deleted at or under ``places``, until cancelled.

    A file is watched through its folder, because most editors replace a file rather than write into it. A place that
    doesn't exist is waited for in the nearest folder above it that does.
    """
    wanted = tuple(dict.fromkeys(place.resolve() for place in places))
    while True:
        folders = {place for place in wanted if place.is_dir()}
        parents = {_standing(place.parent) for place in wanted if place not in folders}
        renew = asyncio.Event()
        heard = partial(_heard, wanted=wanted, folders=folders, renew=renew, saved=saved)
        async with asyncio.TaskGroup() as group:
            group.create_task(_listen(folders, heard, renew, deep=True))
            group.create_task(_listen(parents, heard, renew, deep=False))


def _heard(
    changes: Changes, *, wanted: Sequence[Path], folders: set[Path], renew: asyncio.Event, saved: Saved
) -> None:
    paths = frozenset(path for _, name in changes if _concerns(path := Path(name), wanted))
    if paths:
        saved(paths)
    # A folder that was replaced has the same name and is no longer the one we watch.
    moved = {Path(name) for change, name in changes if change is not Change.modified}
    if moved & folders or {place for place in wanted if place.is_dir()} != folders:
        renew.set()


async def _listen(
    places: set[Path], heard: Callable[[Changes], None], renew: asyncio.Event, *, deep: bool
) -> None:
    if not places:
        return
    listening = awatch(
        *places, watch_filter=DefaultFilter(), step=STEP, debounce=DEBOUNCE, stop_event=renew, recursive=deep
    )
    try:
        async for changes in listening:
            heard(changes)
    except FileNotFoundError:
        renew.set()  # deleted between looking and watching: look again
    except OSError as error:
        names = ", ".join(sorted(str(place) for place in places))
        raise NewsletterError(
            f"can't watch {names}: {error}; set WATCHFILES_FORCE_POLLING=true to look at the files instead"
        ) from error


def _standing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _concerns(path: Path, wanted: Sequence[Path]) -> bool:
    return any(path == place or place in path.parents for place in wanted)
