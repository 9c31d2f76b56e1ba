"""The process that talks to Yahoo, started anew for every issue; it imports nothing of ours.

yfinance keeps state for the whole process that never expires (replies about the past, error pages among them) and takes
long to import; both end with this process. It reads one request as JSON from standard input and writes one JSON line a
reply, so that what has come is kept when time runs out. Frames are left as Parquet files in the request's folder.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

THREADS = 4
PAGE = 100
PAGES = 40
"""The most pages of a calendar that are read: it ends some time, or something is wrong."""

LARGE = 1e10
"""Dollars of market value from which a company's report is asked for."""

REFUSED, UNKNOWN, FAILED, OFFLINE = "refused", "unknown", "failed", "offline"

Row = dict[str, Any]


class Yahoo:
    """yfinance, set up once; every call goes through one session."""

    def __init__(self, request: Row) -> None:
        # In a function and not at the top: `newsletter status` must never pay for this import.
        import yfinance
        from yfinance import _http

        self._yf = yfinance
        self._http = _http
        self._timeout = request["timeout"]
        self._folder = Path(request["folder"])
        yfinance.set_tz_cache_location(str(self._folder / "cache"))
        yfinance.config.debug.hide_exceptions = False
        yfinance.config.network.retries = request["retries"]
        base = request["base_url"]
        self._session = _http.new_session() if base is None else _detour(_http, base)
        self._turned_away = threading.Event()
        # yfinance raises its own errors, those of its HTTP library, and those of reading half a reply.
        self._failures = (
            yfinance.exceptions.YFException,
            _http.requests.exceptions.RequestException,
            *(OSError, ValueError, LookupError, TypeError, AttributeError),
        )

    def chart(self, number: int, task: Row) -> Row:
        """Daily or shorter bars of one symbol, and the quote that came with them."""
        if self._turned_away.is_set():
            return {"chart": number, "error": "rate limited", "kind": REFUSED}
        try:
            ticker = self._yf.Ticker(task["symbol"], session=self._session)
            bars = ticker.history(
                start=task["start"],
                end=task["end"],
                interval=task["interval"],
                auto_adjust=False,
                actions=True,
                keepna=True,
                timeout=self._timeout,
            )
            quote = _quote(ticker.history_metadata)
        except self._failures as error:
            return {"chart": number, **self._failure(error)}
        if bars.empty:
            return {"chart": number, "error": "no rows", "kind": UNKNOWN}
        path = self._folder / f"chart-{number}.parquet"
        bars.rename_axis("stamp").reset_index().to_parquet(path)
        return {"chart": number, "file": path.name, "quote": quote}

    def calendar(self, name: str, start: str, end: str) -> Row:
        """Every row of a calendar, its labels as Yahoo has them."""
        try:
            rows = list(self._rows(name, start, end))
        except self._failures as error:
            return {name: None, **self._failure(error)}
        return {name: rows}

    def _rows(self, name: str, start: str, end: str) -> Iterator[Row]:
        class Raw(self._yf.Calendars):  # type: ignore[misc, name-defined]
            # The original turns a true zero into "missing" and leaves an empty day with other columns.
            def _cleanup_df(self, calendar_type: str) -> Any:
                return self.calendars[calendar_type]

        calendar = Raw(start=start, end=end, session=self._session)
        for page in range(PAGES):
            if name == "economic":
                frame = calendar.get_economic_events_calendar(limit=PAGE, offset=page * PAGE)
            else:
                frame = calendar.get_earnings_calendar(
                    market_cap=LARGE, filter_most_active=False, limit=PAGE, offset=page * PAGE
                )
            yield from json.loads(frame.to_json(orient="records"))
            if len(frame) < PAGE:
                return

    def _failure(self, error: BaseException) -> Row:
        text = " ".join(str(error).split()).partition(" See http")[0][:200] or type(error).__name__
        if "resolve" in text.lower():
            return {"error": "no network, or no name service", "kind": OFFLINE}
        if isinstance(error, ValueError) and not isinstance(error, self._http.requests.exceptions.HTTPError):
            text = "a reply that is not whole"
        if isinstance(error, LookupError | TypeError | AttributeError):
            text = "an error page instead of data"
        if isinstance(error, self._yf.exceptions.YFRateLimitError):
            self._turned_away.set()
            return {"error": "rate limited", "kind": REFUSED}
        status = getattr(getattr(error, "response", None), "status_code", None)
        missing = isinstance(error, self._yf.exceptions.YFPricesMissingError)
        return {"error": text, "kind": UNKNOWN if status == 404 or missing else FAILED}


def answer(request: Row, say: Callable[[Row], None]) -> None:
    """Everything the request asks for, one reply at a time."""
    yahoo = Yahoo(request)
    tasks = list(enumerate(request["charts"]))
    if tasks:
        first = yahoo.chart(*tasks[0])
        say(first)
        if first.get("kind") in (REFUSED, FAILED, OFFLINE):
            # Nothing answers: the others would only wait for it one after another.
            for number, _ in tasks[1:]:
                say({**first, "chart": number})
            tasks = []
    with ThreadPoolExecutor(THREADS) as pool:
        for reply in pool.map(lambda pair: yahoo.chart(*pair), tasks[1:]):
            say(reply)
    for name in ("economic", "earnings"):
        if request.get(name):
            say(yahoo.calendar(name, *request[name]))


def _quote(metadata: Mapping[str, Any]) -> Row:
    """The last price and its instant (epoch seconds), where they came."""
    price, at = metadata.get("regularMarketPrice"), metadata.get("regularMarketTime")
    if isinstance(at, datetime):
        at = at.timestamp()
    if not isinstance(price, int | float) or not isinstance(at, int | float):
        return {}
    return {"price": float(price), "at": float(at)}


def _detour(http: Any, base: str) -> Any:
    """A session of yfinance's active backend that sends every request to ``base`` instead."""

    class Detour(http.requests.Session):  # type: ignore[misc]
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, _moved(base, url), *args, **kwargs)

    session = Detour(impersonate="chrome", trust_env=False) if http.HAS_CURL_CFFI else Detour()
    session.trust_env = False
    return session


def _moved(base: str, url: str) -> str:
    """``https://host/path?query`` as ``base/host/path?query``; an address under ``base`` stays."""
    if url == base or url.startswith(f"{base}/"):
        return url
    parts = urlsplit(url)
    return f"{base}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def main() -> None:
    """Answer the request on standard input."""
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")  # yfinance's own; this process has no reader for them
    lock = threading.Lock()

    def say(reply: Row) -> None:
        with lock:
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()

    answer(json.load(sys.stdin), say)


if __name__ == "__main__":
    main()
