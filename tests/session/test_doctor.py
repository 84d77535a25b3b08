"""`voice-interviewer doctor` as a person and a program read it, on machines with and without sound."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import NO_SOUND_SERVER, no_portaudio, noted_connections, run
from sound_server import VirtualSoundServer
from whisper_models import Script, write_whisper

from voice_audio.models import KNOWN
from voice_audio.models.speed import Speed, keep_speed, this_machine

NO_HUB = {"HF_HUB_OFFLINE": "0"}


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Whisper model in the cache, whatever the machine has."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def report(exit_code: int, *options: str, environment: dict[str, str]) -> dict[str, Any]:
    """Its --json, with the checks by their id."""
    done = run("doctor", "--json", *options, environment=environment)
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    found["by_id"] = {check["id"]: check for check in found["checks"]}
    return found


def assert_parts_are_ready(found: dict[str, Any]) -> None:
    """What comes with the product works on every machine."""
    for part in ("version", "content", "samples", "config", "sessions", "voice", "detector"):
        assert found["by_id"][part]["state"] == "ok", found["by_id"][part]
    assert found["by_id"]["sessions"]["facts"]["minutes"] > 0
    assert found["by_id"]["voice"]["facts"]["render_ms"] > 0


@pytest.mark.sound_server
def test_with_a_microphone_an_interview_aloud_is_possible(
    sound_server: VirtualSoundServer, fresh_home: Path, tiny_en_dir: Path
) -> None:
    sound_server.start_room_noise()
    found = report(0, environment=sound_server.env)
    assert (found["aloud"], found["typed"]) == (True, True)
    assert_parts_are_ready(found)
    used = [check for check in found["checks"] if "will be used" in check["facts"].get("marks", [])]
    assert [check["id"] for check in used] == ["microphone", "loudspeaker"]
    assert found["by_id"]["loudspeaker_opens"]["state"] == "ok"
    assert -90 < found["by_id"]["microphone_level"]["facts"]["loudest_dbfs"] < 0
    assert found["by_id"]["whisper"]["state"] == "ok"
    assert not list(fresh_home.rglob("*"))  # nothing was recorded, nothing written


@pytest.mark.sound_server
def test_a_muted_microphone_is_in_the_way(sound_server: VirtualSoundServer) -> None:
    sound_server.start_room_noise()
    sound_server.mute()
    done = run("doctor", environment=sound_server.env)
    assert done.returncode == 3
    assert "pure silence" in done.stdout
    assert "-> Check its mute switch" in done.stdout
    assert "practice --typed --no-audio" in done.stdout
    assert run("doctor", "--no-listen", environment=sound_server.env).returncode == 0


def test_without_portaudio_the_command_that_brings_it_is_named(tmp_path: Path) -> None:
    found = report(3, environment={**NO_SOUND_SERVER, **no_portaudio(tmp_path / "site")})
    assert (found["aloud"], found["typed"]) == (False, True)
    assert found["by_id"]["sound"]["state"] == "missing"
    assert "sudo apt-get install libportaudio2" in found["by_id"]["sound"]["fix"]
    assert_parts_are_ready(found)


@pytest.mark.usefixtures("no_models")
def test_without_any_whisper_an_interview_aloud_is_not_possible() -> None:
    whisper = report(3, environment=NO_SOUND_SERVER)["by_id"]["whisper"]
    assert (whisper["state"], whisper["in_the_way"]) == ("missing", True)
    assert whisper["fix"] == "voice-interviewer models download tiny.en"
    assert "Whisper tiny.en is not on this machine" in whisper["text"]


def test_the_largest_that_keeps_up_is_recommended(no_models: Path) -> None:
    for name, rtf in (("tiny.en", 0.1), ("base", 0.3), ("small.en", 0.9)):
        place = no_models / KNOWN[name].folder
        place.mkdir(parents=True)
        for file in KNOWN[name].files:
            with (place / file.name).open("wb") as sparse:
                sparse.truncate(file.size)
        keep_speed(no_models, name, Speed(rtf, this_machine(), "2026-11-30T12:00:00+00:00"))
    found = report(3, environment=NO_SOUND_SERVER)["by_id"]
    assert found["whisper"]["facts"]["name"] == "base"
    assert found["speed"]["facts"]["recommended"] == "base"
    assert found["speed"]["facts"]["keeps_up"] == ["tiny.en", "base"]
    assert "the largest that keeps up is base" in found["speed"]["text"]


@pytest.mark.usefixtures("no_models")
def test_a_model_asked_for_by_name_is_needed(tmp_path: Path) -> None:
    asked = {**NO_SOUND_SERVER, "VOICE_INTERVIEWER_WHISPER_MODEL": "tiny.en"}
    whisper = report(3, environment=asked)["by_id"]["whisper"]
    assert (whisper["state"], whisper["in_the_way"]) == ("missing", True)
    assert whisper["fix"] == "voice-interviewer models download tiny.en"
    folder = write_whisper(tmp_path / "mine", Script())
    asked["VOICE_INTERVIEWER_WHISPER_MODEL"] = str(folder)
    whisper = report(3, environment=asked)["by_id"]["whisper"]  # 3: there is still no microphone
    assert (whisper["state"], whisper["facts"]["folder"]) == ("ok", str(folder))
    assert whisper["facts"]["first_rung"].endswith(("cpu", "cuda"))
    (folder / "tokenizer.json").unlink()
    whisper = report(3, environment=asked)["by_id"]["whisper"]
    assert (whisper["state"], whisper["in_the_way"]) == ("problem", True)
    assert "tokenizer.json is missing" in whisper["text"]


def test_it_connects_to_nothing_unless_asked(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")
    connections = tmp_path / "site" / "connections"
    report(3, environment={**NO_SOUND_SERVER, **NO_HUB, **noted})
    assert not connections.exists()
    nowhere = {**NO_SOUND_SERVER, **NO_HUB, **noted, "HF_ENDPOINT": "http://127.0.0.1:9"}
    nowhere |= {"no_proxy": "*", "NO_PROXY": "*"}
    found = report(3, "--online", environment=nowhere)
    assert "127.0.0.1" in connections.read_text()
    assert (found["by_id"]["hub"]["state"], found["by_id"]["hub"]["in_the_way"]) == ("problem", False)


def test_offline_is_said_and_kept(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")
    environment = {**NO_SOUND_SERVER, **NO_HUB, **noted, "VOICE_INTERVIEWER_OFFLINE": "1"}
    found = report(3, "--online", environment=environment)
    assert found["by_id"]["network"]["facts"] == {"offline": True}
    assert "hub" not in found["by_id"]
    assert not (tmp_path / "site" / "connections").exists()


def test_a_sound_library_that_ends_the_program_is_survived(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sounddevice.py").write_text("import os; os.abort()")
    found = report(3, environment={**NO_SOUND_SERVER, "PYTHONPATH": str(site)})
    assert "ends the whole program" in found["by_id"]["portaudio"]["text"]
    assert_parts_are_ready(found)


def test_a_package_that_does_not_load_is_a_line_not_a_traceback(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "onnxruntime.py").write_text("raise ImportError('DLL load failed')")
    found = report(3, environment={**NO_SOUND_SERVER, "PYTHONPATH": str(site)})
    assert found["by_id"]["detector"]["state"] == "problem"
    assert "DLL load failed" in found["by_id"]["detector"]["text"]
