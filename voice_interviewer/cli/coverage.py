"""Whether a bank's examples can be heard: each has to cover its own question's points, and fit no other
question's example better. The check of the exemplars, by the same reader that listens in an interview."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_interviewer.content.bankfile import Finding
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.reading import EMBEDDINGS
from voice_interviewer.core.model.transcript import Transcript

if TYPE_CHECKING:
    from voice_interviewer.content.resources import BankFile
    from voice_interviewer.engine.port import Reader

COVERED_SHARE = 0.8
"""Of its question's points, that an example has to be heard saying."""


@dataclass(frozen=True)
class Coverage:
    """How one question's example was read.

    near: for each point the similarity of the piece that comes nearest. heard: from where on a point counts.
    better: ids of the questions whose examples fit this question's points better than its own does.
    """

    question: Question
    index: int
    near: tuple[float, ...]
    heard: float
    better: tuple[str, ...]

    @property
    def missed(self) -> tuple[str, ...]:
        """The ids of the points that were not heard."""
        points = zip(self.question.points, self.near, strict=True)
        return tuple(point.id for point, value in points if value < self.heard)

    @property
    def share(self) -> float:
        """Of the points, how many were heard."""
        return 1 - len(self.missed) / len(self.near)


def measure(entry: "BankFile", reader: "Reader") -> Iterator[Coverage]:
    """For each question with points and an example, how its example and those of the whole bank read."""
    examples = {
        question.id: Transcript.typed(question.example, 0)
        for question in entry.bank.questions
        if question.points and question.example
    }
    for index, question in enumerate(entry.bank.questions):
        if question.id not in examples:
            continue
        fits = {}
        own: tuple[float, ...] = ()
        for name, example in examples.items():
            reading = reader.read(question, question.say, example)
            near = tuple(max(reading.points[point.id]) for point in question.points)
            fits[name] = sum(point.weight * value for point, value in zip(question.points, near, strict=True))
            if name == question.id:
                own, heard = near, reading.point_heard
        better = tuple(name for name, fit in fits.items() if fit > fits[question.id])
        yield Coverage(question, index, own, heard, better)


def example_findings(entry: "BankFile", reader: "Reader") -> tuple[Finding, ...]:
    """Where an example does not cover its points (by the encoder alone; weighted words miss too much), or
    another one of the bank fits better."""
    found = []
    for each in measure(entry, reader):
        line = entry.line(each.index, "example")
        if reader.tier == EMBEDDINGS and each.share < COVERED_SHARE:
            said = f"{len(each.near) - len(each.missed)} of {len(each.near)}"
            text = f"{each.question.id}: in the example {said} points are heard, not {', '.join(each.missed)}"
            found.append(Finding(entry.file, line, text))
        if each.better:
            text = (
                f"{each.question.id}: the example of {each.better[0]} fits this question better than its own"
            )
            found.append(Finding(entry.file, line, text))
    return tuple(found)
