"""Synthetic voices behind `voice_audio.ports.Voice`.

Nothing heavy is imported here: the pyttsx3 child process passes through this file for every line it renders.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from voice_audio.errors import ModelProblem

if TYPE_CHECKING:
    from voice_audio.ports import Sound, Voice

DEFAULT_VOICE = "pyttsx3"


def load_voice(name: str = DEFAULT_VOICE, voice_id: str | None = None) -> "Voice":
    """A voice by its engine's name; `voice_id` picks one of its voices. Raises ModelProblem when unknown."""
    if name == "pyttsx3":
        from voice_audio.voices.pyttsx3_voice import Pyttsx3Voice

        return Pyttsx3Voice(voice_id)
    raise ModelProblem("voice_unknown", f"there is no voice called {name!r}", f"use {DEFAULT_VOICE!r}")


def ahead(voice: "Voice") -> "Callable[[str, int], Sound]":
    """How that voice renders a line for later; see ports.PatientVoice."""
    patient: Callable[[str, int], Sound] = getattr(voice, "render_ahead", voice.render)
    return patient


def close(voice: "Voice") -> None:
    """Let go of what the voice holds, if it holds anything."""
    getattr(voice, "close", lambda: None)()
