"""The interview as plain lines, one thing that happened a line: with times for the demo, without them for a
screen reader or a pipe."""

import threading
from collections.abc import Callable

from voice_interviewer.cli.turns import hint_of, taken_back, unheard_note
from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.screen_words import load_screen_words
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.moves import Reply, is_probe
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import State

WIDTH = 11


def stamp(ms: int) -> str:
    """Minutes, seconds and tenths of the session clock, e.g. 02:05.3."""
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms // 100 % 10}"


class AnswerText:
    """What was answered, to be written once: pieces of an answer may read differently until it is over."""

    def __init__(self) -> None:
        self._said: dict[tuple[int, int], tuple[Word, ...]] = {}
        self._written: set[tuple[int, int]] = set()

    def take(self, event: e.Event) -> None:
        if isinstance(event, e.SegmentTranscribed):
            self._said[event.turn, event.segment] = event.words
        if isinstance(event, e.SegmentTranscribed | e.WordsHeard):
            for each in event.revised:
                self._said[event.turn, each.segment] = each.words

    def unwritten(self) -> tuple[Word, ...]:
        """The words that were not written yet, in the order they were said."""
        new = sorted(self._said.keys() - self._written)
        self._written |= set(new)
        return tuple(word for key in new for word in self._said[key])


def ends_answer(event: e.Event) -> bool:
    """Whether what was said before is to be read before this."""
    return isinstance(
        event, e.LineStarted | e.LineUnspoken | e.SegmentFailed | e.AnswerTyped | e.SessionEnded
    )


class PlainScreen:
    """Writes who said what when, as it happens. `write` gets one line without its end."""

    def __init__(self, write: Callable[[str], None], why: bool = False) -> None:
        """why: follow-ups come with their reason."""
        self._words = load_screen_words().plain
        self._write, self._why = write, why
        self._candidate = self._words["candidate"]
        self._lines: dict[int, e.Line] = {}
        self._reply: Reply | None = None
        self._turn = 0
        self._answer = AnswerText()

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        self._lines |= {command.line.id: command.line for command in commands if isinstance(command, e.Speak)}
        self._answer.take(event)
        if ends_answer(event) and (words := self._answer.unwritten()):
            self._say(words[0].start_ms, self._candidate, " ".join(word.text for word in words))
        match event:
            case e.LineStarted(at_ms, line):
                self._tell_why(at_ms, self._lines[line])
                self._say(at_ms, self._words["interviewer"], self._lines[line].text)
            case e.LineUnspoken(at_ms, line, reason):
                self._say(at_ms, self._words["interviewer"], self._lines[line].text)
                self._note(at_ms, self._words["unspoken_above"].format(reason=reason))
            case e.SegmentFailed(at_ms, _, _, reason):
                self._note(at_ms, self._words["not_understood_kept"].format(reason=reason))
            case e.AnswerTyped(at_ms, _, text):
                self._say(at_ms, self._candidate, text)
            case e.ReplyPlanned(_, _, _, reply):
                self._reply = reply  # one of many: only the newest when a follow-up is said led to it
            case e.MicrophoneLost(at_ms, reason):
                self._note(at_ms, reason)
            case e.MicrophoneReturned(at_ms):
                self._note(at_ms, self._words["microphone_back"])
            case e.SessionEnded(at_ms, reason):
                self._note(at_ms, self._words["over"].format(reason=reason))
        for command in commands:
            if isinstance(command, e.Listen):
                self._tell_struck(event.at_ms, command.turn, commands)
                self._note(command.from_ms, self._words["listening"])
            elif isinstance(command, e.StopListening) and not any(isinstance(c, e.Speak) for c in commands):
                self._note(event.at_ms, self._words["thinking"])

    def _tell_struck(self, at_ms: int, turn: int, commands: tuple[e.Command, ...]) -> None:
        """A line that was stopped because the answer before it goes on."""
        stopped = [self._lines[each.line] for each in commands if isinstance(each, e.StopSpeaking)]
        if turn <= self._turn and any(line.kind != "aside" for line in stopped):
            self._note(at_ms, self._words["taken_back"])
        self._turn = turn

    def _tell_why(self, at_ms: int, line: e.Line) -> None:
        chosen = self._reply.chosen if self._reply is not None else None
        if self._why and chosen is not None and is_probe(line.move) and chosen.say == line.text:
            why = load_catalogue().follow_up_note(chosen.move, chosen.target, chosen.reason)
            self._note(at_ms, self._words["follow_up"].format(why=why))

    def _say(self, at_ms: int, who: str, text: str) -> None:
        self._write(f"[{stamp(at_ms)}] {who:<{WIDTH}} {text}")

    def _note(self, at_ms: int, text: str) -> None:
        self._write(f"[{stamp(at_ms)}] {'·':>{WIDTH}} {text}")


KEYS_TOLD = ("unfinished", "hold", "skip", "faster", "slower")
"""The keys whose effect is told in a line of its own."""


class ReaderScreen:
    """Practice for a screen reader: who said what, whose turn it is, what a key did. No times, no control
    characters. `write` gets one line without its end; `state` tells the interview's state after an event;
    echoed: what is typed can be seen already."""

    def __init__(
        self, write: Callable[[str], None], state: Callable[[], State], echoed: bool = False
    ) -> None:
        self._write, self._state, self._echoed = write, state, echoed
        self._words, hints = load_screen_words().plain, load_screen_words().hints
        self._thinking, self._waiting = hints["thinking"], hints["waiting"]
        self._keys = ("t", "s") if echoed else ("/type", "/skip")
        self._before = State(load_turn_rules())
        self._lines: dict[int, e.Line] = {}
        self._said: set[int] = set()
        self._answer = AnswerText()
        self._hinted: set[tuple[int, str]] = set()

    def look(self, now_ms: int) -> None:
        """Time has passed: a calm word in a pause, each at most once in a turn."""
        state = self._state()
        hint = hint_of(state, now_ms)
        if hint in (self._thinking, self._waiting) and (state.answer.turn, hint) not in self._hinted:
            self._hinted |= {(state.answer.turn, self._thinking), (state.answer.turn, hint)}
            self._write(hint)

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        self._lines |= {command.line.id: command.line for command in commands if isinstance(command, e.Speak)}
        state, before = self._state(), self._before
        self._before = state
        if taken_back(before, state):
            self._write(self._words["taken_back"])
        if not unheard_note(before) and (note := unheard_note(state, *self._keys)):
            self._write(note)
        self._tell(event, state, before)
        after_soft_word = before.phase == "speaking" and before.floor.then == "go_on"
        if state.phase == "paused" != before.phase:
            self._write(self._words[f"paused_{self._how(state)}"])
        elif state.phase != before.phase and not after_soft_word and f"now_{state.phase}" in self._words:
            self._write(self._words[f"now_{state.phase}"])

    def _tell(self, event: e.Event, state: State, before: State) -> None:
        self._answer.take(event)
        if ends_answer(event) and (words := self._answer.unwritten()):
            self._write(self._words["said_by_you"].format(text=" ".join(word.text for word in words)))
        match event:
            case e.LineStarted(_, line):
                self._say(line)
            case e.LineFinished(_, line) if state.by_keyboard and line not in self._said:
                self._say(line)  # read on before it sounded: it may be the question
            case e.LineUnspoken(_, line, reason):
                self._say(line)
                self._write(self._words["unspoken"].format(reason=reason))
            case e.AnswerTyped(_, _, text) if not self._echoed:
                self._write(self._words["said_by_you"].format(text=text))
            case e.SegmentFailed(_, _, _, reason):
                self._write(self._words["not_understood"].format(reason=reason))
            case e.MicrophoneLost(_, reason):
                self._write(reason)
            case e.MicrophoneReturned():
                self._write(self._words["microphone_back"])
            case e.KeyPressed(_, key):
                self._tell_key(key, state, before)

    def _say(self, line: int) -> None:
        self._said.add(line)
        self._write(self._words["said_by_interviewer"].format(text=self._lines[line].text))

    def _tell_key(self, key: str, state: State, before: State) -> None:
        notes = load_screen_words().notes
        if state.floor.quit_asked:
            self._write(self._words[f"finish_{self._how(state)}"])
        elif state.floor.skip_asked:
            self._write(notes[f"skip_{self._how(state)}"])
        elif state.floor.pause_asked and not before.floor.pause_asked:
            self._write(notes["pause_asked"])
        elif key == "type" and state.floor.typing != before.floor.typing and state.phase != "typing":
            self._write(self._words["will_type" if state.floor.typing else "will_speak"])
        elif key in KEYS_TOLD and state != before:
            if key == "hold":
                self._hinted |= {(state.answer.turn, self._thinking), (state.answer.turn, self._waiting)}
            line = self._waiting if key == "hold" else self._words[f"key_{key}"]
            self._write(line.format(rate=state.floor.words_per_minute))

    @staticmethod
    def _how(state: State) -> str:
        """By which of two lines the candidate is told what to press or to type."""
        return "typed" if state.by_keyboard else "by_key"


class Looking:
    """Lets a ReaderScreen look at the time twice a second, while the block is running."""

    def __init__(self, screen: ReaderScreen, now_ms: Callable[[], int]) -> None:
        self._screen, self._now_ms = screen, now_ms
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="looking", daemon=True)

    def __enter__(self) -> "Looking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while not self._closing.wait(0.5):
            self._screen.look(self._now_ms())
