"""The design tokens: legible in both themes, and our fonts are there."""

import re

import lxml.html
import pytest
from lxml.html import HtmlElement

from newsletter.look import (
    BOLD,
    DARK,
    LIGHT,
    PAIRS,
    REGULAR,
    SEMIBOLD,
    THEMES,
    Theme,
    contrast,
    font_file,
    text_width,
)
from newsletter.render import render
from tests import briefs


def test_contrast_is_measured_right() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(
        4.48, abs=0.01
    )  # the well-known grey that just fails


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_what_meets_can_be_told_apart(theme: Theme, front: str, ground: str, least: float) -> None:
    assert contrast(getattr(theme, front), getattr(theme, ground)) >= least


@pytest.mark.parametrize("variant", ["full", "degraded", "sample", "with_sparks"])
def test_every_pair_in_a_mail_is_in_the_table(variant: str) -> None:
    """Each text, and each coloured ground on another, read off the page as it is without any style sheet."""
    page = lxml.html.document_fromstring(
        render(briefs.VARIANTS[variant](), config=briefs.config(), folders=briefs.FOLDERS).html
    )
    known = {(getattr(LIGHT, front), getattr(LIGHT, ground)) for front, ground, _ in PAIRS}
    known.add((DARK.accent, LIGHT.masthead))  # the dot behind the name, in both themes
    seen = set()
    body = page.find("body")
    assert isinstance(body, HtmlElement)
    for element in body.iter():
        if (
            not isinstance(element.tag, str)
            or element.tag == "style"
            or "display:none" in element.get("style", "")
        ):
            continue
        if (element.text or "").strip("\xa0 \n\t\u034f\u200c"):
            seen.add(
                (
                    _nearest(element, r"(?<![-\w])color:\s*(#\w{6})"),
                    _nearest(element, r"background(?:-color)?:\s*(#\w{6})"),
                )
            )
    assert len(seen) >= 10
    assert seen <= known


def _nearest(element: HtmlElement, pattern: str) -> str:
    """What the element or the nearest around it says in its style."""
    for place in (element, *element.iterancestors()):
        found = re.findall(pattern, place.get("style", ""))
        if found:
            return str(found[-1]).upper()
    return ""


@pytest.mark.parametrize(
    ("theme", "token", "ratio"),
    [
        (LIGHT, "ink", 18.3),
        (LIGHT, "muted", 5.4),
        (LIGHT, "accent", 6.0),
        (LIGHT, "up", 5.4),
        (LIGHT, "down", 5.6),
        (DARK, "ink", 15.7),
        (DARK, "muted", 6.7),
        (DARK, "accent", 7.2),
        (DARK, "up", 9.0),
        (DARK, "down", 7.5),
    ],
)
def test_ratios_are_those_of_the_design(theme: Theme, token: str, ratio: float) -> None:
    assert contrast(getattr(theme, token), theme.card) == pytest.approx(ratio, abs=0.06)


def test_fonts_are_ours() -> None:
    for weight in (REGULAR, SEMIBOLD, BOLD):
        assert "SourceSansPro" in font_file(weight)
    with pytest.raises(KeyError):
        font_file(300)


def test_width_grows_with_size_and_weight() -> None:
    assert text_width("2,339.17", 40) == pytest.approx(2 * text_width("2,339.17", 20))
    assert text_width("Russell 2000", 30, BOLD) > text_width("Russell 2000", 30)
    # Source Sans Pro sets all figures 0.497 em wide, so that columns of prices line up.
    assert text_width("8", 1000) == text_width("1", 1000) == pytest.approx(497, abs=1)
