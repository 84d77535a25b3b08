"""The language model over the rules, against a real server that misbehaves: never late, never unguarded."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import model_server as ms
import pytest

from voice_interviewer.core.bank import Point, Question
from voice_interviewer.core.probing import ReplyContext
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.engine.llm import LlmEngine
from voice_interviewer.engine.llm_ladder import LlmSettings
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.resources import content

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
RULES = RulesEngine.from_content()


def context(text: str = TOLD, typed: bool = True, turn: int = 1) -> ReplyContext:
    answer = Transcript.typed(text, 1000)
    said = (QUESTION.say,)
    return ReplyContext(QUESTION, "mid", turn, QUESTION.say, None, answer, said=said, typed=typed)


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


@pytest.fixture
def make() -> Iterator[Make]:
    """An engine over a server with those behaviours; both are gone afterwards, threads too."""
    open_ones = []
    READERS["most"] = 0

    def build(*behaviours: ms.Behaviour, **changes: object) -> tuple[LlmEngine, ms.ModelServer]:
        memory = changes.pop("memory", None)
        running = ms.model_server(*behaviours)
        server = running.__enter__()
        settings = replace(SHORT, url=server.url, **changes)  # type: ignore[arg-type]
        engine = LlmEngine(RULES, settings, content() / "prompts" / "llm", memory=memory)  # type: ignore[arg-type]
        engine._server.open()  # the client is loaded while the welcome is spoken
        count_readers(engine)
        open_ones.append((engine, running, server))
        return engine, server

    yield build
    for engine, running, server in open_ones:
        server.closing.set()
        engine.close()
        running.__exit__(None, None, None)
    assert not [thread for thread in threading.enumerate() if thread.name in ("model", "model-probe")]


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


# --- well -------------------------------------------------------------------------------------------------


def test_a_good_line_is_spoken_with_the_rules_own_move_and_a_verbatim_quote(make: Make) -> None:
    engine, server = make(ms.says(quote="i rebuilt the TRAINING set"))
    reply = engine.reply(context())
    assert reply.chosen.say == ms.GOOD["say"]
    assert (reply.chosen.move, reply.chosen.target) == ("result", "result")
    assert reply.chosen.quote == "I rebuilt the training set"
    assert reply.chosen.reason == RULES.reply(context()).chosen.reason
    assert reply.tier == "model over rules"
    assert engine.name == f"llm({ms.MODEL} at 127.0.0.1:{server.server_port}) over rules"
    assert engine.status == ""
    (body,) = server.requests
    assert server.paths == ["/v1/chat/completions"]
    assert (body["temperature"], body["max_tokens"], body["stream"]) == (0, 160, True)
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == schema["required"] == ["act", "target", "say", "quote", "reason"]
    assert schema["additionalProperties"] is False


def test_what_was_asked_for_at_the_pause_is_spoken_at_the_end(make: Make) -> None:
    engine, server = make()
    given = context(typed=False)
    assert engine.assess(given) == RULES.assess(given)
    assert engine._call is not None
    assert engine._call.settled.wait(5)
    said, tier, _ = timed(engine, given)
    assert (said, tier) == (ms.GOOD["say"], "model over rules")
    assert len(server.requests) == 1
    engine.assess(given)
    engine.reply(given)
    assert len(server.requests) == 1  # the same words are asked about once


def test_a_move_on_is_said_in_the_rules_own_words(make: Make) -> None:
    engine, _ = make(ms.says(act="move_on", target="none", say="Great, you nailed it!", quote=""))
    reply = engine.reply(context())
    ranked = next(move for move in RULES.reply(context()).ranked if move.move == "move_on")
    assert reply.chosen == ranked
    assert reply.tier == "model over rules"


@pytest.mark.parametrize(
    "text", ["I don't know.", "Can you repeat that?", "Let me think.", "Skip this one.", ""]
)
def test_requests_and_non_answers_are_the_rules_own(make: Make, text: str) -> None:
    engine, server = make()
    for given in (context(text), context(text, typed=False)):
        engine.assess(given)
        assert engine.reply(given) == RULES.reply(given)
    assert server.requests == []


def test_with_a_limit_reached_the_model_is_not_asked(make: Make) -> None:
    engine, server = make()
    for given in (replace(context(), time_left_ms=0), replace(context(), probes_used=2)):
        assert engine.reply(given) == RULES.reply(given)
    assert server.requests == []


def test_thoughts_a_fence_and_words_around_the_object_are_put_up_with(make: Make) -> None:
    good = json.dumps(ms.GOOD)
    for text in (
        f"<think>What of {{this}}?</think>{good}",
        f"no tag</think>\n```json\n{good}\n```",
        f"Here: {good} ok?",
    ):
        engine, server = make(ms.only("text", then=ms.streams(text)), memory=None)
        for turn in (1, 2):  # the first answer's two requests leave two rungs behind
            said, _, _ = timed(engine, context(turn=turn))
        assert said == ms.GOOD["say"], text
        assert server.rungs == ["json_schema", "json_object", "text"]


def test_keys_too_many_or_none_do_no_harm(make: Make) -> None:
    engine, _ = make(ms.says(mood="fine", score=5))
    assert timed(engine, context())[0] == ms.GOOD["say"]
    engine, _ = make(ms.streams(json.dumps({"act": "result", "say": ms.GOOD["say"]})))
    reply = engine.reply(context())
    assert (reply.chosen.say, reply.chosen.target) == (ms.GOOD["say"], "result")


def test_it_does_not_wait_for_more_than_the_line(make: Make) -> None:
    whole = json.dumps(ms.GOOD)
    engine, _ = make(ms.stalls(whole[: whole.index('"quote"')]), deadline_s=20.0)
    said, _, took = timed(engine, context())
    assert said == ms.GOOD["say"]
    assert took < 5


# --- the ladder -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 404, 422])
def test_an_unsupported_form_is_left_for_good(make: Make, tmp_path: Path, code: int) -> None:
    memory = tmp_path / "cache" / "llm.json"
    engine, server = make(ms.only("json_object", code=code), memory=memory)
    assert timed(engine, context())[0] == ms.GOOD["say"]
    assert timed(engine, context(TOLD + " Yes."))[0] == ms.GOOD["say"]
    assert server.rungs == ["json_schema", "json_object", "json_object"]
    again = LlmEngine(RULES, replace(SHORT, url=server.url), content() / "prompts" / "llm", memory=memory)
    again.reply(context())
    again.close()
    assert server.rungs[3:] == ["json_object"]


def test_a_memory_that_cannot_be_used_is_left_alone(make: Make, tmp_path: Path) -> None:
    for name, text in (("broken", "{"), ("odd", '{"x": 7}'), ("list", "[]")):
        memory = tmp_path / name
        memory.write_text(text)
        engine, _ = make(memory=memory)
        assert timed(engine, context())[0] == ms.GOOD["say"]
    engine, _ = make(memory=tmp_path / "broken" / "below" / "a-file")
    assert timed(engine, context())[0] == ms.GOOD["say"]


def test_a_form_that_gives_nothing_readable_is_left_too(make: Make) -> None:
    engine, server = make(ms.streams("I would ask about the result."), ms.says())
    assert timed(engine, context())[0] == ms.GOOD["say"]
    assert server.rungs == ["json_schema", "json_object"]


def test_one_bad_answer_does_not_undo_what_has_worked(make: Make) -> None:
    engine, server = make(ms.says(), ms.streams("no object"), ms.says())
    timed(engine, context())
    assert timed(engine, context(TOLD + " Yes."))[0] == ms.GOOD["say"]
    assert server.rungs == ["json_schema"] * 3


@pytest.mark.parametrize("name", ["max_tokens", "temperature", "seed"])
def test_a_parameter_a_server_does_not_take_is_left_out(make: Make, name: str) -> None:
    engine, server = make(ms.without(name))
    assert timed(engine, context())[0] == ms.GOOD["say"]
    assert server.rungs == ["json_schema"] * 2
    assert name not in server.requests[1]
    assert ("max_completion_tokens" in server.requests[1]) == (name == "max_tokens")


def test_the_probe_climbs_down_and_says_how_fast(make: Make) -> None:
    engine, server = make(ms.only("text"))
    rung, first_ms, whole_ms = engine.probe()
    assert rung == "text"
    assert 0 <= first_ms <= whole_ms
    assert server.rungs == ["json_schema", "json_object", "text"]
    assert TOLD not in json.dumps(server.requests)


def test_what_is_not_known_is_found_out_beforehand(make: Make) -> None:
    engine, server = make(ms.only("json_object"))
    engine.prepare()
    assert engine._previous is not None
    assert engine._previous.wait(10)
    assert timed(engine, context())[0] == ms.GOOD["say"]
    assert server.rungs == ["json_schema", "json_object", "json_object"]


# --- badly ------------------------------------------------------------------------------------------------

BAD: dict[str, tuple[ms.Behaviour, str]] = {
    "401": (ms.status(401), "401"),
    "403": (ms.status(403), "403"),
    "404": (ms.status(404), "404"),
    "405": (ms.status(405), "405"),
    "429": (ms.status(429), "429"),
    "500": (ms.status(500), "500"),
    "503": (ms.status(503), "503"),
    "hangs": (ms.hangs, "too long"),
    "slow to begin": (ms.slow_to_begin, "too long"),
    "stalls": (ms.stalls('{"act": "result", "target": "result", "say": "Once the'), "too long"),
    "drips": (ms.drips, "too long"),
    "breaks off": (ms.breaks_off('{"act": "result"'), "failed"),
    "truncated": (ms.streams('{"act": "result", "target": "result", "say": "Once the'), "cannot be read"),
    "empty": (ms.streams(""), "cannot be read"),
    "html": (ms.html, "cannot be read"),
    "nonsense": (ms.nonsense_stream, "cannot be read"),
    "odd chunks": (ms.odd_chunks, ""),
    "error in the stream": (ms.error_in_stream, "failed"),
    "floods": (ms.floods, "cannot be read"),
    "a list": (ms.streams('["say", "What then?"]'), "cannot be read"),
    "wrong types": (ms.says(say=["What then?"]), "cannot be read"),
    "no act": (ms.streams('{"say": "What then?"}'), "cannot be read"),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_a_server_does_the_planned_line_is_said_in_time(make: Make, name: str) -> None:
    behaviour, why = BAD[name]
    engine, server = make(behaviour)
    said, tier, took = timed(engine, context())
    assert said == planned_line(context())
    assert tier.startswith("rules; ")
    assert took < SHORT.deadline_s + SLACK_S
    assert engine._call is not None
    assert engine._call.over.wait(5)
    assert why in engine._call.why
    assert 1 <= len(server.requests) <= 2
    assert READERS["most"] == 1


@pytest.mark.parametrize("name", ["hangs", "slow to begin", "stalls", "drips"])
def test_a_spoken_answer_waits_only_the_grace(make: Make, name: str) -> None:
    engine, server = make(BAD[name][0], deadline_s=30.0, grace_s=0.2)
    engine.assess(context(typed=False))
    said, tier, took = timed(engine, context(typed=False))
    assert (said, tier) == (planned_line(context()), "rules; the model was not ready")
    assert 0.15 < took < 0.2 + SLACK_S
    assert len(server.requests) <= 1


def test_nobody_listening_is_put_up_with(make: Make) -> None:
    engine, server = make()
    server.server_close()
    for turn in (1, 2):
        said, tier, took = timed(engine, context(turn=turn))
        assert said == planned_line(context(turn=turn))
        assert "the model: the connection failed" in tier
        assert took < SHORT.deadline_s + SLACK_S
    assert "not asked any more" in engine.status


@pytest.mark.parametrize("behaviour", [ms.hangs, ms.status(500)], ids=["time-outs", "failures"])
def test_two_in_a_row_and_the_server_is_left_alone(make: Make, behaviour: ms.Behaviour) -> None:
    engine, server = make(behaviour, retry_s=30.0)
    for turn in (1, 2, 3, 4):
        assert timed(engine, context(turn=turn))[0] == planned_line(context(turn=turn))
    assert len(server.requests) == 2
    assert engine.status.startswith(f"127.0.0.1:{server.server_port} is not asked any more")
    assert engine.status in timed(engine, context(turn=5))[1]
    engine.assess(context(turn=6, typed=False))
    assert len(server.requests) == 2


def test_what_works_in_between_counts(make: Make) -> None:
    engine, server = make(ms.status(500), ms.says(), ms.status(500), ms.says(), retry_s=30.0)
    for turn in range(1, 5):
        timed(engine, context(turn=turn))
    assert (len(server.requests), engine.status) == (4, "")


@pytest.mark.parametrize("code", [401, 403])
def test_a_wrong_key_is_tried_once_and_never_told(make: Make, code: int) -> None:
    engine, server = make(ms.status(code, "bad key sk-secret"), key="sk-secret")
    for turn in (1, 2):
        _, tier, _ = timed(engine, context(turn=turn))
        assert "sk-secret" not in tier
    assert server.keys == ["Bearer sk-secret"]
    assert engine.status.endswith("check the key")
    assert "sk-secret" not in f"{engine.status} {engine.name} {engine._settings}"


def test_an_address_that_is_wrong_everywhere_is_given_up(make: Make) -> None:
    engine, server = make(ms.status(404))
    for turn in (1, 2, 3):
        timed(engine, context(turn=turn))
    assert server.rungs == ["json_schema", "json_object", "text"]
    assert "check address and model" in engine.status


def test_text_never_follows_a_redirect_to_another_server(make: Make) -> None:
    _, elsewhere = make()
    engine, server = make(ms.redirects(elsewhere.url))
    assert timed(engine, context())[0] == planned_line(context())
    assert server.requests
    assert elsewhere.requests == []


def test_names_in_the_environment_change_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody-elses")
    engine, server = make()
    assert timed(engine, context())[0] == ms.GOOD["say"]
    assert server.keys == ["Bearer none"]


# --- the guards, seen from outside ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "sing"},
        {"act": "wait", "say": "Take your time."},
        {"target": "measure"},
        {"say": "Wonderful. What changed then?"},
        {"say": "What changed, and how did you know?"},
        {"say": "And what does your husband say to it?"},
        {"say": "What did John say to the new set?"},
        {"say": "Was hat sich danach für euch geändert?"},
        {"say": "I would give you five out of five. What changed?"},
        {"say": QUESTION.say},
        {"say": ""},
    ],
    ids=str,
)
def test_a_line_that_must_not_be_said_is_refused_once_explained_then_left(
    make: Make, changes: dict[str, str]
) -> None:
    engine, server = make(ms.says(**changes))
    said, tier, _ = timed(engine, context())
    assert said == planned_line(context())
    assert tier.startswith("rules; the model: ")
    assert len(server.requests) == 2
    first, second = server.requests
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert second["messages"][-1]["content"].startswith("That cannot be used: ")
    assert engine.status == ""
    engine, server = make(ms.says(**changes), ms.says())
    assert timed(engine, context())[0] == ms.GOOD["say"]


def test_a_quote_that_was_not_said_spoils_its_line(make: Make) -> None:
    engine, server = make(ms.says(quote="I fired the whole team"))
    given = context(typed=False)
    engine.assess(given)
    assert engine._call is not None
    assert engine._call.over.wait(5)
    said, tier, _ = timed(engine, given)
    assert (said, tier) == (planned_line(given), "rules; the model: the quote is not in the answer")
    assert len(server.requests) == 2


def test_without_time_there_is_no_second_try(make: Make) -> None:
    engine, server = make(ms.says(say="Great!"), ms.says(), retry_s=30.0)
    assert timed(engine, context())[0] == planned_line(context())
    assert len(server.requests) == 1


# --- speculation ------------------------------------------------------------------------------------------


def test_at_most_one_request_at_a_time_and_one_start_per_interval(make: Make) -> None:
    now = [100.0]
    engine, server = make(ms.says(), between_s=5.0)
    engine._clock = lambda: now[0]
    for count in range(1, 6):  # pauses in quick succession
        engine.assess(context(TOLD + " Yes." * count, typed=False))
        if count == 1:
            assert engine._call is not None
            assert engine._call.settled.wait(5)
    assert len(server.requests) == 1
    now[0] += 6
    given = context(TOLD + " That is all.", typed=False)
    engine.assess(given)
    assert engine._call is not None
    assert engine._call.settled.wait(5)
    assert len(server.requests) == 2
    assert timed(engine, given)[0] == ms.GOOD["say"]
    assert READERS["most"] == 1


def test_a_call_about_old_words_is_ended_and_not_held_against_the_server(make: Make) -> None:
    engine, server = make(ms.stalls('{"act"'), ms.stalls('{"act"'), ms.says(), deadline_s=30.0, grace_s=5.0)
    for count in (1, 2):
        engine.assess(context(TOLD + " Yes." * count, typed=False))
        call = engine._call
        assert call is not None
        deadline = time.monotonic() + 5
        while call.request._stream is None and time.monotonic() < deadline:
            time.sleep(0.005)
    said, _, took = timed(engine, context(TOLD + " So.", typed=False))
    assert said == ms.GOOD["say"]
    assert took < 5
    assert (len(server.requests), engine.status) == (3, "")


def test_what_became_a_repeat_meanwhile_is_not_said(make: Make) -> None:
    engine, _ = make()
    given = context(typed=False)
    engine.assess(given)
    assert engine._call is not None
    assert engine._call.settled.wait(5)
    later = replace(given, said=(*given.said, str(ms.GOOD["say"])))
    said, tier, _ = timed(engine, later)
    assert said == planned_line(later)
    assert "asked before" in tier


def test_after_closing_the_rules_decide_alone(make: Make) -> None:
    engine, server = make()
    engine.close()
    assert timed(engine, context())[0] == planned_line(context())
    engine.assess(context(typed=False))
    assert server.requests == []
