"""The rules for images in mail: what each says, how wide it is, and whether its file can be shown everywhere."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from newsletter.findings import Finding, error
from newsletter.look import SCALE
from newsletter.render.places import at

TALLEST = 1_700
CHART_BYTES = 120_000
ALL_BYTES = 600_000

_PNG = b"\x89PNG\r\n\x1a\n"


def png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG in pixels, or None where ``data`` is none."""
    if not data.startswith(_PNG) or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def audit(tree: HtmlElement, files: Mapping[str, bytes] | None) -> Iterator[Finding]:
    """Every finding about the images of an issue; ``files`` by the name that ``src`` gives, None to leave them unread."""
    for image in tree.iter("img"):
        yield from _element(image)
        yield from _source(image, image.get("src", ""), files)
    for source in tree.xpath("//picture/source"):
        yield from _twin(source, files)
    used = [name for image in tree.iter("img") for name in [image.get("src", "")] if files and name in files]
    total = sum(len((files or {})[name]) for name in set(used))
    if total > ALL_BYTES:
        yield error(at(tree), f"all images have {total:,} bytes; keep them under {ALL_BYTES:,}")


def _element(image: HtmlElement) -> Iterator[Finding]:
    name, style = image.get("src", "")[:60], re.sub(r"\s", "", image.get("style", ""))
    wide = image.get("width", "")
    if image.get("alt") is None:
        yield error(at(image), f'the image {name} has no alt; say what it shows, or alt="" for decoration')
    if not wide.isdigit():
        yield error(at(image), f"the image {name} has no width in pixels; Outlook sizes by the attribute")
    elif int(wide) <= 2:
        yield error(at(image), f"the image {name} is {wide} px wide, as tracking pixels are; remove it")
    for rule in ("height:auto", "display:block"):
        if rule not in style:
            yield error(at(image), f"the image {name} lacks {rule}; add it to its style")


def _source(image: HtmlElement, name: str, files: Mapping[str, bytes] | None) -> Iterator[Finding]:
    if name.startswith("data:"):
        yield error(at(image), "an image as data:; Gmail drops it: name a file")
    elif name.startswith("http:") or not name:
        yield error(at(image), f"an image from {name[:60]!r}; use https or a file of the issue")
    elif files is not None and not name.startswith("https:"):
        if name not in files:
            yield error(
                at(image), f"the image {name[:60]} is not among the issue's files; draw it or leave it out"
            )
        else:
            yield from _file(image, name, files[name])


def _file(image: HtmlElement, name: str, data: bytes) -> Iterator[Finding]:
    size = png_size(data)
    if size is None:
        yield error(at(image), f"{name} is no PNG; other kinds fail in Outlook or Gmail")
        return
    wide = image.get("width", "")
    if wide.isdigit() and size[0] != SCALE * int(wide):
        yield error(at(image), f"{name} is {size[0]} px wide and shown at {wide}; draw it at twice its width")
    if size[1] >= TALLEST:
        yield error(at(image), f"{name} is {size[1]} px tall; Outlook cuts at {TALLEST}")
    if len(data) > CHART_BYTES:
        yield error(at(image), f"{name} has {len(data):,} bytes; keep a chart under {CHART_BYTES:,}")


def _twin(source: HtmlElement, files: Mapping[str, bytes] | None) -> Iterator[Finding]:
    """The dark image must exist, and be as large as the light one it replaces."""
    dark = source.get("srcset", "")
    light = "".join(source.xpath("../img/@src"))
    if files is None or dark.startswith("https:"):
        return
    if dark not in files:
        yield error(at(source), f"the dark image {dark[:60]} is not among the issue's files; draw both")
    elif light in files and png_size(files[dark]) != png_size(files[light]):
        yield error(at(source), f"{dark} and {light} differ in size; draw both alike")
