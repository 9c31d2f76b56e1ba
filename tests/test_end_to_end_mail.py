"""An issue mailed to a list of fifty through the command line: what arrives, what a second run does, what status says."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright

from newsletter.brief import UNSUBSCRIBE_TOKEN
from tests.end_to_end_support import Done, Project, links, morning, with_issue
from tests.mail_support import BASE_URL, Mailbox, read, readers, server

__all__ = ["morning"]

READERS = readers(50)

LIST = b"""\
name,email
,reader0000@inbox.example
No address,
Two at signs,a@b@inbox.example
No domain,reader@
Words,this is no address
Wrong letters,j\xf6rg@inbox.example
Twice,READER0000@inbox.example
Line break,"a@inbox.example
Bcc: b@inbox.example"
"""
BROKEN = {3, 4, 5, 6, 7, 10}
"""The lines of LIST that hold no address; a cell of two lines counts by its last."""


class Mailed(NamedTuple):
    project: Project
    imported: Done
    sent: Done
    inbox: Mailbox


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailed]:
    """The list imported and the issue mailed, once for this file's tests; none of them changes anything in it."""
    folder = tmp_path_factory.mktemp("mailed")
    project = with_issue(folder / "project", tmp_path_factory)
    with server(folder / "inbox") as inbox:
        project.configured(inbox.port)
        rest = "".join(f"Reader,{address}\n" for address in READERS[1:])
        (project.folder / "readers.csv").write_bytes(LIST + rest.encode())
        imported = project("subscribers", "import", "readers.csv", "--consent", "daily brief, fair 2025")
        sent = project("send", "--date", str(project.day))
        yield Mailed(project, imported, sent, inbox)


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def images(message: EmailMessage) -> dict[str, bytes]:
    """The embedded images by Content-ID."""
    return {
        str(part["Content-ID"]).strip("<>"): bytes(part.get_content())
        for part in message.walk()
        if isinstance(part, EmailMessage) and part.get_content_maintype() == "image"
    }


def own_link(message: EmailMessage) -> str:
    found = re.fullmatch(r"<(.+)>", str(message["List-Unsubscribe"]))
    assert found
    return found[1]


def test_each_broken_row_of_the_list_is_named(mailed: Mailed) -> None:
    refused = dict(re.findall(r"(?m)^readers\.csv:(\d+): (.+)$", mailed.imported.err))
    assert set(map(int, refused)) == BROKEN
    assert refused["3"] == "no address"
    assert refused["7"] == "not in UTF-8"
    assert mailed.imported.out == "50 added (confirmed), 0 confirmed, 1 known already, 6 refused\n"


def test_fifty_get_one_message_each(mailed: Mailed) -> None:
    assert mailed.sent.out == f"{mailed.project.day}-morning sent: 50 planned, 50 accepted\n"
    assert sorted(mailed.inbox.recipients().elements()) == READERS
    for sender, recipient, content in mailed.inbox.raw():
        message = read(content)
        assert sender == "brief@brief.example.com"
        assert message.get_all("To") == [recipient]
        assert message["From"] == "Opening Tape <brief@brief.example.com>"
        assert message.get_all("Cc") is None
        assert message.get_all("Bcc") is None
        assert not message.defects
        assert max(map(len, content.split(b"\r\n"))) <= 998
        assert content.isascii()


def test_each_has_a_way_out_of_their_own(mailed: Mailed) -> None:
    seen = set()
    for message in mailed.inbox.messages():
        link = own_link(message)
        assert link.startswith(f"{BASE_URL}/unsubscribe/")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for part in ("html", "plain"):
            there = {found for found in links(body(message, part)) if "/unsubscribe" in found}
            assert there == {link}
        seen.add(link)
    assert len(seen) == 50


def test_the_mail_is_the_issue_that_was_built(mailed: Mailed) -> None:
    issue = mailed.project.issue
    charts = {f"charts/{path.name}" for path in (issue / "charts").glob("*.png")}
    assert charts
    for message in mailed.inbox.messages():
        token = own_link(message).rpartition("/")[2]
        assert message["Subject"] == (issue / "subject.txt").read_text().strip()
        text = (issue / "issue.txt").read_text()
        assert body(message, "plain") == text.replace(UNSUBSCRIBE_TOKEN, token)
        html = body(message, "html")
        place = f"{BASE_URL}/archive/{issue.name}/"
        assert set(re.findall(r'"(\S+\.png)"', html)) == {f"{place}{path}" for path in charts}
        html = html.replace(f"{place}charts/", "charts/")
        assert html == (issue / "index.html").read_text().replace(UNSUBSCRIBE_TOKEN, token)
        assert images(message) == {}


def test_each_row_of_the_glance_has_its_year_in_both_themes(mailed: Mailed) -> None:
    issue = mailed.project.issue
    rows = json.loads((issue / "brief.json").read_text())["snapshot"]
    drawn = [row for row in rows if row["spark_light"]]
    assert len(drawn) >= 6
    for row in drawn:
        light, dark = ((issue / row[name]).read_bytes() for name in ("spark_light", "spark_dark"))
        assert light != dark
        for data in (light, dark):
            assert Image.open(io.BytesIO(data)).size == (168, 44)


def test_status_gives_the_account(mailed: Mailed) -> None:
    said = mailed.project("status").out
    assert said.startswith(f"{mailed.project.day}-morning: done, 50 planned, begun ")
    table = {words[0]: words[1:] for line in said.splitlines()[1:] if (words := line.split())}
    assert table["accepted"] == ["50"]
    assert table["inbox.example"] == ["accepted", "50"]
    others = ("planned", "sending", "deferred", "rejected", "unknown", "expired")
    assert {state: table[state] for state in others} == {state: ["0"] for state in others}


def test_a_second_run_mails_nobody(mailed: Mailed) -> None:
    before = mailed.project.stored()
    again = mailed.project("send", "--date", str(mailed.project.day))
    assert again.out == f"{mailed.project.day}-morning already sent: 50 planned, 50 accepted\n"
    assert len(mailed.inbox.raw()) == 50
    assert mailed.project.stored() == before


def test_what_was_mailed_can_not_be_built_again(mailed: Mailed) -> None:
    files = {path: path.read_bytes() for path in mailed.project.issue.rglob("*") if path.is_file()}
    refused = mailed.project("build", "--date", str(mailed.project.day), code=2)
    assert f"{mailed.project.day}-morning is frozen: its mailing began" in refused.error
    assert {path: path.read_bytes() for path in mailed.project.issue.rglob("*") if path.is_file()} == files


def test_a_copy_goes_to_whom_it_is_asked_for(morning: Project, tmp_path: Path) -> None:
    with server(tmp_path / "inbox") as inbox:
        morning.configured(inbox.port).list_of(READERS[:2])
        before = morning.stored()
        morning("send", "--date", str(morning.day), "--to", "editor@brief.example.com", "--to", READERS[0])
        assert sorted(inbox.recipients().elements()) == ["editor@brief.example.com", READERS[0]]
        assert morning.stored() == before
        assert morning("status").out == "nothing was mailed yet\n"


def test_a_dry_run_leaves_a_file_for_each(morning: Project) -> None:
    morning.list_of(READERS[:3])
    before = morning.stored()
    said = morning("send", "--date", str(morning.day), "--dry-run", "--out", "outbox").out
    assert said == "3 mails in outbox\n"
    written = [read(path.read_bytes()) for path in (morning.folder / "outbox").glob("*.eml")]
    assert sorted(message["To"] for message in written) == READERS[:3]
    assert len({own_link(message) for message in written}) == 3
    assert morning.stored() == before


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=str(chromium),
            args=["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )  # fmt: skip
        yield made
        made.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 640])
def test_it_shows_whole_and_asks_nobody(
    mailed: Mailed, browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    """As a mail program would show it: the images that we host at their addresses, nothing else to be had."""
    message, issue = mailed.inbox.messages()[0], mailed.project.issue
    hosted = {
        f"{BASE_URL}/archive/{issue.name}/{path.relative_to(issue)}": path.read_bytes()
        for path in issue.glob("charts/*.png")
    }
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    asked: list[str] = []

    def answer(route: Route) -> None:
        url = route.request.url
        if url == "http://mail.invalid/":
            route.fulfill(body=body(message, "html"), content_type="text/html; charset=utf-8")
        elif url in hosted:
            route.fulfill(body=hosted[url], content_type="image/png")
        elif url != "http://mail.invalid/favicon.ico":
            asked.append(url)
            route.abort()
        else:
            route.abort()

    page.route("**/*", answer)
    page.goto("http://mail.invalid/")
    shown = page.evaluate("[...document.images].map(image => [image.complete, image.naturalWidth])")
    page.screenshot(path=str(tmp_path / f"mail-{width}-{scheme}.png"), full_page=True)
    assert shown
    assert all(complete and wide for complete, wide in shown)
    assert asked == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()


@pytest.mark.slow
def test_what_arrived_is_no_spam(mailed: Mailed, spamassassin: Path, tmp_path: Path) -> None:
    _, _, content = mailed.inbox.raw()[0]
    done = subprocess.run(
        [spamassassin, "-L", "-t", f"--prefspath={tmp_path}/prefs"],
        input=content,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
        timeout=120,
        check=True,
    )
    header = re.sub(r"\r?\n[ \t]+", " ", done.stdout.decode(errors="replace"))
    found = re.search(r"X-Spam-Status: \w+, score=(-?[\d.]+) .*?tests=(.*?) \w+=", header)
    assert found, done.stderr
    print(f"SpamAssassin: {found[1]} points, {found[2]}")
    assert float(found[1]) < 1.0, found[2]
