"""What a recogniser is worth on real recordings: the measurements behind `bench speech`.

A folder of recordings with manifest.csv (columns file and transcript), and three questions to each engine:
how many words it gets wrong and at what cost, each recording given whole; how long after the last sound of
an answer its text is complete, and whether that grows with the answer; and whether its doubt of single words
can be trusted.

The second runs the product's own detector, segmenter and scheduling over answers made by joining recordings
with pauses. The session clock is counted in samples and every call's measured compute is added to it, so the
figures are those of a live interview in which nothing else keeps the machine busy.
"""

import csv
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from voice_audio.files import SilentMicrophone, WavSpeaker, load_sound, to_rate
from voice_audio.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    HeardWord,
    Microphone,
    Samples,
    SpeechDetector,
    Transcriber,
)
from voice_audio.segmenter import SegmenterSettings
from voice_interviewer.benchmarks import NoRecorder
from voice_interviewer.core import events as e
from voice_interviewer.core.transcript import Word
from voice_interviewer.ears import SAMPLES_PER_MS, Ears, Parts
from voice_interviewer.errors import UsageProblem
from voice_interviewer.recognition import Recognition
from voice_interviewer.workers import InlineWorkers

LENGTHS_S = (20, 180)
PAUSES_MS = (400, 800, 1500, 600)
"""Between the recordings of an answer, in turn: shorter and longer than what closes a segment."""
PRE_ROLL_MS = 500
NOISE = 3.0
"""Standard deviation of the noise between recordings, in steps of 16 bit: a quiet room, not digital zero."""
GIVEN_UP_MS = 60_000
BINS = 10
_NOT_SPOKEN = re.compile(r"[^a-z0-9' ]+")
_HINT = "It needs manifest.csv with the columns file and transcript, and the sound files it names."


@dataclass(frozen=True)
class Clip:
    """One recording at 16 kHz, and its words."""

    file: str
    samples: Samples
    words: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Recordings joined with pauses. words: None where the first recording was cut."""

    samples: Samples
    words: tuple[str, ...] | None


@dataclass(frozen=True)
class Streamed:
    """An answer heard as in an interview. tail_ms: from its last speech to its complete text."""

    words: tuple[Word, ...]
    tail_ms: int


def read_clips(folder: Path, most: int | None = None) -> tuple[Clip, ...]:
    """The recordings of folder/manifest.csv, `most` of them spread evenly over it. Raises UsageProblem, or
    SoundFileProblem for a file that is none."""
    manifest = folder / "manifest.csv"
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "not a table in UTF-8"
        raise UsageProblem("recordings", f"{manifest}: {reason}", _HINT) from None
    if not rows or not {"file", "transcript"} <= set(rows[0]):
        raise UsageProblem("recordings", f"{manifest} has no recordings in it", _HINT)
    wanted = [row for row in rows if row["file"] and plain_words(row["transcript"] or "")]
    if not wanted:
        raise UsageProblem("recordings", f"{manifest} has no transcripts in it", _HINT)
    count = min(most or len(wanted), len(wanted))
    chosen = [wanted[at * len(wanted) // count] for at in range(count)]
    return tuple(_clip(folder, row["file"], row["transcript"]) for row in chosen)


def _clip(folder: Path, file: str, transcript: str) -> Clip:
    samples = to_rate(load_sound(folder / file), SAMPLE_RATE_HZ).samples
    return Clip(file, samples, tuple(plain_words(transcript)))


def plain_words(text: str) -> list[str]:
    """Lower case, hyphens apart, punctuation gone; apostrophes inside words stay."""
    words = _NOT_SPOKEN.sub(" ", text.lower().replace("-", " ").replace("’", "'")).split()
    return [word.strip("'") for word in words if word.strip("'")]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Substitutions, deletions and insertions between two lists of plain words."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(list(said), list(heard))


# --- answers ----------------------------------------------------------------------------------------------


def join(clips: Sequence[Clip], seconds: float, ending: int) -> Answer:
    """Whole recordings before and up to number `ending`, as many as make at least `seconds`."""
    taken: list[Clip] = []
    length = 0
    while length < seconds * SAMPLE_RATE_HZ:
        clip = clips[(ending - len(taken)) % len(clips)]
        length += len(clip.samples) + PAUSES_MS[len(taken) % len(PAUSES_MS)] * SAMPLES_PER_MS
        taken.insert(0, clip)
    parts: list[Samples] = []
    for before_end, clip in zip(range(len(taken) - 1, -1, -1), taken, strict=True):
        parts += [clip.samples, quiet(PAUSES_MS[before_end % len(PAUSES_MS)])]
    words = tuple(word for clip in taken for word in clip.words)
    return Answer(np.concatenate([quiet(1000), *parts[:-1]]), words)


def shortened(answer: Answer, seconds: float) -> Answer:
    """Its last seconds: the same end, less before it."""
    samples = answer.samples[-round(seconds * SAMPLE_RATE_HZ) :]
    return Answer(np.concatenate([quiet(1000), samples]), None)


def quiet(length_ms: int) -> Samples:
    """A silent room, int16 at 16 kHz; always the same."""
    noise = np.random.default_rng(length_ms).normal(0, NOISE, length_ms * SAMPLES_PER_MS)
    return np.rint(noise).astype(np.int16)


# --- heard as in an interview -----------------------------------------------------------------------------


class Listener:
    """Ears, recognition and the machine's rules for segments and tails, on a clock counted in samples."""

    def __init__(
        self, transcriber: Transcriber, detector: SpeechDetector, settings: SegmenterSettings
    ) -> None:
        unused = cast("Any", None)
        parts = Parts(
            microphone=cast("Microphone", SilentMicrophone(realtime=False)),
            speaker=WavSpeaker(lambda: 0),
            detector=detector,
            transcriber=transcriber,
            voice=unused,
            engine=unused,
            recorder=cast("Any", NoRecorder()),
            segmenter=settings,
        )
        detector.reset()
        self._inbox: list[Any] = []
        self._due: list[tuple[int, Callable[[], None]]] = []
        self._ears = Ears(parts, self._inbox.append, 0)
        self.recognition = Recognition(
            transcriber,
            InlineWorkers(lambda after_ms, deliver: self._due.append((self.now_ms + after_ms, deliver))),
            lambda start, end: self._ears.ring.read(start * SAMPLES_PER_MS, end * SAMPLES_PER_MS),
            self._inbox.append,
            lambda: self.now_ms,
        )
        self._tail: e.WordsHeard | None = None
        self._open_ms: int | None = None
        self._closed_ms = self._last_speech_ms = 0
        self._speaking = False
        self._segments: dict[int, tuple[Word, ...] | None] = {}
        self._follow(e.LineFinished(0, 1, 0), (e.Listen(1, 0),))

    @property
    def now_ms(self) -> int:
        return self._ears.now_ms

    def listen(self, answer: Samples) -> Streamed:
        """Hear it to its end and on until its text is complete. No words and 60 s when it never is."""
        whole = len(answer) // FRAME_SAMPLES * FRAME_SAMPLES
        for frame in np.split(answer[:whole], whole // FRAME_SAMPLES):
            self._hear(frame)
        silence = quiet(1000)[:FRAME_SAMPLES]
        ended_ms = self.now_ms
        while (words := self._complete()) is None and self.now_ms < ended_ms + GIVEN_UP_MS:
            self._hear(silence)
        return Streamed(words or (), self.now_ms - self._last_speech_ms)

    def _hear(self, frame: Samples) -> None:
        self._ears.hear(frame)
        self.recognition.tick(self.now_ms)
        ready = [deliver for at_ms, deliver in self._due if at_ms <= self.now_ms]
        self._due = [entry for entry in self._due if entry[0] > self.now_ms]
        for deliver in ready:
            deliver()
        while self._inbox:
            item = self._inbox.pop(0)
            if callable(item):
                item()
            else:
                self._follow(item, self._decide(item))

    def _follow(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        self.recognition.follow(event, commands)
        for command in commands:
            if isinstance(command, e.TranscribeSegment | e.TranscribeTail):
                self.recognition.ask(command)
            elif isinstance(command, e.Listen):
                self._ears.order(command)

    def _decide(self, event: e.Event) -> tuple[e.Command, ...]:
        """What core.machine does about segments and tails, and nothing else of it."""
        match event:
            case e.SpeechStarted(_, onset_ms):
                self._speaking = True
                self._open_ms = onset_ms if self._open_ms is None else self._open_ms
            case e.SpeechStopped(at_ms, last_speech_ms):
                self._speaking, self._last_speech_ms = False, last_speech_ms
                if self._open_ms is not None:
                    begin_ms = max(self._open_ms - PRE_ROLL_MS, self._closed_ms)
                    return (e.TranscribeTail(1, begin_ms, at_ms),)
            case e.WordsHeard(tail=True):
                self._tail = event
            case e.SegmentClosed():
                return self._close(event)
            case e.SegmentTranscribed(_, _, segment, words):
                self._segments[segment] = words
            case e.SegmentFailed(_, _, segment):
                self._segments[segment] = ()
        return ()

    def _close(self, event: e.SegmentClosed) -> tuple[e.Command, ...]:
        number, tail = len(self._segments), self._tail
        self._closed_ms, self._tail = event.end_ms, None
        self._open_ms = event.end_ms if self._speaking else None
        if tail is not None and self._covers(tail) and tail.start_ms == event.start_ms:
            self._segments[number] = tail.words
            return ()
        self._segments[number] = None
        return (e.TranscribeSegment(1, number, event.start_ms, event.end_ms),)

    def _covers(self, tail: e.WordsHeard) -> bool:
        return not self._speaking and tail.until_ms >= self._last_speech_ms

    def _complete(self) -> tuple[Word, ...] | None:
        """All words, once none is missing."""
        known = list(self._segments.values())
        if self._speaking or None in known:
            return None
        if self._open_ms is not None:
            if self._tail is None or not self._covers(self._tail):
                return None
            known.append(self._tail.words)
        return tuple(word for words in known for word in words or ())


# --- one engine -------------------------------------------------------------------------------------------


def measure(
    transcriber: Transcriber,
    clips: Sequence[Clip],
    detector: SpeechDetector,
    settings: SegmenterSettings,
    answers: int = 2,
    lengths_s: tuple[int, int] = LENGTHS_S,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """All figures of one engine, as plain values for JSON. answers: how many of each length are heard.

    wer, rtf: each recording as a whole. tail_s: seconds from the last speech to the complete text, by the
    answer's length; medians of tails_s. stream_wer, offline_wer: the long answers heard as in an interview,
    and each given whole; stream_vs_offline_wer: the first minus the second (below 0: pieces are heard
    better); stream_offline_differing: their texts against each other. doubt: see `reliability`.
    """
    transcriber.transcribe(clips[0].samples[: 2 * SAMPLE_RATE_HZ])  # what is loaded at first need is loaded
    tell("each recording as a whole")
    heard, work_s = [], 0.0
    for clip in clips:
        begun = time.perf_counter()
        heard.append(transcriber.transcribe(clip.samples))
        work_s += time.perf_counter() - begun
    errors = sum(word_errors(clip.words, _texts(words)) for clip, words in zip(clips, heard, strict=True))
    figures: dict[str, Any] = {
        "name": transcriber.name,
        "wer": errors / sum(len(clip.words) for clip in clips),
        "rtf": work_s / sum(len(clip.samples) / SAMPLE_RATE_HZ for clip in clips),
        "recordings": len(clips),
        "sound_s": round(sum(len(clip.samples) for clip in clips) / SAMPLE_RATE_HZ, 1),
    }
    figures |= _answers(transcriber, clips, detector, settings, answers, lengths_s, tell)
    pairs = [pair for clip, words in zip(clips, heard, strict=True) for pair in judged(clip.words, words)]
    return figures | {"doubt": reliability(pairs, transcriber.doubt_threshold)}


def _answers(
    transcriber: Transcriber,
    clips: Sequence[Clip],
    detector: SpeechDetector,
    settings: SegmenterSettings,
    answers: int,
    lengths_s: tuple[int, int],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    short_s, long_s = lengths_s
    tails: dict[int, list[float]] = {short_s: [], long_s: []}
    said = streamed_errors = offline_errors = differing = offline_words = 0
    for number in range(answers):
        long = join(clips, long_s, ending=(number + 1) * len(clips) // answers - 1)
        for length_s, answer in ((short_s, shortened(long, short_s)), (long_s, long)):
            tell(f"answer {number + 1} of {answers}, {length_s} s, as in an interview")
            streamed = Listener(transcriber, detector, settings).listen(answer.samples)
            tails[length_s].append(streamed.tail_ms / 1000)
        tell("the same answer as a whole")
        words, live = _texts(transcriber.transcribe(long.samples)), _texts(streamed.words)
        assert long.words is not None
        said, offline_words = said + len(long.words), offline_words + len(words)
        streamed_errors += word_errors(long.words, live)
        offline_errors += word_errors(long.words, words)
        differing += word_errors(words, live)
    middle = {str(length_s): statistics.median(values) for length_s, values in tails.items()}
    return {
        "tail_s": middle,
        "tail_ratio": middle[str(long_s)] / middle[str(short_s)],
        "tails_s": {str(length_s): values for length_s, values in tails.items()},
        "stream_vs_offline_wer": (streamed_errors - offline_errors) / said,
        "stream_wer": streamed_errors / said,
        "offline_wer": offline_errors / said,
        "stream_offline_differing": differing / max(1, offline_words),
    }


def _texts(words: Sequence[HeardWord | Word]) -> list[str]:
    return plain_words(" ".join(word.text for word in words))


# --- doubt ------------------------------------------------------------------------------------------------


def judged(said: Sequence[str], heard: Sequence[HeardWord]) -> list[tuple[float, bool]]:
    """Of each word heard its probability, and whether it was said there (by alignment)."""
    from rapidfuzz.distance import Levenshtein

    plain = [("".join(plain_words(word.text)), word.probability) for word in heard]
    kept = [(text, probability) for text, probability in plain if text]
    right = [False] * len(kept)
    for step in Levenshtein.opcodes(list(said), [text for text, _ in kept]):
        if step.tag == "equal":
            right[step.dest_start : step.dest_end] = [True] * (step.dest_end - step.dest_start)
    return [(probability, ok) for (_, probability), ok in zip(kept, right, strict=True)]


def reliability(pairs: Sequence[tuple[float, bool]], threshold: float) -> dict[str, Any]:
    """How far a word's probability says whether it is right: a table in tenths, and the AUC (None where all
    words are right, or all wrong)."""
    p, right = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], dtype=bool)
    table = []
    for at in range(BINS):
        inside = (p >= at / BINS) & ((p < (at + 1) / BINS) | (at == BINS - 1))
        if inside.any():
            mean, share = float(p[inside].mean()), float(right[inside].mean())
            table.append({"from": at / BINS, "words": int(inside.sum()), "mean": mean, "right": share})
    doubtful = p < threshold
    wrong = ~right
    return {
        "words": len(pairs),
        "auc": _auc(p, right) if right.any() and wrong.any() else None,
        "threshold": threshold,
        "doubtful": float(doubtful.mean()) if len(pairs) else None,
        "wrong_among_doubtful": float(wrong[doubtful].mean()) if doubtful.any() else None,
        "wrong_among_sure": float(wrong[~doubtful].mean()) if (~doubtful).any() else None,
        "table": table,
    }


def _auc(p: Any, right: Any) -> float:
    """P(a right word has a higher probability than a wrong one), ties counted half; from mean ranks."""
    _, group, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[group]
    good = int(right.sum())
    bad = len(right) - good
    return float((ranks[right].sum() - good * (good + 1) / 2) / (good * bad))
