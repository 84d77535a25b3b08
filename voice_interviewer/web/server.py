"""The app's own server: one socket on 127.0.0.1, gone with Ctrl-C."""

import errno
import secrets
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from voice_interviewer.errors import UsageProblem

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

    from voice_interviewer.web.jobs import Jobs

HOST = "127.0.0.1"


def fresh_token() -> str:
    """What the address of one start holds: 256 bits from the system."""
    return secrets.token_urlsafe(32)


def open_socket(port: int = 0) -> socket.socket:
    """Listening on that port of this machine alone, or on any free one where it is taken; 0: any free one.

    Raises UsageProblem where the system allows none.
    """
    for wanted in (port, 0):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.bind((HOST, wanted))
            listening.listen(64)
            return listening
        except OSError as error:
            listening.close()
            if wanted == 0 or error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise UsageProblem("port", f"{HOST}:{wanted} cannot be used ({error.strerror})") from error
    raise AssertionError("one of the two was tried")


def make_server(app: "ASGIApp") -> "uvicorn.Server":
    """Quiet but for bugs; it waits a second for those it is still sending to."""
    import uvicorn

    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def serve(app: "ASGIApp", listening: socket.socket, jobs: "Jobs") -> None:
    """Until Ctrl-C (or SIGTERM); the drills that were begun end with it."""
    try:
        with suppress(KeyboardInterrupt):
            make_server(app).run(sockets=[listening])
    finally:
        with suppress(KeyboardInterrupt):
            jobs.close()
        listening.close()
