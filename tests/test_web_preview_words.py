"""The Words tab over HTTP, on an invented market: what it answers, and whom it lets write."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.notebook import Ground, Notebook
from newsletter.web.preview_app import application
from newsletter.web.preview_desk import Desk, Shown
from newsletter.web.preview_page import page
from newsletter.web.preview_problem import Problem
from tests.preview_support import composed
from tests.words_support import NAME, close, ground, word_file

HOST = "127.0.0.1:8025"


@pytest.fixture
def on(tmp_path: Path) -> Ground:
    return ground(tmp_path)


@pytest.fixture
def client(on: Ground) -> TestClient:
    app = application(Desk(lambda _changed: composed(), ()), frozenset({HOST}), Notebook(lambda: on))
    return TestClient(app, base_url=f"http://{HOST}")


def headers(client: TestClient) -> dict[str, str]:
    """What the preview's own page sends with a POST."""
    token = re.search(r'data-token="([^"]+)"', client.get("/").text)
    assert token is not None
    return {"origin": f"http://{HOST}", "x-preview-token": token[1], "sec-fetch-site": "same-origin"}


def post(client: TestClient, path: str, **asked: str) -> tuple[int, Any]:
    answer = client.post(path, json=asked, headers=headers(client))
    return answer.status_code, answer.json()


# Who may write


FORGED: dict[str, dict[str, str | None]] = {
    "from another site": {"origin": "https://evil.example"},
    "from a sandbox": {"origin": "null"},
    "from another scheme": {"origin": f"https://{HOST}"},
    "from another port": {"origin": "http://127.0.0.1:9999"},
    "from nowhere": {"origin": None},
    "across sites": {"sec-fetch-site": "cross-site"},
    "across ports": {"sec-fetch-site": "same-site"},
    "as text, which needs no leave": {"content-type": "text/plain"},
    "as a form": {"content-type": "application/x-www-form-urlencoded"},
    "with a guessed token": {"x-preview-token": "guessed"},
    "with a token of no ASCII": {"x-preview-token": "\u00e4"},
    "without a token": {"x-preview-token": None},
}
"""A request of the preview's own page with one header changed, or left out."""


@pytest.mark.parametrize("path", ["/words/proof", "/words/save", "/words/aside"])
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_another_page_can_not_write(
    on: Ground, client: TestClient, path: str, forged: dict[str, str | None]
) -> None:
    word_file(on).parent.mkdir()
    word_file(on).write_text("Mine.\n")
    version = client.get("/words").json()["version"]
    sent = {"content-type": "application/json", **headers(client), **forged}

    answer = client.post(
        path,
        content=json.dumps({"byline": "By another", "version": version}),
        headers=[
            (name.encode(), value.encode("latin-1")) for name, value in sent.items() if value is not None
        ],
    )

    assert answer.status_code == 403
    assert answer.text == "Only the preview's own page may do this; load the page again.\n"
    assert word_file(on).read_text() == "Mine.\n"


def test_another_host_is_refused_before_anything_else(on: Ground, client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1:9999", "127.0.0.1"):
        answer = client.post("/words/save", json={"byline": "x"}, headers=headers(client) | {"host": host})
        assert answer.status_code == 421
    assert not word_file(on).exists()


def test_the_token_is_of_one_preview_and_on_its_page_alone(on: Ground, client: TestClient) -> None:
    other = application(Desk(lambda _changed: composed(), ()), frozenset({HOST}), Notebook(lambda: on))
    second = TestClient(other, base_url=f"http://{HOST}")
    answer = second.post("/words/proof", json={}, headers=headers(client))
    assert answer.status_code == 403
    token = headers(client)["x-preview-token"]
    for path in ("/words", "/words/facts", "/preview_words.js", "/preview.js", "/events-not-there"):
        assert token not in client.get(path).text


def test_only_post_writes(on: Ground, client: TestClient) -> None:
    for path in ("/words/proof", "/words/save", "/words/aside"):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            assert client.request(method, path, headers=headers(client)).status_code == 405
    assert not word_file(on).exists()


def test_a_preview_without_a_notebook_has_no_words(on: Ground) -> None:
    app = application(Desk(lambda _changed: composed(), ()), frozenset({HOST}))
    client = TestClient(app, base_url=f"http://{HOST}")
    assert "data-token" not in client.get("/").text
    assert client.get("/words").status_code == 404


def test_every_answer_has_the_pages_policy(client: TestClient) -> None:
    assert "script-src 'self'" in client.get("/words").headers["content-security-policy"]
    for answer in (client.get("/words"), client.post("/words/save")):
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


# What it answers


def test_it_opens_with_the_offers(on: Ground, client: TestClient) -> None:
    found = client.get("/words").json()
    assert (found["name"], found["version"], found["room"]) == (NAME, "absent", 60)
    assert found["stories"][0]["key"] == on.thought.findings.stories[0].key
    assert found["stories"][0]["headlines"]


def test_a_draft_is_answered_claim_by_claim(on: Ground, client: TestClient) -> None:
    wrong = f"{close(on)[:-1]}{(int(close(on)[-1]) + 1) % 10}"
    body = f"Calm \U0001f600.\n\nThe S&P 500 closed at {close(on)}.\n\nOr did it close at {wrong}?"
    status, found = post(client, "/words/proof", body=body)

    assert status == 200
    assert [part["line"] for part in found["passages"]] == [1, 3, 5]
    words = ["".join(run["words"] for run in part["runs"]) for part in found["passages"]]
    assert words == body.split("\n\n")
    proven = [run for part in found["passages"] for run in part["runs"] if run["state"] == "proven"]
    assert [(run["words"], run["note"].split("@")[0]) for run in proven] == [(close(on), "^GSPC:close:1s")]
    (fault,) = found["faults"]
    assert (fault["part"], fault["line"], fault["words"]) == ("body", 5, wrong)
    assert fault["reason"].startswith("no fact rounds to it")
    assert found["proven"] == 1


def test_the_nearest_fact_comes_with_the_fault(on: Ground, client: TestClient) -> None:
    wrong = f"{close(on)[:-1]}{(int(close(on)[-1]) + 1) % 10}"
    _, found = post(client, "/words/proof", body=f"The S&P 500 closed at {wrong}.")
    assert found["faults"][0]["hint"]["printed"] == close(on)
    assert found["faults"][0]["hint"]["reference"] == '{{ f("^GSPC", "close") }}'


def test_hostile_words_come_back_as_words(client: TestClient) -> None:
    status, found = post(client, "/words/proof", body="Calm.\n\n<script>alert(1)</script>")
    assert status == 200
    (fault,) = found["faults"]
    assert fault["line"] == 3
    assert fault["reason"].startswith("'<script>alert(1)</script>' is HTML, which isn't printed")


def test_a_draft_is_saved_and_put_aside(on: Ground, client: TestClient) -> None:
    status, saved = post(client, "/words/save", headline="A calm Monday", version="absent")
    assert (status, word_file(on).read_text()) == (200, '---\nheadline: "A calm Monday"\n---\n')
    assert client.get("/words").json()["draft"]["headline"] == "A calm Monday"

    status, gone = post(client, "/words/aside", version=str(saved["version"]))
    assert (status, gone) == (200, {"place": "2026-03-10.md.old"})
    assert not word_file(on).exists()


def test_a_change_on_disk_is_a_conflict(on: Ground, client: TestClient) -> None:
    word_file(on).parent.mkdir()
    word_file(on).write_text("Somebody else's words.\n")
    for path in ("/words/save", "/words/aside"):
        status, found = post(client, path, byline="By me", version="absent")
        assert status == 409
        assert found["problem"] == (
            f"{NAME} was changed on disk since it was loaded; nothing was written, load it again"
        )
    assert word_file(on).read_text() == "Somebody else's words.\n"


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (json.dumps({"body": "Calm. " * 20_000}), 422, rf"^{NAME}: larger than 20,000 bytes; an issue's note"),
        (json.dumps({"body": "Calm. " * 200_000}), 413, r"^a note of more than 20,000 bytes isn't read"),
        (json.dumps({"body": "S&P 500 at 1.23"}), 422, rf"^{NAME}:1: number: '1\.23'"),
        (json.dumps({"body": "a\ud800b 1.23"}), 422, rf"^{NAME}:1: number: '1\.23' in \"a\?b"),
        (json.dumps({"lead": "nonsense"}), 422, rf"^{NAME}:2: no story nonsense today"),
        (json.dumps({}), 422, rf"^{NAME}: nothing to save"),
        (json.dumps({"body": 3}), 400, "^expected a JSON object of strings$"),
        (json.dumps(["body"]), 400, "^expected a JSON object of strings$"),
        ("{", 400, "^expected a JSON object of strings$"),
        ("[" * 100_000, 400, "^expected a JSON object of strings$"),
        (b"\xff", 400, "^expected a JSON object of strings$"),
    ],
)  # fmt: skip
def test_a_bad_draft_is_one_line_and_nothing_is_written(
    on: Ground, client: TestClient, sent: str | bytes, status: int, words: str
) -> None:
    answer = client.post(
        "/words/save", content=sent, headers=headers(client) | {"content-type": "application/json"}
    )
    assert answer.status_code == status
    problem = answer.json()["problem"]
    assert re.search(words, problem), problem
    assert "\n" not in problem
    assert not word_file(on).exists()


@pytest.mark.parametrize("path", ["/words/proof", "/words/save", "/words/aside"])
def test_what_is_no_draft_is_refused_everywhere(client: TestClient, path: str) -> None:
    sent = headers(client) | {"content-type": "application/json"}
    assert client.post(path, content="{", headers=sent).status_code == 400
    assert client.post(path, content="x" * 1_000_000, headers=sent).status_code == 413


def test_before_an_issue_is_composed_it_says_so() -> None:
    app = application(Desk(lambda _changed: composed(), ()), frozenset({HOST}), Notebook(lambda: None))
    client = TestClient(app, base_url=f"http://{HOST}")
    assert client.get("/words").status_code == 422
    assert client.get("/words").json() == {"problem": "nothing is composed yet; wait until the issue is"}


def test_facts_are_found(on: Ground, client: TestClient) -> None:
    facts = client.get("/words/facts", params={"q": "s&p close"}).json()["facts"]
    assert (facts[0]["name"], facts[0]["printed"]) == ("S&P 500", close(on))
    assert client.get("/words/facts", params={"q": "x" * 20_000}).json() == {"facts": []}


def test_an_answer_is_quick(on: Ground, client: TestClient) -> None:
    """Measured on a real issue: docs/preview.md. Here only that a key pressed does not judge everything anew."""
    sent = headers(client)
    column = "\n\n".join(f"On day {n} the S&P 500 closed at {close(on)}." for n in range(60))

    def wait(body: str) -> float:
        began = time.perf_counter()
        assert client.post("/words/proof", json={"body": body}, headers=sent).status_code == 200
        return time.perf_counter() - began

    first = wait(column)
    assert min(wait(f"{column} More{'!' * n}") for n in range(3)) < first / 2


# The page


def shown(*, problem: bool = False, issue: bool = True) -> Shown:
    """What the page is made of: an issue, or why there is none."""
    return replace(
        Desk(lambda _changed: composed(), ()).shown,
        composed=composed() if issue else None,
        problem=Problem(message="notes/2026-03-10.md:2: unknown setting headlin") if problem else None,
        busy=False,
    )


def test_the_tab_is_there_where_words_can_be_written() -> None:
    assert 'id="words"' in page(shown(), token="t")
    assert 'id="words"' not in page(shown())


def test_a_note_that_keeps_the_first_issue_from_being_composed_can_be_put_aside() -> None:
    html = page(shown(problem=True, issue=False), token="t")
    assert 'id="words"' in html
    assert "unknown setting headlin" in html
    assert 'id="issue"' not in html


def test_the_programs_column_is_there_to_begin_with() -> None:
    column = re.search(r'<pre id="column" hidden>(.*?)</pre>', page(shown(), token="t"), re.DOTALL)
    assert column is not None
    assert unescape(column[1]).split("\n\n") == [part.text for part in composed().brief.takeaway.paragraphs]
