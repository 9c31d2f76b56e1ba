"""Feeds are strangers: what they send is cut down, and where they lead is checked."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsletter.config import Feed
from newsletter.sources import feeds
from newsletter.sources.headlines import select
from newsletter.sources.web_fetch import Fetcher, Refused, Resolve

AT = datetime(2025, 8, 26, 10, 0, tzinfo=UTC)

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:metadata="http://search.cnbc.com/rss/2.0/modules/siteContentMetadata">
<channel><title>Invented</title>{items}</channel></rss>"""
GOOD = (
    "<item><title>Stocks slip</title><link>https://news.example/1</link>"
    "<pubDate>Mon, 25 Aug 2025 21:40:00 GMT</pubDate><description>long text</description></item>"
)


def rss(*items: str) -> bytes:
    return RSS.format(items="".join(items)).encode()


def titles(data: bytes) -> list[str]:
    return [item.title for item in feeds.parse(data, "Invented")]


# What they send ----------------------------------------------------------------------------------------------------


def test_title_link_source_and_time_are_taken_and_nothing_else() -> None:
    (item,) = feeds.parse(rss(GOOD), "Invented")
    assert (item.title, item.url, item.source) == ("Stocks slip", "https://news.example/1", "Invented")
    assert item.published == datetime(2025, 8, 25, 21, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "item",
    [
        GOOD.replace("https://news.example/1", "javascript:alert(1)"),
        GOOD.replace("Mon, 25 Aug 2025 21:40:00 GMT", "soon"),
        GOOD.replace("<title>Stocks slip</title>", ""),
        GOOD.replace("</item>", "<metadata:sponsored>true</metadata:sponsored></item>"),
        GOOD.replace("<title>Stocks slip</title>", "<title><![CDATA[<script>alert(1)</script>]]></title>"),
    ],
    ids=["script link", "no date", "no title", "advertisement", "only a script"],
)
def test_what_is_no_headline_is_left_out(item: str) -> None:
    assert titles(rss(item, GOOD)) == ["Stocks slip"]


def test_markup_in_a_title_is_taken_out() -> None:
    hostile = "<title><![CDATA[Fed <b>waits</b> <img src=x onerror=alert(1)>]]></title>"
    assert titles(rss(GOOD.replace("<title>Stocks slip</title>", hostile))) == ["Fed waits"]


def test_an_entity_bomb_is_no_feed() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "ha" * 100 + '">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcde", "bcdef", strict=True))
        + "]><rss version='2.0'><channel><item><title>&f;</title></item></channel></rss>"
    )  # fmt: skip
    begun = time.monotonic()
    assert titles(bomb.encode()) == []
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "data", [b"", b"<html>not a feed</html>", b"\x00\xff" * 500, b"<rss><channel><item>"]
)
def test_what_is_no_feed_has_no_headlines(data: bytes) -> None:
    assert titles(data) == []


def test_recorded_feeds(shared: Path) -> None:
    cnbc = (shared / "fixtures" / "rss" / "cnbc_rss_2026-03-08.xml").read_bytes()
    found = list(feeds.parse(cnbc, "CNBC"))
    assert len(found) >= 10
    chosen = select(found, datetime(2026, 3, 8, 23, 0, tzinfo=UTC))
    assert len(chosen) == 2  # two a domain
    assert all("<" not in item.title and item.url.startswith("https://") for item in found)


def test_a_feed_that_fails_is_a_gap_and_the_others_stand() -> None:
    def get(url: str) -> bytes:
        if "down" in url:
            raise ConnectionRefusedError(111, "Connection refused")
        if "bad" in url:
            raise Refused("not https but http")
        return b"" if "empty" in url else rss(GOOD)

    listed = [
        Feed(name=name, url=f"https://{name.lower()}.example/rss")
        for name in ("Down", "Good", "Bad", "Empty")
    ]
    supply = feeds.read(listed, at=AT, get=get)
    assert [item.source for item in supply.headlines] == ["Good"]
    assert [(gap.source, gap.reason, gap.degraded) for gap in supply.gaps] == [
        ("Down", "no answer (Connection refused)", False),
        ("Bad", "not https but http", False),
        ("Empty", "the feed has no usable entry", False),
    ]
    assert {fetch.source for fetch in supply.fetches} == {"feed:Good", "feed:Empty"}


# Where they lead ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "172.16.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1", "fc00::1", "::ffff:127.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_only_public_addresses_are_spoken_to(address: str) -> None:
    fetch = Fetcher(resolve=leading_to(address))
    with pytest.raises(Refused, match="not a public address"):
        fetch("https://feeds.example/rss")


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(Refused, match="not a public address"):
        Fetcher(resolve=leading_to("93.184.216.34", "10.0.0.1"))("https://feeds.example/rss")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://feeds.example/rss", "not https but http"),
        ("file:///etc/passwd", "not https but file"),
        ("https://user:secret@feeds.example/", "an address with a password"),
        ("https:///rss", "without a host"),
        ("https://feeds.example:99999/", "impossible port"),
    ],
)
def test_other_addresses_are_refused(url: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        Fetcher(resolve=leading_to("93.184.216.34"))(url)


def leading_to(*addresses: str) -> Resolve:
    """A name service that gives every host these addresses."""

    def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def itself(host: str, port: int) -> Sequence[str]:
    return [host]


Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """A server of our own on the loopback, answering as it is told."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


FETCH = Fetcher(resolve=leading_to("127.0.0.1"), loopback=True, seconds=2)


def send(handler: BaseHTTPRequestHandler, body: bytes, **headers: str) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def test_a_feed_is_fetched(serve: Callable[[Answer], str]) -> None:
    assert FETCH(serve(lambda handler: send(handler, rss(GOOD)))) == rss(GOOD)
    packed = gzip.compress(rss(GOOD))
    assert FETCH(serve(lambda handler: send(handler, packed, Content_Encoding="gzip"))) == rss(GOOD)


def test_a_bomb_is_not_unpacked(serve: Callable[[Answer], str]) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(Refused, match="more than 2 MB"):
        FETCH(serve(lambda handler: send(handler, bomb, Content_Encoding="gzip")))


def test_a_feed_without_an_end_is_cut_off(serve: Callable[[Answer], str]) -> None:
    def forever(handler: BaseHTTPRequestHandler) -> None:
        send(handler, b"<rss>")
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            return

    with pytest.raises(Refused, match="more than 2 MB"):
        FETCH(serve(forever))


def test_a_feed_that_drips_is_cut_off(serve: Callable[[Answer], str]) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        send(handler, b"<")
        try:
            for _ in range(100):
                handler.wfile.write(b"r")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    with pytest.raises(Refused, match="it takes too long"):
        Fetcher(resolve=leading_to("127.0.0.1"), loopback=True, seconds=0.2)(serve(drip))


def test_a_silent_server_is_left(serve: Callable[[Answer], str]) -> None:
    def silent(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(1)

    with pytest.raises(TimeoutError):
        Fetcher(resolve=leading_to("127.0.0.1"), loopback=True, seconds=0.2)(serve(silent))


def test_redirects_are_followed_thrice_and_checked_each_time(serve: Callable[[Answer], str]) -> None:
    def onward(handler: BaseHTTPRequestHandler) -> None:
        left = int(handler.path.strip("/") or 0)
        if left == 0:
            send(handler, rss(GOOD))
            return
        handler.send_response(302)
        handler.send_header("Location", f"/{left - 1}")
        handler.end_headers()

    base = serve(onward)
    assert FETCH(f"{base}/3") == rss(GOOD)
    with pytest.raises(Refused, match="more than 3 redirects"):
        FETCH(f"{base}/4")

    def inward(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://169.254.169.254/latest/meta-data")
        handler.end_headers()

    fetch = Fetcher(resolve=itself, loopback=True, seconds=2)
    with pytest.raises(Refused, match=r"169\.254\.169\.254, which is not a public address"):
        fetch(serve(inward))


def test_an_error_page_is_no_feed(serve: Callable[[Answer], str]) -> None:
    with pytest.raises(Refused, match="HTTP status 404"):
        FETCH(serve(lambda handler: handler.send_error(404)))
