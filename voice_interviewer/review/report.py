"""One session folder, made into its report: a pure function of session.json and events.jsonl.

    session.json + events.jsonl ──fold──> lines and turns ──build_report──> Report ──> report.json, .html, .md

A session that crashed or was interrupted gives a report of what there is. notes.jsonl is left alone for now.
"""

import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from voice_interviewer.core.bank import Question
from voice_interviewer.core.delivery import delivery
from voice_interviewer.core.labels import move_label
from voice_interviewer.core.plan import PlanItem
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.coverage import keywords
from voice_interviewer.review.evidence import findings, point_names, why_asked
from voice_interviewer.review.fold import Fold, fold
from voice_interviewer.review.labels import ENDINGS, LIMITS
from voice_interviewer.review.model import (
    SCHEMA_VERSION,
    Answer,
    Entry,
    Header,
    QuestionReport,
    Report,
    ReportWord,
    TimeAsked,
    Totals,
)
from voice_interviewer.review.pauses import paused_ms
from voice_interviewer.review.spoken import SpokenLine, Turn
from voice_interviewer.review.turntaking import not_theirs, time_asked, turn_taking
from voice_interviewer.store.log import SessionFolder, read_log

__all__ = ["Report", "ReportPaths", "build_report", "write_reports"]


@dataclass(frozen=True)
class ReportPaths:
    """The three files, all inside the session's folder."""

    json: Path
    html: Path
    markdown: Path


def build_report(folder: Path) -> Report:
    """The report of one session. Raises RecordProblem when the record cannot be read."""
    session = SessionFolder(folder)
    about = _about(session)
    entries = read_log(folder).entries
    folded = fold(entries)
    doubt = about.doubt_threshold or 0.0
    questions, unresolved = _questions(folded, doubt)
    return Report(
        schema_version=SCHEMA_VERSION,
        session=session.id,
        header=_header(about, folded),
        totals=replace(_totals(folded, questions), paused_ms=paused_ms(entries)),
        ended=folded.ended,
        ending=ENDINGS.get(folded.ended, ENDINGS[None]),
        dialogue=_dialogue(folded, questions, doubt),
        questions=questions,
        not_reached=_not_reached(folded, questions),
        sound=session.audio.name if session.audio.exists() else None,
        unresolved_quotes=unresolved,
        keywords=keywords(folded),
        turn_taking=turn_taking(folded),
    )


def write_reports(folder: Path) -> ReportPaths:
    """Write report.json, report.html and report.md into the folder, each in one piece.

    Raises RecordProblem when the record cannot be read or the folder cannot be written.
    """
    from voice_interviewer.review.html import render_html
    from voice_interviewer.review.markdown import render_markdown

    report = build_report(folder)
    paths = ReportPaths(folder / "report.json", folder / "report.html", folder / "report.md")
    _write(paths.json, json.dumps(report.plain(), ensure_ascii=False, indent=1) + "\n")
    _write(paths.markdown, render_markdown(report))
    _write(paths.html, render_html(report, folder))
    return paths


# --- session.json ---------------------------------------------------------------------------------------


class _About(BaseModel):
    """What the report reads of session.json; everything else in it is left alone."""

    model_config = ConfigDict(extra="ignore")

    title: str | None = None
    role: str | None = None
    level: str | None = None
    minutes: int | None = None
    started: str | None = None
    transcriber: str | None = None
    low_accuracy: bool = False
    voice: str | None = None
    engine: str | None = None
    detector: str | None = None
    devices: dict[str, Any] | None = None
    doubt_threshold: float | None = None
    persona: str | None = None


def _about(session: SessionFolder) -> _About:
    try:
        return _About.model_validate(session.read_about())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecordProblem("damaged", f"{session.about}: {where}: {first['msg']}") from error


def _header(about: _About, folded: Fold) -> Header:
    plan = folded.plan
    tiers = {turn.reply.tier for turn in folded.turns.values() if turn.reply}
    devices = ((name, str(value)) for name, value in (about.devices or {}).items() if value is not None)
    return Header(
        title=about.title or (plan.title if plan else "") or about.role or "Practice interview",
        role=about.role or (plan.role if plan else ""),
        level=about.level or (plan.level if plan else ""),
        minutes=about.minutes if about.minutes is not None else (plan.minutes if plan else None),
        started=about.started,
        transcriber=about.transcriber,
        low_accuracy=about.low_accuracy,
        voice=about.voice,
        engine=about.engine,
        tiers=tuple(sorted(tiers)),
        detector=about.detector,
        devices=tuple(devices),
        doubt_threshold=about.doubt_threshold,
        cannot_judge=LIMITS,
        typed=folded.typed,
        persona=about.persona,
    )


# --- questions and answers ------------------------------------------------------------------------------


def _stations(folded: Fold) -> list[PlanItem]:
    return [item for item in folded.plan.items if item.question] if folded.plan else []


def _questions(folded: Fold, doubt: float) -> tuple[tuple[QuestionReport, ...], int]:
    """The questions that were asked, in the order in which they were, and how many quotes did not resolve."""
    asked: dict[str, SpokenLine] = {}
    for spoken in folded.lines:
        if spoken.line.kind == "question" and spoken.line.question_id and not spoken.struck:
            asked.setdefault(spoken.line.question_id, spoken)
    known = {item.question.id: item for item in _stations(folded) if item.question}
    reports: list[QuestionReport] = []
    unresolved = number = 0
    asked_for = time_asked(folded)
    for question_id, spoken in asked.items():
        item = known.get(question_id)
        question = (item.question if item else None) or Question(question_id, "factual", spoken.line.text)
        kind = item.kind if item else "core"
        number += kind == "core"
        turns = [turn for turn in folded.turns.values() if turn.question_id == question_id]
        turns.sort(key=lambda turn: turn.number)
        found, missing = findings(question, turns, doubt) if kind == "core" else ((), 0)
        unresolved += missing
        reports.append(
            QuestionReport(
                id=question_id,
                kind=kind,
                type=question.type,
                number=number if kind == "core" else None,
                text=spoken.line.text,
                start_ms=spoken.start_ms,
                answers=tuple(_answer(turn, turns, question, folded, doubt, asked_for) for turn in turns),
                findings=found,
                skipped=_skipped(turns, more_followed=question_id != list(asked)[-1]),
            )
        )
    return tuple(reports), unresolved


def _skipped(turns: list[Turn], more_followed: bool) -> bool:
    """Whether the candidate left the question: the last turn was skipped, or it was left before there was
    one."""
    return turns[-1].skipped if turns else more_followed


def _answer(
    turn: Turn,
    turns: list[Turn],
    question: Question,
    folded: Fold,
    doubt: float,
    asked_for: tuple[TimeAsked, ...],
) -> Answer:
    earlier = [each for each in turns if each.number < turn.number]
    line = turn.asked.line if turn.asked else None
    words, typed = turn.transcript.words, turn.typed_ms is not None
    excused = not_theirs(turn, asked_for)
    return Answer(
        turn=turn.number,
        asked=line.text if line else question.say,
        move=line.move if line else None,
        move_label=move_label(line.move) if line else None,
        why=why_asked(turn, earlier, point_names(question), doubt),
        text=turn.transcript.text,
        typed=typed,
        delivery=delivery(words, tuple(turn.speech), _asked_end(turn, folded), typed, excused),
    )


def _asked_end(turn: Turn, folded: Fold) -> int | None:
    """When the question of this turn was last heard to its end before the first word. None when it was only
    shown: nobody knows when it had been read."""
    words = turn.transcript.words
    if turn.asked is None or not words:
        return None
    said = [
        spoken
        for spoken in folded.lines
        if spoken.line.text == turn.asked.line.text
        and not spoken.struck
        and turn.asked.start_ms <= spoken.start_ms
        and spoken.end_ms <= words[0].start_ms
    ]
    last = said[-1] if said else turn.asked
    return None if last.unspoken is not None else last.end_ms


def _not_reached(folded: Fold, questions: tuple[QuestionReport, ...]) -> tuple[str, ...]:
    asked = {question.id for question in questions}
    planned = (item for item in _stations(folded) if not item.spare)
    core = (item for item in planned if item.kind == "core" and item.question)
    return tuple(item.say for item in core if item.question and item.question.id not in asked)


def _totals(folded: Fold, questions: tuple[QuestionReport, ...]) -> Totals:
    interviewer_ms = sum(spoken.played_ms or 0 for spoken in folded.lines)
    candidate_ms = sum(_spoken_ms(turn) for turn in folded.turns.values())
    together_ms = interviewer_ms + candidate_ms
    core = [question for question in questions if question.kind == "core"]
    asked = {question.id for question in core}
    stations = [item for item in _stations(folded) if item.kind == "core" and item.question]
    planned = sum(not item.spare or (item.question and item.question.id) in asked for item in stations)
    probes = [turn for turn in folded.turns.values() if turn.asked and turn.asked.line.kind == "probe"]
    return Totals(
        length_ms=folded.last_ms,
        questions_asked=len(core),
        questions_planned=planned,
        follow_ups=len(probes),
        interviewer_ms=interviewer_ms,
        candidate_ms=candidate_ms,
        candidate_share=round(candidate_ms / together_ms, 2) if candidate_ms else None,
        taken_back=len(folded.cut_ins),
    )


def _spoken_ms(turn: Turn) -> int:
    """Time in which the candidate was speaking: by the detector's edges, or else by the words."""
    if turn.speech:
        return sum(stretch.length_ms for stretch in turn.speech)
    return sum(word.end_ms - word.start_ms for word in turn.transcript.words)


# --- the dialogue ---------------------------------------------------------------------------------------


def _dialogue(folded: Fold, questions: tuple[QuestionReport, ...], doubt: float) -> tuple[Entry, ...]:
    index = {question.id: position for position, question in enumerate(questions)}
    entries = [_line_entry(spoken, index) for spoken in folded.lines]
    entries += [_answer_entry(turn, index, doubt) for turn in folded.turns.values() if _worth_showing(turn)]
    entries += [replace(_answer_entry(turn, index, doubt), kind="request") for turn in folded.given_up]
    return tuple(sorted(entries, key=lambda entry: (entry.start_ms, entry.who == "candidate")))


def _line_entry(spoken: SpokenLine, index: dict[str, int]) -> Entry:
    line = spoken.line
    played_ms = None if spoken.unspoken is not None else spoken.played_ms or 0
    return Entry(
        who="interviewer",
        kind=line.kind,
        text=line.text,
        start_ms=spoken.start_ms,
        end_ms=spoken.end_ms,
        question=None if line.kind in ("opening", "close") else index.get(line.question_id or ""),
        played_ms=played_ms,
        cut_short=played_ms is not None and played_ms < spoken.duration_ms,
        shown_as_text=spoken.unspoken,
        struck=spoken.struck,
        move=line.move,
    )


def _answer_entry(turn: Turn, index: dict[str, int], doubt: float) -> Entry:
    transcript = turn.transcript
    words = tuple(
        ReportWord(word.text, word.start_ms, word.end_ms, doubtful)
        for word, doubtful in zip(transcript.words, transcript.doubtful(doubt), strict=True)
    )
    spans = [(word.start_ms, word.end_ms) for word in words]
    spans += [(stretch.start_ms, stretch.end_ms) for stretch in turn.speech]
    opened_ms = turn.windows[0][0] if turn.windows else turn.typed_ms or 0
    if turn.skipped_ms is not None:
        opened_ms = min(opened_ms, turn.skipped_ms)  # the microphone is deaf for a moment after the question
    return Entry(
        who="candidate",
        kind="answer",
        text=transcript.text,
        start_ms=min((start for start, _ in spans), default=opened_ms),
        end_ms=max((end for _, end in spans), default=opened_ms),
        question=index.get(turn.question_id or ""),
        turn=turn.number,
        words=words,
        typed=turn.typed_ms is not None,
        skipped=turn.skipped,
        reopened=turn.reopened,
        not_understood=len(turn.failed),
    )


def _worth_showing(turn: Turn) -> bool:
    """A turn that the end of the session cut off before anything was said is no answer."""
    return bool(turn.segments or turn.speech or turn.failed or turn.skipped_ms is not None or turn.reply)


# --- files ----------------------------------------------------------------------------------------------


def _write(path: Path, text: str) -> None:
    """In one piece: whoever opens the file sees the old one or the new one, never half of it."""
    name = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            name = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        hint = "Make room, or copy the session to a place you can write to."
        raise RecordProblem("disk", f"{path}: cannot be written ({error.strerror})", hint) from error
