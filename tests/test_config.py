"""The configuration: what loads, and that each mistake is one line with file, line, column and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter import config as settings
from newsletter import project
from newsletter.errors import ConfigError

MINIMAL = """\
name: Test Tape
first_issue: 2025-01-02
editions:
  - id: morning
    title: Morning
universe:
  - {symbol: ^GSPC, name: S&P 500, kind: index, prose: the S&P 500}
glance: [^GSPC]
tiles: [^GSPC]
"""


def parse(text: str, tmp_path: Path) -> settings.Config:
    return settings.parse(text, tmp_path / "config.yaml")


def test_the_shipped_file_loads_and_covers_its_own_tables() -> None:
    config = settings.load(project.defaults() / "config.yaml")
    assert config.editions[0].id == "morning"
    assert len(config.glance) == 12
    assert len(config.tiles) == 6


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    config = parse(MINIMAL + "paths: {issues: out/issues}\n", tmp_path)
    assert config.paths.issues == tmp_path / "out" / "issues"
    assert config.paths.store == tmp_path / "newsletter.db"


@pytest.mark.parametrize(
    ("edit", "where", "says"),
    [
        (("name: Test Tape", "nmae: Test Tape"), ":1:1: nmae: ", "did you mean name?"),
        (("name: Test Tape", "name: Test Tape\nname: Other"), ":2:1: ", "stands here twice"),
        (
            ("    title: Morning", "    title: Morning\n    timezone: America/New_Yrok"),
            ":6:5: ",
            "did you mean America/New_York?",
        ),
        (("    title: Morning", "    title: Morning\n    send_at: 630"), ":6:5: ", "24-hour clock"),
        (("    title: Morning", "    title: Morning\n    send_at: '5:30'"), ":6:5: ", "24-hour clock"),
        (("    title: Morning", "    title: Morning\n    send_at: '05:30'"), ":4:5: ", "later than send_at"),
        (("symbol: ^GSPC", "symbol: '$GSPC'"), ":7:6: universe.0.symbol: ", "is not a symbol"),
        (("kind: index", "kind: indexx"), ":7:36: universe.0.kind: ", "index"),
        (
            ("- {symbol: ^GSPC, name: S&P 500, kind: index, prose: the S&P 500}", "- ^GSPC"),
            ":7:5: ",
            "braces",
        ),
        (("glance: [^GSPC]", "glance: [^DJI]"), ":1:1: ", "^DJI is not in the universe"),
        (("first_issue: 2025-01-02", "first_issue: soon"), ":2:1: first_issue: ", "soon"),
        (("editions:", "editions: [\n"), "", "not valid YAML"),
        (("tiles: [^GSPC]", ""), ":1:1: tiles: ", "is missing"),
        (
            ("name: Test Tape", "name: Test Tape\nsender: {address: nobody}"),
            ":2:10: sender.address: ",
            "not a mail address",
        ),
        (
            ("name: Test Tape", "name: Test Tape\npublic_base_url: brief.example.com"),
            ":2:1: ",
            "full address",
        ),
        (
            ("name: Test Tape", "name: Test Tape\nprivacy_url: http://example.com/privacy"),
            ":2:1: privacy_url: ",
            "https only",
        ),
        *(
            (("name: Test Tape", f"name: Test Tape\npublic_base_url: {url}"), ":2:1: public_base_url: ", says)
            for url, says in (
                ("http://brief.example.com", "https only"),
                ("http://localhost:8000", "https only"),
                ("https://localhost:8443", "their own machine"),
                ("https://127.0.0.1", "their own machine"),
                ("https://[::1]/brief", "their own machine"),
            )
        ),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    edit: tuple[str, str], where: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(MINIMAL.replace(*edit), tmp_path)
    message = str(caught.value)
    assert message.startswith(f"config.yaml{where}")
    assert says in message
    assert "\n" not in message
    assert caught.value.exit_code == 2


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; `newsletter init DIR`"):
        settings.load(tmp_path / "config.yaml")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n"])
def test_a_file_that_is_no_settings(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^config.yaml:1:1: expected settings"):
        parse(text, tmp_path)


def test_extends_takes_the_other_file_first(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(MINIMAL + "smtp: {host: mail.example.com, port: 587}\n")
    config = parse("extends: base.yaml\nname: Mine\nsmtp: {port: 2525}\n", tmp_path)
    assert (config.name, config.smtp.host, config.smtp.port) == ("Mine", "mail.example.com", 2525)


def test_a_mistake_in_the_extended_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(MINIMAL.replace("kind: index", "kind: nonsense"))
    with pytest.raises(ConfigError, match=r"^base.yaml:7:"):
        parse("extends: base.yaml\nname: Mine\n", tmp_path)


@pytest.mark.parametrize(("target", "says"), [("none.yaml", "can't read"), ("config.yaml", "extends itself")])
def test_extends_that_leads_nowhere(target: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"extends: {target}\n")
    with pytest.raises(ConfigError, match=says) as caught:
        settings.load(tmp_path / "config.yaml")
    assert str(caught.value).startswith("config.yaml:1:1: extends: ")


def test_public_refuses_data_licensed_for_personal_use(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="personal use"):
        parse(MINIMAL + "distribution: public\n", tmp_path)


def test_secrets_come_from_the_environment_only() -> None:
    assert settings.secret("SMTP_PASSWORD", {"NEWSLETTER_SMTP_PASSWORD": "x"}) == "x"
    assert settings.secret("SMTP_PASSWORD", {"NEWSLETTER_SMTP_PASSWORD": ""}) is None
