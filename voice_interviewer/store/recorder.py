"""Writing one session down while it happens: what was configured, every event, every sample.

    SESSIONS/2026-11-23T14-05-00_ai-ethics-specialist_senior/   0700
      session.json    what was configured, and "state": "open" or "complete"
      events.jsonl    see `voice_interviewer.store.log`
      dialogue.wav    see `voice_audio.dialogue`; dialogue.flac after a clean end

A killed process loses no event and less than 1 s of sound. A full disk raises, and leaves what was written
readable.
"""

import contextlib
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from voice_audio.dialogue import DialogueWriter, finalise, read_clip
from voice_audio.errors import SoundFileProblem
from voice_audio.ports import Samples
from voice_interviewer.core.turns.events import (
    Command,
    Event,
    dumps,
    to_json,
)
from voice_interviewer.errors import RecordProblem
from voice_interviewer.store.log import SCHEMA_VERSION, SessionFolder, whole_length

_FOLDER_HINT = "Make room, or choose another place with VOICE_INTERVIEWER_HOME."


class Recorder:
    """One session's record. Events and frames may come from different threads.

    Raises RecordProblem: "disk" when something cannot be written, "busy" when another process records the
    session.
    """

    def __init__(self, folder: SessionFolder, log: "_EventLog", dialogue: DialogueWriter) -> None:
        """Use `create` or `resume`."""
        self.folder = folder
        self._log = log
        self._dialogue = dialogue
        self._sound_lock = threading.Lock()
        self._closed = False

    @classmethod
    def create(
        cls, root: Path, role: str, level: str, started: datetime, about: Mapping[str, Any]
    ) -> "Recorder":
        """Begin a new session below `root`. about: versions, devices, models, resolved config; plain JSON
        values.

        "schema_version", "state", "started", "role" and "level" are added to it.
        """
        with _told("disk", root):
            folder = SessionFolder(
                _new_folder(root, f"{started:%Y-%m-%dT%H-%M-%S}_{_slug(role)}_{_slug(level)}")
            )
            names = {"role": role, "level": level, "started": started.isoformat(timespec="seconds")}
            try:
                _write_about(folder, {**about, **names, "schema_version": SCHEMA_VERSION, "state": "open"})
                dialogue = DialogueWriter(folder.recording)
                folder.recording.chmod(0o600)
                return cls(folder, _EventLog(folder.events), dialogue)
            except BaseException:
                shutil.rmtree(folder.path, ignore_errors=True)  # nothing was recorded in it
                raise

    @classmethod
    def resume(cls, path: Path) -> "Recorder":
        """Go on with a session that a crash left open: a torn last event is dropped, the recording is
        reopened.

        Raises RecordProblem("complete") for a session that has ended.
        """
        folder = SessionFolder(path)
        if folder.read_about().get("state") != "open":
            raise RecordProblem("complete", f"{folder.id}: this session has ended", "Start a new one.")
        with _told("disk", path):
            log = _EventLog(folder.events)
            try:
                log.drop_torn_line()
                return cls(folder, log, DialogueWriter.resume(folder.recording))
            except BaseException:
                log.close()
                raise

    @property
    def duration_ms(self) -> int:
        """Length of the recording so far."""
        with self._sound_lock:
            return self._dialogue.duration_ms

    def event(self, item: Event) -> None:
        """Write down what happened. Call it before acting on it."""
        self._log.append(dumps(item))

    def commands(self, items: Sequence[Command]) -> None:
        """Write down what is done about the last event, also when it is nothing."""
        commands = {"commands": [to_json(item) for item in items]}
        self._log.append(json.dumps(commands, ensure_ascii=False, separators=(",", ":")))

    def frame(self, left: Samples, right: Samples) -> None:
        """The next 20 ms of the interviewer (left) and the candidate (right), shape (320,) each."""
        with self._sound_lock, _told("disk", self.folder.path):
            self._refuse_when_closed()
            self._dialogue.write(left, right)

    def pad_to(self, ms: int) -> None:
        """Silence on both channels until the recording is `ms` long."""
        with self._sound_lock, _told("disk", self.folder.path):
            self._refuse_when_closed()
            self._dialogue.pad_to(ms)

    def note(self, about: Mapping[str, Any]) -> None:
        """What is only known after the interview, kept beside what `create` was given; plain JSON values."""
        with _told("disk", self.folder.path):
            _write_about(self.folder, {**self.folder.read_about(), **about})

    def heard(self, start_ms: int, end_ms: int) -> Samples:
        """The candidate's channel between two times of the session clock, int16 16 kHz, as far as it is on
        disk. Raises SoundFileProblem."""
        clip = read_clip(self.folder.audio, start_ms, end_ms)
        return np.ascontiguousarray(clip[:, 1])

    def suspend(self) -> None:
        """Leave the session open, to be resumed later."""
        with self._sound_lock, _told("disk", self.folder.path):
            self._closed = True
            try:
                self._dialogue.close()
            finally:
                self._log.close()

    def close(self) -> None:
        """The interview is over: mark the session complete, then make the recording small. When that does not
        work the WAV stays, which is just as good."""
        self.suspend()
        with _told("disk", self.folder.path):
            ending = {"state": "complete", "duration_ms": self._dialogue.duration_ms}
            _write_about(self.folder, {**self.folder.read_about(), **ending})
            finalise(self.folder.recording).chmod(0o600)

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise ValueError("the record is closed")


class _EventLog:
    """An append-only file of lines. Each line is one write to the operating system, so a killed process tears
    none that was acted on; where the disk refuses half a line, that half is taken back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            _claim(self._file, path)
        except BaseException:
            os.close(self._file)
            raise

    def drop_torn_line(self) -> None:
        data = self._path.read_bytes()
        os.ftruncate(self._file, whole_length(data))

    def append(self, line: str) -> None:
        data = line.encode() + b"\n"
        with self._lock, _told("disk", self._path):
            if self._file < 0:
                raise ValueError("the record is closed")
            before = os.fstat(self._file).st_size
            try:
                written = 0
                while written < len(data):
                    written += os.write(self._file, data[written:])
            except OSError:
                os.ftruncate(self._file, before)
                raise

    def close(self) -> None:
        with self._lock:
            file, self._file = self._file, -1
            if file >= 0:
                os.close(file)


def _claim(file: int, path: Path) -> None:
    """Only one process may write a session; the claim ends with the process. Windows is not guarded."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"{path.parent.name}: this session is still running in another window"
        raise RecordProblem("busy", message, "Finish it there first.") from error


@contextlib.contextmanager
def _told(code: str, path: Path) -> Iterator[None]:
    """Failures of the disk become a RecordProblem that names the place."""
    try:
        yield
    except SoundFileProblem as problem:
        raise RecordProblem(problem.code, problem.message, problem.hint or _FOLDER_HINT) from problem
    except OSError as error:
        raise RecordProblem(code, f"{path}: cannot be written ({error.strerror})", _FOLDER_HINT) from error


def _new_folder(root: Path, name: str) -> Path:
    """A folder that did not exist before, for the owner only."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, 1000):
        path = root / (name if number == 1 else f"{name}_{number}")
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            return path
    raise RecordProblem("disk", f"{root}: too many sessions named {name}")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "any"


def _write_about(folder: SessionFolder, about: Mapping[str, Any]) -> None:
    """Replace session.json in one step, so that no crash leaves half of it."""
    part = folder.about.with_suffix(".part")
    with open(part, "w", encoding="utf-8") as file:
        json.dump(about, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o600)
    os.replace(part, folder.about)
