"""Drills: their plans, the stories they say back, what changed, and what the lines keep to."""

import pytest
from known_moves import CATALOGUE
from plain_reports import question, report

from voice_interviewer.content.drillfile import load_drill_lines, read_drill_lines
from voice_interviewer.content.line_rules import say_mistakes
from voice_interviewer.content.resources import list_banks
from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.learning.drills import (
    Frame,
    ask,
    changes,
    drill_plan,
    practised,
    stories,
)
from voice_interviewer.core.learning.progress import Tally, progress_of, trend
from voice_interviewer.core.model.bank import LEVELS, Question
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.errors import BankProblem
from voice_interviewer.review.model import Drill

WORDS = load_review_words().outcomes
FRAME = Frame("nurse", "Nurse", "senior", 3, "Hello.", "Thank you.")


def exchange(text: str, turn: int = 1, doubt: str = "", measure: str = "not_heard") -> Exchange:
    words = tuple(
        Word(token, at * 300, at * 300 + 200, 0.2 if token == doubt else 0.99)
        for at, token in enumerate(text.split())
    )
    return Exchange(turn, "q", "?", None, Transcript(words), (Slot("measure", measure),))


# --- plans --------------------------------------------------------------------------------------------------


def test_every_question_of_every_bank_makes_a_short_drill() -> None:
    for entry in list_banks():
        for each in entry.bank.questions:
            plan = drill_plan(FRAME, [each])
            assert [item.kind for item in plan.items] == ["opening", "core", "close"]
            assert plan.items[1].question is each
            assert 2 <= plan.minutes <= 5


def test_a_move_is_three_short_asks_and_no_more_than_five_minutes() -> None:
    plan = drill_plan(FRAME, [ask("quantify", "behavioural", number, "How many?") for number in (1, 2, 3)])
    assert [item.kind for item in plan.items] == ["opening", "core", "core", "core", "close"]
    assert plan.minutes <= 5
    assert sum(item.budget_s for item in plan.items) <= plan.minutes * 60
    assert len({item.question.id for item in plan.items if item.question}) == 3


def test_a_drill_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="question"):
        drill_plan(FRAME, [])


# --- lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", CATALOGUE.drilled)
def test_every_line_is_one_short_request(move: str) -> None:
    lines = load_drill_lines().moves[move]
    said = [line.format(quote="you rebuilt the whole training set for the team") for line in lines.stories]
    for line in (*said, *lines.asks):
        assert not say_mistakes(line), line
        assert len(line.split()) <= 35


def test_a_file_with_a_mistake_is_told_with_its_line(tmp_path) -> None:
    path = tmp_path / "drills.yaml"
    good = "opening: [a]\nmove_opening: [b]\nclose: [c]\nmoves:\n"
    lines = "  {}: {{title: t, stories: [{}, '{{quote}}', '{{quote}}'], asks: [a, b, c]}}\n"
    path.write_text(good + "".join(lines.format(move, "'{quote}'") for move in CATALOGUE.drilled))
    assert read_drill_lines(path).moves["quantify"].title == "t"
    path.write_text(good + "".join(lines.format(move, "no place") for move in CATALOGUE.drilled))
    with pytest.raises(BankProblem, match=r"drills.yaml:5: a story without"):
        read_drill_lines(path)
    path.write_text(good + lines.format("quantify", "'{quote}'"))
    with pytest.raises(BankProblem, match="no lines for"):
        read_drill_lines(path)


# --- stories ------------------------------------------------------------------------------------------------


def test_a_story_is_said_back_only_where_every_word_is_sure_and_harmless() -> None:
    told = exchange("Last year I rebuilt the training set and it helped.")
    assert [quote.spoken for quote in stories([told], "measure", 0.5)] == ["you rebuilt the training set"]
    unsure = exchange("Last year I rebuilt the training set and it helped.", doubt="training")
    assert not stories([unsure], "measure", 0.5)
    assert not stories([exchange("I buried my father that week.")], "measure", 0.5)
    assert not stories([exchange("I hired Maria for the team.")], "measure", 0.5)


def test_stories_without_the_number_come_first_and_none_twice() -> None:
    with_number = exchange("I rebuilt the training set.", measure="heard")
    without = exchange("I moved the night shift.")
    found = [quote.spoken for quote in stories([with_number, without, without], "measure", 0.5)]
    assert found == ["you moved the night shift", "you rebuilt the training set"]


# --- before and after ---------------------------------------------------------------------------------------


def test_before_and_after_per_slot_and_point() -> None:
    before = report(
        "2026-11-02", question({"result": "not_heard", "measure": "after_probe", "point:p1": "unsure"})
    )
    now = report("2026-11-03", question({"result": "at_once", "measure": "not_heard", "point:p1": "at_once"}))
    found = {
        each.id: (each.was, each.now, each.better)
        for each in changes(before, now, "conflict", None, CATALOGUE, WORDS)
    }
    assert found == {
        "result": ("not heard", "heard at once", True),
        "measure": ("heard after a follow-up", "not heard", False),
        "point:p1": ("perhaps heard", "heard at once", None),
    }
    assert {each.was for each in changes(None, now, "conflict", None, CATALOGUE, WORDS)} == {"not asked"}
    assert changes(before, now, "another", None, CATALOGUE, WORDS) == ()


def test_before_and_after_of_a_move() -> None:
    before = report(
        "2026-11-02",
        question({"measure": "not_heard"}),
        question({"measure": "not_heard"}, id="mistake", family="mistake"),
    )
    asks = [
        question(
            {"measure": state, "result": "not_heard"}, id=f"drill-quantify-{at}", family="drill-quantify"
        )
        for at, state in enumerate(("at_once", "at_once", "after_probe"), 1)
    ]
    now = report("2026-11-03", *asks, drill=Drill(None, "quantify", None))
    (found,) = changes(before, now, None, "quantify", CATALOGUE, WORDS)
    assert found.was == "not heard in any of 2"
    assert found.now == "at once in 2 of 3, after a follow-up in 1"
    assert found.better is True
    assert changes(now, before, None, "quantify", CATALOGUE, WORDS)[0].better is False


# --- what a session says ------------------------------------------------------------------------------------


def test_what_a_level_is_not_expected_to_say_is_not_held_against_it() -> None:
    slots = dict.fromkeys(("situation", "own_action", "reasoning", "result", "measure"), "at_once")
    told = question({**slots, "reflection": "not_heard"})
    for level in LEVELS:
        found = {
            each.key: each.rating for each in practised(report("2026-11-02", told, level=level), CATALOGUE)
        }
        wanted = level in ("senior", "lead", "manager", "director")
        assert ("move:reflection" in found) == wanted
        assert found["question:conflict"] in ("good", "easy")


def test_a_result_that_was_never_told_brings_the_question_back() -> None:
    slots = dict.fromkeys(("situation", "own_action", "reasoning", "measure", "reflection"), "at_once")
    found = practised(report("2026-11-02", question({**slots, "result": "not_heard"})), CATALOGUE)
    assert next(each.rating for each in found if each.key == "question:conflict") == "again"


# --- progress -----------------------------------------------------------------------------------------------


def three() -> list[dict]:
    return [
        report("2026-11-09", question({"result": "after_probe"}, turns=(1, 2), wpm=150, level=3, rated=3)),
        report(
            "2026-11-02", question({"result": "not_heard"}, turns=(1, 2, 3), level=2, rated=4), cut_ins=(3, 9)
        ),
        report("2026-11-20", question({"result": "at_once"}, wpm=None)),
    ]


def test_progress_is_told_in_the_order_of_the_sessions_whatever_order_they_come_in() -> None:
    found = progress_of(three())
    assert found == progress_of(list(reversed(three())))
    (family,) = found.families
    assert [attempt.session[:10] for attempt in family.attempts] == ["2026-11-02", "2026-11-09", "2026-11-20"]
    assert [attempt.probes for attempt in family.attempts] == [2, 1, 0]
    assert [attempt.cut_offs for attempt in family.attempts] == [1, 0, 0], "those of this question alone"
    assert [attempt.wpm for attempt in family.attempts] == [140, 150, None]
    assert [attempt.gap for attempt in family.attempts] == [2, 0, None]
    track = next(track for track in family.tracks if track.id == "result")
    assert track.tallies == (Tally(not_heard=1), Tally(after_probe=1), Tally(at_once=1))
    assert trend(track) == "more_at_once"
    assert found.comparable == (family,)


def test_families_are_never_mixed_and_points_stay_with_their_question() -> None:
    one = report("2026-11-02", question({"result": "at_once", "point:p1": "at_once"}))
    other = report(
        "2026-11-03", question({"result": "not_heard", "point:p1": "not_heard"}, id="conflict-lead")
    )
    apart = report("2026-11-04", question({"result": "at_once"}, id="alone", family=None))
    found = progress_of([one, other, apart])
    assert {family.family: len(family.attempts) for family in found.families} == {"conflict": 2, "alone": 1}
    tracks = {track.id: track.tallies for track in found.families[0].tracks}
    assert tracks["result"] == (Tally(at_once=1), Tally(not_heard=1))
    assert tracks["conflict:point:p1"] == (Tally(at_once=1), None)
    assert tracks["conflict-lead:point:p1"] == (None, Tally(not_heard=1))
    assert tracks["communication"] == (Tally(at_once=2), Tally(not_heard=2))
    assert not found.only("alone").comparable


def test_what_was_not_answered_and_what_a_virtual_candidate_said_is_left_out() -> None:
    left = report("2026-11-02", question({"result": "not_assessed"}, skipped=True))
    demo = report("2026-11-03", question({"result": "at_once"}), persona="strong")
    assert progress_of([left, demo]).families == ()


def test_there_is_no_total_anywhere() -> None:
    def names(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(names, value.values()))
        return set().union(*map(names, value)) if isinstance(value, list | tuple) else set()

    found = names(progress_of(three()).plain())
    assert not {
        each for each in found if any(word in each for word in ("total", "score", "overall", "grade"))
    }


def test_unsure_ones_are_no_evidence() -> None:
    slots = [{"result": "unsure"}, {"result": "at_once"}]
    found = progress_of([report(f"2026-11-0{day}", question(each)) for day, each in enumerate(slots, 1)])
    track = next(track for track in found.families[0].tracks if track.id == "result")
    assert [tally.share for tally in track.tallies if tally] == [None, 1.0]
    assert trend(track) == ""


def test_an_own_question_without_a_family_is_drilled_by_its_id() -> None:
    own = Question("mine", "behavioural", "Tell me about a time you were late.")
    assert drill_plan(FRAME, [own]).items[1].question == own
