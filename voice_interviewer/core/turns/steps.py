"""The few movements every part of the machine makes: say something, go on in the plan, give or take the
floor."""

from dataclasses import replace

from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import NO_ANSWER, judge
from voice_interviewer.core.turns.pauses import plan_ahead
from voice_interviewer.core.turns.schedule import core_ends_ms, enough_ms
from voice_interviewer.core.turns.state import Agenda, Ahead, Answer, State

Step = tuple[State, tuple[e.Command, ...]]

SILENCES_BEFORE_OFFER = 2
"""The question was said again and a beginning was offered: after that it may be left out."""


def say(state: State, kind: str, text: str, then: str, move: str | None = None) -> Step:
    """Say one line; `then` is what follows it: listen, resume_turn, advance or end."""
    owner = state.question.id if state.question else None
    line = e.Line(state.floor.next_line, kind, text, owner, move)
    floor = replace(state.floor, next_line=state.floor.next_line + 1, lines=(line,), then=then)
    state = replace(state, floor=replace(floor, reading_until_ms=None, line_started_ms=None))
    if kind in ("question", "probe") or (kind == "repeat" and then == "listen"):
        state = replace(state, agenda=replace(state.agenda, asked=line))
    if state.floor.pause_asked:
        return pause(replace(state, floor=replace(state.floor, pause_asked=False)), "speaking"), ()
    state = replace(state, floor=replace(state.floor, phase="speaking"))
    return state, (e.Speak(line, state.floor.words_per_minute),)


def speak_first(state: State) -> Step:
    """Say the first waiting line from its beginning, under a new number: it was not (wholly) heard yet."""
    floor = state.floor
    line = replace(floor.lines[0], id=floor.next_line)
    lines = (line, *floor.lines[1:])
    floor = replace(floor, phase="speaking", next_line=line.id + 1, lines=lines, reading_until_ms=None)
    return replace(state, floor=floor), (e.Speak(line, floor.words_per_minute),)


def after_lines(state: State) -> Step:
    """Everything is said: do what was meant to follow."""
    state = replace(state, floor=replace(state.floor, line_started_ms=None))
    if state.floor.then == "listen":
        return give_floor(state)
    if state.floor.then == "go_on":
        return go_on(state)
    if state.floor.then == "resume_turn":
        return resume_turn(state)
    if state.floor.then == "end":
        return finish(state)
    return advance(state)


def finish(state: State) -> Step:
    """The plan is done."""
    floor = replace(state.floor, phase="ending", end_reason="finished", lines=())
    return replace(state, floor=floor), (e.EndSession("finished"),)


def advance(state: State) -> Step:
    """Go to the next station of the plan that the clock still allows."""
    index = _next_item(state)
    if index >= len(state.plan.items):
        return finish(state)
    item = state.plan.items[index]
    started_ms = state.interview_ms(state.at_ms)
    agenda = Agenda(index, started_ms, exchanges=state.agenda.exchanges)
    state = replace(state, agenda=agenda, answer=replace(state.answer, slots=()))
    if item.expects_answer:
        return say(state, "question", item.say, then="listen")
    return say(state, item.kind, item.say, then="end" if item.kind == "close" else "advance")


def _next_item(state: State) -> int:
    """Core questions give way when one more could not be asked and answered before the reserve for the
    candidate's own questions and the goodbye begins."""
    index, now_ms = state.agenda.item + 1, state.interview_ms(state.at_ms)
    left_ms = core_ends_ms(state.plan.minutes, state.settings.closing_reserve_ms) - now_ms
    if left_ms < enough_ms(state.plan, index, now_ms):
        while index < len(state.plan.items) and state.plan.items[index].kind == "core":
            index += 1
    return index


def give_floor(state: State, from_ms: int | None = None) -> Step:
    """A new turn: the candidate's answer begins, at from_ms if they have begun already."""
    answer = Answer(state.answer.turn + 1, silent_since_ms=state.at_ms)
    floor = replace(state.floor, last_turn=max(answer.turn, state.floor.last_turn))
    floor = replace(floor, open_segment_ms=None, closed_until_ms=state.at_ms)
    ahead = Ahead(due_ms=state.ahead.due_ms)
    after, commands = _open(replace(state, answer=answer, floor=floor, ahead=ahead), from_ms)
    upcoming = _next_item(state)
    if upcoming < len(state.plan.items):
        commands += (e.PrepareLine(state.plan.items[upcoming].say, state.floor.words_per_minute),)
    return after, commands


def resume_turn(state: State, from_ms: int | None = None) -> Step:
    """The same turn goes on, as a new revision. Everything said so far stays, and nobody is hurried: until
    the candidate speaks again the silence counts as asked for. from_ms: where they have begun to speak
    again."""
    heard = bool(state.answer.words or state.answer.pending)
    answer = replace(state.answer, revision=state.answer.revision + 1, heard_speech=heard)
    answer = replace(answer, holding=answer.holding or heard, told=(), tail=None)
    return _open(replace(state, answer=answer, ahead=state.ahead.without_work()), from_ms)


def go_on(state: State, from_ms: int | None = None) -> Step:
    """After a soft word: the same silence goes on, as if nothing had been said."""
    since_ms = state.answer.silent_since_ms
    after, listen = _listen(state, from_ms)
    if state.by_keyboard:
        return after, listen
    after, commands = ask_gate(replace(after, answer=replace(after.answer, silent_since_ms=since_ms)))
    return after, listen + commands


def _open(state: State, from_ms: int | None) -> Step:
    state, listen = _listen(state, from_ms)
    if state.by_keyboard:
        return state, listen
    after, commands = ask_gate(state)
    return after, listen + commands


def _listen(state: State, from_ms: int | None) -> Step:
    """Open the microphone, after the room's echo of our own voice has died away or from where speech
    began."""
    if state.by_keyboard:
        return replace(state, floor=replace(state.floor, phase="typing", speech_active=False)), ()
    begin_ms = state.at_ms + state.settings.echo_tail_ms if from_ms is None else from_ms
    floor = replace(state.floor, phase="listening", line_started_ms=None, barged=None)
    floor = replace(floor, microphone_open=True, speech_active=False, closed_until_ms=begin_ms)
    answer = replace(state.answer, silent_since_ms=max(begin_ms, state.at_ms))
    return replace(state, floor=floor, answer=answer), (e.Listen(answer.turn, begin_ms),)


def ask_gate(state: State) -> Step:
    """Take the floor if the answer is over, say something soft into a long silence, or arrange to look
    again."""
    verdict = judge(state.observe(state.at_ms), state.settings.gate, state.rules.pauses)
    state = replace(state, ahead=replace(state.ahead, due_ms=verdict.due_ms))
    if verdict.over:
        return take_floor(state, verdict.reason)
    if verdict.say is not None:
        answer = replace(state.answer, told=(*state.answer.told, verdict.say))
        state, stop = hush(replace(state, answer=answer))
        wordings: tuple[str, ...] = getattr(state.rules.asides, verdict.say)
        text = wordings[sum(line in wordings for line in state.floor.said) % len(wordings)]
        after, commands = say(state, "aside", text, then="go_on")
        return after, stop + commands
    state, ahead = plan_ahead(state)
    wakes = [command.at_ms for command in ahead if isinstance(command, e.WakeAt)]
    wakes += [] if verdict.look_again_ms is None else [verdict.look_again_ms]
    work = tuple(command for command in ahead if not isinstance(command, e.WakeAt))
    return state, (*work, e.WakeAt(min(wakes))) if wakes else work


def pause(state: State, paused_from: str) -> State:
    """Stand still; `paused_from` is what goes on afterwards."""
    floor = replace(state.floor, phase="paused", paused_from=paused_from, paused_since_ms=state.at_ms)
    return replace(state, floor=floor)


def end_pause(state: State) -> State:
    """The time of the pause counts neither for the interview nor for this question."""
    floor = state.floor
    paused_ms = floor.paused_ms + state.at_ms - floor.paused_since_ms
    floor = replace(floor, phase=floor.paused_from or "listening", paused_from=None, paused_ms=paused_ms)
    return replace(state, floor=floor)


def take_floor(state: State, closed_by: str) -> Step:
    """The answer is over: close the microphone; the reply is planned when the last words are in. Who says
    nothing at all hears the question again, then where one could begin, then that it may be skipped."""
    if closed_by == NO_ANSWER and state.agenda.silences == SILENCES_BEFORE_OFFER:
        state, stop = hush(replace(state, agenda=replace(state.agenda, silences=state.agenda.silences + 1)))
        after, commands = say(state, "aside", state.rules.asides.offer_to_skip, then="resume_turn")
        return after, stop + commands
    return hush(
        replace(
            state,
            floor=replace(state.floor, phase="thinking"),
            answer=replace(state.answer, holding=False, closed_by=closed_by),
        )
    )


def hush(state: State) -> Step:
    """Stop what is being said and what is being heard."""
    commands: tuple[e.Command, ...] = ()
    if state.line:
        commands += (e.StopSpeaking(state.line.id),)
    if state.floor.microphone_open:
        commands += (e.StopListening(state.answer.turn),)
        floor = replace(state.floor, microphone_open=False, speech_active=False)
        state = replace(state, floor=replace(floor, stops_owed=floor.stops_owed + 1))
    return state, commands
