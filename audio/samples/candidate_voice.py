"""A virtual candidate's voice: Kokoro-82M, cut where the script pauses, and telling when its fillers are.

    stretches -> calls of whole sentences -> sound and durations -> cuts in the quiet places between stretches

The weights predict a duration for every symbol before they make the sound. It is no output of the file, so
it is declared one here; with it the moment of every filler and of every scripted pause is known, not
recognised. A stretch of one or two words spoken alone gets vowels at its edges that nobody wrote; spoken
within its sentence it does not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
from pieces import EDGE_MS, ENDS, RATE_HZ, Speech

from voice_audio.voices.kokoro import MOST_TOKENS, load_table
from voice_audio.voices.kokoro import RATE_HZ as KOKORO_HZ
from voice_audio.voices.phonemes import Accent, EspeakPhonemes, symbol_table

FILLERS: dict[Accent, dict[str, str]] = {
    "american": {"um": "ˈʌːmm", "uh": "ˈʌː"},
    "british": {"um": "ˈʌmm", "uh": "ˈɜː"},
}
"""How they are said, drawn out to .2 to .5 s. Of fourteen spellings these are what Whisper tiny.en and base
hear as fillers: a British long "ˈʌːm" is heard as "arm", a British "ˈʌː" as "are"."""
LEAST_SYMBOLS = 100
"""In one call, where the answer has so many: short calls are where Kokoro adds sounds."""
MARKS = (",", "…,", ".")
"""What stands between two stretches of one sentence, tried in this order until there is a quiet place to cut.
Where the script has no comma it begins with the second, since a comma alone is often read across. A full stop
always leaves silence but lets the voice fall, so it comes last."""
QUIET_DB = 28.0
"""Silence is this far under the speech of the call. Between two clauses bf_isabella falls by 40 to 60 dB, and
am_puck, who breathes there, by 25 to 38."""
LEAST_QUIET_MS = 20
"""A quiet place shorter than this is inside a consonant."""
REACH_S = 0.1
"""The sound follows the durations to about this much."""
FADE_MS = 8
FRAME_MS = 10
DURATIONS = "/encoder/Clip_output_0"
"""The tensor of durations in kokoro-v1.0.int8.onnx: one number for each token, in frames."""
FRAME_S = 600 / KOKORO_HZ
"""One frame of durations: their sum times 600 is the number of samples, exactly."""
THREADS = 2
_FRAME = RATE_HZ * FRAME_MS // 1000
_EDGE = RATE_HZ * EDGE_MS // 1000
_WORDS = ("um", "uh")
_FILLER = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Filler:
    """A sound such as "um". start_s, end_s: seconds from the first sample of what it stands in."""

    word: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Clause:
    """One stretch of speech at 16 kHz with EDGE_MS around it."""

    samples: Speech
    fillers: tuple[Filler, ...]


@dataclass(frozen=True)
class _Spelled:
    """Stretches in Kokoro's symbols. gaps: (first, past) symbol of the mark and space between two of them.
    fillers: (stretch, word, first, past)."""

    symbols: str
    gaps: list[tuple[int, int]]
    fillers: list[tuple[int, str, int, int]]


class CandidateVoice:
    """One of Kokoro's voices at one speed. The same text gives the same samples."""

    def __init__(self, model: Path, voice: str, speed: float) -> None:
        """voice: a file of kokoro_tables, or several joined by "+", whose mean is taken; its first letter
        tells the accent, as Kokoro names its voices. speed: 1 is Kokoro's own. Raises
        ModelProblem("voice_unknown"), OSError for missing weights."""
        self._accent: Accent = "british" if voice.startswith("b") else "american"
        self._styles = np.mean([load_table(table) for table in voice.split("+")], axis=0, dtype=np.float32)
        self._symbols = symbol_table()
        self._phonemes = EspeakPhonemes(self._symbols.languages[self._accent])
        self._speed = np.array([speed], np.float32)
        self._session = _session(model)

    def speak(self, stretches: Sequence[str]) -> list[Clause]:
        """The stretches of one answer, in order. Raises ValueError for silence, and for a sentence that
        is too long for one call."""
        return [clause for call in self._calls(stretches) for clause in self._speak(call)]

    def _calls(self, stretches: Sequence[str]) -> list[list[str]]:
        """The stretches by call: whole sentences, so many that none is short."""
        calls: list[list[str]] = [[]]
        for stretch in stretches:
            done = calls[-1] and calls[-1][-1][-1] in ENDS
            if done and len(self._spell(calls[-1], ()).symbols) >= LEAST_SYMBOLS:
                calls.append([])
            calls[-1].append(stretch)
        if len(calls) > 1 and len(self._spell(calls[-1], ()).symbols) < LEAST_SYMBOLS:
            last = calls.pop()
            calls[-1] += last
        return calls

    def _speak(self, stretches: list[str]) -> list[Clause]:
        """One call, or more where there is no quiet place at a pause."""
        marks = [0 if stretch.endswith(",") else 1 for stretch in stretches[:-1]]
        while True:
            spelled = self._spell(stretches, marks)
            spoken, edges_s = self._call(spelled.symbols)
            quiet = _quiet(spoken)
            places = [_place(quiet, spoken, edges_s[1 + a], edges_s[1 + b]) for a, b in spelled.gaps]
            missed = [
                number
                for number, (_, found) in enumerate(places)
                if not found and stretches[number][-1] not in ENDS and marks[number] + 1 < len(MARKS)
            ]
            if not missed:
                break
            for number in missed:
                marks[number] += 1
        cuts = [0, *(at for at, _ in places), len(spoken)]
        return [
            _clause(
                spoken,
                quiet,
                begin,
                end,
                [
                    (word, float(edges_s[1 + first]), float(edges_s[1 + past]))
                    for number, word, first, past in spelled.fillers
                    if number == stretch
                ],
            )
            for stretch, (begin, end) in enumerate(pairwise(cuts))
        ]

    def _call(self, symbols: str) -> tuple[Speech, npt.NDArray[np.float64]]:
        """The sound at 16 kHz, and when each token begins, in seconds; one more for the end."""
        if len(symbols) > MOST_TOKENS:
            raise ValueError(f"{len(symbols)} symbols are too many for one call: {symbols}")
        tokens = [0, *(self._symbols.tokens[symbol] for symbol in symbols), 0]
        inputs = {
            "tokens": np.array([tokens], np.int64),
            "style": self._styles[len(symbols) - 1],
            "speed": self._speed,
        }
        waveform, durations = self._session.run(["audio", DURATIONS], inputs)
        edges_s = np.concatenate([[0.0], np.cumsum(durations.reshape(-1))]) * FRAME_S
        return soxr.resample(waveform.reshape(-1), KOKORO_HZ, RATE_HZ).astype(np.float32), edges_s

    def _spell(self, stretches: Sequence[str], marks: Sequence[int]) -> _Spelled:
        """marks: for each gap the number of its mark in MARKS, where no sentence ends; none is the first."""
        symbols, gaps, fillers = "", list[tuple[int, int]](), list[tuple[int, str, int, int]]()
        for number, stretch in enumerate(stretches):
            if number:
                first = len(symbols) - 1
                if stretches[number - 1][-1] not in ENDS:
                    symbols = symbols.rstrip(",")
                    first = len(symbols)
                    symbols += MARKS[marks[number - 1] if marks else 0]
                gaps.append((first, len(symbols) + 1))
            for index, part in enumerate(_FILLER.split(stretch)):
                said = FILLERS[self._accent][part.lower()] if index % 2 else self._read(part)
                if symbols and said and said[0] not in ",.!?…;:":
                    symbols += " "
                if index % 2:
                    fillers.append((number, part.lower(), len(symbols), len(symbols) + len(said)))
                symbols += said
        return _Spelled(symbols, gaps, fillers)

    def _read(self, text: str) -> str:
        if not re.search(r"\w", text):
            return text.strip()
        return self._symbols.symbols(self._phonemes.of(text.strip()), self._accent).strip()


def _quiet(spoken: Speech) -> npt.NDArray[np.bool_]:
    """Whether each 10 ms is silence."""
    power = np.square(spoken[: len(spoken) // _FRAME * _FRAME].reshape(-1, _FRAME)).mean(axis=1)
    loud = power[power > power.mean() / 10]
    return np.asarray(power < loud.mean() * 10 ** (-QUIET_DB / 10))


def _place(quiet: npt.NDArray[np.bool_], spoken: Speech, start_s: float, end_s: float) -> tuple[int, bool]:
    """Where to cut between two stretches, in samples, and whether it is quiet there: the middle of the
    longest silence near the gap, or the quietest 10 ms."""
    first = max(0, round((start_s - REACH_S) * 1000 / FRAME_MS))
    past = min(len(quiet), round((end_s + REACH_S) * 1000 / FRAME_MS))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet[first:past], [0]])))
    runs = [(int(end - begin), int(begin + end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    length, twice = max(runs, default=(0, 0))
    if length * FRAME_MS >= LEAST_QUIET_MS:
        return first * _FRAME + twice * _FRAME // 2, True
    power = np.square(spoken[first * _FRAME : past * _FRAME].reshape(-1, _FRAME)).mean(axis=1)
    return (first + int(power.argmin())) * _FRAME + _FRAME // 2, False


def _clause(
    spoken: Speech,
    quiet: npt.NDArray[np.bool_],
    begin: int,
    end: int,
    fillers: list[tuple[str, float, float]],
) -> Clause:
    """What lies between two cuts, with EDGE_MS before its first sound and after its last."""
    loud = np.flatnonzero(~quiet[begin // _FRAME : -(-end // _FRAME)])
    if not len(loud):
        raise ValueError("nothing in this stretch is louder than silence")
    first = max(begin, (begin // _FRAME + int(loud[0])) * _FRAME)
    past = min(end, (begin // _FRAME + int(loud[-1]) + 1) * _FRAME)
    start, stop = max(begin, first - _EDGE), min(end, past + _EDGE)
    piece = spoken[start:stop].copy()
    ramp = np.linspace(0, 1, min(len(piece), RATE_HZ * FADE_MS // 1000), dtype=np.float32)
    piece[: len(ramp)] *= ramp
    piece[len(piece) - len(ramp) :] *= ramp[::-1]
    samples = np.pad(piece, (start - first + _EDGE, past + _EDGE - stop))
    least_s, most_s = EDGE_MS / 1000, (len(samples) - _EDGE) / RATE_HZ
    from_s = (first - _EDGE) / RATE_HZ
    return Clause(
        samples,
        tuple(
            Filler(word, max(least_s, start_s - from_s), min(most_s, end_s - from_s))
            for word, start_s, end_s in fillers
        ),
    )


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
