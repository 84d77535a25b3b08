"""The plug points of the sound side: small Protocols and the two values that pass through them.

Everything inside is 16 kHz mono PCM16 in frames of 20 ms; only a device or a voice knows another rate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000  # 320

Samples = npt.NDArray[np.int16]
"""Mono PCM16, shape (n,)."""


@dataclass(frozen=True)
class Sound:
    """A rendered or loaded piece of mono sound at its own rate. samples: int16, shape (n,)."""

    samples: Samples
    rate_hz: int

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // self.rate_hz


@dataclass(frozen=True)
class HeardWord:
    """One recognised word; ms from the first sample given, probability 0..1 as calibrated by the engine."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


class PureSilence(str):
    """A microphone's trouble in which frames arrive but hold nothing but zeros: it is muted, or a noise gate
    is shut between words. Worth a line to the person; no reason to distrust the silence."""


class Microphone(Protocol):
    """A source of sound that paces the session: each frame read moves the session clock on by 20 ms."""

    def read(self) -> Samples:
        """The next frame, shape (320,), 16 kHz. A live source blocks for it; when its device stops delivering
        it hands out silence paced by the monotonic clock, so the session clock neither stops nor jumps."""

    @property
    def trouble(self) -> str | None:
        """One line saying why no real sound arrives at present, or None while all is well."""

    def close(self) -> None:
        """Release the device or file. Reading afterwards is a bug."""


class Speaker(Protocol):
    """Where the interviewer's lines are heard, one at a time."""

    def play(self, sound: Sound) -> None:
        """Begin at once; the first sample leaves within 10 ms on an opened device. Raises DeviceProblem."""

    def playing(self) -> bool:
        """Whether the line begun last is still being heard."""

    @property
    def trouble(self) -> str | None:
        """One line when the newest line broke off because the device failed, else None."""

    def stop(self) -> int:
        """Silence within 10 ms. Returns how many ms of the line were really handed to the listener; the whole
        length when it had already ended."""

    def close(self) -> None:
        """Release the device or file."""


class SpeechDetector(Protocol):
    """Says of each block of sound how likely it holds speech. Keeps its state between blocks."""

    @property
    def name(self) -> str:
        """For the record."""

    @property
    def block_samples(self) -> int:
        """Block size it wants, in samples at 16 kHz (silero 512, webrtcvad 320)."""

    def probability(self, block: Samples) -> float:
        """Probability of speech, 0..1, for one block of shape (block_samples,)."""

    def reset(self) -> None:
        """Forget what was heard, as before the first block."""


class Transcriber(Protocol):
    """Turns a finished piece of speech into words."""

    @property
    def name(self) -> str:
        """For the record, e.g. "whisper base.en int8 cpu"."""

    @property
    def doubt_threshold(self) -> float:
        """A word below this probability may be a mis-hearing and never supports a criticism."""

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """Words of one segment (16 kHz). Empty when no speech was understood. Raises ModelProblem. When
        `cancelled` turns true the work is given up soon and what was found so far may be returned."""


@runtime_checkable
class QuickTranscriber(Protocol):
    """What a Transcriber may offer besides: a cheaper hearing of short sound, a little less exact, for
    captions and for guesses at a pause."""

    def transcribe_quickly(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """As `Transcriber.transcribe`."""


@runtime_checkable
class CalibratedTranscriber(Protocol):
    """A Transcriber that knows how far its own probabilities can be trusted."""

    def calibrated(
        self, words: tuple[HeardWord, ...], pieces: tuple[tuple[int, int], ...]
    ) -> tuple[HeardWord, ...]:
        """The words with the probability that each is right. pieces: start and end in ms of the speech
        between pauses, on the clock of the words."""


@runtime_checkable
class FillerTranscriber(Protocol):
    """A Transcriber that can be asked for the sounds it otherwise leaves out."""

    def fillers(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """The hesitation sounds ("um", "uh") of one window of speech, 16 kHz, and no other words; ms from the
        first sample. A lower bound. Costs as much as `transcribe`. Raises ModelProblem."""


@runtime_checkable
class LanguageTranscriber(Protocol):
    """A Transcriber that can tell which language it hears."""

    def language(self, samples: Samples) -> tuple[str, float]:
        """ISO 639-1 code of the language of the first 30 s, and its probability; ("", 0.0) where that cannot
        be told. Raises ModelProblem."""


@runtime_checkable
class MeteredTranscriber(Protocol):
    """A Transcriber whose calls cost more than this machine's time (another machine's, or money): it is asked
    for finished speech and, sparingly, at pauses; never while somebody speaks."""

    speculate_every_ms: int
    """The least time between two calls that may turn out to be in vain."""


class TurnModel(Protocol):
    """Judges by sound alone, at the beginning of a silence, whether the speaker seems to be done."""

    @property
    def name(self) -> str:
        """For the record."""

    def over(self, samples: Samples) -> float:
        """0 goes on .. 1 is over. samples: the answer so far, at most its last 8 s (16 kHz), ending about
        200 ms after the last speech: later the silence itself would speak. Raises ModelProblem."""


class Voice(Protocol):
    """Renders a line of text to sound."""

    @property
    def name(self) -> str:
        """For the record and as the key of cached lines."""

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The whole line as sound. Raises ModelProblem when the voice fails or does not answer in time."""


@runtime_checkable
class PatientVoice(Protocol):
    """What a Voice may offer besides: lines for later, which never hold up one that is wanted now."""

    def render_ahead(self, text: str, words_per_minute: int) -> Sound:
        """As `render`, at the lowest priority. Raises as that does, and GaveWay when it was stopped."""


class GaveWay(Exception):  # noqa: N818 - nothing went wrong
    """Background work was stopped for what is wanted now; it may be asked for again."""
