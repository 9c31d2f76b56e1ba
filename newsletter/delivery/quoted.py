"""Quoted-printable (RFC 2045, 6.7) that never breaks a line inside a token.

The standard library's encoder may put its soft line break anywhere, also inside a token that each copy replaces by its
own; then a replacement would miss it. Here a token is one piece, whatever its place in the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

WIDTH = 76
"""Characters of a line, its soft break included."""

_TABLE = tuple(
    chr(byte) if (32 <= byte <= 126 and byte != 61) or byte == 9 else f"={byte:02X}" for byte in range(256)
)


def encode(text: str, whole: Sequence[str] = ()) -> str:
    """``text`` in quoted-printable with LF line ends; each string of ``whole`` stays on one line.

    A string of ``whole`` is alphanumeric and shorter than a line; else ValueError.
    """
    if any(not piece.isascii() or not piece.isalnum() or len(piece) >= WIDTH for piece in whole):
        raise ValueError("only alphanumeric ASCII shorter than a line can be kept whole")
    split = re.compile("(" + "|".join(map(re.escape, whole)) + ")") if whole else None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_line(line, split) for line in lines)


def _line(line: str, split: re.Pattern[str] | None) -> str:
    if len(line) < WIDTH and line.isascii() and line.isprintable() and "=" not in line and _plain(line):
        return line
    rows: list[str] = []
    row: list[str] = []
    length = 0
    if line.startswith("From "):
        row, length, line = ["=46"], 3, line[1:]
    for piece in _pieces(line, split):
        if length + len(piece) > WIDTH - 1:
            rows.append("".join(row) + "=")
            row, length = [], 0
        row.append(piece)
        length += len(piece)
    last = "".join(row)
    if last.endswith((" ", "\t")):
        last = last[:-1] + f"={ord(last[-1]):02X}"
        if len(last) > WIDTH:
            rows.append(last[:-3] + "=")
            last = last[-3:]
    rows.append(last)
    return "\n".join(rows)


def _plain(line: str) -> bool:
    # Mailbox files put a mark before a line that starts with From; that would break a signature.
    return not line.endswith(" ") and not line.startswith("From ")


def _pieces(line: str, split: re.Pattern[str] | None) -> Iterator[str]:
    for number, part in enumerate(split.split(line) if split else [line]):
        if number % 2:
            yield part
        else:
            yield from (_TABLE[byte] for byte in part.encode("utf-8"))
