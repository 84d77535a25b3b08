"""Where a model lies on this machine, found without any connection.

A directory given by its path, else the models folder, else the Hugging Face cache, else Missing.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from voice_audio.errors import ModelProblem
from voice_audio.models.catalogue import KNOWN, Model, known_name
from voice_audio.models.hashing import sha256_of

NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARY_FILES = ("vocabulary.json", "vocabulary.txt")
CHECKED = "checked.json"
"""In the models folder: which files of the hub's cache were found to be the known ones."""


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


def find_model(
    name_or_path: str | Path, folder: Path | None = None, cache: Path | None = None
) -> Found | Missing:
    """Where a Whisper model lies. folder: the models folder. cache: the Hugging Face cache, if not the usual.

    Raises ModelProblem for a directory that is no Whisper model (naming the missing file) and for an unknown
    name.
    """
    given = os.path.expanduser(str(name_or_path))
    if os.path.isdir(given):
        return _given(Path(given).resolve(), given)
    model = KNOWN.get(known_name(given))
    if model is None:
        looks_like_path = isinstance(name_or_path, Path) or os.sep in given or given.startswith((".", "~"))
        raise ModelProblem(
            "model_unknown",
            f"there is no directory {given}."
            if looks_like_path
            else f"no Whisper model is called {given!r}.",
            f"known models: {', '.join(KNOWN)}; or the path of a model directory",
        )
    return find_known(model, folder, cache)


def find_known(model: Model, folder: Path | None, cache: Path | None = None) -> Found | Missing:
    """Where a Whisper of the catalogue lies; a directory of its name in the current one does not count."""
    if folder is not None and is_here(model, folder):
        return Found(model.name, folder / model.folder)
    cached = cached_model(model, folder, cache)
    return Found(model.name, cached) if cached else Missing(model.name, model.size_mb)


def _given(folder: Path, given: str) -> Found:
    lacking = missing_files(folder)
    if lacking:
        raise ModelProblem(
            "model_incomplete",
            f"{given} is not a complete Whisper model: {', '.join(lacking)} is missing.",
            "a CTranslate2 model directory holds model.bin, config.json, tokenizer.json, vocabulary.json",
        )
    name = known_name(folder.name)
    return Found(name, folder)


def is_here(model: Model, folder: Path) -> bool:
    """Whether every file of the model lies in the models folder, each with its known size. Their hashes were
    checked when they were fetched; `fetching.check` does it again."""
    place = folder / model.folder
    return all(_size(place / file.name) == file.size for file in model.files)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def missing_files(folder: Path) -> tuple[str, ...]:
    """What a directory lacks to be a Whisper model that loads without the hub."""
    lacking = [name for name in NEEDED_FILES if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARY_FILES):
        lacking.append(VOCABULARY_FILES[0])
    return tuple(lacking)


# --- the hub's cache --------------------------------------------------------------------------------------


def cached_model(model: Model, folder: Path | None = None, cache: Path | None = None) -> Path | None:
    """A model's complete and known folder in the Hugging Face cache, fetched by whatever program.

    Each file is hashed once; that it is the known one is kept in the models folder.
    """
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(model.repository, NEEDED_FILES[0], cache_dir=cache)
    if not isinstance(found, str):
        return None
    place = Path(found).parent
    if any(_size(place / file.name) != file.size for file in model.files):
        return None
    mark = {str(place / file.name): _stamp(place / file.name, file.sha256) for file in model.files}
    known = _checked(folder)
    if mark.items() <= known.items():
        return place
    if any(sha256_of(place / file.name) != file.sha256 for file in model.files):
        return None
    _keep_checked(folder, {**known, **mark})
    return place


def _stamp(path: Path, sha256: str) -> str:
    about = path.stat()
    return f"{about.st_size} {about.st_mtime_ns} {sha256}"


def _checked(folder: Path | None) -> dict[str, str]:
    try:
        found = json.loads((folder / CHECKED).read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep_checked(folder: Path | None, marks: dict[str, str]) -> None:
    if folder is None or not folder.is_dir():
        return
    try:
        (folder / CHECKED).write_text(json.dumps(marks, indent=1), encoding="utf-8")
    except OSError:
        return  # hashed again the next time
