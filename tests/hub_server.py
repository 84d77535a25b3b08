"""A stand-in for the model hub on loopback: enough of its HTTP interface to download one model."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class HubServer(ThreadingHTTPServer):
    """Serves the files of one folder as the repository asked for. requests: the paths asked, in order."""

    daemon_threads = True

    def __init__(self, folder: Path, break_off: str | None = None, status: int = 200) -> None:
        """break_off: a file whose body ends half way. status: what every request is answered with."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.break_off, self.status = folder, break_off, status
        self.requests: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: HubServer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if self.server.status != 200:
            self.send_error(self.server.status)
        elif "/tree/" in self.path:
            files = sorted(self.server.folder.iterdir())
            self._json([self._entry(file) for file in files])
        elif self.path.startswith("/api/models/"):
            self._json({"id": "stand-in", "sha": COMMIT, "siblings": []})
        else:
            self._file(with_body=True)

    def do_HEAD(self) -> None:
        self.server.requests.append(self.path)
        if self.server.status != 200:
            self.send_error(self.server.status)
        else:
            self._file(with_body=False)

    def _entry(self, file: Path) -> dict[str, object]:
        oid = hashlib.sha1(file.read_bytes()).hexdigest()
        return {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": oid}

    def _json(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, with_body: bool) -> None:
        file = self.server.folder / self.path.rpartition("/")[2]
        if not file.is_file():
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            whole = file.name != self.server.break_off
            self.wfile.write(body if whole else body[: len(body) // 2])
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


@contextmanager
def hub_server(folder: Path, break_off: str | None = None, status: int = 200) -> Iterator[HubServer]:
    """A running stand-in serving `folder`."""
    server = HubServer(folder, break_off, status)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
