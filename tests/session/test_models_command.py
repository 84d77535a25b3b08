"""`voice-interviewer models` as a person runs it, with a models folder and a hub cache of the test's own."""

import hashlib
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hub_server import hub_server
from whisper_models import Script, write_whisper

from voice_audio.models import CATALOGUE, KNOWN, fetching
from voice_audio.models.catalogue import Hub, ModelFile
from voice_audio.models.speed import FILE, Speed, keep_speed, this_machine
from voice_interviewer.app import recognisers
from voice_interviewer.cli.models import models
from voice_interviewer.errors import CheckFailed, ModelProblem, UsageProblem

pytestmark = pytest.mark.usefixtures("no_models")


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(models, arguments, env=environment)


def listed(name: str) -> str:
    return next(line for line in run("list").stdout.splitlines() if f" {name} " in line)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small Whisper, taken for the published tiny.en; the folder a hub would serve it from."""
    folder = write_whisper(tmp_path / "served", Script())
    files = tuple(
        ModelFile(file.name, file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in sorted(folder.iterdir())
    )
    model = replace(KNOWN["tiny.en"], files=files, sources=(Hub("toy/whisper", "0" * 40),))
    monkeypatch.setitem(KNOWN, "tiny.en", model)
    monkeypatch.setitem(CATALOGUE, "tiny.en", model)
    return folder


def placed(tiny: Path, no_models: Path) -> Path:
    """The small model where the command would have put it."""
    place = no_models / "whisper-tiny.en"
    place.mkdir(parents=True)
    for file in tiny.iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    return place


def test_list_names_everything_and_nothing_is_here_yet() -> None:
    result = run("list")
    assert result.exit_code == 0, result.exception
    assert listed("tiny.en").split()[:4] == ["recogniser", "tiny.en", "78", "MB"]
    assert "to fetch: hub, package" in listed("tiny.en")
    assert listed("small.en").rstrip().endswith("to fetch: hub")
    for name in ("kokoro", "system"):
        assert listed(name)
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("In "))


def test_a_folder_named_like_a_model_does_not_confuse_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base.en").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("list").exit_code == 0


def test_folder_prints_where_models_are_kept(no_models: Path, tmp_path: Path) -> None:
    assert run("folder").stdout == f"{no_models}\n"
    assert run("folder", "kokoro").stdout == f"{no_models / 'kokoro'}\n"
    other = str(tmp_path / "elsewhere")
    assert run("folder", VOICE_INTERVIEWER_MODELS=other).stdout == f"{other}\n"
    (tmp_path / "file").write_text("")
    wrong = run("folder", VOICE_INTERVIEWER_MODELS=str(tmp_path / "file"))
    assert isinstance(wrong.exception, UsageProblem)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--offline",), {}), ((), {"VOICE_INTERVIEWER_OFFLINE": "1"})],
)
def test_offline_refuses_a_download(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    result = run("download", "base.en", *arguments, **environment)
    assert isinstance(result.exception, ModelProblem)
    assert (result.exception.exit_code, result.exception.code) == (3, "offline")
    assert result.stdout == ""
    assert "148 MB to download" in result.stderr


def test_without_a_name_the_usual_ones_are_fetched_and_each_trouble_is_told() -> None:
    result = run("download", "--offline")
    assert isinstance(result.exception, ModelProblem)
    assert "tiny.en cannot be downloaded: --offline refuses connections." in result.stderr
    assert "kokoro cannot be downloaded" in result.exception.message


@pytest.mark.parametrize("command", ["download", "check", "folder"])
def test_an_unknown_name_is_a_problem(command: str) -> None:
    result = run(command, "huge")
    assert isinstance(result.exception, ModelProblem)
    assert "tiny.en" in result.exception.hint


def test_a_download_is_measured_listed_checked_and_not_repeated(
    tiny: Path, no_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with hub_server(tiny) as hub:
        monkeypatch.setattr(
            "voice_audio.models.fetching.fetch", partial(fetching.fetch, endpoint=hub.endpoint)
        )
        first = run("download", "whisper-tiny.en")
        asked = len(hub.requests)
        again = run("download", "tiny.en")
        assert len(hub.requests) == asked > 0
    assert (first.exit_code, again.exit_code) == (0, 0), first.exception
    assert first.stdout == f"tiny.en is here: {no_models / 'whisper-tiny.en'}\n"
    assert "s of work a second of speech" in first.stderr
    assert again.stdout.startswith("tiny.en is already here: ")
    assert 0 < json.loads((no_models / FILE).read_text())["tiny.en"]["rtf"] < 1
    assert " s " in listed("tiny.en")
    assert "here; listens" in listed("tiny.en")
    assert "every file is the known one" in run("check").stdout


def test_check_finds_a_changed_byte(tiny: Path, no_models: Path) -> None:
    place = placed(tiny, no_models)
    data = bytearray((place / "model.bin").read_bytes())
    data[50] ^= 1
    (place / "model.bin").write_bytes(data)
    for command in (("check",), ("check", "tiny.en"), ("list", "--check")):
        result = run(*command)
        assert isinstance(result.exception, CheckFailed)
        assert result.exception.exit_code == 1
        assert "tiny.en: model.bin is not the known file" in result.stdout


# --- which one listens ------------------------------------------------------------------------------------


def speed(rtf: float, **about: object) -> Speed:
    return Speed(rtf, this_machine(), "2026-11-30T12:00:00+00:00", **about)  # type: ignore[arg-type]


@pytest.fixture
def three_here(no_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """tiny.en, base and small.en are complete, as far as their sizes tell."""
    for name in ("tiny.en", "base", "small.en"):
        place = no_models / KNOWN[name].folder
        place.mkdir(parents=True)
        for file in KNOWN[name].files:
            with (place / file.name).open("wb") as sparse:
                sparse.truncate(file.size)
    return no_models


def test_the_largest_that_keeps_up_listens(three_here: Path) -> None:
    assert recognisers.best_here() == "tiny.en"  # nothing is known yet
    keep_speed(three_here, "tiny.en", speed(0.1))
    assert recognisers.best_here() == "tiny.en"
    keep_speed(three_here, "base", speed(0.3))
    assert recognisers.best_here() == "base"
    keep_speed(three_here, "small.en", speed(0.9))
    assert recognisers.best_here() == "base"
    assert recognisers.recommended(recognisers.whispers_here()) == "base"


def test_where_none_keeps_up_the_smallest_listens(three_here: Path) -> None:
    for name in ("tiny.en", "base", "small.en"):
        keep_speed(three_here, name, speed(2.0))
    assert recognisers.best_here() == "tiny.en"
    assert recognisers.recommended(recognisers.whispers_here()) is None


def test_what_another_machine_measured_does_not_count(three_here: Path) -> None:
    keep_speed(three_here, "base", replace(speed(0.1), machine="another"))
    assert recognisers.best_here() == "tiny.en"
    (three_here / FILE).write_text("no JSON")
    assert recognisers.best_here() == "tiny.en"


def test_an_interview_that_disagrees_has_it_measured_again(three_here: Path) -> None:
    keep_speed(three_here, "tiny.en", speed(0.1))
    keep_speed(three_here, "base", speed(0.3))
    assert not recognisers.note_disagreement("base", 0.4)  # within a factor of 1.5
    assert recognisers.best_here() == "base"
    assert recognisers.note_disagreement("base", 0.6)
    assert recognisers.best_here() == "tiny.en"  # until then the slower figure counts
    assert recognisers.doubtful(recognisers.whispers_here()) == ["base"]
    assert not recognisers.note_disagreement("medium.en", 0.6)  # never measured
    assert not recognisers.note_disagreement("base", 0.31)
    assert recognisers.best_here() == "base"


def test_a_faster_interview_disagrees_too_and_a_busy_measurement_is_made_again(three_here: Path) -> None:
    keep_speed(three_here, "tiny.en", speed(0.4))
    assert recognisers.note_disagreement("tiny.en", 0.1)
    assert recognisers.doubtful(recognisers.whispers_here()) == ["tiny.en"]
    keep_speed(three_here, "tiny.en", speed(0.4, busy=True))
    assert recognisers.doubtful(recognisers.whispers_here()) == ["tiny.en"]


@pytest.mark.parametrize("idle", [True, False])
def test_a_doubtful_figure_is_measured_again_when_the_machine_is_idle(
    tiny: Path, no_models: Path, monkeypatch: pytest.MonkeyPatch, idle: bool
) -> None:
    placed(tiny, no_models)
    keep_speed(no_models, "tiny.en", speed(0.4, interview_rtf=3.0))
    monkeypatch.setattr(recognisers, "is_idle", lambda: idle)
    result = run("list")
    assert ("Measuring" in result.stderr) is idle
    assert ("too slow" in listed("tiny.en")) is not idle


def test_what_was_never_measured_says_how_to(tiny: Path, no_models: Path) -> None:
    placed(tiny, no_models)
    shown = run("list")
    assert "models list --measure" in shown.stdout
    assert shown.stderr == ""
    assert "keeps up" in run("list", "--measure").stderr
    assert "models list --measure" not in run("list").stdout
