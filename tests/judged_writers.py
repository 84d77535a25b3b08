"""Answers by many writers, each judged twice: by who wrote it, and blind by somebody else. See
tests/data/README.md.

Writers and judges are simulated. Whole writers are kept for the end: SEALED is read once, to report with.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from known_moves import MOVES

__all__ = [
    "FOLDER",
    "FOLDS",
    "LABELS",
    "MOVES",
    "SEALED",
    "TRAINING",
    "Answer",
    "Verdict",
    "read",
    "read_all",
]

FOLDER = Path(__file__).parent / "data" / "writers"
SEALED = ("i", "l", "n", "p", "q")
"""Named before anything was trained."""
TRAINING = ("a", "b", "c", "d", "e", "f", "g", "h", "j", "k", "m", "o", "t", "u", "v", "x", "y")
FOLDS = (("a", "t", "g", "o"), ("b", "u", "h"), ("c", "v", "j"), ("d", "x", "k"), ("e", "f", "y", "m"))
"""The writers for training in five groups; each is once left out."""

LABELS = (
    "situation",
    "own_action",
    "team_action",
    "method",
    "reasoning",
    "tradeoff",
    "stakeholder",
    "result",
    "measure",
    "reflection",
    "hypothetical",
    "vague",
    "overclaim",
    "disowned",
    "taken_back",
    "off_topic",
    "order",
    "none",
    "request:repeat",
    "request:explain",
    "request:wait",
    "request:skip",
    "request:stop",
    "request:finished",
    "request:ask_back",
    "request:accuse",
)


@dataclass(frozen=True)
class Verdict:
    """What one person would do next, best first, what they would find deaf, and the level they give."""

    accepted: tuple[str, ...]
    wrong: tuple[str, ...]
    quality: int | None


@dataclass(frozen=True)
class Answer:
    """One judged answer. clauses: (text, label of the writer, label of the judge); together they are the
    text."""

    id: str
    question: str | None
    asked: str
    type: str
    level: str
    history: tuple[tuple[str, str], ...]
    clauses: tuple[tuple[str, str | None, str | None], ...]
    writer: Verdict
    judge: Verdict | None
    ordinary: bool

    @cached_property
    def text(self) -> str:
        return " ".join(text for text, _, _ in self.clauses)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return (self.writer,) if self.judge is None else (self.writer, self.judge)

    @property
    def accepted(self) -> tuple[str, ...]:
        """What everybody accepts; empty where they agree on nothing."""
        return tuple(move for move in MOVES if all(move in each.accepted for each in self.verdicts))

    @property
    def wrong(self) -> tuple[str, ...]:
        """What somebody finds wrong and nobody accepts."""
        return tuple(
            move
            for move in MOVES
            if any(move in each.wrong for each in self.verdicts)
            and not any(move in each.accepted for each in self.verdicts)
        )

    @property
    def quality(self) -> float | None:
        """The mean of the levels given; None where somebody sees nothing to judge."""
        levels = [each.quality for each in self.verdicts]
        return sum(levels) / len(levels) if None not in levels else None  # type: ignore[arg-type]


def read(writer: str, folder: Path = FOLDER) -> tuple[Answer, ...]:
    """All answers of one writer, in the order in which they were written."""
    return tuple(_answers((folder / f"{writer}.jsonl").read_text(encoding="utf-8").splitlines()))


def read_all(writers: Iterable[str], folder: Path = FOLDER) -> tuple[Answer, ...]:
    return tuple(answer for writer in writers for answer in read(writer, folder))


def _answers(lines: Iterable[str]) -> Iterator[Answer]:
    for line in lines:
        row: dict[str, Any] = json.loads(line)
        yield Answer(
            row["id"],
            row.get("question") or None,
            row["asked"],
            row["type"],
            row["level"],
            tuple((asked, answer) for asked, answer in row.get("history", ())),
            tuple((text, writer, judge) for text, writer, judge in row["clauses"]),
            _verdict(row["writer"]),
            _verdict(row["judge"]) if row.get("judge") else None,
            row.get("ordinary", False),
        )


def _verdict(row: dict[str, Any]) -> Verdict:
    return Verdict(tuple(row["accepted"]), tuple(row["wrong"]), row["quality"])
