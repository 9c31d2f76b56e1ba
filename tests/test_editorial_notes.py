"""A person's notes and what changed since the last issue, on an invented market."""

import re
from dataclasses import replace
from functools import lru_cache

import pytest

from newsletter import editorial
from newsletter.brief import Brief
from newsletter.editorial import Note, Previous, overrule, read_note
from newsletter.errors import DataError, UsageError
from newsletter.facts import Family, Unit, fact
from tests.editorial_support import Told, checked, column, config, market, release, rendered, story, told

NAME = "notes/2026-03-10.md"
SWING = {"^RUT": (3.9, -1.0), "^GSPC": (1.5, -0.4), "^IXIC": (1.9, -0.2), "^DJI": (1.9, -0.8)}


@lru_cache(maxsize=1)
def plain() -> Told:
    return told(market(last=SWING), lead=story("drought_distance", "^RUT", Family.LEVELS))


def with_note(text: str) -> Brief:
    made, note = plain(), read_note(text, NAME)
    return editorial.write(
        overrule(made.choice, made.findings, note),
        made.findings,
        made.day,
        config=config(),
        edition=config().edition(None),
        number=7,
        note=note,
    )


def test_front_matter_and_body_are_read() -> None:
    note = read_note('---\nheadline: "A calm Monday"\nbyline: By hand\n---\n\nFirst.\n\nSecond.\n', NAME)
    assert (note.headline, note.byline, note.lead, note.chart) == ("A calm Monday", "By hand", None, None)
    assert note.body == "First.\n\nSecond."
    assert note.first_line == 6
    assert read_note("Only words.\n", NAME) == Note(name=NAME, body="Only words.", first_line=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "---\nheadlin: x\n---\n",
            r"notes/2026-03-10\.md:2: unknown setting headlin; a note may set headline, lead",
        ),
        ("---\nbyline: By me\nheadline: 3\n---\n", r"md:3: headline should be words in quotes, not 3"),
        ("---\nheadline: [\n---\n", r"md:\d: not valid YAML"),
        ("---\n- a\n---\n", r"md:1: expected settings such as"),
    ],
)
def test_a_broken_front_matter_is_one_line_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_note(text, NAME)


def test_a_persons_words_replace_the_column_and_byline() -> None:
    brief = with_note(
        "---\nbyline: By a person\n---\nNothing much *happened*.\n\nThat is all, and [more](https://example.com).\n"
    )
    assert [paragraph.text for paragraph in brief.takeaway.paragraphs] == [
        "Nothing much happened.",
        "That is all, and more.",
    ]
    assert {paragraph.role for paragraph in brief.takeaway.paragraphs} == {"note"}
    assert brief.takeaway.byline == "By a person"
    assert brief.takeaway.headline == plain().brief.takeaway.headline


def test_a_reference_puts_the_facts_own_writing_and_records_it() -> None:
    made = plain()
    close = made.findings.facts.find("^GSPC", "close")
    assert close is not None
    brief = with_note('The S&P 500 closed at {{ f("^GSPC", "close") }}.\n')
    assert brief.takeaway.paragraphs[0].text == f"The S&P 500 closed at {close.number:,.2f}."
    assert brief.takeaway.paragraphs[0].facts == (close.id,)
    assert close in brief.facts


def test_a_reference_takes_window_and_style() -> None:
    year = plain().findings.facts.find("^GSPC", "return", "ytd")
    assert year is not None
    brief = with_note("The S&P 500 is up {{ f('^GSPC', 'return', 'ytd', 'round') }} this year.\n")
    assert f"{abs(round(year.number))}%" in brief.takeaway.paragraphs[0].text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\n\n{{ f("^GSPC", "closing") }}\n', r"md:3: no fact closing of \^GSPC; there is .*close"),
        ('{{ f("^NONE", "close") }}\n', r"md:1: no fact close of \^NONE; nothing is known of \^NONE"),
        ('{{ f("^GSPC", "close", "1s", "loud") }}\n', r"md:1: no style 'loud'; there is "),
        ("Words.\n\n{{ __import__('os').getcwd() }}\n", r"md:3: .* is no reference"),
        ('{{ f("^GSPC") }}\n', r"is no reference"),
    ],
)
def test_a_wrong_reference_is_an_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        with_note(text)


def test_a_number_typed_by_hand_must_match_a_fact() -> None:
    move = plain().findings.facts.find("^GSPC", "return", "1s")
    assert move is not None
    right = f"The S&P 500 slipped {abs(move.number):.1f}% on Monday."
    assert with_note(f"{right}\n").takeaway.paragraphs[0].text == right
    with pytest.raises(DataError, match=r"md:3: .*'7\.7%'.*nearest is \^GSPC:"):
        with_note("A calm day.\n\nThe S&P 500 slipped 7.7% on Monday.\n")


def test_a_headline_typed_by_hand_must_match_too() -> None:
    brief = with_note('---\nheadline: "A calm Monday"\n---\n')
    assert brief.takeaway.headline.text == brief.subject.text == "A calm Monday"
    with pytest.raises(DataError, match=r"'99%'"):
        with_note('---\nheadline: "The S&P 500 is 99% below its record"\n---\n')


def test_a_person_may_say_why_but_not_advise() -> None:
    brief = with_note("Stocks waited because of the election.\n")
    report = checked(plain(), brief)
    assert not [claim for claim in report.failures if "election" in claim.sentence]
    with pytest.raises(DataError, match="advice"):
        with_note("Now is the time to buy.\n")


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<script>alert()</script>\n", "<script>alert"),
        ("Calm <b onclick=x>day</b>.\n", "<b onclick=x>"),
        ("<iframe src='https://example.com'>\n", "<iframe src="),
        ("<!-- unseen -->\n", "<!-- unseen -->"),
    ],
)
def test_html_in_a_note_is_refused_with_its_line(markup: str, shown: str) -> None:
    with pytest.raises(UsageError, match=rf"md:3: .*{re.escape(shown)}.* is HTML, which isn't printed"):
        with_note(f"A calm day.\n\n{markup}")


def test_a_link_that_runs_something_is_words() -> None:
    page = rendered(
        with_note(
            "Calm. [x](javascript:alert) and 3 < 4 > &lt;b&gt; & so on.\n".replace("3 < 4", "this < that")
        )
    ).html
    assert 'href="javascript' not in page
    assert "this &lt; that &gt; &lt;b&gt; &amp; so on." in page


def test_the_lead_can_be_set_by_its_key() -> None:
    made = plain()
    assert made.findings.stories, "the invented day has stories"
    other = made.findings.stories[-1]
    chosen = overrule(made.choice, made.findings, Note(name=NAME, lead=other.key, chart="level_line"))
    assert chosen.lead is not None
    assert chosen.lead.key == other.key
    assert chosen.lead.recipe == "level_line"
    assert other.key not in {item.key for item in chosen.also}
    with pytest.raises(UsageError, match="no story nonsense today; the first are "):
        overrule(made.choice, made.findings, Note(name=NAME, lead="nonsense"))
    assert overrule(made.choice, made.findings, None) is made.choice


# What changed


def test_yesterdays_release_is_answered_against_its_consensus() -> None:
    base = market(last=SWING)
    day = base.session
    missed = told(replace(base, releases=(release(day, "PPI m/m", "0.2%", "0.1%", actual="0.4%"),)))
    assert [item.text for item in missed.brief.changes][:1] == [
        "Producer prices came in at 0.4%, not the 0.2% of the consensus (ForexFactory)."
    ]
    assert not checked(missed).failures
    met = told(replace(base, releases=(release(day, "PPI m/m", "0.2%", "0.1%", actual="0.2%"),)))
    assert [item.text for item in met.brief.changes][:1] == [
        "Producer prices came in at 0.2%, as the consensus (ForexFactory) had it."
    ]
    assert not checked(met).failures


def test_a_chief_release_of_the_session_is_told_in_the_column_and_not_again() -> None:
    base = market(last=SWING)
    made = told(replace(base, releases=(release(base.session, "CPI m/m", "0.2%", "0.1%", actual="0.4%"),)))
    told_of = [part.text for part in made.brief.takeaway.paragraphs if "onsumer prices" in part.text]
    assert len(told_of) == 1
    assert "0.4%" in told_of[0]
    assert "0.2%" in told_of[0]
    assert not any("onsumer prices" in item.text for item in made.brief.changes)
    assert not checked(made).failures


def test_a_revised_number_is_corrected_with_old_and_new() -> None:
    made = plain()
    before = made.day.sessions[-2].date()
    now = made.findings.facts.find("^GSPC", "prev_close")
    assert now is not None
    printed = fact("^GSPC", "close", "1s", now.number + 1.5, Unit.LEVEL, before, "invented")
    dow = made.findings.facts.find("^DJI", "prev_close")
    assert dow is not None
    same = fact("^DJI", "close", "1s", dow.number, Unit.LEVEL, before, "invented")
    brief = editorial.write(
        made.choice,
        made.findings,
        made.day,
        config=config(),
        edition=config().edition(None),
        number=7,
        previous=Previous(day=before, facts=(printed, same)),
    )
    assert [item.text for item in brief.corrections] == [
        f"S&P 500: the close of March 6 was printed as {now.number + 1.5:,.2f}; revised data give {now.number:,.2f}."
    ]
    assert not checked(made, brief).failures


def test_without_a_predecessor_nothing_is_corrected() -> None:
    assert plain().brief.corrections == ()
    assert column(plain().brief)
