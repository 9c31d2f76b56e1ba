"""Commands for the workshop: replay (what would have been told over the years) and charts (every recipe on one page)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from newsletter.cli.base import App, Day, next_due, of_edition, on_date, pass_app
from newsletter.clock import system_clock
from newsletter.errors import UsageError


class DayOrYear(Day):
    """A date, or a year that stands for its first or last day."""

    name = "YYYY[-MM-DD]"

    def __init__(self, month: int, day: int) -> None:
        self._month, self._day = month, day

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, str) and re.fullmatch(r"\d{4}", value) and value > "0000":
            return date(int(value), self._month, self._day)
        return super().convert(value, param, ctx)


@click.command()
@click.option(
    "--from", "start", type=DayOrYear(1, 1), default="2004", show_default=True, help="First session."
)
@click.option("--to", "end", type=DayOrYear(12, 31), help="Last session. Default: the newest there is.")
@of_edition
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("replay"),
    show_default=True,
    help="Where the report goes; finished years are kept there, so that it can be stopped and gone on with.",
)
@click.option(
    "--calibrate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the calibration table fitted on this span to FILE instead.",
)
@pass_app
def replay(
    app: App, start: date, end: date | None, edition: str | None, out: Path, calibrate: Path | None
) -> int:
    """Replay history: how often each rule fires, how scores spread, what led each day, and which rates are off."""
    from newsletter import issue, terminal
    from newsletter import replay as history

    config = app.config()
    slot = config.edition(edition)
    last = end or system_clock().date()
    if start > last:
        raise UsageError(f"--from {start} is later than --to {last}; swap them")
    with terminal.progress() as progress:
        day = issue.history(config, slot, last, clock=system_clock, progress=progress)
        last = min(last, day.session)
        if calibrate is not None:
            _write(calibrate, history.calibrate(day, start, last, progress=progress))
            return 0
        report = history.replay(day, start, last, progress=progress, keep=out / "years")
    data, page = history.write(report, out)
    click.echo(f"  HTML  {page}\n  JSON  {data}")
    wrong = history.faults(report)
    for fault in wrong:
        click.echo(f"off: {fault}")
    return 1 if wrong else 0


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}; choose another file") from error
    click.echo(f"calibration table in {file}")


@click.command()
@on_date
@of_edition
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("gallery"),
    show_default=True,
    help="Where the page and the pictures go.",
)
@click.argument("recipes", metavar="[RECIPE]...", nargs=-1)
@pass_app
def charts(app: App, day: date | None, edition: str | None, out: Path, recipes: tuple[str, ...]) -> None:
    """A page with every chart recipe (or only RECIPE) on the day's data and on damaged copies of it."""
    from newsletter import sources, terminal
    from newsletter.charting.gallery import PAGE, gallery

    config = app.config()
    slot = config.edition(edition)
    with terminal.progress() as progress:
        gathered = sources.gather(config, slot, next_due(slot, day), clock=system_clock, progress=progress)
        progress.step("drawing every recipe")
        shown = gallery(gathered.day, config=config, only=recipes)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in shown.files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"can't write to {out}: {error.strerror or error}; choose another folder with --out"
        ) from error
    click.echo(f"{shown.drawn} charts drawn, {shown.refused} refused for their data\n\n  {out / PAGE}")


COMMANDS = (replay, charts)
