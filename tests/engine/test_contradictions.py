"""How many planted contradictions are raised, and how many are raised where there is none.

The aim is to find four of five and to be wrong in one clean interview of fifty. It is reached on the set
that was tuned on, and no example answer of the banks, which nobody wrote to be a trap, raises more than that.
It is NOT reached on the set that was held back: most of the planted ones are missed there, because people
contradict themselves in more words than patterns hold, and some of its traps work. What is asserted for that
set is what was measured, so that it cannot get worse unseen.
"""

import itertools
import re
from pathlib import Path

import pytest
import yaml
from contradiction_sets import load, rates

from voice_interviewer.core.contradictions.ledger import Told, conflicts
from voice_interviewer.core.model.transcript import Transcript

MOVES = Path(__file__).parent / "moves"
QUESTIONS = Path(__file__).parent.parent.parent / "prompts" / "questions"
LEAST_FOUND, MOST_FALSE = 0.8, 0.02


def test_the_set_tuned_on_holds_the_aim() -> None:
    found, planted, false, clean = rates(load(MOVES / "contradictions_dev.yaml"))
    assert found >= LEAST_FOUND * planted
    assert false <= MOST_FALSE * clean


def test_the_set_held_back_holds_the_floor() -> None:
    found, planted, false, _ = rates(load(MOVES / "contradictions_unseen.yaml"))
    assert planted >= 20
    assert found >= FLOOR_FOUND
    assert false <= CEILING_FALSE


FLOOR_FOUND, CEILING_FALSE = 4, 3
"""Of 25 planted ones and of 34 clean interviews, as measured: 16 % found, 9 % false."""


def examples() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(QUESTIONS.glob("*.yaml")):
        for question in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("questions", []):
            if question.get("example"):
                found.append((question["id"], question["say"], question["example"]))
    return found


@pytest.mark.parametrize("halves", [False, True], ids=["one answer", "answer and follow-up"])
def test_stories_that_hold_together_raise_next_to_nothing(halves: bool) -> None:
    """Whole example answers, and the same told in two turns of one question."""
    stories = examples()
    alarms = 0
    for _, say, text in stories:
        told = [Told(1, "q", Transcript.typed(text, 0), say)]
        if halves:
            sentences = re.split(r"(?<=[.?!]) ", text)
            middle = len(sentences) // 2
            parts = (" ".join(sentences[:middle]), " ".join(sentences[middle:]))
            told = [
                Told(1, "q", Transcript.typed(parts[0], 0), say),
                Told(2, "q", Transcript.typed(parts[1], 0), "What happened then?"),
            ]
        alarms += bool(conflicts(told))
    assert len(stories) >= 100
    assert alarms <= MOST_FALSE * len(stories)


def test_stories_of_different_questions_are_kept_apart() -> None:
    """Every two neighbouring examples of the banks as two questions of one interview."""
    stories = examples()
    alarms = 0
    for first, second in itertools.pairwise(stories):
        told = [
            Told(turn, name, Transcript.typed(text, 0), say)
            for turn, (name, say, text) in enumerate((first, second))
        ]
        alarms += bool(conflicts(told))
    assert alarms <= MOST_FALSE * len(stories)
