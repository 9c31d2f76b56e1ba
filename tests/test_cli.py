"""The command line as a person meets it: what it prints, and one line and the right exit code for each mistake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter import project

SAMPLE = """\
extends: {base}
sources:
  prices: {{kind: sample, path: null}}
  calendars: {{kind: sample, path: null}}
  headlines: {{kind: sample, path: null, feeds: []}}
"""

CSV = """\
extends: {base}
first_issue: 2020-01-02
sources:
  prices: {{kind: csv, path: market}}
  calendars: {{kind: csv, path: calendars}}
  headlines: {{kind: none, path: null, feeds: []}}
"""


def newsletter(*arguments: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; it must leave with ``code`` and never show a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", *arguments], cwd=cwd, capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    return done


def complaint(*arguments: str, cwd: Path, code: int) -> str:
    """The one line that a failing command prints."""
    done = newsletter(*arguments, cwd=cwd, code=code)
    said = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1, done.stderr
    return said[0]


@pytest.fixture
def sample_folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(SAMPLE.format(base=project.defaults() / "config.yaml"))
    return tmp_path


@pytest.fixture
def csv_folder(tmp_path: Path) -> Path:
    """A project on an invented folder of prices: 700 sessions of one index that gains 0.1% a day."""
    import pandas as pd
    from exchange_calendars import get_calendar

    base = project.defaults() / "config.yaml"
    (tmp_path / "config.yaml").write_text(
        CSV.format(base=base)
        + "universe:\n  - {symbol: ^GSPC, name: S&P 500, kind: index, prose: the S&P 500}\n"
        "glance: [^GSPC]\ntiles: [^GSPC]\n"
    )
    sessions = get_calendar("XNYS", start="2020-01-01", end="2024-12-31").sessions[:700]
    close = pd.Series([1000 * 1.001**step for step in range(700)], index=sessions).round(2)
    prices = pd.DataFrame({"open": close, "high": close, "low": close, "close": close, "volume": 1.0})
    (tmp_path / "market" / "prices").mkdir(parents=True)
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "economic_us_high_impact.csv").write_text(
        "date,time_et,country,impact,event,actual,consensus,previous\n"
        "2022-10-05,10:00,US,high,ISM Services PMI,56.7,56.0,56.9\n"
    )
    prices.rename_axis("date").to_csv(tmp_path / "market" / "prices" / "^GSPC.csv")
    (tmp_path / "market" / "symbols.csv").write_text(
        "file,symbol,name,kind,first,last,rows,note\n"
        f"^GSPC.csv,^GSPC,S&P 500,index,{sessions[0].date()},{sessions[-1].date()},700,invented\n"
    )
    return tmp_path


def prices(folder: Path) -> Path:
    return folder / "market" / "prices" / "^GSPC.csv"


def edited(path: Path, line: int, old: str, new: str) -> None:
    """Replace ``old`` by ``new`` (a regular expression) in one line of a file; line 1 is the first."""
    lines = path.read_text().splitlines()
    lines[line - 1] = re.sub(old, new, lines[line - 1])
    path.write_text("\n".join(lines) + "\n")


def test_every_command_explains_itself(tmp_path: Path) -> None:
    listed = newsletter("--help", cwd=tmp_path).stdout
    commands = re.findall(r"^  (\w+)  ", listed.split("Commands:")[1], re.MULTILINE)
    assert {"demo", "build", "stories", "preview", "send", "run", "serve", "subscribers", "status"} <= set(
        commands
    )
    for command in commands:
        assert "Usage:" in newsletter(command, "--help", cwd=tmp_path).stdout


def test_a_sample_issue_from_start_to_finish(sample_folder: Path) -> None:
    done = newsletter("build", "--date", "2025-08-26", cwd=sample_folder)
    folder = sample_folder / "issues" / "2025-08-26-morning"
    brief = json.loads((folder / "brief.json").read_text())
    assert brief["takeaway"]["headline"] in done.stdout
    assert brief["subject"].startswith("[Sample]")
    assert "Sample data: invented prices" in (folder / "index.html").read_text()
    assert str(folder / "index.html") in done.stdout
    named = {brief["chart"]["light"], brief["chart"]["dark"]} if brief["chart"] else set()
    assert {f"charts/{path.name}" for path in folder.glob("charts/*")} == named


def test_the_same_date_makes_the_same_bytes(sample_folder: Path) -> None:
    newsletter("build", "--date", "2025-08-26", "--out", "a", cwd=sample_folder)
    newsletter("build", "--date", "2025-08-26", "--out", "b", cwd=sample_folder)
    for path in (sample_folder / "a").rglob("*.*"):
        twin = sample_folder / "b" / path.relative_to(sample_folder / "a")
        if path.is_file() and path.name != "sources.json":
            assert twin.read_bytes() == path.read_bytes(), path.name


def test_stories_for_a_program(sample_folder: Path) -> None:
    ranking = json.loads(newsletter("stories", "--date", "2025-08-26", "--json", cwd=sample_folder).stdout)
    assert ranking["mode"] in ("strong", "normal", "quiet")
    scores = [story["score"] for story in ranking["stories"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < story["p"] <= 1 for story in ranking["stories"])


def test_stories_as_a_table(sample_folder: Path) -> None:
    done = newsletter("stories", "--date", "2025-08-26", cwd=sample_folder)
    assert "day; lead: " in done.stdout
    assert "surprise" in done.stdout


def test_a_new_project_builds_at_once(tmp_path: Path) -> None:
    newsletter("init", "mine", cwd=tmp_path)
    done = newsletter("demo", "--sample", cwd=tmp_path / "mine")
    assert "Sample data: invented prices." in done.stdout
    assert list((tmp_path / "mine" / "issues").glob("*-morning/index.html"))


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("mine")
    assert "already holds config.yaml" in complaint("init", ".", cwd=tmp_path, code=2)
    assert (tmp_path / "config.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("day", "code", "says"),
    [
        ("2025-12-25", 2, "XNYS is closed; the next issue is of 2025-12-26"),
        ("2025-08-24", 2, "the next issue is of 2025-08-25"),
        ("2099-01-05", 2, "too far ahead"),
        ("1970-01-05", 2, "1970-01-05"),
    ],
)
def test_a_date_without_an_issue(sample_folder: Path, day: str, code: int, says: str) -> None:
    assert says in complaint("build", "--date", day, cwd=sample_folder, code=code)
    assert not (sample_folder / "issues").exists()


def test_a_date_that_is_none(sample_folder: Path) -> None:
    done = newsletter("build", "--date", "tomorrow", cwd=sample_folder, code=2)
    assert "write it like 2025-08-26" in done.stderr


def test_an_invented_folder_builds(csv_folder: Path) -> None:
    newsletter("build", "--date", "2022-10-05", cwd=csv_folder)


@pytest.mark.parametrize(
    ("line", "old", "new", "says"),
    [
        (1, "close", "klose", "close"),
        (9, r",[\d.]+,1.0$", ",n/a,1.0", "^GSPC.csv:9"),
        (9, r"^\d{4}-\d\d-\d\d", "2020-01-02", "^GSPC.csv:9"),
        (9, r"^\d{4}-\d\d-\d\d", "1999-01-04", "^GSPC.csv:9"),
        (9, r"^\d{4}-\d\d-\d\d", "14 January", "^GSPC.csv:9"),
    ],
    ids=["missing column", "close not a number", "date twice", "dates unsorted", "not a date"],
)
def test_a_broken_price_file(csv_folder: Path, line: int, old: str, new: str, says: str) -> None:
    edited(prices(csv_folder), line, old, new)
    assert says in complaint("build", "--date", "2022-10-05", cwd=csv_folder, code=1)
    assert not (csv_folder / "issues").exists()


def test_a_symbol_without_its_file(csv_folder: Path) -> None:
    prices(csv_folder).unlink()
    assert "^GSPC" in complaint("build", "--date", "2022-10-05", cwd=csv_folder, code=1)


def test_an_empty_folder(csv_folder: Path) -> None:
    (csv_folder / "market" / "symbols.csv").unlink()
    assert "symbols.csv" in complaint("build", "--date", "2022-10-05", cwd=csv_folder, code=1)


def test_a_day_before_the_data(csv_folder: Path) -> None:
    assert "2020-01-0" in complaint("build", "--date", "2020-01-02", cwd=csv_folder, code=2)


def test_an_unwritable_place(sample_folder: Path) -> None:
    (sample_folder / "taken").write_text("a file")
    said = complaint("build", "--date", "2025-08-26", "--out", "taken/deep", cwd=sample_folder, code=2)
    assert "--out" in said


def test_a_template_with_a_typo(sample_folder: Path) -> None:
    parts = sample_folder / "templates" / "parts"
    parts.mkdir(parents=True)
    original = (project.defaults() / "templates" / "parts" / "takeaway.mjml.j2").read_text()
    (parts / "takeaway.mjml.j2").write_text(original.replace("<mj-text", "<mj-txet", 1))
    said = complaint("build", "--date", "2025-08-26", cwd=sample_folder, code=1)
    assert re.search(r"takeaway\.mjml\.j2:\d+: ", said)
    assert not (sample_folder / "issues").exists()


def test_a_config_with_a_mistake(sample_folder: Path) -> None:
    with (sample_folder / "config.yaml").open("a") as file:
        file.write("bylnie: Me\n")
    assert "config.yaml:6:1: bylnie: unknown key; did you mean byline?" in complaint(
        "build", cwd=sample_folder, code=2
    )


def test_an_unknown_edition(sample_folder: Path) -> None:
    assert "there is morning" in complaint("build", "--edition", "evening", cwd=sample_folder, code=2)
