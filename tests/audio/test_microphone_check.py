"""The microphone check says the one thing that matters about what it heard."""

import numpy as np
import pytest

from voice_audio.microphone_check import measure, measure_frames
from voice_audio.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ


def noise(seconds: float, dbfs: float, seed: int = 1) -> np.ndarray:
    samples = np.random.default_rng(seed).standard_normal(int(seconds * SAMPLE_RATE_HZ))
    return np.clip(samples * 32_768 * 10 ** (dbfs / 20), -32_768, 32_767).astype(np.int16)


def spoken(speech_dbfs: float, noise_dbfs: float) -> np.ndarray:
    """Half a second of voice, half a second of room, four times."""
    turns = [(speech_dbfs, n) if n % 2 else (noise_dbfs, n) for n in range(8)]
    return np.concatenate([noise(0.5, dbfs, seed) for dbfs, seed in turns])


class Played:
    """A microphone that plays samples."""

    trouble = None

    def __init__(self, samples: np.ndarray) -> None:
        self.left = samples

    def read(self) -> np.ndarray:
        frame, self.left = self.left[:FRAME_SAMPLES], self.left[FRAME_SAMPLES:]
        return frame

    def close(self) -> None:
        self.left = self.left[:0]


def test_levels_are_those_of_the_voice_and_the_room() -> None:
    heard = spoken(-24, -60)
    levels = measure(Played(heard), 4.0)
    assert levels.speech_dbfs == pytest.approx(-24, abs=1)
    assert levels.noise_dbfs == pytest.approx(-60, abs=1)
    assert levels.clipped_share == 0
    assert not levels.digital_silence
    assert np.array_equal(levels.samples, heard)


@pytest.mark.parametrize(
    ("heard", "advice"),
    [
        (spoken(-24, -60), "hears you well"),
        (spoken(-50, -80), "very quiet"),
        (spoken(-30, -37), "as loud as your voice"),
        (noise(4, -60), "No voice stands out"),
        (spoken(-3, -60), "clipping"),
        (np.zeros(4 * SAMPLE_RATE_HZ, np.int16), "only silence"),
    ],
)
def test_the_advice_is_one_line_for_what_was_heard(heard: np.ndarray, advice: str) -> None:
    levels = measure_frames(heard.reshape(-1, FRAME_SAMPLES))
    assert advice in levels.advice()
    assert "\n" not in levels.advice()


def test_digital_silence_has_finite_levels() -> None:
    levels = measure_frames(np.zeros((50, FRAME_SAMPLES), np.int16))
    assert levels.digital_silence
    assert levels.speech_dbfs == levels.noise_dbfs == -96.0
