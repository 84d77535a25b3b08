"""What feedback is made with: how much counts for how much, and the sentences it is said in."""

from collections.abc import Mapping
from dataclasses import dataclass

from voice_interviewer.core.model.catalogue import Catalogue


@dataclass(frozen=True)
class Weights:
    """configs/feedback.toml. weights: by field of `signals.Signals`. needed: by question type, for each
    seniority of `bank.LEVELS` the slots it needs besides those of the one below. The lists hold slot ids, the
    most wanted first; next_first also "example"."""

    weights: Mapping[str, float]
    base: float
    step: float
    needed: Mapping[str, tuple[tuple[str, ...], ...]]
    points_needed_from: str
    keep_first: tuple[str, ...]
    mend_first: tuple[str, ...]
    next_first: tuple[str, ...]


@dataclass(frozen=True)
class RemarkLines:
    """remarks.yaml of a language, its `feedback`: the sentences, with {what} and {count} to be filled in."""

    keep: str
    keep_point: str
    not_heard: str
    plan: str
    too_long: str
    better_left_out: str
    next_not_heard: str
    next_not_heard_often: str
    next_plan: str
    next_plan_often: str
    a_point: str
    no_points: str
    no_story: str
    no_follow_ups: str
    say_example: str
    say_point: str
    gap: str


@dataclass(frozen=True)
class Basis:
    """say: by slot, a sentence to try where it was not heard."""

    catalogue: Catalogue
    weights: Weights
    lines: RemarkLines
    say: Mapping[str, str]
