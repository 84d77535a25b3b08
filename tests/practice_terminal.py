"""`practice` as a person runs it: in a pseudo-terminal, with a screen that can be read and a log that can be
followed while it grows."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pyte

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State
from voice_interviewer.store.log import read_log

COMMAND = Path(sys.executable).with_name("voice-interviewer")
QUESTIONS = "- Tell me about a model you tested.\n- What would you do when a launch date is close?\n"
LOOK_EVERY_S = 0.03
WITHIN_S = 120.0
"""Only bounds a hang, on a machine whose cores are busy with something else."""


class PracticeTerminal:
    """One running interview. home: VOICE_INTERVIEWER_HOME, whose newest session is the one looked at. env: an
    empty value takes a variable away."""

    def __init__(
        self,
        home: Path,
        *options: str,
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = (80, 24),
    ) -> None:
        home.mkdir(exist_ok=True)
        questions = home / "questions.yaml"
        questions.write_text(QUESTIONS)
        self.home = home
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        arguments = ["practice", *options]
        if "--continue" not in options:
            arguments += ["--questions", str(questions), "--seed", "1", "--yes", "--no-check"]
        # the terminal has a size of its own, whatever the one around the tests says
        own = {"TERM": "xterm-256color", "HF_HUB_OFFLINE": "1", "COLUMNS": "", "LINES": ""}
        environment = {**os.environ, **own, **(env or {})}
        environment |= {"VOICE_INTERVIEWER_HOME": str(home), "VOICE_INTERVIEWER_WORDS_PER_MINUTE": "240"}
        self._child = pexpect.spawn(
            str(COMMAND),
            arguments,
            env={name: value for name, value in environment.items() if value},
            dimensions=size[::-1],
        )
        self._child.ptyproc.delayafterterminate = (
            1.0  # between one signal and the next, on a busy machine too
        )

    def __enter__(self) -> "PracticeTerminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    @property
    def folder(self) -> Path | None:
        sessions = sorted((self.home / "sessions").glob("*/events.jsonl"))
        return sessions[-1].parent if sessions else None

    @property
    def events(self) -> list[e.Event]:
        return [entry.event for entry in read_log(self.folder).entries] if self.folder else []

    @property
    def state(self) -> State:
        """Where the interview is, as far as its log tells."""
        state = State(load_turn_rules())
        for event in self.events:
            state, _ = step(state, event)
        return state

    @property
    def text(self) -> str:
        """The screen as it is now."""
        self._take()
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        self._child.send(keys)

    def interrupt(self) -> None:
        self._child.sendintr()

    def kill(self) -> None:
        self._child.kill(signal.SIGKILL)
        self._child.close(force=True)

    def hang_up(self) -> None:
        """The terminal is closed over the running program."""
        self._child.ptyproc.fileobj.close()

    def until(self, holds: Callable[[State], object], within_s: float = WITHIN_S) -> State:
        """Waits for a state; the failure shows the screen."""
        deadline = time.monotonic() + within_s
        while not holds(state := self.state):
            self._take()
            assert time.monotonic() < deadline, f"still {state.phase}:\n{self.text}"
            assert self._child.isalive() or state.phase == "ended", f"it has ended:\n{self.text}"
            time.sleep(LOOK_EVERY_S)
        return state

    def until_shown(self, *texts: str, within_s: float = WITHIN_S) -> str:
        """Waits until the screen (its lines joined) holds one of `texts`; returns the screen."""
        deadline = time.monotonic() + within_s
        while not any(text in " ".join(self.text.split()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} is not shown:\n{self.text}"
            time.sleep(LOOK_EVERY_S)
        return self.text

    def watch(self, seconds: float) -> None:
        """Lets time pass as somebody who looks on: a terminal that nobody reads from would hold up the
        screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._take()
            time.sleep(LOOK_EVERY_S)

    def wait(self, within_s: float = WITHIN_S) -> int:
        """Waits for the end; the exit status."""
        deadline = time.monotonic() + within_s
        while self._child.isalive():
            self._take()
            assert time.monotonic() < deadline, f"it does not end:\n{self.text}"
            time.sleep(LOOK_EVERY_S)
        self._take()
        self._child.close()
        return self._child.exitstatus if self._child.exitstatus is not None else -self._child.signalstatus

    def _take(self) -> None:
        try:
            while data := self._child.read_nonblocking(65_536, timeout=0):
                self.output += data
                self._stream.feed(data)
        except (pexpect.TIMEOUT, pexpect.EOF, ValueError, OSError):
            return
