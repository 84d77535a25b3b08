"""The claims a candidate makes over a whole interview, and where two of them cannot both be so."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.transcript import Transcript


@dataclass(frozen=True)
class Claim:
    """Something countable or checkable that was said: quote is verbatim at characters start..end of the
    answer of that turn. kind: team_size, number, money, date, duration, role or tool. spoken: the claim as
    it can be said back in a few words after "you said" ("four people in the team", "you led it"). sure: no
    word of it may have been misheard."""

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


def claims(answer: Transcript, turn: int, doubt_threshold: float = 0.0) -> tuple[Claim, ...]:
    """Every claim in one answer, in the order said."""
    return ()


def conflicts(told: Sequence[tuple[int, Transcript]], doubt_threshold: float = 0.0) -> tuple[Conflict, ...]:
    """Claims of the last answer that contradict an earlier one (of the same answer too). told: turn and
    answer, oldest first."""
    return ()


def facts(told: Sequence[tuple[int, Transcript]]) -> tuple[str, ...]:
    """What was claimed so far as short lines, newest last, for somebody who must remember the interview."""
    return ()
