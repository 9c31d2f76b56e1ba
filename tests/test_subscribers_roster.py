"""Joining and leaving: who asked stays on, who left stays off, whatever list comes back later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from newsletter.errors import DataError, UsageError
from newsletter.store import subscribers as table
from newsletter.store.database import Store, opened
from newsletter.store.schema import Standing
from newsletter.subscribers import exchange, roster
from newsletter.subscribers.exchange import ImportReport, export_csv, import_csv
from newsletter.subscribers.roster import Joined
from tests.mail_support import KEYS, SEND_TIME, at_send_time

NOW = SEND_TIME
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "newsletter.db") as found:
        yield found


def log_of(store: Store, address: str) -> list[tuple[str, str, str | None]]:
    with store.reading() as connection:
        return list(table.history(connection, roster.find(store, address).id))


def state(store: Store, address: str) -> Standing:
    return roster.find(store, address).state


def take(store: Store, path: Path, content: str | bytes, consent: str | None = None) -> ImportReport:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_csv(store, path, consent=consent, keys=KEYS, clock=at_send_time)


class TestAdd:
    def test_the_operator_confirms(self, store: Store) -> None:
        outcome, person = roster.add(store, "Anna@Example.com", keys=None, now=NOW, consent="asked by phone")

        assert (outcome, person.state, person.address) == (
            Joined.ADDED,
            Standing.CONFIRMED,
            "Anna@Example.com",
        )
        assert log_of(store, "anna@example.com") == [("confirmed", "operator", "asked by phone")]

    def test_twice_is_once(self, store: Store) -> None:
        first = roster.add(store, "anna@example.com", keys=KEYS, now=NOW)[1]
        outcome, second = roster.add(store, " ANNA@example.com ", keys=KEYS, now=LATER)

        assert (outcome, second) == (Joined.KNOWN, first)

    def test_who_left_can_only_come_back_themselves(self, store: Store) -> None:
        roster.add(store, "anna@example.com", keys=KEYS, now=NOW)
        roster.remove(store, "anna@example.com", keys=KEYS, now=NOW)

        with pytest.raises(UsageError, match="only its owner can come back"):
            roster.add(store, "anna@example.com", keys=KEYS, now=LATER)
        assert state(store, "anna@example.com") is Standing.LEFT

    def test_what_is_no_address(self, store: Store) -> None:
        with pytest.raises(UsageError, match="'anna'"):
            roster.add(store, "anna", keys=KEYS, now=NOW)


class TestRemove:
    def test_is_for_good_and_said_once(self, store: Store) -> None:
        roster.add(store, "anna@example.com", keys=KEYS, now=NOW)

        assert roster.remove(store, "ANNA@example.com", keys=KEYS, now=NOW)
        assert not roster.remove(store, "anna@example.com", keys=KEYS, now=LATER)
        assert [event for event, *_ in log_of(store, "anna@example.com")] == ["confirmed", "left"]

    def test_who_is_unknown(self, store: Store) -> None:
        with pytest.raises(UsageError, match=r"anna@example\.com is not on the list"):
            roster.remove(store, "anna@example.com", keys=KEYS, now=NOW)

    def test_without_a_key_the_suppression_list_follows_later(self, store: Store) -> None:
        roster.add(store, "anna@example.com", keys=None, now=NOW)
        roster.remove(store, "anna@example.com", keys=None, now=NOW)
        with store.reading() as connection:
            assert not table.any_suppressed(connection)

        assert (roster.settle(store, KEYS, LATER), roster.settle(store, KEYS, LATER)) == (1, 0)
        with store.reading() as connection:
            assert table.suppressed(connection, KEYS.digests("anna@example.com")) == "left"

    def test_the_suppression_list_holds_no_address(self, store: Store, tmp_path: Path) -> None:
        roster.add(store, "anna@example.com", keys=KEYS, now=NOW)
        roster.remove(store, "anna@example.com", keys=KEYS, now=NOW)
        with store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM subscriber")  # as an erasure would
            connection.exec_driver_sql("DELETE FROM consent")
        with store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM suppression").all()
        assert len(rows) == 1
        assert "anna" not in repr(rows)
        with pytest.raises(UsageError, match="only its owner"):
            roster.add(store, "anna@example.com", keys=KEYS, now=LATER)

    def test_the_list_cant_be_checked_without_its_key(self, store: Store) -> None:
        roster.add(store, "anna@example.com", keys=KEYS, now=NOW)
        roster.remove(store, "anna@example.com", keys=KEYS, now=NOW)

        with pytest.raises(UsageError, match="NEWSLETTER_SECRET_KEY is not set"):
            roster.add(store, "bob@example.com", keys=None, now=NOW)


class TestImport:
    def test_without_consent_they_are_pending_with_it_confirmed(self, store: Store, tmp_path: Path) -> None:
        first = take(store, tmp_path / "a.csv", "email\nanna@example.com\n")
        assert (first.state, first.added, state(store, "anna@example.com")) == (
            Standing.PENDING,
            1,
            Standing.PENDING,
        )

        second = take(
            store, tmp_path / "a.csv", "email\nanna@example.com\nbob@example.com\n", "daily brief, fair"
        )
        assert (second.state, second.added, second.confirmed, second.known) == (Standing.CONFIRMED, 1, 1, 0)
        assert {state(store, f"{who}@example.com") for who in ("anna", "bob")} == {Standing.CONFIRMED}
        assert log_of(store, "bob@example.com") == [("imported", "import", "daily brief, fair")]
        assert log_of(store, "anna@example.com")[-1] == ("confirmed", "import", "daily brief, fair")

    def test_each_row_refused_is_named_with_its_reason(self, store: Store, tmp_path: Path) -> None:
        roster.add(store, "gone@example.com", keys=KEYS, now=NOW)
        roster.remove(store, "gone@example.com", keys=KEYS, now=NOW)
        content = (
            b"Name;x,E-Mail\n"  # 1
            b"Anna,anna@example.com\n"  # 2
            b"\n"  # 3
            b"Bob,bob\n"  # 4
            b"Cem\n"  # 5
            b"Gone,GONE@example.com\n"  # 6
            b"Dora,d\xffra@example.com\n"  # 7
            b'"Eve\nof two lines",eve@example.com\n'  # 8 and 9
            b"Anna again,ANNA@example.com\n"  # 10
            b"Evil,=cmd|'/c calc'!A1\n"  # 11
        )

        report = take(store, tmp_path / "a.csv", content, "daily brief, fair")

        assert (report.added, report.known) == (2, 1)
        assert [refusal.row for refusal in report.refused] == [4, 5, 6, 7, 11]
        reasons = dict.fromkeys(refusal.reason for refusal in report.refused)
        assert "no address" in reasons
        assert "has left, bounced or complained; only its owner can come back" in reasons
        assert all(reason.isprintable() for reason in reasons)
        assert len(roster.everyone(store)) == 3

    @pytest.mark.parametrize(
        "content",
        [
            "anna@example.com\nbob@example.com\n",
            "\ufeffemail\r\nanna@example.com\r\nbob@example.com\r\n",
            "Anna,anna@example.com\nBob,bob@example.com",
            'name,Email Address,x\nA,"anna@example.com",1\nB, bob@example.com ,2\n',
            "EMAIL\nanna@example.com\n\n\nbob@example.com\n",
        ],
    )
    def test_shapes_of_lists(self, store: Store, tmp_path: Path, content: str) -> None:
        report = take(store, tmp_path / "a.csv", content)

        assert report.refused == ()
        assert [person.address for person in roster.everyone(store)] == [
            "anna@example.com",
            "bob@example.com",
        ]

    def test_again_changes_nothing(self, store: Store, tmp_path: Path) -> None:
        take(store, tmp_path / "a.csv", "anna@example.com\n", "fair")
        before = roster.everyone(store)
        report = take(store, tmp_path / "a.csv", "anna@example.com\n", "fair")

        assert (report.added, report.known, roster.everyone(store)) == (0, 1, before)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"PK\x03\x04\0\0archive", "not a text file"),
            ("email\nanna@example.com\n".encode("utf-16"), "not a text file"),
            (b"name,town\nAnna,Springfield\n", "no column with addresses"),
        ],
    )
    def test_files_that_are_no_lists(self, store: Store, tmp_path: Path, content: bytes, says: str) -> None:
        with pytest.raises(UsageError, match=says):
            take(store, tmp_path / "a.csv", content)

    def test_a_broken_quote_is_named(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"a\.csv:\d+: not CSV"):
            take(store, tmp_path / "a.csv", 'email\n"anna@example.com' + "x" * 200_000)

    def test_a_file_without_end_stops_at_the_cap(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exchange, "LARGEST", 2000)
        with pytest.raises(UsageError, match="larger than"):
            take(store, tmp_path / "a.csv", "email\n" + "anna@example.com\n" * 1000)

    def test_no_file_and_empty_consent(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="No such file"):
            import_csv(store, tmp_path / "none.csv", consent=None, keys=KEYS, clock=at_send_time)
        with pytest.raises(UsageError, match="--consent is empty"):
            take(store, tmp_path / "a.csv", "anna@example.com\n", "  ")


class TestExport:
    def test_what_went_in_comes_out(self, store: Store, tmp_path: Path) -> None:
        take(store, tmp_path / "a.csv", "Anna@example.com\nbob@example.com\n", "fair")
        roster.remove(store, "bob@example.com", keys=KEYS, now=LATER)
        out = StringIO()

        assert export_csv(store, out) == 2
        assert out.getvalue().splitlines() == [
            "email,state,since,changed",
            "Anna@example.com,confirmed,2025-08-26,2025-08-26",
            "bob@example.com,left,2025-08-26,2025-08-27",
        ]
        assert export_csv(store, StringIO(), state=Standing.CONFIRMED) == 1

    def test_no_cell_is_a_formula(self, store: Store) -> None:
        for address in ("=1+1@example.com", "+anna@example.com", "-anna@example.com"):
            roster.add(store, address, keys=KEYS, now=NOW)
        guarded, plain = StringIO(), StringIO()
        export_csv(store, guarded)
        export_csv(store, plain, guard_formulas=False)

        assert all(line.startswith("'") for line in guarded.getvalue().splitlines()[1:])
        assert not any(line.startswith("'") for line in plain.getvalue().splitlines())


def test_the_list_by_state(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path / "a.csv", "b@example.com\na@example.com\n")
    roster.add(store, "c@example.com", keys=KEYS, now=NOW)

    assert [person.address[0] for person in roster.everyone(store)] == ["a", "b", "c"]
    assert [person.address[0] for person in roster.everyone(store, Standing.PENDING)] == ["a", "b"]
