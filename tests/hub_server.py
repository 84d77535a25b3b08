"""A stand-in for the model hub on loopback, or for any server that hands out files and parts of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class HubServer(ThreadingHTTPServer):
    """Serves the files of one folder as the repository asked for. requests: the paths asked, in order;
    ranges: from which byte on each file was asked for."""

    daemon_threads = True

    def __init__(self, folder: Path, break_off: str | None = None, status: int = 200) -> None:
        """break_off: a file whose body ends half way. status: what every request is answered with."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.break_off, self.status = folder, break_off, status
        self.requests: list[str] = []
        self.ranges: list[int] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: HubServer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if self.server.status != 200:
            self.send_error(self.server.status)
        else:
            self._file(with_body=True)

    def do_HEAD(self) -> None:
        self.server.requests.append(self.path)
        if self.server.status != 200:
            self.send_error(self.server.status)
        else:
            self._file(with_body=False)

    def _file(self, with_body: bool) -> None:
        file = self.server.folder / self.path.rpartition("/")[2]
        if not file.is_file():
            self.send_error(404)
            return
        body = file.read_bytes()
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        self.server.ranges.append(start)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if with_body:
            whole = file.name != self.server.break_off
            self.wfile.write(body[start:] if whole else body[start : max(start, len(body) // 2)])
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
