"""The index over all sessions, as the review app asks it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from voice_interviewer.review.model import SCHEMA_VERSION
from voice_interviewer.review.report import build_report
from voice_interviewer.store.index import Library, database_beside

_LOOKING = Lock()
"""One request at a time looks at the folders; the next finds the work done."""
_SOURCES = ("session.json", "events.jsonl", "notes.jsonl")


@contextmanager
def library(root: Path) -> Iterator[Library]:
    """The index, up to date. One for each request: a connection belongs to its thread."""
    with _LOOKING, Library(root, database_beside(root), read_report) as found:
        found.sync()
        yield found


def read_report(folder: Path) -> dict[str, Any]:
    """A session's plain report: as it was written where it is newer than everything it was made from (quick),
    else made anew. Raises RecordProblem."""
    return _written(folder) or build_report(folder).plain()


def _written(folder: Path) -> dict[str, Any] | None:
    path = folder / "report.json"
    try:
        sources = [folder / name for name in _SOURCES if (folder / name).exists()]
        if any(source.stat().st_mtime_ns > path.stat().st_mtime_ns for source in sources):
            return None
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and report.get("schema_version") == SCHEMA_VERSION else None
