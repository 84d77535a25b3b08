"""The clock: whole interviews with candidates of every kind end near the chosen minutes."""

import random
from dataclasses import replace

import pytest
from timeline import Timeline, small_plan

from voice_interviewer.content.resources import CORE_BANK, load_bank, load_house
from voice_interviewer.core.model.plan import Plan, build_plan
from voice_interviewer.core.probing.routes import MIN_TIME_MS
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.schedule import enough_ms, station_ms

ROLE, CORE, HOUSE = load_bank("software-engineer"), load_bank(CORE_BANK), load_house()
WORD_S = 60 / 165
"""The interviewer's pace."""


class Candidate:
    """How long somebody answers, in seconds, and how often they are probed: mean first answer, mean answer
    to a follow-up, follow-ups wanted."""

    def __init__(self, first_s: float, later_s: float, probes: int) -> None:
        self.first_s, self.later_s, self.probes = first_s, later_s, probes

    def answer_s(self, dice: random.Random, probe: bool) -> float:
        return max(1.0, (self.later_s if probe else self.first_s) * dice.uniform(0.6, 1.4))


KINDS = {
    "strong": Candidate(120, 35, 1),
    "vague": Candidate(35, 20, 2),
    "long": Candidate(170, 50, 2),
    "terse": Candidate(8, 6, 2),
}


def hold(plan: Plan, who: Candidate, seed: int, settings: e.Settings | None = None) -> Timeline:
    """The interview to its end: lines at the interviewer's pace, and a rule for follow-ups that obeys the
    clock."""
    talk, dice = Timeline(plan, settings), random.Random(seed)
    while talk.phase != "ended":
        while talk.phase == "speaking":
            line = talk.state.line
            assert line is not None
            talk.say_line(len(line.text.split()) * WORD_S)
        item, asked = talk.state.plan_item, talk.state.agenda.asked
        if talk.phase == "ended" or item is None or asked is None:
            break
        _answer(talk, 6.0 if item.kind != "core" else who.answer_s(dice, asked.move is not None))
        context = talk.state.context()
        if context.probes_used < who.probes and context.time_left_ms >= MIN_TIME_MS and item.kind == "core":
            talk.reply("result", f"What came of it, in case {context.turn}?")
        else:
            talk.reply("move_on", "" if item.reply else "Let's go on.")
    return talk


def _answer(talk: Timeline, seconds: float) -> None:
    """In stretches of speech with short pauses between them, until it is over or the floor is taken."""
    while seconds > 0 and talk.phase == "listening":
        stretch = min(seconds, 12.0)
        talk.speak(max(0.5, stretch - 1.4), "we did it")
        talk.silence(0.6)
        seconds -= stretch
    talk.silence(2.5)
    assert talk.phase == "thinking", talk.phase


def asked_ids(talk: Timeline) -> list[str]:
    return list(dict.fromkeys(exchange.question_id for exchange in talk.state.agenda.exchanges))


@pytest.mark.parametrize("minutes", [15, 20, 30])
@pytest.mark.parametrize("name", KINDS)
def test_an_interview_ends_within_a_tenth_of_the_chosen_minutes(name: str, minutes: int) -> None:
    for seed in (1, 2):
        plan = build_plan(ROLE, CORE, HOUSE, "mid", minutes, seed)
        talk = hold(plan, KINDS[name], seed)
        assert talk.state.floor.end_reason == "finished"
        assert talk.state.agenda.exchanges[-1].question_id == plan.items[-2].question.id
        used_up = len(asked_ids(talk)) == sum(item.expects_answer for item in plan.items)
        share = talk.now_ms / (60_000 * minutes)
        assert share <= 1.1
        assert share >= 0.9 or (name == "terse" and used_up), share


def test_spare_questions_are_asked_only_when_there_is_time_for_them() -> None:
    plan = build_plan(ROLE, CORE, HOUSE, "mid", 30, 3)
    spare = {item.question.id for item in plan.items if item.spare and item.question}
    assert len(spare & set(asked_ids(hold(plan, KINDS["long"], 3)))) <= 1
    assert len(spare & set(asked_ids(hold(plan, KINDS["terse"], 3)))) >= 10


def test_a_question_that_could_not_be_answered_any_more_is_not_begun() -> None:
    talk = Timeline(small_plan(minutes=10))
    talk.until_listening()
    talk.silence(1)
    talk.now_ms = 9 * 60_000 - 30_000  # the reserve of a minute begins in 30 s
    talk.wake_ms = None
    talk.speak(3.0, "that is all of it")
    talk.silence(2.5)
    talk.reply("move_on", "Thank you.")
    talk.say_line()
    assert talk.saying == "What would you like to ask me?"


def test_whoever_asks_to_stop_hears_the_goodbye_next_whatever_is_left_over() -> None:
    talk = Timeline(build_plan(ROLE, CORE, HOUSE, "mid", 30, 1))
    talk.until_listening()
    talk.answer("i would like to stop here", "close", "")
    assert talk.saying == talk.state.plan.items[-1].say


def test_a_long_answer_is_ended_at_a_pause_when_the_time_is_up_but_never_in_calm() -> None:
    for redirects, phase in ((2, "thinking"), (0, "listening")):
        talk = Timeline(small_plan(minutes=10), e.Settings(redirects=redirects))
        talk.until_listening()
        talk.now_ms, talk.wake_ms = 8 * 60_000, None
        talk.speak(75.0, "and so on")
        talk.silence(0.9)
        assert talk.phase == phase
        assert talk.phase == "listening" or talk.state.context().time_left_ms < MIN_TIME_MS


@pytest.mark.parametrize(
    ("minutes", "index", "spent_s", "enough_s"),
    [
        (60, 1, 0, 150),
        (15, 1, 0, 49.5),
        (1, 1, 0, 3.3),
        (30, 2, 200, 75),
        (15, 2, 600, 49.5),
        (15, 2, 40, 20),
    ],
)
def test_how_much_time_is_enough(minutes: int, index: int, spent_s: int, enough_s: float) -> None:
    """Before the first question, and after one that took so long."""
    assert enough_ms(small_plan(minutes), index, 1000 * spent_s) == 1000 * enough_s


def test_a_question_may_use_what_earlier_ones_left_over() -> None:
    plan = small_plan()  # two core questions of 180 s each
    assert station_ms(plan, 2, 180_000) == 180_000
    assert station_ms(plan, 2, 150_000) == 210_000
    assert station_ms(plan, 2, 20_000) == 270_000
    assert station_ms(plan, 2, 400_000) == 180_000
    items = (*plan.items[:2], replace(plan.items[2], spare=True), *plan.items[3:])
    assert station_ms(replace(plan, items=items), 2, 20_000) == 180_000
    assert station_ms(plan, 3, 20_000) == 60_000
