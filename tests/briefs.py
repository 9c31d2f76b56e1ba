"""An invented issue with every section filled, and its variants. No name, price or headline in it is real.

`full()` is the whole; every other function changes one thing. `config()` is the repository's own, with a public address.
"""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.brief import (
    Brief,
    Calendar,
    Cell,
    Chart,
    Correction,
    EarningsRow,
    IssueInfo,
    MoverRow,
    Paragraph,
    ReadingItem,
    ReleaseRow,
    SectorRow,
    Sentence,
    SnapshotRow,
    StoryEntry,
    Takeaway,
    Tile,
    WatchItem,
)
from newsletter.config import Config, parse
from newsletter.facts import Fact, Family, Mode, Story, Unit, fact
from newsletter.market import Gap
from newsletter.sessions import Session

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "templates",)

BASE_URL = "https://brief.example.com"
POSTAL_ADDRESS = "Opening Tape, 100 Example St, Springfield, IL 62701, USA"

DAY = date(2026, 11, 23)


def config(base_url: str | None = BASE_URL) -> Config:
    """The repository's config with a public and a postal address."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    read = parse(text, ROOT / "config.yaml")
    sender = read.sender.model_copy(update={"postal_address": POSTAL_ADDRESS})
    return read.model_copy(update={"public_base_url": base_url, "sender": sender})


def cell(text: str) -> Cell:
    """A change whose sign is that of its text, so that a test's colours can't disagree with its figures."""
    return Cell(text=text, sign={"+": 1, "−": -1}.get(text[:1], 0))


def say(text: str) -> Sentence:
    return Sentence(text=text)


def paragraph(*sentences: str) -> Paragraph:
    return Paragraph(sentences=tuple(say(text) for text in sentences), role="finding")


def tile(name: str, last: str, change: str) -> Tile:
    return Tile(name=name, last=Cell(text=last), change=cell(change))


def row(name: str, *figures: str, note: str = "") -> SnapshotRow:
    last, day, week, month, year = figures
    return SnapshotRow(
        entity=name,
        name=name,
        note=note,
        last=Cell(text=last),
        day=cell(day),
        week=cell(week),
        month=cell(month),
        year=cell(year),
        spark=tuple(100 + (step * 37 % 11) + step / 20 for step in range(252)),
    )


TILES = (
    tile("S&P 500", "7,041.18", "+0.42%"),
    tile("Nasdaq", "24,310.55", "+0.61%"),
    tile("Russell 2000", "2,688.40", "+1.34%"),
    tile("10-year yield", "3.84%", "−4\N{NO-BREAK SPACE}bp"),
    tile("WTI crude", "$63.12", "−0.90%"),
    tile("KSTL", "$84.10", "+11.20%"),
)

SNAPSHOT = (
    row("S&P 500", "7,041.18", "+0.42%", "+0.9%", "+2.1%", "+11.9%"),
    row("Nasdaq", "24,310.55", "+0.61%", "+1.4%", "+3.0%", "+15.2%"),
    row("Dow", "48,912.07", "+0.18%", "+0.3%", "+1.2%", "+8.4%"),
    row("Russell 2000", "2,688.40", "+1.34%", "+2.2%", "+5.6%", "+19.0%"),
    row("10-year yield", "3.84%", "−4\xa0bp", "−11\xa0bp", "−22\xa0bp", "−71\xa0bp"),
    row("2s10s spread", "52\xa0bp", "+2\xa0bp", "+5\xa0bp", "+9\xa0bp", "+31\xa0bp"),
    row("VIX", "15.2", "−3.10%", "−8.4%", "−12.0%", "−12.4%"),
    row("Dollar index", "96.40", "−0.21%", "−0.6%", "−1.4%", "−6.8%"),
    row("WTI crude", "$63.12", "−0.90%", "−2.4%", "−5.1%", "−9.7%"),
    row("Gold", "$4,118", "+0.30%", "+1.9%", "+2.8%", "+22.6%"),
    row("Bitcoin", "$118,420", "+2.10%", "+4.4%", "+6.0%", "+24.9%"),
    row("KSTL", "$84.10", "+11.20%", "+9.8%", "+14.0%", "+37.5%", note="spotlight"),
)

TAKEAWAY = Takeaway(
    kicker="The Takeaway",
    headline=say("Small caps finally have the wind behind them"),
    byline="By the Opening Tape desk",
    paragraphs=(
        paragraph(
            "Small companies spent the first seven months of the year as the market’s afterthought.",
            "Since the first rate cut on August 12 they have been its engine.",
        ),
        paragraph(
            "The small-cap index is up 19.0% since January 2, against 11.9% for large caps.",
            "All of that lead was earned in the past 15 weeks: on the day of the cut, small caps were down 4.6% for the year.",
        ),
        paragraph(
            "The mechanism is dull and powerful.",
            "Smaller firms carry more floating-rate debt, so lower short rates reach their income statements within a quarter or two.",
        ),
        paragraph(
            "The risk is just as plain.",
            "The trade needs cuts without a recession; today’s confidence report is the next test of that mix.",
        ),
    ),
    bottom_line=say(
        "a 7.1-point lead built in 15 weeks is a rate trade. Watch the two-year yield, not the earnings calendar."
    ),
)

CHART_LIGHT = "charts/chart-light.png"
CHART_DARK = "charts/chart-dark.png"

CHART = Chart(
    recipe="indexed_comparison",
    title="Small caps went from laggards to leaders",
    subtitle="Price index, January 2, 2026 = 100",
    alt="Line chart, price index, January 2, 2026 = 100. Small caps fell to 95.4 by August 12, the first rate cut of the "
    "cycle, then rose to 119.0; large caps ended at 111.9.",
    source="Source: invented data, for illustration",
    labels=("Small caps +19.0%", "Large caps +11.9%"),
    facts=(),
    columns=("date", "small", "large"),
    data=(("2026-01-02", 100.0, 100.0), ("2026-11-23", 119.0, 111.9)),
    light=CHART_LIGHT,
    dark=CHART_DARK,
    after_paragraph=1,
)

WATCHING = (
    WatchItem(
        what=say("Does the curve keep steepening?"),
        when="13:00 ET",
        why=say(
            "The 2s10s gap has widened for six sessions; a run that long has happened 11 times since 1999."
        ),
    ),
    WatchItem(
        what=say("Kestrel Labs, day two"),
        when="all day",
        why=say("After one-day gains above 10%, the shares slipped the next session in 5 of 8 cases."),
    ),
    WatchItem(
        what=say("Holiday-shortened week"),
        when="Thu, Fri",
        why=say(
            "Closed Thursday; Friday ends at 13:00 ET. Volume in this week ran 28% below normal over 10 years."
        ),
    ),
)

READING = (
    ReadingItem(
        title="Central bank minutes point to one more cut this year",
        url="https://news.example.com/minutes?id=1&utm=2",
        source="Example Wire",
        when="5:12 ET",
    ),
    ReadingItem(
        title="Chipmakers ask for longer export-licence window",
        url="https://post.example.net/chips",
        source="Sample Post",
        when="4:40 ET",
    ),
    ReadingItem(
        title="Holiday spending set to grow 3.4%, retailers’ group says",
        url="https://agency.example.org/retail",
        source="Test Agency",
        when="Mon 17:05 ET",
    ),
    ReadingItem(
        title="Regional lenders see first loan growth in a year",
        url="https://news.example.com/lenders",
        source="Example Wire",
        when="Mon 15:31 ET",
    ),
)


def release(time: str, event: str, detail: str, consensus: str, actual: str | None = None) -> ReleaseRow:
    return ReleaseRow(
        time=time,
        event=event,
        detail=detail,
        consensus=Cell(text=consensus),
        previous=Cell(text="—"),
        actual=None if actual is None else Cell(text=actual),
        important=True,
    )


CALENDAR = Calendar(
    releases=(
        release("8:30", "Durable goods orders", "October · previous −0.3%", "+0.6%"),
        release("10:00", "Consumer confidence", "November · previous 99.8", "101.5"),
        release("13:00", "Five-year note auction", "previous $70B", "$70B"),
    ),
    yesterday=(release("8:30", "Chicago activity index", "October", "0.05", "+0.11"),),
    before_open=(EarningsRow(symbol="ALDR", name="Alder Retail", estimate=Cell(text="$0.42")),),
    after_close=(EarningsRow(symbol="NWSW", name="Northway Software", estimate=Cell(text="$1.18")),),
    unconfirmed=(EarningsRow(symbol="PLUM", name="Plum Foods", estimate=Cell(text="—")),),
    heavyweight=say("Northway Software, today after the close."),
    consensus_source="Example Calendar",
)

MOVERS = (
    MoverRow(
        symbol="KSTL",
        name="Kestrel Labs",
        last=Cell(text="$84.10"),
        day=cell("+11.20%"),
        reason="Raised full-year sales guidance (Example Wire)",
    ),
    MoverRow(
        symbol="HBRN",
        name="Hibernia Bank",
        last=Cell(text="$41.73"),
        day=cell("+3.84%"),
        reason="Agreed to buy a regional rival (Test Agency)",
    ),
    MoverRow(
        symbol="ALDR",
        name="Alder Retail",
        last=Cell(text="$27.45"),
        day=cell("−6.42%"),
        reason="No headline found",
    ),
    MoverRow(
        symbol="VOLT",
        name="Voltline Motors",
        last=Cell(text="$118.02"),
        day=cell("−2.91%"),
        reason="Recall of 12,000 vans (Sample Post)",
    ),
)

SECTORS = tuple(
    SectorRow(name=name, day=cell(day), share=share)
    for name, day, share in (
        ("Financials", "+1.12%", 1.0),
        ("Industrials", "+0.94%", 0.84),
        ("Consumer discretionary", "+0.81%", 0.72),
        ("Materials", "+0.66%", 0.59),
        ("Technology", "+0.58%", 0.52),
        ("Real estate", "+0.41%", 0.37),
        ("Communication services", "+0.22%", 0.2),
        ("Health care", "−0.08%", -0.07),
        ("Consumer staples", "−0.31%", -0.28),
        ("Utilities", "−0.47%", -0.42),
        ("Energy", "−1.05%", -0.94),
    )
)

ISSUE = IssueInfo(
    id="2026-11-24-morning",
    number=214,
    edition="morning",
    date=date(2026, 11, 24),
    session=Session(DAY),
    mode=Mode.STRONG,
    flags=(),
    sample=False,
    name="Opening Tape",
    date_text="Tue, Nov 24, 2026",
    as_of_text="Prices as of 6:00 a.m. ET",
    glance_note="Stocks, rates and dollar: close, Mon Nov 23. Oil and gold: settlement. Bitcoin: 00:00 UTC. "
    "Source: invented data.",
)

FACT: Fact = fact("^RUT", "return", "ytd", 19.0, Unit.PCT, DAY, "invented")

STORY = StoryEntry(
    story=Story(
        detector="relative",
        family=Family.RELATIVE,
        entity="^RUT",
        direction=1,
        p=0.01,
        z=2.4,
        facts=(FACT.id,),
        recipe="indexed_comparison",
        score=5.1,
    ),
    sentence="Small caps finally have the wind behind them",
    role="lead",
    passed_over=None,
)


def full() -> Brief:
    """Every section filled, on an ordinary Tuesday."""
    return Brief(
        issue=ISSUE,
        subject=say("Small caps finally have the wind behind them"),
        preheader=say("All of their 7-point lead was earned in the past 15 weeks"),
        words=870,
        read_minutes=4,
        tiles=TILES,
        takeaway=TAKEAWAY,
        chart=CHART,
        watching=WATCHING,
        reading=READING,
        calendar=CALENDAR,
        snapshot=SNAPSHOT,
        movers=MOVERS,
        movers_universe="503 members of the Example 500",
        sectors=SECTORS,
        breadth=say(
            "338 of 503 members rose; 61% are above their 50-day average, up from 57%. 41 new highs, 6 new lows."
        ),
        changes=(
            say(
                "Since Monday: the 10-year yield left its two-week range; the Russell’s wait for a record is now 12 sessions."
            ),
            say(
                "Yesterday’s watch item, the two-year auction, cleared at 3.41%, 1\xa0bp above expectations."
            ),
        ),
        corrections=(
            Correction(
                text="Monday’s issue gave the Dow’s one-week move as +0.5%. A revised close makes it +0.3%."
            ),
        ),
        stories=(STORY,),
        facts=(FACT,),
        gaps=(),
        sources=("Example Prices", "Example Calendar"),
        facts_checked=146,
        sentences_dropped=2,
    )


def changed(**changes: Any) -> Brief:
    """The full issue with some fields of the Brief replaced."""
    return dataclasses.replace(full(), **changes)


def flagged(*flags: str, **info: Any) -> Brief:
    """The full issue with these flags, and other fields of its IssueInfo replaced."""
    return changed(issue=dataclasses.replace(ISSUE, flags=flags, **info))


def sample() -> Brief:
    return changed(
        issue=dataclasses.replace(ISSUE, sample=True, flags=("sample",)),
        subject=say("[Sample] Small caps finally have the wind behind them"),
    )


def degraded() -> Brief:
    return changed(
        issue=dataclasses.replace(ISSUE, flags=("degraded",)),
        gaps=(
            Gap(
                source="Economic calendar",
                reason="no answer by 6:00 a.m. ET; the section is left out",
                degraded=True,
            ),
            Gap(source="Index members", reason="the lists begin in 2019"),
        ),
        calendar=Calendar(),
    )


def quiet() -> Brief:
    """Short, without movers, sectors, changes or a bottom line."""
    return changed(
        issue=dataclasses.replace(ISSUE, mode=Mode.QUIET),
        takeaway=dataclasses.replace(TAKEAWAY, paragraphs=TAKEAWAY.paragraphs[:1], bottom_line=None),
        movers=(),
        sectors=(),
        breadth=None,
        changes=(),
        corrections=(),
    )


def monday() -> Brief:
    return changed(
        issue=dataclasses.replace(ISSUE, flags=("monday",), date_text="Mon, Nov 23, 2026"),
        calendar=dataclasses.replace(
            CALENDAR, week_ahead=(say("Consumer prices: Wednesday, 8:30 a.m. ET."),)
        ),
    )


def with_sparks() -> Brief:
    """Images are hosted, so each row but the last has its sparkline."""
    rows = tuple(
        dataclasses.replace(
            row, spark_light=f"charts/spark-{n:02}-light.png", spark_dark=f"charts/spark-{n:02}-dark.png"
        )
        for n, row in enumerate(SNAPSHOT[:-1], 1)
    )
    return changed(snapshot=(*rows, SNAPSHOT[-1]))


def without_chart() -> Brief:
    return changed(chart=None)


def empty_calendar() -> Brief:
    return changed(calendar=Calendar(notes=("No major release is due today.",)))


def bare() -> Brief:
    """The least that can be an issue: a headline, one paragraph and the table."""
    return changed(
        takeaway=dataclasses.replace(
            TAKEAWAY, byline="", paragraphs=TAKEAWAY.paragraphs[:1], bottom_line=None
        ),
        chart=None,
        watching=(),
        reading=(),
        calendar=Calendar(),
        movers=(),
        movers_universe="",
        sectors=(),
        breadth=None,
        changes=(),
        corrections=(),
        sources=(),
    )


VARIANTS: dict[str, Callable[[], Brief]] = {
    "full": full,
    "sample": sample,
    "degraded": degraded,
    "quiet": quiet,
    "monday": monday,
    "friday": lambda: flagged("friday"),
    "with_sparks": with_sparks,
    "without_chart": without_chart,
    "empty_calendar": empty_calendar,
    "bare": bare,
}
