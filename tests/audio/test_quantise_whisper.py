"""tests/benchmarks/quantise_whisper.py: the same model in int8."""

import sys
from pathlib import Path

import numpy as np
import pytest
from whisper_models import Script, speech_like, write_whisper

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from quantise_whisper import quantise, read_weights

from voice_audio.transcribers.whisper import load_whisper


def test_a_model_in_int8_is_smaller_and_says_the_same(tmp_path: Path) -> None:
    model = write_whisper(tmp_path / "model", Script("Hello there, I led the audit."), quantization="float16")
    quantise(model, tmp_path / "small")
    sizes = [(folder / "model.bin").stat().st_size for folder in (model, tmp_path / "small")]
    assert sizes[1] < 0.75 * sizes[0]
    heard = [
        [word.text for word in load_whisper(folder, "cpu").transcribe(speech_like(3))]
        for folder in (model, tmp_path / "small")
    ]
    assert heard[0] == heard[1] == ["Hello", "there,", "I", "led", "the", "audit."]


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    weights = read_weights(write_whisper(tmp_path / "model") / "model.bin")
    positions = weights["decoder/position_encodings/encodings"]
    assert positions.dtype == np.float32
    count, width = positions.shape
    assert np.array_equal(positions, np.eye(width)[np.minimum(np.arange(count), width - 1)])


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    file = write_whisper(tmp_path / "model") / "model.bin"
    file.write_bytes(b"\x07" + file.read_bytes()[1:])
    with pytest.raises(ValueError, match="format 7"):
        read_weights(file)
