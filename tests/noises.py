"""Sound in which nobody speaks, made by formulas (the same for the same seed) or cut out of recordings."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_audio.frames import Reblock
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, SpeechDetector

Wave = npt.NDArray[np.float64]
"""Shape (n,), full scale 1, at 16 kHz."""


def made(name: str, seconds: float, seed: int = 0) -> Samples:
    """So much of one kind of NOISES, int16 at 16 kHz."""
    count = round(seconds * SAMPLE_RATE_HZ)
    wave = NOISES[name](np.arange(count) / SAMPLE_RATE_HZ, np.random.default_rng(seed))
    return np.rint(np.clip(wave, -1, 1) * 32_767).astype(np.int16)


def silences(recordings: Sequence[Samples], detector: SpeechDetector, seconds: float) -> Samples:
    """What the microphone hears between words: the pieces of at least 300 ms in which the detector hears
    nothing, one after the other, repeated as often as needed. Empty where there is none."""
    pieces: list[Samples] = []
    for samples in recordings:
        detector.reset()
        blocks = Reblock(detector.block_samples).feed(samples)
        quiet = [detector.probability(block) < 0.1 for block in blocks]
        pieces += _runs(samples, quiet, detector.block_samples)
    if not pieces:
        return np.zeros(0, np.int16)
    length = round(seconds * SAMPLE_RATE_HZ)
    return np.resize(np.concatenate(pieces), length)


def _runs(samples: Samples, quiet: Sequence[bool], block: int) -> list[Samples]:
    """Unbroken runs of quiet blocks, the edges left out: there the speech fades."""
    edges = np.flatnonzero(np.diff([0, *map(int, quiet), 0]))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    least = 0.3 * SAMPLE_RATE_HZ
    return [
        samples[(begin + 2) * block : (end - 2) * block]
        for begin, end in pairs
        if (end - begin - 4) * block >= least
    ]


# --- kinds ------------------------------------------------------------------------------------------------


def _white(t: Wave, dice: np.random.Generator) -> Wave:
    return 0.03 * dice.standard_normal(len(t))


def _pink(t: Wave, dice: np.random.Generator) -> Wave:
    """White noise with its power divided by the frequency."""
    spectrum = np.fft.rfft(dice.standard_normal(len(t)))
    shaped = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), len(t))
    return 0.04 * shaped / shaped.std()


def _room(t: Wave, dice: np.random.Generator) -> Wave:
    return 0.1 * _pink(t, dice)


def _keyboard(t: Wave, dice: np.random.Generator) -> Wave:
    """Six keys a second, each a click as it goes down and a softer one as it comes up."""
    click = dice.standard_normal(800) * np.exp(-np.arange(800) / 120)
    wave = _room(t, dice)
    for at in dice.choice(len(t) - 4_000, round(6 * len(t) / SAMPLE_RATE_HZ), replace=False):
        _add(wave, at, 0.2 * dice.uniform(0.4, 1) * click)
        _add(wave, at + round(dice.uniform(60, 120) * 16), 0.08 * click)
    return wave


def _coughs(t: Wave, dice: np.random.Generator) -> Wave:
    """One to three bursts every 4 s: a hard onset, 0.25 s of noise through the resonances of a throat."""
    wave = _room(t, dice)
    for second in range(1, max(2, int(len(t) / SAMPLE_RATE_HZ) - 2), 4):
        for burst in range(int(dice.integers(1, 4))):
            at = round((second + 0.45 * burst + dice.uniform(0, 0.1)) * SAMPLE_RATE_HZ)
            _add(wave, at, 0.5 * dice.uniform(0.5, 1) * _cough(dice))
    return wave


def _cough(dice: np.random.Generator) -> Wave:
    count = SAMPLE_RATE_HZ // 4
    noise, t = dice.standard_normal(count), np.arange(count) / SAMPLE_RATE_HZ
    hz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    throat = sum(
        np.exp(-(((hz - peak) / width) ** 2)) for peak, width in ((600, 250), (1_400, 400), (2_900, 700))
    )
    burst = np.fft.irfft(np.fft.rfft(noise) * throat, count)
    return burst / np.abs(burst).max() * np.minimum(t / 0.008, 1) * np.exp(-t / 0.07)


def _hum(mains_hz: float) -> Callable[[Wave, np.random.Generator], Wave]:
    def wave(t: Wave, dice: np.random.Generator) -> Wave:
        parts = ((1, 1.0), (2, 0.3), (3, 0.5), (5, 0.2))
        hum = sum(part * np.sin(2 * np.pi * mains_hz * times * t) for times, part in parts)
        return 0.08 * hum + _room(t, dice)

    return wave


def _tones(t: Wave, dice: np.random.Generator) -> Wave:
    """Telephone and computer tones: 440 and 660 Hz by turns, a second each, with a pause after every two."""
    tone = np.sin(2 * np.pi * np.where(t % 3 < 1, 440, 660) * t)
    return 0.1 * tone * (t % 3 < 2) + _room(t, dice)


def _breathing(t: Wave, dice: np.random.Generator) -> Wave:
    """Into the microphone: noise below 2 kHz that swells every 3.5 s, in louder than out."""
    spectrum = np.fft.rfft(dice.standard_normal(len(t)))
    hz = np.fft.rfftfreq(len(t), 1 / SAMPLE_RATE_HZ)
    breath = np.fft.irfft(spectrum / (1 + (hz / 900) ** 2), len(t))
    phase = t % 3.5
    swell = np.where(phase < 1.2, np.sin(np.pi * phase / 1.2), 0.4 * np.sin(np.pi * (phase - 1.5) / 1.6))
    return 0.08 * breath / breath.std() * np.clip(swell, 0, 1) ** 2 + _room(t, dice)


def _add(wave: Wave, at: int, sound: Wave) -> None:
    end = min(len(wave), at + len(sound))
    if at < end:
        wave[at:end] += sound[: end - at]


NOISES: dict[str, Callable[[Wave, np.random.Generator], Any]] = {
    "digital silence": lambda t, dice: 0 * t,
    "quiet room": _room,
    "white noise": _white,
    "pink noise": _pink,
    "keyboard": _keyboard,
    "coughs": _coughs,
    "hum 50 Hz": _hum(50),
    "hum 60 Hz": _hum(60),
    "tones": _tones,
    "breathing": _breathing,
}
