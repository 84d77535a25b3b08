"""What the candidate is told about whose turn it is: calm words in a pause, and what we took back.

Nothing here counts down and nothing hurries: a hint says that silence is fine, never how long it may last.
"""

from collections.abc import Callable

from voice_interviewer.content.screen_words import load_screen_words
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import ASKED_FOR_TIME, judge
from voice_interviewer.core.turns.state import State

THINKING_MS = 2500
"""A silence of this length is a pause to think, not the gap between two sentences (design value)."""
SORRY_MS = 8000
"""So long after we gave a turn back it is said that we are sorry: time to read it and to find the thread."""


def hint_of(state: State, now_ms: int) -> str:
    """One calm line for this moment of an answer given aloud, or nothing. now_ms: the session clock."""
    if state.phase != "listening" or state.floor.microphone_trouble:
        return ""
    hints = load_screen_words().hints
    cut = state.floor.cut_offs[-1] if state.floor.cut_offs else None
    if cut is not None and cut.turn == state.answer.turn and now_ms - cut.at_ms < SORRY_MS:
        return hints["sorry"]
    if state.floor.speech_active or cannot_be_heard(state):
        return ""
    if _asked_for_time(state):
        return hints["waiting"]
    return hints["thinking"] if now_ms - state.answer.silent_since_ms >= THINKING_MS else ""


def cannot_be_heard(state: State) -> bool:
    """Whether nobody has answered the question so far although it was asked again."""
    unheard = not (state.answer.heard_speech or state.floor.speech_active or state.by_keyboard)
    return state.agenda.silences > 0 and unheard and state.phase in ("listening", "speaking")


def unheard_note(state: State, type_key: str = "t", skip_key: str = "s") -> str:
    """What to do about it; empty where there is nothing to say, or the trouble is known already."""
    if not cannot_be_heard(state) or state.floor.microphone_trouble:
        return ""
    return load_screen_words().notes["unheard"].format(type=type_key, skip=skip_key)


def taken_back(before: State, after: State) -> str:
    """Our words between taking a turn and giving it back, if that is what led from `before` to `after`."""
    taken = before.floor.undo or before.floor.cut_short
    if taken is None or len(after.agenda.exchanges) >= len(before.agenda.exchanges):
        return ""
    return " ".join(before.floor.said[taken.said :])


class TurnWatch:
    """Observes an interview for the screen. struck: what we said too early, until our next line."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state, self._before = state, State(load_turn_rules())
        self.struck = ""

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        state, before = self._state(), self._before
        self._before = state
        if struck := taken_back(before, state):
            self.struck = struck
        elif any(isinstance(command, e.Speak) and command.line.kind != "aside" for command in commands):
            self.struck = ""


def _asked_for_time(state: State) -> bool:
    """By key, or in words such as "let me think", as the gate heard them."""
    return (
        state.answer.holding
        or judge(state.observe(state.at_ms), state.settings.gate, state.rules.pauses).reason == ASKED_FOR_TIME
    )
