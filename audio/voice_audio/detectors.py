"""Speech detectors: silero (a small neural network, the default) and webrtcvad (energy bands, very cheap).

Both answer one number per block; turning numbers into speech and silence is the segmenter's work.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_audio.errors import ModelProblem
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, SpeechDetector

DEFAULT_DETECTOR = "silero"
_STATE_SHAPE = (1, 1, 128)


def silero_model_path() -> Path:
    """The Silero VAD weights inside the faster-whisper wheel, found without importing that package.

    Its import is slow, and nothing of it but this file is wanted. Raises ModelProblem when either is missing.
    """
    spec = importlib.util.find_spec("faster_whisper")
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    found = sorted(path for folder in folders for path in Path(folder, "assets").glob("silero_vad*.onnx"))
    if not found:
        raise ModelProblem(
            "detector_missing",
            "the Silero speech detector was not found inside the faster-whisper package",
            "reinstall it (pip install --force-reinstall faster-whisper) or use the detector 'webrtcvad'",
        )
    return found[-1]


def one_thread_session(path: Path) -> Any:
    """These weights in onnxruntime, on one thread of the processor, without telemetry and without a word on
    stderr. Raises what onnxruntime raises."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # beside the switch in voice_audio/__init__.py
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])


class SileroDetector:
    """Silero VAD v6 through onnxruntime on one thread: 512 samples (32 ms) a block.

    The network sees each block behind the last 64 samples of the block before (the context), and carries an
    LSTM state; both are kept between calls and cleared by `reset`. Its inputs, as in faster_whisper/vad.py:
    input float32 (1, 576) in -1..1, h and c float32 (1, 1, 128), output (1, 1).
    """

    name = "silero"
    block_samples = 512
    context_samples = 64

    def __init__(self, model_path: Path | None = None) -> None:
        """Loads the weights. Raises ModelProblem when they are missing or unreadable."""
        path = model_path or silero_model_path()
        try:
            self._session: Any = one_thread_session(path)
        except Exception as error:  # onnxruntime raises a dozen private types for one and the same thing
            raise ModelProblem(
                "detector_unusable",
                f"the speech detector's weights {path} cannot be loaded: {_first_line(error)}",
                "reinstall faster-whisper, or use the detector 'webrtcvad'",
            ) from error
        self._input = np.zeros((1, self.context_samples + self.block_samples), np.float32)
        self._h: npt.NDArray[np.float32] = np.zeros(_STATE_SHAPE, np.float32)
        self._c: npt.NDArray[np.float32] = np.zeros(_STATE_SHAPE, np.float32)

    def probability(self, block: Samples) -> float:
        """Probability of speech, 0..1, for one int16 block of shape (512,)."""
        _check_block(block, self.block_samples)
        self._input[0, : self.context_samples] = self._input[0, -self.context_samples :]
        np.multiply(block, np.float32(1 / 32768), out=self._input[0, self.context_samples :])
        output, self._h, self._c = self._session.run(None, {"input": self._input, "h": self._h, "c": self._c})
        return min(1.0, max(0.0, float(output.item())))

    def reset(self) -> None:
        """Forget the context and the network's state."""
        self._input = np.zeros_like(self._input)
        self._h = np.zeros(_STATE_SHAPE, np.float32)
        self._c = np.zeros(_STATE_SHAPE, np.float32)


class WebrtcDetector:
    """webrtcvad in its strictest mode (3): 320 samples (20 ms) a block, probability exactly 0 or 1.

    It takes office noise for speech far more readily than silero does, so it is the second choice: for
    machines where onnxruntime does not load.
    """

    name = "webrtcvad"
    block_samples = 320

    def __init__(self) -> None:
        self.reset()

    def probability(self, block: Samples) -> float:
        """1.0 for speech, 0.0 for none, for one int16 block of shape (320,)."""
        _check_block(block, self.block_samples)
        return float(self._vad.is_speech(block.astype("<i2").tobytes(), SAMPLE_RATE_HZ))

    def reset(self) -> None:
        """Forget the noise floor learned so far (webrtcvad has no reset of its own)."""
        import webrtcvad

        self._vad: Any = webrtcvad.Vad(3)


DETECTORS: dict[str, Callable[[], SpeechDetector]] = {
    SileroDetector.name: SileroDetector,
    WebrtcDetector.name: WebrtcDetector,
}


def load_detector(name: str = DEFAULT_DETECTOR) -> SpeechDetector:
    """A fresh detector by its name in DETECTORS. Raises ModelProblem when unknown or without weights."""
    factory = DETECTORS.get(name)
    if factory is None:
        raise ModelProblem(
            "detector_unknown",
            f"there is no speech detector called {name!r}",
            f"use one of: {', '.join(DETECTORS)}",
        )
    return factory()


def _check_block(block: Samples, wanted: int) -> None:
    if block.shape != (wanted,) or block.dtype != np.int16:
        raise ValueError(f"a block of {wanted} int16 samples is wanted, not {block.dtype} {block.shape}")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
