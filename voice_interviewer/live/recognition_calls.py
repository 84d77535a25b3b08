"""What recognition knows about single calls: what each is for, and how long such calls take. Pure."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice_audio.ports import HeardWord
from voice_audio.streaming import LocalAgreement
from voice_audio.window import Window
from voice_interviewer.live.open_window import OpenWindow

SEGMENT, TAIL, GUESS, FILLERS = "segment", "tail", "guess", "fillers"
GUESS_MS = 1500
"""The first caption comes after so much speech."""
HEAR_EVERY_MS = 2500
"""While somebody speaks the window is heard again no more often than this, so that captions are at most 3 s
old; a call takes about a quarter of a second."""
PAUSE_MS = 400
"""A shorter silence is a breath: what closed in it is heard at the next pause, or when it has waited long."""
OWED_MS = 8000
"""Words of a closed piece come at the latest after so long, also without a pause."""
CAPTION_MS = 2000
"""Captions hear so much before what is not firm yet with it: enough for Whisper to be sensible, and cheap."""
KEPT_WORDS = 3
"""Fewer firm words are not worth beginning anew for."""
LONG_MS = 15_000
"""A pause after so much that was not heard in full yet is heard in full, once its words are shown: most of it
can be settled then, and every hearing costs what it holds."""
FULL_MS = 22_000
"""So much that was not heard in full is nearly a whole window: it does not wait for a pause."""
OLD_MS = 4000
"""A caption's words of so long ago count as firm although no two hearings agreed on them: where a room is so
loud that they never do, every caption would hear more than the one before."""
SLOW_MS = 800
"""A recogniser that takes longer for a window hears captions since the last pause only."""
SETTLE_MS = 1200
"""In a silence of this length what was heard quickly is heard in full: shorter pauses mostly lie inside an
answer, and few answers are taken as over earlier."""
LITTLE_MS, SETTLE_LITTLE_MS = 8000, 1800
"""Where so little was not heard in full yet, a thinking pause is waited out."""


LANGUAGE_MS = 5000
"""So much speech tells in which language it is: of 3 s of German Whisper base makes Thai, of 5 s German."""


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

    @property
    def is_in_vain(self) -> bool:
        """Given up, and not the hearing that settles a full window: that would only be made again."""
        return self.cancelled and (self.partial or self.window.whole)


class Pace:
    """How long the recogniser's last calls took, and how often it may therefore be asked."""

    MOST_TAIL_MS = 2500
    """A tail that takes longer comes too late to be of use."""
    MOST_BETWEEN_MS = 2600
    """Captions come at least so often, whatever else is going on."""

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
        now. A pause is heard at once, but the recogniser may be busy half the time at most."""
        if kind == TAIL:
            cost_ms = self.cost_ms(quick=True)
            return None if cost_ms > self.MOST_TAIL_MS else 2 * cost_ms
        return min(max(HEAR_EVERY_MS, 2 * self.cost_ms(quick=True)), self.MOST_BETWEEN_MS)


class OpenCaption:
    """The live words of the open piece. Words that have long been firm are not heard again."""

    def __init__(self) -> None:
        self._agreement = LocalAgreement()
        self._kept: tuple[HeardWord, ...] = ()
        self._empty_until_ms = 0

    @property
    def kept(self) -> tuple[HeardWord, ...]:
        """The words from the beginning of the piece that no caption hears again."""
        return self._kept

    @property
    def firm(self) -> tuple[HeardWord, ...]:
        return self._kept + self._agreement.firm

    @property
    def tentative(self) -> tuple[HeardWord, ...]:
        return self._agreement.tentative

    def reset(self) -> None:
        """Another piece begins."""
        self._agreement.reset()
        self._kept, self._empty_until_ms = (), 0

    def from_ms(self, window: OpenWindow, slow: bool) -> int:
        """Where the next caption begins to listen."""
        if self._kept:
            return max(self._kept[-1].end_ms, self._empty_until_ms)
        begin_ms = window.closed_until_ms if slow else window.speech_since_ms - CAPTION_MS
        return max(0, begin_ms, self._empty_until_ms)

    def heard(self, words: tuple[HeardWord, ...], open_ms: int, until_ms: int) -> None:
        """Words on the session clock; those before open_ms belong to closed pieces. until_ms: how far was
        heard."""
        begin_ms = max(open_ms, self._kept[-1].end_ms if self._kept else 0)
        self._agreement.update(tuple(w for w in words if (w.start_ms + w.end_ms) / 2 >= begin_ms))
        firm, shown = len(self._agreement.firm), (*self._agreement.firm, *self._agreement.tentative)
        if not shown:
            self._empty_until_ms = until_ms - CAPTION_MS
        agreed = _ended_by(until_ms - CAPTION_MS, shown[:firm])
        count = max(agreed if agreed >= KEPT_WORDS else 0, _ended_by(until_ms - OLD_MS, shown))
        if count:
            self._kept += shown[:count]
            self._agreement.reset()
            for hypothesis in (shown[count:firm], shown[count:]) if firm > count else (shown[count:],):
                self._agreement.update(hypothesis)


def _ended_by(at_ms: int, words: Sequence[HeardWord]) -> int:
    return sum(word.end_ms <= at_ms for word in words)


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
