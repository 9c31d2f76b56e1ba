"""What `newsletter check` says of a message: nothing of ours, and each planted fault with its place and its mending."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter import mailing
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.delivery.inspection import READER, inspect, inspect_message
from newsletter.delivery.message import NO_SENDER, Letter, build
from newsletter.delivery.transports.memory import Memory
from newsletter.errors import DataError
from newsletter.findings import Severity
from tests.mail_support import BASE_URL, ENVIRONMENT, at_send_time, config_at, fill, issue_at, readers
from tests.test_delivery_message import letter

Change = Callable[[bytes], bytes]


def swap(before: bytes, after: bytes, count: int = -1) -> Change:
    def change(raw: bytes) -> bytes:
        assert before in raw, before
        return raw.replace(before, after, count)

    return change


def subbed(pattern: bytes, after: bytes) -> Change:
    def change(raw: bytes) -> bytes:
        changed, number = re.subn(pattern, after, raw)
        assert number, pattern
        return changed

    return change


def dropped(name: bytes) -> Change:
    return subbed(rb"(?m)^" + name + rb": .*(?:\r\n[ \t].*)*\r\n", b"")


FAULTS: dict[str, tuple[Change, str, str]] = {
    "no From": (dropped(b"From"), "message: From", "0 times"),
    "two From": (swap(b"From: ", b"From: a@example.com\r\nFrom: ", 1), "message: From", "2 times"),
    "another sender": (swap(b"<brief@brief.example.com>\r\n", b"<a@example.com>\r\n", 1), "message: From", "isn't the configured"),
    "no Date": (dropped(b"Date"), "message: Date", "0 times"),
    "no date at all": (subbed(rb"Date: .*\r", b"Date: soon\r"), "message: Date", "no date with a zone"),
    "another day": (subbed(rb"Date: .*\r", b"Date: Mon, 25 Aug 2025 10:30:00 +0000\r"), "message: Date", "isn't when the mailing begins"),
    "no Message-ID": (dropped(b"Message-ID"), "message: Message-ID", "0 times"),
    "an id of another host": (subbed(rb"(Message-ID: <\w+)@.*>", rb"\1@localhost>"), "message: Message-ID", "isn't <token@brief.example.com>"),
    "another subject": (subbed(rb"Subject: .*\r", b"Subject: Hello\r"), "message: Subject", "reads 'Hello'"),
    "no way out": (dropped(b"List-Unsubscribe"), "message: List-Unsubscribe", "https address alone"),
    "a way out without https": (subbed(rb"List-Unsubscribe: <https", b"List-Unsubscribe: <http"), "message: List-Unsubscribe", "https address alone"),
    "no one-click": (dropped(b"List-Unsubscribe-Post"), "message: List-Unsubscribe-Post", "isn't List-Unsubscribe=One-Click"),
    "no list": (dropped(b"List-ID"), "message: List-ID", "0 times"),
    "not bulk": (dropped(b"Precedence"), "message: Precedence", "isn't bulk"),
    "feedback without sender": (subbed(rb"Feedback-ID: .*\r", b"Feedback-ID: a:b:c:d:e\r"), "message: Feedback-ID", "isn't what Gmail reads"),
    "the page first": (swap(b"text/plain", b"text/html", 1), "message", "it has a text and a page"),
    "mixed": (swap(b"multipart/alternative", b"multipart/mixed"), "message", "it has a text and a page"),
    "not quoted-printable": (swap(b"quoted-printable", b"8bit"), "message: text/plain", "isn't UTF-8 in quoted-printable"),
    "Latin letters": (swap(b'charset="utf-8"', b'charset="latin-1"'), "message: text/html", "isn't UTF-8 in quoted-printable"),
    "a long line": (swap(b"An invented sentence of the text part.", b"x" * 999, 1), "message", "a line of 999 bytes"),
    "a high byte": (swap(b"An invented sentence", b"An inv\xc3\xa9nted sentence", 1), "message", "bytes above 127"),
    "a bare line feed": (swap(b"\r\nAn invented", b"\nAn invented", 1), "message", "isn't CRLF"),
    "a header cut short": (swap(b"Subject:", b"\r\nSubject:"), "message: Subject", "0 times"),
    "no link in the text": (swap(b"Unsubscribe: https", b"Unsubscribe: http", 1), "message: text/plain", "no unsubscribe link"),
}  # fmt: skip


def said(raw: bytes, own: Letter, severity: Severity = Severity.ERROR) -> list[str]:
    return [str(finding) for finding in inspect_message(raw, own) if finding.severity is severity]


@pytest.mark.parametrize("base_url", [BASE_URL, None])
def test_a_message_of_ours_is_right(tmp_path: Path, base_url: str | None) -> None:
    own = dataclasses.replace(letter(tmp_path), base_url=base_url)
    found = [str(finding) for finding in inspect(own)]
    if base_url is None:
        assert found == [
            "warning: message: List-Unsubscribe: missing, so nothing can go to the list; set public_base_url in config.yaml"
        ]
    else:
        assert found == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(tmp_path: Path, fault: str) -> None:
    change, where, what = FAULTS[fault]
    own = letter(tmp_path)
    found = said(change(build(own, READER)), own)
    assert any(text.startswith(f"error: {where}: ") and what in text for text in found), found


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (swap(b"Content-ID: <chart-light", b"Content-ID: <chart-other"), "isn't in the message"),
        (swap(b"Content-ID: <chart-light", b"Content-ID: <chart-other"), "and not in the page"),
        (swap(b"image/png", b"image/webp", 1), "PNG images alone"),
        (swap(b"Content-Disposition: inline", b"Content-Disposition: attachment", 1), "filters distrust"),
    ],
)
def test_each_fault_of_embedded_images_is_found(tmp_path: Path, fault: Change, what: str) -> None:
    own = dataclasses.replace(letter(tmp_path), base_url=None)
    assert any(what in text for text in said(fault(build(own, READER)), own))


@pytest.mark.parametrize(
    ("source", "severity", "what"),
    [
        ("data:image/png;base64,AA", Severity.ERROR, "leads nowhere"),
        ("charts/none.png", Severity.ERROR, "leads nowhere"),
        ("http://x.example.com/a.png", Severity.ERROR, "leads nowhere"),
        ("https://x.example.com/a.png", Severity.WARNING, "they see who reads"),
        (f"{BASE_URL}/archive/2025-08-26-morning/charts/none.png", Severity.ERROR, "is no file of the issue"),
    ],
)
def test_where_an_image_may_come_from(tmp_path: Path, source: str, severity: Severity, what: str) -> None:
    page = f'<p>{BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}</p><img src="{source}">'
    own = letter(tmp_path, html=page)
    (found,) = inspect(own)
    assert (found.severity, found.where) == (severity, "message: text/html")
    assert what in found.message


@pytest.mark.parametrize(
    ("subject", "what"),
    [("Stocks fall", "11 characters"), ("Stocks " * 9, "62 characters"), ("", "empty")],
)
def test_a_subject_that_is_not_read_whole(tmp_path: Path, subject: str, what: str) -> None:
    own = letter(tmp_path)
    own = dataclasses.replace(own, issue=dataclasses.replace(own.issue, subject=subject.strip()))
    (found,) = inspect(own)
    assert found.where == "message: Subject"
    assert what in found.message


@pytest.mark.parametrize(
    ("size", "severity"), [(79_000, None), (81_000, Severity.WARNING), (100_001, Severity.ERROR)]
)
def test_a_page_too_long_for_gmail(tmp_path: Path, size: int, severity: Severity | None) -> None:
    page = f"{BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}"
    own = letter(tmp_path, html=page.ljust(size, "x"))
    found = [item.severity for item in inspect(own) if "Gmail cuts" in item.message]
    assert found == ([severity] if severity else [])


def test_a_broken_structure_and_a_heavy_message(tmp_path: Path) -> None:
    own = letter(tmp_path)
    raw = build(own, READER)
    unclosed = re.sub(rb"--=_parts_\w+--\r\n$", b"", raw)
    assert any("malformed: " in text for text in said(unclosed, own))
    third = raw.replace(b"text/html", b"text/calendar")
    assert any("text/calendar after the text" in text for text in said(third, own))
    heavy = raw.replace(b"An invented sentence", b"\r\n".join([b"x" * 70] * 400))
    assert any("host the images" in text for text in said(heavy, own, Severity.WARNING))


def test_what_config_lacks_is_a_warning(tmp_path: Path) -> None:
    own = dataclasses.replace(letter(tmp_path), sender=NO_SENDER, sender_name="")
    found = [str(item) for item in inspect(own)]
    assert len(found) == 2
    assert found[0].startswith("warning: message: From: sender.address is not set")
    assert found[1].startswith("warning: message: From: no name beside the address")


def test_a_message_with_an_error_is_not_mailed(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(2))
    link = f"{BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}"
    folder = issue_at(tmp_path, html=f'<p>{link}</p><img src="charts/none.png">')

    with pytest.raises(
        DataError, match=r"can't be mailed: error: message: text/html: the image 'charts/none.png'"
    ):
        mailing.mail(config, folder, clock=at_send_time, environment=ENVIRONMENT, connect=Memory().connected)

    assert mailing.status(config) is None
    dry = mailing.dry_run(config, folder, tmp_path / "out", clock=at_send_time, environment=ENVIRONMENT)
    assert [problem for problem in dry.problems if "none.png" in problem]
