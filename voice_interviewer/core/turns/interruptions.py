"""Both at once: the candidate speaks on although the floor was taken, or speaks into one of our lines.

Whoever was cut off gets the turn back: our line is struck, what was said joins the same answer as a new
revision, and we wait longer from then on. A soft word ("take your time") gives way at once. With headphones
or a canceller any line that asks something may be interrupted; if it was only a noise, or an "mm-hm", the
line goes on from the beginning of its sentence."""

import re
from dataclasses import replace

from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import Barge, Checkpoint, CutOff, State
from voice_interviewer.core.turns.steps import Step, give_floor, go_on, hush, resume_turn, speak_first
from voice_interviewer.core.understanding.lexicon import fold

ONSET_ROLL_MS = 100
_LISTENING = "mm hm mhm uh huh um hmm aha yeah yes yep ok okay right sure i see"
BACKCHANNELS = frozenset(_LISTENING.split())
"""Said to show that one listens; nobody takes the floor with these."""


def spoken_on(state: State, event: e.SpeechResumed) -> Step:
    """The candidate goes on while the reply is being planned: the answer was not over."""
    if state.answer.closed_by in ("key", "typed") or state.by_keyboard:
        return state, ()
    return _reopen(state, None, event.onset_ms, max(0, event.onset_ms - ONSET_ROLL_MS))


def spoken_over(state: State, event: e.SpeechResumed) -> Step:
    """The candidate speaks into our line: an answer that goes on, an interruption, or nothing."""
    from_ms = max(0, event.onset_ms - ONSET_ROLL_MS)
    if state.by_keyboard or state.line is None:
        return state, ()
    if state.floor.then in ("go_on", "resume_turn"):
        state, stop = hush(state)
        over = replace(
            state,
            floor=replace(state.floor, lines=()),
            answer=replace(state.answer, silent_since_ms=event.onset_ms),
        )  # the silence that was answered
        after, commands = go_on(over, from_ms)
        return after, stop + commands
    since_ms = 0 if state.floor.line_started_ms is None else event.onset_ms - state.floor.line_started_ms
    undo = state.floor.undo
    if undo is not None and since_ms <= state.settings.early_ms and undo.answer.closed_by_gate:
        return _reopen(state, undo, event.onset_ms, from_ms)
    if state.settings.full_duplex and state.floor.then == "listen":
        barged = Barge(state.at_ms, state.checkpoint(), replace(state.floor, undo=None))
        state, stop = hush(state)
        after, commands = give_floor(replace(state, floor=replace(state.floor, lines=())), from_ms)
        wake = e.WakeAt(state.at_ms + state.settings.no_words_ms)
        return replace(after, floor=replace(after.floor, barged=barged)), (*stop, *commands, wake)
    return state, ()


def _reopen(state: State, undo: Checkpoint | None, onset_ms: int, from_ms: int) -> Step:
    barged = (
        Barge(state.at_ms, state.checkpoint(), state.floor) if state.settings.full_duplex and undo else None
    )
    state = cut_off(state, "voice", onset_ms)
    state = replace(state, floor=replace(state.floor, pause_asked=False))
    state, stop = hush(state)
    after, commands = resume_turn(state if undo is None else state.reopened(undo), from_ms)
    wake = () if barged is None else (e.WakeAt(state.at_ms + state.settings.no_words_ms),)
    return replace(after, floor=replace(after.floor, barged=barged)), (*stop, *commands, *wake)


def cut_off(state: State, how: str, at_ms: int) -> State:
    """We took the turn too early: note it, and be more patient with this candidate."""
    taken = (
        None if state.phase == "thinking" and how != "words" else state.floor.undo or state.floor.cut_short
    )
    answer = state.answer if taken is None else taken.answer
    gap_ms = max(0, at_ms - answer.silent_since_ms)
    noted = CutOff(answer.turn, state.at_ms, how, gap_ms)
    patience = min(state.settings.most_patience, state.floor.patience * state.settings.more_patience)
    return replace(
        state, floor=replace(state.floor, cut_offs=(*state.floor.cut_offs, noted), patience=patience)
    )


def only_noise(state: State) -> Step | None:
    """After an interruption: back to our line if nothing but a noise or an "mm-hm" came of it."""
    barged = state.floor.barged
    if barged is None or state.phase != "listening":
        return None
    said = [
        word
        for word in state.answer.heard_words
        if word.start_ms >= barged.at_ms - state.settings.no_words_ms
    ]
    if any(part not in BACKCHANNELS for word in said for part in fold(word.text).split()):
        return None
    waiting = (
        state.floor.speech_active
        or state.answer.pending
        or (state.floor.open_segment_ms is not None and not said)
    )
    if waiting or (
        not said
        and state.answer.heard_speech
        and state.at_ms - state.answer.silent_since_ms < state.settings.no_words_ms
    ):
        return None
    return _take_up(state, barged)


def _take_up(state: State, barged: Barge) -> Step:
    """Say the interrupted line again from the beginning of the sentence that was interrupted."""
    was, line = barged.floor, barged.floor.lines[0]
    heard_ms = barged.at_ms - (was.line_started_ms or barged.at_ms)
    rest = rest_of(line.text, heard_ms, was.words_per_minute)
    state, stop = hush(state)
    back = state.reopened(barged.point)
    floor = replace(back.floor, lines=(replace(line, text=rest), *was.lines[1:]), then=was.then)
    floor = replace(floor, undo=was.undo, patience=was.patience, cut_offs=was.cut_offs)
    after, commands = speak_first(replace(back, floor=floor))
    return after, stop + commands


def rest_of(text: str, heard_ms: int, words_per_minute: int) -> str:
    """The line from the beginning of the sentence in which it was broken off."""
    heard_words = heard_ms * words_per_minute // 60_000
    begin = 0
    for found in re.finditer(r"(?<=[.!?]) +", text):
        if len(text[: found.start()].split()) > heard_words:
            break
        begin = found.end()
    return text[begin:]
