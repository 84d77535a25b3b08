"""Drives the real machine over one recorded answer: `core.turns.machine.step`, detector and segmenter.

The detector hears a recording once; its edges are the same for every policy, because the microphone is never
really closed: after a commit the turn goes on as if nothing had happened. Everything is an event in one queue
on the session clock, in the order in which a live session would bring it.

    edges of speech ──┐
    words known ──────┼─> queue by time ─> step(state, event) ─> commands ─> their results, back in the queue
    wake-up calls ────┘                          └ takes the floor? -> noted, and undone
"""

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Protocol

import numpy as np

from voice_audio.files import load_sound, to_rate
from voice_audio.ports import FRAME_MS, SAMPLE_RATE_HZ, Samples, SpeechDetector, Transcriber, TurnModel
from voice_audio.segmenter import Edge, Segment, Segmenter, SegmenterSettings, SpeechOffset, SpeechOnset
from voice_interviewer.bench.turns import CUT_SLACK_S, LONGEST_GAP_S, Answer, Outcome
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.bank import USUAL_S, Question
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State
from voice_interviewer.engine.port import Engine
from voice_interviewer.errors import UsageProblem

SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
ASSESSED_MS = 30
"""What an assessment takes on the session clock."""
PROSODY_MS = 120
"""And what a model of prosody takes: the median of smart-turn v3.2 on a busy machine with two cores."""
FLOOR_S = 0.5
"""A stretch this long is enough to know the recording's noise floor by."""
EDGE_S = 0.1
"""Left out at both ends of such a stretch: words fade."""
END_SLACK_S = 0.1
"""A label may lie this far beyond the last sample."""
PRE_ROLL_MS = 500
"""As `core.turns.pauses` counts it: where the sound of an open segment begins before its speech."""
MINUTES, BUDGET_S = 120, 3600
"""An interview so long that the clock never decides."""


class Words(Protocol):
    """Where the words come from. Each result says at which ms of the session clock it is there."""

    def heard(self, start_ms: int, end_ms: int, now_ms: int) -> tuple[tuple[Word, ...], int]:
        """All the words of this stretch, asked for at now_ms."""

    def known(self, start_ms: int, now_ms: int) -> tuple[tuple[Word, ...], int] | None:
        """The words from start_ms on that are known by now without asking, and up to where; None: no such
        thing."""

    def times(self) -> tuple[int, ...]:
        """When `known` changes."""


@dataclass(frozen=True)
class Oracle:
    """The sidecar's words; each is known delay_ms after its end."""

    words: tuple[Word, ...]
    delay_ms: int

    def heard(self, start_ms: int, end_ms: int, now_ms: int) -> tuple[tuple[Word, ...], int]:
        words = tuple(word for word in self.words if start_ms <= _middle(word) < end_ms)
        return words, max((word.end_ms + self.delay_ms for word in words), default=now_ms)

    def known(self, start_ms: int, now_ms: int) -> tuple[tuple[Word, ...], int] | None:
        until_ms = now_ms - self.delay_ms
        return tuple(w for w in self.words if start_ms <= _middle(w) and w.end_ms <= until_ms), until_ms

    def times(self) -> tuple[int, ...]:
        return tuple(sorted({_frame(word.end_ms + self.delay_ms) for word in self.words}))


def _middle(word: Word) -> int:
    return (word.start_ms + word.end_ms) // 2


@dataclass
class Recogniser:
    """A real recogniser over the recording; every stretch is heard once, whatever the policies ask.
    compute_time: what that took is added to the clock."""

    transcriber: Transcriber
    samples: Samples
    compute_time: bool = False
    done: dict[tuple[int, int], tuple[tuple[Word, ...], int]] = field(default_factory=dict)

    def heard(self, start_ms: int, end_ms: int, now_ms: int) -> tuple[tuple[Word, ...], int]:
        if (start_ms, end_ms) not in self.done:
            begun = time.perf_counter()
            sound = self.samples[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]
            heard = self.transcriber.transcribe(sound)
            took_ms = round(1000 * (time.perf_counter() - begun))
            words = tuple(
                Word(w.text, w.start_ms + start_ms, w.end_ms + start_ms, w.probability) for w in heard
            )
            self.done[start_ms, end_ms] = words, took_ms
        words, took_ms = self.done[start_ms, end_ms]
        return words, now_ms + took_ms * self.compute_time

    def known(self, start_ms: int, now_ms: int) -> tuple[tuple[Word, ...], int] | None:
        return None

    def times(self) -> tuple[int, ...]:
        return ()


@dataclass
class Prosody:
    """A model of prosody over the recording; every silence is judged once, whatever the policies ask."""

    model: TurnModel
    samples: Samples
    done: dict[tuple[int, int], float] = field(default_factory=dict)

    def over(self, start_ms: int, end_ms: int) -> float:
        """0 goes on .. 1 is over."""
        if (start_ms, end_ms) not in self.done:
            sound = self.samples[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]
            self.done[start_ms, end_ms] = self.model.over(sound)
        return self.done[start_ms, end_ms]


# --- the recording ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """A recording as the detector hears it. edges: (ms of the session clock at which it is certain, edge)."""

    samples: Samples
    edges: tuple[tuple[int, Edge], ...]


def hear(answer: Answer, detector: SpeechDetector, settings: SegmenterSettings) -> Heard:
    """The recording, padded with its own noise floor to the longest gap. Raises SoundFileProblem, and
    UsageProblem("corpus") where the sidecar's answer ends after its recording."""
    samples = to_rate(load_sound(answer.sound), SAMPLE_RATE_HZ).samples
    if len(samples) / SAMPLE_RATE_HZ < answer.end_s - END_SLACK_S:
        length = f"after {len(samples) / SAMPLE_RATE_HZ:.1f} s, its answer at {answer.end_s:.1f} s"
        raise UsageProblem("corpus", f"{answer.sound}: the recording ends {length}.", "Mend the sidecar.")
    samples = padded(samples, answer)
    size = detector.block_samples
    detector.reset()
    segmenter = Segmenter(settings, size)
    segmenter.open(0)
    edges: list[tuple[int, Edge]] = []
    for end in range(size, len(samples) + 1, size):
        probability = detector.probability(samples[end - size : end])
        at_ms = _frame(-(-end // SAMPLES_PER_MS))
        edges += [(at_ms, edge) for edge in segmenter.feed(probability, end)]
    return Heard(samples, tuple(edges))


def padded(samples: Samples, answer: Answer) -> Samples:
    """The recording up to the longest gap after its end; what it lacks is its own noise floor, repeated
    forwards and backwards so that nothing clicks."""
    wanted = round((answer.end_s + LONGEST_GAP_S + 1) * SAMPLE_RATE_HZ)
    if len(samples) >= wanted:
        return samples[:wanted]
    floor = noise_floor(samples, answer)
    both = np.concatenate([floor[::-1], floor]) if len(floor) else np.zeros(1, np.int16)
    return np.concatenate([samples, np.resize(both, wanted - len(samples))])


def noise_floor(samples: Samples, answer: Answer) -> Samples:
    """The sound after the answer where there is enough of it, else its longest pause, else the quietest half
    second."""
    seconds = len(samples) / SAMPLE_RATE_HZ
    longest = max(answer.pauses, key=lambda pause: pause[1] - pause[0], default=(0.0, 0.0))
    for start, end in ((answer.end_s, seconds), longest):
        if end - start - 2 * EDGE_S >= FLOOR_S:
            return samples[round((start + EDGE_S) * SAMPLE_RATE_HZ) : round((end - EDGE_S) * SAMPLE_RATE_HZ)]
    size = round(FLOOR_S * SAMPLE_RATE_HZ)
    pieces = [samples[at : at + size] for at in range(0, max(1, len(samples) - size), size // 2)]
    return min(pieces, key=lambda piece: float(np.mean(np.square(piece.astype(np.float64)))))


def _frame(ms: int) -> int:
    """The end of the frame in which this happens: the session clock goes on in whole frames."""
    return -(-ms // FRAME_MS) * FRAME_MS


# --- the drive --------------------------------------------------------------------------------------------


def question_for(answer: Answer, questions: dict[str, Question]) -> Question:
    """The bank's question of this slug, else one made of the sidecar's words with the usual length."""
    known = questions.get(answer.slug)
    return known or Question("asked", answer.type, answer.question, target_s=USUAL_S[answer.type])


def one_question(question: Question) -> Plan:
    item = PlanItem("core", question.say, question, budget_s=BUDGET_S)
    return Plan("bench", "", "mid", MINUTES, 0, (item,))


class Drive:
    """One policy over one answer. assess: the engine behind AssessEvidence, prosody: what is behind
    HearProsody; None for none at all."""

    def __init__(
        self,
        answer: Answer,
        heard: Heard,
        words: Words,
        assess: Callable[[State], Any] | None,
        plan: Plan,
        settings: e.Settings,
        prosody: Prosody | None = None,
    ) -> None:
        self._answer, self._words, self._assess, self._prosody = answer, words, assess, prosody
        self._queue: list[tuple[int, int, e.Event | Callable[[int], None]]] = []
        self._number = count()
        self._state, self._now_ms = State(load_turn_rules()), 0
        self._wake_ms: int | None = None
        self._segment_start_ms: int | None = None  # where the open segment's sound begins
        self._closed_ms = 0
        self._tail: e.TranscribeTail | None = None
        self._deaf = False  # a commit was made and speech has not begun again
        self._commits_s: list[float] = []
        self._soft, self._reason = 0, ""
        self._settings, self._plan = settings, plan
        for at_ms, edge in heard.edges:
            self._later(at_ms, lambda now_ms, edge=edge: self._edge(now_ms, edge))  # type: ignore[misc]
        for at_ms in words.times():
            self._later(at_ms, self._live_words)

    def run(self) -> Outcome:
        """Until the floor is taken at the end, or for the longest gap."""
        end_ms = round(1000 * (self._answer.end_s + LONGEST_GAP_S))
        quiet = replace(self._settings, echo_tail_ms=0, redirects=0)
        self._reduce(e.SessionStarted(0, self._plan, quiet))
        while not self._finished():
            due = [at for at in (self._queue[0][0] if self._queue else None, self._wake_ms) if at is not None]
            if not due or min(due) > end_ms:
                break
            self._now_ms = max(self._now_ms, min(due))
            if self._queue and self._queue[0][0] <= self._now_ms:
                self._happen(heapq.heappop(self._queue)[2])
            else:
                self._wake_ms = None
                self._reduce(e.ClockReached(self._now_ms))
        return Outcome(tuple(self._commits_s), self._soft, self._reason)

    def _finished(self) -> bool:
        return bool(self._commits_s) and self._commits_s[-1] >= self._answer.end_s - CUT_SLACK_S

    def _later(self, at_ms: int, what: e.Event | Callable[[int], None]) -> None:
        heapq.heappush(self._queue, (_frame(at_ms), next(self._number), what))

    def _happen(self, what: e.Event | Callable[[int], None]) -> None:
        if callable(what):
            what(self._now_ms)
        else:
            self._reduce(what)

    # --- what is heard ---------------------------------------------------------------------------------

    def _edge(self, now_ms: int, edge: Edge) -> None:
        match edge:
            case SpeechOnset(sample):
                self._begin(now_ms, sample // SAMPLES_PER_MS)
            case SpeechOffset(last):
                self._reduce(e.SpeechStopped(now_ms, last // SAMPLES_PER_MS))
            case Segment(start, end):
                self._segment_start_ms, self._tail = None, None
                self._closed_ms = end // SAMPLES_PER_MS
                turn = self._state.answer.turn
                self._reduce(e.SegmentClosed(now_ms, turn, start // SAMPLES_PER_MS, self._closed_ms))

    def _begin(self, now_ms: int, onset_ms: int) -> None:
        if self._segment_start_ms is None:
            self._segment_start_ms = max(onset_ms - PRE_ROLL_MS, self._closed_ms, 0)
        self._reduce(e.SpeechStarted(now_ms, onset_ms))
        if self._deaf:
            self._deaf = False
            self._reduce(e.MicrophoneReturned(now_ms))

    def _live_words(self, now_ms: int) -> None:
        """Words of the open segment that became known without being asked for."""
        start_ms = self._segment_start_ms
        known = None if start_ms is None else self._words.known(start_ms, now_ms)
        if start_ms is not None and known is not None:
            words, until_ms = known
            self._reduce(e.WordsHeard(now_ms, self._state.answer.turn, start_ms, until_ms, words))

    # --- the machine -----------------------------------------------------------------------------------

    def _reduce(self, event: e.Event) -> None:
        """One step. Taking the floor is noted and undone: the same event comes again with the gate deaf."""
        after, commands = step(self._state, event)
        if self._takes_floor(after, commands):
            self._commits_s.append(self._now_ms / 1000)
            self._reason, self._deaf = after.answer.closed_by, True
            self._reduce(e.MicrophoneLost(self._now_ms, "the floor was taken"))
            self._reduce(event)
            return
        self._state = after
        for command in commands:
            self._execute(command)

    def _takes_floor(self, after: State, commands: tuple[e.Command, ...]) -> bool:
        closes = any(isinstance(command, e.StopListening) for command in commands)
        aside = any(isinstance(command, e.Speak) and command.line.kind == "aside" for command in commands)
        return self._state.phase == "listening" and after.phase != "listening" and closes and not aside

    def _execute(self, command: e.Command) -> None:
        now_ms = self._now_ms
        match command:
            case e.Speak(line):  # said in no time: nothing of the answer is talked over
                self._soft += line.kind == "aside"
                self._later(now_ms, e.LineStarted(now_ms, line.id, 0))
                self._later(now_ms, e.LineFinished(now_ms, line.id, 0))
            case e.StopListening(turn):
                self._later(now_ms, e.ListeningStopped(now_ms, turn))
            case e.WakeAt(at_ms):
                self._wake_ms = _frame(max(at_ms, now_ms))
            case e.TranscribeSegment(turn, segment, start_ms, end_ms):
                words, at_ms = self._words.heard(start_ms, end_ms, now_ms)
                self._result(at_ms, lambda at: e.SegmentTranscribed(at, turn, segment, words))
            case e.TranscribeTail():
                self._hear_tail(command)
            case e.HearProsody(turn, start_ms, end_ms) if self._prosody is not None:
                over = self._prosody.over(start_ms, end_ms)
                self._result(now_ms + PROSODY_MS, lambda at: e.ProsodyHeard(at, turn, end_ms, over))
            case e.AssessEvidence(turn, revision, draft):
                self._ask(turn, revision, draft)

    def _result(self, at_ms: int, event: Callable[[int], e.Event]) -> None:
        self._later(max(at_ms, self._now_ms), lambda now_ms: self._reduce(event(now_ms)))

    def _hear_tail(self, wanted: e.TranscribeTail) -> None:
        """A later one, or the closed segment, replaces it."""
        self._tail = wanted
        words, at_ms = self._words.heard(wanted.start_ms, wanted.end_ms, self._now_ms)

        def answer(now_ms: int) -> None:
            if self._tail is wanted:
                span = (wanted.start_ms, wanted.end_ms)
                self._reduce(e.WordsHeard(now_ms, wanted.turn, *span, words, tail=True))

        self._later(max(at_ms, self._now_ms), answer)

    def _ask(self, turn: int, revision: int, draft: int) -> None:
        slots, asks = ((), False) if self._assess is None else self._assess(self._state)
        at_ms = self._now_ms + ASSESSED_MS
        self._result(at_ms, lambda at: e.EvidenceAssessed(at, turn, revision, slots, draft, None, asks))


class Assessor:
    """The engine's verdicts, each asked for once for all policies. threshold: the recogniser's doubt."""

    def __init__(self, engine: Engine, threshold: float = 0.0) -> None:
        self._engine, self._threshold = engine, threshold
        self._known: dict[Any, Any] = {}

    def __call__(self, state: State) -> Any:
        context = state.context(self._threshold)
        if context.answer not in self._known:
            engine = self._engine
            self._known[context.answer] = (engine.assess(context), engine.asks_for_time(context))
        return self._known[context.answer]
