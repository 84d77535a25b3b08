"""The voices the interviewer can have: those of configs/voices.toml, and the system's own."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from voice_audio.voices.kokoro import KokoroSettings, KokoroVoice
from voice_audio.voices.phonemes import Accent
from voice_interviewer.errors import UsageProblem
from voice_interviewer.places import models_dir
from voice_interviewer.resources import content

SYSTEM = "system"
"""What the operating system has, through pyttsx3."""


@dataclass(frozen=True)
class NamedVoice:
    """A voice of Kokoro's by the name people choose it by. about: for the list of voices."""

    name: str
    about: str
    settings: KokoroSettings


@dataclass(frozen=True)
class _Row:
    """A table of configs/voices.toml; see KokoroSettings for its fields."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    table: str
    accent: Accent
    about: str
    pace: tuple[tuple[float, float], ...]


@cache
def named_voices() -> dict[str, NamedVoice]:
    """Every voice of Kokoro's, by name."""
    table = tomllib.loads(content().joinpath("configs", "voices.toml").read_text(encoding="utf-8"))
    rows = TypeAdapter(dict[str, _Row]).validate_python(table)
    return {
        name: NamedVoice(name, row.about, KokoroSettings(row.table, row.accent, row.pace))
        for name, row in rows.items()
    }


def kokoro_model() -> Path:
    """Where Kokoro's weights lie, or would."""
    return models_dir() / "kokoro" / "kokoro-v1.0.int8.onnx"


def load_kokoro(name: str) -> KokoroVoice:
    """That voice of Kokoro's, as it is. Raises UsageProblem for one there is not, ModelProblem as KokoroVoice
    does."""
    found = named_voices().get(name)
    if found is None:
        known = f"Voices: {', '.join((*named_voices(), SYSTEM))}."
        raise UsageProblem("voice", f"There is no voice {name!r}", known)
    return KokoroVoice(kokoro_model(), found.settings)
