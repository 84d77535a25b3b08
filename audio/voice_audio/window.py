"""What a recogniser is given to hear: speech that is not settled yet, its pauses shortened. Pure.

Whisper hears up to 30 s at once, and half-second scraps make it invent; so the pieces between pauses are only
the clock's edges. They are laid side by side into one window, heard together, and the words' times are mapped
back:

    session   ..[====].......[==]..........[=======]...
    window      [====].[==].[=======]         at most `longest_ms`, between two stretches `lead_ms + trail_ms`

A window that is full is settled up to its last whole sentence; what follows is heard again with what comes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from voice_audio.ports import SAMPLE_RATE_HZ, CalibratedTranscriber, HeardWord, Samples, Transcriber

Sound = Callable[[int, int], Samples]
"""What was heard from..to, in ms of the session clock: int16, shape (n,), 16 kHz."""
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
LEFT_OVER_MS, _MOST_AGAIN = 1500, 3
"""A window holds hardly any silence, so this much without a word at its end was mostly not listened to: on
answers joined of several speakers 115 of 432 words were wrong instead of 173, 29 single recordings did not
change (`bench speech`)."""
_CLOSERS = "\"'”’)]"
_LEAST_SETTLED = 0.35
"""A sentence that ends earlier in a full window is not worth hearing the rest again: then the widest gap
between two words of the later half divides it."""


@dataclass(frozen=True)
class WindowSettings:
    """Times in ms. configs/default.toml says where each comes from."""

    longest_ms: int = 25_000
    lead_ms: int = 200
    trail_ms: int = 250

    def __post_init__(self) -> None:
        if min(self.lead_ms, self.trail_ms) < 0 or self.longest_ms <= 2 * (self.lead_ms + self.trail_ms):
            raise ValueError("a window must be longer than what surrounds its speech")


@dataclass(frozen=True)
class Stretch:
    """Speech without a pause, from its onset to the end of its last sound, in ms of the session clock."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Span:
    """A piece of the session inside a window, in ms. at_ms: where it begins in the window; start_ms..end_ms:
    what is given of the session; the speech in it begins at onset_ms."""

    at_ms: int
    start_ms: int
    end_ms: int
    onset_ms: int

    @property
    def until_ms(self) -> int:
        """Where it ends in the window."""
        return self.at_ms + self.end_ms - self.start_ms


@dataclass(frozen=True)
class Window:
    """The spans given to the recogniser in one call. whole: all stretches are in it."""

    spans: tuple[Span, ...]
    whole: bool = True

    @property
    def length_ms(self) -> int:
        return self.spans[-1].until_ms if self.spans else 0

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """The speech between pauses, on the session clock."""
        return tuple((span.onset_ms, span.end_ms) for span in self.spans)

    def samples(self, sound: Sound) -> Samples:
        """The sound of the spans, one after the other."""
        given = [sound(span.start_ms, span.end_ms) for span in self.spans]
        return np.concatenate(given) if given else np.zeros(0, np.int16)

    def back(self, words: Iterable[HeardWord]) -> tuple[HeardWord, ...]:
        """Words with their times on the session clock: each in the span in which most of it lies, never
        before the onset of its speech, in order and without overlap."""
        placed: list[HeardWord] = []
        floor_ms = 0
        for word in words:
            span = self._span_of(word)
            shift = span.start_ms - span.at_ms
            start_ms = max(word.start_ms + shift, span.onset_ms, floor_ms)
            end_ms = max(min(word.end_ms + shift, span.end_ms), start_ms)
            start_ms = min(start_ms, end_ms)
            placed.append(replace(word, start_ms=start_ms, end_ms=end_ms))
            floor_ms = end_ms
        return tuple(placed)

    def _span_of(self, word: HeardWord) -> Span:
        def inside_ms(span: Span) -> int:
            return min(word.end_ms, span.until_ms) - max(word.start_ms, span.at_ms)

        return max(self.spans, key=inside_ms)


def lay_out(
    stretches: Sequence[Stretch], settings: WindowSettings, floor_ms: int = 0, end_ms: int | None = None
) -> Window:
    """The window over the first of these stretches, as many as fit; at least a part of the first.

    floor_ms: no sound before it belongs to us. end_ms: where the sound ends so far, if not beyond the last.
    """
    spans: list[Span] = []
    at_ms = 0
    for number, stretch in enumerate(stretches):
        start_ms = max(stretch.start_ms - settings.lead_ms, spans[-1].end_ms if spans else floor_ms)
        until_ms = stretch.end_ms + settings.trail_ms
        if number + 1 < len(stretches):
            until_ms = min(until_ms, stretches[number + 1].start_ms)
        if end_ms is not None:
            until_ms = min(until_ms, end_ms)
        until_ms = max(until_ms, start_ms)
        room_ms = settings.longest_ms - at_ms
        if until_ms - start_ms > room_ms:
            if not spans:
                spans.append(Span(0, start_ms, start_ms + room_ms, max(start_ms, stretch.start_ms)))
            return Window(tuple(spans), whole=False)
        spans.append(Span(at_ms, start_ms, until_ms, max(start_ms, stretch.start_ms)))
        at_ms = spans[-1].until_ms
    return Window(tuple(spans))


def windows_of(
    stretches: Sequence[Stretch], settings: WindowSettings, end_ms: int | None = None
) -> list[Window]:
    """All of these stretches in as many windows as they need, none heard twice."""
    windows: list[Window] = []
    rest, floor_ms = list(stretches), 0
    while rest:
        windows.append(lay_out(rest, settings, floor_ms, end_ms))
        floor_ms = windows[-1].spans[-1].end_ms
        rest = remaining(rest, floor_ms) if not windows[-1].whole else []
    return windows


def settled(words: Sequence[HeardWord]) -> int:
    """How many words of a full window can be settled: its whole sentences but the last, which may go on."""
    if not words:
        return 0
    begin_ms, end_ms = words[0].start_ms, words[-1].end_ms
    enough_ms = begin_ms + _LEAST_SETTLED * (end_ms - begin_ms)
    ends = [
        at + 1 for at, word in enumerate(words[:-1]) if ends_sentence(word.text) and word.end_ms >= enough_ms
    ]
    if ends:
        return ends[-1]
    half_ms = (begin_ms + end_ms) / 2
    later = [at for at in range(1, len(words)) if words[at - 1].end_ms >= half_ms]
    return max(later, key=lambda at: words[at].start_ms - words[at - 1].end_ms, default=len(words))


def ends_sentence(text: str) -> bool:
    """Whether a word carries the mark that ends a sentence."""
    return text.rstrip(_CLOSERS)[-1:] in (".", "?", "!") and not text.endswith("...")


def border_ms(words: Sequence[HeardWord], count: int) -> int:
    """Between the first `count` words and the rest, on their clock."""
    if count >= len(words):
        return words[-1].end_ms
    return (words[count - 1].end_ms + words[count].start_ms) // 2


def remaining(stretches: Sequence[Stretch], from_ms: int) -> list[Stretch]:
    """The stretches after that time; the one in which it lies is cut."""
    return [
        replace(stretch, start_ms=max(stretch.start_ms, from_ms))
        for stretch in stretches
        if stretch.end_ms > from_ms
    ]


def hear_through(
    transcribe: Callable[[Samples], tuple[HeardWord, ...]], samples: Samples
) -> tuple[HeardWord, ...]:
    """The words of a window to its end. Whisper sometimes stops after a sentence, mostly where another voice
    or room begins: what it left is heard again from there, where that is long enough to hold words."""
    words = transcribe(samples)
    for _ in range(_MOST_AGAIN):
        from_ms = words[-1].end_ms if words else 0
        rest = samples[from_ms * SAMPLES_PER_MS :]
        if not words or len(rest) < LEFT_OVER_MS * SAMPLES_PER_MS:
            break
        more = transcribe(rest)
        if not more:
            break
        words += tuple(
            replace(word, start_ms=word.start_ms + from_ms, end_ms=word.end_ms + from_ms) for word in more
        )
    return words


def placed(transcriber: Transcriber, window: Window, words: Iterable[HeardWord]) -> tuple[HeardWord, ...]:
    """What that recogniser heard in the window: on the session clock, as probable as it is known to be."""
    back = window.back(words)
    if isinstance(transcriber, CalibratedTranscriber):
        return transcriber.calibrated(back, window.pieces)
    return back


def hear_by_window(
    transcriber: Transcriber,
    sound: Sound,
    stretches: Sequence[Stretch],
    settings: WindowSettings,
    end_ms: int,
) -> list[tuple[Window, tuple[HeardWord, ...]]]:
    """Hear finished speech window by window: each window with the words that are settled from it, on the
    session clock. end_ms: where the sound ends."""
    heard: list[tuple[Window, tuple[HeardWord, ...]]] = []
    rest, floor_ms = list(stretches), 0
    while rest:
        window = lay_out(rest, settings, floor_ms, end_ms)
        words = placed(transcriber, window, hear_through(transcriber.transcribe, window.samples(sound)))
        if window.whole:
            heard.append((window, words))
            return heard
        count = settled(words)
        floor_ms = border_ms(words, count) if count else window.spans[-1].end_ms
        heard.append((window, words[:count]))
        rest = remaining(rest, floor_ms)
    return heard


def speech_of(edges: Iterable[tuple[int, int]]) -> list[Stretch]:
    """Stretches from (onset, last speech) in ms, those that touch joined."""
    found: list[Stretch] = []
    for start_ms, end_ms in edges:
        if found and start_ms <= found[-1].end_ms:
            found[-1] = Stretch(found[-1].start_ms, max(found[-1].end_ms, end_ms))
        else:
            found.append(Stretch(start_ms, end_ms))
    assert all(one.end_ms < other.start_ms for one, other in pairwise(found))
    return found
