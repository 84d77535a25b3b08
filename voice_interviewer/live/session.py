"""One interview, from the microphone's frame to the speaker and the record. This is the loop; what is decided
in it is `core.turns.machine` (which event does what), then `core.turns.replies` and `core.turns.steps`.

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
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from voice_audio.ports import Samples, Sound
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.plan import Plan
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State
from voice_interviewer.errors import Problem
from voice_interviewer.live.audio_side import SAMPLES_PER_MS, Ears, Parts
from voice_interviewer.live.lines_ahead import LinesAhead
from voice_interviewer.live.recognition import Caption, Recognition
from voice_interviewer.live.workers import InlineWorkers, ThreadWorkers, Workers

AUDIO_ENDS_WITHIN_S = 2.0
WORKER_KINDS = ("recogniser", "prosody", "engine", "voice", "ahead", "background")
"""ahead: the voice again, for lines that will perhaps be spoken; background: for what the plan will say later
on. The line to be spoken now never waits behind one of these."""
REMOTE_AHEAD_MS = 3_000
"""A voice on a server renders what may be in vain only when the floor will be taken within this time."""


class Observer(Protocol):
    """Somebody who follows the interview: the screen, the virtual candidate. Called by the reducer; must
    be quick."""

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None: ...


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
        self.state = State(load_turn_rules())
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._ears = Ears(parts, self._inbox.put, start_ms)
        self._due: list[tuple[int, Callable[[], None]]] = []
        self._workers: Workers = (
            ThreadWorkers(WORKER_KINDS, self._inbox.put)
            if live
            else InlineWorkers(self._deliver_later if compute_time else None)
        )
        self._recognition = Recognition(
            parts.transcriber,
            self._workers,
            self._sound,
            self._inbox.put,
            lambda: self.now_ms,
            live,
            parts.window,
        )
        self._plan_ahead = LinesAhead(parts.voice, self._workers, self._hand_over) if live else None
        self._over = threading.Event()
        self._wish: tuple[e.PrepareLine, bool] | None = None
        self._preparing = False
        self._most_waiting = dict.fromkeys(("inbox", *WORKER_KINDS), 0)

    def add_observer(self, observer: Observer) -> None:
        """Before the interview begins."""
        self._observers = (*self._observers, observer)

    # --- for the screen and the keyboard --------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        return self._ears.now_ms

    @property
    def caption(self) -> Caption:
        """What was said that is not in the answer yet, for the screen."""
        return self._recognition.caption

    @property
    def level_dbfs(self) -> float:
        return self._ears.level_dbfs

    def press(self, key: str) -> None:
        """A key, by its meaning (events.KEYS)."""
        self._inbox.put(e.KeyPressed(self.now_ms, key))

    def type_answer(self, text: str) -> None:
        self._inbox.put(e.AnswerTyped(self.now_ms, self.state.answer.turn, text))

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
            self._recognition.close()
            self._workers.close()
            if self._live:
                audio.join(AUDIO_ENDS_WITHIN_S)
        return self.state

    def _next(self) -> None:
        """Live: wait for the next thing to happen. On files: if nothing is left to do now, let 20 ms pass."""
        try:
            item = self._inbox.get(timeout=0.5) if self._live else self._inbox.get_nowait()
        except queue.Empty:
            self._prepare()
            if not self._live:
                self._ears.hear(self._parts.microphone.read())
                self._recognition.tick(self.now_ms)
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
                self._recognition.tick(self.now_ms)
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
        self._recognition.follow(event, commands)
        for command in commands:
            self.execute(command)
        self._prepare()
        if self._plan_ahead is not None:
            self._plan_ahead.follow(after)
        self._look_at_queues()
        if isinstance(event, e.SessionEnded):
            self._over.set()

    def execute(self, command: e.Command) -> None:
        """Do one thing the machine asked for. What comes of it arrives in the inbox later."""
        match command:
            case e.Speak(line, rate):
                self._render(line.text, rate, lambda result: self._speak(line, result))
            case e.PrepareLine(text):
                ahead = self.state.ahead.prepared
                self._wish = command, ahead is not None and ahead.reply.chosen.say == text
            case e.StopSpeaking(line_id):
                self._inbox.put(e.LineFinished(self.now_ms, line_id, self._ears.end_line()))
            case e.Listen() | e.StopListening():
                self._ears.order(command)
            case e.TranscribeSegment() | e.TranscribeTail():
                self._recognition.ask(command)
            case e.HearProsody():
                self._hear_prosody(command)
            case e.AssessEvidence(turn, revision, draft):
                context = self.state.context(self._parts.transcriber.doubt_threshold)
                engine = self._parts.engine
                self._ask(
                    lambda: (engine.assess(context), draft, None, engine.asks_for_time(context)),
                    lambda heard: e.EvidenceAssessed(self.now_ms, turn, revision, *heard),
                )
            case e.PlanReply(turn, revision, draft, speculative):
                context = self.state.context(self._parts.transcriber.doubt_threshold, speculative)
                self._ask(
                    lambda: self._parts.engine.reply(context),
                    lambda reply: e.ReplyPlanned(self.now_ms, turn, revision, reply, draft),
                )
            case e.WakeAt(at_ms):
                self._ears.wake_at(at_ms)
            case e.EndSession(reason):
                self._inbox.put(e.SessionEnded(self.now_ms, reason))

    # --- speaking -------------------------------------------------------------------------------------

    def _render(self, text: str, words_per_minute: int, then: Callable[[Any], None]) -> None:
        voice = self._parts.voice
        self._workers.submit("voice", lambda: voice.render(text, words_per_minute), self._hand_over(then))

    def _prepare(self) -> None:
        """Render what was last wished for, one line at a time. A server is asked only when it will be said
        soon."""
        if self._wish is None or self._preparing:
            return
        (line, is_guess), ahead, voice = self._wish, self.state.ahead.prepared, self._parts.voice
        if is_guess and (ahead is None or ahead.reply.chosen.say != line.text):
            self._wish = None  # the words went on
            return
        if is_guess and getattr(voice, "remote", False) and not self._is_soon(self.state.ahead.due_ms):
            return
        self._wish, self._preparing = None, True
        work = partial(voice.render, line.text, line.words_per_minute)
        self._workers.submit("ahead", work, self._hand_over(self._prepared))

    def _prepared(self, result: Any) -> None:
        self._preparing = False
        self._prepare()

    def _is_soon(self, due_ms: int | None) -> bool:
        return due_ms is not None and due_ms - self.now_ms <= REMOTE_AHEAD_MS

    def _speak(self, line: e.Line, result: Sound | Problem) -> None:
        """The line is rendered: play it, unless it is no longer wanted. A voice that fails is read
        instead."""
        if self.state.line is None or self.state.line.id != line.id:
            return
        try:
            if isinstance(result, Problem):
                raise result
            started = e.LineStarted(self.now_ms, line.id, result.duration_ms)
            window_ms = result.duration_ms if line.kind == "aside" else self.state.settings.reopen_ms
            self._ears.begin_line(line.id, result, window_ms)
            self._inbox.put(started)
        except Problem as problem:
            self._inbox.put(e.LineUnspoken(self.now_ms, line.id, problem.message))

    # --- understanding --------------------------------------------------------------------------------

    def _sound(self, start_ms: int, end_ms: int) -> Samples:
        """What the microphone heard then: from memory, or from the record for what was said before a
        crash."""
        try:
            return self._ears.ring.read(start_ms * SAMPLES_PER_MS, end_ms * SAMPLES_PER_MS)
        except IndexError:
            return self._parts.recorder.heard(start_ms, end_ms)

    def _hear_prosody(self, command: e.HearProsody) -> None:
        """A model that fails leaves the gate with what it knows otherwise."""
        model = self._parts.turn_model
        if model is None:
            return
        sound = self._sound(command.start_ms, command.end_ms)

        def told(over: float | Problem) -> None:
            if not isinstance(over, Problem):
                self._inbox.put(e.ProsodyHeard(self.now_ms, command.turn, command.end_ms, over))

        self._workers.submit("prosody", lambda: model.over(sound), self._hand_over(told))

    def _ask(self, work: Callable[[], Any], event: Callable[[Any], e.Event]) -> None:
        def answer(result: Any) -> None:
            self._inbox.put(result if isinstance(result, BaseException) else event(result))

        self._workers.submit("engine", work, answer)

    @property
    def load(self) -> dict[str, Any]:
        """How hard it was to keep up: frames of 20 ms that were lost, and how long each queue was at most."""
        dropped = getattr(self._parts.microphone, "dropped_frames", 0)
        load = {"dropped_frames": dropped, "most_waiting": self._most_waiting}
        rtf = self._recognition.real_time_factor
        return load if rtf is None else {**load, "recogniser_rtf": round(rtf, 3)}

    def _look_at_queues(self) -> None:
        now = {"inbox": self._inbox.qsize(), **{kind: self._workers.waiting(kind) for kind in WORKER_KINDS}}
        self._most_waiting = {name: max(most, now[name]) for name, most in self._most_waiting.items()}

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
