"""Everything the interview knows at one moment, as one frozen value."""

from dataclasses import dataclass, field, replace

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import HEARD, Slot
from voice_interviewer.core.model.moves import Exchange, Reply, ReplyContext, is_probe
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.doubts import LEAST_RAMBLE_MS, has_lost_the_way
from voice_interviewer.core.probing.routes import UNPROBED
from voice_interviewer.core.turns.events import Line, Revision, Settings
from voice_interviewer.core.turns.gate import RAMBLING, Observation
from voice_interviewer.core.turns.rules import TurnRules
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
class Agenda:
    """Where the interview is in its plan, and what was asked and answered so far."""

    item: int = -1
    """Index of the plan's station that is open."""
    started_ms: int = 0
    """When it began, as time of the interview: pauses left out."""
    asked: Line | None = None
    probes_used: int = 0
    non_answers: int = 0
    failures: int = 0
    """Segments of this question that the recogniser gave up on."""
    silences: int = 0
    """How often nobody began to answer this question."""
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The answer being given, or the one that was just taken as over. A new turn begins with a new one."""

    turn: int = 0
    revision: int = 0
    adopted: int | None = None
    """A later turn that was given up for this one: what had been said in it belongs to this answer."""
    closed_by: str = ""
    """Why the floor was taken: silence, no answer, asked for time, key or typed."""
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
    tail: Tail | None = None
    draft: int = 0
    """Counts the states of this answer's words."""
    other_language: str | None = None
    """The language other than English in which it seems to be given."""
    slots: tuple[Slot, ...] = ()
    told: tuple[str, ...] = ()
    """What was said softly in this turn without taking the floor."""

    @property
    def words(self) -> tuple[Word, ...]:
        """What has been recognised, in the order it was said."""
        return tuple(word for _, words in self.segments for word in words)

    @property
    def text(self) -> str:
        return Transcript(self.words).text

    @property
    def heard_words(self) -> tuple[Word, ...]:
        """The words so far, the tentative ones of the open segment included."""
        return self.words + (self.tail.words if self.tail else ())

    @property
    def closed_by_gate(self) -> bool:
        """Whether it was we who took the answer as over, and no key."""
        return self.closed_by not in ("key", "typed", "")

    def has_words_of(self, segment: int) -> bool:
        """Whether that piece is known already."""
        return any(number == segment for number, _ in self.segments)

    def with_words(self, segment: int, words: tuple[Word, ...]) -> "Answer":
        """This answer with a segment's words put in their place and the segment no longer pending."""
        kept = [entry for entry in self.segments if entry[0] != segment]
        ordered = tuple(sorted([*kept, (segment, words)], key=lambda entry: entry[0]))
        left = tuple(entry for entry in self.pending if entry.segment != segment)
        return replace(self, segments=ordered, pending=left).redrafted(self)

    def revised(self, revisions: tuple[Revision, ...]) -> "Answer":
        """This answer with known pieces reading as they do now."""
        now = {each.segment: each.words for each in revisions}
        return replace(
            self, segments=tuple((number, now.get(number, said)) for number, said in self.segments)
        )

    def redrafted(self, before: "Answer") -> "Answer":
        """This answer with its draft one above that of `before`, if its words are no longer the same."""
        now, then = self.heard_words, before.heard_words
        same = [word.text for word in now] == [word.text for word in then]
        return replace(self, draft=before.draft + (not same))


@dataclass(frozen=True)
class Ahead:
    """What is foreseen and made ready in the candidate's pauses; at most one piece of each kind is under
    way."""

    due_ms: int | None = None
    """When the floor would be taken if nothing more is heard."""
    turn_over: float | None = None
    """How much this silence began like the end of an answer, by its sound (0..1); None while unknown."""
    assessing: tuple[int, int] | None = None
    """The draft, and its number of words, that the engine is assessing."""
    assessed: tuple[int, int] = (0, 0)
    """The newest draft that was assessed, and how many words it had."""
    ending: float | None = None
    asks_time: bool = False
    """The words of the newest draft that was assessed end by asking for time to think."""
    planning: int | None = None
    """The draft for which a reply is being planned."""
    prepared: Prepared | None = None

    def without_work(self) -> "Ahead":
        """Nothing is under way and nothing is ready: what still comes back is outdated."""
        return replace(self, assessing=None, planning=None, prepared=None)


@dataclass(frozen=True)
class Checkpoint:
    """What is gone back to when an answer is opened again: all of the state that belongs to the answer. said:
    how many lines had been said."""

    agenda: Agenda
    answer: Answer
    ahead: Ahead
    said: int


@dataclass(frozen=True)
class Barge:
    """The moment in which the interviewer was interrupted; gone back to if it was only a noise."""

    at_ms: int
    point: Checkpoint
    floor: "Floor"


@dataclass(frozen=True)
class Floor:
    """Who speaks and who may: the phase, our lines, the microphone, keys, pauses. It always goes on; nothing
    of it is gone back to. `phase` is one of PHASES."""

    phase: str = "new"
    end_reason: str = ""
    last_turn: int = 0
    """The highest turn ever opened; `Answer.turn` falls behind it when an earlier answer is opened again."""

    # pauses and keys
    paused_ms: int = 0
    """Time spent in pauses so far; it does not count as time of the interview."""
    paused_since_ms: int = 0
    paused_from: str | None = None
    pause_asked: bool = False
    quit_asked: bool = False
    skip_asked: bool = False
    typing: bool = False
    """The candidate chose to type; stays until they choose the voice again."""

    # what the interviewer says
    lines: tuple[Line, ...] = ()
    """Still to be said; the first one is being said while the phase is speaking."""
    then: str = "advance"
    """What follows the last line: listen, resume_turn, advance or end."""
    next_line: int = 1
    line_started_ms: int | None = None
    """When the first sample of the line being said was heard."""
    reading_until_ms: int | None = None
    """A line that could not be spoken stays on the screen until then."""
    said: tuple[str, ...] = ()
    words_per_minute: int = 165

    # the microphone
    microphone_open: bool = False
    stops_owed: int = 0
    """StopListening commands that ListeningStopped has not answered yet."""
    speech_active: bool = False
    open_segment_ms: int | None = None
    """Where the speech began that no closed segment holds yet."""
    closed_until_ms: int = 0
    """Where the newest closed segment of this turn ended."""
    microphone_trouble: str | None = None
    microphone_lost: bool = False
    """The trouble is one in which speech may go unheard, so silence means nothing."""

    # how this candidate takes turns, and turns that were taken too early
    pauses_ms: tuple[int, ...] = ()
    """The candidate's own pauses inside answers, the newest last."""
    patience: float = 1.0
    """Raised whenever we cut somebody off; it scales the settings' patience."""
    cut_offs: tuple[CutOff, ...] = ()
    undo: Checkpoint | None = None
    """The last answer as it was taken as over: what "I wasn't finished" goes back to."""
    cut_short: Checkpoint | None = None
    """As `undo`, kept until this turn is over: what the words "I wasn't finished" go back to."""
    barged: Barge | None = None


@dataclass(frozen=True)
class State:
    """The whole interview: what it goes by (rules), what was agreed (plan, settings), and four records of
    what has become of it."""

    rules: TurnRules
    at_ms: int = 0
    plan: Plan = NO_PLAN
    settings: Settings = field(default_factory=Settings)
    agenda: Agenda = field(default_factory=Agenda)
    floor: Floor = field(default_factory=Floor)
    answer: Answer = field(default_factory=Answer)
    ahead: Ahead = field(default_factory=Ahead)

    @property
    def phase(self) -> str:
        return self.floor.phase

    @property
    def plan_item(self) -> PlanItem | None:
        item = self.agenda.item
        return self.plan.items[item] if 0 <= item < len(self.plan.items) else None

    @property
    def question(self) -> Question | None:
        item = self.plan_item
        return item.question if item else None

    @property
    def line(self) -> Line | None:
        """The line being said now."""
        return self.floor.lines[0] if self.phase == "speaking" and self.floor.lines else None

    @property
    def has_answer(self) -> bool:
        """Whether the candidate has begun to answer what was asked last."""
        return bool(self.answer.words or self.answer.pending or self.floor.speech_active)

    def interview_ms(self, now_ms: int) -> int:
        """How long the interview has lasted at this time of the session clock, pauses left out."""
        pausing = now_ms - self.floor.paused_since_ms if self.phase == "paused" else 0
        return now_ms - self.floor.paused_ms - pausing

    @property
    def text_until_ms(self) -> int:
        """Sound up to here has become words."""
        if self.answer.pending:
            return min(piece.start_ms for piece in self.answer.pending)
        if self.floor.open_segment_ms is None:
            return self.at_ms
        return self.answer.tail.until_ms if self.answer.tail else self.floor.open_segment_ms

    @property
    def by_keyboard(self) -> bool:
        return self.floor.typing or self.settings.typed

    @property
    def waiting_for_words(self) -> bool:
        """Whether sound of this answer is still on its way to becoming text."""
        return self.floor.stops_owed > 0 or bool(self.answer.pending)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.agenda, self.answer, self.ahead, len(self.floor.said))

    def reopened(self, point: Checkpoint) -> "State":
        """The answer and the place in the plan are those of `point` again; the world stays as it is, what was
        about to be said or done is dropped."""
        adopted = self.answer.turn if self.answer.turn != point.answer.turn else None
        floor = replace(self.floor, lines=(), line_started_ms=None, reading_until_ms=None)
        floor = replace(floor, pause_asked=False, quit_asked=False, skip_asked=False)
        return replace(
            self,
            agenda=point.agenda,
            answer=replace(point.answer, told=(), adopted=adopted),
            ahead=point.ahead.without_work(),
            floor=replace(floor, undo=None, cut_short=None, barged=None),
        )

    def observe(self, now_ms: int) -> Observation:
        return Observation(
            now_ms=now_ms,
            silent_since_ms=self.answer.silent_since_ms,
            speech_active=self.floor.speech_active,
            heard_speech=self.answer.heard_speech,
            holding=self.answer.holding,
            microphone_ok=not self.floor.microphone_lost,
            rambling=self._rambling(now_ms) or self._out_of_time(now_ms),
            words=self.answer.heard_words,
            text_until_ms=self.text_until_ms,
            speaking_since_ms=self.answer.speaking_since_ms,
            question_type=self.question.type if self.question else "",
            target_s=self.question.target_s if self.question else 0,
            follow_up=self.agenda.asked is not None and is_probe(self.agenda.asked.move),
            slots=self._slots_so_far(),
            ending=self.ahead.ending,
            asks_time=self.ahead.asks_time and self.ahead.assessed[0] == self.answer.draft,
            assessed_words=self.ahead.assessed[1],
            pauses_ms=self.floor.pauses_ms,
            patience=self.settings.patience * self.floor.patience,
            turn_over=self.ahead.turn_over,
            told=self.answer.told,
        )

    def _slots_so_far(self) -> tuple[Slot, ...] | None:
        """What this answer and the earlier ones to the same question showed; None while nothing was
        assessed."""
        if not self.ahead.assessed[1] or self.question is None:
            return None
        told = [
            exchange.slots for exchange in self.agenda.exchanges if exchange.question_id == self.question.id
        ]
        if not any(told):
            return self.answer.slots
        return tuple(Slot(name, best) for name, best in merge(*told, self.answer.slots).items())

    def _rambling(self, now_ms: int) -> bool:
        """Whether the open answer is much longer than a good one, something is still missing from it, and
        nothing new has come for a while. An answer that was not assessed yet never is."""
        question = self.question
        if question is None or question.type in UNPROBED or self.answer.speaking_since_ms is None:
            return False
        if self.answer.news_ms is None or all(slot.state == HEARD for slot in self.answer.slots):
            return False
        made = sum(exchange.move == "redirect" for exchange in self.agenda.exchanges)
        made += self.agenda.asked is not None and self.agenda.asked.move == "redirect"
        length_ms, news_ms = (
            now_ms - self.answer.speaking_since_ms,
            self.answer.news_ms - self.answer.speaking_since_ms,
        )
        return made < self.settings.redirects and has_lost_the_way(length_ms, news_ms, question.target_s)

    def _out_of_time(self, now_ms: int) -> bool:
        """Whether a long answer has run into the time that is kept for the candidate's own questions, in a
        style that brings people back at all."""
        item = self.plan_item
        if item is None or item.kind != "core" or self.answer.speaking_since_ms is None:
            return False
        late = self.interview_ms(now_ms) >= core_ends_ms(self.plan.minutes, self.settings.closing_reserve_ms)
        return (
            late and self.settings.redirects > 0 and now_ms - self.answer.speaking_since_ms >= LEAST_RAMBLE_MS
        )

    def _time_left_ms(self, item: PlanItem) -> int:
        """What is left for the open question: of its own time and, for a core one, of the interview's."""
        started_ms = self.agenda.started_ms
        now_ms = self.interview_ms(self.at_ms)
        left_ms = started_ms + station_ms(self.plan, self.agenda.item, started_ms) - now_ms
        if item.kind != "core":
            return left_ms
        return min(left_ms, core_ends_ms(self.plan.minutes, self.settings.closing_reserve_ms) - now_ms)

    def context(self, doubt_threshold: float = 0.0, speculative: bool = False) -> ReplyContext:
        """What the engine is given. Only while a question is open."""
        item, question = self.plan_item, self.question
        if item is None or question is None or self.agenda.asked is None:
            raise ValueError("no question is open")
        return ReplyContext(
            question=question,
            level=self.plan.level,
            turn=self.answer.turn,
            asked=self.agenda.asked.text,
            asked_move=self.agenda.asked.move,
            answer=Transcript(self.answer.heard_words),
            earlier=self.agenda.exchanges,
            probes_used=self.agenda.probes_used,
            max_probes=self.settings.max_probes,
            non_answers=self.agenda.non_answers,
            said=self.floor.said,
            time_left_ms=self._time_left_ms(item),
            doubt_threshold=doubt_threshold,
            seed=self.plan.seed,
            challenges=self.settings.challenges,
            redirects=self.settings.redirects,
            typed=self.by_keyboard,
            rambling=self.answer.closed_by == RAMBLING,
            silences=self.agenda.silences,
            speculative=speculative,
            floor_in_ms=None if self.ahead.due_ms is None else self.ahead.due_ms - self.at_ms,
        )
