"""The store's promises: it survives, it says what is wrong with a file, and the ledger's words are the documented ones."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsletter.errors import StoreError
from newsletter.store import ledger, schema
from newsletter.store.claims import Claim, Result, Turn, hand_back, take_turns
from newsletter.store.database import connect, opened
from newsletter.store.ledger import Plan
from newsletter.store.schema import Course, Standing, State
from newsletter.store.status import account, mailings
from tests.mail_support import DEADLINE, ISSUE, KEYS, SEND_TIME, config_at, fill, readers

ROOT = Path(__file__).parent.parent


def plan(issue: str = ISSUE, owner: str = "one") -> Plan:
    return Plan(
        issue=issue,
        edition="morning",
        message_sha="ab" * 32,
        not_after=DEADLINE,
        owner=owner,
        message_id=lambda who: KEYS.message_id(issue, who),
    )


def frozen(tmp_path: Path, number: int) -> Path:
    config = config_at(tmp_path)
    fill(config, readers(number))
    with opened(config.paths.store) as store:
        ledger.freeze(store, plan(), KEYS.digests, SEND_TIME)
    return config.paths.store


def take(path: Path, *results: Result, want: int = 4, now: datetime = SEND_TIME) -> tuple[Claim, ...]:
    with opened(path) as store:
        turn = Turn(by="one/0", results=results, want=want)
        return take_turns(store, ISSUE, [turn], KEYS.digests, now)[0]


def counts(path: Path) -> dict[State, int]:
    with opened(path) as store:
        return {state: number for state, number in ledger.counts(store, ISSUE).items() if number}


def accepted(claim: Claim) -> Result:
    return Result(claim=claim, state=State.ACCEPTED, at=SEND_TIME, code=250, reply="ok")


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db") as store, store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_seven_words_are_the_same_in_enum_schema_and_docs(tmp_path: Path) -> None:
    documented = re.findall(r"^\| `?(\w+)`? \|", section("States of a delivery"), re.MULTILINE)[1:]
    with opened(tmp_path / "a.db") as store, store.reading() as connection:
        text = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'delivery'").scalar()
    assert text is not None
    checked = re.findall(r"'(\w+)'", text.partition("state IN")[2])

    assert sorted(documented) == sorted(checked) == sorted(state.value for state in State)
    assert len(State) == 7


def test_the_standings_are_documented(tmp_path: Path) -> None:
    documented = re.findall(r"^\| `?(\w+)`? \|", section("Where a subscriber stands"), re.MULTILINE)[1:]

    assert sorted(documented) == sorted(standing.value for standing in Standing)


def section(heading: str) -> str:
    text = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    return re.split(r"^#+ ", text.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]


def test_an_unknown_word_is_refused_by_the_store_itself(tmp_path: Path) -> None:
    path = frozen(tmp_path, 1)

    with (
        pytest.raises(StoreError, match="state_is_known"),
        opened(path) as store,
        store.writing() as connection,
    ):
        connection.exec_driver_sql("UPDATE delivery SET state = 'delivered'")
    assert counts(path) == {State.PLANNED: 1}


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda path: path.write_text("hello " * 1000), "not a database; restore it from a backup"),
        (
            lambda path: sqlite3.connect(path).execute("CREATE TABLE cats (name)").connection.close(),
            "something else",
        ),
        (lambda path: path.mkdir(), "unable to open database file; see that the file"),
    ],
)
def test_a_file_that_is_no_store(tmp_path: Path, prepare: object, says: str) -> None:
    path = tmp_path / "newsletter.db"
    assert callable(prepare)
    prepare(path)

    with pytest.raises(StoreError, match=says) as refused:
        connect(path)

    assert "\n" not in str(refused.value)


def test_a_later_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "newsletter.db"
    with opened(path) as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")

    with pytest.raises(StoreError, match="store version 99, this one knows 1"):
        connect(path)


def test_two_may_make_the_store_at_once(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from newsletter.store.database import connect; connect(Path(sys.argv[1])).close()"
    children = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "a.db")], cwd=ROOT) for _ in range(4)
    ]

    assert [child.wait(60) for child in children] == [0, 0, 0, 0]


def test_times_are_kept_in_utc_and_naive_ones_refused(tmp_path: Path) -> None:
    kind = schema.Instant()
    stored = kind.process_bind_param(datetime.fromisoformat("2025-08-26T06:30:00-04:00"), None)  # type: ignore[arg-type]

    assert stored == datetime(2025, 8, 26, 10, 30)  # noqa: DTZ001 - the form in the file
    assert kind.process_result_value(stored, None) == SEND_TIME  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no time zone"):
        kind.process_bind_param(datetime(2025, 8, 26), None)  # type: ignore[arg-type]  # noqa: DTZ001


def test_freezing_twice_is_once(tmp_path: Path) -> None:
    path = frozen(tmp_path, 3)
    fill(config_at(tmp_path), ["late@inbox.example"])
    with opened(path) as store:
        second = ledger.freeze(store, plan(owner="two"), KEYS.digests, SEND_TIME)

    assert (second.owner, second.planned) == ("one", 3)
    assert counts(path) == {State.PLANNED: 3}


def test_a_claim_is_committed_before_it_is_given(tmp_path: Path) -> None:
    path = frozen(tmp_path, 10)
    claims = take(path)

    other = sqlite3.connect(path)
    rows = other.execute("SELECT subscriber, attempt FROM delivery WHERE state = 'sending'").fetchall()
    other.close()
    assert sorted(rows) == sorted((claim.subscriber, 1) for claim in claims)
    assert len({claim.subscriber for claim in (*claims, *take(path))}) == 8, "nobody is claimed twice"


def test_connections_that_wait_together_share_a_commit(tmp_path: Path) -> None:
    path = frozen(tmp_path, 6)
    with opened(path) as store:
        turns = [Turn(by="a", want=4), Turn(by="b", want=4), Turn(by="c", want=4)]
        first, second, third = take_turns(store, ISSUE, turns, KEYS.digests, SEND_TIME)
        assert (len(first), len(second), len(third)) == (4, 2, 0)
        assert len({claim.subscriber for claim in (*first, *second)}) == 6
        turns = [Turn(by="a", results=[accepted(claim) for claim in first]), Turn(by="b")]
        assert take_turns(store, ISSUE, turns, KEYS.digests, SEND_TIME) == [(), ()]
    rows = sqlite3.connect(path)
    by = dict(rows.execute("SELECT claim, count(*) FROM delivery WHERE state = 'sending' GROUP BY claim"))
    rows.close()
    assert by == {"b": 2}
    assert counts(path) == {State.ACCEPTED: 4, State.SENDING: 2}


def test_results_are_recorded_with_the_next_claim(tmp_path: Path) -> None:
    path = frozen(tmp_path, 6)
    first = take(path)
    second = take(path, *map(accepted, first))

    assert counts(path) == {State.ACCEPTED: 4, State.SENDING: 2}
    assert len(second) == 2
    assert take(path, *map(accepted, second)) == ()
    assert counts(path) == {State.ACCEPTED: 6}


def test_what_a_dead_owner_was_sending_becomes_unknown_never_planned(tmp_path: Path) -> None:
    path = frozen(tmp_path, 10)
    take(path)
    with opened(path) as store:
        assert ledger.adopt(store, ISSUE, "two", SEND_TIME) == 4
        assert ledger.adopt(store, ISSUE, "three", SEND_TIME) == 0

    assert counts(path) == {State.PLANNED: 6, State.UNKNOWN: 4}
    assert len(take(path, want=100)) == 6


def test_what_was_not_begun_is_handed_back_as_if_never_claimed(tmp_path: Path) -> None:
    path = frozen(tmp_path, 4)
    claims = take(path)
    with opened(path) as store:
        hand_back(store, ISSUE, claims[1:], SEND_TIME)

    assert counts(path) == {State.PLANNED: 3, State.SENDING: 1}
    assert {claim.attempt for claim in take(path)} == {1}


def test_a_deferred_row_waits_for_its_time_and_comes_first_then(tmp_path: Path) -> None:
    path = frozen(tmp_path, 4)
    (claim,) = take(path, want=1)
    due = SEND_TIME + timedelta(minutes=4)
    later = Result(claim=claim, state=State.DEFERRED, at=SEND_TIME, next_try=due)
    (other,) = take(path, later, want=1)
    assert other.subscriber != claim.subscriber

    (again,) = take(path, want=1, now=due)
    assert (again.subscriber, again.attempt) == (claim.subscriber, 2)


def test_nothing_is_claimed_at_the_deadline_or_of_a_mailing_that_is_held(tmp_path: Path) -> None:
    path = frozen(tmp_path, 4)
    assert take(path, now=DEADLINE) == ()
    assert len(take(path, want=1, now=DEADLINE - timedelta(seconds=1))) == 1
    with opened(path) as store:
        ledger.close(store, ISSUE, Course.HELD, "trouble", SEND_TIME)
    assert take(path) == ()


def test_not_always_the_same_people_come_last(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(30))
    orders = []
    with opened(config.paths.store) as store:
        for issue in ("2025-08-25-morning", "2025-08-26-morning"):
            ledger.freeze(store, plan(issue), KEYS.digests, SEND_TIME)
            (claims,) = take_turns(store, issue, [Turn(by="x", want=30)], KEYS.digests, SEND_TIME)
            orders.append([claim.subscriber for claim in claims])

    assert set(orders[0]) == set(orders[1])
    assert orders[0] != orders[1]


def test_every_change_leaves_a_line(tmp_path: Path) -> None:
    path = frozen(tmp_path, 1)
    (claim,) = take(path)
    take(path, accepted(claim))

    with opened(path) as store, store.reading() as connection:
        lines = connection.exec_driver_sql("SELECT state FROM delivery_event ORDER BY number").scalars().all()
    assert list(lines) == ["planned", "sending", "accepted"]


def test_the_account_adds_up_and_tells_how_long_it_took(tmp_path: Path) -> None:
    path = frozen(tmp_path, 20)
    for number, claim in enumerate(take(path, want=19), start=1):
        at = SEND_TIME + timedelta(seconds=number)
        take(path, Result(claim=claim, state=State.ACCEPTED, at=at, code=250), want=0)
    with opened(path) as store:
        ledger.expire(store, ISSUE, "deadline", DEADLINE)
        found = account(store, ISSUE)
        latest = mailings(store)

    assert found is not None
    assert found.mailing.planned == sum(found.states.values()) == 20
    assert found.reasons == (("deadline", State.EXPIRED, 1),)
    assert (found.half, found.most) == (timedelta(seconds=10), timedelta(seconds=19))
    assert [mailing.issue for mailing in latest] == [ISSUE]


def test_there_is_no_account_of_what_never_began(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db") as store:
        assert account(store, ISSUE) is None
        assert ledger.find(store, ISSUE) is None
        assert mailings(store) == ()
