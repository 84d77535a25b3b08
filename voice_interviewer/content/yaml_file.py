"""YAML from a stranger, with the line each value stands on.

Every scalar is read as text (a question "No" stays a word, 2020-01-01 no date); whoever validates converts.
Aliases and deep nesting are refused: they serve no bank, and a few lines of them can fill a machine's memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from voice_interviewer.errors import BankProblem, UsageProblem

MAX_BYTES = 2_000_000
MAX_DEPTH = 20

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Located:
    """Plain data (dict, list, str) and each value's line by path. root: a prefix the file does not have."""

    file: str
    data: Any
    lines: dict[tuple[str | int, ...], int]
    root: tuple[str | int, ...] = ()

    def line(self, *path: str | int) -> int:
        """The line, from 1, of the value at that path, or of the nearest thing around it in the file."""
        if path[: len(self.root)] == self.root:
            path = path[len(self.root) :]
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(path: Traversable) -> Located:
    """Raises UsageProblem for a file that cannot be read, BankProblem with file and line for broken YAML."""
    file = str(path)
    text = _read_text(path, file)
    try:
        _refuse_tricks(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _problem(file, _line_of(error, text), f"not YAML: {_reason(error)}") from None
    if node is None:
        raise _problem(file, 1, "the file is empty")
    lines: dict[tuple[str | int, ...], int] = {}
    data = _plain(node, (), lines, file)
    return Located(file, data, lines)


def _read_text(path: Traversable, file: str) -> str:
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageProblem("no_file", f"There is no file {file}", "Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageProblem("unreadable", f"{file} cannot be read: {reason}", "Check the file.") from None
    if len(raw) > MAX_BYTES:
        raise _problem(file, 1, f"larger than {MAX_BYTES // 1_000_000} MB, so not a question bank")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _problem(file, line, "not UTF-8 text") from None


def _refuse_tricks(text: str, file: str) -> None:
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise _problem(file, line, "aliases (*name) are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _problem(file, line, "nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: Any, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), lines, file) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, lines, file))
    return node.value


def _pairs(
    node: Any, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: str
) -> Iterator[tuple[str, Any]]:
    seen = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _problem(file, line, "a key must be a word")
        if key.value in seen:
            raise _problem(file, line, f"the key {key.value!r} is given twice")
        seen.add(key.value)
        lines[(*path, key.value)] = line
        yield key.value, _plain(value, (*path, key.value), lines, file)


def _problem(file: str, line: int, text: str) -> BankProblem:
    return BankProblem("yaml", f"{file}:{line}: {text}", "Mend that line and try again.")


def _line_of(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return int(mark.line) + 1
    position = getattr(error, "position", 0) or 0  # a character that YAML does not allow
    return text.count("\n", 0, position) + 1


def _reason(error: yaml.YAMLError) -> str:
    return " ".join(
        str(getattr(error, "problem", None) or getattr(error, "reason", None) or "broken").split()
    )
