"""What a character may do in an issue: outside text is cleaned of those that reach beyond themselves."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata

from jinja2 import Undefined
from markupsafe import Markup

NBSP = "\N{NO-BREAK SPACE}"
WORD_JOINER = "\N{WORD JOINER}"

# Controls, lone surrogates (they can't be encoded), and marks that turn the direction of what follows.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# The space that a line may not end on: before the day of a month, around a.m. and ET, before a unit, in S&P 500.
_MONTHS = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
_TIED = re.compile(
    "|".join(rf"(?<=\b{re.escape(month)}) (?=\d{{1,2}}(?!\d|,\d))" for month in _MONTHS)
    + r"|(?<=\d) (?=[ap]\.m\.|ET\b|bp\b)|(?<=[ap]\.m\.) (?=ET\b)|(?<=S&P) (?=500)"
)
_BRACES = re.compile(r"\{(?=[{%#])")


def clean(text: str) -> str:
    """``text`` without controls and direction marks; ``{{`` gets an unseen joiner, so no later step reads it as code."""
    return _BRACES.sub("{" + WORD_JOINER, _UNSAFE.sub("", text))


def printed(value: object) -> object:
    """What a template may print: words and numbers. None, NaN or a whole object raise, since a reader can't use them."""
    if isinstance(value, Undefined):
        return str(value)  # a strict one raises with its name; that of an `if` without `else` is empty
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or value is None:
        raise ValueError(f"would print {value}")
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    raise ValueError(f"would print {value!r:.60}; name one of its fields")


def heading(text: str) -> str:
    """``text`` with a no-break space before its last word, so that none stands alone on a line."""
    first, gap, last = text.strip().rpartition(" ")
    return f"{first}{NBSP}{last}" if gap else last


def tied(text: str) -> str:
    """``text`` with its dates, times and short names held together by no-break spaces: ``April 8``, ``S&P 500``."""
    return _TIED.sub(NBSP, text)


def width(text: str) -> int:
    """Columns ``text`` takes in a fixed-width font: wide East Asian characters and emoji two, combining marks none."""
    return sum(_columns(character) for character in text)


def fit(text: str, columns: int) -> str:
    """``text`` on one line, cut with an ellipsis or filled with spaces to exactly ``columns``."""
    line = " ".join(clean(text).split())
    if width(line) > columns:
        while width(line) > columns - 1:
            line = line[:-1]
        line = line.rstrip() + "…"
    return line + " " * (columns - width(line))


def right(text: str, columns: int) -> str:
    """``text`` on one line, against the right edge of ``columns``."""
    line = " ".join(clean(text).split(" "))
    return " " * (columns - width(line)) + line


def wrap(text: str, columns: int, indent: str = "") -> str:
    """``text`` in lines of at most ``columns``, the second and later ones after ``indent``; a longer word is cut."""
    # Wide characters count two, so a line of them is wrapped at half as many.
    line = tied(clean(text).replace("\n", " ").replace("\t", " "))
    limit = columns if width(line) <= len(line) else max(columns // 2, len(indent) + 10)
    lines = textwrap.wrap(line, limit, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
