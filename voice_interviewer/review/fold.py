"""The log, folded into what a reader wants: the lines that were said and the turns that answered them.

Nothing is decided anew here: who said what, when, and what the engine made of it stand in the log. What has
to be known to read it:

- a line exists once `LineStarted` or `LineUnspoken` followed its `Speak`; one that never came is left out
- an answer that is opened again after the engine had replied to it was taken as over too early: what the
  interviewer said after it is struck, and a turn opened meanwhile (in which nothing was said) never was
- segments carry numbers: after a resume the same number is transcribed again and replaces the first; typed
  text is one more segment
- assessments carry a revision: an older one than the newest asked for is stale; of replies only the one that
  is waited for counts
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
    awaited: int | None = None
    """The revision whose reply the interview is waiting for; any other reply was dropped."""
    slots: tuple[Slot, ...] = ()
    reply: Reply | None = None
    skipped_ms: int | None = None
    reopened: int = 0
    """How often the answer had been taken as over too early."""

    @property
    def transcript(self) -> Transcript:
        """Its words in the order of their segments: the text that slots and quotes refer to."""
        return Transcript(tuple(word for number in sorted(self.segments) for word in self.segments[number]))

    @property
    def answered(self) -> bool:
        """Whether the engine took it as over ("take your time" leaves it open)."""
        return self.reply is not None and self.reply.chosen.move != "wait"

    @property
    def skipped(self) -> bool:
        """Whether the candidate left the question, by key or in words."""
        return self.skipped_ms is not None or (self.reply is not None and self.reply.chosen.move == "skip")

    @property
    def over(self) -> bool:
        return self.answered or self.skipped_ms is not None

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

    # --- events --------------------------------------------------------------------------------------------

    def take(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
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
            case e.AnswerTyped(turn=number) if (
                number in self.turns and self.turns[number].over and not commands
            ):
                pass  # sent when the answer was over already: the interview dropped it
            case e.SegmentTranscribed() | e.SegmentFailed() | e.AnswerTyped():
                self._take_words(event)
            case e.EvidenceAssessed() | e.ReplyPlanned():
                self._take_verdict(event)
            case e.KeyPressed(key=key):
                self._take_key(key, event.at_ms, bool(commands))
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

    def _take_words(self, event: e.SegmentTranscribed | e.SegmentFailed | e.AnswerTyped) -> None:
        if isinstance(event, e.AnswerTyped):
            turn = self._opened(event.turn, by_key=False)
            turn.segments[turn.next_segment] = Transcript.typed(event.text, event.at_ms).words
            turn.next_segment += 1
            turn.typed_ms = event.at_ms
            return
        if event.turn not in self.turns:
            return
        turn = self.turns[event.turn]
        if isinstance(event, e.SegmentTranscribed):
            turn.segments[event.segment] = event.words
            turn.failed.pop(event.segment, None)
        elif isinstance(event, e.SegmentFailed):
            turn.failed[event.segment] = event.reason

    def _take_verdict(self, event: e.EvidenceAssessed | e.ReplyPlanned) -> None:
        turn = self.turns.get(event.turn)
        if turn is None:
            return
        if isinstance(event, e.ReplyPlanned):
            if event.revision == turn.awaited:
                turn.awaited = None
                turn.slots = event.reply.slots or turn.slots
                turn.reply = event.reply
        elif event.revision >= turn.revision:
            turn.at_revision(event.revision)
            turn.slots = event.slots or turn.slots

    def _take_key(self, key: str, at_ms: int, acted: bool) -> None:
        """A key that led to nothing was ignored, but for "I wasn't finished" while the reply was planned:
        where answers are typed it leads to no command, and the reply is void."""
        newest = self._newest()
        if newest is None:
            return
        if key == "unfinished":
            newest.awaited = None
        elif key == "skip" and acted and not newest.over:
            newest.skipped_ms, newest.awaited = at_ms, None

    def _opened(self, number: int, by_key: bool) -> Turn:
        """The floor is the candidate's under this number: for the first time, or once more."""
        self.turns = {known: turn for known, turn in self.turns.items() if known <= number}
        if number not in self.turns:
            asked = next((each for each in reversed(self.lines) if each.opens_turn), None)
            known = (each.line.question_id for each in reversed(self.lines) if each.line.question_id)
            self.turns[number] = Turn(number, asked, next(known, None))
            return self.turns[number]
        turn = self.turns[number]
        if turn.over:
            for spoken in self.lines:
                spoken.struck = spoken.struck or spoken.after_turn == number
        # Taking back one's own skip is nobody's mistake.
        turn.reopened += turn.skipped_ms is None and (turn.answered or by_key)
        turn.reply = turn.awaited = turn.skipped_ms = None
        return turn

    # --- commands ------------------------------------------------------------------------------------------

    def _follow(self, event: e.Event, command: e.Command) -> None:
        match command:
            case e.Speak(line=line):
                self._speak(line, event.at_ms)
            case e.StopSpeaking(line=number) if isinstance(event, e.KeyPressed) and event.key == "unfinished":
                for each in self.lines:
                    each.struck = each.struck or each.line.id == number
            case e.TranscribeSegment(turn=number, segment=segment) if number in self.turns:
                turn = self.turns[number]
                turn.next_segment = max(turn.next_segment, segment + 1)
            case e.Listen(turn=number, from_ms=from_ms):
                unfinished = isinstance(event, e.KeyPressed) and event.key == "unfinished"
                windows = self._opened(number, unfinished).windows
                if windows and windows[-1][1] is None:
                    windows[-1] = (windows[-1][0], event.at_ms)
                windows.append((from_ms, None))
            case e.AssessEvidence(turn=number, revision=revision) if number in self.turns:
                self.turns[number].at_revision(revision)
            case e.PlanReply(turn=number, revision=revision) if number in self.turns:
                self.turns[number].at_revision(revision)
                self.turns[number].awaited = revision
            case _:
                pass

    def _speak(self, line: e.Line, at_ms: int) -> None:
        if any(each.line.id == line.id for each in self.lines):
            return
        turn = self._newest()
        reply = turn.reply if turn else None
        why = reply if reply and reply.chosen.say == line.text else None
        after = turn.number if turn and turn.over else None
        self.lines.append(SpokenLine(line, at_ms, after_turn=after, reply=why))

    def _close_window(self, number: int, at_ms: int) -> None:
        windows = self.turns[number].windows if number in self.turns else []
        if windows and windows[-1][1] is None:
            windows[-1] = (windows[-1][0], at_ms)

    def _newest(self) -> Turn | None:
        return self.turns.get(max(self.turns, default=0))

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
