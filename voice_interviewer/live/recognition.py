"""Speech to words while the candidate is still talking: what the one recogniser worker does next.

    closed segments ── their words are owed; heard first, together with all that is open before them
    the tail        ── the window heard at a pause, in case it is the end; given up when speech goes on
    captions        ── the window heard quickly while somebody speaks; only when nothing else is to be done
    fillers         ── once an answer is over and our line is heard: a hearing for "um" and "uh" alone

Segments are the clock's edges, not what the recogniser hears: it always hears the open window
(`voice_audio.window`), the speech of this answer that is not settled yet. At most one call is under way and
nothing else queues up; pieces that close meanwhile are answered by the next call together. A piece that reads
differently after more was heard is told again (`Revision`). Everything but `tick` runs on the reducer's
thread, and results come back through its inbox, so nothing here needs a lock.

On files (`live=False`) there are no captions and nothing is thinned out by measured time: the same sound
gives the same events.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from voice_audio.ports import (
    FillerTranscriber,
    HeardWord,
    LanguageTranscriber,
    MeteredTranscriber,
    QuickTranscriber,
    Samples,
    Transcriber,
)
from voice_audio.window import Stretch, WindowSettings, hear_through, placed, windows_of
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.understanding.normalisation import normalised
from voice_interviewer.errors import Problem
from voice_interviewer.live.open_window import OpenWindow, as_words
from voice_interviewer.live.recognition_calls import (
    CAPTION_MS,
    FILLERS,
    FULL_MS,
    GUESS,
    GUESS_MS,
    HEAR_EVERY_MS,
    LANGUAGE_MS,
    LITTLE_MS,
    LONG_MS,
    OWED_MS,
    PAUSE_MS,
    SEGMENT,
    SETTLE_LITTLE_MS,
    SETTLE_MS,
    TAIL,
    Call,
    FillerPass,
    OpenCaption,
    Pace,
)
from voice_interviewer.live.workers import Workers

A_MINUTE_MS = 60_000
LOOK_MS = 40
"""So often the open window is looked at."""


Hear = Callable[[Samples, Callable[[], bool]], tuple[HeardWord, ...]]


@dataclass(frozen=True)
class Caption:
    """The words that are not in the answer yet: firm ones hardly change, tentative ones may."""

    firm: tuple[HeardWord, ...] = ()
    tentative: tuple[HeardWord, ...] = ()


class Recognition:
    """Schedules the recogniser of one interview.

    sound(start_ms, end_ms) gives what the microphone heard; post takes events, exceptions and callables into
    the reducer's inbox; now_ms is the session clock.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        workers: Workers,
        sound: Callable[[int, int], Samples],
        post: Callable[[Any], None],
        now_ms: Callable[[], int],
        live: bool = True,
        settings: WindowSettings | None = None,
    ) -> None:
        self._transcriber, self._workers = transcriber, workers
        self._sound, self._post, self._now_ms = sound, post, now_ms
        self._live, self._settings = live, settings or WindowSettings()
        self._metered_ms = (
            transcriber.speculate_every_ms if isinstance(transcriber, MeteredTranscriber) else 0
        )
        self._quick = isinstance(transcriber, QuickTranscriber)
        self._guesses = live and not self._metered_ms
        self._pace = Pace()
        self._next_look_ms = 0
        self._windows: list[OpenWindow] = [OpenWindow(0, 0, self._settings, normalised)]
        self._tail: e.TranscribeTail | None = None
        self._call: Call | None = None
        self._begun_ms: dict[str, int] = {}
        self._era = 0
        self._listening = False
        self._language_known = not isinstance(transcriber, LanguageTranscriber)
        self._spoken: dict[int, list[Stretch]] = {}
        self._work_ms = 0.0
        self._fillers = FillerPass()
        self._captions = OpenCaption()
        self._said: tuple[str, ...] = ()
        self._closed: dict[tuple[int, int], tuple[HeardWord, ...]] = {}
        self._closing: tuple[HeardWord, ...] = ()
        self.caption = Caption()

    # --- what the session tells ------------------------------------------------------------------------

    def tick(self, now_ms: int) -> None:
        """Once a frame, from the audio thread: time has passed."""
        if now_ms >= self._next_look_ms and self._listening:
            self._next_look_ms = now_ms + LOOK_MS
            self._post(self._look)

    def follow(self, event: e.Event, commands: Sequence[e.Command]) -> None:
        """After each event, before its commands are carried out: keep track of the open window."""
        match event:
            case e.SpeechStarted(_, onset_ms):
                self._window_at(onset_ms).speech_started(onset_ms)
                self._tail = None
                if self._call is not None and self._call.kind == TAIL:
                    self._turn_into(SEGMENT)  # no end of the answer, but its words need not be heard again
            case e.SpeechStopped(_, last_speech_ms):
                window = self._window_at(last_speech_ms)
                said = window.speech_stopped(last_speech_ms)
                self._spoken.setdefault(window.turn, []).extend(said)
            case e.SegmentClosed():
                self._close(any(isinstance(each, e.TranscribeSegment) for each in commands))
            case e.SegmentTranscribed() | e.SegmentFailed():
                self._closed.pop((event.turn, event.segment), None)
                self._show()
            case e.LineStarted() | e.LineUnspoken():
                self._fillers.may_begin = True
                self._next()
        for command in commands:
            if isinstance(command, e.Listen):
                self._begin_turn(command)
            elif isinstance(command, e.StopListening):
                self._listening = False
                self._fillers.answer_over(command.turn)

    def ask(self, command: e.TranscribeSegment | e.TranscribeTail) -> None:
        """SegmentTranscribed or SegmentFailed will answer a segment, WordsHeard a tail unless it is given
        up."""
        if isinstance(command, e.TranscribeTail):
            self._give_up(TAIL)
            if self._is_heard_now(self._windows[-1]):
                self._turn_into(TAIL)
            else:
                self._give_up(GUESS)
                self._tail = command
        else:
            self._ask_segment(command)
        self._next()

    def _ask_segment(self, command: e.TranscribeSegment) -> None:
        self._closed[command.turn, command.segment] = self._closing
        self._closing, self._tail = (), None
        window = self._window_at(command.start_ms)
        known = window.latest is not None and window.covers(window.latest.until_ms)
        window.close(command)
        if known:
            self._answer(window)
        elif self._is_heard_now(window):
            self._turn_into(SEGMENT)
        else:
            self._give_up(TAIL)
            self._give_up(GUESS)
        self._show()

    @property
    def real_time_factor(self) -> float | None:
        """Work of the recogniser per speech, captions and pauses included; None before a minute of speech."""
        spoken_ms = sum(each.end_ms - each.start_ms for said in self._spoken.values() for each in said)
        return self._work_ms / spoken_ms if spoken_ms >= A_MINUTE_MS else None

    def close(self) -> None:
        """The interview is over: nobody waits for the call that is under way."""
        if self._call is not None:
            self._call.cancelled = self._call.partial = True

    # --- the open window -------------------------------------------------------------------------------

    def _window_at(self, at_ms: int) -> OpenWindow:
        """The window that was open then."""
        return next((each for each in reversed(self._windows) if each.opened_ms <= at_ms), self._windows[0])

    def _begin_turn(self, command: e.Listen) -> None:
        before = self._windows[-1]
        if command.turn != before.turn:
            self._closed.clear()
        same = before if command.turn == before.turn else None

        def write(words: tuple[Word, ...]) -> tuple[Word, ...]:
            return normalised(words, same.written() if same else ())

        self._windows = [each for each in self._windows if each.owed or each is before]
        self._windows.append(OpenWindow(command.turn, command.from_ms, self._settings, write))
        self._listening = True
        self._fillers.answer_open(command.turn)
        self._give_up(FILLERS)
        self._new_segment()

    def _close(self, to_be_heard: bool) -> None:
        self._closing = (*self._captions.firm, *self._captions.tentative) if to_be_heard else ()
        if not to_be_heard:
            self._give_up(TAIL)
        elif self._live and self._quick:
            self._windows[-1].know(self._captions.kept)
        self._new_segment()

    def _new_segment(self) -> None:
        self._era += 1
        self._captions.reset()
        self._said = ()
        self._show()

    def _show(self) -> None:
        waiting = tuple(word for words in self._closed.values() for word in words)
        self.caption = Caption(waiting + self._captions.firm, self._captions.tentative)

    def _is_heard_now(self, window: OpenWindow) -> bool:
        """Whether the call under way is hearing all its speech already: then its words will do."""
        call = self._call
        if call is None or call.cancelled or call.open is not window or not call.window.whole:
            return False
        if call.partial and not (call.kind == GUESS and window.begins_by(call.window.spans[0].onset_ms)):
            return False
        return not any(each.owed for each in self._windows if each is not window) and window.covers(
            call.until_ms
        )

    def _turn_into(self, kind: str) -> None:
        assert self._call is not None
        self._call.kind, self._call.partial = kind, False

    def _give_up(self, kind: str) -> None:
        if kind == TAIL:
            self._tail = None
        if self._call is not None and self._call.kind == kind:
            self._call.cancelled = True

    # --- what is done next -----------------------------------------------------------------------------

    def _look(self) -> None:
        """Time has passed: perhaps a caption is due, or a silence lasts."""
        self._next()
        window, now_ms = self._windows[-1], self._now_ms()
        if self._call is not None or not self._listening:
            return
        if window.speaking and self._guesses and now_ms - window.speech_since_ms >= GUESS_MS:
            if self._may_speculate(GUESS):
                self._begin(GUESS, window)
        elif self._is_to_be_settled(window):
            self._begin(SEGMENT, window, full=True)

    def _is_to_be_settled(self, window: OpenWindow) -> bool:
        latest = window.latest
        quickly = latest is not None and latest.quick and window.covers(latest.until_ms)
        if not quickly:
            return False
        owed_ms = window.not_in_full_ms(self._now_ms())
        if self._live and owed_ms > LONG_MS:
            return True
        after_ms = SETTLE_LITTLE_MS if self._live and owed_ms < LITTLE_MS else SETTLE_MS
        return self._is_silent(window, after_ms)

    def _is_silent(self, window: OpenWindow, after_ms: int = SETTLE_MS) -> bool:
        """Whether this is no breath and hardly a pause inside a sentence any more."""
        return not window.speaking and self._now_ms() - window.last_speech_ms >= after_ms

    def _next(self) -> None:
        if self._call is not None:
            return
        owed = next((window for window in self._windows if window.owed), None)
        if owed is not None:
            if not self._listening or owed is not self._windows[-1] or self._may_hear(owed):
                self._hear_owed(owed)
        elif self._tail is not None and self._pauses() and self._may_speculate(TAIL):
            self._begin(TAIL, self._windows[-1])
        elif not self._listening and isinstance(self._transcriber, FillerTranscriber):
            self._hear_fillers(self._transcriber)

    def _hear_owed(self, window: OpenWindow) -> None:
        """A window that is full and was just heard in full is settled without hearing it again."""
        while window.settle_known(self._now_ms()):
            self._answer(window)
        if window.owed:
            self._begin(SEGMENT, window)

    def _may_hear(self, window: OpenWindow) -> bool:
        """At a pause, or when words have been owed for long. A recogniser that costs money or another
        machine's time is not asked for each short piece."""
        newest, now_ms = self._begun_ms.get(SEGMENT), self._now_ms()
        if newest is not None and now_ms - newest < self._metered_ms:
            return False
        if now_ms - window.owed_since_ms >= OWED_MS or self._is_silent(window):
            return True
        if not self._pauses():
            return False
        if self._live and self._quick:
            return self._may_speculate(TAIL)
        return now_ms - max(self._begun_ms.values(), default=-OWED_MS) >= HEAR_EVERY_MS

    def _pauses(self) -> bool:
        window = self._windows[-1]
        return not window.speaking and self._now_ms() - window.last_speech_ms >= PAUSE_MS

    def _may_speculate(self, kind: str) -> bool:
        between_ms = self._pace.between_ms(kind) if self._live else float(GUESS_MS)
        if between_ms is None:
            return False
        newest = max((ms for of, ms in self._begun_ms.items() if of != GUESS or kind == GUESS), default=None)
        return newest is None or self._now_ms() - newest >= max(between_ms, self._metered_ms)

    def _begin(self, kind: str, window: OpenWindow, full: bool = False) -> None:
        now_ms = self._now_ms()
        self._begun_ms[kind] = now_ms
        slow = self._live and self._pace.is_slow
        partial = kind == GUESS
        much_ms = FULL_MS if self._live else LONG_MS
        full = (
            full or self._is_silent(window) or not self._listening or window.not_in_full_ms(now_ms) > much_ms
        )
        quick = self._quick and (partial or not full)
        if quick and kind == TAIL and self._live:
            window.know(self._captions.kept)
        from_ms = self._captions.from_ms(window, slow) if partial else None
        if quick and not partial:
            from_ms = window.new_from_ms(CAPTION_MS)
        layout = window.lay_out(now_ms, from_ms)
        quick = quick and layout.whole
        turn = self._tail.turn if kind == TAIL and self._tail is not None else window.turn
        self._tail = None if kind == TAIL else self._tail
        call = Call(kind, window, layout, now_ms, self._era, turn, quick, partial)
        hear: Hear = self._transcriber.transcribe
        if quick and isinstance(self._transcriber, QuickTranscriber):
            hear = self._transcriber.transcribe_quickly
        if kind != GUESS and layout.length_ms >= LANGUAGE_MS and not self._language_known:
            hear = self._noticing_language(hear, turn)
        self._submit(call, hear)

    def _submit(self, call: Call, hear: Hear) -> None:
        samples = call.window.samples(self._sound)

        def measured() -> tuple[tuple[HeardWord, ...], float]:
            begun = time.perf_counter()
            if call.kind == FILLERS:
                words = hear(samples, lambda: call.cancelled)
            else:
                words = hear_through(lambda piece: hear(piece, lambda: call.is_in_vain), samples)
            return words, (time.perf_counter() - begun) * 1000

        self._call = call
        self._workers.submit(
            "recogniser", measured, lambda result: self._post(lambda: self._finished(call, result))
        )

    def _noticing_language(self, hear: Hear, turn: int) -> Hear:
        """That hearing, and once before it the question in which language it is."""

        def both(samples: Samples, cancelled: Callable[[], bool]) -> tuple[HeardWord, ...]:
            assert isinstance(self._transcriber, LanguageTranscriber)
            language, probability = self._transcriber.language(samples)
            if language:
                self._language_known = True
                self._post(e.LanguageHeard(self._now_ms(), turn, language, round(probability, 3)))
            return hear(samples, cancelled)

        return both

    def _hear_fillers(self, transcriber: FillerTranscriber) -> None:
        """The next window of an answer that is over, for its fillers."""
        window = self._fillers.next_window(
            lambda turn: windows_of(self._spoken.get(turn, ()), self._settings, self._now_ms())
        )
        if window is not None:
            open_window, turn = self._windows[-1], self._fillers.turn
            call = Call(FILLERS, open_window, window, self._now_ms(), self._era, turn, partial=True)
            self._submit(call, transcriber.fillers)

    # --- what came of it -------------------------------------------------------------------------------

    def _finished(self, call: Call, result: Any) -> None:
        self._call = None
        if isinstance(result, Problem):
            self._failed(call, result)
        elif isinstance(result, BaseException):
            raise result
        else:
            words, work_ms = result
            self._work_ms += work_ms if call.kind != FILLERS else 0
            if not call.cancelled and call.kind != FILLERS:
                self._pace.note(work_ms, call.quick)
            self._deliver(call, words)
            if call.kind == GUESS and self._live and self._owes_a_window(call.open):
                self._begin(SEGMENT, call.open, full=True)
                return
        self._next()

    def _owes_a_window(self, window: OpenWindow) -> bool:
        """Somebody speaks on and on: nearly a whole window was not heard in full. It is heard right after a
        caption, when captions can spare the recogniser longest."""
        return window.speaking and self._listening and window.not_in_full_ms(self._now_ms()) > FULL_MS

    def _failed(self, call: Call, problem: Problem) -> None:
        """A segment is given up, alone; of captions nobody knew."""
        if call.kind == GUESS:
            self._guesses = False
            return
        if call.kind == FILLERS:
            self._fillers = FillerPass()
            return
        given_up = call.open.failed()
        if given_up is not None:
            self._post(e.SegmentFailed(self._now_ms(), given_up.turn, given_up.segment, problem.message))

    def _deliver(self, call: Call, heard: tuple[HeardWord, ...]) -> None:
        if call.is_in_vain:
            return
        if call.kind == FILLERS:
            found = self._fillers.heard(call.window.back(heard))
            if found is not None:
                self._post(e.FillersHeard(self._now_ms(), call.turn, as_words(found)))
            return
        words = placed(self._transcriber, call.window, heard)
        if call.kind == GUESS:
            self._caption_of(call, words)
            return
        whole = call.open.take(call.window, call.until_ms, words, call.quick)
        self._answer(call.open)
        if call.kind == TAIL and not call.cancelled:
            if not whole:
                self._tail = e.TranscribeTail(call.turn, call.open.closed_until_ms, self._now_ms())
            elif call.era == self._era:
                self._tell_tail(call)
        elif whole:
            self._tell_again(call.open)

    def _answer(self, window: OpenWindow) -> None:
        """Tell the owed pieces that are known now, the last of them with what else has changed."""
        told = window.answer()
        revised = window.revised() if told else ()
        for number, (piece, words) in enumerate(told, 1):
            again = revised if number == len(told) else ()
            self._post(e.SegmentTranscribed(self._now_ms(), piece.turn, piece.segment, words, again))

    def _tell_again(self, window: OpenWindow) -> None:
        """In a silence: what was told reads differently after it was heard in full."""
        revised, newest = window.revised(), window.newest_piece()
        if revised and newest is not None and self._listening:
            piece, words = newest
            others = tuple(each for each in revised if each.segment != piece.segment)
            self._post(e.SegmentTranscribed(self._now_ms(), piece.turn, piece.segment, words, others))

    def _tell_tail(self, call: Call) -> None:
        tail, window = call.open.tail(), call.open
        words = tuple(HeardWord(w.text, w.start_ms, w.end_ms, w.probability) for w in tail)
        self._captions.reset()
        self._captions.heard(words, window.closed_until_ms, call.until_ms)
        self._show()
        self._said = tuple(word.text for word in tail)
        self._post(
            e.WordsHeard(
                self._now_ms(), call.turn, window.closed_until_ms, call.until_ms, tail, True, window.revised()
            )
        )

    def _caption_of(self, call: Call, words: tuple[HeardWord, ...]) -> None:
        """Live words of the open segment; each telling is kept in the record with all its words."""
        if call.era != self._era or not self._listening:
            return
        open_ms = call.open.closed_until_ms
        self._captions.heard(words, open_ms, call.until_ms)
        self._show()
        shown = (*self._captions.firm, *self._captions.tentative)
        texts = tuple(word.text for word in shown)
        if texts == self._said:
            return
        self._said = texts
        written = normalised(as_words(shown))
        self._post(e.WordsHeard(self._now_ms(), call.turn, open_ms, call.until_ms, written))
