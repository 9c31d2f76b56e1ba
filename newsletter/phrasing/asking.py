"""One question to an OpenAI-compatible endpoint, and its answer or why there is none."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from newsletter.config import Phrasing, secret
from newsletter.errors import ConfigError

KEY = "LLM_API_KEY"
"""The environment variable of the key, after ``NEWSLETTER_``."""

OFFICIAL = "https://api.openai.com/v1"
MAX_REPLY = 20_000
"""Characters of an answer that are read; a column is a tenth of that."""


class Client(Protocol):
    """What is used of ``openai.OpenAI``."""

    @property
    def chat(self) -> Any:
        """``chat.completions.create(**request)`` is called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What the model said, or ``failure``: one line for the log."""

    text: str = ""
    failure: str = ""


class Asker:
    """Asks with the official client, made at the first question; ``client`` stands in for it."""

    def __init__(
        self,
        phrasing: Phrasing,
        *,
        client: Client | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._phrasing = phrasing
        self._client: Any = client
        self._key = secret(KEY, environment)
        self._openai = _package()

    def ask(self, request: Mapping[str, Any]) -> Reply:
        """The answer to a chat completion request, within the time-out however slowly it comes."""
        if self._client is None and self._key is None and self._phrasing.base_url is None:
            return Reply(failure=f"NEWSLETTER_{KEY} isn't set")
        replies: list[Reply] = []
        thread = threading.Thread(target=lambda: replies.append(self._asked(request)), daemon=True)
        thread.start()
        thread.join(self._phrasing.timeout)
        return replies[0] if replies else Reply(failure=f"no answer within {self._phrasing.timeout:g} s")

    def _asked(self, request: Mapping[str, Any]) -> Reply:
        openai = self._openai
        try:
            said = self._made().chat.completions.create(**request)
            return _content(said)
        except openai.APITimeoutError:
            return Reply(failure=f"no answer within {self._phrasing.timeout:g} s")
        except openai.APIStatusError as error:
            return Reply(failure=f"the endpoint answered {error.status_code}{_meaning(error.status_code)}")
        except openai.APIConnectionError:
            return Reply(failure="the endpoint can't be reached")
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            # A reply of another shape comes out of the client as any of these.
            return Reply(failure=f"the endpoint's reply is no chat completion ({type(error).__name__})")

    def _made(self) -> Any:
        if self._client is None:
            # Every setting is passed, so that variables meant for other programs change nothing here.
            self._client = self._openai.OpenAI(
                api_key=self._key or "none",
                base_url=self._phrasing.base_url or OFFICIAL,
                timeout=self._phrasing.timeout,
                max_retries=0,
            )
        return self._client


def _package() -> Any:
    try:
        import openai
    except ImportError:
        raise ConfigError(
            "config.yaml: phrasing.enabled: the openai package is missing; "
            "pip install newsletter[llm], or set it to false"
        ) from None
    return openai


def _content(said: Any) -> Reply:
    text = said.choices[0].message.content
    if not isinstance(text, str) or not text.strip():
        return Reply(failure="the model answered nothing")
    if len(text) > MAX_REPLY:
        return Reply(failure="the model's answer is too long to be read")
    return Reply(text=text)


def _meaning(status: int) -> str:
    return {
        401: " (wrong key)",
        403: " (no access)",
        404: " (no such model or address)",
        429: " (too many requests)",
    }.get(status, "")
