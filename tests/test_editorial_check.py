"""Words against facts: each class of error of docs/writing.md, on pages and facts made by hand (all invented).

The page is the hand-written HTML and text below, not what the writer makes, so a fault of the writer can't hide one of
the check.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from html import escape
from zoneinfo import ZoneInfo

import pytest

from newsletter import editorial
from newsletter.brief import Brief, Chart, ReadingItem, Sentence
from newsletter.editorial import CheckReport
from newsletter.errors import Held
from newsletter.facts import Fact, FactBook, Family, Mode, Unit, Value, fact
from newsletter.market import Headline
from tests.editorial_support import Told, market, story, told

SESSION, BEFORE = date(2026, 3, 9), date(2026, 3, 6)
"""A Monday and the Friday before it; the issue is Tuesday's."""

RUT, GSPC, DJI, EVENT = "^RUT", "^GSPC", "^DJI", "event:CPI m/m"


def made(entity: str, metric: str, window: str, value: Value, unit: Unit, as_of: date = SESSION) -> Fact:
    return fact(entity, metric, window, value, unit, as_of, "invented")


FACTS = (
    made(RUT, "close", "1s", 2339.17, Unit.LEVEL),
    made(RUT, "return", "1s", -0.963, Unit.PCT),
    made(RUT, "return", "1s", 3.8599, Unit.PCT, BEFORE),
    made(RUT, "return", "5s", 1.94, Unit.PCT),
    made(RUT, "return", "1cm@2026-02-09", 3.45, Unit.PCT),
    made(RUT, "return", "ytd@2025-12-31", 4.9, Unit.PCT),
    made(RUT, "since", "file@1987-09-10", date(2025, 4, 9), Unit.DATE, BEFORE),
    made(RUT, "record_close", "file@1987-09-10", 2442.74, Unit.LEVEL),
    made(RUT, "record_date", "file@1987-09-10", date(2021, 11, 8), Unit.DATE),
    made(RUT, "dist_record", "file@1987-09-10", -4.24, Unit.PCT),
    made(RUT, "to_record", "file@1987-09-10", 4.43, Unit.PCT),
    made(RUT, "gain_rate", "21s", 23.4, Unit.PCT),
    made(RUT, "drought", "file@1987-09-10", 951, Unit.COUNT),
    made(RUT, "retraced", "1s", 25.9, Unit.PCT),
    made(RUT, "streak", "1s", -1, Unit.COUNT),
    made(GSPC, "close", "1s", 6439.32, Unit.LEVEL),
    made(GSPC, "return", "1s", -0.43, Unit.PCT),
    made(GSPC, "return", "1s", 1.52, Unit.PCT, BEFORE),
    made(GSPC, "return", "1cm@2026-02-09", 0.8, Unit.PCT),
    made(GSPC, "records", "ytd", 18, Unit.COUNT),
    made(GSPC, "last_record", "ytd", date(2026, 2, 26), Unit.DATE),
    made(GSPC, "dist_record", "file@1985-01-02", -0.4, Unit.PCT),
    made(GSPC, "move_share", "1260s", 33.0, Unit.PCT),
    made(DJI, "return", "1s", -0.77, Unit.PCT),
    made(DJI, "close", "1s", 45282.47, Unit.LEVEL),
    made("pair:^RUT-^GSPC", "gap_share", "1260s", 98.9, Unit.PCT, BEFORE),
    made("DGS10", "close", "1s", 4.28, Unit.PCT),
    made("DGS10", "change", "1s", 2, Unit.BP),
    made("breadth:SPX", "up", "1s", 101, Unit.COUNT),
    made("breadth:SPX", "down", "1s", 385, Unit.COUNT),
    made("breadth:SPX", "members", "1s", 486, Unit.COUNT),
    made("NVDA", "report", "due@2026-03-11", date(2026, 3, 11), Unit.DATE),
    made("NVDA", "timing", "due@2026-03-11", "after_close", Unit.TEXT),
    made(EVENT, "day", "due@2026-03-11", date(2026, 3, 11), Unit.DATE),
    made(EVENT, "at", "due@2026-03-11", "08:30", Unit.TIME),
    made(EVENT, "consensus", "due@2026-03-11", 0.3, Unit.PCT),
    made(EVENT, "previous", "due@2026-03-11", 0.2, Unit.PCT),
)

TRUE = (
    ("The Russell 2000 (^RUT) ended Monday at 2,339.17.",),
    (
        "The Russell 2000 (^RUT) fell 1.0% on Monday to 2,339.17.",
        "It is 4.2% below the record of Nov. 8, 2021.",
    ),
    ("The Russell 2000's record close, 2,442.74, dates from Nov. 8, 2021.", "That was 951 sessions ago."),
    (
        "Friday put the record back in view.",
        "The Russell 2000 jumped 3.9%, its best day since April 9, 2025, while the S&P 500 climbed 1.5%.",
        "In five years the two have been pulled that far apart on about one day in 90.",
    ),
    ("That leaves small caps up 3.5% over the past month, against 0.8% for the S&P 500.",),
    (
        "Of Friday's points, Monday took back about a quarter.",
        "The Russell fell 1.0% and the S&P 500 slipped 0.4%.",
    ),
    ("The S&P 500 (^GSPC) has closed at a record 18 times this year, most recently on Feb. 26.",),
    (
        "From here the Russell 2000 needs 4.4%.",
        "Since 1987 it has gained at least that much in 23% of all one-month stretches.",
    ),
    ("The 10-year Treasury yield edged up 2 basis points to 4.28% on Monday.",),
    ("In the S&P 500, 101 members rose and 385 fell.",),
    ("Nvidia (NVDA) reports Wednesday after the close.",),
    ("Consumer prices are due Wednesday at 8:30 a.m. ET; the consensus (ForexFactory) is 0.3%, after 0.2%.",),
)

FALSE = {
    "number: one decimal off": ("number", "The Russell 2000 jumped 3.8% on Friday."),
    "number: a level": ("number", "The Russell 2000 ended Monday at 2,339.71."),
    "number: sessions": ("number", "That was 952 sessions ago for the Russell 2000."),
    "number: nobody's": ("number", "The S&P 500 rose 7.7% on Monday."),
    "number: odds": (
        "number",
        "In five years the Russell 2000 and the S&P 500 were that far apart on about one day in 60.",
    ),
    "number: a fraction": ("number", "Monday took back about half of the Russell 2000's points."),
    "entity: the Russell's change on the S&P 500": ("entity", "The S&P 500 fell 1.0% on Monday."),
    "entity: the Russell's close on the Dow": ("entity", "The Dow ended Monday at 2,339.17."),
    "entity: the wrong ticker": ("entity", "The Russell 2000 (^DJI) fell 1.0% on Monday."),
    "entity: members of another index": ("entity", "In the Dow, 101 members rose and 385 fell."),
    "window: the month's change said of the week": (
        "window",
        "The Russell 2000 is up 3.5% over the past week.",
    ),
    "window: the month's change said of the day": ("window", "The Russell 2000 rose 3.5% on Monday."),
    "window: the year's of the month": ("window", "The Russell 2000 is up 4.9% over the past month."),
    "window: Friday's move said of Monday": ("window", "On Monday the Russell 2000 jumped 3.9%."),
    "sign: rose for fell": ("sign", "The Russell 2000 rose 1.0% on Monday."),
    "sign: down for up": ("sign", "The Russell 2000 is down 3.5% over the past month."),
    "sign: above a record it is below": (
        "sign",
        "The Russell 2000 stands 4.2% above the record of Nov. 8, 2021.",
    ),
    "sign: a yield": ("sign", "The 10-year Treasury yield slipped 2 basis points to 4.28% on Monday."),
    "verb: soared of 0.4%": ("verb", "The S&P 500 plunged 0.4% on Monday."),
    "verb: edged of 3.9%": ("verb", "On Friday the Russell 2000 edged up 3.9%."),
    "verb: flat of 1%": ("verb", "The Russell 2000 ended little changed on Monday."),
    "superlative: best for worst": (
        "superlative",
        "On Friday the Russell 2000 jumped 3.9%, its worst day since April 9, 2025.",
    ),
    "superlative: a record that is none": (
        "superlative",
        "The Russell 2000 closed at a record 2,339.17 on Monday.",
    ),
    "superlative: another yardstick": (
        "date",
        "On Friday the Russell 2000 jumped 3.9%, its best day since March 14, 2025.",
    ),
    "date: a day off": ("date", "The Russell 2000's record close, 2,442.74, dates from Nov. 9, 2021."),
    "date: a release on the wrong day": ("date", "Consumer prices come Thursday at 8:30 a.m. ET."),
    "date: a release at the wrong hour": ("date", "Consumer prices come Wednesday at 10 a.m. ET."),
    "date: a report on the wrong day": ("date", "Nvidia (NVDA) reports Thursday after the close."),
    "date: the file's first year": (
        "date",
        "Since 1985 the Russell 2000 has gained that much in 23% of all one-month stretches.",
    ),
    "date: weekday of another day": ("date", "A quiet Wednesday before consumer prices"),
    "cause: because": ("cause", "The Russell 2000 fell 1.0% on Monday because of the Fed."),
    "cause: amid": ("cause", "The Russell 2000 fell 1.0% on Monday amid tariff fears."),
    "cause: as investors": ("cause", "The Russell 2000 fell 1.0% on Monday as investors sold."),
    "cause: after news": ("cause", "The Russell 2000 fell 1.0% on Monday after weak data."),
    "advice: buy": ("advice", "Small caps are a buy."),
    "advice: should": ("advice", "Investors should hold small caps."),
    "advice: opportunity": ("advice", "The gap is an opportunity."),
    "advice: target": ("advice", "The target for the S&P 500 is higher."),
    "stale: Friday's close said of Monday": ("number", "The S&P 500 ended Monday at 6,466.91."),
    "phrase: all eyes": ("phrase", "All eyes are on the Fed."),
    "phrase: an exclamation": ("phrase", "What a day!"),
}
"""By name: the kind of claim that must fail, and the sentence."""


@lru_cache(maxsize=1)
def skeleton() -> Told:
    return told(market(), lead=story("drought_distance", RUT, Family.LEVELS), mode=Mode.STRONG)


def brief(facts: tuple[Fact, ...] = FACTS) -> Brief:
    """An invented brief that says nothing itself."""
    base = skeleton().brief
    quiet = Sentence(text="What moved, and what is due")
    return replace(
        base,
        facts=facts,
        subject=quiet,
        preheader=quiet,
        movers=(),
        movers_universe="",
        reading=(),
        takeaway=replace(base.takeaway, headline=quiet),
        chart=None,
    )


def page(*paragraphs: str, table: str = "") -> str:
    """An HTML part of these paragraphs."""
    body = "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    return f"<html><body><h1>What moved</h1>{body}{table}</body></html>"


def check(*paragraphs: str, table: str = "", text: str = "", facts: tuple[Fact, ...] = FACTS) -> CheckReport:
    whole = skeleton()
    findings = replace(whole.findings, facts=FactBook(facts))
    return editorial.check(page(*paragraphs, table=table), text, brief(facts), findings, whole.day)


def reasons(report: CheckReport) -> list[str]:
    return [claim.reason for claim in report.failures]


@pytest.mark.parametrize("sentences", TRUE, ids=[sentences[0][:60] for sentences in TRUE])
def test_what_is_true_passes(sentences: tuple[str, ...]) -> None:
    report = check(" ".join(sentences))
    assert reasons(report) == []
    assert report.claims, "there was something to check"


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_fails_as_what_it_is(name: str) -> None:
    kind, sentence = FALSE[name]
    report = check(sentence)
    assert kind in {str(claim.kind) for claim in report.failures}, reasons(report) or "nothing failed"


@pytest.mark.parametrize("name", FALSE)
def test_the_text_part_is_read_too(name: str) -> None:
    _, sentence = FALSE[name]
    assert check("A first line", text=f"A FIRST LINE\n\n{sentence}\n").failures


def test_a_failure_says_where_what_and_why() -> None:
    (failure,) = check("The Russell 2000 ended Monday at 2,339.71.").failures
    assert failure.part == "html"
    assert failure.text == "2,339.71"
    assert failure.fact is None
    assert failure.reason == (
        "number: '2,339.71' in \"The Russell 2000 ended Monday at 2,339.71.\" (html): no fact rounds to it; "
        "nearest is ^RUT:close:1s@2026-03-09 = 2339.17"
    )


def test_every_claim_names_its_fact() -> None:
    report = check("The Russell 2000 (^RUT) fell 1.0% on Monday to 2,339.17.")
    bound = {claim.text: claim.fact for claim in report.claims}
    assert bound["1.0%"] == "^RUT:return:1s@2026-03-09"
    assert bound["2,339.17"] == "^RUT:close:1s@2026-03-09"


GLANCE = """<table role="table" aria-label="At a glance"><tr><th scope="col">Market</th><th scope="col">Last</th>
<th scope="col">1D</th><th scope="col">1M</th></tr>
<tr><th scope="row">{name}</th><td>{last}</td><td>{day}</td><td>{month}</td></tr></table>"""


@pytest.mark.parametrize(
    ("name", "last", "day", "month", "right"),
    [
        ("Russell 2000", "2,339.17", "−0.96%", "+3.5%", True),
        ("Russell 2000", "2,339.17", "+0.96%", "+3.5%", False),
        ("Russell 2000", "2,339.17", "−0.97%", "+3.5%", False),
        ("Russell 2000", "2,339.17", "+3.5%", "−0.96%", False),
        ("S&amp;P 500", "2,339.17", "−0.43%", "+0.8%", False),
        ("10-year yield", "4.28%", "+2 bp", "—", True),
        ("10-year yield", "4.28%", "+2.0%", "—", False),
        ("Nothing Inc", "1.00", "−0.43%", "—", False),
    ],
)
def test_a_table_cell_binds_to_its_row_and_column(
    name: str, last: str, day: str, month: str, right: bool
) -> None:
    report = check(table=GLANCE.format(name=name, last=last, day=day, month=month))
    assert (not report.failures) is right, reasons(report)


@pytest.mark.parametrize(("change", "right"), [("−0.96%", True), ("−0.69%", False)])
def test_columns_of_the_text_part_are_read(change: str, right: bool) -> None:
    text = (
        f"AT A GLANCE\n-----------\n\nMarket             Last       1D\nRussell 2000   2,339.17   {change}\n"
    )
    report = check("A first line", text=text)
    assert any("2,339.17" in claim.sentence for claim in report.claims)
    assert (not report.failures) is right, reasons(report)


def test_a_tile_binds_to_its_label() -> None:
    tile = "<p>Russell 2000</p><p>2,339.17</p><p>{change}</p>"
    assert not check(table=tile.format(change="−0.96%")).failures
    assert check(table=tile.format(change="−0.77%")).failures, "the Dow's change under the Russell's label"


def test_a_cause_may_stand_with_its_publisher() -> None:
    whole = skeleton()
    heard = Headline(
        title="Small caps slip on rate worries",
        url="https://news.example.com/1",
        source="Example Wire",
        published=datetime(2026, 3, 9, 21, tzinfo=ZoneInfo("UTC")),
    )
    day = replace(whole.day, headlines=(heard,))
    findings = replace(whole.findings, facts=FactBook(FACTS))
    said = "The Russell 2000 fell 1.0% on Monday on worries about rates, Example Wire headlines say."
    assert not editorial.check(page(said), "", brief(), findings, day).failures
    assert editorial.check(page(said), "", brief(), findings, whole.day).failures


def test_other_peoples_titles_are_not_our_claims() -> None:
    title = "Why stocks should rise 99% because of everything!"
    whole = skeleton()
    item = replace(
        brief(),
        reading=(
            ReadingItem(
                title=title, url="https://news.example.com/1", source="Example Wire", when="Mon 17:00 ET"
            ),
        ),
    )
    findings = replace(whole.findings, facts=FactBook(FACTS))
    html = page(title)
    assert not editorial.check(html, "", item, findings, whole.day).failures


def test_subject_preheader_and_chart_are_checked() -> None:
    whole = skeleton()
    findings = replace(whole.findings, facts=FactBook(FACTS))
    wrong = Sentence(text="Small caps are 5% from a record they set in 2021")
    right = Sentence(text="Small caps are 4% from a record they set in 2021")
    for part, bad_brief, good_brief in (
        ("subject", replace(brief(), subject=wrong), replace(brief(), subject=right)),
        ("preheader", replace(brief(), preheader=wrong), replace(brief(), preheader=right)),
    ):
        bad = editorial.check(page("A line"), "", bad_brief, findings, whole.day)
        assert {claim.part for claim in bad.failures} == {part}
        assert not editorial.check(page("A line"), "", good_brief, findings, whole.day).failures
    chart = Chart(
        recipe="distance_to_record",
        title="No Russell 2000 record in 951 sessions",
        subtitle="",
        alt="Line chart of the Russell 2000. At 2,339.17 it is 4.2% below the record of Nov. 8, 2021.",
        source="invented",
        labels=(),
        facts=tuple(item.id for item in FACTS if item.entity == RUT),
        columns=(),
        data=(),
        light="charts/chart-light.png",
        dark="charts/chart-dark.png",
    )
    assert not editorial.check(
        page("A line"), "", replace(brief(), chart=chart), findings, whole.day
    ).failures
    for broken, part in (
        (replace(chart, title="No Russell 2000 record in 915 sessions"), "chart title"),
        (replace(chart, alt="At 6,439.32 it is 4.2% below the record."), "alt"),
    ):
        bad = editorial.check(page("A line"), "", replace(brief(), chart=broken), findings, whole.day)
        assert part in {claim.part for claim in bad.failures}


def test_the_footer_speaks_of_the_mail_and_is_not_read() -> None:
    html = page(
        "A line", "You get this because you signed up.", "Opening Tape, 100 Example St, Springfield, IL 62701"
    )
    whole = skeleton()
    findings = replace(whole.findings, facts=FactBook(FACTS))
    assert not editorial.check(html, "", brief(), findings, whole.day).failures


# Mending


def broken_brief(text: str, *, plain: str = "", place: int = 1) -> Brief:
    """The skeleton's brief with one sentence of its column replaced."""
    whole = skeleton().brief
    paragraphs = list(whole.takeaway.paragraphs)
    paragraphs[place] = replace(paragraphs[place], sentences=(Sentence(text=text, plain=plain),))
    return replace(whole, takeaway=replace(whole.takeaway, paragraphs=tuple(paragraphs)))


def report_on(item: Brief) -> CheckReport:
    whole = skeleton()
    html = page(*(paragraph.text for paragraph in item.takeaway.paragraphs))
    return editorial.check(html, "", item, whole.findings, whole.day)


def test_a_failing_sentence_falls_back_to_its_plain_form_then_is_dropped() -> None:
    item = broken_brief("The Dow soared 44.4%.", plain="The Dow plunged 55.5%.")
    mended = editorial.repair(item, report_on(item))
    assert mended.takeaway.paragraphs[1].text == "The Dow plunged 55.5%."
    assert mended.sentences_dropped == 0
    again = editorial.repair(mended, report_on(mended))
    assert "55.5" not in " ".join(paragraph.text for paragraph in again.takeaway.paragraphs)
    assert again.sentences_dropped == 1
    assert not report_on(again).failures


def test_a_finding_that_cannot_be_borne_out_holds_the_issue() -> None:
    item = broken_brief("The Dow soared 44.4%.", place=0)
    with pytest.raises(Held, match=r"44\.4%"):
        editorial.repair(item, report_on(item))


def test_a_headline_that_cannot_be_borne_out_holds_the_issue() -> None:
    whole = skeleton()
    wrong = Sentence(text="The Dow soars 44.4%")
    item = replace(whole.brief, takeaway=replace(whole.brief.takeaway, headline=wrong), subject=wrong)
    report = editorial.check(page("A line"), "", item, whole.findings, whole.day)
    with pytest.raises(Held, match="headline"):
        editorial.repair(item, report)


def test_a_wrong_figure_in_a_table_holds_the_issue() -> None:
    whole = skeleton()
    html = page(table=GLANCE.format(name="Russell 2000", last="1.23", day="−0.96%", month="—"))
    report = editorial.check(html, "", whole.brief, whole.findings, whole.day)
    assert report.failures
    with pytest.raises(Held, match=r"1\.23"):
        editorial.repair(whole.brief, report)
