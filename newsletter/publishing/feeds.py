"""What machines read of the site: an Atom and a JSON feed, the sitemap, and robots.txt."""

from __future__ import annotations

import json
from datetime import datetime
from xml.etree import ElementTree as ET

from newsletter.publishing.pages import Site
from newsletter.publishing.selection import Entry
from newsletter.render.characters import clean

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def atom(site: Site) -> bytes:
    """The newest issues as an Atom feed (RFC 4287). Needs the site's address."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _leaf(root, "id", site.url(""))
    _leaf(root, "title", site.name)
    _leaf(root, "updated", _instant(max(entry.updated for entry in site.entries)))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": site.url("feed.xml")})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": site.url("")})
    _leaf(ET.SubElement(root, "author"), "name", site.name)
    for entry, content in site.feed:
        item = ET.SubElement(root, "entry")
        _leaf(item, "id", site.url(entry.path))
        _leaf(item, "title", titled(entry))
        _leaf(item, "updated", _instant(entry.updated))
        _leaf(item, "published", _instant(entry.updated))
        ET.SubElement(item, "link", {"rel": "alternate", "type": "text/html", "href": site.url(entry.path)})
        _leaf(item, "summary", entry.description)
        _leaf(item, "content", content, type="html")
    return _document(root)


def json_feed(site: Site) -> bytes:
    """The same as a JSON Feed 1.1."""
    items = [
        {
            "id": site.url(entry.path),
            "url": site.url(entry.path),
            "title": clean(titled(entry)),
            "summary": clean(entry.description),
            "content_html": content,
            "date_published": _instant(entry.updated),
            **({"image": site.url(f"{entry.path}{entry.chart}")} if entry.chart else {}),
        }
        for entry, content in site.feed
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(site.name),
        "home_page_url": site.url(""),
        "feed_url": site.url("feed.json"),
        "language": "en",
        "authors": [{"name": clean(site.name)}],
        "items": items,
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def sitemap(site: Site) -> bytes:
    """The address of every page; an issue's never changes after its cut-off."""
    root = ET.Element("urlset", {"xmlns": SITEMAP})
    newest = max(entry.updated for entry in site.entries)
    for path, updated in (("", newest), *((entry.path, entry.updated) for entry in site.entries)):
        page = ET.SubElement(root, "url")
        _leaf(page, "loc", site.url(path))
        _leaf(page, "lastmod", _instant(updated))
    return _document(root)


def robots(site: Site) -> str:
    """Whether search engines may come: only where the brief is for the public."""
    if not site.indexed:
        return "User-agent: *\nDisallow: /\n"
    where = f"\nSitemap: {site.url('sitemap.xml')}\n" if site.base else ""
    return f"User-agent: *\nAllow: /\n{where}"


def titled(entry: Entry) -> str:
    """The issue's title, marked where its prices are invented."""
    return f"[Sample] {entry.title}" if entry.sample else entry.title


def _leaf(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = clean(text)


def _document(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
