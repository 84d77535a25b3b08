"""An engine that follows up on one thing only: for the drill of a move."""

from dataclasses import replace
from typing import Any

from voice_interviewer.core.model.evidence import HEARD, Slot
from voice_interviewer.core.model.moves import (
    Move,
    Reply,
    ReplyContext,
    is_probe,
)
from voice_interviewer.core.probing.routes import MIN_TIME_MS
from voice_interviewer.engine.port import Engine

FIRST = ("example", "result")
"""Without an occasion, or an outcome, there is nothing the other moves could ask about."""


class FocusedEngine:
    """Another engine, that follows up on the drilled move alone, once an ask. An `engine.port.Engine`.

    Requests, repeats and hints are as the inner engine has them. While the move's slot is open, a follow-up
    is the drilled move, or where an answer gives no hold for it yet (nothing to count in "I would"), the one
    that has to come first; with the slot filled it goes on.
    """

    def __init__(self, inner: Engine, move: str, slot: str) -> None:
        """slot: what the move is after."""
        self._inner, self._move, self._slot = inner, move, slot
        self.name = inner.name

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        return self._inner.assess(context)

    def asks_for_time(self, context: ReplyContext) -> bool:
        return self._inner.asks_for_time(context)

    def reply(self, context: ReplyContext) -> Reply:
        reply = self._inner.reply(context)
        chosen = reply.chosen.move
        if chosen == self._move or not (is_probe(chosen) or chosen == "move_on"):
            return reply
        if self._open(context, reply):
            ranked = {each.move: each for each in reversed(reply.ranked)}
            drilled = next((ranked[move] for move in (self._move, *FIRST) if move in ranked), None)
            if drilled is not None:
                return replace(reply, chosen=drilled)
        going_on = next((each for each in reply.ranked if each.move == "move_on"), Move("move_on", ""))
        return replace(reply, chosen=going_on)

    def _open(self, context: ReplyContext, reply: Reply) -> bool:
        """Whether the move's slot is worth one follow-up now."""
        heard = any(each.id == self._slot and each.state == HEARD for each in reply.slots)
        return not heard and context.probes_used == 0 and context.time_left_ms >= MIN_TIME_MS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
