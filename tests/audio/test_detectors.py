"""The speech detectors on real sound: our own voice, and recordings where there are some."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from speech_wer import recordings

from voice_audio.detectors import (
    DETECTORS,
    SileroDetector,
    WebrtcDetector,
    load_detector,
    silero_model_path,
)
from voice_audio.errors import ModelProblem
from voice_audio.files import to_rate
from voice_audio.frames import Reblock
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, SpeechDetector
from voice_audio.voices.pyttsx3_voice import Pyttsx3Voice


@pytest.fixture(scope="module")
def spoken() -> Samples:
    """About four seconds of speech at 16 kHz."""
    line = Pyttsx3Voice().render("Tell me about a decision that you would make differently today.", 160)
    return to_rate(line, SAMPLE_RATE_HZ).samples


def probabilities(detector: SpeechDetector, samples: Samples) -> list[float]:
    return [detector.probability(block) for block in Reblock(detector.block_samples).feed(samples)]


def noise(level: float, count: int = SAMPLE_RATE_HZ) -> Samples:
    return np.rint(np.random.default_rng(7).normal(0, level, count)).astype(np.int16)


def reference(samples: Samples) -> list[float]:
    """The same weights as faster-whisper itself runs them, over all blocks at once."""
    from faster_whisper.vad import get_vad_model

    whole = samples[: len(samples) // 512 * 512].astype(np.float32) / 32768
    return [float(p) for p in get_vad_model()(whole).ravel()]


def assert_as_faster_whisper(samples: Samples) -> None:
    ours, theirs = probabilities(SileroDetector(), samples), reference(samples)
    assert len(ours) == len(theirs) > 20
    # Not the last block: faster-whisper clears the end of its own input when it empties the first context.
    assert ours[:-1] == pytest.approx(theirs[:-1], abs=1e-4)


def test_silero_block_by_block_is_what_faster_whisper_computes_at_once(spoken: Samples) -> None:
    assert_as_faster_whisper(spoken)


@pytest.mark.recordings
def test_silero_agrees_with_faster_whisper_on_recordings(speech_recordings: Path) -> None:
    for recording in recordings(speech_recordings):
        assert_as_faster_whisper(recording.samples)


def test_the_weights_are_found_and_run_without_importing_faster_whisper() -> None:
    program = (
        "import sys; from voice_audio.detectors import load_detector; load_detector(); "
        "sys.exit('faster_whisper' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("name", DETECTORS)
def test_speech_is_told_from_silence_and_from_faint_noise(name: str, spoken: Samples) -> None:
    detector = load_detector(name)
    speech = probabilities(detector, spoken)
    assert all(0 <= p <= 1 for p in speech)
    assert np.mean(np.array(speech) >= 0.5) > 0.6
    detector.reset()
    assert max(probabilities(detector, np.zeros(SAMPLE_RATE_HZ, np.int16))) < 0.2
    detector.reset()
    assert np.mean(np.array(probabilities(detector, noise(10))) >= 0.5) < 0.1


@pytest.mark.parametrize("name", DETECTORS)
def test_after_a_reset_the_past_is_forgotten(name: str, spoken: Samples) -> None:
    detector = load_detector(name)
    fresh = probabilities(detector, spoken)
    detector.reset()
    assert probabilities(detector, spoken) == fresh


def test_silero_remembers_between_blocks(spoken: Samples) -> None:
    detector = SileroDetector()
    first = detector.probability(spoken[8000:8512])
    assert detector.probability(spoken[8000:8512]) != first


def test_webrtcvad_answers_zero_or_one(spoken: Samples) -> None:
    assert set(probabilities(WebrtcDetector(), spoken)) == {0.0, 1.0}


@pytest.mark.parametrize("name", DETECTORS)
def test_a_block_of_another_size_or_type_is_a_bug(name: str) -> None:
    detector = load_detector(name)
    with pytest.raises(ValueError, match=str(detector.block_samples)):
        detector.probability(np.zeros(detector.block_samples - 1, np.int16))
    with pytest.raises(ValueError, match="int16"):
        detector.probability(np.zeros(detector.block_samples, np.float32))


def test_an_unknown_detector_is_a_problem_that_names_the_known_ones() -> None:
    with pytest.raises(ModelProblem) as caught:
        load_detector("energy")
    assert caught.value.code == "detector_unknown"
    assert all(name in caught.value.hint for name in DETECTORS)


def test_missing_and_broken_weights_are_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "silero_vad_v6.onnx"
    broken.write_bytes(silero_model_path().read_bytes()[:1000])
    with pytest.raises(ModelProblem) as caught:
        SileroDetector(broken)
    assert caught.value.code == "detector_unusable"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelProblem) as caught:
        silero_model_path()
    assert caught.value.code == "detector_missing"
    assert "webrtcvad" in caught.value.hint
