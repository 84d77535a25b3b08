"""The session's sound in a form a page can carry: mono MP3 of constant bit rate, its outline, and clips.

Constant, because a browser seeks in it by arithmetic. Measured by tests/review/test_sound.py with clicks:
libsndfile's encoder keeps the length and the place of every sample down to 40 kbit/s; below that a frame is
too small for the header that tells a player about the encoder's delay, and all arrives 1105 samples late.
After a seek Chromium 156 plays an MP3 another 35-65 ms late (its frames are 36 ms long; a WAV 4-12 ms,
measured on one page): too little to matter beside a recogniser's word edges, and another browser differs,
so it is left alone.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from voice_interviewer.errors import RecordProblem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MARGIN_MS = 300
"""Before and after the words of a clip: a recogniser's word edges are off by a tenth of a second or two."""

PEAKS_PER_S = 20
"""A word of 300 ms is six columns wide; an hour makes 72,000 of them a side."""

LONG_S = 3600
"""Longer sessions are embedded at the lower rate: an hour at 40 kbit/s makes a page of 24 MB."""

_LEVEL_40_KBITS, _LEVEL_24_KBITS = 0.8, 0.9
"""libsndfile's compression levels that give these constant rates at 16 kHz mono (measured)."""

_DELAY_SAMPLES = 1105
"""LAME's encoder delay of 576 samples and the decoder's 529."""

_BLOCK_SAMPLES = 16_000 * 10


@dataclass(frozen=True)
class EmbeddedSound:
    """delay_ms: how much later everything sounds in the MP3 than in the recording."""

    mp3: bytes
    duration_ms: int
    delay_ms: int


@dataclass(frozen=True)
class Peaks:
    """The outline of a recording: for each 1/per_second s the largest sample of each side, 0..127 of full
    scale, int8. left: the interviewer; right: the candidate; of a recording with one side both are the
    same."""

    left: "npt.NDArray[np.int8]"
    right: "npt.NDArray[np.int8]"
    per_second: int
    duration_ms: int


def embed_sound(path: Path) -> EmbeddedSound | None:
    """Mix both channels of a dialogue recording to mono MP3, block by block. None for one without a sample.

    Raises RecordProblem when the file cannot be read as sound.
    """
    import numpy as np
    import soundfile

    out = io.BytesIO()
    frames = 0
    try:
        with soundfile.SoundFile(path) as source:
            long = source.frames > LONG_S * source.samplerate
            with _steady_mp3(out, source.samplerate, long) as mp3:
                for block in source.blocks(_BLOCK_SAMPLES, dtype="float32", always_2d=True):
                    mp3.write(np.clip(block.sum(axis=1), -1.0, 1.0))
                    frames += len(block)
            rate_hz = source.samplerate
    except soundfile.LibsndfileError as error:
        raise _unreadable(path, error) from error
    if not frames:
        return None
    data = out.getvalue()
    delay_samples = 0 if _tells_its_delay(data) else _DELAY_SAMPLES
    return EmbeddedSound(data, frames * 1000 // rate_hz, delay_samples * 1000 // rate_hz)


def peaks(path: Path, per_second: int = PEAKS_PER_S) -> Peaks:
    """The outline of a recording, read block by block. Raises RecordProblem when it cannot be read, and
    ValueError for a `per_second` that does not divide its rate."""
    import numpy as np
    import soundfile

    frames, rate_hz, columns = 0, 1, []
    try:
        with soundfile.SoundFile(path) as source:
            rate_hz = source.samplerate
            step = max(1, rate_hz // per_second)
            if rate_hz % step or rate_hz // step != per_second:
                raise ValueError(f"{per_second} columns a second do not divide {rate_hz} samples")
            for block in source.blocks(step * per_second * 10, dtype="int16", always_2d=True):
                frames += len(block)
                sides = np.ascontiguousarray(np.pad(block, ((0, -len(block) % step), (0, 0))).T)
                by_column = sides.reshape(len(sides), -1, step)
                # the most negative int16 has no positive
                lowest = np.maximum(by_column.min(axis=2), -32767)
                columns.append((np.maximum(by_column.max(axis=2), -lowest) >> 8).astype(np.int8))
    except soundfile.LibsndfileError as error:
        raise _unreadable(path, error) from error
    outline = np.concatenate(columns, axis=1) if columns else np.zeros((1, 0), np.int8)
    return Peaks(outline[0], outline[-1], per_second, frames * 1000 // rate_hz)


def clip(
    path: Path, start_ms: int, end_ms: int, margin_ms: int = MARGIN_MS, channel: int | None = None
) -> tuple["npt.NDArray[np.float32]", int]:
    """The sound of start_ms..end_ms with a margin on both sides, as far as the recording reaches: samples of
    shape (n,) in -1..1, and their rate in Hz. Only those frames are read.

    channel: one side alone (1: the candidate; of a recording with one side, that one); None mixes them.
    Raises RecordProblem when the recording cannot be read or nothing of the clip lies in it.
    """
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(path) as source:
            rate_hz = int(source.samplerate)
            start = max(0, start_ms - margin_ms) * rate_hz // 1000
            end = min((end_ms + margin_ms) * rate_hz // 1000, source.frames)
            if start >= end:
                raise RecordProblem("no_clip", f"{path}: nothing is recorded at {start_ms} to {end_ms} ms")
            source.seek(start)
            both = source.read(end - start, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise _unreadable(path, error) from error
    mono = both.sum(axis=1) if channel is None else both[:, min(channel, both.shape[1] - 1)]
    return np.clip(mono, -1.0, 1.0).astype(np.float32), rate_hz


def write_steady_mp3(out: IO[bytes], samples: "npt.NDArray[np.float32]", rate_hz: int) -> None:
    """Mono MP3 of constant bit rate, in which every sample keeps its place."""
    with _steady_mp3(out, rate_hz, long=False) as mp3:
        mp3.write(samples)


def _steady_mp3(out: IO[bytes], rate_hz: int, long: bool) -> Any:
    import soundfile

    return soundfile.SoundFile(
        out,
        "w",
        samplerate=rate_hz,
        channels=1,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=_LEVEL_24_KBITS if long else _LEVEL_40_KBITS,
        bitrate_mode="CONSTANT",
    )


def _unreadable(path: Path, error: Any) -> RecordProblem:
    return RecordProblem("damaged", f"{path}: cannot be read as sound ({error.error_string})")


def _tells_its_delay(mp3: bytes) -> bool:
    """Whether the first frame is the information frame by which a player removes the encoder's delay."""
    return b"Info" in mp3[:64] or b"Xing" in mp3[:64]
