"""What a Whisper segment must pass before it counts as said, and how its words are made to fit the sound.

Whisper writes sentences into silence and noise: stock phrases of video subtitles ("thanks for watching"),
loops, and words after the end of the sound. Pure functions on plain values: nothing here loads a model.
"""

import re
import tomllib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from voice_audio.doubt import DoubtModel
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples


@dataclass(frozen=True)
class WhisperSettings:
    """The thresholds of the Whisper recogniser; configs/whisper.toml says where each comes from."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    shortest_ms: int = 250
    silence_peak: int = 2
    no_speech: float = 0.6
    log_probability: float = -1.0
    compression_ratio: float = 2.4
    doubt_threshold: float = 0.5
    beam_cpu: int = 1
    beam_gpu: int = 5
    filler_prompt: str = "Um, uh, so, um, I mean, uh, you know, um, like, uh, er, um."
    filler_probability: float = 0.005
    language_ms: int = 5000
    doubt: Mapping[str, DoubtModel] = field(default_factory=dict)
    """By the name of the model, or "default": how far its probabilities can be trusted. Empty: as given."""
    stock_phrases: tuple[str, ...] = (
        "thank you",
        "thank you very much",
        "thank you so much",
        "thanks for watching",
        "thank you for watching",
        "thanks for listening",
        "please subscribe",
        "like and subscribe",
        "see you next time",
        "see you in the next video",
        "bye",
        "bye bye",
        "you",
        "okay",
    )

    @classmethod
    def from_toml(cls, text: str) -> "WhisperSettings":
        """The settings of a configuration file; what it leaves out keeps its default. Raises ValueError."""
        from pydantic import TypeAdapter

        return TypeAdapter(cls).validate_python(tomllib.loads(text))


class RawWord(Protocol):
    """A word as faster-whisper gives it: text with its leading space, times in seconds."""

    word: str
    start: float
    end: float
    probability: float


class RawSegment(Protocol):
    """A segment as faster-whisper gives it."""

    text: str
    no_speech_prob: float
    avg_logprob: float
    compression_ratio: float

    @property
    def words(self) -> Sequence[RawWord] | None:
        """Its words, or None where no word times were asked for."""


def worth_hearing(samples: Samples, settings: WhisperSettings) -> bool:
    """Whether a model should be asked at all: a click or a muted microphone invites it to invent words."""
    if len(samples) * 1000 < settings.shortest_ms * SAMPLE_RATE_HZ:
        return False
    return int(samples.max()) - int(samples.min()) > settings.silence_peak


def why_dropped(segment: RawSegment, settings: WhisperSettings) -> str | None:
    """Why a segment is not believed, or None. A stock phrase alone is no reason: people do say thank you."""
    silent = segment.no_speech_prob > settings.no_speech
    if silent and segment.avg_logprob < settings.log_probability:
        return "no speech"
    if silent and plain(segment.text) in {plain(phrase) for phrase in settings.stock_phrases}:
        return "stock phrase"
    # faster-whisper reports the ratio of the whole 30 s window: look at the segment by itself as well.
    if max(segment.compression_ratio, compression_ratio(segment.text)) > settings.compression_ratio:
        return "repetition"
    return None


def plain(text: str) -> str:
    """Lower case, words only, single spaces."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'")))


def compression_ratio(text: str) -> float:
    """Bytes of the text per byte of its zlib form: above about 2.4 it repeats itself (openai/whisper)."""
    raw = text.strip().encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def words_within(segments: Iterable[RawSegment], duration_ms: int) -> tuple[HeardWord, ...]:
    """The segments' words inside 0..duration_ms: in order, never overlapping, text without spaces around it.

    A piece without a leading space belongs to the word before it ("well" "-known"), as in the segment's text.
    """
    heard: list[HeardWord] = []
    for segment in segments:
        first = len(heard)
        for raw in segment.words or ():
            text, start_ms = raw.word.strip(), round(raw.start * 1000)
            if not text or start_ms > duration_ms:
                continue
            glued = len(heard) > first and not raw.word[:1].isspace()
            earliest_ms = heard[-1].start_ms if glued else (heard[-1].end_ms if heard else 0)
            start_ms = min(max(start_ms, earliest_ms), duration_ms)
            end_ms = min(max(round(raw.end * 1000), start_ms), duration_ms)
            probability = min(max(float(raw.probability), 0.0), 1.0)
            if glued:
                before = heard.pop()
                text, start_ms = before.text + text, before.start_ms
                end_ms, probability = max(end_ms, before.end_ms), min(probability, before.probability)
            heard.append(HeardWord(text, start_ms, end_ms, probability))
    return tuple(heard)
