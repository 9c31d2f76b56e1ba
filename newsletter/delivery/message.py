"""From a frozen issue to one copy a recipient: encoded once, then only tokens are put in.

What differs between two copies are the To line, the Message-ID and the unsubscribe token. A placeholder as long as its
value stands for each while the message is encoded; a copy is the pieces between them joined with the values. Building a
message anew for each recipient would cost a hundred times as much.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import structlog

from newsletter import pictures
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.config import Config
from newsletter.delivery.quoted import encode
from newsletter.delivery.transport import Message
from newsletter.errors import DataError
from newsletter.store.issues import FrozenIssue

LARGEST_HTML = 100_000
"""Bytes of the page: Gmail cuts off what comes after about 102,000, and with it the unsubscribe link."""

NO_SENDER = "sender-not-set@example.invalid"
"""Stands where the sender is missing: in a dry run and in a check."""

POLICY = policy.SMTP.clone(refold_source="none")
"""Headers we write raw stay as written: folding a long address without blanks would encode it into nonsense."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What all copies of an issue share. ``base_url`` is where the public pages are, without a final slash."""

    issue: FrozenIssue
    edition: str
    list_name: str
    sender_name: str
    sender: str
    reply_to: str | None
    base_url: str | None
    date: datetime

    @property
    def domain(self) -> str:
        """The domain of the From address, in A-labels."""
        return ascii_address(self.sender).rpartition("@")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Values:
    """What is a copy's own. ``recipient`` as spelt on the wire; ``message_id`` is its left part."""

    recipient: str
    message_id: str
    unsubscribe: str


def letter_of(config: Config, issue: FrozenIssue, moment: datetime) -> Letter:
    """The letter that mails ``issue`` at ``moment``, as config.yaml says."""
    return Letter(
        issue=issue,
        edition=issue.brief["issue"]["edition"],
        list_name=config.name,
        sender_name=config.sender.name or config.name,
        sender=config.sender.address or NO_SENDER,
        reply_to=config.sender.reply_to,
        base_url=config.public_base_url,
        date=moment,
    )


Copy = Callable[[Values], Message]
"""Makes one copy; a line break in a value raises ValueError."""


def prepare(letter: Letter) -> Copy:
    """Encode ``letter`` once and return what makes its copies.

    Raises DataError if the page is so long that mail programs would cut it.
    """
    size = len(_page_and_images(letter)[0].encode())
    if size > LARGEST_HTML:
        raise DataError(
            f"{letter.issue.folder / 'index.html'}: {size:,} bytes; Gmail cuts mail near 102,000 and hides the "
            "unsubscribe link, so shorten the templates"
        )
    for spelling in ("placeholder", "standsforyours", "zzq7zzq7zzq7"):
        sentinel = Values(
            recipient=f"recipient{spelling}@placeholder.invalid",
            message_id=f"m{spelling}".ljust(26, "0"),
            unsubscribe=UNSUBSCRIBE_TOKEN if spelling == "placeholder" else f"u{spelling}".ljust(45, "0"),
        )
        raw = build(letter, sentinel)
        if _counts(raw, sentinel) == _expected(letter):
            return _splicer(letter, raw, sentinel)
    log.warning("copies are built one by one", action="message_not_spliced", issue=letter.issue.id)
    return lambda values: _message(letter, values, build(letter, values))


def build(letter: Letter, values: Values) -> bytes:
    """The whole message for one recipient, as SMTP sends it but for doubled dots."""
    if re.search(r"[\r\n]", values.recipient + values.message_id + values.unsubscribe):
        raise ValueError("a line break in a value would forge a header")
    text = letter.issue.text.replace(UNSUBSCRIBE_TOKEN, values.unsubscribe)
    html, images = _page_and_images(letter)
    html = html.replace(UNSUBSCRIBE_TOKEN, values.unsubscribe)

    plain = _text_part("plain", text, values.unsubscribe)
    page = _text_part("html", html, values.unsubscribe)
    if images:
        page = _container("related", letter, "images", page, *images, kind="text/html")
    message = _container("alternative", letter, "parts", plain, page)
    message["MIME-Version"] = "1.0"
    message["From"] = Address(letter.sender_name, addr_spec=ascii_address(letter.sender))
    # Not folded, not encoded: it is the one line whose length differs between copies.
    _raw(message, "To", values.recipient)
    if letter.reply_to:
        message["Reply-To"] = Address(addr_spec=ascii_address(letter.reply_to))
    message["Subject"] = letter.issue.subject
    _raw(message, "Date", format_datetime(letter.date))
    _raw(message, "Message-ID", f"<{values.message_id}@{letter.domain}>")
    _list_headers(message, letter, values)
    # UTF-8 only for an address that needs it, which only goes to servers that take it (SMTPUTF8).
    chosen = POLICY.clone(utf8=not values.recipient.isascii())
    return message.as_bytes(policy=chosen)


def ascii_address(address: str) -> str:
    """``address`` with its domain in A-labels; the local part as it is."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"


def _list_headers(message: EmailMessage, letter: Letter, values: Values) -> None:
    """The only place that sets List-Unsubscribe and its Post (RFC 8058)."""
    name = re.sub(r'["\\\r\n]', "", letter.list_name)
    identity = f"<{letter.edition}.{letter.domain}>"
    if name.isascii():
        _raw(message, "List-ID", f'"{name}" {identity}')
    else:
        message["List-ID"] = f"{name} {identity}"
    if letter.base_url:
        _raw(message, "List-Unsubscribe", f"<{letter.base_url}/unsubscribe/{values.unsubscribe}>")
        _raw(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        _raw(message, "List-Archive", f"<{letter.base_url}/archive/>")
    _raw(message, "List-Help", f"<mailto:{ascii_address(letter.reply_to or letter.sender)}>")
    _raw(message, "Precedence", "bulk")
    _raw(message, "Feedback-ID", f"{letter.issue.id}:{letter.edition}:all:{_sender_id(letter)}")


def _raw(message: EmailMessage, name: str, value: str) -> None:
    if re.search(r"[\r\n]", value):
        raise ValueError(f"{name}: a line break would forge a header")
    message.set_raw(name, value)


def _text_part(subtype: str, text: str, whole: str) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(encode(text if text.endswith("\n") else text + "\n", (whole,)))
    return part


def _container(
    subtype: str, letter: Letter, name: str, *parts: EmailMessage, kind: str | None = None
) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    of_kind = f'type="{kind}"; ' if kind else ""
    # "=_" can't stand in quoted-printable nor in base64, so no part can end early.
    boundary = f"=_{name}_{letter.issue.sha[:32]}"
    _raw(message, "Content-Type", f'multipart/{subtype}; {of_kind}boundary="{boundary}"')
    message.set_payload(list(parts))
    return message


def _page_and_images(letter: Letter) -> tuple[str, list[EmailMessage]]:
    """The page as it is mailed, and the images that travel with it.

    Where the public pages have an address they host the images; else the page says ``cid:`` where it names a file of the
    issue, and the parts hold those files.
    """
    html = letter.issue.html
    parts: list[EmailMessage] = []
    for path, data in letter.issue.images.items():
        named = re.compile(rf"""(?<=["'(\s,]){re.escape(path)}(?=["')\s,])""")
        if letter.base_url:
            html = named.sub(pictures.address(letter.base_url, letter.issue.id, path), html)
            continue
        stem = path.rpartition("/")[2].rpartition(".")[0]
        identity = f"{stem}.{hashlib.sha256(data).hexdigest()[:16]}@{letter.domain}"
        html, number = named.subn(f"cid:{identity}", html)
        if number:
            parts.append(_image(data, path.rpartition("/")[2], identity))
    return html, parts


def _image(data: bytes, name: str, identity: str) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part.set_content(data, maintype="image", subtype="png", disposition="inline", filename=name)
    del part["MIME-Version"]
    _raw(part, "Content-ID", f"<{identity}>")
    return part


def _sender_id(letter: Letter) -> str:
    # Gmail groups complaints by it: 5 to 15 characters that never change and name nobody.
    return re.sub(r"[^a-z0-9]", "", letter.domain.lower())[:15].ljust(5, "0")


def _expected(letter: Letter) -> tuple[int, int, int]:
    in_bodies = letter.issue.html.count(UNSUBSCRIBE_TOKEN) + letter.issue.text.count(UNSUBSCRIBE_TOKEN)
    return 1, 1, in_bodies + (1 if letter.base_url else 0)


def _counts(raw: bytes, sentinel: Values) -> tuple[int, int, int]:
    return (
        raw.count(sentinel.recipient.encode()),
        raw.count(sentinel.message_id.encode()),
        raw.count(sentinel.unsubscribe.encode()),
    )


def _splicer(letter: Letter, raw: bytes, sentinel: Values) -> Copy:
    names = (sentinel.recipient, sentinel.message_id, sentinel.unsubscribe)
    split = re.compile(b"(" + b"|".join(re.escape(name.encode()) for name in names) + b")")
    pieces = split.split(raw)
    doubled = split.split(stuffed(raw))
    slots = [None if number % 2 == 0 else names.index(piece.decode()) for number, piece in enumerate(pieces)]

    def copy(values: Values) -> Message:
        own = (values.recipient.encode(), values.message_id.encode(), values.unsubscribe.encode())
        if any(b"\r" in value or b"\n" in value for value in own):
            raise ValueError("a line break in a value would forge a header")
        if len(own[1]) != len(sentinel.message_id) or len(own[2]) != len(sentinel.unsubscribe):
            raise ValueError("a token is not as long as its placeholder")
        return Message(
            sender=ascii_address(letter.sender),
            recipient=values.recipient,
            token=values.message_id,
            pieces=_filled(pieces, slots, own),
            stuffed=_filled(doubled, slots, own),
        )

    return copy


def _filled(pieces: list[bytes], slots: list[int | None], own: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(piece if slot is None else own[slot] for piece, slot in zip(pieces, slots, strict=True))


def _message(letter: Letter, values: Values, raw: bytes) -> Message:
    return Message(
        sender=ascii_address(letter.sender),
        recipient=values.recipient,
        token=values.message_id,
        pieces=(raw,),
        stuffed=(stuffed(raw),),
    )


def stuffed(raw: bytes) -> bytes:
    """A second dot before every line that starts with one (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", raw)
