"""Answers with the moves a good interviewer could make next, and how often an engine makes one of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from voice_interviewer.content.resources import list_banks, load_house
from voice_interviewer.core.model.bank import Question
from voice_interviewer.engine.port import Engine
from voice_interviewer.engine.written import read_item, written_context

FOLDER = Path(__file__).parent / "engine" / "moves"
MAX_PROBES = 2


@dataclass(frozen=True)
class Judged:
    """What an engine chose for one answer, and what a judge would have accepted or found clearly wrong."""

    id: str
    move: str
    target: str | None
    accept: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        return self.move in self.accept

    @property
    def clearly_wrong(self) -> bool:
        return self.move in self.wrong


@cache
def known_questions() -> dict[str, Question]:
    """Every question of every bank, and those around an interview, by id."""
    house = load_house()
    questions = [question for entry in list_banks() for question in entry.bank.questions]
    return {question.id: question for question in (*questions, *house.warmups, *house.candidate_questions)}


def cases(name: str) -> list[dict[str, Any]]:
    """The answers of tests/engine/moves/NAME.yaml."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def judge(engine: Engine, names: Iterable[str]) -> list[Judged]:
    """The engine's choice for every answer of these files."""
    fields = ("id", "question", "question_text", "type", "level", "history", "text")
    results = []
    for case in (case for name in names for case in cases(name)):
        item = read_item({key: value for key, value in case.items() if key in fields})
        question = known_questions().get(item.question or "")
        chosen = engine.reply(written_context(item, question, "mid", MAX_PROBES)).chosen
        wrong = tuple(case.get("wrong", ()))
        results.append(Judged(case["id"], chosen.move, chosen.target, tuple(case["accept"]), wrong))
    return results


def rates(results: Sequence[Judged]) -> tuple[float, float]:
    """Share of accepted moves, share of clearly wrong ones."""
    count = len(results)
    return sum(each.accepted for each in results) / count, sum(each.clearly_wrong for each in results) / count


def confusion(results: Sequence[Judged]) -> str:
    """For each move that would have been best, how many were accepted and what was chosen instead."""
    lines = []
    for best in sorted({each.accept[0] for each in results}):
        here = [each for each in results if each.accept[0] == best]
        instead = Counter(each.move for each in here if not each.accepted)
        listed = ", ".join(f"{move} {count}" for move, count in instead.most_common())
        lines.append(f"{best:14} {sum(each.accepted for each in here):3} of {len(here):3}   {listed}")
    return "\n".join(lines)
