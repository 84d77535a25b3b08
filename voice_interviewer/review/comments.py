"""A score in the words of a report: every quote resolved to its words and times, every id to its name."""

from collections.abc import Sequence
from dataclasses import replace

from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.model.bank import SLOTS, Question
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, UNSURE
from voice_interviewer.core.model.feedback import Label, Remark, Score
from voice_interviewer.review.evidence import point_names, resolve, target_label
from voice_interviewer.review.labels import not_assessed
from voice_interviewer.review.model import (
    Comment,
    Feedback,
    Finding,
    LevelShown,
    Quote,
    SeniorityShown,
)
from voice_interviewer.review.spoken import Turn

LEAST, MOST = 1, 5


def feedback(score: Score, question: Question, turns: Sequence[Turn], doubt: float) -> Feedback:
    """turns: those the score's labels point into."""
    names = point_names(question)
    spread = 0 if score.spread is None else score.spread
    level = score.level
    return Feedback(
        assessed=score.assessed,
        reason=None if score.assessed else not_assessed(score.reason),
        level=level,
        low=None if level is None else max(LEAST, level - spread),
        high=None if level is None else min(MOST, level + spread),
        anchor=score.anchor,
        next_needs=tuple(_name(need, names) for need in score.next_needs),
        dimensions=tuple(
            LevelShown(each.id, load_review_words().dimensions.get(each.id, each.id), each.level, each.reason)
            for each in score.dimensions
        ),
        seniorities=tuple(
            SeniorityShown(each.level, each.passes, tuple(_name(lack, names) for lack in each.lacks))
            for each in score.seniorities
        ),
        keep=_comment(score.keep, names, turns, doubt),
        fix=_comment(score.fix, names, turns, doubt),
        tier=score.tier,
    )


def scored_findings(
    score: Score, question: Question, turns: Sequence[Turn], doubt: float
) -> tuple[tuple[Finding, ...], int]:
    """Every slot and point in the state it counts in, slots first; and how many quotes did not resolve. A
    quote that is not there shows nothing."""
    names = point_names(question)
    labels = {label.id: label for label in score.labels}
    order = list(dict.fromkeys([*SLOTS.get(question.type, ()), *labels, *names]))
    order.sort(key=lambda slot_id: slot_id.startswith("point:"))
    found, unresolved = [], 0
    for slot_id in order:
        label = labels.get(slot_id, Label(slot_id, NOT_HEARD))
        kind = "point" if slot_id.startswith("point:") else "slot"
        quote = _quote(label, turns, doubt)
        finding = Finding(slot_id, kind, target_label(slot_id, names), label.state, quote, why=label.why)
        if label.state == HEARD and quote is None:
            unresolved += 1
            finding = replace(finding, state=UNSURE)
        if finding.state != NOT_HEARD:
            finding = replace(finding, when="after a follow-up" if label.probes else "at once")
        found.append(replace(finding, assessed=score.assessed, probes=label.probes))
    return tuple(found), unresolved


def _quote(label: Label | Remark, turns: Sequence[Turn], doubt: float) -> Quote | None:
    if label.answer is None or not 0 <= label.answer < len(turns):
        return None
    return resolve(turns[label.answer], label.quote, label.start, label.end, doubt)


def _comment(
    remark: Remark | None, names: dict[str, str], turns: Sequence[Turn], doubt: float
) -> Comment | None:
    """None for a remark whose words are not there: it is dropped, never shown without them."""
    if remark is None or not turns:
        return None
    quote = _quote(remark, turns, doubt)
    if quote is None and remark.quote is not None:
        return None
    words = turns[0].transcript.words
    start_ms, end_ms = (quote.start_ms, quote.end_ms) if quote else (words[0].start_ms, words[-1].end_ms)
    return Comment(
        about=remark.about,
        label=_name(remark.about, names),
        text=remark.text,
        turn=quote.turn if quote else turns[0].number,
        start_ms=start_ms,
        end_ms=end_ms,
        quote=quote,
        say=remark.say,
    )


def _name(slot_id: str, names: dict[str, str]) -> str:
    if slot_id.startswith("avoid:"):
        return "What to leave out"
    return target_label(slot_id, names)
