"""A command imports what it needs: `--help` answers at once because it needs next to nothing."""

import json
import subprocess
import sys

import pytest

SOUND = {"ctranslate2", "faster_whisper", "huggingface_hub", "onnxruntime", "pyttsx3"}
SOUND |= {"sounddevice", "soundfile", "soxr", "voice_audio.devices", "webrtcvad"}
HEAVY = SOUND | {"jinja2", "numpy", "pydantic", "rich", "tqdm", "yaml"}
CHILD = """
import io, json, sys
sys.argv = ["voice-interviewer", *sys.argv[1:]]
said, sys.stdout = sys.stdout, io.StringIO()
from voice_interviewer.cli.main import main
try:
    main()
finally:
    json.dump([sorted(sys.modules), sys.stdout.getvalue()], said)
"""


def imported_by(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    modules, output = json.loads(done.stdout)
    assert output  # it did its work
    return set(modules)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_and_version_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    modules = imported_by(*arguments)
    assert "click" in modules
    assert modules & HEAVY == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("practice", "--help"),
        ("demo", "--help"),
        ("questions", "list"),
        ("sessions", "list"),
        ("replay", "--help"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sound_imports_no_sound_library(arguments: tuple[str, ...]) -> None:
    assert imported_by(*arguments) & SOUND == set()
