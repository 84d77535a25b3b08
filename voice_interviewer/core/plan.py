"""Which questions, in what order, in how many minutes: a pure function of the banks, the level, the
minutes and a seed."""

from dataclasses import dataclass

from voice_interviewer.core.bank import Question


@dataclass(frozen=True)
class PlanItem:
    """One station of the interview.

    kind: opening and close are lines without an answer; warmup, core and candidate_questions are questions.
    budget_s: how long this station should take, follow-ups included. reply: what is said after any answer
    to it (the candidate's own questions get an honest one instead of a bridge).
    """

    kind: str
    say: str
    question: Question | None = None
    budget_s: int = 0
    reply: str = ""

    @property
    def expects_answer(self) -> bool:
        return self.question is not None


@dataclass(frozen=True)
class Plan:
    """A whole interview: opening, warm-up, core questions, the candidate's own questions, close."""

    role: str
    title: str
    level: str
    minutes: int
    seed: int
    items: tuple[PlanItem, ...]
