"""What the look costs: size of real issues, weight of their images, time to render; and the contrast of every pair of colours.

    python benchmarks/look.py [--config FILE] [--from D] [--to D] [--issues N] [--run N] [--seed N]

Issues come in runs of trading days on end, drawn from the market's history, with hosted images and so with sparklines.
Rendering is measured as a ratio to the bare MJML compile of the same document. Ctrl-C prints what has been measured so far.
Without history only contrast is printed.
"""

from __future__ import annotations

import argparse
import email
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import policy
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mjml import mjml_to_html

from newsletter import look, project
from newsletter.config import Config, load
from newsletter.delivery.message import Values, build, letter_of
from newsletter.issue import Composed
from newsletter.render import audit, render
from newsletter.store.issues import FrozenIssue
from tests.past_issues import Withheld, composed, runs, walk

BASE_URL = "https://brief.example.com"
READER = Values(recipient="reader@example.com", message_id="m" * 26, unsubscribe="u" * 45)
TIMES = 2
"""Runs of which the fastest counts."""


@dataclass(kw_only=True)
class Measured:
    """Figures of all issues, one an entry: bytes and seconds."""

    page: list[float] = field(default_factory=list)
    mailed: list[float] = field(default_factory=list)
    message: list[float] = field(default_factory=list)
    embedded: list[float] = field(default_factory=list)
    chart: list[float] = field(default_factory=list)
    images: list[float] = field(default_factory=list)
    render: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    withheld: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default=str(ROOT / "examples" / "history" / "config.yaml"))
    parser.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2015, 1, 2))
    parser.add_argument("--to", dest="end", type=date.fromisoformat, default=date(2025, 9, 30))
    parser.add_argument("--issues", type=int, default=50)
    parser.add_argument("--run", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print_contrast()
    config = load(Path(options.config)).model_copy(update={"public_base_url": BASE_URL})
    source = config.sources.prices.path
    if source is not None and not source.is_dir():
        print(f"\nno market history in {source}, so no issue is measured")
        return
    found = Measured()
    chosen = runs(options.start, options.end, issues=options.issues, length=options.run, seed=options.seed)
    try:
        for days in random.Random(options.seed).sample(chosen, len(chosen)):
            measure_run(config, days, found)
    except KeyboardInterrupt:
        print("\nended early", end="")
    print_measured(found)


def measure_run(config: Config, days: Sequence[date], found: Measured) -> None:
    """Add the figures of a run of issues."""
    for written in walk(config, days):
        if isinstance(written, Withheld):
            found.withheld += 1
        else:
            measure(config, composed(config, written), found)


def measure(config: Config, made: Composed, found: Measured) -> None:
    """Add one issue's figures."""
    frozen = FrozenIssue(
        folder=config.paths.issues / made.brief.issue.id,
        id=made.brief.issue.id,
        subject=made.brief.subject.text,
        html=made.rendered.html,
        text=made.rendered.text,
        images=made.images,
        brief={"issue": {"edition": made.brief.issue.edition}},
        sha="0" * 64,
    )
    hosted = letter_of(config, frozen, datetime(2025, 1, 1, tzinfo=UTC))
    chart = made.brief.chart
    drawn = {} if chart is None else {name: made.images[name] for name in (chart.light, chart.dark)}
    embedded = replace(hosted, base_url=None, issue=replace(frozen, images=drawn))
    raw = build(hosted, READER)
    found.page.append(len(made.rendered.html.encode()))
    found.mailed.append(len(page_of(raw).encode()))
    found.message.append(len(raw))
    found.embedded.append(len(build(embedded, READER)))
    if chart is not None:
        found.chart.append(len(made.images[chart.light]))
    found.images.append(sum(map(len, made.images.values())))
    folders = project.template_folders(config.folder)
    whole = fastest(lambda: render(made.brief, config=config, folders=folders))
    found.render.append(whole)
    found.ratio.append(whole / fastest(lambda: mjml_to_html(made.rendered.mjml)))


def page_of(raw: bytes) -> str:
    """The page as it arrives."""
    part = email.message_from_bytes(raw, policy=policy.default).get_body(("html",))
    return str(part.get_content())


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some runs."""
    seconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def print_measured(found: Measured) -> None:
    print(
        f"\n{len(found.page)} issues ({found.withheld} held)\n{'':34}{'median':>10}{'largest':>10}{'limit':>10}"
    )
    rows: Sequence[tuple[str, list[float], str, str]] = (
        ("page, bytes", found.page, ",.0f", ""),
        ("page as mailed, bytes", found.mailed, ",.0f", f"{audit.MOST_BYTES:,}"),
        ("message, images hosted, bytes", found.message, ",.0f", ""),
        ("message, images embedded, bytes", found.embedded, ",.0f", ""),
        ("chart, bytes", found.chart, ",.0f", f"{audit.pictures.CHART_BYTES:,}"),
        ("all images, bytes", found.images, ",.0f", f"{audit.pictures.ALL_BYTES:,}"),
        ("render, seconds", found.render, ".3f", ""),
        ("render / bare MJML compile", found.ratio, ".2f", ""),
    )
    for name, values, form, limit in rows:
        if values:
            print(f"{name:34}{statistics.median(values):>10{form}}{max(values):>10{form}}{limit:>10}")


def print_contrast() -> None:
    print(f"{'in front':16}{'ground':10}{'light':>7}{'dark':>7}{'least':>7}")
    for front, ground, least in look.PAIRS:
        light, dark = (look.contrast(getattr(theme, front), getattr(theme, ground)) for theme in look.THEMES)
        short = "" if min(light, dark) >= least else "  too little"
        print(f"{front:16}{ground:10}{light:7.1f}{dark:7.1f}{least:7.1f}{short}")


if __name__ == "__main__":
    main()
