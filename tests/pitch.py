"""How much a voice's pitch moves: the spread of its fundamental frequency in semitones.

The frequency of each 16 ms is found by SwiftF0 (MIT, a network of 14 thousand parameters on ONNX Runtime,
https://arxiv.org/abs/2508.18440). Semitones, because pitch is heard in ratios: a low and a high voice that
move alike then come to the same number. The number depends on language and voice and is worth something only
beside the same person's other sessions.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from voice_audio.ports import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

Floats = npt.NDArray[np.float32]
"""Mono, -1..1, at 16 kHz, shape (n,)."""

LOWEST_HZ, HIGHEST_HZ = 50.0, 500.0
"""Speaking voices, low and high ones; a child's shout lies above."""

VOICED = 0.5
"""From here on SwiftF0 calls a frame voiced (its documentation)."""

LEAST_VOICED_S = 2.0
"""Less of a voice than this has no spread worth a number."""

_FRAME_S = 256 / SAMPLE_RATE_HZ
_NEIGHBOURS = 15
"""Frames, a quarter of a second: a syllable. What jumps away from its neighbours' median and comes back is
the tracker's mistake."""
_JUMP_SEMITONES = 7.0


@dataclass(frozen=True)
class Pitch:
    """median_hz: of the voiced frames; semitones: their standard deviation around it; voiced_s: how much
    voice there was."""

    median_hz: float
    semitones: float
    voiced_s: float


def pitch(samples: Floats) -> Pitch | None:
    """The pitch of one clip; None for silence, noise and less than two seconds of voice."""
    return spread(_track(samples))


def spread(hz: npt.NDArray[np.float64]) -> Pitch | None:
    """Median and spread of the pitches of frames in order, 0 for unvoiced ones. Octave jumps are left out."""
    steady = _without_jumps(hz[hz > 0])
    if len(steady) * _FRAME_S < LEAST_VOICED_S:
        return None
    median = float(np.median(steady))
    semitones = 12 * np.log2(steady / median)
    near = semitones[np.abs(semitones) < 12]
    return Pitch(round(median, 1), round(float(near.std()), 2), round(len(steady) * _FRAME_S, 1))


def _without_jumps(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if len(hz) < _NEIGHBOURS:
        return hz
    padded = np.pad(hz, _NEIGHBOURS // 2, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURS), axis=1)
    kept: npt.NDArray[np.float64] = hz[np.abs(12 * np.log2(hz / around)) < _JUMP_SEMITONES]
    return kept


def _track(samples: Floats) -> npt.NDArray[np.float64]:
    """Hz of each 16 ms, 0 where there is no voice."""
    if len(samples) == 0:
        return np.zeros(0)
    found = _detector().detect(np.nan_to_num(samples), SAMPLE_RATE_HZ, LOWEST_HZ, HIGHEST_HZ)
    return np.where(found.confidence >= VOICED, found.pitch_hz, 0.0)


@cache
def _detector() -> "SwiftF0":
    from swift_f0 import SwiftF0

    return SwiftF0(spin=False)
