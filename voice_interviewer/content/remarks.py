"""What feedback is made with: configs/feedback.toml and remarks.yaml of a language, checked once."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.catalogue import KNOWN_SLOTS, load_catalogue
from voice_interviewer.content.resources import ENGLISH, REMARKS, content, words
from voice_interviewer.content.sentences import checked, mistake, wanted
from voice_interviewer.content.toml_file import invalid, read_toml, setting_problem
from voice_interviewer.content.yaml_file import Located, read_yaml
from voice_interviewer.core.delivery.notes import NoteLines
from voice_interviewer.core.feedback.basis import Basis, RemarkLines, Weights
from voice_interviewer.core.feedback.signals import Signals
from voice_interviewer.core.model.bank import LEVELS, SLOTS

FEEDBACK = wanted(
    "keep what",
    "keep_point what",
    "not_heard what",
    "plan",
    "too_long",
    "better_left_out what",
    "next_not_heard what",
    "next_not_heard_often what count",
    "next_plan",
    "next_plan_often count",
    *["a_point", "no_points", "no_story", "no_follow_ups", "say_example", "say_point", "gap"],
)
NOTES = wanted(
    "slower pace low high",
    "faster pace low high",
    "fillers count share high",
    "shorter length low high",
    "longer length low high",
    "shorter_than_aim length low high aim",
    "longer_than_aim length low high aim",
    "first_word length high",
    "hedges count text high",
)


class _Remarks(Strict):
    feedback: dict[str, Text]
    say: dict[str, Text]
    delivery: dict[str, Text]


class _Weights(BaseModel):
    model_config = ConfigDict(extra="forbid")
    weights: dict[str, Annotated[float, Field(ge=0)]]
    base: float
    step: float
    needed: dict[str, tuple[tuple[str, ...], ...]]
    points_needed_from: str
    keep_first: tuple[str, ...]
    mend_first: tuple[str, ...]
    next_first: tuple[str, ...]


@cache
def load_basis(language: str = ENGLISH) -> Basis:
    """What feedback in that language is made with. Raises BankProblem."""
    found, located = _read(words(REMARKS, language))
    for name in sorted(KNOWN_SLOTS - found.say.keys()):
        raise mistake(located, f"the slot {name!r} has no sentence to try", "say")
    for name, line in found.say.items():
        if name not in KNOWN_SLOTS or "[add: " not in line:
            what = "there is no slot" if name not in KNOWN_SLOTS else "nothing to add for"
            raise mistake(located, f"{what} {name!r}", "say", name)
    lines = RemarkLines(**checked(found.feedback, FEEDBACK, located, "feedback"))
    weights = read_weights(content().joinpath("configs", "feedback.toml"))
    return Basis(load_catalogue(language), weights, lines, found.say)


@cache
def load_note_lines(language: str = ENGLISH) -> NoteLines:
    """The sentences about delivery in that language. Raises BankProblem."""
    found, located = _read(words(REMARKS, language))
    return NoteLines(**checked(found.delivery, NOTES, located, "delivery"))


def read_weights(path: Traversable) -> Weights:
    """Raises BankProblem for a mistake in that file."""
    layer = read_toml(path)
    try:
        found = _Weights.model_validate(dict(layer.values))
    except ValidationError as error:
        raise invalid(error, layer, _Weights) from None
    for place, text in _wrong(found):
        raise setting_problem(layer, (place,), text)
    return Weights(**dict(found))


def _wrong(found: _Weights) -> Iterator[tuple[str, str]]:
    """Where the weights name something there is not, or lack something."""
    signals = {each.name for each in fields(Signals)}
    yield from (("weights", f"there is no signal {name!r}") for name in found.weights if name not in signals)
    if found.points_needed_from not in LEVELS:
        yield "points_needed_from", f"there is no level {found.points_needed_from!r}"
    for kind, rows in found.needed.items():
        if kind not in SLOTS or len(rows) != len(LEVELS):
            yield "needed", f"{kind!r} needs a row for each of {', '.join(LEVELS)}"
        for slots in rows:
            yield from _unknown("needed", slots, SLOTS.get(kind, ()))
    yield from _unknown("keep_first", found.keep_first, KNOWN_SLOTS)
    yield from _unknown("mend_first", found.mend_first, KNOWN_SLOTS)
    yield from _unknown("next_first", found.next_first, KNOWN_SLOTS | {"example"})


def _unknown(place: str, slots: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from ((place, f"there is no slot {slot!r} here") for slot in slots if slot not in known)


def _read(path: Traversable) -> tuple[_Remarks, Located]:
    located = read_yaml(path)
    return validated(_Remarks, located.data, located), located
