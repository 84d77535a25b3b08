"""Where an answer takes a side that another answer may take against: who led and who decided, alone or with
others, how it ended, what it was made with, what never was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voice_interviewer.core.contradictions.stance_cues import (
    ANY_OUTCOME,
    FOUND_VERBS,
    HAD_NOT,
    I_DID,
    I_FOUND,
    MADE,
    ONLY,
    ONLY_JOB,
    OTHER_JOB,
    OUTCOME_PHRASES,
    SIDES,
    THEY_FOUND,
    TOOL,
    UNDONE,
    WHO,
)
from voice_interviewer.core.contradictions.statements import PLANNED, Clause
from voice_interviewer.core.understanding.stems import GENERIC, lemma, stems


@dataclass(frozen=True)
class Stance:
    """A side taken on a topic, and the stems of what it is about. certain: of all of it, always."""

    kind: str
    topic: str
    side: int
    about: frozenset[str]
    clause: Clause
    start: int
    end: int
    certain: bool = False
    tool: str = ""


def stances(found: tuple[Clause, ...], asked: str) -> tuple[Stance, ...]:
    """Every side taken in an answer, in order. asked: the question, folded: "it" is what was asked about."""
    listed: list[Stance] = []
    for clause in found:
        about = clause.near
        if clause.flags & {"unreal", "question"}:
            continue
        listed += _finders(clause, about, asked if clause.sentence == 0 else "")
        if "quoted" in clause.flags:
            continue
        listed += _first_job(clause)
        listed += _sides(clause, about)
        listed += _outcomes(clause, about)
        listed += _tools(clause, about)
    return tuple(listed)


def _sides(clause: Clause, about: frozenset[str]) -> Iterator[Stance]:
    found: list[Stance] = []
    for kind, topic, side, phrase in SIDES:
        match = phrase.search(clause.text)
        if match:
            own = frozenset(stems(match.group()))
            start, end = clause.start + match.start(), clause.start + match.end()
            found.append(Stance(kind, topic, side, about - own, clause, start, end))
    yield from _undisputed(found)


def _undisputed(found: list[Stance]) -> Iterator[Stance]:
    """Those on whose topic one clause does not take both sides."""
    for stance in found:
        if not any(each.topic == stance.topic and each.side != stance.side for each in found):
            yield stance


_NOT = re.compile(r"(?:n't|\bnot|\bnever|\bno)\s+(?:\w+\s+){0,2}$")


def _outcomes(clause: Clause, about: frozenset[str]) -> Iterator[Stance]:
    found: list[Stance] = []
    if not ANY_OUTCOME.search(clause.text):
        return
    for topic, side, phrase in OUTCOME_PHRASES:
        match = phrase.search(clause.text)
        if match:
            before = clause.text[: match.start()]
            if HAD_NOT.search(before) or PLANNED.search(before):
                continue
            denied = bool(_NOT.search(before))
            own = frozenset(stems(match.group()) if len(match.group().split()) < 3 else ())
            start, end = clause.start + match.start(), clause.start + match.end()
            found.append(Stance("outcome", topic, -side if denied else side, about - own, clause, start, end))
    yield from _undisputed(found)


def _tools(clause: Clause, about: frozenset[str]) -> Iterator[Stance]:
    for match in TOOL.finditer(clause.text):
        before = clause.text[: match.start()]
        if UNDONE & set(before.replace("n't", " n't").split()[-4:]):
            continue
        only = bool(ONLY.search(before[-40:] + match.group()))
        start, end = clause.start + match.start("tool"), clause.start + match.end("tool")
        named = about - frozenset(stems(match["tool"])) - GENERIC
        if only or MADE.search(clause.text):
            yield Stance("tool", "made with", 0, named, clause, start, end, only, match["tool"])


def _first_job(clause: Clause) -> Iterator[Stance]:
    for side, phrase in ((1, ONLY_JOB), (-1, OTHER_JOB)):
        match = phrase.search(clause.text)
        if match:
            start, end = clause.start + match.start(), clause.start + match.end()
            yield Stance("role", "first job", side, frozenset(), clause, start, end, True)


def _finders(clause: Clause, about: frozenset[str], asked: str) -> Iterator[Stance]:
    """Who did it, where somebody insists on it or was asked."""
    match = I_FOUND.search(clause.text)
    if match:
        verb = lemma(next(word for word in match.groups() if word))
        yield _finder(clause, about, verb, 1, match.start(), match.end(), True)
    for plain in I_DID.finditer(clause.text):
        verb = lemma(plain["verb"])
        if verb not in _LED:
            yield _finder(clause, about, verb, 1, plain.start(), plain.end(), False)
    they = THEY_FOUND.search(clause.text)
    question = WHO.search(asked.strip())
    if they:
        verbs = {lemma(they["verb"]): False}
        if question:
            verbs[lemma(next(word for word in question.groups() if word))] = True
        for verb, certain in verbs.items():
            yield _finder(clause, about, verb, -1, they.start(), they.end(), certain)
    elif question and question["verb"] and not _FIRST_PERSON.search(clause.text) and clause.text.split():
        yield _finder(clause, about, lemma(question["verb"]), -1, 0, len(clause.text), True)


_FIRST_PERSON = re.compile(r"\b(?:i|me|we|us|my|our|i'd|i've|nobody|no one)\b")
_LED = frozenset(("lead", "run", "decid", "head", "manag"))
_FOUND = frozenset(FOUND_VERBS.split())


def _finder(
    clause: Clause, about: frozenset[str], verb: str, side: int, start: int, end: int, certain: bool
) -> Stance:
    at, act = clause.start, "find" if verb in _FOUND else verb
    return Stance("role", f"who {act}", side, about - {verb}, clause, at + start, at + end, certain)
