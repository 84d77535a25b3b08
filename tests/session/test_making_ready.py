"""Before an interview aloud: a person without any Whisper is offered the download, then typing."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import pexpect
import pytest
from click.testing import CliRunner, Result
from command_line import COMMAND, NO_SOUND_SERVER
from hub_server import HubServer, hub_server
from whisper_models import Script, write_whisper

from voice_audio.models import CATALOGUE, KNOWN, fetching
from voice_audio.models.catalogue import Hub, ModelFile
from voice_interviewer.app import build
from voice_interviewer.cli.fetch import make_ready
from voice_interviewer.errors import ModelProblem
from voice_interviewer.settings.config import load_config

pytestmark = pytest.mark.usefixtures("no_models")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub that has a small Whisper, taken for the published tiny.en."""
    folder = write_whisper(tmp_path / "served", Script())
    files = tuple(
        ModelFile(file.name, file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in sorted(folder.iterdir())
    )
    model = replace(KNOWN["tiny.en"], files=files, sources=(Hub("toy/whisper", "0" * 40),))
    monkeypatch.setitem(KNOWN, "tiny.en", model)
    monkeypatch.setitem(CATALOGUE, "tiny.en", model)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with hub_server(folder) as server:
        monkeypatch.setattr(
            "voice_audio.models.fetching.fetch", partial(fetching.fetch, endpoint=server.endpoint)
        )
        yield server


def asked(answers: str, **options: Any) -> Result:
    """What a person in a terminal is shown, who answers this."""

    @click.command()
    def command() -> None:
        click.echo(f"ready: {make_ready(load_config(options), interactive=True)}")

    return CliRunner().invoke(command, input=answers)


def test_a_yes_fetches_it_and_the_interview_is_aloud(hub: HubServer, no_models: Path) -> None:
    shown = asked("y\n")
    assert "Nothing here hears speech yet: the Whisper model tiny.en is not on this machine." in shown.stdout
    assert "Fetch Whisper tiny.en, about" in shown.stdout
    assert shown.stdout.endswith("ready: True\n")
    assert (no_models / "whisper-tiny.en" / "model.bin").is_file()
    hub.requests.clear()
    assert asked("").stdout == "ready: True\n"  # from now on nothing is asked
    assert hub.requests == []


def test_a_no_leads_to_typing(hub: HubServer) -> None:
    shown = asked("n\ny\n")
    assert "`voice-interviewer models download tiny.en` fetches it later." in shown.stdout
    assert "Hold the interview by typing your answers instead?" in shown.stdout
    assert shown.stdout.endswith("ready: False\n")
    assert hub.requests == []


def test_two_noes_end_it_in_one_line(hub: HubServer) -> None:
    problem = asked("n\nn\n").exception
    assert isinstance(problem, ModelProblem)
    assert (problem.code, problem.exit_code) == ("model_missing", 3)
    assert "--typed" in problem.hint


def test_a_download_that_fails_says_why_and_offers_typing(hub: HubServer) -> None:
    hub.status = 500
    shown = asked("y\ny\n")
    assert "tiny.en could not be downloaded (the model hub: answers 500)." in shown.stderr
    assert shown.stdout.endswith("ready: False\n")


def test_offline_only_typing_is_offered(hub: HubServer) -> None:
    shown = asked("y\n", offline=True)
    assert "Fetch" not in shown.stdout.replace("Fetch it:", "")
    assert "--offline is set" in shown.stderr
    assert shown.stdout.endswith("ready: False\n")
    assert hub.requests == []


def test_in_a_terminal_the_interview_goes_on_by_typing(fresh_home: Path) -> None:
    chosen = ["--role", "ai-ethics-specialist", "--minutes", "2", "--seed", "1", "--yes", "--plain"]
    child = pexpect.spawn(
        sys.executable,
        ["-c", COMMAND, "practice", *chosen],
        env={**os.environ, **NO_SOUND_SERVER, "TERM": "xterm"},
        encoding="utf-8",
        timeout=60,
        dimensions=(30, 100),
    )
    child.expect_exact("Fetch Whisper tiny.en")
    child.sendline("n")
    child.expect_exact("typing your answers")
    child.sendline("y")
    child.expect_exact("Type your answer")
    child.sendline("/quit")
    child.expect_exact("Finish now?")
    child.sendline("/quit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    (session,) = (fresh_home / "sessions").iterdir()
    assert json.loads((session / "session.json").read_text())["transcriber"] == "none (typed)"
    assert "typed" not in (fresh_home / "config.toml").read_text()  # it was for want of a model


def test_where_nobody_can_be_asked_it_is_a_problem() -> None:
    with pytest.raises(ModelProblem, match=r"tiny\.en is not on this machine") as raised:
        make_ready(load_config({}), interactive=False)
    assert "voice-interviewer models download tiny.en" in raised.value.hint


def test_a_server_hears_where_no_whisper_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    served = {"speech_url": "http://127.0.0.1:9/v1", "speech_model": "m"}
    assert make_ready(load_config(served), interactive=False)
    transcriber = build.make_transcriber(load_config(served), print, print)
    assert transcriber.name == "m at 127.0.0.1:9"


def test_a_choice_that_an_earlier_release_remembered_is_no_mistake(fresh_home: Path) -> None:
    fresh_home.mkdir()
    (fresh_home / "config.toml").write_text('[preferences]\nrecogniser = "embedded"\n')
    assert load_config({}).recogniser.whisper_model == "auto"
