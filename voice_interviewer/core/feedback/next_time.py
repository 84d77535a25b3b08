"""At most three things for next time, over all questions of a session."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.feedback.basis import Basis
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.catalogue import lower_first
from voice_interviewer.core.model.evidence import NOT_HEARD
from voice_interviewer.core.model.feedback import Score

MOST = 3


@dataclass(frozen=True)
class Aim:
    """about: a slot or point id, or "example". questions: those it showed in, the first one first. drill_move
    or drill_question: what to practise it with."""

    about: str
    text: str
    questions: tuple[str, ...]
    drill_move: str | None = None
    drill_question: str | None = None


def priorities(scored: Sequence[tuple[Question, Score]], basis: Basis) -> tuple[Aim, ...]:
    """What was missing most often and was needed, then what each answer's own remark names; never anything
    that was only unsure, never from an answer that was not assessed."""
    missing: dict[str, list[Question]] = {}
    for question, score in scored:
        if not score.assessed:
            continue
        ids = [label.id for label in score.labels if label.needed and label.state == NOT_HEARD]
        if score.fix is not None and not score.fix.about.startswith(("avoid:", "length")):
            ids.append(score.fix.about)
        for each in dict.fromkeys(ids):
            missing.setdefault(_key(each, question), []).append(question)

    first = basis.weights.next_first

    def order(key: str) -> tuple[int, int]:
        return (-len(missing[key]), first.index(key) if key in first else len(first))

    return tuple(_aim(key, missing[key], basis) for key in sorted(missing, key=order)[:MOST])


def _key(slot: str, question: Question) -> str:
    """A point belongs to its question; a slot is the same in all of them."""
    return f"{question.id}/{slot}" if slot.startswith("point:") else slot


def _aim(key: str, questions: Sequence[Question], basis: Basis) -> Aim:
    about = key.rpartition("/")[2]
    ids = tuple(question.id for question in questions)
    often = {"count": str(len(ids))} if len(ids) > 1 else {}
    if about.startswith("point:"):
        point = next((p.text for p in questions[0].points if f"point:{p.id}" == about), basis.lines.a_point)
        return Aim(about, basis.lines.next_not_heard.format(what=lower_first(point)), ids, None, ids[0])
    if about == "example":
        line = basis.lines.next_plan_often if often else basis.lines.next_plan
        return Aim(about, line.format(**often), ids, "example", None)
    line = basis.lines.next_not_heard_often if often else basis.lines.next_not_heard
    text = line.format(what=lower_first(basis.catalogue.slot_label(about)), **often)
    move = basis.catalogue.drill_for(about)
    return Aim(about, text, ids, move, None if move else ids[0])
