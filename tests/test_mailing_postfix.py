"""Through a real Postfix of our own, private to the test: fifty in, fifty out, the queue empty."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from newsletter import mailing
from newsletter.mailing import Outcome
from newsletter.store.schema import State
from tests.mail_support import (
    ENVIRONMENT,
    at_send_time,
    config_at,
    fill,
    free_port,
    issue_at,
    read,
    readers,
    server,
    wait_for,
)

STOCK = Path("/etc/postfix/master.cf.proto")


@contextmanager
def running(program: Path, base: Path, *, relay: int) -> Iterator[tuple[int, Path]]:
    """A Postfix that takes mail on a free port and hands all of it to ``relay``; its port and configuration."""
    port = free_port()
    for name in ("etc", "queue", "data"):
        (base / name).mkdir()
    account = pwd.getpwnam("postfix")
    os.chown(base / "data", account.pw_uid, account.pw_gid)
    etc = base / "etc"
    (etc / "main.cf").write_text(
        f"""compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
maillog_file = {base}/log
maillog_file_prefixes = {base}
myhostname = relay.brief.example.com
mydestination =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{relay}
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
smtp_tls_security_level = none
smtpd_tls_security_level = none
disable_dns_lookups = yes
smtp_dns_support_level = disabled
"""
    )
    (etc / "master.cf").write_text(services(port))
    command = [str(program), "-c", str(etc)]
    try:
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=60)
        yield port, etc
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=60)


def services(port: int) -> str:
    """Postfix's own services, none of them in a cage, and the one that listens on our port."""
    stock = STOCK if STOCK.is_file() else Path("/usr/share/postfix/master.cf.dist")
    lines = [f"127.0.0.1:{port} inet n - n - - smtpd"]
    for line in stock.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= 8 and not line.startswith(("#", " ", "\t")) and fields[1] == "unix":
            fields[4] = "n"
            lines.append(" ".join(fields))
    lines.append("postlog unix-dgram n - n - 1 postlogd")
    return "\n".join(dict.fromkeys(lines)) + "\n"


@pytest.fixture
def base() -> Iterator[Path]:
    """A short path: the sockets in it have a longest name. Postfix's own user must get through to it."""
    folder = Path(mkdtemp(prefix="nl", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=False)


def test_fifty_through_postfix(tmp_path: Path, base: Path, postfix: Path) -> None:
    with (
        server(tmp_path / "inbox") as inbox,
        running(postfix, base, relay=inbox.port) as (port, etc),
    ):
        config = config_at(tmp_path, port)
        fill(config, readers(50))

        report = mailing.mail(config, issue_at(tmp_path), clock=at_send_time, environment=ENVIRONMENT)
        again = mailing.mail(config, issue_at(tmp_path), clock=at_send_time, environment=ENVIRONMENT)

        wait_for(lambda: len(inbox.raw()) >= 50, 60)
        queue = subprocess.run(
            ["/usr/sbin/postqueue", "-c", str(etc), "-p"], capture_output=True, text=True, check=False
        ).stdout
        got = inbox.raw()
    assert (report.outcome, again.outcome) == (Outcome.SENT, Outcome.ALREADY_SENT)
    assert report.account is not None
    assert report.account.states[State.ACCEPTED] == 50
    assert sorted(recipient for _, recipient, _ in got) == readers(50)
    assert "empty" in queue
    for _, recipient, content in got:
        message = read(content)
        assert message["To"] == recipient
        assert len(message.get_all("List-Unsubscribe-Post", [])) == 1
        assert not message.defects
        (token,) = set(re.findall(r"/unsubscribe/(\w+)", message["List-Unsubscribe"]))
        html = message.get_body(("html",))
        assert html is not None
        assert token in html.get_content()
