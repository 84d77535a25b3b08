"""The lines of a drill, from drills.yaml of a language, checked once."""

from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import Field

from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.resources import DRILLS, words
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.learning.drills import ASKS
from voice_interviewer.errors import BankProblem

_Lines = Annotated[tuple[Text, ...], Field(min_length=1)]
_Asks = Annotated[tuple[Text, ...], Field(min_length=ASKS)]


class MoveLines(Strict):
    """title: what is practised, as "a number or a comparison". stories hold {quote}."""

    title: Text
    stories: _Asks
    asks: _Asks


class _File(Strict):
    opening: _Lines
    move_opening: _Lines
    close: _Lines
    moves: dict[str, MoveLines]


@dataclass(frozen=True)
class DrillLines:
    """What is said around the questions of a drill, and the asks by move. move_opening holds {title}."""

    opening: tuple[str, ...]
    move_opening: tuple[str, ...]
    close: tuple[str, ...]
    moves: dict[str, MoveLines]


@cache
def load_drill_lines() -> DrillLines:
    """The lines that come with the product. Raises BankProblem."""
    return read_drill_lines(words(DRILLS))


def read_drill_lines(path: Traversable) -> DrillLines:
    """Raises BankProblem with file and line for a mistake, UsageProblem for a file that is not there."""
    located = read_yaml(path)
    found = validated(_File, located.data, located)
    drilled = load_catalogue().drilled
    for name in drilled:
        if name not in found.moves:
            raise BankProblem("drills", f"{path}: there are no lines for {name!r}", "Add them under moves.")
    for name, lines in found.moves.items():
        if name not in drilled or not all("{quote}" in line for line in lines.stories):
            where = located.line("moves", name)
            what = "a story without {quote}" if name in drilled else f"{name!r} cannot be drilled"
            raise BankProblem("drills", f"{path}:{where}: {what}", f"Moves: {', '.join(drilled)}.")
    return DrillLines(found.opening, found.move_opening, found.close, found.moves)
