"""When two things said in one interview are about the same, and cannot both be so. Precision before recall: a
candidate who is wrongly told that two things do not fit feels accused."""

import re
from typing import NamedTuple

from voice_interviewer.core.lexicon import Phrase
from voice_interviewer.core.numbers import LENGTH, MONEY, SHARE, YEAR
from voice_interviewer.core.quantities import Quantity
from voice_interviewer.core.stances import Stance
from voice_interviewer.core.statements import GENERIC, Clause, specific

ENOUGH_SHARED = 2
"""So many words of their own make two stories one where nothing else ties them."""

_DEFINITE = re.compile(r"\b(?:the|my|our|those|all)\s+$")
_PRESENT = Phrase(
    r"(?:we're|we are|there are|there's|i'm|i am|i lead|i manage|i run|i have|i've|i look after|i supervise"
    r"|my team is|my team has|is|are|has|have|we have|we've)"
)
_OWN_HOURS = Phrase(r"(?:i work|i do|i'm on|i am on|i work about|half time|full time|part time|i never)")
_INDEFINITE = re.compile(r"\b(?:a|an|another|each|every|one)\s+(?:[a-z]+\s+){0,2}$")
_BEFORE_WORK = Phrase(r"(?:born|stud(?:y|ied|ying)|school|university|college|before|made|from @|until|founded)")


class Link(NamedTuple):
    """How two answers hang together. story: they are about one and the same; answer: they are one."""

    story: bool
    answer: bool = False


def places_differ(first: frozenset[str], second: frozenset[str], link: Link) -> bool:
    """Whether they speak of different jobs, teams, years or places."""
    for sort in ("name", "year"):
        ours = {each for each in first if each.startswith(sort)}
        theirs = {each for each in second if each.startswith(sort)}
        if ours and theirs and not ours & theirs:
            return True
        if not link.story and bool(ours) != bool(theirs):
            return True
    return first & {"former", "other"} != second & {"former", "other"}


def numbers_conflict(first: Quantity, second: Quantity, link: Link) -> bool:
    """Whether two quantities of the same thing differ beyond rounding."""
    if first.topic != second.topic or first.number.sort != second.number.sort or first.rate != second.rate:
        return False
    if not _plain(first) or not _plain(second):
        return False
    if first.topic == YEAR:
        return _dates_conflict(first, second, link)
    if first.phase != second.phase or places_differ(first.clause.where, second.clause.where, link):
        return False
    moved = "moved" in first.clause.flags | second.clause.flags and first.phase != "start"
    if moved or (link.answer and first.clause.sentence == second.clause.sentence):
        return False
    if first.part or second.part:
        return _part_exceeds(first, second, link)
    return not first.number.agrees(second.number) and _same_subject(first, second, link)


def _plain(each: Quantity) -> bool:
    """Whether it was stated as a fact."""
    flags = each.clause.flags
    if flags & {"question", "corrected", "quoted"}:
        return False
    before = each.clause.text[: max(0, each.number.start - each.clause.start)]
    return bool(_DEFINITE.search(before)) or not flags & {"unreal", "planned"}


def _part_exceeds(first: Quantity, second: Quantity, link: Link) -> bool:
    """Whether a part of something is larger than the whole of it."""
    if first.part == second.part or not link.story or not first.about & second.about or first.tie != second.tie:
        return False
    part, whole = (first, second) if first.part else (second, first)
    return part.number.low > whole.number.high and not part.number.agrees(whole.number)


def _same_subject(first: Quantity, second: Quantity, link: Link) -> bool:
    shared = first.about & second.about
    if first.topic == "team":
        return _same_team(first, second, link, shared)
    if first.topic == LENGTH:
        return _same_length(first, second, link, shared)
    if first.topic == MONEY:
        return first.tie == second.tie != "" and bool(shared) and (link.story or len(shared) >= ENOUGH_SHARED)
    if first.topic == SHARE:
        return first.tie == second.tie and len(shared) >= ENOUGH_SHARED
    if first.mods != second.mods:
        if not first.mods - second.mods or not second.mods - first.mods:
            small, large = sorted((first, second), key=lambda each: each.number.said)
            if not large.mods > small.mods:
                return False
        else:
            return False
    total = "total" in (first.tie, second.tie)
    if first.tie != second.tie and not (total and len(shared) >= ENOUGH_SHARED):
        return False
    named = first.topic not in GENERIC
    return (link.story and not link.answer and (named or bool(shared))) or len(shared) + named > ENOUGH_SHARED


def _same_team(first: Quantity, second: Quantity, link: Link, shared: frozenset[str]) -> bool:
    if first.level != second.level and not shared:
        return False
    if first.tie != second.tie and abs(first.number.said - second.number.said) <= 1:
        return False
    if link.story:
        return True
    before = second.clause.text[: max(0, second.start - second.clause.start)]
    general = _PRESENT.search(first.clause.text) and _PRESENT.search(second.clause.text)
    return bool(general) and not _INDEFINITE.search(before)


def _same_length(first: Quantity, second: Quantity, link: Link, shared: frozenset[str]) -> bool:
    if first.rate:
        own = _OWN_HOURS.search(first.clause.text) and _OWN_HOURS.search(second.clause.text)
        return bool(own) and first.number.unit == second.number.unit
    if first.tie != second.tie or not first.tie:
        return False
    if first.tie == "stay":
        return bool(shared) and (link.story or "experience" in first.clause.text + second.clause.text)
    return link.story and (bool(shared) or not first.about or not second.about)


def _dates_conflict(first: Quantity, second: Quantity, link: Link) -> bool:
    shared = first.about & second.about
    if first.number.agrees(second.number) or not shared or link.answer:
        return False
    if first.tie == second.tie != "":
        return link.story or len(shared) >= ENOUGH_SHARED
    for start, other in ((first, second), (second, first)):
        working = re.search(r"\b(?:i|we|my)\b", other.clause.text) and not _BEFORE_WORK.search(other.clause.text)
        if start.tie == "start" and other.number.said < start.number.said and working:
            return True
    return False


def sides_conflict(first: Stance, second: Stance, link: Link) -> bool:
    """Whether two answers take opposite sides, or name two tools for what was made with one only."""
    if first.topic != second.topic or link.answer or places_differ(first.clause.where, second.clause.where, link):
        return False
    flags = first.clause.flags | second.clause.flags
    if flags & {"corrected", "planned"}:
        return False
    shared = first.about & second.about
    if first.kind == "tool":
        return _tools_conflict(first, second, link, shared)
    if first.side != -second.side:
        return False
    if first.kind == "outcome":
        if flags & {"moved", "some"}:
            return False
        return bool(shared) and (link.story or len(shared) >= ENOUGH_SHARED)
    if _part_only(first.clause) != _part_only(second.clause):
        return False
    return bool(shared) if link.story else len(shared) >= ENOUGH_SHARED


def _tools_conflict(first: Stance, second: Stance, link: Link, shared: frozenset[str]) -> bool:
    certain = first.certain or second.certain
    return certain and first.tool != second.tool and bool(shared) and link.story


def _part_only(clause: Clause) -> bool:
    return bool(re.search(r"\b(?:part|half|piece|side|together|with (?:a|my|the|[a-z]+) |as a whole|whole|and i)\b", clause.text))


def denied(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether what one clause denies is what the other claims."""
    named = specific(first)
    return bool(named) and named <= second
