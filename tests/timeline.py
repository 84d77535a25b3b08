"""A conversation as a script: drive the machine by what happens and say what must follow.

    talk = Timeline(plan)
    talk.until_listening()
    talk.speak(2.0, "we rebuilt the data set")      # seconds of speech, and what was understood
    talk.silence(2.1)                               # the gate takes the floor
    talk.reply("own_part", "Which part was yours?")
    assert talk.saying == "Which part was yours?"

No clock runs: time passes only where the script says so.
"""

from dataclasses import replace

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.bank import Point, Question
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.turns.machine import State, step

TIMER = GateSettings(fixed_ms=2000)
"""A plain timer instead of the gate, for all that is not about when an answer is over."""


def question(name: str, kind: str = "behavioural") -> Question:
    return Question(name, kind, f"Tell me about {name}.", "junior", points=(Point("p1", "says so"),))


def small_plan(minutes: int = 10) -> Plan:
    """Opening, two core questions, the candidate's own questions, close."""
    first, second = question("first"), question("second")
    mine = Question("closing-yours", "closing", "What would you like to ask me?")
    return Plan(
        "role",
        "Role",
        "junior",
        minutes,
        0,
        (
            PlanItem("opening", "Hello."),
            PlanItem("core", first.say, first, 180),
            PlanItem("core", second.say, second, 180),
            PlanItem("candidate_questions", mine.say, mine, 60, "I cannot answer for a company."),
            PlanItem("close", "Goodbye."),
        ),
    )


class Timeline:
    """Plays the part of the world: speaker, microphone, recogniser. The engine's verdicts are given by
    `reply`."""

    def __init__(
        self, plan: Plan | None = None, settings: e.Settings | None = None, gated: bool = False
    ) -> None:
        """gated: the real gate decides; else, unless the settings say otherwise, a plain timer of 2 s."""
        self.now_ms = 0
        self.state = State(load_turn_rules())
        self.log: list[tuple[e.Event, tuple[e.Command, ...]]] = []
        self.wake_ms: int | None = None
        settings = settings or e.Settings()
        if not gated and settings.gate.fixed_ms is None:
            settings = replace(settings, gate=TIMER)
        self.send(e.SessionStarted(0, plan or small_plan(), settings))

    def send(self, event: e.Event) -> tuple[e.Command, ...]:
        self.state, commands = step(self.state, event)
        self.log.append((event, commands))
        for command in commands:
            if isinstance(command, e.WakeAt):
                self.wake_ms = command.at_ms
        for command in commands:
            if isinstance(command, e.StopListening):
                self.send(e.ListeningStopped(self.now_ms, command.turn))
            elif isinstance(command, e.EndSession):
                self.send(e.SessionEnded(self.now_ms, command.reason))
        return commands

    @property
    def saying(self) -> str | None:
        return self.state.line.text if self.state.line else None

    @property
    def phase(self) -> str:
        return self.state.phase

    def commands(self, kind: type) -> list[e.Command]:
        return [command for _, commands in self.log for command in commands if isinstance(command, kind)]

    def say_line(self, seconds: float = 2.0) -> None:
        """The line being said is heard to its end."""
        line = self.state.line
        assert line is not None, self.phase
        self.send(e.LineStarted(self.now_ms, line.id, round(seconds * 1000)))
        self.silence(seconds)
        self.send(e.LineFinished(self.now_ms, line.id, round(seconds * 1000)))

    def until_listening(self) -> None:
        while self.phase == "speaking":
            self.say_line()
        assert self.phase in ("listening", "typing"), self.phase

    def silence(self, seconds: float) -> None:
        """Time passes; a wake-up that falls due is delivered on time."""
        end_ms = self.now_ms + round(seconds * 1000)
        while self.wake_ms is not None and self.wake_ms <= end_ms:
            self.now_ms, self.wake_ms = max(self.now_ms, self.wake_ms), None
            self.send(e.ClockReached(self.now_ms))
        self.now_ms = end_ms

    def speak(self, seconds: float, text: str, understood: bool = True) -> None:
        """The candidate speaks; half a second later the segment closes and is understood."""
        self.silence(0.3)
        onset = self.now_ms
        self.send(e.SpeechStarted(onset + 64, onset))
        self.now_ms += round(seconds * 1000)
        last = self.now_ms
        self.now_ms += 192
        self.send(e.SpeechStopped(self.now_ms, last))
        self.now_ms += 308
        turn, segment = self.state.answer.turn, self.state.answer.next_segment
        self.send(e.SegmentClosed(self.now_ms, turn, max(0, onset - 500), self.now_ms))
        if understood:
            self.understand(turn, segment, text)

    def understand(self, turn: int, segment: int, text: str) -> None:
        words = tuple(Word(token, self.now_ms, self.now_ms, 0.9) for token in text.split())
        self.send(e.SegmentTranscribed(self.now_ms, turn, segment, words))

    def reply(self, move: str, say: str = "", turn: int | None = None, revision: int | None = None) -> None:
        """The engine's verdict on the answer that is over."""
        turn = self.state.answer.turn if turn is None else turn
        revision = self.state.answer.revision if revision is None else revision
        self.send(
            e.ReplyPlanned(self.now_ms, turn, revision, Reply(Move(move, say)), self.state.answer.draft)
        )

    def answer(self, text: str, move: str, say: str = "") -> None:
        """A whole exchange: speech, the silence after it, the verdict."""
        self.speak(3.0, text)
        self.silence(2.5)
        assert self.phase == "thinking", self.phase
        self.reply(move, say)

    def key(self, key: str) -> tuple[e.Command, ...]:
        return self.send(e.KeyPressed(self.now_ms, key))

    def at(self, **changes: object) -> State:
        """The state with some fields changed, to ask what another beginning would have led to."""
        return replace(self.state, **changes)  # type: ignore[arg-type]
