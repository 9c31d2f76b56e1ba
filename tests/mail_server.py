"""A mail server for tests, run as a process of its own: ``mail_server.py PORT FOLDER [option=value ...]``.

Each message it takes becomes a file in FOLDER, written before the 250. Options:

refuse=ADDRESS:REPLY;...    reply to RCPT (``550 5.1.1 no such user``)
once=ADDRESS:REPLY;...      the same, the first time only
data=REPLY                  reply to the final dot
mail=REPLY                  reply to MAIL
drop=ADDRESS;...            take this one's message, keep it, and hang up without a reply, the first time
cut=ADDRESS;...             hang up when the DATA of this one begins, the first time
delay=SECONDS               before the reply to the final dot
certificate=FILE            offer STARTTLS, with this certificate and key
tls=FILE                    speak TLS from the first byte, with this certificate and key
utf8=yes                    offer SMTPUTF8
user=NAME:PASSWORD          ask for this login
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import ssl
import sys
from pathlib import Path
from typing import Any, ClassVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def table(text: str) -> dict[str, str]:
    return dict(entry.split(":", 1) for entry in filter(None, text.split(";")))


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Handler:
    def __init__(self, folder: Path, options: dict[str, str]) -> None:
        self.folder = folder
        self.options = options
        self.refuse = table(options.get("refuse", ""))
        self.once = table(options.get("once", ""))
        self.drop = set(filter(None, options.get("drop", "").split(";")))

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "mail" in self.options:
            return self.options["mail"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.once.pop(address, None) or self.refuse.get(address)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "data" in self.options:
            return self.options["data"]
        for recipient in envelope.rcpt_tos:
            name = f"{secrets.token_hex(8)}.mail"
            content = f"{envelope.mail_from} {recipient}\n".encode() + (envelope.original_content or b"")
            temporary = self.folder / f"{name}.part"
            temporary.write_bytes(content)
            temporary.rename(self.folder / name)
            if recipient in self.drop:
                self.drop.remove(recipient)
                hang_up(server)
        await asyncio.sleep(float(self.options.get("delay", "0")))
        return "250 2.0.0 taken"


class Server(SMTP):
    """Cuts the line when the message of certain people begins."""

    cut: ClassVar[set[str]] = set()

    async def smtp_DATA(self, arg: str) -> None:
        assert self.envelope is not None
        cut = self.cut.intersection(self.envelope.rcpt_tos)
        if cut:
            Server.cut -= cut
            hang_up(self)
            return
        await super().smtp_DATA(arg)


async def main(port: int, folder: Path, options: dict[str, str]) -> None:
    handler = Handler(folder, options)
    Server.cut = set(filter(None, options.get("cut", "").split(";")))
    arguments: dict[str, Any] = {"hostname": "sink.example", "enable_SMTPUTF8": "utf8" in options}
    if "certificate" in options:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"])
        arguments |= {"tls_context": context, "require_starttls": True}
    if "user" in options:
        user, password = options["user"].encode().split(b":")

        def check(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
        ) -> AuthResult:
            right = isinstance(data, LoginPassword) and (data.login, data.password) == (user, password)
            return AuthResult(success=right, handled=False)

        arguments |= {
            "authenticator": check,
            "auth_required": True,
            "auth_require_tls": "certificate" in options,
        }
    loop = asyncio.get_running_loop()
    outer = None
    if "tls" in options:
        outer = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        outer.load_cert_chain(options["tls"])
    listening = await loop.create_server(lambda: Server(handler, **arguments), "127.0.0.1", port, ssl=outer)
    print("ready", flush=True)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    listening.close()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), dict(pair.split("=", 1) for pair in sys.argv[3:])))
