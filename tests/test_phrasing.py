"""The phrasing model is never trusted: what it may not say is refused, and every failure leaves the program's own words.

The endpoint is a server of the test's own on 127.0.0.1; the column is invented.
"""

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from newsletter.brief import Brief, Paragraph, Sentence
from newsletter.config import Config, Phrasing, parse
from newsletter.errors import ConfigError
from newsletter.phrasing import Phrased, phrase
from tests import briefs

KEY = "test-key"
FIRST = "The Nasdaq fell 1.1% on Friday, while the Dow rose 0.4%."
IN_SLOTS = "{s1} {s2} on {s3}, while {s4} {s5}."
SECOND = "It stands 5.2% short of the record set on Nov. 11."
BOTTOM = "The gap between the Nasdaq and the Dow was wide."

Answer = Callable[[dict[str, Any]], str]


def column() -> Brief:
    brief = briefs.full()
    paragraph = Paragraph(
        sentences=(
            Sentence(text=FIRST, plain="The Nasdaq ended Friday.", facts=("f",)),
            Sentence(text=SECOND),
        ),
        role="finding",
    )
    takeaway = dataclasses.replace(brief.takeaway, paragraphs=(paragraph,), bottom_line=Sentence(text=BOTTOM))
    return dataclasses.replace(brief, takeaway=takeaway)


class Endpoint:
    """An OpenAI-compatible server. ``says`` makes the content of a reply out of the sentences that were asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.says: list[Answer] = []
        self.status = 200
        self.raw: bytes | None = None
        self.stall = 0.0
        self.drip = False
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                """Says nothing."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.keys.append(self.headers["Authorization"])
                endpoint.asked.append(body)
                endpoint.closing.wait(endpoint.stall)
                try:
                    self._reply(endpoint.reply(body))
                except OSError:
                    return  # the client has gone

            def _reply(self, content: bytes) -> None:
                status = endpoint.status
                if status == 200 and endpoint.keys[-1] != f"Bearer {KEY}":
                    status = 401
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if not endpoint.drip:
                    self.wfile.write(content)
                    return
                for byte in content:
                    if endpoint.closing.wait(0.05):
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()

        return Handler

    def reply(self, body: dict[str, Any]) -> bytes:
        if self.raw is not None:
            return self.raw
        asked = json.loads(body["messages"][-1]["content"])
        answer = self.says[min(len(self.asked), len(self.says)) - 1](asked)
        message = {"role": "assistant", "content": answer}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        whole = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        return json.dumps(whole).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.close()


def on(endpoint: Endpoint, folder: Path, timeout: float = 10) -> Config:
    config = briefs.config()
    paths = config.paths.model_copy(update={"prices": folder / "cache" / "prices"})
    asking = Phrasing(enabled=True, base_url=endpoint.url, model="m", timeout=timeout)
    return config.model_copy(update={"paths": paths, "phrasing": asking})


def run(endpoint: Endpoint, folder: Path, *, key: str = KEY, timeout: float = 10) -> Phrased:
    config = on(endpoint, folder, timeout)
    return phrase(column(), config=config, environment={"NEWSLETTER_LLM_API_KEY": key})


def says(*texts: str) -> Answer:
    """``texts`` for sentence 1, 2, ...; an empty one leaves it as it was asked."""

    def answer(asked: dict[str, Any]) -> str:
        given = dict(enumerate(texts, start=1))
        return json.dumps(
            {
                "sentences": [
                    {"id": item["id"], "text": given.get(int(item["id"])) or item["text"]}
                    for item in asked["sentences"]
                ]
            }
        )

    return answer


def first(phrased: Phrased) -> Sentence:
    return phrased.brief.takeaway.paragraphs[0].sentences[0]


def test_off_changes_nothing_and_imports_nothing() -> None:
    brief = column()
    assert phrase(brief, config=briefs.config()) == Phrased(brief=brief)

    code = "import newsletter.issue, sys; sys.exit('openai' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=briefs.ROOT, timeout=60, check=False).returncode == 0
    )


def test_an_obedient_answer_is_said(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says = [says("On {s3}, {s1} {s2}, but {s4} {s5}.")]

    phrased = run(endpoint, tmp_path)

    assert first(phrased) == Sentence(
        text="On Friday, the Nasdaq fell 1.1%, but the Dow rose 0.4%.", plain=FIRST, facts=("f",)
    )
    assert phrased.brief.takeaway.paragraphs[0].sentences[1] == Sentence(text=SECOND)
    assert phrased.brief.takeaway.headline == column().takeaway.headline
    assert phrased.notes == ()
    assert len(endpoint.asked) == 1


def test_the_bottom_line_and_the_words_are_counted(endpoint: Endpoint, tmp_path: Path) -> None:
    bottom = "The gap that stood {s1} {s2} and {s3} was {s4}."
    endpoint.says = [says("", "", bottom)]

    phrased = run(endpoint, tmp_path)

    line = phrased.brief.takeaway.bottom_line
    assert line is not None
    assert line.text == "The gap that stood between the Nasdaq and the Dow was wide."
    assert phrased.brief.words == column().words + 2


def test_the_model_sees_no_figure_and_no_date(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says = [says()]
    run(endpoint, tmp_path)

    (asked,) = endpoint.asked
    assert asked["temperature"] == 0
    sentences = json.loads(asked["messages"][-1]["content"])["sentences"]
    assert sentences[0]["text"] == IN_SLOTS
    assert sentences[0]["slots"]["s1"] == "name: the Nasdaq"
    assert sentences[0]["slots"]["s3"] == "date or time"
    for secret in ("1.1", "0.4", "5.2", "Friday", "Nov", "11"):
        assert secret not in json.dumps(
            [item["text"] for item in sentences] + [i["slots"] for i in sentences]
        )


BECAUSE = "{s1} {s2} on {s3} because {s4} {s5}."
REFUSED = {
    "digit": ("{s1} {s2} on {s3} by 3, while {s4} {s5}.", "'3'"),
    "digit in words": ("{s1} {s2} on {s3} for three, while {s4} {s5}.", "'three'"),
    "ordinal": ("{s1} {s2} on {s3}, the third, while {s4} {s5}.", "'third'"),
    "percent": ("{s1} {s2} percent on {s3}, while {s4} {s5}.", "'percent'"),
    "weekday": ("{s1} {s2} on {s3}, a Monday, while {s4} {s5}.", "'Monday'"),
    "month": ("{s1} {s2} on {s3} in october, while {s4} {s5}.", "'october'"),
    "window": ("{s1} {s2} on {s3} this week, while {s4} {s5}.", "'this week'"),
    "ticker": ("{s1} {s2} on {s3} with NVDA, while {s4} {s5}.", "'NVDA'"),
    "name": ("{s1} {s2} on {s3} with gold, while {s4} {s5}.", "'gold'"),
    "unknown name": ("{s1} {s2} on {s3} with Greece, while {s4} {s5}.", "'Greece'"),
    "superlative": ("{s1} {s2} on {s3}, a record, while {s4} {s5}.", "'record'"),
    "best": ("{s1} {s2} on {s3}, its best, while {s4} {s5}.", "'best'"),
    "any superlative": ("{s1} {s2} on {s3}, the oddest, while {s4} {s5}.", "'oddest'"),
    "cause": ("{s1} {s2} on {s3} because {s4} {s5}.", "'because'"),
    "amid": ("{s1} {s2} on {s3}, amid what {s4} {s5}.", "'amid'"),
    "investors": ("{s1} {s2} on {s3} and investors stood, while {s4} {s5}.", "'investors'"),
    "advice": ("{s1} {s2} on {s3}, so buy, while {s4} {s5}.", "'so buy'"),
    "forecast": ("{s1} {s2} on {s3} and will, while {s4} {s5}.", "'will'"),
    "verb": ("{s1} {s2} on {s3}, while {s4} soared {s5}.", "'soared'"),
    "negation": ("{s1} {s2} on {s3}, while not {s4} {s5}.", "'not'"),
    "limit": ("{s1} {s2} on {s3}, while only {s4} {s5}.", "'only'"),
    "markup": ("{s1} {s2} on <b>{s3}</b>, while {s4} {s5}.", "'<'"),
    "script": ("{s1} {s2} on {s3}<script>alert()</script>, while {s4} {s5}.", "'<'"),
    "address": ("{s1} {s2} on {s3}, see https://evil.example, while {s4} {s5}.", "'/'"),
    "bare address": ("{s1} {s2} on {s3} at evil.example, while {s4} {s5}.", "one sentence"),
    "template": ("{s1} {s2} on {s3}, {{ x }} while {s4} {s5}.", "'{'"),
    "homoglyph": ("{s1} {s2} on {s3}, \N{CYRILLIC SMALL LETTER A} while {s4} {s5}.", "outside a slot"),
    "zero width": ("{s1} {s2} on {s3}, th\N{ZERO WIDTH SPACE}ree while {s4} {s5}.", "outside a slot"),
    "missing slot": ("{s1} {s2} on {s3}, while {s4}.", "{s5} is missing"),
    "doubled slot": ("{s1} {s2} on {s3}, while {s4} {s5} {s5}.", "{s5} is used more than once"),
    "unknown slot": ("{s1} {s2} on {s3}, while {s4} {s5} {s6}.", "no slot {s6}"),
    "padded slot": ("{s1} {s2} on {s3}, while {s4} {s05}.", "{s5} is missing"),
    "names swapped": ("{s4} {s2} on {s3}, while {s1} {s5}.", "order"),
    "moves swapped": ("{s1} {s5} on {s3}, while {s4} {s2}.", "order"),
    "another subject": ("{s1} {s2} on {s3}, while stocks and {s4} {s5}.", "'stocks'"),
    "or": ("{s1} {s2} on {s3}, or {s4} {s5}.", "'or'"),
    "the reader": ("{s1} {s2} on {s3}, you see, while {s4} {s5}.", "'you'"),
    "glued": ("un{s1} {s2} on {s3}, while {s4} {s5}.", "joined"),
    "two sentences": ("{s1} {s2} on {s3}. {s4} {s5}.", "one sentence"),
    "exclamation": ("{s1} {s2} on {s3}, while {s4} {s5}!", "'!'"),
    "empty": (" ", "empty"),
    "a novel": ("{s1} {s2} on {s3}, " + "which is what it is and " * 12 + "while {s4} {s5}.", "too long"),
    "an invention": (
        "{s1} {s2} on {s3}, while wizards quietly juggled purple teapots and {s4} {s5}.",
        "too many words are new",
    ),
    "an opening": ("Greeks {s1} {s2} on {s3}, while {s4} {s5}.", "'Greeks'"),
}


@pytest.mark.parametrize(("answer", "why"), REFUSED.values(), ids=REFUSED)
def test_a_claim_outside_the_slots_is_refused(
    endpoint: Endpoint, tmp_path: Path, answer: str, why: str
) -> None:
    endpoint.says = [says(answer)]

    phrased = run(endpoint, tmp_path)

    assert first(phrased) == first(Phrased(brief=column()))
    assert phrased.brief == column()
    assert len(endpoint.asked) == 2
    again = json.loads(endpoint.asked[1]["messages"][-1]["content"])["sentences"]
    assert [item["id"] for item in again] == ["1"]
    assert why in again[0]["reason"]
    assert len(phrased.notes) == 1
    assert again[0]["reason"] in phrased.notes[0].reason


def test_the_second_answer_may_be_better(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says = [says(BECAUSE), says("On {s3}, {s1} {s2}, yet {s4} {s5}.")]

    phrased = run(endpoint, tmp_path)

    assert first(phrased).text == "On Friday, the Nasdaq fell 1.1%, yet the Dow rose 0.4%."
    assert phrased.notes == ()


def test_the_same_issue_says_the_same(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says = [says(BECAUSE), says("On {s3}, {s1} {s2}, yet {s4} {s5}."), says()]
    before = run(endpoint, tmp_path)

    assert run(endpoint, tmp_path) == before
    assert len(endpoint.asked) == 2
    kept = tmp_path / "cache" / "phrasing" / f"{column().issue.id}.json"
    assert len(json.loads(kept.read_text())) == 2
    assert KEY not in kept.read_text()


@pytest.mark.parametrize("broken", [b"", b"{", b"[1]", b'{"a": 3}', b"\xff\xfe", b"[" * 90_000])
def test_a_broken_file_of_answers_is_asked_anew(endpoint: Endpoint, tmp_path: Path, broken: bytes) -> None:
    kept = tmp_path / "cache" / "phrasing" / f"{column().issue.id}.json"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(broken)
    endpoint.says = [says("On {s3}, {s1} {s2}, yet {s4} {s5}.")]

    assert first(run(endpoint, tmp_path)).plain == FIRST


def test_a_kept_answer_is_judged_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says = [says("On {s3}, {s1} {s2}, yet {s4} {s5}."), says(BECAUSE)]
    run(endpoint, tmp_path)
    kept = tmp_path / "cache" / "phrasing" / f"{column().issue.id}.json"
    kept.write_text(kept.read_text().replace(", yet", " because"))

    assert first(run(endpoint, tmp_path)) == first(Phrased(brief=column()))


def test_answers_that_cannot_be_kept_are_still_said(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    endpoint.says = [says("On {s3}, {s1} {s2}, yet {s4} {s5}.")]

    phrased = run(endpoint, tmp_path)

    assert first(phrased).plain == FIRST
    assert "can't be kept" in phrased.notes[0].reason


@pytest.mark.parametrize(
    ("status", "said"), [(500, "500"), (429, "429 (too many requests)"), (404, "404"), (400, "400")]
)
def test_an_error_leaves_the_program_s_words(
    endpoint: Endpoint, tmp_path: Path, status: int, said: str
) -> None:
    endpoint.status = status
    endpoint.says = [says()]

    phrased = run(endpoint, tmp_path)

    assert phrased.brief == column()
    assert len(endpoint.asked) == 2
    assert said in phrased.notes[0].reason


def test_a_wrong_key_is_named_and_not_shown(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says = [says()]

    phrased = run(endpoint, tmp_path, key="sk-wrong")

    assert phrased.brief == column()
    assert "401 (wrong key)" in phrased.notes[0].reason
    assert "sk-wrong" not in str(phrased.notes)


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "a byte at a time"])
def test_a_slow_endpoint_is_left(endpoint: Endpoint, tmp_path: Path, drip: bool) -> None:
    endpoint.says = [says()]
    endpoint.stall, endpoint.drip = (0.0 if drip else 30.0), drip
    started = time.monotonic()

    phrased = run(endpoint, tmp_path, timeout=0.4)

    assert time.monotonic() - started < 5
    assert phrased.brief == column()
    assert "no answer within 0.4 s" in phrased.notes[0].reason


def test_nobody_there(endpoint: Endpoint, tmp_path: Path) -> None:
    config = on(endpoint, tmp_path)
    endpoint.close()

    phrased = phrase(column(), config=config, environment={"NEWSLETTER_LLM_API_KEY": KEY})

    assert phrased.brief == column()
    assert "can't be reached" in phrased.notes[0].reason


@pytest.mark.parametrize(
    "raw",
    [b"", b"hello", b"<html>busy</html>", b"{}", b"[]", b"null", b'{"choices": []}', b'{"choices": [{}]}',
     b'{"choices": [{"message": {"content": null}}]}', b'{"choices": [{"message": {"content": 7}}]}',
     b'{"choices": 5}', b"\xff\xfe\x00"],
)  # fmt: skip
def test_a_reply_of_another_shape(endpoint: Endpoint, tmp_path: Path, raw: bytes) -> None:
    endpoint.raw = raw

    phrased = run(endpoint, tmp_path)

    assert phrased.brief == column()
    assert phrased.notes


@pytest.mark.parametrize(
    "content",
    ["Sure! Here you go.", "[]", "{}", "null", '{"sentences": 3}', '{"sentences": [1, null, {"id": 1}]}', "[" * 9_000,
     "x" * 30_000, '{"sentences": [{"id": "1", "text": "On {s3}, {s1} {s2}, yet {s4} {s5}."}, {"id": 1, "text": "x"}]}'],
)  # fmt: skip
def test_an_answer_that_is_not_what_was_asked(endpoint: Endpoint, tmp_path: Path, content: str) -> None:
    endpoint.says = [lambda _: content]

    phrased = run(endpoint, tmp_path)

    assert phrased.brief == column()
    assert phrased.notes


def test_the_official_endpoint_is_not_asked_without_a_key(endpoint: Endpoint, tmp_path: Path) -> None:
    config = on(endpoint, tmp_path)
    config = config.model_copy(update={"phrasing": Phrasing(enabled=True, model="m")})

    phrased = phrase(column(), config=config, environment={})

    assert phrased.brief == column()
    assert "NEWSLETTER_LLM_API_KEY isn't set" in phrased.notes[0].reason


def test_the_package_is_missing(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)

    with pytest.raises(ConfigError, match=r"pip install newsletter\[llm\]") as caught:
        run(endpoint, tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{enabled: true}", "needs a model"),
        ("{timeout: 0}", "timeout"),
        ("{base_url: localhost}", "full address"),
        ("{base_url: 'http://[::1'}", "full address"),
        ("{api_key: x}", "unknown key"),
    ],
)
def test_a_mistake_in_the_config_is_one_line(section: str, said: str) -> None:
    text = (briefs.ROOT / "config.yaml").read_text(encoding="utf-8")
    start, end = text.index("phrasing:"), text.index("paths:")
    text = f"{text[:start]}phrasing: {section}\n\n{text[end:]}"

    with pytest.raises(ConfigError, match=said) as caught:
        parse(text, Path("config.yaml"))
    assert str(caught.value).startswith("config.yaml:")
    assert "\n" not in str(caught.value)
