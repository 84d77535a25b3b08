"""The shipped sentence weights, on answers from occupations they were never fitted on."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from sentence_answers import FOLDER, RESULT, Group, answers, gate, pieces, read_groups

from voice_interviewer.content.resources import content
from voice_interviewer.core.model.reading import EMBEDDINGS, LABELS, WORDS
from voice_interviewer.engine.reader.encoder import WIDTH, Encoder
from voice_interviewer.engine.reader.sentences import (
    SentenceScorer,
    decode,
    flag_names,
    flags,
    settled,
    tokens,
)

Score = Callable[[Sequence[str]], dict[str, list[float]]]
HELD = read_groups(FOLDER / "test_occupations.yaml")
TRAINED = read_groups(FOLDER / "sentences.yaml")


@pytest.fixture(scope="module", params=(WORDS, EMBEDDINGS))
def score(request: pytest.FixtureRequest) -> Score:
    """One tier's scorer, over the real encoder where it needs one."""
    scorer = SentenceScorer.load(request.param)
    if request.param == WORDS:
        return scorer.words
    encoder = Encoder.load(request.getfixturevalue("semantic_model"))
    return lambda texts: scorer.embeddings(encoder.encode(texts), texts)


def test_a_quarter_of_the_occupations_was_kept_apart() -> None:
    kept, used = ({group.occupation for group in groups} for groups in (HELD, TRAINED))
    assert not kept & used
    # of those with a story, since "several trades" and the like are no occupation
    telling = {group.occupation for group in TRAINED if group.story}
    assert len(kept) >= 0.25 * (len(kept) + len(telling))
    texts = [each.text for group in (*HELD, *TRAINED) for each in group.sentences]
    assert len(texts) == len(set(texts))
    assert {label for group in (*HELD, *TRAINED) for each in group.sentences for label in each.labels} <= set(
        LABELS
    )


def test_enough_was_labelled_to_learn_from() -> None:
    sentences = [each for group in TRAINED for each in group.sentences]
    counts = {label: sum(label in each.labels for each in sentences) for label in LABELS}
    assert len(sentences) >= 900
    assert sum(bool(each.labels & set(LABELS[:8])) for each in sentences) >= 600
    assert {label: count for label, count in counts.items() if count < 25} == {}


def test_a_result_is_heard_in_answers_of_other_trades(score: Score) -> None:
    """What was aimed at is .80, .10 and .90; the floors are one or two answers below what was measured
    (embeddings .84, .10 and .89, words .79, .09 and .88)."""
    cases = answers(HELD)
    found = gate(cases, lambda texts: score(texts)[RESULT])
    assert found.told + found.untold >= 40
    assert found.recall >= 0.75
    assert found.false_positives <= 0.12
    assert found.noticed >= 0.85


def area(truth: Sequence[bool], values: Sequence[float]) -> float:
    """How often something that is it gets the higher number than something that is not."""
    yes = np.array([value for value, true in zip(values, truth, strict=True) if true])
    no = np.array([value for value, true in zip(values, truth, strict=True) if not true])
    return float((yes[:, None] > no).mean() + (yes[:, None] == no).mean() / 2)


def test_the_parts_of_a_story_are_told_apart(score: Score) -> None:
    sentences = [each for group in HELD for each in group.sentences]
    scores = [score([each.text]) for each in sentences]
    for label in LABELS[:8]:
        truth = [label in each.labels for each in sentences]
        assert area(truth, [each[label][0] for each in scores]) >= 0.9, label


def test_words_that_say_nothing_are_heard_as_nothing(score: Score) -> None:
    empty = [each for group in HELD for each in group.sentences if not each.labels]
    heard = [each for each in empty if score([each.text])[RESULT][0] >= 0.5]
    assert len(heard) <= 0.05 * len(empty)


def test_any_text_is_scored_and_always_the_same(score: Score) -> None:
    odd = [
        "",
        "   ",
        "?!",
        "\N{PILE OF POO} \x00",
        "a" * 5000,
        "I fixed it. " * 300,
        "\N{LATIN SMALL LETTER E WITH ACUTE}t\N{LATIN SMALL LETTER E WITH ACUTE}",
    ]
    first = score(odd)
    assert tuple(first) == LABELS
    assert all(len(row) == len(odd) and all(0 <= each <= 1 for each in row) for row in first.values())
    assert score(odd) == first
    assert all(row == [] for row in score([]).values())


def test_a_clause_is_read_with_its_sentence_and_a_change_before_any_act_is_less_sure() -> None:
    texts = pieces(
        ["The trams stopped in the snow, so nobody came in any more.", "I rang every driver.", "They came."]
    )
    assert texts[1] in texts[0]
    logits = np.zeros((len(texts), len(LABELS)), np.float32)
    result, act = LABELS.index(RESULT), LABELS.index("own_action")
    logits[:, act] = -1
    logits[0, result], logits[1, result] = 2, 0
    assert settled(texts, logits)[1, result] == 1
    acted = next(index for index, text in enumerate(texts) if "rang" in text)
    logits[acted, act] = 1
    found = settled(texts, logits)
    assert found[0, result] == pytest.approx(2 + np.log(0.3 / 0.7), abs=1e-5)
    assert found[-1, result] == logits[-1, result]
    assert (found <= np.maximum(logits, logits[0])).all()


def test_signs_and_words_are_blind_to_case_and_punctuation() -> None:
    assert flags("I fixed it, and NOW it works!") == flags("i fixed it  and now it works ")
    assert len(flags("")) == len(flag_names())
    assert tokens("Forty-two people walked in.") == tokens("forty two people walked in")
    assert "#" in tokens("It took 12 minutes")
    assert tokens("they frobbed")[-1] == "they *ed"


@pytest.mark.parametrize("tier", [WORDS, EMBEDDINGS])
def test_the_weights_belong_to_the_data_and_are_small(tier: str) -> None:
    text = content().joinpath("configs", "sentences", f"{tier}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    sources = (FOLDER / "sentences.yaml", FOLDER / "train_sentences.py")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    assert data["data"] == digest, "run tests/training/train_sentences.py again"
    assert len(text) <= 200_000
    assert set(data["flags"]) <= set(flag_names())
    with pytest.raises(ValueError, match="another version"):
        decode({**data, "format": 0})
    with pytest.raises(ValueError, match="wrong length"):
        decode({**data, "tokens": data["tokens"][1:]})


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="no such tier"):
        SentenceScorer.load("letters")
    with pytest.raises(ValueError, match="need a matrix"):
        SentenceScorer.load(EMBEDDINGS).embeddings(np.zeros((1, WIDTH), np.float32), ["one", "two"])
    with pytest.raises(ValueError, match="need sentence embeddings"):
        SentenceScorer.load(EMBEDDINGS).words(["one"])


def test_a_file_without_a_story_has_no_answers(tmp_path: Path) -> None:
    path = tmp_path / "loose.yaml"
    path.write_text(
        '- {occupation: x, told: loose, sentences: [{t: "It held.", l: [result]}]}', encoding="utf-8"
    )
    groups: tuple[Group, ...] = read_groups(path)
    assert answers(groups) == ()
    assert groups[0].sentences[0].labels == {RESULT}
