"""Delivery facts of one answer: how long, how fast, how soon, where it paused. Facts only, no rating.

Two sources are used, each for what it knows: the recogniser's words say when the answer began and ended, the
detector's speech edges say where there was silence inside it. Without edges the gaps between words stand in.
"""

from dataclasses import replace

from voice_interviewer.core.delivery.hedges import Hedge, hedges
from voice_interviewer.core.delivery.model import Delivery, Note, Stretch
from voice_interviewer.core.delivery.notes import NoteLines, remarks
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.understanding.fillers import Filler, fillers, with_sounds

__all__ = [
    "Delivery",
    "Filler",
    "Hedge",
    "Note",
    "Stretch",
    "delivery",
]

PACE_NEEDS_WORDS = 10
"""Fewer words than this give a pace that means nothing."""

PAUSE_MS = 250
"""A shorter gap is articulation, not a pause (the usual floor for silent pauses in speech research)."""

LONG_PAUSE_MS = 2000
"""From here on a pause is marked, and a monologue ends. A design value."""

DOUBTFUL_SHARE = 0.2
"""With more doubtful words than this, counting them says nothing."""


def delivery(
    words: tuple[Word, ...],
    speech: tuple[Stretch, ...] = (),
    asked_end_ms: int | None = None,
    typed: bool = False,
    excused: tuple[Stretch, ...] = (),
    target_s: int | None = None,
    doubt: float = 0.0,
    asked_for: tuple[Stretch, ...] | None = None,
    sounds: tuple[Word, ...] = (),
    *,
    lines: NoteLines,
) -> Delivery:
    """The facts of one answer.

    words: in spoken order. speech: the detector's stretches, in any order; they may overlap. asked_end_ms:
    when the question's last sound was heard. excused: silences that were asked for or were not the
    candidate's; they count neither as a pause nor as time. A typed answer has a word count and no more.
    target_s: length of a good answer, for the answer to a question itself. doubt: a less probable word
    counts as no filler and no hedge. asked_for: those of the excused silences that the candidate asked for;
    None for all of them. sounds: fillers from a hearing for them alone; those among the words count once.
    lines: for what lies outside its band.
    """
    if typed or not words:
        return Delivery(len(words))
    answer = Stretch(min(word.start_ms for word in words), max(word.end_ms for word in words))
    found = _timing(words, speech, answer, excused)
    heard = with_sounds(fillers(words, doubt), sounds)
    target_ms = target_s * 1000 if target_s else None
    found = replace(
        found,
        first_word_ms=None if asked_end_ms is None else _before(asked_end_ms, answer.start_ms, excused),
        thinking_ms=_thinking(
            excused if asked_for is None else asked_for, _spoken(words, speech, answer), asked_end_ms, answer
        ),
        fillers=heard,
        fillers_per_100=round(100 * len(heard) / len(words), 1) if len(words) >= PACE_NEEDS_WORDS else None,
        hedges=hedges(words, doubt),
        target_ms=target_ms,
        length_share=round((found.length_ms or 0) / target_ms, 2) if target_ms else None,
    )
    doubtful = sum(word.probability < doubt for word in words)
    return replace(found, remarks=remarks(found, answer, lines, doubtful <= DOUBTFUL_SHARE * len(words)))


def _timing(
    words: tuple[Word, ...], speech: tuple[Stretch, ...], answer: Stretch, excused: tuple[Stretch, ...]
) -> Delivery:
    """Everything that follows from when there was speech."""
    voiced = _within(speech, answer.start_ms, answer.end_ms)
    spoken = _spoken(words, speech, answer)
    free = _without(_within(excused, answer.start_ms, answer.end_ms), spoken)
    length_ms = answer.length_ms - _total(free)
    pauses = _gaps(_within((*spoken, *free), answer.start_ms, answer.end_ms), answer)
    voiced_ms = length_ms - _total(pauses)
    enough = len(words) >= PACE_NEEDS_WORDS
    return Delivery(
        words=len(words),
        length_ms=length_ms,
        words_per_minute=round(len(words) * 60_000 / length_ms) if enough and length_ms > 0 else None,
        articulation_words_per_minute=round(len(words) * 60_000 / voiced_ms)
        if enough and voiced_ms > 0
        else None,
        longest_pause=max(pauses, key=lambda gap: gap.length_ms, default=None),
        pauses=pauses,
        long_pauses=tuple(gap for gap in pauses if gap.length_ms >= LONG_PAUSE_MS),
        longest_monologue=_monologue(spoken),
        speaking_share=round(_total(voiced) / length_ms, 2) if voiced and length_ms > 0 else None,
    )


def _spoken(words: tuple[Word, ...], speech: tuple[Stretch, ...], answer: Stretch) -> tuple[Stretch, ...]:
    """Where there was speech: by the detector, or else by the words."""
    by_word = tuple(Stretch(word.start_ms, word.end_ms) for word in words)
    inside = _within(speech, answer.start_ms, answer.end_ms)
    return inside or _within(by_word, answer.start_ms, answer.end_ms)


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
    return first_ms - asked_end_ms - _total(free)


def _gaps(parts: tuple[Stretch, ...], answer: Stretch) -> tuple[Stretch, ...]:
    """The pauses between the parts, from the first word to the last."""
    edges = [edge for part in parts for edge in (part.start_ms, part.end_ms)]
    borders = [answer.start_ms, *edges, answer.end_ms]
    gaps = (Stretch(borders[i], borders[i + 1]) for i in range(0, len(borders) - 1, 2))
    return tuple(gap for gap in gaps if gap.length_ms >= PAUSE_MS)


def _thinking(
    asked_for: tuple[Stretch, ...], spoken: tuple[Stretch, ...], asked_end_ms: int | None, answer: Stretch
) -> int:
    """Time that was asked for between the question and the last word."""
    since_ms = answer.start_ms if asked_end_ms is None else min(asked_end_ms, answer.start_ms)
    return _total(_without(_within(asked_for, since_ms, answer.end_ms), spoken))


def _monologue(spoken: tuple[Stretch, ...]) -> Stretch | None:
    """The longest run of speech. A silence of 2 s ends it, whoever's it was."""
    runs: list[Stretch] = []
    for part in spoken:
        if runs and part.start_ms - runs[-1].end_ms < LONG_PAUSE_MS:
            runs[-1] = Stretch(runs[-1].start_ms, part.end_ms)
        else:
            runs.append(part)
    return max(runs, key=lambda run: run.length_ms, default=None)


def _total(stretches: tuple[Stretch, ...]) -> int:
    return sum(stretch.length_ms for stretch in stretches)
