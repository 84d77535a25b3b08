"""The scorer that needs no model server: whatever reads answers here, and the rules of `core.scoring`."""

from voice_interviewer.core.feedback import FAILED, Material, Score
from voice_interviewer.core.reading import Reading
from voice_interviewer.core.scoring import score
from voice_interviewer.engine.port import Reader

PATTERNS = "patterns"
"""The tier without any reader."""


class RulesScorer:
    """Implements `engine.port.Scorer`: the same words give the same score."""

    def __init__(self, reader: Reader | None, spread: int | None = None) -> None:
        """spread: how many steps a level may be off here, see `selftest`."""
        self._reader, self._spread = reader, spread
        self.tier = reader.tier if reader else PATTERNS

    def readings(self, material: Material) -> tuple[Reading | None, ...]:
        """Each exchange as the reader reads it against the question."""
        if self._reader is None:
            return (None,) * len(material.exchanges)
        question = material.question
        return tuple(self._reader.read(question, each.asked, each.answer) for each in material.exchanges)

    def score(self, material: Material) -> Score:
        """See `core.scoring`. What cannot even be read is not assessed."""
        try:
            readings = self.readings(material)
        except (RuntimeError, OSError):  # the encoder gave up: out of memory, a file gone
            return Score(False, FAILED, tier=self.tier, spread=self._spread)
        return score(material, readings, self.tier, self._spread)
