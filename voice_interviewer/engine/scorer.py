"""The scorer that needs no model server: whatever reads answers here, and `core.feedback.scoring`."""

from dataclasses import replace

from voice_interviewer.content.remarks import load_basis
from voice_interviewer.core.feedback.scoring import score
from voice_interviewer.core.model.bank import Point, Question
from voice_interviewer.core.model.feedback import FAILED, Material, Score
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.port import Reader

_TAKEN_BACK = (
    "Actually it wasn't me, somebody else did all of that.",
    "To be truthful, I had nothing to do with it, it was my colleague.",
    "No, that is not what happened, I got that wrong.",
    "Sorry, that isn't true, it never happened.",
    "In fact we never did it.",
    "I made that part up.",
    "I invented the numbers.",
    "Those figures are not real, nobody measured anything.",
    "In the end it didn't work and nothing changed at all.",
    "Nothing came of it, it got worse afterwards.",
    "I only thought about doing it, I didn't really do it.",
    "Forget what I just said.",
    "Let me take that back, it is wrong.",
    "That is not my own story, I heard it from someone.",
    "I was not there when it happened.",
    "That's how I wish it had gone, but it isn't what I did.",
    "On second thoughts I would not do any of that.",
    "I have changed my mind, I would leave everything as it is.",
    "I exaggerated, it was not really like that.",
    "Strike that, I mixed it up with something else.",
)
TAKEN_BACK = Question(
    "taken-back",
    "factual",
    "",
    points=tuple(Point(f"p{at}", text, 1, (text,)) for at, text in enumerate(_TAKEN_BACK, 1)),
)
"""What answers are read against besides their question: sentences that take back what was said."""


class RulesScorer:
    """Implements `engine.port.Scorer`: the same words give the same score."""

    def __init__(self, reader: Reader, spread: int | None = None) -> None:
        """spread: how many steps a level may be off here, see `selftest`."""
        self._reader, self._spread, self._basis = reader, spread, load_basis()
        self.tier = reader.tier

    def readings(self, material: Material) -> tuple[Reading, ...]:
        """Each exchange as the reader reads it against the question."""
        return tuple(self._read(material.question, each.asked, each.answer) for each in material.exchanges)

    def _read(self, question: Question, asked: str, answer: Transcript) -> Reading:
        reading = self._reader.read(question, asked, answer)
        taken = self._reader.read(TAKEN_BACK, "", answer)
        best = tuple(max(row) for row in zip(*taken.points.values(), strict=True)) if taken.units else ()
        return replace(reading, taken_back=best)

    def score(self, material: Material) -> Score:
        """See `core.feedback.scoring`. What cannot even be read is not assessed."""
        try:
            readings = self.readings(material)
        except (RuntimeError, OSError):  # the encoder gave up: out of memory, a file gone
            return Score(False, FAILED, tier=self.tier, spread=self._spread)
        return score(material, readings, self.tier, self._basis, self._spread)
