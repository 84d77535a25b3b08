"""What recognition knows about single calls: how long they take, and whose words a joined one heard. Pure."""

from collections import deque
from collections.abc import Sequence

from voice_audio.ports import HeardWord
from voice_interviewer.core import events as e
from voice_interviewer.core.transcript import Word

TAIL, GUESS = "tail", "guess"
GUESS_MS = 1200
"""A recogniser without a stream guesses no more often than this."""


class Pace:
    """How fast the recogniser proved to be in its last calls, and what it may therefore be asked beyond the
    segments."""

    MOST_GUESS_MS, MOST_TAIL_MS = 3000, 2500
    """A guess or a tail that takes longer comes too late to be of use."""

    def __init__(self) -> None:
        self._calls: deque[tuple[float, float]] = deque(maxlen=6)

    def note(self, sound_ms: float, work_ms: float) -> None:
        self._calls.append((sound_ms, work_ms))

    @property
    def cost_ms(self) -> float:
        """Mean work of a call; 0 before the first."""
        return sum(work for _, work in self._calls) / len(self._calls) if self._calls else 0.0

    @property
    def real_time_factor(self) -> float:
        """Work per sound, both summed."""
        return sum(work for _, work in self._calls) / max(1.0, sum(sound for sound, _ in self._calls))

    def between_ms(self, kind: str) -> float | None:
        """How long to leave between two calls of this kind; None = it is given up for now."""
        most_ms = self.MOST_TAIL_MS if kind == TAIL else self.MOST_GUESS_MS
        if self.real_time_factor >= 1 or self.cost_ms > most_ms:
            return None
        if kind == TAIL:
            return 0 if self.cost_ms <= GUESS_MS / 2 else self.cost_ms
        return max(GUESS_MS, 2 * self.cost_ms)  # at most half of its time


def apart(
    pieces: Sequence[e.TranscribeSegment], heard: Sequence[HeardWord], start_ms: int
) -> list[tuple[e.TranscribeSegment, tuple[Word, ...]]]:
    """The words of a joined call, each with the segment its middle lies in, on the session clock. One
    segment alone keeps every word: start_ms is where its sound began, which may be a little earlier."""
    if len(pieces) == 1:
        only = (moved(word, start_ms) for word in heard)
        return [(pieces[0], tuple(Word(w.text, w.start_ms, w.end_ms, w.probability) for w in only))]
    split, offset_ms = [], 0
    for at, piece in enumerate(pieces):
        last = at == len(pieces) - 1
        end_ms = offset_ms + piece.end_ms - piece.start_ms
        own = [
            moved(word, piece.start_ms - offset_ms)
            for word in heard
            if offset_ms <= (word.start_ms + word.end_ms) / 2
            and (last or word.start_ms + word.end_ms < 2 * end_ms)
        ]
        words = tuple(
            Word(w.text, max(w.start_ms, piece.start_ms), min(w.end_ms, piece.end_ms), w.probability)
            for w in own
        )
        split.append((piece, words))
        offset_ms = end_ms
    return split


def moved(word: HeardWord, by_ms: int) -> HeardWord:
    """The same word, so much later."""
    return HeardWord(word.text, word.start_ms + by_ms, word.end_ms + by_ms, word.probability)
