"""The real command in a child process, on machines that lack this or that."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

TIMEOUT_S = 120
NO_SOUND_SERVER = {"PULSE_SERVER": "unix:/nonexistent", "JACK_NO_START_SERVER": "1"}
"""Only a sound card of the machine's own is left."""
COMMAND = "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
_NO_PORTAUDIO = '''
import sys

class NoPortAudio:
    """What `import sounddevice` does on a machine without libportaudio2."""

    def find_spec(self, name, path=None, target=None):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")

sys.meta_path.insert(0, NoPortAudio())
'''
_CONNECTIONS = """
import os, sys

def note(event, arguments):
    if event == "socket.getaddrinfo" or (event == "socket.connect" and isinstance(arguments[1], tuple)):
        with open(os.environ["TEST_CONNECTIONS"], "a") as file:
            file.write(f"{event} {arguments[1:] if event.endswith('connect') else arguments}\\n")

sys.addaudithook(note)
"""


def run(
    *arguments: str, environment: Mapping[str, str] | None = None, text: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`voice-interviewer ARGUMENTS` with `text` on its standard input, which is a pipe."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        input=text,
        env={**os.environ, **(environment or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


def _customised(folder: Path, code: str) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


def no_portaudio(folder: Path) -> dict[str, str]:
    """The environment of a machine without the PortAudio library; `folder` is made for it."""
    return _customised(folder, _NO_PORTAUDIO)


def noted_connections(folder: Path) -> dict[str, str]:
    """Every name look-up and every connection but local ones is written to folder/connections."""
    return {**_customised(folder, _CONNECTIONS), "TEST_CONNECTIONS": str(folder / "connections")}
