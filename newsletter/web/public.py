"""The pages that face the world: leaving the list, and the issues that were mailed.

Scanners open every link of a mail, so GET and HEAD change nothing: a page shows one button, and only POST acts. A mail
program's one-click (RFC 8058) is such a POST, without cookies, answered without a redirect. An archived issue is the
frozen page with no subscriber's link in it, so there is none to leak, and its facts beneath.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter import brief_json, pictures
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.clock import Clock
from newsletter.config import Config
from newsletter.errors import DataError
from newsletter.project import template_folders
from newsletter.publishing.evidence import evidence
from newsletter.publishing.licence import offers_data
from newsletter.render.page import tokens
from newsletter.store import issues, ledger, status
from newsletter.store.database import Store, connect
from newsletter.store.issues import FrozenIssue
from newsletter.subscribers import roster
from newsletter.subscribers.keys import Keys, Purpose, from_environment

ISSUE = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z][a-z0-9-]{0,30}")

LARGEST_BODY = 10_000
"""Bytes of a POST that are looked at: One-Click is 26."""

ARCHIVED = 100
"""Issues that the archive lists."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
"""On every answer that hasn't its own: no script, nothing from elsewhere, no address of ours in anybody's log, no copy in a cache."""

FOR_EVER = "public, max-age=31536000, immutable"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Site:
    """What the pages need."""

    config: Config
    store: Store
    keys: Keys
    clock: Clock
    templates: SandboxedEnvironment

    def page(self, name: str, status_code: int = 200, **values: Any) -> HTMLResponse:
        text = self.templates.get_template(f"web/{name}.html.j2").render(
            name=self.config.name, address=self.config.sender.postal_address, **values
        )
        return HTMLResponse(text, status_code)


def make_app(config: Config, *, clock: Clock, environment: Mapping[str, str] | None = None) -> Starlette:
    """The public pages; raises ConfigError without NEWSLETTER_SECRET_KEY, StoreError where there can be no store."""
    keys = from_environment(environment)
    store = connect(config.paths.store)
    roster.settle(store, keys, clock())
    templates = SandboxedEnvironment(
        loader=FileSystemLoader(template_folders(config.folder)),
        autoescape=True,
        undefined=StrictUndefined,
    )
    site = _Site(config=config, store=store, keys=keys, clock=clock, templates=templates)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(
        routes=[
            Route("/healthz", _healthy),
            Route("/unsubscribe", partial(_how_to_leave, site)),
            Route("/unsubscribe/", partial(_how_to_leave, site)),
            Route("/unsubscribe/{token}", partial(_ask, site), methods=["GET"]),
            Route("/unsubscribe/{token}", partial(_act, site), methods=["POST"]),
            Route("/archive/", partial(_archive, site)),
            Route("/archive/{issue}/", partial(_issue, site)),
            Route("/archive/{issue}/charts/{image}", partial(_image, site)),
        ],
        middleware=[Middleware(_Guarded)],
        exception_handlers={HTTPException: partial(_failed, site)},
        lifespan=lifespan,
    )
    # A one-click POST must not be answered by a redirect.
    app.router.redirect_slashes = False
    return app


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _how_to_leave(site: _Site, _: Request) -> Response:
    return site.page("unsubscribe", state="how")


async def _ask(site: _Site, request: Request) -> Response:
    """The page with the button; changes nothing."""
    identity = _subscriber(site, request)
    known = await run_in_threadpool(roster.known, site.store, identity)
    return site.page("unsubscribe", state="ask" if known else "unknown")


async def _act(site: _Site, request: Request) -> Response:
    """Take the subscriber off the list, and say the same however often it is asked."""
    identity = _subscriber(site, request)
    body = await _body(request)
    one_click = b"List-Unsubscribe" in body and b"One-Click" in body  # as a form in either of its encodings
    known = await run_in_threadpool(_leave, site, identity, one_click)
    return site.page("unsubscribe", state="done" if known else "unknown")


def _leave(site: _Site, identity: str, one_click: bool) -> bool:
    how = "one-click" if one_click else "page"
    shown = None if one_click else bytes(site.page("unsubscribe", state="ask").body).decode()
    left = roster.leave(site.store, identity, how, keys=site.keys, now=site.clock(), shown=shown)
    if left:
        log.info("unsubscribed", action="subscriber_left", subscriber=identity, how=how)
    return left or roster.known(site.store, identity)


async def _archive(site: _Site, _: Request) -> Response:
    mailed = await run_in_threadpool(status.mailings, site.store, ARCHIVED)
    titles = {edition.id: edition.title for edition in site.config.editions}
    found = [(mailing.issue, titles.get(mailing.edition, mailing.edition)) for mailing in mailed]
    return site.page("archive", issues=found)


async def _issue(site: _Site, request: Request) -> Response:
    issue = await run_in_threadpool(_mailed, site, request.path_params["issue"])
    html = issue.html.replace(f"/unsubscribe/{UNSUBSCRIBE_TOKEN}", "/unsubscribe").replace(
        UNSUBSCRIBE_TOKEN, ""
    )
    page, end, rest = html.rpartition("</body>")
    return HTMLResponse(f"{page}{await run_in_threadpool(_facts, site, issue)}{end}{rest}")


def _facts(site: _Site, issue: FrozenIssue) -> str:
    """What stands under the mail: every fact of the issue. One whose brief has another form is shown without."""
    try:
        brief = brief_json.from_json((issue.folder / "brief.json").read_text(encoding="utf-8"))
    except DataError:
        return ""
    values = offers_data(brief, site.config)
    groups = evidence(brief, site.config, values=values)
    if not groups:
        return ""
    template = site.templates.get_template("web/facts.html.j2")
    return template.render(groups=groups, values=values, look=tokens())


async def _image(site: _Site, request: Request) -> Response:
    identity, path = request.path_params["issue"], f"charts/{request.path_params['image']}"
    if not ISSUE.fullmatch(identity) or not pictures.PATH.fullmatch(path):
        raise HTTPException(404)
    image = await run_in_threadpool(_image_at, site.config.paths.issues / identity / path)
    # A name that tells its content is shown before the mailing begins: mail programs fetch an image as the mail comes.
    if image is not None and pictures.tells_content(path, image):
        return Response(image, media_type="image/png", headers={"Cache-Control": FOR_EVER})
    issue = await run_in_threadpool(_mailed, site, identity)
    if path not in issue.images:
        raise HTTPException(404)
    return Response(issue.images[path], media_type="image/png")


def _image_at(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except OSError:
        return None


def _mailed(site: _Site, identity: str) -> FrozenIssue:
    """The issue as it was mailed; one that wasn't, or that has been changed since, is a 404."""
    mailing = ledger.find(site.store, identity) if ISSUE.fullmatch(identity) else None
    if mailing is None:
        raise HTTPException(404)
    try:
        issue = issues.load(site.config.paths.issues / identity)
    except DataError as error:
        log.error(str(error), action="archive_missing", issue=identity)
        raise HTTPException(404) from error
    if issue.sha != mailing.message_sha:
        log.error("changed since it was mailed", action="archive_changed", issue=identity)
        raise HTTPException(404)
    return issue


def _subscriber(site: _Site, request: Request) -> str:
    read = site.keys.read(request.path_params["token"])
    if read is None or read[0] is not Purpose.UNSUBSCRIBE:
        raise HTTPException(404)
    return read[1]


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
    return body


async def _failed(site: _Site, _: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    response = site.page("problem", code, code=code)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


class _Guarded:
    """Puts HEADERS on every answer that hasn't its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
