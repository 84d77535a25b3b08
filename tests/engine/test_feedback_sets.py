"""The sets are what they say they are, and every transform does what its name says and nothing else."""

from collections.abc import Iterable
from typing import Any

import feedback_measures as fm
import pytest
from feedback_sets import (
    RETRACTIONS,
    STRENGTHS,
    TRANSFORMS,
    UNSEEN_RETRACTIONS,
    Triple,
    changed,
    lengthened,
    singles,
    triples,
)
from misheard_words import misheard, plain, sounds_like

from voice_interviewer.content.resources import list_banks

BY_NAME = {transform.name: transform for transform in TRANSFORMS}
HALVES = pytest.mark.parametrize("unseen", [False, True], ids=["dev", "unseen"])
QUESTIONS = {question.id: question for entry in list_banks() for question in entry.bank.questions}


def words(text: str) -> int:
    return len(text.split())


def distinct(values: Iterable[str]) -> int:
    return len(set(values))


@HALVES
def test_length_is_no_sign_of_strength(unseen: bool) -> None:
    found = triples(unseen)
    assert len(found) == 12
    assert sum(words(each.strong) <= 95 for each in found) >= 4
    assert sum(words(each.weak) >= words(each.strong) for each in found) >= 4


@HALVES
def test_the_questions_are_of_many_kinds(unseen: bool) -> None:
    asked = [QUESTIONS[each.question] for each in triples(unseen)]
    assert {question.type for question in asked} == {"behavioural", "situational", "technical", "leadership"}
    assert distinct(question.level or "any" for question in asked) >= 4


def test_no_answer_is_in_both_halves() -> None:
    halves = [{each.text(s) for each in triples(unseen) for s in STRENGTHS} for unseen in (False, True)]
    assert not halves[0] & halves[1]
    assert not {each.question for each in triples(False)} & {each.question for each in triples(True)}


@HALVES
def test_what_is_marked_stands_in_the_answer(unseen: bool) -> None:
    for each in triples(unseen):
        assert each.tells in ("past", "plan"), each.id
        assert all(sentence in each.strong for sentence in each.result), each.id
        assert all(name.lower() in each.strong.lower() for name in each.names), each.id


@pytest.mark.parametrize("name", ["empty", "never"])
def test_half_of_what_may_not_score_is_for_judging_only(name: str) -> None:
    found = singles(name)
    assert len(found) == 20
    assert len(singles(name, unseen=True)) == 10
    assert {each.question for each in found} <= QUESTIONS.keys()


def test_an_empty_answer_may_be_long() -> None:
    assert all(40 <= words(each.text) <= 300 for each in singles("empty"))
    assert all(words(each.text) >= 200 for each in lengthened(True))


TRIPLE = Triple(
    id="well",
    question="core-failure",
    strong="The pump in Ilse's well failed. I mended the pump and I was rereading the manual. It ran again.",
    medium="The pump failed and I mended it.",
    weak="Pumps fail.",
    tells="past",
    result=("It ran again.",),
    names=("Ilse",),
)
OTHER = Triple("oven", "core-team", "We built an oven.", "An oven.", "Ovens.")


def made(name: str, strength: str = "strong", unseen: bool = False) -> list[str]:
    return changed(BY_NAME[name], TRIPLE, strength, [TRIPLE, OTHER], unseen)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_same_seed_makes_the_same_text(name: str) -> None:
    assert made(name) == made(name)
    assert TRIPLE.strong not in made(name) or name.endswith("word errors")


def test_the_result_and_nothing_else_is_removed() -> None:
    assert made("remove result") == [TRIPLE.strong.removesuffix(" It ran again.")]
    assert made("remove result", "medium") == []


def test_padding_is_sixty_words_behind_the_answer() -> None:
    (text,) = made("padding")
    assert text.startswith(TRIPLE.strong)
    assert 60 <= words(text) - words(TRIPLE.strong) <= 80


def test_what_is_added_is_written_like_the_answer() -> None:
    lower = Triple("low", "core-failure", plain(TRIPLE.strong), "a", "b", tells="past")
    for name in ("padding", "boasting", "praise and orders", "retraction", "fillers", "repetition"):
        for text in changed(BY_NAME[name], lower, "strong", [lower], False):
            assert text == plain(text), name


def test_every_retraction_takes_its_turn_and_none_is_in_both_halves() -> None:
    for tells, count in (("past", 6), ("plan", 2)):
        assert len({*RETRACTIONS[tells], *UNSEEN_RETRACTIONS[tells]}) == 2 * count
    assert all(text.removeprefix(TRIPLE.strong).strip() in RETRACTIONS["past"] for text in made("retraction"))
    assert len(made("retraction", unseen=True)) == 2


def test_names_change_and_so_does_who_they_belong_to() -> None:
    (text,) = made("other names")
    assert "Ilse" not in text
    assert "'s well failed" in text


def test_a_dropped_g_is_heard_only_at_the_end_of_a_word_that_has_another_vowel() -> None:
    (text,) = made("dialect and spelling")
    assert "rereadin' the manual" in text
    singer = Triple("s", "core-failure", "Sing, and bring the colour of spring.", "a", "b")
    expected = "Sing, and bring the color of spring."
    assert changed(BY_NAME["dialect and spelling"], singer, "strong", [], False) == [expected]


def test_another_questions_answer_is_from_another_question() -> None:
    assert made("another question's answer") == [OTHER.strong]


@pytest.mark.parametrize("share", [0.05, 0.10, 0.15])
def test_as_many_words_are_wrong_as_were_asked_for(share: float) -> None:
    import random

    jiwer = pytest.importorskip("jiwer")
    text = plain(" ".join(each.strong for each in triples()))
    heard = misheard(text, share, random.Random(3))
    assert jiwer.wer(text, heard) == pytest.approx(share, abs=0.015)


def test_what_is_misheard_sounds_alike() -> None:
    assert {"week", "seek"} & set(sounds_like("weak"))
    assert "weak" not in sounds_like("weak")
    assert sounds_like("zzyzx") == ()


# --- the measures -------------------------------------------------------------------------------------------


def result(name: str, level: int | None, **labels: str) -> dict[str, Any]:
    points = [
        {"id": id, "state": state, "quote": None, "start": None, "end": None} for id, state in labels.items()
    ]
    feedback = {"assessed": level is not None, "level": level, "points": points, "keep": None, "fix": None}
    return {"id": name, "slots": [], "feedback": feedback}


def test_wilson_against_a_published_value() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662 without continuity correction."""
    assert fm.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_a_removed_result_may_lower_the_result_and_nothing_else_far() -> None:
    before = result("a", 4, result="heard", own_action="heard", reasoning="heard")

    def after(**labels: str) -> bool:
        level = 5 if labels.pop("higher", "") else 3
        kept = {"result": "not_heard", "own_action": "heard", "reasoning": "heard", **labels}
        return fm.only_result_fell(TRIPLE, before, result("b", level, **kept))

    assert after()
    assert after(reasoning="unsure")
    assert not after(reasoning="not_heard")
    assert not after(result="heard")
    assert not after(higher="yes")


def test_a_made_up_quote_is_found() -> None:
    entry = {"id": "result", "state": "heard", "quote": "It sang", "start": 0, "end": 7}
    told = result("a:strong", 4)
    told["slots"] = [entry]
    assert fm._verbatim({"a:strong": told}, {"a:strong": "It ran again."}).met is False
    assert fm._verbatim({"a:strong": told}, {"a:strong": "It sang again."}).met is True


def test_a_word_about_the_person_is_found_unless_the_answer_said_it() -> None:
    told = result("a:strong", 4)
    told["feedback"]["fix"] = {"about": "result", "text": "Show more confidence.", "quote": None}
    assert fm._forbidden({"a:strong": told}, {"a:strong": "It ran."}).met is False
    assert fm._forbidden({"a:strong": told}, {"a:strong": "It gave us confidence."}).met is True


def test_a_perfect_scorer_meets_every_goal_and_a_counter_of_words_does_not() -> None:
    sets = fm.Sets(triples(), [], False)
    lines = list(fm.items(sets))
    by_length = {line["id"]: result(line["id"], min(5, 1 + words(line["text"]) // 40)) for line in lines}
    known = {line["id"]: result(line["id"], _ideal(line["id"]), result=_heard(line["id"])) for line in lines}
    rows = {row.name: row for row in fm.figures(sets, known)}
    assert [name for name, row in rows.items() if row.met is False] == []
    assert rows["strong above weak"].value == 1.0
    counted = {row.name: row for row in fm.figures(sets, by_length)}
    for name in ("strong above weak", "empty below level 3", "no answer, no level", "padding: |change|"):
        assert counted[name].met is False, name


def _ideal(name: str) -> int | None:
    kind, _, rest = name.partition(":")
    if kind in ("never", "empty"):
        return {"never": None, "empty": 1}[kind]
    strength, _, change = rest.partition(":")
    lowered = change.startswith(("remove result", "retraction", "another"))
    return {"strong": 4, "medium": 3, "weak": 2}[strength] - lowered


def _heard(name: str) -> str:
    return "not_heard" if "remove result" in name else "heard"
