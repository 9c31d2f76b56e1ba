"""The Words tab over HTTP: the note and what the program offers, a draft judged while it is typed, and the note saved.

    GET  /words            the note, its version, the stories with their headlines
    GET  /words/facts?q=   facts to name, with how they print
    POST /words/proof      a draft -> each of its claims, and the fact that bears it out or why none does
    POST /words/save       a draft and the version it began from -> the note's new version
    POST /words/aside      the version -> the note moved out of the way

Nothing here composes the issue: a saved note is seen by the watch as any other save. Whatever is wrong is one line of
JSON, ``{"problem": "..."}``; the page writes it as text, never as HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newsletter.errors import NewsletterError
from newsletter.notebook import Draft, Notebook
from newsletter.store.notes import LARGEST, ChangedMeanwhile
from newsletter.web.preview_proof import as_facts, as_opened, as_proof

MOST = 10 * LARGEST
"""Bytes of a request that are read; what is longer is no draft, however it is escaped."""


class WordsPages:
    """Answers for one notebook."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def routes(self) -> list[Route]:
        """What it answers to."""
        return [
            Route("/words", self.open),
            Route("/words/facts", self.facts),
            Route("/words/proof", self.proof, methods=["POST"]),
            Route("/words/save", self.save, methods=["POST"]),
            Route("/words/aside", self.put_aside, methods=["POST"]),
        ]

    async def open(self, _request: Request) -> Response:
        return await _answer(lambda: as_opened(self._notebook.open()))

    async def facts(self, request: Request) -> Response:
        wanted = request.query_params.get("q", "")[:200]
        return await _answer(lambda: {"facts": as_facts(self._notebook.facts(wanted))})

    async def proof(self, request: Request) -> Response:
        asked = await _asked(request)
        if isinstance(asked, Response):
            return asked
        draft = _draft(asked)
        return await _answer(lambda: as_proof(self._notebook.judge(draft)))

    async def save(self, request: Request) -> Response:
        asked = await _asked(request)
        if isinstance(asked, Response):
            return asked
        draft, seen = _draft(asked), asked.get("version", "")
        return await _answer(lambda: {"version": self._notebook.save(draft, seen=seen)})

    async def put_aside(self, request: Request) -> Response:
        asked = await _asked(request)
        if isinstance(asked, Response):
            return asked
        seen = asked.get("version", "")
        return await _answer(lambda: {"place": self._notebook.put_aside(seen=seen).name})


async def _asked(request: Request) -> Mapping[str, str] | Response:
    """The request's JSON object of strings, or why it can't be read."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST:
            words = f"a note of more than {LARGEST:,} bytes isn't read; an issue's note is a page or two"
            return _problem(words, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        asked = json.loads(data)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        return _problem("expected a JSON object of strings", HTTPStatus.BAD_REQUEST)
    # A lone surrogate is valid JSON and no text: it could neither be judged nor saved.
    return {key: value.encode("utf-8", "replace").decode() for key, value in asked.items()}


def _draft(asked: Mapping[str, str]) -> Draft:
    return Draft(**{field.name: asked.get(field.name, "") for field in fields(Draft)})


async def _answer(work: Callable[[], object]) -> Response:
    """What ``work`` gives, as JSON, computed beside the event loop; or its problem in one line."""
    try:
        return JSONResponse(await run_in_threadpool(work))
    except NewsletterError as error:
        status = (
            HTTPStatus.CONFLICT if isinstance(error, ChangedMeanwhile) else HTTPStatus.UNPROCESSABLE_ENTITY
        )
        return _problem(str(error), status)


def _problem(words: str, status: HTTPStatus) -> Response:
    return JSONResponse({"problem": " ".join(words.split())}, status)
