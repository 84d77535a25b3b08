"""The candidate's answer: speech, its pauses, and how sound becomes words."""

from dataclasses import replace

from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.interruptions import only_noise
from voice_interviewer.core.turns.pauses import assess, hear_prosody, hear_tail, pause_ended, words_heard
from voice_interviewer.core.turns.replies import plan_when_ready
from voice_interviewer.core.turns.state import Pending, State
from voice_interviewer.core.turns.steps import Step, ask_gate
from voice_interviewer.core.understanding.languages import another


def speech_started(state: State, event: e.SpeechStarted) -> Step:
    state = pause_ended(state, event.onset_ms)
    floor, answer = state.floor, state.answer
    onset_ms = max(0, event.onset_ms) if floor.open_segment_ms is None else floor.open_segment_ms
    since_ms = onset_ms if answer.speaking_since_ms is None else answer.speaking_since_ms
    floor = replace(floor, speech_active=True, open_segment_ms=onset_ms)
    answer = replace(answer, speaking_since_ms=since_ms, heard_speech=True, holding=False)
    return replace(state, floor=floor, answer=answer, ahead=replace(state.ahead, turn_over=None)), ()


def speech_stopped(state: State, event: e.SpeechStopped) -> Step:
    state = replace(state, floor=replace(state.floor, speech_active=False))
    after, commands = ask_gate(
        replace(state, answer=replace(state.answer, silent_since_ms=event.last_speech_ms))
    )
    heard = (*hear_tail(after), *hear_prosody(after)) if after.phase == "listening" else ()
    return after, heard + commands


def prosody_heard(state: State, event: e.ProsodyHeard) -> Step:
    """Good only for the silence it was asked about: speech that came since then has overtaken it."""
    late = state.floor.speech_active or event.until_ms < state.answer.silent_since_ms
    if late or event.turn not in (state.answer.turn, state.answer.adopted):
        return state, ()
    return ask_gate(replace(state, ahead=replace(state.ahead, turn_over=event.over)))


def segment_closed(state: State, event: e.SegmentClosed) -> Step:
    if event.turn not in (state.answer.turn, state.answer.adopted):
        return state, ()
    # a long piece is cut while the candidate talks on
    begun = event.end_ms if state.floor.speech_active else None
    state = replace(state, floor=replace(state.floor, open_segment_ms=begun, closed_until_ms=event.end_ms))
    state = await_words(state, event.start_ms, event.end_ms)
    newest = state.answer.pending[-1]
    return state, (e.TranscribeSegment(state.answer.turn, newest.segment, event.start_ms, event.end_ms),)


def await_words(state: State, start_ms: int, end_ms: int) -> State:
    """The sound between these times is the answer's next segment."""
    answer = state.answer
    piece = Pending(answer.next_segment, start_ms, end_ms)
    answer = replace(answer, pending=(*answer.pending, piece), next_segment=piece.segment + 1)
    return replace(state, answer=answer)


def segment_transcribed(state: State, event: e.SegmentTranscribed) -> Step:
    """Words that are owed, or known ones that read differently now, as long as the answer is open."""
    owed = event.segment in {pending.segment for pending in state.answer.pending}
    again = state.phase == "listening" and state.answer.has_words_of(event.segment)
    if event.turn != state.answer.turn or not (owed or again):
        return state, ()
    if state.answer.other_language:
        return _given_up(state, event.segment)
    return _words_known(state, event)


def _words_known(state: State, event: e.SegmentTranscribed) -> Step:
    """A closed segment has become words."""
    before, words = state, event.words
    heard_ms = next((piece.end_ms for piece in state.answer.pending if piece.segment == event.segment), 0)
    answer = state.answer.revised(event.revised).with_words(event.segment, words)
    if answer.tail is not None and answer.tail.start_ms < heard_ms:
        answer = replace(answer, tail=None)
    state = replace(state, answer=answer.redrafted(before.answer))
    if words and state.phase in ("listening", "thinking"):
        floor = replace(state.floor, undo=None, cut_short=state.floor.undo or state.floor.cut_short)
        state = replace(state, floor=floor, agenda=replace(state.agenda, silences=0))
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
    if not state.answer.heard_words and not state.answer.pending and state.floor.open_segment_ms is None:
        # a cough or a chair, not an answer: nobody has spoken yet
        heard = state.floor.speech_active
        answer = replace(state.answer, heard_speech=heard, silent_since_ms=state.at_ms)
        return ask_gate(replace(state, answer=answer))
    state, work = assess(state)
    after, commands = ask_gate(state)
    return after, work + commands


def live_words(state: State, event: e.WordsHeard) -> Step:
    if event.turn not in (state.answer.turn, state.answer.adopted) or state.answer.other_language:
        return state, ()
    before, revised = state.answer, state.answer.revised(event.revised)
    state = words_heard(replace(state, answer=revised), event)
    answer = state.answer
    if answer.heard_words == before.heard_words and answer.tail == before.tail:
        return state, ()
    state = replace(state, answer=answer.redrafted(before))
    if not state.floor.speech_active:
        return _gate_after_words(state)
    return ask_gate(state)


def segment_failed(state: State, event: e.SegmentFailed) -> Step:
    owed = event.segment in {pending.segment for pending in state.answer.pending}
    if event.turn != state.answer.turn or not owed:
        return state, ()
    return _given_up(state, event.segment)


def _given_up(state: State, segment: int) -> Step:
    """No words could be made of that piece."""
    state = replace(state, answer=state.answer.with_words(segment, ()))
    state = replace(state, agenda=replace(state.agenda, failures=state.agenda.failures + 1))
    after, commands = plan_when_ready(state)
    return (after, commands) if after.phase != "listening" else ask_gate(after)


def language_heard(state: State, event: e.LanguageHeard) -> Step:
    """In another language than English nothing that was written down was said: the words of the answer go,
    and the candidate is told as when nothing could be made out."""
    if event.turn != state.answer.turn or not another(event.language, event.probability):
        return state, ()
    answer = replace(state.answer, other_language=event.language, tail=None, slots=())
    answer = replace(answer, segments=tuple((number, ()) for number, _ in answer.segments))
    state = replace(state, answer=answer.redrafted(state.answer))
    state = replace(state, agenda=replace(state.agenda, failures=state.agenda.failures + 1))
    after, commands = plan_when_ready(state)
    return (after, commands) if after.phase != "listening" else ask_gate(after)


def listening_stopped(state: State, event: e.ListeningStopped) -> Step:
    return plan_when_ready(
        replace(state, floor=replace(state.floor, stops_owed=max(0, state.floor.stops_owed - 1)))
    )


def answer_typed(state: State, event: e.AnswerTyped) -> Step:
    if event.turn != state.answer.turn:
        return state, ()
    return _with_typed(replace(state, floor=replace(state.floor, undo=None)), event)


def more_typed(state: State, event: e.AnswerTyped) -> Step:
    """A second line sent while the reply is being planned still belongs to the answer."""
    if state.answer.closed_by != "typed" or event.turn != state.answer.turn:
        return state, ()
    return _with_typed(
        replace(
            state,
            answer=replace(state.answer, revision=state.answer.revision + 1),
            floor=replace(state.floor, undo=None),
        ),
        event,
    )


def _with_typed(state: State, event: e.AnswerTyped) -> Step:
    words = Transcript.typed(event.text, state.at_ms).words
    answer = state.answer.with_words(state.answer.next_segment, words)
    answer = replace(answer, next_segment=answer.next_segment + 1, closed_by="typed")
    return plan_when_ready(replace(state, answer=answer, floor=replace(state.floor, phase="thinking")))
