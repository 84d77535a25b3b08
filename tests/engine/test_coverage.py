"""How well each tier hears which points of a question an answer makes, on answers by another writer.

The figures for coverage_unseen.yaml as a whole were seen while the method was chosen, its answers never.
"""

import sys
from pathlib import Path

import pytest
import yaml

from voice_interviewer.core.model.evidence import HEARD
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.evidence import assess
from voice_interviewer.engine.reader.load import load_reader

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import point_coverage as benchmark

ANSWERS = yaml.safe_load((Path(__file__).parent / "coverage_unseen.yaml").read_text(encoding="utf-8"))


def area(reader: str) -> float:
    """The area under the curve over every judged point."""
    judged = list(benchmark.decisions(load_reader(reader), ANSWERS, heard=False))
    made = [near for was_made, near in judged if was_made]
    missed = [near for was_made, near in judged if not was_made]
    wins = sum((one > other) + 0.5 * (one == other) for one in made for other in missed)
    return wins / (len(made) * len(missed))


def test_weighted_words_reach_their_bar() -> None:
    assert area("words") >= 0.70


def test_embeddings_reach_theirs(semantic_model: Path) -> None:
    assert area(str(semantic_model)) >= 0.88


@pytest.mark.parametrize("tier", ["words", "embeddings"])
def test_big_words_make_no_points(tier: str, request: pytest.FixtureRequest) -> None:
    reader = load_reader("words" if tier == "words" else str(request.getfixturevalue("semantic_model")))
    empty = [answer for answer in ANSWERS if not any(answer["points"].values())]
    assert len(empty) >= 8
    for answer in empty:
        question = benchmark.questions()[answer["question"]]
        said = Transcript.typed(answer["text"], 0)
        slots = assess(question, said, reader.read(question, question.say, said))
        points = [slot.state == HEARD for slot in slots if slot.id.startswith("point:")]
        assert sum(points) <= 0.25 * len(points), answer["question"]
