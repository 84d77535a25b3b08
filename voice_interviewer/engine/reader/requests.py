"""What is said to the interviewer instead of an answer, in any wording: a small classifier.

One linear model per kind of `core.understanding.requests.KINDS` and tier, fitted by
tests/training/train_requests.py on requests and on answers that use the same words. It reads one piece at a
time and only gives numbers: whether a whole utterance is a request is decided in the core. Weights are set
so that 0.5 is surely and 0.3 maybe. A word or two mean too many things ("both", "of course"): there the
phrases of the core decide.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

from voice_interviewer.core.model.reading import ORDER
from voice_interviewer.core.understanding.lexicon import (
    CARDINAL,
    PAST,
    Phrase,
    fold,
)
from voice_interviewer.core.understanding.request_phrases import (
    ASK_BACK_PHRASE,
    INTERRUPTION,
    MUSING,
    NONE,
    NOVICE,
    REFUSAL,
    STRICT,
)
from voice_interviewer.core.understanding.requests import KINDS, spoken_request
from voice_interviewer.engine.reader.order_signs import order_signs
from voice_interviewer.engine.reader.sentences import SEEN, tokens
from voice_interviewer.engine.reader.tier_scorer import Matrix, Scores, TierScorer, shipped

FORMAT = 2
"""Of the weight files; another number is refused."""
SHORT_WORDS = 3
"""A piece of so many words or fewer is a request only by its phrase."""
SHORT_SCORES = (0.05, 0.95)
"""Of a short piece that is no phrase, and of one that is."""
ROWS = (*KINDS, "any", ORDER)
"""One model per kind, one for any request at all, and one for orders, which are none."""
UNSURE_LOGIT = math.log(0.3 / 0.7)
"""Of a probability of 0.3."""

_OTHERS = r"(?:he|she|they|we|it|you|everyone|everybody|nobody|somebody|(?:the|a|my|our|his|her) [a-z]+)"
_TOLD = r"(?:said|says|asked|asks|told|tells|goes|wanted|wants|called|answered|explained|decided)"
_ASKING = r"(?:can|could|would|will|may|might|shall|should) (?:you|i|we|it)"
_PATTERNS = {
    "asking": rf"{_ASKING}|let's|let us|let me|lemme|gimme|give me|please|kindly|pls",
    "i_past": rf"i(?: (?:then|also|just|first|simply|even|once))? {PAST}",
    "others_past": rf"{_OTHERS}(?: [a-z]+)? {PAST}",
    "told": rf"(?:i|{_OTHERS}) {_TOLD}",
    "was": r"was|were|wasn't|weren't|had|did",
    "i_would": r"i(?:'d| would)|you(?:'d| would)|if they|if he|if she",
    "cannot": r"i(?: [a-z]+)? (?:can't|cannot|can not|couldn't|could not|don't|do not|haven't|have not"
    r"|have no)",
    "i_am": r"i(?:'m| am)",
    "never": r"never|nothing|nobody|none|no|not",
    "others": r"he|she|they|him|them|his|her|their|us|we|our",
    "about_it": r"(?:the|this|that|your|my|next|another|other|different|last|a) "
    r"(?:question|one|answer|example|interview)",
    "joined": r"because|but|so|when|until|which|after|before|if",
    "number": rf"[0-9]+[a-z%]*|{CARDINAL}",
    "program": r"ignore|disregard|rules|score|scores|rubric|prompt|instructions|passed|marks|feedback"
    r"|hired?|rating|record|answered|candidate",
}
_SAYS = {
    **STRICT,
    "refusal": REFUSAL,
    "none": NONE,
    "novice": NOVICE,
    "interruption": INTERRUPTION,
    "asks": ASK_BACK_PHRASE,
    "musing": MUSING,
}
_BEGINS_WORDS = """can could would will may might shall should do does did is are am was were what which who
how when where why have has"""
_BEGINS = frozenset(_BEGINS_WORDS.split())
_OPENERS_WORDS = "oh um uh hm hmm so well sorry okay ok wait and yes ah er"
_OPENERS = frozenset(_OPENERS_WORDS.split())
_LENGTHS = (2, 4, 7, 11, 16, 24)
_WORD = re.compile(r"[^ ]+")


@cache
def _phrases() -> tuple[tuple[str, Phrase], ...]:
    own = ((name, Phrase(source)) for name, source in _PATTERNS.items())
    return (*own, *((f"says {name}", phrase) for name, phrase in _SAYS.items()))


def flags(text: str) -> dict[str, float]:
    """Name -> 1.0 or 0.0 for each general sign of a request or of a story."""
    folded = fold(text)
    words = _WORD.findall(folded)
    first = next((word for word in words if word not in _OPENERS), "")
    asked = spoken_request(text)
    return {
        **{f"is {kind}": float(asked == kind) for kind in KINDS},
        **{name: float(phrase.search(folded) is not None) for name, phrase in _phrases()},
        "begins": float(first in _BEGINS),
        "question": float(text.rstrip().endswith("?")),
        **order_signs(text),
        **{f"over {length}": float(len(words) > length) for length in _LENGTHS},
    }


@dataclass(frozen=True)
class Weights:
    """One tier's models. rows: ROWS x (embedding, flags, tokens); bias: one per row; sure and maybe: what
    `evidence` has to reach for 0.5 and 0.3; order: what the logit of an order has to reach for 0.5."""

    flags: tuple[str, ...]
    tokens: tuple[str, ...]
    width: int
    embedding_scale: float
    rows: Matrix
    bias: Matrix
    sure: float = 0.0
    maybe: float = UNSURE_LOGIT
    order: float = 0.0

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Flag or token -> its column."""
        names = (*(f"flag {name}" for name in self.flags), *self.tokens)
        return {name: self.width + index for index, name in enumerate(names)}

    @cached_property
    def seen(self) -> Callable[[str], tuple[int, ...]]:
        """The columns beyond the embedding that are 1 for a text. An answer is read at every pause of it, so
        most of its pieces have been looked at before."""

        def look(text: str) -> tuple[int, ...]:
            names = (*(f"flag {name}" for name, value in flags(text).items() if value), *tokens(text))
            return tuple(self.place[name] for name in names if name in self.place)

        return lru_cache(SEEN)(look)

    def inputs(self, texts: Sequence[str], matrix: Matrix | None = None) -> Matrix:
        """What the models see of each text: float32 (n, columns of `rows`)."""
        found = np.zeros((len(texts), self.width + len(self.flags) + len(self.tokens)), np.float32)
        if matrix is not None and self.width:
            found[:, : self.width] = matrix * self.embedding_scale
        for row, text in zip(found, texts, strict=True):
            row[list(self.seen(text))] = 1.0
        return found

    @cached_property
    def columns(self) -> Matrix:
        """`rows`, each column's numbers side by side."""
        return np.ascontiguousarray(self.rows.T)

    def logits(self, texts: Sequence[str], matrix: Matrix | None = None) -> Matrix:
        """What each model of ROWS makes of each text: float32 (n, len(ROWS)). It is what `inputs` times
        `rows` gives, without the zeros that nearly all of it is."""
        found = np.zeros((len(texts), len(self.rows)), np.float32)
        for row, text in zip(found, texts, strict=True):
            row += self.columns[list(self.seen(text))].sum(axis=0)
        if matrix is not None and self.width:
            # not `@`: for so few rows BLAS only starts threads, which on busy cores wait for each other
            found += np.einsum("ij,jk->ik", matrix * self.embedding_scale, self.columns[: self.width])
        return found + self.bias

    def score(self, texts: Sequence[str], matrix: Matrix | None = None) -> Scores:
        """Kind or ORDER -> the probability of each text; texts are the units of one answer, in order.

        The likeliest kind is as sure as that it is a request at all; the others fall behind as they are less
        likely than that one. A clause is no surer than its sentence, which comes before it: "give me a
        moment" may be what somebody was told. An order stands for itself and
        asks for nothing.
        """
        logits = self.logits(texts, matrix)
        slope = -UNSURE_LOGIT / (self.sure - self.maybe)
        asked = np.clip((evidence(logits) - self.sure) * slope, -30, 30)
        kinds = logits[:, : len(KINDS)]
        orders = 1 / (1 + np.exp(np.clip(self.order - logits[:, -1], -30, 30)))
        values = np.exp(kinds - kinds.max(axis=1, keepdims=True)) / (1 + np.exp(-asked[:, None]))
        sentence = 0
        for index, (row, text) in enumerate(zip(values, texts, strict=True)):
            if is_short(text):
                said = spoken_request(text)
                row[:] = [SHORT_SCORES[kind == said] for kind in KINDS]
                orders[index] = SHORT_SCORES[False]
            if index and text in texts[sentence]:
                row[:] = np.minimum(row, values[sentence])
            else:
                sentence = index
        values[orders >= 0.5] = 0
        columns = (*values.T, orders)
        return {
            kind: [float(value) for value in column]
            for kind, column in zip((*KINDS, ORDER), columns, strict=True)
        }


def evidence(logits: Matrix) -> Matrix:
    """How much speaks for a request, (n,): that it is one at all and that it is of some kind. Both together
    tell more than either; in cross-validation far more requests are heard for the same number of stories."""
    found: Matrix = logits[:, len(KINDS)] + np.logaddexp.reduce(logits[:, : len(KINDS)], axis=1)
    return found


def is_short(text: str) -> bool:
    """Whether there is too little to read a meaning from."""
    return len(fold(text).split()) <= SHORT_WORDS


def decode(data: Mapping[str, Any]) -> Weights:
    """The weights as a file holds them: whole numbers, to be multiplied with `unit`.

    Raises ValueError or KeyError when the file is of another format or its rows do not fit.
    """
    if data["format"] != FORMAT or tuple(data["kinds"]) != ROWS:
        raise ValueError("these weights belong to another version of the program")
    rows = np.array([data["rows"][name] for name in ROWS], np.float32) * np.float32(data["unit"])
    if rows.shape[1] != data["width"] + len(data["flags"]) + len(data["tokens"]):
        raise ValueError("the rows of these weights have the wrong length")
    bias = np.array([data["bias"][name] for name in ROWS], np.float32) * np.float32(data["unit"])
    return Weights(
        tuple(data["flags"]),
        tuple(data["tokens"]),
        data["width"],
        data["embedding_scale"],
        rows,
        bias,
        data["sure"],
        data["maybe"],
        data["order"],
    )


class RequestScorer(TierScorer[Weights]):
    """How far each piece of what was said is a request, with the weights that come with the product."""

    @classmethod
    def load(cls, tier: str) -> "RequestScorer":
        """The scorer of one tier, `reading.EMBEDDINGS` or `reading.WORDS`; read once per process."""
        return _load(tier)


@cache
def _load(tier: str) -> RequestScorer:
    return RequestScorer(decode(shipped(tier, "requests_")))
