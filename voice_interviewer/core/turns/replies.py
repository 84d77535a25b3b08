"""The reply: planned when the answer's last sound has become words, said within the machine's own limits."""

from dataclasses import replace

from voice_interviewer.core.model.evidence import RANK
from voice_interviewer.core.model.moves import Exchange, Move, Reply, is_probe
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import NO_ANSWER, SILENCE
from voice_interviewer.core.turns.interruptions import cut_off
from voice_interviewer.core.turns.pauses import assess
from voice_interviewer.core.turns.state import State
from voice_interviewer.core.turns.steps import Step, advance, ask_gate, resume_turn, say
from voice_interviewer.core.understanding.requests import UNKNOWN, spoken_request, was_not_finished


def plan_when_ready(state: State) -> Step:
    """Once the last sound of a closed answer has become words, ask for the reply (or end, if that is
    what waits)."""
    if state.waiting_for_words:
        return state, ()
    if state.phase == "ending":
        return state, (e.EndSession(state.floor.end_reason),)
    if state.phase != "thinking":
        return state, ()
    if state.answer.closed_by == SILENCE and not state.answer.words:
        return ask_again(state) if state.agenda.failures else resume_turn(state)  # else it was only a noise
    ready = state.ahead.prepared
    if ready is not None and ready.draft == state.answer.draft and not ready.reply.unsettled:
        return speak_reply(state, ready.reply)
    return replace(state, ahead=replace(state.ahead, planning=state.answer.draft)), (
        e.PlanReply(state.answer.turn, state.answer.revision, state.answer.draft),
    )


def ask_again(state: State) -> Step:
    """The candidate spoke and the recogniser failed: say so, do not treat it as silence, and do not go
    on for ever."""
    if state.agenda.failures > state.settings.max_failures:
        return advance(state)
    asides = state.rules.asides
    line = asides.other_language if state.answer.other_language else asides.not_made_out
    return say(
        replace(state, answer=replace(state.answer, other_language=None)), "aside", line, then="resume_turn"
    )


def evidence_assessed(state: State, event: e.EvidenceAssessed) -> Step:
    if (event.turn, event.revision) != (state.answer.turn, state.answer.revision):
        return state, ()
    if state.ahead.assessing is not None and state.ahead.assessing[0] == event.draft:
        ahead = replace(state.ahead, assessed=state.ahead.assessing, assessing=None)
        ahead = replace(ahead, ending=event.ending, asks_time=event.asks_time)
        state = replace(state, ahead=ahead)
    before = {slot.id: RANK[slot.state] for slot in state.answer.slots}
    more = any(RANK[slot.state] > before.get(slot.id, 0) for slot in event.slots)
    news_ms = state.at_ms if more or state.answer.news_ms is None else state.answer.news_ms
    state, again = assess(replace(state, answer=replace(state.answer, slots=event.slots, news_ms=news_ms)))
    if state.phase != "listening":
        return state, again
    after, commands = ask_gate(state)
    return after, again + commands


def reply_planned(state: State, event: e.ReplyPlanned) -> Step:
    """The reply to an answer that is over."""
    if (event.turn, event.revision) != (state.answer.turn, state.answer.revision):
        return state, ()
    if state.waiting_for_words or event.draft != state.answer.draft or event.reply.unsettled:
        return state, ()
    return speak_reply(state, event.reply)


def speak_reply(state: State, reply: Reply) -> Step:
    """Say what the engine decided, within the machine's own limits."""
    move = _within_limits(state, reply.chosen)
    if move.move == "wait":
        return _wait(state, move)
    silent = state.answer.closed_by == NO_ANSWER
    answer, undo = state.answer, state.checkpoint()
    state = _remember(state, reply)
    state = replace(
        state,
        floor=replace(state.floor, undo=undo),
        agenda=replace(state.agenda, silences=state.agenda.silences + silent),
    )
    if is_probe(move.move):
        state = replace(state, agenda=replace(state.agenda, probes_used=state.agenda.probes_used + 1))
        return say(state, "probe", move.say, then="listen", move=move.move)
    if move.move == "redirect":
        return say(state, "probe", move.say, then="listen", move=move.move)
    if move.move in ("repeat", "hint"):
        asked_for = reply.request or spoken_request(answer.text)
        counted = asked_for in (None, UNKNOWN)  # asking to hear it again is free
        state = replace(state, agenda=replace(state.agenda, non_answers=state.agenda.non_answers + counted))
        return say(state, "repeat", move.say, then="listen", move=move.move)
    item = state.plan_item
    if move.move == "close" and item and item.kind != "candidate_questions":
        return _leave(state)
    prepared = item.reply if item and answer.words else ""
    parting = move.say or prepared
    kind = "reply" if prepared else "bridge"
    return say(state, kind, parting, then="advance", move=move.move) if parting else advance(state)


def _wait(state: State, move: Move) -> Step:
    """Time was asked for; who says that they were not finished gets the turn back that was cut short."""
    cut = state.floor.cut_short
    if cut is None or not cut.answer.closed_by_gate or not was_not_finished(state.answer.text):
        state, commands = say(state, "aside", move.say, then="resume_turn")
        return replace(state, answer=replace(state.answer, holding=True)), commands
    back = cut_off(state, "words", state.at_ms).reopened(cut)
    after, commands = say(
        replace(back, floor=replace(back.floor, phase="thinking")), "aside", move.say, then="resume_turn"
    )
    return replace(after, answer=replace(after.answer, adopted=None, holding=True)), commands


def _leave(state: State) -> Step:
    """The candidate wants to stop: straight to the goodbye."""
    last = len(state.plan.items) - 1
    return (
        advance(replace(state, agenda=replace(state.agenda, item=last - 1)))
        if last > state.agenda.item
        else advance(state)
    )


def _within_limits(state: State, move: Move) -> Move:
    """The machine, not the engine, keeps the limits: no probe beyond the budget, no third try after a
    non-answer."""
    beyond = is_probe(move.move) and state.agenda.probes_used >= state.settings.max_probes
    here = state.question.id if state.question else ""
    many = (
        sum(1 for exchange in state.agenda.exchanges if exchange.question_id == here)
        >= state.settings.max_exchanges
    )
    stuck = move.move in ("repeat", "hint") and (state.agenda.non_answers >= 2 or many)
    if beyond or stuck or (move.move == "redirect" and many):
        return Move("move_on", state.rules.asides.parting, reason="limit reached")
    return move


def _remember(state: State, reply: Reply) -> State:
    asked = state.agenda.asked
    if asked is None or state.question is None:
        return state
    done = Exchange(
        state.answer.turn,
        state.question.id,
        asked.text,
        asked.move,
        Transcript(state.answer.words),
        reply.slots,
        reply.request,
    )
    return replace(
        state,
        agenda=replace(state.agenda, exchanges=(*state.agenda.exchanges, done)),
        answer=replace(state.answer, slots=reply.slots),
    )
