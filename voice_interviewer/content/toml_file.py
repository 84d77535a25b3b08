"""TOML that a person may have edited: read with file and line, written without losing a word of theirs."""

import difflib
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

import tomli_w
from pydantic import TypeAdapter, ValidationError

from voice_interviewer.errors import BankProblem, UsageProblem


@dataclass(frozen=True)
class Layer:
    """Some settings and where they came from.

    text is the file they were written in, empty for an option or a variable; table is where they stand in it
    when that is not the table they belong to.
    """

    source: str
    values: Mapping[str, Any]
    text: str = ""
    table: str = ""


@cache
def adapter(kind: type) -> TypeAdapter[Any]:
    """The check of that dataclass, made once."""
    return TypeAdapter(kind)


def invalid(error: ValidationError, layer: Layer, kind: type) -> UsageProblem:
    """What is wrong with the settings of that layer, which were checked against `kind`."""
    first = error.errors(include_url=False)[0]
    place = tuple(str(part) for part in first["loc"]) or (layer.table,)
    name, what = ".".join(place), first["type"]
    if what == "unexpected_keyword_argument":
        text = f"unknown key {name!r}"
    elif what in ("missing", "missing_argument"):
        text = f"{name!r} is missing"
    elif what in ("dataclass_type", "dataclass_exact_type"):
        text = f"{name!r} must be a table, written [{name}]"
    else:
        text = _wrong_value(first, kind, place)
        text = f"{name}: {text}" if layer.text else text
    return setting_problem(layer, place, text)


def setting_problem(layer: Layer, place: tuple[str, ...], text: str, hint: str = "") -> UsageProblem:
    """That text about the setting at that place: BankProblem with the line when it is written in a file."""
    if not layer.text:
        return UsageProblem("setting", f"{layer.source}: {text}", hint or "Give another value.")
    if layer.table and place != (layer.table,):
        place = (layer.table, place[-1])
    line = _line_of(layer.text, place)
    return BankProblem("setting", f"{layer.source}:{line}: {text}", hint or "Mend that line or take it out.")


def chosen_file(layers: list[Layer], kind: str, names: tuple[str, ...]) -> str:
    """The name that the last of the layers gives under [interview] for that kind of file.

    Raises UsageProblem or BankProblem for one that is not among the names.
    """
    source, name = layers[0], ""
    for layer in layers:
        section = layer.values.get("interview", {})
        if isinstance(section, dict) and isinstance(section.get(kind), str):
            source, name = layer, section[kind]
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        meant = f". Did you mean {close[0]!r}?" if close else ""
        text, hint = f"there is no {kind} {name!r}{meant}", f"{kind.capitalize()}s: {', '.join(names)}."
        raise setting_problem(source, ("interview", kind), text, hint)
    return name


_NOUNS = (("int", "a whole number"), ("float", "a number"), ("bool", "true or false"), ("string", "text"))


def _wrong_value(error: Mapping[str, Any], kind: type, place: tuple[str, ...]) -> str:
    """Why a value is refused, in words for people: with the value, and with both bounds where it has any."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    between = _bounds(kind, place)
    noun = next((noun for start, noun in _NOUNS if error["type"].startswith(start)), "")
    wanted = f"{noun} {between}".strip() or "possible"
    return f"{error['input']!r} is not {wanted}"


def _bounds(kind: type, place: tuple[str, ...]) -> str:
    """Between what that setting has to be, as its schema tells; empty when it has no bounds."""
    schema = adapter(kind).json_schema()
    node: Mapping[str, Any] = schema
    for part in place:
        node = node.get("properties", {}).get(part, {})
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        node = next((one for one in node.get("anyOf", ()) if "maximum" in one), node)
    if "exclusiveMinimum" in node:
        return f"above {node['exclusiveMinimum']:g} and at most {node['maximum']:g}"
    return f"between {node['minimum']} and {node['maximum']}" if "maximum" in node else ""


def _line_of(text: str, place: tuple[str, ...]) -> int:
    """Where a TOML file names that key, else its table, else 1; the parser keeps no lines.

    A key counts in its own table ([turn] above it) or with the table's name before it: turn.key, turn = {key.
    """
    table, found = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[\s*([^\]]+?)\s*\]", line)
        if head:
            table = head.group(1).strip("\"'")
        names = [] if head else re.findall(r"[\w-]+", line.partition("=")[0])
        here = tuple(([table] if table else []) + names)
        inline = re.search(rf"[{{,]\s*[\"']?{re.escape(place[-1])}[\"']?\s*=", line)
        if here[: len(place)] == place or (here[:1] == place[:1] and inline):
            return number
        if found == 1 and here[:1] == place[:1]:
            found = number
    return found


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


def write_table(path: Path, name: str, values: Mapping[str, Any]) -> None:
    """Put a table of exactly those values into a TOML file, all or nothing, readable by its owner alone.

    Whatever else a person wrote there stays as it is, comments too. Raises BankProblem for a broken file,
    which is left untouched, and UsageProblem when the folder cannot be written.
    """
    layer = read_toml(path) if path.exists() else Layer(str(path), {})
    text = without_table(layer.text, name) + tomli_w.dumps({name: values})
    wanted = {**layer.values, name: values}
    if not says(text, wanted):  # an unusual way of writing, such as `preferences = {...}` in one line
        text = tomli_w.dumps(wanted)
    try:
        write_private(path, text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageProblem(
            "home", f"{path} cannot be written: {reason}", "Check the folder, or set VOICE_INTERVIEWER_HOME."
        ) from None


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
