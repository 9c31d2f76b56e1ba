"""Where a project's files are: the operator's folder first, then the package's own copy.

A project folder holds ``config.yaml``, ``templates/`` and ``charts/``. The repository is one; an installed package
carries a copy as ``newsletter/_project/``, so that ``newsletter`` works from any folder.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

from newsletter.errors import UsageError

_PACKAGED = Path(__file__).parent / "_project"
_REPOSITORY = Path(__file__).parent.parent

PROJECT_FILES = ("config.yaml", "templates", "charts")


def defaults() -> Path:
    """The project folder that came with the program: in a wheel ``_project``, in a checkout the repository."""
    return _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY


def template_folders(folder: Path) -> tuple[Path, ...]:
    """Where templates are looked for, in order: the operator's, then ours."""
    return _existing(folder / "templates", defaults() / "templates")


def chart_folders(folder: Path) -> tuple[Path, ...]:
    """Where chart recipes are looked for, in order: the operator's, then ours."""
    return _existing(folder / "charts", defaults() / "charts")


def create(folder: Path, *, first_issue: date) -> tuple[Path, ...]:
    """Copy a fresh project, whose issue No. 1 is due then, into ``folder``; refuses to overwrite anything."""
    existing = [name for name in PROJECT_FILES if (folder / name).exists()]
    if existing:
        raise UsageError(f"{folder} already holds {', '.join(existing)}: choose an empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = tuple(_copy(defaults() / name, folder / name) for name in PROJECT_FILES)
        config = folder / "config.yaml"
        dated = re.sub(r"(?m)^(first_issue: )\S+", rf"\g<1>{first_issue}", config.read_text(encoding="utf-8"))
        config.write_text(dated, encoding="utf-8")
        return made
    except OSError as error:
        raise UsageError(
            f"can't write to {folder}: {error.strerror or error}; choose another folder"
        ) from error


def _copy(source: Path, target: Path) -> Path:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
    return target


def _existing(*folders: Path) -> tuple[Path, ...]:
    seen = dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir())
    return tuple(seen)
