"""The settings of a server with the OpenAI interface, checked, and its secret kept out of every message."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field


def _server_address(url: str) -> str:
    """An address with a secret in it would be recorded and shown, so it may hold none."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query:
        raise ValueError("an address holds no key or password; the key has a setting of its own")
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0):
        raise ValueError(f"{url!r} is no address like http://localhost:8080/v1")
    return url


def _secret_text(value: object) -> str:
    """Refused without being repeated in the message."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ValueError("must be plain text (it is not shown here)")
    return value.strip()


Address = Annotated[str, AfterValidator(_server_address)]
Secret = Annotated[str, BeforeValidator(_secret_text)]
"""To be a field(repr=False)."""


@dataclass(frozen=True)
class LanguageModel:
    """A server with the OpenAI interface that may word follow-ups; an empty url: none, rules decide alone.

    key is never recorded or shown. The times are those of engine.llm.ladder.LlmSettings.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    url: Address
    model: str
    key: Secret = field(repr=False)
    deadline_ms: Annotated[int, Field(ge=200, le=60_000)]
    grace_ms: Annotated[int, Field(ge=0, le=5_000)]
    connect_ms: Annotated[int, Field(ge=50, le=10_000)]
    between_ms: Annotated[int, Field(ge=0, le=600_000)]
    retry_ms: Annotated[int, Field(ge=0, le=600_000)]
    probe_ms: Annotated[int, Field(ge=500, le=300_000)]
    max_tokens: Annotated[int, Field(ge=60, le=4_000)]
