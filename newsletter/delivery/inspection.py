"""The rules of a message, read off the bytes that would be sent: RFC 5322 and 8058, and what mailbox providers ask.

Like the audit of the pages it looks at what goes out, so it also holds for an operator's own templates. Each finding
says where, and how to mend it. Pure.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from newsletter.brief import TOKEN_LENGTH
from newsletter.delivery.message import LARGEST_HTML, NO_SENDER, Letter, Values, ascii_address, build
from newsletter.findings import Finding, error, warning

ONCE = ("From", "To", "Date", "Subject", "Message-ID", "MIME-Version", "Content-Type", "List-ID")
"""Headers that a message has once."""

SUBJECT = (20, 60)
"""Characters of a subject: fewer say too little, and phones cut off more."""

LONGEST_LINE = 998
"""Bytes of a line (RFC 5321, 4.5.3.1.6), its end not counted."""

WARN_HTML = 80_000
WARN_BYTES = 600_000
"""Bytes of the whole message from which sending to a list gets slow."""

MESSAGE_ID = re.compile(r"<[a-z0-9]{20,64}@([^<>@\s]+)>")
ONE_CLICK = "List-Unsubscribe=One-Click"
READER = Values(recipient="reader@example.com", message_id="m" * 26, unsubscribe="u" * TOKEN_LENGTH)
"""Stands for a subscriber."""


def inspect(letter: Letter) -> tuple[Finding, ...]:
    """Every finding about the message of ``letter``, made for one reader."""
    return inspect_message(build(letter, READER), letter)


def inspect_message(raw: bytes, letter: Letter) -> tuple[Finding, ...]:
    """Every finding about ``raw``, which ``letter`` should have become."""
    message = email.message_from_bytes(raw, policy=policy.default)
    found = [*_bytes(raw), *_once(message), *_addresses(message, letter), *_subject(message, letter)]
    found += [*_date(message, letter), *_identity(message, letter), *_list(message, letter)]
    found += _parts(message)
    found += [*_page(message, letter), *_text(message, letter), *_images(message, letter)]
    return tuple(found)


def _bytes(raw: bytes) -> Iterator[Finding]:
    lines = raw.split(b"\r\n")
    longest = max(map(len, lines))
    if longest > LONGEST_LINE:
        yield error(
            "message", f"a line of {longest:,} bytes; servers refuse more than {LONGEST_LINE}: encode it"
        )
    if not raw.isascii():
        yield error("message", "bytes above 127; some servers refuse them: encode that part")
    if any(b"\r" in line or b"\n" in line for line in lines):
        yield error("message", "a line end that isn't CRLF; servers read it as another message")
    if len(raw) > WARN_BYTES:
        yield warning("message", f"{len(raw):,} bytes; host the images by setting public_base_url")


def _once(message: EmailMessage) -> Iterator[Finding]:
    for name in ONCE:
        number = len(message.get_all(name, []))
        if number != 1:
            yield error(f"message: {name}", f"stands there {number} times; a message has it once")
    for defect in message.defects:
        yield error("message", f"malformed: {type(defect).__name__}; report this")


def _addresses(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    where = "message: From"
    senders = getaddresses(message.get_all("From", []))
    if len(senders) != 1 or "@" not in senders[0][1]:
        yield error(where, "not one address; set sender.address in config.yaml")
        return
    if letter.sender == NO_SENDER:
        yield warning(where, "sender.address is not set in config.yaml, so nothing can be sent")
    elif senders[0][1] != ascii_address(letter.sender):
        yield error(where, f"{senders[0][1]} isn't the configured sender; report this")
    if not senders[0][0]:
        yield warning(where, "no name beside the address; set sender.name in config.yaml")


def _subject(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    where, subject = "message: Subject", str(message["Subject"] or "")
    least, most = SUBJECT
    if subject != letter.issue.subject:
        yield error(where, f"reads {subject!r}, subject.txt {letter.issue.subject!r}; put it on one line")
    if not subject.strip():
        yield error(where, "empty; write one in the issue's note")
    elif not least <= len(subject) <= most:
        yield warning(
            where,
            f"{len(subject)} characters; {least} to {most} are read whole: write another in the issue's note",
        )


def _date(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    where = "message: Date"
    try:
        date: datetime | None = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        date = None
    if date is None or date.tzinfo is None:
        yield error(where, f"{message['Date']!r} is no date with a zone; report this")
    elif date != letter.date.replace(microsecond=0):
        yield error(where, f"{date} isn't when the mailing begins; report this")


def _identity(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    found = MESSAGE_ID.fullmatch(str(message["Message-ID"] or "").strip())
    if found is None or found[1] != letter.domain:
        yield error(
            "message: Message-ID", f"{message['Message-ID']} isn't <token@{letter.domain}>; report this"
        )


def _list(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    """Gmail and Yahoo want one https address in List-Unsubscribe, and the Post header beside it (RFC 8058)."""
    where = "message: List-Unsubscribe"
    ways, posts = message.get_all("List-Unsubscribe", []), message.get_all("List-Unsubscribe-Post", [])
    if letter.base_url is None:
        yield warning(where, "missing, so nothing can go to the list; set public_base_url in config.yaml")
    elif [str(way) for way in ways] != [f"<{_way_out(letter)}>"]:
        yield error(where, f"{ways} isn't the reader's own https address alone; report this")
    elif [str(post) for post in posts] != [ONE_CLICK]:
        yield error(f"{where}-Post", f"{posts} isn't {ONE_CLICK}; report this")
    if "<" not in str(message["List-ID"]):
        yield error("message: List-ID", "names no list in angle brackets (RFC 2919); report this")
    if message["Precedence"] != "bulk":
        yield error("message: Precedence", "isn't bulk, so machines would answer the mail; report this")
    fields = str(message["Feedback-ID"] or "").split(":")
    if len(fields) > 4 or not 5 <= len(fields[-1]) <= 15:
        yield error("message: Feedback-ID", f"{':'.join(fields)} isn't what Gmail reads; report this")


def _parts(message: EmailMessage) -> Iterator[Finding]:
    """Plain text, then the page, alone or with its images."""
    kinds = [part.get_content_type() for part in message.iter_parts()]
    page = kinds[-1] if kinds else ""
    if (
        message.get_content_type() != "multipart/alternative"
        or kinds[:1] != ["text/plain"]
        or len(kinds) != 2
    ):
        yield error(
            "message", f"{message.get_content_type()} of {kinds}; it has a text and a page, in that order"
        )
    elif page == "multipart/related":
        related = [part.get_content_type() for part in list(message.iter_parts())[1].iter_parts()]
        if related[:1] != ["text/html"] or set(related[1:]) != {"image/png"}:
            yield error("message", f"{page} of {related}; the page comes first, then PNG images alone")
    elif page != "text/html":
        yield error("message", f"{page} after the text; the page is text/html")
    for part in message.walk():
        if part.get_content_maintype() == "text" and (
            part.get_content_charset() != "utf-8"
            or part.get("Content-Transfer-Encoding") != "quoted-printable"
        ):
            yield error(f"message: {part.get_content_type()}", "isn't UTF-8 in quoted-printable; report this")
        if part.get_content_disposition() == "attachment":
            yield error("message", f"an attachment {part.get_filename()!r}; filters distrust them")


def _page(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    where, page = "message: text/html", _content(message, "html")
    size = len(page.encode())
    if size > LARGEST_HTML:
        yield error(where, f"{size:,} bytes; Gmail cuts off what is after about 102,000: shorten a template")
    elif size > WARN_HTML:
        yield warning(where, f"{size:,} bytes; Gmail cuts off what is after about 102,000")
    yield from _leads_out(where, page, letter)


def _text(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    where, text = "message: text/plain", _content(message, "plain")
    if not text.strip():
        yield error(where, "empty; filters distrust a page alone: mend brief.txt.j2")
    yield from _leads_out(where, text, letter)


def _leads_out(where: str, part: str, letter: Letter) -> Iterator[Finding]:
    if letter.base_url is not None and _way_out(letter) not in part:
        yield error(where, "no unsubscribe link of the reader's own; print page.unsubscribe_url")


def _images(message: EmailMessage, letter: Letter) -> Iterator[Finding]:
    """Each image is in the message, or hosted by us among the issue's files."""
    where, page = "message: text/html", _content(message, "html")
    held = {str(part["Content-ID"]).strip("<> ") for part in message.walk() if part["Content-ID"]}
    ours = f"{letter.base_url}/archive/{letter.issue.id}/"
    named = dict.fromkeys(re.findall(r"""<(?:img|source)\b[^>]*?\b(?:src|srcset)=["']([^"']*)["']""", page))
    for name in named:
        if name.startswith("cid:"):
            if name.removeprefix("cid:") not in held:
                yield error(where, f"the image {name[:60]} isn't in the message; build the issue again")
        elif letter.base_url is not None and name.startswith(ours):
            if name.removeprefix(ours) not in letter.issue.images:
                yield error(where, f"{name} is no file of the issue; build it again")
        elif name.startswith("https://"):
            yield warning(where, f"an image of somebody else's, {name[:60]}; they see who reads the mail")
        else:
            yield error(where, f"the image {name[:60]!r} leads nowhere from a mail; name a file of the issue")
    for identity in held - {name.removeprefix("cid:") for name in named}:
        yield error("message", f"the image {identity} is in the message and not in the page; report this")


def _way_out(letter: Letter) -> str:
    return f"{letter.base_url}/unsubscribe/{READER.unsubscribe}"


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
