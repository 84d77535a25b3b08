"""Makes the tones in voice_audio/cues: `python audio/make_cues.py`. The same bytes each time.

Each tone is two sine notes with raised-cosine fades (no click at either end), together at -24 dBFS RMS: well
under a voice, and short enough to be over before anybody answers.
"""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
LEVEL_DBFS = -24.0
NOTE_MS = 80
FADE_MS = 20
NOTES_HZ = {"listening": (660, 880), "pause": (660, 440)}


def tone(notes_hz: tuple[int, ...]) -> npt.NDArray[np.int16]:
    """The notes one after the other, int16."""
    count = RATE_HZ * NOTE_MS // 1000
    fade = (1 - np.cos(np.pi * np.arange(RATE_HZ * FADE_MS // 1000) / (RATE_HZ * FADE_MS // 1000))) / 2
    envelope = np.concatenate((fade, np.ones(count - 2 * len(fade)), fade[::-1]))
    wave_form = np.concatenate(
        [np.sin(2 * np.pi * hz * np.arange(count) / RATE_HZ) * envelope for hz in notes_hz]
    )
    rms = np.sqrt(np.mean(np.square(wave_form)))
    scaled: npt.NDArray[np.int16] = np.rint(wave_form / rms * 10 ** (LEVEL_DBFS / 20) * 32768).astype(
        np.int16
    )
    return scaled


def main() -> None:
    folder = Path(__file__).parent / "voice_audio" / "cues"
    for name, notes_hz in NOTES_HZ.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(tone(notes_hz).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
