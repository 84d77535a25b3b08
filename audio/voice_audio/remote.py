"""One server with the OpenAI interface, as the sound side needs it: asked, given up in the middle of a
request, and left alone once it has failed too often.

The only file of the sound side that imports openai, and only when a server is opened. Each request runs in
a thread of its own, because a thread that waits for an answer can neither look at a clock nor be told that
nobody wants the answer any more; whoever asked waits in short steps and leaves when that is so.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

Result = TypeVar("Result")
Cancelled = Callable[[], bool]
Send = Callable[[Any, int, Any], AbstractContextManager[Any]]
"""A request: send(client, rung, timeout) begins it and gives the response as it streams in."""

UNSUPPORTED, INVALID, TIMEOUT, CONNECTION, BUSY, REFUSED = (
    "unsupported",
    "invalid",
    "timeout",
    "connection",
    "busy",
    "refused",
)
CONNECT_S = 0.5
"""What is slower to connect would answer too late as well."""
LOOK_S = 0.05
"""So often a waiting caller looks at the clock and whether its work is still wanted."""
MOST_BYTES = 16 * 1024 * 1024
"""Of one answer: a minute of speech at 48 kHz takes 6 MB, the words of one less than 1 MB."""
MOST_FAILURES = 2
"""In a row; then the server is left alone for the rest of the session."""


@dataclass(frozen=True)
class Endpoint:
    """Where a server is and what it is asked for. local: it is this machine, so no proxy lies on the way.

    key is never shown. connect_s: for the connection; total_s: for the whole answer to one request.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    local: bool = False
    total_s: float = 6.0
    connect_s: float = CONNECT_S

    @property
    def host(self) -> str:
        return host_of(self.url)


@dataclass(frozen=True)
class Answer:
    """A whole answer: its bytes and the kind of content the server says they are."""

    body: bytes
    kind: str


class ServerError(Exception):
    """What a server did instead of answering. reason: a few words that never repeat what it sent."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


class NotWanted(Exception):  # noqa: N818 - nothing went wrong
    """The request was given up because nobody waits for its answer any more."""


def host_of(url: str) -> str:
    """Name and, where it is not the usual one, port of an address: safe to show."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    return f"{name}:{parts.port}" if parts.port else name


def open_client(
    url: str, key: str, local: bool, hooks: dict[str, list[Callable[..., Any]]] | None = None
) -> Any:
    """The `openai` client, bent to reach that one server only: no redirects, no proxy on the way to this
    machine itself, no names of organisations out of the environment. hooks: its HTTP client's event hooks."""
    import openai

    nameless: Any = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    http = openai.DefaultHttpxClient(trust_env=not local, follow_redirects=False, event_hooks=hooks)
    return openai.OpenAI(
        base_url=url, api_key=key or "none", max_retries=0, default_headers=nameless, http_client=http
    )


def hang_up(wire: Any) -> None:
    """End a connection under a thread that reads from it, which wakes up at once; closing would not wake it.
    wire: the HTTP client's network stream."""
    with suppress(Exception):  # whatever is left of a connection that is being thrown away
        socket.socket.shutdown(wire.get_extra_info("socket"), socket.SHUT_RDWR)


class _Call:
    """One request under way, shared by who asked and the thread that does it."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.abandoned = False
        self.answer: Answer | None = None
        self.error: BaseException | None = None


class Server:
    """A server and how it has behaved in this session. For one request at a time.

    Servers differ in the requests they take, so there are `rungs` forms of each, the fullest first; what is
    refused before anything was ever answered is asked in the next form. calls: requests begun; failures:
    those that brought nothing usable; status: why it is not asked any more, empty while it is.
    """

    def __init__(
        self, endpoint: Endpoint, rungs: int = 1, lost: Callable[[str], None] = lambda status: None
    ) -> None:
        """lost is told the status once, when the server is given up."""
        self.endpoint, self.status, self.calls, self.failures = endpoint, "", 0, 0
        self._rungs, self._lost = rungs, lost
        self._rung, self._proven, self._in_a_row = 0, False, 0
        self._opening = threading.Lock()
        self._client: Any = None
        self._wires: list[Any] = []
        self._doing = threading.local()

    def open(self) -> None:
        """Load the client, which takes longer than a reply may. Connects to nothing yet."""
        with self._opening:
            if self._client is None:
                hooks = {"request": [self._watch]}
                self._client = open_client(self.endpoint.url, self.endpoint.key, self.endpoint.local, hooks)

    def close(self) -> None:
        """Let go of every connection."""
        self._cut()
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def attempt(self, work: Callable[[], Result]) -> Result:
        """Do the work, which asks this server, and remember how it went. Raises what the work raises."""
        try:
            result = work()
        except ServerError as trouble:
            self.failures += 1
            self._in_a_row += 1
            if trouble.kind == REFUSED:
                self._give_up(trouble.reason)
            elif self._in_a_row >= MOST_FAILURES:
                self._give_up(f"twice in a row, last {trouble.reason}")
            raise
        self._in_a_row, self._proven = 0, True
        return result

    def ask(self, send: Send, cancelled: Cancelled = lambda: False) -> Answer:
        """The answer, within total_s. Raises ServerError, or NotWanted soon after `cancelled` is true."""
        until = time.monotonic() + self.endpoint.total_s
        while True:
            try:
                return self._once(send, until, cancelled)
            except ServerError as trouble:
                if trouble.kind != UNSUPPORTED or self._proven:
                    raise
                if self._rung + 1 == self._rungs:
                    raise ServerError(REFUSED, f"{trouble.reason}: check address and model") from None
                self._rung += 1

    def _give_up(self, reason: str) -> None:
        self.status = f"{self.endpoint.host} is not asked any more: {reason}"
        self._lost(self.status)

    def _once(self, send: Send, until: float, cancelled: Cancelled) -> Answer:
        if cancelled():
            raise NotWanted
        self.open()
        call = _Call()
        self.calls += 1
        threading.Thread(target=self._work, args=(call, send, until), name="remote", daemon=True).start()
        while not call.over.wait(LOOK_S):
            late = time.monotonic() >= until
            if late or cancelled():
                call.abandoned = True
                self._cut()
                raise ServerError(TIMEOUT, "it took too long") if late else NotWanted
        if call.answer is None:
            raise _trouble(call.error) from None
        return call.answer

    # --- in the request's own thread ------------------------------------------------------------------------

    def _work(self, call: _Call, send: Send, until: float) -> None:
        self._doing.call = call
        try:
            call.answer = self._fetch(send, max(until - time.monotonic(), LOOK_S))
        except BaseException as error:  # handed to who asked
            call.error = error
        finally:
            call.over.set()

    def _fetch(self, send: Send, within_s: float) -> Answer:
        import openai

        wait = openai.Timeout(within_s, connect=min(within_s, self.endpoint.connect_s))
        body = bytearray()
        with send(self._client, self._rung, wait) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise ServerError(INVALID, "its answer has no end")
            return Answer(bytes(body), response.headers.get("content-type", "").partition(";")[0].lower())

    def _watch(self, request: Any) -> None:
        """Hook of the HTTP client, before each request: follow what its connection does."""
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, details: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._wires.append(details["return_value"])
            if self._doing.call.abandoned:  # given up while it was still connecting: nothing is sent
                hang_up(details["return_value"])

    def _cut(self) -> None:
        wires, self._wires = self._wires, []
        for wire in wires:
            hang_up(wire)


def _trouble(error: BaseException | None) -> BaseException:
    """What an exception of the client means. One that is no Exception is raised as it is."""
    import openai

    if isinstance(error, ServerError) or not isinstance(error, Exception):
        return error or AssertionError("a request without an answer has an error")
    if isinstance(error, openai.APIStatusError):
        return _status_trouble(error.status_code)
    # while an answer is read the error is the HTTP library's own, and which library that is changes
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, openai.APITimeoutError) or "TimeoutException" in kinds:
        return ServerError(TIMEOUT, "it took too long")
    # A server can break a connection in more ways than its client has names for.
    return ServerError(CONNECTION, "the connection failed")


def _status_trouble(status: int) -> ServerError:
    answered = f"it answered {status}"
    if status in (401, 403):
        return ServerError(REFUSED, f"{answered}: check the key")
    if status in (404, 405, 410) or status < 400:
        return ServerError(REFUSED, f"{answered}: check address and model")
    return ServerError(UNSUPPORTED if status in (400, 415, 422) else BUSY, answered)
