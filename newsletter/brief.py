"""What goes out: the content of one issue before any markup. Types only.

Numbers are already written as the reader will see them; each carries the id of the fact it came from. The same Brief
makes the mail, the text part, the archive page and ``brief.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsletter.facts import Fact, Mode, Story
from newsletter.market import Gap
from newsletter.sessions import Session

SCHEMA = 1
"""Version of ``brief.json``; raised when a field changes meaning or goes away."""

TOKEN_LENGTH = 45
"""Characters in a subscriber's link token; the placeholders below are exactly as long."""

UNSUBSCRIBE_TOKEN = "unsubscribetokenplaceholder".ljust(TOKEN_LENGTH, "0")
"""Stands in a rendered issue where each subscriber's own unsubscribe token goes; alphanumeric, so no encoder splits it
differently from its value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One figure as printed (``+0.42%``), its sign for colour and arrow, and the fact behind it."""

    text: str
    sign: int = 0
    fact: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence, the facts it states, and its plain form, used when the check refuses ``text``.

    ``plain`` is empty where there is no safer form: then the sentence is dropped.
    """

    text: str
    facts: tuple[str, ...] = ()
    plain: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """One to three sentences. ``role`` names the move that made it (``finding``, ``history``...)."""

    sentences: tuple[Sentence, ...]
    role: str

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact for sentence in self.sentences for fact in sentence.facts))


@dataclass(frozen=True, kw_only=True, slots=True)
class Takeaway:
    """The column: kicker, headline, byline, paragraphs, and perhaps one bottom line."""

    kicker: str
    headline: Sentence
    byline: str
    paragraphs: tuple[Paragraph, ...]
    bottom_line: Sentence | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One of the six figures under the masthead."""

    name: str
    last: Cell
    change: Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotRow:
    """One row of "at a glance". ``spark`` is a year of closes, oldest first, for the sparkline.

    ``spark_light`` and ``spark_dark`` are its images inside the issue's folder; empty where images travel in the mail,
    which two dozen of them would weigh down.
    """

    entity: str
    name: str
    note: str
    last: Cell
    day: Cell
    week: Cell
    month: Cell
    year: Cell
    spark: tuple[float, ...] = ()
    spark_light: str = ""
    spark_dark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """The chart of the day. ``light`` and ``dark`` are paths inside the issue's folder; ``data`` is what it plots.

    The message names images by their address, or embeds them.
    """

    recipe: str
    title: str
    subtitle: str
    alt: str
    source: str
    labels: tuple[str, ...]
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    data: tuple[tuple[str | float | None, ...], ...]
    light: str
    dark: str
    after_paragraph: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchItem:
    """One thing to watch: what, when (ET), and why with a base rate worth knowing."""

    what: Sentence
    when: str
    why: Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingItem:
    """A link to somebody else's article: the publisher's own title, source and time."""

    title: str
    url: str
    source: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseRow:
    """One economic release, due today or published yesterday. ``detail`` holds period and previous."""

    time: str
    event: str
    detail: str
    consensus: Cell
    previous: Cell
    actual: Cell | None = None
    important: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EarningsRow:
    """One company that reports today, largest first."""

    symbol: str
    name: str
    estimate: Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """What is due today, what came yesterday, and the reports before the open and after the close.

    ``notes`` says in a line what isn't covered or that nothing is due; ``week_ahead`` is for Monday's and Friday's
    issues.
    """

    releases: tuple[ReleaseRow, ...] = ()
    yesterday: tuple[ReleaseRow, ...] = ()
    before_open: tuple[EarningsRow, ...] = ()
    after_close: tuple[EarningsRow, ...] = ()
    unconfirmed: tuple[EarningsRow, ...] = ()
    heavyweight: Sentence | None = None
    week_ahead: tuple[Sentence, ...] = ()
    notes: tuple[str, ...] = ()
    consensus_source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MoverRow:
    """One gainer or loser of a named universe, and the headline that explains it, or "No headline found"."""

    symbol: str
    name: str
    last: Cell
    day: Cell
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SectorRow:
    """One sector's day. ``share`` is the bar's length, -1 to 1 of the longest."""

    name: str
    day: Cell
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A number that was mailed and has since been revised."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueInfo:
    """Which issue this is. ``id`` is ``2025-08-26-morning``; ``number`` counts sessions since the first issue."""

    id: str
    number: int
    edition: str
    date: date
    session: Session
    mode: Mode
    flags: tuple[str, ...]
    sample: bool
    name: str
    date_text: str
    as_of_text: str
    glance_note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryEntry:
    """A story as the issue used it: its sentence, its role (``lead``, ``also``, ``watching``) or why it was passed over."""

    story: Story
    sentence: str
    role: str | None
    passed_over: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """The content of an issue."""

    issue: IssueInfo
    subject: Sentence
    preheader: Sentence
    words: int
    read_minutes: int
    tiles: tuple[Tile, ...]
    takeaway: Takeaway
    chart: Chart | None
    watching: tuple[WatchItem, ...]
    reading: tuple[ReadingItem, ...]
    calendar: Calendar
    snapshot: tuple[SnapshotRow, ...]
    movers: tuple[MoverRow, ...]
    movers_universe: str
    sectors: tuple[SectorRow, ...]
    breadth: Sentence | None
    changes: tuple[Sentence, ...]
    corrections: tuple[Correction, ...]
    stories: tuple[StoryEntry, ...]
    facts: tuple[Fact, ...]
    gaps: tuple[Gap, ...]
    sources: tuple[str, ...]
    facts_checked: int = 0
    sentences_dropped: int = 0
    movers_week: Sentence | None = None
