"""Tokens only we can make; keys that were replaced still open what they closed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.brief import TOKEN_LENGTH, UNSUBSCRIBE_TOKEN
from newsletter.errors import ConfigError
from newsletter.subscribers.keys import Keys, Purpose, from_environment, optional
from newsletter.subscribers.roster import new_id

OLD, NEW = "the key of last year, invented", "the key of this year, invented"


def keys(current: str, *older: str) -> Keys:
    return from_environment({"NEWSLETTER_SECRET_KEY": current, "NEWSLETTER_OLD_SECRET_KEYS": ",".join(older)})


def keys_without_blanks() -> tuple[Keys, Keys]:
    old, new = OLD.replace(" ", "-").replace(",", ""), NEW.replace(" ", "-").replace(",", "")
    return keys(old), keys(new, old)


def test_a_token_is_as_long_as_its_placeholder_and_plain() -> None:
    token = keys(NEW).token(Purpose.UNSUBSCRIBE, new_id())

    assert len(token) == TOKEN_LENGTH == len(UNSUBSCRIBE_TOKEN) == 45
    assert re.fullmatch(r"[a-z0-9]+", token)


def test_a_token_says_whose_and_what_for() -> None:
    identity = new_id()

    assert keys(NEW).read(keys(NEW).token(Purpose.UNSUBSCRIBE, identity)) == (Purpose.UNSUBSCRIBE, identity)


def test_a_server_that_folds_case_spoils_nothing() -> None:
    identity = new_id()

    assert keys(NEW).read(keys(NEW).token(Purpose.UNSUBSCRIBE, identity).upper()) is not None


@given(st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"))
def test_no_other_letter_anywhere_is_taken(position: int, letter: str) -> None:
    token = keys(NEW).token(Purpose.UNSUBSCRIBE, "abcdefghijklmnop")
    forged = token[:position] + letter + token[position + 1 :]

    assert (keys(NEW).read(forged) is None) == (forged != token)


@given(st.text(max_size=60))
def test_nothing_else_is_a_token(text: str) -> None:
    assert keys(NEW).read(text) is None


@pytest.mark.parametrize("text", [UNSUBSCRIBE_TOKEN, "1" + "a" * 44, "1" + "é" * 44, ""])
def test_neither_are_these(text: str) -> None:
    assert keys(NEW).read(text) is None


def test_another_key_opens_nothing_until_it_is_named_as_the_old_one() -> None:
    old, both = keys_without_blanks()
    token = old.token(Purpose.UNSUBSCRIBE, "abcdefghijklmnop")

    assert keys(NEW).read(token) is None
    assert both.read(token) == (Purpose.UNSUBSCRIBE, "abcdefghijklmnop")
    assert both.token(Purpose.UNSUBSCRIBE, "abcdefghijklmnop") != token


def test_a_new_key_still_knows_who_was_suppressed_under_the_old_one() -> None:
    old, both = keys_without_blanks()

    assert old.digests("anna@example.com")[0] in both.digests("anna@example.com")
    assert both.digests("anna@example.com")[0] not in old.digests("anna@example.com")
    assert set(old.digests("anna@example.com")).isdisjoint(old.digests("anne@example.com"))


def test_message_ids_are_the_same_on_every_attempt_and_different_for_all_else() -> None:
    found = {keys(NEW).message_id(issue, who) for issue in ("a", "b") for who in ("c", "d") for _ in range(2)}

    assert len(found) == 4
    assert all(re.fullmatch(r"[a-z2-7]{26}", one) for one in found)


def test_an_id_that_is_none_makes_no_token() -> None:
    with pytest.raises(ValueError, match="not the id of a subscriber"):
        keys(NEW).token(Purpose.UNSUBSCRIBE, "short")


def test_ids_are_random_and_plain() -> None:
    made = {new_id() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch(r"[a-z2-7]{16}", one) for one in made)


def test_no_key_and_weak_keys() -> None:
    assert optional({}) is None
    assert optional({"NEWSLETTER_SECRET_KEY": ""}) is None
    with pytest.raises(ConfigError, match=r"secrets\.token_urlsafe"):
        from_environment({})
    with pytest.raises(ConfigError, match="shorter"):
        optional({"NEWSLETTER_SECRET_KEY": NEW, "NEWSLETTER_OLD_SECRET_KEYS": "short"})


def test_a_key_is_never_shown() -> None:
    assert NEW not in repr(keys(NEW))
