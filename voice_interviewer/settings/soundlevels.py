"""How loud the candidate and the interviewer's echo were in the last microphone check, for `doctor`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, ValidationError

from voice_interviewer.content.toml_file import adapter, write_private
from voice_interviewer.settings.places import cache_dir

NAME = "sound-levels.json"


@dataclass(frozen=True)
class SoundLevels:
    """Levels in dBFS of one microphone beside one loudspeaker."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    microphone: str
    speaker: str
    speech_dbfs: float
    noise_dbfs: float
    echo_dbfs: float


def keep_levels(levels: SoundLevels) -> None:
    """In place of those of the check before. Raises OSError where nothing can be written."""
    write_private(_path(), json.dumps(asdict(levels)))


def last_levels(microphone: str | None = None, speaker: str | None = None) -> SoundLevels | None:
    """Those of the last check, if it was made with these devices (None: any); a file that cannot be read
    counts as none, for it can be made again."""
    try:
        levels: SoundLevels = adapter(SoundLevels).validate_json(_path().read_bytes())
    except (OSError, ValidationError):
        return None
    same = microphone in (None, levels.microphone) and speaker in (None, levels.speaker)
    return levels if same else None


def _path() -> Path:
    return cache_dir() / NAME
