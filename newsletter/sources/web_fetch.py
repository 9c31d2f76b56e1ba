"""Fetching a file from the open web that a stranger may control: only https, only public addresses, little of it, not long.

The host's name is resolved once and the connection goes to the very address that was checked, at every redirect again.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from newsletter import __version__

BYTES = 2_000_000
REDIRECTS = 3
SECONDS = 10.0
"""For one attempt to connect or read; a whole fetch may take twice as long."""

AGENT = f"newsletter/{__version__}"

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host's name."""


class Refused(Exception):
    """The address, or what came from it, is not to be trusted; the message says why."""


def resolve(host: str, port: int) -> Sequence[str]:
    """What the system says; an unknown host raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetcher:
    """Fetches one address at a time. ``loopback`` lets tests speak plain HTTP to a server of their own."""

    resolve: Resolve = resolve
    loopback: bool = False
    seconds: float = SECONDS

    def __call__(self, url: str) -> bytes:
        """The body behind ``url``; raises Refused, or OSError where nothing answers."""
        ends = time.monotonic() + 2 * self.seconds
        for _ in range(REDIRECTS + 1):
            body, onward = self._once(url, ends)
            if onward is None:
                return body
            url = urljoin(url, onward)
        raise Refused(f"more than {REDIRECTS} redirects")

    def _once(self, url: str, ends: float) -> tuple[bytes, str | None]:
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise Refused("an address with a password")
        if parts.scheme != "https" and not (self.loopback and parts.scheme == "http"):
            raise Refused(f"not https but {parts.scheme or 'nothing'}")
        connection = self._connect(parts)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(
                "GET", path, headers={"User-Agent": AGENT, "Accept-Encoding": "gzip", "Accept": "*/*"}
            )
            response = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308):
                return b"", response.headers.get("Location") or ""
            if response.status != 200:
                raise Refused(f"HTTP status {response.status}")
            packed = (response.headers.get("Content-Encoding") or "").lower() in ("gzip", "x-gzip")
            return _body(response, packed, ends), None
        except http.client.HTTPException as error:
            raise Refused(f"not a whole answer ({type(error).__name__})") from None
        except zlib.error:
            raise Refused("a broken gzip stream") from None
        finally:
            connection.close()

    def _connect(self, parts: SplitResult) -> http.client.HTTPConnection:
        try:
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Refused("an address with an impossible port") from None
        if not host:
            raise Refused("an address without a host")
        addresses = self.resolve(host, port)
        for address in addresses:
            if not _public(address) and not (self.loopback and ipaddress.ip_address(address).is_loopback):
                raise Refused(f"{host} leads to {address}, which is not a public address")
        if not addresses:
            raise OSError(f"{host} has no address")
        connection = http.client.HTTPConnection(host, port, timeout=self.seconds)
        connection.sock = socket.create_connection((addresses[0], port), timeout=self.seconds)
        if parts.scheme == "https":
            try:
                context = ssl.create_default_context()
                connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
            except OSError:
                connection.sock.close()
                raise
        return connection


def _body(response: http.client.HTTPResponse, packed: bool, ends: float) -> bytes:
    """At most BYTES, unpacked, before ``ends``: a feed without an end is cut off, a bomb isn't unpacked."""
    unpack = zlib.decompressobj(wbits=31) if packed else None
    body = b""
    while chunk := response.read1(65536):
        if time.monotonic() > ends:
            raise Refused("it takes too long")
        body += chunk if unpack is None else unpack.decompress(chunk, BYTES + 1 - len(body))
        if len(body) > BYTES:
            raise Refused(f"more than {BYTES // 1_000_000} MB")
    return body


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped.is_global
    return found.is_global and not found.is_multicast
