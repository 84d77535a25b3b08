"""All that was heard about one question so far, over the first answer and those to its follow-ups."""

from collections.abc import Callable, Sequence

from voice_interviewer.core.model.bank import SLOTS
from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, RANK, Signal, Slot
from voice_interviewer.core.model.moves import Exchange, ReplyContext
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Span, Transcript
from voice_interviewer.core.understanding.evidence import (
    GENERAL,
    LABEL_UNSURE,
    assess,
    endings,
    is_hypothetical,
    merge,
    signals,
    together,
)
from voice_interviewer.core.understanding.lexicon import CARDINAL, CHANGE, PAST, PLAIN, Phrase, fold

Read = Callable[[str, Transcript], Reading]
"""What was asked and what was answered -> how a model read it."""

PROBABLE = 0.4
"""From this probability on, what must be there is not asked for: it may well have been told."""
_NUMBER = Phrase(
    rf"{CARDINAL}|half|twice|double|third|quarter|percent|zero|none|no one|nobody|not (?:one|a single)"
)
FAINT = 0.2
LEAST_PAST = 1
_PAST = Phrase(
    r"was|were|wasn't|weren't|had|hadn't|did|didn't|said|knew|saw|thought|felt|came|got"
    rf"|(?!need|feed|speed|indeed)[a-z]{{2,}}ed|{PAST}"
)
_PRESENT = Phrase(r"is|are|am|do|does|don't|doesn't|i'm|you're|they're|it's|always|usually|you")
_NO_PROGRESS = frozenset(("hypothetical", "team_action"))
"""Hearing more of these brings an answer no further."""


def history(context: ReplyContext) -> tuple[Exchange, ...]:
    """The finished exchanges about the question that is open now, oldest first."""
    return tuple(exchange for exchange in context.earlier if exchange.question_id == context.question.id)


def moves_here(context: ReplyContext) -> list[str | None]:
    """The moves by which the open question was put and followed up so far, oldest first."""
    return [*(exchange.move for exchange in history(context)), context.asked_move]


def made(context: ReplyContext, move: str) -> int:
    """How often that move was made in the whole interview."""
    return sum(exchange.move == move for exchange in context.earlier) + (context.asked_move == move)


def waited(context: ReplyContext) -> bool:
    """Whether time has been granted in this turn already: something was said after the question was."""
    if context.asked_move == "wait":
        return True
    return context.asked in context.said and context.said[-1] != context.asked


class Heard:
    """States and signals of the answer just given, of the earlier ones, and of all together.

    now: signals of this answer, to point at its words; all: signals of the whole exchange.
    """

    def __init__(
        self, context: ReplyContext, slots: Sequence[Slot], read: Read, catalogue: Catalogue
    ) -> None:
        question, past, self._must = context.question, history(context), catalogue.must
        names = (*GENERAL, *SLOTS.get(question.type, ()))
        self.reading = read(context.asked, context.answer)
        self.now = signals(self.reading, _cues(names))
        before: dict[str, Signal] = {}
        self._readings = [self.reading]
        for exchange in past:
            self._readings.append(read(exchange.asked, exchange.answer))
            before = together(before, signals(self._readings[-1], _cues(names)))
        self.all = together(before, self.now)
        told = [e.slots or assess(question, e.answer, read(e.asked, e.answer)) for e in past]
        self.states_before = _states(merge(*told), before)
        self.states = _states(merge(*told, slots), self.all)
        self.hypothetical = is_hypothetical(self.all)
        self.happened = any(
            _tells_the_past(text) for text in (context.answer.text, *(e.answer.text for e in past))
        )
        self.words = sum(len(e.answer.words) for e in past) + len(context.answer.words)

    def missing(self, slot: str) -> bool:
        return self.states.get(slot, NOT_HEARD) == NOT_HEARD

    def wanting(self, slot: str) -> bool:
        """Whether to ask for it: what must be there until it is sure, the rest while it is missing."""
        if slot == "measure" and self._counts_a_result():
            return False
        if slot == "result":
            told = [value for reading in self._readings for _, value in _endings(reading)]
            return max(told, default=0.0) < PROBABLE
        if slot in self._must and not self.sure(slot):
            rows = [reading.labels.get(slot, ()) for reading in self._readings]
            return max((value for row in rows for value in row), default=0.0) < PROBABLE
        return self.missing(slot)

    def sure(self, slot: str) -> bool:
        return self.states.get(slot, NOT_HEARD) == HEARD

    def _counts_a_result(self) -> bool:
        """Whether a piece that may be the result has a number in it."""
        return any(
            value >= LABEL_UNSURE and _NUMBER.search(fold(unit.text)) is not None
            for reading in self._readings
            for unit, value in _endings(reading)
        )

    def gained(self) -> bool:
        """Whether this answer showed anything that the earlier ones had not."""
        return any(
            state == HEARD and self.states_before.get(name, NOT_HEARD) != HEARD
            for name, state in self.states.items()
            if name not in _NO_PROGRESS
        )

    def we_heavy(self) -> bool:
        """Whether a story is told of "we" and hardly of "I"."""
        return self.states.get("own_action") != HEARD and len(self.all["team_action"].matches) >= 2


def _endings(reading: Reading) -> list[tuple[Span, float]]:
    return [(unit, _cued(unit, value)) for _, unit, value in endings(reading)]


def _cued(unit: Span, value: float) -> float:
    """A faint result with one of its usual words in it is a probable one."""
    if not FAINT <= value < PROBABLE:
        return value
    folded = fold(unit.text)
    return PROBABLE if PLAIN["result"].search(folded) or CHANGE.search(folded) else value


def _tells_the_past(text: str) -> bool:
    """Whether something that happened is told: more verbs in the past than words of what is or always is."""
    past, present = past_words(text)
    return past >= LEAST_PAST and past >= present


def past_words(text: str) -> tuple[int, int]:
    """How many words tell of what was, and how many of what is or always is."""
    folded = fold(text)
    return sum(1 for _ in _PAST.finditer(folded)), sum(1 for _ in _PRESENT.finditer(folded))


def _cues(names: Sequence[str]) -> set[str]:
    """The signals behind those slots, as far as they have one of their own."""
    return {name for name in names if name not in ("situation", "why")}


def _states(slots: dict[str, str], heard: dict[str, Signal]) -> dict[str, str]:
    """Slots and general signals in one table, the better state of each."""
    states = dict(slots)
    for name, signal in heard.items():
        if RANK[signal.state] >= RANK[states.get(name, NOT_HEARD)]:
            states[name] = signal.state
    return states
