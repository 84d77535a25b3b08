"""A recording made elsewhere becomes a session like any other: heard by the same detector and recogniser,
laid down as the same record, judged by the same review.

    file -> 16 kHz, one or two sides -> speech of each side -> whose turn it was -> words -> events.jsonl

Two sides are told apart by channel; where both hold the same sound it is one side, the candidate's. The
record is made in a folder of its own and renamed when it is whole, under a name that follows from the
recording and from what is asked of it: the same work is never done twice, and one that was cut off is simply
done again."""

import hashlib
import os
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from voice_audio.frames import Reblock
from voice_audio.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    Samples,
    SpeechDetector,
    Transcriber,
)
from voice_audio.recordings import Block, read_recording, recording_info
from voice_audio.segmenter import Segment, Segmenter, SegmenterSettings, SpeechOffset, SpeechOnset
from voice_audio.window import WindowSettings, hear_by_window, speech_of
from voice_interviewer.app.analysis_log import Told, write_log
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.understanding.normalisation import normalised
from voice_interviewer.errors import RecordProblem
from voice_interviewer.live.open_window import as_words
from voice_interviewer.store.recorder import Recorder

PER_MS = SAMPLE_RATE_HZ // 1000
ONE_SIDE = 0.8
"""Channels that correlate at least so much hold one sound, not two sides. A start value: two microphones in
one room were not measured."""
A_TURN_MS = 1_500
"""The other side speaking for less than this is listening ("right", "I see"), not asking."""

Progress = Callable[[float], None]
"""Called with the share that is done, 0..1."""


@dataclass(frozen=True)
class Wanted:
    """What to make of recordings. question: what was asked, where one answer is recorded; bank: questions
    that may be recognised when the other side asks them. sides: auto, one or two; candidate: left or right,
    None: whoever speaks more."""

    level: str
    role: str = "recording"
    question: Question | None = None
    bank: tuple[Question, ...] = ()
    sides: str = "auto"
    candidate: str | None = None

    @property
    def key(self) -> str:
        asked = self.question.id + self.question.say if self.question else ""
        return "|".join((self.level, self.role, asked, self.sides, self.candidate or ""))


@dataclass(frozen=True)
class Hearing:
    """Who listens."""

    detector: Callable[[], SpeechDetector]
    transcriber: Transcriber
    segmenter: SegmenterSettings = field(default_factory=SegmenterSettings)
    window: WindowSettings = field(default_factory=WindowSettings)


@dataclass(frozen=True)
class Made:
    """The session of a recording. already: it was there, nothing was done."""

    source: str
    session: Path
    already: bool


@dataclass
class _Side:
    """One channel: its speech, and the pieces worth transcribing, in samples."""

    samples: Samples
    speech: list[tuple[int, int]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def voiced(self) -> int:
        return sum(end - start for start, end in self.speech)


def analyze_recording(
    path: Path, root: Path, wanted: Wanted, hearing: Hearing, progress: Progress = lambda share: None
) -> Made:
    """Make the session of one recording below `root`, or find it there.

    Raises SoundFileProblem for what is no sound, RecordProblem where it cannot be written, ModelProblem where
    nobody can listen.
    """
    recording_info(path)
    digest = fingerprint(path, wanted, hearing.transcriber.name)
    final = root / f"recording_{digest[:16]}"
    if (final / "session.json").is_file():
        return Made(str(path), final, True)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    workplace = Path(tempfile.mkdtemp(prefix=f".analyzing-{digest[:16]}-", dir=root))
    try:
        folder = _make(path, digest, workplace, wanted, hearing, progress)
        try:
            os.rename(folder, final)
        except OSError:
            if not (final / "session.json").is_file():  # else somebody else was faster with the same
                raise
    except OSError as error:
        raise RecordProblem("disk", f"{root}: cannot be written ({error.strerror})", "Make room.") from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    for left in root.glob(f".analyzing-{digest[:16]}-*"):  # of one that was killed at the same
        shutil.rmtree(left, ignore_errors=True)
    return Made(str(path), final, False)


def fingerprint(path: Path, wanted: Wanted, listener: str) -> str:
    """Of the recording's bytes and of what is asked of them."""
    digest = hashlib.sha256(f"{wanted.key}|{listener}".encode())
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _make(
    path: Path, digest: str, workplace: Path, wanted: Wanted, hearing: Hearing, progress: Progress
) -> Path:
    channels = np.concatenate(list(read_recording(path)))
    theirs, ours = _sides(channels, wanted, hearing)
    started = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    about = {
        "title": path.stem,
        "source": {"file": path.name, "sha256": digest, "sides": 1 if ours is None else 2},
        "transcriber": hearing.transcriber.name,
        "doubt_threshold": hearing.transcriber.doubt_threshold,
        "detector": hearing.detector().name,
    }
    recorder = Recorder.create(workplace, wanted.role, wanted.level, started, about)
    _write_sound(recorder, theirs, ours)
    told = list(_told(theirs, ours, wanted, hearing, progress))
    write_log(recorder, path.stem, wanted.role, wanted.level, told, len(theirs.samples) // PER_MS)
    recorder.close()
    return recorder.folder.path


def _write_sound(recorder: Recorder, theirs: _Side, ours: _Side | None) -> None:
    right = theirs.samples
    left = np.zeros_like(right) if ours is None else ours.samples
    for start in range(0, len(right), 50 * FRAME_SAMPLES):
        end = start + 50 * FRAME_SAMPLES
        recorder.frame(left[start:end], right[start:end])


# --- whose side is which ----------------------------------------------------------------------------------


def _sides(channels: Block, wanted: Wanted, hearing: Hearing) -> tuple[_Side, _Side | None]:
    """The candidate's side and the other's, None where there is only one."""
    if channels.shape[1] == 1 or wanted.sides == "one" or (wanted.sides == "auto" and _one_sound(channels)):
        return _hear(channels.mean(axis=1).astype(np.int16), hearing), None
    left, right = (_hear(np.ascontiguousarray(channels[:, side]), hearing) for side in (0, 1))
    theirs_left = left.voiced > right.voiced if wanted.candidate is None else wanted.candidate == "left"
    return (left, right) if theirs_left else (right, left)


def _one_sound(channels: Block) -> bool:
    """Whether both channels hold the same, or one of them nothing."""
    squares = np.zeros(2)
    product = 0.0
    for start in range(0, len(channels), SAMPLE_RATE_HZ):
        piece = channels[start : start + SAMPLE_RATE_HZ].astype(np.float64)
        squares += (piece * piece).sum(axis=0)
        product += float((piece[:, 0] * piece[:, 1]).sum())
    power = float(np.sqrt(squares[0] * squares[1]))
    return power == 0 or product / power >= ONE_SIDE


def _hear(samples: Samples, hearing: Hearing) -> _Side:
    side, detector = _Side(samples), hearing.detector()
    segmenter = Segmenter(hearing.segmenter, detector.block_samples)
    reblock, end, onset = Reblock(detector.block_samples), 0, 0
    segmenter.open(0)
    edges = []
    for start in range(0, len(samples), SAMPLE_RATE_HZ):
        for block in reblock.feed(samples[start : start + SAMPLE_RATE_HZ]):
            end += len(block)
            edges += segmenter.feed(detector.probability(block), end)
    edges += segmenter.close(len(samples))
    for edge in edges:
        match edge:
            case SpeechOnset(sample=sample):
                onset = sample
            case SpeechOffset(last_speech_sample=last):
                side.speech.append((onset, last))
            case Segment():
                side.segments.append(edge)
    return side


# --- whose turn it was ------------------------------------------------------------------------------------


def _told(
    theirs: _Side, ours: _Side | None, wanted: Wanted, hearing: Hearing, progress: Progress
) -> Iterator[Told]:
    """Question by question: what was asked and what came back, with words and times."""
    work = sum(side.voiced for side in (theirs, ours) if side)
    done = 0

    def words(side: _Side, start: int, end: int) -> tuple[tuple[Segment, tuple[Word, ...]], ...]:
        nonlocal done
        own = [s for s in side.segments if start <= (s.start_sample + s.end_sample) // 2 < end]
        heard = _transcribe(side, own, hearing)
        done += sum(b - a for a, b in side.speech if own and own[0].start_sample <= a < own[-1].end_sample)
        progress(min(1.0, done / work))
        return heard

    length = len(theirs.samples)
    turns = _turns(ours, length)
    for number, (asked, begin, end) in enumerate(turns, 1):
        question_words = words(ours, asked[0], asked[1]) if ours and asked else ()
        text = " ".join(word.text for _, said in question_words for word in said)
        answer = words(theirs, begin, end)
        speech = [(a, b) for a, b in theirs.speech if begin <= a < end]
        if not answer and (not text or number == len(turns)):
            continue  # nothing, or goodbye
        question = wanted.question if ours is None else _recognised(text, wanted.bank)
        yield Told(
            number=number,
            question=question or Question(f"asked-{number}", "behavioural", text or "Your answer."),
            heard=text or None,
            asked_ms=(asked[0] // PER_MS, asked[1] // PER_MS) if asked else None,
            window_ms=(begin // PER_MS, end // PER_MS),
            speech_ms=tuple((a // PER_MS, b // PER_MS) for a, b in speech),
            segments=tuple((s.start_sample // PER_MS, s.end_sample // PER_MS, said) for s, said in answer),
        )


def _turns(ours: _Side | None, length: int) -> list[tuple[tuple[int, int] | None, int, int]]:
    """(what was asked from..to, the answer's begin, its end), in samples."""
    if ours is None:
        return [(None, 0, length)]
    asked: list[tuple[int, int]] = []
    for start, end in ours.speech:
        if asked and start - asked[-1][1] < A_TURN_MS * PER_MS:
            asked[-1] = (asked[-1][0], end)
        else:
            asked.append((start, end))
    asked = [(start, end) for start, end in asked if end - start >= A_TURN_MS * PER_MS]
    if not asked:
        return [(None, 0, length)]
    ends = [*(start for start, _ in asked[1:]), length]
    first = [(None, 0, asked[0][0])] if asked[0][0] > SAMPLE_RATE_HZ else []
    return [*first, *((each, each[1], end) for each, end in zip(asked, ends, strict=True))]


def _recognised(text: str, bank: tuple[Question, ...]) -> Question | None:
    """The bank's question that was asked, in about its own words."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(text, [question.say for question in bank], scorer=fuzz.token_set_ratio)
    return bank[found[2]] if found is not None and found[1] >= 85 else None


def _transcribe(
    side: _Side, segments: list[Segment], hearing: Hearing
) -> tuple[tuple[Segment, tuple[Word, ...]], ...]:
    """The words of neighbouring segments, heard by window as in a live interview."""
    if not segments:
        return ()
    first, last = segments[0].start_sample, segments[-1].end_sample
    stretches = speech_of((a // PER_MS, b // PER_MS) for a, b in side.speech if first <= a < last)

    def sound(start_ms: int, end_ms: int) -> Samples:
        return side.samples[start_ms * PER_MS : end_ms * PER_MS]

    heard = hear_by_window(hearing.transcriber, sound, stretches, hearing.window, last // PER_MS)
    written = normalised(as_words([word for _, words in heard for word in words]))
    ends_ms = [segment.end_sample // PER_MS for segment in segments]
    split: list[list[Word]] = [[] for _ in segments]
    for word in written:
        at = bisect_right(ends_ms, (word.start_ms + word.end_ms) // 2)
        split[min(at, len(split) - 1)].append(word)
    return tuple((segment, tuple(said)) for segment, said in zip(segments, split, strict=True))
