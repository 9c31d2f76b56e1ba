"""Mending a brief that the check refused: a sentence's plain form first, then without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from newsletter.brief import Brief, Calendar, Paragraph, Sentence, WatchItem
from newsletter.editorial.check import CheckReport
from newsletter.editorial.check.pages import clean
from newsletter.errors import Held

_T = TypeVar("_T")


def repair(brief: Brief, report: CheckReport) -> Brief:
    """The brief without the sentences that failed, or with their plain forms.

    Raises Held where the headline or the finding itself can't be borne out, or a figure in a table can't: then a person
    must look.
    """
    refused = frozenset(claim.sentence for claim in report.failures)
    mender = _Mender(refused)
    takeaway = brief.takeaway
    if mender.refuses(takeaway.headline) and not takeaway.headline.plain:
        raise Held(
            f"{brief.issue.id} is held: its headline can't be borne out: {_reason(report, takeaway.headline)}"
        )
    paragraphs = tuple(_kept(mender.paragraph(item) for item in takeaway.paragraphs))
    if not paragraphs or paragraphs[0].role != takeaway.paragraphs[0].role:
        raise Held(f"{brief.issue.id} is held: its finding can't be borne out: {report.failures[0].reason}")
    chart = brief.chart
    if chart is not None and any(claim.part in ("chart title", "alt") for claim in report.failures):
        chart = None
    mended = replace(
        brief,
        subject=mender.forced(brief.subject),
        preheader=mender.forced(brief.preheader),
        takeaway=replace(
            takeaway,
            headline=mender.forced(takeaway.headline),
            paragraphs=paragraphs,
            bottom_line=mender.optional(takeaway.bottom_line),
        ),
        chart=chart,
        watching=tuple(_kept(mender.watch(item) for item in brief.watching)),
        calendar=mender.calendar(brief.calendar),
        breadth=mender.optional(brief.breadth),
        movers_week=mender.optional(brief.movers_week),
        changes=tuple(_kept(mender.optional(item) for item in brief.changes)),
        sentences_dropped=brief.sentences_dropped + mender.dropped,
    )
    if mended == brief or (mender.dropped == 0 and mender.plain == 0 and chart is brief.chart):
        raise Held(f"{brief.issue.id} is held: {report.failures[0].reason}")
    return mended


class _Mender:
    """Replaces refused sentences and counts what it did."""

    def __init__(self, refused: frozenset[str]) -> None:
        self._refused = refused
        self.dropped = 0
        self.plain = 0

    def refuses(self, sentence: Sentence) -> bool:
        text = clean(sentence.text)
        return any(
            text == item or text.endswith(item) or item.endswith(text) for item in self._refused if item
        )

    def optional(self, sentence: Sentence | None) -> Sentence | None:
        if sentence is None or not self.refuses(sentence):
            return sentence
        if sentence.plain:
            self.plain += 1
            return replace(sentence, text=sentence.plain, plain="")
        self.dropped += 1
        return None

    def forced(self, sentence: Sentence) -> Sentence:
        """One that can't be left out: its plain form, or words without a figure."""
        mended = self.optional(sentence)
        return (
            mended
            if mended is not None
            else Sentence(text="What moved, what it left open, and what is due next.")
        )

    def paragraph(self, paragraph: Paragraph) -> Paragraph | None:
        left = tuple(_kept(self.optional(item) for item in paragraph.sentences))
        return replace(paragraph, sentences=left) if left else None

    def watch(self, item: WatchItem) -> WatchItem | None:
        what, why = self.optional(item.what), self.optional(item.why)
        return None if what is None or why is None else replace(item, what=what, why=why)

    def calendar(self, calendar: Calendar) -> Calendar:
        return replace(
            calendar,
            heavyweight=self.optional(calendar.heavyweight),
            week_ahead=tuple(_kept(self.optional(item) for item in calendar.week_ahead)),
        )


def _kept(items: Iterable[_T | None]) -> Iterable[_T]:
    return (item for item in items if item is not None)


def _reason(report: CheckReport, sentence: Sentence) -> str:
    text = clean(sentence.text)
    return next(
        (claim.reason for claim in report.failures if claim.sentence == text), report.failures[0].reason
    )
