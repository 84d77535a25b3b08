"""Synthetic voices behind `voice_audio.ports.Voice`.

Nothing heavy is imported here: the pyttsx3 child process passes through this file for every line it renders.
"""

from typing import TYPE_CHECKING

from voice_audio.errors import ModelProblem

if TYPE_CHECKING:
    from voice_audio.ports import Voice

DEFAULT_VOICE = "pyttsx3"


def load_voice(name: str = DEFAULT_VOICE, voice_id: str | None = None) -> "Voice":
    """A voice by its engine's name; `voice_id` picks one of its voices. Raises ModelProblem when unknown."""
    if name == "pyttsx3":
        from voice_audio.voices.pyttsx3_voice import Pyttsx3Voice

        return Pyttsx3Voice(voice_id)
    raise ModelProblem("voice_unknown", f"there is no voice called {name!r}", f"use {DEFAULT_VOICE!r}")
