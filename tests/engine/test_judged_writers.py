"""The answers that the reader learns from and is measured on: whole, twice judged, and split by writer."""

from collections import Counter

import pytest
from judged_writers import FOLDER, FOLDS, LABELS, MOVES, SEALED, TRAINING, read, read_all

from voice_interviewer.core.model.bank import LEVELS, QUESTION_TYPES

WRITERS = (*TRAINING, *SEALED)


def test_every_writer_is_for_training_or_sealed_and_none_is_both() -> None:
    assert sorted(WRITERS) == sorted(file.stem for file in FOLDER.glob("*.jsonl"))
    assert not set(TRAINING) & set(SEALED)
    assert sorted(writer for group in FOLDS for writer in group) == sorted(TRAINING)


@pytest.mark.parametrize("writer", WRITERS)
def test_an_answer_is_whole(writer: str) -> None:
    answers = read(writer)
    assert len({answer.id for answer in answers}) == len(answers) >= 100
    for answer in answers:
        assert answer.type in QUESTION_TYPES, answer.id
        assert answer.level in LEVELS, answer.id
        assert answer.text, answer.id
        for verdict in answer.verdicts:
            assert verdict.accepted, answer.id
            assert set(verdict.accepted) | set(verdict.wrong) <= set(MOVES), answer.id
            assert not set(verdict.accepted) & set(verdict.wrong), answer.id
            assert verdict.quality in (None, 1, 2, 3, 4, 5), answer.id
        labels = {label for _, one, two in answer.clauses for label in (one, two)} - {None}
        assert labels <= set(LABELS), answer.id


def test_everything_was_judged_by_somebody_else() -> None:
    assert [answer.id for answer in read_all(WRITERS) if answer.judge is None] == []
    assert all(two is not None for answer in read_all(WRITERS) for _, _, two in answer.clauses)


def test_there_is_enough_of_everything() -> None:
    """3,000 answers by 20 writers, 500 of them ordinary, 40 % with earlier turns, every move and every
    label."""
    answers = read_all(WRITERS)
    dense = [answer for answer in answers if not answer.ordinary]
    assert len(answers) >= 3000
    assert len(WRITERS) >= 20
    assert len(answers) - len(dense) >= 500
    assert sum(bool(answer.history) for answer in dense) >= 0.4 * len(dense)
    firsts = Counter(answer.writer.accepted[0] for answer in dense)
    assert min(firsts[move] for move in MOVES) >= 0.03 * len(dense)
    given = Counter(label for answer in answers for _, one, two in answer.clauses if (label := one or two))
    assert all(given[label] for label in LABELS)


def test_sealed_verdicts_are_narrow() -> None:
    """So that a guess is not often right: fewer than 1.8 accepted moves an answer."""
    agreed = [answer for answer in read_all(SEALED) if answer.accepted]
    assert sum(len(answer.accepted) for answer in agreed) <= 1.8 * len(agreed)
