"""What counts as a word that was heard wrong."""

import pytest

from voice_audio.ports import HeardWord
from voice_interviewer.bench.word_score import (
    Score,
    judged,
    literal_words,
    plain_words,
    reliability,
    set_of,
    share_interval,
    summed,
    word_errors,
)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("ten of clubs", "10 of clubs."),
        ("five five", "5 5"),
        ("twelve percent", "12%"),
        ("twelve per cent", "12 percent"),
        ("in eighteen thirteen", "in 1813"),
        ("nineteen hundred", "1900"),
        ("twenty oh five", "20 oh 5"),
        ("two thousand five", "2005"),
        ("one thousand two hundred fifty users", "1,250 users"),
        ("three point five", "3.5"),
        ("the twenty first", "the 21st"),
        ("fifty dollars", "$50"),
        ("I have been", "I've been"),
        ("that is it", "that's it"),
        ("it will not", "it won't"),
        ("okay", "OK"),
        ("'Kay", "okay"),
        ("real-time", "real time"),
        ("Mr. Dashwood", "mister dashwood"),
        ("going to", "gonna"),
        ("Kate’s", "Kate's"),
        ("“18” — 'Fine'", "eighteen fine"),
    ],
)
def test_the_same_sound_in_two_writings_is_the_same_words(said: str, heard: str) -> None:
    assert plain_words(said) == plain_words(heard)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("ten", "12", 1),
        ("five five", "55", 1),
        ("twelve percent", "12", 1),
        ("can", "can't", 1),
        ("um yes", "yes", 1),
        ("", "a", 1),
        ("a b c d", "a x c", 2),
    ],
)
def test_other_words_are_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(plain_words(said), plain_words(heard)) == errors


def test_as_written_forgives_nothing_but_capitals_and_punctuation() -> None:
    assert literal_words("Well-known: it's “18” — 'Fine'.") == ["well", "known", "it's", "18", "fine"]


def test_a_recording_s_kind_names_its_set() -> None:
    kinds = ("read, technical", "short command", "dialogue, 2 speakers", "SPONTANEOUS meeting, fillers", "")
    assert [set_of(kind) for kind in kinds] == ["read", "commands", "dialogue", "ami", "other"]


def test_errors_are_summed_and_their_interval_is_over_recordings() -> None:
    total = summed([Score(0, 100), Score(10, 100), Score(20, 100)])
    assert (total["words"], total["errors"], total["wer"]) == (300, 30, 0.1)
    low, high = total["interval"]
    assert 0 <= low < 0.1 < high <= 0.2
    assert summed([Score(1, 10)] * 5)["interval"] == [0.1, 0.1]
    assert summed([Score(1, 10)] * 2)["interval"] is None
    assert summed([])["wer"] == 0


def test_wilson_s_interval() -> None:
    """15 of 20: worked by hand from the formula."""
    assert share_interval(15, 20) == pytest.approx((0.531, 0.888), abs=0.001)
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(0, 10)[0] == 0.0


def test_a_word_is_right_where_it_was_said() -> None:
    heard = [
        HeardWord(text, 0, 1, p) for text, p in (("we", 0.9), ("hipped", 0.2), ("It.", 0.8), ("now", 0.4))
    ]
    assert judged(["we", "shipped", "it"], heard) == [(0.9, True), (0.2, False), (0.8, True), (0.4, False)]


def test_a_word_read_as_two_is_right_when_both_were_said() -> None:
    heard = [HeardWord("it's", 0, 1, 0.9), HeardWord("21st", 0, 1, 0.7), HeardWord("—", 0, 1, 0.1)]
    assert judged(["it", "is", "twenty", "second"], heard) == [(0.9, True), (0.7, False)]


def test_doubt_that_orders_words_perfectly_has_an_auc_of_one_and_blind_doubt_one_half() -> None:
    perfect = reliability([(0.9, True), (0.8, True), (0.3, False), (1.0, True)], 0.5)
    assert perfect["auc"] == 1.0
    assert (perfect["wrong"], perfect["wrong_found"]) == (1, 1.0)
    assert (perfect["doubtful"], perfect["wrong_among_doubtful"], perfect["wrong_among_sure"]) == (
        0.25,
        1.0,
        0.0,
    )
    assert [(row["from"], row["words"]) for row in perfect["table"]] == [(0.3, 1), (0.8, 1), (0.9, 2)]
    assert reliability([(0.5, True), (0.5, False)], 0.5)["auc"] == 0.5
    assert reliability([(0.5, True)], 0.5)["auc"] is None
    assert reliability([], 0.5)["table"] == []
