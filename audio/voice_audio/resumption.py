"""The candidate speaks although nobody listens to them: did they, and since when? Pure: it counts samples.

The floor was taken and our reply is being made or heard. Silence was mistaken for the end of an answer, or
somebody simply wants to say something; our own voice in the microphone must not be taken for either. What
counts depends on when the speech began:

    floor taken        our first sample    + window                  last sample   + echo tail
        |  64 ms of speech  |  louder than echo  |  half duplex: nothing counts           |
        |                   |  for 192 ms        |  full duplex: 500 ms of speech         |

Speech that was still going on when the floor was taken counts once it has gone on for another 192 ms, since
the last word of an answer often overlaps the key that ended it. Headphones need no comparison with an echo.
A canceller does for as long as the window, because it has to learn the way of the echo anew with each line.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from voice_audio.frames import FLOOR_DBFS
from voice_audio.ports import SAMPLE_RATE_HZ

Duplex = Literal["half", "headphones", "canceller"]
Region = Literal["quiet", "window", "line", "tail"]
_MEMORY_MS, _ENOUGH_MS, _DOUBT_MS = 3_000, 1_000, 512
_LOUD_SHARE = 0.95


@dataclass(frozen=True)
class ResumptionSettings:
    """on: probability of speech; times in ms, over_echo_db in dB; see configs/default.toml [echo] for where
    the values come from."""

    duplex: Duplex = "half"
    on: float = 0.5
    start_ms: int = 64
    going_on_ms: int = 192
    over_echo_ms: int = 192
    over_echo_db: float = 10.0
    interrupt_ms: int = 500
    bridge_ms: int = 96
    """So short a hole does not end speech: the closure of a consonant takes 50 to 100 ms."""
    echo_tail_ms: int = 250


class EchoLevel:
    """How loud our own voice comes back into the microphone: what 95 % of the blocks of the last 3 s of our
    lines stay below. Half a second passes before a block counts, or somebody who begins to speak would raise
    the very level they are compared with. known_dbfs: from a microphone check."""

    def __init__(self, block_samples: int, known_dbfs: float | None = None) -> None:
        self._enough = max(1, _samples(_ENOUGH_MS) // block_samples)
        known = [] if known_dbfs is None else [known_dbfs] * self._enough
        self._levels: deque[float] = deque(known, maxlen=max(1, _samples(_MEMORY_MS) // block_samples))
        self._newest: deque[float] = deque()
        self._doubtful = _samples(_DOUBT_MS) // block_samples

    @property
    def dbfs(self) -> float | None:
        """None until a second of our voice was heard."""
        if len(self._levels) < self._enough:
            return None
        ordered = sorted(self._levels)
        return ordered[min(len(ordered) - 1, int(_LOUD_SHARE * len(ordered)))]

    def learn(self, level_dbfs: float) -> None:
        """One more block that was heard while our line sounded. A microphone that sends zeros teaches
        nothing."""
        if level_dbfs > FLOOR_DBFS:
            self._newest.append(level_dbfs)
        while len(self._newest) > self._doubtful:
            self._levels.append(self._newest.popleft())

    def settle(self) -> None:
        """The line is over: what was heard last counts too. If it was taken for a voice and was none, it is
        so only once."""
        self._levels.extend(self._newest)
        self._newest.clear()


@dataclass
class _Stretch:
    """Speech without a long hole. need: so many samples make it certain; told_from: the onset to report."""

    need: int
    told_from: int
    before_line: bool
    last: int
    counted: int = 0
    whole: int = 0


class Resumption:
    """Follows one detector beside the segmenter. `feed` returns the onset, in samples of the session clock,
    at most once between two calls of `floor_given`."""

    def __init__(
        self, settings: ResumptionSettings, block_samples: int, echo_dbfs: float | None = None
    ) -> None:
        self._settings, self._block = settings, block_samples
        self.echo = EchoLevel(block_samples, echo_dbfs)
        self._floor: int | None = None
        self._told = False
        self._line: tuple[int, int] | None = None  # our first sample, and where its window ends
        self._deaf_until = 0
        self._stretch: _Stretch | None = None
        self._start, self._bridge = _samples(settings.start_ms), _samples(settings.bridge_ms)

    def floor_taken(self, sample: int) -> None:
        """Nobody listens from here on."""
        if self._floor is not None:
            return
        self._floor = sample
        stretch = self._stretch
        if stretch is not None:
            stretch.need, stretch.told_from = _samples(self._settings.going_on_ms), sample
            stretch.counted, stretch.before_line = 0, False

    def floor_given(self) -> None:
        """The candidate is listened to again."""
        self._floor, self._told = None, False

    def line_begins(self, sample: int, window_ms: int) -> None:
        """Our first sample is heard here. For `window_ms` after it the floor can be taken back in half
        duplex."""
        self._line = (sample, sample + _samples(window_ms))

    def line_ends(self, sample: int) -> None:
        """Our last sample was heard, or we were stopped."""
        if self._line is not None:
            self.echo.settle()
            self._line, self._deaf_until = None, sample + _samples(self._settings.echo_tail_ms)

    def follows_line(self, sample: int) -> bool:
        """Whether our line or its echo is heard at `sample`: the time in which a canceller has to run."""
        return self._region(sample, sample + 1) != "quiet"

    def wants_cleaned(self, sample: int) -> bool:
        """Whether speech is to be looked for in what a canceller left of the sound at `sample`."""
        return self._settings.duplex == "canceller" and self._region(sample, sample + 1) in ("line", "tail")

    def feed(self, probability: float, level_dbfs: float, end_sample: int) -> int | None:
        """Judge the block that ends at `end_sample`. level_dbfs: of the microphone's own sound. Returns the
        onset once the candidate has certainly begun to speak again, else None."""
        begin = end_sample - self._block
        region = self._region(begin, end_sample)
        counts = probability >= self._settings.on and self._may_count(region, begin, level_dbfs)
        if self._line is not None and begin >= self._line[0]:
            self.echo.learn(level_dbfs)
        self._follow(region, counts, begin, end_sample)
        stretch = self._stretch
        certain = stretch is not None and stretch.counted >= stretch.need
        if stretch is None or not certain or self._floor is None or self._told:
            return None
        self._told = True
        return stretch.told_from

    def _region(self, begin: int, end: int) -> Region:
        """A block that reaches into our line or its echo belongs to it."""
        if self._line is not None and end > self._line[0]:
            return "window" if begin < self._line[1] else "line"
        return "tail" if begin < self._deaf_until else "quiet"

    def _may_count(self, region: Region, begin: int, level_dbfs: float) -> bool:
        duplex, stretch = self._settings.duplex, self._stretch
        if region == "quiet" or duplex == "headphones":
            return True
        if region == "tail" or (region == "line" and stretch is None):
            return duplex == "canceller"
        if region == "line" and duplex == "canceller":
            return True
        if stretch is not None and stretch.before_line:
            return region == "window"
        echo_dbfs = self.echo.dbfs
        return echo_dbfs is not None and level_dbfs > echo_dbfs + self._settings.over_echo_db

    def _follow(self, region: Region, counts: bool, begin: int, end: int) -> None:
        """Let the present stretch of speech grow, end, or begin."""
        stretch = self._stretch
        if not counts:
            if stretch is not None:
                hole = self._bridge if stretch.whole >= self._start else 0
                self._stretch = stretch if end - stretch.last <= hole else None
            return
        floor = 0 if self._floor is None else self._floor
        if stretch is None:
            need = _samples(self._need_ms(region))
            stretch = self._stretch = _Stretch(need, max(begin, floor), region == "quiet", last=end)
        stretch.last = end
        stretch.whole += end - begin
        stretch.counted += max(0, end - max(begin, floor))

    def _need_ms(self, region: Region) -> int:
        settings = self._settings
        if region == "quiet":
            return settings.start_ms
        return settings.over_echo_ms if region == "window" else settings.interrupt_ms


def _samples(ms: int) -> int:
    return ms * SAMPLE_RATE_HZ // 1000
