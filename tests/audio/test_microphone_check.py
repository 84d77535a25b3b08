"""The microphone check says the one thing that matters about what it heard."""

import numpy as np
import pytest

from voice_audio.files import WavSpeaker
from voice_audio.microphone_check import EchoCheck, measure, measure_echo, measure_frames
from voice_audio.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, Sound


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


class EchoRoom:
    """A microphone and a loudspeaker in one room: what is played is heard `gain_db` louder, 100 ms later."""

    trouble = None

    def __init__(self, gain_db: float, noise_dbfs: float = -65.0) -> None:
        self.gain, self.at = 10 ** (gain_db / 20), 0
        self.heard = noise(20.0, noise_dbfs).astype(np.int32)
        self.speaker = WavSpeaker(lambda: self.at * 1000 // SAMPLE_RATE_HZ)
        self.play, self.playing, self.stop = self._play, self.speaker.playing, self.speaker.stop

    def _play(self, sound: Sound) -> None:
        self.speaker.play(sound)
        begin = self.at + SAMPLE_RATE_HZ // 10
        self.heard[begin : begin + len(sound.samples)] += (sound.samples * self.gain).astype(np.int32)

    def read(self) -> np.ndarray:
        self.at += FRAME_SAMPLES
        return np.clip(self.heard[self.at - FRAME_SAMPLES : self.at], -32_768, 32_767).astype(np.int16)

    def close(self) -> None:
        self.speaker.close()


@pytest.mark.parametrize("gain_db", [-10.0, -30.0])
def test_the_echo_of_a_line_is_measured(gain_db: float) -> None:
    room = EchoRoom(gain_db)
    echo = measure_echo(room, room, Sound(spoken(-20, -90), SAMPLE_RATE_HZ))
    assert echo.echo_dbfs == pytest.approx(-20 + gain_db, abs=1)
    assert echo.noise_dbfs == pytest.approx(-65, abs=1)
    assert echo.is_heard()


def test_headphones_bring_no_echo() -> None:
    room = EchoRoom(-90)
    echo = measure_echo(room, room, Sound(spoken(-20, -90), SAMPLE_RATE_HZ))
    assert not echo.is_heard()
    assert "does not hear the interviewer" in echo.advice(-24)


@pytest.mark.parametrize(
    ("echo_dbfs", "in_the_way", "advice"), [(-33.9, True, "by key or words"), (-34.1, False, "10 dB over")]
)
def test_an_echo_less_than_10_db_under_the_voice_is_in_the_way(
    echo_dbfs: float, in_the_way: bool, advice: str
) -> None:
    echo = EchoCheck(echo_dbfs, -65)
    assert echo.is_in_the_way(-24) is in_the_way
    assert advice in echo.advice(-24)
