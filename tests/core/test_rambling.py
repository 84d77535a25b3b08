"""A rambling answer is brought back at a pause, at most twice, and never in the calm style."""

from dataclasses import replace

import pytest

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, Slot
from voice_interviewer.core.model.moves import Exchange, Move, Reply
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.doubts import has_lost_the_way
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import RAMBLING
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State

QUESTION = Question("q", "behavioural", "Tell me about a hard week.", target_s=60)
SLOTS = (Slot("situation", HEARD, "it", 0, 2), Slot("result", NOT_HEARD))
SETTINGS = e.Settings(gate=GateSettings(fixed_ms=3000))


def talking(settings: e.Settings = SETTINGS, slots: tuple[Slot, ...] = SLOTS) -> State:
    """A candidate who has talked for 100 s; what was told in it was told in the first 20."""
    plan = Plan("r", "R", "mid", 10, 1, (PlanItem("core", QUESTION.say, QUESTION, 300),))
    state = State(load_turn_rules())
    happened: list[e.Event] = [
        e.SessionStarted(0, plan, settings),
        e.LineStarted(0, 1, 2000),
        e.LineFinished(2000, 1, 2000),
        e.SpeechStarted(3000, 3000),
        e.SegmentClosed(20_000, 1, 3000, 20_000),
        e.SegmentTranscribed(20_500, 1, 0, (Word("it", 3000, 20_000),)),
        e.EvidenceAssessed(21_000, 1, 0, slots),
    ]
    for event in happened:
        state, _ = step(state, event)
    return state


def pause_at(state: State, at_ms: int, length_ms: int) -> tuple[State, tuple[e.Command, ...]]:
    state, commands = step(state, e.SpeechStopped(at_ms + 200, at_ms))
    wakes = [command.at_ms for command in commands if isinstance(command, e.WakeAt)]
    if wakes and min(wakes) <= at_ms + length_ms:
        return step(state, e.ClockReached(min(wakes)))
    return state, commands


def test_the_floor_is_taken_in_a_pause_of_a_second() -> None:
    state, commands = pause_at(talking(), 100_000, 1000)
    assert state.phase == "thinking"
    assert state.answer.closed_by == RAMBLING
    assert any(isinstance(command, e.StopListening) for command in commands)
    assert state.context().rambling


def test_a_shorter_pause_is_left_alone() -> None:
    state, _ = pause_at(talking(), 100_000, 900)
    assert state.phase == "listening"


@pytest.mark.parametrize(
    ("length_s", "news_s", "lost"),
    [
        (91, 60, True),  # half as long again as a good answer of 60 s, nothing new for half a minute
        (91, 62, False),
        (89, 58, False),
        (75, 14, True),  # longer than a good one, nothing new for a whole minute
        (75, 16, False),
        (59, 0, False),
    ],
)
def test_when_an_answer_goes_nowhere(length_s: int, news_s: int, lost: bool) -> None:
    assert has_lost_the_way(1000 * length_s, 1000 * news_s, 60) is lost


def test_whoever_still_tells_something_new_goes_on() -> None:
    state = talking()
    state, _ = step(state, e.EvidenceAssessed(80_000, 1, 0, (*SLOTS[:1], Slot("result", HEARD, "it", 0, 2))))
    state = replace(state, answer=replace(state.answer, slots=SLOTS))
    assert pause_at(state, 100_000, 1000)[0].phase == "listening"


def test_an_answer_that_has_everything_is_not_brought_back() -> None:
    assert pause_at(talking(slots=SLOTS[:1]), 100_000, 1000)[0].phase == "listening"


@pytest.mark.parametrize(("made", "phase"), [(1, "thinking"), (2, "listening")])
def test_twice_in_an_interview(made: int, phase: str) -> None:
    before = tuple(Exchange(n, f"q{n}", "And?", "redirect", Transcript()) for n in range(made))
    state = talking()
    state = replace(state, agenda=replace(state.agenda, exchanges=before))
    assert pause_at(state, 100_000, 1000)[0].phase == phase


def test_never_where_the_style_forbids_it() -> None:
    assert pause_at(talking(replace(SETTINGS, redirects=0)), 100_000, 1000)[0].phase == "listening"


def test_being_brought_back_costs_no_follow_up() -> None:
    state, _ = pause_at(talking(), 100_000, 1000)
    state, _ = step(state, e.ListeningStopped(101_300, 1))
    move = Move("redirect", "Let me pause you there. How did it end?", "result")
    state, commands = step(
        state, e.ReplyPlanned(101_400, 1, 0, Reply(move, (move,), SLOTS), state.answer.draft)
    )
    assert isinstance(commands[0], e.Speak)
    assert commands[0].line.text == move.say
    assert (state.agenda.probes_used, state.agenda.non_answers) == (0, 0)
    assert state.agenda.asked is not None
    assert state.agenda.asked.move == "redirect"
