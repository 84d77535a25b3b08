"""Fillers that a hearing of their own found: counted with those among the words, never twice."""

from delivered import delivery
from timeline import Timeline

from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.understanding.fillers import fillers, with_sounds
from voice_interviewer.review.fold import fold

SAID = tuple(
    Word(text, 400 * at, 400 * at + 300, 0.9)
    for at, text in enumerate(
        ["so", "um", "we", "tried", "it", "and", "you", "know,", "it", "worked", "for", "us"]
    )
)


def sound(at_ms: int, text: str = "uh,") -> Word:
    return Word(text, at_ms, at_ms, 0.3)


def test_a_sound_that_both_heard_counts_once() -> None:
    found = with_sounds(fillers(SAID), (sound(500, "Um,"),))
    assert [each.text for each in found] == ["um", "you know,"]


def test_what_only_the_pass_heard_is_added_in_its_place() -> None:
    found = with_sounds(fillers(SAID), (sound(550), sound(700), sound(3500)))
    assert [each.text for each in found] == ["um", "uh,", "you know,", "uh,"]
    assert [each.words for each in found] == [(1,), (), (6, 7), ()]


def test_a_phrase_is_never_taken_for_the_sound_beside_it() -> None:
    assert len(with_sounds(fillers(SAID), (sound(2600),))) == 3


def test_they_are_in_the_delivery_facts() -> None:
    facts = delivery(SAID, sounds=(sound(500), sound(3500)))
    assert len(facts.fillers) == 3
    assert facts.fillers_per_100 == 25.0


def test_the_log_carries_them_to_the_answer_and_the_interview_goes_on() -> None:
    talk = Timeline()
    talk.until_listening()
    talk.answer("we rebuilt the data set", "result", "What came of it?")
    before = talk.state
    heard = e.FillersHeard(talk.now_ms, 1, (sound(talk.now_ms - 3000),))
    assert talk.send(heard) == ()
    assert talk.state == before
    assert e.from_json(e.to_json(heard)) == heard
    assert fold(talk.log).turns[1].sounds == heard.words
