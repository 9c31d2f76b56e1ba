"""Hostile text in every field of a Brief: nothing of it becomes markup, code or a way out of its line."""

import dataclasses
import enum
import functools
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.brief import Brief, Cell
from newsletter.render import Rendered, audit, characters, render
from tests import briefs

ATTACKS = {
    "image": '"><img src=x onerror=alert(1)>',
    "quote": "' onmouseover='alert(1)",
    "svg": "'><svg/onload=alert(1)>",
    "escaped": "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;",
    "twice escaped": "&amp;#34;&amp;gt;&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "script": "</style></title><script>alert(1)</script>",
    "mjml": '</mj-text></mj-column><mj-raw><script>alert(1)</script></mj-raw><mj-text color="red">',
    "jinja": "{{ 7 * 7 }}{% include 'brief.txt.j2' %}{# x #}",
    "outlook": "<![endif]--><!--[if mso]><img src=x><![endif]-->",
    "comment": "<!-- --><!--",
    "cdata": "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "address": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "direction": "\u202egnp.exe\u2066abc\u200f",
    "arabic": "ارتفاع الأسهم الصغيرة 3.4% اليوم",
    "long word": "W" * 300,
    "emoji": "📈👩‍👩‍👧🇺🇸" * 20,
    "controls": "a\x00b\x1b[31mc\x07\x9f\ud800",
    "lines": "one\r\nBcc: everyone@example.com\r\n\r\ntwo\u2028three",
    "words": "None of it, nan, lorem, localhost",
}


def poisoned(value: Any, text: str) -> Any:
    """``value`` with every string in it, however deep, replaced by ``text``; sums and structure stay."""
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return text
    if isinstance(value, tuple):
        return tuple(poisoned(each, text) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{f.name: poisoned(getattr(value, f.name), text) for f in dataclasses.fields(value)}
        )
    return value


def poisoned_brief(text: str) -> Brief:
    whole = briefs.changed(gaps=briefs.degraded().gaps, stories=(), facts=())
    made: Brief = poisoned(whole, text)
    # Addresses are made by us alone: the id from a date and the edition's name, images by constants.
    assert made.chart
    return dataclasses.replace(
        made,
        issue=dataclasses.replace(made.issue, id=briefs.ISSUE.id),
        chart=dataclasses.replace(made.chart, light=briefs.CHART.light, dark=briefs.CHART.dark),
        snapshot=tuple(dataclasses.replace(row, spark_light="", spark_dark="") for row in made.snapshot),
    )


def with_figures(value: Any) -> Any:
    """``value`` with a figure in every cell."""
    if isinstance(value, Cell):
        return Cell(text="+1.00%", sign=1)
    if isinstance(value, tuple):
        return tuple(with_figures(each) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: with_figures(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


@functools.cache
def rendered(text: str) -> Rendered:
    return render(poisoned_brief(text), config=briefs.config(), folders=briefs.FOLDERS)


@functools.cache
def shape(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes, as a browser reads them."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [(str(e.tag), tuple(sorted(e.attrib))) for e in tree.iter() if isinstance(e.tag, str)]


@pytest.fixture(scope="module")
def harmless() -> list[tuple[str, tuple[str, ...]]]:
    return shape(rendered("harmless words").html)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_text_becomes_markup(attack: str, harmless: list[tuple[str, tuple[str, ...]]]) -> None:
    out = rendered(attack)
    assert shape(out.html) == harmless
    assert "{{" not in out.html
    assert "{%" not in out.html
    out.html.encode("utf-8")
    out.text.encode("utf-8")


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_readers_see_the_words_as_they_are(attack: str) -> None:
    tree = html5lib.parse(rendered(attack).html, namespaceHTMLElements=False)
    said = " ".join("".join(next(tree.iter("h1")).itertext()).split())
    assert said == " ".join(characters.clean(attack).split())


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_the_audit_sees_no_fault_of_ours(attack: str) -> None:
    # A date or a time that is 300 characters wide is no feed's doing, so this asks about outside text alone.
    reading = tuple(dataclasses.replace(item, title=attack, source=attack) for item in briefs.READING)
    movers = tuple(dataclasses.replace(row, name=attack, reason=attack) for row in briefs.MOVERS)
    out = render(
        briefs.changed(reading=reading, movers=movers), config=briefs.config(), folders=briefs.FOLDERS
    )
    findings = audit.audit(out.html, out.text, quoted=(attack,))
    assert [str(finding) for finding in findings] == []


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_the_text_part_keeps_its_lines(attack: str) -> None:
    # A figure is never cut, and is never a feed's own words: only here do words stand in its place.
    out = render(with_figures(poisoned_brief(attack)), config=briefs.config(), folders=briefs.FOLDERS)
    lines = out.text.splitlines()
    assert [line for line in lines if characters.width(line) > 78 and not line.startswith("https://")] == []
    assert not any(ord(character) < 32 for line in lines for character in line)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " https://example.com",
        'https://example.com/" onclick=alert(1)',
        "data:text/html,x",
        "//example.com",
        "https://",
        "",
        "https://exa\nmple.com/",
        "ftp://example.com/",
    ],
)
def test_an_address_that_is_none_is_not_linked(address: str) -> None:
    item = dataclasses.replace(briefs.READING[0], url=address)
    out = render(briefs.changed(reading=(item,)), config=briefs.config(None), folders=briefs.FOLDERS)
    tree = html5lib.parse(out.html, namespaceHTMLElements=False)
    assert list(tree.iter("a")) == []
    assert item.title in "".join(tree.itertext())
    assert address.strip() not in out.text or not address.strip()


@given(st.text(max_size=60))
@settings(max_examples=25)
def test_no_text_at_all_becomes_markup(text: str) -> None:
    out = rendered(text)
    out.html.encode("utf-8")
    if characters.clean(text).strip():
        assert shape(out.html) == shape(rendered("harmless words").html)


@given(st.text())
def test_clean_text_is_stable_and_can_be_encoded(text: str) -> None:
    once = characters.clean(text)
    assert characters.clean(once) == once
    assert "{{" not in once
    once.encode("utf-8")


@given(st.text(), st.integers(4, 80))
def test_fitted_text_takes_exactly_its_columns(text: str, columns: int) -> None:
    line = characters.fit(text, columns)
    assert characters.width(line) == columns
    assert "\n" not in line


@given(st.text(), st.integers(20, 80))
def test_wrapped_lines_are_within_their_columns(text: str, columns: int) -> None:
    assert all(characters.width(line) <= columns for line in characters.wrap(text, columns).splitlines())
