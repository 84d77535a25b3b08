"""How likely a recognised word is right: measures, models by name, and what the shipped weights come to."""

import csv
import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_audio.doubt import DEFAULT, DoubtModel, WordMeasures, measured, model_for
from voice_audio.ports import HeardWord
from voice_audio.transcribers.guards import WhisperSettings

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = WhisperSettings.from_toml((ROOT / "configs" / "whisper.toml").read_text(encoding="utf-8")).doubt
TRAINING = ROOT / "tests" / "training"
PLAIN = DoubtModel(0.5, 0.0, {"certainty": 1.0})
WORDS = (
    HeardWord("Come.", 0, 300, 0.3),
    HeardWord("I", 1500, 1600, 0.9),
    HeardWord("tested", 1600, 2000, 0.99),
    HeardWord("it.", 2000, 2100, 0.8),
)
PIECES = ((0, 320), (1480, 2150))


def test_a_word_is_measured_in_its_piece() -> None:
    lone, first, inner, last = measured(WORDS, PIECES)
    assert (lone.first, lone.last, lone.alone) == (1.0, 1.0, 1.0)
    assert (first.first, first.last, first.alone) == (1.0, 0.0, pytest.approx(1 / 3))
    assert (inner.first, inner.last, last.last) == (0.0, 0.0, 1.0)
    assert inner.length == pytest.approx(math.log(0.67))
    assert inner.before == first.certainty == pytest.approx(math.log(9))
    assert inner.letters == pytest.approx(math.log(6))


def test_without_pieces_gaps_part_the_words() -> None:
    assert [each.first for each in measured(WORDS, ())] == [1.0, 1.0, 0.0, 0.0]


def test_weights_of_nothing_but_certainty_leave_the_probability() -> None:
    assert [word.probability for word in PLAIN.calibrated(WORDS, PIECES)] == pytest.approx(
        [0.3, 0.9, 0.99, 0.8]
    )


def test_a_model_is_found_by_its_name_or_the_default() -> None:
    models = {"tiny.en": PLAIN, DEFAULT: DoubtModel(0.4, 0.0)}
    assert model_for(models, "tiny.en") is model_for(models, "faster-whisper-tiny.en") is PLAIN
    assert model_for(models, "whisper-tiny.en") is PLAIN
    assert model_for(models, "large-v3") is models[DEFAULT]
    assert model_for({}, "tiny.en") is None


@pytest.mark.parametrize("changes", [{"threshold": 0.0}, {"threshold": 1.0}, {"weights": {"loudness": 1.0}}])
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"threshold|loudness"):
        DoubtModel(**{"threshold": 0.5, "bias": 0.0, **changes})  # type: ignore[arg-type]


@st.composite
def hearing(draw: st.DrawFn) -> tuple[tuple[HeardWord, ...], tuple[tuple[int, int], ...]]:
    words, at_ms = [], 0
    for text in draw(st.lists(st.sampled_from(("a", "the", "12%", "-", "University.")), max_size=9)):
        at_ms += draw(st.integers(0, 900))
        end_ms = at_ms + draw(st.integers(0, 700))
        words.append(HeardWord(text, at_ms, end_ms, draw(st.floats(0, 1))))
        at_ms = end_ms
    pieces = tuple((start, start + 400) for start in range(0, draw(st.integers(0, 4000)), 900))
    return tuple(words), pieces


@given(hearing(), st.sampled_from(sorted(SHIPPED)))
def test_any_words_get_a_probability_and_nothing_else(
    heard: tuple[tuple[HeardWord, ...], tuple[tuple[int, int], ...]], name: str
) -> None:
    words, pieces = heard
    found = SHIPPED[name].calibrated(words, pieces)
    assert [(w.text, w.start_ms, w.end_ms) for w in found] == [(w.text, w.start_ms, w.end_ms) for w in words]
    assert all(0 <= word.probability <= 1 for word in found)


def rows(name: str) -> list[tuple[str, WordMeasures, bool]]:
    with (TRAINING / f"doubt_{name}.csv").open(newline="", encoding="utf-8") as lines:
        return [
            (
                row["set"],
                WordMeasures(**{key: float(row[key]) for key in WordMeasures.__dataclass_fields__}),
                row["right"] == "1",
            )
            for row in csv.DictReader(lines)
        ]


@pytest.mark.parametrize("name", ["tiny.en", "base"])
def test_the_shipped_doubt_on_words_it_was_not_fitted_on(name: str) -> None:
    """The words of recordings and answers that report only: few are doubtful, but most of the wrong ones."""
    model = model_for(SHIPPED, name)
    assert model is not None
    judged = [(model.right(each), right) for kind, each, right in rows(name) if not kind.startswith("fit")]
    doubtful = [right for p, right in judged if p < model.threshold]
    wrong = sum(not right for _, right in judged)
    assert len(judged) > 800
    assert len(doubtful) <= 0.12 * len(judged)
    assert sum(not right for right in doubtful) >= 0.55 * wrong


def test_the_shipped_weights_are_those_of_the_script(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("voice_interviewer.bench.word_score")
    monkeypatch.syspath_prepend(str(TRAINING))
    import train_doubt

    train_doubt.fit_all()
    text = capsys.readouterr().out
    printed = tomllib.loads(text[text.index('[doubt."') :])["doubt"]
    assert {name: DoubtModel(**table) for name, table in printed.items()} == dict(SHIPPED)
