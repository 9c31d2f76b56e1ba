"""The design tokens: legible in both themes, and our fonts are there."""

import pytest

from newsletter.look import (
    BOLD,
    DARK,
    LIGHT,
    REGULAR,
    SEMIBOLD,
    THEMES,
    Theme,
    font_file,
    text_width,
)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(
        4.48, abs=0.01
    )  # the well-known grey that just fails


TEXT_ON = [
    *[(token, "card") for token in ("ink", "text", "muted", "sub", "accent", "link", "up", "down")],
    *[(token, "tile") for token in ("ink", "muted_2", "up", "down")],
    *[(token, "page") for token in ("muted_2", "link")],
    *[
        ("masthead_text", "masthead"),
        ("masthead_meta", "masthead"),
        ("on_accent", "accent"),
        ("ink", "callout"),
    ],
]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(theme: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_lines_can_be_seen_and_told_apart(theme: Theme) -> None:
    assert contrast(theme.accent, theme.card) >= 3
    assert contrast(theme.quiet, theme.card) >= 3
    assert contrast(theme.accent, theme.quiet) >= 1.5, "in greyscale too"


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
