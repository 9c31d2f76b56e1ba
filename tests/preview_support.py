"""An invented issue as the preview is handed it, and a preview that runs for the length of a test.

Facts, claims, scores and headlines are made up; no market ever did this.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.brief import Brief, StoryEntry
from newsletter.errors import ConfigError, TemplateError
from newsletter.facts import Family, ScoreParts, Story, Unit, fact
from newsletter.web.preview import Changed, serve_preview
from tests import briefs

DAY = briefs.DAY

SMALL = fact("^RUT", "return", "ytd", 19.0312, Unit.PCT, DAY, "invented:^RUT")
LARGE = fact("^GSPC", "return", "ytd", 11.8874, Unit.PCT, DAY, "invented:^GSPC")
SMALL_DAY = fact("^RUT", "return", "1s", 1.3388, Unit.PCT, DAY, "invented:^RUT")
LARGE_DAY = fact("^GSPC", "return", "1s", 0.4215, Unit.PCT, DAY, "invented:^GSPC")
YIELD = fact("DGS10", "change", "1s", -4, Unit.BP, DAY, "invented:DGS10")
CUT = fact("FED", "decision", "1s", date(2026, 8, 13), Unit.DATE, DAY, "invented:calendar")
FACTS = (SMALL, LARGE, SMALL_DAY, LARGE_DAY, YIELD, CUT)


@dataclass(frozen=True)
class Claim:
    part: str
    sentence: str
    text: str
    fact: str | None
    reason: str = ""


def refusal(sentence: str, text: str, reason: str) -> Claim:
    return Claim("html", sentence, text, None, reason)


@dataclass(frozen=True)
class Report:
    claims: Sequence[Claim] = ()
    failures: Sequence[Claim] = ()


@dataclass(frozen=True)
class Rendered:
    html: str
    text: str


@dataclass(frozen=True)
class Composed:
    brief: Brief
    rendered: Rendered
    images: Mapping[str, bytes] = field(default_factory=dict)
    report: Report = field(default_factory=Report)


def story(
    entity: str,
    detector: str,
    score: float,
    parts: ScoreParts | None,
    sentence: str,
    role: str | None = None,
    passed_over: str | None = None,
) -> StoryEntry:
    return StoryEntry(
        story=Story(
            detector=detector,
            family=Family.RELATIVE,
            entity=entity,
            direction=1,
            p=0.01,
            z=2.4,
            facts=(SMALL.id,),
            recipe="indexed_comparison",
            score=score,
            parts=parts,
        ),
        sentence=sentence,
        role=role,
        passed_over=passed_over,
    )


STORIES = (
    story("^RUT", "rotation_extreme", 5.1, ScoreParts(surprise=6.2, magnitude=1.2, reach=0.75, weight=0.8, calibration=4.4, linkage=0.7), "Small caps lead large caps by the most in a year", role="lead"),
    story("^VIX", "calm_end", 3.05, ScoreParts(surprise=5.1, magnitude=0.9, reach=0.75, weight=0.9, calibration=2.6, attribution=0.45), "The VIX ended a calm streak of 41 sessions", role="also"),
    story("^TNX", "yield_move", 1.9, ScoreParts(surprise=4.4, magnitude=1.5, reach=0.85, weight=1.0, calibration=3.17, freshness=0.6), "The 10-year yield fell 4 bp", passed_over="ran on Friday and has not changed"),
)  # fmt: skip


def brief() -> Brief:
    """The invented issue with facts behind its first figures."""
    full = briefs.full()
    tiles = tuple(
        dataclasses.replace(tile, change=dataclasses.replace(tile.change, fact=known.id)) if known else tile
        for tile, known in zip(full.tiles, (LARGE_DAY, None, SMALL_DAY, YIELD, None, None), strict=True)
    )
    return dataclasses.replace(full, facts=FACTS, stories=STORIES, tiles=tiles)


SENTENCE = "The small-cap index is up 19.0% since January 2, against 11.9% for large caps."
CLAIMS = (
    Claim("takeaway", SENTENCE, "19.0%", SMALL.id),
    Claim("takeaway", SENTENCE, "11.9%", LARGE.id),
)

HTML = """<!doctype html><html lang="en"><head><title>19.0% invented</title>
<meta name="color-scheme" content="light dark"><style>
.card{background:#FFFFFF;color:#0B1524}
@media (prefers-color-scheme: dark){.card{background:#171C24!important;color:#F3F5F8!important}}
@media (prefers-color-scheme:dark) and (max-width:520px){.card{border-color:#2B323D}}
</style></head><body class="card"><h1>Small caps</h1>
<p>The small-cap index is up <b>19.0%</b> since January&nbsp;2, against 11.9% for large&#32;caps.</p>
<table><tr><td>S&amp;P 500</td><td>7,041.18</td><td>+0.42%</td></tr><tr><td>Russell 2000</td><td>2,688.40</td><td>+1.34%</td></tr></table>
<picture><source media="(prefers-color-scheme: dark)" srcset="charts/chart-dark.png"><img src="charts/chart-light.png" alt="A chart" width="592"></picture>
<p>A headline that says (prefers-color-scheme: dark)</p></body></html>
"""


def composed(html: str = HTML, text: str = "Small caps\n", **changes: Any) -> Composed:
    """What a composer returns; ``changes`` replace fields of the brief."""
    return Composed(
        brief=dataclasses.replace(brief(), **changes),
        rendered=Rendered(html=html, text=text),
        images={"charts/chart-light.png": b"light", "charts/chart-dark.png": b"dark"},
        report=Report(claims=CLAIMS),
    )


class Folder:
    """A composer over a folder: ``templates/issue.html`` is the issue, and both it and config.yaml can be broken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.gathered = 0

    @property
    def watched(self) -> tuple[Path, ...]:
        return (self.path / "templates", self.path / "notes", self.path / "config.yaml")

    def compose(self, changed: Changed) -> Composed:
        if "broken" in (self.path / "config.yaml").read_text():
            raise ConfigError("config.yaml:2:1: nam: unknown key; did you mean name?")
        if changed.first or changed.touches(self.path / "config.yaml"):
            self.gathered += 1
        html = (self.path / "templates" / "issue.html").read_text()
        if "{% fro" in html:
            raise TemplateError("templates/issue.html:1: Encountered unknown tag 'fro'.")
        if "divide" in html:
            raise ZeroDivisionError("a recipe's own mistake")
        names = ",".join(sorted(path.name for path in changed.paths))
        return composed(html, text=f"gathered {self.gathered}, first {changed.first}, saved {names}\n")


def folder(path: Path) -> Folder:
    """A fresh project in ``path``; its notes folder doesn't exist yet."""
    (path / "templates").mkdir()
    (path / "templates" / "issue.html").write_text(HTML)
    (path / "config.yaml").write_text("name: Invented\n")
    return Folder(path)


@dataclass(frozen=True)
class Running:
    """A preview in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    def get(
        self, path: str = "/", host: str | None = None, method: str = "GET"
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.port}"})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()

    def events(self) -> Iterator[tuple[str, str]]:
        """(state, ``busy`` or ``ready``) as the page is told."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", "/events", headers={"Host": f"127.0.0.1:{self.port}"})
            answer = connection.getresponse()
            while line := answer.readline().decode():
                if line.startswith("data: "):
                    state, doing = line.removeprefix("data: ").split()
                    yield state, doing

    def settled(self, words: str, seconds: float = 15) -> str:
        """The page once it holds ``words``."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            page = self.get()[2]
            if words in page:
                return page
            time.sleep(0.02)
        raise AssertionError(f"no {words!r} within {seconds} s")


@contextlib.contextmanager
def running(path: Path) -> Iterator[Running]:
    """Serve the project in ``path`` on a free port until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.preview_support", str(path)],
        cwd=briefs.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        yield Running(process=process, port=int(address.rstrip("/").rpartition(":")[2]))
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    project = Folder(Path(sys.argv[1]))
    serve_preview(project.compose, port=0, watch=project.watched, announce=lambda url: print(url, flush=True))
    print("ended", flush=True)
