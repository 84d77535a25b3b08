"""The model of prosody: how its input is prepared, what is said of a wrong file, and real weights where there
are some."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_onnx import write_tiny

from voice_audio.errors import ModelProblem
from voice_audio.files import load_sound, to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples
from voice_audio.smart_turn import PIPECAT, WINDOW_SAMPLES, SmartTurn, load_turn_model

SAMPLES = Path(__file__).parents[2] / "audio" / "samples"
PROSODY = "VOICE_INTERVIEWER_PROSODY"
V3_2 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"
"""SHA-256 of smart-turn-v3.2-cpu.onnx."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> SmartTurn:
    return SmartTurn(write_tiny(tmp_path_factory.mktemp("model") / "tiny.onnx"))


def sound(*pieces: tuple[float, float]) -> Samples:
    """Noise in pieces of (seconds, level)."""
    dice = np.random.default_rng(3)
    parts = [dice.normal(0, level, round(seconds * SAMPLE_RATE_HZ)) for seconds, level in pieces]
    return np.rint(np.concatenate(parts)).astype(np.int16)


def test_a_short_answer_lies_at_the_end_of_the_window(tiny: SmartTurn) -> None:
    short = sound((2.0, 1000))
    silence = np.zeros(WINDOW_SAMPLES - len(short), np.int16)
    assert tiny.over(short) == tiny.over(np.concatenate([silence, short]))
    assert tiny.over(short) > tiny.over(np.concatenate([short, silence])) + 0.2


def test_only_the_last_eight_seconds_count(tiny: SmartTurn) -> None:
    last = sound((8.0, 1000))
    assert tiny.over(np.concatenate([sound((30.0, 9000)), last])) == tiny.over(last)


def test_how_loud_somebody_speaks_does_not_count(tiny: SmartTurn) -> None:
    quiet, loud = sound((6.0, 0), (2.0, 300)), sound((6.0, 0), (2.0, 6000))
    assert tiny.over(quiet) == pytest.approx(tiny.over(loud), abs=0.02)


@pytest.mark.parametrize("seconds", [0, 0.01, 8])
def test_silence_and_next_to_nothing_are_judged_too(tiny: SmartTurn, seconds: float) -> None:
    assert 0 <= tiny.over(np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)) <= 1


def test_a_missing_or_wrong_file_is_one_line(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.onnx"
    garbage.write_bytes(b"no model at all")
    other = write_tiny(tmp_path / "other.onnx", source="sound")
    mels = write_tiny(tmp_path / "mels.onnx", mels=128)
    for path, why in (
        (tmp_path / "nowhere.onnx", "no such file"),
        (tmp_path, "no such file"),
        (garbage, "cannot be loaded"),
        (other, "no smart-turn v3"),
        (mels, "no smart-turn v3"),
    ):
        with pytest.raises(ModelProblem, match=why) as caught:
            load_turn_model(str(path))
        assert str(path) in caught.value.message
        assert "\n" not in caught.value.message
        assert "prosody_model" in caught.value.hint


def test_pipecat_means_the_weights_inside_that_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found without importing it: this one raises when it is imported."""
    data = tmp_path / "pipecat" / "audio" / "turn" / "smart_turn" / "data"
    data.mkdir(parents=True)
    (tmp_path / "pipecat" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelProblem, match="pipecat-ai"):
        load_turn_model(PIPECAT)
    write_tiny(data / "smart-turn-v3.1-cpu.onnx")
    write_tiny(data / "smart-turn-v3.2-cpu.onnx")
    assert load_turn_model(PIPECAT).name == "smart-turn-v3.2-cpu"


def test_nothing_heavy_is_imported_before_a_model_is_loaded() -> None:
    code = "import sys, voice_audio.smart_turn; print({'faster_whisper', 'onnxruntime'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture(scope="module")
def real() -> SmartTurn:
    path = os.environ.get(PROSODY)
    if not path:
        pytest.skip(f"{PROSODY} is not set (the .onnx of smart-turn v3)")
    if hashlib.sha256(Path(path).read_bytes()).hexdigest() != V3_2:
        pytest.skip(f"{PROSODY} is not set to smart-turn-v3.2-cpu, whose answers are known")
    return SmartTurn(Path(path))


@pytest.mark.parametrize(
    ("file", "seconds", "expected"),
    [
        ("strong/jr-past-issue.quantify.ogg", None, 0.720),
        ("strong/any.reflection.ogg", None, 0.864),
        ("we-speaker/any.depth.ogg", None, 0.122),
        ("vague/any.result.ogg", None, 0.970),
        ("strong/jr-past-issue.quantify.ogg", 3, 0.006),
        ("vague/any.result.ogg", 3, 0.025),
    ],
)
def test_real_weights_say_what_they_say_in_pipecat(
    real: SmartTurn, file: str, seconds: int | None, expected: float
) -> None:
    """expected: pipecat-ai 1.14.0's own features of the same samples into the same weights. They count in
    8 bits, so that noise of 1e-7 in the features can move a value by a tenth."""
    samples = to_rate(load_sound(SAMPLES / file), SAMPLE_RATE_HZ).samples
    heard = samples if seconds is None else samples[: seconds * SAMPLE_RATE_HZ]
    assert real.over(heard) == pytest.approx(expected, abs=0.15)
