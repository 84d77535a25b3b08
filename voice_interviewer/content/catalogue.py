"""The catalogue of moves and slots, from prompts/moves.yaml and labels.yaml of a language, checked once."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Annotated

from pydantic import Field

from voice_interviewer.content.bankfile import Finding, Strict, Text, validated
from voice_interviewer.content.resources import ENGLISH, LABELS, content, words
from voice_interviewer.content.yaml_file import Located, read_yaml
from voice_interviewer.core.model.bank import LEVELS, QUESTION_TYPES, SLOTS
from voice_interviewer.core.model.catalogue import HEAVY, SPECIFICS, UNSURE_HEAVY, Catalogue, MoveEntry
from voice_interviewer.core.model.moves import OWN_WAYS, is_probe
from voice_interviewer.core.understanding.evidence import GENERAL
from voice_interviewer.errors import BankProblem

KNOWN_SLOTS = frozenset(slot for slots in SLOTS.values() for slot in slots)

_Names = tuple[Text, ...]


class _Move(Strict):
    when: Text
    after: _Names = ()
    led_by: _Names = ()
    at_most: Annotated[int, Field(ge=1)] | None = None
    drill: Text | None = None


class _Moves(Strict):
    moves: dict[str, _Move]
    wanted: dict[str, tuple[dict[str, Text], ...]]
    must: _Names
    not_expected: dict[str, _Names]
    spared: dict[str, _Names]


class _MoveLabel(Strict):
    label: Text
    would_end: Text | None = None


class _Labels(Strict):
    slots: dict[str, Text]
    point: Text
    moves: dict[str, _MoveLabel]
    another_language: Text
    languages: dict[str, Text]


@cache
def load_catalogue(language: str = ENGLISH) -> Catalogue:
    """The moves and slots with their names in that language. Raises BankProblem."""
    return read_catalogue(content().joinpath("prompts", "moves.yaml"), words(LABELS, language))


@cache
def language_name(heard: str, language: str = ENGLISH) -> str:
    """The name of a language (ISO 639-1) that was heard: "German" for "de". Raises BankProblem."""
    located = read_yaml(words(LABELS, language))
    labels = validated(_Labels, located.data, located)
    return labels.languages.get(heard, labels.another_language)


def read_catalogue(moves: Traversable, labels: Traversable) -> Catalogue:
    """Raises BankProblem with file and line for a mistake in one of the files, UsageProblem for one that is
    not there."""
    of_moves, of_labels = read_yaml(moves), read_yaml(labels)
    found, named = validated(_Moves, of_moves.data, of_moves), validated(_Labels, of_labels.data, of_labels)
    for problem in chain(_mistakes(found, of_moves), _names_missing(named, found, of_labels)):
        raise BankProblem("moves", str(problem), "Mend that line.")
    return Catalogue(
        moves={name: _entry(row, named.moves[name]) for name, row in found.moves.items()},
        slots=named.slots,
        point=named.point,
        wanted={
            kind: tuple(pair for row in rows for pair in row.items()) for kind, rows in found.wanted.items()
        },
        must=frozenset(found.must),
        not_expected={level: frozenset(slots) for level, slots in found.not_expected.items()},
        spared=found.spared,
    )


def _entry(row: _Move, name: _MoveLabel) -> MoveEntry:
    return MoveEntry(name.label, name.would_end or "", row.after, row.led_by, row.at_most, row.drill)


def _mistakes(found: _Moves, located: Located) -> Iterator[Finding]:
    """What is named and does not exist, and what is missing."""

    def unknown(what: str, names: Iterable[str], known: Iterable[str], *path: str | int) -> Iterator[Finding]:
        for name in names:
            if name not in known:
                yield Finding(located.file, located.line(*path), f"there is no {what} {name!r}")

    for name in sorted(OWN_WAYS - found.moves.keys()):
        yield Finding(located.file, located.line("moves"), f"the move {name!r} is missing")
    for name, row in found.moves.items():
        yield from unknown("slot", row.after, KNOWN_SLOTS, "moves", name, "after")
        yield from unknown("signal", row.led_by, GENERAL, "moves", name, "led_by")
        if row.drill is not None:
            yield from unknown("type of question", [row.drill], QUESTION_TYPES, "moves", name, "drill")
            if not row.after:
                yield Finding(
                    located.file, located.line("moves", name), f"the drill of {name!r} is after no slot"
                )
    targets = {*KNOWN_SLOTS, HEAVY, UNSURE_HEAVY}
    probes = [name for name in found.moves if is_probe(name)]
    for kind, rows in found.wanted.items():
        yield from unknown("type of question", [kind], QUESTION_TYPES, "wanted", kind)
        for at, wanted in enumerate(rows):
            yield from unknown("follow-up", wanted, probes, "wanted", kind, at)
            yield from unknown("slot", wanted.values(), targets, "wanted", kind, at)
    yield from unknown("slot", found.must, KNOWN_SLOTS, "must")
    for level, slots in found.not_expected.items():
        yield from unknown("level", [level], LEVELS, "not_expected", level)
        yield from unknown("slot", slots, KNOWN_SLOTS, "not_expected", level)
    for kind, moves in found.spared.items():
        yield from unknown("type of question", [kind], QUESTION_TYPES, "spared", kind)
        yield from unknown("follow-up", moves, probes, "spared", kind)


def _names_missing(named: _Labels, found: _Moves, located: Located) -> Iterator[Finding]:
    """A name for each slot and move, and for nothing else."""
    for what, section, names, known in (
        ("slot", "slots", named.slots.keys(), KNOWN_SLOTS | {SPECIFICS}),
        ("move", "moves", named.moves.keys(), found.moves.keys()),
    ):
        for name in sorted(known - names):
            yield Finding(located.file, located.line(section), f"the {what} {name!r} has no name")
        for name in sorted(names - known):
            yield Finding(located.file, located.line(section, name), f"there is no {what} {name!r}")
    for name in found.moves:
        if is_probe(name) and named.moves[name].would_end is None:
            yield Finding(
                located.file, located.line("moves", name), f"{name!r} does not say what would end it"
            )
