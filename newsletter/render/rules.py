"""MJML's own rules as data: what stands in what, and which attributes take which values.

Nesting is MJML 4's table of dependencies. Attributes come from the engine's components, with what they leave out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from mjml.core.registry import components, register_core_components
from PIL.ImageColor import colormap

_BLOCKS = frozenset(
    {
        "mj-accordion",
        "mj-button",
        "mj-carousel",
        "mj-divider",
        "mj-image",
        "mj-navbar",
        "mj-raw",
        "mj-social",
        "mj-spacer",
        "mj-table",
        "mj-text",
    }
)

NESTING: Mapping[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body", "mj-raw"}),
    "mj-head": frozenset(
        {
            "mj-attributes",
            "mj-breakpoint",
            "mj-font",
            "mj-html-attributes",
            "mj-preview",
            "mj-raw",
            "mj-style",
            "mj-title",
        }
    ),
    "mj-attributes": frozenset(
        {
            "mj-all",
            "mj-class",
            "mj-body",
            "mj-section",
            "mj-column",
            "mj-group",
            "mj-wrapper",
            "mj-hero",
            "mj-accordion-element",
            "mj-accordion-text",
            "mj-accordion-title",
            "mj-carousel-image",
            "mj-navbar-link",
            "mj-social-element",
        }
    )
    | _BLOCKS,
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": _BLOCKS,
    "mj-hero": _BLOCKS,
    "mj-accordion": frozenset({"mj-accordion-element", "mj-raw"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text", "mj-raw"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-navbar-link", "mj-raw"}),
    "mj-social": frozenset({"mj-social-element", "mj-raw"}),
}
"""Which elements may stand directly in which."""

CONTENT = frozenset(
    {
        "mj-text",
        "mj-raw",
        "mj-button",
        "mj-table",
        "mj-style",
        "mj-title",
        "mj-preview",
        "mj-accordion-text",
        "mj-accordion-title",
        "mj-navbar-link",
        "mj-social-element",
        "mj-image",
        "mj-divider",
        "mj-spacer",
        "mj-breakpoint",
        "mj-font",
        "mj-html-attributes",
        "mj-carousel-image",
    }
)
"""Elements that hold HTML, text or nothing."""

# Where the engine's own lists are silent or wrong.
_ADDED: Mapping[str, Mapping[str, str]] = {
    "mjml": {"lang": "string", "dir": "enum(ltr,rtl,auto)", "owa": "enum(desktop)"},
    "mj-all": {},
    "mj-class": {"name": "string"},
    "mj-body": {"width": "unit(px)", "background-color": "color"},
    "mj-style": {"inline": "enum(inline)"},
    "mj-breakpoint": {"width": "unit(px)"},
    "mj-font": {"name": "string", "href": "string"},
    "mj-raw": {"position": "enum(file-start)"},
    "mj-text": {"line-height": "unit(px,%,)"},
}
_FREE = frozenset({"mj-all", "mj-class"})

_NUMBER = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_FUNCTION = re.compile(r"(?:rgb|rgba|hsl|hsla)\([\d\s.,%/]+\)")
_KEYWORDS = frozenset({"transparent", "inherit", "currentcolor", "none", "rebeccapurple"})


@cache
def attribute_types(tag: str) -> Mapping[str, str] | None:
    """The attributes of ``tag`` and the type of each (empty: anything); None where the element isn't known."""
    register_core_components()
    if tag in _FREE:
        return {**_every_attribute(), **_ADDED[tag]}
    component = components.get(tag)
    if component is None:
        return _ADDED.get(tag)
    declared = {name: kind or "" for name, kind in (component.allowed_attrs() or {}).items()}
    defaults = dict.fromkeys(component.default_attrs() or {}, "")
    common = {"css-class": "", "mj-class": ""} if hasattr(component, "get_styles") else {}
    return {**defaults, **declared, **common, **_ADDED.get(tag, {})}


def fault_of_value(kind: str, value: str) -> str | None:
    """Why ``value`` isn't of ``kind`` (``unit(px,%){1,4}``, ``color``, ``enum(left,right)``…), or None if it is."""
    value = value.strip()
    if kind.startswith("unit"):
        return _fault_of_units(kind, value)
    if kind.startswith("enum("):
        allowed = kind[5:-1].split(",")
        return None if value in allowed else f"takes one of {', '.join(allowed)}"
    if kind == "color":
        return None if _is_colour(value) else "is no colour"
    if kind == "boolean":
        return None if value in ("true", "false") else "takes true or false"
    if kind == "integer":
        return None if re.fullmatch(r"-?\d+", value) else "takes a whole number"
    return None


def _fault_of_units(kind: str, value: str) -> str | None:
    match = re.fullmatch(r"unit(WithNegative)?\(([^)]*)\)(?:\{(\d+),(\d+)\})?", kind)
    if match is None:
        return f"has the unreadable type {kind!r}"
    negative, units, least, most = match.groups()
    # An empty unit in the list means that a bare number will do; a bare zero always does.
    allowed = units.split(",")
    parts = value.split()
    if not int(least or 1) <= len(parts) <= int(most or 1):
        return f"takes {least}–{most} lengths" if most else "takes one length"
    for part in parts:
        number = re.fullmatch(rf"({_NUMBER})([a-z%]*)", part)
        if number is None or (number[2] not in allowed and float(number[1]) != 0):
            return f"takes lengths in {' or '.join(unit or 'no unit' for unit in allowed)}"
        if float(number[1]) < 0 and not negative:
            return "can't be negative"
    return None


def _is_colour(value: str) -> bool:
    name = value.lower()
    return bool(name in colormap or name in _KEYWORDS or _HEX.fullmatch(value) or _FUNCTION.fullmatch(name))


def _every_attribute() -> dict[str, str]:
    names = (name for component in components.values() for name in (component.allowed_attrs() or {}))
    return dict.fromkeys(names, "") | {"css-class": ""}
