"""How the column reads: real issues measured, beside the three that the design wrote by hand.

    python benchmarks/prose.py [--config FILE] [--from D] [--to D] [--issues N] [--run N] [--seed N] [--design FILE] [--top N]

Issues come in runs of trading days on end, each remembering those before it. Sizes are those of the Takeaway; repetition
is counted in the Takeaway and in all prose of the issue. A run of seven words counts as repeated where it stands in two
issues within ten sessions; a name, a release or an hour counts as one word, tickers and sources in brackets as none. The
issues written by hand are read from the design document where it is there.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

warnings.filterwarnings("ignore", message="pkg_resources is deprecated")  # textstat 0.7.4 asks for it
import textstat

from newsletter.brief import Brief
from newsletter.config import load
from newsletter.editorial.check.pages import sentences
from newsletter.editorial.releases import EVENTS
from newsletter.facts import Mode
from newsletter.numerals import MINUS
from tests.past_issues import Withheld, Written, runs, walk

WITHIN = 10
"""Sessions within which nothing should be said twice in the same words."""

SEVEN = 7
"""Words in a row that make a repetition."""

LONGEST, SHORT, MOST_NUMBERS = 25, 18, 3
"""Words that a sentence may have, words below which most should stay, and numbers that one may carry."""

SUPERLATIVES = (
    "since", "rank", "points_rank", "level_since", "level_extreme", "extreme_since", "gap_since", "gap_rank", "streak_since",
    "as_far_since", "records", "swings", "move_share", "gap_share",
)  # fmt: skip
"""Metrics that say how rare something is; once is enough."""

_LABELS = re.compile(
    r"S&P 500|Russell 2000|\b(?:10|30)-year|\(\^?[A-Z0-9.=-]+\)|\d+(?::\d+)? [ap]\.m\.|"
    r"(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)\.? \d{1,2}(?:, \d{4})?(?![\d,.]*\d)|\b(?:19|20)\d\d\b(?![,%]\d)"
)
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"[\w%$.,:&^'-]+")
_BRACKETS = re.compile(r" \([^)]*\)")
_HOUR = re.compile(r"\d+(?::\d+)? [ap]\.m\.(?: ET)?")
_ISSUE = re.compile(r"\*\*Issue of (\d{4}-\d\d-\d\d)\*\*[^\n]*\n+((?:>[^\n]*\n)+)")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A Takeaway as a reader has it: paragraphs of sentences, without its headline."""

    paragraphs: tuple[tuple[str, ...], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph)

    @property
    def text(self) -> str:
        return "\n".join(" ".join(paragraph) for paragraph in self.paragraphs)


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Pairs of issues compared, those that share a run of words, and how many pairs share each run."""

    pairs: int = 0
    sharing: int = 0
    phrases: Counter[str] = field(default_factory=Counter)


def column(brief: Brief) -> Column:
    """The Takeaway of a brief."""
    return Column(
        paragraphs=tuple(
            tuple(_spaces(sentence.text) for sentence in paragraph.sentences)
            for paragraph in brief.takeaway.paragraphs
        )
    )


def prose(brief: Brief) -> tuple[str, ...]:
    """Everything that the program words: the Takeaway's paragraphs, what to watch, what changed, what the week holds."""
    calendar = brief.calendar
    rest = (
        *(item.why for item in brief.watching),
        *brief.changes,
        *calendar.week_ahead,
        *(item for item in (calendar.heavyweight, brief.breadth, brief.takeaway.bottom_line) if item),
    )
    paragraphs = (" ".join(paragraph) for paragraph in column(brief).paragraphs)
    return (*paragraphs, *(_spaces(sentence.text) for sentence in rest))


def by_hand(document: str) -> dict[str, Column]:
    """The issues that a design document quotes: by their date, the headline left out."""
    found = {}
    for match in _ISSUE.finditer(document):
        quoted = "\n".join(line.removeprefix(">").strip() for line in match[2].splitlines())
        paragraphs = [" ".join(part.split()) for part in quoted.split("\n\n")]
        found[match[1]] = Column(
            paragraphs=tuple(sentences(part) for part in paragraphs if part and not part.startswith("**"))
        )
    return found


def words(sentence: str) -> int:
    return len(sentence.split())


def numbers(sentence: str) -> int:
    """Figures of a sentence; names, dates and hours are none."""
    return len(_FIGURE.findall(_LABELS.sub("", sentence)))


def masked(text: str, labels: re.Pattern[str]) -> tuple[str, ...]:
    """The words of a text in lower case, without their punctuation; a name or an hour is one, what is in brackets none."""
    plain = _HOUR.sub(_as_one, labels.sub(_as_one, _BRACKETS.sub("", text)))
    return tuple(found for word in _WORD.findall(plain) if (found := word.strip(".,:'").lower()))


def _as_one(match: re.Match[str]) -> str:
    return match[0].replace(" ", "_")


def shared_runs(one: Sequence[tuple[str, ...]], two: Sequence[tuple[str, ...]]) -> set[str]:
    """The runs of seven words or more that stand in both: their first seven, each issue given by its masked texts."""
    known = {text[k : k + SEVEN] for text in two for k in range(len(text) - SEVEN + 1)}
    found = set()
    for text in one:
        starts = [k for k in range(len(text) - SEVEN + 1) if text[k : k + SEVEN] in known]
        for k in starts:
            if k - 1 not in starts:
                end = k
                while end + 1 in starts:
                    end += 1
                found.add(" ".join(text[k : k + SEVEN]) + (" …" if end > k else ""))
    return found


def repeats(told: Sequence[Sequence[tuple[str, ...]]], into: Repeats) -> Repeats:
    """``into`` with a run of consecutive issues added, each given by its masked texts."""
    pairs, sharing = into.pairs, into.sharing
    for place, issue in enumerate(told):
        for earlier in told[max(place - WITHIN, 0) : place]:
            common = shared_runs(issue, earlier)
            pairs += 1
            sharing += bool(common)
            into.phrases.update(common)
    return Repeats(pairs=pairs, sharing=sharing, phrases=into.phrases)


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def at(values: Sequence[float], percent: int) -> float:
    """A percentile, as the value of a member."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] if ordered else float("nan")


def own_grade(item: Column) -> float:
    """Flesch-Kincaid with the sentences as they are; textstat ends one at each "Nov." and "a.m."."""
    count = sum(map(words, item.sentences))
    syllables = textstat.syllable_count(item.text)
    return 0.39 * count / len(item.sentences) + 11.8 * syllables / count - 15.59


def spoilt(item: Column) -> bool:
    return textstat.flesch_kincaid_grade(item.text) > 10


def alike(item: Column) -> int:
    """Sentences that open with the same three words as another of their issue."""
    openings = Counter(tuple(sentence.split()[:3]) for sentence in item.sentences)
    return sum(count for count in openings.values() if count > 1)


Measure = Callable[[Sequence[Column]], str]


def _spread(figure: Callable[[Column], float], places: int) -> Measure:
    def measure(items: Sequence[Column]) -> str:
        values = [figure(item) for item in items]
        if len(values) == 1:
            return f"{values[0]:.{places}f}"
        return " / ".join(f"{at(values, percent):.{places}f}" for percent in (5, 50, 95))

    return measure


def _of_sentences(figure: Callable[[Sequence[str]], str]) -> Measure:
    return lambda items: figure([sentence for item in items for sentence in item.sentences])


def _portion(test: Callable[[str], bool]) -> Measure:
    return _of_sentences(lambda told: share(sum(map(test, told)), len(told)))


MEASURES: tuple[tuple[str, str, Measure], ...] = (
    ("issues", "", lambda items: str(len(items))),
    ("words, p5 / median / p95", "120-400, quiet 40-300", _spread(lambda item: words(item.text), 0)),
    ("grade by textstat", "at most 10", _spread(lambda item: textstat.flesch_kincaid_grade(item.text), 1)),
    ("grade, true sentences", "", _spread(own_grade, 1)),
    ("issues above grade 10", "none", lambda items: share(sum(map(spoilt, items)), len(items))),
    ("paragraphs", "", _spread(lambda item: len(item.paragraphs), 0)),
    ("sentences a paragraph, mean", "1 to 3", _spread(lambda item: len(item.sentences) / len(item.paragraphs), 2)),
    ("sentences a paragraph, most", "3", lambda items: str(max(len(part) for item in items for part in item.paragraphs))),
    ("words a sentence, median", "", _of_sentences(lambda told: f"{statistics.median(map(words, told)):.0f}")),
    ("words a sentence, p95", "", _of_sentences(lambda told: f"{at([*map(words, told)], 95):.0f}")),
    ("sentences over 25 words", "none", _portion(lambda sentence: words(sentence) > LONGEST)),
    ("sentences under 18 words", "most", _portion(lambda sentence: words(sentence) < SHORT)),
    ("sentences under 7 words", "", _portion(lambda sentence: words(sentence) < SEVEN)),
    ("numbers a sentence, mean", "", _of_sentences(lambda told: f"{statistics.mean(map(numbers, told)):.2f}")),
    ("numbers a sentence, most", "3", _of_sentences(lambda told: str(max(map(numbers, told))))),
    ("sentences with a number", "", _portion(lambda sentence: numbers(sentence) > 0)),
    ("same three words open two", "", lambda items: share(sum(map(alike, items)), sum(len(item.sentences) for item in items))),
)  # fmt: skip
"""Name, the rule of the design, and the figure for some columns."""


def table(groups: dict[str, Sequence[Column]]) -> Iterator[str]:
    """The measures side by side; a group without a column is left out."""
    shown = {name: items for name, items in groups.items() if items}
    yield f"{'':30}" + "".join(f"{name:>21}" for name in shown) + "  rule"
    for name, rule, measure in MEASURES:
        yield f"{name:30}" + "".join(f"{measure(items):>21}" for items in shown.values()) + f"  {rule}"


def against_the_rules(columns: Iterable[tuple[date, Column]]) -> Iterator[str]:
    """Sentences that break a rule of length or number, to be looked at."""
    for day, item in columns:
        for sentence in item.sentences:
            if words(sentence) > LONGEST or numbers(sentence) > MOST_NUMBERS:
                yield f"{day}  {words(sentence)} words, {numbers(sentence)} numbers: {sentence}"


def repeated(name: str, found: Repeats, top: int) -> Iterator[str]:
    """What is said again, most often first."""
    yield f"{name}: {found.sharing} of {found.pairs} pairs within {WITHIN} sessions share {SEVEN} words in a row ({share(found.sharing, found.pairs)})"
    yield from (f"{count:6}  {phrase}" for phrase, count in found.phrases.most_common(top))


def opened(openings: Counter[str], top: int) -> Iterator[str]:
    """The three words that open most sentences of the Takeaway."""
    total = openings.total()
    yield f"Takeaway: the three words that open most of its {total} sentences"
    yield from (f"{share(count, total):>6}  {phrase}" for phrase, count in openings.most_common(top))


def told_twice(brief: Brief) -> Iterator[str]:
    """Superlatives that a Takeaway states in two sentences, in whatever words: the two as they stand."""
    ranked = {fact.id for fact in brief.facts if fact.metric in SUPERLATIVES}
    first: dict[str, str] = {}
    for paragraph in brief.takeaway.paragraphs:
        for sentence in paragraph.sentences:
            for fact in ranked.intersection(sentence.facts):
                if first.setdefault(fact, sentence.text) != sentence.text:
                    yield f"{first[fact]} | {sentence.text}"


def labels_of(written: Written) -> re.Pattern[str]:
    """Names that are fixed labels: of instruments, companies and releases."""
    day = written.thought.day
    called = {call for item in day.series.values() for call in (item.instrument.prose, item.instrument.name)}
    called |= {alias for item in day.series.values() for alias in item.instrument.aliases}
    called |= {item.name for item in day.earnings} | {row.name for row in written.brief.movers}
    called |= {event.prose for event in EVENTS.values()}
    plain = {call.removeprefix("the ") for call in called if call}
    plain |= {call[:1].upper() + call[1:] for call in plain}
    longest_first = sorted(plain, key=lambda call: (-len(call), call))
    body = "|".join(re.escape(call) for call in longest_first)
    return re.compile(rf"(?<!\w)(?:{body})(?!\w)")


def _spaces(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace(MINUS, "-")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default=str(ROOT / "examples" / "history" / "config.yaml"))
    parser.add_argument("--design", default=str(ROOT.parent / "shared" / "design" / "writing.md"))
    parser.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2020, 1, 2))
    parser.add_argument("--to", dest="end", type=date.fromisoformat, default=date(2025, 9, 30))
    parser.add_argument("--issues", type=int, default=250)
    parser.add_argument("--run", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--top", type=int, default=40)
    options = parser.parse_args()
    config = load(Path(options.config))
    columns: list[tuple[date, Mode, Column]] = []
    twice: list[str] = []
    takeaway, everything, openings = Repeats(), Repeats(), Counter[str]()
    drawn = runs(options.start, options.end, issues=options.issues, length=options.run, seed=options.seed)
    for days in drawn:
        told: list[list[tuple[str, ...]]] = []
        whole: list[list[tuple[str, ...]]] = []
        for written in walk(config, days):
            if isinstance(written, Withheld):
                print(f"{written.day} {written.reason}")
                continue
            item, labels = column(written.brief), labels_of(written)
            twice += [f"{written.day}  {pair}" for pair in told_twice(written.brief)]
            columns.append((written.day, written.brief.issue.mode, item))
            told.append([masked(" ".join(paragraph), labels) for paragraph in item.paragraphs])
            whole.append([masked(text, labels) for text in prose(written.brief)])
            openings.update(" ".join(masked(sentence, labels)[:3]) for sentence in item.sentences)
        takeaway, everything = repeats(told, takeaway), repeats(whole, everything)
    print(
        f"{len(columns)} issues in {len(drawn)} runs, {options.start} to {options.end}, seed {options.seed}"
    )
    design = Path(options.design)
    hand = by_hand(design.read_text(encoding="utf-8")) if design.is_file() else {}
    groups: dict[str, Sequence[Column]] = {
        "quiet": [item for _, mode, item in columns if mode is Mode.QUIET],
        "others": [item for _, mode, item in columns if mode is not Mode.QUIET],
        **{day: [item] for day, item in hand.items()},
        "by hand": list(hand.values()),
    }
    print("\n".join(table(groups)))
    print("\nsentences that break a rule")
    print("\n".join(against_the_rules((day, item) for day, _, item in columns)) or "none")
    print("\nhow rare something is, said twice in one Takeaway")
    print("\n".join(dict.fromkeys(twice)) or "none")
    print("\n" + "\n".join(repeated("Takeaway", takeaway, options.top)))
    print("\n" + "\n".join(repeated("All prose", everything, options.top)))
    print("\n" + "\n".join(opened(openings, options.top // 2)))


if __name__ == "__main__":
    main()
