"""How likely it is that a recognised word is right: a logistic model of what is known about the word. Pure.

Whisper's own probabilities are not that. Right first words after a pause are doubted as much as wrong ones,
and a wrong word between two sure ones is often sure. The weights are fitted for each model by
tests/training/train_doubt.py and stand in configs/whisper.toml.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from voice_audio.ports import HeardWord

Pieces = Sequence[tuple[int, int]]
"""Start and end in ms of the speech between pauses."""
PAUSE_MS = 300
"""Where no pieces are known, a gap between two words from here on parts them."""
_LEAST_P = 0.005
"""Beyond this and one minus this a probability says no more; keeps the logit within 5.3."""
_MS_PER_LETTER = (5.0, 300.0)
_PIECE_S = (0.2, 25.0)
DEFAULT = "default"
"""The name under which unknown models are found."""


@dataclass(frozen=True)
class WordMeasures:
    """What is known about one word. certainty, before, after: logit of its own probability and of its
    neighbours'. first, last: whether it is the first or last word between two pauses. alone: 1 over the
    number of words there. length: log of the seconds of that piece. slowness: log of its ms for each letter.
    letters: log of their number."""

    certainty: float
    before: float
    after: float
    first: float
    last: float
    alone: float
    length: float
    slowness: float
    letters: float


@dataclass(frozen=True)
class DoubtModel:
    """P(right) = 1 / (1 + exp(-(bias + sum of weight * measure))). weights: by the names of WordMeasures;
    what is missing counts for nothing. A word below the threshold may be a mis-hearing."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    threshold: float
    bias: float
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = set(self.weights) - set(WordMeasures.__dataclass_fields__)
        if unknown:
            raise ValueError(f"unknown measures: {', '.join(sorted(unknown))}")
        if not 0 < self.threshold < 1:
            raise ValueError("the threshold must lie between 0 and 1")

    def right(self, measures: WordMeasures) -> float:
        """The probability that the word is right, 0..1."""
        total = self.bias + sum(weight * getattr(measures, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def calibrated(self, words: Sequence[HeardWord], pieces: Pieces) -> tuple[HeardWord, ...]:
        """The words with the probability that each is right, rounded to 4 digits."""
        found = zip(words, measured(words, pieces), strict=True)
        return tuple(replace(word, probability=round(self.right(each), 4)) for word, each in found)


def measured(words: Sequence[HeardWord], pieces: Pieces) -> list[WordMeasures]:
    """The measures of each word. pieces: on the clock of the words, in order; empty where not known."""
    logits = [_logit(word.probability) for word in words]
    homes = _homes(words, pieces)
    spans = list(pieces) or _runs(words)
    found = []
    for at, word in enumerate(words):
        home = homes[at]
        start_ms, end_ms = spans[home]
        letters = max(1, sum(letter.isalnum() for letter in word.text))
        found.append(
            WordMeasures(
                certainty=logits[at],
                before=logits[max(0, at - 1)],
                after=logits[min(len(words) - 1, at + 1)],
                first=float(at == 0 or homes[at - 1] != home),
                last=float(at + 1 == len(words) or homes[at + 1] != home),
                alone=1 / homes.count(home),
                length=_log((end_ms - start_ms) / 1000, *_PIECE_S),
                slowness=_log((word.end_ms - word.start_ms) / letters, *_MS_PER_LETTER),
                letters=math.log(letters),
            )
        )
    return found


def model_for(models: Mapping[str, DoubtModel], name: str) -> DoubtModel | None:
    """The model fitted for that recogniser, or else the default one, or None. name: "tiny.en", or a folder
    such as "whisper-tiny.en" or "faster-whisper-tiny.en"."""
    plain = name.lower().removeprefix("faster-").removeprefix("whisper-")
    return models.get(plain) or models.get(DEFAULT)


def _logit(probability: float) -> float:
    inside = min(1 - _LEAST_P, max(_LEAST_P, probability))
    return math.log(inside / (1 - inside))


def _log(value: float, least: float, most: float) -> float:
    return math.log(min(most, max(least, value)))


def _homes(words: Sequence[HeardWord], pieces: Pieces) -> list[int]:
    """For each word the number of the piece in which its middle lies, or that is nearest to it."""
    spans = list(pieces) or _runs(words)

    def away(span: tuple[int, int], middle: float) -> float:
        return max(span[0] - middle, middle - span[1], 0.0)

    middles = [(word.start_ms + word.end_ms) / 2 for word in words]
    return [min(range(len(spans)), key=lambda at: away(spans[at], middle)) for middle in middles]


def _runs(words: Sequence[HeardWord]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for word in words:
        if runs and word.start_ms - runs[-1][1] < PAUSE_MS:
            runs[-1] = (runs[-1][0], max(runs[-1][1], word.end_ms))
        else:
            runs.append((word.start_ms, word.end_ms))
    return runs
