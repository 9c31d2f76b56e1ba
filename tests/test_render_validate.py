"""The strict reader of MJML, held to files of planted faults and their lines."""

from pathlib import Path

import pytest

from newsletter.errors import TemplateError
from newsletter.render import render, rules, validate
from tests import briefs

PLANTED = """\
{# in: mj-body #}
<mj-section padding="10px" padding="2px">
  <mj-column widht="50%">
    <mj-text aling="left">x</mj-text>
    <mj-text align="middle">x</mj-text>
    <mj-text padding="10 20px">x</mj-text>
    <mj-text padding="1px 2px 3px 4px 5px">x</mj-text>
    <mj-text font-size="-2px">x</mj-text>
    <mj-text color="redd">x</mj-text>
    <mj-txt>x</mj-txt>
    <mj-section></mj-section>
    lost words
    <p>lost paragraph</p>
    <!-- travels in the mail -->
    <mj-text><mj-button>x</mj-button></mj-text>
    <mj-text><b>never closed</mj-text>
  </mj-column>
</mj-section>
</mj-wrapper>
<mj-text>x</mj-text>
<mj-section>{{ brief.issue.name }}</mj-section>
<mj-section css-class>
"""

EXPECTED = [
    (2, "<mj-section> has 'padding' twice"),
    (3, "<mj-column> has no attribute 'widht'"),
    (4, "<mj-text> has no attribute 'aling'"),
    (5, "<mj-text> align='middle': takes one of left, right, center, justify"),
    (6, "<mj-text> padding='10 20px': takes lengths in px or %"),
    (7, "<mj-text> padding='1px 2px 3px 4px 5px': takes 1–4 lengths"),
    (8, "<mj-text> font-size='-2px': can't be negative"),
    (9, "<mj-text> color='redd': is no colour"),
    (10, "there is no <mj-txt> in MJML"),
    (11, "<mj-section> can't stand in <mj-column>"),
    (11, "text 'lost words' stands directly in <mj-column>, where it is lost"),
    (13, "<p> can't stand in <mj-column>; put it in <mj-text> or <mj-raw>"),
    (14, "a comment would travel in the mail; write {# … #}"),
    (15, "<mj-button> can't stand in <mj-text>, which holds HTML"),
    (16, "<b> is never closed"),
    (19, "</mj-wrapper> closes nothing"),
    (20, "<mj-text> can't stand in <mj-body>"),
    (22, "<mj-section> css-class has no value"),
    (22, "<mj-section> is never closed"),
]


def found(source: str, file: str = "templates/planted.mjml.j2") -> list[tuple[int, str]]:
    return [(fault.line, fault.message) for fault in validate.check_template(file, source)]


def test_every_planted_fault_is_found_on_its_line_and_no_other() -> None:
    assert found(PLANTED) == EXPECTED


def test_a_fault_names_file_and_line() -> None:
    fault = validate.check_template("templates/parts/movers.mjml.j2", PLANTED)[2]
    assert str(fault) == "templates/parts/movers.mjml.j2:4: <mj-text> has no attribute 'aling'"


def test_our_own_templates_have_none() -> None:
    assert validate.check_templates(briefs.FOLDERS) == ()


@pytest.mark.parametrize(
    "source",
    [
        '{# in: mj-body #}\n<mj-section padding="0 {{ gap }}px"><mj-column></mj-column></mj-section>',
        '{# in: mj-column #}\n<mj-text line-height="1.5" letter-spacing="-0.5px">x</mj-text>',
        '{# in: mj-column #}\n<mj-text{% if wide %} padding="0"{% endif %} mj-class="x">x</mj-text>',
        "{# in: mj-column #}\n{% if a < b %}<mj-text>&nbsp;&#847;<br>a<img src='x'></mj-text>{% endif %}",
        '{# in: mj-head #}\n<mj-style inline="inline">p > b {color:red}</mj-style>',
        '{# in: mj-attributes #}\n<mj-class name="x" color="red" /><mj-all font-family="Arial" />',
        "{# in: mj-head #}\n<mj-raw><!--[if mso]><style>p{color:red}</style><![endif]--></mj-raw>",
        '{# in: mj-body #}\n<mj-raw><div style="display:none">x</div></mj-raw>',
        "{# in: document #}\n<mjml><mj-head></mj-head><mj-body></mj-body></mjml>",
        "{# in: mj-text #}\n{% macro x(a) %}<p>{{ a }}</p>{% endmacro %}",
    ],
)
def test_what_is_right_passes(source: str) -> None:
    assert found(source) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<mj-section></mj-section>", "say on line 1 what this stands in"),
        ("{# in: mj-boddy #}\n", "no MJML element 'mj-boddy' to stand in"),
        ("{# in: document #}\n<mj-body></mj-body>", "<mj-body> can't be the outermost element"),
        ("{# in: mj-text #}\n<p>{% if x %}</p>{% endif %}</p>", "</p> closes nothing"),
        (
            "{# in: mj-text #}\n<div><mj-text>x</mj-text></div>",
            "<mj-text> can't stand in <div>, which is HTML",
        ),
    ],
)
def test_what_is_wrong_is_said(source: str, message: str) -> None:
    assert any(message in said for _, said in found(source))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "unit(px,%){1,4}",
            ["0", "10px", "0 24px", "5% 1px 2px 3px", ".5px"],
            ["", "10", "1em", "px", "1px 2px 3px 4px 5px"],
        ),
        ("unit(px)", ["13px", "0"], ["50%", "13", "13 px", "1px 2px"]),
        ("unit(px,%,)", ["1.5", "27px", "150%"], ["1.5em", "a"]),
        ("unitWithNegative(px,%)", ["-0.2px", "1px", "0"], ["-1", "1em"]),
        (
            "color",
            ["#fff", "#0B1524", "#0B152480", "red", "Transparent", "rgb(1, 2, 3)", "rgba(0,0,0,.5)"],
            ["", "#ff", "0B1524", "redd", "#12345g", "rgb(a)"],
        ),
        ("enum(left,right)", ["left"], ["Left", "center", ""]),
        ("boolean", ["true", "false"], ["yes", "True"]),
        ("integer", ["12", "-1"], ["1.5", ""]),
        ("string", ["", "anything"], []),
        ("", ["", "anything"], []),
    ],
)
def test_values_by_type(kind: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if rules.fault_of_value(kind, value)] == []
    assert [value for value in bad if rules.fault_of_value(kind, value) is None] == []


def test_every_type_that_the_engine_declares_can_be_read() -> None:
    for tag in sorted(rules.CONTENT | set(rules.NESTING)):
        for kind in (rules.attribute_types(tag) or {}).values():
            assert "unreadable" not in (rules.fault_of_value(kind, "1px") or "")


def project(folder: Path, name: str, source: str) -> tuple[Path, ...]:
    path = folder / "templates" / name
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    return (folder / "templates", *briefs.FOLDERS)


def build(folders: tuple[Path, ...]) -> str:
    return render(briefs.full(), config=briefs.config(), folders=folders).html


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            '{# in: mj-body #}\n<mj-section>\n<mj-column><mj-text aling="left">x</mj-text></mj-column></mj-section>',
            r"templates/parts/movers\.mjml\.j2:3: <mj-text> has no attribute 'aling'",
        ),
        ("{# in: mj-body #}\n\n{{ brief.moverz }}", r"templates/parts/movers\.mjml\.j2:3: .*'moverz'"),
        ("{# in: mj-body #}\n{{ mover.name }}", r"templates/parts/movers\.mjml\.j2:2: 'mover' is undefined"),
        (
            "{# in: mj-body #}\n{% if brief.movers %}\n",
            r"templates/parts/movers\.mjml\.j2:\d: Unexpected end",
        ),
        (
            "{# in: mj-body #}\n{{ brief.movers[0].name|shout }}",
            r"templates/parts/movers\.mjml\.j2:2: No filter named 'shout'",
        ),
        (
            "{# in: mj-body #}\n{{ 1 + brief.issue.name }}",
            r"templates/parts/movers\.mjml\.j2:2: unsupported operand",
        ),
        (
            "{# in: mj-body #}\n{{ brief.calendar.heavyweight and None }}",
            r"movers\.mjml\.j2:2: would print None",
        ),
        ("{# in: mj-body #}\n{{ brief.movers[0] }}", r"movers\.mjml\.j2:2: would print MoverRow"),
        ("{# in: mj-body #}\n{{ brief.movers[99].name }}", r"movers\.mjml\.j2:2: .*99"),
        (
            '{# in: mj-body #}\n{% include "parts/nowhere.mjml.j2" %}',
            r"movers\.mjml\.j2:2: no template parts/nowhere",
        ),
        (
            "{# in: mj-body #}\n{{ brief.__class__.__mro__ }}",
            r"movers\.mjml\.j2:2: access to attribute '__class__'",
        ),
        ("{# in: mj-body #}\n{{ range(9) }}", r"movers\.mjml\.j2:2: 'range' is undefined"),
        (
            "{# in: mj-body #}\n{{ brief.issue.name }}",
            r"issue\.mjml:\d+: text 'Opening Tape' stands directly in <mj-body>",
        ),
    ],
)
def test_a_mistake_in_a_template_is_one_line_with_its_place(
    tmp_path: Path, source: str, message: str
) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        build(project(tmp_path, "parts/movers.mjml.j2", source))
    assert "\n" not in str(caught.value)


def test_a_mistake_inside_a_macro_points_into_the_macro(tmp_path: Path) -> None:
    cells = (briefs.FOLDERS[0] / "parts" / "cells.mjml.j2").read_text(encoding="utf-8")
    line = next(n for n, text in enumerate(cells.splitlines(), 1) if "macro figure(" in text) + 1
    with pytest.raises(TemplateError, match=rf"templates/parts/cells\.mjml\.j2:{line}: .*'txet'"):
        build(
            project(
                tmp_path,
                "parts/cells.mjml.j2",
                cells.replace(">{{ cell.text }}</td>", ">{{ cell.txet }}</td>"),
            )
        )


def test_an_operators_own_part_replaces_ours(tmp_path: Path) -> None:
    own = (
        "{# in: mj-body #}\n<mj-section><mj-column><mj-text><h2>Our {{ brief.movers[0].symbol }}</h2></mj-text>"
        "</mj-column></mj-section>"
    )
    html = build(project(tmp_path, "parts/movers.mjml.j2", own))
    assert "Our KSTL" in html
    assert "Hibernia" not in html


def test_a_missing_template_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        TemplateError, match=r"templates/brief\.mjml\.j2: no template brief\.mjml\.j2; restore it"
    ):
        build((tmp_path,))


def test_an_unreadable_template_is_named(tmp_path: Path) -> None:
    folders = project(tmp_path, "parts/movers.mjml.j2", "x")
    (tmp_path / "templates/parts/movers.mjml.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"templates/parts/movers\.mjml\.j2: can't be read"):
        build(folders)
