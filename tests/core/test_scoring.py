"""Scores from given readings: what counts, what caps, what is refused, and that nothing depends on length."""

from dataclasses import replace
from itertools import pairwise

import pytest
from declared_readings import DeclaredReader
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_interviewer.content.remarks import load_basis
from voice_interviewer.core.feedback.next_time import priorities
from voice_interviewer.core.feedback.retractions import retractions
from voice_interviewer.core.feedback.scoring import (
    labels_of,
    needed,
    score,
    score_labels,
)
from voice_interviewer.core.feedback.tightened import tighten
from voice_interviewer.core.model.bank import (
    LEVELS,
    Avoid,
    Point,
    Question,
)
from voice_interviewer.core.model.feedback import Label, Material, Score
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Transcript, Word

BASIS = load_basis()
QUESTION = Question(
    "past",
    "behavioural",
    "Tell me about a time you found a mistake in a process. What did you do?",
    level="mid",
    points=(
        Point("p1", "names who was affected", 2, ("Forty patients got the wrong letter.",)),
        Point("p2", "changes the process", 1, ("I changed the checklist for everybody.",)),
    ),
    avoid=(Avoid("blames a colleague"),),
    anchors=("one", "two", "three", "four", "five"),
)
STORY = (
    "last spring at the clinic I found that forty patients had got the wrong letter I called the "
    "printer and I compared both lists because nobody knew where it had gone wrong I changed the "
    "checklist for everybody and in the end the wrong letters went from forty to two a month next time "
    "I would test the list before it is printed"
)
EMPTY = (
    "communication is the key to everything and I always say that a team is like a family where "
    "everybody matters and where people listen to each other with respect and where mistakes are "
    "chances to grow as professionals and as human beings in a world that is changing faster and faster"
    " every single day of our lives together"
)

READER = DeclaredReader(
    {
        "situation": ("last spring",),
        "own_action": ("i found", "i called", "i compared", "i changed"),
        "reasoning": ("because",),
        "result": ("in the end",),
        "measure": ("forty to two",),
        "reflection": ("next time",),
    },
    {"p1": ("forty patients",), "p2": ("i changed the checklist",)},
)


def read(told: Material) -> tuple[Reading, ...]:
    return tuple(READER.read(told.question, each.asked, each.answer) for each in told.exchanges)


def material(*texts: str, question: Question = QUESTION, level: str = "mid", doubt: float = 0.0) -> Material:
    exchanges = tuple(
        Exchange(
            at, question.id, question.say, "result" if at > 1 else None, Transcript.typed(text, at * 1000)
        )
        for at, text in enumerate(texts, 1)
    )
    return Material(question, level, exchanges, doubt)


def judged(*texts: str, question: Question = QUESTION, level: str = "mid") -> Score:
    told = material(*texts, question=question, level=level)
    return score(told, read(told), "words", BASIS)


def test_a_story_is_above_talk_around_it() -> None:
    story, empty = judged(STORY), judged(EMPTY)
    assert story.level is not None
    assert empty.level is not None
    assert story.level >= 3 > empty.level
    assert story.anchor == QUESTION.anchors[story.level - 1]


@pytest.mark.parametrize("times", [2, 5])
def test_saying_it_all_again_changes_nothing(times: int) -> None:
    assert judged(". ".join([STORY] * times)).level == judged(STORY).level
    assert judged(". ".join([EMPTY] * times)).level in (1, 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_answer"),
        ("Fine.", "thin"),
        ("I don't know really.", "thin"),
        ("asdf jkl fdsa " * 12, "gibberish"),
        (" ".join([QUESTION.say] * 6), "no_answer"),
    ],
)
def test_what_is_no_answer_gets_no_level(text: str, reason: str) -> None:
    scored = judged(text)
    assert (scored.assessed, scored.level, scored.reason) == (False, None, reason)
    assert (scored.keep, scored.fix, scored.labels, scored.seniorities) == (None, None, (), ())


def test_a_warm_up_is_never_scored() -> None:
    assert judged(STORY, question=replace(QUESTION, type="warmup")).reason == "unscored_type"


def test_pieces_nobody_understood_are_a_failure_not_silence() -> None:
    silent = replace(material(""), failed=2)
    assert score(silent, read(silent), "words", BASIS).reason == "failed"


def test_doubtful_words_never_count_against_an_answer() -> None:
    words = tuple(Word(token, at, at + 1, 0.3) for at, token in enumerate(STORY.split()))
    half = tuple(replace(w, probability=0.9) if n % 8 else w for n, w in enumerate(words))
    exchange = Exchange(1, QUESTION.id, QUESTION.say, None, Transcript(words))
    told = Material(QUESTION, "mid", (exchange,), doubt_threshold=0.5)
    assert score(told, read(told), "words", BASIS).reason == "doubtful"
    mostly = replace(told, exchanges=(replace(exchange, answer=Transcript(half)),))
    assert score(mostly, read(mostly), "words", BASIS).assessed


@pytest.mark.parametrize(
    "taking_back",
    [
        "Actually no, that's not true, I made those numbers up.",
        "Wait, sorry, to be honest it wasn't me who did that.",
        "I have to correct myself, we never actually did that in the end.",
        "I want to take that back.",
        "No, the whole story was an exaggeration.",
    ],
)
def test_what_is_taken_back_costs(taking_back: str) -> None:
    before, after = judged(STORY), judged(f"{STORY}. {taking_back}")
    assert after.level is not None
    assert before.level is not None
    assert after.level < before.level


@pytest.mark.parametrize(
    "mending",
    [
        "It took ten, no, twelve people a whole week.",
        "My colleague did the printing and I did the lists.",
        "That was not what I had expected at all.",
        "I never did find out who had written it.",
    ],
)
def test_mending_a_word_takes_nothing_back(mending: str) -> None:
    told = material(f"{STORY}. {mending}")
    assert retractions([told.exchanges[0].answer], read(told)) == ()


def test_what_comes_after_a_follow_up_is_known_as_such() -> None:
    first, _, rest = STORY.partition(" in the end ")
    scored = judged(first, f"in the end {rest}")
    by_id = {label.id: label for label in scored.labels}
    assert by_id["own_action"].probes == 0
    assert (by_id["result"].answer, by_id["result"].probes) == (1, 1)
    assert next(d for d in scored.dimensions if d.id == "follow_ups").level is not None
    alone = next(d for d in judged(STORY).dimensions if d.id == "follow_ups")
    assert (alone.level, bool(alone.reason)) == (None, True)


def test_seniorities_rise_and_say_what_is_missing() -> None:
    scored = judged(STORY)
    assert [each.level for each in scored.seniorities] == list(LEVELS)
    passes = [each.passes for each in scored.seniorities]
    assert passes == sorted(passes, reverse=True)
    assert all(bool(each.lacks) != each.passes for each in scored.seniorities)
    for below, above in pairwise(LEVELS):
        assert set(needed(QUESTION, below, BASIS.weights)) <= set(needed(QUESTION, above, BASIS.weights))
        higher, lower = judged(STORY, level=above).level, judged(STORY, level=below).level
        assert higher is not None
        assert lower is not None
        assert higher <= lower


def test_only_what_is_not_heard_is_held_against_an_answer() -> None:
    told = material(STORY)
    labels = tuple(
        Label(label.id, "unsure", 0, *_words(label, told)) if label.id == "result" else label
        for label in labels_of(told, read(told))
    )
    scored = score_labels(told, labels, "words", read(told), BASIS)
    assert scored.fix is None or scored.fix.about != "result"
    assert all("result" not in each.lacks for each in scored.seniorities[:2] if each.passes)
    assert all(aim.about != "result" for aim in priorities([(QUESTION, scored)], BASIS))


def _words(label: Label, told: Material) -> tuple[str, int, int]:
    text = told.exchanges[0].answer.text
    start = label.start or 0
    return text[start : start + 8], start, start + 8


def test_next_time_names_what_is_missing_most_often() -> None:
    scored = [(QUESTION, judged(EMPTY)), (replace(QUESTION, id="other"), judged(EMPTY))]
    aims = priorities(scored, BASIS)
    assert 1 <= len(aims) <= 3
    assert aims[0].questions == ("past", "other")
    assert all(aim.drill_move or aim.drill_question for aim in aims)
    assert priorities([(QUESTION, judged("Fine."))], BASIS) == ()


# --- tightened --------------------------------------------------------------------------------------------


def test_tightened_only_leaves_out() -> None:
    text = f"Um so {STORY.replace('I called', 'I I called, um,')}. you know it was a busy time"
    told = material(text)
    pieces = tighten(QUESTION, labels_of(told, read(told)), [told.exchanges[0].answer], 120, BASIS)
    said = " ".join(piece.text for piece in pieces if not piece.placeholder)
    assert "um" not in said.lower().replace(",", "").split()
    assert "I I" not in said
    assert "I called" in said
    assert "[" not in said


TOKENS = st.sampled_from([*STORY.split(), "um", "uh,", "because.", "forty-two", "Anna", "like,", "so"])


@settings(max_examples=80, deadline=None)
@given(st.lists(TOKENS, max_size=90))
def test_nothing_is_invented(tokens: list[str]) -> None:
    told = material(" ".join(tokens))
    answer = told.exchanges[0].answer
    for piece in tighten(QUESTION, labels_of(told, read(told)), [answer], 60, BASIS):
        if piece.placeholder:
            assert piece.text.startswith("[add: ")
            continue
        rest = iter(answer.text[piece.start : piece.end].split())
        assert all(word in rest for word in piece.text.split()), "its own words, in their order"


@settings(max_examples=60, deadline=None)
@given(st.lists(TOKENS, max_size=90))
def test_every_quote_stands_where_it_says_and_the_same_is_the_same(tokens: list[str]) -> None:
    told = material(" ".join(tokens))
    scored = score(told, read(told), "words", BASIS)
    assert scored == score(told, read(told), "words", BASIS)
    for each in (*scored.labels, *filter(None, (scored.keep, scored.fix))):
        if each.quote is not None:
            assert each.answer is not None
            assert told.exchanges[each.answer].answer.text[each.start : each.end] == each.quote
