"""TOML that a person may have edited: read with file and line, written without losing a word of theirs."""

import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from voice_interviewer.errors import BankProblem, UsageProblem


@dataclass(frozen=True)
class Layer:
    """Some settings and where they came from; text is the file they were written in."""

    source: str
    values: Mapping[str, Any]
    text: str = ""


@cache
def adapter(kind: type) -> TypeAdapter[Any]:
    """The check of that dataclass, made once."""
    return TypeAdapter(kind)


def invalid(error: ValidationError, layer: Layer) -> UsageProblem:
    """What is wrong with the settings of that layer: BankProblem with the line when they are in a file."""
    first = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(str(part) for part in first["loc"]) or "preferences"
    kind = first["type"]
    message = first["msg"].removeprefix("Value error, ")
    if kind == "unexpected_keyword_argument":
        text = f"unknown key {name!r}"
    elif kind in ("missing", "missing_argument"):
        text = f"{name!r} is missing"
    elif kind in ("dataclass_type", "dataclass_exact_type"):
        text = f"{name!r} must be a table, written [{name}]"
    else:
        text = f"{name}: {message[:1].lower()}{message[1:]}"
    if not layer.text:
        return UsageProblem("setting", f"{layer.source}: {text}", "Give another value.")
    line = _line_of(layer.text, name.rpartition(".")[2])
    return BankProblem("setting", f"{layer.source}:{line}: {text}", "Mend that line or take it out.")


def _line_of(text: str, key: str) -> int:
    """Where a TOML file names that key or table; the parser keeps no lines."""
    named = re.compile(rf"^\s*(?:\[\s*)?[\"']?{re.escape(key)}[\"']?\s*[\]=.]", re.MULTILINE)
    found = named.search(text)
    return (
        text.count("\n", 0, found.start() + len(found.group()) - len(found.group().lstrip())) + 1
        if found
        else 1
    )


def read_toml(path: Traversable) -> Layer:
    """Raises BankProblem with file and line for broken TOML, UsageProblem for a file that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BankProblem("setting", f"{path}:1: not UTF-8 text", "Save it as UTF-8.") from None
    except OSError as error:
        raise UsageProblem("setting", f"{path} cannot be read: {error.strerror}", "Check the file.") from None
    try:
        return Layer(str(path), tomllib.loads(text), text or " ")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise BankProblem(
            "setting", f"{path}:{line}: not TOML: {reason}", "Mend that line, or move the file away."
        ) from None


def without_table(text: str, name: str) -> str:
    """The text with that table's lines taken out, ready for it to be written again at the end."""
    kept, inside = [], False
    for line in text.splitlines():
        if re.match(r"\s*\[", line):
            inside = bool(re.match(rf"\s*\[\s*{name}\s*\]", line))
        if not inside:
            kept.append(line)
    body = "\n".join(kept).strip("\n")
    return body + "\n\n" if body.strip() else ""


def says(text: str, values: Mapping[str, Any]) -> bool:
    """Whether that is TOML for exactly those values."""
    try:
        return tomllib.loads(text) == values
    except tomllib.TOMLDecodeError:
        return False


def write_private(path: Path, text: str) -> None:
    """Replace the file at once, readable by its owner alone. Raises OSError."""
    path = path.resolve()  # a link to a file kept elsewhere stays a link
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".config-")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
