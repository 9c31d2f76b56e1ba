"""Commands that make an issue and look at it: init, demo, build, stories, preview, check."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.base import App, next_due, of_edition, on_date, pass_app
from newsletter.clock import system_clock

if TYPE_CHECKING:
    from newsletter.auditing import Audit
    from newsletter.issue import Built

OPENERS = {"darwin": "open", "win32": "start"}


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a project folder: configuration, templates and charts, ready to build."""
    from newsletter import project

    project.create(folder, first_issue=system_clock().date())
    click.echo(
        f"Made {folder}. Edit {folder / 'config.yaml'}, then run\n\n  cd {folder} && newsletter demo\n"
    )


@click.command()
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
        shown = issue.demonstrate(config, slot, day, clock=system_clock, sample=sample, progress=progress)
    if shown.live_failed:
        click.echo(f"Live data can't be had: {shown.live_failed}\nSo this is made from the sample market.")
    print_issue(shown.built)


@click.command()
@on_date
@of_edition
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Put the issue's folder in DIR instead of the configured place.",
)
@pass_app
def build(app: App, day: date | None, edition: str | None, out: Path | None) -> None:
    """Make an issue; prints where it is and what was left out."""
    from newsletter import issue, terminal

    config = app.config()
    slot = config.edition(edition)
    with terminal.progress() as progress:
        built = issue.build(config, slot, next_due(slot, day), clock=system_clock, out=out, progress=progress)
    print_issue(built)


@click.command()
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
        findings, choice = issue.rank(
            config, slot, next_due(slot, day), clock=system_clock, progress=progress
        )
    ranking = Ranking(findings, choice)
    if as_json:
        click.echo(json.dumps(ranking.as_json(), ensure_ascii=False, indent=2))
        return
    click.echo(ranking.heading())
    rows = ranking.rows()
    terminal.table(ranking.COLUMNS, rows if everything else rows[:20])
    if not everything and len(rows) > 20:
        click.echo(f"{len(rows) - 20} more with --all")


@click.command()
@on_date
@of_edition
@click.option(
    "--port",
    default=8025,
    show_default=True,
    help="Where the page listens, on this machine only; 0 takes a free port.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open it in the browser.")
@pass_app
def preview(app: App, day: date | None, edition: str | None, port: int, open_browser: bool) -> None:
    """A local page with the issue as it will be mailed; it follows every save of a template, chart, note or config.

    On its Words tab a person picks the lead and the headline or writes them and the column, sees while typing which numbers a
    fact bears out, and saves notes/DATE.md.
    """
    from newsletter.bench import Bench
    from newsletter.notebook import Notebook
    from newsletter.web.preview import serve_preview

    config = app.config()
    slot = config.edition(edition)
    bench = Bench(app.config, slot.id, next_due(slot, day), clock=system_clock)
    serve_preview(
        bench.compose,
        port=port,
        watch=bench.watched(),
        notebook=Notebook(bench.ground),
        open_browser=open_browser,
        announce=lambda url: click.echo(f"Preview of {bench.day}: {url}  (Ctrl-C ends it)"),
    )


@click.command()
@click.argument("folder", metavar="ISSUE_DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option(
    "--all", "everything", is_flag=True, help="Every claim with its fact, not only what is refused."
)
@pass_app
def check(app: App, folder: Path, as_json: bool, everything: bool) -> int:
    """Words against facts, HTML and text against the rules, from the issue's folder alone.

    Leaves with 3 where something stands in the way of mailing the issue.
    """
    from newsletter import auditing, terminal

    found = auditing.check(app.config(), folder)
    claims = found.report.claims if everything else found.report.failures
    if as_json:
        click.echo(json.dumps(_audit_as_json(found), ensure_ascii=False, indent=2))
        return 0 if found.right else 3
    bound = len(found.report.claims) - len(found.report.failures)
    click.echo(f"{found.brief.issue.id}: {len(found.report.claims)} claims, {bound} bound to a fact")
    if claims:
        columns = (
            ("part", "left"),
            ("claim", "left"),
            ("kind", "left"),
            ("fact, or why it has none", "left"),
        )
        rows = [[claim.part, claim.text, claim.kind.value, claim.fact or claim.reason] for claim in claims]
        terminal.table(columns, rows)
    for finding in found.findings:
        click.echo(str(finding))
    return 0 if found.right else 3


def _audit_as_json(found: Audit) -> dict[str, object]:
    return {
        "issue": found.brief.issue.id,
        "right": found.right,
        "claims": [asdict(claim) for claim in found.report.claims],
        "findings": [asdict(finding) for finding in found.findings],
    }


def print_issue(built: Built) -> None:
    """What the brief says, where it is, what was left out, and how to open it."""
    brief, folder = built.composed.brief, built.folder
    click.echo(f"\n{brief.takeaway.headline.text}\n")
    number = f"No. {brief.issue.number}, a {brief.issue.mode} day"
    click.echo(
        f"{brief.issue.id}: {number}, {brief.words} words, {brief.facts_checked} claims checked against facts"
    )
    if brief.issue.sample:
        click.echo("Sample data: invented prices.")
    for gap in brief.gaps:
        click.echo(f"left out: {gap.source}: {gap.reason}")
    if brief.sentences_dropped:
        click.echo(f"left out: {brief.sentences_dropped} sentences that the check refused")
    page = folder / "index.html"
    click.echo(f"\n  HTML   {page}\n  text   {folder / 'issue.txt'}")
    if brief.chart is not None:
        click.echo(f"  chart  {folder / brief.chart.light}")
    click.echo(f"\nOpen it in a browser:  {OPENERS.get(sys.platform, 'xdg-open')} {page}")


COMMANDS = (init, demo, build, stories, preview, check)
