"""Fetching one file from the hub or a release page, going on where an earlier attempt broke off.

The transfer is the hub library's own: it asks for the missing range, tries again a few times and speaks
through the proxy that the environment names.
"""

import io
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

REACH_S = 2.0
"""What a hub that cannot be reached may cost: a connection takes well under a second where there is one."""


class NotFetchedError(Exception):
    """This source does not have the file, or cannot be reached; the reason in a few words."""


def hub_endpoint() -> str:
    """The hub's address, which HF_ENDPOINT may move."""
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def is_hub_reachable(
    timeout_s: float = REACH_S,
    endpoint: str | None = None,
    connect: Callable[..., socket.socket] = socket.create_connection,
) -> bool:
    """Whether the hub (or the proxy before it) accepts a connection within timeout_s: one attempt, no retry.

    The attempt runs in its own thread, because looking up a name has no timeout of its own.
    """
    target = urlsplit(endpoint or hub_endpoint())
    proxy = getproxies().get(target.scheme)
    address = urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else target
    port = address.port or (443 if address.scheme == "https" else 80)
    reached = threading.Event()

    def attempt() -> None:
        try:
            connect((address.hostname, port), timeout=timeout_s).close()
        except OSError:
            return
        reached.set()

    thread = threading.Thread(target=attempt, name="hub-check", daemon=True)
    thread.start()
    thread.join(timeout_s)
    return reached.is_set()


def why_unreachable(url: str, timeout_s: float = REACH_S) -> str | None:
    """None when the server of this address answers a request within timeout_s, else the reason.

    A connection alone proves little: a proxy accepts it and then lets nobody through.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    if not is_hub_reachable(timeout_s, url):
        return "does not answer"
    answered: list[str | None] = ["does not answer"]

    def attempt() -> None:
        try:
            status = int(get_session().head(url, timeout=timeout_s).status_code)
            answered[0] = None if status < 400 else f"answers {status}"
        except Exception as error:
            answered[0] = one_line(error)

    thread = threading.Thread(target=attempt, name="hub-check", daemon=True)
    thread.start()
    thread.join(timeout_s)
    return answered[0]


def fetch_file(url: str, place: Path, size: int, told: Callable[[int], None]) -> None:
    """Write the file at url to `place`, which may already hold its beginning. told: called with the bytes
    `place` holds.

    Raises NotFetchedError for trouble on the way, with what was received kept; OSError when the disk refuses.
    """
    from huggingface_hub.file_download import http_get

    if place.exists() and place.stat().st_size > size:
        place.unlink()
    with _quiet_hub(), _Counted(io.FileIO(place, "ab"), told) as file:
        try:
            http_get(url, file, resume_size=file.tell(), expected_size=size)
        except Exception as error:
            if not is_download_trouble(error) or getattr(error, "errno", None) is not None:
                raise
            raise NotFetchedError(one_line(error)) from error


class _Counted(io.BufferedWriter):
    """A file that tells how much it holds."""

    def __init__(self, raw: io.FileIO, told: Callable[[int], None]) -> None:
        super().__init__(raw)
        self._told = told

    def write(self, data: Any) -> int:
        written = super().write(data)
        self._told(self.tell())
        return written


@contextmanager
def _quiet_hub() -> Iterator[None]:
    """The hub library draws bars and logs its retries to the terminal; progress is shown by us."""
    from huggingface_hub.utils import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    logger = logging.getLogger("huggingface_hub")
    level, drawn = logger.level, not are_progress_bars_disabled()
    logger.setLevel(logging.CRITICAL)
    if drawn:
        disable_progress_bars()
    try:
        yield
    finally:
        logger.setLevel(level)
        if drawn:
            enable_progress_bars()


def is_download_trouble(error: Exception) -> bool:
    """Network errors of whichever HTTP client the hub library brings, and its own."""
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, (OSError, HfHubHTTPError, RuntimeError)):
        return True
    clients = {"httpx", "httpx2", "httpcore", "httpcore2", "requests", "urllib3"}
    return any(kind.__module__.partition(".")[0] in clients for kind in type(error).__mro__)


def one_line(error: BaseException, most: int = 160) -> str:
    """An error's own words on one line, or its kind where it has none."""
    return (" ".join(str(error).split()) or type(error).__name__)[:most].rstrip(".")
