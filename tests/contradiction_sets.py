"""Sets of short interviews, some with a contradiction planted in them, and how many the ledger finds."""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from voice_interviewer.core.contradictions.ledger import Conflict, Told, conflicts
from voice_interviewer.core.model.transcript import Transcript


class Rates(NamedTuple):
    """Found of the planted ones, and false alarms among the clean ones."""

    found: int
    planted: int
    false: int
    clean: int


def raised(told: list[tuple[str, str]]) -> list[Conflict]:
    """What is raised after any of the answers, with the questions' boundaries guessed from their lines."""
    answers: list[Told] = []
    found: list[Conflict] = []
    for turn, (asked, answer) in enumerate(told):
        answers.append(Told(turn, None, Transcript.typed(answer, 0), asked))
        found += conflicts(answers)
    return found


def rates(cases: list[dict[str, Any]]) -> Rates:
    """told holds pairs of question and answer, or mappings with these two keys."""
    found = planted = false = clean = 0
    for case in cases:
        told = [(each["question"], each["answer"]) if isinstance(each, dict) else tuple(each)
                for each in case["told"]]  # fmt: skip
        hit = bool(raised(told))
        planted += case["contradiction"]
        clean += not case["contradiction"]
        found += hit and case["contradiction"]
        false += hit and not case["contradiction"]
    return Rates(found, planted, false, clean)


def load(path: Path) -> list[dict[str, Any]]:
    """The cases of one file."""
    return list(yaml.safe_load(path.read_text(encoding="utf-8")))
