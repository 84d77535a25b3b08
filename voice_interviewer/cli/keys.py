"""Single keys of a terminal, by the standard library alone: nothing is written to the terminal to find out
what it is (a terminal that does not answer such a question leaves the keys dead for seconds)."""

import codecs
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

WAIT_FOR_REST_S = 0.05
"""The rest of an escape sequence comes at once; a lone Escape is a key."""
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^\[O\x1b])")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?$")
_NAMES = {"\n": "enter", "\r": "enter", "\x7f": "backspace", "\b": "backspace", "\x15": "ctrl-u"}
_NAMES |= {"\x17": "ctrl-w", "\x1b": "escape"}


@dataclass(frozen=True)
class Key:
    """text: the character, empty for a key without one. name: enter, backspace, ctrl-u, ctrl-w, escape,
    other (an arrow, a function key), or empty for a character."""

    text: str = ""
    name: str = ""


def split_keys(text: str) -> tuple[list[Key], str]:
    """The keys that `text` from a terminal stands for, and an escape sequence that is not whole yet."""
    keys: list[Key] = []
    while text:
        if _UNFINISHED.match(text):
            return keys, text
        sequence = _SEQUENCE.match(text)
        taken = sequence.group() if sequence else text[0]
        text = text[len(taken) :]
        if sequence:
            keys.append(Key(name="other"))
        elif taken in _NAMES:
            keys.append(Key(name=_NAMES[taken]))
        elif taken.isprintable():
            keys.append(Key(taken))
    return keys, ""


@contextmanager
def single_keys() -> Iterator[Callable[[float], list[Key] | None]]:
    """Within the block keys arrive without Enter and are not shown; Ctrl-C still raises its signal. Yields
    read(timeout_s): the keys pressed, after at most timeout_s; None when the terminal has gone."""
    if sys.platform == "win32":
        yield _read_windows
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSANOW)
    try:
        yield _PosixKeys(descriptor).read
    finally:
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class _PosixKeys:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, timeout_s: float) -> list[Key] | None:
        text = self._text(timeout_s)
        if text is None:
            return None
        keys, rest = split_keys(text)
        while rest:
            more = self._text(WAIT_FOR_REST_S)
            if not more:
                name = "escape" if rest == "\x1b" else "other"
                return [*keys, Key(name=name)]
            found, rest = split_keys(rest + more)
            keys += found
        return keys

    def _text(self, timeout_s: float) -> str | None:
        import select

        try:
            if not select.select([self._descriptor], [], [], timeout_s)[0]:
                return ""
            data = os.read(self._descriptor, 4096)
        except (OSError, ValueError):
            return None
        return self._decoder.decode(data) if data else None


def _read_windows(timeout_s: float) -> list[Key] | None:
    import msvcrt

    console: Callable[[], str] = getattr(msvcrt, "getwch")  # noqa: B009 - only there on Windows
    pressed: Callable[[], bool] = getattr(msvcrt, "kbhit")  # noqa: B009
    end_s = time.monotonic() + timeout_s
    while not pressed():
        if time.monotonic() > end_s:
            return []
        time.sleep(0.02)
    text = console()
    if text in ("\x00", "\xe0"):  # the first half of an arrow or a function key
        console()
        return [Key(name="other")]
    return [Key(name="escape")] if text == "\x1b" else split_keys(text)[0]
