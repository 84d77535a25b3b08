"""What the index knows of questions over time: how each was answered, without the words."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from voice_interviewer.store.index_rows import ANSWER, ASKED, CUT_IN, FINDING

_DELIVERY = ("words", "length_ms", "words_per_minute", "first_word_ms")
_Key = tuple[str, str]


@dataclass(frozen=True)
class FoundThing:
    """A slot or point in one session, as `review.model.Finding` has it; heard_when: "at once" or "after a
    follow-up"."""

    id: str
    kind: str
    label: str
    state: str
    heard_when: str | None
    assessed: bool
    probes: int | None


@dataclass(frozen=True)
class AnswerFacts:
    """One answer: its move (None where the question itself asked), and how it was delivered. fillers: at
    least so many; times in ms."""

    turn: int
    move: str | None
    words: int
    length_ms: int | None
    words_per_minute: int | None
    first_word_ms: int | None
    fillers: int
    cut_offs: int
    """How often the interviewer took this turn too early."""


@dataclass(frozen=True)
class Asked:
    """One question in one session. rated: the candidate's own level; feedback_level: the one shown."""

    session: str
    started: str
    demo: bool
    question: str
    kind: str
    type: str
    family: str | None
    level: str | None
    text: str
    skills: tuple[str, ...]
    skipped: bool
    rated: int | None
    feedback_level: int | None
    findings: tuple[FoundThing, ...]
    answers: tuple[AnswerFacts, ...]


def history(connection: sqlite3.Connection, of: str) -> tuple[Asked, ...]:
    """Every time the question `of`, or one of the family `of`, was asked, oldest first."""
    columns = ", ".join(f"asked.{name}" for name in ASKED)
    rows = connection.execute(
        f"SELECT asked.session, sessions.started, sessions.demo, {columns} FROM asked"
        " JOIN sessions ON sessions.id = asked.session WHERE asked.question = ?1 OR asked.family = ?1"
        " ORDER BY sessions.started, asked.session, asked.rowid",
        (of,),
    ).fetchall()
    return tuple(_asked(connection, row) for row in rows)


def _asked(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Asked:
    session, started, demo, question, kind, type_, family, level, text, skills, skipped, rated, shown = row
    key = (session, question)
    findings = connection.execute(
        f"SELECT {', '.join(FINDING)} FROM findings WHERE session = ? AND question = ? ORDER BY rowid", key
    )
    cuts = dict(
        connection.execute("SELECT turn, count(*) FROM cut_ins WHERE session = ? GROUP BY turn", (session,))
    )
    answers = connection.execute(
        f"SELECT {', '.join(ANSWER)} FROM answers WHERE session = ? AND question = ? ORDER BY rowid", key
    )
    return Asked(
        session=session,
        started=started,
        demo=bool(demo),
        question=question,
        kind=kind,
        type=type_,
        family=family,
        level=level,
        text=text,
        skills=tuple(json.loads(skills)),
        skipped=bool(skipped),
        rated=rated,
        feedback_level=shown,
        findings=tuple(_thing(*each) for each in findings),
        answers=tuple(AnswerFacts(*(*each, cuts.get(each[0], 0))) for each in answers),
    )


def _thing(
    id_: str, kind: str, label: str, state: str, when: str | None, assessed: int, probes: Any
) -> FoundThing:
    return FoundThing(id_, kind, label, state, when, bool(assessed), probes)


def report_facts(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """The plain reports without what was said, oldest first; see `Library.facts`."""
    findings = _by_question(connection, "findings", FINDING)
    answers = _by_question(connection, "answers", ANSWER)
    cuts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(f"SELECT session, {', '.join(CUT_IN)} FROM cut_ins ORDER BY rowid"):
        cuts[row[0]].append(dict(zip(CUT_IN, row[1:], strict=True)))
    questions: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for session, *row in connection.execute(f"SELECT session, {', '.join(ASKED)} FROM asked ORDER BY rowid"):
        asked = dict(zip(ASKED, row, strict=True))
        key = (session, asked["question"])
        questions[session].append(_question(asked, findings[key], answers[key]))
    found = connection.execute("SELECT id, header FROM sessions WHERE trouble IS NULL ORDER BY started, id")
    return [
        {
            "session": session,
            "header": json.loads(header),
            "turn_taking": {"cut_ins": cuts[session]},
            "questions": questions[session],
        }
        for session, header in found
    ]


def _question(
    asked: dict[str, Any], findings: Iterable[dict[str, Any]], answers: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    level = asked.pop("feedback_level")
    return {
        **asked,
        "id": asked.pop("question"),
        "skills": json.loads(asked["skills"]),
        "skipped": bool(asked["skipped"]),
        "feedback": None if level is None else {"level": level},
        "findings": [
            {**each, "when": each["heard_when"], "assessed": bool(each["assessed"])} for each in findings
        ],
        "answers": [{**each, "delivery": {name: each[name] for name in _DELIVERY}} for each in answers],
    }


def _by_question(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...]
) -> defaultdict[_Key, list[dict[str, Any]]]:
    found: defaultdict[_Key, list[dict[str, Any]]] = defaultdict(list)
    query = f"SELECT session, question, {', '.join(columns)} FROM {table} ORDER BY rowid"
    for session, question, *row in connection.execute(query):
        found[session, question].append(dict(zip(columns, row, strict=True)))
    return found
