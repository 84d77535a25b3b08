"""The questions of a session: what was asked, what was heard in the answers, what they come to."""

from dataclasses import dataclass

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.remarks import load_basis, load_note_lines
from voice_interviewer.core.delivery.answer import delivery
from voice_interviewer.core.feedback.tightened import tighten
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.feedback import Score
from voice_interviewer.core.model.plan import PlanItem
from voice_interviewer.review.comments import feedback, scored_findings
from voice_interviewer.review.evidence import findings, point_names, resolve, target_label, why_asked
from voice_interviewer.review.fold import Fold
from voice_interviewer.review.model import Answer, Finding, QuestionReport, TightenedPiece, TimeAsked
from voice_interviewer.review.scored import Scorable, current_score, scorable
from voice_interviewer.review.spoken import SpokenLine, Turn
from voice_interviewer.review.turntaking import not_theirs, time_asked
from voice_interviewer.store.notes import Notes


@dataclass(frozen=True)
class Asked:
    """One question that was asked. scorable: None for the warm-up and the candidate's own questions; score:
    None where nobody has judged just these words."""

    item: PlanItem | None
    question: Question
    kind: str
    spoken: SpokenLine
    turns: tuple[Turn, ...]
    scorable: Scorable | None
    score: Score | None


def stations(folded: Fold) -> list[PlanItem]:
    """The plan's questions, spare ones included."""
    return [item for item in folded.plan.items if item.question] if folded.plan else []


def asked_questions(folded: Fold, notes: Notes, level: str | None, doubt: float) -> tuple[Asked, ...]:
    """Every question that was asked, in the order in which they were. level: the session's seniority."""
    first: dict[str, SpokenLine] = {}
    for spoken in folded.lines:
        if spoken.line.kind == "question" and spoken.line.question_id and not spoken.struck:
            first.setdefault(spoken.line.question_id, spoken)
    known = {item.question.id: item for item in stations(folded) if item.question}
    asked = []
    for question_id, spoken in first.items():
        item = known.get(question_id)
        question = (item.question if item else None) or Question(question_id, "factual", spoken.line.text)
        kind = item.kind if item else "core"
        turns = [turn for turn in folded.turns.values() if turn.question_id == question_id]
        turns.sort(key=lambda turn: turn.number)
        judged = None
        if kind == "core":
            judged = scorable(folded, question, level or question.level or "mid", doubt)
        score = current_score(judged, notes) if judged else None
        asked.append(Asked(item, question, kind, spoken, tuple(turns), judged, score))
    return tuple(asked)


def question_reports(
    folded: Fold, notes: Notes, asked: tuple[Asked, ...], doubt: float
) -> tuple[tuple[QuestionReport, ...], int]:
    """The reports of the questions, and how many quotes did not resolve."""
    reports: list[QuestionReport] = []
    unresolved = number = 0
    asked_for_time = time_asked(folded)
    for position, each in enumerate(asked):
        number += each.kind == "core"
        found, missing = _findings(each, doubt)
        unresolved += missing
        more = position < len(asked) - 1
        reports.append(_report(each, folded, notes, doubt, number, found, more, asked_for_time))
    return tuple(reports), unresolved


def _report(
    each: Asked,
    folded: Fold,
    notes: Notes,
    doubt: float,
    number: int,
    found: tuple[Finding, ...],
    more_followed: bool,
    asked_for_time: tuple[TimeAsked, ...],
) -> QuestionReport:
    question, turns, asked_for = each.question, list(each.turns), asked_for_time
    scored = each.scorable.turns if each.scorable else ()
    return QuestionReport(
        id=question.id,
        kind=each.kind,
        type=question.type,
        number=number if each.kind == "core" else None,
        text=each.spoken.line.text,
        start_ms=each.spoken.start_ms,
        answers=tuple(_answer(turn, turns, question, folded, doubt, asked_for) for turn in turns),
        findings=found,
        skipped=_skipped(turns, more_followed),
        level=question.level,
        family=question.family,
        skills=question.skills,
        target_s=question.target_s,
        purpose=question.why,
        how=question.how,
        avoid=tuple(avoid.text for avoid in question.avoid),
        example=question.example,
        feedback=feedback(each.score, question, scored, doubt) if each.score else None,
        tightened=_tightened(each, doubt),
        rated=notes.ratings.get(question.id),
        note=notes.texts.get(question.id, ""),
        retries=tuple(retry.session for retry in notes.retries if retry.question == question.id),
    )


def _findings(each: Asked, doubt: float) -> tuple[tuple[Finding, ...], int]:
    """What was heard, as it was scored; without a score, as it was heard during the interview."""
    if each.kind != "core":
        return (), 0
    if each.score is not None and each.scorable is not None and each.score.labels:
        return scored_findings(each.score, each.question, each.scorable.turns, doubt)
    return findings(each.question, each.turns, doubt)


def _tightened(each: Asked, doubt: float) -> tuple[TightenedPiece, ...]:
    if each.score is None or each.scorable is None or not each.score.assessed:
        return ()
    turns, names = each.scorable.turns, point_names(each.question)
    answers = tuple(exchange.answer for exchange in each.scorable.material.exchanges)
    pieces = tighten(each.question, each.score.labels, answers, each.question.target_s, load_basis())
    return tuple(
        TightenedPiece(
            text=piece.text,
            slot=piece.slot,
            label=target_label(piece.slot, names) if piece.slot else "",
            placeholder=piece.placeholder,
            quote=None
            if piece.answer is None or piece.start is None
            else resolve(
                turns[piece.answer],
                answers[piece.answer].text[piece.start : piece.end],
                piece.start,
                piece.end,
                doubt,
            ),
        )
        for piece in pieces
    )


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
        move_label=load_catalogue().move_label(line.move) if line and line.move else None,
        why=why_asked(turn, earlier, point_names(question), doubt),
        text=turn.transcript.text,
        typed=typed,
        delivery=delivery(
            words,
            tuple(turn.speech),
            _asked_end(turn, folded),
            typed,
            excused,
            None if line and line.move else question.target_s,
            doubt,
            sounds=turn.sounds,
            lines=load_note_lines(),
        ),
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
