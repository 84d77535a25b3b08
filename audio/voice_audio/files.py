"""Sound files as they come from anywhere, and a microphone and a speaker made of files instead of devices."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from voice_audio.dialogue import DialogueWriter, Stereo, finalise, read_clip
from voice_audio.errors import SoundFileProblem
from voice_audio.ports import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, Sound

__all__ = [
    "ClockSpeaker",
    "DialogueWriter",
    "PlayedLine",
    "SilentMicrophone",
    "Stereo",
    "WavMicrophone",
    "WavSpeaker",
    "finalise",
    "load_sound",
    "read_clip",
    "to_rate",
    "write_mp3",
]

_BLOCK = 65_536
_FORMATS_HINT = "Give a WAV, FLAC, OGG or MP3 recording."
_MP3_RATES_HZ = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def load_sound(path: Path | str) -> Sound:
    """Any file libsndfile reads, as mono int16 at its own rate (several channels: their mean).

    A file cut short yields what is there. Raises SoundFileProblem (codes "missing", "not_sound", "empty",
    "unreadable").
    """
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise SoundFileProblem("missing", f"{path}: no such file", "Check the path.")
    if path.stat().st_size == 0:
        raise SoundFileProblem("empty", f"{path}: the file is empty", _FORMATS_HINT)
    try:
        with soundfile.SoundFile(path) as file:
            blocks, rate_hz = _read_blocks(file), int(file.samplerate)
    except OSError as error:
        raise SoundFileProblem("unreadable", f"{path}: cannot be read ({error.strerror})") from error
    except soundfile.LibsndfileError as error:
        raise SoundFileProblem("not_sound", f"{path}: not a sound file", _FORMATS_HINT) from error
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.int16)
    if len(samples) == 0:
        raise SoundFileProblem("empty", f"{path}: there is no sound in the file", _FORMATS_HINT)
    return Sound(samples, rate_hz)


def _read_blocks(file: Any) -> list[Samples]:
    """Everything that can be decoded, mixed to mono. Read in blocks: a damaged FLAC announces absurd lengths
    and then fails in the middle, and what came before the damage is still good."""
    import soundfile

    blocks: list[Samples] = []
    try:
        # Through float, because integers from a float file come unscaled (documented by soundfile).
        while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
            blocks.append(_to_int16(block.mean(axis=1)))
    except soundfile.LibsndfileError:
        if not blocks:
            raise
    return blocks


def _to_int16(samples: npt.NDArray[np.float32]) -> Samples:
    """From -1..1 to PCM16, clipped; what is not a number becomes silence."""
    scaled = np.nan_to_num(samples, nan=0.0) * np.float32(32768)
    clipped: Samples = np.clip(np.rint(scaled), -32768, 32767).astype(np.int16)
    return clipped


def to_rate(sound: Sound, rate_hz: int) -> Sound:
    """The same sound at another rate (soxr HQ); the same object when it already has that rate."""
    if sound.rate_hz == rate_hz:
        return sound
    import soxr

    # Through float: soxr dithers integers, and digital silence must stay digital silence.
    as_float = sound.samples.astype(np.float32) / np.float32(32768)
    return Sound(_to_int16(soxr.resample(as_float, sound.rate_hz, rate_hz, quality="HQ")), rate_hz)


def write_mp3(target: Path | IO[bytes], sound: Sound) -> None:
    """Write mono MP3 to a path or a binary buffer, in blocks. A rate that MP3 does not know becomes 44.1 kHz.

    Raises SoundFileProblem("disk") when the target cannot be written.
    """
    import soundfile

    if sound.rate_hz not in _MP3_RATES_HZ:
        sound = to_rate(sound, 44_100)
    try:
        with soundfile.SoundFile(target, "w", sound.rate_hz, 1, format="MP3") as file:
            for at in range(0, len(sound.samples), _BLOCK):
                file.write(sound.samples[at : at + _BLOCK])
    except (OSError, soundfile.LibsndfileError) as error:
        hint = "Make room or choose another folder."
        raise SoundFileProblem("disk", f"{target}: cannot be written ({error})", hint) from error


class _Pace:
    """Lets 20 ms of monotonic time pass for each frame, counted from the first, so that errors do not add
    up."""

    def __init__(self, realtime: bool) -> None:
        self._realtime = realtime
        self._begun: float | None = None
        self._frames = 0

    def wait(self) -> None:
        if not self._realtime:
            return
        if self._begun is None:
            self._begun = time.monotonic()
        self._frames += 1
        due = self._begun + self._frames * FRAME_MS / 1000
        if (early := due - time.monotonic()) > 0:
            time.sleep(early)


class SilentMicrophone:
    """A microphone that hears nothing: typed interviews, pauses, --no-audio. realtime: paced by the monotonic
    clock."""

    trouble: str | None = None

    def __init__(self, realtime: bool) -> None:
        self._pace = _Pace(realtime)

    def read(self) -> Samples:
        """The next frame of digital silence, shape (320,)."""
        self._pace.wait()
        return np.zeros(FRAME_SAMPLES, np.int16)

    def close(self) -> None:
        """Nothing to release."""


class ClockSpeaker:
    """A loudspeaker where there is none: a line lasts, on the monotonic clock, as long as it would have been
    heard; nothing sounds."""

    trouble: str | None = None

    def __init__(self) -> None:
        self._began_s, self._length_ms, self._stopped_ms = 0.0, 0, 0

    def play(self, sound: Sound) -> None:
        self._began_s, self._length_ms, self._stopped_ms = time.monotonic(), sound.duration_ms, -1

    def playing(self) -> bool:
        return self._stopped_ms < 0 and self._elapsed_ms() < self._length_ms

    def stop(self) -> int:
        if self._stopped_ms < 0:
            self._stopped_ms = min(self._elapsed_ms(), self._length_ms)
        return self._stopped_ms

    def close(self) -> None:
        self.stop()

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began_s) * 1000)


class WavMicrophone:
    """A recording in the place of a microphone: its sound at 16 kHz, then silence for ever.

    realtime paces it by the monotonic clock; otherwise each frame comes at once and the caller's clock counts
    frames. Raises what `load_sound` raises.
    """

    trouble: str | None = None

    def __init__(self, source: Path | str | Sound, realtime: bool = False) -> None:
        sound = source if isinstance(source, Sound) else load_sound(source)
        self._samples = to_rate(sound, SAMPLE_RATE_HZ).samples
        self._at = 0
        self._pace = _Pace(realtime)

    @property
    def ended(self) -> bool:
        """The recording has been handed out completely; only silence follows."""
        return self._at >= len(self._samples)

    def read(self) -> Samples:
        """The next frame, shape (320,); the last one of the recording is filled up with silence."""
        self._pace.wait()
        frame: Samples = np.zeros(FRAME_SAMPLES, np.int16)
        piece = self._samples[self._at : self._at + FRAME_SAMPLES]
        frame[: len(piece)] = piece
        self._at += len(piece)
        return frame

    def close(self) -> None:
        """Nothing to release."""


class PlayedLine(NamedTuple):
    """One line as the listener had it. start_ms: on the given clock; played_ms: less than the sound where it
    was stopped."""

    start_ms: int
    sound: Sound
    played_ms: int


class WavSpeaker:
    """A speaker that takes exactly as long as a real one on the clock it is given, and remembers what it was
    handed.

    clock_ms: the session clock. A second `play` stops the first, as on a device.
    """

    trouble: str | None = None

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._lines: list[PlayedLine] = []
        self._open: tuple[int, Sound] | None = None  # the newest line, until it is stopped

    @property
    def lines(self) -> list[PlayedLine]:
        """Every line so far, oldest first; the one still sounding with what was played until now."""
        if self._open is None:
            return list(self._lines)
        start_ms, sound = self._open
        return [*self._lines, PlayedLine(start_ms, sound, self._played_ms())]

    def play(self, sound: Sound) -> None:
        self.stop()
        self._open = (self._clock_ms(), sound)

    def playing(self) -> bool:
        return self._open is not None and self._played_ms() < self._open[1].duration_ms

    def stop(self) -> int:
        """How many ms of the line begun last were played; 0 when none was begun or it had been stopped
        before."""
        played_ms = self._played_ms()
        self._lines, self._open = self.lines, None
        return played_ms

    def close(self) -> None:
        """Stop what still plays."""
        self.stop()

    def _played_ms(self) -> int:
        if self._open is None:
            return 0
        start_ms, sound = self._open
        return min(self._clock_ms() - start_ms, sound.duration_ms)
