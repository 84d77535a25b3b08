"""One session as rows of the index: made from the plain form of its report."""

import json
import re
import sqlite3
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voice_interviewer.store.library import SessionSummary

Plain = Mapping[str, Any]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TABLES = ("sessions", "said", "asked", "findings", "answers", "cut_ins")
ASKED = (
    "question",
    "kind",
    "type",
    "family",
    "level",
    "text",
    "skills",
    "skipped",
    "rated",
    "feedback_level",
)
FINDING = ("id", "kind", "label", "state", "heard_when", "assessed", "probes")
ANSWER = ("turn", "move", "words", "length_ms", "words_per_minute", "first_word_ms", "fillers")
CUT_IN = ("turn", "at_ms", "how", "gap_ms")


def remove_rows(connection: sqlite3.Connection, session: str) -> None:
    """Everything about a session; inside a transaction."""
    for table in _TABLES:
        column = "id" if table == "sessions" else "session"
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (session,))


def add_rows(
    connection: sqlite3.Connection,
    summary: SessionSummary,
    fingerprint: str,
    report: Plain | None,
    trouble: str | None,
) -> None:
    """A session that is not there yet; inside a transaction. report: None where it could not be read, for the
    reason `trouble`.

    Raises KeyError, TypeError, ValueError or AttributeError for what is no report; the transaction then has
    to be rolled back.
    """
    header = report["header"] if report else {}
    drill = header.get("drill")
    row = {
        "id": summary.id,
        "fingerprint": fingerprint,
        "title": str(header.get("title") or summary.role.replace("-", " ").capitalize() or summary.id),
        "role": summary.role,
        "level": summary.level,
        "started": summary.started,
        "state": summary.state,
        "duration_s": summary.duration_s,
        "bytes": summary.size_bytes,
        "tags": json.dumps(report["tags"] if report else []),
        "note": str(report["note"]) if report else "",
        "drill": str(drill.get("move") or drill.get("question") or "one answer") if drill else None,
        "demo": bool(header.get("persona")),
        "trouble": trouble,
        "header": json.dumps(header, ensure_ascii=False),
    }
    _insert(connection, "sessions", list(row), [tuple(row.values())])
    if report:
        _add_said(connection, summary.id, report)
        _add_questions(connection, summary.id, report)


def word_times(times: bytes | None) -> list[tuple[int, int]]:
    """Start and end in ms of each word (the text split at white space); empty where they are not known."""
    if times is None:
        return []
    flat = array("I")
    flat.frombytes(zlib.decompress(times))
    return list(zip(flat[::2], flat[1::2], strict=True))


def _add_said(connection: sqlite3.Connection, session: str, report: Plain) -> None:
    ids = [question["id"] for question in report["questions"]]
    columns = ["session", "who", "question", "turn", "start_ms", "end_ms", "text", "times"]
    rows = []
    for entry in report["dialogue"]:
        if entry["struck"]:
            continue  # taken back before anyone could have heard it as a question
        text, times = _words(entry["words"]) or (" ".join(_cleaned(entry["text"])), None)
        if text:
            at = entry["question"]
            question = None if at is None else ids[at]
            place = (entry["turn"], entry["start_ms"], entry["end_ms"])
            rows.append((session, entry["who"], question, *place, text, times))
    _insert(connection, "said", columns, rows)


def _words(words: Sequence[Plain]) -> tuple[str, bytes] | None:
    """The text of the words and their times, packed."""
    shown: list[str] = []
    flat = array("I")
    for word in words:
        for part in _cleaned(word["text"]):
            shown.append(part)
            flat.extend((max(0, word["start_ms"]), max(0, word["end_ms"])))
    return (" ".join(shown), zlib.compress(flat.tobytes(), 1)) if shown else None


def _cleaned(text: str) -> list[str]:
    """The words, without characters that control something."""
    return _CONTROL.sub(" ", text).split()


def _add_questions(connection: sqlite3.Connection, session: str, report: Plain) -> None:
    fillers: dict[int, int] = {}
    for entry in report["dialogue"]:
        if entry["turn"] is not None:
            count = sum(bool(word.get("filler")) for word in entry["words"])
            fillers[entry["turn"]] = fillers.get(entry["turn"], 0) + count
    asked, findings, answers = [], [], []
    for question in report["questions"]:
        asked.append((session, *_asked(question)))
        findings += [(session, question["id"], *_finding(each)) for each in question["findings"]]
        answers += [(session, question["id"], *_answer(each, fillers)) for each in question["answers"]]
    _insert(connection, "asked", ["session", *ASKED], asked)
    _insert(connection, "findings", ["session", "question", *FINDING], findings)
    _insert(connection, "answers", ["session", "question", *ANSWER], answers)
    cuts = [tuple(cut[name] for name in CUT_IN) for cut in report["turn_taking"]["cut_ins"]]
    _insert(connection, "cut_ins", ["session", *CUT_IN], [(session, *cut) for cut in cuts])


def _asked(question: Plain) -> Iterator[Any]:
    yield from (question[name] for name in ("id", "kind", "type", "family", "level", "text"))
    yield json.dumps(question["skills"])
    yield from (question["skipped"], question["rated"])
    yield (question["feedback"] or {}).get("level")


def _finding(finding: Plain) -> Iterator[Any]:
    yield from (finding[name] for name in ("id", "kind", "label", "state", "when", "assessed", "probes"))


def _answer(answer: Plain, fillers: Mapping[int, int]) -> Iterator[Any]:
    yield from (answer["turn"], answer["move"])
    delivery = answer["delivery"]
    yield from (delivery[name] for name in ("words", "length_ms", "words_per_minute", "first_word_ms"))
    yield fillers.get(answer["turn"], 0)


def _insert(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
