"""A server with the OpenAI interface for sound, on loopback, that listens and speaks as it is told to.

Behaviours are those of model_server, and the ones below; connections are kept open between requests, as real
servers keep them.
"""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import model_server as ms
import numpy as np
import soundfile

from voice_audio.ports import Samples

MODEL = "stand-in-speech"
SAID = "I compared the error rates myself."


class SpeechHandler(ms.Handler):
    """fields: the form of a transcription request or the body of a speech request; sound: what was sent."""

    protocol_version = "HTTP/1.1"
    server: "SpeechServer"
    fields: dict[str, Any]
    sound: Samples
    rate_hz: int
    file_kind: str

    def do_POST(self) -> None:  # noqa: N802 - its name is given
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        if kind.startswith("multipart/"):
            self._take_form(kind, raw)
        else:
            self.fields = json.loads(raw)
        with self.server.counting:
            self.server.requests.append(self.fields)
            self.server.keys.append(self.headers["Authorization"])
            self.server.paths.append(self.path)
            self.server.ports.add(self.client_address[1])
            number = len(self.server.requests) - 1
        self.server.asked.set()
        with suppress(ConnectionError):
            self.server.behaviours[min(number, len(self.server.behaviours) - 1)](self)

    def _take_form(self, kind: str, raw: bytes) -> None:
        form = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + raw)
        self.fields = {}
        for part in form.iter_parts():
            name, content = (
                part.get_param("name", header="content-disposition"),
                part.get_payload(decode=True),
            )
            if name == "file":
                self.sound, self.rate_hz = soundfile.read(io.BytesIO(content), dtype="int16")
                self.file_kind = part.get_content_type()
            else:
                self.fields.setdefault(str(name), []).append(content.decode())

    def start(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Without a length the answer ends with the connection."""
        if "Content-Length" not in headers:
            headers["Connection"] = "close"
            self.close_connection = True
        super().start(status, kind, **headers)

    def whole(self, body: bytes, kind: str) -> None:
        self.start(200, kind, **{"Content-Length": str(len(body))})
        self.wfile.write(body)

    def hang(self) -> None:
        """Until the server closes or the client has hung up."""
        self.connection.settimeout(0.02)
        while not self.server.closing.is_set():
            try:
                if not self.connection.recv(1):
                    self.server.hung_up.set()
                    break
            except TimeoutError:
                continue
            except OSError:
                self.server.hung_up.set()
                break
        self.close_connection = True


class SpeechServer(ms.ModelServer):
    """ports: the clients', one for each connection; asked and hung_up: a request came, a client left."""

    def __init__(self, behaviours: list[ms.Behaviour]) -> None:
        super().__init__(behaviours)
        self.RequestHandlerClass = SpeechHandler
        self.ports: set[int] = set()
        self.asked, self.hung_up = threading.Event(), threading.Event()


@contextmanager
def speech_server(*behaviours: ms.Behaviour) -> Iterator[SpeechServer]:
    """A running server; without behaviours it hears SAID, with word times."""
    with ms.running(SpeechServer(list(behaviours) or [hears()])) as server:
        yield server


def answer(text: str = SAID, **changes: Any) -> dict[str, Any]:
    """A whole verbose_json as OpenAI's own interface sends it: words apart, bare, without a probability."""
    spoken = text.replace(".", "").replace(",", "").split()
    words = [
        {"word": word, "start": 0.1 + 0.2 * at, "end": 0.25 + 0.2 * at} for at, word in enumerate(spoken)
    ]
    segment = {"id": 0, "seek": 0, "start": 0.0, "end": 2.0, "text": text, "tokens": [], "temperature": 0.0}
    segment |= {"avg_logprob": -0.2, "compression_ratio": 0.9, "no_speech_prob": 0.01}
    whole = {"task": "transcribe", "language": "english", "duration": 2.0, "text": text}
    return {**whole, "words": words, "segments": [segment], **changes}


def replies(body: Any) -> ms.Behaviour:
    def behave(handler: Any) -> None:
        handler.whole(json.dumps(body).encode(), "application/json")

    return behave


def hears(text: str = SAID, **changes: Any) -> ms.Behaviour:
    return replies(answer(text, **changes))


def raw(body: bytes, kind: str = "application/json") -> ms.Behaviour:
    def behave(handler: Any) -> None:
        handler.whole(body, kind)

    return behave


def breaks_off(handler: Any) -> None:
    """Half of an answer, then the connection is gone."""
    body = json.dumps(answer()).encode()
    handler.start(200, "application/json", **{"Content-Length": str(len(body))})
    handler.raw(body[: len(body) // 2].decode())
    handler.close_connection = True


def tone(seconds: float = 0.6, rate_hz: int = 24_000) -> Samples:
    """Something to be heard, with silence after it."""
    loud = np.sin(np.arange(int(seconds * rate_hz)) * 2 * np.pi * 220 / rate_hz) * 9000
    sound: Samples = np.concatenate((loud, np.zeros(rate_hz // 2))).astype(np.int16)
    return sound


def wav(samples: Samples, rate_hz: int = 24_000, length: int | None = None) -> bytes:
    """length: what the head says of the data, where that is not the truth (streaming servers do not know)."""
    packed = io.BytesIO()
    soundfile.write(packed, samples, rate_hz, format="WAV", subtype="PCM_16")
    body = bytearray(packed.getvalue())
    if length is not None:
        at = body.index(b"data") + 4
        body[at : at + 4] = length.to_bytes(4, "little")
    return bytes(body)
