"""Issues of real days, read beside the three written by hand in the design, and measured over a span of sessions.

Expected figures are those of the hand-written issues and of docs/stories.md's golden table, not of this code.
"""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from newsletter import editorial, render, stories
from newsletter.brief import Brief
from newsletter.editorial import CheckReport
from newsletter.editorial.releases import EVENTS
from newsletter.facts import Findings
from newsletter.market import MarketDay
from newsletter.sessions import exchange
from tests.editorial_mutants import Tally
from tests.editorial_support import column, config
from tests.past_issues import Written, composed, mistakes, walk
from tests.stories_support import real_day, universe
from tests.test_issue_history import history


@lru_cache(maxsize=16)
def issue(shared: Path, day: date) -> tuple[Brief, Findings, MarketDay]:
    market = real_day(shared, exchange("XNYS", day.year + 1).before(day))
    # The story tests' days name one source of report dates; the calendars of that day agree.
    reports = tuple(replace(item, confirmed=True) for item in market.earnings)
    market = replace(market, earnings=reports)
    findings = stories.find(market)
    choice = stories.choose(findings, market)
    brief = editorial.write(
        choice, findings, market, config=config(), edition=config().edition(None), number=1
    )
    return brief, findings, market


def checked(shared: Path, day: date) -> CheckReport:
    brief, findings, market = issue(shared, day)
    page = render.render(brief, config=config(), folders=(Path(__file__).parents[1] / "templates",))
    return editorial.check(page.html, page.text, brief, findings, market)


# The hand-written issues of the design: what the program's own must state.
@pytest.mark.parametrize(
    ("day", "subject", "stated"),
    [
        (
            date(2025, 8, 26),
            r"4% from a record",
            (
                r"2,339\.17",
                r"4\.2%",
                r"951 sessions",
                r"Nov\. 8, 2021",
                r"Friday",
                r"jumped 3\.9%",
                r"best day since April 9",
                r"climbed 1\.5%",
                r"one day in 90",
                r"18 (times|record closes)",
                r"up 3\.5%",
                r"0\.8% for the S&P 500",
                r"about a quarter",
                r"2,442\.03",
                r"27\.9%",
                r"4\.4%",
                r"23%",
                r"Nvidia \(NVDA\)",
                r"Wednesday",
                r"after the close",
                r"core PCE inflation|Core PCE inflation",
                r"0\.3%",
            ),
        ),
        (
            date(2025, 4, 10),
            r"Best day since 2008 leaves the S&P 500 11% below its record",
            (
                r"soared 9\.5%|surged 9\.5%",
                r"5,456\.90",
                r"Only two days since 1985 were better, both in October 2008",
                r"12\.2%",
                r"Jan\. 3, 2001",
                r"four sessions to lose 12\.1%",
                r"3\.8% below",
                r"April 2",
                r"11\.2% below the record of Feb\. 19",
                r"18\.71 points",
                r"33\.62",
                r"one day in 20",
                r"ten largest",
                r"18%",
                r"476 members rose",
                r"Consumer prices",
                r"JPMorgan Chase \(JPM\)",
            ),
        ),
        (
            date(2024, 5, 8),
            r"fourth gain in a row",
            (
                r"0\.1%",
                r"5,187\.70",
                r"fourth gain in a row",
                r"seven days in eight",
                r"(slipped|dipped) 0\.1%",
                r"5\.5%",
                r"March 28",
                r"April 19",
                r"77%",
                r"1\.3%",
                r"212,000",
                r"209,000",
                r"ForexFactory",
            ),
        ),
    ],
)
def test_the_hand_written_issues_figures_are_all_there(
    shared: Path, day: date, subject: str, stated: tuple[str, ...]
) -> None:
    brief = issue(shared, day)[0]
    assert re.search(subject, brief.subject.text), brief.subject.text
    text = column(brief)
    missing = [pattern for pattern in stated if not re.search(pattern, text)]
    assert not missing, text


# Days of every family, with what the golden table of the stories says of them.
FAMILIES = (
    (
        date(2024, 8, 6),
        r"VIX",
        (r"64\.9%", r"38\.57", r"Oct\. 28, 2020", r"5,186\.33", r"21 members rose and 461 fell"),
    ),
    (date(2013, 4, 1), r"S&P 500", (r"1,569\.19", r"1,375 sessions")),
    (date(2018, 2, 6), r"", (r"37\.32", r"4\.1%", r"Aug\. 18, 2011")),
    (date(2019, 8, 28), r"two-year", (r"4 basis points",)),
    (date(2022, 1, 25), r"S&P 500", (r"4\.0%", r"0\.3%")),
    (date(2025, 5, 5), r"(?i)gain|run", (r"ninth gain in a row", r"Nov\. 5, 2004")),
    (date(2025, 8, 25), r"Dow", (r"45,631\.74", r"177 sessions", r"Dec\. 4, 2024")),
    (date(2024, 12, 19), r"", (r"27\.62", r"11\.75 points")),
    (date(2023, 5, 26), r"", (r"0\.9%",)),
    (date(2019, 12, 11), r"quiet|ordinary", ()),
)


@pytest.mark.parametrize(("day", "subject", "stated"), FAMILIES, ids=[str(day) for day, _, _ in FAMILIES])
def test_days_of_every_family(shared: Path, day: date, subject: str, stated: tuple[str, ...]) -> None:
    brief = issue(shared, day)[0]
    assert re.search(subject, brief.subject.text), brief.subject.text
    text = column(brief)
    missing = [pattern for pattern in stated if not re.search(pattern, text)]
    assert not missing, text
    assert not checked(shared, day).failures


SPAN = exchange("XNYS", 2026).between(date(2025, 7, 14), date(2025, 9, 30))


def words_of(brief: Brief) -> list[str]:
    """The column in words; a name, an event and an hour are one fixed label each."""
    names = {call.lower() for item in universe() for call in (item.prose, *item.aliases)}
    names |= {event.prose for event in EVENTS.values()}
    text = column(brief).lower()
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}(?: \([^)]*\))?", "LABEL", text)
    text = re.sub(r"\d+(?::\d+)? [ap]\.m\. et", "HOUR", text).replace("(forexfactory)", "SOURCE")
    return re.findall(r"[\w%$.,&^'-]+", text)


def test_consecutive_issues_seldom_use_the_same_words(shared: Path) -> None:
    """Seven words in a row within ten sessions, on a stretch of days; what repeats is a state that lasts."""
    past: list[set[str]] = []
    shared_pairs, pairs = 0, 0
    for day in SPAN[:24]:
        words = words_of(issue(shared, day)[0])
        runs = {" ".join(words[place : place + 7]) for place in range(len(words) - 6)}
        for earlier in past[-10:]:
            pairs += 1
            shared_pairs += bool(runs & earlier)
        past.append(runs)
    assert shared_pairs <= 0.15 * pairs, f"{shared_pairs} of {pairs} pairs share a run"


def test_columns_read_easily(shared: Path) -> None:
    import textstat

    lengths: list[int] = []
    for day in SPAN[:12]:
        brief = issue(shared, day)[0]
        for paragraph in brief.takeaway.paragraphs:
            lengths += [len(sentence.text.split()) for sentence in paragraph.sentences]
        assert textstat.flesch_kincaid_grade(column(brief)) <= 10
        assert 40 <= len(column(brief).split()) <= 400
    assert max(lengths) <= 25
    assert sum(length < 18 for length in lengths) > len(lengths) / 2


YEAR = exchange("XNYS", 2026).between(date(2024, 9, 30), date(2025, 9, 30))[:250]


@pytest.mark.soak
def test_a_year_of_issues_raises_no_alarm_and_hides_no_mistake(shared: Path, tmp_path: Path) -> None:
    """Whole issues as written, each remembering those before it; every mistake is made in each fifth."""
    settings, tally, alarms = history(shared, tmp_path), Tally(), list[str]()
    for count, written in enumerate(walk(settings, YEAR)):
        assert isinstance(written, Written), written
        made = composed(settings, written)
        alarms += [f"{written.day} {claim.reason}" for claim in made.report.failures]
        if count % 5 == 0:
            mistakes(written, made, tally, seed=5)
    assert alarms == []
    for kind in ("number", "entity", "sign", "date"):
        assert tally.caught[kind] == tally.made[kind], tally.of(kind)
    assert tally.caught.total() >= 0.95 * tally.made.total(), tally.missed
