"""What each piece of an answer means: its similarity with what the question listens for.

Two tiers of one port, `engine.port.Reader`. With the sentence encoder a piece is compared as a whole, so that
plain words reach a point that was written down in others. Without it, weighted word stems are compared: they
hear the same words said, hardly the same thing said in other words.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from voice_interviewer.content.resources import content
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.reading import (
    EMBEDDINGS,
    ORDER,
    WORDS,
    Reading,
    passed_over,
)
from voice_interviewer.core.model.transcript import Span, Transcript
from voice_interviewer.core.understanding.clauses import units
from voice_interviewer.engine.reader.encoder import WIDTH, Encoder, Matrix
from voice_interviewer.engine.reader.kinds import Scores, agreement, plainness, profile
from voice_interviewer.engine.reader.words import Weights, content_stems, echo, texts_of

__all__ = ["WIDTH", "EmbeddingReader", "Encoder", "Scorer", "WordReader", "told"]

SOUGHT = 64
"""Questions whose stems are remembered."""


# --- readers ----------------------------------------------------------------------------------------------


class Scorer(Protocol):
    """`sentences.SentenceScorer`, `requests.RequestScorer`: label or kind of request -> a
    probability per sentence."""

    def embeddings(self, matrix: "Matrix", texts: Sequence[str]) -> Mapping[str, Sequence[float]]: ...

    def words(self, texts: Sequence[str]) -> Mapping[str, Sequence[float]]: ...


class _Tier(BaseModel):
    """One table of configs/semantic.toml. words: what a shared word adds to a similarity; rivals: what is
    taken off for fitting another point better; kind: what being of the kind of the exemplars adds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    point_heard: float = Field(gt=0, le=1)
    point_unsure: float = Field(gt=0, le=1)
    words: float = Field(default=1.0, ge=0, le=1)
    rivals: float = Field(ge=0, le=1)
    kind: float = Field(ge=0, le=1)


Rows = dict[str, list[float]]


class _Sought:
    """What one question listens for, with the stems of all of it."""

    def __init__(self, question: Question, asked: str) -> None:
        self.points = texts_of(question)
        self.avoid = tuple((each.text, *each.signs) for each in question.avoid)
        self.asked = asked
        self.weights = Weights(question, asked)
        self.kinds: dict[str, dict[str, float]] | None = None
        self.stems = {text: frozenset(content_stems(text)) for text in self.texts()}

    def texts(self) -> tuple[str, ...]:
        """Every text an answer is compared with, each once."""
        groups = (*self.points.values(), *self.avoid, (self.asked,))
        return tuple(dict.fromkeys(text for group in groups for text in group))


class _Reader:
    """What both tiers share: a piece is as near to something as to the nearest way of saying it."""

    tier: str

    def __init__(self, scorer: Scorer | None, asks: Scorer | None = None) -> None:
        self.scorer, self.asks = scorer, asks
        self.settings = _settings(self.tier)
        self._sought = lru_cache(SOUGHT)(_Sought)

    def prepare(self, question: Question, asked: str) -> None:
        """Get ready for answers to this question, so that the first one need not wait for it."""
        sought = self._sought(question, asked)
        if self.scorer:
            self._kinds(sought)

    def read(
        self,
        question: Question,
        asked: str,
        answer: Transcript,
        earlier: Sequence[tuple[str, str]] = (),
        level: str = "mid",
    ) -> Reading:
        """See `engine.port.Reader`."""
        pieces = units(answer)
        heard, unsure = self.settings.point_heard, self.settings.point_unsure
        if not pieces:
            return Reading(self.tier, point_heard=heard, point_unsure=unsure)
        requests = _rows(self._scores(self.asks, tuple(piece.text for piece in pieces)))
        over = passed_over(pieces, requests.get(ORDER, ()))
        # where there is nothing but orders, an empty text stands for what is left
        texts = tuple(piece.text for piece, out in zip(pieces, over, strict=True) if not out) or ("",)
        sought = self._sought(question, asked)
        near = self._nearness(sought, texts)
        points = _against_rivals(
            {id_: near(wanted) for id_, wanted in sought.points.items()}, self.settings.rivals
        )
        labels = self._scores(self.scorer, texts)
        points = self._of_a_kind(sought, points, labels, plainness(told(answer.text, pieces, over)))
        return Reading(
            self.tier,
            units=pieces,
            labels={name: _spread(row, over) for name, row in _rows(labels).items()},
            requests=requests,
            points={id_: _spread(_row(values), over) for id_, values in points.items()},
            avoid=tuple(_spread(_row(near(signs)), over) for signs in sought.avoid),
            asked=_spread(_row(self._asked(sought, texts)), over),
            point_heard=heard,
            point_unsure=unsure,
        )

    def _of_a_kind(self, sought: _Sought, points: Rows, labels: Scores, plain: float) -> Rows:
        """The same nearness, more for pieces of the kind that a point's exemplars are."""
        found = {}
        for id_, row in points.items():
            gained = agreement(self._kinds(sought)[id_], labels) if labels else []
            gain = gained or [0.0] * len(row)
            found[id_] = [
                max(plain * (near + self.settings.kind * more), 0.0)
                for near, more in zip(row, gain, strict=True)
            ]
        return found

    def _kinds(self, sought: _Sought) -> dict[str, dict[str, float]]:
        """What kind of sentence makes each point, worked out once for a question."""
        if sought.kinds is None:
            sought.kinds = {
                id_: profile([self._scores(self.scorer, (text,)) for text in texts[1:]])
                for id_, texts in sought.points.items()
            }
        return sought.kinds

    def _nearness(self, sought: _Sought, texts: Sequence[str]) -> Callable[[Sequence[str]], list[float]]:
        """A function from some ways of saying a thing to how near each text comes to the nearest of them."""
        raise NotImplementedError

    def _asked(self, sought: _Sought, texts: Sequence[str]) -> list[float]:
        return self._nearness(sought, texts)((sought.asked,))

    def _scores(self, scorer: Scorer | None, texts: Sequence[str]) -> Mapping[str, Sequence[float]]:
        raise NotImplementedError


class WordReader(_Reader):
    """The tier without a model: weighted word stems."""

    tier = WORDS

    def _nearness(self, sought: _Sought, texts: Sequence[str]) -> Callable[[Sequence[str]], list[float]]:
        pieces = [frozenset(content_stems(text)) for text in texts]

        def near(wanted: Sequence[str]) -> list[float]:
            return sought.weights.with_pairs(pieces, [sought.stems[text] for text in wanted])

        return near

    def _asked(self, sought: _Sought, texts: Sequence[str]) -> list[float]:
        """The words of the question are weighed down, because any answer may hold them; here they are what
        is looked for."""
        return [echo(content_stems(text), sought.stems[sought.asked]) for text in texts]

    def _scores(self, scorer: Scorer | None, texts: Sequence[str]) -> Mapping[str, Sequence[float]]:
        return scorer.words(texts) if scorer else {}


class EmbeddingReader(_Reader):
    """The tier with the sentence encoder; shared words count a little too."""

    tier = EMBEDDINGS

    def __init__(self, encoder: Encoder, scorer: Scorer | None, asks: Scorer | None = None) -> None:
        super().__init__(scorer, asks)
        self.encoder = encoder

    def prepare(self, question: Question, asked: str) -> None:
        self.encoder.encode(self._sought(question, asked).texts())
        super().prepare(question, asked)

    def _nearness(self, sought: _Sought, texts: Sequence[str]) -> Callable[[Sequence[str]], list[float]]:
        matrix = self.encoder.encode(texts)
        pieces = [frozenset(content_stems(text)) for text in texts]

        def near(wanted: Sequence[str]) -> list[float]:
            meaning = (matrix @ self.encoder.encode(wanted).T).max(axis=1).tolist()
            shared = sought.weights.nearest(pieces, [sought.stems[text] for text in wanted])
            return [one + self.settings.words * two for one, two in zip(meaning, shared, strict=True)]

        return near

    def _scores(self, scorer: Scorer | None, texts: Sequence[str]) -> Mapping[str, Sequence[float]]:
        return scorer.embeddings(self.encoder.encode(texts), texts) if scorer else {}


def _against_rivals(rows: Rows, share: float) -> Rows:
    """What fits another point of the same question better is taken for that one first."""
    if len(rows) < 2:
        return rows
    best = [sorted(column)[-2:] for column in zip(*rows.values(), strict=True)]
    found = {}
    for id_, row in rows.items():
        rival = [top if top > value else second for value, (second, top) in zip(row, best, strict=True)]
        found[id_] = [
            value - share * max(other - value, 0.0) for value, other in zip(row, rival, strict=True)
        ]
    return found


def _rows(scores: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, ...]]:
    return {name: _row(values) for name, values in scores.items()}


def _row(values: Sequence[float]) -> tuple[float, ...]:
    """Rounded, so that a record reads the same wherever it was made."""
    return tuple(round(min(max(float(value), -1.0), 1.0), 4) for value in values)


def told(text: str, pieces: Sequence[Span], over: Sequence[bool]) -> str:
    """The answer without the sentences that were passed over."""
    found, end = [], 0
    for piece, out in zip(pieces, over, strict=True):
        if out and piece.start >= end:
            found.append(text[end : piece.start])
            end = piece.end
    return "".join((*found, text[end:]))


def _spread(row: Sequence[float], over: Sequence[bool]) -> tuple[float, ...]:
    """The row for all units: 0 for those that were passed over."""
    values = iter(row)
    return tuple(0.0 if out else next(values) for out in over)


@cache
def _settings(tier: str) -> _Tier:
    text = content().joinpath("configs", "semantic.toml").read_text(encoding="utf-8")
    return _Tier.model_validate(tomllib.loads(text)[tier])
