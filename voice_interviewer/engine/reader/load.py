"""Which reader reads the answers, by the setting `semantic`."""

from functools import cache, lru_cache
from pathlib import Path

from voice_interviewer.content.resources import on_disk
from voice_interviewer.core.model.reading import EMBEDDINGS, WORDS
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader.answers import AnswerReader
from voice_interviewer.engine.reader.encoder import Encoder
from voice_interviewer.engine.reader.heads import Heads
from voice_interviewer.engine.reader.requests import RequestScorer
from voice_interviewer.engine.reader.semantic import EmbeddingReader, WordReader
from voice_interviewer.engine.reader.sentences import SentenceScorer


def load_reader(model: str = "auto", labels: bool = True) -> Reader:
    """The reader for a setting: "auto", "words", or a folder with another encoder and its heads.

    labels: False where only similarities are wanted, which takes a third of the time. Raises
    ModelProblem for a folder that was asked for and cannot be used.
    """
    if model == "words":
        return WordReader(_sentences(WORDS), _requests()) if labels else WordReader(None)
    folder = on_disk("configs", "reader") if model == "auto" else Path(model).expanduser()
    if not labels:
        return EmbeddingReader(_encoder(folder), None)
    return AnswerReader(_encoder(folder), _heads(folder), _sentences(EMBEDDINGS), _requests())


@lru_cache(2)
def _encoder(folder: Path) -> Encoder:
    return Encoder(folder)


@lru_cache(2)
def _heads(folder: Path) -> Heads:
    return Heads(folder)


@cache
def _sentences(tier: str) -> SentenceScorer:
    """What a sentence is, for the slots the heads do not know."""
    return SentenceScorer.load(tier)


@cache
def _requests() -> RequestScorer:
    """What is said to the interviewer or to the program, by its words."""
    return RequestScorer.load(WORDS)
