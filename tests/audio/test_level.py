"""A spoken line ends when its speech does."""

import numpy as np
import pytest

from voice_audio.ports import Sound
from voice_audio.voices import load_voice
from voice_audio.voices.level import TAIL_MS, trim_tail

RATE_HZ = 16_000


def tone(ms: int, amplitude: float = 8000.0) -> np.ndarray:
    return (amplitude * np.sin(np.arange(RATE_HZ * ms // 1000) * 0.3)).astype(np.int16)


@pytest.mark.parametrize("silence_ms", [0, 30, 500, 3000])
def test_only_a_short_tail_is_left(silence_ms):
    line = Sound(np.concatenate([tone(400), np.zeros(RATE_HZ * silence_ms // 1000, np.int16)]), RATE_HZ)
    kept = trim_tail(line)
    assert kept.duration_ms == 400 + min(silence_ms, TAIL_MS)
    assert (kept.samples == line.samples[: len(kept.samples)]).all()


def test_pauses_inside_and_soft_ends_stay():
    line = np.concatenate([tone(300), np.zeros(8000, np.int16), tone(200, 120.0), np.zeros(8000, np.int16)])
    assert trim_tail(Sound(line, RATE_HZ)).duration_ms == 300 + 500 + 200 + TAIL_MS


def test_silence_is_left_alone():
    line = Sound(np.zeros(RATE_HZ, np.int16), RATE_HZ)
    assert trim_tail(line) is line


def test_the_real_voice_leaves_no_dead_air():
    sound = load_voice().render("Tell me about your last project.", 165)
    tail = sound.samples[-sound.rate_hz * 150 // 1000 :].astype(float)
    assert np.abs(tail).max() > 200
