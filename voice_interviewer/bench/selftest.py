"""How far feedback can be trusted on this machine: answers of known order, scored by whoever scores here.

A level is shown no finer than this measures. What was measured is kept with the program's version, so that a
newer program is measured anew; where nothing was measured, nothing is claimed.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal

from voice_interviewer import __version__
from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.resources import content, list_banks
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.feedback import Material, Score
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.settings.selftest_card import Card

FLOOR = 0.80
"""Share of pairs in which the strong answer must lie above the weak one, or no level is shown at all."""
IN_NINE_OF_TEN = 0.9
"""The spread is what at least this share of the measured distances stays within."""
MOST_STEPS = 2
"""A level that may be off by more is no level worth showing."""
EXPECTED: Mapping[str, tuple[int, int]] = {"strong": (4, 5), "medium": (2, 4), "weak": (1, 2)}
"""Levels an answer of that strength may have; what lies outside counts as off by so many steps."""
_ANSWER_ONLY = "mid"

Judge = Callable[[Material], Score]
Tells = Literal["past", "plan"]


class Case(Strict):
    """Three answers to one question, and the strong one misheard. tells: what the strong one does."""

    id: Text
    question: Text
    tells: Tells
    strong: Text
    medium: Text
    weak: Text
    misheard: Text


class NoAnswer(Strict):
    """What must get no level."""

    question: Text
    text: str


class Answers(Strict):
    """configs/selftest/answers.yaml. padding and praise go behind an answer and must move nothing; a
    retraction must lower it."""

    cases: tuple[Case, ...]
    never: tuple[NoAnswer, ...]
    padding: tuple[Text, ...]
    praise: tuple[Text, ...]
    retraction: dict[Tells, tuple[Text, ...]]


def load_answers() -> Answers:
    """The answers that come with the product."""
    return read_answers(content().joinpath("configs", "selftest", "answers.yaml"))


def read_answers(path: Traversable) -> Answers:
    """Raises BankProblem with file and line for a mistake, UsageProblem for a file that is not there."""
    located = read_yaml(path)
    return validated(Answers, located.data, located)


def run_selftest(
    judge: Judge, tier: str, answers: Answers | None = None, heard: Callable[[int, int], None] | None = None
) -> Card:
    """Has every answer scored. heard(done, all): called after each. Keeps nothing."""
    answers = answers or load_answers()
    items = list(_items(answers))
    levels: dict[tuple[str, str], int | None] = {}
    for done, (key, question, text) in enumerate(items, 1):
        levels[key] = judge(_material(question, text)).level
        if heard:
            heard(done, len(items))
    return _card(tier, answers, levels)


# --- what is scored ---------------------------------------------------------------------------------------


def _items(answers: Answers) -> Iterator[tuple[tuple[str, str], str, str]]:
    """(case, kind), the question's id and the text, for everything there is to score."""
    for at, case in enumerate(answers.cases):
        padding = answers.padding[at % len(answers.padding)]
        praise = answers.praise[at % len(answers.praise)]
        takes_back = answers.retraction[case.tells]
        texts = {
            "strong": case.strong,
            "medium": case.medium,
            "weak": case.weak,
            "strong word errors": case.misheard,
            "strong padding": f"{case.strong} {padding}",
            "weak padding": f"{case.weak} {padding}",
            "medium praise": f"{case.medium} {praise}",
            "weak praise": f"{case.weak} {praise}",
            "strong retraction": f"{case.strong} {takes_back[at % len(takes_back)]}",
        }
        yield from (((case.id, kind), case.question, text) for kind, text in texts.items())
    for at, none in enumerate(answers.never):
        yield ("", str(at)), none.question, none.text


@cache
def _questions() -> dict[str, Question]:
    return {question.id: question for entry in list_banks() for question in entry.bank.questions}


def _material(question_id: str, text: str) -> Material:
    question = _questions()[question_id]
    exchange = Exchange(1, question.id, question.say, None, Transcript.typed(text, 0))
    return Material(question, question.level or _ANSWER_ONLY, (exchange,), typed=True)


# --- what comes of it -------------------------------------------------------------------------------------


def _card(tier: str, answers: Answers, levels: Mapping[tuple[str, str], int | None]) -> Card:
    def level(case: Case, kind: str) -> int:
        return levels[case.id, kind] or 0

    cases, strengths = answers.cases, tuple(EXPECTED)
    moved: dict[str, list[int]] = {}
    for case in cases:
        for kind in ("strong word errors", "strong padding", "weak padding", "medium praise", "weak praise"):
            strength, what = kind.split(" ", 1)
            if levels[case.id, strength] is not None:
                moved.setdefault(what, []).append(abs(level(case, kind) - level(case, strength)))
    off = [_outside(found, name) for case in cases for name in strengths if (found := levels[case.id, name])]
    above = [level(case, "strong") > level(case, "weak") for case in cases]
    order = [
        level(case, "strong") >= level(case, "medium") >= level(case, "weak")
        for case in cases
        if levels[case.id, "medium"] is not None  # what has no level has no place between two others
    ]
    lowered = [level(case, "strong retraction") < level(case, "strong") for case in cases]
    return Card(
        tier=tier,
        version=__version__,
        pairs=len(cases),
        strong_over_weak=_share(above),
        in_order=_share(order),
        never_scored=_share([levels["", str(at)] is None for at in range(len(answers.never))]),
        lost=sum(levels[case.id, name] is None for case in cases for name in ("strong", "medium")),
        moves={what: round(sum(steps) / len(steps), 2) for what, steps in moved.items()},
        retraction_lowers=_share(lowered),
        spread=_spread(_share(above), off, moved),
    )


def _outside(level: int, strength: str) -> int:
    low, high = EXPECTED[strength]
    return max(low - level, level - high, 0)


def _share(results: Sequence[bool]) -> float:
    return round(sum(results) / len(results), 3) if results else 0.0


def _spread(above: float, off: Sequence[int], moved: Mapping[str, Sequence[int]]) -> int | None:
    """The larger of two: how far levels lie from where they belong, and how far something moves them that
    says nothing. Each as what nine in ten stay within; None below the floor or beyond two steps."""
    steps = max(map(_nine_in_ten, (off, *moved.values())), default=0)
    return None if above < FLOOR or steps > MOST_STEPS else steps


def _nine_in_ten(steps: Sequence[int]) -> int:
    ordered = sorted(steps)
    return ordered[math.ceil(IN_NINE_OF_TEN * len(ordered)) - 1] if ordered else 0
