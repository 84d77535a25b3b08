"""The few movements every part of the machine makes: say something, go on in the plan, give or take the
floor."""

from dataclasses import replace

from voice_interviewer.core import events as e
from voice_interviewer.core.gate import judge
from voice_interviewer.core.schedule import core_ends_ms, enough_ms
from voice_interviewer.core.state import State

Step = tuple[State, tuple[e.Command, ...]]


def say(state: State, kind: str, text: str, then: str, move: str | None = None) -> Step:
    """Say one line; `then` is what follows it: listen, resume_turn, advance or end."""
    owner = state.question.id if state.question else None
    line = e.Line(state.next_line, kind, text, owner, move)
    state = replace(state, next_line=state.next_line + 1, lines=(line,), then=then, reading_until_ms=None)
    if kind in ("question", "probe") or (kind == "repeat" and then == "listen"):
        state = replace(state, asked=line)
    if state.pause_asked:
        return pause(replace(state, pause_asked=False), "speaking"), ()
    state = replace(state, phase="speaking")
    return state, (e.Speak(line, state.words_per_minute),)


def speak_first(state: State) -> Step:
    """Say the first waiting line from its beginning, under a new number: it was not (wholly) heard yet."""
    line = replace(state.lines[0], id=state.next_line)
    state = replace(
        state,
        phase="speaking",
        next_line=state.next_line + 1,
        lines=(line, *state.lines[1:]),
        reading_until_ms=None,
    )
    return state, (e.Speak(line, state.words_per_minute),)


def after_lines(state: State) -> Step:
    """Everything is said: do what was meant to follow."""
    if state.then == "listen":
        return give_floor(state)
    if state.then == "resume_turn":
        return resume_turn(state)
    if state.then == "end":
        return replace(state, phase="ending", end_reason="finished"), (e.EndSession("finished"),)
    return advance(state)


def advance(state: State) -> Step:
    """Go to the next station of the plan that the clock still allows."""
    index = _next_item(state)
    if index >= len(state.plan.items):
        return replace(state, phase="ending", end_reason="finished"), (e.EndSession("finished"),)
    item = state.plan.items[index]
    state = replace(
        state, item=index, item_started_ms=state.at_ms, probes_used=0, non_answers=0, asked=None, slots=()
    )
    state = replace(state, failures=0)
    if item.expects_answer:
        return say(state, "question", item.say, then="listen")
    return say(state, item.kind, item.say, then="end" if item.kind == "close" else "advance")


def _next_item(state: State) -> int:
    """Core questions give way when one more could not be asked and answered before the reserve for the
    candidate's own questions and the goodbye begins."""
    index, now_ms = state.item + 1, state.interview_ms(state.at_ms)
    left_ms = core_ends_ms(state.plan.minutes, state.settings.closing_reserve_ms) - now_ms
    if left_ms < enough_ms(state.plan, index, now_ms):
        while index < len(state.plan.items) and state.plan.items[index].kind == "core":
            index += 1
    return index


def give_floor(state: State) -> Step:
    """A new turn: the candidate's answer begins."""
    turn = state.turn + 1
    state = replace(state, turn=turn, last_turn=max(turn, state.last_turn), revision=0, slots=())
    state = replace(state, segments=(), pending=(), next_segment=0, holding=False, heard_speech=False)
    state = replace(state, open_segment_ms=None, closed_until_ms=state.at_ms, adopted=None)
    state = replace(state, speaking_since_ms=None, news_ms=None, closed_by="")
    after, commands = _open(state)
    upcoming = _next_item(state)
    if upcoming < len(state.plan.items):
        commands += (e.PrepareLine(state.plan.items[upcoming].say, state.words_per_minute),)
    return after, commands


def resume_turn(state: State) -> Step:
    """The same turn goes on, as a new revision. Everything said so far stays, and nobody is hurried: until
    the candidate speaks again the silence counts as asked for."""
    heard = bool(state.answer.words or state.pending)
    holding = state.holding or heard
    return _open(replace(state, revision=state.revision + 1, heard_speech=heard, holding=holding))


def _open(state: State) -> Step:
    if state.by_keyboard:
        return replace(state, phase="typing", speech_active=False), ()
    from_ms = state.at_ms + state.settings.echo_tail_ms
    state = replace(state, phase="listening", microphone_open=True, speech_active=False)
    state = replace(state, silent_since_ms=from_ms)
    after, commands = ask_gate(state)
    return after, (e.Listen(state.turn, from_ms), *commands)


def ask_gate(state: State) -> Step:
    """Take the floor if the answer is over, else arrange to look again."""
    verdict = judge(state.observe(state.at_ms), state.settings.gate)
    if verdict.over:
        return take_floor(state, verdict.reason)
    return state, () if verdict.look_again_ms is None else (e.WakeAt(verdict.look_again_ms),)


def pause(state: State, paused_from: str) -> State:
    """Stand still; `paused_from` is what goes on afterwards."""
    return replace(state, phase="paused", paused_from=paused_from, paused_since_ms=state.at_ms)


def end_pause(state: State) -> State:
    """The time of the pause counts neither for the interview nor for this question."""
    length_ms = state.at_ms - state.paused_since_ms
    return replace(
        state,
        phase=state.paused_from or "listening",
        paused_from=None,
        paused_ms=state.paused_ms + length_ms,
        item_started_ms=state.item_started_ms + length_ms,
    )


def take_floor(state: State, closed_by: str) -> Step:
    """The answer is over: close the microphone; the reply is planned when the last words are in."""
    return hush(replace(state, phase="thinking", holding=False, closed_by=closed_by))


def hush(state: State) -> Step:
    """Stop what is being said and what is being heard."""
    commands: tuple[e.Command, ...] = ()
    if state.line:
        commands += (e.StopSpeaking(state.line.id),)
    if state.microphone_open:
        commands += (e.StopListening(state.turn),)
        state = replace(state, microphone_open=False, speech_active=False, stops_owed=state.stops_owed + 1)
    return state, commands
