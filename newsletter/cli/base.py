"""What every command shares: the configuration, a date, an edition."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from newsletter.clock import system_clock

if TYPE_CHECKING:
    from newsletter.config import Config, Edition


class Day(click.ParamType[date]):
    """A date written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it like 2025-08-26", param, ctx)


class App:
    """What the options before the command said."""

    def __init__(self, config_file: Path | None) -> None:
        self._asked = config_file

    @property
    def file(self) -> Path:
        """The configuration's file: --config, else config.yaml in this folder, else the one that came with us."""
        from newsletter import project

        here = Path("config.yaml")
        return self._asked or (here if here.is_file() else project.defaults() / "config.yaml")

    def config(self) -> Config:
        """The configuration; with the one that came with us, paths start at this folder."""
        from newsletter import config, project

        builtin = self.file.parent == project.defaults() and self._asked is None
        return config.load(self.file, folder=Path.cwd() if builtin else None)


pass_app = click.make_pass_decorator(App)
on_date = click.option(
    "--date", "day", type=Day(), help="The issue's date: the morning it is read. Default: the next one due."
)
of_edition = click.option("--edition", help="Which edition of config.yaml. Default: the first.")


def next_due(edition: Edition, day: date | None) -> date:
    """The date asked for, else that of the issue which comes next."""
    from newsletter.sessions import exchange

    if day is not None:
        return day
    now = system_clock()
    place = exchange(edition.exchange, now.year + 1)
    return place.after(place.last_completed(now))


def today(edition: Edition) -> date:
    """Today, where the edition is read."""
    return system_clock().astimezone(ZoneInfo(edition.timezone)).date()
