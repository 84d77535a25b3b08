"""Fillers and softening words: told apart from the same words in their plain meaning."""

import pytest

from voice_interviewer.core.delivery.hedges import hedges, of_what_happened
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.understanding.fillers import fillers

STEP_MS, WORD_MS = 400, 350


def said(text: str, probability: float = 1.0) -> tuple[Word, ...]:
    """Words without a break between them; "/" is a silence of half a second."""
    words, at_ms = [], 0
    for token in text.split():
        if token == "/":
            at_ms += 500
            continue
        words.append(Word(token, at_ms, at_ms + WORD_MS, probability))
        at_ms += STEP_MS
    return tuple(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Um, I led it. Uh... er, Erm mm hmm", ["Um,", "Uh...", "er,", "Erm", "mm", "hmm"]),
        ("uhm we uhh met ummm twice", ["uhm", "uhh", "ummm"]),
        ("UM I LED IT UH ALONE", ["UM", "UH"]),
        ("I work in the ER and it is, er, loud", ["er,"]),
        ("a 5 mm gap", []),
        ("it was, you know, the hardest week", ["you know,"]),
        ("we just stopped you know", ["you know"]),
        ("it was hard / you know / the team had left", ["you know"]),
        ("Do you know the rule? If you know what it means, you know how to act.", []),
        ("I let you know about it as you know", []),
        ("I mean, we had no data", ["I mean,"]),
        ("that is what I mean and I mean it", []),
        ("it was, like, ten people", ["like,"]),
        ("it was / like / ten people", ["like"]),
        ("I like, above all, tools like Excel, and it feels like, well, home", []),
        ("something like, say, a list, and I was like, no", []),
        ("we used tools, like / Excel", []),
        ("I I went to the the b- bakery and and asked", []),
        ("they do not care how much you know until you act and i mean anything", []),
        ("the umbrella error hummed", []),
        ("", []),
    ],
)
def test_fillers(text: str, expected: list[str]) -> None:
    assert [filler.text for filler in fillers(said(text))] == expected


def test_a_filler_names_its_words_and_its_time() -> None:
    (found,) = fillers(said("we stopped, you know, at once"))
    assert (found.words, found.start_ms, found.end_ms) == ((2, 3), 800, 1550)


def test_a_doubtful_word_is_neither_filler_nor_hedge() -> None:
    assert fillers(said("um so", probability=0.4), doubt=0.5) == ()
    assert len(fillers(said("um so", probability=0.5), doubt=0.5)) == 1
    assert hedges(said("probably ten", probability=0.4), doubt=0.5) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I think we saved ten percent, then we left", ["I think we saved ten percent,"]),
        ("We maybe sort of fixed it. It held.", ["maybe sort of fixed it."]),
        ("It was kind of slow / we rebuilt it", ["kind of slow"]),
        ("What kind of tool is this kind of tool? That is how I think.", []),
        ("I thought about it and I think about it still", []),
        ("Roughly ten people, about a week", []),
        ("I'm not sure it helped", ["I'm not sure it helped"]),
        ("We told it in a way that helped", []),
    ],
)
def test_hedges_are_quotes(text: str, expected: list[str]) -> None:
    words = said(text)
    found = hedges(words)
    assert [hedge.text for hedge in found] == expected
    for hedge in found:
        assert hedge.text == " ".join(word.text for word in words[hedge.first : hedge.last + 1])
        assert (hedge.start_ms, hedge.end_ms) == (words[hedge.first].start_ms, words[hedge.last].end_ms)


def test_a_hedge_never_runs_through_a_long_sentence() -> None:
    (found,) = hedges(said("perhaps " + "word " * 30))
    assert found.last - found.first + 1 == 10


def test_softening_what_happened_is_told_from_softening_a_view() -> None:
    found = hedges(said("I think we reduced errors. Perhaps it is a matter of taste. We probably built ten."))
    assert [hedge.text for hedge in of_what_happened(found)] == [
        "I think we reduced errors.",
        "probably built ten.",
    ]
