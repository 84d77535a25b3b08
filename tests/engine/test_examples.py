"""Whether the examples of the banks say what is listened for, to the reader that listens in an interview."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_interviewer.cli.coverage import example_findings, measure
from voice_interviewer.cli.questions import questions as group
from voice_interviewer.content.resources import BankFile, read_bank
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.errors import CheckFailed

BREAD = (
    "I mix flour, water and salt. I let the dough rise for two hours. Then I bake the loaf till it is dark."
)
BOAT = "I check the wind in the morning. I hoist the sail and cast off. At night I drop the anchor in a bay."
LISTENED = {
    "bread": ("How do you bake?", ["I mix flour and water.", "I let the dough rise.", "I bake the loaf."]),
    "boat": ("How do you sail?", ["I check the wind.", "I hoist the sail.", "I drop the anchor at night."]),
}


def bank(folder: Path, **examples: str) -> BankFile:
    sheets = [
        {
            "id": name,
            "say": LISTENED[name][0],
            "points": [{"text": text, "exemplars": [text, text + " So I do."]} for text in LISTENED[name][1]],
            "example": example,
        }
        for name, example in examples.items()
    ]
    path = folder / "bank.yaml"
    path.write_text(json.dumps({"bank": {"id": "mine", "title": "Mine"}, "questions": sheets}, indent=1))
    return read_bank(path)


@pytest.fixture(scope="module")
def encoder(semantic_model: Path) -> Reader:
    return load_reader(str(semantic_model), labels=False)


def test_examples_under_the_wrong_questions_are_found_even_by_words(tmp_path: Path) -> None:
    reader = load_reader("words")
    assert example_findings(bank(tmp_path, bread=BREAD, boat=BOAT), reader) == ()
    found = example_findings(bank(tmp_path, bread=BOAT, boat=BREAD), reader)
    assert [finding.text for finding in found] == [
        "bread: the example of boat fits this question better than its own",
        "boat: the example of bread fits this question better than its own",
    ]
    line = (tmp_path / "bank.yaml").read_text().splitlines()[found[0].line - 1]
    assert BOAT in line


def test_a_point_that_the_example_leaves_out_is_named(tmp_path: Path, encoder: Reader) -> None:
    assert example_findings(bank(tmp_path, bread=BREAD), encoder) == ()
    short = bank(tmp_path, bread=BREAD.replace(" I let the dough rise for two hours.", ""))
    (finding,) = example_findings(short, encoder)
    assert finding.text == "bread: in the example 2 of 3 points are heard, not p2"


def test_a_question_without_an_example_is_left_alone(tmp_path: Path) -> None:
    read = measure(bank(tmp_path, bread="", boat=BOAT), load_reader("words"))
    assert [each.question.id for each in read] == ["boat"]


def test_words_alone_only_note_what_the_encoder_refuses(
    tmp_path: Path, semantic_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank(tmp_path, bread=BOAT, boat=BREAD)
    path = str(tmp_path / "bank.yaml")
    monkeypatch.setenv("VOICE_INTERVIEWER_SEMANTIC", "words")
    result = CliRunner().invoke(group, ["check", path])
    assert "weighted words only" in result.output
    assert "bread: the example of boat fits this question better" in result.output
    assert not any("fits" in line and not line.startswith("note: ") for line in result.output.splitlines())
    monkeypatch.setenv("VOICE_INTERVIEWER_SEMANTIC", str(semantic_model))
    result = CliRunner().invoke(group, ["check", path])
    assert isinstance(result.exception, CheckFailed)
    assert any("fits" in line and not line.startswith("note: ") for line in result.output.splitlines())
