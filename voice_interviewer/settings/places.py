"""Where things are kept: everything personal, and what can be made again."""

import os
from pathlib import Path

from voice_interviewer.errors import UsageProblem

APP = "voice-interviewer"
ENV_PREFIX = "VOICE_INTERVIEWER_"


def home() -> Path:
    """The folder of everything personal: VOICE_INTERVIEWER_HOME, else the system's place for user data.

    Absolute; it need not be there yet. Raises UsageProblem when the variable names something else.
    """
    moved = _named_folder("HOME")
    if moved:
        return moved
    from platformdirs import user_data_path

    return user_data_path(APP, appauthor=False)


def _named_folder(name: str) -> Path | None:
    """The folder an environment variable of ours names, if it is set."""
    variable = f"{ENV_PREFIX}{name}"
    moved = os.environ.get(variable)
    if not moved:
        return None
    try:
        folder = Path(moved).expanduser().absolute()
    except RuntimeError:  # ~somebody who is not known here
        raise UsageProblem(name.lower(), f"{variable}: there is no {moved}", "Name a folder.") from None
    if folder.exists() and not folder.is_dir():
        raise UsageProblem(name.lower(), f"{variable}: {folder} is not a folder", "Name a folder.")
    return folder


def sessions_dir() -> Path:
    """Where sessions are recorded, one folder each."""
    return home() / "sessions"


def cache_dir() -> Path:
    """What can be made again: rendered lines and the like."""
    if os.environ.get(f"{ENV_PREFIX}HOME"):
        return home() / "cache"
    from platformdirs import user_cache_path

    return user_cache_path(APP, appauthor=False)


def models_dir() -> Path:
    """Where models are kept: VOICE_INTERVIEWER_MODELS, else `models` among the user's data.

    Absolute; it need not be there yet. Raises UsageProblem when the variable names something else.
    """
    return _named_folder("MODELS") or home() / "models"


def config_file() -> Path:
    """The one file of a person's own settings and last choices."""
    return home() / "config.toml"
