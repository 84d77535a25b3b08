"""When a reply that may get better is asked for again in a pause: far from the end of the answer not at all,
then when a slow engine may begin, and when it should be done."""

from dataclasses import replace

import pytest

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.pauses import LOOKS_MS, plan_ahead, reply_ahead
from voice_interviewer.core.turns.state import Ahead, Answer, Floor, State, Tail

FIRST_MS, LAST_MS = LOOKS_MS
WORDS = Transcript.typed("we rebuilt the data set", 1_000).words
REPLY = Reply(Move("result", "What came of it?"), unsettled=True)


def pause(floor_in_ms: int | None, prepared_when: int | None = -1) -> State:
    """A pause whose words were assessed; prepared_when: how far the floor was when a reply was last made
    ready, -1: there is none."""
    due_ms = None if floor_in_ms is None else 10_000 + floor_in_ms
    state = State(
        load_turn_rules(),
        at_ms=10_000,
        floor=Floor("listening", last_turn=1),
        answer=Answer(1, draft=1, tail=Tail(1_000, 10_000, WORDS, whole=True)),
        ahead=Ahead(assessed=(1, len(WORDS)), planning=1),
    )
    if prepared_when == -1:
        return replace(state, ahead=replace(state.ahead, planning=None, due_ms=due_ms))
    then = None if prepared_when is None else 10_000 + prepared_when
    state, _ = reply_ahead(
        replace(state, ahead=replace(state.ahead, due_ms=then)), e.ReplyPlanned(10_000, 1, 0, REPLY, 1)
    )
    return replace(state, ahead=replace(state.ahead, planning=None, due_ms=due_ms))


@pytest.mark.parametrize(
    ("floor_in_ms", "prepared_when", "asked", "wake_in_ms"),
    [
        (5_000, -1, True, None),
        (5_000, 5_200, False, 5_000 - FIRST_MS),
        (FIRST_MS, 5_200, True, None),
        (FIRST_MS - 20, FIRST_MS - 10, False, FIRST_MS - 20 - LAST_MS),
        (LAST_MS, FIRST_MS - 10, True, None),
        (LAST_MS - 20, LAST_MS, False, None),
        (400, None, True, None),
        (5_000, None, False, 5_000 - FIRST_MS),
        (None, 5_000, False, None),
    ],
)
def test_a_reply_that_may_get_better_is_looked_at_twice_before_the_end(
    floor_in_ms: int | None, prepared_when: int | None, asked: bool, wake_in_ms: int | None
) -> None:
    _, commands = plan_ahead(pause(floor_in_ms, prepared_when))
    wakes = [command.at_ms - 10_000 for command in commands if isinstance(command, e.WakeAt)]
    assert any(isinstance(command, e.PlanReply) for command in commands) == asked
    assert wakes == ([] if wake_in_ms is None else [wake_in_ms])
