"""What a person meets who asks for something that is not there: the real command, one line and one hint."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from command_line import NO_SOUND_SERVER, no_portaudio, noted_connections, run

FAST = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400"}
"""What is said is waited for; how long that takes is no matter here."""
TYPED = ("practice", "--no-audio", "--yes")


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound server and no Whisper model, whatever the machine has."""
    for name, value in NO_SOUND_SERVER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture(scope="module")
def interviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one short, typed interview in it. To be copied, not changed."""
    home = tmp_path_factory.mktemp("interviewed") / "home"
    done = run(*TYPED, environment={**FAST, "VOICE_INTERVIEWER_HOME": str(home)}, text="/quit\n")
    assert done.returncode == 0, done.stderr
    return home


def assert_told(
    done: subprocess.CompletedProcess[str], exit_code: int, *words: str, notices: Sequence[str] = ()
) -> None:
    """The notices, then one line that says it, then at most one hint; the words are in those two."""
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == exit_code, done.stderr
    loading = "Loading Whisper"  # said where one is here; what follows may still be wrong
    lines = [line for line in done.stderr.splitlines() if not line.startswith(loading)]
    assert len(lines) >= len(notices)
    for notice, line in zip(notices, lines, strict=False):
        assert notice in line
    message, *hint = lines[len(notices) :]
    assert message.startswith("voice-interviewer: ")
    assert len(hint) <= 1
    assert all(line.startswith("  ") and line.strip() for line in hint)
    for word in words:
        assert word in message + "".join(hint)


def assert_nothing_recorded(home: Path) -> None:
    assert not list(home.glob("sessions/*"))


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        ((*TYPED, "--role", "astronaut"), 2, ("'astronaut'", "ai-ethics-specialist")),
        ((*TYPED, "--level", "wizard"), 2, ("'wizard'", "junior", "director")),
        ((*TYPED, "--style", "calmer"), 2, ("'calmer'", "Did you mean 'calm'?", "pressure")),
        ((*TYPED, "--minutes", "0"), 2, ("--minutes: 0 is not between 1 and 120",)),
        ((*TYPED, "--minutes", "500"), 2, ("--minutes: 500 is not between 1 and 120",)),
        ((*TYPED, "--minutes", "ten"), 2, ("--minutes", "'ten'")),
        ((*TYPED, "--whisper-model", "huge"), 3, ("'huge'", "base.en")),
        ((*TYPED, "--whisper-model", "/nonexistent/model"), 3, ("/nonexistent/model", "base.en")),
        ((*TYPED, "--questions", "/nonexistent.yaml"), 2, ("/nonexistent.yaml",)),
        ((*TYPED, "--loud"), 2, ("'--loud'", "practice --help")),
        ((*TYPED, "--continue", "2020"), 2, ("no sessions yet",)),
        (("practice", "--microphone", "lost", "--yes"), 3, ("No microphone",)),
        (("practice", "--typed", "--yes", "--speaker", "lost"), 3, ("speaker",)),
        (("practice", "--no-audio"), 2, ("recorded", "--yes")),
        (("demo", "--persona", "nobody"), 2, ("'nobody'", "strong, strong-hesitant, vague")),
        (("replay",), 2, ("no sessions yet",)),
        (("sessions", "show"), 2, ("no sessions yet",)),
        (("sessions", "delete", "2020", "--yes"), 2, ("no sessions yet",)),
        (("questions", "show", "jr-past-isue"), 2, ("Did you mean 'jr-past-issue'?",)),
        (("questions", "list", "--role", "astronaut"), 2, ("'astronaut'",)),
        (("questions", "check", "/nonexistent.yaml"), 2, ("/nonexistent.yaml",)),
        (("models", "download", "huge"), 3, ("'huge'", "base.en")),
        (("interview",), 2, ("'interview'", "--help")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_mistake_is_told_in_one_line_and_a_hint(
    arguments: tuple[str, ...], exit_code: int, words: tuple[str, ...], fresh_home: Path
) -> None:
    assert_told(run(*arguments), exit_code, *words)
    assert_nothing_recorded(fresh_home)


def test_no_consent_leaves_no_trace(fresh_home: Path) -> None:
    assert_told(run("practice", "--no-audio", text="y\n"), 2, "--yes")
    assert not fresh_home.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"- Tell me about a time you failed.\nquestions: [\n", (":2:", "YAML")),
        (b"", (":1:", "empty")),
        (b"\xff\xfe\x00bank", (":1:", "UTF-8")),
        (b"bank: {id: mine, title: Mine}\nquestions:\n- say: Why?\n  levle: mid\n", (":4:", "levle")),
    ],
    ids=["not YAML", "empty", "not text", "a misspelt key"],
)
def test_own_questions_with_a_mistake_name_file_and_line(
    content: bytes, words: tuple[str, ...], tmp_path: Path, fresh_home: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    assert_told(run(*TYPED, "--questions", str(file)), 2, "mine.yaml", *words)
    assert_nothing_recorded(fresh_home)
    assert file.read_bytes() == content


@pytest.mark.parametrize("command", [TYPED, ("demo",), ("doctor",)], ids=lambda command: command[0])
def test_a_home_that_cannot_be_written(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    done = run(*command, environment={"VOICE_INTERVIEWER_HOME": str(file / "home")})
    if command == ("doctor",):
        assert done.returncode == 2
        assert done.stderr == ""
        assert f"problem  Sessions cannot be written to {file / 'home'}" in done.stdout
    else:
        assert_told(done, 2, str(file), "VOICE_INTERVIEWER_HOME")
    assert file.read_text() == "kept"


@pytest.mark.parametrize("command", [TYPED, ("demo",), ("doctor",)], ids=lambda command: command[0])
def test_a_broken_config_file_is_named_and_left_as_it_is(command: tuple[str, ...], fresh_home: Path) -> None:
    fresh_home.mkdir()
    config = fresh_home / "config.toml"
    config.write_text("[interview]\nminutes = = 20\n")
    done = run(*command)
    if command == ("doctor",):
        assert done.returncode == 2
        assert done.stderr == ""
        assert f"problem  {config}:2: not TOML" in done.stdout
        assert "silero: loads in" in done.stdout  # the rest is looked at all the same
    else:
        assert_told(done, 2, f"{config}:2:")
    assert config.read_text() == "[interview]\nminutes = = 20\n"
    assert_nothing_recorded(fresh_home)


def test_a_setting_in_the_environment_is_named(fresh_home: Path) -> None:
    done = run(*TYPED, environment={"VOICE_INTERVIEWER_MINUTES": "ten"})
    assert_told(done, 2, "VOICE_INTERVIEWER_MINUTES")
    assert_nothing_recorded(fresh_home)


@pytest.mark.skipif(Path("/dev/snd").exists(), reason="this machine has a sound card")
def test_no_sound_card(fresh_home: Path) -> None:
    assert_told(run("practice", "--yes"), 3, "No microphone found", "--typed")
    assert_nothing_recorded(fresh_home)


def test_no_portaudio_library(tmp_path: Path, fresh_home: Path) -> None:
    done = run("practice", "--yes", environment=no_portaudio(tmp_path / "site"))
    assert_told(done, 3, "PortAudio", "sudo apt-get install libportaudio2", "--typed --no-audio")
    assert_nothing_recorded(fresh_home)


@pytest.mark.slow
def test_a_typed_interview_needs_no_portaudio(tmp_path: Path) -> None:
    done = run(
        "practice",
        "--typed",
        "--yes",
        environment={**FAST, **no_portaudio(tmp_path / "site")},
        text="/quit\n",
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "PortAudio" in done.stdout  # it says why nothing sounds
    assert "Review" in done.stdout


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize(
    "command", [("practice", "--yes"), ("demo",), ("bench", "start", "--quick")], ids=" ".join
)
def test_without_a_model_that_hears_nothing_is_guessed(command: tuple[str, ...], fresh_home: Path) -> None:
    done = run(*command)
    words = ("tiny.en is not on this machine", "voice-interviewer models download tiny.en", "--typed")
    assert_told(done, 3, *words)
    assert_nothing_recorded(fresh_home)


@pytest.mark.usefixtures("no_models")
def test_without_a_model_no_recording_is_analyzed(fresh_home: Path) -> None:
    sample = next((Path(__file__).parents[2] / "audio" / "samples" / "vague").glob("*.ogg"))
    done = run("analyze", str(sample), str(sample))
    assert_told(done, 3, "tiny.en is not on this machine", "voice-interviewer models download tiny.en")
    assert_nothing_recorded(fresh_home)


@pytest.mark.usefixtures("no_models")
def test_offline_refuses_a_download_without_connecting(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")
    done = run("models", "download", "tiny.en", "--offline", environment={**noted, "HF_HUB_OFFLINE": "0"})
    assert_told(done, 3, "--offline refuses connections", notices=("78 MB to download",))
    assert not (tmp_path / "site" / "connections").exists()
    assert not (tmp_path / "hub").exists()


def test_an_unknown_session_harms_no_other(interviewed: Path, fresh_home: Path) -> None:
    shutil.copytree(interviewed, fresh_home)
    (kept,) = fresh_home.glob("sessions/*")
    before = {file.name: file.read_bytes() for file in kept.iterdir()}
    for command in (
        ("sessions", "delete", "2020-01-01", "--yes"),
        ("sessions", "show", "x"),
        ("replay", "x"),
    ):
        assert_told(run(*command), 2, "no session is called", "sessions list")
    assert_told(run(*TYPED, "--continue", kept.name), 2, "cannot go on")
    assert_told(run("sessions", "delete", kept.name, text="n\n"), 130, "Stopped")
    assert {file.name: file.read_bytes() for file in kept.iterdir()} == before


def test_a_record_that_was_changed_fails_its_replay(interviewed: Path, fresh_home: Path) -> None:
    shutil.copytree(interviewed, fresh_home)
    (log,) = fresh_home.glob("sessions/*/events.jsonl")
    assert run("replay").returncode == 0
    decided = '"EndSession","reason":"%s"'
    assert decided % "interrupted" in log.read_text()
    log.write_text(log.read_text().replace(decided % "interrupted", decided % "finished"))
    assert_told(run("replay"), 1, "leads to", "The log was changed")


def test_help_and_version_succeed() -> None:
    assert run("--version").stdout.startswith("voice-interviewer, version ")
    assert "practice" in run("--help").stdout
    for command in ("demo", "practice", "doctor", "sessions", "questions", "models", "replay", "bench"):
        done = run(command, "--help")
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout.startswith("Usage: voice-interviewer")
