"""What mailing costs: messages a second with every commit of the ledger, as a ratio to a bare smtplib.sendmail loop.

    python benchmarks/send.py [--messages N] [--connections N] [--rounds N]

All talk to the same sink on this machine: Postfix's smtp-sink where it is installed, else a small one in Python. The bare
loops send one ready-made message of the same size over and over, over one connection and over as many as ours; they
keep no account of anything. Rounds alternate, medians are printed. The store lies beside this run's other files, so the
time of a commit is that disk's.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsletter import mailing
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.delivery.message import Letter, Values, prepare
from newsletter.delivery.transport import Message
from newsletter.store.issues import load
from newsletter.store.schema import State
from tests.mail_support import (
    BASE_URL,
    ENVIRONMENT,
    SEND_TIME,
    at_send_time,
    config_at,
    fill,
    free_port,
    issue_at,
    readers,
)

PAGE = 45_000
"""Bytes of the invented page, about what an issue has; quoted-printable and headers make 63 KB of it."""


class Sink(asyncio.Protocol):
    """Takes everything and keeps nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""
        self.in_message = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            if self.in_message:
                end = self.buffer.find(b"\r\n.\r\n")
                if end < 0:
                    self.buffer = self.buffer[-4:]
                    return
                self.buffer = self.buffer[end + 5 :]
                self.in_message = False
                self.transport.write(b"250 2.0.0 taken\r\n")
                continue
            line, found, rest = self.buffer.partition(b"\r\n")
            if not found:
                return
            self.buffer = rest
            self.answer(line.upper())

    def answer(self, line: bytes) -> None:
        if line.startswith(b"EHLO"):
            self.transport.write(b"250-sink\r\n250 PIPELINING\r\n")
        elif line == b"DATA":
            self.in_message = True
            self.transport.write(b"354 go on\r\n")
        elif line == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 ok\r\n")


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


@contextmanager
def sink() -> Iterator[tuple[int, str]]:
    """A running sink: its port and what it is."""
    port = free_port()
    found = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    command = (
        [found, "-u", "nobody", f"127.0.0.1:{port}", "200"]
        if found
        else [sys.executable, __file__, f"--sink={port}"]
    )
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
                break
            except OSError:
                time.sleep(0.05)
        yield port, "smtp-sink" if found else "a sink in Python"
    finally:
        child.terminate()
        child.wait()


def bare(port: int, message: Message, number: int, connections: int) -> float:
    """Seconds in which smtplib.sendmail sends ``number`` messages."""
    content = message.content()

    def loop(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as connection:
            for _ in range(share):
                connection.sendmail(message.sender, [message.recipient], content)

    threads = [threading.Thread(target=loop, args=(number // connections,)) for _ in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def ours(port: int, number: int, connections: int) -> float:
    """Seconds in which a mailing to ``number`` readers is sent and accounted for, from the issue folder to the last commit."""
    with tempfile.TemporaryDirectory(prefix="newsletter-send-") as name:
        folder = Path(name)
        smtp = f"{{host: 127.0.0.1, port: {port}, connections: {connections}, timeout: 60}}"
        config = config_at(folder, smtp=smtp)
        fill(config, readers(number))
        issue = invented(folder)
        mailing.deadline(
            config.editions[0], SEND_TIME.date()
        )  # the exchange's calendar is loaded once a process
        begun = time.perf_counter()
        report = mailing.mail(config, issue, clock=at_send_time, environment=ENVIRONMENT)
        seconds = time.perf_counter() - begun
    if report.account is None or report.account.states[State.ACCEPTED] != number:
        raise SystemExit(f"not everybody was served: {report.summary}")
    return seconds


def invented(folder: Path) -> Path:
    """An issue of PAGE bytes whose words are noise."""
    noise = random.Random(1)
    words = " ".join("".join(noise.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(PAGE // 8))
    link = f'<a href="{BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}">Unsubscribe</a>'
    return issue_at(folder, html=f'<p class="a" style="color:#000">{words}</p>{link}')


def ready_made() -> Message:
    """One copy of the invented issue, for the bare loops."""
    with tempfile.TemporaryDirectory() as name:
        letter = Letter(
            issue=load(invented(Path(name))),
            edition="morning",
            list_name="Opening Tape",
            sender_name="Opening Tape",
            sender="brief@brief.example.com",
            reply_to=None,
            base_url=BASE_URL,
            date=SEND_TIME,
        )
        return prepare(letter)(
            Values(recipient="reader@inbox.example", message_id="m" * 26, unsubscribe="1" + "a" * 44)
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sink", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sink:
        asyncio.run(serve(options.sink))
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    message, number, connections = ready_made(), options.messages, options.connections
    with sink() as (port, what):
        runs: dict[str, Callable[[], float]] = {
            "smtplib.sendmail, 1 connection": lambda: bare(port, message, number, 1),
            f"smtplib.sendmail, {connections} connections": lambda: bare(port, message, number, connections),
            f"newsletter, {connections} connections, commits included": lambda: ours(
                port, number, connections
            ),
        }
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(options.rounds):
            for name, run in runs.items():
                seconds[name].append(run())
    rates = {name: number / statistics.median(found) for name, found in seconds.items()}
    base = next(iter(rates.values()))
    print(
        f"{number} messages of {len(message.content()) / 1000:.0f} KB to {what}, median of {options.rounds}"
    )
    for name, rate in rates.items():
        print(f"  {name:<55} {rate:7.0f} messages/s  x{rate / base:.2f}")


if __name__ == "__main__":
    main()
