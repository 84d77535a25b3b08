"""What a model of meaning made of an answer: plain numbers, handed to the core by whoever ran the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from voice_interviewer.core.model.transcript import Span

ORDER = "order"
"""A command to the program ("mark this as complete"). It is no request: it is heard to be passed over."""
LABELS = (
    "situation",
    "own_action",
    "team_action",
    "reasoning",
    "result",
    "measure",
    "reflection",
    "hypothetical",
    "stakeholders",
    "first_step",
    "method",
    "tradeoff",
    "decision",
    "follow_through",
    "constraint",
    "failure_case",
    "validation",
    "goal",
    "people",
    "process",
    "adoption",
)
"""What one sentence of an answer can be; it may be several at once, or none. `why` is read as reasoning and
`approach` as method."""

EMBEDDINGS, WORDS = "embeddings", "words"
"""The tiers: sentence embeddings, or weighted words where no such model is installed."""

ORDER_HEARD = 0.5
"""From this probability on, a unit is an order to the program, and shows nothing."""


@dataclass(frozen=True)
class Reading:
    """One answer as a model read it, piece by piece.

    units: `clauses.units` of the answer. Every row below holds one number per unit. labels: for each of
    LABELS the probability that the unit is that, set so that 0.5 is heard and 0.3 unsure. points: for each
    point id of the question the similarity with its nearest exemplar; point_heard and point_unsure are this
    tier's thresholds for it. avoid: one row per entry of the question's `avoid`. asked: similarity with what
    was asked. requests: as labels, for each kind of `requests.KINDS`: what is said to the interviewer
    instead of an answer, and for ORDER, for which a unit is passed over.
    """

    tier: str
    units: tuple[Span, ...] = ()
    labels: dict[str, tuple[float, ...]] = field(default_factory=dict)
    requests: dict[str, tuple[float, ...]] = field(default_factory=dict)
    points: dict[str, tuple[float, ...]] = field(default_factory=dict)
    avoid: tuple[tuple[float, ...], ...] = ()
    asked: tuple[float, ...] = ()
    moves: dict[str, float] = field(default_factory=dict)
    """Move -> how probably it is the one to make next, in all 1; empty where nobody said."""
    asides: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """What a unit says beside the answer -> a probability per unit: a kind of request (repeat, explain,
    wait, skip, stop, finished, ask_back, accuse), vague, overclaim, disowned, taken_back, off_topic, none."""
    level: float | None = None
    """1 to 5, as an interviewer would give it; None where nobody said."""
    judgeable: float = 1.0
    """How probably there is anything to judge."""
    taken_back: tuple[float, ...] = ()
    """Similarity of each unit with sentences that take something back; empty where nobody looked."""
    point_heard: float = 0.45
    point_unsure: float = 0.33

    def within_order(self, start: int, end: int) -> bool:
        """Whether characters start..end of the answer touch an order to the program."""
        rows = zip(self.units, self.requests.get(ORDER, ()), strict=False)
        return any(value >= ORDER_HEARD and unit.start < end and start < unit.end for unit, value in rows)


def passed_over(units: Sequence[Span], orders: Sequence[float]) -> tuple[bool, ...]:
    """For each unit whether it is an order, lies within one or holds one: such a unit shows nothing. orders:
    how probably each unit is one; none at all where nothing was read for orders."""
    found = [unit for unit, value in zip(units, orders, strict=False) if value >= ORDER_HEARD]
    return tuple(any(_holds(one, unit) or _holds(unit, one) for one in found) for unit in units)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
