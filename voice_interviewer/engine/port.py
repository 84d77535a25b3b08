"""The plug point between the interview and whatever decides its next line."""

from typing import Protocol

from voice_interviewer.core.evidence import Slot
from voice_interviewer.core.probing import Reply, ReplyContext


class Engine(Protocol):
    """Decides what to say after an answer. Keeps no state between calls: the context holds everything."""

    name: str
    """For the record, e.g. "rules"."""

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        """What this answer alone shows, one Slot per slot of the question's type and per rubric point."""

    def reply(self, context: ReplyContext) -> Reply:
        """The next line. Every `say` is safe to speak as it is. Never raises for what a candidate said."""
