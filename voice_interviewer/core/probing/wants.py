"""What is wanted of whom: from which level on more, and of which questions something that happened."""

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.understanding.lexicon import Phrase, fold

SENIOR = frozenset(("senior", "lead", "manager", "director"))
"""Levels whose answers should say what was learned, and are put to the test when they are strong."""
_PAST_QUESTION = Phrase(
    r"a time|did you|have you|were you"
    r"|you (?:led|made|had|were|worked|changed|improved|learned|noticed|received)"
    r"|tell me about (?:a|an|something)|describe (?:a|an|something)"
)


def asks_about_past(question: Question) -> bool:
    """Whether a question wants something that happened, so that "I would" does not answer it."""
    return question.type == "behavioural" or _PAST_QUESTION.search(fold(question.say)) is not None
