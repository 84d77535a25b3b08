"""Who asks: a tone, a manner, a pace and perhaps a name, from a file of configs/personas/.

A persona changes how the interviewer sounds. What is asked, what is listened for and how it is scored are no
business of its.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationError

from voice_interviewer.content.resources import content, load_house
from voice_interviewer.content.toml_file import adapter, invalid, read_toml
from voice_interviewer.core.model.bank import HouseLines
from voice_interviewer.errors import UsageProblem


@dataclass(frozen=True)
class Persona:
    """tone: which of the lines are said, see `tones`. manner: a language model's, as in "Your manner: ...".
    pace: times the words per minute of the style. name: said in the opening, empty for none. voice: the one a
    person who chose none hears, see configs/voices.toml."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    tone: Literal["warm", "neutral", "brisk"]
    manner: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\n$]*[^\n$.]$")]
    pace: Annotated[float, Field(ge=0.5, le=1.5)] = 1.0
    name: Annotated[str, Field(max_length=40, pattern=r"^[^\W\d_]*(?:[ '-][^\W\d_]+)*$")] = ""
    voice: str = "system"


def persona_names() -> tuple[str, ...]:
    """Every persona there is, by name."""
    files = content().joinpath("configs", "personas").iterdir()
    return tuple(sorted(Path(file.name).stem for file in files if file.name.endswith(".toml")))


@cache
def load_persona(name: str) -> Persona:
    """That persona. Raises UsageProblem for one there is not, BankProblem for a file with a mistake."""
    if name not in persona_names():
        known = f"Personas: {', '.join(persona_names())}."
        raise UsageProblem("persona", f"There is no persona {name!r}", known)
    layer = read_toml(content().joinpath("configs", "personas", f"{name}.toml"))
    try:
        found: Persona = adapter(Persona).validate_python(dict(layer.values))
    except ValidationError as error:
        raise invalid(error, layer, Persona) from None
    return found


def house_lines(persona: Persona) -> HouseLines:
    """The lines around the questions in that persona's tone, its name in the opening. Raises BankProblem."""
    house = load_house(persona.tone)
    if not persona.name:
        return house
    return replace(house, opening=tuple(introduced(line, persona.name) for line in house.opening))


def introduced(opening: str, name: str) -> str:
    """The opening with the interviewer's name after its first sentence."""
    greeting, stop, rest = opening.partition(". ")
    return f"{greeting}. I am {name}. {rest}" if stop else f"{opening} I am {name}."
