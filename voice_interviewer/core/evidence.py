"""What was heard in an answer: evidence slots and rubric points, each with the words that show it."""

from dataclasses import dataclass

HEARD, UNSURE, NOT_HEARD = "heard", "unsure", "not_heard"


@dataclass(frozen=True)
class Slot:
    """One slot (`own_action`, `result`, ...) or rubric point (`point:p1`) of the question just answered.

    state: heard, unsure or not_heard. start and end are character offsets into the answer's text and quote is the
    text between them, verbatim; all three are None where nothing was heard.
    """

    id: str
    state: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None
