"""The lines of the plan, rendered while there is time: in the background, in the plan's order, one at a time.

A voice that offers `render_ahead` keeps what it rendered, so a line that comes up later is there at once.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from voice_audio.ports import GaveWay, PatientVoice, Voice
from voice_interviewer.core.turns.rules import Asides
from voice_interviewer.core.turns.state import State
from voice_interviewer.errors import Problem
from voice_interviewer.live.workers import Workers

KIND = "background"
"""The worker that renders them."""


def unasked(asides: Asides) -> tuple[str, ...]:
    """What the machine may say in any interview, without a wish before."""
    softly = (*asides.take_your_time, *asides.anything_to_add)
    return (*softly, asides.not_made_out, asides.parting, asides.offer_to_skip)


def plan_lines(state: State) -> Iterator[str]:
    """What the plan will say after its present station, the asides, then the questions held in reserve."""
    to_come = state.plan.items[state.agenda.item + 1 :]
    for item in (item for item in to_come if not item.spare):
        yield item.say
        if item.reply:
            yield item.reply
    yield from unasked(state.rules.asides)
    yield from (item.say for item in to_come if item.spare)


class LinesAhead:
    """Keeps the background worker busy. Only the reducer's thread calls it."""

    def __init__(
        self,
        voice: Voice,
        workers: Workers,
        hand_over: Callable[[Callable[[Any], None]], Callable[[Any], None]],
    ) -> None:
        """hand_over: makes of a function one that the reducer's thread will call with the result."""
        self._voice = voice if isinstance(voice, PatientVoice) else None
        self._workers, self._hand_over = workers, hand_over
        self._waiting: deque[str] = deque()
        self._rate: int | None = None
        self._busy = False

    def follow(self, state: State) -> None:
        """Begin with the plan, and anew when the pace is changed."""
        if self._voice is None or not state.plan.items or state.floor.words_per_minute == self._rate:
            return
        self._rate, self._waiting = state.floor.words_per_minute, deque(plan_lines(state))
        self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting or self._voice is None or self._rate is None:
            return
        line, rate, voice = self._waiting.popleft(), self._rate, self._voice

        def work() -> bool:
            try:
                voice.render_ahead(line, rate)
            except GaveWay:
                return False
            except Problem:
                return True  # it will be told when the line is due
            return True

        def done(finished: bool) -> None:
            self._busy = False
            if not finished and rate == self._rate:
                self._waiting.appendleft(line)
            self._next()

        self._busy = True
        self._workers.submit(KIND, work, self._hand_over(done))
