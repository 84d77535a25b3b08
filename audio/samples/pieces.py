"""How a spoken answer is put together from pieces of a synthesiser: its own silence is cut off, and pauses of
a known length go between the pieces. Shared by the makers of spoken answers, beside this file and in
tests/benchmarks/.
"""

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
LEVEL_DBFS = -24.0
"""RMS of the spoken parts; about what a laptop microphone gives for a person at arm's length."""
QUIET_DBFS = -50.0
"""Below this flite's own lead-in and tail are cut off (its voices are normalised near -20 dBFS)."""
EDGE_MS = 30
"""Kept around each piece, because soft consonants lie under the threshold; taken off the scripted pause."""

ENDS = ".?!…"
"""A word that ends with one of these ends a sentence."""

Speech = npt.NDArray[np.float32]
"""Mono, 16 kHz, -1 .. 1."""


def trim(samples: Speech) -> tuple[Speech, int]:
    """The piece without the silence around it, and how many samples went from its front. Raises
    ValueError where all of it is silence."""
    loud = np.flatnonzero(np.abs(samples) > 10 ** (QUIET_DBFS / 20))
    if not len(loud):
        raise ValueError("nothing in this piece is louder than silence")
    edge = EDGE_MS * RATE_HZ // 1000
    first = max(0, int(loud[0]) - edge)
    return samples[first : loud[-1] + edge], first


def pause(seconds: float) -> Speech:
    """What lies between two pieces so that their sounds are this far apart."""
    return np.zeros(max(0, round(seconds * RATE_HZ) - 2 * EDGE_MS * RATE_HZ // 1000), np.float32)


def gain_to(level_dbfs: float, spoken: list[Speech], peak: float) -> np.float64:
    """What brings the spoken pieces to this RMS; less where their peak (0..1) would come over 0.9.

    A numpy number on purpose: with a plain float the product would be rounded to 32 bits, and every sample
    that was made before would be made anew.
    """
    power = float(np.mean(np.concatenate(spoken) ** 2))
    return np.float64(min(10 ** (level_dbfs / 20) / np.sqrt(power), 0.9 / peak))
