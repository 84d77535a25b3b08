"""The candidate's answer: speech, its pauses, and how sound becomes words."""

from dataclasses import replace

from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.interruptions import only_noise
from voice_interviewer.core.turns.pauses import (
    assess,
    hear_prosody,
    hear_tail,
    pause_ended,
    words_heard,
)
from voice_interviewer.core.turns.replies import plan_when_ready
from voice_interviewer.core.turns.state import Pending, State
from voice_interviewer.core.turns.steps import Step, ask_gate
from voice_interviewer.core.understanding.languages import another


def speech_started(state: State, event: e.SpeechStarted) -> Step:
    state = pause_ended(state, event.onset_ms)
    onset_ms = max(0, event.onset_ms) if state.open_segment_ms is None else state.open_segment_ms
    since_ms = onset_ms if state.speaking_since_ms is None else state.speaking_since_ms
    state = replace(state, speech_active=True, open_segment_ms=onset_ms, speaking_since_ms=since_ms)
    return replace(state, heard_speech=True, holding=False, turn_over=None), ()


def speech_stopped(state: State, event: e.SpeechStopped) -> Step:
    state = replace(state, speech_active=False)
    after, commands = ask_gate(replace(state, silent_since_ms=event.last_speech_ms))
    heard = (*hear_tail(after), *hear_prosody(after)) if after.phase == "listening" else ()
    return after, heard + commands


def prosody_heard(state: State, event: e.ProsodyHeard) -> Step:
    """Good only for the silence it was asked about: speech that came since then has overtaken it."""
    late = state.speech_active or event.until_ms < state.silent_since_ms
    if late or event.turn not in (state.turn, state.adopted):
        return state, ()
    return ask_gate(replace(state, turn_over=event.over))


def segment_closed(state: State, event: e.SegmentClosed) -> Step:
    if event.turn not in (state.turn, state.adopted):
        return state, ()
    begun = event.end_ms if state.speech_active else None  # a long piece was cut while the candidate talks on
    state = replace(state, open_segment_ms=begun, closed_until_ms=event.end_ms)
    state = await_words(state, event.start_ms, event.end_ms)
    newest = state.pending[-1]
    return state, (e.TranscribeSegment(state.turn, newest.segment, event.start_ms, event.end_ms),)


def await_words(state: State, start_ms: int, end_ms: int) -> State:
    """The sound between these times is the answer's next segment."""
    pending = (*state.pending, Pending(state.next_segment, start_ms, end_ms))
    return replace(state, pending=pending, next_segment=state.next_segment + 1)


def segment_transcribed(state: State, event: e.SegmentTranscribed) -> Step:
    """Words that are owed, or known ones that read differently now, as long as the answer is open."""
    owed = event.segment in {pending.segment for pending in state.pending}
    again = state.phase == "listening" and state.has_words_of(event.segment)
    if event.turn != state.turn or not (owed or again):
        return state, ()
    if state.in_other_language:
        return _given_up(state, event.segment)
    return _words_known(state, event)


def _words_known(state: State, event: e.SegmentTranscribed) -> Step:
    """A closed segment has become words."""
    before, words = state, event.words
    heard_ms = next((piece.end_ms for piece in state.pending if piece.segment == event.segment), 0)
    state = state.revised(event.revised).with_words(event.segment, words)
    if state.tail is not None and state.tail.start_ms < heard_ms:
        state = replace(state, tail=None)
    state = replace(state, draft=before.draft).redrafted(before)
    if words and state.phase in ("listening", "thinking"):
        state = replace(state, undo=None, cut_short=state.undo or state.cut_short, silences=0)
    if state.phase != "listening":
        after, more = assess(state)
        after, planned = plan_when_ready(after)
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


def live_words(state: State, event: e.WordsHeard) -> Step:
    if event.turn not in (state.turn, state.adopted) or state.in_other_language:
        return state, ()
    before, state = state, words_heard(state.revised(event.revised), event)
    if state.heard_words == before.heard_words and state.tail == before.tail:
        return state, ()
    state = replace(state, draft=before.draft).redrafted(before)
    if not state.speech_active:
        return _gate_after_words(state)
    return ask_gate(state)


def segment_failed(state: State, event: e.SegmentFailed) -> Step:
    if event.turn != state.turn or event.segment not in {pending.segment for pending in state.pending}:
        return state, ()
    return _given_up(state, event.segment)


def _given_up(state: State, segment: int) -> Step:
    """No words could be made of that piece."""
    state = replace(state.with_words(segment, ()), failures=state.failures + 1)
    after, commands = plan_when_ready(state)
    return (after, commands) if after.phase != "listening" else ask_gate(after)


def language_heard(state: State, event: e.LanguageHeard) -> Step:
    """In another language than English nothing that was written down was said: the words of the answer go,
    and the candidate is told as when nothing could be made out."""
    if event.turn != state.turn or not another(event.language, event.probability):
        return state, ()
    before = state
    state = replace(
        state, other_language=(event.turn, event.language), failures=state.failures + 1, tail=None
    )
    state = replace(state, segments=tuple((number, ()) for number, _ in state.segments), slots=())
    state = state.redrafted(before)
    after, commands = plan_when_ready(state)
    return (after, commands) if after.phase != "listening" else ask_gate(after)


def listening_stopped(state: State, event: e.ListeningStopped) -> Step:
    return plan_when_ready(replace(state, stops_owed=max(0, state.stops_owed - 1)))


def answer_typed(state: State, event: e.AnswerTyped) -> Step:
    if event.turn != state.turn:
        return state, ()
    return _with_typed(replace(state, undo=None), event)


def more_typed(state: State, event: e.AnswerTyped) -> Step:
    """A second line sent while the reply is being planned still belongs to the answer."""
    if state.closed_by != "typed" or event.turn != state.turn:
        return state, ()
    return _with_typed(replace(state, revision=state.revision + 1, undo=None), event)


def _with_typed(state: State, event: e.AnswerTyped) -> Step:
    words = Transcript.typed(event.text, state.at_ms).words
    state = replace(state.with_words(state.next_segment, words), next_segment=state.next_segment + 1)
    return plan_when_ready(replace(state, phase="thinking", closed_by="typed"))
