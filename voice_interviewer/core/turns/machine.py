"""The interview as one pure machine: `step(state, event) -> (state, commands)`.

    new ─SessionStarted─> speaking ─last line ended─> listening ─AnswerGate / key─> thinking ─ReplyPlanned─┐
                              ^                         typing ───AnswerTyped────────^                     │
                              └───────────────── a probe, a bridge, the next question ─────────────────────┘

Interviewer and candidate never hold the floor together: while a line is said the microphone belongs to nobody
(half duplex). An answer is over when the gate says so or a key does; then its last sound becomes words, the
engine plans the reply, and the reply is spoken. Nothing the candidate says moves the machine, only how an
answer is routed by the engine's verdict, and the limits (probes, time) are kept here.

What each event does in each phase stands in one table, CELLS. An event that cannot have happened in this
state raises IllegalEvent and nothing has changed. Results of workers that come too late are legal: they are
dropped by turn and revision.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voice_interviewer.core.turns import answers, replies
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.interruptions import only_noise, spoken_on, spoken_over
from voice_interviewer.core.turns.keys import press
from voice_interviewer.core.turns.pauses import PRE_ROLL_MS, reply_ahead
from voice_interviewer.core.turns.state import PHASES, State
from voice_interviewer.core.turns.steps import (
    Step,
    advance,
    after_lines,
    ask_gate,
    hush,
    resume_turn,
    speak_first,
)

READING_MS_PER_WORD = 300
"""Time a line stays when it is read instead of heard: 200 words per minute, a slow silent reading pace."""


class IllegalEvent(Exception):  # noqa: N818 - the event is illegal, not the machine
    """This event cannot have happened in this state; the state is unchanged."""


def step(state: State, event: e.Event) -> Step:
    """The next state and what to do. Pure. Raises IllegalEvent for an event no real session can produce
    here."""
    handler = TABLE.get((state.phase, type(event)))
    if handler is None:
        raise IllegalEvent(f"{type(event).__name__} is not an event")
    if handler is illegal:
        raise IllegalEvent(f"{type(event).__name__} while {state.phase}")
    turn = getattr(event, "turn", None)
    if turn is not None and turn > state.floor.last_turn:
        raise IllegalEvent(
            f"{type(event).__name__} of turn {turn}, but turn {state.floor.last_turn} is the newest"
        )
    after, commands = handler(replace(state, at_ms=max(state.at_ms, event.at_ms)), event)
    return after, commands


# --- beginning and end --------------------------------------------------------------------------------


def _started(state: State, event: e.SessionStarted) -> Step:
    rate = event.settings.words_per_minute
    return advance(
        replace(
            state, plan=event.plan, settings=event.settings, floor=replace(state.floor, words_per_minute=rate)
        )
    )


def _resumed(state: State, event: e.SessionResumed) -> Step:
    """Whatever was open when the program died is asked for again; results of the dead workers are
    outdated."""
    floor = replace(state.floor, microphone_trouble=None, microphone_lost=False)
    floor = replace(floor, microphone_open=False, stops_owed=0, speech_active=False)
    answer = replace(state.answer, revision=state.answer.revision + 1, tail=None)
    state = replace(state, floor=floor, answer=answer, ahead=state.ahead.without_work())
    if state.floor.open_segment_ms is not None:
        begin = max(state.floor.open_segment_ms - PRE_ROLL_MS, state.floor.closed_until_ms)
        state = answers.await_words(
            replace(state, floor=replace(state.floor, open_segment_ms=None)), begin, event.at_ms
        )
    commands: list[e.Command] = [
        e.TranscribeSegment(state.answer.turn, p.segment, p.start_ms, p.end_ms) for p in state.answer.pending
    ]
    again: Step = (state, ())
    if state.phase == "speaking":
        again = speak_first(state) if state.floor.lines else after_lines(state)
    elif state.phase == "listening":
        again = resume_turn(state)
    elif state.phase in ("thinking", "ending"):
        again = replies.plan_when_ready(state)
    return again[0], (*commands, *again[1])


def _interrupted(state: State, event: e.SessionInterrupted) -> Step:
    return end_soon(state, "interrupted")


def _interrupted_again(state: State, event: e.SessionInterrupted) -> Step:
    """Ctrl-C while the interview is ending: the last words are not waited for."""
    return state, (e.EndSession("interrupted"),)


def end_soon(state: State, reason: str) -> Step:
    """Stop talking and listening, let the last sound become words, then end."""
    state, commands = hush(state)
    after, more = replies.plan_when_ready(
        replace(state, floor=replace(state.floor, phase="ending", end_reason=reason, lines=()))
    )
    return after, commands + more


def _ended(state: State, event: e.SessionEnded) -> Step:
    return replace(state, floor=replace(state.floor, phase="ended", end_reason=event.reason)), ()


# --- the interviewer's lines --------------------------------------------------------------------------


def _line_started(state: State, event: e.LineStarted) -> Step:
    line = state.line
    if line is None or line.id != event.line:
        return state, ()
    return replace(
        state, floor=replace(state.floor, said=(*state.floor.said, line.text), line_started_ms=event.at_ms)
    ), ()


def _line_finished(state: State, event: e.LineFinished) -> Step:
    if state.line is None or state.line.id != event.line:
        return state, ()
    return _next_line(state)


def _line_unspoken(state: State, event: e.LineUnspoken) -> Step:
    line = state.line
    if line is None or line.id != event.line:
        return state, ()
    until = state.at_ms + max(2000, READING_MS_PER_WORD * len(line.text.split()))
    said = (*state.floor.said, line.text)
    return replace(state, floor=replace(state.floor, said=said, reading_until_ms=until)), (e.WakeAt(until),)


def _next_line(state: State) -> Step:
    state = replace(state, floor=replace(state.floor, lines=state.floor.lines[1:], reading_until_ms=None))
    return speak_first(state) if state.floor.lines else after_lines(state)


def _still_listening(state: State, event: e.ClockReached) -> Step:
    return only_noise(state) or ask_gate(state)


def _still_reading(state: State, event: e.ClockReached) -> Step:
    """A line that is read instead of heard goes when there was time to read it."""
    if state.floor.reading_until_ms is None:
        return state, ()
    if state.at_ms >= state.floor.reading_until_ms:
        return _next_line(state)
    return state, (e.WakeAt(state.floor.reading_until_ms),)


# --- keys and devices ---------------------------------------------------------------------------------


def _key_pressed(state: State, event: e.KeyPressed) -> Step:
    if event.key not in e.KEYS:
        raise IllegalEvent(f"no key means {event.key!r}")
    if event.key == "quit" and state.floor.quit_asked:
        return end_soon(replace(state, floor=replace(state.floor, quit_asked=False)), "quit")
    skip_asked = state.floor.skip_asked and event.key == "skip"
    floor = replace(state.floor, quit_asked=event.key == "quit", skip_asked=skip_asked)
    return press(replace(state, floor=floor), event.key)


def _microphone_lost(state: State, event: e.MicrophoneLost) -> Step:
    if event.silent and state.floor.microphone_lost:
        state, commands = _heard_again(state)
    else:
        commands = ()
    return replace(
        state, floor=replace(state.floor, microphone_trouble=event.reason, microphone_lost=not event.silent)
    ), commands


def _microphone_returned(state: State, event: e.MicrophoneReturned) -> Step:
    state = replace(state, floor=replace(state.floor, microphone_trouble=None))
    return _heard_again(state) if state.floor.microphone_lost else (state, ())


def _heard_again(state: State) -> Step:
    """Silence counts from here: what was said while the microphone was lost is unknown."""
    state = replace(
        state,
        floor=replace(state.floor, microphone_lost=False),
        answer=replace(state.answer, silent_since_ms=state.at_ms),
        ahead=replace(state.ahead, turn_over=None),
    )
    return ask_gate(state) if state.phase == "listening" else (state, ())


# --- the table ----------------------------------------------------------------------------------------


def ignored(state: State, event: e.Event) -> Step:
    """Nothing follows from it here: it comes too late, or is for the review alone."""
    return state, ()


def illegal(state: State, event: e.Event) -> Step:
    raise IllegalEvent(f"{type(event).__name__} while {state.phase}")


Handler = Callable[[State, Any], Step]
CELLS: tuple[tuple[type, Handler, str], ...] = (
    #                                                        new
    #                                                        | speaking
    #                                                        | | listening
    #                                                        | | | typing
    #                                                        | | | | thinking
    #                                                        | | | | | paused
    #                                                        | | | | | | ending
    #                                                        | | | | | | | ended
    (e.SessionStarted, _started,                            "x ! ! ! ! ! ! !"),
    (e.SessionResumed, _resumed,                            "! x x x x x x !"),
    (e.SessionInterrupted, _interrupted,                    "! x x x x x   !"),
    (e.SessionInterrupted, _interrupted_again,              "            x  "),
    (e.SessionEnded, _ended,                                "! x x x x x x !"),
    (e.LineStarted, _line_started,                          "! x . . . . . !"),
    (e.LineFinished, _line_finished,                        "! x . . . . . !"),
    (e.LineUnspoken, _line_unspoken,                        "! x . . . . . !"),
    (e.SpeechStarted, answers.speech_started,               "! . x . . . . !"),
    (e.SpeechStopped, answers.speech_stopped,               "! . x . . . . !"),
    (e.SpeechResumed, spoken_over,                          "! x . .   . . !"),
    (e.SpeechResumed, spoken_on,                            "        x      "),
    (e.SegmentClosed, answers.segment_closed,               "! x x x x x x !"),
    (e.SegmentTranscribed, answers.segment_transcribed,     "! x x x x x x !"),
    (e.SegmentFailed, answers.segment_failed,               "! x x x x x x !"),
    (e.ListeningStopped, answers.listening_stopped,         "! x x x x x x !"),
    (e.WordsHeard, answers.live_words,                      "! . x . . . . !"),
    (e.ProsodyHeard, answers.prosody_heard,                 "! . x . . . . !"),
    (e.LanguageHeard, answers.language_heard,               "! . x . x . . !"),
    (e.FillersHeard, ignored,                               "! . . . . . . !"),
    (e.AnswerTyped, answers.answer_typed,                   "! . . x   . . !"),
    (e.AnswerTyped, answers.more_typed,                     "        x      "),
    (e.EvidenceAssessed, replies.evidence_assessed,         "! x x x x x x !"),
    (e.ReplyPlanned, reply_ahead,                           "! . x .   . . !"),
    (e.ReplyPlanned, replies.reply_planned,                 "        x      "),
    (e.KeyPressed, _key_pressed,                            "! x x x x x x !"),
    (e.ClockReached, _still_reading,                        "! x   . . . . !"),
    (e.ClockReached, _still_listening,                      "    x          "),
    (e.MicrophoneLost, _microphone_lost,                    "! x x x x x x !"),
    (e.MicrophoneReturned, _microphone_returned,            "! x x x x x x !"),
)  # fmt: skip
"""What an event leads to in each phase. x: this handler; a dot: it is ignored; !: it cannot happen; a space:
another row of the same event says."""


def _table(cells: tuple[tuple[type, Handler, str], ...]) -> dict[tuple[str, type], Handler]:
    """The handler of each phase and event. Raises ValueError where two rows speak about one pair, or a row
    does not have one mark for each phase."""
    table: dict[tuple[str, type], Handler] = {}
    for event, handler, marks in cells:
        for phase, mark in zip(PHASES, marks[::2], strict=True):
            if mark == " ":
                continue
            if (phase, event) in table:
                raise ValueError(f"{event.__name__} while {phase} stands in the table twice")
            table[phase, event] = {"x": handler, ".": ignored, "!": illegal}[mark]
    return table


TABLE = _table(CELLS)

__all__ = ["IllegalEvent", "State", "step"]
