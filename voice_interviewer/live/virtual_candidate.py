"""The virtual candidate: answers with recorded samples through the same microphone port as a person.

It hears nothing. It watches the session's commands, as a person watches the interviewer: what was asked last,
and when the floor is given away. Its clock is the number of frames it has handed out, which is the session
clock, so a whole interview runs faster than real time and comes out the same each time.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from voice_audio.files import SilentMicrophone, load_sound, to_rate
from voice_audio.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, Sound
from voice_interviewer.core.turns.events import (
    Command,
    Event,
    KeyPressed,
    Line,
    Listen,
    Speak,
    StopListening,
)
from voice_interviewer.errors import SoundFileProblem, UsageProblem

MANIFEST = "manifest.csv"
ROOM_NOISE_DBFS = -70.0
"""Level of the synthetic room: a quiet room through a laptop microphone is never digital silence."""
ROOM_SEED = 20
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
_COLUMNS = ("file", "persona", "question", "move", "transcript")
_ASKING = ("question", "probe", "repeat")
_INTERRUPTING_KEYS = ("pause", "repeat", "type")
"""Keys with which the person at the keyboard, who is the candidate, stops an answer to begin it again."""


@dataclass(frozen=True)
class Clip:
    """One recorded answer. question: an id, patterns joined by `|`, or `*` for any; move: empty for the
    answer to the question itself."""

    file: Path
    persona: str
    question: str
    move: str
    transcript: str

    def answers(self, question_id: str) -> bool:
        return any(fnmatchcase(question_id, pattern) for pattern in self.question.split("|"))


class Said(NamedTuple):
    """What the candidate said, on the session clock. move is empty for the answer to the question itself. A
    clip that was cut off has its whole transcript here, but the end_ms at which it was cut."""

    question_id: str
    move: str
    transcript: str
    start_ms: int
    end_ms: int


@dataclass
class _Answer:
    """A clip on its way: begin is its first sample on the session clock, done what was handed out of it."""

    turn: int
    asked: tuple[str, str]
    clip: Clip
    samples: Samples
    begin: int
    done: int = 0
    stopped: bool = False

    @property
    def finished(self) -> bool:
        return self.done >= len(self.samples)

    @property
    def said(self) -> Said:
        end_ms = -(-(self.begin + self.done) // SAMPLES_PER_MS)
        return Said(*self.asked, self.clip.transcript, self.begin // SAMPLES_PER_MS, end_ms)


def read_clips(samples: Path) -> tuple[Clip, ...]:
    """The clips of samples/manifest.csv. Raises SoundFileProblem("samples") when they are not there."""
    path = samples / MANIFEST
    hint = "Install voice-interviewer again, or make them with audio/samples/make_samples.py."
    if not path.is_file():
        raise SoundFileProblem("samples", f"{path}: the spoken samples are missing", hint)
    with path.open(encoding="utf-8", newline="") as lines:
        rows: list[dict[str, str]] = list(csv.DictReader(lines))
    if not rows or not set(_COLUMNS) <= set(rows[0]):
        raise SoundFileProblem("samples", f"{path}: must have the columns {', '.join(_COLUMNS)}", hint)
    clips = tuple(
        Clip(samples / row["file"], row["persona"], row["question"], row["move"], row["transcript"])
        for row in rows
    )
    lost = next((clip.file for clip in clips if not clip.file.is_file()), None)
    if lost is not None:
        raise SoundFileProblem("samples", f"{lost}: a spoken sample is missing", hint)
    return clips


def choose(clips: Sequence[Clip], question_id: str, move: str) -> Clip | None:
    """The clip that answers: this question and move, else a pattern and this move, else any question and this
    move, else the answer to anything."""
    exact: Mapping[tuple[str, str], Clip] = {(clip.question, clip.move): clip for clip in clips}
    pattern = next((clip for clip in clips if _by_pattern(clip, question_id) and clip.move == move), None)
    return exact.get((question_id, move)) or pattern or exact.get(("*", move)) or exact.get(("*", ""))


def _by_pattern(clip: Clip, question_id: str) -> bool:
    return clip.question != "*" and clip.answers(question_id)


class VirtualCandidate:
    """A microphone with a candidate in front of it. `read` belongs to one thread, `observe` to another.

    persona: one of `personas(samples)`. realtime: paced by the monotonic clock instead of as fast as it is
    read. on_speech is called from `read` with the whole clip when its first sample leaves, so that a listener
    can hear it too. reaction_ms passes between the moment the floor is given and the first word. start_ms is
    where the session clock stands when the first frame is read (a resumed session).

    Raises UsageProblem("persona") for a name it does not know, SoundFileProblem when the samples are missing.
    """

    trouble: str | None = None

    def __init__(
        self,
        persona: str,
        samples: Path,
        realtime: bool = False,
        on_speech: Callable[[Sound], None] | None = None,
        reaction_ms: int = 700,
        start_ms: int = 0,
    ) -> None:
        clips = read_clips(samples)
        self._clips = tuple(clip for clip in clips if clip.persona == persona)
        if not self._clips:
            known = ", ".join(dict.fromkeys(clip.persona for clip in clips))
            raise UsageProblem(
                "persona", f"there is no virtual candidate {persona!r}", f"Choose one of: {known}."
            )
        self.persona = persona
        self._room = SilentMicrophone(realtime)
        self._noise = np.random.default_rng(ROOM_SEED)
        self._on_speech = on_speech
        self._reaction = reaction_ms * SAMPLES_PER_MS
        self._now = start_ms * SAMPLES_PER_MS
        self._lock = Lock()
        self._asked = ("", "")
        self._answer: _Answer | None = None
        self._told: set[int] = set()
        self._said: list[Said] = []

    @property
    def said(self) -> list[Said]:
        """Every answer finished or cut off so far, in order."""
        with self._lock:
            return list(self._said)

    def observe(self, event: Event, commands: tuple[Command, ...]) -> None:
        """Called after each step of the machine; a resumed session first calls it for the steps of the
        log."""
        for command in commands:
            if isinstance(command, Speak):
                self._remember(command.line)
            elif isinstance(command, Listen):
                self._floor_given(command.turn, command.from_ms * SAMPLES_PER_MS)
            elif isinstance(command, StopListening):
                self._floor_taken(isinstance(event, KeyPressed) and event.key in _INTERRUPTING_KEYS)

    def read(self) -> Samples:
        """The next 20 ms, shape (320,): the room, and in it the candidate's voice while an answer is
        given."""
        frame = self._room.read().astype(np.float64)
        frame += self._noise.normal(0.0, 32768 * 10 ** (ROOM_NOISE_DBFS / 20), FRAME_SAMPLES)
        begun = None
        with self._lock:
            answer = self._answer
            if answer is not None and not answer.stopped and not answer.finished:
                begun = self._speak_into(frame, answer)
            self._now += FRAME_SAMPLES
        if begun is not None and self._on_speech is not None:
            self._on_speech(begun)
        voiced: Samples = np.clip(np.rint(frame), -32768, 32767).astype(np.int16)
        return voiced

    def close(self) -> None:
        """The candidate leaves; an answer that was being given counts as cut off."""
        with self._lock:
            self._break_off()
        self._room.close()

    def _remember(self, line: Line) -> None:
        """A question said again (repeat, hint, redirect) is answered as what it repeats."""
        if line.kind not in _ASKING or line.question_id is None:
            return
        if line.kind == "repeat":
            same = line.question_id == self._asked[0]
            self._asked = self._asked if same else (line.question_id, "")
        else:
            self._asked = (line.question_id, line.move or "")

    def _floor_given(self, turn: int, from_sample: int) -> None:
        clip = choose(self._clips, *self._asked)
        samples = None if clip is None else to_rate(load_sound(clip.file), SAMPLE_RATE_HZ).samples
        with self._lock:
            current = self._answer
            if current is not None and current.turn == turn and current.done and not current.stopped:
                return  # a turn that is opened again: the answer is still being given, or has been
            self._break_off()
            self._answer = None
            if clip is not None and samples is not None and turn not in self._told:
                begin = max(from_sample + self._reaction, self._now)
                self._answer = _Answer(turn, self._asked, clip, samples, begin)

    def _floor_taken(self, by_own_key: bool) -> None:
        """One who has begun goes on to the end, except when it was their own key; one who has not, does not
        begin."""
        with self._lock:
            answer = self._answer
            if answer is not None and not answer.finished and (by_own_key or not answer.done):
                self._break_off()

    def _break_off(self) -> None:
        answer = self._answer
        if answer is None or answer.stopped or answer.finished:
            return
        answer.stopped = True
        if answer.done:
            self._said.append(answer.said)

    def _speak_into(
        self, frame: np.ndarray[tuple[int, ...], np.dtype[np.float64]], answer: _Answer
    ) -> Sound | None:
        """Add what falls into this frame. Returns the clip when its first sample does."""
        at = max(answer.begin - self._now, 0)
        if at >= FRAME_SAMPLES:
            return None
        first = answer.done == 0
        piece = answer.samples[answer.done : answer.done + FRAME_SAMPLES - at]
        frame[at : at + len(piece)] += piece
        answer.done += len(piece)
        if answer.finished:
            self._said.append(answer.said)
            self._told.add(answer.turn)
        return Sound(answer.samples, SAMPLE_RATE_HZ) if first else None
