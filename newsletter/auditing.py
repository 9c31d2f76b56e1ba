"""The story of a check: an issue on disk, read again from its folder alone.

read     brief.json, index.html, issue.txt, the images       no data is fetched, so an old issue can be checked
claims   every number, name, verb and date, each bound to a fact of brief.json, or not
rules    what mail programs, screen readers and spam filters ask of both parts
message  what servers and mailbox providers ask of the bytes that would be sent
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter import brief_json, editorial
from newsletter.brief import Brief
from newsletter.config import Config
from newsletter.delivery import inspection
from newsletter.delivery.message import letter_of
from newsletter.errors import DataError
from newsletter.facts import FactBook, Findings
from newsletter.findings import Finding, Severity
from newsletter.instruments import Instrument, Kind
from newsletter.market import Headline, MarketDay, Series
from newsletter.render import audit
from newsletter.sessions import Exchange, exchange
from newsletter.store import issues


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Audit:
    """What a check of one issue found. ``right`` says that nothing stands in the way of mailing it."""

    brief: Brief
    report: editorial.CheckReport
    findings: tuple[Finding, ...]

    @property
    def right(self) -> bool:
        return not self.report.failures and all(item.severity is not Severity.ERROR for item in self.findings)


def check(config: Config, folder: Path) -> Audit:
    """Check the issue in ``folder``; raises DataError for a folder that holds none."""
    frozen = issues.load(folder)
    try:
        brief = brief_json.from_json((folder / "brief.json").read_text(encoding="utf-8"))
    except DataError as error:
        raise DataError(f"{folder}: {error}") from error
    edition = config.edition(brief.issue.edition)
    place = exchange(edition.exchange, brief.issue.date.year + 1)
    findings = Findings(stories=(), facts=FactBook(brief.facts))
    report = editorial.check(frozen.html, frozen.text, brief, findings, _day(config, brief, place))
    quoted = audit.quoted_in(frozen.brief)
    pages = audit.audit(frozen.html, frozen.text, images=frozen.images, quoted=quoted)
    begun = datetime.combine(brief.issue.date, edition.send_at, ZoneInfo(edition.timezone))
    message = inspection.inspect(letter_of(config, frozen, begun))
    return Audit(brief=brief, report=report, findings=(*pages, *message))


def _day(config: Config, brief: Brief, place: Exchange) -> MarketDay:
    """A day without data, which still knows what everything is called and which sessions there were."""
    import pandas as pd

    empty = pd.DataFrame({name: [] for name in ("open", "high", "low", "close", "volume")}, dtype=float)
    named = [
        Instrument(
            symbol=entry.symbol, name=entry.name, kind=entry.kind, prose=entry.prose, aliases=entry.aliases
        )
        for entry in config.universe
    ]
    known = {instrument.symbol for instrument in named}
    calendar = brief.calendar
    reports = (*calendar.before_open, *calendar.after_close, *calendar.unconfirmed)
    companies = {row.symbol: row.name for row in brief.movers} | {row.symbol: row.name for row in reports}
    named += [
        Instrument(symbol=symbol, name=name, kind=Kind.STOCK, prose=name)
        for symbol, name in companies.items()
        if symbol not in known
    ]
    session = brief.issue.session
    cut_off = datetime.combine(brief.issue.date, time(6), ZoneInfo("America/New_York"))
    return MarketDay(
        day=brief.issue.date,
        session=session,
        cut_off=cut_off,
        exchange=place.mic,
        sessions=place.index[place.index <= pd.Timestamp(session)],
        ahead=(),
        series={item.symbol: Series(instrument=item, bars=empty, source="") for item in named},
        headlines=tuple(
            Headline(title=item.title, url=item.url, source=item.source, published=cut_off)
            for item in brief.reading
        ),
        sample=brief.issue.sample,
    )
