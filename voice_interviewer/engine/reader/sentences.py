"""What one sentence of an answer is: a small classifier with weights trained on sentences of many trades.

One linear model per label of `core.model.reading.LABELS` and tier, fitted by
tests/training/train_sentences.py. It sees the sentence alone: where in the answer it stands is left out on
purpose, because a model that knows the place calls the last sentence a result. Two things are settled
afterwards, see `settled`. Weights are set so that 0.5 is heard and 0.3 unsure.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from voice_interviewer.core.model.reading import LABELS
from voice_interviewer.core.understanding.lexicon import (
    CARDINAL,
    PAST,
    Phrase,
    fold,
    stem,
)
from voice_interviewer.engine.reader.cues import CUES
from voice_interviewer.engine.reader.tier_scorer import Matrix, Scores, TierScorer, shipped

FORMAT = 1
"""Of the weight files; another number is refused."""

SEEN = 4096
"""Pieces of answers whose columns are remembered."""
UNSURE_LOGIT = math.log(0.3 / 0.7)
"""Of a probability of 0.3; heard lies at 0."""
_RESULT = LABELS.index("result")
_ACTS = [LABELS.index("own_action"), LABELS.index("team_action")]

_OTHERS = r"(?:he|she|they|it|everyone|everybody|nobody|people|both|all of them|the [a-z]+(?: [a-z]+)?)"
_PATTERNS = {
    "i_past": rf"i(?:'ve| have| had)?(?: (?:then|also|just|first|simply|personally))? {PAST}",
    "i_were": r"i (?:was|had|felt|thought|knew|wanted|noticed|saw|found out|heard|realised|realized)",
    "i_now": r"i(?:'m| am)? (?:now|always|never|still|usually|normally)"
    r"|i (?:do|have|check|ask|think|believe)",
    "i_would": r"i(?:'d| would|'ll| will)|you(?:'d| would)|we(?:'d| would)|you (?:want to|need to|have to)",
    "would": r"(?:would|should|could|might|hopefully|probably)",
    "i": r"(?:i|my|me|i'[a-z]+)",
    "we_past": rf"(?:we|(?:the|our|my) (?:team|crew|group))(?: (?:all|then|also|both))? {PAST}",
    "we": r"(?:we|us|our)",
    "you": r"(?:you|your|you'[a-z]+)",
    "others": r"(?:he|she|they|him|her|them)",
    "others_past": rf"{_OTHERS}(?: (?:all|even|then|finally))? {PAST}",
    "others_now": rf"{_OTHERS}(?: [a-z]+)? (?:now|still|today)|(?:are|is|has) (?:now|still)",
    "had_been": r"(?:had|hadn't|'d) (?:been|already|never|not|only|just|[a-z]+ed)"
    rf"|(?:was|were) (?:[a-z]+ )?{PAST}",
    "was": r"(?:was|were|wasn't|weren't)",
    "present": r"(?:is|are|isn't|aren't|'s|does|do|don't|doesn't)",
    "number": r"[0-9]+[a-z%]*",
    "cardinal": CARDINAL,
    "part": r"half|third|quarter|fifth|percent|per cent|twice|double|most of|out of|one in",
    "from_to": r"from (?:[a-z0-9]+ ){1,6}?to|went (?:up|down|from)|down to|up to|instead of",
    "compare": r"more|less|fewer|better|faster|cheaper|shorter|longer|than|[a-z]+er than|as many|as much",
    "no_more": r"never|no one|nobody|nothing|not one|not a single|none|without|no longer|any ?more|no more",
    "again": r"again|back|since|ever since|since then|these days|today|nowadays|now|still|any longer",
    "after": r"after (?:that|two|a|one|the|which)|by (?:the|then|noon|[a-z]+day)|within|later|in the end",
    "cause": r"because|since|so that|as|cause|otherwise|rather than|instead of|the reason",
    "if": r"if|when|unless|once|whenever",
    "must": r"must|have to|has to|can't|cannot|not allowed|may not|can only|only",
    "every": r"every|each|weekly|daily|always|once a",
    "feel": r"feel|felt|happy|proud|afraid|scared|nervous|angry|stress[a-z]*|relieved|love|hope[a-z]*|glad",
    "believe": r"i (?:think|believe|guess|mean|feel)|in my (?:view|opinion)|important|honest[a-z]*",
    "goal": r"goal|aim|target|objective|purpose|task was|wanted to|idea was|point was|trying to",
}
_WORDS = re.compile(r"[a-z']+|[0-9][0-9a-z%$]*")
_NUMBER = re.compile(rf"(?:{CARDINAL}|[0-9].*)")
_SHARE = re.compile(r"([0-9])\s*%")
_CUE_PARTS = ("strong", "weak", "later")


@cache
def _phrases() -> tuple[tuple[str, Phrase], ...]:
    own = tuple((name, Phrase(source)) for name, source in _PATTERNS.items())
    cues = ((f"{name}.{part}", getattr(cue, part)) for name, cue in CUES.items() for part in _CUE_PARTS)
    return (*own, *((name, phrase) for name, phrase in cues if phrase is not None))


def flag_names() -> tuple[str, ...]:
    """What `flags` looks for, in its order."""
    return tuple(name for name, _ in _phrases())


def flags(text: str) -> list[float]:
    """1.0 for each general sign of `flag_names` that the sentence shows, else 0.0."""
    folded = fold(_spelt(text))
    return [1.0 if phrase.search(folded) else 0.0 for _, phrase in _phrases()]


def tokens(text: str) -> tuple[str, ...]:
    """Stems of all words, function words included, and each two neighbours; "#" stands for any number.

    A verb form shows as its ending too ("*ed"), so that unknown verbs keep their tense.
    """
    words = [word.strip("'") for word in _WORDS.findall(fold(_spelt(text)))]
    stems = ["#" if _NUMBER.fullmatch(word) else stem(word) for word in words if word]
    shapes = [_shape(word) for word in words if word]
    pairs = [f"{left} {right}" for left, right in pairwise(stems)]
    shaped = [f"{left} {right}" for left, right in pairwise(shapes) if "*" in left or "*" in right]
    return tuple(dict.fromkeys((*stems, *pairs, *shaped)))


def _spelt(text: str) -> str:
    """The text as it was said: a recogniser writes "12%" for what the judged answers spell "12 percent"."""
    return _SHARE.sub(r"\1 percent ", text)


def _shape(word: str) -> str:
    if _NUMBER.fullmatch(word):
        return "#"
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return f"*{ending}"
    return word if len(word) <= 4 else "*"


@dataclass(frozen=True)
class Weights:
    """One tier's models. rows: labels x (embedding, flags, tokens); bias: one per label."""

    labels: tuple[str, ...]
    flags: tuple[str, ...]
    tokens: tuple[str, ...]
    width: int
    embedding_scale: float
    rows: Matrix
    bias: Matrix

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Token -> its column."""
        return {token: self.width + len(self.flags) + index for index, token in enumerate(self.tokens)}

    @cached_property
    def seen(self) -> Callable[[str], tuple[int, ...]]:
        """The columns beyond the embedding that are 1 for a text. Flags are taken by name, so that one that
        is no longer known counts for nothing. An answer is read at every pause of it, so most of its pieces
        have been looked at before."""
        flagged = {name: self.width + index for index, name in enumerate(self.flags)}

        def look(text: str) -> tuple[int, ...]:
            shown = zip(flag_names(), flags(text), strict=True)
            columns = [flagged[name] for name, flag in shown if flag and name in flagged]
            return (*columns, *(self.place[token] for token in tokens(text) if token in self.place))

        return lru_cache(SEEN)(look)

    def inputs(self, texts: Sequence[str], matrix: Matrix | None = None) -> Matrix:
        """What the models see of each text: float32 (n, columns of `rows`)."""
        found = np.zeros((len(texts), self.rows.shape[1]), np.float32)
        if matrix is not None and self.width:
            found[:, : self.width] = matrix * self.embedding_scale
        for row, text in zip(found, texts, strict=True):
            row[list(self.seen(text))] = 1.0
        return found

    @cached_property
    def columns(self) -> Matrix:
        """`rows`, each column's numbers side by side."""
        return np.ascontiguousarray(self.rows.T)

    def score(self, texts: Sequence[str], matrix: Matrix | None = None) -> Scores:
        """Label -> the probability of each text; texts are the units of one answer, in order."""
        # what `inputs` times `rows` gives: nearly all of it is zeros
        products = np.zeros((len(texts), len(self.labels)), np.float32)
        for row, text in zip(products, texts, strict=True):
            row += self.columns[list(self.seen(text))].sum(axis=0)
        if matrix is not None and self.width:
            # not `@`: for so few rows BLAS only starts threads, which on busy cores wait for each other
            products += np.einsum("ij,jk->ik", matrix * self.embedding_scale, self.columns[: self.width])
        logits = settled(texts, products + self.bias)
        odds = np.exp(-np.clip(logits.astype(np.float64), -30.0, 30.0))
        return dict(zip(self.labels, (1 / (1 + odds)).T.tolist(), strict=True))


def settled(texts: Sequence[str], logits: Matrix) -> Matrix:
    """The logits (n, labels) of an answer's units, settled between them.

    A clause counts half for itself and half for its sentence, which comes before it: alone it says little.
    And a result told before anybody acts is one state less sure, because the same change is then mostly the
    problem ("the visitors stopped coming"); nothing is ever made surer by its place.
    """
    found = logits.copy()
    sentence = 0
    for index, text in enumerate(texts):
        if index and text in texts[sentence]:
            found[index] = (logits[index] + logits[sentence]) / 2
        else:
            sentence = index
    acts = np.flatnonzero((logits[:, _ACTS] > 0).any(axis=1))
    if len(acts):
        found[: acts[0], _RESULT] += UNSURE_LOGIT
    return found


def decode(data: Mapping[str, Any]) -> Weights:
    """The weights as a file holds them: whole numbers, to be multiplied with `unit`.

    Raises ValueError or KeyError when the file is of another format or its rows do not fit.
    """
    if data["format"] != FORMAT or tuple(data["labels"]) != LABELS:
        raise ValueError("these weights belong to another version of the program")
    rows = np.array([data["rows"][label] for label in LABELS], np.float32) * np.float32(data["unit"])
    if rows.shape[1] != data["width"] + len(data["flags"]) + len(data["tokens"]):
        raise ValueError("the rows of these weights have the wrong length")
    bias = np.array([data["bias"][label] for label in LABELS], np.float32) * np.float32(data["unit"])
    return Weights(
        LABELS,
        tuple(data["flags"]),
        tuple(data["tokens"]),
        data["width"],
        data["embedding_scale"],
        rows,
        bias,
    )


class SentenceScorer(TierScorer[Weights]):
    """What each sentence of an answer is, with the weights that come with the product."""

    @classmethod
    def load(cls, tier: str) -> "SentenceScorer":
        """The scorer of one tier, `reading.EMBEDDINGS` or `reading.WORDS`; read once per process."""
        return _load(tier)


@cache
def _load(tier: str) -> SentenceScorer:
    flags("")  # compiles every phrase, so that the first answer does not wait for it
    return SentenceScorer(decode(shipped(tier)))
