"""Speech to words while the candidate is still talking: what the one recogniser worker does next.

    closed segments ── first, in order, never dropped; those that wait together are joined into one call
    the tail        ── the open segment heard at a pause; only the newest, given up when speech goes on
    live words      ── guesses while somebody speaks; only when nothing else is to be done

At most one call is under way and nothing else queues up. A recogniser that turns out slow gets fewer guesses
and tails, in the end none; segments it always gets. Everything but `tick` runs on the reducer's thread, and
results come back through its inbox, so nothing here needs a lock. Each call remembers for which open segment
it was made: what comes too late for that is dropped.

On files (`live=False`) there are no guesses and nothing is thinned out by measured time: the same sound gives
the same events. Tails and segments are heard as in a live interview.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from voice_audio.ports import (
    HeardWord,
    MeteredTranscriber,
    Samples,
    StreamingTranscriber,
    Transcriber,
    TranscriberStream,
)
from voice_audio.streaming import LocalAgreement
from voice_interviewer.core import events as e
from voice_interviewer.core.transcript import Word
from voice_interviewer.errors import Problem
from voice_interviewer.recognition_calls import GUESS, GUESS_MS, TAIL, Pace, apart, moved
from voice_interviewer.workers import Workers

LOOK_MS = 200
"""So often the open segment is looked at; also the rhythm in which a stream is fed."""
FEED_MS = 1000
"""A stream takes at most this much sound at once, so that a closed segment never waits long behind it."""
JOINED_MS = 25_000
"""Whisper hears 30 s at once and costs the same for less."""
MOST_OF_THE_TIME = 0.7
"""A stream that takes this share of the time leaves too little for the segments."""
COVERED_MS = 100
"""A call that heard this much beyond the last speech heard all of it."""
SEGMENT, FEED = "segment", "feed"


@dataclass(frozen=True)
class Caption:
    """The words that are not in the answer yet: firm ones hardly change, tentative ones may."""

    firm: tuple[HeardWord, ...] = ()
    tentative: tuple[HeardWord, ...] = ()


@dataclass
class _Call:
    """What the worker is doing. era: the open segment it was made for; words come back counted from start."""

    kind: str
    era: int
    turn: int
    start_ms: int
    end_ms: int
    pieces: tuple[e.TranscribeSegment, ...] = ()
    cancelled: bool = False
    fed_ms: int = 0
    """How much sound a stream is given; 0 also when it has to be opened first, which is no measure."""


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
        pre_roll_ms: int = 500,
    ) -> None:
        self._transcriber, self._workers = transcriber, workers
        self._sound, self._post, self._now_ms = sound, post, now_ms
        self._live, self._pre_roll_ms = live, pre_roll_ms
        self._least_between_ms = (
            transcriber.speculate_every_ms if isinstance(transcriber, MeteredTranscriber) else 0
        )
        self._guesses = live and not self._least_between_ms
        self._streams = self._guesses and isinstance(transcriber, StreamingTranscriber)
        self._pace, self._stream_pace = Pace(), Pace()
        self._stream: TranscriberStream | None = None
        self._stream_of, self._fed_ms = -1, 0
        self._next_look_ms = 0
        self._waiting: deque[e.TranscribeSegment] = deque()
        self._alone = 0  # so many of those waiting are not to be joined: together they failed
        self._tail: e.TranscribeTail | None = None
        self._call: _Call | None = None
        self._heard: tuple[_Call, tuple[HeardWord, ...]] | None = None
        """The newest tail that was heard to its end: if its segment closes without more speech, these are its
        words."""
        self._speculated_ms: dict[str, int] = {}
        self._turn = self._era = self._floor_ms = self._last_speech_ms = 0
        self._listening = self._speaking = False
        self._since_ms: int | None = None
        self._agreement = LocalAgreement()
        self._said: tuple[str, ...] = ()
        self._told_ms = -GUESS_MS
        self._closed: dict[tuple[int, int], tuple[HeardWord, ...]] = {}
        self._closing: tuple[HeardWord, ...] = ()
        self.caption = Caption()

    # --- what the session tells ------------------------------------------------------------------------

    def tick(self, now_ms: int) -> None:
        """Once a frame, from the audio thread: time has passed."""
        if now_ms >= self._next_look_ms and (self._since_ms is not None or self._tail is not None):
            self._next_look_ms = now_ms + LOOK_MS
            self._post(self._look)

    def follow(self, event: e.Event, commands: Sequence[e.Command]) -> None:
        """After each event, before its commands are carried out: keep track of the open segment."""
        match event:
            case e.SpeechStarted(_, onset_ms):
                self._speaking = True
                self._since_ms = onset_ms if self._since_ms is None else self._since_ms
                self._give_up(TAIL)
            case e.SpeechStopped(_, last_speech_ms):
                self._speaking, self._last_speech_ms = False, last_speech_ms
            case e.SegmentClosed():
                self._close(event, any(isinstance(each, e.TranscribeSegment) for each in commands))
            case e.SegmentTranscribed() | e.SegmentFailed():
                self._closed.pop((event.turn, event.segment), None)
                self._show()
        for command in commands:
            if isinstance(command, e.Listen):
                self._begin_turn(command)
            elif isinstance(command, e.StopListening):
                self._listening = False

    def ask(self, command: e.TranscribeSegment | e.TranscribeTail) -> None:
        """SegmentTranscribed or SegmentFailed will answer a segment, WordsHeard a tail unless it is given
        up."""
        if isinstance(command, e.TranscribeTail):
            self._give_up(TAIL)
            if self._heard_all(command, (GUESS,)):
                assert self._call is not None
                self._call.kind = TAIL
            else:
                self._give_up(GUESS)
                self._tail = command
        else:
            self._closed[command.turn, command.segment] = self._closing
            self._closing = ()
            self._tail = None
            known, self._heard = self._heard, None
            if known is not None and self._holds_all(known[0], command):
                self._deliver(replace(known[0], kind=SEGMENT, pieces=(command,)), known[1])
            elif self._heard_all(command, (TAIL, GUESS)):
                assert self._call is not None
                self._call.kind, self._call.pieces = SEGMENT, (command,)
            else:
                self._give_up(TAIL)
                self._give_up(GUESS)
                self._waiting.append(command)
            self._show()
        self._next()

    # --- the open segment ------------------------------------------------------------------------------

    def _begin_turn(self, command: e.Listen) -> None:
        if command.turn != self._turn:
            self._closed.clear()
        self._turn, self._floor_ms, self._listening = command.turn, command.from_ms, True
        self._speaking, self._since_ms = False, None
        self._new_segment()

    def _close(self, event: e.SegmentClosed, to_be_heard: bool) -> None:
        self._closing = (*self._agreement.firm, *self._agreement.tentative) if to_be_heard else ()
        self._floor_ms = event.end_ms
        self._since_ms = event.end_ms if self._speaking else None  # a long piece was cut in mid-speech
        if not to_be_heard:
            self._give_up(TAIL)
        self._new_segment()

    def _new_segment(self) -> None:
        self._era += 1
        self._agreement.reset()
        self._said = ()
        self._show()

    def _show(self) -> None:
        waiting = tuple(word for words in self._closed.values() for word in words)
        self.caption = Caption(waiting + self._agreement.firm, self._agreement.tentative)

    def _heard_all(self, command: e.TranscribeSegment | e.TranscribeTail, kinds: tuple[str, ...]) -> bool:
        """Whether the call under way is hearing the same speech already, to its end: then its words will
        do."""
        call = self._call
        if call is None or call.cancelled or call.kind not in kinds or self._waiting:
            return False
        return self._holds_all(call, command)

    def _holds_all(self, call: _Call, command: e.TranscribeSegment | e.TranscribeTail) -> bool:
        """Whether all the speech of `command` lies in what this call heard."""
        if self._speaking:
            return False
        same = call.turn == command.turn and abs(call.start_ms - command.start_ms) < COVERED_MS
        return same and call.end_ms >= self._last_speech_ms + COVERED_MS

    def _give_up(self, kind: str) -> None:
        if kind == TAIL:
            self._tail = None
        if self._call is not None and self._call.kind == kind:
            self._call.cancelled = True

    # --- what is done next -----------------------------------------------------------------------------

    def _look(self) -> None:
        """Time has passed: perhaps a guess is due."""
        self._next()
        idle = self._call is None and self._guesses and self._listening and self._speaking
        if not idle or self._since_ms is None:
            return
        start_ms, now_ms = max(self._since_ms - self._pre_roll_ms, self._floor_ms), self._now_ms()
        if self._streams:
            self._feed(start_ms, now_ms)
        elif now_ms - self._since_ms >= GUESS_MS and self._may_speculate(GUESS):
            self._begin(_Call(GUESS, self._era, self._turn, start_ms, now_ms))

    def _next(self) -> None:
        if self._call is not None:
            return
        if self._waiting:
            pieces = self._take()
            turn, start_ms, end_ms = pieces[0].turn, pieces[0].start_ms, pieces[-1].end_ms
            self._begin(_Call(SEGMENT, self._era, turn, start_ms, end_ms, pieces))
        elif self._tail is not None and self._may_speculate(TAIL):
            tail, self._tail = self._tail, None
            self._begin(_Call(TAIL, self._era, tail.turn, tail.start_ms, tail.end_ms))

    def _take(self) -> tuple[e.TranscribeSegment, ...]:
        """The oldest waiting segment, and those after it that fit into the same call."""
        pieces = [self._waiting.popleft()]
        if self._alone:
            self._alone -= 1
            return tuple(pieces)
        length_ms = pieces[0].end_ms - pieces[0].start_ms
        while self._waiting and self._waiting[0].turn == pieces[0].turn:
            length_ms += self._waiting[0].end_ms - self._waiting[0].start_ms
            if length_ms > JOINED_MS:
                break
            pieces.append(self._waiting.popleft())
        return tuple(pieces)

    def _may_speculate(self, kind: str) -> bool:
        between_ms = self._pace.between_ms(kind) if self._live else 0.0
        if between_ms is None:
            return False
        newest = self._speculated_ms.get(kind)
        return newest is None or self._now_ms() - newest >= max(between_ms, self._least_between_ms)

    def _begin(self, call: _Call) -> None:
        if call.kind != SEGMENT:
            self._speculated_ms[call.kind] = self._now_ms()
        spans = call.pieces or (call,)
        samples = np.concatenate([self._sound(span.start_ms, span.end_ms) for span in spans])
        self._submit(call, lambda: self._transcriber.transcribe(samples, lambda: call.cancelled))

    def _feed(self, start_ms: int, now_ms: int) -> None:
        """Give the stream what it has not heard of the open segment; a new segment begins it anew."""
        if self._stream_pace.real_time_factor >= MOST_OF_THE_TIME:
            self._guesses = False
            return
        anew = self._stream_of != self._era
        begin_ms = start_ms if anew else self._fed_ms
        end_ms = min(now_ms, begin_ms + FEED_MS)
        if end_ms - begin_ms < LOOK_MS:
            return
        self._stream_of, self._fed_ms = self._era, end_ms
        samples = self._sound(begin_ms, end_ms)

        def work() -> tuple[HeardWord, ...]:
            if self._stream is None:
                assert isinstance(self._transcriber, StreamingTranscriber)
                self._stream = self._transcriber.open_stream()
            if anew:
                self._stream.restart()
            return self._stream.feed(samples)

        fed_ms = 0 if self._stream is None else end_ms - begin_ms
        self._submit(_Call(FEED, self._era, self._turn, start_ms, end_ms, fed_ms=fed_ms), work)

    def _submit(self, call: _Call, work: Callable[[], tuple[HeardWord, ...]]) -> None:
        self._call = call

        def measured() -> tuple[tuple[HeardWord, ...], float]:
            begun = time.perf_counter()
            return work(), (time.perf_counter() - begun) * 1000

        self._workers.submit(
            "recogniser", measured, lambda result: self._post(lambda: self._finished(call, result))
        )

    # --- what came of it -------------------------------------------------------------------------------

    def _finished(self, call: _Call, result: Any) -> None:
        self._call = None
        if isinstance(result, Problem):
            self._failed(call, result)
        elif isinstance(result, BaseException):
            raise result
        else:
            words, work_ms = result
            self._measure(call, work_ms)
            self._deliver(call, words)
        self._next()

    def _measure(self, call: _Call, work_ms: float) -> None:
        if call.kind == FEED:
            if call.fed_ms:
                self._stream_pace.note(call.fed_ms, work_ms)
        elif not call.cancelled:
            spans = call.pieces or (call,)
            self._pace.note(sum(span.end_ms - span.start_ms for span in spans), work_ms)

    def _failed(self, call: _Call, problem: Problem) -> None:
        """A segment is given up, alone; of guesses nobody knew."""
        if call.kind in (FEED, GUESS):
            self._guesses = False
        if len(call.pieces) > 1:
            self._waiting.extendleft(reversed(call.pieces))
            self._alone += len(call.pieces)
            return
        for piece in call.pieces:
            self._post(e.SegmentFailed(self._now_ms(), piece.turn, piece.segment, problem.message))

    def _deliver(self, call: _Call, heard: tuple[HeardWord, ...]) -> None:
        if call.kind == SEGMENT:
            for piece, words in apart(call.pieces, heard, call.start_ms):
                self._post(e.SegmentTranscribed(self._now_ms(), piece.turn, piece.segment, words))
        elif not call.cancelled and call.era == self._era:
            self._heard = (call, heard) if call.kind == TAIL else self._heard
            self._hear(call, tuple(moved(word, call.start_ms) for word in heard))

    def _hear(self, call: _Call, heard: tuple[HeardWord, ...]) -> None:
        """Words of the open segment, on the session clock."""
        self._agreement.update(heard)
        self._show()
        shown = heard if call.kind == TAIL else (*self._agreement.firm, *self._agreement.tentative)
        texts = tuple(word.text for word in shown)
        if call.kind != TAIL:
            # a stream guesses often; each telling is kept in the record with all its words
            too_soon = self._now_ms() - self._told_ms < GUESS_MS
            if texts == self._said or too_soon or not self._listening:
                return
            self._told_ms = self._now_ms()
        self._said = texts
        words = tuple(Word(each.text, each.start_ms, each.end_ms, each.probability) for each in shown)
        whole = call.kind == TAIL
        self._post(e.WordsHeard(self._now_ms(), call.turn, call.start_ms, call.end_ms, words, whole))
