"""The window: what is given to the recogniser, and where its words belong on the session clock."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from late_workers import NumberedSound

from voice_audio.ports import HeardWord, Samples
from voice_audio.window import (
    Stretch,
    WindowSettings,
    border_ms,
    hear_by_window,
    lay_out,
    remaining,
    settled,
    speech_of,
)

SETTINGS = WindowSettings(longest_ms=25_000, lead_ms=200, trail_ms=250)


def words(*texts: str, each_ms: int = 300, gap_ms: int = 0) -> tuple[HeardWord, ...]:
    step = each_ms + gap_ms
    return tuple(HeardWord(text, at * step, at * step + each_ms, 0.9) for at, text in enumerate(texts))


def test_a_pause_is_shortened_to_what_surrounds_speech() -> None:
    window = lay_out([Stretch(1000, 2000), Stretch(6000, 7000)], SETTINGS, end_ms=9000)
    assert [(span.at_ms, span.start_ms, span.end_ms) for span in window.spans] == [
        (0, 800, 2250),
        (1450, 5800, 7250),
    ]
    assert (window.whole, window.length_ms) == (True, 2900)
    assert window.pieces == ((1000, 2250), (6000, 7250))


def test_a_short_pause_stays_as_it_is() -> None:
    window = lay_out([Stretch(1000, 2000), Stretch(2300, 3000)], SETTINGS, end_ms=9000)
    assert [(span.start_ms, span.end_ms) for span in window.spans] == [(800, 2250), (2250, 3250)]
    assert window.length_ms == 2450


def test_no_sound_before_the_floor_or_after_the_present_is_asked_for() -> None:
    asked: list[tuple[int, int]] = []

    def sound(start_ms: int, end_ms: int) -> Samples:
        asked.append((start_ms, end_ms))
        return np.zeros((end_ms - start_ms) * 16, np.int16)

    window = lay_out([Stretch(1000, 2000)], SETTINGS, floor_ms=950, end_ms=2100)
    assert len(window.samples(sound)) == 1150 * 16
    assert asked == [(950, 2100)]


def test_words_come_back_to_where_they_were_said_and_never_before_the_speech() -> None:
    window = lay_out([Stretch(1000, 2000), Stretch(6000, 7000)], SETTINGS, end_ms=9000)
    heard = (
        HeardWord("early", 0, 500, 0.9),
        HeardWord("across", 1300, 1800, 0.8),
        HeardWord("late", 2300, 2890, 0.7),
    )
    placed = window.back(heard)
    assert [(word.text, word.start_ms, word.end_ms) for word in placed] == [
        ("early", 1000, 1300),
        ("across", 6000, 6150),
        ("late", 6650, 7240),
    ]


def test_what_does_not_fit_waits_and_a_stretch_longer_than_the_window_is_cut() -> None:
    window = lay_out([Stretch(0, 20_000), Stretch(21_000, 30_000)], SETTINGS)
    assert (len(window.spans), window.whole) == (1, False)
    window = lay_out([Stretch(0, 60_000)], SETTINGS)
    assert (window.length_ms, window.whole) == (25_000, False)


def test_whole_sentences_are_settled_but_the_last() -> None:
    assert settled(words("a", "b.", "c", "d.", "e", "f.")) == 4
    assert settled(words("a", "b.", "c", "d.", "e", "f")) == 4
    assert settled(words("Really...", "b", "c", "d")) != 1, "three dots end nothing"
    assert settled(()) == 0


def test_without_a_sentence_the_widest_gap_of_the_later_half_divides() -> None:
    heard = [
        HeardWord("a", 0, 1000, 0.9),
        HeardWord("b", 5000, 6000, 0.9),
        HeardWord("c", 6100, 7000, 0.9),
        HeardWord("d", 8000, 9000, 0.9),
        HeardWord("e", 9100, 10_000, 0.9),
    ]
    assert settled(heard) == 3
    assert border_ms(heard, 3) == 7500


def test_what_lies_before_the_border_is_gone() -> None:
    rest = remaining([Stretch(0, 100), Stretch(200, 300), Stretch(400, 500)], 250)
    assert rest == [Stretch(250, 300), Stretch(400, 500)]


def test_touching_edges_are_one_stretch() -> None:
    assert speech_of([(0, 100), (100, 200), (300, 400)]) == [Stretch(0, 200), Stretch(300, 400)]


@pytest.mark.parametrize("settings", [{"longest_ms": 800}, {"lead_ms": -1}])
def test_a_window_shorter_than_its_edges_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="longer than"):
        WindowSettings(**settings)


@given(
    st.lists(st.tuples(st.integers(64, 30_000), st.integers(192, 20_000)), min_size=1, max_size=12),
    st.integers(1, 12),
)
def test_every_moment_of_speech_is_heard_once_and_in_order(
    lengths: list[tuple[int, int]], sentence: int
) -> None:
    """The recogniser hears each 100 ms as a word that names its time; every so many end a sentence."""
    stretches, at = [], 0
    for speech, pause in lengths:
        stretches.append(Stretch(at + pause, at + pause + speech))
        at += pause + speech
    end_ms = at + 1000

    def sound(start_ms: int, end_ms: int) -> Samples:
        return (np.arange(start_ms * 16, end_ms * 16) // 1600 % 30_000).astype(np.int16)

    class Naming(NumberedSound):
        def transcribe(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
            assert len(samples) <= 25_000 * 16
            edges = [0, *(np.flatnonzero(np.diff(samples)) + 1).tolist(), len(samples)]
            return tuple(
                HeardWord(f"{samples[a]}{'.' if samples[a] % sentence == 0 else ''}", a // 16, b // 16, 0.9)
                for a, b in itertools.pairwise(edges)
                if b > a
            )

    heard = hear_by_window(Naming(), sound, stretches, SETTINGS, end_ms)
    numbers = [int(word.text.rstrip(".")) for _, said in heard for word in said]
    assert numbers == sorted(numbers)
    times = [word.start_ms for _, said in heard for word in said]
    assert times == sorted(times)
    spoken = {ms // 100 for s in stretches for ms in range(s.start_ms, s.end_ms, 50)}
    assert {number % 30_000 for number in spoken} <= set(numbers)
    repeated = len(numbers) - len(set(numbers))
    assert repeated <= 2 * len(heard), "only the words at a border may be halved"
