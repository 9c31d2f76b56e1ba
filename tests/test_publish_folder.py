"""Which issues are published, and what a second, a broken or a misdirected run does to the folder."""

import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsletter import pictures
from newsletter.cli import cli
from newsletter.errors import ConfigError, DataError, UsageError
from newsletter.publishing import Wanted, publish
from newsletter.publishing import pages as pages_module
from newsletter.publishing.folder import MANIFEST
from newsletter.publishing.pages import Site
from newsletter.publishing.selection import Entry, Loaded
from tests import publish_support as support
from tests.briefs import ROOT

OTHER_DAY = date(2026, 11, 20)


def pages(site: Path) -> set[str]:
    """The issues that have a page."""
    return {path.parent.name for path in (site / "archive").glob("*-morning/index.html")}


def test_only_what_was_mailed_is_published(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.mail(config, support.build(config, support.brief()))
    support.build(config, support.brief(OTHER_DAY))
    published = publish(config, tmp_path / "site", Wanted())
    assert pages(tmp_path / "site") == {"2026-11-24-morning"}
    assert (published.issues, published.not_mailed, published.left_out) == (1, 1, ())


def test_images_of_an_issue_about_to_be_mailed_are_there_before_it(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.mail(config, support.build(config, support.brief(OTHER_DAY)))
    path = pictures.path_of("chart-light", b"invented")
    for day in (date(2026, 11, 19), support.DAY):
        (support.build(config, support.brief(day)) / path).write_bytes(b"invented")
    site = tmp_path / "site"

    publish(config, site, Wanted())

    coming = site / "archive/2026-11-24-morning"
    assert [found.relative_to(coming).as_posix() for found in coming.rglob("*") if found.is_file()] == [path]
    assert (coming / path).read_bytes() == b"invented"
    assert not (site / "archive/2026-11-19-morning").exists()

    publish(support.config(tmp_path, base_url=None), site, Wanted())
    assert not coming.exists(), "images that travel in the mail need not be hosted"


def test_built_takes_the_others_too(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.mail(config, support.build(config, support.brief()))
    support.build(config, support.brief(OTHER_DAY))
    publish(config, tmp_path / "site", Wanted(built=True))
    assert pages(tmp_path / "site") == {"2026-11-24-morning", "2026-11-20-morning"}


@pytest.mark.parametrize("built", [False, True])
def test_an_issue_changed_since_it_was_mailed_is_left_out(tmp_path: Path, built: bool) -> None:
    config = support.config(tmp_path)
    folder = support.build(config, support.brief())
    support.mail(config, folder)
    support.build(config, support.brief(OTHER_DAY))
    (folder / "issue.txt").write_text("Something else.\n")
    published = publish(config, tmp_path / "site", Wanted(built=built))
    assert [(one.issue, one.reason) for one in published.left_out] == [
        ("2026-11-24-morning", "changed since it was mailed")
    ]
    assert not (tmp_path / "site/archive/2026-11-24-morning").exists()


def test_a_sample_is_published_only_when_asked_for(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    made = support.brief()
    support.build(config, dataclasses.replace(made, issue=dataclasses.replace(made.issue, sample=True)))
    assert publish(config, tmp_path / "site", Wanted(built=True)).issues == 0
    assert publish(config, tmp_path / "site", Wanted(sample=True)).issues == 1
    for name, content in support.contents(tmp_path / "site").items():
        if name.endswith("index.html"):
            assert "Sample data: invented prices" in content.decode(), name
        if name.startswith("feed."):
            assert "[Sample] Small caps" in content.decode(), name


def test_one_edition_alone(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    other = support.brief(OTHER_DAY)
    issue = dataclasses.replace(other.issue, id="2026-11-20-evening", edition="evening")
    support.build(config, dataclasses.replace(other, issue=issue))
    publish(config, tmp_path / "site", Wanted(edition="morning", built=True))
    assert not (tmp_path / "site/archive/2026-11-20-evening").exists()
    assert pages(tmp_path / "site") == {"2026-11-24-morning"}
    with pytest.raises(ConfigError, match="no edition 'noon'"):
        publish(config, tmp_path / "site", Wanted(edition="noon", built=True))


def test_a_broken_issue_is_named_and_the_others_are_published(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    for number, broken in enumerate((b"{", b'{"issue": {"id": "x"}}', b"\xff"), 16):
        folder = support.build(config, support.brief(date(2026, 11, number)))
        (folder / "brief.json").write_bytes(broken)
    renamed = support.build(config, support.brief(date(2026, 11, 13)))
    renamed.rename(renamed.with_name("2026-11-12-morning"))
    published = publish(config, tmp_path / "site", Wanted(built=True))
    assert [one.issue for one in published.left_out] == [
        *("2026-11-12-morning", "2026-11-16-morning", "2026-11-17-morning", "2026-11-18-morning")
    ]
    assert pages(tmp_path / "site") == {"2026-11-24-morning"}


def test_the_same_issues_give_the_same_bytes(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    support.build(config, support.brief(OTHER_DAY))
    support.publish_built(config, tmp_path / "one")
    support.publish_built(config, tmp_path / "two")
    assert support.contents(tmp_path / "one") == support.contents(tmp_path / "two")


def test_a_second_run_writes_only_what_changed(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    support.build(config, support.brief(OTHER_DAY))
    site = tmp_path / "site"
    first = support.publish_built(config, site)
    times = {name: (site / name).stat().st_mtime_ns for name in support.contents(site)}
    second = support.publish_built(config, site)
    assert (first.unchanged, second.written, second.unchanged) == (0, 0, first.written)
    assert {name: (site / name).stat().st_mtime_ns for name in support.contents(site)} == times

    made = support.brief(OTHER_DAY)
    support.build(config, dataclasses.replace(made, breadth=None))
    third = support.publish_built(config, site)
    changed = {name for name, then in times.items() if (site / name).stat().st_mtime_ns != then}
    assert changed == {
        "archive/2026-11-20-morning/index.html",
        "archive/2026-11-20-morning/brief.json",
        MANIFEST,
    }
    assert third.written == 2


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The issues whose pages are made, in order."""
    made: list[str] = []
    of_issue = pages_module.of_issue

    def noted(site: Site, entry: Entry, loaded: Loaded) -> Iterator[tuple[str, bytes]]:
        made.append(entry.id)
        return of_issue(site, entry, loaded)

    monkeypatch.setattr(pages_module, "of_issue", noted)
    return made


def test_a_page_is_made_again_only_when_something_it_is_made_of_has_changed(
    tmp_path: Path, rendered: list[str]
) -> None:
    config = support.config(tmp_path)
    site, both = tmp_path / "site", ["2026-11-24-morning", "2026-11-20-morning"]
    support.build(config, support.brief())
    support.build(config, support.brief(OTHER_DAY))

    def made() -> list[str]:
        rendered.clear()
        support.publish_built(config, site)
        return list(rendered)

    assert made() == both
    assert made() == []
    page = site / "archive/2026-11-24-morning/index.html"
    right = page.read_bytes()
    page.write_text("Somebody was here.")
    assert made() == both[:1]
    assert page.read_bytes() == right
    (site / "archive/2026-11-20-morning/issue.txt").unlink()
    assert made() == both[1:]
    support.build(config, support.brief(date(2026, 11, 25)))
    assert made() == ["2026-11-25-morning", "2026-11-24-morning"], "its neighbour leads to it"
    config = config.model_copy(update={"name": "Closing Tape"})
    assert made() == ["2026-11-25-morning", *both]


def test_pages_of_vanished_issues_go_and_strangers_files_stay(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    gone = support.build(config, support.brief(OTHER_DAY))
    site = tmp_path / "site"
    support.publish_built(config, site)
    (site / "CNAME").write_text("brief.example.com\n")
    (site / "archive/2026-11-20-morning/notes.txt").write_text("mine\n")
    shutil.rmtree(gone)
    published = support.publish_built(config, site)
    assert published.removed == 6  # page, text, brief.json, chart.csv and two charts
    assert [path.name for path in (site / "archive/2026-11-20-morning").rglob("*")] == ["notes.txt"]
    assert (site / "CNAME").read_text() == "brief.example.com\n"


def test_the_manifest_has_the_digest_of_every_file(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    support.publish_built(config, tmp_path / "site")
    found = support.contents(tmp_path / "site")
    listed = json.loads(found.pop(MANIFEST))["files"]
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def test_a_run_that_was_killed_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    gone = support.build(config, support.brief(OTHER_DAY))
    site = tmp_path / "site"
    replace = Path.replace
    done: list[str] = []

    def killed(place: Path, target: Path) -> Path:
        if len(done) == 9:
            raise KeyboardInterrupt
        done.append(target.name)
        return replace(place, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            support.publish_built(config, site)
    assert list(site.rglob(".*.part"))
    # Even files that no finished run knew of go with their issue.
    shutil.rmtree(gone)
    support.publish_built(config, site)
    support.publish_built(config, tmp_path / "fresh")
    assert {
        name: content for name, content in support.contents(site).items() if not name.endswith(".part")
    } == support.contents(tmp_path / "fresh")


def test_with_nothing_to_publish_a_site_stays_as_it_is(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    folder = support.build(config, support.brief())
    site = tmp_path / "site"
    support.publish_built(config, site)
    before = support.contents(site)
    shutil.rmtree(folder)
    assert support.publish_built(config, site).issues == 0
    assert support.contents(site) == before
    assert support.publish_built(config, tmp_path / "new").issues == 0
    assert not (tmp_path / "new").exists()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    site = tmp_path / "site"
    site.mkdir()
    (site / "letter.txt").write_text("dear\n")
    with pytest.raises(UsageError, match=r"site holds letter.txt, so it isn't a site of ours"):
        support.publish_built(config, site)
    assert support.contents(site) == {"letter.txt": b"dear\n"}
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"can't write to .*file: File exists; choose another folder"):
        support.publish_built(config, tmp_path / "file")
    with pytest.raises(UsageError, match=r"can't write to .*site: Not a directory; choose another folder"):
        support.publish_built(config, tmp_path / "file" / "site")


@pytest.mark.parametrize(
    "manifest",
    [
        "not json",
        '{"format": 2, "files": {}}',
        '{"format": 1, "files": {"../letter.txt": ""}}',
        '{"format": 1, "files": {"/etc/hosts": ""}}',
        '{"format": 1, "files": []}',
    ],
)
def test_a_manifest_that_leads_astray_is_refused(tmp_path: Path, manifest: str) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "letter.txt").write_text("dear\n")
    (site / MANIFEST).write_text(manifest)
    with pytest.raises(DataError, match="not the list of a site's files"):
        support.publish_built(config, site)
    assert (tmp_path / "letter.txt").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    support.build(config, support.brief())
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(UsageError, match="Permission denied; choose another folder"):
        support.publish_built(config, tmp_path / "locked" / "site")


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    config = support.config(tmp_path)
    file = tmp_path / "config.yaml"
    file.write_text(f"extends: {ROOT / 'config.yaml'}\npaths:\n  issues: issues\n  store: newsletter.db\n")
    folder = support.build(config, support.brief())
    run = CliRunner()
    site = tmp_path / "site"

    def published(*options: str) -> tuple[int, str]:
        result = run.invoke(
            cli, ["--config", str(file), "publish", str(site), *options], standalone_mode=False
        )
        assert result.exception is None, result.output
        return result.return_value, result.output

    code, said = published()
    assert code == 0
    assert "No issue has been mailed yet (1 built); --built publishes those too. Nothing was written." in said
    code, said = published("--built")
    assert code == 0
    assert "1 issue: 13 files written, 0 unchanged, 0 removed" in said
    assert str(site / "index.html") in said
    assert (
        "No public_base_url in config.yaml, so links are relative, and feeds and sitemap are left out."
        in said
    )
    (folder / "brief.json").write_text("{")
    code, said = published("--built")
    assert code == 1
    assert "left out: 2026-11-24-morning:" in said
