"""What both classifiers of a reader are to whoever asks them: one tier's weights, from their file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from voice_interviewer.content.resources import content
from voice_interviewer.core.model.reading import EMBEDDINGS, WORDS

Matrix = npt.NDArray[np.float32]
Scores = dict[str, list[float]]


class TierWeights(Protocol):
    """width: the length of a sentence embedding, 0 where words alone are scored."""

    @property
    def width(self) -> int: ...

    def score(self, texts: Sequence[str], matrix: Matrix | None = None) -> Scores: ...


W = TypeVar("W", bound=TierWeights)


@dataclass(frozen=True)
class TierScorer(Generic[W]):
    """Label -> one probability per text, in the order of the texts: 0.5 is surely, 0.3 maybe."""

    weights: W

    def embeddings(self, matrix: Matrix, texts: Sequence[str]) -> Scores:
        """matrix: the texts' sentence embeddings, float32 (n, 384), each of length 1. Raises ValueError when
        the sizes differ."""
        if matrix.shape != (len(texts), self.weights.width):
            raise ValueError(f"{len(texts)} texts need a matrix ({len(texts)}, {self.weights.width})")
        return self.weights.score(texts, matrix)

    def words(self, texts: Sequence[str]) -> Scores:
        """The same from the words alone, for the tier without an encoder."""
        if self.weights.width:
            raise ValueError("these weights need sentence embeddings")
        return self.weights.score(texts)


def shipped(tier: str, prefix: str = "") -> Any:
    """The weights of one tier, `reading.EMBEDDINGS` or `reading.WORDS`, as their file says them. Raises
    ValueError for another tier."""
    if tier not in (EMBEDDINGS, WORDS):
        raise ValueError(f"no such tier: {tier}")
    file = content().joinpath("configs", "sentences", f"{prefix}{tier}.json")
    return json.loads(file.read_text(encoding="utf-8"))
