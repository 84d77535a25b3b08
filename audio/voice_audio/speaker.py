"""A real loudspeaker that speaks a line at once, falls silent at once, and knows how much of it was heard.

The stream is opened beforehand and stopped; starting it brings sound within milliseconds, while sound
written into a running stream waits behind the silence already in its buffer. Aborting throws that buffer
away, so what was heard is what had left the device by then, not what was handed over.
"""

import contextlib
import threading
import time
from typing import Any

import numpy as np
import soxr

from voice_audio.devices import LATENCY_S, Device, discard, list_devices, open_problem, open_stream, portaudio
from voice_audio.errors import DeviceProblem
from voice_audio.ports import Samples, Sound

STALL_S = 2.0
"""A line that is not over and asks for no more samples for this long has died; a headset may need most of
it to wake up."""
DIED_S = 0.25
"""The same for a stream that says it ended. Blocks come up to 0.12 s apart; and on some systems the end of
the line before is reported only after this one began, which must not count."""
TAIL_S = 0.15
"""Silence after the last sample, beyond the stream's latency. Without it the stream ended 0.15-0.18 s
before its last sample was due on PulseAudio, and playing the next line would have cut the end off."""
MOST_AHEAD_S = 1.0
FAILED = "The loudspeaker stopped in the middle of a line."


class _Line:
    """One line on its way out. samples: at the stream's rate, shape (n,); rate_hz: that rate."""

    def __init__(self, sound: Sound, samples: Samples, rate_hz: int) -> None:
        self.duration_ms, self.samples, self.rate_hz = sound.duration_ms, samples, rate_hz
        self.handed = self.tail = 0
        self.heard_ms: int | None = None  # set once the line is over
        self.asked_s = time.monotonic()
        self.newest = (0, self.asked_s)  # a sample, and the monotonic time at which it leaves the device

    def heard_samples(self, now_s: float) -> int:
        """How many samples have left the device by `now_s`, as far as its own timing says."""
        sample, leaves_s = self.newest
        return max(0, min(self.handed, sample + round((now_s - leaves_s) * self.rate_hz)))

    def end(self, now_s: float) -> int:
        """Closes the account at `now_s`, if it is still open. Returns the ms that were heard."""
        if self.heard_ms is None:
            heard = self.heard_samples(now_s)
            whole = heard >= len(self.samples)
            self.heard_ms = self.duration_ms if whole else heard * 1000 // self.rate_hz
        return self.heard_ms


class DeviceSpeaker:
    """The `Speaker` port on a real device. Its methods may come from any thread.

    trouble: one line when the newest line broke off because the device failed, else None; the next `play`
    tries to reach the device again. Raises DeviceProblem when the device cannot be opened."""

    def __init__(self, device: Device, latency_s: float = LATENCY_S) -> None:
        self.device = device
        self.trouble: str | None = None
        self._latency_s = latency_s
        self._line: _Line | None = None
        self._stream: Any = None
        with portaudio.lock:
            self._open(device)
            portaudio.owners.add(self)

    def play(self, sound: Sound) -> None:
        """Begins `sound` at once; what still played is cut off. Raises DeviceProblem when the device cannot
        play."""
        with portaudio.lock:
            self.stop()
            self._line, self.trouble = None, None
            if self._stream is not None and self._start(sound) is None:
                return
            self._reopen()
            problem = self._start(sound)
            if problem is not None:
                self.release()
                raise problem

    def playing(self) -> bool:
        """Whether the line begun last is still being heard. A device that dies or stalls ends it, with
        `trouble`."""
        with portaudio.lock:
            line, now_s = self._line, time.monotonic()
            if line is None or line.heard_ms is not None:
                return False
            if line.heard_samples(now_s) >= len(line.samples):
                line.end(now_s)
            elif line.handed < len(line.samples) and self._is_dead(now_s - line.asked_s):
                line.end(line.asked_s)
                self.trouble = FAILED
                self.release()
            return line.heard_ms is None

    def stop(self) -> int:
        """Silence at once. Returns how many ms of the line begun last were heard; all of it when it had
        ended."""
        with portaudio.lock:
            if self._line is None:
                return 0
            heard_ms = self._line.end(time.monotonic())
            if self._stream is not None:
                # Also after a line that ended by itself: a stream must be stopped before it can start again.
                with contextlib.suppress(portaudio.module().PortAudioError):
                    self._stream.abort()
            return heard_ms

    def close(self) -> None:
        """Releases the device, in the middle of a line if need be."""
        with portaudio.lock:
            portaudio.owners.discard(self)
            self.stop()
            self.release()

    def is_busy(self) -> bool:
        """Whether a line is being heard, so that PortAudio must be left alone."""
        return self.playing()

    def release(self) -> None:
        """Lets go of the stream; `play` opens another."""
        stream, self._stream = self._stream, None
        if stream is not None:
            discard(stream)

    def _is_dead(self, quiet_s: float) -> bool:
        return quiet_s > (DIED_S if self._died.is_set() else STALL_S)

    def _open(self, device: Device) -> None:
        died = threading.Event()
        stream = open_stream(
            device, "output", self._latency_s, callback=self._give, finished_callback=died.set
        )
        self._died, self._stream = died, stream
        self._channels, self._rate_hz = stream.channels, round(stream.samplerate)
        self._tail_samples = round((stream.latency + TAIL_S) * self._rate_hz)

    def _start(self, sound: Sound) -> DeviceProblem | None:
        """Starts the opened stream with `sound`; says why when it does not start."""
        samples = sound.samples
        if sound.rate_hz != self._rate_hz:
            samples = soxr.resample(samples, sound.rate_hz, self._rate_hz, "HQ")
        self._line = _Line(sound, samples, self._rate_hz)
        self._died.clear()
        try:
            self._stream.start()
        except portaudio.module().PortAudioError as error:
            self._line = None
            problem = open_problem(error, self.device, "output")
            problem.__cause__ = error
            return problem
        self._line.asked_s = time.monotonic()  # a device may take its time to start
        return None

    def _reopen(self) -> None:
        """Opens the device of the same name again, looking for devices anew where nothing else runs."""
        self.release()
        portaudio.begin_anew()
        for device in list_devices():
            if device.is_same(self.device) and device.outputs:
                return self._open(device)
        raise DeviceProblem(
            "no_speaker", f'The loudspeaker "{self.device.name}" is gone.', "Plug it in, or use --no-audio."
        )

    def _give(self, data: Any, frames: int, moment: Any, flags: Any) -> None:
        """PortAudio's callback: copies the next samples, and silence after the last."""
        line, now_s = self._line, time.monotonic()
        target = np.frombuffer(data, np.int16).reshape(frames, self._channels)
        if line is None:
            target[:] = 0
            return
        part = line.samples[line.handed : line.handed + frames]
        target[: len(part)] = part[:, np.newaxis]
        target[len(part) :] = 0
        ahead_s = moment.outputBufferDacTime - moment.currentTime
        if not (moment.currentTime and 0 <= ahead_s < MOST_AHEAD_S):
            ahead_s = self._latency_s  # some host APIs give no times, or times of two clocks
        if len(part):
            line.newest = (line.handed, now_s + ahead_s)
        line.asked_s = now_s
        line.handed += len(part)
        line.tail += frames - len(part)
        if line.tail >= self._tail_samples:
            raise portaudio.module().CallbackStop
