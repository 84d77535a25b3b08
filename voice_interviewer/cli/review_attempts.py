"""Other answers to the same questions, for the page to show side by side."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.html import Attempt
from voice_interviewer.review.report import build_report
from voice_interviewer.store.library import list_sessions
from voice_interviewer.store.log import SessionFolder

if TYPE_CHECKING:
    from voice_interviewer.review.model import QuestionReport, Report
    from voice_interviewer.store.library import SessionSummary

MOST = 3
"""Attempts shown of one question, the newest: more do not fit side by side on a screen."""


def attempts(report: "Report", root: Path) -> tuple[Attempt, ...]:
    """What was said to this session's questions in other sessions, by the same person: a demo does not
    count. Sessions that cannot be read are left out."""
    wanted = {question.id: MOST for question in report.questions if question.kind == "core"}
    others = [each for each in list_sessions(root) if each.id != report.session and each.state != "damaged"]
    made: list[Attempt] = []
    for other in others:
        held = [name for name in _asked(other) if wanted.get(name)]
        for attempt in _answered(other.path, _version(other.path)) if held else ():
            if wanted.get(attempt.question):
                wanted[attempt.question] -= 1
                made.append(attempt)
    return tuple(made)


def _asked(session: "SessionSummary") -> tuple[str, ...]:
    """Ids of what may have been asked there, by its description alone."""
    return _described(session.path, _version(session.path))


def _version(folder: Path) -> tuple[int, ...]:
    """Changes with anything the report of a session is made from."""
    files = (folder / name for name in ("session.json", "events.jsonl", "notes.jsonl"))
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


@lru_cache(maxsize=4096)
def _described(folder: Path, version: tuple[int, ...]) -> tuple[str, ...]:
    try:
        about: dict[str, Any] = SessionFolder(folder).read_about()
    except RecordProblem:
        return ()
    if about.get("persona"):
        return ()
    drill = about.get("drill") or {}
    return tuple(str(name) for name in [*about.get("questions", ()), drill.get("question")] if name)


@lru_cache(maxsize=256)
def _answered(folder: Path, version: tuple[int, ...]) -> tuple[Attempt, ...]:
    try:
        report = build_report(folder)
    except RecordProblem:
        return ()
    return tuple(
        _attempt(report, question)
        for question in report.questions
        if any(answer.text.strip() for answer in question.answers)
    )


def _attempt(report: "Report", question: "QuestionReport") -> Attempt:
    return Attempt(
        session=report.session,
        started=report.header.started or "",
        question=question.id,
        level=question.feedback.level if question.feedback else None,
        states={finding.id: finding.state for finding in question.findings if finding.assessed},
        text="\n".join(answer.text for answer in question.answers),
    )
