"""The local preview: an issue on a page that follows every save.

    save a template, recipe, note or config.yaml
      -> preview_watch    which files
      -> preview_desk     compose again, in a thread; what fails is shown, not raised
      -> preview_app      the page is told, fetches itself anew and keeps its place

The caller brings a :data:`Composer`; it alone knows what has to be done again for a change.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from newsletter.errors import UsageError
from newsletter.notebook import Notebook
from newsletter.web.listening import Server, listen
from newsletter.web.preview_app import application
from newsletter.web.preview_desk import Changed, Composed, Composer, Desk
from newsletter.web.preview_watch import watch as watch_files

__all__ = ["Changed", "Composed", "Composer", "serve_preview"]

NAMES = ("localhost", "127.0.0.1", "[::1]")
"""How a browser on this machine may call us."""


def serve_preview(
    composer: Composer,
    *,
    host: str = "127.0.0.1",
    port: int,
    watch: Sequence[Path],
    notebook: Notebook | None = None,
    open_browser: bool = False,
    announce: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve the preview until Ctrl-C or SIGTERM; ``announce`` is told its address once it answers.

    ``composer`` is called at once and after each save at or under ``watch`` (folders or files, also such as don't exist
    yet), never twice at the same time. ``port`` 0 takes a free one. Raises UsageError for a taken port or a host that
    isn't this machine, NewsletterError where files can't be watched. On a page with a ``notebook`` a person can write.
    """
    listening = _listen(host, port)
    bound = listening.getsockname()[1]
    url = f"http://{f'[{host}]' if ':' in host else host}:{bound}/"

    def ready() -> None:
        announce(url)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    with listening:
        desk = Desk(composer, watch)
        app = application(desk, frozenset(f"{name}:{bound}" for name in NAMES), notebook)
        asyncio.run(_serve(desk, app, listening, watch, ready))


async def _serve(
    desk: Desk, app: ASGIApp, listening: socket.socket, places: Sequence[Path], ready: Callable[[], None]
) -> None:
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = _Server(config, desk, ready)
    try:
        async with asyncio.TaskGroup() as group:
            behind = [
                group.create_task(desk.run()),
                group.create_task(watch_files(places, desk.saved)),
            ]
            await server.serve(sockets=[listening])
            for task in behind:
                task.cancel()
    except ExceptionGroup as group:
        raise _single(group) from None


def _single(error: Exception) -> Exception:
    """What a task failed with, taken out of the groups that task groups put around it."""
    return _single(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


class _Server(Server):
    """Says when it answers; lets waiting pages go before it stops."""

    def __init__(self, config: uvicorn.Config, desk: Desk, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._desk = desk
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._desk.close()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    if not _is_loopback(host):
        raise UsageError(
            f"the preview shows unsent issues and listens on this machine alone; {host} is not a loopback address, use 127.0.0.1"
        )
    return listen(host, port)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
