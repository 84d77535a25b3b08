"""A program installed into a virtual environment of its own, run as somebody who has nothing else but the
models."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Installed:
    """A virtual environment with the wheel in it. home: the empty home of whoever runs it."""

    folder: Path
    home: Path

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A program of the environment, in an empty folder, knowing nothing of this checkout."""
        cwd = self.home / "elsewhere"
        cwd.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [self.programs / program, *arguments],
            cwd=cwd,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def _environment(self) -> Mapping[str, str]:
        home = str(self.home)
        places = {"HOME": home, "USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home}
        names = ("PATH", "SYSTEMROOT", "TEMP", "LANG", "VOICE_INTERVIEWER_MODELS")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, **places, "HF_HUB_OFFLINE": "1"}
