"""One copy of an issue: its headers, its parts, and that splicing gives what building anew would give."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from newsletter.brief import TOKEN_LENGTH, UNSUBSCRIBE_TOKEN
from newsletter.delivery.message import LARGEST_HTML, Letter, Values, build, prepare
from newsletter.errors import DataError
from newsletter.store.issues import load
from tests.mail_support import BASE_URL, issue_at, read

VALUES = Values(
    recipient="reader@inbox.example", message_id="m" * 26, unsubscribe="1" + "a" * (TOKEN_LENGTH - 1)
)

ONCE = (
    *("From", "To", "Date", "Subject", "Message-ID", "MIME-Version", "Content-Type", "List-ID"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "List-Help", "Precedence", "Feedback-ID"),
)


def letter(
    folder: Path, *, html: str | None = None, text: str | None = None, name: str = "Opening Tape"
) -> Letter:
    return Letter(
        issue=load(issue_at(folder, html=html, text=text)),
        edition="morning",
        list_name=name,
        sender_name=name,
        sender="brief@brief.example.com",
        reply_to="editor@brief.example.com",
        base_url=BASE_URL,
        date=datetime(2025, 8, 26, 10, 30, tzinfo=UTC),
    )


def parts(message: EmailMessage) -> list[EmailMessage]:
    return cast(list[EmailMessage], list(message.walk()))


def test_every_header_once_and_as_providers_ask(tmp_path: Path) -> None:
    message = read(prepare(letter(tmp_path))(VALUES).content())

    assert {name: len(message.get_all(name, [])) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert message["From"] == "Opening Tape <brief@brief.example.com>"
    assert message["Reply-To"] == "editor@brief.example.com"
    assert message["Subject"] == "The Russell’s 900-session wait is over"
    assert message["Date"].datetime == datetime(2025, 8, 26, 10, 30, tzinfo=UTC)
    assert message["Message-ID"] == f"<{'m' * 26}@brief.example.com>"
    assert message["List-ID"] == '"Opening Tape" <morning.brief.example.com>'
    assert message["List-Unsubscribe"] == f"<{BASE_URL}/unsubscribe/{VALUES.unsubscribe}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] == "bulk"
    *_, sender_id = message["Feedback-ID"].split(":")
    assert len(message["Feedback-ID"].split(":")) == 4
    assert 5 <= len(sender_id) <= 15


def test_long_list_headers_stay_on_one_line_unencoded(tmp_path: Path) -> None:
    head, _, _ = prepare(letter(tmp_path))(VALUES).content().partition(b"\r\n\r\n")

    assert f"List-Unsubscribe: <{BASE_URL}/unsubscribe/{VALUES.unsubscribe}>".encode() in head.split(b"\r\n")


def test_text_first_then_the_page_with_its_pictures(tmp_path: Path) -> None:
    own = dataclasses.replace(letter(tmp_path), base_url=None)
    message = read(prepare(own)(VALUES).content())

    kinds = [part.get_content_type() for part in parts(message)]
    assert kinds == [
        *("multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png"),
    ]
    page = message.get_body(("html",))
    plain = message.get_body(("plain",))
    assert page is not None
    assert plain is not None
    shown = page.get_content()
    assert plain.get_content().replace("\r\n", "\n") == own.issue.text.replace(
        UNSUBSCRIBE_TOKEN, VALUES.unsubscribe
    )
    named = set(re.findall(r'cid:([^"\s]+)', shown))
    held = {str(part["Content-ID"]).strip("<>"): part for part in parts(message) if part["Content-ID"]}
    assert named == set(held)
    assert {part.get_content() for part in held.values()} == set(own.issue.images.values())
    assert "charts/" not in shown
    assert not message.defects


def test_where_the_pages_have_an_address_they_host_the_pictures(tmp_path: Path) -> None:
    own = letter(tmp_path)
    message = read(prepare(own)(VALUES).content())

    kinds = [part.get_content_type() for part in parts(message)]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    page = message.get_body(("html",))
    assert page is not None
    shown = page.get_content()
    place = f"{BASE_URL}/archive/{own.issue.id}/charts"
    assert f'srcset="{place}/chart-dark.png"' in shown
    assert f'src="{place}/chart-light.png"' in shown
    assert "cid:" not in shown
    assert not message.defects


def test_the_page_is_measured_with_the_addresses_of_its_pictures(tmp_path: Path) -> None:
    one = '<img src="charts/chart-light.png">'
    html = f"<p>{one * 2_300}{UNSUBSCRIBE_TOKEN}</p>"
    assert len(html) < LARGEST_HTML

    with pytest.raises(DataError, match="shorten the templates"):
        prepare(letter(tmp_path, html=html))


def test_nothing_but_what_every_server_carries(tmp_path: Path) -> None:
    content = prepare(letter(tmp_path, html=f"<p>{'é' * 40_000}{UNSUBSCRIBE_TOKEN}</p>"))(VALUES).content()

    lines = content.split(b"\r\n")
    assert content.isascii()
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line for line in lines)


@pytest.mark.parametrize("before", range(0, 80, 3))
def test_spliced_equals_built_anew(tmp_path: Path, before: int) -> None:
    text = f"{'x' * before}/unsubscribe/{UNSUBSCRIBE_TOKEN}.\n.\n..\n"
    own = letter(tmp_path, html=f"<p>{text}</p>", text=text)

    copy = prepare(own)(VALUES)

    assert len(copy.pieces) > 5, "it was built, not spliced"
    assert copy.content() == build(own, VALUES)
    assert copy.wire() == re.sub(rb"(?m)^\.", b"..", copy.content())


def test_two_copies_differ_in_their_tokens_only(tmp_path: Path) -> None:
    copy = prepare(letter(tmp_path))
    other = Values(recipient="someone.else@post.example", message_id="n" * 26, unsubscribe="1" + "b" * 44)

    first, second = copy(VALUES).content(), copy(other).content()

    for mine, theirs in zip(dataclasses.astuple(VALUES), dataclasses.astuple(other), strict=True):
        first = first.replace(mine.encode(), theirs.encode())
    assert first == second


def test_an_issue_that_holds_a_placeholder_of_ours_gets_another_spelling(tmp_path: Path) -> None:
    own = letter(tmp_path, text=f"recipientplaceholder@placeholder.invalid {UNSUBSCRIBE_TOKEN}\n")

    copy = prepare(own)(VALUES)

    assert len(copy.pieces) > 5
    assert copy.content() == build(own, VALUES)


def test_an_issue_that_holds_every_placeholder_is_built_copy_by_copy(tmp_path: Path) -> None:
    spellings = ("placeholder", "standsforyours", "zzq7zzq7zzq7")
    text = "".join(f"recipient{one}@placeholder.invalid\n" for one in spellings) + UNSUBSCRIBE_TOKEN
    own = letter(tmp_path, text=text)

    copy = prepare(own)(VALUES)

    assert copy.content() == build(own, VALUES)
    assert copy.content().count(VALUES.unsubscribe.encode()) == 3


@pytest.mark.parametrize("bad", ["a@b.example\r\nBcc: all@b.example", "a@b.example\nx"])
def test_a_line_break_in_an_address_forges_no_header(tmp_path: Path, bad: str) -> None:
    own = letter(tmp_path)
    values = dataclasses.replace(VALUES, recipient=bad)

    with pytest.raises(ValueError, match="line break"):
        prepare(own)(values)
    with pytest.raises(ValueError, match="line break"):
        build(own, values)


@pytest.mark.parametrize("field", ["message_id", "unsubscribe"])
def test_a_token_of_another_length_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(ValueError, match="as long as"):
        prepare(letter(tmp_path))(dataclasses.replace(VALUES, **{field: "short"}))


def test_a_page_that_gmail_would_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"index\.html: 100,0\d\d bytes"):
        prepare(letter(tmp_path, html="x" * 100_000 + UNSUBSCRIBE_TOKEN))


def test_names_with_signs_and_other_alphabets(tmp_path: Path) -> None:
    message = read(prepare(letter(tmp_path, name='Börse, "heute"'))(VALUES).content())

    assert message["From"].addresses[0].display_name == 'Börse, "heute"'
    assert message["From"].addresses[0].addr_spec == "brief@brief.example.com"
    assert message["List-ID"] == "Börse, heute <morning.brief.example.com>"


def test_without_public_pages_there_is_no_link_to_leave_by(tmp_path: Path) -> None:
    own = dataclasses.replace(letter(tmp_path), base_url=None)

    message = read(prepare(own)(VALUES).content())

    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None
    assert message["List-ID"]


def test_an_address_beyond_ascii_stands_in_the_to_line_as_it_is(tmp_path: Path) -> None:
    own = letter(tmp_path)
    values = dataclasses.replace(VALUES, recipient="jörg@inbox.example")

    head = prepare(own)(values).content().partition(b"\r\n\r\n")[0]

    assert "To: jörg@inbox.example".encode() in head.split(b"\r\n")


def test_same_issue_same_bytes(tmp_path: Path) -> None:
    assert (
        prepare(letter(tmp_path / "a"))(VALUES).content() == prepare(letter(tmp_path / "b"))(VALUES).content()
    )
