"""The index's database file: its tables, who may read it, and what is done when it is damaged."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EDITION = 1
"""Of the tables and of what stands in them. A file of another edition is emptied and filled anew."""
BUSY_S = 15.0
"""How long one process waits for another that is writing; a session takes milliseconds."""

_TABLES = """
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, title TEXT NOT NULL, role TEXT NOT NULL,
    level TEXT NOT NULL, started TEXT NOT NULL, state TEXT NOT NULL, duration_s REAL NOT NULL,
    bytes INTEGER NOT NULL, tags TEXT NOT NULL, note TEXT NOT NULL, drill TEXT, demo INTEGER NOT NULL,
    trouble TEXT, header TEXT NOT NULL);
CREATE TABLE said (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL, who TEXT NOT NULL, question TEXT, turn INTEGER,
    start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, text TEXT NOT NULL, times BLOB);
CREATE INDEX said_by_session ON said (session);
CREATE VIRTUAL TABLE said_words USING fts5 (
    text, content = 'said', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2');
CREATE TRIGGER said_added AFTER INSERT ON said BEGIN
    INSERT INTO said_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER said_removed AFTER DELETE ON said BEGIN
    INSERT INTO said_words (said_words, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TABLE asked (
    session TEXT NOT NULL, question TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, family TEXT,
    level TEXT, text TEXT NOT NULL, skills TEXT NOT NULL, skipped INTEGER NOT NULL, rated INTEGER,
    feedback_level INTEGER);
CREATE INDEX asked_by_session ON asked (session);
CREATE INDEX asked_by_question ON asked (question);
CREATE INDEX asked_by_family ON asked (family);
CREATE TABLE findings (
    session TEXT NOT NULL, question TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
    state TEXT NOT NULL, heard_when TEXT, assessed INTEGER NOT NULL, probes INTEGER);
CREATE INDEX findings_by_session ON findings (session, question);
CREATE TABLE answers (
    session TEXT NOT NULL, question TEXT NOT NULL, turn INTEGER NOT NULL, move TEXT, words INTEGER NOT NULL,
    length_ms INTEGER, words_per_minute INTEGER, first_word_ms INTEGER, fillers INTEGER NOT NULL);
CREATE INDEX answers_by_session ON answers (session, question);
CREATE TABLE cut_ins (
    session TEXT NOT NULL, turn INTEGER NOT NULL, at_ms INTEGER NOT NULL, how TEXT NOT NULL,
    gap_ms INTEGER NOT NULL);
CREATE INDEX cut_ins_by_session ON cut_ins (session);
"""

_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""Damaged, no database at all, or with other tables than ours."""
_UNKEPT = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_PERM)


def open_file(path: Path, anew: bool = False) -> sqlite3.Connection:
    """The database at `path`, made where there is none. anew: whatever is there is thrown away first.

    Raises OSError and sqlite3.Error.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if anew:
        throw_away(path)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its own files the same mode
    os.chmod(path, 0o600)
    return _prepared(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None))


def throw_away(path: Path) -> None:
    """Remove the database with what SQLite keeps beside it. Raises OSError."""
    for name in (path.name + "-wal", path.name + "-shm", path.name):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()


@contextmanager
def changing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction, which waits its turn among processes; undone where it fails."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Several questions to one and the same state of things, whatever other processes write meanwhile."""
    connection.execute("BEGIN")
    with connection:
        yield


def open_memory() -> sqlite3.Connection:
    """A database that is gone with the program."""
    return _prepared(sqlite3.connect(":memory:", isolation_level=None))


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault, so that a new one helps."""
    return _code(error) in _BROKEN


def cannot_be_kept(error: sqlite3.Error) -> bool:
    """Whether there is no writing here, so that only memory is left."""
    return _code(error) in _UNKEPT


def erase(connection: sqlite3.Connection) -> None:
    """See to it that what was deleted stands nowhere in the file any more. The word index keeps deleted words
    until its parts are merged, and the log keeps pages until they are written back."""
    connection.execute("INSERT INTO said_words (said_words) VALUES ('optimize')")
    connection.execute("PRAGMA wal_checkpoint (TRUNCATE)").fetchall()


def _code(error: sqlite3.Error) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF  # the lower byte; the rest says more precisely what it was


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")  # losing the newest rows costs reading them again
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        if _edition(connection) != EDITION:
            _fill(connection)
        return connection
    except BaseException:
        connection.close()
        raise


def _fill(connection: sqlite3.Connection) -> None:
    """The tables, empty. Whoever comes second to this finds them there."""
    with changing(connection):
        if _edition(connection) == EDITION:
            return
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        # the words first: what SQLite keeps them in goes with them
        for (name,) in sorted(names, key=lambda row: row[0] != "said_words"):
            if not name.startswith("sqlite_"):
                connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        for statement in _statements():
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {EDITION}")


def _statements() -> list[str]:
    """One by one: `executescript` would end the transaction."""
    found, rest = [], ""
    for line in _TABLES.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found


def _edition(connection: sqlite3.Connection) -> int:
    (edition,) = connection.execute("PRAGMA user_version").fetchone()
    return int(edition)
