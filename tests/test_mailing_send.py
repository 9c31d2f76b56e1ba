"""Mailing the list through a real server: everyone once, each with their own copy, and a ledger that says the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter import mailing
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.config import Config
from newsletter.delivery.sending import Stop
from newsletter.delivery.transport import ConnectionLost, Message, NoConnection, Receipt, Stage, Transport
from newsletter.delivery.transports.memory import TAKEN, Memory
from newsletter.errors import Held, MailError, StoreError
from newsletter.mailing import MailingReport, Outcome
from newsletter.store import ledger, subscribers
from newsletter.store.database import opened
from newsletter.store.schema import Course, Standing, State
from newsletter.subscribers import roster
from newsletter.subscribers.keys import Purpose
from tests.mail_support import (
    BASE_URL,
    CERTIFICATE,
    DEADLINE,
    ENVIRONMENT,
    ISSUE,
    KEYS,
    SEND_TIME,
    Ticking,
    at_send_time,
    config_at,
    fill,
    ids,
    issue_at,
    read,
    readers,
    server,
)


def states(report: MailingReport) -> dict[State, int]:
    assert report.account is not None
    return {state: number for state, number in report.account.states.items() if number}


def standing(config: Config, address: str) -> Standing:
    with opened(config.paths.store) as store:
        return roster.find(store, address).state


def refused(*replies: tuple[str, int, str], stage: Stage = Stage.RCPT) -> Callable[[Message], Receipt]:
    """A server that refuses some by their address, each for good."""
    known = {address: Receipt(stage=stage, code=code, text=text) for address, code, text in replies}
    return lambda message: known.get(message.recipient, TAKEN)


def send(
    config: Config,
    folder: Path,
    memory: Memory,
    clock: Ticking | None = None,
    *,
    stop: Stop | None = None,
) -> MailingReport:
    time = clock or Ticking()
    return mailing.mail(
        config,
        folder,
        clock=time,
        environment=ENVIRONMENT,
        connect=memory.connected,
        pause=time.pause,
        stop=stop or Stop(),
    )


def test_fifty_get_their_own_copy_once(tmp_path: Path) -> None:
    with server(tmp_path / "inbox") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, readers(50))
        folder = issue_at(tmp_path)

        first = mailing.mail(config, folder, clock=at_send_time, environment=ENVIRONMENT)
        second = mailing.mail(config, folder, clock=at_send_time, environment=ENVIRONMENT)

        got = inbox.raw()
    assert (first.outcome, first.exit_code) == (Outcome.SENT, 0)
    assert (second.outcome, second.exit_code) == (Outcome.ALREADY_SENT, 0)
    assert second.summary == f"{ISSUE} already sent: 50 planned, 50 accepted"
    assert sorted(recipient for _, recipient, _ in got) == readers(50)
    assert states(first) == {State.ACCEPTED: 50}

    identity = ids(config)
    for sender, recipient, content in got:
        message = read(content)
        token = KEYS.token(Purpose.UNSUBSCRIBE, identity[recipient])
        assert sender == "brief@brief.example.com"
        assert message["To"] == recipient
        assert message["List-Unsubscribe"] == f"<https://brief.example.com/unsubscribe/{token}>"
        assert message["Message-ID"] == f"<{KEYS.message_id(ISSUE, identity[recipient])}@brief.example.com>"
        for kind in ("plain", "html"):
            body = message.get_body((kind,))
            assert body is not None
            assert re.findall(r"/unsubscribe/(\w+)", body.get_content()) == [token]


def test_the_ledger_tells_each_refusal_apart(tmp_path: Path) -> None:
    options = {
        "refuse": "reader0003@inbox.example:550 5.1.1 no such user;reader0005@inbox.example:552 5.2.2 full",
        "once": "reader0007@inbox.example:451 4.7.1 greylisted",
        "cut": "reader0009@inbox.example",
        "drop": "reader0011@inbox.example",
    }
    addresses = readers(200)
    clock = Ticking()
    with server(tmp_path / "inbox", **options) as inbox:
        # One connection: two that wait at once would each move the one clock, and count the same minute twice.
        smtp = f"{{host: 127.0.0.1, port: {inbox.port}, connections: 1, timeout: 5}}"
        config = config_at(tmp_path, smtp=smtp)
        fill(config, addresses)
        report = mailing.mail(
            config, issue_at(tmp_path), clock=clock, environment=ENVIRONMENT, pause=clock.pause, stop=Stop()
        )
        got = inbox.recipients()
    assert states(report) == {State.ACCEPTED: 197, State.REJECTED: 2, State.UNKNOWN: 1}
    assert report.exit_code == 0
    assert set(addresses) - set(got) == {"reader0003@inbox.example", "reader0005@inbox.example"}
    assert set(got.values()) == {1}
    assert report.account is not None
    assert [doubt.address for doubt in report.account.unknown] == ["reader0011@inbox.example"]
    assert 40 <= sum(clock.waits) <= 80, "the deferred wait a minute, give or take a fifth"
    assert standing(config, "reader0003@inbox.example") is Standing.BOUNCED
    assert standing(config, "reader0005@inbox.example") is Standing.CONFIRMED
    assert standing(config, "reader0007@inbox.example") is Standing.CONFIRMED


def test_every_server_reply_in_the_ledger(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(2))
    memory = Memory(refused((readers(2)[1], 550, "5.1.1 no such user")))

    report = send(config, issue_at(tmp_path), memory)

    assert report.account is not None
    assert report.account.reasons == (("no such mailbox", State.REJECTED, 1),)
    assert report.account.domains == (
        ("inbox.example", State.ACCEPTED, 1),
        ("inbox.example", State.REJECTED, 1),
    )


def test_who_may_not_receive_is_counted_by_reason(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(5))
    with opened(config.paths.store) as store:
        roster.remove(store, readers(5)[0], keys=KEYS, now=SEND_TIME)
        with store.writing() as connection:
            subscribers.move(connection, ids(config)[readers(5)[1]], Standing.PENDING, SEND_TIME)
            subscribers.move(connection, ids(config)[readers(5)[2]], Standing.PAUSED, SEND_TIME)
            # Suppressed although the row says confirmed: what a restored backup would look like.
            subscribers.suppress(connection, KEYS.digests(readers(5)[3])[0], Standing.COMPLAINED, SEND_TIME)
    memory = Memory()

    report = send(config, issue_at(tmp_path), memory)

    assert [message.recipient for message in memory.messages] == [readers(5)[4]]
    assert report.account is not None
    assert report.account.left_out == {"left": 1, "pending": 1, "paused": 1, "suppressed": 1}
    assert (report.account.mailing.candidates, report.account.mailing.planned) == (5, 1)


def test_who_leaves_while_it_goes_out_is_spared(tmp_path: Path) -> None:
    config = config_at(tmp_path, smtp="{connections: 1}")
    fill(config, readers(40))
    gone: list[str] = []

    def answer(message: Message) -> Receipt:
        if not gone:
            gone.extend(sorted(set(readers(40)) - {message.recipient}))
            with opened(config.paths.store) as store:
                for address in gone:
                    roster.remove(store, address, keys=KEYS, now=SEND_TIME)
        return TAKEN

    memory = Memory(answer)
    report = send(config, issue_at(tmp_path), memory)

    # Those claimed together with the first are on their way.
    assert states(report) == {State.ACCEPTED: 4, State.EXPIRED: 36}
    assert report.account is not None
    assert report.account.reasons == (("suppressed", State.EXPIRED, 36),)
    assert report.exit_code == 0


def test_a_4xx_is_tried_again_at_growing_distances(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(1))
    times: list[timedelta] = []
    clock = Ticking()

    def answer(message: Message) -> Receipt:
        times.append(clock.now - SEND_TIME)
        return TAKEN if len(times) == 4 else Receipt(stage=Stage.RCPT, code=451, text="4.7.1 greylisted")

    report = send(config, issue_at(tmp_path), Memory(answer), clock)

    assert states(report) == {State.ACCEPTED: 1}
    gaps = [(later - sooner).total_seconds() / 60 for sooner, later in pairwise(times)]
    assert [round(gap / middle, 0) for gap, middle in zip(gaps, (1, 4, 16), strict=True)] == [1, 1, 1]
    assert len(set(times)) == 4


def test_a_4xx_that_never_ends_expires_at_the_deadline(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(3))
    clock = Ticking()
    later = Receipt(stage=Stage.RCPT, code=451, text="4.3.0 try later")
    memory = Memory(lambda message: later if message.recipient == readers(3)[0] else TAKEN)

    report = send(config, issue_at(tmp_path), memory, clock)
    again = send(config, issue_at(tmp_path), memory, clock)

    assert states(report) == {State.ACCEPTED: 2, State.EXPIRED: 1}
    assert report.exit_code == 1, "somebody goes without: cron should say so"
    assert clock.now < DEADLINE
    assert again.outcome is Outcome.ALREADY_SENT


def test_the_same_message_id_on_every_attempt(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(1))
    seen: list[bytes] = []

    def answer(message: Message) -> Receipt:
        seen.append(message.content())
        return TAKEN if len(seen) == 2 else Receipt(stage=Stage.DOT, code=451, text="4.3.0 later")

    send(config, issue_at(tmp_path), Memory(answer))

    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Receipt(stage=Stage.RCPT, code=554, text="5.7.1 Relay access denied"), "5.7.1 Relay access denied"),
        (Receipt(stage=Stage.DOT, code=550, text="5.7.25 no PTR"), "no matching name"),
        (Receipt(stage=Stage.MAIL, code=553, text="5.1.8 bad sender"), "5.1.8 bad sender"),
    ],
)
def test_a_refusal_of_us_holds_the_mailing_and_costs_nobody(
    tmp_path: Path, reply: Receipt, says: str
) -> None:
    config = config_at(tmp_path)
    fill(config, readers(60))
    folder = issue_at(tmp_path)
    tried: list[str] = []

    def answer(message: Message) -> Receipt:
        tried.append(message.recipient)
        return reply

    with pytest.raises(Held, match=re.escape(says)) as held:
        send(config, folder, Memory(answer))

    assert held.value.exit_code == 3
    assert len(tried) <= 4, "each connection stops at its first"
    account = mailing.status(config)
    assert account is not None
    assert account.mailing.state is Course.HELD
    assert account.states[State.PLANNED] + account.states[State.DEFERRED] == 60
    assert {standing(config, address) for address in tried} == {Standing.CONFIRMED}

    memory = Memory()
    report = send(config, folder, memory)
    assert states(report) == {State.ACCEPTED: 60}
    with opened(config.paths.store) as store:
        mailed = ledger.find(store, ISSUE)
    assert mailed is not None
    assert mailed.state is Course.DONE


def test_too_many_refusals_hold_the_mailing(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(300))
    bad = {address for number, address in enumerate(readers(300)) if number % 3 == 0}
    spam = Receipt(stage=Stage.DOT, code=554, text="5.6.0 looks like spam")
    memory = Memory(lambda message: spam if message.recipient in bad else TAKEN)

    with pytest.raises(Held, match=r"held with \d+ recipients not served: \d+ of 5\d rejected"):
        send(config, issue_at(tmp_path), memory)

    assert len(memory.messages) < 60
    assert {standing(config, address) for address in bad} == {Standing.CONFIRMED}, "our message was at fault"


def test_too_many_lost_replies_hold_the_mailing(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(300))

    def answer(message: Message) -> Receipt:
        raise ConnectionLost("the server hung up", begun=True, handed_over=True)

    with pytest.raises(Held, match="without a reply"):
        send(config, issue_at(tmp_path), Memory(answer))

    account = mailing.status(config)
    assert account is not None
    assert 50 <= account.states[State.UNKNOWN] <= 56
    assert account.states[State.PLANNED] == 300 - account.states[State.UNKNOWN]


def test_a_server_that_hangs_up_at_once_holds_the_mailing(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(20))
    clock = Ticking()

    def answer(message: Message) -> Receipt:
        raise ConnectionLost("the server hung up", begun=False, handed_over=False)

    with pytest.raises(Held, match="connections failed in a row"):
        send(config, issue_at(tmp_path), Memory(answer), clock)

    account = mailing.status(config)
    assert account is not None
    assert account.states[State.PLANNED] == 20
    assert sum(clock.waits) > 1, "it waits longer after each failure"


def test_three_soft_bounces_in_a_row_pause(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(3))
    full = refused((readers(3)[0], 552, "5.2.2 mailbox full"))
    for day, answer in ((25, full), (26, full), (27, refused()), (28, full), (29, full)):
        morning = SEND_TIME.replace(day=day)
        send(config, issue_at(tmp_path, day=morning.date()), Memory(answer), Ticking(morning))
    assert standing(config, readers(3)[0]) is Standing.CONFIRMED

    # The exchange is closed on the first of September.
    last = SEND_TIME.replace(month=9, day=2)
    send(config, issue_at(tmp_path, day=last.date()), Memory(full), Ticking(last))

    assert standing(config, readers(3)[0]) is Standing.PAUSED
    assert standing(config, readers(3)[1]) is Standing.CONFIRMED


def test_an_issue_changed_after_its_mailing_began_is_held(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(8))
    stop = Stop()

    def answer(message: Message) -> Receipt:
        stop.set()
        return TAKEN

    first = send(config, issue_at(tmp_path), Memory(answer), stop=stop)
    assert (first.outcome, first.exit_code) == (Outcome.STOPPED, 1)
    changed = issue_at(tmp_path, text=f"Other words. {BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}")

    with pytest.raises(Held, match="changed after its mailing began"):
        send(config, changed, Memory())

    assert states(send(config, issue_at(tmp_path), Memory())) == {State.ACCEPTED: 8}


def test_too_late_is_said_and_nothing_begun(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(3))
    memory = Memory()

    with pytest.raises(
        MailError, match=r"too late: it was to be mailed before 09:45 EDT on 2025-08-26; nobody"
    ):
        send(config, issue_at(tmp_path), memory, Ticking(DEADLINE))

    assert memory.messages == []
    assert mailing.status(config) is None


def test_a_mailing_resumed_too_late_expires_its_rows(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(20))
    folder = issue_at(tmp_path)
    denied = Receipt(stage=Stage.MAIL, code=530, text="5.7.0 login first")
    with pytest.raises(Held):
        send(config, folder, Memory(lambda _: denied))

    with pytest.raises(MailError, match="20 of 20 recipients go without"):
        send(config, folder, Memory(), Ticking(DEADLINE + timedelta(hours=1)))

    account = mailing.status(config)
    assert account is not None
    assert account.states[State.EXPIRED] == 20
    assert send(config, folder, Memory()).outcome is Outcome.ALREADY_SENT


def test_the_deadline_counts_from_the_bell_of_the_day(tmp_path: Path) -> None:
    """New York opens at 9:30 all year: 13:30 in UTC in summer, 14:30 in winter."""
    config = config_at(tmp_path)
    edition = config.editions[0]
    summer = SEND_TIME.date()

    assert mailing.deadline(edition, summer) == DEADLINE
    assert mailing.deadline(edition, summer.replace(month=12, day=1)) == DEADLINE.replace(
        month=12, day=1, hour=14
    )


def test_an_empty_list_freezes_nothing(tmp_path: Path) -> None:
    config = config_at(tmp_path)

    report = send(config, issue_at(tmp_path), Memory())

    assert (report.outcome, report.exit_code) == (Outcome.NOBODY, 0)
    assert mailing.status(config) is None


def test_starttls_and_login_on_the_whole_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    login = {"NEWSLETTER_SMTP_USERNAME": "desk", "NEWSLETTER_SMTP_PASSWORD": "open sesame"}
    with server(tmp_path / "inbox", certificate=str(CERTIFICATE), user="desk:open sesame") as inbox:
        smtp = f"{{host: localhost, port: {inbox.port}, security: starttls, connections: 2}}"
        config = config_at(tmp_path, smtp=smtp)
        fill(config, readers(12))

        report = mailing.mail(
            config, issue_at(tmp_path), clock=at_send_time, environment={**ENVIRONMENT, **login}
        )

        assert states(report) == {State.ACCEPTED: 12}
        assert sorted(inbox.recipients()) == readers(12)


def test_an_address_in_another_alphabet_is_local_where_the_server_is_old(tmp_path: Path) -> None:
    with server(tmp_path / "inbox") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, ["jörg@inbox.example", "anna@bücher.example"])

        report = mailing.mail(config, issue_at(tmp_path), clock=at_send_time, environment=ENVIRONMENT)

        assert list(inbox.recipients()) == ["anna@xn--bcher-kva.example"]
    assert report.account is not None
    assert report.account.reasons == (("local", State.REJECTED, 1),)


def test_a_421_leaves_the_connection_and_hands_back_the_rest(tmp_path: Path) -> None:
    config = config_at(tmp_path, smtp="{connections: 1}")
    fill(config, readers(12))
    opened_connections = 0
    busy = Receipt(stage=Stage.MAIL, code=421, text="4.7.0 too many messages on this connection")

    class Strict(Memory):
        """Takes three messages a connection."""

        @contextmanager
        def connected(self) -> Iterator[Transport]:
            nonlocal opened_connections
            opened_connections += 1
            taken = 0

            def answer(message: Message) -> Receipt:
                nonlocal taken
                taken += 1
                return TAKEN if taken <= 3 else busy

            self._answer = answer
            yield self

    memory = Strict()
    clock = Ticking()
    report = send(config, issue_at(tmp_path), memory, clock)

    assert states(report) == {State.ACCEPTED: 12}
    assert sorted(message.recipient for message in memory.messages) == readers(12)
    assert opened_connections >= 5, "one to greet, and one for every three"
    assert sum(clock.waits) > 40, "those told to come back waited"


def test_a_login_that_stops_working_holds_the_mailing(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(20))
    tries = 0

    class Locked(Memory):
        """Greets, and then knows us no more."""

        @contextmanager
        def connected(self) -> Iterator[Transport]:
            nonlocal tries
            tries += 1
            if tries > 1:
                raise NoConnection("127.0.0.1:25 refuses us: 535 5.7.8 who are you?", lasting=True)
            yield self

    with pytest.raises(Held, match="who are you"):
        send(config, issue_at(tmp_path), Locked())

    account = mailing.status(config)
    assert account is not None
    assert account.states[State.PLANNED] == 20


def test_an_unreachable_server_is_tried_again_and_then_held(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(20))
    clock = Ticking()
    tries = 0

    class Gone(Memory):
        """Greets, and is gone for a while: for three tries, or for good."""

        def __init__(self, back_after: int) -> None:
            super().__init__()
            self.back_after = back_after

        @contextmanager
        def connected(self) -> Iterator[Transport]:
            nonlocal tries
            tries += 1
            if 1 < tries <= 1 + self.back_after:
                raise NoConnection("can't reach the mail server", lasting=False)
            yield self

    with pytest.raises(Held, match="10 connections failed in a row"):
        send(config, issue_at(tmp_path), Gone(100), clock)
    assert sum(clock.waits) > 3
    tries = 0
    assert states(send(config, issue_at(tmp_path), Gone(3), clock)) == {State.ACCEPTED: 20}


def test_an_error_of_the_program_ends_the_run_and_is_raised(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(40))

    def answer(message: Message) -> Receipt:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        send(config, issue_at(tmp_path), Memory(answer))

    # What was claimed then is in doubt: the next run says so.
    report = send(config, issue_at(tmp_path), Memory())
    assert states(report)[State.UNKNOWN] <= 16
    assert sum(states(report).values()) == 40


def test_a_store_that_fails_in_the_middle_is_said(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(40))

    def answer(message: Message) -> Receipt:
        with opened(config.paths.store) as store, store.writing() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS delivery_event")
        return TAKEN

    with pytest.raises(StoreError, match="no such table: delivery_event"):
        send(config, issue_at(tmp_path), Memory(answer))
