"""Whose turn it was: where the interviewer cut in, the time that was asked for, how soon it replied."""

from itertools import pairwise
from statistics import median

from voice_interviewer.core.delivery.answer import Stretch
from voice_interviewer.core.understanding.endings import read_ending
from voice_interviewer.review.fold import Fold
from voice_interviewer.review.model import TimeAsked, TurnTaking
from voice_interviewer.review.spoken import Turn

LEAST_ASKED_MS = 1000
"""After "let me think" a shorter silence is no time that was taken."""


def turn_taking(folded: Fold) -> TurnTaking:
    """The turn-taking of one session: a pure function of its folded log."""
    gaps = [gap for turn in folded.turns.values() if (gap := _reply_gap(turn, folded)) is not None]
    return TurnTaking(
        cut_ins=tuple(folded.cut_ins),
        time_asked=time_asked(folded),
        reply_gap_ms=round(median(gaps)) if gaps else None,
        replies=len(gaps),
    )


def time_asked(folded: Fold) -> tuple[TimeAsked, ...]:
    """Every silence that was asked for, by key or in words, in order."""
    found = [_by_key(folded, number, at_ms) for number, at_ms in folded.holds]
    found += [asked for turn in folded.turns.values() for asked in _in_words(turn)]
    kept: list[TimeAsked] = []
    for asked in sorted((each for each in found if each), key=lambda each: (each.start_ms, each.end_ms)):
        if not kept or asked.start_ms >= kept[-1].end_ms:  # who says it and presses the key asked once
            kept.append(asked)
    return tuple(kept)


def not_theirs(turn: Turn, asked: tuple[TimeAsked, ...]) -> tuple[Stretch, ...]:
    """The times inside an answer that say nothing about how it was delivered: asked for, or not the
    candidate's (a soft word, the question said again, a pause of the interview)."""
    excused = [Stretch(each.start_ms, each.end_ms) for each in asked if each.turn == turn.number]
    between = ((one[1], two[0]) for one, two in pairwise(turn.windows))
    excused += [Stretch(left, right) for left, right in between if left is not None and left < right]
    return tuple(excused)


def _by_key(folded: Fold, number: int, at_ms: int) -> TimeAsked | None:
    turn = folded.turns.get(number)
    if turn is None:
        return None
    onsets = [stretch.start_ms for stretch in turn.speech if stretch.start_ms >= at_ms]
    closes = [right for left, right in turn.windows if right is not None and left <= at_ms <= right]
    end_ms = min([*onsets, *closes[:1]], default=folded.last_ms)
    return TimeAsked(number, "key", at_ms, end_ms) if end_ms > at_ms else None


def _in_words(turn: Turn) -> list[TimeAsked]:
    """The silences after words such as "let me think", as the gate hears them."""
    words = turn.transcript.words
    if turn.typed_ms is not None or not words:
        return []
    until_ms = turn.windows[-1][1] if turn.windows else None
    nexts = [word.start_ms for word in words[1:]] + [until_ms or words[-1].end_ms]
    found = []
    for at, (word, next_ms) in enumerate(zip(words, nexts, strict=True)):
        long = next_ms - word.end_ms >= LEAST_ASKED_MS
        if long and read_ending(tuple(each.text for each in words[: at + 1])).hold:
            found.append(TimeAsked(turn.number, "words", word.end_ms, next_ms))
    return found


def _reply_gap(turn: Turn, folded: Fold) -> int | None:
    """From the last word of an answer to the first of the reply; None where that tells nothing."""
    words = turn.transcript.words
    if not words or turn.typed_ms is not None or turn.skipped_ms is not None:
        return None
    last_ms = max((stretch.end_ms for stretch in turn.speech), default=words[-1].end_ms)
    reply = next((each for each in folded.lines if each.after_turn == turn.number and not each.struck), None)
    if reply is None or reply.started_ms is None or reply.started_ms < last_ms:
        return None
    paused = any(last_ms <= at_ms <= reply.started_ms for at_ms in folded.pauses)
    return None if paused else reply.started_ms - last_ms
