"""The site's style sheet and icon, from the same design tokens as the mail."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from newsletter import look
from newsletter.errors import TemplateError

SHEET = "web/archive.css"

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="{ground}"/>'
    '<path d="M6 22l6-7 5 4 9-11" fill="none" stroke="{line}" stroke-width="3" stroke-linecap="round"'
    ' stroke-linejoin="round"/><circle cx="26" cy="24" r="3" fill="{dot}"/></svg>\n'
)


def sheet(folders: tuple[Path, ...]) -> str:
    """The style sheet: the tokens as custom properties, then ``templates/web/archive.css``, the operator's first."""
    for folder in folders:
        place = folder / SHEET
        if place.is_file():
            try:
                return tokens() + place.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise TemplateError(f"templates/{SHEET}: can't be read: {error}") from error
    raise TemplateError(f"templates/{SHEET}: there is none; copy the package's templates folder")


def tokens() -> str:
    """Colours of both themes and the font stack as custom properties."""
    light, dark = map(_properties, look.THEMES)
    return (
        f":root{{{light}--font:{look.FONT_STACK};--radius:{look.TILE_RADIUS}px;--edge:{look.EDGE}px}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )


def icon() -> str:
    """The site's icon, SVG."""
    return _ICON.format(ground=look.LIGHT.masthead, line=look.LIGHT.masthead_text, dot=look.DARK.accent)


def _properties(theme: look.Theme) -> str:
    return "".join(
        f"--{item.name.replace('_', '-')}:{getattr(theme, item.name)};"
        for item in fields(theme)
        if item.name not in ("name", "band")
    )
