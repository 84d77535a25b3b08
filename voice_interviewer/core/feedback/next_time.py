"""At most three things for next time, over all questions of a session."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import NOT_HEARD
from voice_interviewer.core.model.feedback import Score
from voice_interviewer.core.model.labels import slot_label

MOST = 3
DRILLS = {
    "situation": "example",
    "example": "example",
    "own_action": "own_part",
    "result": "result",
    "measure": "quantify",
    "reasoning": "reasoning",
    "why": "reasoning",
    "tradeoff": "tradeoff",
    "reflection": "reflection",
    "failure_case": "challenge",
    "adoption": "result",
}
"""Slot -> the move one can practise it with; anything else is practised on its question."""
ORDER = ("example", "own_action", "result", "measure", "reasoning", "tradeoff", "reflection")
"""Where two are missing equally often, what an interviewer misses first."""


@dataclass(frozen=True)
class Aim:
    """about: a slot or point id, or "example". questions: those it showed in, the first one first. drill_move
    or drill_question: what to practise it with."""

    about: str
    text: str
    questions: tuple[str, ...]
    drill_move: str | None = None
    drill_question: str | None = None


def priorities(scored: Sequence[tuple[Question, Score]]) -> tuple[Aim, ...]:
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

    def order(key: str) -> tuple[int, int]:
        return (-len(missing[key]), ORDER.index(key) if key in ORDER else len(ORDER))

    return tuple(_aim(key, missing[key]) for key in sorted(missing, key=order)[:MOST])


def _key(slot: str, question: Question) -> str:
    """A point belongs to its question; a slot is the same in all of them."""
    return f"{question.id}/{slot}" if slot.startswith("point:") else slot


def _aim(key: str, questions: Sequence[Question]) -> Aim:
    about = key.rpartition("/")[2]
    ids = tuple(question.id for question in questions)
    often = "" if len(ids) == 1 else f", in {len(ids)} answers"
    if about.startswith("point:"):
        point = next(
            (p.text for p in questions[0].points if f"point:{p.id}" == about), "a point of the question"
        )
        return Aim(about, f"Not heard: {point[:1].lower()}{point[1:]}.", ids, None, ids[0])
    if about == "example":
        return Aim(about, f"Tell one real case instead of what one would do{often}.", ids, "example", None)
    name = slot_label(about)
    move = DRILLS.get(about)
    text = f"Not heard{often}: {name[:1].lower()}{name[1:]}."
    return Aim(about, text, ids, move, None if move else ids[0])
