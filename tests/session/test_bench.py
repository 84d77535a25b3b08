"""`voice-interviewer bench start`: every figure is there and this machine can keep up with a voice."""

import json

from command_line import run

EXPECTED = {
    "python_s",
    "help_s",
    "help_ratio",
    "first_word_live_s",
    "first_word_files_s",
    "memory_idle_mb",
    "memory_heard_mb",
    "ears_ratio",
    "silero_ratio",
    "webrtcvad_ratio",
    "recogniser_ratio",
}


def test_every_figure_is_measured() -> None:
    done = run("bench", "start", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    figures = {name: figure["value"] for name, figure in report["figures"].items()}
    assert set(figures) == EXPECTED
    assert report["sound_s"] == 30
    assert all(value > 0 for value in figures.values())
    assert figures["ears_ratio"] < 1  # the audio thread keeps up with the microphone
    assert figures["memory_heard_mb"] > figures["memory_idle_mb"] > 10  # it has loaded a recogniser since


def test_the_table_names_what_was_measured() -> None:
    done = run("bench", "start", "--quick")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(EXPECTED) - 4
    assert lines[1].endswith("voice-interviewer --help")
    assert any("whisper tiny.en" in line and " ratio " in line for line in lines)
