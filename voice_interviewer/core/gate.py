"""AnswerGate: is this answer over?

Pure, on the session clock. It is asked at every event of an open answer and says whether to take the floor,
or when to ask again. Until the policy below knows better, a configurable silence after the last speech
decides."""

from dataclasses import dataclass

from voice_interviewer.core.evidence import Slot
from voice_interviewer.core.transcript import Word

RAMBLING = "rambling"
"""The reason for taking the floor at a pause from somebody who has lost the way."""
SILENCE, NO_ANSWER = "silence", "no answer"
TAKE_YOUR_TIME, ANYTHING_TO_ADD = "take your time", "anything to add"
"""What may be said softly into a long silence without taking the floor."""


@dataclass(frozen=True)
class GateSettings:
    """What shapes the gate. The values come from configs/ and stay with the record."""

    fixed_ms: int | None = None
    """Not None: a plain timer of this length decides instead of the gate (baselines, and tests of the
    rest)."""
    hold_ms: int = 30_000
    """Silence allowed after the candidate asked for time, until they speak again."""
    no_answer_ms: int = 20_000
    """Nobody has said anything since the question."""
    redirect_pause_ms: int = 1000
    """A rambling answer is interrupted only in a pause of this length."""
    soft_ms: int = 5500
    """In a silence that is to go on, one soft "take your time" comes here."""
    check_in_ms: int = 11_000
    """And here "anything to add, or shall we move on?"."""


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
    """One of the types of `core.bank`; empty: unknown."""
    target_s: int = 0
    """Length of a good answer to the question, in seconds; 0: unknown."""
    follow_up: bool = False
    """The line being answered is a probe: shorter answers are whole."""
    slots: tuple[Slot, ...] | None = None
    ending: float | None = None
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


def judge(seen: Observation, settings: GateSettings) -> Verdict:
    """Never over while speech is active or while the microphone is not to be trusted."""
    if seen.speech_active:
        return Verdict(False, "speaking")
    if not seen.microphone_ok:
        return Verdict(False, "microphone lost")
    silence_ms = settings.fixed_ms if settings.fixed_ms is not None else round(2000 * seen.patience)
    if seen.holding:
        allowed, reason = settings.hold_ms, "asked for time"
    elif seen.heard_speech and seen.rambling:
        allowed, reason = min(settings.redirect_pause_ms, silence_ms), RAMBLING
    elif seen.heard_speech:
        allowed, reason = silence_ms, SILENCE
    else:
        allowed, reason = settings.no_answer_ms, NO_ANSWER
    due_ms = seen.silent_since_ms + allowed
    if seen.now_ms >= due_ms:
        return Verdict(True, reason)
    return Verdict(False, reason, due_ms, due_ms)
