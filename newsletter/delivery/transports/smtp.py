"""SMTP: smtplib opens the connection and proves who we are; the messages go over its socket.

smtplib can't say whether a connection broke before or after the final dot, nor use PIPELINING, so the few commands of a
message are spoken here. With PIPELINING a message costs two round trips instead of four.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from newsletter.config import Security
from newsletter.delivery.transport import ConnectionLost, Message, NoConnection, Receipt, Stage, Transport
from newsletter.errors import ConfigError

FINAL_REPLY = 600.0
"""Seconds to wait for the reply to the final dot (RFC 5321, 4.5.3.2.6): who gives up earlier makes duplicates."""

LONGEST_REPLY = 100
"""Lines."""

SLICE = 0.25
"""Seconds between two looks at whether we should still wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where the mail server is and who we are to it. ``timeout`` in seconds."""

    host: str
    port: int
    security: Security = Security.AUTO
    timeout: float = 30
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"


def checked(server: Server) -> Server:
    """``server`` if it may be spoken to; raises ConfigError for plaintext off this machine, or half a login."""
    if server.security is Security.NONE and not is_loopback(server.host):
        raise ConfigError(
            f"smtp.security: none would send mail in the clear to {server.host}; use starttls or tls"
        )
    if (server.username is None) != (server.password is None):
        raise ConfigError("set both NEWSLETTER_SMTP_USERNAME and NEWSLETTER_SMTP_PASSWORD, or neither")
    return server


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


@contextmanager
def connected(server: Server, patient: Callable[[], bool] = lambda: True) -> Iterator[Transport]:
    """A connection, ready to send; raises NoConnection. ``patient`` turns False when it is time to hang up."""
    connection = _open(checked(server))
    talk = _Smtp(connection, server, patient)
    try:
        yield talk
    finally:
        if not talk.broken and connection.sock is not None:
            # A polite goodbye: what the server makes of it changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.sock.settimeout(1)
                connection.quit()
        connection.close()


def _open(server: Server) -> smtplib.SMTP:
    try:
        return _greeted(server)
    except smtplib.SMTPAuthenticationError as error:
        raise NoConnection(
            f"{server.name} refuses NEWSLETTER_SMTP_USERNAME and NEWSLETTER_SMTP_PASSWORD: {_said(error)}",
            lasting=True,
        ) from error
    except smtplib.SMTPResponseException as error:
        raise NoConnection(
            f"{server.name} refuses us: {_said(error)}; ask whoever runs it", lasting=error.smtp_code >= 500
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NoConnection(
            f"{server.name}: {error}; see smtp.security and smtp.port in config.yaml", lasting=True
        ) from error
    except ssl.SSLError as error:
        raise NoConnection(
            f"{server.name}: no safe connection: {getattr(error, 'verify_message', None) or error.reason}; "
            "see smtp.host, smtp.port and smtp.security in config.yaml",
            lasting=True,
        ) from error
    except OSError as error:  # smtplib's own are of this kind, too
        raise NoConnection(
            f"can't reach the mail server {server.name}: {_why(error)}; "
            "see smtp in config.yaml, or start the server",
            lasting=False,
        ) from error


def _greeted(server: Server) -> smtplib.SMTP:
    encrypt = server.security is Security.STARTTLS or (
        server.security is Security.AUTO and not is_loopback(server.host)
    )
    if server.security is Security.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        connection.ehlo_or_helo_if_needed()
        if encrypt:
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
        if server.username is not None and server.password is not None:
            connection.login(server.username, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(reply: bytes | str) -> str:
    text = reply.decode("ascii", errors="replace") if isinstance(reply, bytes) else reply
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]


class _Smtp:
    """One open connection."""

    def __init__(self, connection: smtplib.SMTP, server: Server, patient: Callable[[], bool]) -> None:
        self._connection = connection
        self._timeout = server.timeout
        self._patient = patient
        self._received = b""
        self.broken = False

    def send(self, message: Message) -> Receipt:
        """Hand over one message; see :class:`newsletter.delivery.transport.Transport`."""
        try:
            return self._send(message)
        except ConnectionLost:
            self.broken = True
            raise

    def _send(self, message: Message) -> Receipt:
        extended = not (message.recipient.isascii() and message.sender.isascii())
        if extended and not self._connection.has_extn("smtputf8"):
            text = "the address is not ASCII and the server offers no SMTPUTF8"
            return Receipt(stage=Stage.LOCAL, code=0, text=text)
        wire = message.wire()
        size = f" SIZE={len(wire)}" if self._connection.has_extn("size") else ""
        commands = (
            (Stage.MAIL, f"MAIL FROM:<{message.sender}>{size}{' SMTPUTF8' if extended else ''}"),
            (Stage.RCPT, f"RCPT TO:<{message.recipient}>"),
            (Stage.DATA, "DATA"),
        )
        refusal = (
            self._pipelined(commands) if self._connection.has_extn("pipelining") else self._asked(commands)
        )
        if refusal is not None:
            return refusal
        self._hand_over(wire)
        code, text = self._reply(FINAL_REPLY, begun=True, handed_over=True)
        return Receipt(stage=Stage.DOT, code=code, text=text)

    def _asked(self, commands: tuple[tuple[Stage, str], ...]) -> Receipt | None:
        """Say one command after the other; the first refusal, after which the server has forgotten the message."""
        for stage, command in commands:
            self._write(f"{command}\r\n", begun=stage is not Stage.MAIL)
            code, text = self._reply(self._timeout, begun=stage is not Stage.MAIL)
            if not _goes_on(stage, code):
                self._forget(code)
                return Receipt(stage=stage, code=code, text=text)
        return None

    def _pipelined(self, commands: tuple[tuple[Stage, str], ...]) -> Receipt | None:
        """Say all commands at once and read every reply; the first refusal, else None."""
        self._write("".join(f"{command}\r\n" for _, command in commands), begun=False)
        refusal: Receipt | None = None
        code = 0
        for stage, _ in commands:
            code, text = self._reply(self._timeout, begun=stage is not Stage.MAIL)
            if refusal is None and not _goes_on(stage, code):
                refusal = Receipt(stage=stage, code=code, text=text)
        if refusal is None:
            return None
        if code == 354:
            # It waits for a message that has no recipient: an empty one ends that.
            self._write(".\r\n", begun=True)
            self._reply(self._timeout, begun=True)
        self._forget(refusal.code)
        return refusal

    def _forget(self, code: int) -> None:
        if code != 421:  # after which the server hangs up
            self._write("RSET\r\n", begun=True)
            self._reply(self._timeout, begun=True)

    def _hand_over(self, wire: bytes) -> None:
        view = memoryview(wire + b".\r\n")
        sock = self._sock(begun=True)
        while view:
            until = time.monotonic() + self._timeout
            self._ready(select.POLLOUT, until, begun=True, handed_over=False)
            try:
                view = view[sock.send(view) :]
            except OSError as error:
                # A plain socket takes nothing of what it refuses. Of an encrypted one a record may have left, and the
                # last record holds the dot.
                doubt = isinstance(sock, ssl.SSLSocket) and len(view) <= 32_768
                raise ConnectionLost(_why(error), begun=True, handed_over=doubt) from error

    def _write(self, text: str, *, begun: bool) -> None:
        try:
            self._sock(begun=begun).sendall(text.encode("utf-8"))
        except OSError as error:
            raise ConnectionLost(_why(error), begun=begun, handed_over=False) from error

    def _reply(self, seconds: float, *, begun: bool, handed_over: bool = False) -> tuple[int, str]:
        """The next reply, its lines joined. Read here, since smtplib's reader can't be interrupted and gone on with."""
        until = time.monotonic() + seconds
        lines: list[str] = []
        while True:
            while b"\n" not in self._received:
                self._ready(select.POLLIN, until, begun=begun, handed_over=handed_over)
                self._received += self._read(begun=begun, handed_over=handed_over)
            raw, _, self._received = self._received.partition(b"\n")
            lines.append(_text(raw[4:]))
            if not re.fullmatch(rb"[2-5]\d\d([ -].*)?\r?", raw) or len(lines) > LONGEST_REPLY:
                raise ConnectionLost(f"not SMTP: {_text(raw)[:80]}", begun=begun, handed_over=handed_over)
            if raw[3:4] != b"-":
                return int(raw[:3]), " ".join(filter(None, lines))[:500]

    def _read(self, *, begun: bool, handed_over: bool) -> bytes:
        try:
            received = self._sock(begun=begun, handed_over=handed_over).recv(4096)
        except OSError as error:
            raise ConnectionLost(_why(error), begun=begun, handed_over=handed_over) from error
        if not received or len(self._received) > 65_536:
            raise ConnectionLost("the server hung up", begun=begun, handed_over=handed_over)
        return received

    def _ready(self, event: int, until: float, *, begun: bool, handed_over: bool) -> None:
        """Wait until the socket can be read or written; raises ConnectionLost past ``until`` or out of patience."""
        sock = self._sock(begun=begun, handed_over=handed_over)
        if event == select.POLLIN and isinstance(sock, ssl.SSLSocket) and sock.pending():
            return
        poll = select.poll()
        poll.register(sock, event)
        while not poll.poll(SLICE * 1000):
            if not self._patient():
                raise ConnectionLost("stopped while waiting", begun=begun, handed_over=handed_over)
            if time.monotonic() >= until:
                raise ConnectionLost("no reply in time", begun=begun, handed_over=handed_over)

    def _sock(self, *, begun: bool, handed_over: bool = False) -> socket.socket:
        sock: socket.socket | None = self._connection.sock
        if sock is None:
            raise ConnectionLost("the server hung up", begun=begun, handed_over=handed_over)
        return sock


def _goes_on(stage: Stage, code: int) -> bool:
    return code == 354 if stage is Stage.DATA else 200 <= code < 300


def _why(error: OSError) -> str:
    return _text(error.strerror or str(error)) or type(error).__name__
