"""Which Whisper listens on this machine, how fast each one here runs, and what to do where there is none."""

import time
import tomllib
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from voice_audio.models import KNOWN, Found, Missing, find_known, find_model
from voice_interviewer.content.bankfile import Strict
from voice_interviewer.content.resources import content, samples_dir
from voice_interviewer.errors import ModelProblem
from voice_interviewer.settings.places import models_dir

if TYPE_CHECKING:
    from voice_audio.models.speed import Speed
    from voice_audio.ports import Samples
    from voice_audio.transcribers.guards import WhisperSettings

AUTO = "auto"
DOWNLOAD = "voice-interviewer models download"
LOOK_S = 0.5
"""How long is looked whether the machine is idle."""


class ModelSettings(Strict):
    """configs/models.toml; see there."""

    usual: tuple[str, ...]
    listener: str
    keeps_up_rtf: float = Field(gt=0, lt=1)
    disagrees_by: float = Field(gt=1)
    busy_processors: float = Field(gt=0)
    sample: str
    sample_s: int = Field(gt=0, le=25)


@cache
def settings() -> ModelSettings:
    """What configs/models.toml says."""
    text = content().joinpath("configs", "models.toml").read_text(encoding="utf-8")
    return ModelSettings.model_validate(tomllib.loads(text))


def whisper_settings() -> "WhisperSettings":
    """What configs/whisper.toml says."""
    from voice_audio.transcribers.guards import WhisperSettings

    return WhisperSettings.from_toml(
        content().joinpath("configs", "whisper.toml").read_text(encoding="utf-8")
    )


# --- which one --------------------------------------------------------------------------------------------


def find_listener(wanted: str) -> Found | Missing:
    """The Whisper that would listen. wanted: "auto", a name or a folder. Raises ModelProblem as
    `find_model` does."""
    if wanted == AUTO:
        return find_known(KNOWN[best_here()], models_dir())
    return find_model(wanted, models_dir())


def not_here(missing: Missing) -> ModelProblem:
    """The one line about a Whisper that is not here, and what can be done."""
    return ModelProblem(
        "model_missing",
        f"the Whisper model {missing.name} is not on this machine.",
        f"Fetch it: {DOWNLOAD} {missing.name} (about {missing.size_mb} MB); or answer by typing: "
        "voice-interviewer practice --typed",
    )


def best_here() -> str:
    """The largest Whisper here that was measured to keep up on this machine, else the usual one; where that
    is not here, the smallest that is."""
    here = whispers_here()
    best = recommended(here)
    usual = settings().listener
    return best or (usual if usual in here or not here else next(iter(here)))


def whispers_here() -> "dict[str, Speed | None]":
    """The Whisper models on this machine, from the cheapest to the dearest, with their speed if known."""
    from voice_audio.models.speed import speeds

    folder = models_dir()
    known = speeds(folder)
    return {
        name: known.get(name) for name, model in KNOWN.items() if isinstance(find_known(model, folder), Found)
    }


def recommended(here: "dict[str, Speed | None]") -> str | None:
    """The largest of these that keeps up; None where none was measured to."""
    able = [name for name, speed in here.items() if speed is not None and keeps_up(speed)]
    return able[-1] if able else None


def keeps_up(speed: "Speed") -> bool:
    """Whether a recogniser of this speed hears an answer again at its pauses without falling behind."""
    return speed.safe_rtf <= settings().keeps_up_rtf


# --- how fast ---------------------------------------------------------------------------------------------


def measure(name: str) -> "Speed":
    """Measure a Whisper that is here, on a shipped answer, and keep the figure. Raises ModelProblem.

    name: as in the catalogue.
    """
    from voice_audio.models.speed import OthersWork, Speed, keep_speed, real_time_factor, this_machine
    from voice_audio.transcribers.whisper import half_the_cores, load_whisper

    found = find_known(KNOWN[name], models_dir())
    if isinstance(found, Missing):
        raise not_here(found)
    transcriber = load_whisper(found.folder, settings=whisper_settings(), threads=half_the_cores())
    sample, others = _sample(), OthersWork()
    rtf = real_time_factor(transcriber, sample)
    busy = others.processors() > settings().busy_processors
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    speed = Speed(round(rtf, 3), this_machine(), now, busy)
    keep_speed(models_dir(), name, speed)
    return speed


def _sample() -> "Samples":
    from voice_audio.files import load_sound, to_rate
    from voice_audio.ports import SAMPLE_RATE_HZ

    sound = load_sound(Path(str(samples_dir().joinpath(settings().sample))))
    return to_rate(sound, SAMPLE_RATE_HZ).samples[: settings().sample_s * SAMPLE_RATE_HZ]


def doubtful(here: "dict[str, Speed | None]") -> list[str]:
    """Those whose speed was contradicted by an interview, or measured while other programs worked."""
    return [name for name, speed in here.items() if speed and (speed.busy or speed.interview_rtf is not None)]


def is_idle() -> bool:
    """Whether other programs leave the processors alone now, so that a measurement is worth something."""
    from voice_audio.models.speed import OthersWork

    others = OthersWork()
    time.sleep(LOOK_S)
    return others.processors() <= settings().busy_processors


def note_disagreement(name: str, rtf: float) -> bool:
    """Tell what an interview found: the recogniser's work per second of speech. True when that is so far from
    the measured figure that it is measured again at the next `models list` on an idle machine; until then
    the slower of the two counts. name: the model's, such as "tiny.en"."""
    from voice_audio.models.speed import disagrees, keep_speed, speeds

    known = speeds(models_dir()).get(name)
    if known is None or rtf <= 0:
        return False
    far = disagrees(known, rtf, settings().disagrees_by)
    if far or known.interview_rtf is not None:
        keep_speed(models_dir(), name, replace(known, interview_rtf=round(rtf, 3) if far else None))
    return far
