"""From probabilities of speech to onsets, offsets and the pieces of sound worth transcribing. Pure: it counts
samples.

Two thresholds (hysteresis): speech begins with an unbroken run of blocks at or above `on`, and goes on while
blocks stay at or above `off`; after `stop_ms` below it, the speech is over. A segment outlives that by a
little: speech that comes back before `segment_gap_ms` belongs to the same segment, so that a recogniser gets
whole clauses. The longer the segment has grown, the shorter the pause that closes it (`long_gaps`), so that
little is left to recognise when a long answer ends.

    probability  ....#########....####...........
    onset             ^
    offset                           ^ (decided stop_ms later)
    segment       [pre-roll ................tail]
"""

from collections import deque
from dataclasses import dataclass

from voice_audio.ports import SAMPLE_RATE_HZ


@dataclass(frozen=True)
class SegmenterSettings:
    """Thresholds (probabilities) and times (ms). The start values suit silero: 2 of its
    blocks of 32 ms to start, 6 to stop, and a pre-roll that covers an onset recognised late."""

    on: float = 0.5
    off: float = 0.35
    start_ms: int = 64
    stop_ms: int = 192
    pre_roll_ms: int = 500
    segment_gap_ms: int = 500
    long_gaps: tuple[tuple[int, int], ...] = ((6_000, 350), (12_000, 192))
    """Pairs (ms, gap ms): a segment whose speech ends at least so long after its start closes after this
    gap, if that is shorter, but never before its speech is over."""
    tail_ms: int = 250
    max_segment_ms: int = 25_000
    """Whisper hears at most 30 s at once."""
    cut_window_ms: int = 2_000
    """A segment that grows too long is cut at the least speech-like block of this much sound before its
    end."""

    def __post_init__(self) -> None:
        if not 0 < self.off <= self.on <= 1:
            raise ValueError("the thresholds must satisfy 0 < off <= on <= 1")
        if (
            min(self.start_ms, self.stop_ms, self.cut_window_ms) <= 0
            or min(self.pre_roll_ms, self.tail_ms) < 0
        ):
            raise ValueError("times must be positive")
        if self.segment_gap_ms < self.stop_ms:
            raise ValueError("a segment cannot close before its speech has stopped")
        if any(min(pair) <= 0 for pair in self.long_gaps):
            raise ValueError("lengths and gaps of long segments must be positive")
        if self.max_segment_ms < self.pre_roll_ms + self.start_ms + 2 * self.cut_window_ms:
            raise ValueError("the longest segment must hold its pre-roll and two cut windows")


@dataclass(frozen=True)
class SpeechOnset:
    """Speech began at `sample`; it was certain at `detected_sample`."""

    sample: int
    detected_sample: int


@dataclass(frozen=True)
class SpeechOffset:
    """The last block of speech ended at `last_speech_sample`; that it was the last was certain at
    `detected_sample`."""

    last_speech_sample: int
    detected_sample: int


@dataclass(frozen=True)
class Segment:
    """A finished piece, pre-roll and tail included, end exclusive."""

    start_sample: int
    end_sample: int


Edge = SpeechOnset | SpeechOffset | Segment
"""Every index is a sample of the session clock."""

_HISTORY_MS = 3_000


class Segmenter:
    """Follows one detector. Between `open` and `close` it reports edges; segments never overlap and hold
    every sample of detected speech. While closed it only remembers the last 3 s of probabilities, because the
    decision to listen is taken by another thread and reaches back a little."""

    def __init__(self, settings: SegmenterSettings | None = None, block_samples: int = 512) -> None:
        self._settings = settings = settings or SegmenterSettings()
        self._block = block_samples
        self._start_run = _samples(settings.start_ms)
        self._stop = _samples(settings.stop_ms)
        self._gaps = tuple(
            (_samples(least_ms), _samples(gap_ms))
            for least_ms, gap_ms in ((0, settings.segment_gap_ms), *settings.long_gaps)
        )
        self._pre_roll = _samples(settings.pre_roll_ms)
        self._tail = _samples(settings.tail_ms)
        self._longest = _samples(settings.max_segment_ms)
        self._window = _samples(settings.cut_window_ms)
        self._history: deque[tuple[float, int]] = deque(maxlen=max(1, _samples(_HISTORY_MS) // block_samples))
        self._recent: deque[tuple[float, int]] = deque(maxlen=max(1, self._window // block_samples))
        self._heard = 0
        self._taken = 0  # the end of the last segment: no later segment may reach back beyond it
        self._floor: int | None = None  # None while closed
        self._speaking = False
        self._run: int | None = None  # where the present run of blocks at or above `on` began
        self._last_speech = 0
        self._segment: int | None = None  # start of the open segment

    @property
    def listening(self) -> bool:
        return self._floor is not None

    @property
    def speaking(self) -> bool:
        """Whether detected speech has not ended yet."""
        return self._speaking

    def open(self, floor_sample: int) -> None:
        """Begin to listen: nothing before `floor_sample` belongs to us, and it cuts the pre-roll. It may lie
        a little ahead of what was heard, or up to 3 s behind it; edges found there come with the next `feed`
        or `close`."""
        if self.listening:
            raise ValueError("already listening")
        self._floor = floor_sample

    def feed(self, probability: float, end_sample: int) -> list[Edge]:
        """Judge the block that ends at `end_sample`. Raises ValueError when the clock does not move
        forward."""
        if end_sample <= self._heard:
            raise ValueError(f"the clock went from {self._heard} to {end_sample}")
        if not self.listening:
            self._heard = end_sample
            self._history.append((probability, end_sample))
            return []
        edges = self._replay()
        self._heard = end_sample
        return edges + self._judge(probability, end_sample)

    def close(self, sample: int) -> list[Edge]:
        """Stop listening at `sample` (or at the last block, if that was later), ending speech and segment
        there."""
        if not self.listening:
            return []
        edges = self._replay()
        limit = max(self._heard, sample)
        if self._speaking:
            self._speaking = False
            edges.append(SpeechOffset(self._last_speech, limit))
        edges += self._finish(limit)
        self._floor, self._run = None, None
        return edges

    def _replay(self) -> list[Edge]:
        """Judge what was heard between the floor and the moment listening began."""
        edges: list[Edge] = []
        for probability, end in self._history:
            edges += self._judge(probability, end)
        self._history.clear()
        return edges

    def _judge(self, probability: float, end: int) -> list[Edge]:
        assert self._floor is not None
        begin = max(end - self._block, self._floor)
        if end <= begin:
            return []
        self._recent.append((probability, end))
        edges: list[Edge] = []
        if self._speaking:
            edges += self._go_on(probability, end)
        else:
            edges += self._wait(probability, begin, end)
        if self._segment is None:
            return edges
        if not self._speaking and end - self._last_speech >= self._gap():
            # A run that is not yet long enough to be speech must stay free for the next segment.
            edges += self._finish(end if self._run is None else self._run)
        elif end - self._segment >= self._longest:
            edges += self._cut(end)
        return edges

    def _wait(self, probability: float, begin: int, end: int) -> list[Edge]:
        if probability < self._settings.on:
            self._run = None
            return []
        if self._run is None:
            self._run = begin
        if end - self._run < self._start_run:
            return []
        onset, self._run = self._run, None
        self._speaking, self._last_speech = True, end
        if self._segment is None:
            assert self._floor is not None
            self._segment = max(onset - self._pre_roll, self._floor, self._taken, 0)
        return [SpeechOnset(onset, end)]

    def _go_on(self, probability: float, end: int) -> list[Edge]:
        if probability >= self._settings.off:
            self._last_speech = end
            return []
        if end - self._last_speech < self._stop:
            return []
        self._speaking = False
        return [SpeechOffset(self._last_speech, end)]

    def _gap(self) -> int:
        """The pause, in samples, that closes the open segment at its present length."""
        assert self._segment is not None
        length = self._last_speech - self._segment
        return min(gap for least, gap in self._gaps if length >= least or least == 0)

    def _finish(self, limit: int) -> list[Edge]:
        """Close the open segment a tail after its last speech, but not beyond `limit`."""
        start, self._segment = self._segment, None
        if start is None or self._last_speech <= start:
            return []  # after a forced cut nothing more was said: all speech is in the piece before
        self._taken = min(self._last_speech + self._tail, limit)
        return [Segment(start, self._taken)]

    def _cut(self, end: int) -> list[Edge]:
        """Force the open segment apart in the middle of its least speech-like recent block and go on with the
        rest."""
        assert self._segment is not None
        window = [(p, at) for p, at in self._recent if at - self._block >= end - self._window]
        cut = min(window)[1] - self._block // 2 if window else end
        piece = Segment(self._segment, cut)
        self._segment = self._taken = cut
        return [piece]


def _samples(ms: int) -> int:
    return ms * SAMPLE_RATE_HZ // 1000
