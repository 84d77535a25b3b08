"""The table of phases and events is whole, and `step` does what it says."""

import random
import typing
from collections.abc import Iterator
from dataclasses import replace

import pytest
from timeline import Timeline, small_plan

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import CELLS, TABLE, IllegalEvent, _table, ignored, illegal, step
from voice_interviewer.core.turns.state import PHASES, State

KINDS = typing.get_args(e.Event)


def possible(state: State) -> Iterator[e.Event]:
    """Events of every kind as they would come now: of this line, this turn and what it waits for."""
    now, turn, line = state.at_ms + 100, state.answer.turn, state.line.id if state.line else 0
    segments = [piece.segment for piece in state.answer.pending] or [0]
    drafts = {state.answer.draft, state.ahead.assessing[0] if state.ahead.assessing else 0}
    begin = max(state.floor.closed_until_ms, state.floor.open_segment_ms or 0)
    word = (Word("perhaps", begin, now, 0.5),)
    yield e.SessionStarted(now, small_plan(), e.Settings())
    yield e.SessionResumed(now)
    yield e.SessionInterrupted(now)
    yield e.SessionEnded(now, "finished")
    yield from (e.LineStarted(now, line, 2000), e.LineFinished(now, line, 2000))
    yield e.LineUnspoken(now, line, "no voice")
    yield from (e.SpeechStarted(now, now - 64), e.SpeechStopped(now, now - 192), e.SpeechResumed(now, now))
    yield e.SegmentClosed(now, turn, begin, now)
    yield from (e.SegmentTranscribed(now, turn, segment, word) for segment in segments)
    yield from (e.SegmentFailed(now, turn, segment, "too slow") for segment in segments)
    yield e.ListeningStopped(now, turn)
    yield e.WordsHeard(now, turn, begin, now, word)
    yield e.ProsodyHeard(now, turn, now, 0.9)
    yield e.LanguageHeard(now, turn, "de", 0.99)
    yield e.FillersHeard(now, turn, word)
    yield e.AnswerTyped(now, turn, "typed words")
    slots = (Slot("result", "heard"),)
    yield from (e.EvidenceAssessed(now, turn, state.answer.revision, slots, draft, 0.9) for draft in drafts)
    reply = Reply(Move("own_part", "Which part was yours?"))
    yield from (e.ReplyPlanned(now, turn, state.answer.revision, reply, draft) for draft in drafts)
    yield from (e.KeyPressed(now, key) for key in e.KEYS)
    yield e.ClockReached(now + 60_000)
    yield from (e.MicrophoneLost(now, "gone"), e.MicrophoneReturned(now))


def conversation(seed: int) -> Iterator[State]:
    """Every state of a conversation at random, those that last for one event only included."""
    choose, talk = random.Random(seed), Timeline(gated=bool(seed % 2))
    actions = [
        "line",
        "line",
        "speak",
        "speak",
        "silence",
        "reply",
        "reply",
        "key",
        "typed",
        "unspoken",
        "any",
    ]
    for action in [*choose.choices([*actions, "lost"], k=25), "speak", "interrupt"]:
        if talk.phase != "ended":
            happen(talk, action, choose)
    state = State(load_turn_rules())
    for event, _ in talk.log:
        yield state
        if state.floor.stops_owed and state.phase == "thinking":  # spoken on before the microphone has closed
            yield step(state, e.SpeechResumed(state.at_ms, state.at_ms))[0]
        state, _ = step(state, event)
    yield state


def happen(talk: Timeline, action: str, choose: random.Random) -> None:
    state = talk.state
    if action == "line" and state.line and state.floor.reading_until_ms is None:
        talk.say_line()
    elif action == "unspoken" and state.line:
        talk.send(e.LineUnspoken(talk.now_ms, state.line.id, "no voice"))
    elif action == "speak" and state.phase == "listening":
        talk.speak(1.0, "i rebuilt the data set", understood=choose.random() < 0.6)
    elif action == "silence":
        talk.silence(choose.choice([0.3, 2.1, 25.0]))
    elif action == "reply" and state.floor.last_turn:
        talk.reply(choose.choice(["own_part", "move_on", "wait"]), "Say more.")
    elif action == "key":
        talk.key(choose.choice(["done", "hold", "pause", "type", "unfinished", "skip", "repeat"]))
    elif action == "typed" and state.phase == "typing":
        talk.send(e.AnswerTyped(talk.now_ms, state.answer.turn, "typed words"))
    elif action == "lost":
        talk.send(e.MicrophoneLost(talk.now_ms, "gone"))
    elif action == "interrupt":
        talk.send(e.SessionInterrupted(talk.now_ms))
    elif action == "any":
        rare = (e.SessionStarted, e.SessionEnded, e.ClockReached)
        talk.send(choose.choice([event for event in possible(state) if not isinstance(event, rare)]))
        talk.now_ms = talk.state.at_ms


def test_every_event_in_every_phase_is_in_the_table():
    assert set(TABLE) == {(phase, kind) for phase in PHASES for kind in KINDS}


def test_a_pair_stands_in_one_row_only():
    with pytest.raises(ValueError, match="FillersHeard while new stands in the table twice"):
        _table((*CELLS, (e.FillersHeard, ignored, "!              ")))
    with pytest.raises(ValueError, match="zip"):
        _table(((e.FillersHeard, ignored, "! ."),))


def test_only_a_start_is_legal_before_the_start_and_nothing_after_the_end():
    legal = {pair for pair, handler in TABLE.items() if handler is not illegal}
    assert [kind for phase, kind in legal if phase == "new"] == [e.SessionStarted]
    assert [phase for phase, kind in legal if kind is e.SessionStarted] == ["new"]
    assert not [kind for phase, kind in legal if phase == "ended"]


def test_step_does_what_the_table_says():
    """What is ignored changes nothing, what is illegal raises, and every other pair leads to something in one
    of these conversations: else it ought to be marked as ignored."""
    worked: set[tuple[str, type]] = set()
    for seed in range(70):
        for state in conversation(seed):
            for event in possible(state):
                pair = (state.phase, type(event))
                if TABLE[pair] is illegal:
                    with pytest.raises(IllegalEvent):
                        step(state, event)
                    continue
                after, commands = step(state, event)
                if commands or after != replace(state, at_ms=event.at_ms):
                    assert TABLE[pair] is not ignored, pair
                    worked.add(pair)
    handled = {pair for pair, handler in TABLE.items() if handler not in (ignored, illegal)}
    assert handled - worked == set()
