"""What was heard in an answer: states, slots and signals, as plain values."""

from dataclasses import dataclass

HEARD, UNSURE, NOT_HEARD = "heard", "unsure", "not_heard"
RANK = {NOT_HEARD: 0, UNSURE: 1, HEARD: 2}
"""States from nothing to sure."""


@dataclass(frozen=True)
class Slot:
    """One slot (`own_action`, `result`, ...) or rubric point (`point:p1`) of the question just answered.

    state: heard, unsure or not_heard. start and end are character offsets into the answer's text and quote is
    the text between them, verbatim; all three are None where nothing was heard.
    """

    id: str
    state: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Signal:
    """How one signal sounds in an answer. matches: character spans of the cues heard, in order; sure tells
    whether they are the strong ones."""

    id: str
    sure: bool
    matches: tuple[tuple[int, int], ...] = ()

    @property
    def state(self) -> str:
        return NOT_HEARD if not self.matches else HEARD if self.sure else UNSURE
