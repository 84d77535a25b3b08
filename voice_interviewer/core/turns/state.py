"""Everything the interview knows at one moment, as one frozen value."""

from dataclasses import dataclass, field, replace

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import HEARD, Slot
from voice_interviewer.core.model.moves import (
    PROBES,
    Exchange,
    Reply,
    ReplyContext,
)
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.doubts import LEAST_RAMBLE_MS, has_lost_the_way
from voice_interviewer.core.probing.routes import UNPROBED
from voice_interviewer.core.turns.events import Line, Revision, Settings
from voice_interviewer.core.turns.gate import RAMBLING, Observation
from voice_interviewer.core.turns.schedule import core_ends_ms, station_ms
from voice_interviewer.core.understanding.evidence import merge

NO_PLAN = Plan("", "", "", 0, 0, ())
PHASES = ("new", "speaking", "listening", "typing", "thinking", "paused", "ending", "ended")


@dataclass(frozen=True)
class Pending:
    """A segment of the open answer that is still with the recogniser; times in ms on the session clock."""

    segment: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Tail:
    """What the open segment seems to say. whole: heard at a pause to its end, as the closed segment would
    be."""

    start_ms: int
    until_ms: int
    words: tuple[Word, ...]
    whole: bool = False


@dataclass(frozen=True)
class Prepared:
    """A reply made ready while the candidate was silent; it is good only for the words it was made from."""

    draft: int
    reply: Reply
    floor_in_ms: int | None = None
    """So long before the floor was to be taken it came; None: that was not foreseeable."""


@dataclass(frozen=True)
class CutOff:
    """A turn that we took too early. how: "voice", "key" or "words" took it back, gap_ms after the last
    speech."""

    turn: int
    at_ms: int
    how: str
    gap_ms: int


@dataclass(frozen=True)
class State:
    """The whole interview. `phase` is one of PHASES."""

    phase: str = "new"
    at_ms: int = 0
    plan: Plan = NO_PLAN
    settings: Settings = field(default_factory=Settings)
    words_per_minute: int = 165

    # where in the plan
    item: int = -1
    item_started_ms: int = 0
    paused_ms: int = 0
    """Time spent in pauses so far; it does not count as time of the interview."""
    paused_since_ms: int = 0
    probes_used: int = 0
    non_answers: int = 0

    # what the interviewer says
    lines: tuple[Line, ...] = ()
    """Still to be said; the first one is being said while the phase is speaking."""
    then: str = "advance"
    """What follows the last line: listen, resume_turn, advance or end."""
    next_line: int = 1
    said: tuple[str, ...] = ()
    asked: Line | None = None
    reading_until_ms: int | None = None
    """A line that could not be spoken stays on the screen until then."""

    # what the candidate says
    turn: int = 0
    revision: int = 0
    last_turn: int = 0
    """The highest turn ever opened; `turn` falls behind it when an earlier answer is opened again."""
    adopted: int | None = None
    """A later turn that was given up for this one: what had been said in it belongs to this answer."""
    microphone_open: bool = False
    stops_owed: int = 0
    """StopListening commands that ListeningStopped has not answered yet."""
    closed_by: str = ""
    """Why the floor was taken: silence, no answer, asked for time, key or typed."""
    speech_active: bool = False
    open_segment_ms: int | None = None
    """Where the speech began that no closed segment holds yet."""
    closed_until_ms: int = 0
    """Where the newest closed segment of this turn ended."""
    heard_speech: bool = False
    silent_since_ms: int = 0
    holding: bool = False
    speaking_since_ms: int | None = None
    """When the candidate first spoke in this turn."""
    news_ms: int | None = None
    """When something new was last heard in this answer; None until any of it was assessed."""
    segments: tuple[tuple[int, tuple[Word, ...]], ...] = ()
    pending: tuple[Pending, ...] = ()
    next_segment: int = 0
    failures: int = 0
    """Segments of this question that the recogniser gave up on."""
    other_language: tuple[int, str] | None = None
    """The newest turn that was heard in another language than English, and that language."""
    slots: tuple[Slot, ...] = ()
    tail: Tail | None = None
    draft: int = 0
    """Counts the states of this answer's words."""
    pauses_ms: tuple[int, ...] = ()
    """The candidate's own pauses inside answers, the newest last."""
    told: tuple[str, ...] = ()
    """What was said softly in this turn without taking the floor."""
    silences: int = 0
    """How often nobody began to answer this question."""
    due_ms: int | None = None
    """When the floor would be taken if nothing more is heard."""

    # what is thought ahead in the candidate's pauses; at most one piece of each kind is under way
    assessing: tuple[int, int] | None = None
    """The draft, and its number of words, that the engine is assessing."""
    assessed: tuple[int, int] = (0, 0)
    """The newest draft that was assessed, and how many words it had."""
    ending: float | None = None
    asks_time: bool = False
    """The words of the newest draft that was assessed end by asking for time to think."""
    turn_over: float | None = None
    """How much this silence began like the end of an answer, by its sound (0..1); None while unknown."""
    planning: int | None = None
    """The draft for which a reply is being planned."""
    prepared: Prepared | None = None

    # turns that were taken too early
    patience: float = 1.0
    """Raised whenever we cut somebody off; it scales the settings' patience."""
    cut_offs: tuple[CutOff, ...] = ()
    cut_short: "State | None" = None
    """As `undo`, kept until this turn is over: what the words "I wasn't finished" go back to."""
    line_started_ms: int | None = None
    """When the first sample of the line being said was heard."""
    barged: "State | None" = None
    """The state in which the interviewer was interrupted; gone back to if it was only a noise."""
    typing: bool = False
    """The candidate chose to type; stays until they choose the voice again."""

    exchanges: tuple[Exchange, ...] = ()
    undo: "State | None" = None
    """The state in which the last answer was taken as over: what "I wasn't finished" goes back to."""
    microphone_trouble: str | None = None
    microphone_lost: bool = False
    """The trouble is one in which speech may go unheard, so silence means nothing."""
    paused_from: str | None = None
    pause_asked: bool = False
    quit_asked: bool = False
    skip_asked: bool = False
    end_reason: str = ""

    @property
    def plan_item(self) -> PlanItem | None:
        return self.plan.items[self.item] if 0 <= self.item < len(self.plan.items) else None

    @property
    def question(self) -> Question | None:
        item = self.plan_item
        return item.question if item else None

    @property
    def line(self) -> Line | None:
        """The line being said now."""
        return self.lines[0] if self.phase == "speaking" and self.lines else None

    @property
    def answer(self) -> Transcript:
        """What has been recognised of the open (or just closed) answer, in the order it was said."""
        return Transcript(tuple(word for _, words in self.segments for word in words))

    @property
    def has_answer(self) -> bool:
        """Whether the candidate has begun to answer what was asked last."""
        return bool(self.answer.words or self.pending or self.speech_active)

    def interview_ms(self, now_ms: int) -> int:
        """How long the interview has lasted at this time of the session clock, pauses left out."""
        pausing = now_ms - self.paused_since_ms if self.phase == "paused" else 0
        return now_ms - self.paused_ms - pausing

    @property
    def closed_by_gate(self) -> bool:
        """Whether it was we who took the answer as over, and no key."""
        return self.closed_by not in ("key", "typed", "")

    @property
    def heard_words(self) -> tuple[Word, ...]:
        """The answer so far, the tentative words of the open segment included."""
        return self.answer.words + (self.tail.words if self.tail else ())

    @property
    def text_until_ms(self) -> int:
        """Sound up to here has become words."""
        if self.pending:
            return min(piece.start_ms for piece in self.pending)
        if self.open_segment_ms is None:
            return self.at_ms
        return self.tail.until_ms if self.tail else self.open_segment_ms

    @property
    def by_keyboard(self) -> bool:
        return self.typing or self.settings.typed

    @property
    def waiting_for_words(self) -> bool:
        """Whether sound of this answer is still on its way to becoming text."""
        return self.stops_owed > 0 or bool(self.pending)

    def with_words(self, segment: int, words: tuple[Word, ...]) -> "State":
        """This state with a segment's words put in their place and the segment no longer pending."""
        kept = [entry for entry in self.segments if entry[0] != segment]
        ordered = tuple(sorted([*kept, (segment, words)], key=lambda entry: entry[0]))
        left = tuple(entry for entry in self.pending if entry.segment != segment)
        return replace(self, segments=ordered, pending=left).redrafted(self)

    @property
    def in_other_language(self) -> bool:
        """Whether this answer is in a language that is not understood."""
        return self.other_language is not None and self.other_language[0] == self.turn

    def has_words_of(self, segment: int) -> bool:
        """Whether that piece of the open answer is known already."""
        return any(number == segment for number, _ in self.segments)

    def revised(self, revisions: tuple[Revision, ...]) -> "State":
        """This state with known pieces of the answer reading as they do now."""
        now = {each.segment: each.words for each in revisions}
        return replace(
            self, segments=tuple((number, now.get(number, said)) for number, said in self.segments)
        )

    def redrafted(self, before: "State") -> "State":
        """This state with its draft counted on, if its words are no longer those of `before`."""
        now, then = self.heard_words, before.heard_words
        same = [word.text for word in now] == [word.text for word in then]
        return self if same else replace(self, draft=self.draft + 1)

    def reopened(self, undo: "State") -> "State":
        """`undo` as it is to be gone back to now: its answer and its place in the plan, in the present
        world."""
        paused_ms = self.paused_ms - undo.paused_ms
        return replace(
            undo,
            at_ms=self.at_ms,
            item_started_ms=undo.item_started_ms + paused_ms,
            paused_ms=self.paused_ms,
            next_line=self.next_line,
            said=self.said,
            words_per_minute=self.words_per_minute,
            last_turn=self.last_turn,
            stops_owed=self.stops_owed,
            typing=self.typing,
            microphone_open=False,
            microphone_trouble=self.microphone_trouble,
            microphone_lost=self.microphone_lost,
            open_segment_ms=self.open_segment_ms,
            closed_until_ms=self.closed_until_ms,
            pauses_ms=self.pauses_ms,
            patience=self.patience,
            cut_offs=self.cut_offs,
            told=(),
            assessing=None,
            planning=None,
            prepared=None,
            line_started_ms=None,
            barged=None,
            cut_short=None,
            adopted=self.turn if self.turn != undo.turn else None,
            pause_asked=False,
            quit_asked=False,
            skip_asked=False,
            undo=None,
        )

    def observe(self, now_ms: int) -> Observation:
        return Observation(
            now_ms=now_ms,
            silent_since_ms=self.silent_since_ms,
            speech_active=self.speech_active,
            heard_speech=self.heard_speech,
            holding=self.holding,
            microphone_ok=not self.microphone_lost,
            rambling=self._rambling(now_ms) or self._out_of_time(now_ms),
            words=self.heard_words,
            text_until_ms=self.text_until_ms,
            speaking_since_ms=self.speaking_since_ms,
            question_type=self.question.type if self.question else "",
            target_s=self.question.target_s if self.question else 0,
            follow_up=self.asked is not None and self.asked.move in PROBES,
            slots=self._slots_so_far(),
            ending=self.ending,
            asks_time=self.asks_time and self.assessed[0] == self.draft,
            assessed_words=self.assessed[1],
            pauses_ms=self.pauses_ms,
            patience=self.settings.patience * self.patience,
            turn_over=self.turn_over,
            told=self.told,
        )

    def _slots_so_far(self) -> tuple[Slot, ...] | None:
        """What this answer and the earlier ones to the same question showed; None while nothing was
        assessed."""
        if not self.assessed[1] or self.question is None:
            return None
        told = [exchange.slots for exchange in self.exchanges if exchange.question_id == self.question.id]
        if not any(told):
            return self.slots
        return tuple(Slot(name, best) for name, best in merge(*told, self.slots).items())

    def _rambling(self, now_ms: int) -> bool:
        """Whether the open answer is much longer than a good one, something is still missing from it, and
        nothing new has come for a while. An answer that was not assessed yet never is."""
        question = self.question
        if question is None or question.type in UNPROBED or self.speaking_since_ms is None:
            return False
        if self.news_ms is None or all(slot.state == HEARD for slot in self.slots):
            return False
        made = sum(exchange.move == "redirect" for exchange in self.exchanges)
        made += self.asked is not None and self.asked.move == "redirect"
        length_ms, news_ms = now_ms - self.speaking_since_ms, self.news_ms - self.speaking_since_ms
        return made < self.settings.redirects and has_lost_the_way(length_ms, news_ms, question.target_s)

    def _out_of_time(self, now_ms: int) -> bool:
        """Whether a long answer has run into the time that is kept for the candidate's own questions, in a
        style that brings people back at all."""
        item = self.plan_item
        if item is None or item.kind != "core" or self.speaking_since_ms is None:
            return False
        late = self.interview_ms(now_ms) >= core_ends_ms(self.plan.minutes, self.settings.closing_reserve_ms)
        return late and self.settings.redirects > 0 and now_ms - self.speaking_since_ms >= LEAST_RAMBLE_MS

    def _time_left_ms(self, item: PlanItem) -> int:
        """What is left for the open question: of its own time and, for a core one, of the interview's."""
        started_ms = self.item_started_ms - self.paused_ms
        now_ms = self.interview_ms(self.at_ms)
        left_ms = started_ms + station_ms(self.plan, self.item, started_ms) - now_ms
        if item.kind != "core":
            return left_ms
        return min(left_ms, core_ends_ms(self.plan.minutes, self.settings.closing_reserve_ms) - now_ms)

    def context(self, doubt_threshold: float = 0.0, speculative: bool = False) -> ReplyContext:
        """What the engine is given. Only while a question is open."""
        item, question = self.plan_item, self.question
        if item is None or question is None or self.asked is None:
            raise ValueError("no question is open")
        return ReplyContext(
            question=question,
            level=self.plan.level,
            turn=self.turn,
            asked=self.asked.text,
            asked_move=self.asked.move,
            answer=Transcript(self.heard_words) if self.tail else self.answer,
            earlier=self.exchanges,
            probes_used=self.probes_used,
            max_probes=self.settings.max_probes,
            non_answers=self.non_answers,
            said=self.said,
            time_left_ms=self._time_left_ms(item),
            doubt_threshold=doubt_threshold,
            seed=self.plan.seed,
            challenges=self.settings.challenges,
            redirects=self.settings.redirects,
            typed=self.by_keyboard,
            rambling=self.closed_by == RAMBLING,
            silences=self.silences,
            speculative=speculative,
            floor_in_ms=None if self.due_ms is None else self.due_ms - self.at_ms,
        )
