"""What an answer is made of, as plain numbers from 0 to 1: how much of the question's points, how much of the
story, what came of it, how concrete it is. None of them grows with mere length."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.model.bank import SLOTS, Question
from voice_interviewer.core.model.reading import LABELS, ORDER, ORDER_HEARD, Reading, passed_over
from voice_interviewer.core.model.transcript import Span
from voice_interviewer.core.probing.heard import past_words
from voice_interviewer.core.understanding import evidence
from voice_interviewer.core.understanding.lexicon import content_stems, fold
from voice_interviewer.core.understanding.numbers import mark

AS_LABEL = {"why": "reasoning", "approach": "method"}
"""Slots that a reading knows by another name."""
TELLING = frozenset(LABELS) - {"hypothetical"}
"""Labels of pieces that tell something; a piece without any of them is talk around it."""
BELOW_UNSURE, ABOVE_HEARD = 0.10, 0.15
"""How far beyond the reading's thresholds for points the similarity still makes a difference."""
SURE_SLOT = 0.6
"""From this probability on a slot counts fully."""


@dataclass(frozen=True)
class Signals:
    """points, slots: how much of each is there; result, measure: how surely; own: distinct acts of the
    speaker's own; told: distinct pieces that tell something; numbers: distinct figures; past: how much is
    told as having happened; hypothetical: share of the pieces that tell what one would do."""

    points: float
    slots: float
    result: float
    measure: float
    own: float
    told: float
    numbers: float
    past: float
    hypothetical: float
    dense: float
    """Share of the pieces that tell anything."""


def signals_of(question: Question, readings: Sequence[Reading]) -> Signals:
    """The signals of all answers to one question together."""
    pieces = [piece for reading in readings for piece in _pieces(reading)]
    distinct = {" ".join(content_stems(unit.text)): unit for _, unit, _ in pieces}
    kept = [each for each in pieces if distinct[" ".join(content_stems(each[1].text))] is each[1]]

    def best(label: str) -> float:
        return max((row.get(label, 0.0) for _, _, row in pieces), default=0.0)

    heard = [" ".join(fold(unit.text).split()) for _, unit, _ in kept]
    past, _ = past_words(" . ".join(heard))
    acts = sum(row.get("own_action", 0.0) >= evidence.LABEL_HEARD for _, _, row in kept)
    told = sum(_tells(row) for _, _, row in kept)
    guesses = sum(row.get("hypothetical", 0.0) >= evidence.LABEL_HEARD for _, _, row in kept)
    ends = [value for reading in readings for _, _, value in evidence.endings(reading)]
    slots = [min(1.0, best(AS_LABEL.get(slot, slot)) / SURE_SLOT) for slot in SLOTS.get(question.type, ())]
    told_all = _saturated(told, 8)
    slots_all = sum(slots) / len(slots) if slots else told_all
    return Signals(
        points=_points(question, readings) if question.points else (slots_all + told_all) / 2,
        slots=slots_all,
        result=max(ends, default=best("result")),
        measure=best("measure"),
        own=_saturated(acts, 3),
        told=told_all,
        numbers=_saturated(len(_figures(heard)), 3),
        past=_saturated(past, 10),
        hypothetical=guesses / len(kept) if kept else 0.0,
        dense=told / len(kept) if kept else 0.0,
    )


def _pieces(reading: Reading) -> list[tuple[int, Span, dict[str, float]]]:
    """Each piece with its labels; orders to the program are passed over."""
    skipped = passed_over(reading.units, reading.requests.get(ORDER, ())) or (False,) * len(reading.units)
    return [
        (at, unit, {name: row[at] for name, row in reading.labels.items() if at < len(row)})
        for at, unit in enumerate(reading.units)
        if not (at < len(skipped) and skipped[at])
    ]


def _tells(row: dict[str, float]) -> bool:
    return any(value >= evidence.LABEL_HEARD for name, value in row.items() if name in TELLING)


def _points(question: Question, readings: Sequence[Reading]) -> float:
    """The weighted mean over the points of how near the answer comes to each."""
    total = reached = 0.0
    for point in question.points:
        near = max((_nearness(reading, point.id) for reading in readings), default=0.0)
        total += point.weight
        reached += point.weight * near
    return reached / total if total else 0.0


def _nearness(reading: Reading, point: str) -> float:
    orders = reading.requests.get(ORDER, ())
    row = reading.points.get(point, ())
    value = max(
        (each for at, each in enumerate(row) if at >= len(orders) or orders[at] < ORDER_HEARD), default=0.0
    )
    low, high = reading.point_unsure - BELOW_UNSURE, reading.point_heard + ABOVE_HEARD
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _figures(texts: Sequence[str]) -> set[tuple[str, float]]:
    """Distinct figures; a bare "one" is more often a word than a number."""
    found = (number for text in texts for number in mark(text).numbers.values())
    return {(each.sort, each.said) for each in found if each.said not in (0, 1)}


def _saturated(count: int, scale: float) -> float:
    """0 for none, and ever less for each more: three times the scale is as good as any number."""
    return 1 - math.exp(-count / scale)
