"""What SpamAssassin says of a composed issue, by its local rules alone: no network, no learning."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.delivery.message import Letter, Values, build
from newsletter.render import render
from newsletter.store.issues import FrozenIssue
from tests import briefs
from tests.briefs import CHART_DARK, CHART_LIGHT
from tests.test_render_audit import png


def message(variant: str, folder: Path) -> bytes:
    brief = briefs.VARIANTS[variant]()
    out = render(brief, config=briefs.config(), folders=briefs.FOLDERS)
    issue = FrozenIssue(
        folder=folder,
        id=brief.issue.id,
        subject=brief.subject.text,
        html=out.html,
        text=out.text,
        images={CHART_LIGHT: png(), CHART_DARK: png()} if brief.chart else {},
        brief={},
        sha="0" * 64,
    )
    letter = Letter(
        issue=issue,
        edition="morning",
        list_name="Opening Tape",
        sender_name="Opening Tape",
        sender="brief@example.com",
        reply_to=None,
        base_url=briefs.BASE_URL,
        date=datetime(2026, 11, 24, 11, 30, tzinfo=UTC),
    )
    values = Values(recipient="reader@example.org", message_id="m" * 26, unsubscribe="u" * 45)
    return build(letter, values)


def score(raw: bytes, program: Path, home: Path) -> tuple[float, str]:
    """Points and the rules that gave them."""
    done = subprocess.run(
        [program, "--local", "--test-mode", f"--prefspath={home}/prefs"],
        input=raw,
        capture_output=True,
        env={**os.environ, "HOME": str(home)},
        timeout=120,
        check=True,
    )
    header = re.sub(rb"\r?\n[ \t]+", b" ", done.stdout)
    found = re.search(rb"X-Spam-Status: \w+, score=(-?[\d.]+) .*?tests=(.*?) \w+=", header)
    assert found, done.stdout[:2000] + done.stderr
    return float(found[1]), found[2].decode()


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["full", "quiet", "bare"])
def test_an_issue_is_no_spam(spamassassin: Path, tmp_path: Path, variant: str) -> None:
    points, rules = score(message(variant, tmp_path), spamassassin, tmp_path)
    assert points < 1.0, rules


@pytest.mark.slow
def test_the_rules_are_at_work(spamassassin: Path, tmp_path: Path) -> None:
    raw = message("full", tmp_path).replace(
        b"Subject: Small caps finally", b"Subject: VIAGRA CHEAP PILLS XXX Small caps"
    )
    bait = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    points, rules = score(raw.replace(b"You get this", bait + b" You get this", 1), spamassassin, tmp_path)
    assert points > 100, rules
