"""Workers whose work is done when a test says so, and a transcriber that hears what it is told."""

import itertools
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples


class LateWorkers:
    """Keeps what was submitted; `finish` does the oldest of it. For tests of scheduling without a clock."""

    def __init__(self) -> None:
        self.given: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()

    def submit(self, kind: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        assert kind == "recogniser"
        self.given.append((work, done))

    def waiting(self, kind: str) -> int:
        return len(self.given)

    def close(self) -> None:
        return

    def finish(self) -> None:
        work, done = self.given.popleft()
        try:
            result = work()
        except Exception as problem:
            result = problem
        done(result)


class NumberedSound:
    """Sound whose every sample says which 100 ms of the session it belongs to, and a transcriber that reads
    it: each 100 ms is one word, "w12" from 1200 to 1300 ms."""

    doubt_threshold = 0.5
    name = "numbered"

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.cancelled_calls = 0
        self.broken: Exception | None = None
        self.longest_s = 1e9

    def sound(self, start_ms: int, end_ms: int) -> Samples:
        at = np.arange(start_ms * 16, end_ms * 16)
        return (at // 1600 + 1).astype(np.int16)

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        self.calls.append(len(samples) * 1000 // SAMPLE_RATE_HZ)
        if cancelled():
            self.cancelled_calls += 1
            return ()
        if self.broken is not None and len(samples) > self.longest_s * SAMPLE_RATE_HZ:
            raise self.broken
        return numbered_words(samples)


def numbered_words(samples: Samples) -> tuple[HeardWord, ...]:
    """One word for each run of equal samples."""
    if not len(samples):
        return ()
    edges = [0, *(np.flatnonzero(np.diff(samples)) + 1).tolist(), len(samples)]
    return tuple(
        HeardWord(f"w{int(samples[begin]) - 1}", begin // 16, end // 16, 0.9)
        for begin, end in itertools.pairwise(edges)
    )
