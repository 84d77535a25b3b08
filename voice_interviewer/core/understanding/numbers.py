"""Numbers as people say them: digits and words, years, money, shares and lengths of time, with how sure the
speaker was of them.

`mark` replaces every number of a text by one sign of its sort and keeps all offsets, so that a pattern can
speak of "team of #" whatever the number and however it was hedged.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from voice_interviewer.core.understanding.lexicon import Phrase, fold

COUNT, SHARE, MONEY, YEAR, LENGTH = "#", "%", "$", "@", "~"
"""The signs. A LENGTH is one of time, in days."""

LEAST_SCALE = 1000
"""What can be halved by a "half a" before it."""
HEDGE = 0.15
"""A hedged number may be off by so much, and no plain one is taken as rounded more coarsely."""
LEAST_ROUND = 20
"""From here on a plain number that ends in a zero may be a rounded one."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_SMALL = {word: float(value) for value, word in enumerate(_ONES.split())}
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10.0 * value for value, word in enumerate(_TENS_WORDS.split(), 2)}
_SCALES = {
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "grand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}
_SCALES |= {"hundreds": 1e2, "m": 1e6, "mil": 1e6, "lakh": 1e5, "crore": 1e7}
_DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "shift": 1 / 3, "day": 1.0, "night": 1.0}
_DAYS |= {"week": 7.0, "weekend": 2.0, "fortnight": 14.0, "month": 30.4, "quarter": 91.0, "year": 365.0}
_COINS = r"(?:us )?(?:dollars?|euros?|pounds?|bucks|quid|francs|rupees|reais|pesos|yen|kroner|zloty|cents)"

_TOKEN = re.compile(
    r"[0-9]{1,2}:[0-5][0-9](?![0-9])|[0-9]+(?:[.,][0-9]+)*"
    r"|[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)*|[%$€£]"
)
"""A time of day is one token, and no number."""
_UNIT = Phrase(
    r"(?:(?P<share>%|percent|per cent|percentage points?)|(?P<coin>" + _COINS + r")"
    r"|(?:and a half )?(?:full |whole |long |straight |working |solid |more )?"
    r"(?P<time>seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|fortnights?|months?|quarters?|years?)"
    r"(?! old\b))"
)
_OPEN_TOP = Phrase(
    r"(?:at least|more than|over|above|no (?:fewer|less) than|upwards? of|north of|well over|a minimum of"
    r"|beyond|past)"
)
_OPEN_LOW = Phrase(
    r"(?:up to|at most|less than|under|fewer than|below|no more than|a maximum of|within|not even|as many as)"
)
_SOFT = (
    r"(?:about|around|roughly|approximately|approx|some|maybe|probably|perhaps|like|circa|say|close to"
    r"|something like|more or less|i think|i guess|i believe|i want to say|it must have been|on average"
    r"|just over|a bit over|a little over|slightly over|just under|a bit under|almost|nearly|not quite"
    r"|an average of|in the region of|somewhere around|let's say)"
)
_BEFORE = re.compile(
    rf"(?:(?<=\s)|^)(?P<top>{_OPEN_TOP.source})\s+(?:a )?$".replace(" ", r"\s+")
    + rf"|(?:(?<=\s)|^)(?P<low>{_OPEN_LOW.source})\s+(?:a )?$".replace(" ", r"\s+")
    + rf"|(?:(?<=\s)|^)(?P<soft>{_SOFT})\s+(?:a )?$".replace(" ", r"\s+")
)
_AFTER = Phrase(
    r"(?:(?P<soft>ish|or so|odd|give or take|or thereabouts|or something|roughly|approximately|i think"
    r"|i guess|i believe|more or less|maybe|if i remember)|(?P<top>plus|or more|and counting|and more"
    r"|or over))"
)
_NOT_COUNTS = (
    r"(?:number|no|step|level|version|phase|room|page|grade|covid|chapter|line|option|tier|type|part"
    r"|section|article|bus|gate|route|floor|day|week|year|month|round|category|priority|point|item|unit"
    r"|team|bay|ward|class|block|windows|web)"
)
_LABEL = re.compile(rf"\b(?:{_NOT_COUNTS})\s+$")
_CLOCK_BEFORE = re.compile(
    r"\b(?:at|until|till|by|before|after|around|about|half past|quarter (?:past|to)|from)\s+$"
)
_CLOCK_AFTER = re.compile(
    r"\s*(?:(?:a|p) ?m\b|o'?clock|in the (?:morning|afternoon|evening)|at night|thirty\b|fifteen\b|sharp\b"
    r"|(?:on|this|that|every) (?:mon|tues|wednes|thurs|fri|satur|sun)|[.,;!?]|$"
    r"|(?:i|we|he|she|they|and|but|so|because|to|every|each|the|when|until)\b)"
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|until|till|from|by|of|during|early|late|mid|summer|spring|autumn|winter|fall|around"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|before|after"
    r"|was|back in|and|to|between|year)\s+$"
)


@dataclass(frozen=True)
class Number:
    """One number at characters start..end of the text, its hedge and unit included. It was said to lie
    between low and high; said is the value named. unit: days of the unit of time it was given in."""

    start: int
    end: int
    sort: str
    said: float
    low: float
    high: float
    soft: bool = False
    unit: float = 1.0

    def agrees(self, other: "Number") -> bool:
        """Whether both may be the same, allowing for hedges and for the rounding of the coarser one."""
        soft = self.soft or other.soft or self.unit != other.unit
        slack = max(self._rounded(), other._rounded())
        if soft:
            most = max(self.said, other.said)
            slack = max(slack, HEDGE * most, min(self.unit, other.unit) if most >= 4 * self.unit else 0)
        return self.low <= other.high + slack and other.low <= self.high + slack

    def _rounded(self) -> float:
        value = round(self.said / self.unit, 3)
        if self.sort == YEAR or value < LEAST_ROUND or value % 10:
            return 0.0
        grain = 10.0 ** next(power for power in range(1, 13) if value % 10 ** (power + 1))
        return self.unit * min(0.49 * grain, HEDGE * value)


class Marked(NamedTuple):
    """A text of the same length as the answer, folded, numbers replaced, with . and , where it had them; and
    the numbers by where their sign stands."""

    text: str
    numbers: dict[int, Number]


_SINGLE = re.compile(
    r"\b(?:(?P<half>half)\s+an?|(?:took|lasted|for|within|after|nearly|about|almost|over)(?:\s+(?:us|me"
    r"|them))?\s+(?P<one>an?)"
    r"(?:\s+(?:whole|full))?)\s+(?P<unit>minute|hour|day|week|fortnight|month|year)\b(?P<more>\s+and\s+a\s+half)?"
    r"|\b(?P<whole>an?)\s+(?P<of>hour|day|week|month|year)\s+and\s+a\s+half\b"
)
"""A length of one without a number."""


class _Token(NamedTuple):
    word: str
    start: int
    end: int


def mark(raw: str) -> Marked:
    """Find every number of an answer. Ordinals, times of day and numbers that only name something are left
    out; "one" counts only with a unit of time or a scale."""
    folded = fold(raw).replace("%", " ").replace("$", " ").replace("#", " ")
    kept = "".join(
        "." if c in ".!?;:" and not raw[i + 1 : i + 2].isalnum() else "," if c == "," else f
        for i, (c, f) in enumerate(zip(raw, folded, strict=True))
    )
    tokens = [
        _Token(m.group() if m.group()[0].isdigit() else fold(m.group()), m.start(), m.end())
        for m in _TOKEN.finditer(raw)
    ]
    found: dict[int, Number] = {}
    index = 0
    while index < len(tokens):
        value, after = _value(tokens, index, raw)
        if value is None:
            index += 1
            continue
        number = _number(raw, kept, tokens, index, after, value)
        if number is not None:
            found[number.start] = number
        index = after
    for match in _SINGLE.finditer(kept):
        unit = _DAYS[match["unit"] or match["of"]]
        days = unit * (0.5 if match["half"] else 1.5 if match["more"] or match["whole"] else 1.0)
        start = max(match.start(name) for name in ("half", "one", "whole"))
        if not any(start < each.end and each.start < match.end() for each in found.values()):
            found[start] = Number(start, match.end(), LENGTH, days, days, days, True, unit)
    return _signed(kept, _ranges(kept, found))


def _value(tokens: list[_Token], index: int, raw: str) -> tuple[float | None, int]:
    """The cardinal that begins at that token and the token after it."""
    total, part, at, seen = 0.0, 0.0, index, False
    last = ""
    while at < len(tokens):
        token = tokens[at]
        word = token.word
        if at > index and re.search(r"[.!?;:,]", raw[tokens[at - 1].end : token.start]):
            break
        if word[0].isdecimal():
            if seen or ":" in word:
                break
            part, seen = _digits(word), True
        elif word in _SMALL or word in _TENS:
            value = _SMALL[word] if word in _SMALL else _TENS[word]
            if last == "digit" or (seen and last in _SMALL) or (last in _TENS and not 0 < value < 10):
                break
            part, seen = part + value, True
        elif (
            word in _SCALES
            and (seen or _article(tokens, at))
            and (len(word) > 2 or token.start == tokens[at - 1].end)
        ):
            part = max(part, 1.0) * _SCALES[word]
            if _SCALES[word] >= 1e3:
                total, part = total + part, 0.0
            seen = True
        elif word == "and" and last in ("hundred", "thousand") and at + 1 < len(tokens):
            following = tokens[at + 1].word
            if following not in _SMALL and following not in _TENS:
                break
        else:
            break
        last = "digit" if word[0].isdecimal() else word
        at += 1
    if not seen:
        return None, index
    return total + part, at


def _article(tokens: list[_Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].word in (
        "a",
        "all",
        "half",
        "couple",
        "several",
        "few",
        "some",
        "about",
        "over",
    )


def _digits(word: str) -> float:
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", word):
        return float(word.replace(",", ""))
    whole, _, rest = word.replace(",", ".").partition(".")
    return float(f"{whole}.{rest.replace('.', '')}") if rest else float(whole)


def _number(raw: str, kept: str, tokens: list[_Token], index: int, after: int, value: float) -> Number | None:
    """The number of those tokens with its unit and its hedges, or None where it counts nothing."""
    start, end = tokens[index].start, tokens[after - 1].end
    following = tokens[after] if after < len(tokens) else None
    near = following is not None and following.start == (_skip(raw, end) if following.word == "%" else end)
    glued = following if near else None
    if glued and glued.word not in ("k", "m", "%", "€") and raw[end - 1].isdigit():
        return None
    lone = tokens[index].word == "one" and after == index + 1
    previous = tokens[index - 1].word if index else ""
    if _is_year(kept, start, raw[start:end], value, following):
        return Number(start, end, YEAR, value, value, value)
    unit = _UNIT.match(raw.lower() if raw.isascii() else fold(raw), _skip(kept, end))
    if value >= LEAST_SCALE and "half" in [token.word for token in tokens[max(0, index - 2) : index]]:
        value /= 2
    money = previous in ("$", "€", "£") or (glued is not None and glued.word == "€")
    sort = MONEY if money else COUNT
    scale = 1.0
    if glued is not None and glued.word == "%":
        end, sort = glued.end, SHARE
    elif unit and not money:
        end = unit.end()
        if unit["share"]:
            sort = SHARE
        elif unit["coin"]:
            sort = MONEY
        else:
            sort, scale = LENGTH, _DAYS[unit["time"].rstrip("s")]
            value += 0.5 if "half" in unit.group() else 0
    elif lone or _names_only(kept, start, end, value):
        return None
    start = tokens[index - 1].start if previous in ("$", "€", "£", "a", "half") and index else start
    return _hedged(kept, Number(start, end, sort, value * scale, value * scale, value * scale, unit=scale))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " -":
        at += 1
    return at


def _is_year(kept: str, start: int, said: str, value: float, following: _Token | None) -> bool:
    if not 1960 <= value <= 2039 or value % 1:
        return False
    plural = following is not None and following.word.endswith("s") and len(following.word) > 4
    return bool(_YEAR_BEFORE.search(kept, 0, start)) or (said.isdigit() and not plural)


def _names_only(kept: str, start: int, end: int, value: float) -> bool:
    """A time of day, or the name of a step, a room or a bus."""
    before = kept[max(0, start - 20) : start]
    if _LABEL.search(before):
        return True
    after = kept[end : end + 24]
    clock = value <= 24 and _CLOCK_BEFORE.search(before) and _CLOCK_AFTER.match(after)
    return bool(clock) or bool(re.match(r"\s*(?:(?:a|p) ?m\b|o'?clock)", after))


def _hedged(kept: str, number: Number) -> Number:
    low, high, start, end, soft = number.low, number.high, number.start, number.end, number.soft
    before = _BEFORE.search(kept, max(0, start - 30), start)
    if before:
        start = before.start()
        if before["top"]:
            high = math.inf
        elif before["low"]:
            low = 0.0
        else:
            soft = True
    after = _AFTER.match(kept, _skip(kept, end))
    if after:
        end = after.end()
        if after["top"]:
            high = math.inf
        else:
            soft = True
    return replace(number, start=start, end=end, low=low, high=high, soft=soft)


_BETWEEN = re.compile(r"(?:\s+(?:or|to)(?:\s+maybe)?\s+|\s*,?\s+|\s*-\s*)")
_FROM = re.compile(r"\b(?:from|between)\s+$")


def _ranges(kept: str, found: dict[int, Number]) -> list[Number]:
    """Numbers in order, "five or six" and "ten to fifteen" taken as one."""
    numbers = sorted(found.values(), key=lambda number: number.start)
    joined: list[Number] = []
    for number in numbers:
        last = joined[-1] if joined else None
        gap = kept[last.end : number.start] if last else ""
        between = last and _FROM.search(kept, 0, last.start)
        ranged = last and between and between.group().startswith("between") and gap.strip() == "and"
        if last and not between and _BETWEEN.fullmatch(gap):
            word = gap.strip(" ,-")
            ranged = number.said > last.said and (bool(word) or number.said - last.said == number.unit)
        if last and last.said in (19, 20) and gap == " " and 10 <= number.said < 100 and number.sort == COUNT:
            year = 100 * last.said + number.said
            joined[-1] = Number(last.start, number.end, YEAR, year, year, year)
        elif (
            last
            and ranged
            and number.sort in (last.sort, SHARE, MONEY, LENGTH)
            and last.sort in (COUNT, number.sort)
        ):
            scale = number.unit if last.sort == COUNT else 1.0
            joined[-1] = replace(number, start=last.start, low=last.low * scale, soft=True)
        else:
            joined.append(number)
    return joined


def _signed(kept: str, numbers: list[Number]) -> Marked:
    pieces: list[str] = []
    at = 0
    for number in numbers:
        pieces += [kept[at : number.start], number.sort.ljust(number.end - number.start)]
        at = number.end
    return Marked("".join(pieces) + kept[at:], {number.start: number for number in numbers})
