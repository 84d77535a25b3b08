"""One session folder, made into its report: a pure function of session.json, events.jsonl and notes.jsonl.

    session.json + events.jsonl + notes.jsonl ──fold──> lines and turns ──build_report──> Report
    Report ──> report.json, report.html, report.md

`refresh` first has a scorer judge every question whose words have no score yet and writes that down as notes;
a correction therefore costs one question, and a report without any scorer shows what there is. A session that
crashed or was interrupted gives a report of what there is.
"""

import json
import os
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from voice_interviewer.content.remarks import load_basis
from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.feedback.next_time import priorities
from voice_interviewer.engine.port import Scorer
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.about import About, header, read_about
from voice_interviewer.review.coverage import keywords
from voice_interviewer.review.dialogue import dialogue
from voice_interviewer.review.fold import Fold, fold
from voice_interviewer.review.html import render_html
from voice_interviewer.review.markdown import render_markdown
from voice_interviewer.review.model import SCHEMA_VERSION, Priority, QuestionReport, Report, Totals
from voice_interviewer.review.pauses import paused_ms
from voice_interviewer.review.questions import Asked, asked_questions, question_reports, stations
from voice_interviewer.review.scored import missing_score
from voice_interviewer.review.spoken import Turn
from voice_interviewer.review.turntaking import turn_taking
from voice_interviewer.store.log import Entry as LogEntry
from voice_interviewer.store.log import SessionFolder, read_log
from voice_interviewer.store.notes import Notes, add_note, fold_notes, read_notes

__all__ = ["Report", "ReportPaths", "build_report", "refresh", "write_reports"]


@dataclass(frozen=True)
class ReportPaths:
    """The three files, all inside the session's folder."""

    json: Path
    html: Path
    markdown: Path


@dataclass(frozen=True)
class _Read:
    """A session as read from its folder."""

    session: SessionFolder
    about: About
    entries: tuple[LogEntry, ...]
    folded: Fold
    notes: Notes
    asked: tuple[Asked, ...]

    @property
    def doubt(self) -> float:
        return self.about.doubt_threshold or 0.0


def build_report(folder: Path) -> Report:
    """The report of one session, as far as it has been judged. Raises RecordProblem when the record cannot be
    read."""
    return _report(_read(folder))


def refresh(folder: Path, scorer: Scorer) -> Report:
    """The report with everything judged: what has no score, or is about other words by now, is scored first.

    Raises RecordProblem when the record cannot be read or a note cannot be written.
    """
    read = _read(folder)
    judged = False
    for asked in read.asked:
        if asked.scorable is None:
            continue
        note = missing_score(asked.scorable, read.notes, scorer.tier, scorer.score)
        if note is not None:
            add_note(folder, note)
            judged = True
    return _report(_read(folder) if judged else read)


def write_reports(folder: Path, scorer: Scorer | None = None) -> ReportPaths:
    """Write report.json, report.html and report.md into the folder, each in one piece.

    Raises RecordProblem when the record cannot be read or the folder cannot be written.
    """
    report = build_report(folder) if scorer is None else refresh(folder, scorer)
    paths = ReportPaths(folder / "report.json", folder / "report.html", folder / "report.md")
    _write(paths.json, json.dumps(report.plain(), ensure_ascii=False, indent=1) + "\n")
    _write(paths.markdown, render_markdown(report))
    _write(paths.html, render_html(report, folder))
    return paths


def _read(folder: Path) -> _Read:
    session = SessionFolder(folder)
    about = read_about(session)
    entries = read_log(folder).entries
    notes = fold_notes(read_notes(folder))
    folded = fold(entries, notes.corrections)
    asked = asked_questions(folded, notes, about.level, about.doubt_threshold or 0.0)
    return _Read(session, about, entries, folded, notes, asked)


def _report(read: _Read) -> Report:
    folded, session = read.folded, read.session
    questions, unresolved = question_reports(folded, read.notes, read.asked, read.doubt)
    tiers = Counter(asked.score.tier for asked in read.asked if asked.score)
    return Report(
        schema_version=SCHEMA_VERSION,
        session=session.id,
        header=header(read.about, folded, tuple(sorted(tiers))),
        totals=replace(_totals(folded, questions), paused_ms=paused_ms(read.entries)),
        ended=folded.ended,
        ending=load_review_words().ending(folded.ended),
        dialogue=dialogue(folded, questions, read.doubt),
        questions=questions,
        not_reached=_not_reached(folded, questions),
        sound=session.audio.name if session.audio.exists() else None,
        unresolved_quotes=unresolved,
        keywords=keywords(folded),
        turn_taking=turn_taking(folded),
        priorities=_priorities(read, questions),
        revealed=read.notes.revealed,
        tags=read.notes.tags,
        note=read.notes.texts.get(None, ""),
    )


def _priorities(read: _Read, questions: tuple[QuestionReport, ...]) -> tuple[Priority, ...]:
    """The few things for next time, each with the drill for it."""
    scored = tuple((asked.question, asked.score) for asked in read.asked if asked.score)
    by_id = {question.id: question for question in questions}
    found = []
    for aim in priorities(scored, load_basis()):
        first = by_id[aim.questions[0]]
        fix = first.feedback.fix if first.feedback else None
        what = f"--move {aim.drill_move}" if aim.drill_move else f"--question {aim.drill_question}"
        found.append(
            Priority(
                about=aim.about,
                text=aim.text,
                question=first.id,
                questions=aim.questions,
                drill_question=aim.drill_question,
                drill_move=aim.drill_move,
                command=f"voice-interviewer drill {what} --after {read.session.id}",
                quote=fix.quote if fix and fix.about == aim.about else None,
            )
        )
    return tuple(found)


def _not_reached(folded: Fold, questions: tuple[QuestionReport, ...]) -> tuple[str, ...]:
    asked = {question.id for question in questions}
    planned = (item for item in stations(folded) if not item.spare)
    core = (item for item in planned if item.kind == "core" and item.question)
    return tuple(item.say for item in core if item.question and item.question.id not in asked)


def _totals(folded: Fold, questions: tuple[QuestionReport, ...]) -> Totals:
    interviewer_ms = sum(spoken.played_ms or 0 for spoken in folded.lines)
    candidate_ms = sum(_spoken_ms(turn) for turn in folded.turns.values())
    together_ms = interviewer_ms + candidate_ms
    core = [question for question in questions if question.kind == "core"]
    asked = {question.id for question in core}
    core_stations = [item for item in stations(folded) if item.kind == "core" and item.question]
    planned = sum(not item.spare or (item.question and item.question.id) in asked for item in core_stations)
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
