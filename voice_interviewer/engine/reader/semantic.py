"""What each piece of an answer means: its similarity with what the question listens for.

Two tiers of one port, `engine.port.Reader`. With the sentence encoder a piece is compared as a whole, so that
plain words reach a point that was written down in others. Without it, weighted word stems are compared: they
hear the same words said, hardly the same thing said in other words.
"""

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

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
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader import minilm
from voice_interviewer.engine.reader.kinds import Scores, agreement, plainness, profile
from voice_interviewer.engine.reader.words import Weights, content_stems, echo, texts_of
from voice_interviewer.errors import ModelProblem
from voice_interviewer.settings.places import semantic_dir

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix: TypeAlias = npt.NDArray[np.float32]

WIDTH = 384
"""Numbers per sentence."""
MAX_TOKENS = 256
"""The length this encoder was trained with; the rest of a longer piece is not read."""
BATCH = 16
KEPT = 4096
"""Sentences whose embedding is remembered, about 6 MB."""
THREADS = 2
SOUGHT = 64
"""Questions whose stems are remembered."""


class Encoder:
    """Sentences to unit vectors, so that a dot product is their similarity, -1 to 1. Safe to share between
    threads."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelProblem when the folder is no sentence encoder. Loaded when first used."""
        lacking = minilm.missing_files(folder)
        if lacking:
            what = f"is no sentence encoder: no {lacking[0]}" if folder.is_dir() else "is no folder"
            raise ModelProblem("semantic_model", f"{folder} {what}.", f"fetch it: {minilm.COMMAND} --to DIR")
        self.folder = folder
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Matrix] = OrderedDict()
        self._parts: tuple[Any, Any] | None = None

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """An encoder that is ready at once. Raises ModelProblem when the files cannot be used."""
        encoder = cls(folder)
        with encoder._lock:
            encoder._loaded()
        return encoder

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """One row per text, float32 (n, WIDTH), each of length 1. The same text gives the same row."""
        import numpy as np

        with self._lock:
            unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
            rows = dict(zip(unknown, self._embed(unknown), strict=True)) if unknown else {}
            for text in dict.fromkeys(texts):
                if text in self._known:
                    self._known.move_to_end(text)
                    rows[text] = self._known[text]
                else:
                    self._known[text] = rows[text]
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return np.stack([rows[text] for text in texts]) if texts else np.zeros((0, WIDTH), np.float32)

    def _embed(self, texts: Sequence[str]) -> "list[Matrix]":
        """The mean over a text's tokens of what the last layer says, as this model was trained to be used.

        Texts of one batch are about equally long: what is padded costs as much as what is read.
        """
        import numpy as np

        tokenizer, model = self._loaded()
        # one by one: a batch would start threads, and a warning whenever this process is forked after that
        tokens = [tokenizer.encode(text.encode("utf-8", "replace").decode()).ids for text in texts]
        order = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        rows: list[Matrix] = [np.zeros(WIDTH, np.float32)] * len(texts)
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            states = np.asarray(model.forward_batch([tokens[index] for index in batch]).last_hidden_state)
            for row, index in zip(states, batch, strict=True):
                mean = row[: len(tokens[index])].mean(axis=0)
                rows[index] = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        return rows

    def _loaded(self) -> tuple[Any, Any]:
        if self._parts is None:
            import ctranslate2
            from tokenizers import Tokenizer

            try:
                tokenizer = Tokenizer.from_file(str(self.folder / minilm.TOKENIZER))
                model = ctranslate2.Encoder(str(self.folder), device="cpu", intra_threads=THREADS)
            except Exception as error:  # tokenizers raises Exception itself
                reason = " ".join(str(error).split())[:160]
                raise ModelProblem(
                    "semantic_model",
                    f"The sentence encoder in {self.folder} cannot be loaded: {reason}",
                    f"remove that folder and fetch it again: {minilm.COMMAND}",
                ) from None
            tokenizer.no_padding()
            tokenizer.enable_truncation(MAX_TOKENS)
            self._parts = (tokenizer, model)
        return self._parts


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

    def read(self, question: Question, asked: str, answer: Transcript) -> Reading:
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
        points = self._of_a_kind(sought, points, labels, plainness(_told(answer.text, pieces, over)))
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


def _told(text: str, pieces: Sequence[Span], over: Sequence[bool]) -> str:
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


# --- choosing ---------------------------------------------------------------------------------------------


def load_reader(model: str = "auto", labels: bool = True) -> Reader:
    """The reader for the setting `semantic`: "auto", "words", or a folder with the encoder.

    "auto" takes the encoder where it was fetched to and can be loaded, else words. Raises ModelProblem for a
    folder that was asked for and cannot be used.

    labels: False where only similarities are wanted: `questions check` takes 15 s of CPU instead of 53.
    """
    if model == "words":
        return WordReader(*_scorers(WORDS)) if labels else WordReader(None)
    try:
        encoder = _encoder(semantic_dir() if model == "auto" else Path(model).expanduser())
    except ModelProblem:
        if model != "auto":
            raise
        return WordReader(*_scorers(WORDS)) if labels else WordReader(None)
    return EmbeddingReader(encoder, *(_scorers(EMBEDDINGS) if labels else (None,)))


@lru_cache(2)
def _encoder(folder: Path) -> Encoder:
    return Encoder.load(folder)


@cache
def _scorers(tier: str) -> tuple[Scorer, Scorer]:
    """What a sentence is, and what it asks of the interviewer."""
    from voice_interviewer.engine.reader.requests import RequestScorer
    from voice_interviewer.engine.reader.sentences import SentenceScorer

    return SentenceScorer.load(tier), RequestScorer.load(tier)


@cache
def _settings(tier: str) -> _Tier:
    text = content().joinpath("configs", "semantic.toml").read_text(encoding="utf-8")
    return _Tier.model_validate(tomllib.loads(text)[tier])
