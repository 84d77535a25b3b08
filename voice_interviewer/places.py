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
    variable = f"{ENV_PREFIX}HOME"
    moved = os.environ.get(variable)
    if moved:
        try:
            folder = Path(moved).expanduser().absolute()
        except RuntimeError:  # ~somebody who is not known here
            raise UsageProblem("home", f"{variable}: there is no {moved}", "Name a folder.") from None
        if folder.exists() and not folder.is_dir():
            raise UsageProblem("home", f"{variable}: {folder} is not a folder", "Name a folder.")
        return folder
    from platformdirs import user_data_path

    return user_data_path(APP, appauthor=False)


def sessions_dir() -> Path:
    """Where sessions are recorded, one folder each."""
    return home() / "sessions"


def cache_dir() -> Path:
    """What can be made again: rendered lines and the like."""
    if os.environ.get(f"{ENV_PREFIX}HOME"):
        return home() / "cache"
    from platformdirs import user_cache_path

    return user_cache_path(APP, appauthor=False)


def semantic_dir() -> Path:
    """Where the model of meaning is fetched to."""
    return cache_dir() / "semantic"


def models_dir() -> Path:
    """Where models are kept: VOICE_INTERVIEWER_MODELS, else `models` among the user's data.

    Absolute; it need not be there yet.
    """
    moved = os.environ.get(f"{ENV_PREFIX}MODELS")
    return Path(moved).expanduser().absolute() if moved else home() / "models"


def config_file() -> Path:
    """The one file of a person's own settings and last choices."""
    return home() / "config.toml"
