"""The public pages: only POST acts, nothing forged is taken, and no subscriber's token can leak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from starlette.testclient import TestClient

from newsletter import brief_json, mailing, pictures
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.config import Config
from newsletter.delivery.sending import Stop
from newsletter.delivery.transports.memory import Memory
from newsletter.errors import ConfigError
from newsletter.store import subscribers as table
from newsletter.store.database import opened
from newsletter.store.schema import Standing
from newsletter.subscribers import roster
from newsletter.subscribers.keys import Purpose
from newsletter.web.public import make_app
from tests import briefs
from tests.mail_support import (
    ENVIRONMENT,
    ISSUE,
    KEYS,
    SEND_TIME,
    at_send_time,
    config_at,
    fill,
    ids,
    issue_at,
)

ANNA, BOB = "anna@inbox.example", "bob@inbox.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = config_at(tmp_path)
    fill(made, [ANNA, BOB])
    return made


@pytest.fixture
def client(config: Config) -> Iterator[TestClient]:
    app = make_app(config, clock=at_send_time, environment=ENVIRONMENT)
    with TestClient(app, follow_redirects=False, base_url="https://brief.example.com") as found:
        yield found


def link(config: Config, address: str) -> str:
    return f"/unsubscribe/{KEYS.token(Purpose.UNSUBSCRIBE, ids(config)[address])}"


def state(config: Config, address: str) -> Standing:
    with opened(config.paths.store) as store:
        return roster.find(store, address).state


def log(config: Config, address: str) -> list[tuple[str, str]]:
    with opened(config.paths.store) as store, store.reading() as connection:
        identity = roster.find(store, address).id
        return [(event, how) for event, how, _ in table.history(connection, identity)]


def mail(config: Config, folder: Path) -> Memory:
    memory = Memory()
    mailing.mail(
        config,
        folder,
        clock=at_send_time,
        environment=ENVIRONMENT,
        connect=memory.connected,
        stop=Stop(),
    )
    return memory


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_changes_nothing(config: Config, client: TestClient, method: str) -> None:
    for _ in range(3):
        response = client.request(method, link(config, ANNA))
        assert response.status_code == 200

    assert state(config, ANNA) is Standing.CONFIRMED
    assert log(config, ANNA) == [("imported", "import")]


def test_the_page_has_one_button_and_nothing_else_to_press(config: Config, client: TestClient) -> None:
    page = client.get(link(config, ANNA)).text

    assert page.count("<button") == page.count("<form") == 1
    assert '<form method="post">' in page
    assert "<a " not in page
    assert "<script" not in page
    assert ANNA not in page


def test_one_click_acts_at_once(config: Config, client: TestClient) -> None:
    response = client.post(link(config, ANNA), data=ONE_CLICK)

    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert "location" not in response.headers
    assert state(config, ANNA) is Standing.LEFT
    assert state(config, BOB) is Standing.CONFIRMED
    assert log(config, ANNA)[-1] == ("left", "one-click")
    with opened(config.paths.store) as store, store.reading() as connection:
        assert table.suppressed(connection, KEYS.digests(ANNA)) == "left"


def test_one_click_as_multipart_too(config: Config, client: TestClient) -> None:
    response = client.post(link(config, ANNA), files={"List-Unsubscribe": (None, "One-Click")})

    assert response.status_code == 200
    assert log(config, ANNA)[-1] == ("left", "one-click")


def test_the_button_acts(config: Config, client: TestClient) -> None:
    response = client.post(link(config, ANNA), data={"from": "page"})

    assert "You are unsubscribed" in response.text
    assert log(config, ANNA)[-1] == ("left", "page")


def test_again_says_the_same_and_changes_nothing_more(config: Config, client: TestClient) -> None:
    pages = [client.post(link(config, ANNA), data=ONE_CLICK) for _ in range(3)]

    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert [event for event, _ in log(config, ANNA)].count("left") == 1


def test_the_link_of_a_mail_works_without_an_issue_and_for_ever(
    config: Config, client: TestClient, tmp_path: Path
) -> None:
    memory = mail(config, issue_at(tmp_path))
    message = next(m for m in memory.messages if m.recipient == ANNA).content().decode()
    path = message.partition("List-Unsubscribe: <https://brief.example.com")[2].partition(">")[0]

    assert client.post(path, data=ONE_CLICK).status_code == 200
    assert state(config, ANNA) is Standing.LEFT


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "token", ["x", UNSUBSCRIBE_TOKEN, "1" + "a" * 44, "../../etc/passwd", "%00", "1gu" + "é" * 42]
)
def test_forged_tokens_find_nothing(config: Config, client: TestClient, method: str, token: str) -> None:
    response = client.request(method, f"/unsubscribe/{token}", data=ONE_CLICK if method == "POST" else None)

    assert response.status_code == 404
    assert {state(config, ANNA), state(config, BOB)} == {Standing.CONFIRMED}


def test_a_token_with_one_letter_changed_finds_nothing(config: Config, client: TestClient) -> None:
    path = link(config, ANNA)

    assert client.post(path[:-1] + ("a" if path[-1] != "a" else "b"), data=ONE_CLICK).status_code == 404
    assert state(config, ANNA) is Standing.CONFIRMED


def test_someone_erased_is_not_on_the_list(config: Config, client: TestClient) -> None:
    path = link(config, ANNA)
    with opened(config.paths.store) as store, store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM subscriber WHERE address = ?", (ANNA,))

    for response in (client.get(path), client.post(path, data=ONE_CLICK)):
        assert response.status_code == 200
        assert "You are not on the list" in response.text


def test_a_huge_body_is_refused(config: Config, client: TestClient) -> None:
    assert client.post(link(config, ANNA), content=b"x" * 100_000).status_code == 413
    assert state(config, ANNA) is Standing.CONFIRMED


@pytest.mark.parametrize("path", ["/", "/unsubscribe", "/healthz", "/archive/", "/nothing", "TOKEN"])
def test_every_answer_is_guarded(config: Config, client: TestClient, path: str) -> None:
    headers = client.get(link(config, ANNA) if path == "TOKEN" else path).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
    assert "script" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_no_other_method(config: Config, client: TestClient, method: str) -> None:
    assert client.request(method, link(config, ANNA)).status_code == 405


def test_a_name_in_config_is_text_not_markup(tmp_path: Path) -> None:
    config = config_at(tmp_path, sender="{address: a@b.example, postal_address: '<script>1</script>'}")
    with TestClient(make_app(config, clock=at_send_time, environment=ENVIRONMENT)) as client:
        assert "<script>" not in client.get("/unsubscribe").text


class TestArchive:
    def test_only_what_was_mailed_is_public(self, config: Config, client: TestClient, tmp_path: Path) -> None:
        folder = issue_at(tmp_path)
        assert client.get(f"/archive/{ISSUE}/").status_code == 404
        assert ISSUE not in client.get("/archive/").text

        mail(config, folder)

        assert client.get(f"/archive/{ISSUE}/").status_code == 200
        assert f'href="{ISSUE}/"' in client.get("/archive/").text

    def test_it_holds_no_token(self, config: Config, client: TestClient, tmp_path: Path) -> None:
        mail(config, issue_at(tmp_path))

        page = client.get(f"/archive/{ISSUE}/").text

        assert UNSUBSCRIBE_TOKEN not in page
        assert 'href="https://brief.example.com/unsubscribe"' in page
        assert not any(link(config, address).rpartition("/")[2] in page for address in (ANNA, BOB))
        assert "How to unsubscribe" in client.get("/unsubscribe").text

    def test_its_facts_stand_beneath(self, config: Config, client: TestClient, tmp_path: Path) -> None:
        folder = issue_at(tmp_path)
        plain = (folder / "index.html").read_text()
        made = briefs.changed(issue=replace(briefs.ISSUE, id=ISSUE, edition="morning"))
        (folder / "brief.json").write_text(brief_json.to_json(made))
        mail(config, folder)

        page = client.get(f"/archive/{ISSUE}/").text

        facts = page[page.index('<section id="facts"') :]
        assert facts.endswith("</section></body></html>\n")
        rows = [
            [lxml.html.tostring(cell, method="text", encoding="unicode").strip() for cell in row]
            for row in lxml.html.fromstring(facts).iter("tr")
        ]
        assert ["^RUT return", "19%", "year to date", "Nov. 23, 2026", "invented"] in rows
        assert page.startswith(plain[: plain.index("<h1>")])

    def test_its_pictures(self, config: Config, client: TestClient, tmp_path: Path) -> None:
        folder = issue_at(tmp_path)
        mail(config, folder)

        picture = client.get(f"/archive/{ISSUE}/charts/chart-light.png")

        assert picture.headers["content-type"] == "image/png"
        assert picture.content == (folder / "charts" / "chart-light.png").read_bytes()

        assert picture.headers["cache-control"] == "no-store"

    def test_a_picture_named_by_its_content_is_there_before_the_mail_and_for_ever(
        self, client: TestClient, tmp_path: Path
    ) -> None:
        folder = issue_at(tmp_path)
        path = pictures.path_of("chart-light", b"invented")
        (folder / path).write_bytes(b"invented")
        (folder / path.replace("light", "dark")).write_bytes(b"other content than its name says")

        picture = client.get(f"/archive/{ISSUE}/{path}")

        assert (picture.status_code, picture.content) == (200, b"invented")
        assert picture.headers["content-type"] == "image/png"
        assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get(f"/archive/{ISSUE}/{path.replace('light', 'dark')}").status_code == 404
        assert client.get(f"/archive/{ISSUE}/charts/chart-light.png").status_code == 404
        assert client.get(f"/archive/{ISSUE}/").status_code == 404

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "../../newsletter.db",
                "..%2f..%2fnewsletter.db",
                "chart-light.png/",
                "none.png",
                "%2e%2e/brief.json",
            ),
            *("chart-light.png%00", ".png"),
        ],
    )
    def test_nothing_else_of_the_folder(
        self, config: Config, client: TestClient, tmp_path: Path, path: str
    ) -> None:
        mail(config, issue_at(tmp_path))

        assert client.get(f"/archive/{ISSUE}/charts/{path}").status_code == 404
        assert client.get(f"/archive/{ISSUE}/brief.json").status_code == 404

    @pytest.mark.parametrize(
        "issue", ["..", "%2e%2e", "2025-08-26-", "2025-08-26-Morning", "2025-08-25-morning"]
    )
    def test_no_other_folder(self, config: Config, client: TestClient, tmp_path: Path, issue: str) -> None:
        mail(config, issue_at(tmp_path))

        assert client.get(f"/archive/{issue}/").status_code == 404

    def test_an_issue_changed_since_is_not_shown(
        self, config: Config, client: TestClient, tmp_path: Path
    ) -> None:
        mail(config, issue_at(tmp_path))
        issue_at(tmp_path, html="Other words.")

        assert client.get(f"/archive/{ISSUE}/").status_code == 404


def test_the_pages_need_the_key(config: Config) -> None:
    with pytest.raises(ConfigError, match="NEWSLETTER_SECRET_KEY is not set"):
        make_app(config, clock=at_send_time, environment={})


def test_who_left_without_a_key_is_suppressed_when_the_pages_start(config: Config) -> None:
    with opened(config.paths.store) as store:
        roster.remove(store, ANNA, keys=None, now=SEND_TIME)
    make_app(config, clock=at_send_time, environment=ENVIRONMENT)

    with opened(config.paths.store) as store, store.reading() as connection:
        assert table.suppressed(connection, KEYS.digests(ANNA)) == "left"
