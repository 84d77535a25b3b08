"""What each key does. Everything that can be done by voice can be done by key, and nothing said is lost
by one."""

from collections.abc import Callable
from dataclasses import replace

from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.interruptions import cut_off
from voice_interviewer.core.turns.state import State
from voice_interviewer.core.turns.steps import (
    Step,
    advance,
    ask_gate,
    end_pause,
    finish,
    hush,
    pause,
    resume_turn,
    say,
    speak_first,
    take_floor,
)

RATE_STEP, RATE_MIN, RATE_MAX = 15, 100, 260
"""Words per minute: one key press, and the range in which the embedded voices stay intelligible."""


def press(state: State, key: str) -> Step:
    """The step a key asks for; a key that means nothing here changes nothing."""
    if state.phase == "ending" or (state.phase == "paused" and key not in ("pause", "faster", "slower")):
        return state, ()
    handler = _KEYS.get(key)
    return handler(state) if handler else (state, ())


def _done(state: State) -> Step:
    """The answer is complete; or, where answers are typed, the line has been read."""
    if state.line and state.by_keyboard:
        return state, (e.StopSpeaking(state.line.id),)
    return take_floor(state, "key") if state.phase == "listening" else (state, ())


def _unfinished(state: State) -> Step:
    """I wasn't finished: back to the answer that was taken as over; the line that followed is struck."""
    if state.phase == "thinking":
        state = replace(state, floor=replace(state.floor, pause_asked=False))
        return resume_turn(cut_off(state, "key", state.at_ms) if state.answer.closed_by_gate else state)
    if state.floor.undo is None:
        return state, ()
    undo = state.floor.undo
    state, stop = hush(cut_off(state, "key", state.at_ms) if undo.answer.closed_by_gate else state)
    after, commands = resume_turn(state.reopened(undo))
    return after, stop + commands


def _hold(state: State) -> Step:
    """I need time; where the turn was taken already, that it was taken too early."""
    if state.phase != "listening":
        return _unfinished(state) if state.floor.undo or state.phase == "thinking" else (state, ())
    return ask_gate(replace(state, answer=replace(state.answer, holding=True, silent_since_ms=state.at_ms)))


def _repeat(state: State) -> Step:
    """Say the question again; what was answered so far stays."""
    if state.phase == "speaking" and state.floor.lines:
        state, stop = hush(state)
        after, commands = speak_first(state)
        return after, stop + commands
    asked = state.agenda.asked
    if state.phase not in ("listening", "typing") or asked is None:
        return state, ()
    state, stop = hush(state)
    after, commands = say(state, "aside", asked.text, then="resume_turn")
    return after, stop + commands


def _pause(state: State) -> Step:
    if state.phase == "paused":
        back = end_pause(state)
        if back.phase == "speaking":
            return speak_first(back)
        return resume_turn(replace(back, answer=replace(back.answer, holding=True)))
    if state.phase == "thinking":
        return replace(state, floor=replace(state.floor, pause_asked=not state.floor.pause_asked)), ()
    paused_from = state.phase
    state, stop = hush(state)
    return pause(state, paused_from), stop


def _skip(state: State) -> Step:
    """Leave this question (or this line) without an answer; asks once where an answer would be lost."""
    if state.phase == "thinking" or state.plan_item is None:
        return state, ()
    if state.phase in ("listening", "typing") and state.has_answer and not state.floor.skip_asked:
        return replace(state, floor=replace(state.floor, skip_asked=True)), ()
    kind = state.plan_item.kind
    state, stop = hush(replace(state, floor=replace(state.floor, skip_asked=False)))
    if kind == "close":
        after, commands = finish(state)
        return after, stop + commands
    after, commands = advance(replace(state, floor=replace(state.floor, lines=(), undo=None)))
    return after, stop + commands


def _type(state: State) -> Step:
    """Type instead of speaking, or go back to the voice. What was said already stays part of the answer."""
    if state.phase == "typing" and not state.settings.typed:
        return resume_turn(replace(state, floor=replace(state.floor, typing=False)))
    if state.phase == "listening":
        state, stop = hush(state)
        return replace(state, floor=replace(state.floor, phase="typing", typing=True)), stop
    return (
        (state, ())
        if state.settings.typed
        else (replace(state, floor=replace(state.floor, typing=not state.floor.typing)), ())
    )


def _faster(state: State) -> Step:
    return _at_rate(state, min(RATE_MAX, state.floor.words_per_minute + RATE_STEP))


def _slower(state: State) -> Step:
    return _at_rate(state, max(RATE_MIN, state.floor.words_per_minute - RATE_STEP))


def _at_rate(state: State, words_per_minute: int) -> Step:
    return replace(state, floor=replace(state.floor, words_per_minute=words_per_minute)), ()


_KEYS: dict[str, Callable[[State], Step]] = {
    "done": _done,
    "unfinished": _unfinished,
    "hold": _hold,
    "repeat": _repeat,
    "pause": _pause,
    "skip": _skip,
    "type": _type,
    "faster": _faster,
    "slower": _slower,
}
