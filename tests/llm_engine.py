"""A language model over the real rules and a stand-in server, with deadlines short enough for tests."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import model_server as ms

from voice_interviewer.core.model.bank import Point, Question
from voice_interviewer.core.model.moves import ReplyContext
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.llm.engine import LlmEngine
from voice_interviewer.engine.llm.ladder import LlmSettings
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine

QUESTION = Question(
    "mended",
    "behavioural",
    "Tell me about a time you mended something that was broken.",
    "mid",
    points=(Point("p1", "names the affected groups before looking at any single number"),),
)
TOLD = (
    "There was a loan model at my last job that was wrong for older people. "
    "I rebuilt the training set and tested it by age group."
)
SHORT = LlmSettings("", ms.MODEL, deadline_s=0.6, grace_s=0.05, connect_s=0.3, between_s=0.0, retry_s=0.1)
SLACK_S = 1.5
"""What a busy machine may add to a wait that is over."""
RULES = RulesEngine.from_content(load_reader("words"))


def context(text: str = TOLD, typed: bool = True, turn: int = 1) -> ReplyContext:
    answer = Transcript.typed(text, 1000)
    said = (QUESTION.say,)
    return ReplyContext(QUESTION, "mid", turn, QUESTION.say, None, answer, said=said, typed=typed)


def pause(text: str = TOLD, floor_in_ms: int | None = 1_000, turn: int = 1) -> ReplyContext:
    """The same words, spoken, at a pause that may be the end of the answer."""
    return replace(context(text, typed=False, turn=turn), speculative=True, floor_in_ms=floor_in_ms)


READERS = {"now": 0, "most": 0}
"""How many requests are being read, and were at most at any one time, in this test."""


def count_readers(engine: LlmEngine) -> None:
    read = engine._server.read

    def counted(*given: object, **more: object) -> Iterator[str]:
        READERS["now"] += 1
        READERS["most"] = max(READERS.values())
        try:
            yield from read(*given, **more)  # type: ignore[arg-type]
        finally:
            READERS["now"] -= 1

    engine._server.read = counted  # type: ignore[method-assign]


Make = Callable[..., tuple[LlmEngine, ms.ModelServer]]


def timed(engine: LlmEngine, given: ReplyContext) -> tuple[str, str, float]:
    """What is said, by which tier, after how many seconds; what the rules found is always kept."""
    begun = time.monotonic()
    reply = engine.reply(given)
    took = time.monotonic() - begun
    planned = RULES.reply(given)
    assert (reply.slots, reply.ranked) == (planned.slots, planned.ranked)
    return reply.chosen.say, reply.tier, took


def planned_line(given: ReplyContext) -> str:
    return RULES.reply(given).chosen.say
