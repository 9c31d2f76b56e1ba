"""What a server's reply means for the message, for its recipient, and for us as a sender. Pure.

A subscriber is never blamed for a reply that names the sender or the message. Codes: RFC 3463 and its registry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from newsletter.delivery.transport import Receipt, Stage
from newsletter.store.schema import State


class Bounce(StrEnum):
    """What a refusal tells about an address."""

    NONE = ""
    SOFT = "soft"  #: full or away; three issues in a row pause the subscriber
    HARD = "hard"  #: doesn't exist; the subscriber is taken off the list


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Where a row goes after a reply. ``stop`` if the reply blames us as a sender: then nobody can be served."""

    state: State
    reason: str
    enhanced: str | None = None
    bounce: Bounce = Bounce.NONE
    stop: bool = False


WAITS = (1, 4, 16, 30)
"""Minutes before the second, third, fourth attempt; the last one repeats."""

HINTS = {
    "5.7.25": "the sending server's address has no matching name (PTR record)",
    "5.7.26": "neither SPF nor DKIM passes for the From domain",
    "5.7.27": "SPF doesn't pass for the sender's domain",
    "5.7.29": "the connection has to be encrypted (TLS)",
    "5.7.30": "DKIM doesn't pass",
    "5.7.515": "Outlook.com asks for SPF, DKIM and DMARC of this sender",
}
"""What large providers mean by a code, as reported; shown to the operator."""

_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_SENDER_CODES = frozenset({530, 534, 535, 538})
_SENDER = re.compile(r"5\.7\.\d+|5\.1\.[78]|4\.7\.(2[3-7]|29|3[0-2])")
_HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_MESSAGE = re.compile(r"5\.3\.4|5\.[56]\.\d+")
_UNKNOWN_USER = re.compile(
    r"(user|recipient|address|mailbox|account)\s+(is\s+)?(unknown|not\s+found|does\s+not\s+exist|doesn't\s+exist)"
    r"|(unknown|no\s+such|invalid)\s+(local\s+)?(user|recipient|address|mailbox)",
    re.IGNORECASE,
)


def judge(receipt: Receipt) -> Verdict:
    """The verdict on a reply."""
    found = _ENHANCED.match(receipt.text)
    enhanced = found.group(1) if found else None
    if receipt.accepted:
        return Verdict(state=State.ACCEPTED, reason="", enhanced=enhanced)
    if receipt.stage is Stage.LOCAL:
        return Verdict(state=State.REJECTED, reason="local")
    if _blames_sender(receipt, enhanced):
        return Verdict(state=State.DEFERRED, reason="sender refused", enhanced=enhanced, stop=True)
    if receipt.code < 500:
        return Verdict(state=State.DEFERRED, reason="try later", enhanced=enhanced)
    bounce = _bounce(receipt, enhanced)
    reason = {
        Bounce.HARD: "no such mailbox",
        Bounce.SOFT: "mailbox refused",
        Bounce.NONE: "message refused",
    }[bounce]
    return Verdict(state=State.REJECTED, reason=reason, enhanced=enhanced, bounce=bounce)


def wait(attempt: int, spread: float) -> timedelta:
    """How long to wait after a failed attempt (the first is 1); ``spread`` in [-1, 1] moves it by up to 20 %."""
    minutes = WAITS[min(attempt, len(WAITS)) - 1] if attempt > 0 else WAITS[0]
    return timedelta(minutes=minutes * (1 + 0.2 * spread))


def _blames_sender(receipt: Receipt, enhanced: str | None) -> bool:
    if receipt.code in _SENDER_CODES or (enhanced and _SENDER.fullmatch(enhanced)):
        return True
    at_fault = enhanced is not None and _MESSAGE.fullmatch(enhanced)
    return receipt.stage is Stage.MAIL and receipt.code >= 500 and receipt.code != 552 and not at_fault


def _bounce(receipt: Receipt, enhanced: str | None) -> Bounce:
    if enhanced in _HARD:
        return Bounce.HARD
    if enhanced is not None and _MESSAGE.fullmatch(enhanced):
        return Bounce.NONE
    if enhanced == "5.2.2" or (enhanced or "").startswith("5.4."):
        return Bounce.SOFT
    if receipt.stage is Stage.RCPT:
        return Bounce.HARD if _UNKNOWN_USER.search(receipt.text) else Bounce.SOFT
    return Bounce.NONE
