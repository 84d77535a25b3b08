"""Deleting a session, to the end: the folder, what the index holds of it, and its place in the schedule."""

import contextlib
import os
import shutil
from pathlib import Path

from voice_interviewer.errors import RecordProblem
from voice_interviewer.store import index, schedule
from voice_interviewer.store.library import LIST_HINT, is_session, size_bytes_of

_SOUND_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".html")
"""The page too: the sound is inside it."""


def delete_session(root: Path, session_id: str) -> int:
    """Remove a session's folder with everything in it; returns the bytes that were freed.

    The full id is needed. Raises RecordProblem for anything that is not a session folder directly below
    `root`.
    """
    path = root / session_id
    if Path(session_id).name != session_id or not is_session(path):
        raise RecordProblem("unknown_session", f"no session is called {session_id!r}", LIST_HINT)
    freed = size_bytes_of(path)
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise RecordProblem("disk", f"{path}: cannot be deleted completely ({error.strerror})") from error
    _forget_elsewhere(root, session_id)
    return freed


def delete_audio(root: Path, session_id: str) -> int:
    """Remove every recording of a session and the page that holds its sound, and keep what was said as text;
    returns the bytes that were freed. The page can be made again without sound.

    The full id is needed. Raises RecordProblem as `delete_session` does.
    """
    path = root / session_id
    if Path(session_id).name != session_id or not is_session(path):
        raise RecordProblem("unknown_session", f"no session is called {session_id!r}", LIST_HINT)
    freed = 0
    for folder, _, names in os.walk(path):
        for file in (Path(folder, name) for name in names):
            if file.suffix.lower() in _SOUND_SUFFIXES:
                try:
                    size = file.lstat().st_size
                    file.unlink()
                except OSError as error:
                    raise RecordProblem("disk", f"{file}: cannot be deleted ({error.strerror})") from error
                freed += size
    return freed


def audio_bytes(folder: Path) -> int:
    """How much of a session's folder `delete_audio` would free."""
    total = 0
    for path in folder.rglob("*"):
        if path.suffix.lower() in _SOUND_SUFFIXES:
            with contextlib.suppress(OSError):  # deleted meanwhile
                total += path.lstat().st_size
    return total


def _forget_elsewhere(root: Path, session_id: str) -> None:
    """What is known of a session outside its folder: its rows in the index and its cards in the schedule."""
    index.forget(index.database_beside(root), session_id)
    cards = root.parent / schedule.FOLDER
    if cards.is_dir():
        schedule.forget(session_id, cards)
