"""The claims a candidate makes over a whole interview, and where two of them cannot both be so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from voice_interviewer.core.contradictions.denials import denial_conflict
from voice_interviewer.core.contradictions.matching import Link, numbers_conflict, sides_conflict
from voice_interviewer.core.contradictions.quantities import Quantity, quantities
from voice_interviewer.core.contradictions.stance_cues import SAID
from voice_interviewer.core.contradictions.stances import Stance, stances
from voice_interviewer.core.contradictions.statements import Clause, clauses
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.clauses import clauses as clauses_of
from voice_interviewer.core.understanding.lexicon import Phrase, fold
from voice_interviewer.core.understanding.numbers import (
    LENGTH,
    MONEY,
    SHARE,
    YEAR,
    Marked,
    mark,
)
from voice_interviewer.core.understanding.stems import specific, stems

SPOKEN_WORDS, FACT_WORDS = 6, 12


@dataclass(frozen=True)
class Claim:
    """Something countable or checkable that was said: quote is verbatim at characters start..end of the
    answer of that turn. kind: team_size, number, money, date, duration, role, tool or outcome. spoken: the
    claim as it can be said back in at most SPOKEN_WORDS words after "earlier I heard" ("four people in your
    team"), empty when it cannot. sure: no word of it may have been misheard."""

    kind: str
    subject: str
    value: str
    quote: str
    spoken: str
    turn: int
    start: int
    end: int
    sure: bool = True


@dataclass(frozen=True)
class Conflict:
    """Two claims about the same thing that differ beyond rounding."""

    earlier: Claim
    later: Claim


@dataclass(frozen=True)
class Told:
    """One answer of an interview and the line it answers. question_id: the question it belongs to, follow-ups
    included; None when that is not known and has to be guessed from the line."""

    turn: int
    question_id: str | None
    answer: Transcript
    asked: str = ""


class _Read(NamedTuple):
    marked: Marked
    clauses: tuple[Clause, ...]
    quantities: tuple[Quantity, ...]
    stances: tuple[Stance, ...]


@lru_cache(maxsize=128)
def _read(text: str, asked: str) -> _Read:
    marked, line = mark(text), fold(asked)
    found = clauses(marked, text, line)
    return _Read(marked, found, quantities(marked, found, line), stances(found, line))


def claims(answer: Transcript, turn: int, doubt_threshold: float = 0.0, asked: str = "") -> tuple[Claim, ...]:
    """Every claim in one answer, in the order said. asked: the line it answers, which says what a bare number
    counts."""
    read = _read(answer.text, asked)
    told = Told(turn, None, answer, asked)
    listed = [_of_quantity(each, told, doubt_threshold) for each in read.quantities if _factual(each.clause)]
    listed += [_of_stance(each, told, doubt_threshold) for each in read.stances]
    first = {claim.start: claim for claim in reversed(listed)}
    return tuple(first[start] for start in sorted(first))


def _factual(clause: Clause) -> bool:
    return not clause.flags & {"unreal", "question", "quoted"}


def conflicts(told: Sequence[Told], doubt_threshold: float = 0.0) -> tuple[Conflict, ...]:
    """Claims of the last answer that contradict an earlier one (of the same answer too), the surest kinds
    first. told: oldest first. What may have been misheard raises none."""
    if not told:
        return ()
    last, stories = told[-1], _stories(told)
    found: list[Conflict] = []
    for each, story in zip(told, stories, strict=True):
        recalled = bool(_RECALLS.search(fold(last.answer.text)))
        link = Link(story == stories[-1], each is last, recalled)
        found += _between(each, last, link, doubt_threshold)
    return tuple(each for each in found if each.earlier.sure and each.later.sure)


_OPENS = Phrase(
    r"(?:tell me about (?:a|an|one|another|your|something|someone|somebody|yourself|leading)|describe|give me"
    r"|walk me through|to begin with|what are you working|have you|do you|are you|where (?:do|did) you work"
    r"|what do you do|why (?:do|did) you|which languages|what did you study|how (?:long have you"
    r"|did you come))"
)
_TURNS = Phrase(
    r"(?:another|(?<!each\x20)others?|a different|else|next|second)|and (?:the|your|this|that|now|today|for"
    r"|with|to|after|in|on|at"
    r"|before|later|one|when (?:you|it)) ?.*"
)
"""A line that leaves what was spoken of for something beside it."""
_RECALLS = Phrase(
    r"(?:(?:as|like) i (?:said|mentioned|told)|i(?: just| already)? (?:mentioned|told you about|talked about"
    r"|spoke of|described)|(?:the|that) same (?:[a-z]+ )?(?:team|project|job|place|shift|one|company|case"
    r"|client|class|group))"
)


def _stories(told: Sequence[Told]) -> list[str]:
    """A name for what each answer is about: its question, or the last line that opened a new subject."""
    names: list[str] = []
    for index, each in enumerate(told):
        if each.question_id is not None:
            names.append(each.question_id)
        elif names and not _OPENS.match(line := fold(each.asked).strip(), 0) and not _TURNS.search(line):
            names.append(names[-1])
        else:
            names.append(f"line {index}")
    return names


def _between(first: Told, last: Told, link: Link, threshold: float) -> Iterator[Conflict]:
    ours, theirs = _read(first.answer.text, first.asked), _read(last.answer.text, last.asked)
    for later in theirs.quantities:
        for earlier in ours.quantities:
            if link.answer and earlier.start >= later.start:
                break
            if numbers_conflict(earlier, later, link) and not _given_too(earlier, later, ours):
                yield Conflict(_of_quantity(earlier, first, threshold), _of_quantity(later, last, threshold))
    for turned in theirs.stances:
        for taken in ours.stances:
            if sides_conflict(taken, turned, link):
                yield Conflict(_of_stance(taken, first, threshold), _of_stance(turned, last, threshold))

    # only a denial can conflict here, and most clauses deny nothing
    stated = list(zip(ours.clauses, _windows(first.answer.text, first.asked), strict=True))
    denied = [each for each in stated if _denies(each[0])]
    for turned_to, near in zip(theirs.clauses, _windows(last.answer.text, last.asked), strict=True):
        for claimed, around in stated if _denies(turned_to) else denied:
            if denial_conflict(claimed, turned_to, link, (around, near)):
                yield Conflict(_of_clause(claimed, first, threshold), _of_clause(turned_to, last, threshold))


def _denies(each: Clause) -> bool:
    return bool(each.denied or each.asked_denied)


def _given_too(earlier: Quantity, later: Quantity, read: _Read) -> bool:
    """Whether the earlier answer gave the later number as well: it told of a change."""
    others = (each for each in read.quantities if each is not earlier and each is not later)
    return any(each.topic == later.topic and each.number.agrees(later.number) for each in others)


@lru_cache(maxsize=128)
def _windows(text: str, asked: str) -> tuple[frozenset[str], ...]:
    """For each clause what names the story around it: its sentence, its neighbours and what was asked."""
    read = _read(text, asked)
    line = specific(frozenset(stems(fold(asked))))
    return tuple(
        line.union(*(each.near for each in read.clauses if abs(each.sentence - clause.sentence) <= 1))
        for clause in read.clauses
    )


def _claim(told: Told, threshold: float, place: tuple[int, int], kind: str, **said: str) -> Claim:
    """The claim those characters make, sure when none of its words is doubtful."""
    span = told.answer.span(*place)
    offset, sure = 0, True
    for word, doubted in zip(told.answer.words, told.answer.doubtful(threshold), strict=True):
        sure = sure and not (doubted and offset < span.end and offset + len(word.text) > span.start)
        offset += len(word.text) + 1
    return Claim(kind, quote=span.text, turn=told.turn, start=span.start, end=span.end, sure=sure, **said)


_SUBJECTS = {LENGTH: "how long", MONEY: "how much", YEAR: "which year", SHARE: "which share"}


def _of_quantity(each: Quantity, told: Told, threshold: float) -> Claim:
    number, text = each.number, told.answer.text
    said = text[number.start : number.end].strip(" ,.;:!?").lower()
    value = f"{number.said / number.unit:g}"
    if each.topic == "team":
        choices = (f"{said} people in your team", f"{value} people in your team")
    elif each.noun:
        choices = (text[number.start : each.end].strip(" ,.;:!?").lower(), f"{value} {each.noun}")
    else:
        choices = (said, "" if number.sort in (LENGTH, MONEY, SHARE) else value)
    spoken = next((choice for choice in choices if len(choice.split()) <= SPOKEN_WORDS), "")
    subject = each.noun or _SUBJECTS.get(each.topic, each.topic)
    return _claim(
        told, threshold, (each.start, each.end), each.kind, subject=subject, value=value, spoken=spoken
    )


def _of_stance(each: Stance, told: Told, threshold: float) -> Claim:
    said = told.answer.text[each.start : each.end].strip(" ,.;:!?")
    spoken = (
        said
        if each.tool
        else SAID.get(
            (each.topic.split(" ")[0] if each.topic.startswith("who") else each.topic, each.side), ""
        )
    )
    value = each.tool or ("yes" if each.side > 0 else "no")
    return _claim(
        told, threshold, (each.start, each.end), each.kind, subject=each.topic, value=value, spoken=spoken
    )


def _of_clause(each: Clause, told: Told, threshold: float) -> Claim:
    """A clause that denies something or claims what was denied: too long to be said back."""
    value = "no" if each.denied or each.asked_denied else "yes"
    subject = " ".join(sorted(specific(each.denied or each.asked_denied or each.said)))
    return _claim(told, threshold, (each.start, each.end), "outcome", subject=subject, value=value, spoken="")


def facts(told: Sequence[tuple[int, Transcript]], doubt_threshold: float = 0.0) -> tuple[str, ...]:
    """What was claimed so far as short lines of the candidate's own words, newest last, for somebody who must
    remember the interview: at most FACT_WORDS each, one per claim, marked where a word may be misheard."""
    lines: dict[str, None] = {}
    for turn, answer in told:
        for claim in claims(answer, turn, doubt_threshold):
            words = _around(answer, claim) + ["(unsure)"] * (not claim.sure) + ["(turn", f"{turn})"]
            lines.setdefault(" ".join(words))
    return tuple(lines)


def _around(answer: Transcript, claim: Claim) -> list[str]:
    """The words of a claim and of the clause they stand in, as many as a fact may have."""
    most = FACT_WORDS - 3
    clause = next(each for each in clauses_of(answer) if each.start <= claim.start < each.end)
    words = claim.quote.split()[:most]
    before = answer.text[clause.start : claim.start].split()
    after = answer.text[claim.end : clause.end].split()
    kept = before[max(0, len(before) - (most - len(words))) :]
    return [*kept, *words, *after[: most - len(words) - len(kept)]]
