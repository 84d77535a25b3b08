"""Plans: complete for every level and length, reproducible, never two of a family, never over the clock."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.content.resources import CORE_BANK, load_bank, load_house
from voice_interviewer.core.model.bank import LEVELS, Bank, Question
from voice_interviewer.core.model.plan import Brief, Plan, build_plan

ROLE = load_bank("ai-ethics-specialist")
CORE = load_bank(CORE_BANK)
HOUSE = load_house()
ALL_IDS = sorted(question.id for bank in (ROLE, CORE) for question in bank.questions)


def plan(level: str = "mid", minutes: int = 30, seed: int = 0, **more: object) -> Plan:
    return build_plan(ROLE, CORE, HOUSE, level, minutes, seed, **more)  # type: ignore[arg-type]


def core(made: Plan, spare: bool = False) -> list[Question]:
    items = (item for item in made.items if item.kind == "core" and item.spare is spare)
    return [item.question for item in items if item.question]


def ids(made: Plan) -> list[str]:
    return [question.id for question in core(made)]


@given(
    level=st.sampled_from(LEVELS),
    minutes=st.integers(1, 120),
    seed=st.integers(0, 2**32),
    avoid=st.frozensets(st.sampled_from(ALL_IDS)),
)
def test_every_plan_is_a_whole_interview(level: str, minutes: int, seed: int, avoid: frozenset[str]) -> None:
    made = plan(level, minutes, seed, avoid=avoid)
    kinds = [item.kind for item in made.items]
    assert kinds[0] == "opening"
    assert kinds[-2:] == ["candidate_questions", "close"]
    assert kinds.count("warmup") == (1 if minutes >= 8 else 0)
    assert kinds.count("core") >= 1
    assert sum(item.budget_s for item in made.items if not item.spare) == minutes * 60
    assert all(item.budget_s >= 1 for item in made.items)
    assert [item.expects_answer for item in made.items] == [
        kind in ("warmup", "core", "candidate_questions") for kind in kinds
    ]
    everything = core(made) + core(made, spare=True)
    families = [question.family for question in everything if question.family]
    assert len(set(families)) == len(families)
    assert len({question.id for question in everything}) == len(everything)
    steps = [abs(LEVELS.index(q.level) - LEVELS.index(level)) for q in everything if q.level]
    assert max(steps, default=0) <= 1
    assert plan(level, minutes, seed, avoid=avoid) == made


def test_the_opening_names_role_and_time_and_the_reply_follows_the_candidates_questions() -> None:
    made = plan(minutes=20)
    assert "AI Ethics Specialist" in made.items[0].say
    assert "20 minutes" in made.items[0].say
    assert "one minute" in plan(minutes=1).items[0].say
    assert not any("{" in item.say for item in made.items)
    assert made.items[-2].reply == HOUSE.candidate_questions_reply


def test_the_seed_chooses_among_the_wordings_and_every_one_has_its_turn() -> None:
    for number in (0, -2, -1):
        said = {plan(seed=seed).items[number].say for seed in range(60)}
        wordings = (HOUSE.opening, HOUSE.candidate_questions, HOUSE.close)[(0, -2, -1).index(number)]
        assert len(said) == len(wordings) > 1
    asked = {item.question.id for seed in range(90) for item in plan(seed=seed).items[1:2] if item.question}
    assert asked == {warmup.id for warmup in HOUSE.warmups}


def test_spare_questions_stand_between_the_ordinary_ones_and_the_candidates_own() -> None:
    made = plan(minutes=30)
    kinds = [item.kind + "+" * item.spare for item in made.items]
    middle = len(core(made))
    assert kinds[2 : 2 + middle] == ["core"] * middle
    assert kinds[2 + middle :] == ["core+"] * len(core(made, spare=True)) + ["candidate_questions", "close"]
    assert len(core(made, spare=True)) >= 10
    assert not core(plan("junior", 10, core_count=3), spare=True)


def test_three_junior_questions_go_from_the_past_to_the_technical() -> None:
    made = plan("junior", 10, 0, core_count=3)
    assert ids(made) == ["jr-past-issue", "jr-deadline-pressure", "jr-health-audit"]


@pytest.mark.parametrize("level", LEVELS)
def test_half_an_hour_asks_all_of_the_level_and_enough_about_the_past(level: str) -> None:
    made = plan(level, 30)
    own = {question.id for question in ROLE.questions if question.level == level}
    assert own <= set(ids(made))
    past = sum(question.type == "behavioural" for question in core(made))
    assert 2 <= past <= len(ids(made)) - 2


@pytest.mark.parametrize("level", LEVELS)
def test_two_questions_are_one_about_the_past_and_one_other(level: str) -> None:
    kinds = [question.type for question in core(plan(level, 10, core_count=2))]
    assert kinds.count("behavioural") == 1


def test_seeds_vary_what_is_asked_where_there_is_a_choice() -> None:
    assert len({tuple(ids(plan("mid", 30, seed))) for seed in range(12)}) > 6
    assert len({plan(seed=seed).items[1].say for seed in range(12)}) >= 3


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_comes_before_what_is_new(level: str) -> None:
    own = {question.id for question in ROLE.questions if question.level == level}
    first = plan(level, 30, 1)
    second = plan(level, 30, 1, avoid=frozenset(ids(first)))
    assert own <= set(ids(second))
    assert not (set(ids(first)) & set(ids(second))) - own
    worn_out = plan(level, 30, 1, avoid=frozenset(ALL_IDS))
    assert ids(worn_out) == ids(first)


@pytest.mark.parametrize("seed", range(6))
def test_a_second_short_interview_asks_the_question_of_the_level_that_is_new(seed: int) -> None:
    first = plan("junior", 10, seed)
    second = plan("junior", 10, seed + 1, avoid=frozenset(ids(first)))
    assert {question.level for question in core(second)} == {"junior"}
    assert set(ids(second)) - set(ids(first))


@given(level=st.sampled_from(LEVELS), minutes=st.integers(1, 120), seed=st.integers(0, 2**32))
def test_the_same_seed_and_nothing_to_avoid_is_the_same_interview(
    level: str, minutes: int, seed: int
) -> None:
    assert plan(level, minutes, seed, avoid=frozenset()) == plan(level, minutes, seed)


def test_an_own_list_is_asked_whole_and_in_its_order_and_nothing_else() -> None:
    words = [f"Question {i}?" for i in range(9)]
    bank = Bank(
        "mine",
        "your own questions",
        tuple(Question(f"q-{i}", "technical", say, level="director") for i, say in enumerate(words)),
    )
    for minutes in (1, 10, 60):
        made = build_plan(bank, None, HOUSE, "junior", minutes, 3, frozenset({"q-0"}), in_order=True)
        asked = [item.say for item in made.items if item.expects_answer]
        assert asked == [*words, made.items[-2].say]
        assert sum(item.budget_s for item in made.items) == minutes * 60
        assert "interview with your own questions" in made.items[0].say
    made = build_plan(bank, None, HOUSE, "junior", 10, 3, core_count=2, in_order=True)
    assert ids(made) == ["q-0", "q-1"]


def test_longer_interviews_ask_more_and_never_more_than_there_is() -> None:
    counts = [len(ids(plan("junior", minutes))) for minutes in (5, 10, 20, 30, 60, 120)]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert counts[1] == 2
    assert len(ids(plan("junior", 30, core_count=500))) <= len(ALL_IDS)


def test_a_users_own_list_without_levels_or_core_bank() -> None:
    bank = Bank("mine", "Mine", tuple(Question(f"q-{i}", "factual", f"Question {i}?") for i in range(4)))
    made = build_plan(bank, None, HOUSE, "junior", 30, 3)
    assert sorted(ids(made)) == ["q-0", "q-1", "q-2", "q-3"]


def test_a_bank_with_only_distant_levels_still_gives_an_interview() -> None:
    directors = tuple(question for question in ROLE.questions if question.level == "director")
    made = build_plan(replace(ROLE, questions=directors), None, HOUSE, "junior", 20, 0)
    assert len(ids(made)) == 3


def test_the_behavioural_core_can_be_practised_by_itself() -> None:
    made = build_plan(CORE, CORE, HOUSE, "lead", 30, 0)
    assert len(set(ids(made))) == len(ids(made)) >= 4


@pytest.mark.parametrize(
    ("level", "minutes", "core_count"),
    [("mid", 0, None), ("mid", 121, None), ("mid", -5, None), ("chief", 30, None), ("mid", 30, 0)],
)
def test_impossible_wishes_are_refused(level: str, minutes: int, core_count: int | None) -> None:
    with pytest.raises(ValueError, match=r"minutes|level|core_count"):
        plan(level, minutes, core_count=core_count)


def test_a_bank_with_nothing_to_ask_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to ask"):
        build_plan(Bank("empty", "Empty", ()), None, HOUSE, "mid", 30, 0)


# --- with a resume and a job description --------------------------------------------------------------------

CLAIMS = tuple(
    Question(f"resume-{i}", "behavioural", f"Claim {i}?", family="resume", private=True) for i in (1, 2)
)


def covered(made: Plan, wanted: dict[str, float]) -> float:
    return sum(weight for skill, weight in wanted.items() if any(skill in q.skills for q in core(made)))


@pytest.mark.parametrize("level", ["junior", "mid", "senior"])
def test_what_the_job_asks_for_is_covered_as_far_as_one_can(level: str) -> None:
    engineer = load_bank("software-engineer")
    wanted = {"testing": 4.0, "security": 3.0, "feedback": 2.0, "mentoring": 2.0}
    known = {skill for bank in (engineer, CORE) for q in bank.questions for skill in q.skills}
    gained = 0.0
    for seed in range(6):
        made = build_plan(engineer, CORE, HOUSE, level, 20, seed, brief=Brief(wanted, ("testing",)))
        gained += covered(made, wanted) - covered(build_plan(engineer, CORE, HOUSE, level, 20, seed), wanted)
        kinds = [question.type for question in core(made)]
        assert {"behavioural", "situational"} <= set(kinds)
        families = [question.family for question in core(made) if question.family]
        assert len(set(families)) == len(families)
        assert made.keywords == ("testing",)
    assert "testing" in known
    assert gained > 0


def test_lines_of_a_resume_are_asked_among_the_core_questions_and_take_the_place_of_others() -> None:
    for minutes, expected in ((5, 0), (20, 1), (30, 2)):
        made = plan(minutes=minutes, brief=Brief(claims=CLAIMS))
        assert len(core(made)) == len(core(plan(minutes=minutes)))
        places = [index for index, question in enumerate(core(made)) if question.private]
        assert len(places) == expected
        assert not places or places[0] > 0
        assert not places or places[-1] < len(core(made)) - 1
        assert sum(item.budget_s for item in made.items if not item.spare) == minutes * 60


def test_nothing_of_ones_own_changes_nothing() -> None:
    assert plan(brief=Brief()) == plan()


def test_an_own_list_is_asked_as_it_is_whatever_the_papers_say() -> None:
    bank = Bank("mine", "your own questions", (Question("q", "factual", "Why?"),))
    made = build_plan(bank, None, HOUSE, "mid", 30, 1, in_order=True, brief=Brief({}, ("x",), CLAIMS))
    assert ids(made) == ["q"]
    assert made.keywords == ("x",)
