"""AnswerGate: is this answer over?

Pure, on the session clock. For now one rule decides: a configurable silence after the last speech, or a
key. A candidate who asked for time gets much more, and so does one who has not said anything
yet.
"""

from dataclasses import dataclass

from voice_interviewer.core.events import Settings

RAMBLING = "rambling"
"""The reason for taking the floor at a pause from somebody who has lost the way."""


@dataclass(frozen=True)
class Observation:
    """What the gate may look at. silent_since_ms: the last speech, or the opening of a turn without any."""

    now_ms: int
    silent_since_ms: int
    speech_active: bool
    heard_speech: bool
    holding: bool
    microphone_ok: bool = True
    rambling: bool = False
    """Much longer than a good answer, and nothing new for a while."""


@dataclass(frozen=True)
class Verdict:
    """over: take the floor. look_again_ms: when to ask next; None = after the next event."""

    over: bool
    reason: str
    look_again_ms: int | None = None


def judge(seen: Observation, settings: Settings) -> Verdict:
    """Never over while speech is active or while the microphone is not to be trusted."""
    if seen.speech_active:
        return Verdict(False, "speaking")
    if not seen.microphone_ok:
        return Verdict(False, "microphone lost")
    if seen.holding:
        allowed, reason = settings.hold_ms, "asked for time"
    elif seen.heard_speech and seen.rambling:
        allowed, reason = min(settings.redirect_pause_ms, settings.silence_ms), RAMBLING
    elif seen.heard_speech:
        allowed, reason = settings.silence_ms, "silence"
    else:
        allowed, reason = settings.no_answer_ms, "no answer"
    due_ms = seen.silent_since_ms + allowed
    if seen.now_ms >= due_ms:
        return Verdict(True, reason)
    return Verdict(False, reason, due_ms)
