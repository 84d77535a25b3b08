"""The fake of the port `engine.port.Reader`: a test declares what the pieces of its answers are."""

from collections.abc import Mapping, Sequence

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.reading import LABELS, WORDS, Reading
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.clauses import units
from voice_interviewer.core.understanding.lexicon import fold

Phrases = Mapping[str, Sequence[str]]
SURE = 0.9
"""Of a piece with a declared phrase in it; of every other piece it is 0."""


class DeclaredReader:
    """Reads by a table: a piece of an answer is whatever its phrases were declared to be.

    labels: name of `reading.LABELS` -> phrases; points: id of a point -> phrases; requests: kind of
    `requests.KINDS` or ORDER -> phrases. Phrases are folded, with single spaces.
    """

    tier = WORDS

    def __init__(
        self, labels: Phrases, points: Phrases | None = None, requests: Phrases | None = None
    ) -> None:
        assert set(labels) <= set(LABELS), set(labels) - set(LABELS)
        self._labels, self._points, self._requests = labels, points or {}, requests or {}

    def read(
        self,
        question: Question,
        asked: str,
        answer: Transcript,
        earlier: Sequence[tuple[str, str]] = (),
        level: str = "mid",
    ) -> Reading:
        pieces = units(answer)
        told = [f" {' '.join(fold(piece.text).split())} " for piece in pieces]

        def row(phrases: Sequence[str]) -> tuple[float, ...]:
            return tuple(SURE * any(f" {phrase} " in text for phrase in phrases) for text in told)

        return Reading(
            self.tier,
            pieces,
            labels={name: row(self._labels.get(name, ())) for name in LABELS},
            requests={kind: row(phrases) for kind, phrases in self._requests.items()},
            points={point.id: row(self._points.get(point.id, ())) for point in question.points},
        )
