"""The vocabulary an interview is held and reviewed in: the moves, the slots, and their plain words.

`content.catalogue` reads it from prompts/moves.yaml and a language's labels.yaml and checks it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from voice_interviewer.core.model.moves import is_probe

HEAVY = "points"
"""Stands among the wanted slots for the rubric points at the heart of the question that were not heard."""
UNSURE_HEAVY = "unsure points"
"""Stands for those that may have been heard."""
SPECIFICS = "specifics"
"""What an answer lacks that has everything, but too little of it; it is named like a slot."""


@dataclass(frozen=True)
class MoveEntry:
    """One move. after: the slots it is after, the usual one first. led_by: the signals whose words lead to
    it. at_most: how often in one interview. drill: the type of its drill's questions, None without one."""

    label: str
    would_end: str = ""
    after: tuple[str, ...] = ()
    led_by: tuple[str, ...] = ()
    at_most: int | None = None
    drill: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """All moves and slots. slots: id -> plain name; point: that of any rubric point.

    wanted: by question type the moves and what they are after, most wanted first. must: slots asked for until
    they are surely heard. not_expected: slots by level that an answer may go without. spared: moves by type.
    """

    moves: Mapping[str, MoveEntry]
    slots: Mapping[str, str]
    point: str
    wanted: Mapping[str, tuple[tuple[str, str], ...]]
    must: frozenset[str]
    not_expected: Mapping[str, frozenset[str]]
    spared: Mapping[str, tuple[str, ...]]

    @cached_property
    def probes(self) -> frozenset[str]:
        """The follow-ups."""
        return frozenset(filter(is_probe, self.moves))

    @cached_property
    def drilled(self) -> Mapping[str, str]:
        """The moves that have a drill, and the slot each of them is after."""
        return {name: move.after[0] for name, move in self.moves.items() if move.drill}

    def drill_for(self, slot: str) -> str | None:
        """The move one practises that slot with; None where it is practised on its question."""
        return next((name for name in self.drilled if slot in self.moves[name].after), None)

    # --- plain words ------------------------------------------------------------------------------------

    def slot_label(self, slot: str) -> str:
        """A slot's plain name; an id this version does not know reads as its own words."""
        return self.slots.get(slot, slot.replace("_", " ").capitalize())

    def move_label(self, move: str) -> str:
        """What a move is made for, as "for the outcome"; an unknown id reads as its own words."""
        return self.moves[move].label if move in self.moves else move.replace("_", " ")

    def move_title(self, move: str) -> str:
        """What a move asks for, as "the outcome"."""
        return self.move_label(move).removeprefix("for ")

    def would_end(self, move: str) -> str:
        """What would have made that follow-up unnecessary; empty where nothing would."""
        return self.moves[move].would_end if move in self.moves else ""

    def follow_up_note(self, move: str, target: str | None, reason: str) -> str:
        """Why a follow-up is asked, without any id: "your own part was not heard yet"."""
        label = (
            None if target is None else self.point if target.startswith("point:") else self.slot_label(target)
        )
        if label and reason == f"{target} was not heard":
            return f"{lower_first(label)} was not heard yet"
        about = self.move_label(move)
        return f"{about}; {plain_reason(reason, target, label)}" if reason else about


def lower_first(name: str) -> str:
    """A name as it stands within a sentence: with a small letter first."""
    return f"{name[:1].lower()}{name[1:]}"


def plain_reason(reason: str, target: str | None, label: str | None) -> str:
    """The engine's reason with the plain name of what it was after, quoted, in place of its id."""
    if target and label:
        reason = re.sub(rf"\b{re.escape(target)}\b", lambda _: f"“{label}”", reason)
    return reason.strip()
