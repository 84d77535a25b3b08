"""Nothing is heard where nobody speaks: tests/benchmarks/no_words.py in short, with the real tiny.en."""

import numpy as np
import pytest
from noises import NOISES, made, silences

from voice_audio.detectors import load_detector
from voice_audio.files import load_sound, to_rate
from voice_audio.noise_floor import AboveFloor
from voice_audio.segmenter import SegmenterSettings
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.bench.speech import Room
from voice_interviewer.content.resources import samples_dir

SHORT_S = 6


@pytest.fixture(scope="module")
def room(tiny_en: WhisperTranscriber) -> Room:
    return Room(tiny_en, AboveFloor(load_detector(), SegmenterSettings().on), SegmenterSettings())


def words(room: Room, samples: np.ndarray) -> list[str]:
    """Shown, kept, or found by the pass for fillers."""
    streamed = room.listener(live=True).listen(samples)
    fillers = room.fillers(samples)
    assert fillers is not None
    shown = [word.text for caption in streamed.captions for word in caption.words]
    return [*shown, *(word.text for word in (*streamed.words, *fillers.words))]


@pytest.mark.parametrize("name", NOISES)
def test_noise_is_no_word(room: Room, name: str) -> None:
    assert words(room, made(name, SHORT_S, seed=1)) == []


@pytest.mark.parametrize("name", ["quiet room", "white noise", "keyboard"])
def test_noise_that_the_detector_let_through_is_no_word(tiny_en: WhisperTranscriber, name: str) -> None:
    samples = made(name, SHORT_S, seed=2)
    assert [word.text for word in (*tiny_en.transcribe(samples), *tiny_en.fillers(samples))] == []


def test_speech_goes_the_same_way_and_is_heard(room: Room) -> None:
    """So that the tests above can fail."""
    sound = to_rate(load_sound(samples_dir() / "vague" / "any.challenge.ogg"), 16_000).samples
    assert len(words(room, sound)) > 10


def test_pauses_of_a_recording_are_those_in_which_nobody_speaks() -> None:
    speech = to_rate(load_sound(samples_dir() / "vague" / "any.challenge.ogg"), 16_000).samples
    pause = np.full(16_000, 3, np.int16)
    found = silences([np.concatenate([speech[:16_000], pause, speech[:16_000]])], load_detector(), 2.0)
    assert len(found) == 32_000
    assert np.abs(found).max() < np.abs(speech).max() / 10
    assert len(silences([speech[16_000:24_000]], load_detector(), 2.0)) in (0, 32_000)
