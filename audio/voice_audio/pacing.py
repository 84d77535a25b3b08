"""Whether a live source keeps up with real time. Pure: time and position are given, no clock is read.

A device may stop without an error, fall behind without a flag (a slow callback raised none with
PulseAudio), or send a backlog after a stall. Only the comparison of what arrived with the time that passed
shows all three.
"""

from dataclasses import dataclass

STALL_S = 0.5
"""Further behind real time than this, a source counts as stalled. Healthy streams opened with a latency of
0.1-0.2 s send in bursts up to 0.12 s apart."""

WINDOW_S = 15.0
"""How long the usual lag is remembered (once to twice this). A clock off by 200 parts per million drifts 6
ms in 30 s, so it never looks like a stall; over a whole interview it would."""


@dataclass
class Pace:
    """How far a position in the sound is behind real time, beyond the source's usual lag. All values in
    seconds."""

    began_s: float
    _window_began_s: float | None = None
    _least_before_s: float = 0.0
    _least_now_s: float = 0.0

    def behind_s(self, now_s: float, position_s: float) -> float:
        """Seconds of sound missing at `now_s` when `position_s` of it have arrived since the beginning;
        negative when there is more sound than time."""
        return now_s - self.began_s - position_s - min(self._least_before_s, self._least_now_s)

    def arrived(self, now_s: float, position_s: float) -> None:
        """Learns the usual lag from sound that has just arrived and brought the position to `position_s`."""
        lag_s = now_s - self.began_s - position_s
        if self._window_began_s is None:
            self._window_began_s, self._least_before_s, self._least_now_s = now_s, lag_s, lag_s
        elif now_s - self._window_began_s > WINDOW_S:
            self._window_began_s, self._least_before_s, self._least_now_s = now_s, self._least_now_s, lag_s
        else:
            self._least_now_s = min(self._least_now_s, lag_s)
