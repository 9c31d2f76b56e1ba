"""What stands on the pages, in the feeds and in the calendar: everything of the issue, nothing of any subscriber."""

import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import icalendar
import pytest

from newsletter.brief import UNSUBSCRIBE_TOKEN, Brief, Cell
from newsletter.facts import Fact, Unit, fact
from newsletter.publishing.evidence import value_text, window_text
from newsletter.publishing.pages import without_token
from tests import briefs
from tests import publish_support as support
from tests.test_render_hostile import ATTACKS, poisoned_brief, with_figures

PAGE = "archive/2026-11-24-morning/index.html"
ATOM = "{http://www.w3.org/2005/Atom}"


def site(tmp_path: Path, *made: Brief, base_url: str | None = briefs.BASE_URL, **options: str) -> Path:
    """A site of these issues."""
    config = support.config(tmp_path, base_url=base_url, **options)
    for each in made:
        support.build(config, each)
    support.publish_built(config, tmp_path / "site")
    return tmp_path / "site"


def tree(path: Path) -> ET.Element:
    made: ET.Element = html5lib.parse(
        path.read_bytes(), namespaceHTMLElements=False, transport_encoding="utf-8"
    )
    return made


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def html_pages(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*.html")


def test_the_page_says_all_that_the_issue_says(tmp_path: Path) -> None:
    page = words(tree(site(tmp_path, support.brief()) / PAGE))
    full = support.brief()
    said = [
        *(paragraph.text for paragraph in full.takeaway.paragraphs),
        *(item.why.text for item in full.watching),
        *(item.title for item in full.reading),
        *(row.event for row in full.calendar.releases),
        *(row.name for row in full.snapshot),
        *(cell.text for row in full.snapshot for cell in (row.last, row.day, row.week, row.month, row.year)),
        *(row.reason for row in full.movers),
        *(row.name for row in full.sectors),
        *(change.text for change in full.changes),
        *(correction.text for correction in full.corrections),
        full.takeaway.headline.text,
        full.issue.glance_note,
        "Alder Retail (ALDR, EPS est. $0.42)",
        briefs.POSTAL_ADDRESS,
    ]
    assert [text for text in said if " ".join(text.split()) not in page] == []


def test_the_address_is_the_one_in_the_mail(tmp_path: Path) -> None:
    folder = site(tmp_path, support.brief())
    rendered = briefs.BASE_URL + "/archive/2026-11-24-morning/"
    assert f'<link rel="canonical" href="{rendered}">' in (folder / PAGE).read_text()


def test_link_previews_name_title_words_and_chart(tmp_path: Path) -> None:
    head = tree(site(tmp_path, support.brief()) / PAGE).find("head")
    assert head is not None
    metas = {m.get("property") or m.get("name"): m.get("content") for m in head.iter("meta")}
    base = f"{briefs.BASE_URL}/archive/2026-11-24-morning/"
    assert metas["og:title"] == metas["twitter:title"] == "Small caps finally have the wind behind them"
    assert metas["og:description"] == "All of their 7-point lead was earned in the past 15 weeks"
    assert metas["og:url"] == base
    assert metas["og:image"] == metas["twitter:image"] == f"{base}charts/chart-light.png"
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1280", "1000")
    assert metas["og:image:alt"] == briefs.CHART.alt
    assert metas["twitter:card"] == "summary_large_image"


def test_every_page_forbids_scripts_and_strangers(tmp_path: Path) -> None:
    folder = site(tmp_path, support.brief())
    found = 0
    for path in html_pages(folder):
        page = tree(path)
        policies = [m.get("content", "") for m in page.iter("meta") if m.get("http-equiv")]
        assert len(policies) == 1
        assert policies[0].startswith("default-src 'none'; img-src 'self'; style-src 'self'")
        assert "unsafe" not in policies[0]
        assert {"content": "no-referrer", "name": "referrer"} in [m.attrib for m in page.iter("meta")]
        tags = {str(e.tag) for e in page.iter()}
        assert not tags & {"script", "iframe", "form", "object", "embed", "base", "style"}
        assert not [a for e in page.iter() for a in e.attrib if a == "style" or a.startswith("on")]
        loaded = [e.get("src") or e.get("srcset") or "" for e in page.iter() if e.tag in ("img", "source")]
        loaded += [e.get("href", "") for e in page.iter("link") if e.get("rel") in ("stylesheet", "icon")]
        assert not [url for url in loaded if ":" in url or url.startswith("//")]
        for url in loaded:
            assert (path.parent / url).is_file(), (path, url)
        found += 1
    assert found == 4  # front, archive, year, issue


@pytest.mark.parametrize("base_url", [briefs.BASE_URL, None])
def test_every_link_leads_somewhere(tmp_path: Path, base_url: str | None) -> None:
    folder = site(tmp_path, support.brief(), support.brief(date(2025, 12, 30)), base_url=base_url)
    for path in html_pages(folder):
        page = tree(path)
        ids = {e.get("id") for e in page.iter()}
        for link in page.iter("a"):
            href = link.get("href", "")
            if href.startswith("#"):
                assert href[1:] in ids, (path, href)
            elif not href.startswith("https://"):
                target = (path.parent / href).resolve()
                assert target.is_relative_to(folder.resolve()), (path, href)
                assert (target / "index.html" if base_url and href.endswith("/") else target).is_file(), href


def test_neighbours_and_months_in_order(tmp_path: Path) -> None:
    days = [date(2026, 11, 24), date(2026, 11, 20), date(2026, 10, 30), date(2025, 12, 30)]
    folder = site(tmp_path, *map(support.brief, days))
    middle = tree(folder / "archive/2026-11-20-morning/index.html")
    turns = {a.get("rel"): a.get("href") for a in middle.iter("a") if a.get("rel") in ("prev", "next")}
    assert turns == {"prev": "../2026-10-30-morning/", "next": "../2026-11-24-morning/"}
    front = tree(folder / "index.html")
    assert [words(h2) for h2 in front.iter("h2")][1:] == ["November 2026", "October 2026"]
    assert [t.get("datetime") for t in front.iter("time")][1:] == [d.isoformat() for d in days[:3]]
    assert [words(h2) for h2 in tree(folder / "archive/2025/index.html").iter("h2")] == ["December 2025"]


def test_nothing_of_any_subscriber(tmp_path: Path) -> None:
    rendered = support.build(support.config(tmp_path), support.brief()) / "issue.txt"
    assert UNSUBSCRIBE_TOKEN in rendered.read_text()  # else this test proves nothing
    folder = site(tmp_path, support.brief())
    for name, content in support.contents(folder).items():
        assert UNSUBSCRIBE_TOKEN.encode() not in content, name
        assert b"unsubscribe" not in content.lower(), name


def test_the_text_part_loses_only_the_link() -> None:
    text = f"One.\n\nUnsubscribe in one click:\nhttps://x.example/unsubscribe/{UNSUBSCRIBE_TOKEN}\n\nTwo.\n"
    assert without_token(text) == "One.\n\n\nTwo.\n"
    assert without_token("Due:\n8:30 a.m.\n") == "Due:\n8:30 a.m.\n"


@pytest.mark.parametrize(("distribution", "robots"), [("personal", "Disallow: /"), ("public", "Allow: /")])
def test_search_engines_come_only_to_a_public_brief(tmp_path: Path, distribution: str, robots: str) -> None:
    folder = site(tmp_path, support.brief(), distribution=distribution)
    public = distribution == "public"
    assert robots in (folder / "robots.txt").read_text().splitlines()
    assert (f"Sitemap: {briefs.BASE_URL}/sitemap.xml" in (folder / "robots.txt").read_text()) is public
    for path in html_pages(folder):
        assert ('<meta name="robots" content="noindex, nofollow">' in path.read_text()) is not public


@pytest.mark.parametrize("source", ["yahoo:^GSPC", "csv:^GSPC+Yahoo"])
def test_yahoos_numbers_leave_no_data(tmp_path: Path, source: str) -> None:
    folder = site(tmp_path, support.brief(source=source))
    assert not list(folder.rglob("brief.json"))
    assert not list(folder.rglob("*.csv"))
    page = tree(folder / PAGE)
    heads = [
        words(th) for table in page.iter("table") if table.get("class") == "facts" for th in table.iter("th")
    ]
    assert "Value" not in heads
    assert "allows no table of values" in words(page)
    assert "S&P 500 close" in heads  # what each fact measures stands there all the same


def test_other_numbers_are_offered(tmp_path: Path) -> None:
    folder = (site(tmp_path, support.brief()) / PAGE).parent
    built = tmp_path / "issues/2026-11-24-morning/brief.json"
    assert (folder / "brief.json").read_bytes() == built.read_bytes()
    rows = list(csv.reader(io.StringIO((folder / "chart.csv").read_text(encoding="utf-8"))))
    assert rows == [
        ["date", "small", "large"],
        ["2026-01-02", "100.0", "100.0"],
        ["2026-11-23", "119.0", "111.9"],
    ]


def test_a_cell_of_text_cant_run_in_a_spreadsheet(tmp_path: Path) -> None:
    chart = dataclasses.replace(briefs.CHART, columns=("=cmd()", "x"), data=(("+1", -1.5), ("@a", None)))
    folder = (site(tmp_path, support.brief(chart=chart)) / PAGE).parent
    rows = list(csv.reader(io.StringIO((folder / "chart.csv").read_text(encoding="utf-8"))))
    assert rows == [["'=cmd()", "x"], ["'+1", "-1.5"], ["'@a", ""]]


def test_movers_without_levels_have_no_column_of_them(tmp_path: Path) -> None:
    made = support.brief()
    silent = tuple(dataclasses.replace(row, last=Cell(text="—")) for row in made.movers)
    for name, brief, heads in (
        ("with", made, ["Company", "Last", "Day"]),
        ("without", dataclasses.replace(made, movers=silent), ["Company", "Day"]),
    ):
        page = tree(site(tmp_path / name, brief) / PAGE)
        (table,) = [
            t for t in page.iter("table") if t.get("aria-label") == "Largest gains and losses of the day"
        ]
        assert [words(head) for head in table.iter("th") if head.get("scope") == "col"] == heads


def test_every_fact_is_reached_from_where_it_is_printed(tmp_path: Path) -> None:
    page = tree(site(tmp_path, support.brief()) / PAGE)
    tables = [t for t in page.iter("table") if t.get("class") == "facts"]
    captions = [words(caption) for t in tables for caption in t.iter("caption")]
    assert captions == ["The Takeaway", "At a glance", "Considered, not printed"]
    rows = [[words(cell) for cell in row] for t in tables for row in t.iter("tr")]
    assert ["S&P 500 close", "7,041.18", "7,041.18", "one session", "Nov. 23, 2026", "invented"] in rows
    assert ["Russell 2000 return", "19%", "year to date", "Nov. 23, 2026", "invented"] in rows
    links = {a.get("href") for a in page.iter("a")}
    assert {"#facts-takeaway", "#facts-glance"} <= links


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ("1s", "one session"),
        ("1260s", "1,260 sessions"),
        ("1cm@2025-07-25", "1 month, from July 25, 2025"),
        ("ytd@2024-12-31", "year to date, from Dec. 31, 2024"),
        ("file@1987-09-10", "history since Sept. 10, 1987"),
        ("due@2025-08-27", "due Aug. 27, 2025"),
        ("12r", "12 reports or releases"),
        ("odd@thing", "odd@thing"),
    ],
)
def test_windows_are_written_in_words(window: str, text: str) -> None:
    assert window_text(window) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-4.239910919704915, Unit.PCT, "−4.2399%"),
        (951, Unit.COUNT, "951"),
        (2442.74, Unit.LEVEL, "2,442.74"),
        (-37.63, Unit.USD, "−$37.63"),
        (100, Unit.USD, "$100"),
        (-12, Unit.BP, "−12\xa0bp"),
        (0.71, Unit.PTS, "0.71\xa0points"),
        (date(2021, 11, 8), Unit.DATE, "Nov. 8, 2021"),
        ("after_close", Unit.TEXT, "after close"),
    ],
)
def test_values_are_written_out(value: float | str | date, unit: Unit, text: str) -> None:
    assert value_text(fact("x", "m", "1s", value, unit, support.SESSION, "invented")) == text


def test_the_atom_feed(tmp_path: Path) -> None:
    folder = site(tmp_path, support.brief(), support.brief(date(2026, 7, 1)))
    feed = feedparser.parse((folder / "feed.xml").read_bytes())
    assert not feed.bozo
    assert feed.feed.title == "Opening Tape"
    assert feed.feed.id == f"{briefs.BASE_URL}/"
    # 6:00 in New York, in winter and in summer time.
    assert [entry.updated for entry in feed.entries] == ["2026-11-24T11:00:00Z", "2026-07-01T10:00:00Z"]
    assert feed.feed.updated == "2026-11-24T11:00:00Z"
    entry = feed.entries[0]
    assert entry.id == entry.link == f"{briefs.BASE_URL}/archive/2026-11-24-morning/"
    assert entry.title == "Small caps finally have the wind behind them"
    content = entry.content[0].value
    assert f"{briefs.BASE_URL}/archive/2026-11-24-morning/charts/chart-light.png" in content
    assert re.findall(r'(?:src|href)="(?!https://)', content) == []
    root = ET.fromstring((folder / "feed.xml").read_bytes())
    assert [child.tag for child in root][:3] == [f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated"]
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")} == {
        "self": f"{briefs.BASE_URL}/feed.xml",
        "alternate": f"{briefs.BASE_URL}/",
    }


def test_the_json_feed(tmp_path: Path) -> None:
    feed = json.loads((site(tmp_path, support.brief()) / "feed.json").read_text())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{briefs.BASE_URL}/feed.json"
    (item,) = feed["items"]
    assert item["id"] == item["url"] == f"{briefs.BASE_URL}/archive/2026-11-24-morning/"
    assert item["date_published"] == "2026-11-24T11:00:00Z"
    assert item["image"] == f"{item['url']}charts/chart-light.png"
    assert "The risk is just as plain." in item["content_html"]


def test_the_sitemap_names_every_issue(tmp_path: Path) -> None:
    folder = site(tmp_path, support.brief(), support.brief(date(2026, 7, 1)))
    root = ET.fromstring((folder / "sitemap.xml").read_bytes())
    assert [leaf.text for leaf in root.iter() if leaf.tag.endswith("}loc")] == [
        f"{briefs.BASE_URL}/{path}"
        for path in ("", "archive/2026-11-24-morning/", "archive/2026-07-01-morning/")
    ]


def test_without_an_address_links_are_relative_and_feeds_left_out(tmp_path: Path) -> None:
    folder = site(tmp_path, support.brief(), base_url=None)
    for name in ("feed.xml", "feed.json", "sitemap.xml"):
        assert not (folder / name).exists()
    page = (folder / PAGE).read_text()
    assert 'href="../../index.html"' in page
    assert "og:image" not in page
    assert 'rel="alternate"' not in page


def test_the_calendar_of_what_is_due(tmp_path: Path) -> None:
    made = icalendar.Calendar.from_ical((site(tmp_path, support.brief()) / "calendar.ics").read_bytes())
    release, report = (event for event in made.walk("VEVENT"))
    assert release["SUMMARY"] == "Consumer confidence"
    assert release.decoded("DTSTART") == datetime(
        2026, 11, 24, 15, 0, tzinfo=UTC
    )  # 10:00 in New York, winter
    assert release["DESCRIPTION"] == "Forecast 101.5. Source: Example Calendar. Known on Nov. 24, 2026."
    assert report["SUMMARY"] == "Nvidia (NVDA) reports, after the close"
    assert report.decoded("DTSTART") == date(2026, 11, 25)
    for event in (release, report):
        assert event.decoded("DTSTAMP") == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_an_event_keeps_its_uid_and_the_later_word_counts(tmp_path: Path) -> None:
    monday = date(2026, 11, 23)
    before = support.brief(monday)
    before = dataclasses.replace(before, facts=(*before.facts, *moved("14:00"), *past()))
    both = site(tmp_path / "both", before, support.brief())
    alone = site(tmp_path / "alone", support.brief())
    assert (both / "calendar.ics").read_bytes() == (alone / "calendar.ics").read_bytes()
    earlier = icalendar.Calendar.from_ical((site(tmp_path / "earlier", before) / "calendar.ics").read_bytes())
    later = icalendar.Calendar.from_ical((alone / "calendar.ics").read_bytes())
    uids = [{event["UID"] for event in made.walk("VEVENT")} for made in (earlier, later)]
    assert uids[1] < uids[0]


def moved(at: str) -> tuple[Fact, ...]:
    """The same release as the later issue has, at another hour, as it was known a session before."""
    event, window, as_of = "event:Consumer confidence", f"due@{support.DAY}", date(2026, 11, 20)
    source = "Example Calendar"
    return (
        fact(event, "day", window, support.DAY, Unit.DATE, as_of, source),
        fact(event, "at", window, at, Unit.TIME, as_of, source),
    )


def past() -> tuple[Fact, ...]:
    """A release of Monday: on Tuesday it is over."""
    day = date(2026, 11, 23)
    return (fact("event:Retail sales", "day", f"due@{day}", day, Unit.DATE, date(2026, 11, 20), "Example"),)


def test_nothing_due_leaves_no_calendar(tmp_path: Path) -> None:
    folder = site(tmp_path, dataclasses.replace(support.brief(), facts=(briefs.FACT,)))
    assert not (folder / "calendar.ics").exists()
    assert "calendar.ics" not in (folder / "index.html").read_text()


def test_yahoos_dates_arent_passed_on(tmp_path: Path) -> None:
    made = support.brief()
    theirs = tuple(dataclasses.replace(each, source="Yahoo") for each in made.facts)
    assert not (site(tmp_path, dataclasses.replace(made, facts=theirs)) / "calendar.ics").exists()


def hostile(text: str) -> Brief:
    """``text`` in every field, as an issue of that day; in the facts too."""
    made = poisoned_brief(text)
    ours = support.brief()
    poisoned = tuple(
        dataclasses.replace(each, entity=text, metric=text, source=text, window=f"{text}@{support.DAY}")
        if each.unit is not Unit.DATE
        else dataclasses.replace(each, entity=text)
        for each in ours.facts
    )
    return dataclasses.replace(
        made,
        facts=poisoned,
        issue=dataclasses.replace(
            made.issue, date=ours.issue.date, edition="morning", session=ours.issue.session, sample=False
        ),
    )


def shape(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(e.tag), tuple(sorted(e.attrib))) for e in tree(path).iter() if isinstance(e.tag, str)]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_text_becomes_markup(tmp_path: Path, attack: str) -> None:
    for name, text in (("harmless", "harmless words"), ("hostile", attack)):
        made = with_figures(hostile(text))
        made = dataclasses.replace(made, issue=dataclasses.replace(made.issue, id=f"{support.DAY}-morning"))
        site(tmp_path / name, made)
    one, other = tmp_path / "harmless/site", tmp_path / "hostile/site"
    for path in html_pages(one):
        where = path.relative_to(one)
        assert shape(other / where) == shape(path), where
        assert "{{" not in (other / where).read_text()
    feed = feedparser.parse((other / "feed.xml").read_bytes())
    assert not feed.bozo
    content = html5lib.parse(feed.entries[0].content[0].value, namespaceHTMLElements=False)
    assert {str(e.tag) for e in content.iter()} == {"html", "head", "body", "p", "img", "strong", "a"}
    json.loads((other / "feed.json").read_text())
    icalendar.Calendar.from_ical((other / "calendar.ics").read_bytes())
