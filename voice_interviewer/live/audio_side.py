"""The audio side of an interview: everything that happens once per 20 ms frame.

A frame is counted, recorded and kept, looked at for speech, and what it brought about is posted to the
session's inbox as an event. Only this counts the session's time; everything else reads it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from voice_audio.echo import Cleaner, EchoCanceller
from voice_audio.files import to_rate
from voice_audio.frames import Reblock, level_dbfs
from voice_audio.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    Microphone,
    PureSilence,
    Samples,
    Sound,
    Speaker,
    SpeechDetector,
    Transcriber,
    TurnModel,
    Voice,
)
from voice_audio.resumption import Resumption, ResumptionSettings, loud_over_median_db
from voice_audio.ring import Ring
from voice_audio.segmenter import Edge, Segment, Segmenter, SegmenterSettings, SpeechOffset, SpeechOnset
from voice_audio.window import WindowSettings
from voice_interviewer.core.turns import events as e
from voice_interviewer.engine.port import Engine
from voice_interviewer.store.recorder import Recorder

SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
RING_MS = 60_000
"""Sound kept in memory: twice the longest segment, so a segment is still there when it is to be
transcribed."""
METER_FALL_DB = 0.8
"""A frame: the level shown falls at 40 dB a second, as on a studio's peak meter, instead of flickering."""
SILENCE: Samples = np.zeros(FRAME_SAMPLES, np.int16)


@dataclass(frozen=True)
class Parts:
    """Everything an interview is made of, each behind its port."""

    microphone: Microphone
    speaker: Speaker
    detector: SpeechDetector
    transcriber: Transcriber
    voice: Voice
    engine: Engine
    recorder: Recorder
    segmenter: SegmenterSettings = field(default_factory=SegmenterSettings)
    window: WindowSettings = field(default_factory=WindowSettings)
    resumption: ResumptionSettings = field(default_factory=ResumptionSettings)
    canceller: EchoCanceller | None = None
    """Used where `resumption.duplex` says so."""
    echo_dbfs: float | None = None
    """How loud our own voice comes back, from the microphone check."""
    turn_model: TurnModel | None = None
    """Asked where the settings want prosody."""


class Ears:
    """The audio side: everything that happens once per 20 ms frame. Only this counts the session's time."""

    def __init__(self, parts: Parts, post: Callable[[Any], None], start_ms: int) -> None:
        self._parts, self._post = parts, post
        self.samples = start_ms * SAMPLES_PER_MS
        self.ring = Ring(RING_MS * SAMPLES_PER_MS, self.samples)
        self._reblock = Reblock(parts.detector.block_samples)
        self._raw_reblock = Reblock(parts.detector.block_samples)
        self._blocks_end = self.samples
        self._segmenter = Segmenter(parts.segmenter, parts.detector.block_samples)
        self._cleaner = Cleaner(parts.canceller) if parts.canceller is not None else None
        resumption = parts.resumption
        if resumption.duplex == "canceller" and parts.canceller is None:
            resumption = replace(resumption, duplex="half")  # or our own voice would interrupt us
        self._resumption = Resumption(resumption, parts.detector.block_samples, parts.echo_dbfs)
        if resumption.duplex != "half":
            self._resumption.floor_taken(self.samples)  # the first question can be interrupted too
        self._hearing = threading.Lock()
        self._turn = 0
        self._shared = threading.Lock()
        self._voice_left: Samples = SILENCE[:0]
        self._line: tuple[int, int] | None = None
        self._trouble: str | None = None
        self.keep_candidate = True
        self._wake_ms: int | None = None
        self.level_dbfs = -120.0
        self.open_since_ms: int | None = None
        """Where the speech of the open segment began; None between segments."""

    @property
    def now_ms(self) -> int:
        return self.samples // SAMPLES_PER_MS

    def order(self, command: e.Listen | e.StopListening) -> None:
        """Obeyed at once, between two frames: they come in bursts of up to 60 ms from some devices, and the
        reply to an answer waits for its microphone to be closed."""
        with self._hearing:
            self._obey(command)

    def wake_at(self, at_ms: int) -> None:
        """Say ClockReached at this time; it replaces an earlier wish."""
        with self._shared:
            self._wake_ms = at_ms

    @property
    def echo_dbfs(self) -> float | None:
        """How loud our own voice came back of late; None while that is not known."""
        return self._resumption.echo.dbfs

    def begin_line(self, line: int, sound: Sound, window_ms: int) -> None:
        """Play this line, put it into the record from here on, and watch for its end. For `window_ms` after
        its first sample the candidate may take the floor back by voice. Raises DeviceProblem."""
        heard = to_rate(sound, SAMPLE_RATE_HZ).samples
        blocks = Reblock(self._parts.detector.block_samples).feed(heard)
        spread_db = loud_over_median_db([level_dbfs(block) for block in blocks])
        with self._shared:
            self._parts.speaker.play(sound)
            self._voice_left, self._line = heard, (line, sound.duration_ms)
            self._resumption.line_begins(self.samples, window_ms, spread_db)
            if self._cleaner is not None:
                self._cleaner.begin()

    def end_line(self) -> int:
        """Silence; nothing more of the line belongs in the record. Returns how many ms of it were heard."""
        with self._shared:
            self._voice_left, self._line = SILENCE[:0], None
            self._resumption.line_ends(self.samples)
            return self._parts.speaker.stop()

    def hear(self, frame: Samples) -> None:
        """One frame of 20 ms: count it, keep it, look for speech in it, and say what became due."""
        with self._hearing:
            self.samples += len(frame)
            self.ring.append(frame)
            spoken = self._spoken_frame()
            self._parts.recorder.frame(spoken, frame if self.keep_candidate else SILENCE)
            self.level_dbfs = max(level_dbfs(frame), self.level_dbfs - METER_FALL_DB)
            self._look_for_speech(frame, spoken)
            self._report_due()

    def _look_for_speech(self, frame: Samples, spoken: Samples) -> None:
        blocks = self._reblock.feed(self._without_echo(frame, spoken))
        for block, raw in zip(blocks, self._raw_reblock.feed(frame), strict=True):
            self._blocks_end += len(block)
            probability = self._parts.detector.probability(block)
            self._report(self._segmenter.feed(probability, self._blocks_end))
            self._report_resumed(probability, level_dbfs(raw))

    def _without_echo(self, frame: Samples, spoken: Samples) -> Samples:
        """What the detector is to judge: ring, record and recogniser always get the microphone's own
        sound."""
        with self._shared:
            if self._cleaner is None or not self._resumption.follows_line(self.samples):
                return frame
            cleaned = self._cleaner.process(frame, spoken)
            return cleaned if self._resumption.wants_cleaned(self.samples) else frame

    def _report_resumed(self, probability: float, raw_dbfs: float) -> None:
        with self._shared:
            onset = self._resumption.feed(probability, raw_dbfs, self._blocks_end)
            mistaken = onset is not None and self._is_our_own()
        if onset is not None and not mistaken and self.keep_candidate:
            self._post(e.SpeechResumed(self.now_ms, onset // SAMPLES_PER_MS))

    def _obey(self, order: e.Listen | e.StopListening) -> None:
        if isinstance(order, e.Listen):
            self._turn = order.turn
            self._segmenter.open(order.from_ms * SAMPLES_PER_MS)
            self._resumption.floor_given()
        else:
            self._resumption.floor_taken(self.samples)
            self._report(self._segmenter.close(self._blocks_end) if self._turn else [])
            self._turn, self.open_since_ms = 0, None
            self._post(e.ListeningStopped(self.now_ms, order.turn))

    def _spoken_frame(self) -> Samples:
        with self._shared:
            spoken, self._voice_left = self._voice_left[:FRAME_SAMPLES], self._voice_left[FRAME_SAMPLES:]
        return spoken if len(spoken) == FRAME_SAMPLES else np.concatenate([spoken, SILENCE[len(spoken) :]])

    def _report(self, edges: Sequence[Edge]) -> None:
        """Edges of speech, in samples, become events of the session clock, in ms."""
        for edge in edges:
            if isinstance(edge, SpeechOnset):
                onset_ms = edge.sample // SAMPLES_PER_MS
                self.open_since_ms = onset_ms if self.open_since_ms is None else self.open_since_ms
                self._post(e.SpeechStarted(self.now_ms, onset_ms))
            elif isinstance(edge, SpeechOffset):
                self._post(e.SpeechStopped(self.now_ms, edge.last_speech_sample // SAMPLES_PER_MS))
            elif isinstance(edge, Segment):
                span = (edge.start_sample // SAMPLES_PER_MS, edge.end_sample // SAMPLES_PER_MS)
                self._post(e.SegmentClosed(self.now_ms, self._turn, *span))
                self.open_since_ms = None

    def _is_our_own(self) -> bool:
        """Whether a canceller that has lost its way let our own voice through; it then begins anew."""
        cleaner = self._cleaner
        if cleaner is None or not self._resumption.wants_cleaned(self.samples):
            return False
        ours = cleaner.lets_us_through()
        if ours:
            cleaner.begin()
            self._resumption.was_our_own()
        return ours

    def _report_due(self) -> None:
        with self._shared:
            due = self._wake_ms is not None and self.now_ms >= self._wake_ms
            self._wake_ms = None if due else self._wake_ms
        if due:
            self._post(e.ClockReached(self.now_ms))
        self._report_line()
        trouble = self._parts.microphone.trouble
        if trouble != self._trouble:
            self._trouble = trouble
            silent = isinstance(trouble, PureSilence)
            lost = e.MicrophoneLost(self.now_ms, trouble, silent) if trouble else None
            self._post(lost or e.MicrophoneReturned(self.now_ms))

    def _report_line(self) -> None:
        """A line that is over was heard to its end, unless the loudspeaker failed in the middle of it."""
        with self._shared:
            if self._line is None or self._parts.speaker.playing():
                return
            (line, duration_ms), self._line = self._line, None
            self._resumption.line_ends(self.samples)
            trouble = self._parts.speaker.trouble
            self._voice_left = SILENCE[:0] if trouble else self._voice_left
        failed = e.LineUnspoken(self.now_ms, line, trouble) if trouble else None
        self._post(failed or e.LineFinished(self.now_ms, line, duration_ms))
