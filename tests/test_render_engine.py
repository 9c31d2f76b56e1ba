"""The engine and its repairs: that it is the one we mean, and that nothing gets out of an attribute."""

import re
from importlib.metadata import distribution, packages_distributions

import html5lib
import pytest

from newsletter.errors import TemplateError
from newsletter.render import engine

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
