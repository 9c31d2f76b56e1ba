"""Helpers of the mail tests: an invented issue, a config for it, and mail servers that tell what they saw."""

from __future__ import annotations

import email
import json
import socket
import struct
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.config import Config, parse
from newsletter.store import issues
from newsletter.store.database import opened
from newsletter.subscribers import roster
from newsletter.subscribers.addresses import parse as parse_address
from newsletter.subscribers.keys import Keys, from_environment
from tests.briefs import CHART_DARK, CHART_LIGHT

SECRET = "an invented key, for tests only"
ENVIRONMENT = {"NEWSLETTER_SECRET_KEY": SECRET}
KEYS: Keys = from_environment(ENVIRONMENT)

DAY = date(2025, 8, 26)
ISSUE = "2025-08-26-morning"
SEND_TIME = datetime(2025, 8, 26, 10, 30, tzinfo=UTC)  # 6:30 in New York
DEADLINE = datetime(2025, 8, 26, 13, 45, tzinfo=UTC)  # 9:45 there, fifteen minutes after the bell

BASE_URL = "https://brief.example.com"


def config_at(folder: Path, port: int = 25, /, **changes: str) -> Config:
    """A config whose folder is ``folder``; ``changes`` replace whole top-level sections."""
    sections = {
        "public_base_url": BASE_URL,
        "sender": "{name: Opening Tape, address: brief@brief.example.com, postal_address: 1 Example St}",
        "smtp": f"{{host: 127.0.0.1, port: {port}, connections: 4, timeout: 5}}",
        "operator": "{address: operator@brief.example.com}",
        "editions": "[{id: morning, title: Morning brief}]",
    } | changes
    text = "name: Opening Tape\nfirst_issue: 2025-01-02\n"
    text += "universe: [{symbol: ^GSPC, name: S&P 500, kind: index, prose: the S&P 500}]\n"
    text += "glance: [^GSPC]\ntiles: [^GSPC]\n"
    text += "".join(f"{name}: {value}\n" for name, value in sections.items())
    return parse(text, folder / "config.yaml")


def issue_at(
    folder: Path, *, day: date = DAY, sample: bool = False, html: str | None = None, text: str | None = None
) -> Path:
    """An invented issue, written to ``folder/issues``; its folder."""
    identity = f"{day.isoformat()}-morning"
    link = f"{BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}"
    page = html or (
        '<!doctype html><html lang="en"><head><title>Opening Tape</title></head><body>'
        f"<h1>The Russell’s long wait is over</h1><p>{'An invented sentence of the page. ' * 60}</p>"
        f'<picture><source srcset="{CHART_DARK}" media="(prefers-color-scheme: dark)">'
        f'<img src="{CHART_LIGHT}" alt="An invented chart" width="640"></picture>\n'
        f'.A line that starts with a dot\n<a href="{link}">Unsubscribe</a></body></html>\n'
    )
    plain = text or (
        "THE RUSSELL’S LONG WAIT IS OVER\n\n"
        + "An invented sentence of the text part.\n" * 20
        + f".\n.dots at the start of lines\n\nUnsubscribe: {link}\n"
    )
    brief = {
        "schema": 1,
        "issue": {"id": identity, "edition": "morning", "date": day.isoformat(), "sample": sample},
    }
    place = folder / "issues" / identity
    issues.write(
        place,
        {
            "brief.json": json.dumps(brief).encode(),
            "index.html": page.encode(),
            "issue.txt": plain.encode(),
            "subject.txt": "The Russell’s 900-session wait is over\n".encode(),
            CHART_LIGHT: picture(12, 8),
            CHART_DARK: picture(12, 9),
        },
    )
    return place


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    rows = b"".join(b"\0" + bytes([21, 82, 240]) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def readers(number: int, domain: str = "inbox.example") -> list[str]:
    return [f"reader{n:04d}@{domain}" for n in range(number)]


def fill(config: Config, addresses: list[str]) -> None:
    """Put ``addresses`` on the list, confirmed."""
    ground = roster.Ground(how="import", consent="invented, for tests")
    with opened(config.paths.store) as store:
        roster.join(
            store,
            [parse_address(address) for address in addresses],
            ground,
            keys=KEYS,
            now=SEND_TIME - timedelta(days=9),
        )


def ids(config: Config) -> dict[str, str]:
    """Address to subscriber id."""
    with opened(config.paths.store) as store:
        return {person.address: person.id for person in roster.everyone(store)}


class Ticking:
    """A clock that starts where wanted and moves only when somebody waits; its ``pause`` is the waiting."""

    def __init__(self, start: datetime = SEND_TIME) -> None:
        self.now = start
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


def at_send_time() -> datetime:
    return SEND_TIME


CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""A certificate that nobody trusts, and its key."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(folder: Path, **options: str) -> Iterator[Mailbox]:
    """A mail server in its own process; what it took lies in ``folder``. See tests/mail_server.py for the options."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    arguments = [sys.executable, str(Path(__file__).parent / "mail_server.py"), str(port), str(folder)]
    with (folder / "server.log").open("wb") as log:
        child = subprocess.Popen(
            [*arguments, *(f"{name}={value}" for name, value in options.items())],
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n", (folder / "server.log").read_text()
        yield Mailbox(folder, port)
    finally:
        child.terminate()
        child.wait(10)
        if child.stdout is not None:
            child.stdout.close()


class Mailbox:
    """What a server took: one file a message, its first line the envelope."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def count(self) -> int:
        return sum(path.suffix == ".mail" for path in self.folder.iterdir())

    def raw(self) -> list[tuple[str, str, bytes]]:
        """(sender, recipient, bytes) of every message, in no order."""
        found = []
        for path in self.folder.glob("*.mail"):
            envelope, _, content = path.read_bytes().partition(b"\n")
            sender, recipient = envelope.decode().split(" ")
            found.append((sender, recipient, content))
        return found

    def recipients(self) -> Counter[str]:
        return Counter(recipient for _, recipient, _ in self.raw())

    def messages(self) -> list[EmailMessage]:
        return [read(content) for _, _, content in self.raw()]


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=policy.default)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)
