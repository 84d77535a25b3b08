"""What the last words of an answer look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.core.understanding.endings import Ending, read_ending


def look(text: str) -> Ending:
    return read_ending(tuple(text.split()))


@pytest.mark.parametrize(
    "text",
    [
        "so I went to the",
        "we tried that and",
        "I rang her because",
        "it belongs to my",
        "and then I",
        "I had to walk to",
    ],
)
def test_a_sentence_cannot_stop_there(text):
    assert look(text).open


@pytest.mark.parametrize(
    "text", ["we fixed it in June", "nobody came back", "The pump ran again.", "it was enough"]
)
def test_a_sentence_can_stop_there(text):
    assert not look(text).open
    assert not look(text).filler


def test_a_full_stop_says_nothing():
    assert look("So I went to the.").open
    assert look("We fixed it.") == look("we fixed it")


def test_a_filler_leaves_open_what_was_open_before_it():
    assert look("I asked the um").open
    assert look("I asked the um").filler
    assert not look("I asked her um").open


@pytest.mark.parametrize("text", ["and I I", "we put the the", "I was I was"])
def test_saying_the_same_again_is_a_stammer(text):
    assert look(text).stammer


def test_emphasis_is_no_stammer():
    assert not look("it was very very").stammer


@pytest.mark.parametrize(
    "text",
    [
        "so that would be my answer",
        "I believe that answers your question",
        "and I'd leave it there",
        "we sold it I have nothing to add",
        "it grew by half that's all from my side",
        "they kept the shop open over to you",
    ],
)
def test_words_that_hand_the_answer_over(text):
    assert look(text).closing


@pytest.mark.parametrize(
    "text", ["so that was it", "that's basically everything", "and this is how we solved it"]
)
def test_rounding_a_story_off_is_not_handing_it_over(text):
    assert look(text).rounding
    assert not look(text).closing


@pytest.mark.parametrize(
    "text",
    [
        "my answer to the customer was that",
        "I'll stop there um",
        "then I told him to leave",
        "in the end they left",
    ],
)
def test_words_that_only_sound_like_a_farewell(text):
    assert not look(text).closing


@pytest.mark.parametrize(
    "text", ["does that answer your question", "is that what you meant", "should I go into the costs"]
)
def test_a_question_about_the_answer(text):
    assert look(text).asks_back


@pytest.mark.parametrize(
    "text",
    [
        "good one let me think",
        "could you give me a moment",
        "hang on",
        "just bear with me",
        "I'm just trying to remember the year",
        "one second please",
    ],
)
def test_time_is_asked_for(text):
    assert look(text).hold


@pytest.mark.parametrize(
    "text",
    [
        "we waited for a minute",
        "I think it worked",
        "they let me look after the shop I ran it well",
        "I saw him",
    ],
)
def test_no_time_is_asked_for(text):
    assert not look(text).hold


def test_a_list_is_open_until_its_last_item():
    assert look("I'd do three things first I'd call").list_open
    assert look("I'd do three things first I'd call second I'd write").list_open
    last = look("I'd do three things first I'd call second I'd write and third I'd wait")
    assert last.list_done
    assert not last.list_open
    assert look("there were two reasons one was the price the other was the distance").list_done
    assert not look("I had three things in my bag").list_done
    assert look("I called and then I wrote") == look("I called and next I wrote")


def test_a_list_of_long_ago_is_not_waited_for():
    assert not look("three things mattered " + "and we went on with the work " * 20).list_open


@given(st.lists(st.text(max_size=12), max_size=40))
def test_any_words_can_be_looked_at(words):
    found = read_ending(tuple(words))
    assert found.words <= len(words)
    assert not (found.list_open and found.list_done)


def test_nothing_said_is_nothing():
    assert look("") == Ending()
    assert read_ending(("...",)) == Ending()
