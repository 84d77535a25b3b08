"""A stand-in for a package index on loopback (PEP 503), and wheels that hold files of a model as data."""

import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voice_audio.models.catalogue import Wheel


class IndexServer(ThreadingHTTPServer):
    """Serves the wheels of one folder. requests: the paths asked, in order. break_off: part of the name of a
    wheel whose body ends half way."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.break_off = folder, ""
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple/"

    @property
    def wheels_asked(self) -> list[str]:
        """The names of the wheels that were downloaded, in order."""
        return [path.rpartition("/")[2] for path in self.requests if path.endswith(".whl")]


class _Handler(BaseHTTPRequestHandler):
    server: IndexServer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        name = self.path.strip("/").rpartition("/")[2]
        if self.path.endswith(".whl"):
            body = (self.server.folder / name).read_bytes()
            half = self.server.break_off and self.server.break_off in name
            self._answer(body, "application/octet-stream", body[: len(body) // 2] if half else body)
            return
        found = sorted(self.server.folder.glob(f"{name.replace('-', '_')}-*.whl"))
        if not found:
            self.send_error(404)
            return
        links = "".join(f'<a href="/files/{file.name}">{file.name}</a>' for file in found).encode()
        self._answer(b"<!DOCTYPE html><html><body>" + links + b"</body></html>", "text/html")

    def _answer(self, body: bytes, kind: str, sent: bytes | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if sent is None else sent)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


@contextmanager
def index_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexServer]:
    """A running stand-in that is all pip knows of."""
    folder.mkdir(exist_ok=True)
    server = IndexServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    only_index(monkeypatch, server.url)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def only_index(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let pip know no index but this one, and not wait for it."""
    for name in [name for name in os.environ if name.startswith("PIP_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_TIMEOUT", "5")


def write_wheel(folder: Path, name: str, files: Mapping[str, bytes], members: Mapping[str, str]) -> Wheel:
    """A wheel NAME 1.0 in `folder` with these files. members: as in the catalogue."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        about = f"{name.replace('-', '_')}-1.0.dist-info/"
        for file, data in files.items():
            wheel.writestr(file, data)
        wheel.writestr(f"{about}METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{about}WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}RECORD", "")
    data = path.read_bytes()
    return Wheel(f"{name}==1.0", len(data), hashlib.sha256(data).hexdigest(), dict(members))
