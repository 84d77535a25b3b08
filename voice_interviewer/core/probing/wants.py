"""What each type of question still wants after an answer, and which words lead to asking for it."""

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.understanding.lexicon import Phrase, fold

HEAVY = "points"
"""Stands for the rubric points at the heart of the question that were not heard."""
UNSURE_HEAVY = "unsure points"
"""Stands for those that may have been heard."""

WANTED: dict[str, tuple[tuple[str, str], ...]] = {
    "behavioural": (
        ("own_part", "own_action"),
        ("result", "result"),
        ("quantify", "measure"),
        ("reasoning", "reasoning"),
    ),
    "situational": (
        ("depth", "first_step"),
        ("depth", HEAVY),
        ("tradeoff", "tradeoff"),
        ("depth", "decision"),
        ("depth", UNSURE_HEAVY),
        ("reasoning", "reasoning"),
    ),
    "technical": (
        ("depth", "approach"),
        ("depth", HEAVY),
        ("tradeoff", "tradeoff"),
        ("depth", UNSURE_HEAVY),
        ("reasoning", "why"),
        ("challenge", "failure_case"),
        ("depth", "validation"),
    ),
    "leadership": (
        ("own_part", "own_action"),
        ("depth", HEAVY),
        ("tradeoff", "tradeoff"),
        ("depth", UNSURE_HEAVY),
        ("quantify", "measure"),
        ("result", "adoption"),
        ("depth", "people"),
        ("reasoning", "reasoning"),
    ),
}
"""Move and slot by question type, most wanted first. An own part is wanted only of what happened. A question
whose wanted slots are filled is left."""
MUST = frozenset(("own_action", "result"))
"""Asked for until they are surely heard; of the others a faint trace will do."""
SENIOR = frozenset(("senior", "lead", "manager", "director"))
"""Levels whose answers should say what was learned, and are put to the test when they are strong."""
UNWANTED = {"junior": frozenset(("tradeoff", "failure_case", "adoption"))}
"""What is not expected of a level: it may be asked, but an answer without it can be left."""

TRIGGERS = {
    "own_part": ("team_action",),
    "result": ("own_action", "team_action"),
    "quantify": ("result", "own_action"),
    "reasoning": ("own_action", "team_action"),
    "tradeoff": ("own_action", "team_action"),
    "reflection": ("result", "own_action"),
    "challenge": ("own_action", "team_action"),
    "depth": ("own_action", "team_action"),
    "example": ("hypothetical",),
}
"""Which signal's words lead to a move."""
_PAST_QUESTION = Phrase(
    r"a time|did you|have you|were you"
    r"|you (?:led|made|had|were|worked|changed|improved|learned|noticed|received)"
    r"|tell me about (?:a|an|something)|describe (?:a|an|something)"
)


def asks_about_past(question: Question) -> bool:
    """Whether a question wants something that happened, so that "I would" does not answer it."""
    return question.type == "behavioural" or _PAST_QUESTION.search(fold(question.say)) is not None
