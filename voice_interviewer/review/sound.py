"""The session's sound in a form a page can carry: mono MP3 of constant bit rate.

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

from voice_interviewer.errors import RecordProblem

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
            with soundfile.SoundFile(
                out,
                "w",
                samplerate=source.samplerate,
                channels=1,
                format="MP3",
                subtype="MPEG_LAYER_III",
                compression_level=_LEVEL_24_KBITS if long else _LEVEL_40_KBITS,
                bitrate_mode="CONSTANT",
            ) as mp3:
                for block in source.blocks(_BLOCK_SAMPLES, dtype="float32", always_2d=True):
                    mp3.write(np.clip(block.sum(axis=1), -1.0, 1.0))
                    frames += len(block)
            rate_hz = source.samplerate
    except soundfile.LibsndfileError as error:
        raise RecordProblem("damaged", f"{path}: cannot be read as sound ({error.error_string})") from error
    if not frames:
        return None
    data = out.getvalue()
    delay_samples = 0 if _tells_its_delay(data) else _DELAY_SAMPLES
    return EmbeddedSound(data, frames * 1000 // rate_hz, delay_samples * 1000 // rate_hz)


def _tells_its_delay(mp3: bytes) -> bool:
    """Whether the first frame is the information frame by which a player removes the encoder's delay."""
    return b"Info" in mp3[:64] or b"Xing" in mp3[:64]
