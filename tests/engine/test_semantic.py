"""Reading an answer: the sentence encoder, both tiers, and how well they hear what plain words say."""

import importlib.util
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.content.resources import load_bank
from voice_interviewer.core.model.bank import Avoid, Point, Question
from voice_interviewer.core.model.reading import LABELS
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader.encoder import Encoder
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.reader.words import content_stems
from voice_interviewer.errors import ModelProblem

TESTS = Path(__file__).parents[1]
SENTENCES = [
    "I called every customer who had lost money.",
    "We phoned all the clients whose money was gone.",
    "The cake needs forty minutes in a hot oven.",
]
QUESTION = Question(
    "late-parcel",
    "behavioural",
    "Tell me about a parcel that came too late.",
    points=(
        Point(
            "p1", "Told the customer at once", exemplars=("I rang the customer before lunch to say sorry.",)
        ),
        Point("p2", "Found the cause", exemplars=("I traced it and saw the label was wrong.",)),
    ),
    avoid=(Avoid("Blames the driver", ("It was all the driver's fault.",)),),
)
TOLD = "I rang the customer to say sorry. Then we went for lunch. Honestly it was the driver's fault."


@pytest.fixture(scope="session")
def encoder(semantic_model: Path) -> Encoder:
    return Encoder.load(semantic_model)


@pytest.fixture(params=["words", "embeddings"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each tier in turn."""
    if request.param == "words":
        return load_reader("words")
    return load_reader(str(request.getfixturevalue("semantic_model")))


@pytest.fixture(scope="module")
def coverage() -> ModuleType:
    """tests/benchmarks/point_coverage.py."""
    file = TESTS / "benchmarks" / "point_coverage.py"
    spec = importlib.util.spec_from_file_location("point_coverage", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the encoder ------------------------------------------------------------------------------------------


def test_sentences_that_mean_the_same_lie_close(encoder: Encoder) -> None:
    rows = encoder.encode(SENTENCES)
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert float(rows[0] @ rows[1]) > 0.5 > 0.2 > float(rows[0] @ rows[2])


def test_a_text_has_one_embedding_whatever_is_read_with_it(semantic_model: Path) -> None:
    alone = Encoder.load(semantic_model).encode(SENTENCES[:1])[0]
    filled = [f"{sentence} And {number} more." for number in range(20) for sentence in SENTENCES]
    among = Encoder.load(semantic_model).encode([*filled, *SENTENCES])[-3]
    assert float(alone @ among) > 0.9999


def test_what_was_read_once_is_remembered(semantic_model: Path) -> None:
    encoder = Encoder.load(semantic_model)
    first = encoder.encode(SENTENCES)
    encoder.__dict__["_model"] = None  # nothing more can be read
    assert np.array_equal(encoder.encode([*reversed(SENTENCES)]), first[::-1])
    with pytest.raises(AttributeError):
        encoder.encode(["something new"])


def test_many_threads_get_the_same_rows(semantic_model: Path) -> None:
    wanted = Encoder.load(semantic_model).encode(SENTENCES)
    shared = Encoder(semantic_model)  # loaded by whoever comes first
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: shared.encode(SENTENCES), range(24)))
    assert all(np.allclose(rows, wanted, atol=1e-5) for rows in found)


@pytest.mark.parametrize("text", ["", " ", "\ud800 broken", "\0", "\N{GRINNING FACE}" * 40, "word " * 3000])
def test_any_text_can_be_encoded(encoder: Encoder, text: str) -> None:
    assert math.isclose(float(np.linalg.norm(encoder.encode([text])[0])), 1, abs_tol=1e-4)


def test_no_text_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


# --- which tier -------------------------------------------------------------------------------------------


def test_a_folder_that_was_asked_for_must_be_usable(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ModelProblem) as caught:
            load_reader(str(folder))
        assert caught.value.exit_code == 3


def test_a_damaged_encoder_is_refused_by_name(tmp_path: Path, semantic_model: Path) -> None:
    damaged = tmp_path / "reader"
    shutil.copytree(semantic_model, damaged)
    (damaged / "model.bin").write_bytes((damaged / "model.bin").read_bytes()[:100_000])
    with pytest.raises(ModelProblem, match="cannot be loaded"):
        load_reader(str(damaged)).read(QUESTION, QUESTION.say, Transcript.typed(TOLD, 0))


# --- reading ----------------------------------------------------------------------------------------------


def test_every_row_has_a_number_for_every_piece(reader: Reader) -> None:
    reading = reader.read(QUESTION, QUESTION.say, Transcript.typed(TOLD, 0))
    count = len(reading.units)
    assert count == 3
    assert set(reading.points) == {"p1", "p2"}
    assert {len(row) for row in (*reading.points.values(), *reading.avoid, reading.asked)} == {count}
    assert all(name in LABELS and len(row) == count for name, row in reading.labels.items())
    assert len(reading.avoid) == 1
    assert 0 < reading.point_unsure < reading.point_heard < 1


def test_a_point_is_heard_in_the_piece_that_makes_it(reader: Reader) -> None:
    reading = reader.read(QUESTION, QUESTION.say, Transcript.typed(TOLD, 0))
    told, cause = reading.points["p1"], reading.points["p2"]
    assert told.index(max(told)) == 0
    assert max(told) >= reading.point_heard
    assert max(cause) < reading.point_unsure
    assert reading.avoid[0].index(max(reading.avoid[0])) == 2


def test_the_question_said_back_is_close_to_what_was_asked(reader: Reader) -> None:
    said = "A parcel that came too late, tell me about that. I grew up beside the sea."
    asked = reader.read(QUESTION, QUESTION.say, Transcript.typed(said, 0)).asked
    assert asked[0] > 0.7 > 0.3 > asked[-1]


def test_reading_is_the_same_every_time(reader: Reader) -> None:
    answer = Transcript.typed(TOLD, 0)
    assert reader.read(QUESTION, QUESTION.say, answer) == reader.read(QUESTION, QUESTION.say, answer)


def test_nothing_said_is_nothing_heard(reader: Reader) -> None:
    reading = reader.read(QUESTION, QUESTION.say, Transcript())
    assert (reading.tier, reading.units, reading.points, reading.labels) == (reader.tier, (), {}, {})


def test_a_question_without_points_or_advice_can_be_read(reader: Reader) -> None:
    bare = Question("bare", "factual", "When can you start?")
    reading = reader.read(bare, bare.say, Transcript.typed("From the first of May on.", 0))
    assert (reading.points, reading.avoid, len(reading.asked)) == ({}, (), 1)


@given(st.text(max_size=200))
def test_no_words_break_the_reader(text: str) -> None:
    reading = load_reader("words").read(QUESTION, text, Transcript.typed(text, 0))
    assert all(0 <= value <= 1 for row in reading.points.values() for value in row)


def test_preparing_leaves_nothing_of_the_question_to_encode(semantic_model: Path) -> None:
    reader = load_reader(str(semantic_model))
    reader.prepare(QUESTION, QUESTION.say)  # type: ignore[attr-defined]
    known = set(reader.encoder._known)  # type: ignore[attr-defined]
    assert {QUESTION.say, *QUESTION.avoid[0].signs, *QUESTION.points[0].exemplars} <= known


def test_stems_leave_out_what_carries_no_content() -> None:
    assert content_stems("I was calling the nurses at two, and she called me the next day.") == (
        "call",
        "nurs",
        "call",
    )


# --- how well ---------------------------------------------------------------------------------------------


def judged(coverage: ModuleType, reader: Reader, heard: bool) -> list[tuple[bool, float]]:
    answers = yaml.safe_load((TESTS / "engine" / "coverage_dev.yaml").read_text(encoding="utf-8"))
    return list(coverage.decisions(reader, answers, heard))


LEAST_AREA = {"words": 0.80, "embeddings": 0.90}


@pytest.mark.parametrize("heard", [False, True], ids=["typed", "as_heard"])
def test_plain_words_reach_their_points(coverage: ModuleType, reader: Reader, heard: bool) -> None:
    found = judged(coverage, reader, heard)
    assert coverage.area(found) >= LEAST_AREA[reader.tier]
    limit = reader.read(QUESTION, "", Transcript()).point_heard
    missed = [value for truth, value in found if not truth]
    assert sum(value < limit for value in missed) / len(missed) >= 0.9  # what is called heard was said


ELSEWHERE = (
    "You feed the starter in the evening, then you mix flour and water and fold it every half hour.",
    "My flatmate has two cats and they wake me up at five. In the winter I read a lot about old trains.",
    "We flew to Lisbon in April and it rained for three days, so we mostly sat in cafes and played cards.",
)


def test_an_answer_about_something_else_makes_hardly_any_point(reader: Reader) -> None:
    heard = near = count = 0
    for question in (*load_bank("ai-ethics-specialist").questions, *load_bank("nurse").questions):
        for text in ELSEWHERE:
            reading = reader.read(question, question.say, Transcript.typed(text, 0))
            best = [max(row) for row in reading.points.values()]
            count += len(best)
            heard += sum(value >= reading.point_heard for value in best)
            near += sum(value >= reading.point_unsure for value in best)
    assert count > 500
    assert heard <= 0.01 * count
    assert near <= 0.1 * count


def test_trade_words_alone_make_no_point(reader: Reader) -> None:
    stuffed = (
        "Responsible AI is in our DNA. We leverage best in class guardrails, transparency, accountability and"
        " stakeholder alignment. It is a holistic journey of synergy and excellence."
    )
    question = next(q for q in load_bank("ai-ethics-specialist").questions if q.id == "dir-llm-harm")
    reading = reader.read(question, question.say, Transcript.typed(stuffed, 0))
    assert all(max(row) < reading.point_heard for row in reading.points.values())
