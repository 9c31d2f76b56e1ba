"""Mail addresses: which we take, how two are compared, and how one is spelt on the wire."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

LONGEST = 254
"""Characters of an address that SMTP carries (RFC 5321, 4.5.3.1.3)."""


class AddressRefused(ValueError):
    """This is no mail address; the message says why, in one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """``given`` is the spelling that mail is sent to; ``normalised`` is for comparing only."""

    given: str
    normalised: str


def parse(text: str) -> Address:
    """Check ``text`` by its form, without asking DNS; raises AddressRefused.

    Comparing strips, composes (NFC), writes the domain in A-labels and lowers the case. Dots and plus are never folded:
    to some servers they tell people apart.
    """
    given = unicodedata.normalize("NFC", text.strip())
    if not given:
        raise AddressRefused("no address")
    if len(given) > LONGEST:
        raise AddressRefused(f"longer than {LONGEST} characters")
    if "\N{REPLACEMENT CHARACTER}" in given:
        raise AddressRefused("not in UTF-8")
    try:
        # A test environment also admits names under .test, which no stranger can have.
        checked = validate_email(given, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        raise AddressRefused(" ".join(str(error).split())) from None
    return Address(given=given, normalised=f"{checked.local_part}@{checked.ascii_domain}".lower())
