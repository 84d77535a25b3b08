"""The words in a transcription server's answer (`verbose_json`, or no more than a text). Pure.

What servers send differs: word times in a list of their own, inside each segment, or none at all; words with
the space before them or without, with a probability or without. All of it becomes the segments that Whisper's
own guards know, so that a remote model's inventions are caught by the same rules as a local one's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, FiniteFloat

from voice_audio.ports import HeardWord
from voice_audio.transcribers.guards import WhisperSettings, plain, why_dropped, words_within


class _Word(BaseModel):
    """Times in seconds."""

    word: str
    start: FiniteFloat
    end: FiniteFloat
    probability: FiniteFloat | None = None


class _Segment(BaseModel):
    text: str = ""
    start: FiniteFloat
    end: FiniteFloat
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    compression_ratio: float | None = None
    words: list[_Word] | None = None


class _Answer(BaseModel):
    text: str
    segments: list[_Segment] | None = None
    words: list[_Word] | None = None


@dataclass
class _Said:
    """A word as guards.RawWord has it."""

    word: str
    start: float
    end: float
    probability: float


@dataclass
class _Piece:
    """A segment as guards.RawSegment has it; a measure that no server gave speaks neither for nor against."""

    text: str
    no_speech_prob: float
    avg_logprob: float
    compression_ratio: float
    words: Sequence[_Said]


@dataclass(frozen=True)
class Heard:
    """What an answer holds. dropped: text and reason of each segment that is not believed."""

    words: tuple[HeardWord, ...]
    dropped: tuple[tuple[str, str], ...] = ()


def words_in(body: bytes, duration_ms: int, settings: WhisperSettings) -> Heard:
    """The words of an answer about a sound of that length. Raises ValueError for one that cannot be read.

    A word's probability is the server's, else its segment's mean one, else exactly settings.doubt_threshold:
    nothing is known about it, so it is neither doubted nor more sure than anything that is not.
    """
    answer = _Answer.model_validate_json(body)
    segments = answer.segments or []
    if not segments and answer.text.strip():
        segments = [_Segment(text=answer.text, start=0.0, end=duration_ms / 1000)]
    believed: list[_Piece] = []
    dropped: list[tuple[str, str]] = []
    for segment, words in zip(segments, _shared(answer.words or [], segments), strict=True):
        piece = _piece(segment, segment.words or words, settings)
        reason = why_dropped(piece, settings)
        if reason is None:
            believed.append(piece)
        else:
            dropped.append((piece.text.strip(), reason))
    return Heard(words_within(believed, duration_ms), tuple(dropped))


def spread(text: str, start: float, end: float, probability: float) -> list[_Said]:
    """The words of a text over a span of seconds, each as long as its letters and the space after it."""
    tokens = text.split()
    letters = sum(len(token) + 1 for token in tokens)
    said, at = [], start
    for token in tokens:
        until = at + (max(end, start) - start) * (len(token) + 1) / letters
        said.append(_Said(f" {token}", at, until, probability))
        at = until
    return said


def _shared(words: list[_Word], segments: list[_Segment]) -> list[list[_Word]]:
    """For each segment those words of the common list whose middle lies in it, or nearest to it."""
    shares: list[list[_Word]] = [[] for _ in segments]
    for word in words:
        middle = (word.start + word.end) / 2
        away = [max(each.start - middle, middle - each.end, 0.0) for each in segments]
        if away:
            shares[away.index(min(away))].append(word)
    return shares


def _piece(segment: _Segment, words: list[_Word], settings: WhisperSettings) -> _Piece:
    mean = _mean_probability(segment)
    sure = settings.doubt_threshold if mean is None else mean
    said = [
        _Said(each.word, each.start, each.end, sure if each.probability is None else each.probability)
        for each in words
    ]
    if not any(each.word[:1].isspace() for each in said):
        said = _as_written(said, segment.text)
    return _Piece(
        segment.text or "".join(each.word for each in said),
        segment.no_speech_prob or 0.0,
        math.log(mean) if mean else 0.0,
        segment.compression_ratio or 0.0,
        said or spread(segment.text, segment.start, segment.end, sure),
    )


def _mean_probability(segment: _Segment) -> float | None:
    """exp(avg_logprob), the geometric mean of its tokens' probabilities. Some servers fill in -1 for measures
    they do not make; a compression ratio can never be negative, which gives that away."""
    log = segment.avg_logprob
    if log is None or not -100 < log <= 0 or (segment.compression_ratio or 0.0) < 0:
        return None
    return math.exp(log)


def _as_written(said: list[_Said], text: str) -> list[_Said]:
    """Each of them a word of its own, and with the text's punctuation where both have the same words."""
    tokens = text.split()
    spelt = [each.word for each in said]
    if [plain(token) for token in tokens] == [plain(word) for word in spelt]:
        spelt = tokens
    return [replace(each, word=f" {word}") for each, word in zip(said, spelt, strict=True)]
