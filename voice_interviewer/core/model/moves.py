"""The moves of an interviewer, and what is looked at and decided when an answer is over."""

from dataclasses import dataclass
from typing import NamedTuple

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.transcript import Transcript

OWN_WAYS = frozenset(("wait", "redirect", "repeat", "hint", "skip", "move_on", "close"))
"""The moves that do something of their own. Every other one is a follow-up; all of them stand in
prompts/moves.yaml, see `core.model.catalogue`."""


def is_probe(move: str | None) -> bool:
    """Whether that move asks for more about the same question and uses up its budget."""
    return move is not None and move not in OWN_WAYS


@dataclass(frozen=True)
class Move:
    """One thing the interviewer could do. target: the slot it is after; quote: the words that led to it."""

    move: str
    say: str
    target: str | None = None
    quote: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Reply:
    """The engine's verdict on an answer: what it heard, what it could ask, what it chose."""

    chosen: Move
    ranked: tuple[Move, ...] = ()
    slots: tuple[Slot, ...] = ()
    tier: str = "rules"
    request: str | None = None
    """What was said to the interviewer instead of an answer, one of `requests.KINDS`."""
    unsettled: bool = False
    """A better line may be ready a little later."""


@dataclass(frozen=True)
class Exchange:
    """One thing asked and what came back. slots describe this answer alone; turn numbers the answer."""

    turn: int
    question_id: str
    asked: str
    move: str | None
    answer: Transcript
    slots: tuple[Slot, ...] = ()
    request: str | None = None


@dataclass(frozen=True)
class ReplyContext:
    """All an engine may look at when an answer is over (or seems to be).

    answer: what was said in this turn; asked: the line it answers, a follow-up when asked_move is set.
    earlier: every finished exchange of this interview, oldest first, other questions included.
    probes_used and non_answers count for this question, this answer not included. said: every line spoken so
    far. time_left_ms: until the question's share of the clock is used up (may be negative).
    """

    question: Question
    level: str
    turn: int
    asked: str
    asked_move: str | None
    answer: Transcript
    earlier: tuple[Exchange, ...] = ()
    probes_used: int = 0
    max_probes: int = 2
    non_answers: int = 0
    said: tuple[str, ...] = ()
    time_left_ms: int = 120_000
    doubt_threshold: float = 0.0
    seed: int = 0
    challenges: int = 2
    """How many challenges the whole interview may hold."""
    redirects: int = 2
    """How often the whole interview may bring a rambler back."""
    typed: bool = False
    """The answer was typed: nobody waits in silence, and its times say nothing."""
    rambling: bool = False
    """The floor was taken at a pause because nothing new had come for a while."""
    silences: int = 0
    """How often before nobody began to answer this question."""
    speculative: bool = False
    """The answer may still go on: nothing slow is waited for."""
    floor_in_ms: int | None = None
    """When the floor will probably be taken; None: not foreseeable."""


class Candidate(NamedTuple):
    """A move worth making, before it has words. quote: the candidate's own words that led to it, verbatim.

    said and before: what a line may say back, already fit to be spoken: the term to clear up, or the two
    sides of a contradiction.
    """

    move: str
    target: str | None = None
    quote: str | None = None
    reason: str = ""
    said: str | None = None
    before: str | None = None
