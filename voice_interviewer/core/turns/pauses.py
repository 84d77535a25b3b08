"""What is done ahead while the candidate is silent, to be thrown away when they go on.

At every pause the open segment becomes words, the words are assessed, a reply is planned and its first line
is rendered, so that nothing is left to wait for when the gate takes the floor. At most one piece of each kind
is under way; what comes back for words that have changed meanwhile is dropped by its draft number, and asked
for anew."""

from dataclasses import replace

from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import Prepared, State, Tail

PRE_ROLL_MS = 500
LOOKS_MS = (3_000, 700)
"""So long before the floor is taken a reply that may get better is asked for again: when a slow engine may
begin, and when it should be done."""
PROSODY_MS, PROSODY_TAIL_MS = 8_000, 200
"""A model of prosody hears so much of an answer at most, and so much of the silence after it."""
LEAST_PAUSE_MS = 200
PAUSES_KEPT = 60
"""The candidate's newest pauses, enough for some ten minutes of answers."""

Commands = tuple[e.Command, ...]


def pause_ended(state: State, onset_ms: int) -> State:
    """Speech again: the silence before it was one of the candidate's own pauses."""
    length_ms = onset_ms - state.answer.silent_since_ms
    inside = (
        state.answer.speaking_since_ms is not None
        and state.answer.heard_speech
        and not state.floor.speech_active
    )
    if not inside or state.answer.holding or length_ms < LEAST_PAUSE_MS:
        return state
    return replace(
        state, floor=replace(state.floor, pauses_ms=(*state.floor.pauses_ms, length_ms)[-PAUSES_KEPT:])
    )


def hear_tail(state: State) -> Commands:
    """A pause: have the open segment heard now, in case it is the last."""
    if not state.settings.speculate or state.floor.open_segment_ms is None:
        return ()
    begin_ms = max(state.floor.open_segment_ms - PRE_ROLL_MS, state.floor.closed_until_ms)
    return (e.TranscribeTail(state.answer.turn, begin_ms, state.at_ms),)


def hear_prosody(state: State) -> Commands:
    """A pause: have its beginning judged by its sound. More silence than PROSODY_TAIL_MS would itself sound
    like an end."""
    if not state.settings.prosody or state.answer.speaking_since_ms is None:
        return ()
    end_ms = min(state.at_ms, state.answer.silent_since_ms + PROSODY_TAIL_MS)
    begin_ms = max(state.answer.speaking_since_ms - PRE_ROLL_MS, end_ms - PROSODY_MS, 0)
    return (e.HearProsody(state.answer.turn, begin_ms, end_ms),)


def words_heard(state: State, event: e.WordsHeard) -> State:
    """Live words of the open segment; older ones, or those of a closed segment, are dropped."""
    known_until = state.answer.tail.until_ms if state.answer.tail else state.floor.closed_until_ms
    if state.floor.open_segment_ms is None or event.until_ms < max(known_until, state.floor.open_segment_ms):
        return state
    tail = Tail(event.start_ms, event.until_ms, event.words, event.tail)
    return replace(state, answer=replace(state.answer, tail=tail).redrafted(state.answer))


def assess(state: State) -> tuple[State, Commands]:
    """Have the newest words assessed, unless that is done or something is being assessed already."""
    count = len(state.answer.heard_words)
    useful = count and state.question is not None and state.phase in ("listening", "thinking")
    if not useful or state.ahead.assessing is not None or state.ahead.assessed == (state.answer.draft, count):
        return state, ()
    floor_in_ms = None if state.ahead.due_ms is None else max(0, state.ahead.due_ms - state.at_ms)
    command = e.AssessEvidence(state.answer.turn, state.answer.revision, state.answer.draft, floor_in_ms)
    return replace(state, ahead=replace(state.ahead, assessing=(state.answer.draft, count))), (command,)


def plan_ahead(state: State) -> tuple[State, Commands]:
    """In a pause whose words are all known and assessed: plan the reply that would follow now."""
    if (
        not state.settings.speculate
        or state.phase != "listening"
        or state.floor.speech_active
        or state.answer.pending
    ):
        return state, ()
    if (
        state.ahead.planning is not None
        or state.ahead.assessed[0] != state.answer.draft
        or not state.answer.heard_words
    ):
        return state, ()
    done = state.ahead.prepared
    if done is None or done.draft != state.answer.draft:
        return _plan(state)
    look_ms = next((ms for ms in LOOKS_MS if done.floor_in_ms is None or ms < done.floor_in_ms), None)
    if not done.reply.unsettled or look_ms is None or state.ahead.due_ms is None:
        return state, ()
    if state.ahead.due_ms - state.at_ms > look_ms:
        return state, (e.WakeAt(state.ahead.due_ms - look_ms),)
    return _plan(state)


def _plan(state: State) -> tuple[State, Commands]:
    command = e.PlanReply(state.answer.turn, state.answer.revision, state.answer.draft, speculative=True)
    return replace(state, ahead=replace(state.ahead, planning=state.answer.draft)), (command,)


def reply_ahead(state: State, event: e.ReplyPlanned) -> tuple[State, Commands]:
    """A reply planned in a pause: keep it and have its line rendered, or plan anew if the words went on."""
    if (event.turn, event.revision) != (state.answer.turn, state.answer.revision):
        return state, ()
    state = replace(state, ahead=replace(state.ahead, planning=None))
    if event.draft != state.answer.draft:
        return plan_ahead(state)
    before = state.ahead.prepared
    floor_in_ms = None if state.ahead.due_ms is None else state.ahead.due_ms - state.at_ms
    state = replace(
        state, ahead=replace(state.ahead, prepared=Prepared(event.draft, event.reply, floor_in_ms))
    )
    line = event.reply.chosen.say
    known = before is not None and before.reply.chosen.say == line
    ready = (e.PrepareLine(line, state.floor.words_per_minute),) if line and not known else ()
    after, more = plan_ahead(state)
    return after, (*ready, *more)
