"""The engine and its repairs: that it is the one we mean, and that nothing gets out of an attribute."""

import re
from collections.abc import Callable
from importlib.metadata import distribution, packages_distributions

import html5lib
import pytest
from mjml import mjml_to_html

from newsletter.errors import TemplateError
from newsletter.render import engine, render
from newsletter.render.rules import attribute_types
from tests import briefs
from tests.test_render_hostile import poisoned_brief

ATTACK = "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"
"""What autoescaping makes of `"><img src=x onerror=alert(1)>`."""


def document(body: str, head: str = "") -> str:
    return f'<mjml lang="en" dir="ltr"><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>'


def section(content: str) -> str:
    return document(f"<mj-section><mj-column>{content}</mj-column></mj-section>")


def attributes_of(html: str) -> set[str]:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return {name for element in tree.iter() for name in element.attrib}


def test_the_engine_is_the_pure_python_one() -> None:
    # mjml-python is another project under the same import name; installing both leaves whichever came last.
    assert packages_distributions()["mjml"] == ["mjml"]
    assert distribution("mjml").version == "0.12.0"


def test_text_comes_out() -> None:
    html = engine.to_html(section("<mj-text>Hello &amp; welcome</mj-text>"))
    assert "Hello &amp; welcome" in html
    assert html.startswith("<!doctype html>")


def test_defaults_nested_in_a_class() -> None:
    html = engine.to_html(
        document(
            '<mj-section mj-class="red"><mj-column><mj-text>x</mj-text></mj-column></mj-section>',
            '<mj-attributes><mj-class name="red"><mj-text color="#ff0000" /></mj-class></mj-attributes>',
        )
    )
    assert "color:#ff0000" in html


def test_an_inner_border() -> None:
    html = engine.to_html(
        document(
            '<mj-section><mj-column padding="4px" inner-border="1px solid #cccccc"><mj-text>x</mj-text></mj-column></mj-section>'
        )
    )
    assert "1px solid #cccccc" in html


def test_no_outside_font() -> None:
    html = engine.to_html(section('<mj-text font-family="Roboto, Lato, sans-serif">x</mj-text>'))
    assert "font-family:Roboto" in html
    assert "googleapis" not in html
    assert "<link" not in html
    assert "@import" not in html


def test_components_hold_on_every_call() -> None:
    # The engine registers its own components again on each call.
    for _ in range(2):
        assert "googleapis" not in engine.to_html(section('<mj-text font-family="Roboto">x</mj-text>'))


def test_conditional_comments_survive_the_trimming() -> None:
    html = engine.to_html(section("<mj-text>x</mj-text>"))
    assert html.count("<!--[if") == html.count("<![endif]") > 4
    assert not re.search(r"(?m)^[ \t]|[ \t]$", html)


def test_a_title_stays_inside_its_attribute() -> None:
    html = engine.to_html(
        document(
            "<mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section>",
            "<mj-title>&#34; onmouseover=&#34;alert(1)</mj-title>",
        )
    )
    assert "onmouseover" not in attributes_of(html)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert "".join(next(tree.iter("title")).itertext()).strip() == '" onmouseover="alert(1)'


def test_an_attribute_stays_an_attribute() -> None:
    html = engine.to_html(section(f'<mj-image src="a.png" alt="{ATTACK}" />'))
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert "onerror" not in attributes_of(html)
    assert len(list(tree.iter("img"))) == 1
    assert next(tree.iter("img")).attrib["alt"] == '"><img src=x onerror=alert(1)>'


def test_a_tag_that_never_ends_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"issue\.mjml:3: an <mj-"):
        engine.to_html(
            "<mjml>\n<mj-body>\n<mj-section padding=0><mj-column></mj-column></mj-section></mj-body></mjml>"
        )


def test_an_ampersand_is_written_once() -> None:
    html = engine.to_html(section('<mj-button href="https://example.com/?a=1&amp;b=2">x</mj-button>'))
    assert 'href="https://example.com/?a=1&amp;b=2"' in html


PLACES = {
    "mj-section": "<mj-section {}><mj-column><mj-text>x</mj-text></mj-column></mj-section>",
    "mj-wrapper": "<mj-wrapper {}><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-wrapper>",
    "mj-hero": "<mj-hero {}><mj-text>x</mj-text></mj-hero>",
    "mj-group": "<mj-section><mj-group {}><mj-column><mj-text>x</mj-text></mj-column></mj-group></mj-section>",
    "mj-column": "<mj-section><mj-column {}><mj-text>x</mj-text></mj-column></mj-section>",
    "mj-text": "<mj-section><mj-column><mj-text {}>x</mj-text></mj-column></mj-section>",
    "mj-image": '<mj-section><mj-column><mj-image src="a.png" {} /></mj-column></mj-section>',
    "mj-button": '<mj-section><mj-column><mj-button href="#" {}>x</mj-button></mj-column></mj-section>',
    "mj-divider": "<mj-section><mj-column><mj-divider {} /></mj-column></mj-section>",
    "mj-spacer": "<mj-section><mj-column><mj-spacer {} /></mj-column></mj-section>",
    "mj-table": "<mj-section><mj-column><mj-table {}><tr><td>x</td></tr></mj-table></mj-column></mj-section>",
    "mj-navbar-link": "<mj-section><mj-column><mj-navbar><mj-navbar-link {}>x</mj-navbar-link></mj-navbar></mj-column></mj-section>",
    "mj-social-element": '<mj-section><mj-column><mj-social><mj-social-element name="web" {}>x</mj-social-element></mj-social></mj-column></mj-section>',
}
"""Thirteen elements, each where it may stand; ``{}`` takes an attribute."""

PAIRS = [
    (tag, name)
    for tag in PLACES
    for name in sorted(attribute_types(tag) or ())
    if name not in ("mj-class", "name", "mobileWidth")
]

ENDS = {
    "an attribute": ATTACK,
    "Outlook's part": "&#34;&gt;--&gt;&lt;![endif]--&gt;&lt;img src=x onerror=alert(1)&gt;",
}


def escapes(source: str, render: Callable[[str], str]) -> bool:
    """Whether what stood in an attribute came out as markup; a value that can't be rendered did not."""
    try:
        html = render(source)
    except (ValueError, TypeError, AttributeError, AssertionError, LookupError):
        return False
    return "onerror" in attributes_of(html) or "<img src=x" in html


def unguarded(source: str) -> str:
    shims = [engine.Attributes, engine.Column, engine.Body]
    return str(mjml_to_html(source, custom_components=shims).html)


def test_nothing_escapes_any_attribute() -> None:
    assert len(PAIRS) > 200
    escaped = [
        (tag, name, end)
        for tag, name in PAIRS
        for end, attack in ENDS.items()
        if escapes(document(PLACES[tag].format(f'{name}="{attack}"')), engine.to_html)
    ]
    assert escaped == []


def test_without_the_guard_most_attributes_are_open() -> None:
    # Or the test above would prove nothing.
    opened = [
        pair
        for pair in PAIRS
        if escapes(document(PLACES[pair[0]].format(f'{pair[1]}="{ATTACK}"')), unguarded)
    ]
    assert len(opened) > len(PAIRS) / 2


def test_every_template_tag_is_guarded() -> None:
    for variant in briefs.VARIANTS.values():
        source = render(variant(), config=briefs.config(), folders=briefs.FOLDERS).mjml
        assert engine.guard(source).count("<mj-") == source.count("<mj-")


def test_outside_text_is_in_no_mjml_attribute() -> None:
    source = render(poisoned_brief("OUTSIDE"), config=briefs.config(), folders=briefs.FOLDERS).mjml
    assert source.count("OUTSIDE") > 100
    assert not [tag for tag in re.findall(r"<mj-[^>]*>", source) if "OUTSIDE" in tag]
