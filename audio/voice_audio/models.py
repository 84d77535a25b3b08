"""Whisper models: which there are, where they lie on this machine, and how one is fetched.

Finding never touches the network: a directory, else the Hugging Face cache, else Missing. Fetching happens
only when a person asked for it.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from voice_audio.errors import ModelProblem

NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARY_FILES = ("vocabulary.json", "vocabulary.txt")
NO_NETWORK_HINT = (
    "start with --whisper-model embedded, or copy a model directory here and pass --whisper-model DIR"
)

Progress = Callable[[int, int | None], None]
"""Called with the bytes fetched so far and the bytes to fetch, or None while that is unknown."""


@dataclass(frozen=True)
class KnownModel:
    """A published Whisper model in CTranslate2 form. size_mb: what a download takes, approximately."""

    name: str
    repository: str
    size_mb: int


# As in faster_whisper.utils._MODELS (1.2.1), which is not imported here: it is slow to load.
KNOWN = {
    model.name: model
    for model in (
        KnownModel("tiny.en", "Systran/faster-whisper-tiny.en", 75),
        KnownModel("base.en", "Systran/faster-whisper-base.en", 145),
        KnownModel("small.en", "Systran/faster-whisper-small.en", 484),
        KnownModel("medium.en", "Systran/faster-whisper-medium.en", 1530),
        KnownModel("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620),
    )
}


@dataclass(frozen=True)
class Found:
    """A complete model directory on this machine."""

    name: str
    folder: Path


@dataclass(frozen=True)
class Missing:
    """A known model that is not on this machine. size_mb: what fetching it takes, approximately."""

    name: str
    size_mb: int


def default_model(gpu: bool) -> str:
    """The model to use when nobody chose: one that answers in time on two CPU cores, or the next on a GPU."""
    return "small.en" if gpu else "base.en"


def find_model(name_or_path: str | Path, cache: Path | None = None) -> Found | Missing:
    """Where a model lies, without any connection. cache: the Hugging Face cache folder, if not the usual one.

    Raises ModelProblem for a directory that is no Whisper model (naming the missing file) and for an unknown
    name.
    """
    given = os.path.expanduser(str(name_or_path))
    if os.path.isdir(given):
        folder = Path(given).resolve()
        lacking = missing_files(folder)
        if lacking:
            raise ModelProblem(
                "model_incomplete",
                f"{given} is not a complete Whisper model: {', '.join(lacking)} is missing.",
                "a CTranslate2 model directory holds model.bin, config.json, tokenizer.json, vocabulary.json",
            )
        return Found(folder.name, folder)
    known = KNOWN.get(given)
    if known is None:
        looks_like_path = isinstance(name_or_path, Path) or os.sep in given or given.startswith((".", "~"))
        raise ModelProblem(
            "model_unknown",
            f"there is no directory {given}."
            if looks_like_path
            else f"no Whisper model is called {given!r}.",
            f"known models: {', '.join(KNOWN)}; or the path of a model directory",
        )
    cached = cached_model(known.name, cache)
    return Found(known.name, cached) if cached else Missing(known.name, known.size_mb)


def missing_files(folder: Path) -> tuple[str, ...]:
    """What a directory lacks to be a Whisper model that loads without the hub."""
    lacking = [name for name in NEEDED_FILES if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARY_FILES):
        lacking.append(VOCABULARY_FILES[0])
    return tuple(lacking)


def cached_model(name: str, cache: Path | None = None) -> Path | None:
    """A known model's complete folder in the hub cache; a download that was broken off does not count."""
    from huggingface_hub import try_to_load_from_cache

    file = try_to_load_from_cache(KNOWN[name].repository, NEEDED_FILES[0], cache_dir=cache)
    if not isinstance(file, str):
        return None
    folder = Path(file).parent
    return None if missing_files(folder) else folder


def is_hub_reachable(
    timeout_s: float = 2.0,
    endpoint: str | None = None,
    connect: Callable[..., socket.socket] = socket.create_connection,
) -> bool:
    """Whether the hub (or the proxy before it) accepts a connection within timeout_s: one attempt, no retry.

    The attempt runs in its own thread, because looking up a name has no timeout of its own.
    """
    if endpoint is None:
        from huggingface_hub import constants

        endpoint = constants.ENDPOINT
    target = urlsplit(endpoint)
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


def download(
    name: str,
    progress: Progress = lambda done, total: None,
    cache: Path | None = None,
    endpoint: str | None = None,
    offline: bool = False,
) -> Path:
    """Fetch a known model into the Hugging Face cache; its folder. Continues a download that was broken off.

    Raises ModelProblem when the name is unknown, when offline, and for every trouble on the way.
    """
    model = KNOWN.get(name)
    if model is None:
        raise ModelProblem(
            "model_unknown", f"no Whisper model is called {name!r}.", f"known models: {', '.join(KNOWN)}"
        )
    if offline:
        raise ModelProblem(
            "offline", f"{name} cannot be downloaded: --offline refuses connections.", NO_NETWORK_HINT
        )
    from huggingface_hub import constants

    endpoint = endpoint or constants.ENDPOINT
    if not is_hub_reachable(endpoint=endpoint):
        raise ModelProblem(
            "hub_unreachable", f"{name} cannot be downloaded: the model hub does not answer.", NO_NETWORK_HINT
        )
    try:
        return _fetch(model, progress, cache, endpoint)
    except Exception as error:
        if not is_download_trouble(error):
            raise
        reason = (" ".join(str(error).split()) or type(error).__name__)[:200]
        raise ModelProblem(
            "download_failed", f"{name} could not be downloaded ({reason}).", NO_NETWORK_HINT
        ) from error


def _fetch(model: KnownModel, progress: Progress, cache: Path | None, endpoint: str) -> Path:
    from huggingface_hub import snapshot_download

    with without_telemetry():
        folder = Path(
            snapshot_download(
                model.repository,
                allow_patterns=[*NEEDED_FILES, "preprocessor_config.json", "vocabulary.*"],
                cache_dir=cache,
                endpoint=endpoint,
                tqdm_class=_reporter(progress),
            )
        )
    lacking = missing_files(folder)
    if lacking:
        raise OSError(f"the download lacks {', '.join(lacking)}")
    return folder


@contextmanager
def without_telemetry() -> Iterator[None]:
    """The hub library tells the hub what else is installed and running here, unless this constant says no."""
    from huggingface_hub import constants

    before = constants.HF_HUB_DISABLE_TELEMETRY
    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_TELEMETRY = before


def _reporter(progress: Progress) -> type[Any]:
    """A tqdm class that draws nothing and passes on the bytes written to disk.

    The hub draws one bar for files and two for bytes (received, written); the sum over both would count
    twice, so only the largest count is passed on.
    """
    from tqdm import tqdm

    lock, most = threading.Lock(), [0]

    class Reporter(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            self.counts_bytes = options.get("unit") == "B"
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            with lock:
                self.n += n or 0
                if self.counts_bytes and self.n > most[0]:
                    most[0] = int(self.n)
                    progress(most[0], int(self.total) if self.total else None)
            return None

    return Reporter


def is_download_trouble(error: Exception) -> bool:
    """Network and disk errors of whichever HTTP client the hub library brings, and its own."""
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, (OSError, HfHubHTTPError, RuntimeError)):
        return True
    clients = {"httpx", "httpx2", "httpcore", "requests", "urllib3"}
    return any(kind.__module__.partition(".")[0] in clients for kind in type(error).__mro__)
