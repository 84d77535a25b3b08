"""What an answer counts: people, things, money, shares, years and lengths of time, each with what it is a
number of and how it is tied to the story."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from voice_interviewer.core.contradictions.quantity_cues import (
    BE,
    BEGAN,
    CLOSE_RATE,
    COMPANY,
    COST,
    DATES,
    DEFINITE,
    FOR,
    HELD,
    HOW_MANY,
    IN_ALL,
    IRREGULAR,
    LONG,
    MONEY_WORDS,
    NEXT_WORD,
    NOT_HEADS,
    OF,
    PART_AFTER,
    PART_BEFORE,
    PHASES,
    RATE,
    TEAM,
    TEAMS,
    TOTAL,
    VERB,
    WHOLE,
)
from voice_interviewer.core.contradictions.statements import Clause
from voice_interviewer.core.understanding.lexicon import STOPWORDS, Phrase
from voice_interviewer.core.understanding.numbers import (
    COUNT,
    LENGTH,
    MONEY,
    SHARE,
    YEAR,
    Marked,
    Number,
)
from voice_interviewer.core.understanding.stems import lemma

WEEK = 7
"""Days. Shorter lengths of time may be said per week or per month."""
LEAST_MONEY = 500
"""From here on a number without a noun is money where money is spoken of."""


@dataclass(frozen=True)
class Quantity:
    """A number and what it counts. topic: "team", a stem, or the sort; tie: how it hangs on the story
    ("total", "took", a verb); about: stems that name something of this story; part: of a larger whole."""

    kind: str
    topic: str
    tie: str
    number: Number
    clause: Clause
    start: int
    end: int
    rate: str = ""
    phase: str = ""
    level: str = ""
    mods: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    part: bool = False
    noun: str = ""
    definite: bool = True


def quantities(marked: Marked, found: tuple[Clause, ...], asked: str) -> tuple[Quantity, ...]:
    """Every number of an answer that counts something, in the order said. asked: the question, folded; it
    says what a bare number counts."""
    listed: list[Quantity] = []
    for clause in found:
        line = asked if clause.sentence == 0 else ""
        taken: set[int] = set()
        for quantity in _teams(marked, clause):
            if quantity.number.start not in taken:
                taken.add(quantity.number.start)
                listed.append(quantity)
        for at in sorted(_signs(marked, clause)):
            other = _other(marked, clause, at, line)
            if other is not None and (at not in taken or other.noun):
                listed.append(other)
    return tuple(sorted(_uncorrected(marked, listed), key=lambda each: each.start))


def _signs(marked: Marked, clause: Clause) -> Iterator[int]:
    return (at for at in marked.numbers if clause.start <= at < clause.end)


def _teams(marked: Marked, clause: Clause) -> Iterator[Quantity]:
    if COUNT not in clause.text:
        return
    for tie, phrase in TEAMS:
        for match in phrase.finditer(clause.text):
            at = clause.start + match.start() + match.group().index(COUNT)
            number = marked.numbers.get(at)
            if number is None or number.said < 2:
                continue
            level = "team" if TEAM.search(clause.body) else "company" if COMPANY.search(clause.body) else ""
            part = bool(re.match(r"another|other|more", clause.text[match.start() :]))
            yield Quantity(
                "team_size",
                "team",
                tie,
                number,
                clause,
                clause.start + match.start(),
                clause.start + match.end(),
                phase=_phase(clause, clause.text[: match.start()]),
                level=level,
                about=clause.near,
                part=part,
            )


def _first(choices: tuple[tuple[str, Phrase], ...], text: str) -> str:
    return next((name for name, phrase in choices if phrase.search(text)), "")


class _Counted(NamedTuple):
    """What a number is a number of."""

    kind: str
    topic: str
    tie: str
    noun: str = ""
    mods: frozenset[str] = frozenset()
    rate: str = ""


def _other(marked: Marked, clause: Clause, at: int, asked: str) -> Quantity | None:
    number = marked.numbers[at]
    before, after = clause.text[: at - clause.start].rsplit(".", 1)[-1], clause.text[at - clause.start :]
    if number.sort in (YEAR, LENGTH, SHARE):
        what = _measured(number, f"{clause.text} {asked}", before, after)
    else:
        what = _counted(number, marked.text[:at], before, after, f"{clause.text} {asked}", asked)
    if not what.topic:
        return None
    end = number.end
    if what.noun and number.sort == COUNT:
        end = clause.start + clause.text.index(what.noun, at - clause.start) + len(what.noun)
    some = PART_AFTER.match(after) and not before.rstrip().endswith("all")
    return Quantity(
        what.kind,
        what.topic,
        what.tie,
        number,
        clause,
        number.start,
        end,
        what.rate,
        _phase(clause, before, marked.text[number.end : number.end + 40]),
        definite=not HELD.search(before),
        mods=what.mods,
        about=clause.near - {what.topic},
        part=bool(some or PART_BEFORE.search(before[-12:])),
        noun=what.noun,
    )


def _rate(match: re.Match[str] | None) -> str:
    """ "day" for "a day" and "daily"."""
    if match is None:
        return ""
    return match["period"] or match["adverb"].removesuffix("ly").replace("dai", "day")


def _measured(number: Number, around: str, before: str, after: str) -> _Counted:
    """A year, a length of time or a share. around: the clause, and what it answers."""
    if number.sort == YEAR:
        return _Counted("date", YEAR, _first(DATES, around))
    if number.sort == SHARE:
        word = (before.split() or [""])[-1]
        return _Counted("number", SHARE, "is" if word in BE else word)
    of = OF.match(after)
    if of and number.unit < WEEK:
        return _Counted("duration", lemma(of[1]), "" if before.split() else "total", of[1])
    tie = _first(LONG, around) or ("for" if FOR.search(before) else "")
    return _Counted("duration", LENGTH, tie, rate=_rate(RATE.match(after)) if number.unit < WEEK else "")


def _counted(number: Number, told: str, before: str, after: str, around: str, asked: str) -> _Counted:
    """Money or things. told: the answer up to the number."""
    words, money = _head(after), MONEY_WORDS.search(around)
    if number.sort == MONEY or (money and not words and number.said >= LEAST_MONEY):
        word = lemma(money["word"]) if money else ""
        return _Counted("money", MONEY, COST.get(word, word), rate=_rate(CLOSE_RATE.match(after)))
    if words:
        noun, mods = words[-1], frozenset(map(lemma, words[:-1]))
        rate = "" if DEFINITE.search(before) else _rate(CLOSE_RATE.match(after))
        return _Counted("number", lemma(noun), _tie(before, after, asked, noun), noun, mods, rate)
    topic, rate = _meant(told, asked), _rate(CLOSE_RATE.match(after))
    if not topic and number.said >= 2 * LEAST_MONEY and not NEXT_WORD.match(after):
        return _Counted("money", MONEY, "", rate=rate)
    return _Counted("number", topic, "total", rate=rate)


def _phase(clause: Clause, before: str, after: str = "") -> str:
    """Whether it is a number of how things began or of how they are now. after: what follows it at once."""
    if before.rstrip().endswith(" from") or BEGAN.match(after):
        return "start"
    alone = len(re.findall("[#%$~]", clause.body)) == 1
    return _first(PHASES, clause.text) or (_first(PHASES, clause.body) if alone else "")


def _head(after: str) -> list[str]:
    """The modifiers and the plural noun right after a number."""
    words: list[str] = []
    for match in re.finditer(r"\s*([a-z']+|[^\sa-z])", after[1:]):
        word = match.group(1)
        if not word[0].isalpha() or word in STOPWORDS or len(words) > 3:
            return []
        words.append(word)
        if word in IRREGULAR or (word.endswith("s") and not word.endswith("ss") and word not in NOT_HEADS):
            return words
    return []


def _tie(before: str, after: str, asked: str, head: str) -> str:
    if TOTAL.search(before) or IN_ALL.match(after):
        return "total"
    words = before.split()
    if not words or words[-1] in STOPWORDS:
        words = [word for word in words if word not in STOPWORDS]
    if words and (VERB.match(words[-1], 0) or words[-2:-1] in (["i"], ["we"], ["to"], ["they"])):
        return lemma(words[-1])
    content = [word for word in words if word not in STOPWORDS and word.isalpha()]
    counted = "how many" in asked and head in asked and "." not in before
    some = asked.split()[:1] in (["who"], ["which"], ["where"])
    return (
        "total" if not content and (WHOLE.match(after.split(head, 1)[-1]) or counted) and not some else "bare"
    )


_BARE = re.compile(r"\b(?:were|was|had|have|are)\s+$|(?:^|[.])\s*$")


def _meant(before: str, asked: str) -> str:
    """What a number without a noun counts: what was asked, or what was named last."""
    match = HOW_MANY.search(asked)
    words = (match["noun"] or "").split() if match else []
    plural = next((word for word in words if word.endswith("s") or word in IRREGULAR), None)
    if plural is None and _BARE.search(before):
        named = _head(" " + " ".join(word for word in before[-48:].replace(".", " ").split()[-6:-2]))
        plural = named[-1] if named else None
    return lemma(plural) if plural else ""


_TAKEN_BACK = re.compile(r"\b(?:sorry|i mean|i meant|no|rather|make that|correction|wait|not)\b")
_NOT_THIS = re.compile(r"\b(?:not|no|rather than|instead of|never)\s+(?:the\s+|a\s+)?$")


def _uncorrected(marked: Marked, listed: list[Quantity]) -> list[Quantity]:
    """Without the numbers that were taken back on the spot or denied."""
    starts = sorted(marked.numbers)
    void: set[int] = set()
    for at in starts:
        if _NOT_THIS.search(marked.text[max(0, at - 16) : at]):
            void.add(at)
    for first, second in itertools.pairwise(starts):
        gap = marked.text[marked.numbers[first].end : second]
        if len(gap.split()) <= 7 and _TAKEN_BACK.search(gap) and second not in void:
            void.add(first)
    return [each for each in listed if each.number.start not in void]
