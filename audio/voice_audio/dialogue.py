"""The recording of a session: stereo PCM16 at 16 kHz, left the interviewer, right the candidate, on the
session clock.

A crash must not cost what was said. libsndfile corrects the length in a WAV header only when the file is
closed, and a file opened again for appending keeps its old length on disk until then (measured: a second
crash would hide everything since the first). So each half second is written by opening, appending and
closing: 0.36 ms a time on the machine it was measured on (200 appends of 8000 frames, timed with
perf_counter), and the file is a whole WAV at every moment.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_audio.errors import SoundFileProblem
from voice_audio.ports import SAMPLE_RATE_HZ, Samples

Stereo = npt.NDArray[np.int16]
"""PCM16, shape (n, 2): left the interviewer, right the candidate."""

_BLOCK = SAMPLE_RATE_HZ // 2
_DISK_HINT = "Make room or choose another folder; what was written until now is kept."


class DialogueWriter:
    """Appends to the recording. At most 0.5 s waits in memory, so a killed process loses less than 1 s.

    Not thread-safe: one thread writes. Raises SoundFileProblem("disk") when the disk is full or the folder
    cannot be written; what could not be written stays in memory and is tried again with the next write.
    """

    def __init__(self, path: Path) -> None:
        """Begin a new recording at `path`, replacing what was there."""
        import soundfile

        self.path = path
        self._written = 0
        self._waiting: list[Stereo] = []
        self._waiting_frames = 0
        try:
            soundfile.SoundFile(path, "w", SAMPLE_RATE_HZ, 2, subtype="PCM_16", format="WAV").close()
        except (OSError, soundfile.LibsndfileError) as error:
            raise SoundFileProblem("disk", f"{path}: cannot be written ({error})", _DISK_HINT) from error

    @classmethod
    def resume(cls, path: Path) -> "DialogueWriter":
        """Go on with a recording that a crash left behind. One that never got its header is begun anew.

        Raises SoundFileProblem("not_a_dialogue") for a file of another kind: it is left as it is.
        """
        import soundfile

        if not path.exists() or path.stat().st_size < 44:  # killed before the header was complete
            return cls(path)
        try:
            with soundfile.SoundFile(path) as file:
                kind = (file.samplerate, file.channels, file.format, file.subtype)
                frames = file.frames
        except (OSError, soundfile.LibsndfileError) as error:
            raise SoundFileProblem("not_a_dialogue", f"{path}: cannot be continued ({error})") from error
        if kind != (SAMPLE_RATE_HZ, 2, "WAV", "PCM_16"):
            raise SoundFileProblem("not_a_dialogue", f"{path}: not a recording of this program")
        writer = cls.__new__(cls)
        writer.path, writer._written, writer._waiting, writer._waiting_frames = path, frames, [], 0
        return writer

    @property
    def duration_ms(self) -> int:
        """The length so far, what still waits in memory included."""
        return (self._written + self._waiting_frames) * 1000 // SAMPLE_RATE_HZ

    def write(self, left: Samples, right: Samples) -> None:
        """The next piece of both channels, each of shape (n,); usually frames of 320 samples."""
        self._waiting.append(np.column_stack((left, right)).astype(np.int16, copy=False))
        self._waiting_frames += len(left)
        if self._waiting_frames >= _BLOCK:
            self.flush()

    def pad_to(self, ms: int) -> None:
        """Append silence until the recording is `ms` long; nothing when it already is."""
        missing = ms * SAMPLE_RATE_HZ // 1000 - self._written - self._waiting_frames
        while missing > 0:
            silence: Samples = np.zeros(min(missing, _BLOCK), np.int16)
            self.write(silence, silence)
            missing -= len(silence)

    def flush(self) -> None:
        """Hand everything to the operating system and leave a whole WAV behind."""
        import soundfile

        if not self._waiting:
            return
        block = np.concatenate(self._waiting)
        try:
            with soundfile.SoundFile(self.path, "r+") as file:
                file.seek(self._written)  # not the end: a failed write may have left half a block there
                file.write(block)
        except (OSError, soundfile.LibsndfileError) as error:
            raise SoundFileProblem("disk", f"{self.path}: cannot be written ({error})", _DISK_HINT) from error
        self._written += len(block)
        self._waiting, self._waiting_frames = [], 0

    def close(self) -> None:
        """Write what waits. The recording is complete as it lies; `finalise` makes it smaller."""
        self.flush()


def finalise(path: Path) -> Path:
    """Turn a finished dialogue.wav into dialogue.flac and return the file that
    remains.

    The WAV is deleted only after the FLAC has been read back and found equal in every block; on any failure
    the WAV stays and no half-made FLAC does. Works in blocks, so that an hour needs no more memory than a
    minute.
    """
    import soundfile

    flac = path.with_suffix(".flac")
    part = path.with_suffix(".flac.part")
    if not path.exists() and flac.exists():
        return flac
    try:
        _to_flac(path, part)
        if not _equal(path, part):
            raise SoundFileProblem("not_equal", f"{part}: differs from {path.name}")
        os.replace(part, flac)
        path.unlink()
    except (OSError, SoundFileProblem, soundfile.LibsndfileError):
        part.unlink(missing_ok=True)
        return path if path.exists() else flac
    return flac


def read_clip(path: Path, start_ms: int, end_ms: int) -> Stereo:
    """Both channels of start_ms..end_ms, shape (n, 2); shorter where the recording ends earlier.

    Raises SoundFileProblem when the recording cannot be read or nothing of the clip lies in it.
    """
    import soundfile

    start, end = max(0, start_ms) * SAMPLE_RATE_HZ // 1000, end_ms * SAMPLE_RATE_HZ // 1000
    try:
        with soundfile.SoundFile(path) as file:
            if (file.samplerate, file.channels) != (SAMPLE_RATE_HZ, 2):
                raise SoundFileProblem("not_a_dialogue", f"{path}: not a recording of this program")
            if not start < min(end, file.frames):
                raise SoundFileProblem("no_clip", f"{path}: nothing recorded at {start_ms}..{end_ms} ms")
            file.seek(start)
            clip: Stereo = file.read(min(end, file.frames) - start, dtype="int16", always_2d=True)
            return clip
    except (OSError, soundfile.LibsndfileError) as error:
        raise SoundFileProblem("unreadable", f"{path}: cannot be read ({error})") from error


def _to_flac(source: Path, target: Path) -> None:
    import soundfile

    with (
        soundfile.SoundFile(source) as wav,
        soundfile.SoundFile(
            target, "w", wav.samplerate, wav.channels, subtype="PCM_16", format="FLAC"
        ) as flac,
    ):
        while len(block := wav.read(_BLOCK * 8, dtype="int16")):
            flac.write(block)
    with open(target, "r+b") as written:  # the WAV is about to go: let a power cut not take both
        os.fsync(written.fileno())


def _equal(one: Path, other: Path) -> bool:
    import soundfile

    with soundfile.SoundFile(one) as left, soundfile.SoundFile(other) as right:
        if left.frames != right.frames:
            return False
        while len(block := left.read(_BLOCK * 8, dtype="int16")):
            again: npt.NDArray[Any] = right.read(_BLOCK * 8, dtype="int16")
            if not np.array_equal(block, again):
                return False
        return True
