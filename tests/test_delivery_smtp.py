"""The SMTP transport against real and scripted servers: each place where a line can break, and each refusal."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.config import Security
from newsletter.delivery.transport import ConnectionLost, Message, NoConnection, Receipt, Stage
from newsletter.delivery.transports import smtp
from newsletter.delivery.transports.smtp import Server
from newsletter.errors import ConfigError
from tests.mail_support import CERTIFICATE, free_port
from tests.mail_support import server as mail_server

RAW = b"Subject: invented\r\n\r\n.a line with a dot\r\n"


def message(recipient: str = "reader@inbox.example") -> Message:
    stuffed = RAW.replace(b"\r\n.", b"\r\n..")
    return Message(
        sender="brief@brief.example.com", recipient=recipient, token="t", pieces=(RAW,), stuffed=(stuffed,)
    )


def at(port: int, **changes: object) -> Server:
    return Server(**{"host": "127.0.0.1", "port": port, "timeout": 5, **changes})  # type: ignore[arg-type]


@contextmanager
def scripted(*script: bytes | str) -> Iterator[tuple[int, bytearray]]:
    """A server that follows a script: bytes are sent, a str is waited for; at the end it hangs up. Port, what it heard."""
    heard = bytearray()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listening.accept()
        with line:
            line.settimeout(10)
            position = 0
            for step in script:
                if isinstance(step, bytes):
                    line.sendall(step)
                    continue
                while (found := heard.find(step.encode(), position)) < 0:
                    received = line.recv(65_536)
                    if not received:
                        return
                    heard.extend(received)
                position = found + len(step)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        listening.close()
        thread.join(10)


def greet(server: Server) -> None:
    with smtp.connected(server):
        pass


GREETED: tuple[bytes | str, ...] = (b"220 sink\r\n", "ehlo ", b"250-sink\r\n250 8BITMIME\r\n")
PIPELINING: tuple[bytes | str, ...] = (
    b"220 sink\r\n",
    "ehlo ",
    b"250-sink\r\n250-PIPELINING\r\n250 SIZE 1000\r\n",
)
OPENED: tuple[bytes | str, ...] = ("MAIL", b"250 ok\r\n", "RCPT", b"250 ok\r\n", "DATA\r\n", b"354 go\r\n")


def sent(script: Sequence[bytes | str], **changes: object) -> tuple[Receipt, bytes]:
    with scripted(*script) as (port, heard), smtp.connected(at(port, **changes)) as transport:
        receipt = transport.send(message())
    return receipt, bytes(heard)


def test_a_message_arrives_as_it_was_written(tmp_path: Path) -> None:
    with mail_server(tmp_path / "inbox") as inbox, smtp.connected(at(inbox.port)) as transport:
        receipt = transport.send(message())

        assert (receipt.stage, receipt.code, receipt.accepted) == (Stage.DOT, 250, True)
        assert inbox.raw() == [("brief@brief.example.com", "reader@inbox.example", RAW)]


def test_one_connection_carries_on_after_a_refusal(tmp_path: Path) -> None:
    refuse = "gone@inbox.example:550 5.1.1 no such user"
    with mail_server(tmp_path / "inbox", refuse=refuse) as inbox, smtp.connected(at(inbox.port)) as transport:
        receipts = [transport.send(message(f"{name}@inbox.example")) for name in ("a", "gone", "b")]

        assert [(r.stage, r.code) for r in receipts] == [
            (Stage.DOT, 250),
            (Stage.RCPT, 550),
            (Stage.DOT, 250),
        ]
        assert receipts[1].text == "5.1.1 no such user"
        assert set(inbox.recipients()) == {"a@inbox.example", "b@inbox.example"}


def test_pipelined_commands_go_in_one_breath() -> None:
    script = (
        *PIPELINING,
        "DATA\r\n",
        b"250 ok\r\n250 ok\r\n354 go\r\n",
        "\r\n.\r\n",
        b"250 taken\r\n",
        "quit",
    )

    receipt, heard = sent(script)

    assert receipt.accepted
    assert (
        f"MAIL FROM:<brief@brief.example.com> SIZE={len(RAW) + 1}\r\nRCPT TO:<reader@inbox.example>\r\nDATA\r\n".encode()
        in heard
    )
    assert heard.count(b"\r\n..a line with a dot\r\n.\r\n") == 1


def test_pipelined_refusal_of_the_recipient_ends_the_message_with_a_lone_dot() -> None:
    script = (
        *(
            *PIPELINING,
            "DATA\r\n",
            b"250 ok\r\n550 5.1.1 unknown\r\n354 go\r\n",
            ".\r\n",
            b"554 no recipients\r\n",
        ),
        *("RSET", b"250 ok\r\n", "quit"),
    )

    receipt, heard = sent(script)

    assert (receipt.stage, receipt.code, receipt.text) == (Stage.RCPT, 550, "5.1.1 unknown")
    assert b"Subject" not in heard


def test_pipelined_refusal_of_all_sends_nothing_more() -> None:
    script = (*PIPELINING, "DATA\r\n", b"550 5.7.1 no\r\n503 no\r\n503 no\r\n", "RSET", b"250 ok\r\n", "quit")

    receipt, heard = sent(script)

    assert (receipt.stage, receipt.code) == (Stage.MAIL, 550)
    assert b"\r\n.\r\n" not in heard


def test_replies_of_several_lines_that_arrive_in_pieces() -> None:
    script = (*GREETED, *OPENED, "\r\n.\r\n", b"250-2.0.0 tak", b"en\r\n250 by us\r\n", "quit")

    assert sent(script)[0].text == "2.0.0 taken by us"


@pytest.mark.parametrize(
    ("script", "begun", "handed_over"),
    [
        ((*GREETED, "MAIL"), False, False),
        ((*GREETED, "MAIL", b"250 ok\r\n", "RCPT"), True, False),
        ((*GREETED, "MAIL", b"250 ok\r\n", "RCPT", b"250 ok\r\n", "DATA\r\n"), True, False),
        ((*GREETED, *OPENED, "\r\n.\r\n"), True, True),
        ((*GREETED, *OPENED, "\r\n.\r\n", b"25"), True, True),
        ((*GREETED, *OPENED, "\r\n.\r\n", b"what?\r\n"), True, True),
        ((*PIPELINING, "DATA\r\n"), False, False),
        ((*PIPELINING, "DATA\r\n", b"250 ok\r\n"), True, False),
    ],
)
def test_where_the_line_broke(script: Sequence[bytes | str], begun: bool, handed_over: bool) -> None:
    with pytest.raises(ConnectionLost) as lost:
        sent(script)

    assert (lost.value.begun, lost.value.handed_over) == (begun, handed_over)


def test_a_silent_server_before_the_dot_is_given_up_after_the_timeout() -> None:
    script = (*GREETED, "MAIL", b"250 ok\r\n", "never said")

    begun = time.monotonic()
    with pytest.raises(ConnectionLost) as lost:
        sent(script, timeout=0.5)

    assert time.monotonic() - begun < 5
    assert (lost.value.begun, lost.value.handed_over) == (True, False)


def test_a_line_cut_in_the_middle_of_a_long_message_was_not_handed_over() -> None:
    """The server resets while the body is still flowing, so the dot can't have left."""
    body = b"x" * 70 + b"\r\n"
    big = Message(
        sender="a@b.example", recipient="c@d.example", token="t", pieces=(), stuffed=(body * 200_000,)
    )
    with (
        scripted(*GREETED, *OPENED, "xxxx") as (port, _),
        smtp.connected(at(port)) as transport,
        pytest.raises(ConnectionLost) as lost,
    ):
        transport.send(big)

    assert (lost.value.begun, lost.value.handed_over) == (True, False)


def test_out_of_patience_after_the_dot_is_in_doubt() -> None:
    until = time.monotonic() + 0.5
    with (
        scripted(*GREETED, *OPENED, "\r\n.\r\n", "never said") as (port, _),
        smtp.connected(at(port), lambda: time.monotonic() < until) as transport,
        pytest.raises(ConnectionLost, match="stopped") as lost,
    ):
        transport.send(message())

    assert lost.value.handed_over


def test_a_hostile_reply_reaches_no_log_as_it_is() -> None:
    script = (
        *GREETED,
        "MAIL",
        b"550 \x1b[31mred\x07 " + b"x" * 5000 + b"\r\n",
        "RSET",
        b"250 ok\r\n",
        "quit",
    )

    text = sent(script)[0].text

    assert text.isprintable()
    assert len(text) <= 500


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(tmp_path: Path) -> None:
    with mail_server(tmp_path / "a") as plain, smtp.connected(at(plain.port)) as transport:
        assert transport.send(message("jörg@inbox.example")).stage is Stage.LOCAL
        assert transport.send(message()).accepted
    with mail_server(tmp_path / "b", utf8="yes") as modern, smtp.connected(at(modern.port)) as transport:
        assert transport.send(message("jörg@inbox.example")).accepted
        assert list(modern.recipients()) == ["jörg@inbox.example"]


def test_starttls_with_a_certificate_we_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tmp_path / "inbox", certificate=str(CERTIFICATE)) as inbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with smtp.connected(at(inbox.port, host="localhost", security=Security.STARTTLS)) as transport:
            assert transport.send(message()).accepted
        monkeypatch.delenv("SSL_CERT_FILE")
        with (
            pytest.raises(NoConnection, match=r"no safe connection: .*self.signed") as refused,
            smtp.connected(at(inbox.port, host="localhost", security=Security.STARTTLS)),
        ):
            pass
    assert refused.value.lasting


def test_tls_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with mail_server(tmp_path / "inbox", tls=str(CERTIFICATE)) as inbox:
        with smtp.connected(at(inbox.port, host="localhost", security=Security.TLS)) as transport:
            assert all(transport.send(message(f"r{n}@inbox.example")).accepted for n in range(3))
        assert len(inbox.raw()) == 3


def test_login(tmp_path: Path) -> None:
    with mail_server(tmp_path / "inbox", user="desk:open sesame") as inbox:
        with smtp.connected(at(inbox.port, username="desk", password="open sesame")) as transport:
            assert transport.send(message()).accepted
        wrong = at(inbox.port, username="desk", password="guess")
        with (
            pytest.raises(NoConnection, match=r"refuses NEWSLETTER_SMTP_USERNAME.*535") as refused,
            smtp.connected(wrong),
        ):
            pass
        with smtp.connected(at(inbox.port)) as transport:
            assert transport.send(message()).code == 530
    assert refused.value.lasting
    assert "guess" not in str(refused.value)
    assert "guess" not in repr(wrong)


@pytest.mark.parametrize(
    ("script", "says", "lasting"),
    [
        ((b"554 no service for you\r\n",), "refuses us: 554 no service", True),
        ((b"421 4.3.2 too busy\r\n",), "refuses us: 421 4.3.2 too busy", False),
        ((b"220 hi\r\n", "ehlo ", b"550 no\r\n", "helo ", b"550 no\r\n"), "refuses us: 550 no", True),
        ((), "can't reach", False),
    ],
)
def test_refused_at_the_door(script: Sequence[bytes | str], says: str, lasting: bool) -> None:
    with scripted(*script) as (port, _), pytest.raises(NoConnection, match=says) as refused:
        greet(at(port))

    assert refused.value.lasting is lasting


def test_nobody_there() -> None:
    port = free_port()
    with pytest.raises(
        NoConnection, match=rf"can't reach the mail server 127\.0\.0\.1:{port}: Connection refused"
    ):
        greet(at(port))


def test_no_such_host() -> None:
    with pytest.raises(NoConnection, match=r"can't reach the mail server nowhere\.invalid:25"):
        greet(at(25, host="nowhere.invalid"))


def test_a_server_without_starttls_is_not_spoken_to_in_the_clear() -> None:
    with scripted(*GREETED) as (port, heard), pytest.raises(NoConnection, match="STARTTLS") as refused:
        greet(at(port, security=Security.STARTTLS, username="desk", password="open sesame"))
    assert refused.value.lasting
    assert b"AUTH" not in heard.upper()


@pytest.mark.parametrize("host", ["mail.example.com", "192.0.2.1", "::2", "localhost.example.com"])
def test_plaintext_is_refused_off_this_machine(host: str) -> None:
    with pytest.raises(ConfigError, match=r"smtp\.security: none"):
        smtp.checked(at(25, host=host, security=Security.NONE))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "LOCALHOST."])
def test_plaintext_is_allowed_on_it(host: str) -> None:
    server = at(25, host=host, security=Security.NONE)

    assert smtp.checked(server) is server


def test_half_a_login_is_refused() -> None:
    with pytest.raises(ConfigError, match="both NEWSLETTER_SMTP_USERNAME and NEWSLETTER_SMTP_PASSWORD"):
        smtp.checked(at(25, username="desk"))
