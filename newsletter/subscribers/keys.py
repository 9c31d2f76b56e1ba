"""What only we can make: link tokens, Message-IDs, and the digests of the suppression list.

Everything is an HMAC-SHA256 under NEWSLETTER_SECRET_KEY, each use under its own label. Older keys, listed in
NEWSLETTER_OLD_SECRET_KEYS, verify for ever, so that a link in an old mail still works after a new key was made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from newsletter.brief import TOKEN_LENGTH
from newsletter.config import secret
from newsletter.errors import ConfigError

HOW_TO_MAKE = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
SHORTEST = 16
"""Characters of a key. Whoever guesses it can unsubscribe others, so it must be random."""

_VERSION = "1"
_TOKEN = re.compile(r"1[a-z2-7]{44}")


class Purpose(StrEnum):
    """What a link may do, its letter inside the token."""

    UNSUBSCRIBE = "u"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """The secret keys, the one in use first."""

    secrets: tuple[bytes, ...] = field(repr=False)

    def token(self, purpose: Purpose, subscriber: str) -> str:
        """The token of a subscriber's link: version, key, purpose, subscriber, 128 bits of signature.

        It never expires and says nothing of an issue. TOKEN_LENGTH characters of lower-case base32, so that no encoder
        and no server that folds case can spoil it.
        """
        return self._signed(self.secrets[0], purpose, subscriber)

    def read(self, token: str) -> tuple[Purpose, str] | None:
        """Purpose and subscriber of a token that we made, or None for anything else."""
        token = token.lower()
        if not _TOKEN.fullmatch(token) or token[2] not in set(Purpose):
            return None
        purpose, subscriber = Purpose(token[2]), token[3:19]
        for key in self.secrets:
            if hmac.compare_digest(self._signed(key, purpose, subscriber), token):
                return purpose, subscriber
        return None

    def message_id(self, issue: str, subscriber: str) -> str:
        """The left part of a Message-ID: the same on every attempt, so that receivers can drop a repeat."""
        return _base32(_mac(self.secrets[0], "message", f"{issue} {subscriber}")[:16])

    def digests(self, normalised: str) -> tuple[bytes, ...]:
        """What stands for an address on the suppression list, under each key."""
        return tuple(_mac(key, "suppression", normalised) for key in self.secrets)

    def _signed(self, key: bytes, purpose: Purpose, subscriber: str) -> str:
        name = _base32(hashlib.sha256(b"newsletter key name " + key).digest())[0]
        head = f"{_VERSION}{name}{purpose.value}{subscriber}"
        token = head + _base32(_mac(key, "token", head)[:16])
        if len(token) != TOKEN_LENGTH:
            raise ValueError(f"{subscriber!r} is not the id of a subscriber")
        return token


def from_environment(environment: Mapping[str, str] | None = None) -> Keys:
    """The keys; raises ConfigError, telling how to make one, where there is none."""
    found = optional(environment)
    if found is None:
        raise ConfigError(
            f"NEWSLETTER_SECRET_KEY is not set: make one with `{HOW_TO_MAKE}` and keep it, links in old mails depend on it"
        )
    return found


def optional(environment: Mapping[str, str] | None = None) -> Keys | None:
    """The keys, or None where NEWSLETTER_SECRET_KEY is not set; a short one raises ConfigError."""
    current = secret("SECRET_KEY", environment)
    if current is None:
        return None
    older = (secret("OLD_SECRET_KEYS", environment) or "").replace(",", " ").split()
    if any(len(key) < SHORTEST for key in (current, *older)):
        raise ConfigError(
            f"NEWSLETTER_SECRET_KEY: a key is shorter than {SHORTEST} characters; make one with `{HOW_TO_MAKE}`"
        )
    return Keys(secrets=tuple(key.encode() for key in (current, *older)))


def _mac(key: bytes, label: str, text: str) -> bytes:
    return hmac.digest(key, f"newsletter {label}: {text}".encode(), "sha256")


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()
