"""A loudspeaker for interviews without one: a line lasts as long as it would have been heard."""

import time

from voice_audio.ports import Sound


class ClockSpeaker:
    """ports.Speaker on the monotonic clock; nothing sounds."""

    trouble: str | None = None

    def __init__(self) -> None:
        self._began_s, self._length_ms, self._stopped_ms = 0.0, 0, 0

    def play(self, sound: Sound) -> None:
        self._began_s, self._length_ms, self._stopped_ms = time.monotonic(), sound.duration_ms, -1

    def playing(self) -> bool:
        return self._stopped_ms < 0 and self._elapsed_ms() < self._length_ms

    def stop(self) -> int:
        if self._stopped_ms < 0:
            self._stopped_ms = min(self._elapsed_ms(), self._length_ms)
        return self._stopped_ms

    def close(self) -> None:
        self.stop()

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began_s) * 1000)
