"""Whole interviews, the commands around them and `doctor`, with a language model's server on loopback."""

import json
import re
from dataclasses import replace
from pathlib import Path

import model_server as ms
import pytest
from command_line import NO_SOUND_SERVER, noted_connections, run
from interview_room import Room
from known_moves import PROBES

from voice_audio.ports import HeardWord, Samples
from voice_interviewer.app import language_model, speech_servers
from voice_interviewer.cli import dialogue
from voice_interviewer.content.resources import content
from voice_interviewer.core.turns import events as e
from voice_interviewer.engine.llm.engine import LlmEngine
from voice_interviewer.engine.llm.ladder import LlmSettings
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.errors import ModelProblem, UsageProblem
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.log import read_log

ANSWERS = "I rebuilt the loan model at my last job and tested it by age group.\nIt was faster.\n/skip\nNo.\n"
QUESTIONS = "- Tell me about a model you mended.\n- What would you do when a launch date is close?\n"
LINES = (
    "At the start of it, what was it like for you?",
    "Halfway through that, who else was in the room?",
    "Where did things stand on the last day?",
    "Which part of that week took the longest?",
)
REMOTE = {"VOICE_INTERVIEWER_LLM_URL": "http://192.0.2.1/v1", "VOICE_INTERVIEWER_LLM_MODEL": "m"}


def rewords(handler: ms.Handler) -> None:
    """Takes the first listed move and asks for it in words of its own; different ones each time."""
    turn = handler.body["messages"][1]["content"]
    act, target, _ = re.search(r"as act \| target .*:\n(\S+) \| (\S+) \| (.*)", turn).groups()  # type: ignore[union-attr]
    line = LINES[len(handler.server.requests) % len(LINES)]
    ms.says(act=act, target=target, say=line, quote="")(handler)


def moody(handler: ms.Handler) -> None:
    """As well, but every third request fails."""
    (ms.status(500) if len(handler.server.requests) % 3 == 2 else rewords)(handler)


def practice(home: Path, *options: str, answers: str = ANSWERS, **environment: str) -> tuple[str, str, Path]:
    """What was shown, what was complained about, and the session's folder."""
    home.mkdir(exist_ok=True)
    (home / "questions.yaml").write_text(QUESTIONS)
    fast = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400", "VOICE_INTERVIEWER_HOME": str(home)}
    fixed = ("--typed", "--no-audio", "--yes", "--seed", "1", "--minutes", "2")
    chosen = ("practice", *fixed, "--questions", str(home / "questions.yaml"), *options)
    done = run(*chosen, environment={**fast, **environment}, text=answers)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr, next((home / "sessions").iterdir())


def replies(folder: Path) -> list[e.ReplyPlanned]:
    return [entry.event for entry in read_log(folder).entries if isinstance(entry.event, e.ReplyPlanned)]


def test_a_whole_typed_interview_with_a_model(tmp_path: Path) -> None:
    with ms.model_server(rewords) as server:
        given = ("--llm-url", server.url, "--llm-model", ms.MODEL)
        shown, complaints, folder = practice(tmp_path / "home", *given, VOICE_INTERVIEWER_LLM_KEY="sk-secret")
    planned = replies(folder)
    by_model = [event.reply for event in planned if event.reply.tier.startswith("model over ")]
    assert by_model
    for reply in by_model:
        assert reply.chosen.move in PROBES
        assert reply.chosen.say in LINES
        assert f"Interviewer: {reply.chosen.say}" in shown
    assert complaints == ""
    assert "Nothing leaves this machine." in shown
    about = json.loads((folder / "session.json").read_text())
    assert about["engine"].startswith(f"llm({ms.MODEL} at 127.0.0.1:{server.server_port}) over ")
    assert {"system.md", "turn.md", "again.md"} <= set(about["prompts"])
    assert about["config"]["llm"]["url"] == server.url
    assert about["servers"]["language_model"] == {"calls": len(server.requests), "left": ""}
    assert set(server.keys) == {"Bearer sk-secret"}
    for file in (tmp_path / "home").rglob("*"):
        assert file.is_dir() or b"sk-secret" not in file.read_bytes(), file


def test_offline_no_server_elsewhere_is_asked(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")
    shown, complaints, folder = practice(tmp_path / "home", "--offline", answers="", **REMOTE, **noted)
    assert complaints == ""
    assert "Nothing leaves this machine." in shown
    assert not json.loads((folder / "session.json").read_text())["engine"].startswith("llm")
    assert not (tmp_path / "site" / "connections").exists()


class Scribe:
    """Understands every piece of speech as another step of one story: what was really said matters to none of
    this, and a recogniser takes most of an interview's time."""

    name, doubt_threshold = "scribe", 0.0

    def __init__(self) -> None:
        self.pieces = 0

    def transcribe(self, samples: Samples, cancelled: object = None) -> tuple[HeardWord, ...]:
        self.pieces += 1
        words = f"I rebuilt part {self.pieces} of the loan model and tested it by age group".split()
        step_ms = len(samples) // 16 // len(words)
        return tuple(HeardWord(word, i * step_ms, (i + 1) * step_ms, 1.0) for i, word in enumerate(words))


def test_an_interview_aloud_with_a_server_that_is_not_always_well(tmp_path: Path) -> None:
    with ms.model_server(moody) as server:
        settings = LlmSettings(server.url, ms.MODEL, grace_s=5.0, between_s=0.0)
        engine = LlmEngine(
            RulesEngine.from_content(load_reader("words")), settings, content() / "prompts" / "llm"
        )
        session, recorder, _ = Room(tmp_path, Scribe()).interview("one", engine=engine)
        engine.close()
    assert session.state.floor.end_reason == "finished"
    probes = [e_.reply for e_ in replies(recorder.folder.path) if e_.reply.chosen.move in PROBES]
    assert any(reply.tier.startswith("model over ") for reply in probes)


# --- where text goes --------------------------------------------------------------------------------------


def test_another_machine_is_named_before_anything_is_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    here = load_config({"llm_url": "http://localhost:8080/v1", "llm_model": "m"}, {})
    there = load_config({}, REMOTE)
    assert language_model.goes_to(here) == language_model.goes_to(load_config({}, {})) == ""
    assert language_model.goes_to(load_config({"offline": True}, REMOTE)) == ""
    assert language_model.goes_to(there) == "192.0.2.1"
    dialogue.tell_recording(typed=False, leaves=speech_servers.leaving(there, typed=False))
    told = capsys.readouterr().out
    assert "goes as text to 192.0.2.1, its sound nowhere" in told
    assert "Nothing leaves" not in told


def test_half_a_configuration_and_a_missing_server_are_told() -> None:
    rules = RulesEngine.from_content(load_reader("words"))
    none, offline = load_config({}, {}), load_config({"offline": True}, REMOTE)
    assert language_model.over(rules, none) is rules
    assert language_model.over(rules, offline) is rules
    for unusable in (none, offline, load_config({"llm_url": "http://127.0.0.1:9/v1"}, {})):
        with pytest.raises(UsageProblem):
            language_model.over(rules, unusable, required=True)
    with ms.model_server(ms.status(401, "key sk-secret")) as server:
        asked = {"VOICE_INTERVIEWER_LLM_URL": server.url, "VOICE_INTERVIEWER_LLM_MODEL": "m"}
        with pytest.raises(ModelProblem, match="cannot be used: it answered 401") as refused:
            language_model.over(
                rules, load_config({}, {**asked, "VOICE_INTERVIEWER_LLM_KEY": "sk-secret"}), True
            )
    assert "sk-secret" not in f"{refused.value.message}{refused.value.hint}"


KEYRING = '''
class KeyringError(Exception):
    """As in keyring.errors."""

def get_password(service, name):
    if name.endswith(":1/v1"):
        raise KeyringError("no backend")
    return f"{service} {name}"

class errors:
    pass
errors.KeyringError = KeyringError
import sys
sys.modules["keyring.errors"] = errors
'''


def test_a_key_is_looked_for_in_the_environment_then_in_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config({"llm_url": "http://127.0.0.1:2/v1"}, {})
    named = replace(config, llm=replace(config.llm, key="sk-named"))
    assert language_model.find_key(named) == ("sk-named", "")
    (tmp_path / "keyring.py").write_text(KEYRING)
    monkeypatch.syspath_prepend(str(tmp_path))
    for module in ("keyring", "keyring.errors"):
        monkeypatch.delitem(__import__("sys").modules, module, raising=False)
    assert language_model.find_key(config) == ("voice-interviewer http://127.0.0.1:2/v1", "")
    bare = replace(config, llm=replace(config.llm, url="http://127.0.0.1:1/v1"))
    key, why = language_model.find_key(bare)
    assert key == ""
    assert "VOICE_INTERVIEWER_LLM_KEY" in why


# --- doctor -----------------------------------------------------------------------------------------------


def test_doctor_says_what_the_server_can_do_and_reaches_no_other(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")
    with ms.model_server(ms.only("json_object")) as server:
        asked = {"VOICE_INTERVIEWER_LLM_URL": server.url, "VOICE_INTERVIEWER_LLM_MODEL": ms.MODEL}
        done = run("doctor", "--json", "--no-listen", environment={**NO_SOUND_SERVER, **noted, **asked})
    (found,) = [check for check in json.loads(done.stdout)["checks"] if check["id"] == "llm"]
    assert found["state"] == "ok"
    facts = found["facts"]
    assert (facts["rung"], facts["sends_text_to"]) == ("json_object", None)
    assert 0 <= facts["first_ms"] <= facts["whole_ms"]
    connections = (tmp_path / "site" / "connections").read_text().splitlines()
    assert all("127.0.0.1" in line and str(server.server_port) in line for line in connections)


def test_doctor_with_a_model_that_cannot_be_used_or_none() -> None:
    with ms.model_server(ms.status(401, "sk-secret")) as server:
        config = load_config(
            {"llm_url": server.url, "llm_model": "m"}, {"VOICE_INTERVIEWER_LLM_KEY": "sk-secret"}
        )
        (found,) = language_model.findings(config)
    assert (found.state, found.exit_code) == ("problem", 0)
    assert "sk-secret" not in f"{found}"
    (found,) = language_model.findings(load_config({}, {}))
    assert found.text == "Language model: none configured; rules decide."
    (found,) = language_model.findings(load_config({"offline": True}, REMOTE))
    assert found.state == "ok"
    assert "Offline" in found.text
