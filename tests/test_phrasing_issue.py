"""A phrased issue is checked like any other: what was said well stays, what the check refuses is said as the program would.

The market is the invented one; the endpoint is a server of the test's own on 127.0.0.1.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from newsletter import issue, sources
from newsletter.brief import Brief, Sentence
from newsletter.config import Config, DataSource, HeadlineKind, Headlines, Phrasing, PriceKind
from tests import briefs
from tests.test_phrasing import KEY, Endpoint

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 18)


def config(folder: Path, asking: Phrasing) -> Config:
    read = briefs.config()
    invented = DataSource(kind=PriceKind.SAMPLE)
    update = {"prices": invented, "calendars": invented, "headlines": Headlines(kind=HeadlineKind.SAMPLE)}
    paths = read.paths.model_copy(update={"prices": folder / "cache" / "prices"})
    made_up = read.sources.model_copy(update=update)
    return read.model_copy(update={"sources": made_up, "paths": paths, "phrasing": asking})


@pytest.fixture(scope="module")
def gathered() -> sources.Gathered:
    off = config(Path("unused"), Phrasing())
    return sources.gather(
        off, off.edition(None), DAY, clock=lambda: datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
    )


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("NEWSLETTER_LLM_API_KEY", KEY)
    running = Endpoint()
    yield running
    running.close()


def column(brief: Brief) -> tuple[Sentence, ...]:
    return tuple(sentence for item in brief.takeaway.paragraphs for sentence in item.sentences)


def day_first(asked: dict[str, Any]) -> str:
    """The day to the front of each sentence that begins with a name."""
    said = []
    for item in asked["sentences"]:
        days = [f"{{{name}}}" for name, kind in item["slots"].items() if kind == "date or time"]
        text = item["text"]
        if len(days) == 1 and text.startswith("{s1}") and f" on {days[0]}" in text:
            text = f"On {days[0]}, {text.replace(f' on {days[0]}', '')}"
        said.append({"id": item["id"], "text": text})
    return json.dumps({"sentences": said})


def storms(asked: dict[str, Any]) -> str:
    """A phrase that claims nothing and that the check refuses, at the end of every sentence."""
    said = [
        {"id": item["id"], "text": f"{item['text'].removesuffix('.')}, a perfect storm."}
        for item in asked["sentences"]
    ]
    return json.dumps({"sentences": said})


@pytest.fixture(scope="module")
def plain(gathered: sources.Gathered) -> issue.Composed:
    return composed(gathered, Path("unused"), Phrasing())


def composed(gathered: sources.Gathered, folder: Path, asking: Phrasing) -> issue.Composed:
    read = config(folder, asking)
    return issue.compose(read, read.edition(None), gathered)


def test_a_well_phrased_column_passes_the_check(
    gathered: sources.Gathered, plain: issue.Composed, endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.says = [day_first]
    asking = Phrasing(enabled=True, base_url=endpoint.url, model="m")

    phrased = composed(gathered, tmp_path, asking)

    before, after = column(plain.brief), column(phrased.brief)
    moved = [(old.text, new.text) for old, new in zip(before, after, strict=True) if old.text != new.text]
    assert moved
    assert all(new.startswith("On Tuesday, the ") and " on Tuesday" in old for old, new in moved)
    assert phrased.report.failures == ()
    assert phrased.brief.sentences_dropped == 0
    assert all(new in phrased.rendered.text.replace("\n", " ") for _, new in moved)

    again = composed(gathered, tmp_path, asking)
    assert again.files == phrased.files
    assert len(endpoint.asked) == 1


def test_what_the_check_refuses_is_said_as_the_program_would(
    gathered: sources.Gathered, plain: issue.Composed, endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.says = [storms]

    phrased = composed(gathered, tmp_path, Phrasing(enabled=True, base_url=endpoint.url, model="m"))

    assert [item.text for item in column(phrased.brief)] == [item.text for item in column(plain.brief)]
    assert phrased.brief.sentences_dropped == 0
    assert "storm" not in phrased.rendered.html
