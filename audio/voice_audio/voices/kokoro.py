"""Kokoro-82M as a Voice: a small neural voice on onnxruntime, 24 kHz.

    text ──sentences──> eSpeak's phonemes ──table──> tokens ──Kokoro──> sound ──trim, join, level──> line

Weights: kokoro-v1.0.int8.onnx (Apache-2.0). Inputs: tokens int64 (1, n + 2), token 0 at both ends; style
float32 (1, 256), row n - 1 of the voice's own table; speed float32 (1,). One sentence a call, so that a
sentence sounds the same in whatever line it stands, and what is rendered for later makes way quickly.
"""

import os
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from voice_audio.errors import ModelProblem
from voice_audio.native import native_call
from voice_audio.ports import GaveWay, Sound
from voice_audio.voices.by_sentence import joined, sentences
from voice_audio.voices.level import level_speech, trim_ends
from voice_audio.voices.phonemes import Accent, EspeakPhonemes, symbol_table

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")

RATE_HZ = 24_000
MOST_TOKENS = 510
"""In one call; a voice's table has a row for each number of tokens."""
STYLE_SHAPE = (510, 1, 256)
_INPUTS = {"tokens", "style", "speed"}
_TABLES = Path(__file__).with_name("kokoro_tables")
URGENT_THREADS, BACKGROUND_THREADS = 2, 1
BACKGROUND_NICENESS = 15
SENTENCE_PAUSE_MS = 330
"""Between two sentences at speed 1, trimmed ends included: what Kokoro itself leaves within one call."""
CLAUSE_PAUSE_MS = 120
_CLAUSE_END = re.compile(r"(?<=[,;:—.!?…])\s+")
_SOUND = re.compile(r"[^\W\d_]")
_HINT = "`voice-interviewer models download kokoro` fetches them; the voice 'system' needs none"


@dataclass(frozen=True)
class KokoroSettings:
    """One of Kokoro's voices. table: its file in kokoro_tables; pace: measured pairs of speed and words a
    minute (pauses between sentences included), slowest first."""

    table: str
    accent: Accent
    pace: tuple[tuple[float, float], ...]

    def speed(self, words_per_minute: float) -> float:
        """Kokoro's speed for that many words a minute, between the slowest and the fastest measured."""
        speeds, rates = zip(*self.pace, strict=True)
        return float(np.interp(words_per_minute, rates, speeds))


class KokoroVoice:
    """One voice, see `ports.Voice`. Any thread may ask; lines for now go before lines for later."""

    def __init__(self, model: Path, settings: KokoroSettings, phonemes: EspeakPhonemes | None = None) -> None:
        """Loads the weights, about half a second, and starts the child for phonemes.

        Raises ModelProblem: "voice_missing", "voice_unusable", "voice_unknown", "phonemes_failed".
        """
        self.name = f"kokoro {settings.table}"
        self._settings = settings
        self._model = model
        self._styles = load_table(settings.table)
        self._symbols = symbol_table()
        self._urgent = _session(model, URGENT_THREADS)
        self._background: Any = None
        self._phonemes = phonemes or EspeakPhonemes(self._symbols.languages[settings.accent])
        self._floor = _Floor()

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The line at -20 dBFS, its ends trimmed; the same bytes each time. Background work makes way.

        Raises ValueError for a blank text, ModelProblem: "voice_failed", "phonemes_failed".
        """
        return self._line(text, words_per_minute, in_background=False)

    def render_ahead(self, text: str, words_per_minute: int) -> Sound:
        """The same for a line that is not wanted yet: on one thread of low priority, and only while no other
        thread is in `render`. Raises GaveWay besides, once the way is free again."""
        return self._line(text, words_per_minute, in_background=True)

    def pause_ms(self, words_per_minute: int) -> float:
        """How long it is silent between two sentences."""
        return SENTENCE_PAUSE_MS / self._settings.speed(words_per_minute)

    def close(self) -> None:
        """Stop what is rendered in the background, and the child for phonemes. Afterwards it is of no use."""
        self._floor.close()
        self._phonemes.close()

    def _line(self, text: str, words_per_minute: int, in_background: bool) -> Sound:
        if not text.strip():
            raise ValueError("there is nothing to say")
        speed = self._settings.speed(words_per_minute)
        parts = [self._sentence(part, speed, in_background) for part in sentences(text)]
        spoken = [part for part in parts if part is not None]
        if not spoken:
            raise ModelProblem("voice_failed", "there is nothing in this line that can be spoken")
        return joined(spoken, self.pause_ms(words_per_minute))

    def _sentence(self, text: str, speed: float, in_background: bool) -> Sound | None:
        """None where nothing in it has a sound."""
        symbols = self._symbols.symbols(self._phonemes.of(text), self._settings.accent)
        parts = [trim_ends(self._run(part, speed, in_background)) for part in calls(symbols)]
        return level_speech(joined(parts, CLAUSE_PAUSE_MS / speed)) if parts else None

    def _run(self, symbols: str, speed: float, in_background: bool) -> Sound:
        tokens = [self._symbols.tokens[symbol] for symbol in symbols]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._styles[len(tokens) - 1],
            "speed": np.array([speed], np.float32),
        }
        try:
            waveform = self._in_background(inputs) if in_background else self._now(inputs)
        except GaveWay:
            raise
        except Exception as error:  # onnxruntime raises a dozen private types for one and the same thing
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise ModelProblem("voice_failed", f"the voice Kokoro failed ({reason[-1]})", _HINT) from error
        return Sound(np.rint(np.clip(waveform, -1, 1) * 32767).astype(np.int16), RATE_HZ)

    def _now(self, inputs: dict[str, Any]) -> npt.NDArray[np.float32]:
        with self._floor.urgent(), native_call():
            waveform: npt.NDArray[np.float32] = self._urgent.run(None, inputs, _run_options())[0]
        return waveform

    def _in_background(self, inputs: dict[str, Any]) -> npt.NDArray[np.float32]:
        options = _run_options()
        with self._floor.background(options), native_call():
            session = self._patient()
            waveform: npt.NDArray[np.float32]
            (waveform,) = _at_low_priority(lambda: session.run(None, inputs, options))
        return waveform

    def _patient(self) -> Any:
        """The weights a second time, on one thread: what is rendered for later leaves a core to others."""
        if self._background is None:
            self._background = _session(self._model, BACKGROUND_THREADS)
        return self._background


class _Floor:
    """Who may compute: any number of urgent calls, else one background call, which is stopped when an urgent
    one comes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._urgent = 0
        self._running: Any = None
        self._gave_way = self._closed = False

    @contextmanager
    def urgent(self) -> "Iterator[None]":
        with self._changed:
            self._urgent += 1
            self._stop()
        try:
            yield
        finally:
            with self._changed:
                self._urgent -= 1
                self._changed.notify_all()

    @contextmanager
    def background(self, options: Any) -> "Iterator[None]":
        """Waits for its turn. options: onnxruntime's RunOptions of the call, by which it is stopped; then
        GaveWay is raised, as soon as no urgent call is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (not self._urgent and self._running is None))
            if self._closed:
                raise GaveWay
            self._running, self._gave_way = options, False
        try:
            yield
        except Exception:
            if self._gave_way:
                raise GaveWay from None
            raise
        finally:
            with self._changed:
                self._running = None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closed or not (self._gave_way and self._urgent))

    def close(self) -> None:
        """No more background calls; the one that runs is stopped."""
        with self._changed:
            self._closed = True
            self._stop()
            self._changed.notify_all()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.terminate = True
            self._gave_way = True


def table_names() -> tuple[str, ...]:
    """The voices that come with the product, by the names of their tables."""
    return tuple(sorted(path.stem for path in _TABLES.glob("*.bin")))


def load_table(name: str) -> npt.NDArray[np.float32]:
    """A voice's styles, shape (510, 1, 256). Raises ModelProblem("voice_unknown") for one there is not."""
    if name not in table_names():
        raise ModelProblem(
            "voice_unknown", f"there is no voice {name!r}", f"there are {', '.join(table_names())}"
        )
    return np.fromfile(_TABLES / f"{name}.bin", "<f4").reshape(STYLE_SHAPE)


def calls(symbols: str) -> tuple[str, ...]:
    """A sentence's symbols in pieces of at most 510, cut behind clause marks, else between words, else
    anywhere. Pieces without a sound are left out."""
    pieces = [symbols] if len(symbols) <= MOST_TOKENS else _packed(_CLAUSE_END.split(symbols))
    return tuple(piece for piece in pieces if _SOUND.search(piece))


def _packed(parts: Sequence[str]) -> list[str]:
    """The parts joined again to pieces that are as long as is allowed."""
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + 1 + len(part) <= MOST_TOKENS:
            packed[-1] += f" {part}"
        elif len(part) <= MOST_TOKENS:
            packed.append(part)
        elif " " in part:
            packed += _packed(part.split(" "))
        else:
            packed += [part[at : at + MOST_TOKENS] for at in range(0, len(part), MOST_TOKENS)]
    return packed


def _session(model: Path, threads: int) -> Any:
    """Kokoro's weights in onnxruntime, without telemetry. Raises ModelProblem."""
    import onnxruntime

    if not model.is_file():
        raise ModelProblem("voice_missing", f"the weights of the voice Kokoro are not here: {model}", _HINT)
    onnxruntime.disable_telemetry_events()  # beside the switch in voice_audio/__init__.py
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = True  # see _run_options
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # as above
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelProblem(
            "voice_unusable", f"the voice {model} cannot be loaded ({reason})", _HINT
        ) from error
    if {each.name for each in session.get_inputs()} != _INPUTS:
        raise ModelProblem("voice_unusable", f"{model} is not the voice Kokoro", _HINT)
    return session


def _run_options() -> Any:
    """One arena a session, given back after each call. Without an arena glibc's own heaps fall to pieces:
    measured on six lines, 1.5 GB at most instead of 0.5 GB."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _at_low_priority(work: Callable[[], _T]) -> _T:
    """Do the work in a thread of its own that yields to every other: a session of one thread computes in its
    caller. Linux alone knows threads of different niceness."""
    done: list[_T] = []
    failed: list[Exception] = []

    def run() -> None:
        if sys.platform == "linux":
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BACKGROUND_NICENESS)
        try:
            done.append(work())
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="voice-background", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
