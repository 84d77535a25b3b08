"""A real microphone whose frames keep pace with real time, whatever its device does.

PortAudio's callback copies each 20 ms block into a bounded queue. `read` resamples to 16 kHz in the
caller's thread and, whenever nothing arrives, hands out silence as time passes, so the session clock
neither stops nor jumps. Flags and errors are not relied on: a suspended device raises none. `Pace` compares
what arrived with the time that passed.
"""

import contextlib
import threading
import time
from collections import deque
from queue import Empty, Full, Queue
from typing import Any

import numpy as np
import soxr

from voice_audio.devices import LATENCY_S, Device, discard, list_devices, open_problem, open_stream, portaudio
from voice_audio.errors import DeviceProblem
from voice_audio.frames import Reblock, is_digital_silence
from voice_audio.pacing import STALL_S, Pace
from voice_audio.ports import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, PureSilence, Samples

FRAME_S = FRAME_MS / 1000
QUEUE_S = 10.0
"""How long nobody need read before sound is lost; far longer than anything in this program keeps a thread
waiting."""
AHEAD_S = 0.15
SETTLING_S = 1.0
"""For this long after a stall, sound more than AHEAD_S ahead of time is a backlog; silence already stood
for it."""
STOPPED_S = 0.25
"""A stalled source whose newest block is older than this sends nothing; a younger one sends too little."""
REOPEN_EVERY_S = 1.0
LONG_STALL_S = 5.0
"""A stream that is open but sends nothing for this long is opened anew; some drivers never say that it
died."""
DIGITAL_SILENCE_S = 3.0
BEHIND_NOTICE_S = 5.0

STOPPED = "Microphone stopped sending; your answer so far is saved. It is being reached again."
BEHIND = (
    "Microphone falls behind; parts of the sound are missing. Close programs that keep this computer busy."
)
SILENT = PureSilence(
    "Microphone sends pure silence; check its mute switch and this program's microphone permission."
)


class DeviceMicrophone:
    """The `Microphone` port on a real device. One thread reads; `trouble` and `close` may come from any
    thread.

    dropped_frames: 20 ms frames of sound that arrived and were lost, because nobody read for QUEUE_S or
    because silence already stood in their place. Raises DeviceProblem when the device cannot be opened."""

    def __init__(self, device: Device, latency_s: float = LATENCY_S) -> None:
        self.device = device
        self.dropped_frames = 0
        self._latency_s = latency_s
        self._blocks: Queue[bytes] = Queue(maxsize=round(QUEUE_S / FRAME_S))
        self._frames: deque[Samples] = deque()
        self._reblock = Reblock(FRAME_SAMPLES)
        self._pace: Pace | None = None
        self._handed_s = 0.0
        self._stalled = False
        self._last_block_s = self._last_try_s = time.monotonic()
        self._behind_until_s = self._settling_until_s = 0.0
        self._zeros_s = 0.0
        self._closed = False
        self._stream: Any = None
        self._reopening: threading.Thread | None = None
        with portaudio.lock:
            self._open(device)
            portaudio.owners.add(self)

    def read(self) -> Samples:
        """The next frame, shape (320,), 16 kHz; blocks until its time has come, never much longer."""
        if self._closed:
            raise RuntimeError("this microphone was closed")
        if self._pace is None:
            self.resume()
        while not self._frames and not self._silence_is_due():
            self._take_block()
        self._handed_s += FRAME_S
        return self._frames.popleft() if self._frames else np.zeros(FRAME_SAMPLES, np.int16)

    def resume(self) -> None:
        """Begins afresh after a time in which nobody read on purpose: what queued up is forgotten, and the
        clock goes on from here. The first `read` does the same."""
        while not self._blocks.empty():
            self._blocks.get_nowait()
        self._frames.clear()
        self._reset_resampling()
        self._handed_s, self._stalled, self._zeros_s, self._settling_until_s = 0.0, False, 0.0, 0.0
        self._last_block_s = time.monotonic()
        self._pace = Pace(self._last_block_s)

    @property
    def trouble(self) -> str | None:
        """One line saying why no real sound arrives, or None."""
        if self._stalled and self._last_block_s + STOPPED_S < time.monotonic():
            return STOPPED
        if time.monotonic() < self._behind_until_s:
            return BEHIND
        return SILENT if self._zeros_s > DIGITAL_SILENCE_S else None

    def close(self) -> None:
        """Releases the device. Reading afterwards is a bug."""
        self._closed = True
        with portaudio.lock:
            portaudio.owners.discard(self)
            self.release()

    def is_busy(self) -> bool:
        """Whether sound is coming in, so that PortAudio must be left alone."""
        return self._stream is not None and not self._died.is_set() and not self._stalled

    def release(self) -> None:
        """Lets go of the stream."""
        stream, self._stream = self._stream, None
        if stream is not None:
            discard(stream)

    def _open(self, device: Device) -> None:
        blocks, died = self._blocks, threading.Event()

        def take(data: Any, frames: int, moment: Any, flags: Any) -> None:
            try:
                blocks.put_nowait(bytes(data))
            except Full:
                self.dropped_frames += 1

        stream = open_stream(device, "input", self._latency_s, callback=take, finished_callback=died.set)
        self._died, self._channels, self._rate_hz = died, stream.channels, round(stream.samplerate)
        self._reset_resampling()
        try:
            stream.start()
        except portaudio.module().PortAudioError as error:
            discard(stream)
            raise open_problem(error, device, "input") from error
        self._stream = stream

    def _reset_resampling(self) -> None:
        self._resampler = soxr.ResampleStream(self._rate_hz, SAMPLE_RATE_HZ, 1, dtype="int16", quality="HQ")
        self._reblock.flush()

    def _position_s(self) -> float:
        """How much sound has arrived or was made up: handed out, cut into frames, or waiting in the queue."""
        return self._handed_s + (len(self._frames) + self._blocks.qsize()) * FRAME_S

    def _silence_is_due(self) -> bool:
        """Whether silence must stand for sound that did not come: noticed once it is STALL_S late, from
        then on at every frame's time until sound comes again."""
        if self._pace is None or not self._blocks.empty():
            return False
        now_s = time.monotonic()
        behind_s = self._pace.behind_s(now_s, self._position_s())
        if not self._stalled and behind_s > STALL_S:
            self._stalled = True
            if now_s - self._last_block_s < STOPPED_S:  # sound comes, but less of it than time passes
                self._behind_until_s = now_s + BEHIND_NOTICE_S
            self._reset_resampling()
        return self._stalled and behind_s >= FRAME_S

    def _take_block(self) -> None:
        try:
            block = self._blocks.get(timeout=FRAME_S)
        except Empty:
            self._reach_again()
            return
        now_s = self._last_block_s = time.monotonic()
        position_s = self._position_s() + FRAME_S
        assert self._pace is not None
        if self._stalled:
            self._stalled, self._settling_until_s = False, now_s + SETTLING_S
        if now_s > self._settling_until_s:
            self._pace.arrived(now_s, position_s)
        elif self._pace.behind_s(now_s, position_s) < -AHEAD_S:
            self.dropped_frames += 1
            return
        samples = np.frombuffer(block, np.int16)[:: self._channels]
        self._zeros_s = self._zeros_s + FRAME_S if is_digital_silence(samples) else 0.0
        if self._rate_hz != SAMPLE_RATE_HZ:
            samples = self._resampler.resample_chunk(samples)
        self._frames.extend(self._reblock.feed(samples))

    def _reach_again(self) -> None:
        """Opens a dead stream again, about once a second, in a thread of its own: it can take a while."""
        now_s = time.monotonic()
        quiet_s = now_s - max(self._last_block_s, self._last_try_s)
        dead = self._stream is None or self._died.is_set()
        if quiet_s < (REOPEN_EVERY_S if dead else LONG_STALL_S):
            return
        if self._reopening is not None and self._reopening.is_alive():
            return
        self._last_try_s = now_s
        self._reopening = threading.Thread(target=self._reopen, name="reopen-microphone", daemon=True)
        self._reopening.start()

    def _reopen(self) -> None:
        with portaudio.lock:
            if self._closed:
                return
            self.release()
            # The list of devices is as old as the library's beginning; it is made anew only if nothing plays.
            if not self._open_same_device() and portaudio.begin_anew():
                self._open_same_device()

    def _open_same_device(self) -> bool:
        """Whether the device is listed and opens; by name, for numbers change."""
        for device in list_devices():
            if device.is_same(self.device) and device.inputs:
                with contextlib.suppress(DeviceProblem):
                    self._open(device)
                    return True
        return False
