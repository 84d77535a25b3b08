"""Judged answers as the numbers the reader's network learns from."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from judged_writers import LABELS, MOVES, Answer
from tokenizers import Tokenizer

from .model import FEATURES, TYPES, plain

LIMITS = {"asked": 48, "earlier": 72, "earlier question": 24, "earlier answer": 40}
"""Tokens at most of the line asked and of the last two turns."""
TOKENS = 256
LENGTHS = (64, 96, 128, 160, 192, 224, 256)
CLAUSES = 64
SENTENCES, SENTENCE_TOKENS = 16, 24
"""So many sentences a batch are held to their old vectors."""
START, BREAK, UNKNOWN = 101, 102, 100
PLAIN_SHARE = 0.4
"""Of the rows are learned as recognisers write them. Such variants are made by rule and never counted."""
LOST, SWAPPED = 0.03, 0.03
"""Of the words of such a row are left out, or replaced by a word of another answer."""
ONE_ACCEPTS, ONE_ACCEPTS_OTHER_WRONG = 0.5, 0.35
UNNAMED = 0.25
"""How much a move counts that nobody accepts and nobody calls wrong."""
DISPUTED = 0.6
RANKS = (1.0, 0.6, 0.4)
"""What the first, second and third accepted move weigh as the best one."""


@dataclass
class Row:
    ids: list[int]
    segments: list[int]
    clause: list[int]
    labels: list[np.ndarray]
    fits: np.ndarray
    weights: np.ndarray
    best: np.ndarray
    level: float
    judgeable: float
    features: np.ndarray


class Rows:
    """Turns answers into rows with the encoder's own tokenizer."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def sentence(self, text: str) -> list[int]:
        return [START, *self.ids(text)[: SENTENCE_TOKENS - 2], BREAK]

    def row(self, answer: Answer, rng: random.Random | None = None, words: Sequence[str] = ()) -> Row:
        """rng: the answer as a recogniser writes it, with words of `words` for some of its own."""

        def heard(text: str) -> str:
            return text if rng is None else plain(_misheard(text, rng, words))

        asked = self.ids(f"{answer.level} {answer.type}: {answer.asked}")[: LIMITS["asked"]]
        before: list[int] = []
        for question, said in answer.history[-2:]:
            before += self.ids(question)[: LIMITS["earlier question"]]
            before += self.ids(heard(said))[-LIMITS["earlier answer"] :]
        before = before[-LIMITS["earlier"] :]
        said = [
            (at, token)
            for at, (text, _, _) in enumerate(answer.clauses)
            for token in self.ids(heard(text)) or [UNKNOWN]
        ]
        room = TOKENS - 4 - len(asked) - len(before)
        if len(said) > room:
            said = said[: room // 2] + said[-(room - room // 2) :]
        lead = [START, *asked, BREAK, *before, BREAK]
        fits, weights, best = _moves(answer)
        given = [each.quality for each in answer.verdicts]
        levels = [each for each in given if each is not None]
        return Row(
            [*lead, *(token for _, token in said), BREAK],
            [0] * len(lead) + [1] * (len(said) + 1),
            [-1] * len(lead) + [at for at, _ in said] + [-1],
            [_label(pair) for _, *pair in answer.clauses],
            fits,
            weights,
            best,
            sum(levels) / len(levels) if levels else 0.0,
            len(levels) / len(given),
            features(answer),
        )


def features(answer: Answer) -> np.ndarray:
    count = len(answer.text.split())
    shape = [float(bool(answer.history)), math.log1p(count) / 5, float(count < 12), float(count > 120)]
    return np.array([float(answer.type == each) for each in TYPES] + shape, np.float32)


def _misheard(text: str, rng: random.Random, words: Sequence[str]) -> str:
    found = []
    for word in text.split():
        draw = rng.random()
        if draw >= LOST:
            found.append(rng.choice(words) if words and draw < LOST + SWAPPED else word)
    return " ".join(found) or text


def _moves(answer: Answer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    fits, weights = np.zeros(len(MOVES), np.float32), np.full(len(MOVES), UNNAMED, np.float32)
    for at, move in enumerate(MOVES):
        accepts = [move in each.accepted for each in answer.verdicts]
        wrong = any(move in each.wrong for each in answer.verdicts)
        if all(accepts):
            fits[at], weights[at] = 1, 1
        elif any(accepts):
            fits[at], weights[at] = (ONE_ACCEPTS_OTHER_WRONG if wrong else ONE_ACCEPTS), DISPUTED
        elif wrong:
            weights[at] = 1
    best = np.zeros(len(MOVES), np.float32)
    for each in answer.verdicts:
        for rank, move in zip(RANKS, each.accepted, strict=False):
            best[MOVES.index(move)] += rank
    if answer.accepted:
        best *= np.array([1.0 if move in answer.accepted else 0.25 for move in MOVES], np.float32)
    return fits, weights, best / best.sum()


def _label(given: Sequence[str | None]) -> np.ndarray:
    found = np.zeros(len(LABELS), np.float32)
    for label in given:
        if label is not None:
            found[LABELS.index(label)] += 1
    return found / max(found.sum(), 1)


def batch(rows: Sequence[Row], size: int) -> dict[str, Any]:
    """Rows side by side, padded to one of LENGTHS and to `size` rows; `real` tells which rows are some."""
    length = next(each for each in LENGTHS if each >= max(len(row.ids) for row in rows))
    found: dict[str, Any] = {
        "ids": np.zeros((size, length), np.int32),
        "segments": np.zeros((size, length), np.int32),
        "clause": np.full((size, length), -1, np.int32),
        "labels": np.zeros((size, CLAUSES, len(LABELS)), np.float32),
        "features": np.zeros((size, FEATURES), np.float32),
        "real": np.zeros(size, np.float32),
    }
    for name in ("fits", "weights", "best"):
        found[name] = np.zeros((size, len(MOVES)), np.float32)
    for name in ("level", "judgeable"):
        found[name] = np.zeros(size, np.float32)
    for at, row in enumerate(rows):
        for name in ("ids", "segments", "clause"):
            found[name][at, : len(row.ids)] = getattr(row, name)
        found["labels"][at, : len(row.labels)] = row.labels[:CLAUSES]
        for name in ("fits", "weights", "best", "level", "judgeable", "features"):
            found[name][at] = getattr(row, name)
        found["real"][at] = 1
    return found


def batches(
    rows: Sequence[Row], size: int, rng: random.Random | None
) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """All rows once, rows of about one length together. rng: in an order of its own; else the shortest
    first."""
    order = list(range(len(rows)))
    if rng is None:
        order.sort(key=lambda at: len(rows[at].ids))
        groups = [order[at : at + size] for at in range(0, len(order), size)]
    else:
        rng.shuffle(order)
        near = size * 8
        order = [
            each
            for at in range(0, len(order), near)
            for each in sorted(order[at : at + near], key=lambda one: len(rows[one].ids))
        ]
        groups = [order[at : at + size] for at in range(0, len(order), size)]
        rng.shuffle(groups)
    for group in groups:
        yield group, batch([rows[at] for at in group], size)


def sentences(answers: Sequence[Answer], banks: Path) -> list[str]:
    """What sentences may be compared with each other: what the banks listen for, questions, and clauses."""
    listed: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, str) and 3 <= len(value.split()) <= 30:
            listed.add(value)
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)

    for file in sorted(banks.glob("*.yaml")):
        walk(yaml.safe_load(file.read_text(encoding="utf-8")))
    clauses = {text for answer in answers for text, _, _ in answer.clauses if len(text.split()) >= 3}
    spoken = sorted(clauses | {answer.asked for answer in answers})
    rng = random.Random(0)
    return rng.sample(sorted(listed), min(3000, len(listed))) + rng.sample(spoken, min(2000, len(spoken)))
