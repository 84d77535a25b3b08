"""A realistic session folder, made by the interview's own machine: what it commands is what gets logged."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.bank import Point, Question
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State

RATE_HZ = 16_000
WORD_MS, GAP_MS = 300, 50

PAST = Question(
    id="past-issue",
    type="behavioural",
    say="Tell me about a time you found an ethical problem in a system. What did you do?",
    points=(
        Point("p1", "names the people who were affected"),
        Point("p2", "involves the affected team early"),
        Point("p3", "changes the process, not only the model"),
    ),
)
PRESSURE = Question(
    id="deadline-pressure",
    type="situational",
    say="A launch is two days away and the fairness check fails. How do you handle it?",
    points=(Point("p1", "states a risk in plain words"),),
)
NEVER = Question(id="never", type="technical", say="How would you audit a model for drift?")
WARMUP = Question(id="warm", type="warmup", say="What are you working on these days?")
OWN = Question(id="own-questions", type="closing", say="What would you like to ask me?")

PLAN = Plan(
    role="ai-ethics-specialist",
    title="AI Ethics Specialist",
    level="senior",
    minutes=10,
    seed=0,
    items=(
        PlanItem("opening", "Welcome. I will ask you a few questions about your work."),
        PlanItem("warmup", WARMUP.say, WARMUP, 60),
        PlanItem("core", PAST.say, PAST, 240),
        PlanItem("core", PRESSURE.say, PRESSURE, 240),
        PlanItem("core", NEVER.say, NEVER, 240),
        PlanItem(
            "candidate_questions", OWN.say, OWN, 60, "I am a practice interviewer and cannot answer that."
        ),
        PlanItem("close", "That is all. Thank you for your time."),
    ),
)

ABOUT: dict[str, Any] = {
    "schema_version": 1,
    "state": "complete",
    "title": "AI Ethics Specialist",
    "role": "ai-ethics-specialist",
    "level": "senior",
    "minutes": 10,
    "started": "2026-11-23T14:05:00+00:00",
    "transcriber": "whisper tiny.en int8 cpu",
    "doubt_threshold": 0.5,
    "voice": "espeak-ng en-us",
    "engine": "rules",
    "detector": "silero",
    "devices": {"microphone": "Built-in Microphone", "speaker": "Built-in Speakers"},
}


@dataclass
class Recording:
    """One session being lived through. Every method moves the clock on and logs what the machine did."""

    folder: Path
    about: dict[str, Any] = field(default_factory=lambda: dict(ABOUT))
    clock_ms: int = 0
    state: State = field(default_factory=lambda: State(load_turn_rules()))
    lines: list[str] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)
    right: list[tuple[int, int]] = field(default_factory=list)

    def happen(self, event: e.Event) -> tuple[e.Command, ...]:
        self.state, commands = step(self.state, event)
        self.lines.append(e.dumps(event))
        self.lines.append(json.dumps({"commands": [e.to_json(command) for command in commands]}))
        return commands

    def start(self, **settings: Any) -> None:
        self.happen(e.SessionStarted(0, PLAN, e.Settings(**settings)))

    def say(self, ms: int = 3000, heard_ms: int | None = None) -> e.Line:
        """The line the machine wants said is said (or cut short after heard_ms by whatever comes next)."""
        line = self.state.line
        assert line is not None, self.state.phase
        self.clock_ms += 100
        self.happen(e.LineStarted(self.clock_ms, line.id, ms))
        played_ms = ms if heard_ms is None else heard_ms
        self.left.append((self.clock_ms, self.clock_ms + played_ms))
        self.clock_ms += played_ms
        if heard_ms is None:
            self.happen(e.LineFinished(self.clock_ms, line.id, ms))
        return line

    def until_listening(self) -> None:
        while self.state.phase == "speaking":
            self.say()
        assert self.state.phase == "listening", self.state.phase

    def speak(self, text: str, wait_ms: int = 800, doubtful: tuple[str, ...] = ()) -> None:
        """One segment: words of 300 ms with 50 ms between, after wait_ms of silence."""
        self.clock_ms += wait_ms
        onset_ms = self.clock_ms
        words = []
        for token in text.split():
            probability = 0.2 if token in doubtful else 0.9
            words.append(Word(token, self.clock_ms, self.clock_ms + WORD_MS, probability))
            self.right.append((self.clock_ms, self.clock_ms + WORD_MS))
            self.clock_ms += WORD_MS + GAP_MS
        end_ms = words[-1].end_ms
        turn, segment = self.state.answer.turn, self.state.answer.next_segment
        self.happen(e.SpeechStarted(onset_ms + 100, onset_ms))
        self.clock_ms = end_ms + 400
        self.happen(e.SpeechStopped(self.clock_ms, end_ms))
        self.happen(e.SegmentClosed(self.clock_ms, turn, max(0, onset_ms - 500), self.clock_ms))
        self.happen(e.SegmentTranscribed(self.clock_ms, turn, segment, tuple(words)))

    def key(self, key: str) -> tuple[e.Command, ...]:
        self.clock_ms += 50
        return self.happen(e.KeyPressed(self.clock_ms, key))

    def done(self) -> None:
        self.key("done")
        self.happen(e.ListeningStopped(self.clock_ms, self.state.answer.turn))

    def fall_silent(self) -> None:
        """So long that the interviewer takes the floor."""
        while self.state.phase == "listening":
            assert self.state.ahead.due_ms is not None
            self.clock_ms = max(self.clock_ms + 20, self.state.ahead.due_ms)
            self.happen(e.ClockReached(self.clock_ms))
        self.happen(e.ListeningStopped(self.clock_ms, self.state.answer.turn))

    def slots(self, **quotes: str | None) -> tuple[Slot, ...]:
        """Slots of the answer just given: a quote makes it heard, "?quote" unsure, None not heard.
        A rubric point p1 is written p1=..."""
        text = self.state.answer.text
        made = []
        for name, quote in quotes.items():
            slot_id = f"point:{name}" if name[0] == "p" and name[1:].isdigit() else name
            if quote is None:
                made.append(Slot(slot_id, "not_heard"))
                continue
            state, words = ("unsure", quote[1:]) if quote[0] == "?" else ("heard", quote)
            start = text.index(words)
            made.append(Slot(slot_id, state, words, start, start + len(words)))
        return tuple(made)

    def reply(self, move: Move, slots: tuple[Slot, ...] = ()) -> None:
        self.clock_ms += 50
        turn, revision = self.state.answer.turn, self.state.answer.revision
        if slots:
            self.happen(e.EvidenceAssessed(self.clock_ms, turn, revision, slots))
        self.happen(
            e.ReplyPlanned(
                self.clock_ms, turn, revision, Reply(move, (move,), slots), self.state.answer.draft
            )
        )

    def end(self, reason: str = "finished") -> None:
        self.clock_ms += 100
        self.happen(e.SessionEnded(self.clock_ms, reason))

    def write(self, sound: str | None = "dialogue.wav") -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "session.json").write_text(json.dumps(self.about), encoding="utf-8")
        text = "".join(line + "\n" for line in self.lines)
        (self.folder / "events.jsonl").write_text(text, encoding="utf-8")
        if sound is not None:
            soundfile.write(self.folder / sound, self.samples(), RATE_HZ)
        return self.folder

    def samples(self) -> np.ndarray:
        """Stereo PCM16: a low tone for the interviewer's lines, a higher one for each word of an answer."""
        total = self.clock_ms * RATE_HZ // 1000
        stereo = np.zeros((total, 2), dtype=np.int16)
        for channel, spans, pitch_hz in ((0, self.left, 220.0), (1, self.right, 330.0)):
            for start_ms, end_ms in spans:
                left, right = start_ms * RATE_HZ // 1000, min(total, end_ms * RATE_HZ // 1000)
                phase = 2 * np.pi * pitch_hz * np.arange(right - left) / RATE_HZ
                stereo[left:right, channel] = (6000 * np.sin(phase)).astype(np.int16)
        return stereo


FIRST = (
    "we noticed that the loan model turned down more people from two districts"
    " and I asked for the numbers by group"
)
SECOND = "in the end approvals for both districts rose by nine percent and complaints stopped"
PROBE = Move(
    "result",
    "You asked for the numbers by group. What changed in the end?",
    target="result",
    quote="asked for the numbers by group",
    reason="The answer stops before its outcome.",
)


def live_through(recording: Recording) -> Recording:
    """The whole interview used by most tests: a probe, an interruption taken back, a typed answer, a skip."""
    recording.start()
    recording.until_listening()
    recording.speak("mostly on review processes for models that decide about people")
    recording.done()
    recording.reply(Move("move_on", "Thanks."))

    recording.until_listening()
    recording.speak(FIRST, wait_ms=1200, doubtful=("loan",))
    recording.done()
    recording.reply(
        PROBE,
        recording.slots(
            situation="we noticed that the loan model",
            own_action="I asked for the numbers by group",
            result=None,
            measure=None,
            reflection=None,
            p1="?more people from two districts",
            p2=None,
            p3=None,
        ),
    )
    recording.until_listening()
    recording.speak(SECOND)
    recording.done()
    recording.reply(
        Move("move_on", "Good to know."),
        recording.slots(
            situation=None,
            own_action=None,
            result="approvals for both districts rose",
            measure="by nine percent",
            reflection=None,
            p1=None,
            p2=None,
            p3=None,
        ),
    )

    recording.until_listening()
    recording.speak("I would tell the owner in plain words what could go wrong")
    recording.fall_silent()
    recording.reply(
        Move("move_on", "Next one."),
        recording.slots(
            stakeholders="tell the owner", first_step=None, p1="in plain words what could go wrong"
        ),
    )
    recording.say(ms=900, heard_ms=400)
    commands = recording.key("unfinished")
    stopped = next(command for command in commands if isinstance(command, e.StopSpeaking))
    recording.happen(e.LineFinished(recording.clock_ms, stopped.line, 450))
    recording.speak("and I would write down who decides", wait_ms=600)
    recording.done()
    recording.reply(
        Move("move_on", "Thanks."),
        recording.slots(
            stakeholders="tell the owner",
            first_step=None,
            follow_through="write down who decides",
            p1="in plain words what could go wrong",
        ),
    )

    recording.say(ms=700)
    recording.say(ms=2500)
    recording.key("skip")
    recording.happen(e.ListeningStopped(recording.clock_ms, recording.state.answer.turn))
    recording.until_listening()
    recording.key("type")
    recording.happen(e.ListeningStopped(recording.clock_ms, recording.state.answer.turn))
    recording.clock_ms += 5000
    recording.happen(
        e.AnswerTyped(recording.clock_ms, recording.state.answer.turn, "What does the team look like?")
    )
    recording.reply(Move("move_on", ""))
    while recording.state.phase == "speaking":
        recording.say()
    recording.end()
    return recording


@pytest.fixture
def new_recording(tmp_path: Path) -> Callable[[], Recording]:
    """An empty session to live through."""
    return lambda: Recording(tmp_path / "2026-11-23T14-05-00_ai-ethics-specialist_senior")


@pytest.fixture
def recording(new_recording: Callable[[], Recording]) -> Recording:
    """A finished session, not yet written."""
    return live_through(new_recording())


@pytest.fixture
def session_folder(recording: Recording) -> Path:
    return recording.write()
