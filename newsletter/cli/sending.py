"""Commands that mail: send, run, serve, status."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from newsletter.cli.base import App, Day, of_edition, pass_app, today
from newsletter.clock import system_clock
from newsletter.errors import MailError, NewsletterError, UsageError

if TYPE_CHECKING:
    from newsletter.config import Config, Edition
    from newsletter.delivery.sending import Stop
    from newsletter.mailing import MailingReport
    from newsletter.progress import Progress
    from newsletter.store.status import Account


@click.command()
@click.option(
    "--date",
    "day",
    type=Day(),
    help="The issue's date. Default: today, where the edition is read; not before its send_at.",
)
@of_edition
@click.option(
    "--to",
    "addresses",
    metavar="ADDRESS",
    multiple=True,
    help="Send a test copy there instead of to the list; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Write each mail to a file instead of sending it.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="With --dry-run: where the files go. Default: outbox/ISSUE.",
)
@pass_app
def send(
    app: App,
    day: date | None,
    edition: str | None,
    addresses: tuple[str, ...],
    dry_run: bool,
    out: Path | None,
) -> int:
    """Mail an issue, building it if needed. Made for cron: before its hour and once everybody has it, it does nothing."""
    config = app.config()
    slot = config.edition(edition)
    if dry_run and addresses:
        raise UsageError("--to and --dry-run don't go together: leave out one of them")
    wanted = day or today(slot)
    if day is None and not _is_session(slot, wanted):
        click.echo(f"no issue today: {wanted} is not a session of {slot.exchange}")
        return 0
    if addresses:
        return _send_copies(config, slot, wanted, addresses)
    if dry_run:
        return _write_mails(config, slot, wanted, out)
    if day is None and (starts := _hour_to_come(config, slot)):
        click.echo(f"not yet: today's issue goes out from {starts} on; --date {wanted} sends it now")
        return 0
    return _send_to_list(config, slot, wanted)


def _send_copies(config: Config, edition: Edition, day: date, addresses: tuple[str, ...]) -> int:
    from newsletter import mailing, terminal

    with terminal.progress() as progress:
        folder = _made(config, edition, day, progress)
        mailing.send_to(config, folder, addresses, clock=system_clock)
    click.echo(f"sent {folder.name} to {', '.join(addresses)}")
    return 0


def _write_mails(config: Config, edition: Edition, day: date, out: Path | None) -> int:
    from newsletter import mailing, terminal

    with terminal.progress() as progress:
        folder = _made(config, edition, day, progress)
        target = out or config.folder / "outbox" / folder.name
        written = mailing.dry_run(config, folder, target, clock=system_clock, progress=progress)
    click.echo(f"{written.messages} mails in {written.folder}")
    for reason, number in written.left_out.items():
        click.echo(f"left out: {number} {reason}")
    for problem in written.problems:
        click.echo(f"before the list can be mailed: {problem}")
    return 0


def _send_to_list(config: Config, edition: Edition, day: date) -> int:
    from newsletter import issue, mailing, terminal

    try:
        with terminal.progress() as progress:
            _refuse_late(config, edition, day)
            folder = _made(config, edition, day, progress)
            report = mailing.mail(config, folder, clock=system_clock, progress=progress)
    except NewsletterError as error:
        name = issue.folder_of(config, edition, day).name
        mailing.alert(
            config, f"{name}: not mailed", f"{error}\n", issue=name, kind="failed", clock=system_clock
        )
        raise
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(report.summary)
    return report.exit_code


@click.command()
@pass_app
def run(app: App) -> None:
    """The scheduler, in the foreground: each session's issue is built and mailed at its hour; nothing on holidays."""
    from newsletter import mailing, scheduler
    from newsletter.progress import silent

    config = app.config()

    def build(edition: Edition, day: date) -> Path:
        return _made(config, edition, day, silent)

    def mail(folder: Path, *, stop: Stop) -> MailingReport:
        return mailing.mail(config, folder, clock=system_clock, stop=stop)

    def alert(subject: str, text: str, *, issue: str, kind: str) -> bool:
        return mailing.alert(config, subject, text, issue=issue, kind=kind, clock=system_clock)

    scheduler.run(config, clock=system_clock, build=build, mail=mail, alert=alert)


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; put a web server with TLS in front.",
)
@click.option("--port", default=8080, show_default=True, help="Port to listen on.")
@pass_app
def serve(app: App, host: str, port: int) -> None:
    """Public pages: unsubscribe (one click, RFC 8058) and the archive of mailed issues."""
    import uvicorn

    from newsletter.web.listening import Server, listen
    from newsletter.web.public import make_app

    pages = make_app(app.config(), clock=system_clock)
    with listen(host, port) as listening:
        click.echo(f"Serving on http://{host}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
        answers = uvicorn.Config(pages, log_config=None, access_log=False, server_header=False)
        Server(answers).run(sockets=[listening])


@click.command()
@click.argument("issue", required=False)
@pass_app
def status(app: App, issue: str | None) -> None:
    """How a mailing went: by default the latest, or that of ISSUE, such as 2025-08-26-morning."""
    from newsletter import mailing

    account = mailing.status(app.config(), issue)
    if account is None:
        click.echo(f"{issue} was never mailed" if issue else "nothing was mailed yet")
        return
    _print_account(account)


def _is_session(edition: Edition, day: date) -> bool:
    from newsletter.sessions import exchange

    return exchange(edition.exchange, day.year + 1).is_session(day)


def _hour_to_come(config: Config, edition: Edition) -> str:
    """When today's issue goes out, as the reader's clock says it; empty once that hour has come."""
    from newsletter import scheduler

    now = system_clock()
    if any(one.edition.id == edition.id for one in scheduler.due(now, config)):
        return ""
    return f"{edition.send_at:%H:%M} {now.astimezone(ZoneInfo(edition.timezone)):%Z}"


def _refuse_late(config: Config, edition: Edition, day: date) -> None:
    """Stop before an issue is built that the mailing would refuse as too late."""
    from newsletter import issue, mailing
    from newsletter.store import issues

    folder = issue.folder_of(config, edition, day)
    if issues.exists(folder) or not _is_session(edition, day):
        return
    until = mailing.deadline(edition, day)
    if system_clock() >= until:
        local = until.astimezone(ZoneInfo(edition.timezone))
        raise MailError(
            f"{folder.name} is too late and was never built: it was to be mailed before {local:%H:%M %Z} on "
            f"{local:%Y-%m-%d}; `newsletter build --date {day}` makes it without mailing it"
        )


def _made(config: Config, edition: Edition, day: date, progress: Progress) -> Path:
    """The issue's folder; built now unless it lies there already.

    One process builds and any other waits for it: built again, an issue whose mailing has begun would be another one.
    """
    from newsletter import issue
    from newsletter.delivery import lock
    from newsletter.store import issues

    folder = issue.folder_of(config, edition, day)
    while not issues.exists(folder):
        with lock.held(config.paths.store, f"{folder.name}.build") as ours:
            if ours and not issues.exists(folder):
                return issue.build(config, edition, day, clock=system_clock, progress=progress).folder
        time.sleep(0.5)
    return folder


def _print_account(account: Account) -> None:
    from newsletter import terminal

    mailing = account.mailing
    click.echo(
        f"{mailing.issue}: {mailing.state.value}, {mailing.planned} planned, begun {mailing.started:%Y-%m-%d %H:%M} UTC"
    )
    terminal.table(
        (("state", "left"), ("mails", "right")),
        [[state.value, str(number)] for state, number in account.states.items()],
    )
    for heading, rows in (("reason", account.reasons), ("domain", account.domains)):
        if rows:
            columns = ((heading, "left"), ("state", "left"), ("mails", "right"))
            terminal.table(columns, [[name, state.value, str(number)] for name, state, number in rows])
    for reason, number in account.left_out.items():
        click.echo(f"left out: {number} {reason}")
    for doubt in account.unknown:
        click.echo(f"unknown: {doubt.address or doubt.subscriber}: {doubt.reason}")


COMMANDS = (send, run, serve, status)
