"""What a check says of something finished: a breach of a rule, where it stands, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether an issue may go out with it."""

    ERROR = "error"  #: some readers would see it broken, or not at all
    WARNING = "warning"  #: worth a look


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One breach: how bad, where (``index.html:412``), what is wrong and what mends it."""

    severity: Severity
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message}"


def error(where: str, message: str) -> Finding:
    return Finding(severity=Severity.ERROR, where=where, message=message)


def warning(where: str, message: str) -> Finding:
    return Finding(severity=Severity.WARNING, where=where, message=message)
