"""What a model may not say: every word and sign by which a sentence claims something, and the names of the issue.

The same pattern reads the program's own sentence, whose matches become slots, and the model's answer, where a match
outside a slot is refused. So whatever the one finds the other refuses, and a word that stands in no list here can change
how a sentence sounds but no figure, date, name, direction, rank, cause or doubt in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsletter.brief import Brief
from newsletter.config import Config


class Guard(StrEnum):
    """Why a span is guarded; also how its slot is described to the model."""

    NAME = "name"
    FIGURE = "figure"
    COUNT = "count"
    WHEN = "date or time"
    DIRECTION = "direction"
    SUPERLATIVE = "superlative or comparison"
    CAUSE = "cause or topic"
    ADVICE = "advice or forecast"
    LIMIT = "negation or limit"


_FIGURE = r"""
    (?<!\w)[+−\-$€£¥^#]*(?:[A-Za-z^=.\-]*\d)(?:[\w,.:/%=^−\-]*[\w%])?(?:\s(?:basis|percentage)\spoints?|\s(?:bp|points?|percent|million|billion|trillion|sigma|times)(?!\w))?
    | [%$€£¥°½¼¾²³] | \b(?:basis|percentage)\spoints?\b | \b(?:bps?|percent|percentage|points?|cents?|dollars?|pct|sigmas?)\b
"""
_COUNT = r"""
    zero|one|ones|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen
    |twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?
    |first|second|third|thirds|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|(?:twen|thir|for|fif|six|seven|eigh|nine)tieth|hundredth
    |once|twice|thrice|half|halves|halved|halving|doubl\w+|tripl\w+|quadrupl\w+|(?:two|three|four|five|ten)fold
    |couple|pair|both|several|few|many|numerous|majority|minority|score|trio|quartet|single
"""
_MONTHS = (
    r"January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.|Apr\.?|Jun\.|Jul\.|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?"
)
_WHEN = rf"""
    (?:{_MONTHS})(?:\s\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s(?:19|20)\d\d)?(?!\w)
    |(?:Mon|Tues?|Wednes|Wed|Thurs?|Fri|Satur|Sat|Sun)(?:day)?s?
    |\d{{1,2}}(?::\d\d)?\s[ap]\.m\.(?:\sET)?|[ap]\.?m\.?(?:\sET)?|ET|noon|midnight|o'clock
    |today|tomorrow|yesterday|tonight|now|currently|overnight|intraday|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?
    |(?:the\s|a\s|this\s|past\s|last\s|next\s|previous\s|prior\s)*(?:days?|sessions?|weeks?|weekends?|fortnight|months?|quarters?|years?|decades?|centur(?:y|ies)|hours?|minutes?|mornings?|afternoons?|evenings?|nights?|summer|winter|autumn|spring|season)
    |(?:year|month|week|quarter)-to-date|bell|open|opening|premarket|recent(?:ly)?|lately|soon|earlier|later|early|late
"""
_DIRECTION = r"""
    up|down|upward|downward|upwards|downwards|above|below|ahead|behind|higher|lower|positive|negative|green|red|bull(?:ish|s)?|bear(?:ish|s)?
    |rise[sn]?|rose|rising|fall(?:s|en|ing)?|fell|gain(?:s|ed|ing|er|ers)?|los(?:e|es|t|ing|s|ses|er|ers)|add(?:s|ed|ing)?
    |climb\w*|drop(?:s|ped|ping)?|jump\w*|leap\w*|rall(?:y|ies|ied|ying)|slid(?:e|es|ing)?|s[aiu]nk(?:s|ing)?|soar\w*|surg\w+
    |tumbl\w+|plung\w+|plummet\w*|crash\w*|collaps\w+|slump\w*|dip(?:s|ped|ping)?|slip(?:s|ped|ping)?|eas(?:e|es|ed|ing)
    |edg(?:e|es|ed|ing)|advanc\w+|declin\w+|retreat\w*|rebound\w*|recover\w*|bounc\w+|revers\w+|swing\w*|swung|turn(?:s|ed|ing)?
    |shed(?:s|ding)?|trim\w*|cut(?:s|ting)?|pare[sd]?|paring|eras\w+|beat(?:s|en|ing)?|outpac\w+|outperform\w*|underperform\w*
    |lag(?:s|ged|ging)?|lead(?:s|ing|er|ers)?|led|trail(?:s|ed|ing)?|flat|unchanged|changed|steady|stead(?:ied|ily)|firm\w*|soft\w*
    |widen\w*|narrow\w*|steepen\w*|flatten\w*|increas\w+|decreas\w+|gr[eo]w(?:s|n|ing|th)?|shr[aiu]nk\w*|expand\w*|contract\w*
    |spik\w+|pop(?:s|ped|ping)?|skyrocket\w*|rocket\w*|nosediv\w+|tank(?:s|ed|ing)?|crater\w*|div(?:e|es|ed|ing)|dove|hit(?:s|ting)?
    |top(?:s|ped|ping)?|br(?:eak|eaks|oke|oken|eaking)|cross(?:es|ed|ing)?|miss(?:es|ed|ing)?|w[io]n(?:s|ning|ner|ners)?|cost(?:s|ing)?
    |better|worse|wors\w+|improv\w+|deteriorat\w+|strength\w*|weak\w*|strong\w*|snap(?:s|ped|ping)?|extend\w*|repeat\w*|same
    |rais(?:e|es|ed|ing)|lower(?:s|ed|ing)|lift\w*|boost\w*|drag\w*|push\w*|pull\w*|press\w*|sell-?offs?|march(?:es|ed|ing)?|back
    |in\sthat\sdirection|apart|wide|wider|steep|steeper|far|farther|further|short|away
"""
_SUPERLATIVE = r"""
    (?:best|worst|largest|most|highest|lowest)\s(?:\w+\s){0,2}since|records?|record-\w+|best|worst|most|least|latest|last|all-time|ever|historic\w*|unprecedented|peak\w*|bottom\w*|troughs?
    |extreme\w*|rare(?:ly)?|unusual\w*|milestones?|unmatched|unequalled|high|highs|low|lows|large|larger|small|smaller|big|bigger|huge|massive
    |sharp\w*|dramatic\w*|modest\w*|slight\w*|significant\w*|strik\w+|remarkabl\w+|ordinary|typical\w*|usual\w*|normal\w*|median|average\w*
    |poor\w*|little|chang(?:e|es|ing)|rank\w*|as\s\w+\sas|so\s\w+|such|since|ago|streak\w*|in\sa\srow|straight|consecutive\w*|runs?|again|still|already
    |(?!rest\b|interest\b|test\b|request\b|west\b|guest\b|quest\b|nest\b|invest\b)[a-z]{3,}est
"""
_CAUSE = r"""
    because|amid|amidst|thanks|fuel\w*|driv(?:e|es|en|ing|er|ers)|drove|spark\w*|trigger\w*|due|owing|respon[sd]\w*|hop(?:e|es|ed|ing)
    |fear\w*|worr\w+|optimis\w+|pessimis\w+|concern\w*|expect\w*|consensus|estimat\w+|bets?|betting|weigh\w*|help\w*|hurt\w*|prompt\w*|caus\w+|therefore|thus
    |hence|result\w*|follow\w*|reflect\w*|support\w*|sen[dt]s?|sending|react\w*|reason\w*|explain\w*|explanation\w*|why|so|after|before
    |investors?|traders?|analysts?|economists?|strategists?|buyers?|sellers?|banks?|wall\sstreet|sentiment|mood|confiden\w+|appetite|panic\w*
    |nerv\w+|anxi\w+|cheer\w*|shrug\w*|jitter\w*|greed\w*|profits?|profit-taking|inflation\w*|tariffs?|wars?|elections?|earnings|jobs?|recession\w*
    |polic\w+|rates?|news|report\w*|headlines?|data|central|government|president|congress|trade|crisis|bubble|momentum|volatil\w+|rotation|safe-haven|haven|risk\w*
    |members?|sectors?|ind(?:ex|exes|ices)|stocks?|shares?|companies|company|equit(?:y|ies)|yields?|bonds?|treasur\w+|markets?|currenc\w+|commodit\w+
    |consumers?|producers?|prices?|core|retail|sales|jobless|claims?|services|manufactur\w+|factor(?:y|ies)|openings|payrolls?|unemploy\w+|employment|hous(?:e|es|ing)|homes?
    |starts|permits|orders|goods|spending|incomes?|production|industr\w+|testimony|chair\w*|decisions?|statements?|releases?|speech\w*|auctions?|calendar
    |volume|demand|supply|liquidity|valuations?|fundamentals?|technicals?
"""
_ADVICE = r"""
    buy\w*|bought|sell\w*|sold|should|ought|must|consider\w*|target\w*|opportunit\w+|bargains?|undervalued|overvalued|outlook|will|would|could|may|might
    |can|cannot|shall|likely|unlikely|probabl\w+|perhaps|possibl\w+|poised|set|recommend\w*|attractive|overweight|underweight|cheap\w*|expensive
    |invest|invests|investing|invested|investments?|hedg\w+|forecast\w*|predict\w*|suggest\w*|signal\w*|potential\w*|prepar\w+|avoid\w*|own|hold\w*|going|need\w*|promis\w+
    |look\w*|seem\w*|appear\w*|bode\w*|portend\w*|warn\w*|threat\w*|danger\w*|guarantee\w*|sure|certain\w*|obvious\w*|clear\w*
    |you|yours?|our|ours|us|my|me|i|click\w*|subscrib\w+|visit\w*|http\w*|www|com
"""
_LIMIT = r"""
    not|no|never|none|nothing|nor|neither|without|\w+n['’]t|hardly|barely|scarcely|fail\w*|lack\w*|almost|nearly|about|around|roughly|approximately|circa
    |more|less|fewer|than|at\sleast|at\smost|up\sto|only|just|exactly|precisely|merely|even|every|each|all|any|some|whole|entire\w*|total\w*|mostly|part(?:s|ly)?|much|very|too|enough
    |if|unless|except\w*|despite|although|though|however|instead|unlike|against|within|until|till|opposite|contrary|over|under|between|from|to
    |or|either|otherwise|alone|excluding|including|false\w*|untrue|wrong\w*|alleged\w*|supposed\w*|fake\w*|rumou?r\w*
"""

_KINDS = (
    (Guard.WHEN, rf"(?<![\w.])(?:{_WHEN})(?!\w)"),
    (Guard.FIGURE, _FIGURE),
    (Guard.SUPERLATIVE, rf"(?<!\w)(?:{_SUPERLATIVE})(?!\w)"),
    (Guard.LIMIT, rf"(?<!\w)(?:{_LIMIT})(?!\w)"),
    (Guard.COUNT, rf"(?<!\w)(?:{_COUNT})(?!\w)"),
    (Guard.DIRECTION, rf"(?<!\w)(?:{_DIRECTION})(?!\w)"),
    (Guard.CAUSE, rf"(?<!\w)(?:{_CAUSE})(?!\w)"),
    (Guard.ADVICE, rf"(?<!\w)(?:{_ADVICE})(?!\w)"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE | re.VERBOSE)) for kind, pattern in _KINDS)

_CAPITALS = re.compile(
    r"(?<![\w^])\(?\^?(?:[A-Z][\w.&^=-]*[\w]|[a-z]+[A-Z]\w*|[A-Z](?:\.[A-Z])*)\.?\)?(?!\w)"
)
"""A word with a capital: a name or a ticker, but for the first of a sentence, which is one only if it has two."""


_COMMON = frozenset(re.findall(r"\w+", "the and for its was were has had are with that this all one"))
"""Words that a company may be called but a sentence can't do without."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A guarded stretch of a sentence."""

    start: int
    end: int
    guard: Guard


class Guards:
    """Finds what is guarded; ``names`` are the issue's own, in any case."""

    def __init__(self, names: Iterable[str]) -> None:
        told = {name.rstrip(".") for name in names if len(name) > 2 and name.lower() not in _COMMON}
        ordered = sorted(told, key=lambda name: (-len(name), name))
        body = "|".join(re.escape(name) for name in ordered)
        self._names = re.compile(rf"(?<![\w&])(?:{body})(?!\w)" if body else r"(?!)", re.IGNORECASE)

    def spans(self, text: str) -> Iterator[Span]:
        """Every guarded stretch, in no order; they may overlap."""
        for match in self._names.finditer(text):
            yield Span(start=match.start(), end=match.end(), guard=Guard.NAME)
        for match in _CAPITALS.finditer(text):
            word = match.group(0)
            first = not text[: match.start()].strip(" ('")
            if not first or sum(letter.isupper() for letter in word) > 1 or word[0] in "(^":
                yield Span(start=match.start(), end=match.end(), guard=Guard.NAME)
        for guard, pattern in _PATTERNS:
            for match in pattern.finditer(text):
                yield Span(start=match.start(), end=match.end(), guard=guard)


def names_of(brief: Brief, config: Config) -> tuple[str, ...]:
    """Every name of an instrument, company, event or sector that the issue knows."""
    calendar = brief.calendar
    reports = (*calendar.before_open, *calendar.after_close, *calendar.unconfirmed)
    found: list[str] = []
    for entry in config.universe:
        found += (entry.prose, entry.prose.removeprefix("the "), entry.name, *entry.aliases)
        found += (alias.removeprefix("the ") for alias in entry.aliases)
        found += (entry.symbol,)
    found += (fact.entity.partition(":")[2] for fact in brief.facts if fact.entity.startswith("event:"))
    for company in brief.movers:
        found += (company.name, company.symbol)
    for report in reports:
        found += (report.name, report.symbol)
    found += (row.event for row in (*calendar.releases, *calendar.yesterday))
    found += (row.name for row in brief.snapshot)
    found += (row.name for row in brief.sectors)
    found += (row.name for row in brief.tiles)
    return tuple(dict.fromkeys(found))
