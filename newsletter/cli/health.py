"""doctor: what is set up, and for what isn't, how to mend it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from newsletter.cli.base import App, pass_app
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.config import Config


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing looked at. ``mend`` says what to do where it isn't right."""

    what: str
    right: bool
    mend: str = ""


@click.command()
@pass_app
def doctor(app: App) -> int:
    """What is set up for building and for sending; each thing that isn't comes with what to do."""
    config = app.config()
    click.echo(f"ok    configuration: {app.file}")
    wrong = 0
    for finding in (*_for_building(config), *_for_sending(config)):
        wrong += not finding.right
        click.echo(
            f"{'ok   ' if finding.right else 'mend '} {finding.what}{'' if finding.right else ': ' + finding.mend}"
        )
    return 1 if wrong else 0


def _for_building(config: Config) -> Iterator[Finding]:
    from newsletter.config import PriceKind

    for name, source in (("prices", config.sources.prices), ("calendars", config.sources.calendars)):
        there = source.kind is not PriceKind.CSV or (source.path is not None and source.path.is_dir())
        yield Finding(
            what=f"{name}: {source.kind.value}",
            right=there,
            mend=f"{source.path} is no folder; correct sources.{name}.path",
        )
    nearest = next(place for place in (config.paths.issues, *config.paths.issues.parents) if place.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK)
    yield Finding(
        what=f"issues in {config.paths.issues}",
        right=writable,
        mend=f"{nearest} can't be written; change paths.issues",
    )


def _for_sending(config: Config) -> Iterator[Finding]:
    from newsletter import mailing
    from newsletter.delivery import requirements
    from newsletter.store.database import opened
    from newsletter.subscribers import keys

    for problem in filter(None, (requirements.of_sender(config), *requirements.of_list(config))):
        yield Finding(what="sender", right=False, mend=problem)
    yield _works("secret key", keys.from_environment)

    def open_store() -> None:
        with opened(config.paths.store):
            pass

    yield _works(f"store {config.paths.store}", open_store)
    yield _works(f"mail server {config.smtp.host}:{config.smtp.port}", lambda: mailing.greet(config))
    told = config.operator.address is not None
    yield Finding(what="operator.address", right=told, mend="not set, so nobody is told when a morning fails")


def _works(what: str, attempt: Callable[[], object]) -> Finding:
    """Right if ``attempt`` succeeds; else its error says what to do."""
    try:
        attempt()
    except NewsletterError as error:
        return Finding(what=what, right=False, mend=str(error))
    return Finding(what=what, right=True)


COMMANDS = (doctor,)
