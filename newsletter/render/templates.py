"""Jinja for issues: strict, sandboxed, without globals; every failure is a TemplateError with template and line.

Templates are looked for in the operator's folder first, then in the package's. They get three names: ``brief``
(:class:`newsletter.brief.Brief`), ``page`` (:class:`newsletter.render.page.Page`) and ``look`` (the design tokens).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

import jinja2
from jinja2 import BytecodeCache, ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import TemplateError
from newsletter.render import characters

TEXT = ".txt.j2"
MJML = ".mjml.j2"
HTML = ".html.j2"

# The two addresses of our own pages may be plain http on a private network; every other link is https.
_WEB = re.compile(r"https?://[^\s/?#<>\"'`{}\\|^]+[^\s<>\"`{}\\|^]*")

# What a wrong template can raise while it runs, beside Jinja's own errors.
_FAULTS = (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


class _Compiled(BytecodeCache):
    """Compiled templates by name and content: filling takes a tenth of compiling, and a changed file is seen at once."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def environment(folders: tuple[Path, ...]) -> jinja2.Environment:
    """The environment that reads ``folders``, the first one first."""
    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or not name.endswith(TEXT),
        finalize=characters.printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    made.globals.clear()
    made.filters.update(
        heading=characters.heading,
        tied=characters.tied,
        wrap=characters.wrap,
        fit=characters.fit,
        right=characters.right,
    )
    made.tests["web"] = _is_web
    return made


def fill(made: jinja2.Environment, name: str, values: Mapping[str, object]) -> str:
    """The template ``name`` filled with ``values``; raises TemplateError ``templates/parts/movers.mjml.j2:14: …``."""
    try:
        return made.get_template(name).render(**values)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{label(error.name or name)}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        raise TemplateError(
            f"{_place(error, made, name)}: no template {error.name}; restore it, or copy the package's templates folder"
        ) from error
    except _FAULTS as error:
        raise TemplateError(f"{_place(error, made, name)}: {error}") from error


def label(name: str) -> str:
    """How messages name a template: as it lies in a project folder."""
    return f"templates/{name}"


def sources(folders: tuple[Path, ...], suffix: str) -> dict[str, str]:
    """Every template whose name ends in ``suffix``, by name; an operator's own hides the package's."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.rglob(f"*{suffix}")):
            name = path.relative_to(folder).as_posix()
            if name in found:
                continue
            try:
                found[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise TemplateError(f"{label(name)}: can't be read: {error}") from error
    return found


def _is_web(url: str) -> bool:
    """Whether ``url`` may be a link: https, a host, and nothing that could end an attribute or a line."""
    return _WEB.fullmatch(url) is not None


def _place(error: Exception, made: jinja2.Environment, name: str) -> str:
    """The innermost template line on the way to ``error``. Jinja gives template frames their own file and line."""
    place = label(name)
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        known = _name_of(trace.tb_frame.f_code.co_filename, made)
        if known is not None:
            place = f"{label(known)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _name_of(filename: str, made: jinja2.Environment) -> str | None:
    loader: Any = made.loader
    for each in loader.loaders:
        for folder in each.searchpath:
            path = Path(filename)
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
    return None
