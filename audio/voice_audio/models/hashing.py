"""Knowing a file by its bytes."""

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def why_wrong(path: Path, name: str, sha256: str) -> str | None:
    """None when the file is the known one, else what it is instead, in a few words."""
    found = sha256_of(path)
    return (
        None if found == sha256 else f"{name} is not the known file (SHA-256 {found[:12]}, not {sha256[:12]})"
    )
