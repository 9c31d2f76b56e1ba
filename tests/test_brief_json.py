"""brief.json: all that an issue says, as data, and back again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from newsletter.brief import SCHEMA, Brief, Paragraph, Sentence
from newsletter.brief_json import from_json, to_json
from newsletter.errors import DataError
from tests import briefs


def joined(brief: Brief) -> Brief:
    """The brief with what the file doesn't keep taken out: sentence borders in paragraphs, plain forms, some fact ids."""

    def said(sentence: Sentence) -> Sentence:
        return Sentence(text=sentence.text)

    paragraphs = tuple(
        Paragraph(sentences=(Sentence(text=item.text, facts=item.facts),), role=item.role)
        for item in brief.takeaway.paragraphs
    )
    takeaway = replace(brief.takeaway, headline=said(brief.takeaway.headline), paragraphs=paragraphs)
    return replace(brief, subject=said(brief.subject), preheader=said(brief.preheader), takeaway=takeaway)


@pytest.mark.parametrize("make", briefs.VARIANTS.values(), ids=list(briefs.VARIANTS))
def test_a_brief_reads_back_as_it_was_written(make: object) -> None:
    brief = make() if callable(make) else make
    assert isinstance(brief, Brief)
    assert from_json(to_json(brief)) == joined(brief)


def test_the_same_brief_makes_the_same_text() -> None:
    assert to_json(briefs.full()) == to_json(briefs.full())
    assert to_json(briefs.full()).endswith("}\n")


def test_a_number_that_is_none_is_refused_at_the_source() -> None:
    row = replace(briefs.full().snapshot[0], spark=(float("nan"),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(replace(briefs.full(), snapshot=(row,)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}', '{"schema": 1, "takeaway": []}'])
def test_what_is_no_brief_is_said_in_one_line(text: str) -> None:
    with pytest.raises(DataError, match="build the issue again"):
        from_json(text)


def test_another_schema_is_named() -> None:
    other = json.loads(to_json(briefs.full())) | {"schema": SCHEMA + 1}
    with pytest.raises(DataError, match=f"schema {SCHEMA + 1}"):
        from_json(json.dumps(other))
