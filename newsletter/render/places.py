"""Where in an issue's two parts something stands, as checks say it."""

from __future__ import annotations

from lxml.html import HtmlElement

HTML = "index.html"
TEXT = "issue.txt"


def at(element: HtmlElement) -> str:
    """Where ``element`` stands: ``index.html:412``."""
    return f"{HTML}:{element.sourceline}"
