"""The typed configuration: one frozen class, each field with its sentence.

``config.yaml`` is read with positions, so that a mistake is reported as ``config.yaml:11:5: editions.0.timezone: …``
with what to do. Unknown and duplicate keys are errors. Relative paths are relative to the file. Secrets come only from
the environment.
"""

from __future__ import annotations

import difflib
import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import pydantic
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from newsletter.errors import ConfigError
from newsletter.instruments import Kind

RESERVED = frozenset({"folder", "files"})
"""Fields that the loader sets; a file can't."""

SYMBOL = r"^[A-Z0-9^][A-Z0-9.^=_-]{0,19}$"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


def _clock_time(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('write the time as "HH:MM" on the 24-hour clock, like "06:30"')
    return value


def _known_zone(value: object) -> object:
    if not isinstance(value, str) or value not in zoneinfo.available_timezones():
        near = difflib.get_close_matches(str(value), zoneinfo.available_timezones(), n=1)
        raise ValueError(f"unknown time zone {value!r}" + (f"; did you mean {near[0]}?" if near else ""))
    return value


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return address.isprintable() and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket without its fellow, a port that is no number
        return False


def _https(value: object) -> object:
    if isinstance(value, str) and not (
        re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value) and _has_host(value)
    ):
        raise ValueError("write a full address, like https://brief.example.com")
    return value.rstrip("/") if isinstance(value, str) else value


def _named_in_mail(value: str) -> str:
    if urlsplit(value).scheme != "https":
        raise ValueError(f"{value}: mails link to https only; write the page's https address")
    return value


def _public(value: str) -> str:
    """An address that mail can name: each reader's program opens it on the reader's own machine."""
    parts = urlsplit(value)
    if parts.scheme != "https":
        raise ValueError(
            f"{value}: one-click unsubscribe (RFC 8058) and mail programs work over https only; put a server that "
            "speaks https in front of `newsletter serve` and write its address, or null until there is one"
        )
    if parts.hostname == "localhost" or re.fullmatch(r"127(\.\d+){3}|::1", parts.hostname or ""):
        raise ValueError(
            f"{value} leads each reader to their own machine; write where `newsletter serve` is reached from "
            "outside, like https://brief.example.com, or null until it is"
        )
    return value


def _address(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(
        r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+|[^@\s<>,;]+@localhost", value
    ):
        raise ValueError(f"{value!r} is not a mail address, like brief@example.com")
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
ZoneName = Annotated[str, BeforeValidator(_known_zone)]
BaseUrl = Annotated[str, BeforeValidator(_https)]
PublicUrl = Annotated[BaseUrl, AfterValidator(_public)]
Link = Annotated[BaseUrl, AfterValidator(_named_in_mail)]
MailAddress = Annotated[str, BeforeValidator(_address)]
Symbol = Annotated[str, Field(pattern=SYMBOL)]
Row = str | tuple[str, ...]


class Edition(_Frozen):
    """A recurring slot with its own schedule."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    """Stands in issue ids: lower-case letters, digits, hyphens."""
    title: str
    """What readers call it."""
    exchange: str = "XNYS"
    """ISO 10383 code of the exchange whose sessions decide when there is an issue."""
    timezone: ZoneName = "America/New_York"
    """Zone of the times below."""
    cut_off: ClockTime = time(6, 0)
    """Nothing dated later goes into the issue."""
    send_at: ClockTime = time(6, 30)
    """When the scheduler builds and mails it."""
    not_after_open: Annotated[int, Field(ge=0, le=1440)] = 15
    """Minutes after the opening bell past which it is no longer mailed."""

    @model_validator(mode="after")
    def _cut_off_first(self) -> Self:
        if self.cut_off > self.send_at:
            raise ValueError(f"cut_off {self.cut_off:%H:%M} is later than send_at {self.send_at:%H:%M}")
        return self


class PriceKind(StrEnum):
    """Where prices and calendars come from."""

    YAHOO = "yahoo"
    CSV = "csv"
    SAMPLE = "sample"


class HeadlineKind(StrEnum):
    """Where headlines come from."""

    FEEDS = "feeds"
    FILE = "file"
    SAMPLE = "sample"
    NONE = "none"


class DataSource(_Frozen):
    """A source of prices or calendars."""

    kind: PriceKind = PriceKind.YAHOO
    """``yahoo``, ``csv`` (a folder of files) or ``sample`` (an invented market)."""
    path: Path | None = None
    """For ``csv``: the folder."""

    @model_validator(mode="after")
    def _csv_needs_path(self) -> Self:
        if self.kind is PriceKind.CSV and self.path is None:
            raise ValueError("kind csv needs a path: the folder with the files")
        return self


class Feed(_Frozen):
    """One RSS or Atom feed."""

    name: str
    """The publisher, as printed beside the link."""
    url: BaseUrl
    """Where the feed is."""


class Headlines(_Frozen):
    """Where "what we're reading" comes from."""

    kind: HeadlineKind = HeadlineKind.NONE
    """``feeds``, ``file``, ``sample`` or ``none``."""
    path: Path | None = None
    """For ``file``: a YAML list of title, url, source, published."""
    feeds: tuple[Feed, ...] = ()
    """For ``feeds``."""

    @model_validator(mode="after")
    def _file_needs_path(self) -> Self:
        if self.kind is HeadlineKind.FILE and self.path is None:
            raise ValueError("kind file needs a path: a YAML list of title, url, source, published")
        return self


class Yahoo(_Frozen):
    """How Yahoo is asked."""

    base_url: BaseUrl | None = None
    """Send every request here instead of to Yahoo; for tests."""
    timeout: Annotated[float, Field(gt=0, le=120)] = 10
    """Seconds a request."""
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    """Transient network errors only."""


class Sources(_Frozen):
    """Where data comes from."""

    prices: DataSource = DataSource()
    calendars: DataSource = DataSource()
    headlines: Headlines = Headlines()
    yahoo: Yahoo = Yahoo()
    deadline: Annotated[float, Field(gt=0, le=7200)] = 720
    """Seconds for all sources of one issue together."""


class Sender(_Frozen):
    """From whom the mail comes. Address and postal address are needed to send."""

    name: str = ""
    address: MailAddress | None = None
    reply_to: MailAddress | None = None
    postal_address: str | None = None


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    AUTO = "auto"
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Smtp(_Frozen):
    """The mail server. User and password come from NEWSLETTER_SMTP_USERNAME and NEWSLETTER_SMTP_PASSWORD."""

    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Security = Security.AUTO
    """``auto`` is STARTTLS off loopback and plain on it; ``none`` is refused off loopback."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 30
    """Seconds to wait for the server."""
    connections: Annotated[int, Field(ge=1, le=64)] = 4
    """Connections at the same time."""


class Operator(_Frozen):
    """Who is told once when a build or a mailing fails."""

    address: MailAddress | None = None


class Phrasing(_Frozen):
    """Whether a language model may phrase the Takeaway. The key comes from NEWSLETTER_LLM_API_KEY."""

    enabled: bool = False
    """Off: nothing is asked, and no package is needed."""
    base_url: BaseUrl | None = None
    """Any OpenAI-compatible endpoint; null is OpenAI's own."""
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The model's name at that endpoint."""
    timeout: Annotated[float, Field(gt=0, le=120)] = 20
    """Seconds a request; an issue makes two at most."""

    @model_validator(mode="after")
    def _needs_model(self) -> Self:
        if self.enabled and self.model is None:
            raise ValueError("enabled: true needs a model: the name of one at that endpoint")
        return self


class Paths(_Frozen):
    """Where things are kept; relative to config.yaml."""

    issues: Path = Path("issues")
    store: Path = Path("newsletter.db")
    prices: Path = Path("cache/prices")
    notes: Path = Path("notes")


class Entry(_Frozen):
    """One instrument of the universe."""

    symbol: Symbol
    """Yahoo's symbol, or a series of the Federal Reserve such as DGS10."""
    name: str
    """In tables."""
    kind: Kind
    """Decides calendar, unit and detectors."""
    prose: str
    """The full form in a sentence."""
    aliases: tuple[str, ...] = ()
    """Later mentions."""


class Config(_Frozen):
    """The whole configuration. ``folder`` is where config.yaml lies."""

    name: str
    """Stands in the masthead and in the From header."""
    byline: str = ""
    """Under the headline."""
    first_issue: date
    """Issue No. 1; later issues count sessions from here."""
    distribution: Annotated[str, Field(pattern="^(personal|public)$")] = "personal"
    """``public`` refuses a source that is licensed for personal use only."""
    public_base_url: PublicUrl | None = None
    """Where the public pages and the images are reached from outside; null: images travel in the mail."""
    privacy_url: Link | None = None
    """Your privacy notice; the footer of each mail links to it."""
    editions: Annotated[tuple[Edition, ...], Field(min_length=1)]
    sources: Sources = Sources()
    sender: Sender = Sender()
    smtp: Smtp = Smtp()
    operator: Operator = Operator()
    phrasing: Phrasing = Phrasing()
    paths: Paths = Paths()
    universe: Annotated[tuple[Entry, ...], Field(min_length=1)]
    """What is covered."""
    glance: tuple[Row, ...]
    """Rows of "at a glance"; a list means the first that has data."""
    tiles: Annotated[tuple[Row, ...], Field(max_length=6)]
    """The six figures under the masthead."""
    folder: Path
    """Where config.yaml lies; set by the loader."""
    files: tuple[Path, ...] = ()
    """config.yaml and what it extends; set by the loader."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [edition.id for edition in self.editions]
        if len(set(ids)) != len(ids):
            raise ValueError(f"editions: two have the id {_twice(ids)!r}; give each its own")
        symbols = [entry.symbol for entry in self.universe]
        if len(set(symbols)) != len(symbols):
            raise ValueError(f"universe: {_twice(symbols)} stands there twice; remove one")
        if self.distribution == "public" and self.sources.prices.kind is PriceKind.YAHOO:
            raise ValueError(
                "distribution: public can't use yahoo prices (licensed for personal use); configure another source"
            )
        known = {*symbols, "spotlight"}
        for row in (*self.glance, *self.tiles):
            for symbol in (row,) if isinstance(row, str) else row:
                if symbol not in known and not _is_spread(symbol, known):
                    raise ValueError(
                        f"glance or tiles: {symbol} is not in the universe; add it there or remove it here"
                    )
        return self

    def edition(self, wanted: str | None) -> Edition:
        """The edition by id, or the first one; an unknown id raises ConfigError."""
        if wanted is None:
            return self.editions[0]
        for edition in self.editions:
            if edition.id == wanted:
                return edition
        raise ConfigError(
            f"no edition {wanted!r} in config.yaml; there is {', '.join(e.id for e in self.editions)}"
        )


def _twice(items: list[str]) -> str:
    return next(item for item in items if items.count(item) > 1)


def _is_spread(symbol: str, known: set[str]) -> bool:
    if not symbol.startswith("spread:"):
        return False
    first, dash, second = symbol.removeprefix("spread:").partition("-")
    return bool(dash) and first in known and second in known


def secret(name: str, environment: Mapping[str, str] | None = None) -> str | None:
    """A secret from the environment (``NEWSLETTER_`` is put before ``name``), or None where unset or empty."""
    source = os.environ if environment is None else environment
    return source.get(f"NEWSLETTER_{name}") or None


def load(path: Path, *, folder: Path | None = None) -> Config:
    """Read ``path``; every mistake in it raises ConfigError with file, line, column and what to do.

    Relative paths start at the file's folder, or at ``folder``: the built-in file must not write where it lies.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; `newsletter init DIR` makes a project, --config names another file"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {error}") from error
    return parse(text, path, folder=folder)


def parse(text: str, path: Path, *, folder: Path | None = None) -> Config:
    """``text`` as the content of ``path``; see :func:`load`.

    ``extends: ../config.yaml`` takes everything from another file first; settings here win, key by key, and a list
    replaces the other list.
    """
    layers = _layers(text, path)
    values: dict[str, Any] = {}
    for layer in reversed(layers):
        values = _merged(
            values, {key: value for key, value in _plain(layer.document).items() if key != "extends"}
        )
    try:
        files = tuple(layer.path.resolve() for layer in layers)
        config = Config.model_validate(
            {**values, "files": files, "folder": (folder or path.parent).resolve()}
        )
    except pydantic.ValidationError as error:
        raise ConfigError(_explain(error, layers)) from None
    return _resolved(config)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Layer:
    """One file of settings; the first layer is the file that was asked for, each next one what it extends."""

    path: Path
    document: CommentedMap


def _layers(text: str, path: Path) -> tuple[_Layer, ...]:
    layers = [_Layer(path=path, document=_document(text, path))]
    while "extends" in layers[-1].document:
        last = layers[-1]
        line, column = _position(last.document, ["extends"])
        where = f"{last.path.name}:{line}:{column}: extends"
        base = (last.path.resolve().parent / str(last.document["extends"])).resolve()
        if any(base == layer.path.resolve() for layer in layers):
            raise ConfigError(f"{where}: {base.name} extends itself; remove the line")
        try:
            layers.append(_Layer(path=base, document=_document(base.read_text(encoding="utf-8"), base)))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{where}: can't read {base}: {error}; correct the path or remove the line"
            ) from None
    for layer in layers:
        for name in RESERVED & layer.document.keys():
            line, column = _position(layer.document, [name])
            raise ConfigError(
                f"{layer.path.name}:{line}:{column}: {name}: unknown key; the program sets it, remove it"
            )
    return tuple(layers)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _merged(result[key], value) if both else value
    return result


def _document(text: str, path: Path) -> CommentedMap:
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        document = yaml.load(StringIO(text))
    except DuplicateKeyError as error:
        mark = error.problem_mark
        key = re.search(r'duplicate key "([^"]+)"', str(error))
        name = key.group(1) if key else "a key"
        raise ConfigError(
            f"{path.name}:{mark.line + 1}:{mark.column + 1}: {name} stands here twice; remove one"
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ConfigError(f"{path.name}{where}: not valid YAML: {error.problem or error.context}") from None
    except YAMLError as error:
        raise ConfigError(f"{path.name}: not valid YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(document, CommentedMap):
        raise ConfigError(
            f"{path.name}:1:1: expected settings such as `name: ...`; start from `newsletter init DIR`"
        )
    return document


def _plain(node: object) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


def _explain(error: pydantic.ValidationError, layers: tuple[_Layer, ...]) -> str:
    # A mistyped key is both unknown and missing; the unknown one is where to look.
    first = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    where = [
        part
        for part in first["loc"]
        if not (isinstance(part, str) and part.startswith(("function-", "tuple", "str")))
    ]
    layer = _layer_of(where, layers)
    line, column = _position(layer.document, where)
    name = ".".join(str(part) for part in where)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = _fields_at(where[:-1])
        near = difflib.get_close_matches(str(where[-1]), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
        message = f"unknown key; {hint}"
    elif first["type"] == "missing":
        message = "is missing; add it"
    elif first["type"] == "string_pattern_mismatch" and where[-1:] == ["symbol"]:
        message = f"{first['input']!r} is not a symbol; write it as Yahoo does, like ^GSPC, BRK-B or CL=F"
    elif first["type"] in ("model_type", "model_attributes_type", "dict_type"):
        message = f"expected settings in braces or on lines of their own, not {first['input']!r}"
    elif first["type"] not in ("value_error",):
        message = f"{message[:1].lower()}{message[1:]}, not {first['input']!r}"
    more = len(error.errors()) - 1
    tail = f" (and {more} more)" if more else ""
    prefix = f"{name}: " if name else ""
    return f"{layer.path.name}:{line}:{column}: {prefix}{message}{tail}"


def _layer_of(where: list[str | int], layers: tuple[_Layer, ...]) -> _Layer:
    """The file whose words are at fault: the one in which most of the path can be followed, the nearest first."""
    return max(layers, key=lambda layer: (_depth(layer.document, where), -layers.index(layer)))


def _depth(document: CommentedMap, where: list[str | int]) -> int:
    node: Any = document
    for depth, part in enumerate(where):
        known = (
            part in node
            if isinstance(node, CommentedMap)
            else isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node)
        )
        if not known:
            return depth
        node = node[part]
    return len(where)


def _position(document: CommentedMap, where: list[str | int]) -> tuple[int, int]:
    node: Any = document
    line, column = 0, 0
    for part in where:
        if isinstance(node, CommentedMap) and part in node:
            line, column = node.lc.key(part)
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line, column = node.lc.item(part)
        else:
            break
        node = node[part]
    return line + 1, column + 1


def _fields_at(where: list[str | int]) -> list[str]:
    model: Any = Config
    for part in where:
        if isinstance(part, str) and model is not None:
            model = _inner_model(model.model_fields[part].annotation) if part in model.model_fields else None
    if model is None:
        return []
    return [name for name in model.model_fields if name not in RESERVED]


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def _resolved(config: Config) -> Config:
    folder = config.folder

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else (folder / path.expanduser()).resolve()

    sources = config.sources.model_copy(
        update={
            "prices": config.sources.prices.model_copy(update={"path": absolute(config.sources.prices.path)}),
            "calendars": config.sources.calendars.model_copy(
                update={"path": absolute(config.sources.calendars.path)}
            ),
            "headlines": config.sources.headlines.model_copy(
                update={"path": absolute(config.sources.headlines.path)}
            ),
        }
    )
    paths = config.paths.model_copy(update={name: absolute(path) for name, path in config.paths})
    return config.model_copy(update={"sources": sources, "paths": paths})
