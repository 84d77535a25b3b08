"""What a person asks for when they begin an interview."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class InterviewRequest:
    """The choices for one interview, as given; None = not given, so the settings decide."""

    role: str | None = None
    level: str | None = None
    minutes: int | None = None
    style: str | None = None
    persona: str | None = None
    language: str | None = None
    place: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    whisper_model: str | None = None
    llm_url: str | None = None
    llm_model: str | None = None
    speech_url: str | None = None
    speech_model: str | None = None
    questions: str | None = None
    cv: str | None = None
    job: str | None = None
    share_documents: bool = False
    seed: int | None = None
    typed: bool = False
    no_audio: bool = False
    offline: bool = False
    headphones: bool = False
    echo_cancelling: bool = False
    patience: float | None = None
    voice: str | None = None
    for_want: bool = False
    """Typed for want of a microphone or of a model that hears, not by choice."""

    def options(self) -> dict[str, Any]:
        """For config.load_config."""
        names = ("level", "minutes", "style", "persona", "language", "place", "patience")
        devices = ("microphone", "speaker", "whisper_model", "voice")
        servers = ("llm_url", "llm_model", "speech_url", "speech_model")
        chosen: dict[str, Any] = {name: getattr(self, name) for name in (*names, *devices, *servers)}
        chosen |= {"offline": self.offline or None, "share_documents": self.share_documents or None}
        chosen["echo"] = "headphones" if self.headphones else "canceller" if self.echo_cancelling else None
        return {**chosen, "role": self.role}
