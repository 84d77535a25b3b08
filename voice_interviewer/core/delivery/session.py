"""Delivery over a whole session, and pitch against the same voice's own past."""

from dataclasses import dataclass
from statistics import median

from voice_interviewer.core.delivery.model import Delivery, Stretch

PAST_NEEDED = 3
"""Fewer earlier sessions are no past to compare with."""

PITCH_ROOM = 0.15
"""A movement within this part of the past range's edges is the same: rooms, microphones and questions
differ. A design value."""


@dataclass(frozen=True)
class SessionDelivery:
    """answers: those given aloud. words_per_minute: the median over answers that have a pace. fillers: in
    all, a lower bound; fillers_per_100: of all words, one decimal. first_word_ms: the median.
    pitch_semitones: over the session; pitch: how it compares with earlier sessions, None while there are
    too few."""

    answers: int
    words: int
    words_per_minute: int | None = None
    fillers: int = 0
    fillers_per_100: float | None = None
    longest_monologue: Stretch | None = None
    first_word_ms: int | None = None
    thinking_ms: int = 0
    pitch_semitones: float | None = None
    pitch: str | None = None


def over_session(
    deliveries: tuple[Delivery, ...],
    pitch_semitones: float | None = None,
    past_pitch: tuple[float, ...] = (),
) -> SessionDelivery:
    """The session's own numbers. Typed answers count for nothing.

    pitch_semitones: measured over all answers together; without it, the median of theirs. past_pitch: of
    earlier sessions of the same person.
    """
    spoken = [each for each in deliveries if each.length_ms is not None]
    words = sum(each.words for each in spoken)
    paces = [each.words_per_minute for each in spoken if each.words_per_minute is not None]
    waits = [each.first_word_ms for each in spoken if each.first_word_ms is not None]
    pitches = [each.pitch_semitones for each in spoken if each.pitch_semitones is not None]
    monologues = [each.longest_monologue for each in spoken if each.longest_monologue is not None]
    fillers = sum(len(each.fillers) for each in spoken)
    if pitch_semitones is None and pitches:
        pitch_semitones = round(median(pitches), 2)
    return SessionDelivery(
        answers=len(spoken),
        words=words,
        words_per_minute=round(median(paces)) if paces else None,
        fillers=fillers,
        fillers_per_100=round(100 * fillers / words, 1) if paces else None,
        longest_monologue=max(monologues, key=lambda run: run.length_ms, default=None),
        first_word_ms=round(median(waits)) if waits else None,
        thinking_ms=sum(each.thinking_ms for each in spoken),
        pitch_semitones=pitch_semitones,
        pitch=None if pitch_semitones is None else against_past(pitch_semitones, past_pitch),
    )


def against_past(now: float, past: tuple[float, ...]) -> str | None:
    """How the movement of the pitch compares with one's own earlier sessions; None with fewer than three.

    now, past: standard deviations in semitones. There is no norm for it: languages and voices differ.
    """
    if len(past) < PAST_NEEDED:
        return None
    low, high = min(past), max(past)
    where = "as in"
    if now < low * (1 - PITCH_ROOM):
        where = "less than in"
    elif now > high * (1 + PITCH_ROOM):
        where = "more than in"
    span = f"{low:.1f}" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f} to {high:.1f}"
    return f"The pitch moved by {now:.1f} semitones, {where} your last {len(past)} sessions ({span})."
