"""The files of words a person reads: exactly the sentences there have to be, each with its places."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from known_moves import CATALOGUE

from voice_interviewer.content.follow_ups import read_follow_ups
from voice_interviewer.content.remarks import load_basis, load_note_lines
from voice_interviewer.content.resources import REVIEW, words
from voice_interviewer.content.review_words import load_review_words, read_review_words
from voice_interviewer.content.sentences import checked, wanted
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.learning.progress import TRENDS
from voice_interviewer.engine.written import guess_follow_up
from voice_interviewer.errors import BankProblem


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("other: x", "'keep' is missing"),
        ("keep: 'Keep {what}.'\nmore: x", "unknown key 'more'"),
        ("keep: 'Keep this.'", "'keep' needs {what}"),
        ("keep: 'Keep {what} {count}.'", "'keep' needs {what}"),
        ("keep: 'Keep {what}.'\nplain: '{what}'", "'plain' needs no {place}"),
    ],
)
def test_a_sentence_that_is_not_as_it_has_to_be_is_named(
    tmp_path: Path, written: str, complaint: str
) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(written, encoding="utf-8")
    located = read_yaml(path)
    names = wanted("keep what", "plain") if "plain" in written else wanted("keep what")
    with pytest.raises(BankProblem) as problem:
        checked(located.data, names, located)
    assert complaint in problem.value.message
    assert f"{path}:" in problem.value.message


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  as_before:", "  as_ever:", "'as_before' is missing"),
        ('numbered: "Question {number}"', 'numbered: "Question"', "'numbered' needs {number}"),
        ('drill: "Drill: {what}"', 'drill: "Drill"', "'drill' needs {what}"),
        ("trends:", "tendencies:", "'tendencies'"),
    ],
)
def test_a_mistake_in_the_words_of_the_review_is_one_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    text = words(REVIEW).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "review.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BankProblem) as problem:
        read_review_words(path)
    assert "review.yaml:" in problem.value.message
    assert complaint in problem.value.message or "missing" in problem.value.message


@pytest.mark.parametrize("load", [load_basis, load_note_lines, load_review_words])
def test_words_are_read_once(load: Callable[[], Any]) -> None:
    assert load() is load()


def test_every_id_has_its_words() -> None:
    shown = load_review_words()
    assert set(shown.trends) == set(TRENDS)
    assert shown.ending(None) == shown.ending("never heard of") == shown.endings["open"]
    assert shown.outcomes.of_one(None) == shown.outcomes.not_looked_at
    basis = load_basis()
    assert basis.catalogue == CATALOGUE
    assert all(line.count("[add: ") == line.count("]") for line in basis.say.values())


def test_a_follow_up_of_others_is_known_by_the_first_pattern_that_fits(tmp_path: Path) -> None:
    assert guess_follow_up("Why did you leave it out, what did you give up?") == "tradeoff"
    assert guess_follow_up("Why that way?") == "reasoning"
    assert guess_follow_up("Go on.") == "depth"
    path = tmp_path / "follow_ups.yaml"
    for written, complaint in (
        ("resut: x", "there is no move 'resut'"),
        ("result: '('", "no regular expression"),
    ):
        path.write_text(written, encoding="utf-8")
        with pytest.raises(BankProblem, match=complaint):
            read_follow_ups(path)
