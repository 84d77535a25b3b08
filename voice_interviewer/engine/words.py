"""Weighted word stems: how much two pieces of text share, when only the words themselves can be compared.

A stem counts the more, the fewer of a question's points it stands in (TF-IDF), so that the topic all of them
share says little. Stop words do not count.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from voice_interviewer.core.bank import Question
from voice_interviewer.core.lexicon import STOPWORDS, fold

Vector = Mapping[str, float]
"""Stem -> weight; of length 1, or empty."""

PAIR = 0.9
"""What a point spread over two neighbouring pieces is worth, beside one said in a single piece."""
ASKED_COUNT = 3
"""The question's own words count as standing in that many texts: they come up in any answer."""
SEEN = 16_384


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(SEEN)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def content_stems(text: str) -> tuple[str, ...]:
    """English stems of the words that carry content, in order, repeats kept."""
    words = (word.strip("'").removesuffix("'s") for word in fold(text).split())
    return tuple(_stem(word) for word in words if word not in STOPWORDS and (len(word) > 1 or word.isdigit()))


def texts_of(question: Question) -> dict[str, tuple[str, ...]]:
    """Point id -> the ways to say it that the bank knows."""
    return {point.id: (point.text, *point.exemplars) for point in question.points}


class WordVectors:
    """Vectors of texts, with weights learnt from what one question listens for."""

    def __init__(self, question: Question, asked: str) -> None:
        known = [set(content_stems(text)) for texts in texts_of(question).values() for text in texts]
        known += [set(content_stems(asked))] * ASKED_COUNT
        self._frequency = Counter(stem for text in known for stem in text)
        self._count = len(known)

    def vector(self, text: str) -> Vector:
        counts = Counter(content_stems(text))
        weights = {stem: (1 + math.log(count)) * self._weight(stem) for stem, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {stem: weight / length for stem, weight in weights.items()} if length else {}

    def _weight(self, stem: str) -> float:
        return math.log(1 + self._count / (1 + self._frequency[stem]))


def cosine(left: Vector, right: Vector) -> float:
    """0 to 1."""
    few, many = (left, right) if len(left) < len(right) else (right, left)
    return sum(weight * many[stem] for stem, weight in few.items() if stem in many)


def nearest(pieces: Sequence[Vector], wanted: Iterable[Vector]) -> list[float]:
    """For each piece how near it comes to the nearest of the wanted texts."""
    wanted = tuple(wanted)
    return [max((cosine(piece, each) for each in wanted), default=0.0) for piece in pieces]


def with_pairs(vectors: WordVectors, texts: Sequence[str], wanted: Sequence[Vector]) -> list[float]:
    """`nearest` of each text, or of it and the next one taken together, whichever is more."""
    alone = nearest([vectors.vector(text) for text in texts], wanted)
    pairs = nearest([vectors.vector(f"{one} {two}") for one, two in pairwise(texts)], wanted)
    return [max(one, PAIR * two) for one, two in zip(alone, [*pairs, 0.0], strict=False)]
