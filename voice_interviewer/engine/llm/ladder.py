"""One server with the OpenAI chat interface: which form of request it takes, and its answer as it streams in.

Servers differ in what they understand of `response_format`, so there is a ladder: a JSON schema, any JSON
object, plain text with an object in it. What a server refuses, or answers with something unreadable before it
ever answered well, is not asked of it again; the rung that worked is remembered for that server and model.

The schema stands in the prompt too, since some servers enforce it without telling the model.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError
from pydantic_core import from_json

from voice_audio.remote import BUSY as BUSY
from voice_audio.remote import CONNECTION as CONNECTION
from voice_audio.remote import INVALID as INVALID
from voice_audio.remote import REFUSED as REFUSED
from voice_audio.remote import TIMEOUT as TIMEOUT
from voice_audio.remote import UNSUPPORTED as UNSUPPORTED
from voice_audio.remote import ServerError as ServerError
from voice_audio.remote import hang_up, host_of, open_client
from voice_interviewer.engine.llm.prompt import Message
from voice_interviewer.settings.offline import is_loopback

RUNGS = ("json_schema", "json_object", "text")
KEYS = ("act", "target", "say", "quote", "reason")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {key: {"type": "string"} for key in KEYS},
    "required": list(KEYS),
    "additionalProperties": False,
}
MOST_CHARACTERS = 4_000
"""Of one answer; a line and its quote need a tenth of that, the rest is room for thinking aloud."""
MOST_OBJECTS = 8
"""Braces tried in one answer: a model that puts words around its object uses few others."""
FIRST_SEED = 7
_OPTIONAL = ("max_tokens", "temperature", "seed")
"""What some servers do not take at all."""


@dataclass(frozen=True)
class LlmSettings:
    """A server and how long to wait for it, in seconds.

    deadline_s: from the start of a request; grace_s: after an answer is over; connect_s: for the connection;
    between_s: from one speculative request to the next; retry_s: what must be left for a second try;
    probe_s: for each request that only finds out what the server can do.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    deadline_s: float = 2.5
    grace_s: float = 0.3
    connect_s: float = 0.5
    between_s: float = 5.0
    retry_s: float = 1.5
    probe_s: float = 20.0
    max_tokens: int = 160

    @property
    def host(self) -> str:
        """Name and, where it is not the usual one, port: safe to show."""
        return host_of(self.url)


class Proposal(BaseModel):
    """What a model may answer. Keys that were not asked for are left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    act: StrictStr
    target: StrictStr | None = None
    say: StrictStr = Field(max_length=1_000)
    quote: StrictStr | None = None
    reason: StrictStr | None = None


def proposal_in(text: str) -> Proposal | None:
    """The object in a model's answer so far, as soon as its `say` is complete; thoughts before it do not
    count."""
    text = _spoken(text)
    start = text.find("{")
    for _ in range(MOST_OBJECTS):
        if start < 0:
            return None
        with suppress(ValueError, ValidationError, RecursionError):
            found = from_json(text[start:], allow_partial=True)
            if isinstance(found, dict) and "say" in found:
                return Proposal.model_validate(found)
        start = text.find("{", start + 1)
    return None


def _spoken(text: str) -> str:
    """Without what stands between <think> and </think>; an open thought hides all that follows it."""
    while "<think>" in text:
        before, _, rest = text.partition("<think>")
        text = before + rest.partition("</think>")[2]
    return text.rpartition("</think>")[2]


class Request:
    """One request under way, so that another thread can end it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wire: Any = None
        self.ended = False

    def attach(self, wire: Any) -> None:
        """It goes over this connection; one that nobody waits for any more gets no further."""
        with self._lock:
            self._wire = wire
        if self.ended:
            hang_up(wire)

    def release(self) -> None:
        """It is over: its connection may be kept for the next one."""
        with self._lock:
            self._wire = None

    def end(self) -> None:
        """Nobody waits for it any more. A thread that waits for its answer wakes up at once; one that is
        still connecting, as soon as it is connected."""
        with self._lock:
            self.ended, wire = True, self._wire
        if wire is not None:
            hang_up(wire)


class Server:
    """The server, with what is known about it. May be used by one thread at a time. calls: requests sent."""

    def __init__(
        self,
        settings: LlmSettings,
        memory: Path | None = None,
        schema: dict[str, Any] | None = None,
        most_characters: int = MOST_CHARACTERS,
    ) -> None:
        """memory: the file in which rungs are remembered; one that cannot be used is left alone. schema: of
        the answers, where they are no lines; most_characters: of one answer, the rest is not read."""
        self._settings, self._memory = settings, memory
        self._schema, self._most = schema or SCHEMA, most_characters
        self.calls = 0
        self._client: Any = None
        self._wire: Any = None
        self._request = Request()
        self._proven, self._rung, self._without = False, 0, frozenset[str]()
        self._recall()

    @property
    def rung(self) -> str:
        return RUNGS[self._rung]

    @property
    def known(self) -> bool:
        """Whether this rung has worked, now or in an earlier session."""
        return self._proven

    def forget(self) -> None:
        """Begin again with the first rung."""
        self._proven, self._rung, self._without = False, 0, frozenset()

    def open(self) -> None:
        """Load the client, which takes longer than a reply may. Connects to nothing yet."""
        if self._client is None:
            local = is_loopback(urlsplit(self._settings.url).hostname or "")
            hooks = {"request": [self._watch]}
            self._client = open_client(self._settings.url, self._settings.key, local, hooks)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = self._wire = None

    def _watch(self, request: Any) -> None:
        """Hook of the HTTP client, before each request: its connection is known before its answer begins."""
        request.extensions["trace"] = self._trace
        if self._wire is not None:  # kept from the request before
            self._request.attach(self._wire)

    def _trace(self, event: str, details: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._wire = details["return_value"]
            self._request.attach(self._wire)

    def read(
        self, messages: list[Message], within_s: float, request: Request, seed: int = FIRST_SEED
    ) -> Iterator[str]:
        """The answer so far, after every piece of it. Raises ServerError, at the latest after within_s."""
        import openai

        self.open()
        self._request = request
        self.calls += 1
        watchdog = threading.Timer(within_s, request.end)
        watchdog.daemon = True
        until, text, stream = time.monotonic() + within_s, "", None
        watchdog.start()
        try:
            wait = openai.Timeout(within_s, connect=min(within_s, self._settings.connect_s))
            stream = self._client.chat.completions.create(
                model=self._settings.model, messages=messages, stream=True, timeout=wait, **self._form(seed)
            )
            for chunk in stream:
                piece = _content(chunk)
                text += piece
                if piece:
                    yield text
                if len(text) > self._most:
                    break
        except openai.APIStatusError as error:
            raise self._turned_down(error.status_code, str(error.message)) from None
        except ValueError as error:
            raise ServerError(INVALID, "its stream cannot be read") from error
        except Exception as error:  # a server can break a stream in more ways than its client has names for
            late = time.monotonic() >= until or isinstance(error, openai.APITimeoutError)
            why = "it took too long" if late else "the connection failed"
            raise ServerError(TIMEOUT if late else CONNECTION, why) from error
        finally:
            watchdog.cancel()
            request.release()
            if stream is not None:
                stream.close()
        if request.ended:  # a stream that was cut may look as if it had come to its end
            late = time.monotonic() >= until
            raise ServerError(TIMEOUT if late else CONNECTION, "it took too long" if late else "it was ended")

    def worked(self) -> None:
        """This rung gave a readable answer: remember it."""
        if not self._proven:
            self._proven = True
            self._remember()

    def unreadable(self) -> None:
        """This rung gave no readable answer. One that never did is left for the next one down."""
        if not self._proven:
            self._rung = min(self._rung + 1, len(RUNGS) - 1)

    def _form(self, seed: int) -> dict[str, Any]:
        values = {"max_tokens": self._settings.max_tokens, "temperature": 0, "seed": seed}
        form: dict[str, Any] = {name: value for name, value in values.items() if name not in self._without}
        if "max_tokens" in self._without:  # the newer name of the same limit
            form["max_completion_tokens"] = self._settings.max_tokens
        if self.rung == "json_schema":
            schema = {"name": "next_line", "strict": True, "schema": self._schema}
            form["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.rung == "json_object":
            form["response_format"] = {"type": "json_object"}
        return form

    def _turned_down(self, status: int, message: str) -> ServerError:
        """An HTTP status as trouble; what it says about the form of the request is taken to heart."""
        answered = f"it answered {status}"
        if status in (401, 403):
            return ServerError(REFUSED, f"{answered}: check the key")
        if status not in (400, 404, 422):
            return ServerError(BUSY, answered)
        disliked = [name for name in _OPTIONAL if name in message and name not in self._without]
        if disliked and "response_format" not in message:
            self._without |= set(disliked)
        elif self._rung + 1 < len(RUNGS):
            self._rung, self._proven = self._rung + 1, False
        else:
            return ServerError(REFUSED, f"{answered}: check address and model")
        return ServerError(UNSUPPORTED, answered)

    # --- what was learned ---------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return f"{self._settings.url} {self._settings.model}"

    def _read_memory(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found = json.loads(self._memory.read_text(encoding="utf-8")) if self._memory else {}
            return found if isinstance(found, dict) else {}
        return {}

    def _recall(self) -> None:
        entry = self._read_memory().get(self._name)
        if isinstance(entry, dict) and entry.get("rung") in RUNGS and isinstance(entry.get("without"), list):
            self._rung, self._proven = RUNGS.index(entry["rung"]), True
            self._without = frozenset(name for name in _OPTIONAL if name in entry["without"])

    def _remember(self) -> None:
        if self._memory is None:
            return
        entry = {"rung": self.rung, "without": sorted(self._without)}
        text = json.dumps({**self._read_memory(), self._name: entry}, indent=1)
        with suppress(OSError):  # then it is found out again next time
            self._memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = self._memory.with_suffix(f".{os.getpid()}")
            temporary.write_text(text, encoding="utf-8")
            os.replace(temporary, self._memory)


def _content(chunk: Any) -> str:
    """The text of one piece of the stream, whatever a server put there."""
    choices = getattr(chunk, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    piece = getattr(getattr(first, "delta", None), "content", None)
    return piece if isinstance(piece, str) else ""
