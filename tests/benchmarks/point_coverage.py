"""How well each tier hears which rubric points an answer makes, on labelled answers.

    python tests/benchmarks/point_coverage.py [ENCODER_FOLDER] [ANSWERS.yaml]

Prints for each tier the area under the curve over all judged points, and at the tier's two thresholds the
share of made points above and of missed points below. "as heard" is the same text in lower case without
punctuation, as a small recogniser gives it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from voice_interviewer.content import resources
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader.load import load_reader

DEV = Path(__file__).parents[1] / "engine" / "coverage_dev.yaml"


def as_heard(text: str) -> str:
    return re.sub(r"[^\w' ]", "", text.lower())


def questions() -> dict[str, Question]:
    """Every question of the shipped banks by its id."""
    return {question.id: question for entry in resources.list_banks() for question in entry.bank.questions}


def decisions(reader: Reader, answers: list[dict[str, Any]], heard: bool) -> Iterator[tuple[bool, float]]:
    """For each judged point whether it was made, and how near the answer's nearest piece came to it."""
    known = questions()
    for answer in answers:
        question = known[answer["question"]]
        text = as_heard(answer["text"]) if heard else answer["text"]
        reading = reader.read(question, question.say, Transcript.typed(text, 0))
        for point, made in answer["points"].items():
            yield made, max(reading.points[point], default=0.0)


def area(judged: list[tuple[bool, float]]) -> float:
    """Area under the ROC curve: how often a point that was made comes before one that was not."""
    made = [value for truth, value in judged if truth]
    missed = [value for truth, value in judged if not truth]
    wins = sum((one > two) + (one == two) / 2 for one in made for two in missed)
    return wins / (len(made) * len(missed))


def line(reader: Reader, answers: list[dict[str, Any]], heard: bool) -> str:
    judged = list(decisions(reader, answers, heard))
    reading = reader.read(next(iter(questions().values())), "", Transcript())
    text = f"{reader.tier:10} {'as heard' if heard else 'typed':8} AUC {area(judged):.3f}"
    for name, limit in (("heard", reading.point_heard), ("unsure", reading.point_unsure)):
        made = [value >= limit for truth, value in judged if truth]
        missed = [value < limit for truth, value in judged if not truth]
        text += f"  {name} {limit:.2f}: {sum(made) / len(made):.2f} of the made above,"
        text += f" {sum(missed) / len(missed):.2f} of the missed below"
    return text


def main(folder: str = "", path: str = "") -> None:
    answers = yaml.safe_load(Path(path or DEV).read_text(encoding="utf-8"))
    print(f"{len(answers)} answers, {sum(len(answer['points']) for answer in answers)} judged points")
    for reader in [load_reader("words"), *([load_reader(folder)] if folder else [])]:
        for heard in (False, True):
            print(line(reader, answers, heard))


if __name__ == "__main__":
    main(*sys.argv[1:])
