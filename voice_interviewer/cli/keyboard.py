"""Keys and typed lines during an interview, from a terminal or from a pipe."""

import sys
import threading
from collections.abc import Callable

from voice_interviewer.cli.keys import Key, single_keys
from voice_interviewer.core.turns import events as e
from voice_interviewer.live.session import Session

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


class LineEditor:
    """One line being typed. `show` is handed what to print: the characters themselves, a backspace over the
    last one, the end of the line; a screen that draws the draft anyway needs none."""

    def __init__(self, show: Callable[[str], None] = lambda text: None) -> None:
        self.text = ""
        self._show = show

    def add(self, text: str) -> None:
        self.text += text
        self._show(text)

    def rub_out(self, characters: int = 1) -> None:
        from rich.cells import cell_len

        gone = self.text[max(0, len(self.text) - characters) :]
        self.text = self.text[: len(self.text) - len(gone)]
        self._show("\b \b" * cell_len(gone))

    def rub_out_word(self) -> None:
        kept = self.text.rstrip(" ").rpartition(" ")
        self.rub_out(len(self.text) - len(kept[0] + kept[1]))

    def take(self) -> str:
        """The finished line; the editor is empty again."""
        text, self.text = self.text, ""
        self._show("\n")
        return text


READY_WITHIN_S = 2.0


class Keyboard:
    """Keys of a terminal, read in a thread: single keys while the candidate speaks; a line of text from the
    moment they have chosen to type, so that typing ahead never presses a key."""

    def __init__(self, session: Session, echo: bool = False) -> None:
        """echo: show what is typed, where no screen does."""
        self._session = session
        self._editor = LineEditor(_print) if echo else LineEditor()
        self._closing, self._reading = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)

    @property
    def draft(self) -> str:
        return self._editor.text

    def __enter__(self) -> "Keyboard":
        """Returns once keys are read: what was typed before that moment is lost."""
        self._thread.start()
        self._reading.wait(READY_WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        with single_keys() as read:
            self._reading.set()
            while not self._closing.is_set():
                keys = read(0.1)
                if keys is None:
                    return
                for key in keys:
                    self.take(key)

    def take(self, key: Key) -> None:
        """One key that was pressed."""
        if self._session.state.by_keyboard:
            self._edit(key)
        elif key.text:
            self._session.press(KEYS.get(key.text.lower(), "other"))

    def _edit(self, key: Key) -> None:
        if key.text:
            self._editor.add(key.text)
        elif key.name == "enter":
            self._send()
        elif key.name == "backspace":
            self._editor.rub_out()
        elif key.name == "ctrl-u":
            self._editor.rub_out(len(self._editor.text))
        elif key.name == "ctrl-w":
            self._editor.rub_out_word()
        elif key.name == "escape":
            self._session.press("type")

    def _send(self) -> None:
        """A command at any time; an answer only when it is the candidate's turn, until then it stays. An
        empty line: what is being said has been read, go on."""
        text = self._editor.text.strip()
        answer = text and not text.startswith("/") and self._session.state.phase == "typing"
        if is_command(text) or answer:
            send_line(self._session, self._editor.take())
        elif not text:
            self._editor.rub_out(len(self._editor.text))
            self._session.press("done")


class Lines:
    """Typed lines from a pipe: an answer, or a command such as /done. In a typed interview each line waits
    for the candidate's turn, and the end of the input ends the interview. Observes the session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._happened, self._taken = threading.Event(), threading.Event()

    def __enter__(self) -> "Lines":
        threading.Thread(target=self._run, name="lines", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        return

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        self._happened.set()
        if isinstance(event, e.KeyPressed | e.AnswerTyped):
            self._taken.set()

    def _run(self) -> None:
        self._wait_until(lambda phase: phase != "new")
        typed = self._session.state.settings.typed
        for line in sys.stdin:
            if typed:
                self._wait_for_turn(answers=not line.strip().startswith("/"))
            self._taken.clear()
            if send_line(self._session, line):
                self._taken.wait(5.0)
        if typed:
            self._wait_for_turn(answers=True)
            self._session.interrupt()

    def _wait_for_turn(self, answers: bool) -> None:
        self._wait_until(lambda phase: phase in ("typing", "paused", "ending", "ended"))
        if answers and self._session.state.phase == "paused":
            self._session.press("pause")
            self._wait_until(lambda phase: phase in ("typing", "ending", "ended"))

    def _wait_until(self, suits: Callable[[str], bool]) -> None:
        while not suits(self._session.state.phase):
            self._happened.wait(0.5)
            self._happened.clear()


def is_command(text: str) -> bool:
    return text.strip().lower() in COMMANDS


def send_line(session: Session, line: str) -> bool:
    """A line that was typed: a command, an answer, or neither (an unknown command, a line out of turn).
    Whether anything was sent."""
    text = line.strip()
    if is_command(text):
        session.press(COMMANDS[text.lower()])
    elif text and not text.startswith("/") and session.state.phase == "typing":
        session.type_answer(text)
    else:
        return False
    return True


def _print(text: str) -> None:
    print(text, end="", flush=True)
