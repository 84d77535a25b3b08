"""Words on the screen while the candidate is still speaking: firm ones hardly change, tentative ones may.

They are for the screen alone: never logged, never waited for, and given up as soon as the recogniser has
real work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from voice_audio.ports import HeardWord, Samples, Transcriber
from voice_audio.streaming import LocalAgreement
from voice_interviewer.errors import Problem
from voice_interviewer.workers import Workers

EVERY_MS = 1200
"""The open segment is heard again this often."""
MOST_MS = 30_000


@dataclass(frozen=True)
class Caption:
    """The open segment's words so far."""

    firm: tuple[HeardWord, ...] = ()
    tentative: tuple[HeardWord, ...] = ()


class Captions:
    """Hears the open segment again and again, one time at a time, and agrees with itself on its words."""

    def __init__(self, transcriber: Transcriber, workers: Workers) -> None:
        self._transcriber, self._workers = transcriber, workers
        self._agreement = LocalAgreement()
        self._asked_ms, self._since_ms = 0, -1
        self.current = Caption()

    def ask(
        self,
        since_ms: int | None,
        now_ms: int,
        sound: Callable[[int, int], Samples],
        hand_over: Callable[[Callable[[Any], None]], Callable[[Any], None]],
    ) -> None:
        """Called once a frame. since_ms: where the open segment began, None between segments; sound(start,
        end) gives its samples; hand_over brings the result to the reducer, who owns what is shown."""
        if since_ms is None or now_ms - self._asked_ms < EVERY_MS or self._workers.waiting("recogniser"):
            return
        self._asked_ms = now_ms
        samples = sound(max(since_ms, now_ms - MOST_MS), now_ms)
        self._workers.submit(
            "recogniser",
            lambda: self._transcriber.transcribe(samples, self._wanted_elsewhere),
            hand_over(lambda words: self._show(since_ms, words)),
        )

    def clear(self) -> None:
        """The answer itself now has these words."""
        self.current = Caption()
        self._since_ms = -1

    def _wanted_elsewhere(self) -> bool:
        return self._workers.waiting("recogniser") > 1

    def _show(self, since_ms: int, words: tuple[HeardWord, ...] | Problem) -> None:
        if isinstance(words, Problem):
            return
        if self._since_ms != since_ms:
            self._agreement.reset()
            self._since_ms = since_ms
        self._agreement.update(words)
        self.current = Caption(self._agreement.firm, self._agreement.tentative)
