"""What was learned about how long somebody needs, from one interview to the next.

Whoever was cut off is waited for longer next time; every interview without that goes a third of the way
back to the style's own patience. What a person asks for with an option, a variable or their file is theirs:
it is neither changed nor forgotten by this.
"""

from dataclasses import replace

from voice_interviewer.core.turns.state import State
from voice_interviewer.settings.config import Config, load_preferences, save_preferences, style_patience

MOST = 4.0
"""The most patience there is, as in the settings."""
BACK = 1 / 3
"""So much of the way back at each interview in which nobody was cut off."""
AS_GOOD_AS_NONE = 0.05
"""Nobody feels this difference: 50 ms in a second."""
GREETING = "I will wait a little longer, as you asked for last time."


def greeting(config: Config) -> str:
    """What is said of a patience that was learned; empty where none is in use."""
    learned, used = load_preferences().patience, config.turn.patience
    longer = learned is not None and used == learned > style_patience(config.interview.style)
    return GREETING if longer else ""


def learn(config: Config, state: State) -> None:
    """Keep for next time what this interview taught; one without an answer taught nothing. state: its last
    one. Raises as save_preferences does."""
    if not state.agenda.exchanges and not state.floor.cut_offs:
        return
    known, used = load_preferences(), state.settings.patience
    usual = style_patience(config.interview.style)
    needed = used * state.floor.patience if state.floor.cut_offs else None
    patience = next_patience(known.patience, usual, used, needed)
    if patience != known.patience:
        save_preferences(replace(known, patience=patience))


def next_patience(known: float | None, usual: float, used: float, needed: float | None) -> float | None:
    """The patience to begin the next interview with; None: the style's.

    known: learned before. usual: the style's. used: this interview began with it. needed: what it had grown
    to in the end; None where nobody was cut off.
    """
    if needed is not None:
        needed = round(min(MOST, needed), 3)
        return max(needed, known or 0.0) if needed > usual else known
    if known is None or used != known:
        return known
    back = round(known - (known - usual) * BACK, 3)
    return back if back - usual >= AS_GOOD_AS_NONE else None
