"""How much a voice's pitch moves: the spread of its fundamental frequency in semitones.

The frequency of each 16 ms is found by SwiftF0 (MIT, a network of 14 thousand parameters on ONNX Runtime,
https://arxiv.org/abs/2508.18440). Semitones, because pitch is heard in ratios: a low and a high voice that
move alike then come to the same number. The number depends on language and voice and is worth something only
beside the same person's other sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from voice_audio.errors import SoundFileProblem
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

MOST_S = 240.0
"""Of long recordings so much is looked at, spread evenly."""

_FRAME_S = 256 / SAMPLE_RATE_HZ
_PIECE_MS = 10_000
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


def pitch_of(
    path: Path, spans_ms: Sequence[tuple[int, int]], channel: int = 1, most_s: float = MOST_S
) -> Pitch | None:
    """The pitch of one channel of a recording over the given spans, read piece by piece.

    spans_ms: start and end of each answer; of more than `most_s` seconds, evenly spread pieces are taken.
    channel: 1 is the candidate's; a recording with fewer has its last one taken. None as for `pitch`. Raises
    SoundFileProblem when the recording cannot be read.
    """
    import soundfile

    pieces = _pieces(spans_ms, most_s)
    try:
        with soundfile.SoundFile(path) as file:
            column = min(channel, file.channels - 1)
            heard = [_track(_read(file, start, end, column)) for start, end in pieces]
    except (OSError, soundfile.LibsndfileError) as error:
        raise SoundFileProblem("unreadable", f"{path}: cannot be read as sound ({error})") from error
    return spread(np.concatenate(heard)) if heard else None


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


def _pieces(spans_ms: Sequence[tuple[int, int]], most_s: float) -> list[tuple[int, int]]:
    """The spans in pieces of at most ten seconds, thinned out evenly where together they are too long."""
    pieces = [
        (at, min(end, at + _PIECE_MS))
        for start, end in spans_ms
        for at in range(max(0, start), end, _PIECE_MS)
    ]
    total_ms = sum(end - start for start, end in pieces)
    if total_ms <= most_s * 1000:
        return pieces
    wanted = max(1, int(len(pieces) * most_s * 1000 / total_ms))
    return [pieces[at * len(pieces) // wanted] for at in range(wanted)]


def _read(file: Any, start_ms: int, end_ms: int, column: int) -> Floats:
    start = min(start_ms * file.samplerate // 1000, file.frames)
    file.seek(start)
    wanted = max(0, min(end_ms * file.samplerate // 1000, file.frames) - start)
    samples: Floats = file.read(wanted, dtype="float32", always_2d=True)[:, column]
    if file.samplerate != SAMPLE_RATE_HZ and len(samples):
        import soxr

        samples = soxr.resample(samples, file.samplerate, SAMPLE_RATE_HZ)
    return np.ascontiguousarray(samples)


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
