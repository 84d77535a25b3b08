"""The rooms of the house: who may know whom is held by import-linter, circles inside a room here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import voice_interviewer

PACKAGE = Path(voice_interviewer.__file__).parent
NAME = "voice_interviewer"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def modules(folder: Path) -> dict[str, Path]:
    """Every module below a folder of the package, by its dotted name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the package that a file imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{each.name}" for each in node.names]
            inner = [name for name in names if name in known]
            yield from inner
            if len(inner) < len(names) and node.module in known:
                yield node.module


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_is_in_a_circle(room: str) -> None:
    known = modules(PACKAGE / room)
    graph = {name: set(imported(path, known)) - {name} for name, path in known.items()}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None
    assert len(order) == len(known)


def test_nothing_lies_loose_at_the_top() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} <= {"__init__", "__main__", "errors"}
    assert len(list(imported(PACKAGE / "core" / "turns" / "machine.py", modules(PACKAGE)))) > 5, (
        "imports are found"
    )


def test_the_core_is_as_large_as_one_can_keep_in_mind() -> None:
    rooms = {name.split(".")[2] for name in modules(PACKAGE / "core") if name.count(".") > 1}
    known = modules(PACKAGE / "core")
    arrows = {
        (name.split(".")[2], other.split(".")[2])
        for name, path in known.items()
        for other in imported(path, known)
        if name.count(".") > 1 and other.count(".") > 1 and name.split(".")[2] != other.split(".")[2]
    }
    assert len(rooms) <= 12
    assert len(arrows) <= 35


def test_the_format_of_the_log_loads_two_rooms_only() -> None:
    program = f"import sys, {NAME}.core.turns.events; print(*(m for m in sys.modules if '.core.' in m))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[2] for name in done.stdout.split()}
    assert loaded == {"model", "turns"}
