"""Answers kept by what was asked, one file an issue, so that an issue built again says the same."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def key_of(request: Mapping[str, Any], endpoint: str) -> str:
    """The name of a question: a hash of all that could change its answer."""
    whole = json.dumps([endpoint, request], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def read(path: Path) -> dict[str, str]:
    """The answers by key; none where the file is absent, unreadable or broken: they are asked for again."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {key: text for key, text in kept.items() if isinstance(text, str)}


def write(path: Path, answers: Mapping[str, str]) -> str:
    """Replace the file whole; returns why it can't be written, or an empty string."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".partial", delete=False, encoding="utf-8"
        ) as file:
            json.dump(answers, file, sort_keys=True, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except OSError as error:
        return f"{path}: answers can't be kept ({error.strerror or error})"
    return ""
