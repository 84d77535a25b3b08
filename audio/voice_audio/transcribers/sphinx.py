"""The embedded recogniser: pocketsphinx with the en-us model of its wheel. It needs no download, no network.

It proves that sound flows and gives a transcript to look at; it mis-hears far too much to judge an answer by,
so `low_accuracy` is True and each word carries a calibrated probability of being right.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from voice_audio.errors import ModelProblem
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples

CHUNK_SAMPLES = SAMPLE_RATE_HZ // 10  # a cancelled call is noticed within 100 ms of sound
MIN_SAMPLES = SAMPLE_RATE_HZ // 20  # below 50 ms there is no word, and the front end no frame to average
FRAME_MS = 10  # pocketsphinx' own frame (frate 100)

_VARIANT = re.compile(r"\(\d+\)$")  # the dictionary's second pronunciations: "and(2)"
_POSTERIOR_FLOOR = 1e-4
_SCORE_FLOOR = 1e-300  # a long, badly matching word underflows to zero
_LEVEL_SEARCH = "level"
_NEIGHBOURS = 2


@dataclass(frozen=True)
class WordMeasures:
    """What pocketsphinx says of one word beyond its text; the inputs of DoubtCalibration."""

    posterior_logit: float
    """Log odds of the word's posterior in the final lattice, clipped to +-9.2."""
    neighbour_logit: float
    """Mean of the same over the two words before and the two after: errors come in runs."""
    acoustic_per_frame: float
    """Mean natural-log acoustic score per 10 ms frame, relative to each frame's best sound; 0 is perfect."""
    first_pass: float
    """1 when the first search pass, before rescoring, had the same word at the same place, else 0."""
    log_frames: float
    """Natural log of the word's length in 10 ms frames; short words are mis-heard more."""


@dataclass(frozen=True)
class MeasuredWord:
    """One recognised word with its measures; times in ms from the first sample given."""

    text: str
    start_ms: int
    end_ms: int
    measures: WordMeasures


@dataclass(frozen=True)
class DoubtCalibration:
    """A logistic model of P(word is right), fitted by tests/benchmarks/calibrate_sphinx.py.

    The defaults equal configs/recognisers.toml. `threshold` is in probability: below it a word is doubtful.
    """

    intercept: float = 2.062
    posterior_logit: float = 0.509
    neighbour_logit: float = 0.197
    acoustic_per_frame: float = 0.299
    first_pass: float = 1.603
    log_frames: float = -0.485
    threshold: float = 0.72

    def probability(self, measures: WordMeasures) -> float:
        """P(the word is right), 0..1."""
        odds = (
            self.intercept
            + self.posterior_logit * measures.posterior_logit
            + self.neighbour_logit * measures.neighbour_logit
            + self.acoustic_per_frame * measures.acoustic_per_frame
            + self.first_pass * measures.first_pass
            + self.log_frames * measures.log_frames
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


class SphinxTranscriber:
    """pocketsphinx as a Transcriber. Thread-safe: one decoder under one lock, loaded at the first need.

    Every segment is decoded twice: a keyphrase search (cheap) over the whole of it yields the mean cepstrum,
    which the real search then starts from. Left to its running mean, pocketsphinx mis-hears most of a first,
    short segment, and what it heard would depend on what it had decoded before.
    """

    name = "pocketsphinx en-us"
    low_accuracy = True

    def __init__(self, doubt: DoubtCalibration | None = None) -> None:
        self.doubt = doubt or DoubtCalibration()
        self.doubt_threshold = self.doubt.threshold
        self._lock = Lock()
        self._decoder: Any = None
        self._mean: str | None = None

    def warm_up(self) -> None:
        """Load the model now instead of at the first segment. Raises ModelProblem."""
        with self._lock:
            self._ready()

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """Words of one segment, int16 16 kHz, shape (n,); lower case, no punctuation, never a filler.

        Empty for silence and for less than 50 ms. Once `cancelled` is true no more sound is fed and the words
        found so far are returned. Raises ModelProblem.
        """
        return tuple(
            HeardWord(word.text, word.start_ms, word.end_ms, self.doubt.probability(word.measures))
            for word in self.measure(samples, cancelled)
        )

    def measure(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[MeasuredWord, ...]:
        """As `transcribe`, with the raw measures in place of the probability; for fitting the calibration."""
        if len(samples) < MIN_SAMPLES or not samples.any():
            return ()
        with self._lock:
            if cancelled():
                return ()
            decoder = self._ready()
            self._mean = _centre(decoder, samples)
            decoder.start_utt()
            for at in range(0, len(samples), CHUNK_SAMPLES):
                if cancelled():
                    break
                decoder.process_raw(samples[at : at + CHUNK_SAMPLES].tobytes())
            first_pass = _spoken(decoder)
            decoder.end_utt()
            return _measured(_spoken(decoder), first_pass, len(samples) * 1000 // SAMPLE_RATE_HZ)

    def open_stream(self) -> "SphinxStream":
        """A stream for live words, with a decoder (about 80 MB) of its own. Raises ModelProblem."""
        return SphinxStream(_load_decoder(fwdflat=False, bestpath=False), lambda: self._mean)

    def _ready(self) -> Any:
        if self._decoder is None:
            self._decoder = _load_decoder(cmn="batch")
            self._decoder.add_keyphrase(_LEVEL_SEARCH, "oh mighty computer")
        return self._decoder


class SphinxStream:
    """Live words: the current guess after every piece of sound; see ports.TranscriberStream.

    They may still change, and their probability is always 0: a guess is never evidence. mean: the cepstral
    mean of the newest finished segment, the best start for the running mean of the next.
    """

    def __init__(self, decoder: Any, mean: Callable[[], str | None] = lambda: None) -> None:
        self._decoder, self._mean = decoder, mean
        decoder.start_utt()

    def restart(self) -> None:
        """A new segment: its times count from its first sample. Costs some 25 ms for what ended."""
        self._decoder.end_utt()
        mean = self._mean()
        if mean is not None:
            self._decoder.set_cmn(mean)
        self._decoder.start_utt()

    def feed(self, samples: Samples) -> tuple[HeardWord, ...]:
        """The whole hypothesis so far, after int16 16 kHz samples of shape (n,)."""
        # pocketsphinx keeps the interpreter's lock: in small pieces nobody waits for it longer than 50 ms.
        for at in range(0, len(samples), CHUNK_SAMPLES):
            self._decoder.process_raw(samples[at : at + CHUNK_SAMPLES].tobytes())
        return tuple(HeardWord(word.text, word.start_ms, word.end_ms, 0.0) for word in _spoken(self._decoder))

    def close(self) -> None:
        """Release the decoder. Feeding afterwards is a bug."""
        self._decoder.end_utt()
        self._decoder = None


@dataclass(frozen=True)
class _Segment:
    """One word of a hypothesis as pocketsphinx reports it."""

    text: str
    start_frame: int
    end_frame: int
    posterior: float
    acoustic_score: float

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame + 1

    @property
    def start_ms(self) -> int:
        return self.start_frame * FRAME_MS

    @property
    def end_ms(self) -> int:
        return (self.end_frame + 1) * FRAME_MS


def _load_decoder(**settings: Any) -> Any:
    try:
        import pocketsphinx

        return pocketsphinx.Decoder(samprate=SAMPLE_RATE_HZ, loglevel="FATAL", **settings)
    except (ImportError, RuntimeError) as error:
        raise ModelProblem(
            "recogniser_missing",
            f"the embedded recogniser (pocketsphinx) cannot be loaded: {error}",
            "reinstall it: pip install --force-reinstall pocketsphinx",
        ) from error


def _centre(decoder: Any, samples: Samples) -> str:
    """Set the decoder's cepstral mean to that of this segment, and return it.

    Sound given whole is averaged whole (cmn=batch); the keyphrase search is only the cheapest that can be
    run over it. A fresh front end (0.1 ms) forgets the mean of what came before, which would be averaged in.
    """
    default = decoder.current_search()
    decoder.reinit_feat()
    decoder.activate_search(_LEVEL_SEARCH)
    try:
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        mean: str = decoder.get_cmn()
        decoder.set_cmn(mean)
    finally:
        decoder.activate_search(default)
    return mean


def _spoken(decoder: Any) -> list[_Segment]:
    """The current hypothesis without silence, noise marks and sentence marks."""
    return [
        _Segment(_VARIANT.sub("", found.word), found.start_frame, found.end_frame, found.prob, found.ascore)
        for found in decoder.seg() or ()
        if found.word[0] not in "<[+"
    ]


def _measured(words: list[_Segment], first_pass: list[_Segment], limit_ms: int) -> tuple[MeasuredWord, ...]:
    logits = [_logit(word.posterior) for word in words]
    return tuple(
        MeasuredWord(
            word.text,
            min(word.start_ms, limit_ms),
            min(word.end_ms, limit_ms),
            WordMeasures(
                posterior_logit=logits[at],
                neighbour_logit=_neighbours(logits, at),
                acoustic_per_frame=math.log(max(word.acoustic_score, _SCORE_FLOOR)) / word.frames,
                first_pass=float(any(_same_place(word, other) for other in first_pass)),
                log_frames=math.log(word.frames),
            ),
        )
        for at, word in enumerate(words)
    )


def _logit(posterior: float) -> float:
    clipped = min(1 - _POSTERIOR_FLOOR, max(_POSTERIOR_FLOOR, posterior))
    return math.log(clipped / (1 - clipped))


def _neighbours(logits: Sequence[float], at: int) -> float:
    around = [*logits[max(0, at - _NEIGHBOURS) : at], *logits[at + 1 : at + 1 + _NEIGHBOURS]]
    return sum(around) / len(around) if around else logits[at]


def _same_place(word: _Segment, other: _Segment) -> bool:
    overlap = min(word.end_frame, other.end_frame) - max(word.start_frame, other.start_frame) + 1
    return word.text == other.text and 2 * overlap > word.frames
