"""One interview, from the microphone's frame to the speaker and the record. Read this file to know the
product.

    microphone ──20 ms frame──> Ears.hear ──> record (right channel), ring, detector, segmenter
                                   │ what happened
                                   v
                 keys ────────> inbox ──> Session.reduce: step the machine, log the event and the commands
                                   ^              │ what to do
            results of workers ────┘              v
            (recogniser, engine, voice)   Session.execute: speak, listen, transcribe, plan, wake, end

The reducer is the only owner of the state; everybody else posts to its inbox, which has no bound: events
are few, and dropping one would lose what happened. Time is counted in frames heard
(16 kHz samples), never read from a clock. Live, the microphone paces one audio thread and the workers are
threads. On files one pump does everything in turn, so the same interview runs faster than real time and
exactly.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from voice_audio.files import to_rate
from voice_audio.frames import Reblock, level_dbfs
from voice_audio.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    HeardWord,
    Microphone,
    PureSilence,
    Samples,
    Sound,
    Speaker,
    SpeechDetector,
    Transcriber,
    Voice,
)
from voice_audio.ring import Ring
from voice_audio.segmenter import Edge, Segment, Segmenter, SegmenterSettings, SpeechOffset, SpeechOnset
from voice_interviewer.captions import Caption, Captions
from voice_interviewer.core import events as e
from voice_interviewer.core.machine import step
from voice_interviewer.core.plan import Plan
from voice_interviewer.core.state import State
from voice_interviewer.core.transcript import Word
from voice_interviewer.engine.port import Engine
from voice_interviewer.errors import Problem
from voice_interviewer.store.recorder import Recorder
from voice_interviewer.workers import InlineWorkers, ThreadWorkers, Workers

SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
RING_MS = 60_000
"""Sound kept in memory: twice the longest segment, so a segment is still there when it is to be
transcribed."""
AUDIO_ENDS_WITHIN_S = 2.0
METER_FALL_DB = 0.8
"""A frame: the level shown falls at 40 dB a second, as on a studio's peak meter, instead of flickering."""
SILENCE: Samples = np.zeros(FRAME_SAMPLES, np.int16)
WORKER_KINDS = ("recogniser", "engine", "voice")


class Observer(Protocol):
    """Somebody who follows the interview: the screen, the virtual candidate. Called by the reducer; must
    be quick."""

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None: ...


@dataclass(frozen=True)
class Parts:
    """Everything an interview is made of, each behind its port."""

    microphone: Microphone
    speaker: Speaker
    detector: SpeechDetector
    transcriber: Transcriber
    voice: Voice
    engine: Engine
    recorder: Recorder
    segmenter: SegmenterSettings = field(default_factory=SegmenterSettings)


class Ears:
    """The audio side: everything that happens once per 20 ms frame. Only this counts the session's time."""

    def __init__(self, parts: Parts, post: Callable[[Any], None], start_ms: int) -> None:
        self._parts, self._post = parts, post
        self.samples = start_ms * SAMPLES_PER_MS
        self.ring = Ring(RING_MS * SAMPLES_PER_MS, self.samples)
        self._reblock = Reblock(parts.detector.block_samples)
        self._blocks_end = self.samples
        self._segmenter = Segmenter(parts.segmenter, parts.detector.block_samples)
        self._orders: deque[e.Listen | e.StopListening] = deque()
        self._turn = 0
        self._shared = threading.Lock()
        self._voice_left: Samples = SILENCE[:0]
        self._line: tuple[int, int] | None = None
        self._trouble: str | None = None
        self.keep_candidate = True
        self._wake_ms: int | None = None
        self.level_dbfs = -120.0
        self.open_since_ms: int | None = None
        """Where the speech of the open segment began; None between segments."""

    @property
    def now_ms(self) -> int:
        return self.samples // SAMPLES_PER_MS

    def order(self, command: e.Listen | e.StopListening) -> None:
        """Called by the reducer; obeyed with the next frame, in order."""
        self._orders.append(command)

    def wake_at(self, at_ms: int) -> None:
        """Say ClockReached at this time; it replaces an earlier wish."""
        with self._shared:
            self._wake_ms = at_ms

    def begin_line(self, line: int, sound: Sound) -> None:
        """Play this line, put it into the record from here on, and watch for its end. Raises
        DeviceProblem."""
        heard = to_rate(sound, SAMPLE_RATE_HZ).samples
        with self._shared:
            self._parts.speaker.play(sound)
            self._voice_left, self._line = heard, (line, sound.duration_ms)

    def end_line(self) -> int:
        """Silence; nothing more of the line belongs in the record. Returns how many ms of it were heard."""
        with self._shared:
            self._voice_left, self._line = SILENCE[:0], None
            return self._parts.speaker.stop()

    def hear(self, frame: Samples) -> None:
        """One frame of 20 ms: count it, keep it, look for speech in it, and say what became due."""
        self._obey()
        self.samples += len(frame)
        self.ring.append(frame)
        self._parts.recorder.frame(self._spoken_frame(), frame if self.keep_candidate else SILENCE)
        self.level_dbfs = max(level_dbfs(frame), self.level_dbfs - METER_FALL_DB)
        for block in self._reblock.feed(frame):
            self._blocks_end += len(block)
            probability = self._parts.detector.probability(block)
            self._report(self._segmenter.feed(probability, self._blocks_end))
        self._report_due()

    def _obey(self) -> None:
        while self._orders:
            order = self._orders.popleft()
            if isinstance(order, e.Listen):
                self._turn = order.turn
                self._segmenter.open(order.from_ms * SAMPLES_PER_MS)
            else:
                self._report(self._segmenter.close(self._blocks_end) if self._turn else [])
                self._turn, self.open_since_ms = 0, None
                self._post(e.ListeningStopped(self.now_ms, order.turn))

    def _spoken_frame(self) -> Samples:
        with self._shared:
            spoken, self._voice_left = self._voice_left[:FRAME_SAMPLES], self._voice_left[FRAME_SAMPLES:]
        return spoken if len(spoken) == FRAME_SAMPLES else np.concatenate([spoken, SILENCE[len(spoken) :]])

    def _report(self, edges: Sequence[Edge]) -> None:
        """Edges of speech, in samples, become events of the session clock, in ms."""
        for edge in edges:
            if isinstance(edge, SpeechOnset):
                onset_ms = edge.sample // SAMPLES_PER_MS
                self.open_since_ms = onset_ms if self.open_since_ms is None else self.open_since_ms
                self._post(e.SpeechStarted(self.now_ms, onset_ms))
            elif isinstance(edge, SpeechOffset):
                self._post(e.SpeechStopped(self.now_ms, edge.last_speech_sample // SAMPLES_PER_MS))
            elif isinstance(edge, Segment):
                span = (edge.start_sample // SAMPLES_PER_MS, edge.end_sample // SAMPLES_PER_MS)
                self._post(e.SegmentClosed(self.now_ms, self._turn, *span))
                self.open_since_ms = None

    def _report_due(self) -> None:
        with self._shared:
            due = self._wake_ms is not None and self.now_ms >= self._wake_ms
            self._wake_ms = None if due else self._wake_ms
        if due:
            self._post(e.ClockReached(self.now_ms))
        self._report_line()
        trouble = self._parts.microphone.trouble
        if trouble != self._trouble:
            self._trouble = trouble
            silent = isinstance(trouble, PureSilence)
            lost = e.MicrophoneLost(self.now_ms, trouble, silent) if trouble else None
            self._post(lost or e.MicrophoneReturned(self.now_ms))

    def _report_line(self) -> None:
        """A line that is over was heard to its end, unless the loudspeaker failed in the middle of it."""
        with self._shared:
            if self._line is None or self._parts.speaker.playing():
                return
            (line, duration_ms), self._line = self._line, None
            trouble = self._parts.speaker.trouble
            self._voice_left = SILENCE[:0] if trouble else self._voice_left
        failed = e.LineUnspoken(self.now_ms, line, trouble) if trouble else None
        self._post(failed or e.LineFinished(self.now_ms, line, duration_ms))


class Session:
    """One interview over given parts. `live`: threads and true time; otherwise one pump, as fast as it
    goes."""

    def __init__(
        self,
        parts: Parts,
        observers: Sequence[Observer] = (),
        live: bool = True,
        compute_time: bool = False,
        start_ms: int = 0,
    ) -> None:
        self._parts, self._observers, self._live = parts, tuple(observers), live
        self.state = State()
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._ears = Ears(parts, self._inbox.put, start_ms)
        self._due: list[tuple[int, Callable[[], None]]] = []
        self._workers: Workers = (
            ThreadWorkers(WORKER_KINDS, self._inbox.put)
            if live
            else InlineWorkers(self._deliver_later if compute_time else None)
        )
        self._captions = Captions(parts.transcriber, self._workers)
        self._over = threading.Event()

    def add_observer(self, observer: Observer) -> None:
        """Before the interview begins."""
        self._observers = (*self._observers, observer)

    # --- for the screen and the keyboard --------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        return self._ears.now_ms

    @property
    def caption(self) -> Caption:
        """What the open segment seems to say, for the screen."""
        return self._captions.current

    @property
    def level_dbfs(self) -> float:
        return self._ears.level_dbfs

    def press(self, key: str) -> None:
        """A key, by its meaning (events.KEYS)."""
        self._inbox.put(e.KeyPressed(self.now_ms, key))

    def type_answer(self, text: str) -> None:
        self._inbox.put(e.AnswerTyped(self.now_ms, self.state.turn, text))

    def interrupt(self) -> None:
        """Ctrl-C: finish soon and keep everything."""
        self._inbox.put(e.SessionInterrupted(self.now_ms))

    # --- the loop -------------------------------------------------------------------------------------

    def run(self, plan: Plan, settings: e.Settings) -> State:
        """Hold the interview `plan` describes. Returns the last state. Raises Problem if the record fails."""
        self._inbox.put(e.SessionStarted(self.now_ms, plan, settings))
        return self._loop()

    def resume(self, past: Sequence[e.Event]) -> State:
        """Go on after a crash: fold what had happened, then ask again for whatever was open."""
        for event in past:
            self.state, _ = step(self.state, event)
        self._inbox.put(e.SessionResumed(self.now_ms))
        return self._loop()

    def _loop(self) -> State:
        audio = threading.Thread(target=self._listen_for_ever, name="audio", daemon=True)
        if self._live:
            audio.start()
        try:
            while not self._over.is_set():
                self._next()
        finally:
            self._over.set()
            self._ears.end_line()
            self._workers.close()
            if self._live:
                audio.join(AUDIO_ENDS_WITHIN_S)
        return self.state

    def _next(self) -> None:
        """Live: wait for the next thing to happen. On files: if nothing is left to do now, let 20 ms pass."""
        try:
            item = self._inbox.get(timeout=0.5) if self._live else self._inbox.get_nowait()
        except queue.Empty:
            if not self._live:
                self._ears.hear(self._parts.microphone.read())
                self._deliver_due()
            return
        if isinstance(item, BaseException):
            raise item
        if callable(item):
            item()
        else:
            self.reduce(item)

    def _listen_for_ever(self) -> None:
        """The audio thread."""
        try:
            while not self._over.is_set():
                self._ears.hear(self._parts.microphone.read())
                since_ms = self._ears.open_since_ms
                self._captions.ask(since_ms, self.now_ms, self._sound, self._hand_over)
        except BaseException as problem:
            self._inbox.put(problem)

    def reduce(self, event: e.Event) -> None:
        """Decide (which changes nothing in the world), write both down, and only then act."""
        after, commands = step(self.state, event)
        self._parts.recorder.event(event)
        self._parts.recorder.commands(commands)
        self.state = after
        self._ears.keep_candidate = self.state.phase not in ("paused", "typing")
        for observer in self._observers:
            observer.observe(event, commands)
        for command in commands:
            self.execute(command)
        if isinstance(event, e.SegmentTranscribed | e.SegmentFailed):
            self._captions.clear()  # the answer itself now has these words
        if isinstance(event, e.SessionEnded):
            self._over.set()

    def execute(self, command: e.Command) -> None:
        """Do one thing the machine asked for. What comes of it arrives in the inbox later."""
        match command:
            case e.Speak(line, rate):
                self._render(line.text, rate, lambda result: self._speak(line, result))
            case e.PrepareLine(text, rate):
                self._render(text, rate, lambda result: None)
            case e.StopSpeaking(line_id):
                self._inbox.put(e.LineFinished(self.now_ms, line_id, self._ears.end_line()))
            case e.Listen() | e.StopListening():
                self._ears.order(command)
            case e.TranscribeSegment():
                self._transcribe(command)
            case e.AssessEvidence(turn, revision):
                context = self.state.context(self._parts.transcriber.doubt_threshold)
                self._ask(
                    lambda: self._parts.engine.assess(context),
                    lambda slots: e.EvidenceAssessed(self.now_ms, turn, revision, slots),
                )
            case e.PlanReply(turn, revision):
                context = self.state.context(self._parts.transcriber.doubt_threshold)
                self._ask(
                    lambda: self._parts.engine.reply(context),
                    lambda reply: e.ReplyPlanned(self.now_ms, turn, revision, reply),
                )
            case e.WakeAt(at_ms):
                self._ears.wake_at(at_ms)
            case e.EndSession(reason):
                self._inbox.put(e.SessionEnded(self.now_ms, reason))

    # --- speaking -------------------------------------------------------------------------------------

    def _render(self, text: str, words_per_minute: int, then: Callable[[Any], None]) -> None:
        voice = self._parts.voice
        self._workers.submit("voice", lambda: voice.render(text, words_per_minute), self._hand_over(then))

    def _speak(self, line: e.Line, result: Sound | Problem) -> None:
        """The line is rendered: play it, unless it is no longer wanted. A voice that fails is read
        instead."""
        if self.state.line is None or self.state.line.id != line.id:
            return
        try:
            if isinstance(result, Problem):
                raise result
            started = e.LineStarted(self.now_ms, line.id, result.duration_ms)
            self._ears.begin_line(line.id, result)
            self._inbox.put(started)
        except Problem as problem:
            self._inbox.put(e.LineUnspoken(self.now_ms, line.id, problem.message))

    # --- understanding --------------------------------------------------------------------------------

    def _transcribe(self, command: e.TranscribeSegment) -> None:
        samples = self._sound(command.start_ms, command.end_ms)
        turn, segment = command.turn, command.segment

        def answer(result: tuple[HeardWord, ...] | Problem) -> None:
            if isinstance(result, Problem):
                self._inbox.put(e.SegmentFailed(self.now_ms, turn, segment, result.message))
            else:
                words = tuple(_on_session_clock(word, command.start_ms) for word in result)
                self._inbox.put(e.SegmentTranscribed(self.now_ms, turn, segment, words))

        transcriber = self._parts.transcriber
        self._workers.submit("recogniser", lambda: transcriber.transcribe(samples), self._hand_over(answer))

    def _sound(self, start_ms: int, end_ms: int) -> Samples:
        """What the microphone heard then: from memory, or from the record for what was said before a
        crash."""
        try:
            return self._ears.ring.read(start_ms * SAMPLES_PER_MS, end_ms * SAMPLES_PER_MS)
        except IndexError:
            return self._parts.recorder.heard(start_ms, end_ms)

    def _ask(self, work: Callable[[], Any], event: Callable[[Any], e.Event]) -> None:
        def answer(result: Any) -> None:
            self._inbox.put(result if isinstance(result, BaseException) else event(result))

        self._workers.submit("engine", work, answer)

    # --- between the threads --------------------------------------------------------------------------

    def _hand_over(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        """Results are looked at by the reducer. A Problem is a result; anything else that was raised is
        a bug."""

        def deliver(result: Any) -> None:
            bug = isinstance(result, BaseException) and not isinstance(result, Problem)
            self._inbox.put(result if bug else lambda: then(result))

        return deliver

    def _deliver_later(self, after_ms: int, deliver: Callable[[], None]) -> None:
        self._due.append((self.now_ms + after_ms, deliver))

    def _deliver_due(self) -> None:
        ready = [deliver for at_ms, deliver in self._due if at_ms <= self.now_ms]
        self._due = [entry for entry in self._due if entry[0] > self.now_ms]
        for deliver in ready:
            deliver()


def _on_session_clock(word: HeardWord, offset_ms: int) -> Word:
    return Word(word.text, word.start_ms + offset_ms, word.end_ms + offset_ms, word.probability)
