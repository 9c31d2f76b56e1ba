"""The preview's pages over HTTP: the page, the issue in every view, its images, and the stream of changes.

Read only: no request changes anything. Only a browser that calls the server by a loopback name is answered, so that a
web site can't reach it by pointing its own name here. Nothing the issue holds can run a script.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.web.preview_desk import Composed, Desk
from newsletter.web.preview_explain import marks
from newsletter.web.preview_mail import seen, view
from newsletter.web.preview_page import FOLDER, page, tokens

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Styles stand in the mail itself. The sandbox keeps the origin, so that the page may read how far a frame is scrolled;
# without allow-scripts nothing in it can make use of that.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
ALWAYS_SENT = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def application(desk: Desk, hosts: frozenset[str]) -> ASGIApp:
    """The preview of what lies on ``desk``, for requests whose Host is one of ``hosts`` (name and port)."""
    pages = _Pages(desk)
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
    return _Guarded(Starlette(routes=routes), hosts)


class _Guarded:
    """Refuses foreign hosts and puts the headers on every answer that it must have."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
        if host not in self._hosts:
            refused = PlainTextResponse(
                "This preview answers only to its own loopback address.\n", 421, ALWAYS_SENT
            )
            await refused(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = {name for name, _ in message["headers"]}
                more = {"content-security-policy": PAGE_POLICY, **ALWAYS_SENT}
                message["headers"] += [
                    (name.encode(), value.encode())
                    for name, value in more.items()
                    if name.encode() not in sent
                ]
            await send(message)

        await self._app(scope, receive, guarded)


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def front(self, _request: Request) -> Response:
        return Response(page(self._desk.shown), media_type="text/html")

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
