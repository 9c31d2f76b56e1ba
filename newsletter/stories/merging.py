"""De-duplication: what one finding already says is folded into it, before anything is ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from newsletter.facts import Story
from newsletter.stories import guards

ONE_MOVE = frozenset(
    {
        *("biggest_since", "move_rank", "ewma_shock", "yield_move", "vix_move", "credit_move", "real_yield"),
        *("dollar_move", "oil_move", "gold_move", "crypto_move"),
    }
)
"""Rules that tell the same move of an entity: the best score stays."""

IMPLIED = (
    ("drought_end", "recovery_full", "record_close", "range_high"),
    ("round_number", "record_close"),
    ("drawdown_enter_20", "drawdown_enter_10", "pullback_5"),
    ("drawdown_exit_20", "drawdown_exit_10"),
    ("quarter_extreme", "month_extreme", "week_extreme"),
    ("curve_flip", "curve_extreme"),
    ("round_level", "level_since", "vix_cross"),
)
"""On one entity, each implies those after it."""

TWINS = (("^GSPC", "^IXIC"), ("^GSPC", "^DJI"), ("DGS10", "^TNX"), ("GC=F", "GLD"), ("CL=F", "USO"))
"""An entity and one whose same-sign move can be inferred from it; records are not inferred."""

SMALL_CAPS = frozenset({"pair:^RUT-^GSPC", "pair:^RUT-^IXIC"})
"""Gaps that say the same of small caps."""

INFERRED = ONE_MOVE | {"intraday_reversal"}
"""Rules by which twins say the same."""

OWN_NEWS = 1.0
"""Bits by which a twin's move must beat the S&P 500's to be no longer inferred from it."""

BROAD_MOVE = 2.0
"""Percent of the S&P 500 from which a breadth extreme is no news of its own."""


def merge(stories: Iterable[Story], broad: bool) -> tuple[Story, ...]:
    """Stories with duplicates folded in, best first; ``broad`` says that the S&P 500 moved 2% or more."""
    left = sorted(stories, key=lambda story: (-story.score, story.key))
    for rule in (_same_move, _implied, _twins, _same_gap, *((_inside_broad,) if broad else ())):
        left = _fold(left, rule)
    return tuple(left)


def _fold(stories: list[Story], absorbs: Callable[[Story, Story], bool]) -> list[Story]:
    """Fold each story that another absorbs into the first that does; facts and keys go along."""
    kept: list[Story] = []
    taken: dict[str, list[Story]] = {}
    for story in stories:
        others = (other for other in stories if other is not story and _same_day(other, story))
        winner = next((other for other in others if absorbs(other, story)), None)
        if winner is None:
            kept.append(story)
        else:
            taken.setdefault(winner.key, []).append(story)
    return [_with(story, taken, set()) for story in kept]


def _with(story: Story, taken: dict[str, list[Story]], seen: set[str]) -> Story:
    """The story and all it absorbs, directly or through what it absorbs."""
    facts, absorbed = list(story.facts), list(story.absorbed)
    yardstick = story.yardstick
    queue = list(taken.get(story.key, ()))
    while queue:
        loser = queue.pop(0)
        if loser.key in seen:
            continue
        seen.add(loser.key)
        absorbed += [loser.key, *loser.absorbed]
        facts += loser.facts
        queue += taken.get(loser.key, ())
        if loser.entity == story.entity and {story.detector, loser.detector} <= ONE_MOVE:
            yardstick = yardstick or loser.yardstick  # "since when" may be what only the folded rule knew
    return replace(
        story,
        facts=tuple(dict.fromkeys(facts)),
        absorbed=tuple(dict.fromkeys(absorbed)),
        yardstick=yardstick,
    )


def _same_day(one: Story, other: Story) -> bool:
    """Whether both are of the session, or both of days between: a weekend's record doesn't tell Monday's."""
    return (guards.BETWEEN in one.notes) == (guards.BETWEEN in other.notes)


def _same_move(winner: Story, loser: Story) -> bool:
    return (
        winner.entity == loser.entity
        and winner.direction == loser.direction
        and {winner.detector, loser.detector} <= ONE_MOVE
        and (winner.score, loser.key) > (loser.score, winner.key)
    )


def _implied(winner: Story, loser: Story) -> bool:
    return winner.entity == loser.entity and any(
        winner.detector in chain
        and loser.detector in chain
        and chain.index(winner.detector) < chain.index(loser.detector)
        for chain in IMPLIED
    )


def _twins(winner: Story, loser: Story) -> bool:
    return (
        (winner.entity, loser.entity) in TWINS
        and winner.direction == loser.direction
        and {winner.detector, loser.detector} <= INFERRED
        and (winner.detector == loser.detector or {winner.detector, loser.detector} <= ONE_MOVE)
        and not _rarer(loser, winner)
        and (_largest(winner) or not _largest(loser))
    )


def _rarer(one: Story, other: Story) -> bool:
    """Whether one is rarer in its own history than the other by a bit or more, or scores so much higher."""
    surprise = (one.parts.surprise - other.parts.surprise) if one.parts and other.parts else 0.0
    return max(surprise, one.score - other.score) >= OWN_NEWS


def _largest(story: Story) -> bool:
    """Whether the story tells the largest move in its file: that is never inferred from another's."""
    return story.detector == "biggest_since" and story.yardstick is None


def _same_gap(winner: Story, loser: Story) -> bool:
    """Small caps against large and against the Nasdaq are one gap: the rarer is told, on a tie that against the S&P 500."""
    return (
        {winner.entity, loser.entity} == SMALL_CAPS
        and (winner.detector, winner.direction) == (loser.detector, loser.direction)
        and (winner.score, loser.entity) > (loser.score, winner.entity)
    )


def _inside_broad(winner: Story, loser: Story) -> bool:
    return winner.entity == "^GSPC" and winner.detector in ONE_MOVE and loser.detector == "adv_dec_extreme"
