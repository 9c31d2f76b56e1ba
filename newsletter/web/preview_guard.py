"""Who may ask the preview, and who may make it write.

Only a browser that calls the server by a loopback name is answered, so that a web site can't reach it by pointing its own
name here. What writes is asked for by POST, and only the preview's own page can: by its origin, as JSON, and with a token
that stands on that page alone.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS_SENT = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
TOKEN = "x-preview-token"


class Guard:
    """Refuses foreign hosts and foreign pages, and puts the headers on every answer that it must have."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], token: str) -> None:
        self._app = app
        self._hosts = hosts
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            await _refusal("This preview answers only to its own loopback address.", 421)(
                scope, receive, send
            )
            return
        if scope["method"] == "POST" and not self._own(headers, host):
            await _refusal("Only the preview's own page may do this; load the page again.", 403)(
                scope, receive, send
            )
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

    def _own(self, headers: Headers, host: str) -> bool:
        """Whether the request comes from our page: each of these alone keeps another site out."""
        return (
            headers.get("origin", "").lower() == f"http://{host}"
            and headers.get("sec-fetch-site", "same-origin") == "same-origin"
            and headers.get("content-type", "").partition(";")[0].strip() == "application/json"
            and secrets.compare_digest(headers.get(TOKEN, "").encode(), self._token.encode())
        )


def _refusal(words: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(f"{words}\n", status, ALWAYS_SENT)
