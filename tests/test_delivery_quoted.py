"""Quoted-printable as the standard library reads it, with tokens that no soft line break splits."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.delivery.quoted import encode

TOKEN = "unsubscribetokenplaceholder".ljust(45, "0")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=400)


def decoded(encoded: str) -> str:
    return quopri.decodestring(encoded.encode("ascii")).decode("utf-8")


@given(TEXT)
@example("From the desk")
@example("a" * 75 + " ")
@example("a" * 74 + " ")
@example("é" * 40 + "\t\n.\n..\n = ")
@example("x" * 74 + "=" + "y" * 76 + "\n")
def test_the_library_reads_back_what_was_written(text: str) -> None:
    encoded = encode(text)

    assert decoded(encoded) == text
    assert all(len(line) <= 76 for line in encoded.split("\n"))
    assert not any(line.endswith((" ", "\t")) for line in encoded.split("\n"))


@pytest.mark.parametrize("offset", range(90))
def test_a_token_stays_whole_wherever_it_stands(offset: int) -> None:
    text = f"{'=' * (offset % 7)}{'a' * offset}{TOKEN}é{TOKEN}\n"

    encoded = encode(text, (TOKEN,))

    assert encoded.count(TOKEN) == 2
    assert decoded(encoded) == text
    assert all(len(line) <= 76 for line in encoded.split("\n"))


def test_line_ends_become_one_kind() -> None:
    assert encode("a\r\nb\rc\n") == "a\nb\nc\n"


def test_a_line_that_starts_like_a_mailbox_file_is_hidden() -> None:
    assert encode("From here on") != "From here on"
    assert decoded(encode("From here on")) == "From here on"


@pytest.mark.parametrize("piece", ["a-b", "é", "a" * 76])
def test_only_plain_short_tokens_can_be_kept_whole(piece: str) -> None:
    with pytest.raises(ValueError, match="alphanumeric"):
        encode("text", (piece,))
