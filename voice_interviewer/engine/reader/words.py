"""Weighted word stems: how much of what is listened for a piece of an answer says in the same words.

A stem counts the more, the fewer of a question's points it stands in (idf), so that the topic all of them
share says little. Stop words do not count. What else a piece says does not count against it: a recogniser
without punctuation gives long pieces, and a cosine would take their length for distance.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.understanding.lexicon import STOPWORDS, fold

_EVERYWHERE = """two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred
thousand million dozen half quarter first second third twice minute hour day week month year morning afternoon
evening night today tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday every everyone
everybody someone somebody anyone people person time way go going come came take took give gave know knew
think thought want need put look see saw many much new next another even still back always never"""
"""Words of any story whatever: how much, when, somebody, and the commonest verbs. They show no point."""

SINGLE = 0.6
"""What a single shared stem is worth: it may well be meant otherwise."""
LEAST_STEMS = 2.0
"""A shorter text counts as having that many of the rarest stems, so that one word cannot be all of it."""
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


@cache
def _everywhere() -> frozenset[str]:
    return frozenset(_stem(word) for word in _EVERYWHERE.split())


@lru_cache(SEEN)
def content_stems(text: str) -> tuple[str, ...]:
    """English stems of the words that carry content, in order, repeats kept."""
    words = (word.strip("'").removesuffix("'s") for word in fold(text).split())
    stems = (_stem(word) for word in words if len(word) > 1 and word.isalpha() and word not in STOPWORDS)
    return tuple(stem for stem in stems if stem not in _everywhere())


def texts_of(question: Question) -> dict[str, tuple[str, ...]]:
    """Point id -> the ways to say it that the bank knows."""
    return {point.id: (point.text, *point.exemplars) for point in question.points}


def echo(said: Collection[str], asked: frozenset[str]) -> float:
    """How much of what was asked is said again: the share of its stems, all of one weight, 0 to 1."""
    return len(asked.intersection(said)) / len(asked) if asked else 0.0


class Weights:
    """What each stem is worth to one question, learnt from what it listens for."""

    def __init__(self, question: Question, asked: str) -> None:
        known = [set(content_stems(text)) for texts in texts_of(question).values() for text in texts]
        known += [set(content_stems(asked))] * ASKED_COUNT
        self._frequency = Counter(stem for text in known for stem in text)
        self._count = len(known)
        self._least = LEAST_STEMS * math.log(1 + self._count) ** 2

    def of(self, stems: Iterable[str]) -> float:
        """The sum over these stems."""
        return sum(math.log(1 + self._count / (1 + self._frequency[stem])) ** 2 for stem in stems)

    def share(self, said: Collection[str], wanted: frozenset[str]) -> float:
        """How much of the wanted text's weight is in what was said, 0 to 1."""
        shared = wanted.intersection(said)
        if not shared:
            return 0.0
        share = self.of(shared) / max(self.of(wanted), self._least)
        return share if len(shared) > 1 else SINGLE * share

    def nearest(self, pieces: Sequence[Collection[str]], wanted: Sequence[frozenset[str]]) -> list[float]:
        """For each piece its share of the text it says most of."""
        # asking first whether anything is shared at all is what makes it quick: mostly nothing is
        return [
            max((self.share(piece, each) for each in wanted if not each.isdisjoint(piece)), default=0.0)
            for piece in pieces
        ]

    def with_pairs(self, pieces: Sequence[frozenset[str]], wanted: Sequence[frozenset[str]]) -> list[float]:
        """`nearest` of each piece, or of it and the next one taken together, whichever is more."""
        pairs = self.nearest([one | two for one, two in pairwise(pieces)], wanted)
        alone = self.nearest(pieces, wanted)
        return [max(one, PAIR * two) for one, two in zip(alone, [*pairs, 0.0], strict=False)]
