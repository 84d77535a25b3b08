"""The voices the interviewer can have: those of configs/voices.toml, and the system's own.

One interview has one voice. Which it is, is settled before the first line: Kokoro where its weights are here
and the machine keeps up, else the system's voice for the whole interview. A line that Kokoro cannot render
later on is read from the screen.
"""

import hashlib
import json
import os
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from voice_audio.models.catalogue import KOKORO
from voice_audio.ports import Voice
from voice_audio.voices import load_voice
from voice_audio.voices.by_sentence import SentenceVoice, sentences
from voice_audio.voices.cached import CachedVoice
from voice_audio.voices.kokoro import KokoroSettings, KokoroVoice
from voice_audio.voices.phonemes import Accent
from voice_audio.voices.pronounced import PronouncedVoice, spelled
from voice_interviewer.content.fixed_lines import is_fixed
from voice_interviewer.content.personas import Persona
from voice_interviewer.content.resources import content
from voice_interviewer.errors import ModelProblem, UsageProblem
from voice_interviewer.settings.places import cache_dir, models_dir

AUTO, SYSTEM = "auto", "system"
"""The persona's own voice; and what the operating system has, through pyttsx3."""
_SYSTEM_TOO = "pyttsx3"
"""What SYSTEM was called before there were other voices."""
MOST_CACHED = 128 * 1024 * 1024
"""Bytes: every question of the banks takes about 25 MB in one voice at one pace."""
IN_MEMORY = 16 * 1024 * 1024
"""Bytes: five minutes at 24 kHz, for lines that may not be kept in the folder."""
_TRIAL, _TRIAL_RATE = "Hello, and welcome.", 165
_TRIALS = 3
"""Something else may have been running: the quickest of these counts."""
_SPEED_FILE = "voice-speed.json"


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


@dataclass(frozen=True)
class _Voices:
    """configs/voices.toml."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    slowest_real_time_factor: float
    voices: dict[str, _Row]


# --- which there are ----------------------------------------------------------------------------------------


@cache
def _configured() -> _Voices:
    return TypeAdapter(_Voices).validate_python(tomllib.loads(_text("voices.toml")))


@cache
def named_voices() -> dict[str, NamedVoice]:
    """Every voice of Kokoro's, by name."""
    return {
        name: NamedVoice(name, row.about, KokoroSettings(row.table, row.accent, row.pace))
        for name, row in _configured().voices.items()
    }


def voice_names() -> tuple[str, ...]:
    """What a person can choose."""
    return (*named_voices(), SYSTEM)


def chosen_name(engine: str, persona: Persona) -> str:
    """The voice that a setting stands for. Raises UsageProblem for one there is not."""
    name = persona.voice if engine == AUTO else SYSTEM if engine == _SYSTEM_TOO else engine
    if name not in voice_names():
        known = f"Voices: {', '.join(voice_names())}; see `voice-interviewer voices`."
        raise UsageProblem("voice", f"There is no voice {name!r}", known)
    return name


def kokoro_model() -> Path:
    """Where Kokoro's weights lie, or would."""
    return models_dir() / KOKORO.folder / KOKORO.files[0].name


# --- loading ------------------------------------------------------------------------------------------------


def local_voice(
    name: str, notice: Callable[[str], None], at_true_speed: bool = True, somebody: bool = True
) -> Voice:
    """The voice of that name (see `chosen_name`) with everything around it: pronunciation, lines kept.

    notice gets one line where the system's voice has to speak instead. Raises nothing for that.
    at_true_speed: a machine that is too slow for Kokoro gets the system's voice. somebody: lines may hold a
    person's words; False keeps every line in the shared cache.
    """
    if name == SYSTEM:
        return system_voice()
    try:
        kokoro = load_kokoro(name)
        factor = real_time_factor(kokoro) if at_true_speed else 0.0
    except ModelProblem as problem:
        notice(f"The system's voice speaks, not {name!r}: {problem.message}. {problem.hint}".rstrip())
        return system_voice()
    if factor > _configured().slowest_real_time_factor:
        kokoro.close()
        notice(
            f"The system's voice speaks, not {name!r}: this machine takes {factor:.1f} s for a second of its"
            f" speech."
        )
        return system_voice()
    return kept_by_sentence(kokoro, is_fixed if somebody else lambda line: True)


def load_kokoro(name: str) -> KokoroVoice:
    """That voice of Kokoro's, as it is. Raises ModelProblem as KokoroVoice does."""
    return KokoroVoice(kokoro_model(), named_voices()[name].settings)


def kept_by_sentence(kokoro: KokoroVoice, is_shared: Callable[[str], bool] = is_fixed) -> SentenceVoice:
    """That voice with the product's pronunciation, each sentence kept: the product's own in the shared cache,
    whatever else is said in memory alone. is_shared: which count as the product's own."""
    kept = CachedVoice(
        pronounced(kokoro),
        cache_dir() / "voice",
        MOST_CACHED,
        is_shared=is_shared,
        version=_version(),
        memory_bytes=IN_MEMORY,
    )
    return SentenceVoice(kept, kokoro.pause_ms)


def system_voice() -> Voice:
    """The operating system's voice, with the product's pronunciation and the product's own lines kept."""
    return CachedVoice(
        pronounced(load_voice()), cache_dir() / "voice", is_shared=is_fixed_line, version=_version()
    )


def is_fixed_line(line: str) -> bool:
    """Whether every sentence of that line is one of the product's own."""
    return all(is_fixed(sentence) for sentence in sentences(line))


def pronounced(voice: Voice) -> PronouncedVoice:
    """That voice, saying words, signs and figures as configs/pronunciation.toml gives them."""
    table = tomllib.loads(_text("pronunciation.toml"))
    signs = ((sign["written"], sign["said"]) for sign in table["signs"])
    return PronouncedVoice(voice, pronunciation(), signs)


def pronunciation() -> dict[str, str]:
    """The words of configs/pronunciation.toml, each as the voice is given it."""
    table = tomllib.loads(_text("pronunciation.toml"))
    return {**spelled(table["letters"]), **table["words"]}


# --- whether this machine keeps up --------------------------------------------------------------------------


def real_time_factor(voice: KokoroVoice) -> float:
    """Seconds of work for a second of speech: what was measured here before, else what is measured now.

    Only a machine that keeps up is remembered; one that does not is tried again the next time.
    """
    path, machine = cache_dir() / _SPEED_FILE, f"{kokoro_model().name} {os.cpu_count()}"
    if (known := _kept(path).get(machine)) is not None:
        return known
    limit, factor = _configured().slowest_real_time_factor, float("inf")
    for _ in range(_TRIALS):
        begun = time.perf_counter()
        sound = voice.render(_TRIAL, _TRIAL_RATE)
        factor = min(factor, (time.perf_counter() - begun) * 1000 / sound.duration_ms)
        if factor <= limit:
            _keep(path, {**_kept(path), machine: round(factor, 2)})
            break
    return factor


def _kept(path: Path) -> dict[str, float]:
    try:
        return {str(name): float(value) for name, value in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _keep(path: Path, factors: dict[str, float]) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(json.dumps(factors), encoding="utf-8")
    except OSError:
        return  # then it is measured again


def _version() -> str:
    """Of everything that decides how a line sounds, beside the voice itself."""
    return hashlib.sha256((_text("pronunciation.toml") + _text("voices.toml")).encode()).hexdigest()[:12]


def _text(name: str) -> str:
    return content().joinpath("configs", name).read_text(encoding="utf-8")
