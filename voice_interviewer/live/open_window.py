"""The part of an answer that is not settled yet: speech to be heard again, and the words of closed pieces.

Pieces (the machine's numbered segments) are edges on the clock; words are heard over the whole window and
handed out to the pieces by time. What was settled from a full window is never heard again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice_audio.ports import HeardWord
from voice_audio.window import (
    Stretch,
    Window,
    WindowSettings,
    border_ms,
    ends_sentence,
    lay_out,
    remaining,
    settled,
)
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e

Write = Callable[[tuple[Word, ...]], tuple[Word, ...]]
"""From the recogniser's words to the written form that everybody reads."""
SETTLED_AFTER_MS = 6000
"""So much speech after a sentence, all heard in full, settles it."""
SETTLED_PAUSE_MS = 400
"""Twice as much after such a pause settles what came before it, where no sentence ends."""
COVERED_MS = 100
"""A call that heard this much beyond the last speech heard all of it."""


@dataclass(frozen=True)
class Hearing:
    """What one call made of the window. until_ms: how far it heard; quick: in the recogniser's cheaper
    way."""

    until_ms: int
    words: tuple[HeardWord, ...]
    quick: bool


class OpenWindow:
    """The speech of one turn from where the microphone was opened, as far as it is not settled."""

    def __init__(self, turn: int, floor_ms: int, settings: WindowSettings, write: Write) -> None:
        self.turn, self.opened_ms, self.floor_ms = turn, floor_ms, floor_ms
        self._settings, self._write = settings, write
        self._stretches: list[Stretch] = []
        self._speaking_since_ms: int | None = None
        self._onset_ms = self._full_until_ms = self._sure_until_ms = floor_ms
        self._pieces: list[e.TranscribeSegment] = []
        self._owed: list[e.TranscribeSegment] = []
        self._settled: tuple[HeardWord, ...] = ()
        self._told: dict[int, tuple[Word, ...]] = {}
        self._one_by_one = False
        self.latest: Hearing | None = None

    # --- what happens ---------------------------------------------------------------------------------

    @property
    def owed(self) -> bool:
        """Whether closed pieces wait for their words."""
        return bool(self._owed)

    @property
    def owed_since_ms(self) -> int:
        """The end of the closed piece that has waited longest; only while pieces are owed."""
        return self._owed[0].end_ms

    @property
    def speaking(self) -> bool:
        return self._speaking_since_ms is not None

    @property
    def speech_since_ms(self) -> int:
        """Where the speech that goes on now began."""
        return self.floor_ms if self._speaking_since_ms is None else self._speaking_since_ms

    @property
    def last_speech_ms(self) -> int:
        return self._stretches[-1].end_ms if self._stretches else self.floor_ms

    @property
    def closed_until_ms(self) -> int:
        """The end of the newest closed piece."""
        return self._pieces[-1].end_ms if self._pieces else self.floor_ms

    def speech_started(self, onset_ms: int) -> None:
        self._onset_ms = self._speaking_since_ms = max(onset_ms, self.floor_ms)

    def speech_stopped(self, last_speech_ms: int) -> tuple[Stretch, ...]:
        """Returns the speech that ended, from its onset, also what of it is settled already."""
        since_ms, self._speaking_since_ms = self._speaking_since_ms, None
        if since_ms is None:
            return ()
        if last_speech_ms > max(since_ms, self.floor_ms):
            self._stretches.append(Stretch(max(since_ms, self.floor_ms), last_speech_ms))
        return (Stretch(self._onset_ms, last_speech_ms),) if last_speech_ms > self._onset_ms else ()

    def close(self, piece: e.TranscribeSegment) -> None:
        """A piece of the answer has ended. Speech that was never reported, before a crash, is all of it."""
        self._pieces.append(piece)
        self._owed.append(piece)
        known = any(s.start_ms < piece.end_ms and s.end_ms > piece.start_ms for s in self._stretches)
        if not known and not self.speaking:
            self._stretches.append(Stretch(max(piece.start_ms, self.last_speech_ms), piece.end_ms))

    # --- what is heard next -----------------------------------------------------------------------------

    def lay_out(self, now_ms: int, from_ms: int | None = None) -> Window:
        """The window to be heard now. from_ms: only speech after that, for captions."""
        stretches = list(self._stretches)
        if self._speaking_since_ms is not None and now_ms > self._speaking_since_ms:
            stretches.append(Stretch(self._speaking_since_ms, now_ms))
        if self._one_by_one and self._owed:
            stretches = [s for s in stretches if s.start_ms < self._owed[0].end_ms]
        if from_ms is not None:
            stretches = remaining(stretches, from_ms)
        return lay_out(stretches, self._settings, self.floor_ms, now_ms)

    def covers(self, until_ms: int) -> bool:
        """Whether a call that heard until then heard all the speech there is."""
        return not self.speaking and until_ms >= self.last_speech_ms + COVERED_MS

    def not_in_full_ms(self, now_ms: int) -> int:
        """How much speech of this window was not heard in full yet."""
        new = remaining(self._stretches, max(self.floor_ms, self._full_until_ms))
        going_on_ms = now_ms - max(self.speech_since_ms, self._full_until_ms) if self.speaking else 0
        return sum(each.end_ms - each.start_ms for each in new) + max(0, going_on_ms)

    def know(self, words: tuple[HeardWord, ...]) -> None:
        """Captions are sure of these words of the open piece: a quick hearing begins after them."""
        known_ms = self.latest.until_ms if self.latest else 0
        if not words or words[-1].end_ms <= max(self._sure_until_ms, self.floor_ms, known_ms):
            return
        before = self.latest.words if self.latest else ()
        new_ms = max(words[0].start_ms, self._sure_until_ms)
        heard = (
            *(word for word in before if _middle(word) < new_ms),
            *(word for word in words if _middle(word) >= new_ms),
        )
        self._sure_until_ms = words[-1].end_ms
        self.latest = Hearing(self._sure_until_ms, heard, quick=True)

    def new_from_ms(self, context_ms: int) -> int | None:
        """Where the speech without words begins, after so much of what has words already, cut at pauses or
        where captions are sure. None: all of the window."""
        if self.latest is None:
            return None
        known = [each for each in self._stretches if each.end_ms <= self.latest.until_ms]
        new = self._stretches[len(known) :]
        from_ms = new[0].start_ms if new else self.speech_since_ms
        if from_ms < self._sure_until_ms:
            return self._sure_until_ms
        for stretch in reversed(known):
            context_ms -= stretch.end_ms - stretch.start_ms
            if context_ms < 0:
                break
            from_ms = stretch.start_ms
        return from_ms

    def begins_by(self, onset_ms: int) -> bool:
        """Whether a call that begins there hears all speech that has no words yet."""
        new_ms = self.new_from_ms(0)
        if new_ms is None:
            new_ms = self._stretches[0].start_ms if self._stretches else self.speech_since_ms
        return onset_ms <= new_ms

    def settle_known(self, now_ms: int) -> bool:
        """Where the window has become too full and its beginning was heard in full already: settle that.
        Returns whether anything was settled."""
        window, latest = self.lay_out(now_ms), self.latest
        if window.whole or latest is None or latest.quick or self._one_by_one:
            return False
        if latest.until_ms < window.spans[-1].end_ms - self._settings.trail_ms or not latest.words:
            return False
        self._settle_sentences(latest.words)
        return True

    # --- what came of it --------------------------------------------------------------------------------

    def take(self, window: Window, until_ms: int, words: tuple[HeardWord, ...], quick: bool) -> bool:
        """Words of `window` on the session clock; what lies before it keeps its words. Returns whether all
        speech up to until_ms is in words now; a window that was full is settled up to its last whole
        sentence, and the rest is still to be heard."""
        if window.whole:
            onset_ms = window.spans[0].onset_ms if window.spans else 0
            before = self.latest.words if self.latest else ()
            words = (*(word for word in before if _middle(word) < onset_ms), *words)
            self.latest = Hearing(until_ms, words, quick)
            self._full_until_ms = self._full_until_ms if quick else until_ms
            if self._one_by_one and self._owed:
                self._settle(words, self._owed[0].end_ms)
            elif not quick:
                self._settle_early(words)
            return True
        if words:
            self._settle_sentences(words)
        else:
            self._settle((), window.spans[-1].end_ms)
        return False

    def _settle_early(self, words: tuple[HeardWord, ...]) -> None:
        """Sentences that ended long before the present are not heard again: what follows needs no more of
        them, and each hearing costs what it holds."""
        spoken_ms = 0
        for at in range(len(words) - 1, 0, -1):
            spoken_ms += words[at].end_ms - words[at].start_ms
            if spoken_ms < SETTLED_AFTER_MS:
                continue
            paused = words[at].start_ms - words[at - 1].end_ms >= SETTLED_PAUSE_MS
            if ends_sentence(words[at - 1].text) or (spoken_ms >= 2 * SETTLED_AFTER_MS and paused):
                hearing = self.latest
                self._settle(words[:at], border_ms(words, at))
                if hearing is not None:
                    self.latest = Hearing(hearing.until_ms, words[at:], hearing.quick)
                return

    def _settle_sentences(self, words: tuple[HeardWord, ...]) -> None:
        count = settled(words)
        self._settle(words[:count], border_ms(words, count))

    def _settle(self, words: tuple[HeardWord, ...], until_ms: int) -> None:
        self._settled += words
        self.floor_ms = max(self.floor_ms, until_ms)
        self._stretches = remaining(self._stretches, self.floor_ms)
        if self._speaking_since_ms is not None:
            self._speaking_since_ms = max(self._speaking_since_ms, self.floor_ms)
        self.latest = None

    def answer(self) -> tuple[tuple[e.TranscribeSegment, tuple[Word, ...]], ...]:
        """The owed pieces whose words are known now, each with its words; they are owed no longer."""
        words = self.written()
        until_ms = self.floor_ms if self.latest is None else max(self.floor_ms, self.latest.until_ms)
        known = [
            piece for piece in self._owed if piece.start_ms < until_ms and self._is_known(piece, until_ms)
        ]
        self._owed = [piece for piece in self._owed if piece not in known]
        self._one_by_one = self._one_by_one and bool(self._owed)
        told = tuple((piece, self._words_of(piece, words)) for piece in known)
        self._told.update((piece.segment, said) for piece, said in told)
        return told

    def _is_known(self, piece: e.TranscribeSegment, until_ms: int) -> bool:
        speech = [s.end_ms for s in self._stretches if s.start_ms < piece.end_ms]
        if self._speaking_since_ms is not None and self._speaking_since_ms < piece.end_ms:
            speech.append(piece.end_ms)  # a long piece was cut in mid-speech
        return until_ms >= min(piece.end_ms, max(speech, default=piece.start_ms) + COVERED_MS)

    def revised(self) -> tuple[e.Revision, ...]:
        """Pieces that were told before and read differently now."""
        words, changed = self.written(), []
        for piece in self._pieces:
            if piece.segment in self._told:
                now = self._words_of(piece, words)
                if now != self._told[piece.segment]:
                    self._told[piece.segment] = now
                    changed.append(e.Revision(piece.segment, now))
        return tuple(changed)

    def newest_piece(self) -> tuple[e.TranscribeSegment, tuple[Word, ...]] | None:
        """The last piece that was told, with its words as they read now."""
        told = [piece for piece in self._pieces if piece.segment in self._told]
        return (told[-1], self._words_of(told[-1], self.written())) if told else None

    def written(self) -> tuple[Word, ...]:
        """All words of this window's turn so far, settled ones first, in their written form."""
        heard = self._settled + (self.latest.words if self.latest else ())
        return self._write(as_words(heard))

    def tail(self) -> tuple[Word, ...]:
        """The words after the last closed piece."""
        return tuple(word for word in self.written() if _middle(word) >= self.closed_until_ms)

    def _words_of(self, piece: e.TranscribeSegment, words: Sequence[Word]) -> tuple[Word, ...]:
        at = self._pieces.index(piece)
        begin_ms = self._pieces[at - 1].end_ms if at else 0
        return tuple(word for word in words if begin_ms <= _middle(word) < piece.end_ms)

    # --- what fails ---------------------------------------------------------------------------------------

    def failed(self) -> e.TranscribeSegment | None:
        """The recogniser failed on this window: it is heard piece by piece from here on, without what was
        told before. Returns the piece that fails even alone; it is given up."""
        if not self._owed:
            return None
        first = self._owed[0]
        before = [piece.end_ms for piece in self._pieces if piece.segment in self._told]
        if before and self.floor_ms < before[-1]:
            known = self.latest.words if self.latest else ()
            self._settle(tuple(word for word in known if word.end_ms <= before[-1]), before[-1])
            return None
        if not self._one_by_one and len(self._owed) > 1:
            self._one_by_one = True
            return None
        self._owed.remove(first)
        self._told[first.segment] = ()
        self._settle((), first.end_ms)
        return first


def as_words(heard: Sequence[HeardWord]) -> tuple[Word, ...]:
    return tuple(Word(each.text, each.start_ms, each.end_ms, each.probability) for each in heard)


def _middle(word: Word | HeardWord) -> float:
    return (word.start_ms + word.end_ms) / 2
