"""Killed, stopped, or started twice: nobody skipped in silence, nobody served twice, and what is in doubt is counted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsletter import mailing
from newsletter.config import Config
from newsletter.delivery.sending import CLAIM
from newsletter.store.schema import State
from newsletter.store.status import Account
from tests.mail_support import (
    ENVIRONMENT,
    Mailbox,
    at_send_time,
    config_at,
    fill,
    issue_at,
    readers,
    server,
    wait_for,
)

ROOT = Path(__file__).parent.parent
CONNECTIONS = 4  # as config_at says


def start(folder: Path, inbox: Mailbox) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.mail_child", str(folder), str(inbox.port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def ended(child: subprocess.Popen[str], seconds: float = 60) -> str:
    """What a child said last."""
    said, _ = child.communicate(timeout=seconds)
    return said.split("\n")[-2] if said else ""


def account(config: Config) -> Account:
    found = mailing.status(config)
    assert found is not None
    return found


def assert_nobody_is_missing_or_twice(config: Config, inbox: Mailbox, addresses: list[str]) -> Account:
    """The account adds up, and the server saw exactly whom it says, and perhaps some of those in doubt."""
    found = account(config)
    got = inbox.recipients()
    doubtful = {doubt.address for doubt in found.unknown}
    assert found.mailing.candidates == found.mailing.planned == len(addresses)
    assert sum(found.states.values()) == len(addresses)
    assert [who for who, times in got.items() if times > 1] == []
    assert set(addresses) - set(got) <= doubtful, "skipped in silence"
    assert set(got) <= set(addresses)
    assert found.states[State.ACCEPTED] == len(addresses) - len(doubtful)
    return found


def killed_again_and_again(tmp_path: Path, *, number: int, kills: int, seed: int) -> None:
    addresses = readers(number)
    randomly = random.Random(seed)
    with server(tmp_path / "inbox", delay="0.02") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, addresses)
        issue_at(tmp_path)
        for _ in range(kills):
            before = inbox.count()
            child = start(tmp_path, inbox)
            wait_for(lambda before=before, child=child: inbox.count() > before or child.poll() is not None)  # type: ignore[misc]
            time.sleep(randomly.uniform(0, 0.1))
            assert child.poll() is None, "it was over before the kill: more readers are needed"
            child.kill()
            child.communicate()
        assert ended(start(tmp_path, inbox)) == "sent"
        found = assert_nobody_is_missing_or_twice(config, inbox, addresses)
    assert 0 < found.states[State.UNKNOWN] <= kills * CONNECTIONS * CLAIM
    arrived = sum(doubt.address in inbox.recipients() for doubt in found.unknown)
    print(
        f"{kills} kills, {number} readers: 0 skipped, 0 twice, {found.states[State.UNKNOWN]} unknown "
        f"(bound {kills * CONNECTIONS * CLAIM}), of which {arrived} had arrived"
    )


@pytest.mark.slow
def test_kill_in_a_loop(tmp_path: Path) -> None:
    killed_again_and_again(tmp_path, number=600, kills=10, seed=20250826)


@pytest.mark.soak
def test_kill_in_a_long_loop(tmp_path: Path) -> None:
    killed_again_and_again(tmp_path, number=6000, kills=60, seed=20250827)


def test_sigterm_finishes_what_is_begun_and_leaves_no_doubt(tmp_path: Path) -> None:
    addresses = readers(200)
    with server(tmp_path / "inbox", delay="0.02") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, addresses)
        issue_at(tmp_path)
        child = start(tmp_path, inbox)
        wait_for(lambda: inbox.count() > 20)
        begun = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert ended(child) == "stopped"
        assert time.monotonic() - begun < 5
        assert child.returncode == 1
        states = account(config).states
        assert states[State.ACCEPTED] == inbox.count() < 200
        assert states[State.PLANNED] == 200 - states[State.ACCEPTED]

        assert ended(start(tmp_path, inbox)) == "sent"
        found = assert_nobody_is_missing_or_twice(config, inbox, addresses)
    assert found.states[State.UNKNOWN] == 0


def test_sigterm_while_the_server_keeps_its_reply_to_itself(tmp_path: Path) -> None:
    with server(tmp_path / "inbox", delay="60") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, readers(30))
        issue_at(tmp_path)
        child = start(tmp_path, inbox)
        wait_for(lambda: inbox.count() == CONNECTIONS)
        begun = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert ended(child) == "stopped"
        assert time.monotonic() - begun < 5.5
        states = account(config).states
    assert states[State.UNKNOWN] == CONNECTIONS
    assert states[State.PLANNED] == 30 - CONNECTIONS


def test_of_two_processes_at_once_only_one_sends(tmp_path: Path) -> None:
    addresses = readers(120)
    with server(tmp_path / "inbox", delay="0.02") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, addresses)
        issue_at(tmp_path)
        children = [start(tmp_path, inbox) for _ in range(2)]
        outcomes = sorted(ended(child) for child in children)
        found = assert_nobody_is_missing_or_twice(config, inbox, addresses)
    assert outcomes in (["sent", "under way"], ["already sent", "sent"])
    assert [child.returncode for child in children] == [0, 0]
    assert found.states[State.ACCEPTED] == 120
    assert not list(tmp_path.glob("*.lock"))


def test_a_dead_owners_rows_are_unknown_and_stay_so(tmp_path: Path) -> None:
    """Four connections wait for a reply when the process dies: those four, and what they had claimed, are in doubt."""
    with server(tmp_path / "silent", delay="60") as silent:
        config = config_at(tmp_path, silent.port)
        fill(config, readers(40))
        folder = issue_at(tmp_path)
        child = start(tmp_path, silent)
        wait_for(lambda: silent.count() == CONNECTIONS)
        child.kill()
        child.communicate()
        assert account(config).states[State.SENDING] == CONNECTIONS * CLAIM
        reached = set(silent.recipients())
    with server(tmp_path / "inbox") as inbox:
        healthy = config_at(tmp_path, inbox.port)
        report = mailing.mail(healthy, folder, clock=at_send_time, environment=ENVIRONMENT)
        again = mailing.mail(healthy, folder, clock=at_send_time, environment=ENVIRONMENT)
        got = set(inbox.recipients())
    found = report.account
    assert found is not None
    assert found.states[State.UNKNOWN] == CONNECTIONS * CLAIM
    assert {doubt.reason for doubt in found.unknown} == {"its sender died"}
    assert reached <= {doubt.address for doubt in found.unknown}
    assert got == set(readers(40)) - {doubt.address for doubt in found.unknown}
    assert again.outcome is mailing.Outcome.ALREADY_SENT
