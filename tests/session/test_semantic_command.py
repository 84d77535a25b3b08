"""The model of meaning as a person meets it: `models download semantic`, `models list`, and doctor's line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voice_interviewer.cli import checks
from voice_interviewer.cli.models import models
from voice_interviewer.errors import ModelProblem, UsageProblem
from voice_interviewer.settings.config import load_config


def run(*arguments: str) -> Result:
    return CliRunner().invoke(models, arguments)


@pytest.fixture
def cached(fresh_home: Path, semantic_model: Path) -> Path:
    """The real encoder where the command would have put it."""
    place = fresh_home / "cache" / "semantic"
    place.parent.mkdir(parents=True)
    place.symlink_to(semantic_model)
    return place


def listed() -> str:
    return next(line for line in run("list").stdout.splitlines() if "semantic" in line)


def finding(**options: str) -> checks.Finding:
    (found,) = checks.meaning(load_config(options))
    return found


def test_a_download_is_refused_offline(fresh_home: Path) -> None:
    result = run("download", "semantic", "--offline")
    assert isinstance(result.exception, ModelProblem)
    assert (result.exception.code, result.exception.exit_code) == ("offline", 3)
    assert "91 MB to download" in result.stderr
    assert not (fresh_home / "cache").exists()


def test_what_is_here_is_listed_and_not_fetched_again(cached: Path) -> None:
    assert listed().split()[-1] == "here"
    result = run("download", "semantic", "--offline")
    assert result.exit_code == 0
    assert result.stdout == f"semantic is already here: {cached}\n"


def test_another_folder_can_be_named(semantic_model: Path) -> None:
    assert "to fetch" in listed()
    result = run("download", "semantic", "--to", str(semantic_model))
    assert result.stdout == f"semantic is already here: {semantic_model}\n"


def test_a_whisper_model_has_no_folder_of_choice(tmp_path: Path) -> None:
    assert isinstance(run("download", "tiny.en", "--to", str(tmp_path)).exception, UsageProblem)


def test_doctor_names_the_command_that_fetches_it() -> None:
    found = finding()
    assert (found.id, found.state, found.exit_code) == ("meaning", "missing", 0)
    assert found.fix == "voice-interviewer models download semantic"
    assert found.facts["tier"] == "words"


def test_doctor_says_which_tier_will_read(cached: Path, semantic_model: Path) -> None:
    for options in ({}, {"semantic": str(semantic_model)}):
        found = finding(**options)
        assert (found.state, found.facts["tier"]) == ("ok", "embeddings")
    found = finding(semantic="words")
    assert (found.state, found.facts["tier"]) == ("ok", "words")


def test_doctor_tells_why_a_damaged_model_is_not_used(fresh_home: Path, semantic_model: Path) -> None:
    place = fresh_home / "cache" / "semantic"
    place.mkdir(parents=True)
    for file in semantic_model.iterdir():
        (place / file.name).write_bytes(file.read_bytes()[:5000])
    with pytest.raises(ModelProblem, match="cannot be loaded"):
        finding()
