"""Words that may not stand, or only with a source: causes, advice, stock phrases."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.editorial.check import lexicon
from newsletter.editorial.check.ledger import Claim, Kind


def word_claims(
    part: str, sentence: str, sources: frozenset[str], names: frozenset[str] = frozenset()
) -> Iterator[Claim]:
    """Failures of a sentence for its words.

    ``sources`` are publishers whose headlines came in; ``names`` are companies, whose names mean nothing else.
    """
    for name in names:
        sentence = sentence.replace(name, " ")
    attributed = any(source in sentence for source in sources)
    for match in lexicon.CAUSES.finditer(sentence):
        if not attributed:
            yield _refused(part, sentence, match.group(0), Kind.CAUSE, "a cause needs a named source")
    for match in lexicon.ADVICE.finditer(sentence):
        yield _refused(part, sentence, match.group(0), Kind.ADVICE, "this reads as advice or forecast")
    for match in lexicon.LEAST.finditer(sentence):
        yield _refused(part, sentence, match.group(0), Kind.SUPERLATIVE, "no fact says what is least")
    for match in lexicon.STOCK_PHRASES.finditer(sentence):
        yield _refused(part, sentence, match.group(0), Kind.PHRASE, "a stock phrase")


def _refused(part: str, sentence: str, text: str, kind: Kind, why: str) -> Claim:
    reason = f'{kind.value}: {text!r} in "{sentence}" ({part}): {why}'
    return Claim(part=part, sentence=sentence, text=text, kind=kind, fact=None, reason=reason)
