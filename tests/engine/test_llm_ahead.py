"""Asking a language model in the candidate's pauses: never waited for, never two at once, dropped at once
when the words go on, and counted."""

import threading
import time
from dataclasses import replace

import model_server as ms
import pytest
from llm_engine import READERS, RULES, TOLD, Make, context, pause, planned_line, timed

from voice_interviewer.documents.discreet import DiscreetEngine
from voice_interviewer.engine.llm.engine import SOON_MS, LlmEngine

GONE_WITHIN_S = 0.2
AT_ONCE_S = 0.2
"""What the rules themselves may take on a busy machine; a model's answer is minutes away in these tests."""


class Line:
    """A server that begins an answer and then only waits for the client to go. began: a request has come;
    gone: a client hung up. most: clients that were there together."""

    def __init__(self, head: bool, words: str = "") -> None:
        self.began, self.gone = threading.Semaphore(0), threading.Semaphore(0)
        self._head, self._words = head, words
        self._lock, self._here, self.most = threading.Lock(), 0, 0

    def __call__(self, handler: ms.Handler) -> None:
        with self._lock:
            self._here += 1
            self.most = max(self.most, self._here)
        if self._head:
            handler.start()
        if self._words:
            handler.piece(self._words)
        self.began.release()
        handler.connection.settimeout(30)
        try:
            left = handler.connection.recv(1) == b""
        except ConnectionError:
            left = True
        with self._lock:
            self._here -= 1
        if left:
            self.gone.release()


def finished(engine: LlmEngine) -> None:
    assert engine._call is not None
    assert engine._call.over.wait(5)


HELD = {
    "before the head of its answer": (False, ""),
    "after it": (True, ""),
    "in the middle of its line": (True, '{"act": "result", "say": "Once'),
}


@pytest.mark.parametrize("held", HELD)
def test_what_the_candidate_has_overtaken_is_let_go_of_at_once(make: Make, held: str) -> None:
    line = Line(*HELD[held])
    engine, server = make(line, line, ms.says(), deadline_s=30.0, grace_s=5.0)
    for count in (1, 2):
        engine.reply(pause(TOLD + " Yes." * count))
        assert line.began.acquire(timeout=5)
    begun = time.monotonic()
    engine.reply(pause(TOLD + " So."))
    assert line.gone.acquire(timeout=5)
    assert line.gone.acquire(timeout=5)
    assert time.monotonic() - begun < GONE_WITHIN_S
    assert timed(engine, context(TOLD + " So.", typed=False))[0] == ms.GOOD["say"]
    assert line.most == READERS["most"] == 1
    assert (engine.calls, len(server.requests), engine.status) == (3, 3, "")


def test_what_became_a_request_drops_the_call_and_makes_none(make: Make) -> None:
    line = Line(head=False)
    engine, server = make(line, deadline_s=30.0)
    engine.reply(pause())
    assert line.began.acquire(timeout=5)
    begun = time.monotonic()
    reply = engine.reply(pause("Can you repeat that?"))
    assert not reply.unsettled
    assert line.gone.acquire(timeout=5)
    assert time.monotonic() - begun < GONE_WITHIN_S
    assert engine.calls == len(server.requests) == 1


def test_a_pause_waits_for_nothing_and_says_what_may_still_come(make: Make) -> None:
    go_on = threading.Event()

    def when_told(handler: ms.Handler) -> None:
        go_on.wait(30)
        ms.says()(handler)

    engine, server = make(when_told, deadline_s=30.0)
    begun = time.monotonic()
    first, second = engine.reply(pause()), engine.reply(pause(floor_in_ms=700))
    assert time.monotonic() - begun < 2 * AT_ONCE_S
    for reply in (first, second):
        assert replace(reply, unsettled=False) == RULES.reply(pause())
        assert reply.unsettled
    go_on.set()
    finished(engine)
    third = engine.reply(pause(floor_in_ms=300))
    assert (third.chosen.say, third.tier) == (ms.GOOD["say"], "model over rules (words)")
    assert not third.unsettled
    assert engine.calls == len(server.requests) == 1


def test_a_failure_is_settled_too(make: Make) -> None:
    engine, server = make(ms.status(500), retry_s=30.0)
    engine.reply(pause())
    finished(engine)
    reply = engine.reply(pause())
    assert (reply.chosen.say, reply.tier) == (
        planned_line(pause()),
        "rules (words); the model: it answered 500",
    )
    assert not reply.unsettled
    assert engine.calls == len(server.requests) == 1


@pytest.mark.parametrize(("floor_in_ms", "asked"), [(None, 0), (SOON_MS + 1, 0), (SOON_MS, 1), (-20, 1)])
def test_only_a_pause_that_is_about_to_end_the_answer_is_worth_a_call(
    make: Make, floor_in_ms: int | None, asked: int
) -> None:
    engine, server = make()
    reply = engine.reply(pause(floor_in_ms=floor_in_ms))
    assert reply.unsettled or asked  # it may still be asked when the floor comes nearer
    if asked:
        finished(engine)
    assert engine.calls == len(server.requests) == asked
    engine.reply(pause(floor_in_ms=700))
    finished(engine)
    assert engine.calls == len(server.requests) == 1


def test_one_call_an_interval_however_many_pauses(make: Make) -> None:
    now = [100.0]
    engine, server = make(between_s=5.0)
    engine._clock = lambda: now[0]
    engine.reply(pause())
    finished(engine)
    for count in range(1, 5):  # pauses in quick succession
        now[0] += 1
        reply = engine.reply(pause(TOLD + " Yes." * count, floor_in_ms=900))
        assert reply.unsettled == (5 - count < 0.9)  # nothing can come before the floor is taken
        assert engine._call is None
    assert engine.reply(pause(TOLD + " Yes.", floor_in_ms=1_100)).unsettled
    assert engine.calls == len(server.requests) == 1
    now[0] += 1
    engine.reply(pause(TOLD + " That is all."))
    finished(engine)
    assert timed(engine, context(TOLD + " That is all.", typed=False))[0] == ms.GOOD["say"]
    assert engine.calls == len(server.requests) == 2
    assert READERS["most"] == 1


def test_the_end_of_an_answer_waits_for_no_interval(make: Make) -> None:
    engine, server = make(between_s=1000.0, grace_s=5.0)
    for turn in (1, 2):
        assert timed(engine, context(turn=turn, typed=False))[0] == ms.GOOD["say"]
    assert engine.calls == len(server.requests) == 2


def test_every_request_counts_tries_and_probes_too(make: Make) -> None:
    engine, server = make(ms.only("json_object"))
    engine.probe()
    timed(engine, context())
    assert engine.calls == len(server.requests) == 3
    assert DiscreetEngine(engine, RULES).calls == 3


def test_nobody_waits_for_a_server_that_is_left_alone(make: Make) -> None:
    engine, server = make(ms.status(401))
    engine.reply(pause())
    finished(engine)
    reply = engine.reply(pause(TOLD + " Yes."))
    assert not reply.unsettled
    assert engine.status in reply.tier
    assert engine.calls == len(server.requests) == 1
