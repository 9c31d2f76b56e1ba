"""The preview's pages over HTTP: the page, the issue in every view, its images, and the stream of changes.

Nothing here changes anything; ``preview_words`` alone writes, and it writes a note. ``preview_guard`` says who is answered.
Nothing the issue holds can run a script.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from newsletter.notebook import Notebook
from newsletter.web.preview_desk import Composed, Desk
from newsletter.web.preview_explain import marks
from newsletter.web.preview_guard import Guard
from newsletter.web.preview_mail import seen, view
from newsletter.web.preview_page import FOLDER, page, tokens
from newsletter.web.preview_words import WordsPages

# Styles stand in the mail itself. The sandbox keeps the origin, so that the page may read how far a frame is scrolled;
# without allow-scripts nothing in it can make use of that.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def application(desk: Desk, hosts: frozenset[str], notebook: Notebook | None = None) -> ASGIApp:
    """The preview of what lies on ``desk``, for requests whose Host is one of ``hosts`` (name and port).

    With a ``notebook`` a person's words can be written there.
    """
    token = secrets.token_urlsafe(24)
    pages = _Pages(desk, token if notebook is not None else None)
    routes = [
        Route("/", pages.front),
        Route("/events", pages.events),
        Route("/preview.css", pages.style),
        Route("/preview.js", pages.script),
        Route("/favicon.ico", pages.icon),
        Route("/issue/{state}/mailed/index.html", pages.mailed),
        Route("/issue/{state}/{words}/index.html", pages.viewed),
        Route("/issue/{state}/{words}/{path:path}", pages.image),
    ]
    if notebook is not None:
        routes += [*WordsPages(notebook).routes(), Route("/preview_words.js", pages.words_script)]
    return Guard(Starlette(routes=routes), hosts, token)


class _Pages:
    """``token`` stands on the page where words can be written, and nowhere else."""

    def __init__(self, desk: Desk, token: str | None) -> None:
        self._desk = desk
        self._token = token

    async def front(self, _request: Request) -> Response:
        return Response(page(self._desk.shown, token=self._token), media_type="text/html")

    async def events(self, _request: Request) -> Response:
        return StreamingResponse(self._changes(), media_type="text/event-stream")

    async def _changes(self) -> AsyncIterator[str]:
        yield "retry: 500\n\n"
        shown = self._desk.shown
        while True:
            yield f"data: {shown.state} {'busy' if shown.busy else 'ready'}\n\n"
            following = await self._desk.changed(shown.state)
            if following is None:
                return
            shown = following

    async def style(self, _request: Request) -> Response:
        return Response(tokens() + _own("preview.css"), media_type="text/css")

    async def script(self, _request: Request) -> Response:
        return Response(_own("preview.js"), media_type="text/javascript")

    async def words_script(self, _request: Request) -> Response:
        return Response(_own("preview_words.js"), media_type="text/javascript")

    async def icon(self, _request: Request) -> Response:
        return Response(status_code=204)

    async def mailed(self, _request: Request) -> Response:
        composed = self._desk.shown.composed
        return _missing() if composed is None else _mail(composed.rendered.html, images=True)

    async def viewed(self, request: Request) -> Response:
        composed, how = self._desk.shown.composed, view(request.path_params["words"])
        if composed is None or how is None:
            return _missing()
        explained = marks(composed) if how.facts else ()
        return _mail(seen(composed.rendered.html, how, explained), images=how.images)

    async def image(self, request: Request) -> Response:
        images = _images(self._desk.shown.composed)
        data = images.get(request.path_params["path"])
        return _missing() if data is None else Response(data, media_type="image/png")


def _mail(html: str, *, images: bool) -> Response:
    policy = MAIL_POLICY.format(images="'self'" if images else "'none'")
    return Response(html, media_type="text/html", headers={"content-security-policy": policy})


def _missing() -> Response:
    return PlainTextResponse("There is no such page in this preview.\n", 404)


def _images(composed: Composed | None) -> Mapping[str, bytes]:
    return {} if composed is None else composed.images


def _own(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
