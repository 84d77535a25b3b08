"""AnswerGate: is this answer over?

Pure, on the session clock. It is asked at every event of an open answer and says whether to take the floor,
or when to ask again. What was asked for aloud is a rule: time to think, or to take over. So is what cannot be
an end, a sentence that stops at "and the". Everything else is weighed: how likely the end is and how long
this silence may still be a pause give the wait that costs least (`turn_end`)."""

from dataclasses import dataclass
from itertools import pairwise

from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.turns.turn_end import LONG_MS, LOST, PauseModel, odds, signs, wait_ms
from voice_interviewer.core.understanding.endings import Ending, read_ending

RAMBLING = "rambling"
"""The reason for taking the floor at a pause from somebody who has lost the way."""
SILENCE, NO_ANSWER = "silence", "no answer"
CLOSING, UNFINISHED, ASKED_FOR_TIME = "closing words", "unfinished", "asked for time"
TAKE_YOUR_TIME, ANYTHING_TO_ADD = "take_your_time", "anything_to_add"
"""What may be said softly into a long silence without taking the floor: fields of `rules.Asides`."""
PROSODY_MOST, PROSODY_SPREAD = 1.35, 0.7
"""A model of prosody scales the wait by 1.35 (goes on) down to 0.65 (is over). Start values."""


@dataclass(frozen=True)
class Observation:
    """What the gate may look at. All times in ms of the session clock.

    silent_since_ms: the last speech, or the opening of a turn without any. words: the answer so far,
    tentative ones of the open segment included. text_until_ms: sound up to here has become words (what was
    said after it is unknown). slots: the newest assessment of this answer, earlier answers to the same
    question included; None while there is none: then nothing is known to be open. ending: how much the
    answer's end sounds like the end of an answer to the engine (0..1), None while unknown; assessed_words:
    how many words that assessment had seen. pauses_ms: the candidate's own pauses so far in this interview,
    oldest first (each followed by more speech). patience: 1.0 is normal; it scales all waiting. told: what
    was already said softly in this turn."""

    now_ms: int
    silent_since_ms: int
    speech_active: bool
    heard_speech: bool
    holding: bool
    microphone_ok: bool = True
    rambling: bool = False
    """Much longer than a good answer, and nothing new for a while."""
    words: tuple[Word, ...] = ()
    text_until_ms: int = 0
    speaking_since_ms: int | None = None
    """When the candidate first spoke in this turn."""
    question_type: str = ""
    """One of the types of `core.model.bank`; empty: unknown."""
    target_s: int = 0
    """Length of a good answer to the question, in seconds; 0: unknown."""
    follow_up: bool = False
    """The line being answered is a probe: shorter answers are whole."""
    slots: tuple[Slot, ...] | None = None
    ending: float | None = None
    asks_time: bool = False
    """The engine heard time asked for in the last words, in whatever wording."""
    assessed_words: int = 0
    pauses_ms: tuple[int, ...] = ()
    patience: float = 1.0
    turn_over: float | None = None
    """What an optional model of prosody made of the last sounds: 0 goes on .. 1 is over."""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """over: take the floor, for this reason. look_again_ms: when to ask next; None = after the next event.
    due_ms: when the floor would be taken if nothing more is heard; None = not foreseeable. say: what to say
    softly now (TAKE_YOUR_TIME, ANYTHING_TO_ADD) without taking the floor."""

    over: bool
    reason: str
    look_again_ms: int | None = None
    due_ms: int | None = None
    say: str | None = None


def judge(seen: Observation, settings: GateSettings, pauses: PauseModel) -> Verdict:
    """Never over while speech is active or while the microphone is not to be trusted. pauses: what a
    silence may be.

    The same words and times always give the same due_ms, and more patience never an earlier one."""
    if seen.speech_active:
        return Verdict(False, "speaking")
    if not seen.microphone_ok:
        return Verdict(False, "microphone lost")
    if seen.holding:
        return (
            _on_hold(seen, settings)
            if settings.fixed_ms is None
            else _at(seen, settings.hold_ms, ASKED_FOR_TIME)
        )
    if not seen.heard_speech:
        return _at(seen, round(settings.no_answer_ms * max(seen.patience, 1.0)), NO_ANSWER)
    if settings.fixed_ms is not None:
        redirect_ms = settings.redirect_pause_ms if seen.rambling else settings.fixed_ms
        return _at(seen, min(redirect_ms, settings.fixed_ms), RAMBLING if seen.rambling else SILENCE)
    look = read_ending(tuple(word.text for word in seen.words))
    if seen.asks_time or (look.hold and read_ending(_since_thought(seen)).hold):
        return _on_hold(seen, settings)
    if seen.rambling:
        return _at(seen, round(settings.redirect_pause_ms * seen.patience), RAMBLING)
    allowed_ms, reason = _weighed(seen, look, settings, pauses)
    if seen.text_until_ms < seen.silent_since_ms:
        # what was said last is still unknown: it is waited for, but not for ever
        allowed_ms = max(allowed_ms, settings.text_wait_ms)
    return _at(seen, allowed_ms, reason, settings)


def _weighed(seen: Observation, look: Ending, settings: GateSettings, pauses: PauseModel) -> tuple[int, str]:
    """The silence after which the floor is taken, and why."""
    if not look.words:
        return round(settings.open_ms * seen.patience), SILENCE
    if (look.closing and look.words >= settings.closing_words) or look.asks_back:
        return round(settings.closing_ms * seen.patience), CLOSING
    values = signs(seen, look)
    wait = wait_ms(odds(values, pauses), seen.pauses_ms, seen.patience, settings)
    if (look.open or look.filler or look.stammer) and not values[LOST]:
        return max(wait, round(settings.open_ms * seen.patience)), UNFINISHED
    if look.list_open:
        return max(wait, round(settings.list_ms * seen.patience)), UNFINISHED
    return _by_ear(wait, seen.turn_over, settings.closing_ms), SILENCE


def _by_ear(wait: int, turn_over: float | None, least_ms: int) -> int:
    """A wait as the sound of the last words has it: a third longer to a third shorter. Never as short as
    after words that hand over."""
    if turn_over is None:
        return wait
    return max(least_ms, round(wait * (PROSODY_MOST - PROSODY_SPREAD * turn_over)))


def _on_hold(seen: Observation, settings: GateSettings) -> Verdict:
    """Time was asked for. A soft word, later a question, and some time after that the floor."""
    allowed_ms = settings.hold_ms
    if ANYTHING_TO_ADD in seen.told:
        allowed_ms = min(allowed_ms, settings.check_in_ms + settings.after_check_in_ms)
    return _at(seen, round(allowed_ms * max(seen.patience, 1.0)), ASKED_FOR_TIME, settings)


def _since_thought(seen: Observation) -> tuple[str, ...]:
    """The words since the last long pause: who has spoken on after thinking has had the time asked for."""
    words = seen.words
    pairs = pairwise(words)
    start = max(
        (at + 1 for at, (one, two) in enumerate(pairs) if two.start_ms - one.end_ms >= LONG_MS), default=0
    )
    return tuple(word.text for word in words[start:])


def _at(seen: Observation, allowed_ms: int, reason: str, softly: GateSettings | None = None) -> Verdict:
    """The verdict where so much silence is allowed. softly: what is said on the way, in a silence that lasts
    long enough after it for an answer to it."""
    due_ms = seen.silent_since_ms + allowed_ms
    if seen.now_ms >= due_ms:
        return Verdict(True, reason)
    again_ms, say = due_ms, None
    if softly is None:
        return Verdict(False, reason, again_ms, due_ms)
    for said, after_ms in ((TAKE_YOUR_TIME, softly.soft_ms), (ANYTHING_TO_ADD, softly.check_in_ms)):
        when_ms = seen.silent_since_ms + after_ms
        if said in seen.told or due_ms - when_ms < softly.soft_before_ms:
            continue
        if seen.now_ms < when_ms:
            again_ms = min(again_ms, when_ms)
        else:
            say = said
    return Verdict(False, reason, again_ms, due_ms, say)
