"""The log, folded into what a reader wants: the lines that were said and the turns that answered them.

Nothing is decided anew here: who said what, when, and what the engine made of it stand in the log. What has
to be known to read it:

- a line exists once `LineStarted` or `LineUnspoken` followed its `Speak`; one that never came is left out
- "I wasn't finished" opens the answer again and strikes what the interviewer said after it; when the next
  turn had been opened meanwhile, the answer goes on under that turn's number and keeps its words
- segments carry numbers: after a resume the same number is transcribed again and replaces the first; typed
  text is one more segment
- assessments carry a revision: an older one than the newest asked for is stale
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from voice_interviewer.core import events as e
from voice_interviewer.core.delivery import Stretch
from voice_interviewer.core.evidence import Slot
from voice_interviewer.core.plan import Plan
from voice_interviewer.core.probing import Reply
from voice_interviewer.core.transcript import Transcript, Word

Pair = tuple[e.Event, tuple[e.Command, ...]]


@dataclass
class SpokenLine:
    """One line of the interviewer. started_ms stays None where it was only shown (`unspoken` says why)."""

    line: e.Line
    shown_ms: int = 0
    started_ms: int | None = None
    duration_ms: int = 0
    played_ms: int | None = None
    unspoken: str | None = None
    struck: bool = False
    after_turn: int | None = None
    """The answer it followed."""
    reply: Reply | None = None
    """The engine's verdict that led to this line."""

    @property
    def happened(self) -> bool:
        return self.started_ms is not None or self.unspoken is not None

    @property
    def start_ms(self) -> int:
        return self.shown_ms if self.started_ms is None else self.started_ms

    @property
    def end_ms(self) -> int:
        return self.start_ms + (self.played_ms or 0)

    @property
    def opens_turn(self) -> bool:
        """Whether a new answer follows: saying the question again, or "take your time", opens none."""
        kind, move = self.line.kind, self.line.move
        return kind in ("question", "probe") or (kind == "repeat" and bool(move))


@dataclass
class Turn:
    """One answer: what asked for it, when the microphone belonged to it, what was heard."""

    number: int
    asked: SpokenLine | None
    question_id: str | None
    windows: list[tuple[int, int | None]] = field(default_factory=list)
    segments: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    typed_ms: int | None = None
    """When typed text was last added to the answer."""
    next_segment: int = 0
    speech: list[Stretch] = field(default_factory=list)
    revision: int = 0
    slots: tuple[Slot, ...] = ()
    reply: Reply | None = None
    skipped_ms: int | None = None
    reopened: int = 0
    """How often "I wasn't finished" took the answer back."""

    @property
    def transcript(self) -> Transcript:
        """Its words in the order of their segments: the text that slots and quotes refer to."""
        return Transcript(tuple(word for number in sorted(self.segments) for word in self.segments[number]))

    def at_revision(self, revision: int) -> None:
        if revision > self.revision:
            self.revision, self.reply = revision, None


@dataclass
class Fold:
    """The whole session as it went. lines and turns are in the order in which they began."""

    plan: Plan | None = None
    typed: bool = False
    lines: list[SpokenLine] = field(default_factory=list)
    turns: dict[int, Turn] = field(default_factory=dict)
    last_ms: int = 0
    ended: str | None = None
    _edges: list[tuple[int, int | None]] = field(default_factory=list)
    _undone: int | None = None

    # --- events --------------------------------------------------------------------------------------------

    def take(self, event: e.Event, commands: Iterable[e.Command]) -> None:
        self.last_ms = max(self.last_ms, event.at_ms)
        match event:
            case e.SessionStarted(plan=plan, settings=settings):
                self.plan, self.typed = plan, settings.typed
            case e.SessionEnded(reason=reason):
                self.ended = reason
            case e.LineStarted() | e.LineFinished() | e.LineUnspoken():
                self._take_line(event)
            case e.SpeechStarted(onset_ms=onset_ms):
                self._edges.append((onset_ms, None))
            case e.SpeechStopped(last_speech_ms=last_speech_ms):
                if self._edges and self._edges[-1][1] is None:
                    self._edges[-1] = (self._edges[-1][0], last_speech_ms)
            case e.ListeningStopped(turn=number):
                self._close_window(number, event.at_ms)
            case e.SegmentClosed() | e.SegmentTranscribed() | e.SegmentFailed() | e.AnswerTyped():
                self._take_words(event)
            case e.EvidenceAssessed() | e.ReplyPlanned():
                self._take_verdict(event)
            case e.KeyPressed(key=key):
                self._take_key(key, tuple(commands))
            case _:
                pass
        for command in commands:
            self._follow(event, command)

    def _take_line(self, event: e.LineStarted | e.LineFinished | e.LineUnspoken) -> None:
        spoken = next((each for each in self.lines if each.line.id == event.line), None)
        if spoken is None:
            return
        match event:
            case e.LineStarted():
                spoken.started_ms, spoken.duration_ms = event.at_ms, event.duration_ms
            case e.LineFinished():
                spoken.played_ms = event.played_ms
            case e.LineUnspoken():
                spoken.unspoken, spoken.shown_ms = event.reason, event.at_ms

    def _take_words(
        self, event: e.SegmentClosed | e.SegmentTranscribed | e.SegmentFailed | e.AnswerTyped
    ) -> None:
        turn = self._turn_of(event.turn)
        if isinstance(event, e.AnswerTyped):
            turn.segments[turn.next_segment] = Transcript.typed(event.text, event.at_ms).words
            turn.next_segment += 1
            turn.typed_ms = event.at_ms
            return
        turn.next_segment = max(turn.next_segment, event.segment + 1)
        if isinstance(event, e.SegmentTranscribed):
            turn.segments[event.segment] = event.words
            turn.failed.pop(event.segment, None)
        elif isinstance(event, e.SegmentFailed):
            turn.failed[event.segment] = event.reason

    def _take_verdict(self, event: e.EvidenceAssessed | e.ReplyPlanned) -> None:
        turn = self._turn_of(event.turn)
        if event.revision < turn.revision:
            return
        turn.at_revision(event.revision)
        if isinstance(event, e.EvidenceAssessed):
            turn.slots = event.slots or turn.slots
        else:
            turn.slots = event.reply.slots or turn.slots
            turn.reply = event.reply
            self._undone = None if self._undone == event.turn else self._undone

    def _take_key(self, key: str, commands: tuple[e.Command, ...]) -> None:
        newest = self.turns.get(max(self.turns, default=0))
        if newest is None:
            return
        if key == "skip" and newest.reply is None:
            newest.skipped_ms = self.last_ms
        if key != "unfinished":
            return
        listens = next((each.turn for each in commands if isinstance(each, e.Listen)), None)
        hushed = any(isinstance(each, e.StopListening) for each in commands)
        if listens is not None and hushed and newest.number == listens:
            self._undo(max((number for number in self.turns if number < listens), default=listens))
            self._absorb(newest)
        elif newest.reply is not None or listens is not None:
            self._undo(newest.number)

    def _undo(self, number: int) -> None:
        """The answer was taken as over too early: what the interviewer said after it does not count."""
        turn = self.turns[number]
        turn.reply, turn.reopened, self._undone = None, turn.reopened + 1, number
        for spoken in self.lines:
            if spoken.after_turn == number:
                spoken.struck = True

    def _absorb(self, turn: Turn) -> None:
        """The undone answer goes on under a newer number."""
        if self._undone is None or self._undone >= turn.number:
            return
        early = self.turns.pop(self._undone)
        turn.asked, turn.question_id, turn.slots = early.asked, early.question_id, early.slots
        turn.segments = {**early.segments, **turn.segments}
        turn.failed = {**early.failed, **turn.failed}
        turn.windows = early.windows + turn.windows
        turn.next_segment = max(early.next_segment, turn.next_segment)
        turn.typed_ms, turn.reopened = turn.typed_ms or early.typed_ms, early.reopened
        self._undone = None

    # --- commands ------------------------------------------------------------------------------------------

    def _follow(self, event: e.Event, command: e.Command) -> None:
        match command:
            case e.Speak(line=line):
                self._speak(line, event.at_ms)
            case e.StopSpeaking(line=number) if isinstance(event, e.KeyPressed) and event.key == "unfinished":
                for each in self.lines:
                    each.struck = each.struck or each.line.id == number
            case e.Listen(turn=number, from_ms=from_ms):
                windows = self._turn_of(number).windows
                if windows and windows[-1][1] is None:
                    windows[-1] = (windows[-1][0], event.at_ms)
                windows.append((from_ms, None))
            case e.AssessEvidence(turn=number, revision=revision):
                self._turn_of(number).at_revision(revision)
            case e.PlanReply(turn=number, revision=revision):
                self._turn_of(number).at_revision(revision)
            case _:
                pass

    def _speak(self, line: e.Line, at_ms: int) -> None:
        if any(each.line.id == line.id for each in self.lines):
            return
        turn = self.turns.get(max(self.turns, default=0))
        reply = turn.reply if turn else None
        why = reply if reply and reply.chosen.say == line.text else None
        after = turn.number if turn and turn.reply else None
        self._undone = None if line.kind == "question" else self._undone
        self.lines.append(SpokenLine(line, at_ms, after_turn=after, reply=why))

    def _close_window(self, number: int, at_ms: int) -> None:
        windows = self._turn_of(number).windows
        if windows and windows[-1][1] is None:
            windows[-1] = (windows[-1][0], at_ms)

    def _turn_of(self, number: int) -> Turn:
        if number not in self.turns:
            asked = next((each for each in reversed(self.lines) if each.opens_turn), None)
            known = (each.line.question_id for each in reversed(self.lines) if each.line.question_id)
            self.turns[number] = Turn(number, asked, next(known, None))
            self._absorb(self.turns[number])
        return self.turns[number]

    # --- the end -------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Close what a crash left open and give every stretch of speech to the turn it was heard in."""
        for spoken in self.lines:
            if spoken.started_ms is not None and spoken.played_ms is None:
                spoken.played_ms = min(spoken.duration_ms, max(0, self.last_ms - spoken.started_ms))
        self.lines = [spoken for spoken in self.lines if spoken.happened]
        edges = [(left, self.last_ms if right is None else right) for left, right in self._edges]
        for turn in self.turns.values():
            windows = [(left, self.last_ms if right is None else right) for left, right in turn.windows]
            pieces = [(max(a, left), min(b, right)) for a, b in edges for left, right in windows]
            turn.speech = [Stretch(start_ms, end_ms) for start_ms, end_ms in pieces if start_ms < end_ms]


def fold(pairs: Iterable[Pair]) -> Fold:
    """Read a session's log from its first event to its last; where it was cut off, what is there is told."""
    folded = Fold()
    for event, commands in pairs:
        folded.take(event, commands)
    folded.finish()
    return folded
