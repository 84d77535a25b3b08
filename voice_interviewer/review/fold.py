"""The log, folded into what a reader wants: the lines that were said and the turns that answered them.

Nothing is decided anew here: who said what, when, and what the engine made of it stand in the log. What has
to be known to read it:

- a line exists once `LineStarted` or `LineUnspoken` followed its `Speak`; one that never came is left out
- an answer that is opened again after the floor was taken was taken as over too early: what the interviewer
  said after it is struck, and a turn opened meanwhile never was. It is our mistake unless a key had ended
  the answer
- what seemed to take a turn back or to interrupt, and was only a noise, is followed by the same line again
- segments carry numbers: after a resume the same number is transcribed again and replaces the first; typed
  text is one more segment
- assessments carry a revision: an older one than the newest asked for is stale; of replies only the one that
  is waited for counts, or the newest made ahead where nothing had to be waited for
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voice_interviewer.content.catalogue import language_name
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.delivery.answer import Stretch
from voice_interviewer.core.model.moves import Reply
from voice_interviewer.core.model.plan import Plan
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.understanding.languages import another
from voice_interviewer.review.model import CutIn
from voice_interviewer.review.spoken import BY_THEM, BY_US, SpokenLine, Turn, Undone

Pair = tuple[e.Event, tuple[e.Command, ...]]


@dataclass
class Fold:
    """The whole session as it went. lines and turns are in the order in which they began."""

    plan: Plan | None = None
    typed: bool = False
    lines: list[SpokenLine] = field(default_factory=list)
    turns: dict[int, Turn] = field(default_factory=dict)
    last_ms: int = 0
    ended: str | None = None
    cut_ins: list[CutIn] = field(default_factory=list)
    given_up: list[Turn] = field(default_factory=list)
    """Turns with words in which the candidate only asked for an earlier answer back."""
    holds: list[tuple[int, int]] = field(default_factory=list)
    """Turn and time of each "I need time" key."""
    pauses: list[int] = field(default_factory=list)
    """When the pause key was pressed."""
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
                newest = self._newest()
                if newest is not None and newest.windows and newest.windows[-1][1] is None:
                    newest.spoke_until_ms = last_speech_ms
            case e.ListeningStopped(turn=number):
                self._close_window(number, event.at_ms)
            case e.AnswerTyped(turn=number) if (
                number in self.turns and self.turns[number].over and not commands
            ):
                pass  # sent when the answer was over already: the interview dropped it
            case e.SegmentTranscribed() | e.SegmentFailed() | e.AnswerTyped():
                self._take_words(event)
            case e.WordsHeard(turn=number, revised=revised) if number in self.turns:
                self._take_revised(self.turns[number], revised)
            case e.FillersHeard(turn=number, words=words) if number in self.turns:
                self.turns[number].sounds = words
            case e.LanguageHeard(turn=number) if number in self.turns:
                self._take_language(self.turns[number], event)
            case e.EvidenceAssessed() | e.ReplyPlanned():
                self._take_verdict(event)
            case e.KeyPressed(key=key):
                self._take_key(key, event.at_ms, commands)
            case _:
                pass
        self._take_ahead(commands)
        for command in commands:
            self._follow(event, command, commands)

    def _take_ahead(self, commands: tuple[e.Command, ...]) -> None:
        """A reply that was ready before it was asked for."""
        newest = self._newest()
        if newest is None or newest.ahead is None:
            return
        waits = newest.closed_by and newest.reply is None and newest.awaited is None
        if waits and _says(newest.ahead, commands):
            newest.reply, newest.slots = newest.ahead, newest.ahead.slots or newest.slots

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
            turn.typed_ms, turn.closed_by = event.at_ms, BY_THEM
            return
        if event.turn not in self.turns:
            return
        turn = self.turns[event.turn]
        if isinstance(event, e.SegmentTranscribed):
            if turn.other_language and not turn.asked_for_english:
                turn.failed[event.segment] = language_name(turn.other_language)
                return
            if turn.over and event.segment in turn.segments:
                return  # heard again after the reply was chosen: the interview went by what it knew
            turn.segments[event.segment] = event.words
            turn.failed.pop(event.segment, None)
            self._take_revised(turn, event.revised)
        elif isinstance(event, e.SegmentFailed):
            turn.failed[event.segment] = event.reason

    @staticmethod
    def _take_revised(turn: Turn, revised: tuple[e.Revision, ...]) -> None:
        """Pieces heard again with what came later, as long as the answer was open."""
        if not turn.over and (turn.asked_for_english or not turn.other_language):
            turn.segments |= {each.segment: each.words for each in revised if each.segment in turn.segments}

    @staticmethod
    def _take_language(turn: Turn, event: e.LanguageHeard) -> None:
        """What was written down of another language was never said."""
        if not another(event.language, event.probability) or turn.over:
            return
        turn.other_language, turn.asked_for_english = event.language, False
        turn.failed |= dict.fromkeys(turn.segments, language_name(event.language))
        turn.segments = dict.fromkeys(turn.segments, ())

    def _take_verdict(self, event: e.EvidenceAssessed | e.ReplyPlanned) -> None:
        turn = self.turns.get(event.turn)
        if turn is None:
            return
        if isinstance(event, e.ReplyPlanned):
            if turn.awaited is None:
                turn.ahead = event.reply if event.revision == turn.revision else turn.ahead
            elif (event.revision, event.draft) == turn.awaited and not event.reply.unsettled:
                turn.awaited = None
                turn.slots = event.reply.slots or turn.slots
                turn.reply = event.reply
        elif event.revision >= turn.revision:
            turn.at_revision(event.revision)
            turn.slots = event.slots or turn.slots

    def _take_key(self, key: str, at_ms: int, commands: tuple[e.Command, ...]) -> None:
        """A key that led to nothing was ignored, but for "I wasn't finished" while the reply was planned:
        where answers are typed it leads to no command, and the reply is void."""
        if key == "pause":
            self.pauses.append(at_ms)
        newest = self._newest()
        if newest is None:
            return
        if key == "unfinished":
            newest.awaited = None
        elif key == "hold" and commands and not any(isinstance(each, e.Listen) for each in commands):
            self.holds.append((newest.number, at_ms))
        elif key == "skip" and commands and not newest.over:
            newest.skipped_ms, newest.awaited = at_ms, None

    def _opened(self, number: int, by_key: bool, cut_in: CutIn | None = None) -> Turn:
        """The floor is the candidate's under this number: for the first time, or once more."""
        self.given_up += [turn for known, turn in self.turns.items() if known > number and turn.segments]
        self.turns = {known: turn for known, turn in self.turns.items() if known <= number}
        if number not in self.turns:
            lines = [each for each in reversed(self.lines) if not each.struck]
            asked = next((each for each in lines if each.opens_turn), None)
            known = (each.line.question_id for each in lines if each.line.question_id)
            self.turns[number] = Turn(number, asked, next(known, None))
            return self.turns[number]
        turn = self.turns[number]
        after = [each for each in self.lines if turn.over and each.after_turn == number and not each.struck]
        for spoken in after:
            spoken.struck = True
        # Taking back one's own skip is nobody's mistake.
        turn.reopened += turn.skipped_ms is None and (turn.answered or by_key or cut_in is not None)
        turn.undone = Undone(turn.reply, tuple(after), cut_in, dict(turn.segments), turn.next_segment)
        turn.reply = turn.awaited = turn.skipped_ms = None  # what was made ahead may still be good
        turn.closed_by = ""
        return turn

    def _cut_in(self, event: e.Event, number: int) -> CutIn | None:
        """Whether the floor given back now had been taken too early, by us."""
        turn = self.turns.get(number)
        if turn is None or turn.closed_by != BY_US:
            return None
        newest = max(self.turns)
        match event:
            case e.SpeechResumed(onset_ms=onset_ms):
                how, at_ms, until_ms = "voice", event.at_ms, onset_ms
            case e.KeyPressed(key="unfinished" | "hold"):
                how, at_ms, until_ms = "key", event.at_ms, event.at_ms
            case _ if number < newest and self.lines:
                how, at_ms = "words", self.lines[-1].shown_ms
                until_ms = at_ms
            case _:
                return None
        opened_ms = turn.windows[0][0] if turn.windows else at_ms
        since_ms = opened_ms if turn.spoke_until_ms is None else turn.spoke_until_ms
        return CutIn(number, at_ms, how, max(0, until_ms - since_ms))

    # --- commands ------------------------------------------------------------------------------------------

    def _follow(self, event: e.Event, command: e.Command, commands: tuple[e.Command, ...]) -> None:
        match command:
            case e.Speak(line=line):
                self._speak(line, event)
            case e.StopSpeaking(line=number) if _asks_back(event):
                for each in self.lines:
                    each.struck = each.struck or each.line.id == number
            case e.StopListening(turn=number) if number in self.turns:
                self.turns[number].closed_by = _closed_by(event, commands)
            case e.TranscribeSegment(turn=number, segment=segment) if number in self.turns:
                turn = self.turns[number]
                turn.next_segment = max(turn.next_segment, segment + 1)
            case e.Listen(turn=number, from_ms=from_ms):
                self._listen(event, number, from_ms)
            case e.AssessEvidence(turn=number, revision=revision) if number in self.turns:
                self.turns[number].at_revision(revision)
            case e.PlanReply(turn=number, revision=revision) if number in self.turns:
                self.turns[number].at_revision(revision)
                if not command.speculative:
                    self.turns[number].awaited = (revision, command.draft)
            case _:
                pass

    def _listen(self, event: e.Event, number: int, from_ms: int) -> None:
        heard = self.lines[-1] if self.lines else None
        if isinstance(event, e.LineFinished) and heard is not None and heard.opens_turn:
            self.turns.pop(number, None)  # a line taken up again after a false interruption: a new turn
        cut_in = self._cut_in(event, number)
        if cut_in is not None:
            self.cut_ins.append(cut_in)
        turn = self._opened(number, _asks_back(event), cut_in)
        turn.by_voice = isinstance(event, e.SpeechResumed)
        if turn.windows and turn.windows[-1][1] is None:
            turn.windows[-1] = (turn.windows[-1][0], event.at_ms)
        turn.windows.append((from_ms, None))

    def _speak(self, line: e.Line, event: e.Event) -> None:
        if any(each.line.id == line.id for each in self.lines):
            return
        at_ms, turn = event.at_ms, self._newest()
        if turn is not None and turn.other_language and line.text == load_turn_rules().asides.other_language:
            turn.asked_for_english = True
        if turn is not None and line.kind == "aside":
            turn.closed_by = ""  # a soft word, or time that was asked for: the answer goes on
        elif (
            turn is not None and turn.by_voice and not turn.closed_by and not isinstance(event, e.KeyPressed)
        ):
            turn = self._nobody_went_on(turn)
        reply = turn.reply if turn else None
        why = reply if reply and reply.chosen.say == line.text else None
        after = turn.number if turn and turn.over else None
        self.lines.append(SpokenLine(line, at_ms, after_turn=after, reply=why))

    def _nobody_went_on(self, turn: Turn) -> Turn | None:
        """It was only a noise: the line that it broke off is said again, and nothing was taken back."""
        undone, turn.by_voice = turn.undone, False
        if undone is None:  # a turn that the noise had opened
            del self.turns[turn.number]
            return self._newest()
        turn.reply, turn.closed_by, turn.undone = undone.reply, BY_US, None
        turn.segments, turn.next_segment = dict(undone.segments), undone.next_segment
        turn.reopened -= 1
        for spoken in undone.lines:
            spoken.struck = False
        if undone.cut_in in self.cut_ins:
            self.cut_ins.remove(undone.cut_in)
        return turn

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


def fold(pairs: Iterable[Pair], corrections: Mapping[tuple[int, int], str] | None = None) -> Fold:
    """Read a session's log from its first event to its last; where it was cut off, what is there is told.

    corrections: (turn, number of a recorded word) -> what was said instead, see `store.notes.Corrected`.
    """
    folded = Fold()
    for event, commands in pairs:
        folded.take(event, commands)
    folded.finish()
    for (turn, word), text in (corrections or {}).items():
        if turn in folded.turns:
            folded.turns[turn].corrections[word] = text
    return folded


def _asks_back(event: e.Event) -> bool:
    """Whether a key was pressed by which the candidate takes an answer back."""
    return isinstance(event, e.KeyPressed) and event.key in ("unfinished", "hold")


def _closed_by(event: e.Event, commands: tuple[e.Command, ...]) -> str:
    """Who took the answer as over when the microphone was closed; empty where nobody did."""
    if isinstance(event, e.KeyPressed):
        return BY_THEM if event.key == "done" else ""
    softly = any(isinstance(command, e.Speak) for command in commands)
    return "" if softly or isinstance(event, e.SessionInterrupted | e.SpeechResumed) else BY_US


def _says(reply: Reply, commands: tuple[e.Command, ...]) -> bool:
    """Whether what is done now follows from that reply: its line, or where it has none whatever comes
    next."""
    lines = [command.line for command in commands if isinstance(command, e.Speak)]
    ends = any(isinstance(command, e.EndSession) and command.reason == "finished" for command in commands)
    return ends or any(line.kind != "aside" or line.text == reply.chosen.say for line in lines)
