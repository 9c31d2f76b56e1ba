"""An issue as HTML: its order, what is left out, its variants, and that nothing in it is ours by accident."""

import dataclasses
import re
from datetime import date

import lxml.html
import pytest
from lxml.html import HtmlElement

from newsletter.brief import UNSUBSCRIBE_TOKEN, Brief, Calendar, Cell, EarningsRow, SectorRow, Tile
from newsletter.render import Rendered, render
from newsletter.sessions import Session
from tests import briefs

SECTIONS = [
    "What we’re watching",
    "What we’re reading",
    "Economic data releases and earnings",
    "At a glance",
    "Movers",
    "Sectors and breadth",
    "What changed",
]


def rendered(brief: Brief, base_url: str | None = briefs.BASE_URL) -> Rendered:
    return render(brief, config=briefs.config(base_url), folders=briefs.FOLDERS)


def tree_of(brief: Brief, base_url: str | None = briefs.BASE_URL) -> HtmlElement:
    return lxml.html.document_fromstring(rendered(brief, base_url).html)


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def links(out: Rendered, said: str) -> list[HtmlElement]:
    return [link for link in lxml.html.document_fromstring(out.html).iter("a") if words(link) == said]


def headings(tree: HtmlElement) -> list[str]:
    return [words(heading) for heading in tree.iter("h2")]


@pytest.fixture(scope="module")
def full() -> HtmlElement:
    return tree_of(briefs.full())


def test_the_sections_stand_in_order(full: HtmlElement) -> None:
    assert headings(full) == SECTIONS


def test_the_page_from_top_to_bottom(full: HtmlElement) -> None:
    said = words(full.body)
    landmarks = [
        "No. 214",
        "4 min, 870 words",
        "Prices as of 6:00 a.m. ET",
        "S&P 500 7,041.18",
        "The Takeaway",
        "Small caps finally have the wind behind them",
        "By the Opening Tape desk",
        "Small companies spent",
        "The mechanism is dull",
        "Bottom line:",
        *SECTIONS,
        "Correction:",
        "You get this because",
        "not investment advice",
        "146 facts checked",
        briefs.POSTAL_ADDRESS,
    ]
    places = [said.index(landmark) for landmark in landmarks]
    assert places == sorted(places)


def test_the_chart_follows_the_paragraph_that_it_proves(full: HtmlElement) -> None:
    image = next(full.iter("img"))
    before = image.xpath("preceding::p[contains(., 'All of that lead was earned')]")
    after = image.xpath("following::p[contains(., 'The mechanism is dull')]")
    assert len(before) == len(after) == 1
    assert image.get("src") == "charts/chart-light.png"
    assert image.xpath("../source/@srcset") == ["charts/chart-dark.png"]
    assert image.xpath("../source/@media") == ["(prefers-color-scheme:dark)"]
    assert image.get("width") == "640"
    assert image.get("alt") == briefs.CHART.alt


@pytest.mark.parametrize(("after", "before"), [(0, 1), (3, 4), (99, 4), (-1, 0)])
def test_a_chart_anywhere_loses_no_paragraph(after: int, before: int) -> None:
    chart = dataclasses.replace(briefs.CHART, after_paragraph=after)
    tree = tree_of(briefs.changed(chart=chart))
    openings = [words(p)[:12] for p in tree.iter("p")]
    starts = [paragraph.text[:12] for paragraph in briefs.TAKEAWAY.paragraphs]
    assert [opening for opening in openings if opening in starts] == starts
    ahead = next(tree.iter("img")).xpath("preceding::p")
    assert sum(words(p)[:12] in starts for p in ahead) == before


@pytest.mark.parametrize(
    ("left_out", "heading"),
    [
        ({"watching": ()}, "What we’re watching"),
        ({"reading": ()}, "What we’re reading"),
        ({"calendar": Calendar()}, "Economic data releases and earnings"),
        ({"snapshot": ()}, "At a glance"),
        ({"movers": ()}, "Movers"),
        ({"sectors": (), "breadth": None}, "Sectors and breadth"),
        ({"changes": (), "corrections": ()}, "What changed"),
    ],
)
def test_a_section_with_nothing_to_say_is_left_out(left_out: dict[str, object], heading: str) -> None:
    assert headings(tree_of(briefs.changed(**left_out))) == [name for name in SECTIONS if name != heading]


def test_a_section_with_only_part_of_its_content_stays() -> None:
    assert "Sectors and breadth" in headings(tree_of(briefs.changed(sectors=())))
    assert "What changed" in headings(tree_of(briefs.changed(changes=())))
    tree = tree_of(briefs.empty_calendar())
    assert "Economic data releases and earnings" in headings(tree)
    assert "No major release is due today." in words(tree.body)


def test_no_chart_leaves_no_hole() -> None:
    tree = tree_of(briefs.without_chart())
    assert not list(tree.iter("img"))
    assert "[Chart" not in rendered(briefs.without_chart()).text


def columns(brief: Brief) -> list[tuple[str, bool]]:
    tree = tree_of(brief)
    heads = tree.xpath("//table[contains(@aria-label, 'at a glance')]//th[@scope='col']")
    return [(words(head), "wide" in head.get("class")) for head in heads[2:]]


def test_columns_of_an_ordinary_day() -> None:
    assert columns(briefs.full()) == [("1D", False), ("1W", True), ("1M", True), ("YTD", False)]


def test_on_monday_the_year_leads() -> None:
    assert columns(briefs.monday()) == [("YTD", False), ("1D", False), ("1W", True), ("1M", True)]
    tree = tree_of(briefs.monday())
    first = tree.xpath("//table[contains(@aria-label, 'at a glance')]//tr[th[contains(., 'Nasdaq')]]/td")
    assert [words(cell) for cell in first] == ["24,310.55", "+15.2%", "+0.61%", "+1.4%", "+3.0%"]
    assert "This week: Consumer prices: Wednesday, 8:30 a.m. ET." in words(tree.body)


def test_on_friday_the_week_leads() -> None:
    assert columns(briefs.flagged("friday"))[0] == ("1W", False)


def test_wide_columns_are_hidden_until_there_is_room(full: HtmlElement) -> None:
    wide = full.xpath("//*[contains(concat(' ', @class, ' '), ' wide ')]")
    assert len(wide) == 2 * (1 + len(briefs.SNAPSHOT))
    assert all(cell.get("style").startswith("display:none") for cell in wide)
    style = "".join(full.xpath("//style/text()"))
    assert "@media (min-width:521px){.wide{display:table-cell!important}}" in style


def test_sparklines_stand_in_a_wide_column_of_their_own() -> None:
    tree = tree_of(briefs.with_sparks())
    table = tree.xpath("//table[contains(@aria-label, 'at a glance')]")[0]
    assert words(table.xpath(".//th[@scope='col']")[-1]) == "1 year"
    lines = table.xpath(".//img")
    assert [line.get("src") for line in lines] == [f"charts/spark-{n:02}-light.png" for n in range(1, 12)]
    assert lines[0].xpath("../source/@srcset") == ["charts/spark-01-dark.png"]
    assert all(line.get("alt") == "" and line.get("width") == "84" for line in lines)
    assert all("wide" in cell.get("class") for cell in table.xpath(".//td[.//img]"))
    assert len({len(row.xpath("./td|./th")) for row in table.xpath("./tr|./tbody/tr")}) == 1
    assert "1 year" not in rendered(briefs.full()).html


def test_sample_data_is_named_on_the_page_and_in_the_text() -> None:
    out = rendered(briefs.sample())
    assert out.html.count("Sample data: invented prices") == 2
    assert out.text.count("Sample data: invented prices") == 2
    assert "Sample data" not in rendered(briefs.full()).html


def test_a_degraded_issue_says_so_above_the_tiles() -> None:
    said = words(tree_of(briefs.degraded()).body)
    banner = said.index("Missing from this issue: Economic calendar: no answer by 6:00 a.m. ET")
    assert banner < said.index("S&P 500 7,041.18")


def test_what_was_never_covered_is_told_in_the_footer() -> None:
    said = words(tree_of(briefs.degraded()).body)
    assert said.index("Not in this issue: Index members (the lists begin in 2019)") > said.index(
        "You get this"
    )
    assert said.count("Index members") == 1


def test_a_button_leads_to_every_fact_where_there_is_a_page_of_them() -> None:
    address = f"{briefs.BASE_URL}/archive/2026-11-24-morning/#facts"
    out = rendered(briefs.full())
    (button,) = links(out, "See every fact and its source")
    assert button.get("href") == address
    assert f"Every fact and its source:\n{address}\n" in out.text
    for other in (rendered(briefs.full(), None), rendered(briefs.changed(facts=()))):
        assert "every fact" not in other.html.lower() + other.text.lower()


def test_the_footer_leads_to_the_privacy_notice_where_there_is_one() -> None:
    config = briefs.config().model_copy(update={"privacy_url": "https://example.com/privacy"})
    out = render(briefs.full(), config=config, folders=briefs.FOLDERS)
    (link,) = links(out, "Privacy notice")
    assert link.get("href") == "https://example.com/privacy"
    assert "Privacy notice:\nhttps://example.com/privacy\n" in out.text
    assert "rivacy" not in rendered(briefs.full()).html + rendered(briefs.full()).text


def test_links_need_a_public_address() -> None:
    with_address, without = rendered(briefs.full()), rendered(briefs.full(), None)
    assert f"{briefs.BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}" in with_address.html
    assert f"{briefs.BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}" in with_address.text
    assert f"{briefs.BASE_URL}/archive/2026-11-24-morning/" in with_address.html
    for part in (without.html, without.text):
        assert UNSUBSCRIBE_TOKEN not in part
        assert "nsubscribe" not in part
        assert "browser" not in part


@pytest.mark.parametrize(
    ("text", "sign", "arrow"), [("+0.42%", 1, "▲"), ("−0.42%", -1, "▼"), ("0.00%", 0, "")]
)
def test_a_tile_shows_its_direction_twice(text: str, sign: int, arrow: str) -> None:
    tile = Tile(name="Kestrel", last=Cell(text="7"), change=Cell(text=text, sign=sign))
    tree = tree_of(briefs.changed(tiles=(tile,)))
    change = tree.xpath("//td[@class='tile']/p")[2]
    assert words(change) == f"{arrow} {text}".strip()
    assert change.get("class") == {1: "up", -1: "down", 0: "text"}[sign]


def test_numbers_are_right_aligned_and_unbroken(full: HtmlElement) -> None:
    cells = full.xpath("//table[@role='table']/tr/td|//table[@role='table']/tbody/tr/td")
    figures = [
        cell for cell in cells if re.search(r"\d", words(cell)) and not re.fullmatch(r"\d+:\d\d", words(cell))
    ]
    assert len(figures) >= 12 * 5 + 4 * 2 + 11 + 3
    assert all(cell.get("align") == "right" and "nowrap" in cell.get("style") for cell in figures)
    assert all("tabular-nums" in table.get("style") for table in full.xpath("//table[@role='table']"))


def test_headings_end_in_a_no_break_space(full: HtmlElement) -> None:
    for heading in full.xpath("//h1|//h2"):
        assert " " not in heading.text_content().strip().rpartition("\xa0")[2]
        if len(words(heading).split()) > 1:
            assert "\xa0" in heading.text_content()


def bars(brief: Brief) -> tuple[list[float], list[float]]:
    """Lengths of the bars left and right of the axis, in percent of the table's width."""
    left: list[float] = []
    right: list[float] = []
    for row in tree_of(brief).xpath("//table[contains(@aria-label, 'sector')]//tr[th[@scope='row']]"):
        for cell, lengths in zip(row.xpath("./td")[:2], (left, right), strict=True):
            lengths += [
                float(bar[:-1]) * float(cell.get("width")[:-1]) / 100 for bar in cell.xpath(".//table/@width")
            ]
    return left, right


def test_bars_are_as_long_as_their_share() -> None:
    left, right = bars(briefs.full())
    # Of 30 percent of the table, 0.94 to 1.00: the axis stands where both sides have one scale.
    shares = [row.share for row in briefs.SECTORS]
    assert left == [pytest.approx(-share * 15, abs=0.6) for share in shares if share < 0]
    assert right == [pytest.approx(share * 15, abs=0.6) for share in shares if share > 0]
    sides = tree_of(briefs.full()).xpath("//tr[th[contains(., 'Energy')]]/td//table/@align")
    assert sides == ["right"]  # a fall grows from the axis to the left


@pytest.mark.parametrize(("sign", "side"), [(1, 1), (-1, 0)])
def test_bars_take_the_whole_room_when_all_go_one_way(sign: int, side: int) -> None:
    rows = tuple(
        SectorRow(name=name, day=Cell(text="x", sign=sign), share=sign * share)
        for name, share in (("One", 1.0), ("Two", 0.5))
    )
    lengths = bars(briefs.changed(sectors=rows))
    assert lengths[side] == [29.0, 14.5]
    assert lengths[1 - side] == []


def test_a_flat_day_has_no_bars() -> None:
    rows = (SectorRow(name="One", day=Cell(text="0.00%"), share=0.0),)
    assert bars(briefs.changed(sectors=rows)) == ([], [])


def test_a_tiny_move_still_shows_its_side() -> None:
    rows = (
        SectorRow(name="One", day=Cell(text="+9.00%", sign=1), share=1.0),
        SectorRow(name="Two", day=Cell(text="−0.01%", sign=-1), share=-0.001),
    )
    left, right = bars(briefs.changed(sectors=rows))
    assert right == [29.0]
    assert 0 < left[0] < 0.5


def test_no_headline_is_said_once_where_there_is_none_at_all() -> None:
    silent = tuple(dataclasses.replace(row, reason="No headline found") for row in briefs.MOVERS)
    out = rendered(briefs.changed(movers=silent))
    for part in (out.html, " ".join(out.text.split())):
        assert part.count("No headline found") == 1
        assert "No headline found for any of them." in part
    assert rendered(briefs.full()).html.count("No headline found") == 1


def test_the_previous_value_is_added_where_the_detail_lacks_it() -> None:
    row = dataclasses.replace(
        briefs.release("8:30", "Jobless claims", "week of Nov. 14", "225,000"),
        previous=Cell(text="231,000"),
    )
    said = words(tree_of(briefs.changed(calendar=Calendar(releases=(row,)))).body)
    assert "week of Nov. 14 · previous 231,000" in said
    assert "previous —" not in said


def test_a_true_zero_is_printed() -> None:
    row = briefs.release("8:30", "Prices", "", "0.0%", "0.0%")
    said = words(tree_of(briefs.changed(calendar=Calendar(releases=(row,), yesterday=(row,)))).body)
    assert "Yesterday: Prices 0.0% against 0.0% expected." in said


def test_the_preheader_is_first_and_hidden(full: HtmlElement) -> None:
    hidden = full.xpath("//body//div[contains(@style, 'display:none')]")[0]
    assert words(hidden).startswith("All of their 7-point lead")
    assert "mso-hide:all" in hidden.get("style")


@pytest.mark.parametrize("variant", briefs.VARIANTS)
def test_the_same_brief_gives_the_same_bytes(variant: str) -> None:
    assert rendered(briefs.VARIANTS[variant]()) == rendered(briefs.VARIANTS[variant]())


def test_a_full_issue_is_well_under_what_gmail_clips() -> None:
    assert len(rendered(briefs.full()).html.encode()) < 80_000


def test_what_came_on_friday_is_not_yesterdays_on_a_monday() -> None:
    row = briefs.release("8:30", "Prices", "", "0.0%", "0.0%")
    monday = briefs.flagged("monday", date=date(2026, 11, 23), session=Session(date(2026, 11, 20)))
    said = words(tree_of(dataclasses.replace(monday, calendar=Calendar(yesterday=(row,)))).body)
    assert "Last session: Prices 0.0% against 0.0% expected." in said
    assert "Yesterday:" not in said


def test_a_company_known_by_its_symbol_alone_is_named_once() -> None:
    row = EarningsRow(symbol="CE", name="CE", estimate=Cell(text="—"))
    said = words(tree_of(briefs.changed(calendar=Calendar(unconfirmed=(row,)))).body)
    assert "Time not confirmed: CE." in said


def test_a_company_without_a_name_is_printed_once() -> None:
    row = dataclasses.replace(briefs.full().movers[0], symbol="FMC", name="FMC", reason="")
    out = rendered(briefs.changed(movers=(row,)))
    heads = [words(head) for head in lxml.html.document_fromstring(out.html).iter("th")]
    assert [head for head in heads if "FMC" in head] == ["FMC"]
    assert [line.split().count("FMC") for line in out.text.splitlines() if line.startswith("FMC")] == [1]
