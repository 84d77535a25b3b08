"""Delivery facts of one answer: how long, how fast, how soon, where it paused. Facts only, no rating.

Two sources are used, each for what it knows: the recogniser's words say when the answer began and ended, the
detector's speech edges say where there was silence inside it. Without edges the gaps between words stand in.
"""

from dataclasses import dataclass

from voice_interviewer.core.transcript import Word

PACE_NEEDS_WORDS = 10
"""Fewer words than this give a pace that means nothing."""

PAUSE_MS = 250
"""A shorter gap is articulation, not a pause (the usual floor for silent pauses in speech research)."""


@dataclass(frozen=True)
class Stretch:
    """A piece of uninterrupted time on the session clock: of speech, or of silence between speech."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Delivery:
    """What can be measured of one answer. A fact that cannot be told is None.

    words: how many were recognised. length_ms: from the first word to the last, time that was asked for
    left out (so everywhere). words_per_minute: over that length, rounded; None under 10 words.
    longest_pause: the longest silence of at least 250 ms between first and last word. first_word_ms: from
    the end of the question to the first word. speaking_share: part of the length in which the detector
    heard speech, 0..1, two decimals; None where no speech edges exist.
    """

    words: int
    length_ms: int | None = None
    words_per_minute: int | None = None
    longest_pause: Stretch | None = None
    first_word_ms: int | None = None
    speaking_share: float | None = None


def delivery(
    words: tuple[Word, ...],
    speech: tuple[Stretch, ...] = (),
    asked_end_ms: int | None = None,
    typed: bool = False,
    excused: tuple[Stretch, ...] = (),
) -> Delivery:
    """The facts of one answer.

    words: in spoken order. speech: the detector's stretches, in any order; they may overlap. asked_end_ms:
    when the question's last sound was heard. excused: silences that were asked for or were not the
    candidate's; they count neither as a pause nor as time. A typed answer has a word count and no more.
    """
    if typed or not words:
        return Delivery(len(words))
    first_ms = min(word.start_ms for word in words)
    last_ms = max(word.end_ms for word in words)
    voiced = _within(speech, first_ms, last_ms)
    by_word = tuple(Stretch(word.start_ms, word.end_ms) for word in words)
    spoken = voiced or _within(by_word, first_ms, last_ms)
    free = _without(_within(excused, first_ms, last_ms), spoken)
    length_ms = last_ms - first_ms - sum(part.length_ms for part in free)
    enough = len(words) >= PACE_NEEDS_WORDS and length_ms > 0
    return Delivery(
        words=len(words),
        length_ms=length_ms,
        words_per_minute=round(len(words) * 60_000 / length_ms) if enough else None,
        longest_pause=_longest_gap(_within((*spoken, *free), first_ms, last_ms), first_ms, last_ms),
        first_word_ms=None if asked_end_ms is None else _before(asked_end_ms, first_ms, excused),
        speaking_share=round(sum(part.length_ms for part in voiced) / length_ms, 2)
        if voiced and length_ms > 0
        else None,
    )


def _within(stretches: tuple[Stretch, ...], start_ms: int, end_ms: int) -> tuple[Stretch, ...]:
    """The parts of the stretches inside start..end, in order, overlapping ones joined."""
    joined: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda each: (each.start_ms, each.end_ms)):
        left, right = max(stretch.start_ms, start_ms), min(stretch.end_ms, end_ms)
        if right <= left:
            continue
        if joined and left <= joined[-1].end_ms:
            joined[-1] = Stretch(joined[-1].start_ms, max(joined[-1].end_ms, right))
        else:
            joined.append(Stretch(left, right))
    return tuple(joined)


def _without(stretches: tuple[Stretch, ...], taken: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """What is left of the stretches outside the taken ones."""
    left = list(stretches)
    for gone in taken:
        parts = ((each.start_ms, min(each.end_ms, gone.start_ms)) for each in left)
        rest = ((max(each.start_ms, gone.end_ms), each.end_ms) for each in left)
        left = [Stretch(start, end) for start, end in (*parts, *rest) if start < end]
    return tuple(sorted(left, key=lambda each: each.start_ms))


def _before(asked_end_ms: int, first_ms: int, excused: tuple[Stretch, ...]) -> int:
    """How long the first word was waited for."""
    if first_ms <= asked_end_ms:
        return 0
    free = _within(excused, asked_end_ms, first_ms)
    return first_ms - asked_end_ms - sum(part.length_ms for part in free)


def _longest_gap(parts: tuple[Stretch, ...], start_ms: int, end_ms: int) -> Stretch | None:
    """The longest silence between the parts, from the first word to the last."""
    borders = [start_ms, *(edge for part in parts for edge in (part.start_ms, part.end_ms)), end_ms]
    gaps = [Stretch(borders[i], borders[i + 1]) for i in range(0, len(borders) - 1, 2)]
    longest = max(gaps, key=lambda gap: gap.length_ms)
    return longest if longest.length_ms >= PAUSE_MS else None
