"""What the machine goes by beside plan and settings: the same for every interview, and in no record."""

from dataclasses import dataclass

from voice_interviewer.core.turns.turn_end import PauseModel


@dataclass(frozen=True)
class Asides:
    """asides.yaml of a language: what the machine says of its own accord, several wordings in turn."""

    take_your_time: tuple[str, ...]
    anything_to_add: tuple[str, ...]
    offer_to_skip: str
    not_made_out: str
    other_language: str
    parting: str


@dataclass(frozen=True)
class TurnRules:
    """pauses: what a silence may be."""

    asides: Asides
    pauses: PauseModel
