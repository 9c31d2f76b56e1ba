"""MJML to HTML: the only module that calls ``mjml``.

The engine is ``mjml`` 0.12 from PyPI, a translation of MJML into Python. It is passed four repaired components on every
call, because it registers its own again each time:

- ``Attributes``: defaults nested in ``mj-class`` raise an AssertionError.
- ``Column``: ``inner-border`` raises a TypeError.
- ``Body``: a font stack that names Roboto loads a font from outside; and the title stands unescaped in an attribute.
"""

from __future__ import annotations

import re
from typing import Any

from mjml import mjml_to_html
from mjml.elements import MjBody, MjColumn
from mjml.elements.head import MjAttributes
from mjml.helpers import omit
from mjml.helpers.shorthand_parser import borderParser

from newsletter.errors import TemplateError

_TAG = re.compile(r"""<mj-[\w-]+(?:\s+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*\s*/?>""")
_OPENING = re.compile(r"<mj-")
_MARGIN = re.compile(r"[ \t]*\n[ \t\r\n]*")


# mjml ships no types, so its classes are Any to the type checker.
class Attributes(MjAttributes):  # type: ignore[misc]
    """``mj-attributes`` with defaults nested in ``mj-class``."""

    def handler(self) -> None:
        add = self.context["add"]
        for child in self.props.get("children") or ():
            tag, attributes, inner = child["tagName"], child["attributes"], child["children"]
            if tag == "mj-class":
                add("classes", attributes["name"], omit(attributes, "name"))
                if inner:
                    nested = {each["tagName"]: each["attributes"] for each in inner}
                    add("classesDefault", attributes["name"], nested)
            elif attributes:
                add("defaultAttributes", tag, attributes)


class Column(MjColumn):  # type: ignore[misc]
    """``mj-column`` that takes ``inner-border="1px solid #ccc"``."""

    def getShorthandAttrValue(self, attribute: str, direction: Any, attr_with_direction: bool = True) -> Any:
        value = self.getAttribute(attribute)
        if attribute == "inner-border" and value:
            return borderParser(self.getAttribute(f"inner-border-{direction}") or value)
        return super().getShorthandAttrValue(attribute, direction, attr_with_direction)


class Body(MjBody):  # type: ignore[misc]
    """``mj-body`` without outside fonts, and with its title safe inside ``aria-label``."""

    def render(self) -> Any:
        shared = self.context["globalData"]
        shared["fonts"].clear()
        # Text is written back with its quotes bare; the same string then stands in <title> and in an attribute.
        shared["title"] = " ".join(shared["title"].split()).replace('"', "&quot;")
        return super().render()


def guard(source: str) -> str:
    """``source`` with every ``&`` inside an ``mj-*`` tag escaped once more.

    The engine decodes entities in attributes and writes them back raw, so that ``alt="&#34;&gt;&lt;img onerror=x&gt;"``
    would come out as live HTML. A tag that can't be read to its end raises TemplateError.
    """
    guarded, count = _TAG.subn(lambda match: match.group().replace("&", "&amp;"), source)
    if count != len(_OPENING.findall(source)):
        line = _first_unread(source)
        raise TemplateError(
            f"issue.mjml:{line}: an <mj-…> tag can't be read to its end; quote its attributes and close it with >"
        )
    return guarded


def to_html(source: str) -> str:
    """The HTML of ``source``, an MJML document; lines lose their margins, since most of them are spaces."""
    html = str(mjml_to_html(guard(source), custom_components=[Attributes, Column, Body]).html)
    return _MARGIN.sub("\n", html).strip() + "\n"


def _first_unread(source: str) -> int:
    read = {match.start() for match in _TAG.finditer(source)}
    at = next(match.start() for match in _OPENING.finditer(source) if match.start() not in read)
    return source.count("\n", 0, at) + 1
