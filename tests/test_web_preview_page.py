"""What the page says: escaped words, score parts, facts and where they are stated, errors with their lines."""

import dataclasses
from pathlib import Path

import pytest

from newsletter.brief import Sentence
from newsletter.errors import ChartError, TemplateError
from newsletter.facts import Fact, Unit, fact
from newsletter.market import Gap
from newsletter.web.preview_desk import Shown
from newsletter.web.preview_explain import fact_rows, marks, value_text
from newsletter.web.preview_marks import marked
from newsletter.web.preview_page import page, story_rows, tokens
from newsletter.web.preview_problem import problem
from tests import briefs
from tests.preview_support import (
    CUT,
    DAY,
    HTML,
    LARGE,
    SMALL,
    SMALL_DAY,
    Claim,
    Composed,
    Report,
    brief,
    composed,
    refusal,
    story,
)

HOSTILE = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">'


def shown(issue: Composed | None = None, **state: object) -> str:
    return page(dataclasses.replace(Shown(state="boot-1", composed=issue, busy=False), **state))  # type: ignore[arg-type]


def test_hostile_words_are_escaped_everywhere() -> None:
    issue = composed(
        text=HOSTILE,
        subject=Sentence(text=HOSTILE),
        preheader=Sentence(text=HOSTILE),
        stories=(story("^RUT", HOSTILE, 5.0, None, HOSTILE, passed_over=HOSTILE),),
        facts=(fact("^RUT", HOSTILE, "1s", HOSTILE, Unit.TEXT, DAY, HOSTILE),),
        gaps=(Gap(source=HOSTILE, reason=HOSTILE),),
        issue=dataclasses.replace(briefs.ISSUE, name=HOSTILE, flags=(HOSTILE,)),
    )
    html = shown(
        dataclasses.replace(issue, report=Report(failures=(refusal(HOSTILE, HOSTILE, HOSTILE),))),
        problem=problem(TemplateError(HOSTILE), ()),
    )

    assert "<script>alert" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 12


def test_stories_stand_by_score_with_their_parts_side_by_side() -> None:
    lead, also, passed = story_rows(brief())

    assert (lead.score, lead.story.role, lead.fate) == ("5.10", "lead", "")
    # 4.4 + 0.7 = 5.1 bits is the longest, so it fills the bar: 4.4 / 5.1 = 86.27%
    assert [(name, bits) for name, bits, _, _ in lead.bars] == [
        ("calibration", "+4.40"),
        ("linkage", "+0.70"),
    ]
    assert [(left, width) for _, _, left, width in lead.bars] == [(0.0, 86.27), (86.27, 13.73)]
    assert [name for name, *_ in also.bars] == ["calibration", "attribution"]
    assert (passed.fate, passed.factors) == ("ran on Friday and has not changed", (("freshness", "×0.60"),))


def test_a_story_without_parts_and_a_day_without_stories() -> None:
    assert story_rows(briefs.full())[0].bars == ()
    assert "No story was found" in shown(composed(stories=()))


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (Unit.PCT, 19.0312, "19.0312%"),
        (Unit.PCT, -0.5, "−0.5%"),
        (Unit.BP, -4, "−4\xa0bp"),
        (Unit.USD, 84.1, "$84.1"),
        (Unit.USD, -37.63, "−$37.63"),
        (Unit.COUNT, 1200, "1,200"),
        (Unit.LEVEL, 7041.18, "7,041.18"),
        (Unit.DATE, DAY, "Nov. 23, 2026"),
        (Unit.TIME, "08:30", "08:30"),
    ],
)
def test_values_are_shown_unrounded(unit: Unit, value: float | str, words: str) -> None:
    assert value_text(fact("X", "m", "1s", value, unit, DAY, "s")) == words


def test_a_fact_knows_where_it_is_said() -> None:
    rows = {row.fact.id: row for row in fact_rows(composed())}

    assert rows[SMALL.id].used == (
        "The small-cap index is up 19.0% since January 2, against 11.9% for large caps.",
    )
    assert rows[SMALL_DAY.id].used == ("Russell 2000: +1.34%",)


def test_each_number_leads_to_its_own_fact() -> None:
    tips = {mark.text: mark.tip for mark in marks(composed())}

    assert tips["19.0%"].splitlines() == [
        "^RUT · return · ytd",
        "19.0312% as of Nov. 23, 2026",
        "invented:^RUT",
    ]
    assert "11.8874%" in tips["11.9%"]
    assert "1.3388%" in tips["+1.34%"]
    html = marked(HTML, marks(composed()))
    assert html.count('class="nl-fact"') == 4  # two in the sentence, one in each row


def test_without_claims_the_sentence_s_own_facts_explain_it() -> None:
    words = "Since Aug. 13, 2026, the Russell 2000 is up 19.0%, large caps 11.9%, on 3 of 5 days."
    sentence = Sentence(text=words, facts=(SMALL.id, LARGE.id, CUT.id))
    issue = dataclasses.replace(composed(breadth=sentence), report=Report())
    tips = {mark.text: mark.tip.splitlines()[1] for mark in marks(issue) if mark.context == words}

    assert tips == {
        "13": "Aug. 13, 2026 as of Nov. 23, 2026",
        "2026": "Aug. 13, 2026 as of Nov. 23, 2026",
        "19.0%": "19.0312% as of Nov. 23, 2026",
        "11.9%": "11.8874% as of Nov. 23, 2026",
    }  # and neither the name 2000 nor figures that no fact writes


def test_refused_words_are_marked_as_such() -> None:
    failure = refusal("Up 9%.", "9%", "no fact rounds to it")
    issue = dataclasses.replace(composed("<p>Up 9%.</p>"), report=Report(failures=(failure,)))

    assert 'class="nl-fact nl-none"' in marked("<p>Up 9%.</p>", marks(issue))
    assert "no fact rounds to it" in shown(issue)


def test_a_claim_on_a_row_stays_in_its_row() -> None:
    row = "Russell 2000 | 2,688.40 | +1.34%"
    lone = Claim(
        "html", "+0.42%", "+0.42%", SMALL.id
    )  # says nothing of where it stands, so it explains nothing
    claims = (Claim("html", row, "+1.34%", SMALL_DAY.id), Claim("text", row, "+1.34%", SMALL_DAY.id), lone)
    issue = dataclasses.replace(composed(tiles=()), report=Report(claims=claims))

    html = marked(HTML, marks(issue))
    assert html.count('class="nl-fact"') == 1
    assert "1.3388% as of" in html
    used = {row.fact.id: row.used for row in fact_rows(issue)}
    assert used[SMALL_DAY.id] == ("Russell 2000: +1.34%",)
    assert used[SMALL.id] == ()


def test_a_claim_whose_fact_is_not_in_the_issue_is_listed_and_not_marked() -> None:
    gone: tuple[Fact, ...] = (LARGE,)

    assert "19.0%" not in {mark.text for mark in marks(composed(facts=gone, tiles=()))}


def test_the_first_page_waits() -> None:
    html = shown(None, busy=True)

    assert "Composing the issue" in html
    assert 'role="tab"' not in html


def test_tokens_are_the_design_s() -> None:
    light, dark = tokens().splitlines()

    assert "--accent:#1552F0;" in light
    assert "--muted-2:#566272;" in light
    assert dark.startswith("@media (prefers-color-scheme:dark)")
    assert "--accent:#7FA6FF;" in dark


def test_an_error_is_shown_with_the_lines_around_it(tmp_path: Path) -> None:
    (tmp_path / "templates" / "parts").mkdir(parents=True)
    (tmp_path / "templates" / "parts" / "movers.mjml.j2").write_text(
        "\n".join(f"line {n}" for n in range(1, 30))
    )
    error = TemplateError("templates/parts/movers.mjml.j2:14: <mj-text> has no attribute 'aling'")
    wrong = problem(error, (tmp_path / "templates",))

    assert (wrong.file, wrong.line, wrong.unexpected) == ("movers.mjml.j2", 14, False)
    assert wrong.lines == tuple((n, f"line {n}") for n in range(11, 18))
    html = shown(composed(), problem=wrong)
    assert "has no attribute &#39;aling&#39;" in html
    assert "the last good issue is shown below" in html
    assert html.count('class="fault"') == 1


@pytest.mark.parametrize(
    "message", ["../secret.txt:1: wrong", "{outside}:1: wrong", "nowhere.j2:3: wrong", "no place"]
)
def test_no_other_file_is_read(tmp_path: Path, message: str) -> None:
    (tmp_path / "templates").mkdir()
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")

    assert problem(ChartError(message.format(outside=outside)), (tmp_path / "templates",)).lines == ()


def test_a_recipe_s_own_mistake_names_the_recipe_s_line(tmp_path: Path) -> None:
    recipe = tmp_path / "charts" / "mine.py"
    recipe.parent.mkdir()
    recipe.write_text("def draw():\n    return 1 / 0\n")
    names: dict[str, object] = {}
    exec(compile(recipe.read_text(), str(recipe), "exec"), names)
    with pytest.raises(ZeroDivisionError) as raised:
        names["draw"]()  # type: ignore[operator]
    wrong = problem(raised.value, (tmp_path / "charts",))

    assert wrong.message == f"{recipe}:2: ZeroDivisionError: division by zero"
    assert wrong.unexpected
    assert (2, "    return 1 / 0") in wrong.lines


def test_a_recipe_that_does_not_parse_names_its_line(tmp_path: Path) -> None:
    recipe = tmp_path / "charts" / "mine.py"
    recipe.parent.mkdir()
    recipe.write_text("ink = 1\ndef draw(:\n")
    with pytest.raises(SyntaxError) as raised:
        compile(recipe.read_text(), str(recipe), "exec")

    assert problem(raised.value, (tmp_path / "charts",)).line == 2
