"""Whisper through faster-whisper (CTranslate2, no torch) behind the Transcriber port.

The only file that imports faster_whisper, and only when a model is loaded.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from voice_audio.doubt import model_for
from voice_audio.errors import ModelProblem
from voice_audio.models.finding import Found, Missing, find_model
from voice_audio.native import native_call
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples
from voice_audio.transcribers import ladder
from voice_audio.transcribers.filler_sounds import believed
from voice_audio.transcribers.guards import (
    RawSegment,
    WhisperSettings,
    why_dropped,
    words_within,
    worth_hearing,
)
from voice_audio.transcribers.ladder import Attempt, Climb, Hardware, NoRungError, Rung

OLDEST_CTRANSLATE2 = (4, 7)
"""Older releases abort the whole process when cuDNN is missing or mixed, which no `except` can catch."""


class WhisperEngine(Protocol):
    """What is used of faster_whisper.WhisperModel."""

    def transcribe(
        self, audio: npt.NDArray[np.float32], **options: Any
    ) -> tuple[Iterable[RawSegment], object]:
        """Segments as they are found (decoding happens while they are drawn), and facts about the run."""

    def detect_language(self, audio: npt.NDArray[np.float32]) -> tuple[str, float, Any]:
        """The code of the likeliest language ("en", "de"), its probability, and all of them."""

    @property
    def model(self) -> Any:
        """ctranslate2's model, which knows whether it is multilingual."""


_SMALLER = "choose a smaller model"
_NO_MORE: Mapping[str, Any] = {}
_PROMPTED_SAMPLES = 29 * SAMPLE_RATE_HZ
"""A prompt reaches no further than the first 30 s that a model is given."""

Build = Callable[[Path, Rung], WhisperEngine]
DEFAULTS = WhisperSettings()


class WhisperTranscriber:
    """A loaded Whisper model; see ports.Transcriber. One piece of speech at a time, whichever thread asks."""

    def __init__(
        self,
        label: str,
        climb: Climb[WhisperEngine],
        settings: WhisperSettings,
        on_cpu: Callable[[str], Climb[WhisperEngine]],
    ) -> None:
        """on_cpu: builds the model anew on the CPU when the GPU fails during a session; gets the reason."""
        self._doubt = model_for(settings.doubt, label)
        self.doubt_threshold = self._doubt.threshold if self._doubt else settings.doubt_threshold
        self.attempts: tuple[Attempt, ...] = climb.attempts
        self.dropped: tuple[tuple[str, str], ...] = ()
        """The last call's disbelieved segments: text and reason, for the record and for doctor."""
        self._label, self._climb, self._settings, self._on_cpu = label, climb, settings, on_cpu
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        """The model's name or folder, e.g. "base.en"."""
        return self._label

    @property
    def name(self) -> str:
        """For the record, e.g. "whisper base.en int8 cpu"."""
        return f"whisper {self._label} {self._climb.rung}"

    @property
    def device(self) -> str:
        """ "cpu" or "cuda": where it runs now."""
        return self._climb.rung.device

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """Words of one segment (16 kHz, any length); see ports.Transcriber. Raises ModelProblem.

        Nothing shorter than 250 ms and no digital silence reaches the model. `cancelled` is asked before the
        model is and again after each of its segments; what was found by then is returned.
        """
        return self._heard(samples, cancelled, FULL_FRAMES)

    def transcribe_quickly(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """As `transcribe`, but the encoder sees the sound and 2 s of silence instead of 30 s: about half the
        work for a few seconds of speech; see ports.QuickTranscriber."""
        return self._heard(samples, cancelled, short_frames(len(samples)))

    def _heard(
        self,
        samples: Samples,
        cancelled: Callable[[], bool],
        frames: int,
        more: Mapping[str, Any] = _NO_MORE,
    ) -> tuple[HeardWord, ...]:
        if not worth_hearing(samples, self._settings):
            return ()
        with self._lock, encoding(frames):
            try:
                return self._listen(samples, cancelled, more)
            except (RuntimeError, MemoryError) as error:
                reason = ladder.one_line(error)
                if self.device != "cuda":
                    raise ModelProblem(
                        "whisper_failed", f"speech recognition failed ({reason}).", _SMALLER
                    ) from error
            # An answer must not be lost because a GPU went away or its memory filled up.
            self._climb = self._on_cpu(reason)
            self.attempts += (Attempt(Rung("cuda", "in use"), reason), *self._climb.attempts)
            return self._listen(samples, cancelled, more)

    def calibrated(
        self, words: tuple[HeardWord, ...], pieces: tuple[tuple[int, int], ...]
    ) -> tuple[HeardWord, ...]:
        """The words with the probability that each is right, as fitted for this model; as they are where
        nothing was fitted. See ports.CalibratedTranscriber."""
        return words if self._doubt is None else self._doubt.calibrated(words, pieces)

    def fillers(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """The filler sounds of one window; see ports.FillerTranscriber. Raises ModelProblem."""
        found: list[HeardWord] = []
        for start in range(0, len(samples), _PROMPTED_SAMPLES):
            words = self._heard(
                samples[start : start + _PROMPTED_SAMPLES],
                cancelled,
                FULL_FRAMES,
                {"initial_prompt": self._settings.filler_prompt},
            )
            begin_ms = start * 1000 // SAMPLE_RATE_HZ
            found += [
                replace(word, start_ms=word.start_ms + begin_ms, end_ms=word.end_ms + begin_ms)
                for word in believed(words, self._settings.filler_probability)
            ]
        return tuple(found)

    def language(self, samples: Samples) -> tuple[str, float]:
        """See ports.LanguageTranscriber. ("en", 1.0) from a model that knows no other, ("", 0.0) for less
        than `language_ms` of sound."""
        if not self._climb.model.model.is_multilingual:
            return "en", 1.0
        if len(samples) * 1000 < self._settings.language_ms * SAMPLE_RATE_HZ:
            return "", 0.0
        with self._lock:
            try:
                found, probability, _ = self._climb.model.detect_language(_as_float(samples))
            except (RuntimeError, MemoryError) as error:
                raise ModelProblem(
                    "whisper_failed", f"speech recognition failed ({ladder.one_line(error)}).", _SMALLER
                ) from error
        return found, float(probability)

    def _listen(
        self, samples: Samples, cancelled: Callable[[], bool], more: Mapping[str, Any] = _NO_MORE
    ) -> tuple[HeardWord, ...]:
        if cancelled():
            return ()
        with native_call():
            return self._decoded(samples, cancelled, more)

    def _decoded(
        self, samples: Samples, cancelled: Callable[[], bool], more: Mapping[str, Any]
    ) -> tuple[HeardWord, ...]:
        segments, _ = self._climb.model.transcribe(
            _as_float(samples),
            **{**_options(self._settings, self.device), "max_new_tokens": most_tokens(len(samples)), **more},
        )
        believed: list[RawSegment] = []
        dropped: list[tuple[str, str]] = []
        for segment in segments:
            reason = why_dropped(segment, self._settings)
            if reason is None:
                believed.append(segment)
            else:
                dropped.append((segment.text.strip(), reason))
            if cancelled():
                break
        self.dropped = tuple(dropped)
        return words_within(believed, len(samples) * 1000 // SAMPLE_RATE_HZ)


FULL_FRAMES = 3000
"""What Whisper's encoder is made for: 30 s in frames of 10 ms."""
_LEAST_FRAMES, _SILENT_FRAMES = 800, 200
"""Measured on real recordings: with less than 8 s, or without 2 s of silence at the end, words are lost."""
_encoding = threading.local()


def short_frames(samples: int) -> int:
    """How many frames the encoder is given for so much sound, when it need not be the full 30 s."""
    return min(FULL_FRAMES, max(_LEAST_FRAMES, samples * 100 // SAMPLE_RATE_HZ + _SILENT_FRAMES))


def most_tokens(samples: int) -> int:
    """How long a text so much sound can have, for a window of the decoder (448 with its prompt): a loop ends
    there. Nobody speaks 12 tokens a second."""
    return min(384, 32 + 12 * samples // SAMPLE_RATE_HZ)


@contextmanager
def encoding(frames: int) -> Iterator[None]:
    """Inside, faster-whisper pads features to so many frames on this thread. It has no option for it, so its
    padding function is replaced, once, by one that asks here."""
    from faster_whisper import transcribe

    if not hasattr(transcribe.pad_or_trim, "full"):
        padded = transcribe.pad_or_trim

        def pad_or_trim(array: Any, length: int = FULL_FRAMES, *, axis: int = -1) -> Any:
            asked = getattr(_encoding, "frames", FULL_FRAMES)
            return padded(array, asked if length == FULL_FRAMES else length, axis=axis)

        pad_or_trim.full = padded  # type: ignore[attr-defined]
        transcribe.pad_or_trim = pad_or_trim
    before = getattr(_encoding, "frames", FULL_FRAMES)
    _encoding.frames = frames
    try:
        yield
    finally:
        _encoding.frames = before


def _as_float(samples: Samples) -> npt.NDArray[np.float32]:
    return samples.astype(np.float32) / np.float32(32768)


def _options(settings: WhisperSettings, device: str) -> dict[str, Any]:
    return {
        "language": "en",
        "task": "transcribe",
        "beam_size": settings.beam_cpu if device == "cpu" else settings.beam_gpu,
        "temperature": 0.0,  # the default list decodes a bad window up to six times
        "condition_on_previous_text": False,  # one bad window must not seed the next
        "word_timestamps": True,
        "vad_filter": False,  # our detector has cut the sound already
        "no_speech_threshold": settings.no_speech,
        "log_prob_threshold": settings.log_probability,
        "compression_ratio_threshold": settings.compression_ratio,
    }


def half_the_cores() -> int:
    """Threads for a recogniser beside which a detector, a voice and a screen have to keep up: half of what
    CTranslate2 takes by itself, which is one a core, four at most.

    A short hearing is mostly one token after the other, which no second thread makes faster: with tiny.en 8 s
    of sound take .27 s on one core and .26 s on two, at half the processor time. Of 30 s the encoder gains
    a third.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(4, cores) // 2)


def build_engine(folder: Path, rung: Rung, threads: int = 0) -> WhisperEngine:
    """The real constructor: faster-whisper on one device with one number format, never asking the hub.
    threads: on a CPU; 0: as many as CTranslate2 takes by itself."""
    if rung.device == "cuda":
        ladder.preload_cublas()
    from faster_whisper import WhisperModel

    model: WhisperEngine = WhisperModel(
        str(folder),
        device=rung.device,
        compute_type=rung.compute_type,
        cpu_threads=threads,
        local_files_only=True,
    )
    return model


def warm_up(engine: WhisperEngine) -> None:
    """Make a new model work once: cuBLAS is only loaded at the first encode, so a constructor proves nothing.

    Noise, because silence may be answered without decoding, and word times, because they use kernels of their
    own.
    """
    noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE_HZ).astype(np.float32) * 0.05
    segments, _ = engine.transcribe(
        noise,
        language="en",
        beam_size=1,
        temperature=0.0,
        max_new_tokens=8,
        no_speech_threshold=None,
        word_timestamps=True,
        vad_filter=False,
    )
    for _ in segments:
        pass


def load_whisper(
    model: str | Path,
    device: str = "auto",
    compute_type: str = "auto",
    folder: Path | None = None,
    notice: Callable[[str], None] = lambda line: None,
    settings: WhisperSettings = DEFAULTS,
    build: Build | None = None,
    hardware: Hardware | None = None,
    threads: int = 0,
) -> WhisperTranscriber:
    """A working transcriber on the best device there is; the CPU always remains.

    model: a known name that is on this machine, or a directory. device: "auto", "cpu" or "cuda".
    folder: the models folder, looked into before the Hugging Face cache. notice: gets at most one line, when
    the person got something else than they would expect. threads: see `build_engine`; an interview takes
    `half_the_cores`. build and hardware stand in for the real ones in tests. Raises ModelProblem; never
    connects anywhere.
    """
    _refuse_old_ctranslate2(version("ctranslate2"))
    found = _located(model, folder)
    machine = hardware or ladder.look()
    construct = build or partial(build_engine, threads=threads)

    def up(rungs: tuple[Rung, ...]) -> Climb[WhisperEngine]:
        try:
            return ladder.climb(rungs, lambda rung: construct(found.folder, rung), warm_up)
        except NoRungError as failure:
            raise ModelProblem(
                "whisper_unusable",
                f"the Whisper model in {found.folder} cannot be used ({failure}).",
                "fetch or copy the model again, or answer by typing: voice-interviewer practice --typed",
            ) from failure

    def on_cpu(reason: str) -> Climb[WhisperEngine]:
        climb = up(ladder.rungs(machine, "cpu"))
        notice(f"The GPU stopped working ({reason}). Using the CPU. {ladder.remedy(reason)}")
        return climb

    climb = up(ladder.rungs(machine, device, compute_type))
    line = ladder.notice_for(climb.attempts, device, machine)
    if line is not None:
        notice(line)
    return WhisperTranscriber(found.name, climb, settings, on_cpu)


def _located(model: str | Path, folder: Path | None) -> Found:
    found = find_model(model, folder)
    if isinstance(found, Missing):
        raise ModelProblem(
            "model_missing",
            f"the Whisper model {found.name} is not on this machine.",
            f"Fetch it: voice-interviewer models download {found.name} (about {found.size_mb} MB); "
            "or answer by typing: voice-interviewer practice --typed",
        )
    return found


def _refuse_old_ctranslate2(installed: str) -> None:
    numbers = tuple(int(part) for part in installed.split(".")[:2])
    if numbers < OLDEST_CTRANSLATE2:
        raise ModelProblem(
            "ctranslate2_old",
            f"ctranslate2 {installed} is too old: with some GPU set-ups it ends the whole program.",
            'pip install "ctranslate2>=4.7"',
        )
