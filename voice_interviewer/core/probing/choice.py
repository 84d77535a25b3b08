"""The next move, where a reader has said how probably each is the one to make.

The reader proposes; this file knows the rules it must keep: budgets, the clock, no move twice about a
question, what may be obeyed and how often. What a follow-up is after, and whose words led to it, comes from
what was heard.
"""

from collections.abc import Callable

from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.moves import Candidate, ReplyContext, is_probe
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.probing.heard import made, moves_here, waited
from voice_interviewer.core.probing.routes import MEANING_ASKED
from voice_interviewer.core.understanding.requests import (
    ASK_BACK,
    FINISHED,
    REPEAT,
    SKIP,
    STOP,
    UNKNOWN,
    WAIT,
)

OBEYED = {"skip": 0.5, "close": 0.6, "wait": 0.35, "repeat": 0.35, "hint": 0.3}
"""How sure the reader must be before a request that costs the candidate something is obeyed."""
SHOWN_BY = {
    "repeat": ("repeat", "explain"),
    "skip": ("skip", "stop"),
    "close": ("stop", "skip", "finished"),
    "wait": ("wait",),
}
LEAST_SHOWN, SOMETHING_TOLD = 0.2, 0.5
"""In an answer that tells something, a piece must show the request; that may be rather improbable."""
NEEDS_A_MODEL = frozenset(("contradiction",))
"""Moves that are made with a language model alone."""
REPEATS = 2
"""A question is said again at most so often."""
LEAST = 0.02
"""A move less probable than this is none to fall back on."""
REQUESTS = {"repeat": REPEAT, "skip": SKIP, "wait": WAIT, "close": STOP, "hint": UNKNOWN}
"""What was said to the interviewer, by the move it leads to."""
REASONS = {
    "wait": "asked for time, or broke off",
    "repeat": "asked to hear the question again",
    "hint": "does not know how to begin, or what is meant",
    "skip": "asked to leave this question",
    "close": "asked to end the interview",
    "redirect": "it left the question",
    "move_on": "it is complete, or there is nothing more to gain",
}


def requested(move: str, reading: Reading) -> str | None:
    """What was said to the interviewer instead of an answer, one of `requests.KINDS`; None for an answer."""
    if move == "hint" and _said(reading, "explain") > _said(reading, "skip"):
        return ASK_BACK
    if move == "move_on":
        finished = _said(reading, "finished")
        told = max((value for row in reading.labels.values() for value in row), default=0.0)
        return FINISHED if finished > max(0.5, told) else None
    return REQUESTS.get(move)


def _said(reading: Reading, kind: str) -> float:
    return max(reading.asides.get(kind, ()), default=0.0)


def order(
    context: ReplyContext,
    reading: Reading,
    follow_up: Callable[[str], Candidate],
    catalogue: Catalogue,
    stop: str | None,
) -> tuple[Candidate, ...]:
    """The moves that may be made, the best first. follow_up: a probe with what it is after; stop:
    why nothing more may be asked about this question, or None."""
    scores = reading.moves
    allowed = [
        move
        for move in scores
        if _may_be_made(context, move, scores[move], catalogue, stop) and _is_shown(move, reading)
    ]
    allowed.sort(key=lambda move: -scores[move])
    found = [
        follow_up(move) if is_probe(move) else Candidate(move, reason=_reason(move, reading))
        for move in allowed
    ]
    if "move_on" not in allowed:
        found.append(Candidate("move_on", reason=stop or REASONS["move_on"]))
    elif stop:
        found = [each._replace(reason=stop) if each.move == "move_on" else each for each in found]
    return tuple(found)


def _reason(move: str, reading: Reading) -> str:
    if move == "hint" and requested(move, reading) == ASK_BACK:
        return MEANING_ASKED
    return REASONS[move]


def _is_shown(move: str, reading: Reading) -> bool:
    """Whether there is a piece that asks for what this move would grant."""
    kinds = SHOWN_BY.get(move)
    if kinds is None or reading.judgeable < SOMETHING_TOLD:
        return True
    return sum(_said(reading, kind) for kind in kinds) >= LEAST_SHOWN


def _may_be_made(
    context: ReplyContext, move: str, score: float, catalogue: Catalogue, stop: str | None
) -> bool:
    if move in NEEDS_A_MODEL or score < OBEYED.get(move, LEAST if move != "move_on" else 0.0):
        return False
    past = moves_here(context)
    if is_probe(move) or move == "redirect":
        entry = catalogue.moves.get(move)
        own = {"challenge": context.challenges, "redirect": context.redirects}
        limit = own.get(move, entry.at_most if entry else None)
        return stop is None and move not in past and (limit is None or made(context, move) < limit)
    if move == "repeat":
        return past.count("repeat") < REPEATS
    if move == "hint":
        return "hint" not in past
    return move != "wait" or not waited(context)
