"""What recognition knows about single calls: what each is for, and how long such calls take. Pure."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from voice_audio.ports import HeardWord
from voice_audio.window import Window
from voice_interviewer.open_window import OpenWindow

SEGMENT, TAIL, GUESS, FILLERS = "segment", "tail", "guess", "fillers"
HEAR_EVERY_MS = 2000
"""Pauses follow each other faster than that: in between, what closes is heard and nothing else."""
GUESS_MS = 1200
"""While somebody speaks the window is heard again no more often than this."""
SLOW_MS = 800
"""A recogniser that takes longer for a window hears captions since the last pause only, and pauses by its
quicker way until the silence lasts."""
SETTLE_MS = 800
"""In a silence of this length what was heard quickly is heard in full."""


LANGUAGE_MS = 3000
"""So much speech tells in which language it is: whisper.toml's language_ms."""


@dataclass
class Call:
    """What the worker is doing. until_ms: how far it hears; era: the open segment it was made for."""

    kind: str
    open: OpenWindow
    window: Window
    until_ms: int
    era: int
    turn: int
    quick: bool = False
    partial: bool = False
    """It hears less than the open window, or for something else than the words."""
    cancelled: bool = False


class Pace:
    """How long the recogniser's last calls took, and how often it may therefore be asked."""

    MOST_TAIL_MS = 2500
    """A tail that takes longer comes too late to be of use."""
    MOST_BETWEEN_MS = 2600
    """Captions come at least so often, whatever else is going on: fewer, not none."""

    def __init__(self) -> None:
        self._calls: dict[bool, deque[float]] = {True: deque(maxlen=6), False: deque(maxlen=6)}

    def note(self, work_ms: float, quick: bool) -> None:
        self._calls[quick].append(work_ms)

    def cost_ms(self, quick: bool) -> float:
        """Mean work of a call of that kind, or of the other while there was none; 0 before the first."""
        calls = self._calls[quick] or self._calls[not quick]
        return sum(calls) / len(calls) if calls else 0.0

    @property
    def is_slow(self) -> bool:
        return self.cost_ms(quick=False) > SLOW_MS

    def between_ms(self, kind: str) -> float | None:
        """How long to leave from the beginning of one call of this kind to the next; None: it is given up for
        now."""
        if kind == TAIL:
            cost_ms = self.cost_ms(quick=self.is_slow)
            return None if cost_ms > self.MOST_TAIL_MS else max(HEAR_EVERY_MS, 2 * cost_ms)
        return min(max(GUESS_MS, 2 * self.cost_ms(quick=True)), self.MOST_BETWEEN_MS)


class FillerPass:
    """Which answer is to be heard for its fillers, and what was found. An answer that goes on after all is
    heard anew when it is over."""

    def __init__(self) -> None:
        self.turn = 0
        self.may_begin = False
        """Our line is being heard: nothing is waited for now."""
        self._over = False
        self._windows: list[Window] | None = None
        self._found: tuple[HeardWord, ...] = ()

    def answer_over(self, turn: int) -> None:
        self.turn, self._over, self.may_begin = turn, True, False
        self._windows, self._found = None, ()

    def answer_open(self, turn: int) -> None:
        """What was not heard by then stays unheard: the next answer needs the recogniser."""
        self._over = False

    def next_window(self, windows_of_turn: Callable[[int], list[Window]]) -> Window | None:
        if not (self._over and self.may_begin):
            return None
        if self._windows is None:
            self._windows = windows_of_turn(self.turn)
        return self._windows[0] if self._windows else None

    def heard(self, words: tuple[HeardWord, ...]) -> tuple[HeardWord, ...] | None:
        """Fillers of the next window, on the session clock. Returns the whole answer's with its last."""
        assert self._windows
        self._windows = self._windows[1:]
        self._found += words
        if self._windows:
            return None
        self._over = False
        return self._found
