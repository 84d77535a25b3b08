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
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from voice_audio.frames import FLOOR_DBFS
from voice_audio.ports import SAMPLE_RATE_HZ

Duplex = Literal["half", "headphones", "canceller"]
Region = Literal["quiet", "window", "line", "tail"]
_MEMORY_MS, _ENOUGH_MS, _DOUBT_MS, _VERDICT_MS = 6_000, 1_000, 512, 320
_LOUD_SHARE = 0.95
_USUAL_SPREAD_DB = 9.0
"""Where a line's own levels are not given; eight questions said by espeak had 8.2 to 10.6."""


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
    """How loud our own voice comes back into the microphone at its loudest: the median level of the last 6 s
    of our lines, and on top of it what the loud parts of a line are over its own median. A median, because
    somebody who speaks at the same time must not raise the level they are compared with; half a second
    passes before a block counts, for the same reason. known_dbfs: from a microphone check."""

    def __init__(self, block_samples: int, known_dbfs: float | None = None) -> None:
        self._known_dbfs = known_dbfs
        self._enough = max(1, _samples(_ENOUGH_MS) // block_samples)
        self._levels: deque[float] = deque(maxlen=max(1, _samples(_MEMORY_MS) // block_samples))
        self._newest: deque[float] = deque()
        self._doubtful = _samples(_DOUBT_MS) // block_samples
        self.loud_over_median_db = _USUAL_SPREAD_DB
        """Of the present line, as it leaves for the loudspeaker."""

    @property
    def dbfs(self) -> float | None:
        """None until a second of our voice was heard, unless a check told before."""
        if len(self._levels) < self._enough:
            return self._known_dbfs
        return median(self._levels) + self.loud_over_median_db

    def learn(self, level_dbfs: float) -> None:
        """One more block that was heard while our line sounded. A microphone that sends zeros teaches
        nothing."""
        if level_dbfs > FLOOR_DBFS:
            self._newest.append(level_dbfs)
        while len(self._newest) > self._doubtful:
            self._levels.append(self._newest.popleft())

    def settle(self) -> None:
        """The line is over: what was heard last counts too."""
        self._levels.extend(self._newest)
        self._newest.clear()

    def take_newest(self) -> list[float]:
        """The blocks that do not count yet, which now never will: they seem to be somebody's voice."""
        newest = list(self._newest)
        self._newest.clear()
        return newest

    def believe(self, levels_dbfs: list[float]) -> None:
        """They were our own voice after all: this is how loud it has become."""
        before = self.dbfs
        loud = [level for level in levels_dbfs if before is None or level > before]
        if loud:
            self._levels.clear()
            self._levels.extend([median(loud)] * self._enough)


def loud_over_median_db(levels_dbfs: Sequence[float]) -> float:
    """How far the loudest twentieth of a line lies over its median; levels of its blocks, without the
    silence around it."""
    heard = sorted(level for level in levels_dbfs if level > FLOOR_DBFS)
    return heard[int(_LOUD_SHARE * (len(heard) - 1))] - median(heard) if heard else _USUAL_SPREAD_DB


@dataclass
class _Stretch:
    """Speech without a long hole. need: so many samples make it certain; told_from: the onset to report."""

    need: int
    told_from: int
    before_line: bool
    last: int
    over_echo: bool = False
    counted: int = 0
    whole: int = 0


class Resumption:
    """Follows one detector beside the segmenter. `feed` returns the onset, in samples of the session clock,
    at most once before our first line and once for each line, until `floor_given`."""

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
        self._doubted: list[float] = []
        self._doubt_until = 0
        self._verdict_at: int | None = None
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

    def line_begins(self, sample: int, window_ms: int, loud_over_median_db: float | None = None) -> None:
        """Our first sample is heard here. For `window_ms` after it the floor can be taken back in half
        duplex. loud_over_median_db: of the line, see `loud_over_median_db`."""
        self._line = (sample, sample + _samples(window_ms))
        if self._told:  # whatever was told before did not keep us from speaking
            self._told, self._stretch = False, None
        if loud_over_median_db is not None:
            self.echo.loud_over_median_db = loud_over_median_db

    def line_ends(self, sample: int) -> None:
        """Our last sample was heard, or we were stopped."""
        if self._line is not None:
            self.echo.settle()
            if self._doubted:
                self._verdict_at = sample + _samples(self._settings.echo_tail_ms + _VERDICT_MS)
            self._line, self._deaf_until = None, sample + _samples(self._settings.echo_tail_ms)

    def was_our_own(self) -> None:
        """The onset told last was none."""
        self._told, self._stretch, self._doubted = False, None, []

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
        if self._line is not None and begin >= self._line[0] and not self._doubted:
            self.echo.learn(level_dbfs)
        self._judge_doubt(probability, begin, end_sample)
        self._follow(region, counts, begin, end_sample)
        stretch = self._stretch
        certain = stretch is not None and stretch.counted >= stretch.need
        if stretch is None or not certain or self._floor is None or self._told:
            return None
        self._told = True
        if stretch.over_echo:
            self._doubted = self.echo.take_newest()
            self._doubt_until = end_sample + _samples(_DOUBT_MS)
        return stretch.told_from

    def _judge_doubt(self, probability: float, begin: int, end: int) -> None:
        """Whoever made us stop still speaks when our echo is gone. If nobody does, it was our own voice, come
        back louder than it ever did: that mistake is made once. A line that was not stopped proves
        nothing."""
        if self._verdict_at is None:
            self._doubted = self._doubted if begin < self._doubt_until else []
            return
        voice = begin >= self._deaf_until and probability >= self._settings.on
        if voice or end >= self._verdict_at:
            if not voice:
                self.echo.believe(self._doubted)
            self._doubted, self._verdict_at = [], None

    def _region(self, begin: int, end: int) -> Region:
        """A block that reaches into our line or its echo belongs to it."""
        if self._line is not None and end > self._line[0]:
            return "window" if begin < self._line[1] else "line"
        return "tail" if begin < self._deaf_until else "quiet"

    def _is_full(self, region: Region) -> bool:
        """Whether what the detector hears there cannot be our own voice."""
        duplex = self._settings.duplex
        return duplex == "headphones" or (duplex == "canceller" and region in ("line", "tail"))

    def _may_count(self, region: Region, begin: int, level_dbfs: float) -> bool:
        stretch = self._stretch
        if region == "quiet" or self._is_full(region):
            return True
        if region == "tail" or (region == "line" and stretch is None):
            return False
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
            stretch = self._stretch = _Stretch(need, max(begin, floor), region == "quiet", end)
            stretch.over_echo = region != "quiet" and not self._is_full(region)
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
