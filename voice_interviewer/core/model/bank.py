"""Questions and what is listened for in their answers, as plain values; `resources` reads and checks the
files."""

from dataclasses import dataclass, field

from voice_interviewer.core.model.record import WRITTEN_IF_CHANGED

LEVELS = ("junior", "mid", "senior", "lead", "manager", "director")
"""Seniority, lowest first."""

QUESTION_TYPES = (
    "behavioural",
    "situational",
    "technical",
    "leadership",
    "motivation",
    "factual",
    "warmup",
    "closing",
)

SLOTS: dict[str, tuple[str, ...]] = {
    "behavioural": ("situation", "own_action", "reasoning", "result", "measure", "reflection"),
    "situational": ("stakeholders", "first_step", "method", "tradeoff", "decision", "follow_through"),
    "technical": ("approach", "why", "constraint", "failure_case", "validation"),
    "leadership": ("goal", "people", "process", "measure", "adoption"),
    "motivation": (),
    "factual": (),
    "warmup": (),
    "closing": (),
}
"""Evidence slots an interviewer listens for, by question type; ids are stable."""

USUAL_S = {
    "behavioural": 120,
    "situational": 90,
    "technical": 100,
    "leadership": 110,
    "motivation": 60,
    "factual": 20,
    "warmup": 45,
    "closing": 60,
}
"""Length of a good answer in seconds, by type, for a question of no bank. Start values."""


@dataclass(frozen=True)
class Point:
    """One rubric point; id is p1, p2, ... in listing order, exemplars are spoken first-person sentences.

    probe: what to ask when it was not heard, which names the topic and never the point itself.
    """

    id: str
    text: str
    weight: float = 1.0
    exemplars: tuple[str, ...] = ()
    probe: str = ""


@dataclass(frozen=True)
class Avoid:
    """What a good answer does not say; signs are sentences that would say it."""

    text: str
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question as asked aloud, with what its answer should hold. Only `say` is needed to ask it.

    plain: what it wants in everyday words, said to a candidate who asks what is meant; empty: there are none.
    why: why an interviewer asks it; how: how to answer; anchors: what an answer at level 1 to 5 sounds like,
    at this question's seniority; challenge: a doubt to put to a strong answer; example: a good answer as
    spoken, shown only after one's own. context: places and their law, the one in force first.
    """

    id: str
    type: str
    say: str
    level: str | None = None
    context: str = ""
    family: str | None = None
    points: tuple[Point, ...] = ()
    target_s: int = 120
    """Length of a good answer, in seconds."""
    skills: tuple[str, ...] = ()
    why: str = ""
    how: tuple[str, ...] = ()
    avoid: tuple[Avoid, ...] = ()
    anchors: tuple[str, ...] = ()
    challenge: str = ""
    example: str = ""
    plain: str = field(default="", metadata=WRITTEN_IF_CHANGED)
    private: bool = False
    """Worded from somebody's own papers: it stays with the rules and voices of this machine."""


@dataclass(frozen=True)
class Bank:
    """The questions of one role, or the behavioural core that serves any role. id is the file's stem."""

    id: str
    title: str
    questions: tuple[Question, ...]

    def find(self, question_id: str) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)


@dataclass(frozen=True)
class HouseLines:
    """What the interviewer says around the questions, each in several wordings of which a plan takes one.

    {title} and {minutes} of an opening are filled in before it is spoken.
    """

    opening: tuple[str, ...]
    warmups: tuple[Question, ...]
    candidate_questions: tuple[Question, ...]
    candidate_questions_reply: str
    close: tuple[str, ...]
    resume: tuple[str, ...] = ()
    """How something from a resume is asked about; {claim} is what it says, as "you led a team of five"."""
