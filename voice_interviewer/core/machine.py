"""The interview as one pure machine: `step(state, event) -> (state, commands)`.

    new ─SessionStarted─> speaking ─last line ended─> listening ─AnswerGate / key─> thinking ─ReplyPlanned─┐
                              ^                         typing ───AnswerTyped────────^                     │
                              └───────────────── a probe, a bridge, the next question ─────────────────────┘

Interviewer and candidate never hold the floor together: while a line is said the microphone belongs to nobody
(half duplex). An answer is over when the gate says so or a key does; then its last sound becomes words, the
engine plans the reply, and the reply is spoken. Nothing the candidate says moves the machine, only how an
answer is routed by the engine's verdict, and the limits (probes, time) are kept here.

An event that cannot have happened in this state raises IllegalEvent and nothing has changed. Results of
workers that come too late are legal: they are dropped by turn and revision.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voice_interviewer.core import events as e
from voice_interviewer.core.evidence import RANK
from voice_interviewer.core.gate import NO_ANSWER, SILENCE
from voice_interviewer.core.interruptions import cut_off, only_noise, speech_resumed
from voice_interviewer.core.keys import press
from voice_interviewer.core.pauses import (
    PRE_ROLL_MS,
    as_heard_ahead,
    assess,
    hear_tail,
    pause_ended,
    reply_ahead,
    words_heard,
)
from voice_interviewer.core.probing import PROBES, Exchange, Move, Reply
from voice_interviewer.core.requests import UNKNOWN, spoken_request, was_not_finished
from voice_interviewer.core.state import Pending, State
from voice_interviewer.core.steps import (
    Step,
    advance,
    after_lines,
    ask_gate,
    hush,
    resume_turn,
    say,
    speak_first,
)
from voice_interviewer.core.transcript import Transcript, Word

READING_MS_PER_WORD = 300
"""Time a line stays when it is read instead of heard: 200 words per minute, a slow silent reading pace."""
MOST_FAILURES = 2
"""After so many segments of one question that nobody could make out, the interview goes on."""
MOST_EXCHANGES = 8
"""Turns on one question, repeats that were asked for included."""
NOT_MADE_OUT = "Sorry, I could not make that out. Please say it again, or type it."
PARTING = "Let's go on."


class IllegalEvent(Exception):  # noqa: N818 - the event is illegal, not the machine
    """This event cannot have happened in this state; the state is unchanged."""


def step(state: State, event: e.Event) -> Step:
    """The next state and what to do. Pure. Raises IllegalEvent for an event no real session can produce
    here."""
    handler = TABLE.get(type(event))
    if handler is None:
        raise IllegalEvent(f"{type(event).__name__} is not an event")
    started = isinstance(event, e.SessionStarted)
    if state.phase == "ended" or started != (state.phase == "new"):
        raise IllegalEvent(f"{type(event).__name__} while {state.phase}")
    turn = getattr(event, "turn", None)
    if turn is not None and turn > state.last_turn:
        raise IllegalEvent(f"{type(event).__name__} of turn {turn}, but turn {state.last_turn} is the newest")
    after, commands = handler(replace(state, at_ms=max(state.at_ms, event.at_ms)), event)
    return after, commands


# --- beginning and end --------------------------------------------------------------------------------


def _started(state: State, event: e.SessionStarted) -> Step:
    rate = event.settings.words_per_minute
    return advance(replace(state, plan=event.plan, settings=event.settings, words_per_minute=rate))


def _resumed(state: State, event: e.SessionResumed) -> Step:
    """Whatever was open when the program died is asked for again; results of the dead workers are
    outdated."""
    state = replace(state, revision=state.revision + 1, microphone_trouble=None, microphone_lost=False)
    state = replace(state, microphone_open=False, stops_owed=0)
    state = replace(state, speech_active=False, tail=None, assessing=None, planning=None, prepared=None)
    if state.open_segment_ms is not None:
        begin = max(state.open_segment_ms - PRE_ROLL_MS, state.closed_until_ms)
        state = replace(_await_words(state, begin, event.at_ms), open_segment_ms=None)
    commands: list[e.Command] = [
        e.TranscribeSegment(state.turn, p.segment, p.start_ms, p.end_ms) for p in state.pending
    ]
    again: Step = (state, ())
    if state.phase == "speaking":
        again = speak_first(state) if state.lines else after_lines(state)
    elif state.phase == "listening":
        again = resume_turn(state)
    elif state.phase in ("thinking", "ending"):
        again = _plan_when_ready(state)
    return again[0], (*commands, *again[1])


def _interrupted(state: State, event: e.SessionInterrupted) -> Step:
    if state.phase == "ending":
        return state, (e.EndSession("interrupted"),)
    return end_soon(state, "interrupted")


def end_soon(state: State, reason: str) -> Step:
    """Stop talking and listening, let the last sound become words, then end."""
    state, commands = hush(state)
    after, more = _plan_when_ready(replace(state, phase="ending", end_reason=reason, lines=()))
    return after, commands + more


def _ended(state: State, event: e.SessionEnded) -> Step:
    return replace(state, phase="ended", end_reason=event.reason), ()


# --- the interviewer's lines --------------------------------------------------------------------------


def _line_started(state: State, event: e.LineStarted) -> Step:
    line = state.line
    if line is None or line.id != event.line:
        return state, ()
    return replace(state, said=(*state.said, line.text), line_started_ms=event.at_ms), ()


def _line_finished(state: State, event: e.LineFinished) -> Step:
    if state.line is None or state.line.id != event.line:
        return state, ()
    return _next_line(state)


def _line_unspoken(state: State, event: e.LineUnspoken) -> Step:
    line = state.line
    if line is None or line.id != event.line:
        return state, ()
    until = state.at_ms + max(2000, READING_MS_PER_WORD * len(line.text.split()))
    said = (*state.said, line.text)
    return replace(state, said=said, reading_until_ms=until), (e.WakeAt(until),)


def _next_line(state: State) -> Step:
    state = replace(state, lines=state.lines[1:], reading_until_ms=None)
    return speak_first(state) if state.lines else after_lines(state)


# --- the candidate's answer ---------------------------------------------------------------------------


def _speech_started(state: State, event: e.SpeechStarted) -> Step:
    if state.phase != "listening":
        return state, ()
    state = pause_ended(state, event.onset_ms)
    onset_ms = max(0, event.onset_ms) if state.open_segment_ms is None else state.open_segment_ms
    since_ms = onset_ms if state.speaking_since_ms is None else state.speaking_since_ms
    state = replace(state, speech_active=True, open_segment_ms=onset_ms, speaking_since_ms=since_ms)
    return replace(state, heard_speech=True, holding=False), ()


def _speech_stopped(state: State, event: e.SpeechStopped) -> Step:
    state = replace(state, speech_active=False)
    if state.phase != "listening":
        return state, ()
    after, commands = ask_gate(replace(state, silent_since_ms=event.last_speech_ms))
    return after, (hear_tail(after) if after.phase == "listening" else ()) + commands


def _clock_reached(state: State, event: e.ClockReached) -> Step:
    if state.phase == "listening":
        return only_noise(state) or ask_gate(state)
    if state.phase == "speaking" and state.reading_until_ms is not None:
        if state.at_ms >= state.reading_until_ms:
            return _next_line(state)
        return state, (e.WakeAt(state.reading_until_ms),)
    return state, ()


def _segment_closed(state: State, event: e.SegmentClosed) -> Step:
    if event.turn not in (state.turn, state.adopted):
        return state, ()
    begun = event.end_ms if state.speech_active else None  # a long piece was cut while the candidate talks on
    tail = as_heard_ahead(state, event.start_ms)
    state = replace(state, open_segment_ms=begun, closed_until_ms=event.end_ms)
    state = _await_words(state, event.start_ms, event.end_ms)
    newest = state.pending[-1]
    if tail is not None:
        return _words_known(state, newest.segment, tail.words)
    return state, (e.TranscribeSegment(state.turn, newest.segment, event.start_ms, event.end_ms),)


def _await_words(state: State, start_ms: int, end_ms: int) -> State:
    """The sound between these times is the answer's next segment."""
    pending = (*state.pending, Pending(state.next_segment, start_ms, end_ms))
    return replace(state, pending=pending, next_segment=state.next_segment + 1)


def _segment_transcribed(state: State, event: e.SegmentTranscribed) -> Step:
    if event.turn != state.turn or event.segment not in {pending.segment for pending in state.pending}:
        return state, ()
    return _words_known(state, event.segment, event.words)


def _words_known(state: State, segment: int, words: tuple[Word, ...]) -> Step:
    """A closed segment has become words."""
    before = state
    heard = next(piece for piece in state.pending if piece.segment == segment)
    state = state.with_words(segment, words)
    if state.tail is not None and state.tail.start_ms < heard.end_ms:
        state = replace(state, tail=None)
    state = replace(state, draft=before.draft).redrafted(before)
    if words and state.phase in ("listening", "thinking"):
        state = replace(state, undo=None, cut_short=state.undo or state.cut_short)
    if state.phase != "listening":
        after, more = assess(state)
        after, planned = _plan_when_ready(after)
        return after, more + planned
    return _gate_after_words(state)


def _gate_after_words(state: State) -> Step:
    """What the gate makes of new words, and what they are worth to the engine."""
    noise = only_noise(state)
    if noise is not None:
        return noise
    if not state.heard_words and not state.pending and state.open_segment_ms is None:
        # a cough or a chair, not an answer: nobody has spoken yet
        return ask_gate(replace(state, heard_speech=state.speech_active, silent_since_ms=state.at_ms))
    state, work = assess(state)
    after, commands = ask_gate(state)
    return after, work + commands


def _words_heard(state: State, event: e.WordsHeard) -> Step:
    if state.phase != "listening" or event.turn not in (state.turn, state.adopted):
        return state, ()
    before, state = state, words_heard(state, event)
    if state is before:
        return state, ()
    if not state.speech_active:
        return _gate_after_words(state)
    return ask_gate(state)


def _segment_failed(state: State, event: e.SegmentFailed) -> Step:
    if event.turn != state.turn or event.segment not in {pending.segment for pending in state.pending}:
        return state, ()
    state = replace(state.with_words(event.segment, ()), failures=state.failures + 1)
    after, commands = _plan_when_ready(state)
    return (after, commands) if after.phase != "listening" else ask_gate(after)


def _listening_stopped(state: State, event: e.ListeningStopped) -> Step:
    return _plan_when_ready(replace(state, stops_owed=max(0, state.stops_owed - 1)))


def _answer_typed(state: State, event: e.AnswerTyped) -> Step:
    """A second line sent while the reply is being planned still belongs to the answer."""
    late = state.phase == "thinking" and state.closed_by == "typed"
    if not (late or state.phase == "typing") or event.turn != state.turn:
        return state, ()
    state = replace(state, revision=state.revision + late, undo=None)
    words = Transcript.typed(event.text, state.at_ms).words
    state = replace(state.with_words(state.next_segment, words), next_segment=state.next_segment + 1)
    return _plan_when_ready(replace(state, phase="thinking", closed_by="typed"))


def _plan_when_ready(state: State) -> Step:
    """Once the last sound of a closed answer has become words, ask for the reply (or end, if that is
    what waits)."""
    if state.waiting_for_words:
        return state, ()
    if state.phase == "ending":
        return state, (e.EndSession(state.end_reason),)
    if state.phase != "thinking":
        return state, ()
    if state.closed_by == SILENCE and not state.answer.words:
        return _ask_again(state) if state.failures else resume_turn(state)  # else it was only a noise
    ready = state.prepared
    if ready is not None and ready.draft == state.draft and not ready.reply.unsettled:
        return _speak_reply(state, ready.reply)
    return replace(state, planning=state.draft), (e.PlanReply(state.turn, state.revision, state.draft),)


def _ask_again(state: State) -> Step:
    """The candidate spoke and the recogniser failed: say so, do not treat it as silence, and do not go
    on for ever."""
    if state.failures > MOST_FAILURES:
        return advance(state)
    return say(state, "aside", NOT_MADE_OUT, then="resume_turn")


# --- the reply ----------------------------------------------------------------------------------------


def _evidence_assessed(state: State, event: e.EvidenceAssessed) -> Step:
    if (event.turn, event.revision) != (state.turn, state.revision):
        return state, ()
    if state.assessing is not None and state.assessing[0] == event.draft:
        state = replace(state, assessed=state.assessing, ending=event.ending, assessing=None)
    before = {slot.id: RANK[slot.state] for slot in state.slots}
    more = any(RANK[slot.state] > before.get(slot.id, 0) for slot in event.slots)
    news_ms = state.at_ms if more or state.news_ms is None else state.news_ms
    state, again = assess(replace(state, slots=event.slots, news_ms=news_ms))
    if state.phase != "listening":
        return state, again
    after, commands = ask_gate(state)
    return after, again + commands


def _reply_planned(state: State, event: e.ReplyPlanned) -> Step:
    if (event.turn, event.revision) != (state.turn, state.revision):
        return state, ()
    if state.phase == "listening":
        return reply_ahead(state, event)
    if state.phase != "thinking" or state.waiting_for_words:
        return state, ()
    if event.draft != state.draft or event.reply.unsettled:
        return state, ()
    return _speak_reply(state, event.reply)


def _speak_reply(state: State, reply: Reply) -> Step:
    """Say what the engine decided, within the machine's own limits."""
    move = _within_limits(state, reply.chosen)
    if move.move == "wait":
        return _wait(state, move)
    silent = state.closed_by == NO_ANSWER
    before = replace(state, undo=None, cut_short=None, pause_asked=False, quit_asked=False, skip_asked=False)
    before = replace(before, prepared=None, planning=None)
    state = replace(_remember(state, reply), undo=before, silences=state.silences + silent)
    if move.move in PROBES:
        state = replace(state, probes_used=state.probes_used + 1)
        return say(state, "probe", move.say, then="listen", move=move.move)
    if move.move == "redirect":
        return say(state, "probe", move.say, then="listen", move=move.move)
    if move.move in ("repeat", "hint"):
        asked_for = reply.request or spoken_request(before.answer.text)
        counted = asked_for in (None, UNKNOWN)  # asking to hear it again is free
        state = replace(state, non_answers=state.non_answers + counted)
        return say(state, "repeat", move.say, then="listen", move=move.move)
    item = state.plan_item
    if move.move == "close" and item and item.kind != "candidate_questions":
        return _leave(state)
    prepared = item.reply if item and before.answer.words else ""
    parting = move.say or prepared
    kind = "reply" if prepared else "bridge"
    return say(state, kind, parting, then="advance", move=move.move) if parting else advance(state)


def _wait(state: State, move: Move) -> Step:
    """Time was asked for; who says that they were not finished gets the turn back that was cut short."""
    cut = state.cut_short
    if cut is None or not cut.closed_by_gate or not was_not_finished(state.answer.text):
        state, commands = say(state, "aside", move.say, then="resume_turn")
        return replace(state, holding=True), commands
    back = cut_off(state, "words", state.at_ms).reopened(cut)
    after, commands = say(replace(back, phase="thinking"), "aside", move.say, then="resume_turn")
    return replace(after, adopted=None, holding=True), commands


def _leave(state: State) -> Step:
    """The candidate wants to stop: straight to the goodbye."""
    last = len(state.plan.items) - 1
    return advance(replace(state, item=last - 1)) if last > state.item else advance(state)


def _within_limits(state: State, move: Move) -> Move:
    """The machine, not the engine, keeps the limits: no probe beyond the budget, no third try after a
    non-answer."""
    beyond = move.move in PROBES and state.probes_used >= state.settings.max_probes
    here = state.question.id if state.question else ""
    many = sum(1 for exchange in state.exchanges if exchange.question_id == here) >= MOST_EXCHANGES
    stuck = move.move in ("repeat", "hint") and (state.non_answers >= 2 or many)
    if beyond or stuck or (move.move == "redirect" and many):
        return Move("move_on", PARTING, reason="limit reached")
    return move


def _remember(state: State, reply: Reply) -> State:
    asked = state.asked
    if asked is None or state.question is None:
        return state
    done = Exchange(
        state.turn, state.question.id, asked.text, asked.move, state.answer, reply.slots, reply.request
    )
    return replace(state, exchanges=(*state.exchanges, done), slots=reply.slots)


# --- keys and devices ---------------------------------------------------------------------------------


def _key_pressed(state: State, event: e.KeyPressed) -> Step:
    if event.key not in e.KEYS:
        raise IllegalEvent(f"no key means {event.key!r}")
    if event.key == "quit" and state.quit_asked:
        return end_soon(replace(state, quit_asked=False), "quit")
    asked = replace(state, quit_asked=event.key == "quit")
    return press(asked if event.key == "skip" else replace(asked, skip_asked=False), event.key)


def _microphone_lost(state: State, event: e.MicrophoneLost) -> Step:
    if event.silent and state.microphone_lost:
        state, commands = _heard_again(state)
    else:
        commands = ()
    return replace(state, microphone_trouble=event.reason, microphone_lost=not event.silent), commands


def _microphone_returned(state: State, event: e.MicrophoneReturned) -> Step:
    state = replace(state, microphone_trouble=None)
    return _heard_again(state) if state.microphone_lost else (state, ())


def _heard_again(state: State) -> Step:
    """Silence counts from here: what was said while the microphone was lost is unknown."""
    state = replace(state, microphone_lost=False, silent_since_ms=state.at_ms)
    return ask_gate(state) if state.phase == "listening" else (state, ())


TABLE: dict[type, Callable[[State, Any], Step]] = {
    e.SessionStarted: _started,
    e.SessionResumed: _resumed,
    e.SessionInterrupted: _interrupted,
    e.SessionEnded: _ended,
    e.LineStarted: _line_started,
    e.LineFinished: _line_finished,
    e.LineUnspoken: _line_unspoken,
    e.SpeechStarted: _speech_started,
    e.SpeechStopped: _speech_stopped,
    e.ClockReached: _clock_reached,
    e.SegmentClosed: _segment_closed,
    e.SegmentTranscribed: _segment_transcribed,
    e.SegmentFailed: _segment_failed,
    e.WordsHeard: _words_heard,
    e.SpeechResumed: speech_resumed,
    e.ListeningStopped: _listening_stopped,
    e.AnswerTyped: _answer_typed,
    e.EvidenceAssessed: _evidence_assessed,
    e.ReplyPlanned: _reply_planned,
    e.KeyPressed: _key_pressed,
    e.MicrophoneLost: _microphone_lost,
    e.MicrophoneReturned: _microphone_returned,
}

__all__ = ["IllegalEvent", "State", "step"]
