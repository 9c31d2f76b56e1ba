"""Where an issue's images lie: in its folder, under names that tell their content, and at an address that never changes.

A name holds the first digits of the image's SHA-256, so that a cache may keep the file for ever, and so that the address
of an image nobody has been mailed yet can't be guessed.
"""

from __future__ import annotations

import hashlib
import re

PATH = re.compile(r"charts/[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.png")
"""An image's path inside its issue's folder."""

DIGITS = 16


def path_of(name: str, data: bytes) -> str:
    """Where the PNG ``data`` lies inside its issue's folder: ``charts/chart-light-2c26b46b68ffc68f.png``."""
    return f"charts/{name}-{_digest(data)}.png"


def tells_content(path: str, data: bytes) -> bool:
    """Whether the name is that of this very content, and so never of another."""
    return path.endswith(f"-{_digest(data)}.png")


def address(base_url: str, issue: str, path: str) -> str:
    """Where the public pages and the static site show an image of the issue."""
    return f"{base_url}/archive/{issue}/{path}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:DIGITS]
