"""The index over all sessions: a SQLite file that only repeats what the session folders hold.

Delete it and it is rebuilt; a damaged one, or one of another edition, is rebuilt by itself. Only folders in
which something changed are read again. It holds what was said, so it is readable by its owner alone, and what
is deleted from it is overwritten.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from voice_interviewer.errors import RecordProblem
from voice_interviewer.store import index_places
from voice_interviewer.store.index_facts import Asked, history, report_facts
from voice_interviewer.store.index_file import (
    cannot_be_kept,
    changing,
    erase,
    is_broken,
    open_file,
    open_memory,
    reading,
    throw_away,
)
from voice_interviewer.store.index_places import Place
from voice_interviewer.store.index_rows import add_rows, remove_rows
from voice_interviewer.store.library import Seen, SessionSummary, look, session_folders, summarise

FILE = "library.sqlite"
"""Its name, beside the folder of all sessions."""

_NO_REPORT: tuple[type[Exception], ...] = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    OverflowError,
    sqlite3.ProgrammingError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
)
"""What comes of a report.json with other things in it than a report's."""

Read = Callable[[Path], Mapping[str, Any]]
"""A session's folder -> the plain form of its report. May raise RecordProblem."""
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Listed:
    """One session as it is listed. started: local time in ISO form; state: "complete", "open" or "damaged";
    drill: what it was a drill of; demo: no person answered; trouble: why nothing that was said in it can be
    searched, None where all can."""

    id: str
    path: Path
    title: str
    role: str
    level: str
    started: str
    state: str
    duration_s: float
    size_bytes: int
    tags: tuple[str, ...] = ()
    note: str = ""
    drill: str | None = None
    demo: bool = False
    trouble: str | None = None


@dataclass(frozen=True)
class Synced:
    """What a look at the folders came to: ids that were read, that are gone, and that could not be read."""

    read: tuple[str, ...]
    gone: tuple[str, ...]
    damaged: tuple[str, ...]


def database_beside(root: Path) -> Path:
    """Where the index over the sessions in `root` is kept."""
    return root.parent / FILE


def forget(database: Path, session: str) -> None:
    """Take everything about a session out of the index, so that its words stand nowhere in the file; one that
    is damaged goes as a whole. Raises RecordProblem."""
    if not database.exists():
        return
    try:
        connection = open_file(database)
        try:
            _forget(connection, (session,))
        finally:
            connection.close()
    except OSError as error:
        raise RecordProblem("index", f"{database}: cannot be changed ({error.strerror})") from error
    except sqlite3.Error as error:
        if not is_broken(error):
            raise _problem(database, error) from error
        throw_away(database)


class Library:
    """Everything ever recorded below `root`, by its index. One thread at a time; several processes may each
    have their own. `sync` first; everything else answers from what was seen then.

    Where the database cannot be written it is kept in memory. Raises RecordProblem for what cannot be
    mended.
    """

    def __init__(self, root: Path, database: Path, read: Read) -> None:
        self._root, self._database, self._read = root, database, read
        self._connection = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing can be asked any more."""
        self._connection.close()

    # --- keeping it right -----------------------------------------------------------------------------------

    def sync(self, progress: Callable[[int, int], None] | None = None) -> Synced:
        """Bring the index up to what the folders hold. progress: told (sessions read, sessions to read).

        A session that cannot be read stays listed and is tried again when it changes."""
        return self._answer(lambda: self._sync(progress))

    def _sync(self, progress: Callable[[int, int], None] | None) -> Synced:
        rows = self._connection.execute("SELECT id, fingerprint, bytes FROM sessions")
        known = {name: (fingerprint, size) for name, fingerprint, size in rows}
        seen = {path.name: look(path) for path in session_folders(self._root)}
        gone = tuple(sorted(known.keys() - seen.keys()))
        changed = [
            name for name in sorted(seen) if name not in known or known[name][0] != seen[name].fingerprint
        ]
        for number, name in enumerate(changed):
            if progress is not None:
                progress(number, len(changed))
            self._take(self._root / name, seen[name])
        if gone:
            _forget(self._connection, gone)
        sizes = [(each.size_bytes, name) for name, each in seen.items() if known.get(name, ("", -1))[1] >= 0]
        grown = [each for each in sizes if known[each[1]][1] != each[0]]
        if grown:  # a report was written: nothing new was said, but it takes room
            with changing(self._connection):
                self._connection.executemany("UPDATE sessions SET bytes = ? WHERE id = ?", grown)
        damaged = self._connection.execute("SELECT id FROM sessions WHERE trouble IS NOT NULL ORDER BY id")
        return Synced(tuple(changed), gone, tuple(name for (name,) in damaged))

    def _take(self, folder: Path, seen: Seen) -> None:
        summary = summarise(folder)
        try:
            report = self._read(folder)
        except RecordProblem as problem:
            self._write(summary, seen, None, problem.message)
            return
        try:
            self._write(summary, seen, report, None)
        except _NO_REPORT as error:
            self._write(summary, seen, None, f"{folder}: its report cannot be used ({error!r})")

    def _write(
        self, summary: SessionSummary, seen: Seen, report: Mapping[str, Any] | None, trouble: str | None
    ) -> None:
        with changing(self._connection):
            remove_rows(self._connection, summary.id)
            add_rows(self._connection, summary, seen.fingerprint, report, trouble)

    # --- asking it ------------------------------------------------------------------------------------------

    def list(self) -> tuple[Listed, ...]:
        """Every session, newest first."""
        rows = self._rows(
            "SELECT id, title, role, level, started, state, duration_s, bytes, tags, note, drill, demo,"
            " trouble FROM sessions ORDER BY started DESC, id DESC"
        )
        return tuple(
            Listed(
                id=row[0],
                path=self._root / row[0],
                title=row[1],
                role=row[2],
                level=row[3],
                started=row[4],
                state=row[5],
                duration_s=row[6],
                size_bytes=row[7],
                tags=tuple(json.loads(row[8])),
                note=row[9],
                drill=row[10],
                demo=bool(row[11]),
                trouble=row[12],
            )
            for row in rows
        )

    def search(self, text: str, limit: int = 50) -> tuple[Place, ...]:
        """Where those words were said, newest session first, at most `limit` places.

        The words as one phrase; where nobody ever said that, answers and lines with all of them, which
        `Place.exact` tells. Inflected forms count as the same word. What stands in quotation marks is always
        a phrase; nothing else in `text` has a meaning of its own, so no text is an error."""
        return self._ask(lambda: index_places.search(self._connection, text, limit))

    def history(self, of: str) -> tuple[Asked, ...]:
        """Every time that question, or a question of that family, was asked, oldest first."""
        return self._ask(lambda: history(self._connection, of))

    def facts(self) -> Iterator[dict[str, Any]]:
        """The plain report of every session that could be read, oldest first, without anything that was said:
        what `core.learning.progress.progress_of` and `review.progress` look at."""
        return iter(self._ask(lambda: report_facts(self._connection)))

    def _rows(self, query: str) -> Sequence[Any]:
        return self._answer(lambda: self._connection.execute(query).fetchall())

    # --- the file -------------------------------------------------------------------------------------------

    def _ask(self, ask: Callable[[], _Result]) -> _Result:
        def asked() -> _Result:
            with reading(self._connection):
                return ask()

        return self._answer(asked)

    def _answer(self, ask: Callable[[], _Result]) -> _Result:
        """What `ask` gives; a database found damaged on the way is made anew and asked again, once."""
        try:
            return ask()
        except sqlite3.Error as error:
            if not is_broken(error):
                raise _problem(self._database, error) from error
        self._connection.close()
        self._connection = self._open(anew=True)
        try:
            self._sync(None)
            return ask()
        except sqlite3.Error as error:
            raise _problem(self._database, error) from error

    def _open(self, anew: bool = False) -> sqlite3.Connection:
        try:
            return open_file(self._database, anew)
        except OSError:
            return open_memory()
        except sqlite3.Error as error:
            if is_broken(error) and not anew:
                return self._open(anew=True)
            if cannot_be_kept(error):
                return open_memory()
            raise _problem(self._database, error) from error


def _forget(connection: sqlite3.Connection, sessions: Iterable[str]) -> None:
    with changing(connection):
        for session in sessions:
            remove_rows(connection, session)
    erase(connection)


def _problem(database: Path, error: sqlite3.Error) -> RecordProblem:
    hint = f"Delete {database}; it is made again from the sessions."
    return RecordProblem("index", f"{database}: the index cannot be used ({error})", hint)
