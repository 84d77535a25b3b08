"""Whole interviews as text: the real plan, machine and engine, a simulated candidate and a counted clock.

    held = hold(cases(1)[0], RulesEngine.from_content(load_reader("words")))
    print(held.lines, held.minutes)

Nothing sounds and nothing waits: the interviewer's lines take as long as their words do, the candidate's
words have times, pauses close pieces of sound, and pieces become words a moment later. Everything happens in
the order of a real session, one event after the other, so the same case is the same interview to the byte.
"""

import hashlib
import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from text_candidates import PERSONAS, Answer, Candidate, Scene

from voice_interviewer.content.resources import CORE_BANK, list_banks, load_house
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.bank import LEVELS, Bank
from voice_interviewer.core.model.moves import Reply
from voice_interviewer.core.model.plan import Plan, build_plan
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State
from voice_interviewer.engine.port import Engine
from voice_interviewer.settings.config import load_config

SPOKEN_WORD_MS, SAID_SHARE = 400, 0.85
"""A candidate's word at 150 a minute, and how much of it is sound: the rest belongs to the next one."""
TYPED_WORD_MS = 400
"""A word of an answer that is typed, as long as a spoken one: many who type dictate to their keyboard."""
LINE_WORDS_PER_MINUTE = 165
ONSET_MS, OFFSET_MS, SEGMENT_GAP_MS, MOST_SEGMENT_MS = 64, 192, 500, 25_000
"""As configs/default.toml has them: when speech is known to begin and to end, and what closes a piece."""
RECOGNISED_MS, ASSESSED_MS, PLANNED_MS, RENDERED_MS = 300, 40, 80, 60
"""How long the workers take."""
MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Case:
    """One interview that can be held again. plain: the recogniser gives small letters and no punctuation."""

    number: int
    persona: str
    role: str
    level: str
    minutes: int
    style: str
    seed: int
    typed: bool
    plain: bool

    def __str__(self) -> str:
        form = "typed" if self.typed else "plain" if self.plain else "spoken"
        shape = f"{self.role}/{self.level}, {self.minutes} min, {self.style}, {form}"
        return f"case {self.number} ({self.persona}, {shape}, seed {self.seed})"


@cache
def _banks() -> dict[str, Bank]:
    """Every bank there is to be interviewed from, by its id."""
    return {entry.bank.id: entry.bank for entry in list_banks()}


def roles() -> tuple[str, ...]:
    return tuple(_banks())


def cases(count: int = 500) -> list[Case]:
    """Every persona as often as every other; roles, levels, styles and lengths (15 to 40 minutes, shorter
    ones more often) spread over them."""
    styles, made = ("calm", "standard", "pressure"), []
    for number in range(count):
        dice, turn = random.Random(number), number // len(PERSONAS)
        persona, style = PERSONAS[number % len(PERSONAS)], styles[(turn // 2 + number) % len(styles)]
        typed = turn % 7 == 3
        # Nobody stops a rambler who types, or in calm: half of such an answer has to fit into a tenth.
        least = 35 if persona == "rambler" and (typed or style == "calm") else 15
        role = roles()[turn % len(roles())]
        # Twelve questions are all that the core bank has, and nobody repeats one.
        most = 30 if role == CORE_BANK and least < 30 else 40
        made.append(
            Case(
                number=number,
                persona=persona,
                role=role,
                level=LEVELS[(turn + 2 * (turn // len(roles()))) % len(LEVELS)],
                minutes=least + int((most + 1 - least) * dice.random() ** 3),
                style=style,
                seed=dice.randrange(1_000_000),
                typed=typed,
                plain=turn % 3 == 1 and persona != "injecting",
            )
        )
    return made


@cache
def settings_of(style: str, typed: bool) -> e.Settings:
    return load_config({"style": style}, {}).settings(typed)


@dataclass
class Held:
    """An interview that is over: what happened and what was commanded, in order."""

    case: Case
    plan: Plan
    settings: e.Settings
    state: State = field(default_factory=lambda: State(load_turn_rules()))
    log: list[tuple[e.Event, tuple[e.Command, ...]]] = field(default_factory=list)
    contexts: dict[int, State] = field(default_factory=dict)
    """The state each reply was planned in, by its place in the log."""
    cut_off: list[str] = field(default_factory=list)
    """Words in the middle of which the floor was taken, although their beginning could be known."""
    injected: int = 0

    @cached_property
    def given(self) -> dict[int, e.Line]:
        """Every line by its number."""
        return {c.line.id: c.line for _, commands in self.log for c in commands if isinstance(c, e.Speak)}

    @cached_property
    def lines(self) -> list[e.Line]:
        """Every line that was said, in order."""
        return [self.given[event.line] for event, _ in self.log if isinstance(event, e.LineStarted)]

    @property
    def replies(self) -> list[tuple[State, Reply]]:
        """Every reply with the state it was made in."""
        planned = ((i, event) for i, (event, _) in enumerate(self.log) if isinstance(event, e.ReplyPlanned))
        return [(self.contexts[index], event.reply) for index, event in planned]

    @property
    def minutes(self) -> float:
        """How long it took."""
        return self.state.at_ms / 60_000

    def digest(self) -> str:
        """A hash of the JSON of every command, every reply and every assessment."""
        seen = hashlib.sha256()
        for event, commands in self.log:
            said = (event,) if isinstance(event, e.ReplyPlanned | e.EvidenceAssessed) else ()
            for item in (*said, *commands):
                seen.update(e.dumps(item).encode())
        return seen.hexdigest()


def hold(case: Case, engine: Engine, deaf_to_injections: bool = False) -> Held:
    """The interview of that case to its end. deaf_to_injections: the same sounds, but what was said to the
    interviewer in them is not among the words."""
    bank, core = _banks()[case.role], _banks()[CORE_BANK]
    plan = build_plan(bank, core, load_house(), case.level, case.minutes, case.seed)
    room = _Room(Held(case, plan, settings_of(case.style, case.typed)), engine, deaf_to_injections)
    return room.run()


class _Room:
    """The world around the machine: the speaker, the candidate, the recogniser, the engine, the clock."""

    def __init__(self, held: Held, engine: Engine, deaf: bool) -> None:
        self.held, self.engine, self.deaf = held, engine, deaf
        self.candidate = Candidate(held.case.persona, held.case.seed)
        self.now_ms = 0
        self.wake_ms: int | None = None
        self.order = itertools.count()
        self.coming: list[tuple[int, int, str, e.Event]] = []
        """What will happen: when, in which order, whose doing it is, what."""
        self.words: list[tuple[Word, bool]] = []
        """The open answer as it sounds, and which words are injected."""
        self.closed_ms = 0
        self.open_turn = (0, 0)

    def run(self) -> Held:
        self._happen(e.SessionStarted(0, self.held.plan, self.held.settings))
        while self.held.state.phase != "ended":
            assert len(self.held.log) < MOST_EVENTS, f"{self.held.case} does not end"
            self._happen(self._next())
        return self.held

    def _next(self) -> e.Event:
        due_ms = self.coming[0][0] if self.coming else None
        if self.wake_ms is not None and (due_ms is None or self.wake_ms <= due_ms):
            self.now_ms, self.wake_ms = max(self.now_ms, self.wake_ms), None
            return e.ClockReached(self.now_ms)
        assert due_ms is not None, f"{self.held.case} stands still: {self.held.state.phase}"
        self.now_ms, _, _, event = heapq.heappop(self.coming)
        return event

    def _soon(self, event: e.Event, whose: str = "") -> None:
        heapq.heappush(self.coming, (event.at_ms, next(self.order), whose, event))

    def _happen(self, event: e.Event) -> None:
        if isinstance(event, e.SegmentClosed):
            self.closed_ms = event.end_ms
        if isinstance(event, e.ReplyPlanned):
            self.held.contexts[len(self.held.log)] = self.held.state
        self.held.state, commands = step(self.held.state, event)
        self.held.log.append((event, commands))
        for command in commands:
            self._obey(command)
        state = self.held.state
        if state.phase == "typing" and (state.answer.turn, state.answer.revision) != self.open_turn:
            self._type()

    def _obey(self, command: e.Command) -> None:
        state, now = self.held.state, self.now_ms
        match command:
            case e.Speak(line):
                took = len(line.text.split()) * 60_000 // LINE_WORDS_PER_MINUTE
                self._soon(e.LineStarted(now + RENDERED_MS, line.id, took))
                self._soon(e.LineFinished(now + RENDERED_MS + took, line.id, took))
            case e.Listen(_, from_ms):
                self._speak(from_ms)
            case e.StopListening(turn):
                self._fall_silent(turn)
            case e.TranscribeSegment(turn, segment, start_ms, end_ms):
                self._soon(
                    e.SegmentTranscribed(
                        now + RECOGNISED_MS, turn, segment, self._recognised(start_ms, end_ms)
                    )
                )
            case e.AssessEvidence(turn, revision, draft):
                slots = self.engine.assess(state.context())
                asks = self.engine.asks_for_time(state.context())
                self._soon(e.EvidenceAssessed(now + ASSESSED_MS, turn, revision, slots, draft, None, asks))
            case e.PlanReply(turn, revision, draft, speculative):
                reply = self.engine.reply(state.context(speculative=speculative))
                self._soon(e.ReplyPlanned(now + PLANNED_MS, turn, revision, reply, draft))
            case e.WakeAt(at_ms):
                self.wake_ms = at_ms
            case e.EndSession(reason):
                self._soon(e.SessionEnded(now, reason))
            case _:
                assert isinstance(command, e.PrepareLine | e.TranscribeTail), command

    # --- the candidate's side -------------------------------------------------------------------------

    def _answer(self) -> Answer:
        state = self.held.state
        assert state.question is not None
        assert state.agenda.asked is not None
        again = (state.answer.turn, 0) <= self.open_turn < (state.answer.turn, state.answer.revision)
        self.open_turn = (state.answer.turn, state.answer.revision)
        said = self.candidate.answer(
            Scene(state.question, state.agenda.asked.text, state.agenda.asked.move, again)
        )
        self.held.injected += sum(each.injected for each in said)
        return said

    def _type(self) -> None:
        tokens = list(self._tokens(self._answer()))
        text = " ".join(token for token, injected, _ in tokens if not (injected and self.deaf))
        took = 2000 + TYPED_WORD_MS * len(tokens)
        self._soon(e.AnswerTyped(self.now_ms + took, self.held.state.answer.turn, text))

    def _tokens(self, said: Answer) -> Iterator[tuple[str, bool, int]]:
        """Word, whether it is injected, and the pause after it."""
        for sentence in said:
            tokens = sentence.text.split()
            for index, token in enumerate(tokens):
                last = index + 1 == len(tokens)
                yield token, sentence.injected, sentence.pause_ms if last else 0

    def _speak(self, from_ms: int) -> None:
        """Everything the candidate will say now, as it would sound if nobody came in."""
        thinking_ms = self.candidate.dice.randint(600, 2600)
        self.words, at_ms = [], from_ms + thinking_ms
        self.closed_ms = from_ms
        runs: list[list[Word]] = [[]]
        for token, injected, pause_ms in self._tokens(self._answer()):
            word = Word(self._heard_as(token), at_ms, at_ms + round(SAID_SHARE * SPOKEN_WORD_MS), 0.95)
            self.words.append((word, injected))
            runs[-1].append(word)
            at_ms += SPOKEN_WORD_MS + pause_ms
            if pause_ms:
                runs.append([])
        self._sound([run for run in runs if run])

    def _heard_as(self, token: str) -> str:
        return token.lower().strip('.,;:!?"') if self.held.case.plain else token

    def _sound(self, runs: list[list[Word]]) -> None:
        """The detector's and the segmenter's events for stretches of speech with silence between them."""
        turn, begun_ms = self.held.state.answer.turn, None
        for run, following in itertools.zip_longest(runs, runs[1:]):
            onset, last = run[0].start_ms, run[-1].end_ms
            begun_ms = onset if begun_ms is None else begun_ms
            self._soon(e.SpeechStarted(onset + ONSET_MS, onset), "mouth")
            gap = following[0].start_ms - last if following else MOST_SEGMENT_MS
            if gap > OFFSET_MS:
                self._soon(e.SpeechStopped(last + OFFSET_MS, last), "mouth")
            if gap >= SEGMENT_GAP_MS:
                end_ms = last + SEGMENT_GAP_MS
                self._soon(e.SegmentClosed(end_ms, turn, max(0, begun_ms - 200), end_ms), "mouth")
                begun_ms = None

    def _fall_silent(self, turn: int) -> None:
        """The floor is taken: what was not said yet never will be, and what was becomes the last piece."""
        self.coming = [each for each in self.coming if each[2] != "mouth"]
        heapq.heapify(self.coming)
        now = self.now_ms
        for word, _ in self.words:
            if word.start_ms + ONSET_MS < now < word.end_ms:
                self.held.cut_off.append(word.text)
        rest = [word for word, _ in self.words if self.closed_ms <= word.start_ms < now]
        if rest:
            self._soon(e.SegmentClosed(now, turn, max(self.closed_ms, rest[0].start_ms - 200), now))
        self._soon(e.ListeningStopped(now, turn))

    def _recognised(self, start_ms: int, end_ms: int) -> tuple[Word, ...]:
        return tuple(
            word
            for word, injected in self.words
            if start_ms <= word.start_ms < end_ms and not (injected and self.deaf)
        )
