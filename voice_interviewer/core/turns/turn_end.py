"""How likely is this pause the end of the answer, and how long is it worth waiting to find out?

Three things a silence can be: a breath inside the answer, a pause to think, or the end. A linear model
(configs/turn_end.toml, fitted by tests/training/train_gate.py) gives their odds from what is known when the
silence begins; how long breaths and thinking last is known from laws. The floor is then taken after the wait
that costs least: every second of a silence after the end costs 1, a cut answer `GateSettings.cut_cost_s`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from voice_interviewer.core.model.bank import USUAL_S
from voice_interviewer.core.model.evidence import RANK, Slot
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.understanding.endings import Ending

HASTE = 2
"""Under a patience of 1 the price of a cut falls with this power of it."""
LONG_MS = 1500
"""From here on a pause is one to think in."""
BREATH_MS, BREATH_SPREAD = 780.0, 0.6
"""Breaths are lognormal: median of all clauses, sentences and hesitations together, and the spread of their
logarithm (measured pauses of spontaneous speech lie between 0.2 and 1 s, with a tail)."""
THINK_SCALE_MS, THINK_SHAPE = 2000.0, 1.7
"""Thinking lasts LONG_MS and then as long as a Weibull law of this scale and shape says. It is smooth on
purpose: a law that knows where the benchmark's pauses end makes every careful wait just longer than that."""
OWN_PAUSES = 12
"""The candidate's own breaths count against the law as if it had been seen so often."""
STEP_MS = 100
"""Waits this far apart are compared."""
SPEECH_WORDS_PER_S = 1.15
"""Answers are told in so many words per second of their target: a good answer may well be shorter than it."""
UNKNOWN_S = 90
"""Length of a good answer to a question nothing is known of."""
FOLLOW_UP = 0.4
"""An answer to a follow-up is whole at this share of the length."""
LOST_MS = 200
"""The last word ends so long before the sound did: the last thing said is not among the words."""
STORY = ("own_action", "result", "measure", "reflection")
SIGNS = (
    "short", "short_squared", "long", "behavioural", "factual", "brief_type", "open", "leaning",
    "broken", "closing", "rounding", "asks_back", "trailing", "list_open", "list_done", "lost",
    "open_lost", "own_action", "result", "measure", "reflection", "slots", "points", "thought",
    "habit", "run", "since_thought", "ending",
)  # fmt: skip
"""What the model sees, in its order."""


@dataclass(frozen=True)
class Odds:
    """What a silence may be: the three sum to 1."""

    breath: float
    thinking: float
    end: float


@dataclass(frozen=True)
class PauseModel:
    """What makes a silence each of the three: a bias, then one weight for each of SIGNS."""

    breath: tuple[float, ...]
    thinking: tuple[float, ...]
    end: tuple[float, ...]


LOST = SIGNS.index("lost")


class Seen(Protocol):
    """What the signs are taken from: fields of `gate.Observation`."""

    @property
    def words(self) -> tuple[Word, ...]: ...
    @property
    def silent_since_ms(self) -> int: ...
    @property
    def question_type(self) -> str: ...
    @property
    def target_s(self) -> int: ...
    @property
    def follow_up(self) -> bool: ...
    @property
    def slots(self) -> tuple[Slot, ...] | None: ...
    @property
    def ending(self) -> float | None: ...
    @property
    def assessed_words(self) -> int: ...
    @property
    def pauses_ms(self) -> tuple[int, ...]: ...


def signs(seen: Seen, look: Ending) -> tuple[float, ...]:
    """The values of SIGNS at the beginning of a silence. What is not known counts as being in the middle."""
    words, question_type = seen.words, seen.question_type
    expected = SPEECH_WORDS_PER_S * (seen.target_s or USUAL_S.get(question_type, UNKNOWN_S))
    share = math.log((look.words + 3) / (expected * (FOLLOW_UP if seen.follow_up else 1)))
    gaps = [after.start_ms - word.end_ms for word, after in pairwise(words)]
    lost = bool(words) and seen.silent_since_ms - words[-1].end_ms > LOST_MS
    story = question_type == "behavioural"
    kinds, points = _heard(seen.slots, story)
    thinking = sum(pause >= LONG_MS for pause in seen.pauses_ms)
    known = seen.ending is not None and seen.assessed_words == len(words)
    return (
        min(share, 0.0),
        min(share, 0.0) ** 2,
        max(share, 0.0),
        float(story),
        float(question_type == "factual"),
        float(question_type in ("motivation", "warmup")),
        float(look.open and not lost),
        float(look.leaning and not lost),
        float(look.filler or look.stammer),
        float(look.closing),
        float(look.rounding),
        float(look.asks_back),
        float(look.trailing),
        float(look.list_open),
        float(look.list_done),
        float(lost),
        float(look.open and lost),
        *kinds,
        points,
        min(sum(gap >= LONG_MS for gap in gaps), 4) / 2,
        math.log((thinking + 2) / (len(seen.pauses_ms) + 10)),
        math.log(1 + _since(gaps, 300)),
        math.log(1 + _since(gaps, LONG_MS)),
        2 * (seen.ending or 0.0) - 1 if known else 0.0,
    )


def _heard(slots: tuple[Slot, ...] | None, story: bool) -> tuple[tuple[float, ...], float]:
    """How much was heard: each part of a story, the slots of another type, the points."""
    if slots is None:
        return (*((0.5,) * 4 if story else (0.0,) * 4), 0.0 if story else 0.5), 0.5
    rank = {slot.id: RANK.get(slot.state, 0) / 2 for slot in slots}
    points = [value for name, value in rank.items() if name.startswith("point:")]
    others = [value for name, value in rank.items() if not name.startswith("point:")]
    parts = tuple(rank.get(name, 0.0) if story else 0.0 for name in STORY)
    mean = sum(others) / len(others) if others and not story else 0.0
    return (*parts, mean), sum(points) / len(points) if points else 0.5


def _since(gaps: Sequence[int], pause_ms: int) -> int:
    """Words since the last gap of that length."""
    for back, gap in enumerate(reversed(gaps)):
        if gap >= pause_ms:
            return back + 1
    return len(gaps) + 1


def odds(values: Sequence[float], model: PauseModel) -> Odds:
    """The model's odds for these values of SIGNS."""
    logits = [
        row[0] + sum(weight * value for weight, value in zip(row[1:], values, strict=True))
        for row in (model.breath, model.thinking, model.end)
    ]
    top = max(logits)
    parts = [math.exp(logit - top) for logit in logits]
    return Odds(*(part / sum(parts) for part in parts))


def breath_ms(pauses_ms: Sequence[int]) -> float:
    """The median of this candidate's breaths, as far as their own pauses tell."""
    own = [math.log(max(pause, 200)) for pause in pauses_ms if pause < LONG_MS]
    usual = OWN_PAUSES * math.log(BREATH_MS / 1.2)
    return 1.2 * math.exp((usual + sum(own)) / (OWN_PAUSES + len(own)))


def outlasts_breath(silence_ms: float, median_ms: float) -> float:
    """The share of breaths that last longer."""
    return 0.5 * math.erfc(math.log(silence_ms / median_ms) / (BREATH_SPREAD * math.sqrt(2)))


def outlasts_thinking(silence_ms: float) -> float:
    """The share of pauses to think that last longer."""
    if silence_ms <= LONG_MS:
        return 1.0
    return math.exp(-(((silence_ms - LONG_MS) / THINK_SCALE_MS) ** THINK_SHAPE))


def wait_ms(
    chances: Odds,
    pauses_ms: Sequence[int] = (),
    patience: float = 1.0,
    settings: GateSettings | None = None,
) -> int:
    """The silence after which taking the floor costs least, in ms.

    Less patience makes a cut cheaper instead of every wait shorter: half of five seconds is too long after an
    end and too short for a thought. More patience makes every wait longer."""
    key = round(chances.breath, 3), round(chances.thinking, 3), round(chances.end, 3)
    settings = settings or GateSettings()
    cut_s = settings.cut_cost_s * min(patience, 1.0) ** HASTE
    median_ms = 10 * round(breath_ms(pauses_ms) / 10)
    wait = _cheapest(*key, median_ms, cut_s, settings.least_wait_ms, settings.most_wait_ms)
    return round(wait * max(patience, 1.0))


@lru_cache(4096)
def _cheapest(
    breath: float, thinking: float, end: float, median_ms: int, cut_s: float, least_ms: int, most_ms: int
) -> int:
    def cost(wait: int) -> float:
        still = breath * outlasts_breath(wait, median_ms) + thinking * outlasts_thinking(wait)
        return end * wait / 1000 + cut_s * still

    return min(range(least_ms, most_ms + 1, STEP_MS), key=cost)
