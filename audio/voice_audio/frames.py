"""Frames of sound: cutting a stream into blocks of one size, and how loud a piece of it is. Pure."""

import math

import numpy as np

from voice_audio.ports import Samples

FLOOR_DBFS = -120.0
"""What `level_dbfs` says of nothing at all."""


class Reblock:
    """Turns pieces of any length into blocks of exactly `block_samples`, losing and inventing nothing.

    A resampler hands out uneven pieces, while frames, detectors and the recording each want their own block
    size.
    """

    def __init__(self, block_samples: int) -> None:
        if block_samples < 1:
            raise ValueError("a block holds at least one sample")
        self._block_samples = block_samples
        self._rest: Samples = np.zeros(0, np.int16)

    def feed(self, samples: Samples) -> list[Samples]:
        """Every block that is now full, oldest first, each of shape (block_samples,); what is left over is
        kept."""
        joined = np.concatenate((self._rest, samples.astype(np.int16, copy=False)))
        full = len(joined) // self._block_samples * self._block_samples
        # A copy, so that neither the caller's buffer nor all the sound before it is kept alive by the rest.
        self._rest = joined[full:].copy()
        return [joined[at : at + self._block_samples] for at in range(0, full, self._block_samples)]

    def flush(self) -> Samples:
        """The rest that fills no block, shape (n,) with 0 <= n < block_samples, and start afresh."""
        rest, self._rest = self._rest, np.zeros(0, np.int16)
        return rest


def level_dbfs(samples: Samples) -> float:
    """RMS level in dB relative to full scale (32768): a full-scale sine is -3.0, nothing or silence
    -120.0."""
    if len(samples) == 0:
        return FLOOR_DBFS
    rms = math.sqrt(float(np.mean(np.square(samples.astype(np.float64)))))
    return max(FLOOR_DBFS, 20 * math.log10(rms / 32768)) if rms > 0 else FLOOR_DBFS


def is_digital_silence(samples: Samples) -> bool:
    """Every sample is exactly zero. A real microphone never is: muted in hardware, or the system withholds
    it."""
    return not bool(samples.any())
