"""A language model's server on loopback that answers as it is told to, well or badly.

Every behaviour is a function of the request's handler; the first is used for the first request, and so on,
the last for all that follow. Nothing sleeps: what hangs waits until the server is closed.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

MODEL = "stand-in"
GOOD = {
    "act": "result",
    "target": "result",
    "say": "Once the training set was new, what changed?",
    "quote": "I rebuilt the training set",
    "reason": "no outcome was told",
}


class Handler(BaseHTTPRequestHandler):
    """One request: its JSON body, and the means to answer it."""

    server: "ModelServer"
    body: dict[str, Any]

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.counting:
            self.server.requests.append(self.body)
            self.server.keys.append(self.headers["Authorization"])
            self.server.paths.append(self.path)
            number = len(self.server.requests) - 1
        with suppress(ConnectionError):
            self.server.behaviours[min(number, len(self.server.behaviours) - 1)](self)
        self.close_connection = True

    def start(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def raw(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def piece(self, text: str) -> None:
        """One piece of a streamed answer."""
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
        delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        self.raw(f"data: {json.dumps({**chunk, 'choices': [delta]})}\n\n")

    def hang(self) -> None:
        self.server.closing.wait(30)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


Behaviour = Callable[[Handler], None]


class ModelServer(ThreadingHTTPServer):
    """requests: the JSON bodies, in order; keys and paths: their Authorization and address."""

    daemon_threads = True

    def __init__(self, behaviours: Sequence[Behaviour]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = list(behaviours)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.counting = threading.Lock()
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def rungs(self) -> list[str]:
        """The form of each request, as the ladder calls it."""
        return [body.get("response_format", {}).get("type", "text") for body in self.requests]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def model_server(*behaviours: Behaviour) -> Iterator[ModelServer]:
    """A running server; without behaviours it answers well."""
    with running(ModelServer(behaviours or [says()])) as server:
        yield server


Running = TypeVar("Running", bound=ModelServer)


@contextmanager
def running(server: Running) -> Iterator[Running]:
    """Answers until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


# --- well -------------------------------------------------------------------------------------------------


def streams(text: str, size: int = 12) -> Behaviour:
    """That text, in pieces, and a proper end."""

    def behave(handler: Handler) -> None:
        handler.start()
        for start in range(0, len(text), size):
            handler.piece(text[start : start + size])
        handler.raw("data: [DONE]\n\n")

    return behave


def says(**changes: Any) -> Behaviour:
    """The good object, with some of it changed."""
    return streams(json.dumps({**GOOD, **changes}))


# --- badly ------------------------------------------------------------------------------------------------


def status(code: int, message: str = "no") -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.start(code, "application/json")
        handler.raw(json.dumps({"error": {"message": message, "type": "x", "code": code}}))

    return behave


def only(*rungs: str, then: Behaviour | None = None, code: int = 400) -> Behaviour:
    """A server that takes requests of these forms only."""

    def behave(handler: Handler) -> None:
        form = handler.body.get("response_format", {}).get("type", "text")
        (then or says() if form in rungs else status(code, f"response_format {form} is not supported"))(
            handler
        )

    return behave


def without(name: str) -> Behaviour:
    """A server that does not take one of the usual parameters."""

    def behave(handler: Handler) -> None:
        (status(400, f"Unsupported parameter: '{name}'") if name in handler.body else says())(handler)

    return behave


def stalls(after: str) -> Behaviour:
    """Begins its answer and never goes on."""

    def behave(handler: Handler) -> None:
        handler.start()
        for start in range(0, len(after), 12):
            handler.piece(after[start : start + 12])
        handler.hang()

    return behave


def slow_to_begin(handler: Handler) -> None:
    """The head of an answer at once, its first word never."""
    handler.start()
    handler.hang()


def hangs(handler: Handler) -> None:
    handler.hang()


def drips(handler: Handler) -> None:
    """Keeps the connection busy without ever saying anything."""
    handler.start()
    while not handler.server.closing.wait(0.02):
        handler.raw(": still here\n\n")


def breaks_off(after: str) -> Behaviour:
    """Promises more than it sends and closes the connection."""

    def behave(handler: Handler) -> None:
        handler.start(**{"Content-Length": "100000"})
        handler.piece(after)

    return behave


def html(handler: Handler) -> None:
    handler.start(200, "text/html")
    handler.raw("<html><body><h1>Welcome to the proxy</h1></body></html>" * 20)


def nonsense_stream(handler: Handler) -> None:
    handler.start()
    handler.raw("data: {not json\n\n")


def odd_chunks(handler: Handler) -> None:
    handler.start()
    for data in ("[]", "7", '{"choices": []}', '{"choices": "x"}', '{"choices": [{"delta": null}]}', "null"):
        handler.raw(f"data: {data}\n\n")
    handler.raw("data: [DONE]\n\n")


def error_in_stream(handler: Handler) -> None:
    handler.start()
    handler.raw('data: {"error": {"message": "out of memory"}}\n\n')


def floods(handler: Handler) -> None:
    """Words without an end."""
    handler.start()
    while not handler.server.closing.is_set():
        handler.piece("and so on and on " * 20)


def redirects(to: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.start(307, "text/plain", Location=f"{to}/chat/completions")

    return behave
