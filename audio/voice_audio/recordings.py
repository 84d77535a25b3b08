"""Recordings made elsewhere, of any usual format, as blocks at 16 kHz. Decoded by FFmpeg through PyAV, piece
by piece: an hour needs no more memory than a minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_audio.errors import SoundFileProblem
from voice_audio.ports import SAMPLE_RATE_HZ

Block = npt.NDArray[np.int16]
"""PCM16 at 16 kHz, shape (n, channels); channels is 1 or 2."""

_HINT = "WAV, FLAC, MP3, OGG, M4A and the sound of MP4 and WebM can be read."


@dataclass(frozen=True)
class RecordingInfo:
    """channels: 1 or 2 (of more, the first two are taken). duration_s: as the file says, 0 where it does
    not."""

    channels: int
    duration_s: float


def recording_info(path: Path) -> RecordingInfo:
    """Raises SoundFileProblem for what is missing or holds no sound."""
    with _open(path) as container:
        stream = _sound_of(container, path)
        seconds = float(container.duration or 0) / 1_000_000
        return RecordingInfo(min(2, stream.codec_context.channels), max(0.0, seconds))


def read_recording(path: Path) -> Iterator[Block]:
    """The whole sound from its first sample to its last. A file that breaks off gives what there is.

    Raises SoundFileProblem as `recording_info`, and for one without a single sample.
    """
    import av

    heard = False
    with _open(path) as container:
        stream = _sound_of(container, path)
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        resampler = av.AudioResampler(format="s16", layout=layout, rate=SAMPLE_RATE_HZ)
        try:
            for frame in container.decode(stream):
                for piece in resampler.resample(frame):
                    heard = True
                    yield _block(piece)
        except av.FFmpegError as error:
            if not heard:
                raise _unreadable(path, error) from error
        for piece in resampler.resample(None):
            heard = True
            yield _block(piece)
    if not heard:
        raise SoundFileProblem("empty", f"{path}: holds no sound.", _HINT)


def _open(path: Path) -> Any:
    import av

    if not path.is_file():
        raise SoundFileProblem("missing", f"{path}: no such file.", "Check the path.")
    try:
        return av.open(str(path))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _sound_of(container: Any, path: Path) -> Any:
    if not container.streams.audio:
        raise SoundFileProblem("no_sound", f"{path}: holds no sound.", _HINT)
    return container.streams.audio[0]


def _block(piece: Any) -> Block:
    channels = len(piece.layout.channels)
    block: Block = piece.to_ndarray().reshape(-1, channels)
    return block


def _unreadable(path: Path, error: Exception) -> SoundFileProblem:
    reason = getattr(error, "strerror", None) or error
    return SoundFileProblem("unreadable", f"{path}: cannot be read as sound ({reason}).", _HINT)
