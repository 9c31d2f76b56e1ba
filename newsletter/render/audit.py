"""The rules of mail, read off a finished issue: what a client would drop, break or hide. Pure functions.

They look at what goes out, not at the templates, so they also hold for an operator's own. Each finding says where, and
how to mend it. The reasons stand in docs/templates.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import lxml.html
from lxml.html import HtmlElement

from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.findings import Finding, error, warning
from newsletter.look import DARK
from newsletter.render import images as pictures
from newsletter.render.characters import clean, width
from newsletter.render.page import colours
from newsletter.render.places import HTML, TEXT, at

WARN_BYTES = 80_000
MOST_BYTES = 100_000
"""Gmail clips a mail near 102 KB, and with it the footer and its opt-out."""

TEXT_COLUMNS = 78
TEXT_WORDS = 100
SMALLEST_TYPE = 13

_LEFTOVER = re.compile(r"\{\{|\{%|\{#|\bNone\b|\bnan\b|\bNaN\b|\bUndefined\b|\blocalhost\b|(?i:\blorem\b)")
_EMPTY_WORDS = frozenset({"here", "click here", "read more", "more", "link", "this link", "this"})
_FORBIDDEN = (
    "link",
    "script",
    "form",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "base",
    "input",
    "button",
)
_READ_ATTRIBUTES = ("alt", "title", "aria-label", "href", "src", "content")


def audit(
    html: str, text: str, *, images: Mapping[str, bytes] | None = None, quoted: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """Every finding about both parts of an issue.

    ``images`` are the files that the HTML may name, by path (or ``cid:…``); where it is None they are not looked at.
    ``quoted`` is outside text (headlines, company names) in which a word like "None" is no mistake of ours.
    """
    outside = tuple(sorted({clean(words) for words in quoted if words}, key=len, reverse=True))
    return (*audit_html(html, images=images, quoted=outside), *audit_text(text, quoted=outside))


def audit_html(
    html: str, *, images: Mapping[str, bytes] | None = None, quoted: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """Every finding about the HTML part."""
    tree = lxml.html.document_fromstring(html)
    found: list[Finding] = []
    for check in (_size, _conditionals, _styles):
        found += check(html)
    for inspect in (_document, _headings, _tables, _links, _forbidden, _type, _grounds):
        found += inspect(tree)
    found += _leftovers(tree, tuple(quoted))
    found += pictures.audit(tree, images)
    return tuple(found)


def audit_text(text: str, *, quoted: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Every finding about the text part."""
    found: list[Finding] = []
    for number, line in enumerate(_without(text, quoted).splitlines(), 1):
        found += [
            error(f"{TEXT}:{number}", f"{word!r} is left over; give brief.txt.j2 a value, or test it")
            for word in _LEFTOVER.findall(line)
        ]
    for number, line in enumerate(text.splitlines(), 1):
        address_alone = re.fullmatch(r"(?:\[\d+\] )?https?://\S+", line.strip())
        if width(line) > TEXT_COLUMNS and not address_alone:
            found.append(
                error(f"{TEXT}:{number}", f"{width(line)} columns; wrap at {TEXT_COLUMNS} with |wrap or |fit")
            )
    words = len(text.split())
    if words < TEXT_WORDS:
        found.append(
            error(
                TEXT,
                f"{words} words; spam filters want {TEXT_WORDS}: let brief.txt.j2 say as much as the mail",
            )
        )
    if UNSUBSCRIBE_TOKEN not in text:
        found.append(
            warning(
                TEXT,
                "no unsubscribe address; set public_base_url in config.yaml, and print page.unsubscribe_url",
            )
        )
    return tuple(found)


def quoted_in(brief: Mapping[str, Any]) -> tuple[str, ...]:
    """The outside text in a ``brief.json``: words that are others' and printed as they are."""
    calendar = brief["calendar"]
    rows = (
        (brief["reading"], ("title", "source")),
        (brief["movers"]["rows"], ("name", "reason")),
        (brief["gaps"], ("source", "reason")),
        (brief["snapshot"], ("name", "note")),
        ([*calendar["releases"], *calendar["yesterday"]], ("event", "detail")),
        ([*calendar["before_open"], *calendar["after_close"], *calendar["unconfirmed"]], ("name",)),
    )
    return tuple(row[name] for part, names in rows for row in part for name in names if row[name])


def words_of(element: HtmlElement) -> str:
    """What ``element`` says, on one line."""
    return " ".join(str(element.text_content()).split())


def _size(html: str) -> Iterator[Finding]:
    size = len(html.encode("utf-8"))
    if size > MOST_BYTES:
        yield error(HTML, f"{size:,} bytes; Gmail clips it: shorten a table, under {MOST_BYTES:,}")
    elif size > WARN_BYTES:
        yield warning(HTML, f"{size:,} bytes; Gmail clips at 102,000: keep it under {WARN_BYTES:,}")


def _conditionals(html: str) -> Iterator[Finding]:
    opened, closed = len(re.findall(r"<!--\[if", html)), len(re.findall(r"<!\[endif\]", html))
    if opened != closed:
        yield error(HTML, f"{opened} <!--[if and {closed} <![endif]; Outlook loses the rest: close each one")


def _styles(html: str) -> Iterator[Finding]:
    for word, why in (
        ("@import", "it fetches from outside"),
        ("@font-face", "it fetches from outside"),
        ("url(", "Outlook draws no background image, and others fetch it"),
    ):
        if word in html:
            line = html.count("\n", 0, html.index(word)) + 1
            yield error(f"{HTML}:{line}", f"{word} in a style; remove it: {why}")
    for colour in dict.fromkeys(colours(DARK)):
        if colour not in html and colour not in (DARK.quiet, DARK.masthead, DARK.masthead_text):
            yield error(HTML, f"the dark colour {colour} appears nowhere; add its rule to parts/dark.mjml.j2")
    for mark in ("prefers-color-scheme:dark", "[data-ogsc]", "[data-ogsb]"):
        if mark not in html.replace("scheme: dark", "scheme:dark"):
            yield error(HTML, f"no rules for {mark}; add them in parts/head.mjml.j2")


def _document(tree: HtmlElement) -> Iterator[Finding]:
    if not (tree.get("lang") and tree.get("dir")):
        yield error(HTML, "<html> lacks lang or dir; set them on <mjml>")
    if not tree.xpath("//body/*[@lang and @dir]"):
        yield error(HTML, "no element in <body> has lang and dir (webmail drops <html>); set them on <mjml>")
    if not "".join(tree.xpath("//head/title/text()")).strip():
        yield error(HTML, "no title; fill <mj-title>")
    for name in ("color-scheme", "supported-color-schemes"):
        if not tree.xpath(f"//meta[@name='{name}' and contains(@content, 'dark')]"):
            yield error(HTML, f'no <meta name="{name}" content="light dark">; put it in <mj-head>')
    if not tree.xpath(f"//a[contains(@href, '{UNSUBSCRIBE_TOKEN}')]"):
        yield warning(
            HTML, "no unsubscribe link; set public_base_url in config.yaml, and link page.unsubscribe_url"
        )


def _headings(tree: HtmlElement) -> Iterator[Finding]:
    headings = tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")
    names = [heading.tag for heading in headings]
    if names.count("h1") != 1:
        yield error(HTML, f"{names.count('h1')} <h1>; an issue has one, its finding")
    elif names[0] != "h1":
        yield error(at(headings[0]), "a heading stands before the <h1>; make it a paragraph")
    for heading in headings:
        if heading.tag not in ("h1", "h2"):
            yield error(at(heading), f"<{heading.tag}>; below the <h1> there are only <h2>")
        if not words_of(heading):
            yield error(at(heading), f"an empty <{heading.tag}>; leave it out")


def _tables(tree: HtmlElement) -> Iterator[Finding]:
    for table in tree.iter("table"):
        role = table.get("role")
        if role not in ("presentation", "table"):
            yield error(
                at(table),
                'a <table> without role; write role="presentation" for layout, role="table" for data',
            )
        if role == "table":
            yield from _data_table(table)


def _data_table(table: HtmlElement) -> Iterator[Finding]:
    if not table.get("aria-label"):
        yield error(at(table), "a data table without aria-label; say what it holds")
    # Rows of tables inside it (bars) are not its own.
    rows = table.xpath("./tr|./tbody/tr|./thead/tr")
    if not rows or not rows[0].xpath("./th[@scope='col']"):
        yield error(at(table), 'a data table without column heads; begin with <th scope="col">')
    for row in rows[1:]:
        if not row.xpath("./th[@scope='row']"):
            yield error(at(row), 'a row without a name; make its first cell <th scope="row">')
    for head in table.xpath(".//th[not(@scope)]"):
        yield error(at(head), "a <th> without scope; write scope col or row")


def _links(tree: HtmlElement) -> Iterator[Finding]:
    for link in tree.iter("a"):
        address, words = link.get("href", ""), words_of(link)
        if not address.startswith(("https://", "mailto:")):
            yield error(at(link), f"a link to {address[:60]!r}; use https or mailto")
        if not words:
            yield error(at(link), "a link without words; name its target")
        elif words.lower().strip(" .>›→") in _EMPTY_WORDS:
            yield error(at(link), f"a link that says {words!r}; name its target")


def _forbidden(tree: HtmlElement) -> Iterator[Finding]:
    for element in tree.iter(*_FORBIDDEN):
        yield error(at(element), f"<{element.tag}>: mail clients block it or fetch from outside; remove it")
    for element in tree.iter(lxml.html.etree.Element):
        for name, value in element.attrib.items():
            if str(name).startswith("on") or "javascript:" in str(value).lower():
                yield error(at(element), f"<{element.tag} {name}=…> runs code; remove it")


def _type(tree: HtmlElement) -> Iterator[Finding]:
    for element in tree.xpath("//*[contains(@style, 'font-size')]"):
        size = re.search(r"font-size:\s*(\d+)px", element.get("style", ""))
        if size and int(size[1]) < SMALLEST_TYPE and (element.text or "").strip("\xa0 \n\t"):
            yield error(at(element), f"text at {size[1]} px; set it at {SMALLEST_TYPE} or more")


def _grounds(tree: HtmlElement) -> Iterator[Finding]:
    for cell in tree.xpath("//td[contains(@style, 'background') and not(@bgcolor)]"):
        yield error(at(cell), "a coloured <td> without bgcolor; Outlook needs both")


def _leftovers(tree: HtmlElement, quoted: tuple[str, ...]) -> Iterator[Finding]:
    for element in tree.iter(lxml.html.etree.Element):
        if element.tag in ("style", "script"):
            continue
        said = [element.text, *(child.tail for child in element)]
        said += [element.get(name) for name in _READ_ATTRIBUTES]
        for words in filter(None, said):
            for word in _LEFTOVER.findall(_without(words, quoted)):
                yield error(
                    at(element), f"{word!r} is left over in {words.strip()[:40]!r}; give the template a value"
                )


def _without(text: str, quoted: Iterable[str]) -> str:
    """``text`` with every quotation in it blanked, however it is broken into lines; its lines keep their numbers."""
    for outside in quoted:
        pattern = r"\s+".join(re.escape(word) for word in outside.split())
        if pattern:
            text = re.sub(pattern, lambda match: " " + "\n" * match.group().count("\n"), text)
    return text
