"""The mailed HTML as another reader would see it: a colour scheme forced, styles or images taken away.

Works on the text of the HTML and changes nothing but what is named here, so that what the preview shows is what is
mailed. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from newsletter.web.preview_marks import Mark, marked

ALWAYS = "(min-width:0)"
NEVER = "(max-width:0)"

_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_STYLED = re.compile(r"<style\b[^>]*>.*?</style\s*>|<(?:source|link)\b[^>]*>", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)

# The scroll bar is hidden because it would take its width from the 375 or 640 px that are shown; the issue still scrolls.
_FRAME_STYLE = """<base target="_blank"><style>
:root{color-scheme:%(scheme)s!important;scrollbar-width:none}
.nl-fact{text-decoration:underline dotted;text-decoration-thickness:1px;text-underline-offset:.22em;cursor:help}
.nl-fact.nl-none{text-decoration:underline wavy #C42B32}
.nl-fact:hover,.nl-fact:focus{outline:2px solid #1552F0;outline-offset:1px;border-radius:2px}
.nl-fact:hover::after,.nl-fact:focus::after{content:attr(data-fact);position:fixed;left:8px;right:8px;bottom:8px;z-index:9;
padding:10px 12px;border-radius:8px;background:#0B1524;color:#FFFFFF;border:1px solid #566272;text-align:left;text-indent:0;
font:400 14px/20px -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;letter-spacing:0;
text-transform:none;white-space:pre-line;overflow-wrap:anywhere;pointer-events:none;box-shadow:0 6px 24px rgba(0,0,0,.35)}
</style>"""


class Scheme(StrEnum):
    """The reader's colour scheme."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """How an issue is looked at. ``facts`` marks every number with its fact."""

    scheme: Scheme = Scheme.LIGHT
    facts: bool = False
    styles: bool = True
    images: bool = True


def view(words: str) -> View | None:
    """``dark+facts+nostyles+noimages`` as a View; None for anything else."""
    scheme, *options = words.split("+")
    if scheme not in tuple(Scheme) or not set(options) <= {"facts", "nostyles", "noimages"}:
        return None
    return View(
        scheme=Scheme(scheme),
        facts="facts" in options,
        styles="nostyles" not in options,
        images="noimages" not in options,
    )


def seen(html: str, how: View, marks: tuple[Mark, ...] = ()) -> str:
    """``html`` as ``how`` says; ``marks`` are used where facts are asked for."""
    if how.facts:
        html = marked(html, marks)
    html = without_styles(html) if not how.styles else in_scheme(html, how.scheme)
    return _framed(html, how.scheme)


def in_scheme(html: str, scheme: Scheme) -> str:
    """Media queries for the colour scheme answered: in style sheets and in ``<source media>``, nowhere else."""

    def answered(query: re.Match[str]) -> str:
        return ALWAYS if query[1].lower() == scheme else NEVER

    return _STYLED.sub(lambda part: _SCHEME.sub(answered, part[0]), html)


def without_styles(html: str) -> str:
    """Without style sheets, as some clients show it; inline styles stay. No source of a picture is for the dark."""
    return in_scheme(_STYLE.sub("", html), Scheme.LIGHT)


def _framed(html: str, scheme: Scheme) -> str:
    style = _FRAME_STYLE % {"scheme": scheme.value}
    end = _HEAD_END.search(html)
    return f"{html[: end.start()]}{style}{html[end.start() :]}" if end else style + html
