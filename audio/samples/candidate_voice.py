"""A virtual candidate's voice: Kokoro-82M that tells when its fillers are, and draws them out.

The weights predict a duration for every symbol before they make the sound. It is no output of the file, so
it is declared one here; with it the moment of every filler is known exactly, not recognised.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from pieces import EDGE_MS, RATE_HZ, Speech, trim

from voice_audio.voices.kokoro import RATE_HZ as KOKORO_HZ
from voice_audio.voices.kokoro import load_table
from voice_audio.voices.phonemes import Accent, EspeakPhonemes, symbol_table

FILLERS = {"um": "ˈʌːm", "uh": "ˈʌː"}
"""How they are said: drawn out, .3 to .7 s. With eSpeak's short vowel an "um" inside a clause is over after
.25 s, and an "uh" before a pause too, and sounds like a word."""
DURATIONS = "/encoder/Clip_output_0"
"""The tensor of durations in kokoro-v1.0.int8.onnx: one number for each token, in frames."""
FRAME_S = 600 / KOKORO_HZ
"""One frame of durations: their sum times 600 is the number of samples, exactly."""
THREADS = 2
_FILLER = re.compile(rf"\b({'|'.join(FILLERS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Filler:
    """A sound such as "um". start_s, end_s: seconds from the first sample of what it stands in."""

    word: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Clause:
    """One stretch of speech at 16 kHz, without the silence around it."""

    samples: Speech
    fillers: tuple[Filler, ...]


class CandidateVoice:
    """One of Kokoro's voices at one speed. The same text gives the same samples."""

    def __init__(self, model: Path, table: str, speed: float) -> None:
        """table: a file of kokoro_tables; its first letter tells the accent, as Kokoro names its voices.
        speed: 1 is Kokoro's own. Raises ModelProblem("voice_unknown"), OSError for missing weights."""
        self._accent: Accent = "british" if table.startswith("b") else "american"
        self._styles = load_table(table)
        self._symbols = symbol_table()
        self._phonemes = EspeakPhonemes(self._symbols.languages[self._accent])
        self._speed = np.array([speed], np.float32)
        self._session = _session(model)

    def speak(self, text: str) -> Clause:
        """The text, with the times of its fillers. Raises ValueError for silence."""
        symbols, spans = self._spelled(text)
        tokens = [0, *(self._symbols.tokens[symbol] for symbol in symbols), 0]
        inputs = {
            "tokens": np.array([tokens], np.int64),
            "style": self._styles[len(symbols) - 1],
            "speed": self._speed,
        }
        waveform, durations = self._session.run(["audio", DURATIONS], inputs)
        edges_s = np.concatenate([[0.0], np.cumsum(durations.reshape(-1))]) * FRAME_S
        spoken = soxr.resample(waveform.reshape(-1), KOKORO_HZ, RATE_HZ).astype(np.float32)
        samples, cut = trim(spoken)
        from_s, until_s = cut / RATE_HZ, (cut + len(samples)) / RATE_HZ - EDGE_MS / 1000
        fillers = (
            Filler(
                word,
                max(0.0, float(edges_s[1 + first]) - from_s),
                min(until_s, float(edges_s[1 + past])) - from_s,  # a last sound's time reaches into silence
            )
            for word, first, past in spans
        )
        return Clause(samples, tuple(fillers))

    def _spelled(self, text: str) -> tuple[str, list[tuple[str, int, int]]]:
        """The text in Kokoro's symbols; for each filler its word, its first symbol and the one after its
        last."""
        symbols, spans = "", []
        for index, part in enumerate(_FILLER.split(text)):
            said = FILLERS[part.lower()] if index % 2 else self._read(part)
            if symbols and said and said[0] not in ",.!?…;:":
                symbols += " "
            if index % 2:
                spans.append((part.lower(), len(symbols), len(symbols) + len(said)))
            symbols += said
        return symbols, spans

    def _read(self, text: str) -> str:
        if not re.search(r"\w", text):
            return text.strip()
        return self._symbols.symbols(self._phonemes.of(text.strip()), self._accent).strip()


def _session(model: Path) -> Any:
    """The weights, with the durations among the outputs."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    weights = declare_output(model.read_bytes(), DURATIONS)
    return onnxruntime.InferenceSession(weights, sess_options=options, providers=["CPUExecutionProvider"])


def declare_output(model: bytes, tensor: str) -> bytes:
    """An ONNX file with one more output. A message of protobuf that is written twice is merged by its
    readers, so it is enough to append ModelProto.graph (field 7) with one GraphProto.output (12) of that
    ValueInfoProto.name (1)."""
    message = tensor.encode()
    for field in (1, 12, 7):
        message = bytes([field << 3 | 2]) + _varint(len(message)) + message
    return model + message


def _varint(number: int) -> bytes:
    """A number as protobuf writes it: seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)
