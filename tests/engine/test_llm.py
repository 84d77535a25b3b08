"""The language model over the rules, with a server that is well: what it says, and the ladder of forms."""

import json
from dataclasses import replace
from pathlib import Path

import model_server as ms
import pytest
from llm_engine import RULES, SHORT, TOLD, Make, context, pause, timed

from voice_interviewer.content.resources import content
from voice_interviewer.engine.llm.engine import LlmEngine


def test_a_good_line_is_spoken_with_the_rules_own_move_and_a_verbatim_quote(make: Make) -> None:
    engine, server = make(ms.says(quote="i rebuilt the TRAINING set"))
    reply = engine.reply(context())
    assert reply.chosen.say == ms.GOOD["say"]
    assert (reply.chosen.move, reply.chosen.target) == ("result", "result")
    assert reply.chosen.quote == "I rebuilt the training set"
    assert reply.chosen.reason == RULES.reply(context()).chosen.reason
    assert reply.tier == "model over rules (words)"
    assert engine.name == f"llm({ms.MODEL} at 127.0.0.1:{server.server_port}) over rules (words)"
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
    assert server.requests == []
    engine.reply(pause())
    assert engine._call is not None
    assert engine._call.settled.wait(5)
    said, tier, _ = timed(engine, given)
    assert (said, tier) == (ms.GOOD["say"], "model over rules (words)")
    assert len(server.requests) == 1
    engine.reply(pause())
    engine.reply(given)
    assert len(server.requests) == 1  # the same words are asked about once


def test_a_move_on_is_said_in_the_rules_own_words(make: Make) -> None:
    engine, _ = make(ms.says(act="move_on", target="none", say="Great, you nailed it!", quote=""))
    reply = engine.reply(context())
    ranked = next(move for move in RULES.reply(context()).ranked if move.move == "move_on")
    assert reply.chosen == ranked
    assert reply.tier == "model over rules (words)"


@pytest.mark.parametrize(
    "text", ["I don't know.", "Can you repeat that?", "Let me think.", "Skip this one.", ""]
)
def test_requests_and_non_answers_are_the_rules_own(make: Make, text: str) -> None:
    engine, server = make()
    for given in (context(text), context(text, typed=False), pause(text)):
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
