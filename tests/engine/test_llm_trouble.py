"""The language model over the rules, against a server that misbehaves: never late, never unguarded."""

from dataclasses import replace

import model_server as ms
import pytest
from llm_engine import QUESTION, READERS, SHORT, SLACK_S, Make, context, pause, planned_line, timed

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
    assert tier.startswith("rules (words); ")
    assert took < SHORT.deadline_s + SLACK_S
    assert engine._call is not None
    assert engine._call.over.wait(5)
    assert why in engine._call.why
    assert 1 <= len(server.requests) <= 2
    assert READERS["most"] == 1


@pytest.mark.parametrize("name", ["hangs", "slow to begin", "stalls", "drips"])
def test_a_spoken_answer_waits_only_the_grace(make: Make, name: str) -> None:
    engine, server = make(BAD[name][0], deadline_s=30.0, grace_s=0.2)
    engine.reply(pause())
    said, tier, took = timed(engine, context(typed=False))
    assert (said, tier) == (planned_line(context()), "rules (words); the model was not ready")
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
    engine.reply(pause(turn=6))
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
    assert tier.startswith("rules (words); the model: ")
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
    engine.reply(pause())
    assert engine._call is not None
    assert engine._call.over.wait(5)
    said, tier, _ = timed(engine, given)
    assert (said, tier) == (planned_line(given), "rules (words); the model: the quote is not in the answer")
    assert len(server.requests) == 2


def test_without_time_there_is_no_second_try(make: Make) -> None:
    engine, server = make(ms.says(say="Great!"), ms.says(), retry_s=30.0)
    assert timed(engine, context())[0] == planned_line(context())
    assert len(server.requests) == 1


def test_what_became_a_repeat_meanwhile_is_not_said(make: Make) -> None:
    engine, _ = make()
    given = context(typed=False)
    engine.reply(pause())
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
    engine.reply(pause())
    assert server.requests == []
