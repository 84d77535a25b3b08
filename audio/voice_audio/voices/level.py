"""One loudness for every spoken line, whatever voice made it. Pure."""

import numpy as np
import numpy.typing as npt

from voice_audio.ports import Sound

TARGET_DBFS = -20.0
PEAK_DBFS = -1.0
_WINDOW_MS = 20
_ACTIVE_DB = 30.0
_AUDIBLE_DB = 45.0
TAIL_MS = 60
"""Kept after the last audible sound: eSpeak leaves 350 ms, in which nobody has the floor."""

HEAD_MS = 30
"""Kept before the first audible sound: a consonant begins more softly than 45 dB under a vowel."""


def speech_level_dbfs(sound: Sound) -> float | None:
    """RMS level of the speech in dB relative to full scale (32768), pauses left out; None for silence.

    Speech is every window of 20 ms within 30 dB of the loudest one.
    """
    power = _window_powers(sound)
    if power.size == 0 or power.max() == 0:
        return None
    return float(10 * np.log10(power[power >= power.max() * 10 ** (-_ACTIVE_DB / 10)].mean()))


def level_speech(sound: Sound, target_dbfs: float = TARGET_DBFS) -> Sound:
    """The line with its speech at `target_dbfs`, or as near as a peak of -1 dBFS allows. Silence stays."""
    level = speech_level_dbfs(sound)
    if level is None:
        return sound
    peak = float(np.abs(sound.samples.astype(np.float64)).max())
    gain = min(10 ** ((target_dbfs - level) / 20), 10 ** (PEAK_DBFS / 20) * 32768 / peak)
    return Sound(np.rint(sound.samples * gain).astype(np.int16), sound.rate_hz)


def trim_tail(sound: Sound) -> Sound:
    """The line without the silence after it, but for 60 ms: what follows should not have to wait for nothing.

    Audible is every window of 20 ms within 45 dB of the loudest one. Silence stays as it is.
    """
    power = _window_powers(sound)
    if power.size == 0 or power.max() == 0:
        return sound
    last = int(np.flatnonzero(power >= power.max() * 10 ** (-_AUDIBLE_DB / 10))[-1]) + 1
    end = last * _window_samples(sound) + sound.rate_hz * TAIL_MS // 1000
    return Sound(sound.samples[:end], sound.rate_hz)


def trim_ends(sound: Sound) -> Sound:
    """The line without the silence around it, but for 30 ms before and 60 ms after. Silence stays."""
    power = _window_powers(sound)
    if power.size == 0 or power.max() == 0:
        return sound
    first = int(np.flatnonzero(power >= power.max() * 10 ** (-_AUDIBLE_DB / 10))[0])
    begin = max(0, first * _window_samples(sound) - sound.rate_hz * HEAD_MS // 1000)
    return trim_tail(Sound(sound.samples[begin:], sound.rate_hz))


def _window_samples(sound: Sound) -> int:
    return max(1, sound.rate_hz * _WINDOW_MS // 1000)


def _window_powers(sound: Sound) -> npt.NDArray[np.float64]:
    """Mean square of each whole window of 20 ms, full scale = 1; shape (windows,)."""
    window = _window_samples(sound)
    whole = sound.samples[: len(sound.samples) // window * window]
    powers: npt.NDArray[np.float64] = np.square(whole.reshape(-1, window).astype(np.float64) / 32768).mean(
        axis=1
    )
    return powers
