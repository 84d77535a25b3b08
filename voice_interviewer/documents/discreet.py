"""Keeps questions worded from somebody's own papers away from a language model."""

from dataclasses import replace
from typing import Any

from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Exchange, Reply, ReplyContext
from voice_interviewer.documents.claims import FAMILY
from voice_interviewer.engine.port import Engine

INSTEAD = "A question about the candidate's papers."


class DiscreetEngine:
    """A model's engine over its rules, where nobody agreed to share documents. An `engine.port.Engine`.

    A private question is left to the rules; at every other one the model is not shown what was asked about
    the papers. Everything else of the inner engine is as it is.
    """

    def __init__(self, inner: Engine, rules: Engine) -> None:
        self._inner, self._rules = inner, rules
        self.name = inner.name

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        return self._for(context).assess(_without_private(context))

    def asks_for_time(self, context: ReplyContext) -> bool:
        return self._rules.asks_for_time(context)

    def reply(self, context: ReplyContext) -> Reply:
        return self._for(context).reply(_without_private(context))

    def _for(self, context: ReplyContext) -> Engine:
        return self._rules if context.question.private else self._inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _without_private(context: ReplyContext) -> ReplyContext:
    """What a model may see: what the candidate said, but not what was read in the papers. For a private
    question nothing is left out, since rules alone look at it."""
    if context.question.private:
        return context
    read_out = [exchange.asked for exchange in context.earlier if _is_private(exchange)]
    return replace(
        context,
        earlier=tuple(
            replace(exchange, asked=INSTEAD) if _is_private(exchange) else exchange
            for exchange in context.earlier
        ),
        said=tuple(line for line in context.said if not any(asked in line for asked in read_out)),
    )


def _is_private(exchange: Exchange) -> bool:
    """Whether what was asked there holds words of somebody's papers."""
    return exchange.question_id.startswith(f"{FAMILY}-")
