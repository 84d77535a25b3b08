"""Very short soft tones, so that nobody has to look at the screen to know whose turn it is.

"listening" rises: the microphone is yours. "pause" falls: the interview is paused. They are made by
`audio/make_cues.py` and lie here as package data.
"""

import functools
import io
import wave
from importlib import resources

import numpy as np

from voice_audio.ports import Sound

CUES = ("listening", "pause")


@functools.cache
def load_cue(name: str) -> Sound:
    """One of CUES as sound, at most 200 ms long. Raises ValueError for any other name."""
    if name not in CUES:
        raise ValueError(f"there is no cue {name!r}")
    data = resources.files(__package__).joinpath(f"{name}.wav").read_bytes()
    with wave.open(io.BytesIO(data)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
        return Sound(samples, file.getframerate())
