"""Built issues to publish, invented, and a configuration that looks for them in a folder of the test."""

import dataclasses
import functools
import io
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image

from newsletter import brief_json, look
from newsletter.brief import Brief, Cell
from newsletter.config import Config
from newsletter.facts import Fact, Unit, fact
from newsletter.publishing import Published, Wanted, publish
from newsletter.render import render
from newsletter.sessions import Session
from newsletter.store import issues, ledger
from newsletter.store.database import opened
from tests import briefs
from tests.briefs import CHART_DARK, CHART_LIGHT

DAY = date(2026, 11, 24)
SESSION = date(2026, 11, 23)
BUILT = Wanted(built=True)


def config(folder: Path, *, base_url: str | None = briefs.BASE_URL, distribution: str = "personal") -> Config:
    """The repository's config with its paths in ``folder``."""
    made = briefs.config(base_url)
    paths = made.paths.model_copy(update={"issues": folder / "issues", "store": folder / "newsletter.db"})
    return made.model_copy(update={"paths": paths, "distribution": distribution})


def facts(source: str = "invented") -> tuple[Fact, ...]:
    """A close and a change of an index, a release and a report to come."""
    event, report, due = "event:Consumer confidence", "NVDA", date(2026, 11, 25)
    return (
        briefs.FACT,
        fact("^GSPC", "close", "1s", 7041.18, Unit.LEVEL, SESSION, source),
        fact(event, "day", f"due@{DAY}", DAY, Unit.DATE, SESSION, "Example Calendar"),
        fact(event, "at", f"due@{DAY}", "10:00", Unit.TIME, SESSION, "Example Calendar"),
        fact(event, "consensus", f"due@{DAY}", 101.5, Unit.LEVEL, SESSION, "Example Calendar"),
        fact(report, "report", f"due@{due}", due, Unit.DATE, SESSION, "Example Calendar"),
        fact(report, "timing", f"due@{due}", "after_close", Unit.TEXT, SESSION, "Example Calendar"),
    )


def brief(day: date = DAY, *, source: str = "invented", **changes: object) -> Brief:
    """A full issue of that day, whose first tile and first row of "at a glance" name their fact."""
    made = dataclasses.replace(briefs.full(), facts=facts(source))
    close = Cell(text="7,041.18", fact=f"^GSPC:close:1s@{SESSION}")
    issue = dataclasses.replace(
        made.issue, id=f"{day}-morning", date=day, session=Session(SESSION), date_text=f"{day:%A}, {day}"
    )
    return dataclasses.replace(
        made,
        issue=issue,
        snapshot=(dataclasses.replace(made.snapshot[0], last=close), *made.snapshot[1:]),
        takeaway=dataclasses.replace(
            made.takeaway,
            paragraphs=tuple(
                dataclasses.replace(
                    each,
                    sentences=(
                        dataclasses.replace(each.sentences[0], facts=(briefs.FACT.id,)),
                        *each.sentences[1:],
                    ),
                )
                for each in made.takeaway.paragraphs
            ),
        ),
        **changes,  # type: ignore[arg-type]
    )


@functools.cache
def png(colour: str) -> bytes:
    """A chart's worth of one colour."""
    made = io.BytesIO()
    width, height = look.CHART_SIZE
    Image.new("RGB", (width * look.SCALE, height * look.SCALE), colour).save(made, "PNG")
    return made.getvalue()


@functools.cache
def _text() -> str:
    return render(briefs.full(), config=briefs.config(), folders=briefs.FOLDERS).text


def build(config: Config, made: Brief, **files: bytes) -> Path:
    """The issue as ``newsletter build`` leaves it; ``html`` or ``text`` may be given."""
    folder = config.paths.issues / made.issue.id
    issues.write(
        folder,
        {
            # JSON may spell what UTF-8 can't hold.
            "brief.json": brief_json.to_json(made).encode(errors="backslashreplace"),
            "index.html": files.get("html", b"<!doctype html>"),
            "issue.txt": files.get("text", _text().encode()),
            "subject.txt": f"{made.subject.text}\n".encode(errors="replace"),
            issues.PROVENANCE: b"[]\n",
            CHART_LIGHT: png("#FF0000"),
            CHART_DARK: png("#00FF00"),
        },
    )
    return folder


def mail(config: Config, folder: Path) -> None:
    """Begin the mailing of the issue in ``folder``, to nobody."""
    issue = issues.load(folder)
    now = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    plan = ledger.Plan(
        issue=issue.id,
        edition="morning",
        message_sha=issue.sha,
        not_after=now,
        owner="test",
        message_id=lambda who: who,
    )
    with opened(config.paths.store) as store:
        ledger.freeze(store, plan, lambda _: (), now)


def publish_built(config: Config, target: Path) -> Published:
    """Every built issue that isn't a sample."""
    return publish(config, target, BUILT)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
