"""Delivery facts of one answer: each number against words whose times are known."""

import pytest
from delivered import delivery

from voice_interviewer.core.delivery.answer import Delivery, Stretch
from voice_interviewer.core.model.transcript import Word


def words(count: int, start_ms: int = 1000, step_ms: int = 500, long_ms: int = 300) -> tuple[Word, ...]:
    return tuple(
        Word(f"w{n}", start_ms + n * step_ms, start_ms + n * step_ms + long_ms) for n in range(count)
    )


def test_no_words_and_typed_words_tell_nothing() -> None:
    assert delivery((), (Stretch(0, 900),), 0) == Delivery(0)
    assert delivery(words(12), (), 0, typed=True) == Delivery(12)


def test_the_facts_of_a_plain_answer() -> None:
    spoken = words(12)  # 1000 .. 6800
    speech = (Stretch(900, 3000), Stretch(4500, 6900))
    assert delivery(spoken, speech, asked_end_ms=200) == Delivery(
        words=12,
        length_ms=5800,
        words_per_minute=124,  # 12 words in 5.8 s
        longest_pause=Stretch(3000, 4500),
        first_word_ms=800,
        speaking_share=0.74,  # (2000 + 2300) / 5800
        articulation_words_per_minute=167,  # 12 words in 4.3 s
        pauses=(Stretch(3000, 4500),),
        fillers_per_100=0.0,
        longest_monologue=Stretch(1000, 6800),
    )


def test_a_monologue_ends_at_two_seconds_of_silence() -> None:
    spoken = words(40)  # 1000 .. 20800
    speech = (Stretch(1000, 5000), Stretch(6999, 9000), Stretch(11_000, 20_800))
    facts = delivery(spoken, speech)
    assert facts.pauses == (Stretch(5000, 6999), Stretch(9000, 11_000))
    assert facts.long_pauses == (Stretch(9000, 11_000),)
    assert facts.longest_monologue == Stretch(11_000, 20_800)
    assert delivery(spoken, speech[:2]).longest_monologue == Stretch(1000, 9000)


def test_time_asked_for_is_no_pause_and_is_told_apart() -> None:
    spoken = words(40)
    speech = (Stretch(1000, 5000), Stretch(15_000, 20_800))
    facts = delivery(spoken, speech, excused=(Stretch(5000, 14_000),))
    assert facts.pauses == (Stretch(14_000, 15_000),)
    assert facts.thinking_ms == 9000
    assert facts.length_ms == 19_800 - 9000
    assert facts.articulation_words_per_minute == round(40 * 60 / 9.8)


@pytest.mark.parametrize(("count", "told"), [(9, False), (10, True)])
def test_pace_needs_ten_words(count: int, told: bool) -> None:
    assert (delivery(words(count)).words_per_minute is not None) is told


def test_without_edges_the_gaps_between_words_are_the_pauses() -> None:
    spoken = (*words(5), *words(5, start_ms=6000))  # the fifth word ends at 3300
    facts = delivery(spoken)
    assert facts.longest_pause == Stretch(3300, 6000)
    assert facts.speaking_share is None
    assert facts.first_word_ms is None


def test_short_gaps_are_no_pause_and_overlapping_edges_are_joined() -> None:
    spoken = words(10, step_ms=300)  # 1000 .. 4000, no gap
    facts = delivery(spoken, (Stretch(2000, 4000), Stretch(900, 1800), Stretch(2500, 3000)))
    assert facts.longest_pause is None
    assert facts.speaking_share == pytest.approx(0.93)


def test_the_first_word_is_never_before_the_question() -> None:
    assert delivery(words(2), asked_end_ms=1500).first_word_ms == 0
