"""Which addresses are taken, and when two are the same."""

from __future__ import annotations

import pytest

from newsletter.subscribers.addresses import AddressRefused, parse


@pytest.mark.parametrize(
    ("text", "given", "normalised"),
    [
        ("Anna.Berg@Example.com", "Anna.Berg@Example.com", "anna.berg@example.com"),
        ("  anna@example.com\t", "anna@example.com", "anna@example.com"),
        ("anna+brief@example.com", "anna+brief@example.com", "anna+brief@example.com"),
        ("a.n.n.a@example.com", "a.n.n.a@example.com", "a.n.n.a@example.com"),
        ("anna@Bücher.example", "anna@Bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"),
        # An umlaut in two code points and in one is the same letter.
        ("jo\u0308rg@example.com", "jörg@example.com", "jörg@example.com"),
        ("tester@inbox.test", "tester@inbox.test", "tester@inbox.test"),
    ],
)
def test_spelling_is_kept_and_comparing_folds_case_and_domain(text: str, given: str, normalised: str) -> None:
    address = parse(text)

    assert (address.given, address.normalised) == (given, normalised)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "anna", "anna@", "@example.com", "anna@example", "anna@@example.com", "a b@example.com"),
        *("anna@example.com, bob@example.com", "<anna@example.com>", "Anna <anna@example.com>", "anna@.com"),
        *("anna@example.com\r\nBcc: all@example.com", "anna\0@example.com", "anna@exa\x1bmple.com"),
        *("anna@[127.0.0.1]", "anna@localhost", '"a@b"@example.com', "anna..berg@example.com", "anna@-x.com"),
        *(
            "x" * 65 + "@example.com",
            "x@" + "y" * 250 + ".com",
            "a\ufffdna@example.com",
            "=cmd|x@example.com "[:0],
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        parse(text)

    assert str(refused.value).isprintable()
