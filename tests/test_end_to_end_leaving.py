"""From the link in a mail to the next mailing: opening it changes nothing, one click acts, and the next issue spares them."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from tests.end_to_end_support import Project, links, morning
from tests.mail_support import BASE_URL, readers, server

__all__ = ["morning"]

Answer = tuple[int, str, dict[str, str]]


class Pages:
    """The public pages, asked where they listen for what the mail calls by its public address."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, link: str, body: str | None = None) -> Answer:
        """Status, text and headers; redirects are not followed, no cookies kept, what is after # not sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, link.removeprefix(BASE_URL).partition("#")[0], body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read().decode(errors="replace"), dict(reply.getheaders())
        finally:
            connection.close()


@contextmanager
def served(project: Project) -> Iterator[Pages]:
    """``newsletter serve`` in a process of its own; it says where it listens once it does."""
    with project.started("serve", "--port", "0") as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        found = re.match(r"Serving on http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + (project.folder / "serve.log").read_text()
        yield Pages(int(found[1]))
        child.terminate()
        assert child.wait(10) == 0


def texts(message: EmailMessage) -> str:
    return "".join(
        str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"
    )


def test_leaving_by_the_link_in_a_mail(morning: Project, tmp_path: Path) -> None:
    people = readers(12)
    with server(tmp_path / "inbox") as inbox:
        morning.configured(inbox.port).list_of(people)
        morning("send", "--date", str(morning.day))
        mails = {str(message["To"]): message for message in inbox.messages()}
    assert sorted(mails) == people
    leaver = people[5]
    own = str(mails[leaver]["List-Unsubscribe"]).strip("<>")
    named = {link for link in links(texts(mails[leaver])) if link.startswith(BASE_URL)}
    headers = {str(mails[leaver][name]).strip("<>") for name in ("List-Unsubscribe", "List-Archive")}
    assert {own, f"{BASE_URL}/archive/{morning.day}-morning/"} <= named

    with served(morning) as pages:
        before = morning.stored()
        for link in sorted(named | headers):
            for method in ("GET", "HEAD"):
                status, text, _ = pages.ask(method, link)
                assert (method, link, status) == (method, link, 200)
                assert (text == "") == (method == "HEAD")
        assert morning.stored() == before

        token = own.rpartition("/")[2]
        forged = own.removesuffix(token) + token[:-1] + ("a" if token[-1] != "a" else "b")
        for method, body in (("GET", None), ("POST", "List-Unsubscribe=One-Click")):
            assert pages.ask(method, forged, body)[0] == 404
        assert morning.stored() == before

        status, text, reply = pages.ask("POST", own, "List-Unsubscribe=One-Click")
        assert status == 200
        assert not {"Set-Cookie", "Location"} & reply.keys()
        assert pages.ask("POST", own, "List-Unsubscribe=One-Click")[:2] == (200, text)
        # No page tells who reads it: nobody's token is in the archive.
        archived = pages.ask("GET", f"{BASE_URL}/archive/{morning.day}-morning/")[1]
        assert not any(
            str(message["List-Unsubscribe"]).strip("<>").rpartition("/")[2] in archived
            for message in mails.values()
        )

    assert f"{leaver},left," in morning("subscribers", "export").out
    assert leaver in morning("subscribers", "add", leaver, code=2).error

    # The next issue, which `send` builds first: of another edition, since the next morning hasn't come.
    with server(tmp_path / "next") as inbox:
        morning.configured(inbox.port)
        sent = morning("send", "--edition", "closing", "--date", str(morning.day))
        assert sorted(inbox.recipients().elements()) == [who for who in people if who != leaver]
    assert sent.out == f"{morning.day}-closing sent: 11 planned, 11 accepted\n"
    assert "left out: 1 left" in morning("status").out
