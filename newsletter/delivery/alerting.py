"""Telling the operator, once, that something failed while nobody was looking."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import structlog

from newsletter.config import Config
from newsletter.delivery.message import ascii_address, stuffed
from newsletter.delivery.transport import Connect, ConnectionLost, Message
from newsletter.errors import NewsletterError
from newsletter.store import status
from newsletter.store.database import opened

log = structlog.get_logger()


def alert(
    config: Config, subject: str, text: str, *, issue: str, kind: str, now: datetime, connect: Connect
) -> bool:
    """Mail the operator about ``issue`` unless they were told of this ``kind`` before; whether they were told now.

    Never raises for what can go wrong in telling: that is logged, and the next time tells again.
    """
    subject = " ".join(subject.split())
    if config.operator.address is None:
        log.warning(subject, action="alert_not_sent", issue=issue, reason="operator.address is not set")
        return False
    try:
        with opened(config.paths.store) as store:
            if not status.first_alert(store, issue, kind, now):
                return False
            problem = _sent(_message(config, subject, text, issue=issue, kind=kind, now=now), connect)
            if problem is None:
                log.info(subject, action="alert_sent", issue=issue, kind=kind)
                return True
            status.forget_alert(store, issue, kind)
    except NewsletterError as error:
        problem = str(error)
    log.error(subject, action="alert_failed", issue=issue, kind=kind, reason=problem)
    return False


def _sent(message: Message, connect: Connect) -> str | None:
    """Why it couldn't be sent, or None."""
    try:
        with connect() as transport:
            receipt = transport.send(message)
    except (NewsletterError, ConnectionLost) as error:
        return str(error)
    return None if receipt.accepted else f"{receipt.code} {receipt.text}"


def _message(config: Config, subject: str, text: str, *, issue: str, kind: str, now: datetime) -> Message:
    recipient = ascii_address(config.operator.address or "")
    sender = ascii_address(config.sender.address or recipient)
    token = hashlib.sha256(f"{issue} {kind} {now.isoformat()}".encode()).hexdigest()[:32]
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(config.name, addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{token}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    raw = mail.as_bytes()
    return Message(sender=sender, recipient=recipient, token=token, pieces=(raw,), stuffed=(stuffed(raw),))
