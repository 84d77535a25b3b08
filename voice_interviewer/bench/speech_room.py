"""A room for `bench speech`: recordings joined to answers, and the product's own way of hearing them.

Detector, segmenter and scheduling are those of an interview. The session clock is counted in samples and
every call's measured compute is added to it, so waits are those of a live interview in which nothing else
keeps the machine busy."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from voice_audio.files import SilentMicrophone, WavSpeaker, load_sound, to_rate
from voice_audio.frames import Reblock
from voice_audio.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    Microphone,
    Samples,
    SpeechDetector,
    Transcriber,
)
from voice_audio.segmenter import Edge, Segmenter, SegmenterSettings, SpeechOffset, SpeechOnset
from voice_audio.window import Stretch, Window, WindowSettings, lay_out, remaining, speech_of
from voice_interviewer.bench.start import NoRecorder
from voice_interviewer.bench.word_score import plain_words, set_of
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.errors import UsageProblem
from voice_interviewer.live.audio_side import SAMPLES_PER_MS, Ears, Parts
from voice_interviewer.live.recognition import Recognition
from voice_interviewer.live.workers import InlineWorkers, Workers

PAUSES_MS = (400, 800, 1500, 600)
"""Between the recordings of an answer, in turn: shorter and longer than what closes a segment."""
PRE_ROLL_MS = 500
NOISE = 3.0
"""Standard deviation of the noise between recordings, in steps of 16 bit: a quiet room, not digital zero."""
WORDS_BETWEEN = 6
HESITATIONS_MS = (550, 1100, 700, 1600, 850)
"""A hesitant speaker: a pause of 0.55 to 1.6 s every six words, as in the sound the window was made with."""
CUT_WITHIN_MS = 120
GIVEN_UP_MS = 60_000
SETTLED_MS = 1_500
"""Of silence after the text is complete: what was heard quickly is heard in full in it."""
_HINT = "It needs manifest.csv with the columns file and transcript, and the sound files it names."


# --- recordings -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clip:
    """One recording at 16 kHz, what was said in it, and the set it is counted in."""

    file: str
    samples: Samples
    transcript: str
    set: str = "other"

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(plain_words(self.transcript))

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE_HZ


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
    return tuple(_clip(folder, wanted[at * len(wanted) // count]) for at in range(count))


def _clip(folder: Path, row: dict[str, str]) -> Clip:
    samples = to_rate(load_sound(folder / row["file"]), SAMPLE_RATE_HZ).samples
    return Clip(row["file"], samples, row["transcript"], set_of(row.get("kind") or ""))


# --- answers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """Recordings joined with pauses. said: None where the first recording was cut."""

    samples: Samples
    said: str | None


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
    said = " ".join(clip.transcript for clip in taken)
    return Answer(np.concatenate([quiet(1000), *parts[:-1]]), said)


def shortened(answer: Answer, seconds: float) -> Answer:
    """Its last seconds: the same end, less before it."""
    samples = answer.samples[-round(seconds * SAMPLE_RATE_HZ) :]
    return Answer(np.concatenate([quiet(1000), samples]), None)


def quiet(length_ms: int) -> Samples:
    """A silent room, int16 at 16 kHz; always the same."""
    noise = np.random.default_rng(length_ms).normal(0, NOISE, length_ms * SAMPLES_PER_MS)
    return np.rint(noise).astype(np.int16)


def hesitant(samples: Samples, word_ends_ms: Sequence[int]) -> Samples | None:
    """The same speech with a pause after every few words. None for fewer than two pieces.

    word_ends_ms: about where its words end; each cut is made at the quietest place near one. What is put in
    is a silent room; its lengths follow HESITATIONS_MS in turn."""
    ends = word_ends_ms[WORDS_BETWEEN - 1 : -WORDS_BETWEEN // 2 : WORDS_BETWEEN]
    if not ends:
        return None
    parts: list[Samples] = [quiet(1000)]
    begin = 0
    for number, end_ms in enumerate(ends):
        cut = _quietest(samples, end_ms * SAMPLES_PER_MS)
        if cut <= begin:
            continue
        parts += [samples[begin:cut], quiet(HESITATIONS_MS[number % len(HESITATIONS_MS)])]
        begin = cut
    return np.concatenate([*parts, samples[begin:], quiet(500)])


def _quietest(samples: Samples, near: int) -> int:
    """Middle of the 20 ms with the least energy within CUT_WITHIN_MS of this place."""
    first = max(0, near - CUT_WITHIN_MS * SAMPLES_PER_MS)
    around = samples[first : near + CUT_WITHIN_MS * SAMPLES_PER_MS].astype(np.float64)
    if len(around) <= FRAME_SAMPLES:
        return near
    energy = np.convolve(around**2, np.ones(FRAME_SAMPLES), "valid")
    return first + int(energy.argmin()) + FRAME_SAMPLES // 2


# --- speech without its pauses ----------------------------------------------------------------------------


def windows(
    samples: Samples, detector: SpeechDetector, settings: SegmenterSettings, window: WindowSettings
) -> list[Window]:
    """The windows over all speech in it, by the product's detector and segmenter: what a pass that comes
    after the answer is given to hear."""
    rest, floor_ms, found = stretches(samples, detector, settings), 0, []
    while rest:
        found.append(lay_out(rest, window, floor_ms, len(samples) // SAMPLES_PER_MS))
        floor_ms = found[-1].spans[-1].end_ms
        rest = [] if found[-1].whole else remaining(rest, floor_ms)
    return found


def stretches(samples: Samples, detector: SpeechDetector, settings: SegmenterSettings) -> list[Stretch]:
    """The speech between pauses, by the product's detector and segmenter."""
    detector.reset()
    segmenter = Segmenter(settings, detector.block_samples)
    segmenter.open(0)
    edges: list[Edge] = []
    for number, block in enumerate(Reblock(detector.block_samples).feed(samples), 1):
        edges += segmenter.feed(detector.probability(block), number * detector.block_samples)
    onsets = [each.sample for each in edges if isinstance(each, SpeechOnset)]
    ends = [each.last_speech_sample for each in edges if isinstance(each, SpeechOffset)]
    ends += [len(samples)] * (len(onsets) - len(ends))
    return speech_of((a // SAMPLES_PER_MS, b // SAMPLES_PER_MS) for a, b in zip(onsets, ends, strict=True))


# --- heard as in an interview -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Streamed:
    """An answer heard as in an interview. tail_ms: from its last speech to its complete text; work_s: what
    the recogniser took for all of it."""

    words: tuple[Word, ...]
    tail_ms: int
    work_s: float
    captions: tuple[e.WordsHeard, ...] = ()
    """What was shown while it was spoken, in order."""


class Listener:
    """Ears, recognition and the machine's rules for segments and tails, on a clock counted in samples."""

    def __init__(
        self,
        transcriber: Transcriber,
        detector: SpeechDetector,
        settings: SegmenterSettings,
        live: bool = True,
        window: WindowSettings | None = None,
        workers: Workers | None = None,
    ) -> None:
        """live: guess at the words while they are spoken, as captions need it. workers: threads, where frames
        come at true speed."""
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
        self._frames: list[Samples] = []
        self._due: list[tuple[int, Callable[[], None]]] = []
        self._ears = Ears(parts, self._inbox.append, 0)
        self.recognition = Recognition(
            transcriber,
            workers or InlineWorkers(self._later),
            self._sound,
            self._inbox.append,
            lambda: self.now_ms,
            live,
            window,
        )
        self._work_ms = 0
        self._captions: list[e.WordsHeard] = []
        self._known_ms = 0
        self._tail: e.WordsHeard | None = None
        self._open_ms: int | None = None
        self._closed_ms = self._last_speech_ms = self._onset_ms = 0
        self._speaking = False
        self._segments: dict[int, tuple[Word, ...] | None] = {}
        self._follow(e.LineFinished(0, 1, 0), (e.Listen(1, 0),))

    @property
    def now_ms(self) -> int:
        return self._ears.now_ms

    @property
    def caption_age_ms(self) -> int:
        """How long somebody has been speaking whose newest words are not shown; 0 while nobody speaks."""
        if not self._speaking or self._open_ms is None:
            return 0
        return self.now_ms - max(self._known_ms, self._onset_ms)

    def listen(self, answer: Samples) -> Streamed:
        """Hear it to its end and on until its text is complete. No words and 60 s when it never is."""
        whole = len(answer) // FRAME_SAMPLES * FRAME_SAMPLES
        for frame in np.split(answer[:whole], whole // FRAME_SAMPLES):
            self.hear(frame)
        silence = quiet(1000)[:FRAME_SAMPLES]
        ended_ms = self.now_ms
        while self._complete() is None and self.now_ms < ended_ms + GIVEN_UP_MS:
            self.hear(silence)
        known_ms = self.now_ms
        while self.now_ms < known_ms + SETTLED_MS or self._due:
            self.hear(silence)
        wait_ms, work_s = known_ms - self._last_speech_ms, self._work_ms / 1000
        return Streamed(self._complete() or (), wait_ms, work_s, tuple(self._captions))

    def _sound(self, start_ms: int, end_ms: int) -> Samples:
        """From memory, or from the record where the recogniser is far behind, as in an interview."""
        begin, end = start_ms * SAMPLES_PER_MS, end_ms * SAMPLES_PER_MS
        try:
            return self._ears.ring.read(begin, end)
        except IndexError:
            return np.concatenate(self._frames)[begin:end]

    def _later(self, after_ms: int, deliver: Callable[[], None]) -> None:
        self._work_ms += after_ms
        self._due.append((self.now_ms + after_ms, deliver))

    def hear(self, frame: Samples) -> None:
        """20 ms of sound, and all that follows from it."""
        self._frames.append(frame)
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
        if isinstance(event, e.WordsHeard):
            self._known_ms = max(self._known_ms, event.until_ms)
        self.recognition.follow(event, commands)
        for command in commands:
            if isinstance(command, e.TranscribeSegment | e.TranscribeTail):
                self.recognition.ask(command)
            elif isinstance(command, e.Listen):
                self._ears.order(command)

    def _decide(self, event: e.Event) -> tuple[e.Command, ...]:
        """What core.turns.machine does about segments and tails, and nothing else of it."""
        match event:
            case e.SpeechStarted(_, onset_ms):
                self._speaking, self._onset_ms = True, onset_ms
                self._open_ms = onset_ms if self._open_ms is None else self._open_ms
            case e.SpeechStopped(at_ms, last_speech_ms):
                self._speaking, self._last_speech_ms = False, last_speech_ms
                if self._open_ms is not None:
                    begin_ms = max(self._open_ms - PRE_ROLL_MS, self._closed_ms)
                    return (e.TranscribeTail(1, begin_ms, at_ms),)
            case e.WordsHeard(tail=True):
                self._tail = event
                self._revise(event.revised)
            case e.WordsHeard():
                self._captions.append(event)
            case e.SegmentClosed():
                return self._close(event)
            case e.SegmentTranscribed(_, _, segment, words):
                self._segments[segment] = words
                self._revise(event.revised)
            case e.SegmentFailed(_, _, segment):
                self._segments[segment] = ()
        return ()

    def _close(self, event: e.SegmentClosed) -> tuple[e.Command, ...]:
        number = len(self._segments)
        self._closed_ms, self._tail = event.end_ms, None
        self._open_ms = event.end_ms if self._speaking else None
        self._segments[number] = None
        return (e.TranscribeSegment(1, number, event.start_ms, event.end_ms),)

    def _revise(self, revisions: tuple[e.Revision, ...]) -> None:
        self._segments |= {each.segment: each.words for each in revisions}

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
