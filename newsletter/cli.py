"""The command line. It parses, calls one function, and prints; it holds no product rule.

Exit codes, for cron: 0 done or nothing to do, 1 failed, 2 wrong use, 3 held (a person must look).
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import __version__
from newsletter.clock import system_clock
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.config import Config, Edition
    from newsletter.issue import Built


class Day(click.ParamType[date]):
    """A date written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date; write it like 2025-08-26", param, ctx)


class App:
    """What the options before the command said."""

    def __init__(self, config_file: Path | None) -> None:
        self._file = config_file

    def config(self) -> Config:
        """The configuration asked for: --config, else config.yaml in this folder, else the one that came with us."""
        from newsletter import config, project

        if self._file is not None:
            return config.load(self._file)
        here = Path("config.yaml")
        if here.is_file():
            return config.load(here)
        return config.load(project.defaults() / "config.yaml", folder=Path.cwd())


pass_app = click.make_pass_decorator(App)
on_date = click.option(
    "--date", "day", type=Day(), help="The issue's date, the morning it is read. Default: the next one due."
)
of_edition = click.option("--edition", help="Which edition of config.yaml. Default: the first.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "config_file", type=click.Path(path_type=Path), envvar="NEWSLETTER_CONFIG",
              help="The configuration. Default: config.yaml in this folder, else the built-in one.")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Say more while working.")
@click.version_option(__version__, prog_name="newsletter")
@click.pass_context
def cli(context: click.Context, config_file: Path | None, verbose: bool) -> None:
    """Make and mail a daily market brief.

    Start with `newsletter demo`. Then `newsletter init DIR` makes a project of your own.
    """
    from newsletter import terminal

    terminal.logging_to_stderr(verbose)
    context.obj = App(config_file)


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a project folder in DIR: configuration, templates and charts, ready to build."""
    from newsletter import project

    project.create(folder, first_issue=system_clock().date())
    click.echo(
        f"Made {folder}: edit {folder / 'config.yaml'}, then run\n\n  cd {folder} && newsletter demo\n"
    )


@cli.command()
@on_date
@of_edition
@click.option("--sample", is_flag=True, help="Use the sample market without trying live data.")
@pass_app
def demo(app: App, day: date | None, edition: str | None, sample: bool) -> None:
    """This morning's brief from live data; if none can be reached, from the sample market."""
    from newsletter import issue, terminal

    config = app.config()
    slot = config.edition(edition)
    with terminal.progress() as progress:
        built = issue.demonstrate(config, slot, day, clock=system_clock, sample=sample, progress=progress)
    _print_issue(built)


@cli.command()
@on_date
@of_edition
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Put the issue's folder here instead of the configured place.",
)
@pass_app
def build(app: App, day: date | None, edition: str | None, out: Path | None) -> None:
    """Make an issue; prints where it is and what was left out."""
    from newsletter import issue, terminal

    config = app.config()
    slot = config.edition(edition)
    with terminal.progress() as progress:
        built = issue.build(config, slot, _due(slot, day), clock=system_clock, out=out, progress=progress)
    _print_issue(built)


@cli.command()
@on_date
@of_edition
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--all", "everything", is_flag=True, help="Every story, not only the first 20.")
@pass_app
def stories(app: App, day: date | None, edition: str | None, as_json: bool, everything: bool) -> None:
    """Ranked candidates with the parts of each score."""
    from newsletter import issue, terminal
    from newsletter.ranking import Ranking

    config = app.config()
    slot = config.edition(edition)
    with terminal.progress() as progress:
        findings, choice = issue.rank(config, slot, _due(slot, day), clock=system_clock, progress=progress)
    ranking = Ranking(findings, choice)
    if as_json:
        click.echo(json.dumps(ranking.as_json(), ensure_ascii=False, indent=2))
        return
    click.echo(ranking.heading())
    rows = ranking.rows()
    terminal.table(ranking.COLUMNS, rows if everything else rows[:20])
    if not everything and len(rows) > 20:
        click.echo(f"{len(rows) - 20} more with --all")


def _due(edition: Edition, day: date | None) -> date:
    """The date asked for, else the issue that comes next."""
    from newsletter.sessions import exchange

    if day is not None:
        return day
    now = system_clock()
    place = exchange(edition.exchange, now.year + 1)
    return place.after(place.last_completed(now))


def _print_issue(built: Built) -> None:
    brief, folder = built.composed.brief, built.folder
    click.echo(f"\n{brief.takeaway.headline.text}")
    click.echo(f"{brief.issue.id}, No. {brief.issue.number}, {brief.issue.mode} day: {brief.words} words, "
               f"{len(built.composed.report.claims)} claims checked, {brief.sentences_dropped} sentences dropped\n")  # fmt: skip
    if brief.issue.sample:
        click.echo("Sample data: invented prices.")
    for gap in brief.gaps:
        click.echo(f"  left out: {gap.source}: {gap.reason}")
    page = folder / "index.html"
    click.echo(f"  HTML   {page}")
    click.echo(f"  text   {folder / 'issue.txt'}")
    if brief.chart is not None:
        click.echo(f"  chart  {folder / brief.chart.light}")
    click.echo(f"\nOpen it: {_opener()} {page}")


def _opener() -> str:
    return {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")


def main() -> None:
    """Run the command line; every error is one line on stderr, and a traceback is a bug."""
    try:
        cli.main(prog_name="newsletter", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except NewsletterError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
