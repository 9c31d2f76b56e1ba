"""What replies mean, row by row of the table in docs/delivery.md. Texts are as servers write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.delivery.replies import Bounce, judge, wait
from newsletter.delivery.sending import over_budget
from newsletter.delivery.transport import Receipt, Stage
from newsletter.store.schema import State

MAIL, RCPT, DATA, DOT = Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT


@pytest.mark.parametrize(
    ("stage", "code", "text", "state", "bounce"),
    [
        (DOT, 250, "2.0.0 Ok: queued as 4XyZ", State.ACCEPTED, Bounce.NONE),
        (DOT, 250, "OK", State.ACCEPTED, Bounce.NONE),
        # Not now.
        (RCPT, 451, "4.7.1 Greylisting in action, please come back later", State.DEFERRED, Bounce.NONE),
        (RCPT, 450, "4.2.0 mailbox busy", State.DEFERRED, Bounce.NONE),
        (DOT, 452, "4.3.1 Insufficient system storage", State.DEFERRED, Bounce.NONE),
        (MAIL, 421, "4.7.0 Too many connections", State.DEFERRED, Bounce.NONE),
        (DATA, 451, "4.3.0 try again", State.DEFERRED, Bounce.NONE),
        # The address doesn't exist.
        (
            RCPT,
            550,
            "5.1.1 The email account that you tried to reach does not exist",
            State.REJECTED,
            Bounce.HARD,
        ),
        (RCPT, 550, "5.1.2 no such domain", State.REJECTED, Bounce.HARD),
        (RCPT, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound", State.REJECTED, Bounce.HARD),
        (RCPT, 550, "5.2.1 mailbox disabled", State.REJECTED, Bounce.HARD),
        (DOT, 550, "5.1.1 unknown after all", State.REJECTED, Bounce.HARD),
        (RCPT, 550, "No such user here", State.REJECTED, Bounce.HARD),
        (RCPT, 550, "Recipient not found", State.REJECTED, Bounce.HARD),
        (RCPT, 553, "sorry, that address does not exist", State.REJECTED, Bounce.HARD),
        # It does, but takes nothing now.
        (RCPT, 552, "5.2.2 mailbox full", State.REJECTED, Bounce.SOFT),
        (RCPT, 554, "5.4.4 unable to route", State.REJECTED, Bounce.SOFT),
        (RCPT, 550, "Requested action not taken: mailbox unavailable", State.REJECTED, Bounce.SOFT),
        # Our message is at fault.
        (MAIL, 552, "5.3.4 Message size exceeds fixed limit", State.REJECTED, Bounce.NONE),
        (RCPT, 501, "5.5.4 bad parameter", State.REJECTED, Bounce.NONE),
        (DOT, 554, "5.6.0 malformed message", State.REJECTED, Bounce.NONE),
        (DOT, 550, "spam", State.REJECTED, Bounce.NONE),
    ],
)
def test_a_reply_about_recipient_or_message(
    stage: Stage, code: int, text: str, state: State, bounce: Bounce
) -> None:
    verdict = judge(Receipt(stage=stage, code=code, text=text))

    assert (verdict.state, verdict.bounce, verdict.stop) == (state, bounce, False)


@pytest.mark.parametrize(
    ("stage", "code", "text"),
    [
        (RCPT, 554, "5.7.1 Relay access denied"),
        (DOT, 550, "5.7.26 Unauthenticated email from brief.example.com is not accepted"),
        (DOT, 550, "5.7.515 Access denied, sending domain does not meet the required authentication level"),
        (MAIL, 553, "5.1.8 sender address rejected"),
        (MAIL, 553, "5.1.7 bad sender"),
        (DOT, 451, "4.7.27 SPF does not pass"),
        (DOT, 421, "4.7.32 no alignment"),
        (MAIL, 530, "Must issue a STARTTLS command first"),
        (MAIL, 530, "5.7.0 Authentication required"),
        (RCPT, 535, "authentication credentials invalid"),
        (MAIL, 550, "go away"),
    ],
)
def test_a_reply_about_us_stops_the_run_and_blames_nobody(stage: Stage, code: int, text: str) -> None:
    verdict = judge(Receipt(stage=stage, code=code, text=text))

    assert (verdict.state, verdict.bounce, verdict.stop) == (State.DEFERRED, Bounce.NONE, True)


def test_greylisting_is_no_reply_about_us() -> None:
    # 4.7.1 and 4.7.28 are about pace, 4.7.23 to 4.7.27 about who we are.
    assert not judge(Receipt(stage=RCPT, code=450, text="4.7.28 rate limited")).stop
    assert judge(Receipt(stage=RCPT, code=450, text="4.7.23 no PTR")).stop


def test_what_we_refuse_ourselves() -> None:
    verdict = judge(Receipt(stage=Stage.LOCAL, code=0, text="no SMTPUTF8"))

    assert (verdict.state, verdict.reason, verdict.bounce) == (State.REJECTED, "local", Bounce.NONE)


def test_a_code_inside_the_text_is_not_the_enhanced_code() -> None:
    verdict = judge(Receipt(stage=RCPT, code=550, text="see 5.7.1 in our manual"))

    assert (verdict.enhanced, verdict.stop) == (None, False)


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 4), (3, 16), (4, 30), (5, 30), (9, 30)])
def test_waits_grow_to_half_an_hour(attempt: int, minutes: int) -> None:
    assert wait(attempt, 0) == timedelta(minutes=minutes)
    assert wait(attempt, 1) == timedelta(minutes=minutes) * 1.2
    assert wait(attempt, -1) == timedelta(minutes=minutes) * 0.8


@pytest.mark.parametrize(
    ("results", "rejected", "unknown", "held"),
    [
        (49, 49, 0, False),  # too few to judge by
        (50, 2, 0, False),
        (100, 5, 0, False),  # five per cent is not over five per cent
        (100, 6, 0, True),
        (60, 0, 1, False),  # one is an accident
        (60, 0, 2, True),
        (200, 0, 2, False),
        (200, 0, 3, True),
    ],
)
def test_error_budget(results: int, rejected: int, unknown: int, held: bool) -> None:
    assert bool(over_budget(results, rejected, unknown)) is held
