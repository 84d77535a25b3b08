"""The settings of who listens and who speaks, on this machine or on a server."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from voice_interviewer.settings.llm_settings import Address, Secret

Rate = Annotated[int, Field(ge=60, le=400)]
_TimeoutMs = Annotated[int, Field(ge=500, le=60_000)]


@dataclass(frozen=True)
class Recogniser:
    """whisper_model: "auto", a model's name or a folder with its weights.

    url: a server with the OpenAI interface that is sent the sound instead; empty: none. model: its name
    there; key: never recorded or shown. timeout_ms: for one answer; between_ms: from one request that may
    turn out to be in vain to the next.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    whisper_model: str
    url: Address
    model: str
    key: Secret = field(repr=False)
    timeout_ms: _TimeoutMs
    between_ms: Annotated[int, Field(ge=0, le=600_000)]


@dataclass(frozen=True)
class VoiceChoice:
    """Who speaks, and how fast. engine: "auto", the name of a voice, or "system" (also "pyttsx3"). url, model
    and key as for the recogniser; name: the voice as the server knows it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    engine: str
    words_per_minute: Rate
    url: Address
    model: str
    name: str
    key: Secret = field(repr=False)
    timeout_ms: _TimeoutMs
