"""The plug point between the interview and whatever decides its next line."""

from collections.abc import Sequence
from typing import Protocol

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.feedback import Material, Score
from voice_interviewer.core.model.moves import Reply, ReplyContext
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Transcript


class Engine(Protocol):
    """Decides what to say after an answer. Keeps no state between calls: the context holds everything."""

    name: str
    """For the record, e.g. "rules"."""

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        """What this answer alone shows, one Slot per slot of the question's type and per rubric point."""

    def asks_for_time(self, context: ReplyContext) -> bool:
        """Whether the last thing said asks for time to think: then nobody takes the turn for a while."""

    def reply(self, context: ReplyContext) -> Reply:
        """The next line. Every `say` is safe to speak as it is. Never raises for what a candidate said."""


class Reader(Protocol):
    """Turns the words of an answer into numbers for the core: what each piece of it is and is close to."""

    tier: str
    """`reading.EMBEDDINGS` or `reading.WORDS`."""

    def read(
        self,
        question: Question,
        asked: str,
        answer: Transcript,
        earlier: Sequence[tuple[str, str]] = (),
        level: str = "mid",
    ) -> Reading:
        """The answer read against its question. earlier: what was asked and answered before it, oldest first;
        level: the seniority of the interview. The same for the same words; never raises for any words."""


class Scorer(Protocol):
    """Makes the feedback on the answers to one question. Keeps nothing between calls."""

    tier: str
    """Who judges: `reading.EMBEDDINGS`, `reading.WORDS`, or a language model's name."""

    def score(self, material: Material) -> Score:
        """Never raises for anything a candidate said; what cannot be judged is not assessed, with the reason.
        The same material gives the same score, to the byte (a language model's votes excepted)."""
