"""Commands for the list of subscribers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.base import App, pass_app
from newsletter.clock import system_clock
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.store.schema import Standing

in_state = click.option("--state", help="Only these: pending, confirmed, paused, left, bounced, complained.")


@click.group()
def subscribers() -> None:
    """Who gets the brief: add, import, list, export, remove."""


@subscribers.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--consent", metavar='"TEXT, SOURCE"', help="What they agreed to and where; kept as proof.")
@pass_app
def add(app: App, addresses: tuple[str, ...], consent: str | None) -> None:
    """Put addresses on the list, confirmed."""
    from newsletter.store.database import opened
    from newsletter.subscribers import roster
    from newsletter.subscribers.keys import optional

    with opened(app.config().paths.store) as store:
        for address in addresses:
            outcome, person = roster.add(store, address, keys=optional(), now=system_clock(), consent=consent)
            click.echo(f"{person.address}: {outcome.value}")


@subscribers.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--consent", metavar='"TEXT, SOURCE"', help="What they agreed to and where; without it they are pending."
)
@pass_app
def import_(app: App, file: Path, consent: str | None) -> int:
    """Read addresses from a CSV FILE with a column "email"; each refused row is named, the others are taken."""
    from newsletter.store.database import opened
    from newsletter.subscribers import exchange
    from newsletter.subscribers.keys import optional

    with opened(app.config().paths.store) as store:
        report = exchange.import_csv(store, file, consent=consent, keys=optional(), clock=system_clock)
    for refusal in report.refused:
        click.echo(f"{file}:{refusal.row}: {refusal.reason}", err=True)
    click.echo(f"{report.added} added ({report.state.value}), {report.confirmed} confirmed, "
               f"{report.known} known already, {len(report.refused)} refused")  # fmt: skip
    return 1 if report.refused and not (report.added or report.confirmed or report.known) else 0


@subscribers.command("list")
@in_state
@pass_app
def list_(app: App, state: str | None) -> None:
    """Show the list, by address."""
    from newsletter import terminal
    from newsletter.store.database import opened
    from newsletter.subscribers import roster

    with opened(app.config().paths.store) as store:
        people = roster.everyone(store, _standing(state))
    if not people:
        click.echo(
            "nobody yet: `newsletter subscribers add ADDRESS`" if state is None else f"nobody is {state}"
        )
        return
    rows = [[person.address, person.state.value, f"{person.created:%Y-%m-%d}"] for person in people]
    terminal.table((("address", "left"), ("state", "left"), ("since", "left")), rows)
    click.echo(f"{len(people)} in all")


@subscribers.command()
@in_state
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write there instead of to standard output.",
)
@click.option(
    "--raw", is_flag=True, help="Leave cells as they are that a spreadsheet would run as a formula."
)
@pass_app
def export(app: App, state: str | None, out: Path | None, raw: bool) -> None:
    """Write the list as CSV."""
    from newsletter.store.database import opened
    from newsletter.subscribers import exchange

    with opened(app.config().paths.store) as store:
        if out is None:
            exchange.export_csv(store, sys.stdout, state=_standing(state), guard_formulas=not raw)
            return
        try:
            with out.open("w", encoding="utf-8", newline="") as file:
                number = exchange.export_csv(store, file, state=_standing(state), guard_formulas=not raw)
        except OSError as error:
            raise UsageError(f"{out}: {error.strerror or error}; choose another file with --out") from error
    click.echo(f"{number} subscribers in {out}")


@subscribers.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@pass_app
def remove(app: App, addresses: tuple[str, ...]) -> None:
    """Take addresses off the list for good; only their owners can come back."""
    from newsletter.store.database import opened
    from newsletter.subscribers import roster
    from newsletter.subscribers.keys import optional

    with opened(app.config().paths.store) as store:
        for address in addresses:
            gone = roster.remove(store, address, keys=optional(), now=system_clock())
            click.echo(f"{address}: {'removed' if gone else 'was off the list already'}")


def _standing(state: str | None) -> Standing | None:
    from newsletter.store.schema import Standing

    if state is None:
        return None
    try:
        return Standing(state)
    except ValueError:
        raise UsageError(f"no such state {state!r}: use {', '.join(Standing)}") from None
