"""Mailing the list through a real server: everyone once, each with their own copy, and a ledger that says the same."""

from __future__ import annotations

import re
from pathlib import Path

from newsletter import mailing
from newsletter.mailing import Outcome
from newsletter.store.schema import State
from newsletter.subscribers.keys import Purpose
from tests.mail_support import (
    ENVIRONMENT,
    ISSUE,
    KEYS,
    at_send_time,
    config_at,
    fill,
    ids,
    issue_at,
    read,
    readers,
    server,
)


def test_fifty_get_their_own_copy_once(tmp_path: Path) -> None:
    with server(tmp_path / "inbox") as inbox:
        config = config_at(tmp_path, port=inbox.port)
        fill(config, readers(50))
        folder = issue_at(tmp_path)

        first = mailing.mail(config, folder, clock=at_send_time, environment=ENVIRONMENT)
        second = mailing.mail(config, folder, clock=at_send_time, environment=ENVIRONMENT)

        got = inbox.raw()
    assert (first.outcome, first.exit_code) == (Outcome.SENT, 0)
    assert (second.outcome, second.exit_code) == (Outcome.ALREADY_SENT, 0)
    assert sorted(recipient for _, recipient, _ in got) == readers(50)
    assert first.account is not None
    assert first.account.states == {state: 50 if state is State.ACCEPTED else 0 for state in State}

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
