"""The preview as it runs: real server, real files, real signals."""

import http.client
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from newsletter.errors import NewsletterError, UsageError
from newsletter.web.preview import Changed, serve_preview
from tests.preview_support import HTML, Folder, Running, composed, folder, running

SOON = 1.0
"""Seconds from saving to being told, the composer's own work excluded (the one here takes none)."""


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    return folder(tmp_path)


@pytest.fixture
def preview(project: Folder) -> Iterator[Running]:
    with running(project.path) as served:
        served.settled("gathered 1")
        yield served


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A preview for tests that save nothing."""
    made = folder(tmp_path_factory.mktemp("project"))
    with running(made.path) as served:
        served.settled("gathered 1")
        yield served


def template(project: Folder) -> Path:
    return project.path / "templates" / "issue.html"


def test_a_save_is_told_and_shown_at_once(project: Folder, preview: Running) -> None:
    events = preview.events()
    state, doing = next(events)
    assert doing == "ready"

    waits = []
    for words in (
        "Large caps",
        "Mid caps",
        "Micro caps",
    ):  # the best of three: machines that run tests are busy
        template(project).write_text(HTML.replace("Small caps", words))
        saved = time.perf_counter()
        told = next(event for event in events if event[1] == "ready")
        waits.append(time.perf_counter() - saved)

        assert told[0] != state
        assert words in preview.get(f"/issue/{told[0]}/mailed/index.html")[2]
    print(f"told after {', '.join(f'{wait:.3f}' for wait in waits)} s")
    assert min(waits) < SOON


def test_a_template_is_rendered_again_without_gathering_again(project: Folder, preview: Running) -> None:
    assert "gathered 1, first True, saved \n" in preview.get()[2]

    template(project).write_text(HTML + "<!-- -->")
    preview.settled("gathered 1, first False, saved issue.html")

    (project.path / "config.yaml").write_text("name: Other\n")
    preview.settled("gathered 2, first False, saved config.yaml")


def test_an_editor_that_replaces_the_file_is_followed(project: Folder, preview: Running) -> None:
    for turn in range(3):
        fresh = project.path / ".config.yaml.tmp"
        fresh.write_text(f"name: Turn {turn}\n")
        fresh.rename(project.path / "config.yaml")
        preview.settled(f"gathered {turn + 2}")


def test_a_folder_that_did_not_exist_is_followed(project: Folder, preview: Running) -> None:
    notes = project.path / "notes"
    notes.mkdir()
    preview.settled("saved notes")
    for name in ("2026-11-24.md", "2026-11-25.md"):
        time.sleep(0.1)
        (notes / name).write_text("A person's words")
        preview.settled(f"saved {name}")


def test_what_does_not_concern_the_issue_changes_nothing(project: Folder, preview: Running) -> None:
    before = preview.get()[2]
    (project.path / "other.txt").write_text("beside config.yaml")
    (project.path / "templates" / ".issue.html.swp").write_text("an editor's own file")
    (project.path / "templates" / "__pycache__").mkdir()
    (project.path / "templates" / "__pycache__" / "x.pyc").write_text("")
    time.sleep(0.4)

    assert preview.get()[2] == before


def test_an_error_is_shown_and_goes_with_the_next_save(project: Folder, preview: Running) -> None:
    template(project).write_text("{% fro x %}\n")
    page = preview.settled("templates/issue.html:1: Encountered unknown tag")
    assert "the last good issue is shown below" in page
    assert "<code>{% fro x %}</code>" in page
    assert preview.get("/issue/x/mailed/index.html")[2] == HTML

    template(project).write_text(HTML)
    assert 'class="problem"' not in preview.settled("Up to date")


def test_the_config_is_not_forgotten_while_a_template_is_broken(project: Folder, preview: Running) -> None:
    (project.path / "config.yaml").write_text("broken\n")
    preview.settled("config.yaml:2:1: nam: unknown key")
    template(project).write_text("{% fro %}")
    (project.path / "config.yaml").write_text("name: Mended\n")
    preview.settled("unknown tag")
    template(project).write_text(HTML)

    preview.settled("first False, saved config.yaml,issue.html")


def test_a_mistake_nobody_foresaw_is_shown_too(project: Folder, preview: Running) -> None:
    template(project).write_text("divide")
    page = preview.settled("ZeroDivisionError: a recipe&#39;s own mistake")
    assert "Unexpected error" in page

    template(project).write_text(HTML)
    preview.settled("Up to date")


def test_it_starts_with_an_error_and_recovers(project: Folder) -> None:
    (project.path / "config.yaml").write_text("broken\n")
    with running(project.path) as preview:
        page = preview.settled("config.yaml:2:1")
        assert 'role="tab"' not in page
        assert preview.get("/issue/x/light/index.html")[0] == 404

        (project.path / "config.yaml").write_text("name: Mended\n")
        preview.settled("gathered 1, first True")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil:{port}",
        "0.0.0.0:{port}",
    ],
)
def test_other_hosts_are_refused(still: Running, host: str) -> None:
    status, _, body = still.get(host=host.format(port=still.port))

    assert status == 421
    assert "gathered" not in body


def test_a_request_without_a_host_is_refused(still: Running) -> None:
    with socket.create_connection(("127.0.0.1", still.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert plain.recv(100).split()[1] in (b"421", b"400")


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_our_own_names_are_answered(still: Running, host: str) -> None:
    assert still.get(host=host.format(port=still.port))[0] == 200


def test_it_listens_on_loopback_alone(still: Running) -> None:
    found = {
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    }

    assert f"0100007F:{still.port:04X}" in found
    assert f"00000000:{still.port:04X}" not in found


def test_nothing_can_be_changed_over_http(still: Running) -> None:
    for path in ("/", "/events", "/issue/x/light/index.html"):
        assert still.get(path, method="POST")[0] == 403
        assert still.get(path, method="PUT")[0] == 405


def test_nothing_in_the_issue_can_run(still: Running) -> None:
    for words in ("light", "dark+facts", "mailed"):
        policy = still.get(f"/issue/x/{words}/index.html")[1]["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "sandbox allow-same-origin" in policy
        assert "allow-scripts" not in policy
    page = still.get()[1]
    assert "script-src 'self';" in page["content-security-policy"]
    assert "frame-ancestors 'none'" in page["content-security-policy"]
    assert (page["x-content-type-options"], page["cache-control"]) == ("nosniff", "no-store")


def test_images_come_beside_the_issue_or_not_at_all(still: Running) -> None:
    assert still.get("/issue/x/light/charts/chart-light.png")[2] == "light"
    assert still.get("/issue/x/mailed/charts/chart-dark.png")[2] == "dark"
    assert still.get("/issue/x/light/charts/other.png")[0] == 404
    assert still.get("/issue/x/light/..%2f..%2fconfig.yaml")[0] == 404
    assert still.get("/issue/x/purple/index.html")[0] == 404
    assert "img-src 'none'" in still.get("/issue/x/light+noimages/index.html")[1]["content-security-policy"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_a_page_waits(preview: Running, number: signal.Signals) -> None:
    events = preview.events()
    next(events)
    began = time.perf_counter()
    preview.process.send_signal(number)
    out, err = preview.process.communicate(timeout=10)

    assert preview.process.returncode == 0
    assert out == "ended\n"
    assert err == ""
    assert time.perf_counter() - began < 2


def test_it_ends_while_composing(tmp_path: Path) -> None:
    started, release = os.pipe()

    def slow(changed: Changed) -> None:
        os.write(release, b"x")
        time.sleep(60)

    child = os.fork()
    if child == 0:  # pragma: no cover - the other process
        serve_preview(slow, port=0, watch=[tmp_path])  # type: ignore[arg-type]
        os._exit(0)
    os.read(started, 1)
    os.kill(child, signal.SIGTERM)
    began = time.perf_counter()
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert time.perf_counter() - began < 3


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            UsageError,
            match=f"^port {port} is taken; choose another with --port$",
        ):
            serve_preview(lambda _: composed(), port=port, watch=[tmp_path])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com", ""])
def test_it_never_listens_elsewhere(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="not a loopback address"):
        serve_preview(lambda _: composed(), host=host, port=0, watch=[tmp_path])


def test_files_that_cannot_be_watched_end_it_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> AsyncIterator[None]:
        raise OSError("OS file watch limit reached")
        yield

    monkeypatch.setattr("newsletter.web.preview_watch.awatch", refused)
    with pytest.raises(
        NewsletterError,
        match=r"^can't watch /.*: OS file watch limit reached; set WATCHFILES_FORCE_POLLING=true",
    ):
        serve_preview(lambda _: composed(), port=0, watch=[tmp_path])


def test_it_announces_its_address_and_opens_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    announced: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    def announce(url: str) -> None:
        announced.append(url)
        os.kill(os.getpid(), signal.SIGTERM)

    serve_preview(lambda _: composed(), port=0, watch=[tmp_path], open_browser=True, announce=announce)
    for _ in range(100):
        if opened:
            break
        time.sleep(0.02)

    assert opened == announced
    assert opened[0].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_that_cannot_be(tmp_path: Path, port: int) -> None:
    with pytest.raises(
        UsageError, match=f"can't listen on 127.0.0.1, port {port}: .*; choose another with --port"
    ):
        serve_preview(lambda _: composed(), port=port, watch=[tmp_path])


def test_a_page_that_went_away_is_no_trouble(project: Folder, preview: Running) -> None:
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=10)
        connection.request("GET", "/events")
        connection.getresponse()
        connection.close()
    template(project).write_text(HTML.replace("Small caps", "Large caps"))
    preview.settled("saved issue.html")
    preview.process.send_signal(signal.SIGTERM)

    assert preview.process.communicate(timeout=10)[1] == ""
