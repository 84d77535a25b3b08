"""Taking our own voice out of what the microphone hears, so that a person can be heard over it.

The cleaned sound only serves to decide whether somebody speaks. It never reaches the recogniser or the
record: a canceller that has to choose between two voices squashes both.
"""

import importlib.util
from collections import deque
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from voice_audio.errors import ModelProblem
from voice_audio.ports import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples

_STEP = SAMPLE_RATE_HZ // 100
"""The library's processing takes exactly 10 ms at a time."""
_LOOK_BACK_MS, _LONGEST_DELAY_MS = 500, 500
OURS = 0.125
"""What is left is our own voice when it is so much like it. In simulated rooms, with loudspeakers of four
volumes: 46 voices over ours came to 0.12 at most; of 16 times that our own voice was taken for one, after its
delay had jumped by 60 or 120 ms in the middle of a line, 15 came to 0.14 to 0.33."""


class EchoCanceller(Protocol):
    """Removes from the microphone's sound what the loudspeaker put into it."""

    @property
    def name(self) -> str:
        """For the record."""

    def begin(self) -> None:
        """A line begins: forget the way the last one's echo took."""

    def process(self, near: Samples, far: Samples) -> Samples:
        """What is left of `near`, the microphone's frame, when `far`, what the loudspeaker was handed during
        it, is taken out. All of shape (320,), 16 kHz. The delay between the two is found, not told."""


class WebrtcCanceller:
    """The echo canceller of WebRTC (AEC3), from the `livekit` package, which is used for nothing else: no
    room, no connection. About 0.1 ms of work for a frame.

    Each line gets a new one. The delay changes whenever a loudspeaker's stream is started again, and AEC3
    takes longer to give up a wrong delay than to find one: with 70, 150 and 90 ms for three lines one
    canceller took away 30, 12 and 7 dB, new ones 28, 27 and 31 dB. The price: for its first 0.8 s a new one
    lets nothing through, the candidate neither (measured on simulated rooms, tests/audio/test_echo.py).
    Raises ModelProblem when the package is missing or its library does not load."""

    name = "webrtc aec3"

    def __init__(self) -> None:
        try:
            from livekit.rtc import AudioFrame, AudioProcessingModule
        except (ImportError, OSError) as error:
            raise ModelProblem(
                "canceller_missing",
                "The echo canceller is not installed.",
                "pip install 'voice-interviewer[aec]'",
            ) from error
        self._frame, self._module = AudioFrame, AudioProcessingModule
        self.begin()

    def begin(self) -> None:
        self._cancelling: Any = self._module(echo_cancellation=True)

    def process(self, near: Samples, far: Samples) -> Samples:
        cleaned = np.empty(FRAME_SAMPLES, np.int16)
        for at in range(0, FRAME_SAMPLES, _STEP):
            step = slice(at, at + _STEP)
            self._cancelling.process_reverse_stream(self._framed(far[step]))
            heard = self._framed(near[step])
            self._cancelling.process_stream(heard)
            cleaned[step] = np.frombuffer(heard.data, np.int16)
        return cleaned

    def _framed(self, samples: Samples) -> Any:
        return self._frame(samples.tobytes(), SAMPLE_RATE_HZ, 1, _STEP)


class Cleaner:
    """A canceller, and the doubt whether it still does its work: where a loudspeaker's or a microphone's
    stream stumbles, the delay jumps and our own voice comes through until the canceller has found it anew."""

    def __init__(self, canceller: EchoCanceller) -> None:
        self._canceller = canceller
        self._left: deque[Samples] = deque(maxlen=_LOOK_BACK_MS // FRAME_MS)
        self._far: deque[Samples] = deque(maxlen=(_LOOK_BACK_MS + _LONGEST_DELAY_MS) // FRAME_MS)

    def begin(self) -> None:
        """A line begins, or the canceller has lost its way."""
        self._canceller.begin()
        self._left.clear()
        self._far.clear()

    def process(self, near: Samples, far: Samples) -> Samples:
        """As `EchoCanceller.process`."""
        left = self._canceller.process(near, far)
        self._left.append(left)
        self._far.append(far)
        return left

    def lets_us_through(self) -> bool:
        """Whether what was left in the last half second is our own voice."""
        return bool(self._left) and likeness(np.concatenate(self._left), np.concatenate(self._far)) > OURS


def likeness(left: Samples, far: Samples) -> float:
    """The strongest normalised correlation, 0..1, of `left` with any piece of `far` of the same length. far:
    shape (m,), m >= n, ending with the same sample as `left`, shape (n,). Differences are compared, for the
    low notes of any two voices are alike."""
    short, long = np.diff(left.astype(np.float64)), np.diff(far.astype(np.float64))
    size = 1 << (len(short) + len(long)).bit_length()
    crossed: npt.NDArray[np.float64] = np.fft.irfft(
        np.conj(np.fft.rfft(short, size)) * np.fft.rfft(long, size), size
    )
    places = len(long) - len(short) + 1
    energy = np.concatenate([[0.0], np.cumsum(long**2)])
    around = (energy[len(short) : len(short) + places] - energy[:places]) * np.sum(short**2)
    return float(np.max(np.abs(crossed[:places]) / np.sqrt(around + 1e6)))


def has_canceller() -> bool:
    """Whether the package with the canceller is installed; found without importing it."""
    try:
        return importlib.util.find_spec("livekit.rtc") is not None
    except ModuleNotFoundError:
        return False
