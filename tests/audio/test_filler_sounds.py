"""What is believed of a hearing for fillers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_audio.ports import HeardWord
from voice_audio.transcribers.filler_sounds import MOST_IN_A_ROW, believed, is_filler_sound


def heard(text: str) -> tuple[HeardWord, ...]:
    return tuple(HeardWord(word, 300 * at, 300 * at + 200, 0.5) for at, word in enumerate(text.split()))


@pytest.mark.parametrize("text", ["um", "Um,", "uh...", "Uhm", "erm", "er", "hmm", "Mm.", "Ehm"])
def test_sounds(text: str) -> None:
    assert is_filler_sound(text)


@pytest.mark.parametrize("text", ["Yeah.", "a", "the", "am", "hum", "uh-huh", "mm-hmm", "", "oh"])
def test_no_word_and_no_answer_is_one(text: str) -> None:
    assert not is_filler_sound(text)


def test_nothing_but_the_sounds_is_taken() -> None:
    found = believed(heard("So, um, I was uh there. Yeah."), 0.0)
    assert [word.text for word in found] == ["um,", "uh"]
    assert found[0].start_ms == 300


def test_a_row_of_them_is_a_loop() -> None:
    assert believed(heard("I um uh tried " + "um, " * 9 + "it"), 0.0) == heard("I um uh tried")[1:3]


def test_less_probable_ones_are_left_out() -> None:
    assert believed(heard("so um yes"), 0.6) == ()


@given(st.lists(st.sampled_from(("um", "uh,", "yes", "I", "mm")), max_size=20))
def test_never_more_in_a_row_than_believed(texts: list[str]) -> None:
    words = heard(" ".join(texts))
    found = believed(words, 0.0)
    assert set(found) <= set(words)
    places = [words.index(word) for word in found]
    runs = [sum(place + step in places for step in range(MOST_IN_A_ROW + 1)) for place in places]
    assert all(run <= MOST_IN_A_ROW for run in runs)
