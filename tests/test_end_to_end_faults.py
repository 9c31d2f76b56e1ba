"""What goes wrong, as an operator meets it: one line that says what and where, the right exit code, and nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.end_to_end_support import (
    Project,
    morning,
    refusing_server,
    taken_port,
)
from tests.mail_support import free_port, readers, server

__all__ = ["morning"]

READERS = readers(3)

SMALL = """\
universe:
  - {symbol: ^GSPC, name: S&P 500, kind: index, prose: the S&P 500}
  - {symbol: ^VIX, name: VIX, kind: volatility, prose: the VIX}
glance: [^GSPC, ^VIX]
tiles: [^GSPC]
"""


def refused(
    project: Project, *arguments: str, code: int, environment: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The one line that a command prints as it fails; the issues, the list and the ledger are as before."""
    issues = sorted((project.folder / "issues").rglob("*"))
    before = project.stored()
    done = project(*arguments, code=code, environment=environment)
    assert project.stored() == before
    assert sorted((project.folder / "issues").rglob("*")) == issues
    return done.error


@pytest.fixture
def listed(morning: Project) -> Project:
    """With three readers and a mail server that isn't there."""
    morning.configured(free_port()).list_of(READERS)
    return morning


@pytest.mark.parametrize("command", ["serve", "preview"])
def test_a_taken_port(morning: Project, command: str) -> None:
    with taken_port() as port:
        assert f"port {port} is taken; choose another with --port" in refused(
            morning, command, "--port", str(port), code=2
        )


def test_no_mail_server(listed: Project) -> None:
    said = refused(listed, "send", "--date", str(listed.day), code=1)
    assert re.search(r"can't reach the mail server 127\.0\.0\.1:\d+: Connection refused", said)
    assert listed("status").out == "nothing was mailed yet\n"


def test_a_mail_server_that_wants_no_mail_from_us(listed: Project) -> None:
    with refusing_server() as port:
        listed.configured(port)
        assert "554 5.7.1 no mail from you" in refused(listed, "send", "--date", str(listed.day), code=1)


def test_a_login_that_is_wrong(listed: Project, tmp_path: Path) -> None:
    login = {"NEWSLETTER_SMTP_USERNAME": "desk", "NEWSLETTER_SMTP_PASSWORD": "guess, wrongly"}
    with server(tmp_path / "inbox", user="desk:open sesame") as inbox:
        listed.configured(inbox.port)
        done = listed("send", "--date", str(listed.day), code=1, environment=login)
        assert "refuses NEWSLETTER_SMTP_USERNAME and NEWSLETTER_SMTP_PASSWORD: 535" in done.error
        assert "guess, wrongly" not in done.out + done.err
        # And mended, it goes out.
        right = {**login, "NEWSLETTER_SMTP_PASSWORD": "open sesame"}
        assert "3 accepted" in listed("send", "--date", str(listed.day), environment=right).out
        assert sorted(inbox.recipients().elements()) == READERS


def test_the_operator_is_told_once(listed: Project, tmp_path: Path) -> None:
    (listed.folder / "issues").rename(listed.folder / "issues of before")
    (listed.folder / "market" / "symbols.csv").unlink()
    with server(tmp_path / "inbox") as inbox:
        listed.configured(inbox.port)
        said = {listed("send", "--date", str(listed.day), code=1).error for _ in range(2)}
        (told,) = inbox.messages()
    assert told["To"] == "operator@brief.example.com"
    assert told["Subject"] == f"{listed.day}-morning: not mailed"
    assert {f"error: {' '.join(told.get_content().split())}"} == said
    assert "symbols.csv" in told.get_content()


@pytest.mark.parametrize(
    ("changes", "environment", "says"),
    [
        ("sender: {address: null}", {}, "sender.address is not set"),
        (
            "sender: {address: a@brief.example.com, postal_address: null}",
            {},
            "sender.postal_address is not set",
        ),
        ("", {"NEWSLETTER_SECRET_KEY": ""}, "NEWSLETTER_SECRET_KEY is not set: make one with `python3 -c"),
    ],
    ids=["no sender", "no postal address", "no secret key"],
)
def test_what_mailing_needs(listed: Project, changes: str, environment: dict[str, str], says: str) -> None:
    config = listed.folder / "config.yaml"
    if changes:
        config.write_text(re.sub(r"(?s)sender:\n.*?(?=smtp:)", f"{changes}\n", config.read_text()))
    assert says in refused(listed, "send", "--date", str(listed.day), code=2, environment=environment)


def test_the_pages_need_the_key(morning: Project) -> None:
    assert "NEWSLETTER_SECRET_KEY is not set" in refused(
        morning, "serve", "--port", "0", code=2, environment={"NEWSLETTER_SECRET_KEY": ""}
    )


def test_an_issue_made_of_sample_data(listed: Project) -> None:
    listed.configured(free_port(), kind="sample", more=SMALL)
    (listed.folder / "issues").rename(listed.folder / "real issues")
    listed("build", "--date", str(listed.day))
    assert json.loads((listed.issue / "brief.json").read_text())["issue"]["sample"] is True
    assert "is made of sample data, which never goes to the list" in refused(
        listed, "send", "--date", str(listed.day), code=2
    )


def test_a_list_of_broken_rows_only(listed: Project) -> None:
    (listed.folder / "bad.csv").write_text("email\nnobody\na@b@inbox.example\n")
    before = listed.stored()
    done = listed("subscribers", "import", "bad.csv", "--consent", "none", code=1)
    assert re.findall(r"(?m)^bad\.csv:(\d+): \S", done.err) == ["2", "3"]
    assert done.out.endswith("2 refused\n")
    assert listed.stored() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"name\nAnna\n", "no column with addresses"),
        (b"PK\x03\x04\0\0", "not a text file"),
    ],
    ids=["absent", "no addresses", "an archive"],
)
def test_a_list_that_is_none(listed: Project, content: bytes | None, says: str) -> None:
    if content is not None:
        (listed.folder / "bad.csv").write_bytes(content)
    said = refused(listed, "subscribers", "import", "bad.csv", "--consent", "none", code=2)
    assert says in said
    assert "bad.csv" in said


def test_nobody_of_that_name(listed: Project) -> None:
    assert "stranger@inbox.example is not on the list" in refused(
        listed, "subscribers", "remove", "stranger@inbox.example", code=2
    )


def test_yahoo_is_down(listed: Project) -> None:
    yahoo = f"http://127.0.0.1:{free_port()}"
    listed.configured(free_port(), more=SMALL, kind="yahoo")
    config = listed.folder / "config.yaml"
    config.write_text(
        config.read_text().replace(
            "  headlines:", f"  yahoo: {{base_url: '{yahoo}', timeout: 2, retries: 0}}\n  headlines:"
        )
    )
    (listed.folder / "issues").rename(listed.folder / "issues of before")
    said = refused(listed, "send", "--date", str(listed.day), code=1)
    assert "yahoo" in said.lower()
    assert not (listed.folder / "issues").exists()


class TestDoctor:
    """`newsletter doctor` names all that is missing at once."""

    def test_nothing_is_missing(self, listed: Project, tmp_path: Path) -> None:
        with server(tmp_path / "inbox") as inbox:
            listed.configured(inbox.port)
            said = listed("doctor").out.splitlines()
        assert {line.split()[0] for line in said} == {"ok"}

    def test_everything_is(self, morning: Project) -> None:
        with refusing_server() as port:
            morning.configured(port, public="null")
            config = morning.folder / "config.yaml"
            config.write_text(
                re.sub(r"(?s)sender:\n.*?(?=smtp:)", "", config.read_text()).replace(
                    "path: market", "path: nowhere"
                )
            )
            said = morning("doctor", code=1, environment={"NEWSLETTER_SECRET_KEY": "too short"}).out
        mend = [line for line in said.splitlines() if line.startswith("mend ")]
        for part in (
            "prices",
            "sender.address",
            "postal_address",
            "public_base_url",
            "shorter than 16",
            "554 5.7.1",
        ):
            assert sum(part in line for line in mend) == 1, (part, said)
        assert len(mend) == 6
