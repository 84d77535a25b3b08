"""What the self-test found about the feedback's levels on this machine, kept with the program's version."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from voice_interviewer import __version__
from voice_interviewer.content.toml_file import write_private
from voice_interviewer.settings.places import cache_dir


@dataclass(frozen=True)
class Card:
    """A report card. Shares are 0 to 1; moves: mean distance in steps by what was done to the answer; spread:
    how many steps a level may be off, 0 to 2, None where levels are hidden. lost: answers without a level."""

    tier: str
    version: str
    pairs: int
    strong_over_weak: float
    in_order: float
    never_scored: float
    lost: int
    moves: dict[str, float]
    retraction_lowers: float
    spread: int | None

    @property
    def passed(self) -> bool:
        """Whether levels can be shown, and nothing that is no answer got one."""
        return self.spread is not None and self.never_scored == 1.0


_KEPT = TypeAdapter(dict[str, Card])


def keep(card: Card) -> Path:
    """Writes the card beside those of the other tiers. Returns the file. Raises OSError."""
    path = _file()
    cards = {**_kept(path), card.tier: card}
    write_private(path, json.dumps({tier: asdict(kept) for tier, kept in cards.items()}, indent=1) + "\n")
    return path


def measured_spread(tier: str) -> int | None:
    """How many steps a level of this tier may be off on this machine, as measured with this version of the
    program: 0, 1 or 2. None where that was never measured, or where levels mean too little to be shown;
    a level nobody measured is shown as one that may be a step off."""
    card = _measured(tier)
    return card.spread if card else None


def _measured(tier: str) -> Card | None:
    card = _kept(_file()).get(tier)
    return card if card and card.version == __version__ else None


def _kept(path: Path) -> dict[str, Card]:
    """What is not there, or is no such file any more, was never measured."""
    try:
        return _KEPT.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}


def _file() -> Path:
    return cache_dir() / "selftest.json"
