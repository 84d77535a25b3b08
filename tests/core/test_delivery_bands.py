"""Remarks appear outside the bands and nowhere else."""

import re

import pytest
from delivered import delivery

from voice_interviewer.core.delivery.answer import Delivery, Stretch
from voice_interviewer.core.model.transcript import Word

FORBIDDEN = re.compile(r"confiden|personalit|emotion|honest|\bhire|nervous|anxi|stutter|stammer", re.I)


def answer(wpm: float, seconds: float, fillers: int = 0, start_ms: int = 0) -> tuple[Word, ...]:
    """Evenly spoken words; the first of them fillers."""
    count = round(wpm * seconds / 60)
    step = seconds * 1000 / count
    return tuple(
        Word(
            "um" if n < fillers else "word",
            start_ms + round(n * step),
            start_ms + round(n * step + step - 50),
        )
        for n in range(count)
    )


def about(found: Delivery) -> list[str]:
    return [note.about for note in found.remarks]


@pytest.mark.parametrize(
    ("wpm", "remarked"), [(95, True), (102, False), (150, False), (183, False), (190, True)]
)
def test_pace_is_remarked_outside_its_band(wpm: int, remarked: bool) -> None:
    found = delivery(answer(wpm, 60))
    assert ("pace" in about(found)) is remarked
    for note in found.remarks:
        assert str(found.words_per_minute) in note.text
        assert "100 to 185" in note.text


@pytest.mark.parametrize(("count", "remarked"), [(0, False), (9, False), (10, True)])
def test_fillers_are_remarked_above_six_in_a_hundred(count: int, remarked: bool) -> None:
    found = delivery(answer(150, 60, fillers=count))
    assert found.fillers_per_100 == pytest.approx(count / 1.5, abs=0.05)
    assert ("fillers" in about(found)) is remarked
    assert all("At least 10 fillers" in note.text for note in found.remarks)


def test_a_few_fillers_in_a_short_answer_are_no_remark() -> None:
    assert about(delivery(answer(150, 14, fillers=4))) == []


def test_repeated_words_and_pauses_are_never_remarked_upon() -> None:
    words = tuple(Word(("the", "the", "w-", "we")[n % 4], n * 500, n * 500 + 300) for n in range(100))
    slow = (*words[:50], *(Word(w.text, w.start_ms + 9000, w.end_ms + 9000) for w in words[50:]))
    found = delivery(slow)
    assert found.long_pauses == (Stretch(24_800, 34_000),)
    assert found.fillers == ()
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("seconds", "target_s", "remarked"),
    [
        (20, 120, True),
        (31, 120, False),
        (239, 120, False),
        (245, 120, True),
        (20, None, False),  # an answer to a follow-up may be short
        (245, None, True),
        (130, 60, True),
        (110, 60, False),
        (7, 15, True),
        (14, 15, False),
    ],
)
def test_length_is_held_against_the_band_and_the_target(
    seconds: int, target_s: int | None, remarked: bool
) -> None:
    found = delivery(answer(150, seconds), target_s=target_s)
    assert about(found) == (["length"] if remarked else [])
    if target_s:
        assert found.length_share == pytest.approx(seconds / target_s, abs=0.01)


@pytest.mark.parametrize(("wait_ms", "remarked"), [(8000, False), (8001, True)])
def test_a_late_first_word_is_no_fault(wait_ms: int, remarked: bool) -> None:
    found = delivery(answer(150, 60, start_ms=wait_ms + 1000), asked_end_ms=1000)
    assert about(found) == (["first_word"] if remarked else [])
    for note in found.remarks:
        assert "no fault" in note.text
        assert note.at == Stretch(1000, wait_ms + 1000)


def test_counts_of_doubtful_words_support_no_remark() -> None:
    words = answer(95, 60, fillers=20)
    unsure = tuple(
        Word(w.text, w.start_ms, w.end_ms, 0.3 if n % 4 == 0 else 0.9) for n, w in enumerate(words)
    )
    assert about(delivery(unsure)) == ["pace", "fillers"]
    assert about(delivery(unsure, doubt=0.5)) == []


def test_three_softened_statements_of_what_happened_are_quoted() -> None:
    text = "I think we reduced it. Perhaps we built ten. I guess it helped us. We walked on for a while."
    words = tuple(Word(token, n * 400, n * 400 + 350) for n, token in enumerate(text.split()))
    (note,) = delivery(words).remarks
    assert note.about == "hedges"
    assert "“I think we reduced it.”" in note.text
    assert note.at == Stretch(0, 4 * 400 + 350)
    assert delivery(words[:9]).remarks == ()


def test_no_sentence_speaks_of_the_person() -> None:
    extremes = [
        delivery(answer(60, 300, fillers=100, start_ms=20_000), asked_end_ms=0, target_s=60),
        delivery(answer(240, 5), target_s=60),
    ]
    shown = [note.text for found in extremes for note in found.remarks]
    assert len(shown) == 6
    for text in shown:
        assert not FORBIDDEN.search(text)
        assert not re.search(r"\byou\b(?! know)", text)
        assert "score" not in text


# --- time to think -----------------------------------------------------------------------------------------


def test_only_what_was_asked_for_is_thinking() -> None:
    words = (*answer(150, 10), *answer(150, 10, start_ms=20_000))
    excused = (Stretch(12_000, 14_000), Stretch(15_000, 18_000))
    found = delivery(words, excused=excused, asked_for=excused[:1])
    assert found.thinking_ms == 2000
    assert found.length_ms == pytest.approx(25_000, abs=50)
