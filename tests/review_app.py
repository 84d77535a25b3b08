"""The review app on loopback, served by the real server in a thread, and a plain client for it."""

import contextlib
import http.client
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from voice_audio.ports import Sound
from voice_interviewer.cli import review_services
from voice_interviewer.core.model.feedback import Material, Score
from voice_interviewer.review.report import build_report, refresh
from voice_interviewer.web.app import make_app
from voice_interviewer.web.desk import Desk
from voice_interviewer.web.server import make_server, open_socket
from voice_interviewer.web.services import Hit, Services

TOKEN = "the-token-of-this-test"
STAND_IN = "print('Drilling'); print('Record  /x/2026-11-24T10-00-00_a-role_senior')"
"""A drill that is over at once."""


@dataclass
class CountingScorer:
    """Judges nothing, but remembers what it was asked about."""

    tier: str = "words"
    seen: list[str] = field(default_factory=list)

    def score(self, material: Material) -> Score:
        self.seen.append(material.question.id)
        return Score(assessed=False, reason="thin", tier=self.tier)


@dataclass
class Tone:
    """A voice of one pitch, a millisecond a letter."""

    name: str = "tone"
    said: list[str] = field(default_factory=list)

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.said.append(text)
        return Sound(np.full(16 * len(text), 1000, dtype=np.int16), 16_000)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Sends just what it is told to, on the wire as it stands: no address is tidied up."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        token: str | None = TOKEN,
        **more: Any,
    ) -> Answer:
        """more: headers, "_" for "-"; one that is None is left out."""
        given = {"Host": f"127.0.0.1:{self.port}", "X-Token": token}
        given |= {name.replace("_", "-").title(): value for name, value in more.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            found = connection.getresponse()
            headers = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, headers, found.read())
        finally:
            connection.close()

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        """As our own page does it."""
        raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self.ask(
            path, "POST", raw, **{"origin": self.origin, "content_type": "application/json"} | more
        )


@dataclass(frozen=True)
class Running:
    client: Client
    desk: Desk
    scorer: CountingScorer
    voice: Tone


def services(root: Path, scorer: CountingScorer, voice: Tone, **more: Any) -> Services:
    """The real parts, but for whoever judges, speaks and drills."""

    def search(query: str) -> tuple[Hit, ...]:
        started = "2026-11-23T14:05:00+00:00"
        return tuple(
            Hit(row.id, row.title, started, "candidate", f"you said {query}", 1500, 4000)
            for row in review_services.rows(root)
        )

    plain = Services(
        root=root,
        list_sessions=lambda: review_services.rows(root),
        report_of=build_report,
        rescore=lambda folder: refresh(folder, scorer),
        page=review_services.page,
        search=search,
        drill=lambda question, move, after: [sys.executable, "-c", STAND_IN],
        delete=lambda session: review_services.delete(root, session),
        voice=lambda: voice,
    )
    return replace(plain, **more)


@contextlib.contextmanager
def running(root: Path, **more: Any) -> Iterator[Running]:
    """The app over the sessions in `root`; gone at the end. more: in place of parts of `services`."""
    scorer, voice = CountingScorer(), Tone()
    desk = Desk(services(root, scorer, voice, **more))
    listening = open_socket()
    port = int(listening.getsockname()[1])
    server = make_server(make_app(desk, TOKEN, port))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Running(Client(port), desk, scorer, voice)
    finally:
        server.should_exit = True
        thread.join(20)
        desk.jobs.close(grace_s=2)
        listening.close()
    assert not thread.is_alive()
