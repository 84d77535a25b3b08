"""The spread of a pitch against synthetic voices whose every frequency is known."""

import numpy as np
import numpy.typing as npt
import pytest
from pitch import pitch, spread

RATE_HZ = 16_000
FORMANTS_HZ = (700, 1200, 2500)


def voice(
    seconds: int, median_hz: float, semitones: float, weak_base: bool = False
) -> npt.NDArray[np.float32]:
    """Harmonics under three formants, gliding; breaks of 0.4 s every 2 s. Over the voiced part the pitch has
    exactly the given standard deviation. weak_base: without the fundamental itself, as over a telephone."""
    time = np.arange(seconds * RATE_HZ) / RATE_HZ
    gate = time % 2.0 < 1.6
    glide = sum(np.sin(2 * np.pi * hz * time + hz) for hz in (0.37, 0.83, 1.31))
    glide = (glide - np.median(glide[gate])) / glide[gate].std() * semitones
    hz = median_hz * 2 ** (glide / 12)
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    sound = np.zeros(len(time))
    for harmonic in range(2 if weak_base else 1, 25):
        at = hz * harmonic
        loud = sum(1 / (1 + ((at - formant) / 150) ** 2) for formant in FORMANTS_HZ) + 0.02
        sound += np.where(at < 7500, loud / harmonic * np.sin(harmonic * phase), 0)
    sound *= 0.3 / np.abs(sound).max() * gate
    sound += np.random.default_rng(0).normal(0, 0.0005, len(time))
    return sound.astype(np.float32)


@pytest.mark.parametrize("semitones", [2.0, 4.0])
@pytest.mark.parametrize("median_hz", [95, 120, 210])
def test_a_known_spread_is_found(median_hz: float, semitones: float) -> None:
    found = pitch(voice(10, median_hz, semitones))
    assert found is not None
    assert found.semitones == pytest.approx(semitones, abs=0.1)
    assert found.median_hz == pytest.approx(median_hz, rel=0.02)
    assert found.voiced_s == pytest.approx(8, abs=0.5)


def test_a_missing_fundamental_is_no_octave_error() -> None:
    found = pitch(voice(10, 120, 2.0, weak_base=True))
    assert found is not None
    assert found.median_hz == pytest.approx(120, rel=0.02)
    assert found.semitones == pytest.approx(2.0, abs=0.1)


def test_octave_jumps_are_left_out() -> None:
    random = np.random.default_rng(1)
    glide = 2.0 * np.sqrt(2) * np.sin(np.arange(2000) / 40)
    hz = 120 * 2 ** (glide / 12)
    wrong = hz.copy()
    for start in random.choice(400, 24, replace=False) * 5:
        wrong[start : start + 4] *= random.choice([0.5, 2.0])
    assert np.std(12 * np.log2(wrong / 120)) > 3
    found = spread(wrong)
    assert found is not None
    assert found.semitones == pytest.approx(2.0, abs=0.1)


def noise(level: float) -> npt.NDArray[np.float32]:
    return np.random.default_rng(2).normal(0, level, 5 * RATE_HZ).astype(np.float32)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(5 * RATE_HZ, np.float32),
        np.zeros(0, np.float32),
        noise(0.1),
        noise(0.001),
        voice(2, 120, 2.0),  # 1.6 s of voice
        np.full(5 * RATE_HZ, np.nan, np.float32),
    ],
    ids=["silence", "nothing", "noise", "faint noise", "too short", "not a number"],
)
def test_no_voice_has_no_pitch(samples: npt.NDArray[np.float32]) -> None:
    assert pitch(samples) is None


# --- recordings -----------------------------------------------------------------------------------------
