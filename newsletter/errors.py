"""The error tree, split by what the person who sees it can do.

Every error prints as one line: what is wrong, where, and what to do. The command line adds nothing but the word
``error:`` and leaves with :attr:`NewsletterError.exit_code`. A traceback is a bug. A failure that is expected of the
world (a source that does not answer) is not an error but a value: see :class:`newsletter.market.Gap`.
"""

from __future__ import annotations

from typing import ClassVar


class NewsletterError(Exception):
    """Something failed that a person has to mend before this can work."""

    exit_code: ClassVar[int] = 1


class UsageError(NewsletterError):
    """The command was called wrongly: call it again, corrected."""

    exit_code = 2


class ConfigError(UsageError):
    """config.yaml says something we can't follow; the message names file, line and column."""


class NoSession(UsageError):
    """There is no session for this date: a holiday or weekend, the future, or before the data begins."""


class DataError(NewsletterError):
    """A file of ours or of the operator's is broken; the message names file, row and column."""


class SourceUnavailable(NewsletterError):
    """Nothing could be fetched from a source that an issue can't do without; try again later."""


class TemplateError(NewsletterError):
    """A template can't be rendered; the message names template and line."""


class ChartError(NewsletterError):
    """A chart recipe can't draw what it was given."""


class MailError(NewsletterError):
    """The mail server can't be reached or refuses us as a sender; nothing was lost, send again."""


class StoreError(NewsletterError):
    """The subscriber store can't be opened or is of a newer version."""


class Held(NewsletterError):
    """The issue is held back: a person must look before it may be mailed."""

    exit_code = 3
