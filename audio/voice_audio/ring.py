"""The last seconds of the session's sound, addressed by the session clock. Pure."""

import numpy as np

from voice_audio.ports import Samples


class Ring:
    """Keeps the newest `capacity_samples` samples; the first ever appended has the index `first_sample`.

    Indexes are absolute positions on the session clock, so that a segment found by the detector can be cut
    out without anybody translating between clocks.
    """

    def __init__(self, capacity_samples: int, first_sample: int = 0) -> None:
        if capacity_samples < 1 or first_sample < 0:
            raise ValueError("a ring holds at least one sample and begins at 0 or later")
        self._store: Samples = np.zeros(capacity_samples, np.int16)
        self._first = first_sample
        self._end = first_sample

    @property
    def start(self) -> int:
        """The oldest sample that can still be read."""
        return max(self._first, self._end - len(self._store))

    @property
    def end(self) -> int:
        """One past the newest sample: the session clock in samples."""
        return self._end

    def append(self, samples: Samples) -> None:
        """Add the next samples, shape (n,); what no longer fits is forgotten, oldest first."""
        kept = samples[-len(self._store) :]
        at = (self._end + len(samples) - len(kept)) % len(self._store)
        head = min(len(kept), len(self._store) - at)
        self._store[at : at + head] = kept[:head]
        self._store[: len(kept) - head] = kept[head:]
        self._end += len(samples)

    def read(self, start: int, end: int) -> Samples:
        """A copy of samples start..end, shape (end - start,). Raises IndexError for what is overwritten or
        not there."""
        if not self.start <= start <= end <= self._end:
            raise IndexError(
                f"samples {start}..{end} are not in the ring, which holds {self.start}..{self._end}"
            )
        if start == end:
            return np.zeros(0, np.int16)
        at = start % len(self._store)
        head = self._store[at : at + end - start]
        return np.concatenate((head, self._store[: end - start - len(head)]))
