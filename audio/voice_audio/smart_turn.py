"""smart-turn v3 as a TurnModel: does the melody of the last seconds say that the speaker is done?

A Whisper-tiny encoder with one output (BSD-2-Clause, github.com/pipecat-ai/smart-turn). It judges the end of
an utterance, not that of an answer, and only at the beginning of a silence: with 0.5 s of silence after the
words it takes nearly everything for an end. The weights do not come with this product.
"""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_audio.detectors import one_thread_session
from voice_audio.errors import ModelProblem
from voice_audio.ports import SAMPLE_RATE_HZ, Samples

PIPECAT = "pipecat"
"""Instead of a path: the weights inside the installed package pipecat-ai."""
WINDOW_S = 8
WINDOW_SAMPLES = WINDOW_S * SAMPLE_RATE_HZ
LEAST_VARIANCE = 1e-7
"""Added before dividing, as the feature extractor does that the model was trained with."""
INPUT, MELS, FRAMES = "input_features", 80, 800
_HINT = "name the .onnx of smart-turn v3 in [turn] prosody_model, or leave it empty"


def pipecat_model_path() -> Path:
    """The smart-turn v3 weights inside the pipecat-ai wheel, found without importing that package.

    Raises ModelProblem when either is missing.
    """
    spec = importlib.util.find_spec(PIPECAT)
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    places = [Path(folder, "audio", "turn", "smart_turn", "data") for folder in folders]
    found = sorted(path for place in places for path in place.glob("smart-turn-v3*.onnx"))
    if not found:
        raise ModelProblem(
            "prosody_missing",
            "the model of prosody was not found inside the package pipecat-ai.",
            f"pip install pipecat-ai, {_HINT}",
        )
    return found[-1]


class SmartTurn:
    """The network on one thread of the processor; see ports.TurnModel. Any thread may ask."""

    def __init__(self, path: Path) -> None:
        """Loads the weights. Raises ModelProblem when they are missing, unreadable or another model's."""
        # Whisper's features are a library's work; of that library this file uses nothing else.
        from faster_whisper.feature_extractor import FeatureExtractor

        self.name = path.stem
        self._path = path
        self._features: Any = FeatureExtractor(feature_size=MELS, chunk_length=WINDOW_S)
        try:
            self._session: Any = one_thread_session(path)
        except Exception as error:  # onnxruntime raises a dozen private types for one and the same thing
            missing = not path.is_file()
            reason = "there is no such file" if missing else f"it cannot be loaded ({_first_line(error)})"
            raise ModelProblem(
                "prosody_unusable", f"the model of prosody {path}: {reason}.", _HINT
            ) from error
        wanted = {each.name: each.shape[1:] for each in self._session.get_inputs()}
        if wanted != {INPUT: [MELS, FRAMES]}:
            raise ModelProblem(
                "prosody_unusable", f"the model of prosody {path} is no smart-turn v3: {wanted}.", _HINT
            )

    def over(self, samples: Samples) -> float:
        """See ports.TurnModel; some 50 ms of one thread. Raises ModelProblem."""
        features = self._features(_window(samples), padding=0)[np.newaxis]
        try:
            output = self._session.run(None, {INPUT: features.astype(np.float32)})[0]
        except Exception as error:  # as above
            reason = _first_line(error)
            raise ModelProblem(
                "prosody_failed", f"the model of prosody {self._path} failed ({reason}).", _HINT
            ) from error
        return min(1.0, max(0.0, float(output.item())))


def _window(samples: Samples) -> npt.NDArray[np.float32]:
    """The last eight seconds, silence before them where there are fewer, with mean 0 and variance 1: what
    the model was trained on (pipecat's local_smart_turn_v3.py prepares its input so)."""
    heard = samples[-WINDOW_SAMPLES:].astype(np.float32) / np.float32(32768)
    whole = np.pad(heard, (WINDOW_SAMPLES - len(heard), 0))
    scaled: npt.NDArray[np.float32] = (whole - whole.mean()) / np.sqrt(whole.var() + LEAST_VARIANCE)
    return scaled


def load_turn_model(choice: str) -> SmartTurn:
    """choice: the path of an .onnx file, or "pipecat". Raises ModelProblem."""
    return SmartTurn(pipecat_model_path() if choice == PIPECAT else Path(choice).expanduser())


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
