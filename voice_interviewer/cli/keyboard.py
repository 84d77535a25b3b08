"""Keys and typed lines during an interview, from a terminal or from a pipe."""

import sys
import threading
from typing import Any

from voice_interviewer.session import Session

KEYS = {
    " ": "done",
    "u": "unfinished",
    "h": "hold",
    "r": "repeat",
    "p": "pause",
    "s": "skip",
    "t": "type",
    "+": "faster",
    "=": "faster",
    "-": "slower",
    "q": "quit",
}
COMMANDS = {
    "/done": "done",
    "/undo": "unfinished",
    "/wait": "hold",
    "/repeat": "repeat",
    "/pause": "pause",
    "/skip": "skip",
    "/voice": "type",
    "/type": "type",
    "/faster": "faster",
    "/slower": "slower",
    "/quit": "quit",
}
"""What a typed line that begins with a slash asks for."""


class Keyboard:
    """Single keys of a terminal, read in a thread; while the candidate types, a line editor of one line."""

    def __init__(self, session: Session, echo: bool = False) -> None:
        """echo: show what is typed, where no screen does."""
        self.draft = ""
        self._session, self._echo = session, echo
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)

    def __enter__(self) -> "Keyboard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        import blessed

        terminal = blessed.Terminal(stream=sys.__stdout__)
        with terminal.cbreak():
            while not self._closing.is_set():
                key = terminal.inkey(timeout=0.1)
                if key:
                    self.take(key)

    def take(self, key: Any) -> None:
        """One key as blessed names it."""
        phase = self._session.state.phase
        if phase == "typing":
            self._edit(key)
            if self._echo:
                print(f"\r\033[K> {self.draft}", end="" if self.draft else "\r\033[K", flush=True)
        elif phase == "paused" and str(key) == "q":
            self._session.press("pause")
            self._session.press("quit")
        elif not key.is_sequence:
            self._session.press(KEYS.get(str(key).lower(), "other"))

    def _edit(self, key: Any) -> None:
        if key.name in ("KEY_ENTER",) or str(key) in ("\n", "\r"):
            line, self.draft = self.draft, ""
            send_line(self._session, line)
        elif key.name in ("KEY_BACKSPACE", "KEY_DELETE") or str(key) in ("\x7f", "\b"):
            self.draft = self.draft[:-1]
        elif key.name == "KEY_ESCAPE":
            self._session.press("type")
        elif str(key) == "\x15":  # Ctrl-U, as in a shell
            self.draft = ""
        elif not key.is_sequence and str(key).isprintable():
            self.draft += str(key)


class Lines:
    """Typed lines from a pipe or a plain terminal: an answer, or a command such as /done. Its end ends
    the interview."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._turn = 0

    def __enter__(self) -> "Lines":
        threading.Thread(target=self._run, name="lines", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        return

    def _run(self) -> None:
        for line in sys.stdin:
            self._wait_for_turn(line)
            send_line(self._session, line.rstrip("\n"))
        if self._session.state.settings.typed:
            self._wait_for_turn("")
            self._session.interrupt()

    def _wait_for_turn(self, line: str) -> None:
        """A piped answer belongs to the next question, not to the one it arrived during."""
        if line.startswith("/") or not self._session.state.settings.typed:
            return
        while self._session.state.phase not in ("ending", "ended"):
            state = self._session.state
            if state.phase == "typing" and state.turn > self._turn:
                self._turn = state.turn
                return
            threading.Event().wait(0.02)


def send_line(session: Session, line: str) -> None:
    """A line that was typed: a command, an answer, or nothing at all."""
    text = line.strip()
    if not text:
        return
    key = COMMANDS.get(text.lower())
    if key:
        session.press(key)
    elif session.state.phase == "typing":
        session.type_answer(text)
