"""The index over all sessions, opened and brought up to date for a command."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voice_interviewer.review.model import SCHEMA_VERSION
from voice_interviewer.review.report import build_report
from voice_interviewer.settings.config import sessions_dir
from voice_interviewer.store.index import Library, database_beside

MANY = 40
"""So many sessions to read take long enough to be told about."""
_SOURCES = ("session.json", "events.jsonl", "notes.jsonl")


@contextmanager
def open_library() -> Iterator[Library]:
    """The index of this machine's sessions, up to date. Raises RecordProblem."""
    root = sessions_dir()
    with Library(root, database_beside(root), read_report) as library:
        library.sync(_tell if sys.stderr.isatty() else None)
        yield library


def read_report(folder: Path) -> Mapping[str, Any]:
    """The plain form of a session's report: as it was written where nothing changed since, else made anew.

    Raises RecordProblem when the record cannot be read.
    """
    return _written(folder) or build_report(folder).plain()


def _written(folder: Path) -> dict[str, Any] | None:
    path = folder / "report.json"
    try:
        written_ns = path.stat().st_mtime_ns
        sources = (folder / name for name in _SOURCES)
        if any(source.exists() and source.stat().st_mtime_ns >= written_ns for source in sources):
            return None
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and report.get("schema_version") == SCHEMA_VERSION else None


def _tell(done: int, total: int) -> None:
    """One line that counts, on a terminal."""
    if total >= MANY and done % 10 == 0:
        print(f"\rReading sessions: {done} of {total}", end="", file=sys.stderr, flush=True)
    if total >= MANY and done + 1 == total:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
