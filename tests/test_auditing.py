"""`newsletter check`: an issue read again from its folder alone."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from newsletter import auditing, issue
from newsletter import config as settings
from newsletter.clock import system_clock
from newsletter.config import Config, DataSource, HeadlineKind, Headlines, PriceKind
from newsletter.errors import DataError
from newsletter.project import defaults


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    base = settings.load(defaults() / "config.yaml", folder=tmp_path_factory.mktemp("project"))
    invented = DataSource(kind=PriceKind.SAMPLE)
    update = {"prices": invented, "calendars": invented, "headlines": Headlines(kind=HeadlineKind.SAMPLE)}
    return base.model_copy(update={"sources": base.sources.model_copy(update=update)})


@pytest.fixture(scope="module")
def built(config: Config) -> Path:
    return issue.build(config, config.editions[0], date(2025, 8, 26), clock=system_clock).folder


def copied(built: Path, target: Path) -> Path:
    for path in built.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(built)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return target


def test_what_was_built_is_right_without_its_data(config: Config, built: Path) -> None:
    found = auditing.check(config, built)
    assert found.report.failures == ()
    assert found.right
    facts = {item["id"] for item in json.loads((built / "brief.json").read_text())["facts"]}
    assert len(found.report.claims) > 100
    assert {claim.fact for claim in found.report.claims if claim.fact and ":" in claim.fact} - facts <= {
        "issue:date",
        "chart:data",
    }


def test_a_figure_changed_on_disk_is_refused(config: Config, built: Path, tmp_path: Path) -> None:
    folder = copied(built, tmp_path / built.name)
    text = folder / "issue.txt"
    row = re.search(r"^S&P 500 +([\d,]+\.\d\d)", text.read_text(), re.MULTILINE)
    assert row is not None
    wrong = row[1][:-1] + str((int(row[1][-1]) + 1) % 10)
    text.write_text(text.read_text().replace(row[1], wrong))
    found = auditing.check(config, folder)
    assert not found.right
    assert any(claim.text == wrong for claim in found.report.failures)


def test_a_page_that_fetches_from_outside_is_refused(config: Config, built: Path, tmp_path: Path) -> None:
    folder = copied(built, tmp_path / built.name)
    page = folder / "index.html"
    page.write_text(
        page.read_text().replace("</head>", '<script src="https://example.com/x.js"></script></head>')
    )
    found = auditing.check(config, folder)
    assert not found.right
    assert any("script" in str(finding) for finding in found.findings)


def test_an_image_that_is_gone_is_found(config: Config, built: Path, tmp_path: Path) -> None:
    folder = copied(built, tmp_path / built.name)
    chart = next(folder.glob("charts/chart-light-*.png"))
    chart.unlink()
    assert any(chart.name in str(finding) for finding in auditing.check(config, folder).findings)


def test_a_folder_without_an_issue(config: Config, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="build the issue again"):
        auditing.check(config, tmp_path)
