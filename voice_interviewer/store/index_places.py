"""Finding where something was said, down to the words and their times."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from voice_interviewer.store.index_rows import word_times

CONTEXT_WORDS = 8
"""Words shown before and after what was found."""
_OPEN, _CLOSE = "\x02", "\x03"
"""Put around what was found; characters that control something are kept out of the rows."""
_QUOTED = re.compile(r'"([^"]*)"|([^\s"]+)')


@dataclass(frozen=True)
class Place:
    """Where something was said. who: interviewer or candidate; question: the id of the one it belongs to.

    start_ms, end_ms: of the found words where their times are known, else of the whole answer or line, on the
    session's clock. before, found, after: the words in their context, verbatim. exact: they were said in this
    order, one after the other; else they all stand somewhere in `text`, and this is the first of them.
    """

    session: str
    title: str
    started: str
    who: str
    question: str | None
    turn: int | None
    start_ms: int
    end_ms: int
    before: str
    found: str
    after: str
    text: str
    exact: bool

    @property
    def snippet(self) -> str:
        """The found words in their context, on one line."""
        return " ".join(part for part in (self.before, self.found, self.after) if part)


def search(connection: sqlite3.Connection, text: str, limit: int) -> tuple[Place, ...]:
    """See `Library.search`."""
    wanted = " ".join(re.sub(r"[\x00-\x1f]", " ", text).split())
    if not wanted or limit < 1:
        return ()
    found = tuple(_places(connection, _phrase(wanted.replace('"', " ")), limit, exact=True))
    if found or len(wanted.split()) < 2:
        return found
    parts = [phrase or word for phrase, word in _QUOTED.findall(wanted)]
    query = " AND ".join(_phrase(part) for part in parts if any(c.isalnum() for c in part))
    return tuple(_places(connection, query, limit, exact=False)) if query else ()


def _phrase(text: str) -> str:
    """FTS5 takes what stands between double quotes as words and as nothing else."""
    return '"' + text.replace('"', '""') + '"'


def _places(connection: sqlite3.Connection, query: str, limit: int, exact: bool) -> Iterator[Place]:
    rows = connection.execute(
        "SELECT said.id FROM said_words JOIN said ON said.id = said_words.rowid"
        " JOIN sessions ON sessions.id = said.session WHERE said_words MATCH ?"
        " ORDER BY sessions.started DESC, said.session DESC, said.start_ms, said.id LIMIT ?",
        (query, limit),
    ).fetchall()
    left = limit
    for (row,) in rows:
        for place in _in_row(connection, query, row, exact):
            yield place
            left -= 1
            if not left:
                return


def _in_row(connection: sqlite3.Connection, query: str, row: int, exact: bool) -> Iterator[Place]:
    """Each time it is in one answer or line; only the first where the words are scattered."""
    marked, *about = connection.execute(
        "SELECT highlight(said_words, 0, ?, ?), said.session, sessions.title, sessions.started, said.who,"
        " said.question, said.turn, said.start_ms, said.end_ms, said.text, said.times"
        " FROM said_words JOIN said ON said.id = said_words.rowid JOIN sessions ON sessions.id = said.session"
        " WHERE said_words MATCH ? AND said_words.rowid = ?",
        (_OPEN, _CLOSE, query, row),
    ).fetchone()
    spans = list(_spans(marked))
    for start, end in spans if exact else spans[:1]:
        yield _place(start, end, about, exact)


def _spans(marked: str) -> Iterator[tuple[int, int]]:
    """Character offsets of what stands between the marks, into the text without them."""
    start = 0
    for marks, match in enumerate(re.finditer(f"[{_OPEN}{_CLOSE}]", marked)):
        at = match.start() - marks
        if match.group() == _OPEN:
            start = at
        else:
            yield start, at


def _place(start: int, end: int, about: list[Any], exact: bool) -> Place:
    session, title, started, who, question, turn, start_ms, end_ms, text, packed = about
    words = text.split(" ")
    first, last = text.count(" ", 0, start), text.count(" ", 0, end)
    times = word_times(packed)
    if times:
        start_ms, end_ms = times[first][0], times[last][1]
    before, after = words[max(0, first - CONTEXT_WORDS) : first], words[last + 1 : last + 1 + CONTEXT_WORDS]
    return Place(
        session=session,
        title=title,
        started=started,
        who=who,
        question=question,
        turn=turn,
        start_ms=start_ms,
        end_ms=end_ms,
        before=("… " if first > CONTEXT_WORDS else "") + " ".join(before),
        found=" ".join(words[first : last + 1]),
        after=" ".join(after) + (" …" if last + 1 + CONTEXT_WORDS < len(words) else ""),
        text=text,
        exact=exact,
    )
