"""`voice-interviewer models` as a person runs it, with a cache folder of the test's own."""

from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hub_server import hub_server
from whisper_models import Script, write_whisper

from voice_audio.models import download
from voice_interviewer.cli.models import models
from voice_interviewer.errors import ModelProblem


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub library read its environment when it was imported."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    return folder


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(models, arguments, env=environment)


def test_list_names_everything_and_nothing_is_here_yet() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert any("base.en" in line and "~145 MB" in line and "not downloaded" in line for line in lines)
    assert any(line.startswith("voice") for line in lines)


def test_a_folder_named_like_a_model_does_not_confuse_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base.en").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("list").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--offline",), {}), ((), {"VOICE_INTERVIEWER_OFFLINE": "1"})],
)
def test_offline_refuses_a_download(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    result = run("download", "base.en", *arguments, **environment)
    assert isinstance(result.exception, ModelProblem)
    assert (result.exception.exit_code, result.exception.code) == (3, "offline")
    assert result.stdout == ""
    assert "about 145 MB" in result.stderr


def test_an_unknown_name_is_a_problem() -> None:
    result = run("download", "huge")
    assert isinstance(result.exception, ModelProblem)
    assert "tiny.en" in result.exception.hint


def test_a_download_is_listed_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = write_whisper(tmp_path / "model", Script())
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with hub_server(model) as hub:
        monkeypatch.setattr("voice_interviewer.cli.fetch.download", partial(download, endpoint=hub.endpoint))
        first = run("download", "tiny.en")
        asked = len(hub.requests)
        again = run("download", "tiny.en")
        assert len(hub.requests) == asked > 0
    assert (first.exit_code, again.exit_code) == (0, 0), first.exception
    assert first.stdout.startswith("tiny.en is here: ")
    assert again.stdout.startswith("tiny.en is already here: ")
    assert any(
        "tiny.en" in line and line.rstrip().endswith(" here") for line in run("list").stdout.splitlines()
    )
