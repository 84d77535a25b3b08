"""Evidence and history -> the moves an interviewer could make next, best first, and when to stop probing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from voice_interviewer.core.bank import Question
from voice_interviewer.core.evidence import (
    HEARD,
    NOT_HEARD,
    RANK,
    Signal,
    Slot,
    assess,
    content_words,
    is_hypothetical,
    merge,
    quote_at,
    signals,
    tells_an_act,
)
from voice_interviewer.core.lexicon import content_stems, fold
from voice_interviewer.core.quoting import quotes
from voice_interviewer.core.requests import (
    ASK_BACK,
    FINISHED,
    REPEAT,
    SKIP,
    UNKNOWN,
    WAIT,
    asks_nothing,
    only_agrees,
    spoken_request,
)
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.core.wants import SENIOR, TRIGGERS, WANTED, asks_about_past

MOVES = (
    "wait",
    "clarify",
    "example",
    "own_part",
    "quantify",
    "result",
    "reasoning",
    "tradeoff",
    "reflection",
    "depth",
    "challenge",
    "contradiction",
    "redirect",
    "repeat",
    "hint",
    "skip",
    "move_on",
    "close",
)
"""Stable ids of everything an interviewer can do after an answer."""

PROBES = frozenset(
    (
        "clarify",
        "example",
        "own_part",
        "quantify",
        "result",
        "reasoning",
        "tradeoff",
        "reflection",
        "depth",
        "challenge",
        "contradiction",
    )
)
"""The moves that ask for more about the same question and use up its probe budget."""


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


@dataclass(frozen=True)
class Exchange:
    """One thing asked and what came back. slots describe this answer alone; turn numbers the answer."""

    turn: int
    question_id: str
    asked: str
    move: str | None
    answer: Transcript
    slots: tuple[Slot, ...] = ()


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


class Candidate(NamedTuple):
    """A move worth making, before it has words. quote: the candidate's own words that led to it, verbatim."""

    move: str
    target: str | None = None
    quote: str | None = None
    reason: str = ""


MIN_TIME_MS = 20_000
"""With less of the question's time left, nothing more is asked about it. Start value."""
MAX_PROBES = 3
"""However many the settings allow, no question gets more follow-ups than this."""
THIN_STEMS = 3
"""With fewer content words than this, nothing has been answered yet."""
PER_INTERVIEW = {"reflection": 2, "challenge": 2, "quantify": 3}
"""The same request wears out; these moves are made at most so often in one interview."""

MAX_REPEATS = 3
"""The question is said again at most so often; after that, asking for it once more means moving on."""
NOTHING_ASKED = "the candidate has no questions"
"""The reason to leave a closing question to which nothing was asked."""

_SHORT_TYPES = frozenset(("factual", "warmup", "closing"))
"""Questions that one word may answer."""
_UNPROBED = _SHORT_TYPES | {"motivation"}


def is_non_answer(question: Question, asked: str, asked_move: str | None, answer: Transcript) -> bool:
    """Whether an answer says nothing: silence, a word or two, the question said back, or "I don't know".

    After a follow-up only silence and "I don't know" count, because a word or two may answer it.
    """
    request = spoken_request(answer.text)
    if request is not None:
        return request == UNKNOWN
    stems = set(content_words(answer))
    if asked_move in PROBES or question.type in _SHORT_TYPES or tells_an_act(answer):
        return not fold(answer.text).strip()
    return len(stems) < THIN_STEMS or len(stems - set(content_stems(f"{question.say} {asked}"))) < 2


def rank_moves(context: ReplyContext, slots: Sequence[Slot]) -> tuple[Candidate, ...]:
    """The moves that fit this answer, best first; the first is the verdict. slots: what `assess` heard in it.

    A spoken request and a non-answer have one move. Otherwise wanted follow-ups come first, then `move_on`,
    then what could still be asked; once a stop rule holds, `move_on` leads.
    """
    route = _requested(context) or _unanswered(context)
    if route is not None:
        return (route,)
    if context.question.type in _UNPROBED:
        return (Candidate("move_on", reason=f"a {context.question.type} question is not probed"),)
    heard = _Heard(context, slots)
    wanted, spare = _follow_ups(context, heard)
    stop = _stop(context, heard)
    if stop is not None:
        return (Candidate("move_on", reason=stop), *wanted, *spare)
    done = "there is more to ask, but it can be left" if wanted else "what is wanted has been heard"
    return (*wanted, Candidate("move_on", reason=done), *spare)


# --- requests and non-answers ---------------------------------------------------------------------


def _history(context: ReplyContext) -> tuple[Exchange, ...]:
    return tuple(exchange for exchange in context.earlier if exchange.question_id == context.question.id)


def _requested(context: ReplyContext) -> Candidate | None:
    request, quote = spoken_request(context.answer.text), context.answer.text
    closing = context.question.type == "closing"
    repeats = sum(e.move == "repeat" for e in _history(context)) + (context.asked_move == "repeat")
    if closing and asks_nothing(quote):
        return Candidate("move_on", quote=quote or None, reason=NOTHING_ASKED)
    if request == ASK_BACK and closing:
        return None
    if request in (REPEAT, ASK_BACK) and repeats < MAX_REPEATS:
        about = "asked to hear the question again" if request == REPEAT else "asked about the question"
        return Candidate("repeat", quote=quote, reason=about)
    if request == SKIP and not closing:
        return Candidate("skip", quote=quote, reason="asked to skip the question")
    if (request == WAIT or (closing and only_agrees(quote))) and not _waited(context):
        return Candidate("wait", quote=quote, reason="asked for time")
    if request in (FINISHED, SKIP, REPEAT, ASK_BACK):
        return Candidate("move_on", quote=quote, reason="the candidate has no more to say here")
    return None


def _waited(context: ReplyContext) -> bool:
    """Whether time has been granted in this turn already: something was said after the question was."""
    if context.asked_move == "wait":
        return True
    return context.asked in context.said and context.said[-1] != context.asked


def _unanswered(context: ReplyContext) -> Candidate | None:
    question, answer = context.question, context.answer
    waited_for_nothing = spoken_request(answer.text) == WAIT
    if not waited_for_nothing and not is_non_answer(question, context.asked, context.asked_move, answer):
        return None
    if question.type == "closing" or _non_answers(context) >= 1:
        return Candidate("move_on", reason="nothing more was said")
    if context.time_left_ms < MIN_TIME_MS:
        return Candidate("move_on", reason="the time for this question is used up")
    if spoken_request(answer.text) == UNKNOWN:
        if context.asked_move in PROBES or question.type in _UNPROBED:
            return Candidate("move_on", quote=answer.text, reason="the candidate does not know")
        return Candidate("hint", quote=answer.text, reason="the candidate does not know where to start")
    return Candidate("repeat", reason="nothing was answered yet")


def _non_answers(context: ReplyContext) -> int:
    """Non-answers to this question before this one. Asking to hear it again, or about it, is free."""
    history = _history(context)
    free = sum(spoken_request(exchange.answer.text) in (REPEAT, ASK_BACK) for exchange in history)
    counted = sum(is_non_answer(context.question, e.asked, e.move, e.answer) for e in history)
    return max(context.non_answers - free, counted)


# --- follow-ups -----------------------------------------------------------------------------------


class _Heard:
    """All that was heard about one question: this answer and the earlier ones together."""

    def __init__(self, context: ReplyContext, slots: Sequence[Slot]) -> None:
        question, history = context.question, _history(context)
        before = [e.slots or assess(question, e.answer) for e in history]
        told = Transcript(tuple(word for e in history for word in e.answer.words))
        together = Transcript(told.words + context.answer.words)
        self.now = signals(context.answer)
        self.all = signals(together)
        self.states_before = _states(merge(*before), signals(told))
        self.states = _states(merge(*before, slots), self.all)
        self.hypothetical = is_hypothetical(self.all)

    def missing(self, slot: str) -> bool:
        return self.states.get(slot, NOT_HEARD) == NOT_HEARD

    def gained(self) -> bool:
        """Whether this answer showed anything that the earlier ones had not."""
        return any(
            RANK[state] > RANK[self.states_before.get(name, NOT_HEARD)]
            for name, state in self.states.items()
            if name not in ("hypothetical", "team_action")
        )

    def we_heavy(self) -> bool:
        return self.states["own_action"] != HEARD and len(self.all["team_action"].matches) >= 2


def _states(slots: dict[str, str], heard: dict[str, Signal]) -> dict[str, str]:
    """Slots and general signals in one table, the better state of each."""
    states = dict(slots)
    for name, signal in heard.items():
        if RANK[signal.state] >= RANK[states.get(name, NOT_HEARD)]:
            states[name] = signal.state
    return states


def _asked_moves(context: ReplyContext) -> list[str]:
    moves = [exchange.move for exchange in _history(context)] + [context.asked_move]
    return [move for move in moves if move is not None and move in PROBES]


def _stop(context: ReplyContext, heard: _Heard) -> str | None:
    """Why nothing more is asked about this question, or None."""
    used = max(context.probes_used, len(_asked_moves(context)))
    if context.time_left_ms < MIN_TIME_MS:
        return "the time for this question is used up"
    if used >= min(context.max_probes, MAX_PROBES):
        return "enough follow-ups"
    if _non_answers(context) >= 2:
        return "two non-answers"
    if context.asked_move in PROBES and not heard.gained():
        return "the last follow-up added nothing"
    return None


def _follow_ups(context: ReplyContext, heard: _Heard) -> tuple[list[Candidate], list[Candidate]]:
    """What this question still wants, and what could be asked besides."""
    asked = set(_asked_moves(context))
    asked |= {move for move, limit in PER_INTERVIEW.items() if _made(context, move) >= limit}
    wanted: list[Candidate] = []
    spare: list[Candidate] = []
    for move, target, needed in _openings(context, heard):
        if move in asked:
            continue
        asked.add(move)
        candidate = Candidate(move, target, _trigger(context, heard, move), f"{target} was not heard")
        (wanted if needed else spare).append(candidate)
    return wanted, spare


def _made(context: ReplyContext, move: str) -> int:
    return sum(exchange.move == move for exchange in context.earlier) + (context.asked_move == move)


def _openings(context: ReplyContext, heard: _Heard) -> Iterator[tuple[str, str, bool]]:
    """Move, slot and whether it is wanted, in the order an interviewer would think of them."""
    kind = context.question.type
    if asks_about_past(context.question):
        if heard.we_heavy() and not heard.hypothetical:
            yield "own_part", "own_action", True
        told = any(not heard.missing(name) for name in ("own_action", "team_action", "example", "result"))
        if heard.hypothetical or not told:
            yield "example", "situation", True
    for move, slot in WANTED.get(kind, ()):
        if move == "quantify" and heard.missing("result") and heard.missing("adoption"):
            continue
        if slot == "own_action" and not asks_about_past(context.question):
            continue
        if heard.missing(slot):
            yield move, slot, True
    if heard.missing("reflection") and asks_about_past(context.question):
        yield "reflection", "reflection", context.level in SENIOR
    if heard.missing("tradeoff"):
        yield "tradeoff", "tradeoff", False


def _trigger(context: ReplyContext, heard: _Heard, move: str) -> str | None:
    """The candidate's words that lead to a move: a piece that can be said back where there is one."""
    pieces = quotes(context.answer, context.doubt_threshold)
    # What came of it is asked about the last thing done, how it was meant about the first.
    pieces = pieces[::-1] if move in ("result", "quantify") else pieces
    for name in TRIGGERS.get(move, ()):
        matches = heard.now[name].matches
        clean = next((piece.text for piece in pieces if any(a <= piece.start < b for a, b in matches)), None)
        if clean is not None:
            return clean
    for name in TRIGGERS.get(move, ()):
        if heard.now[name].matches:
            return quote_at(context.answer, *heard.now[name].matches[0]).text
    return None
