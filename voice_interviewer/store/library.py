"""All sessions on this laptop, found by looking at their folders; `store.index` repeats what they hold."""

import contextlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from voice_interviewer.errors import RecordProblem
from voice_interviewer.store.log import SessionFolder

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)_[a-z0-9-]+_[a-z0-9-]+(_\d+)?")
_SOURCES = ("session.json", "events.jsonl", "notes.jsonl", "dialogue.wav", "dialogue.flac")
LIST_HINT = "`voice-interviewer sessions list` shows what is there."


@dataclass(frozen=True)
class SessionSummary:
    """One line of the list of sessions. started: local time in ISO form; state: "complete", "open" or
    "damaged"."""

    id: str
    path: Path
    started: str
    role: str
    level: str
    state: str
    duration_s: float
    size_bytes: int


@dataclass(frozen=True)
class Seen:
    """fingerprint: changes with anything a report is made from. size_bytes: all files together."""

    fingerprint: str
    size_bytes: int


def list_sessions(root: Path) -> list[SessionSummary]:
    """Every session below `root`, newest first; one that cannot be read is listed as "damaged". Other folders
    are left out. An absent root holds no sessions."""
    summaries = [summarise(path) for path in session_folders(root)]
    return sorted(summaries, key=lambda summary: (summary.started, summary.id), reverse=True)


def session_folders(root: Path) -> list[Path]:
    """The folder of every session below `root`, in no order."""
    try:
        return [path for path in root.iterdir() if is_session(path)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise RecordProblem("unreadable", f"{root}: cannot be read ({error.strerror})") from error


def look(folder: Path) -> Seen:
    """A glance at a session's folder, without opening anything in it."""
    marks, size_bytes = [], 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    size_bytes += size_bytes_of(Path(entry.path))
                    continue
                state = entry.stat(follow_symlinks=False)
                size_bytes += state.st_size
                if entry.name in _SOURCES:
                    marks.append(f"{entry.name}:{state.st_size}:{state.st_mtime_ns}")
    except OSError:
        pass  # deleted meanwhile, or unreadable; reading it will say so
    return Seen(" ".join(sorted(marks)), size_bytes)


def find_session(root: Path, key: str) -> SessionSummary:
    """The session with this id, with an id that begins so, or the newest one for "last".

    Raises RecordProblem ("no_sessions", "unknown_session", "ambiguous_session").
    """
    sessions = list_sessions(root)
    if not sessions:
        raise RecordProblem(
            "no_sessions", "there are no sessions yet", "Begin with `voice-interviewer practice`."
        )
    if key == "last":
        return sessions[0]
    found = [session for session in sessions if key and session.id.startswith(key)]
    exact = [session for session in found if session.id == key]
    if exact or len(found) == 1:
        return (exact or found)[0]
    if not found:
        raise RecordProblem("unknown_session", f"no session is called {key!r}", LIST_HINT)
    raise RecordProblem(
        "ambiguous_session", f"{len(found)} sessions begin with {key!r}", "Give more of the name."
    )


def is_session(path: Path) -> bool:
    """Whether that is a session's folder, even a damaged one; a link to one is none."""
    try:
        named = _NAME.fullmatch(path.name) is not None or (path / "session.json").is_file()
        return named and path.is_dir() and not path.is_symlink()
    except OSError:
        return False


def summarise(path: Path) -> SessionSummary:
    """What there is to say about one session's folder."""
    folder = SessionFolder(path)
    try:
        about = folder.read_about()
        if about["state"] not in ("open", "complete"):
            raise RecordProblem("damaged", f"{folder.about}: unknown state")
        return SessionSummary(
            id=folder.id,
            path=folder.path,
            started=str(about["started"]),
            role=str(about["role"]),
            level=str(about["level"]),
            state=about["state"],
            duration_s=_duration_s(folder.audio),
            size_bytes=size_bytes_of(folder.path),
        )
    except (RecordProblem, KeyError):
        started, role, level = _from_name(folder.id)
        duration_s, size_bytes = _duration_s(folder.audio), size_bytes_of(folder.path)
        return SessionSummary(folder.id, folder.path, started, role, level, "damaged", duration_s, size_bytes)


def _from_name(name: str) -> tuple[str, str, str]:
    """Started, role and level as far as the folder's name tells them."""
    if _NAME.fullmatch(name) is None:
        return "", "", ""
    moment, role, level = name.split("_")[:3]
    try:
        return datetime.strptime(moment, "%Y-%m-%dT%H-%M-%S").isoformat(timespec="seconds"), role, level
    except ValueError:
        return "", role, level


def _duration_s(audio: Path) -> float:
    """Length of the recording; 0.0 where there is none that can be read."""
    if not audio.is_file():
        return 0.0
    import soundfile

    try:
        info = soundfile.info(audio)
    except (OSError, soundfile.LibsndfileError):
        return 0.0
    return round(float(info.frames) / float(info.samplerate), 1)


def size_bytes_of(path: Path) -> int:
    """All files below a folder together."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with contextlib.suppress(OSError):  # deleted meanwhile
                total += os.lstat(os.path.join(folder, name)).st_size
    return total
