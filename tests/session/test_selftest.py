"""`selftest`: the report card of known scorers, what is kept of it, and the command itself."""

import json
from pathlib import Path

import pytest
import yaml
from command_line import run
from feedback_sets import STRENGTHS, singles, triples

from voice_interviewer.bench import selftest
from voice_interviewer.content.resources import content, list_banks
from voice_interviewer.core.model.bank import LEVELS
from voice_interviewer.core.model.feedback import THIN, Material, Score
from voice_interviewer.errors import BankProblem
from voice_interviewer.settings import selftest_card

ANSWERS = selftest.load_answers()
BY_TEXT = {getattr(case, strength): strength for case in ANSWERS.cases for strength in STRENGTHS}
IDEAL = {"strong": 5, "medium": 3, "weak": 1}


def text_of(material: Material) -> str:
    return material.exchanges[0].answer.text


def ideal(material: Material) -> Score:
    """Knows the shipped answers by heart."""
    text = text_of(material)
    if text in (" ".join(case.misheard.split()) for case in ANSWERS.cases):
        return Score(True, level=5)
    known = next((one for said, one in BY_TEXT.items() if text.startswith(" ".join(said.split()))), None)
    if known is None:
        return Score(False, THIN)
    taken_back = any(text.endswith(said) for said in sum(ANSWERS.retraction.values(), ()))
    return Score(True, level=IDEAL[known] - taken_back)


def by_length(material: Material) -> Score:
    """The longer the better, as nobody should be judged."""
    return Score(True, level=min(5, 1 + len(text_of(material).split()) // 50))


def test_a_scorer_that_knows_them_all_may_show_its_levels_as_they_are() -> None:
    card = selftest.run_selftest(ideal, "known")
    assert (card.strong_over_weak, card.in_order, card.never_scored, card.retraction_lowers) == (1, 1, 1, 1)
    assert card.moves == {"word errors": 0, "padding": 0, "praise": 0}
    assert card.spread == 0
    assert card.passed


def test_who_counts_words_may_show_no_level() -> None:
    card = selftest.run_selftest(by_length, "long")
    assert card.strong_over_weak < selftest.FLOOR
    assert card.spread is None
    assert card.never_scored == 0
    assert card.moves["padding"] > 0.5
    assert not card.passed


def test_a_level_below_where_it_belongs_is_a_step_off() -> None:
    card = selftest.run_selftest(lambda material: _shifted(ideal(material)), "shy")
    assert card.strong_over_weak == 1
    assert card.spread == 1


def _shifted(score: Score) -> Score:
    return Score(True, level=3 if score.level == 5 else score.level) if score.assessed else score


def test_answers_without_a_level_are_counted_and_never_above_one() -> None:
    card = selftest.run_selftest(lambda material: Score(False, THIN), "silent")
    assert (card.lost, card.strong_over_weak, card.spread) == (2 * len(ANSWERS.cases), 0, None)
    assert card.never_scored == 1


def test_progress_is_told_to_the_last_answer() -> None:
    told: list[tuple[int, int]] = []
    selftest.run_selftest(ideal, "known", heard=lambda done, whole: told.append((done, whole)))
    assert told[-1][0] == told[-1][1] == len(told) == 9 * len(ANSWERS.cases) + len(ANSWERS.never)


# --- what is kept -------------------------------------------------------------------------------------------


def test_what_was_never_measured_is_not_claimed() -> None:
    assert selftest_card.measured_spread("words") is None


def test_each_tier_keeps_its_own_card(monkeypatch: pytest.MonkeyPatch) -> None:
    selftest_card.keep(selftest.run_selftest(ideal, "embeddings"))
    path = selftest_card.keep(selftest.run_selftest(by_length, "words"))
    assert selftest_card.measured_spread("embeddings") == 0
    assert selftest_card.measured_spread("words") is None
    monkeypatch.setattr(selftest_card, "__version__", "0.0.0+older")
    assert selftest_card.measured_spread("embeddings") is None
    path.write_text("{torn", encoding="utf-8")
    assert selftest_card.measured_spread("embeddings") is None


# --- what is shipped ----------------------------------------------------------------------------------------


def test_the_shipped_answers_are_in_no_set() -> None:
    shipped = {" ".join(getattr(case, strength).split()) for case in ANSWERS.cases for strength in STRENGTHS}
    folders = [(unseen, folder) for unseen in (False, True) for folder in ("feedback", "triples")]
    judged = {each.text(s) for half, folder in folders for each in triples(half, folder) for s in STRENGTHS}
    judged |= {one.text for name in ("empty", "never") for one in singles(name)}
    assert len(shipped) == 36
    assert not shipped & {" ".join(text.split()) for text in judged}


def test_the_shipped_questions_are_of_many_kinds() -> None:
    asked = [
        q
        for entry in list_banks()
        for q in entry.bank.questions
        if q.id in {c.question for c in ANSWERS.cases}
    ]
    assert len(asked) == len(ANSWERS.cases) == 12
    assert {question.type for question in asked} == {"behavioural", "situational", "technical", "leadership"}
    assert len({question.level for question in asked} & set(LEVELS)) >= 5


def test_a_mistake_in_the_answers_names_its_line(tmp_path: Path) -> None:
    data = yaml.safe_load(
        content().joinpath("configs", "selftest", "answers.yaml").read_text(encoding="utf-8")
    )
    data["cases"][1]["tells"] = "future"
    path = tmp_path / "answers.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(BankProblem, match=r"answers\.yaml:\d+:"):
        selftest.read_answers(path)


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_prints_a_card_and_keeps_it(fresh_home: Path, semantic_model: Path) -> None:
    done = run("selftest", "--json", environment={"VOICE_INTERVIEWER_SEMANTIC": str(semantic_model)})
    card = json.loads(done.stdout)
    assert card["tier"] == "embeddings"
    assert done.returncode == (0 if card["passed"] else 1), done.stderr
    assert card["strong_over_weak"] >= selftest.FLOOR
    assert card["never_scored"] == 1
    assert selftest_card.measured_spread("embeddings") == card["spread"]


def test_words_alone_say_what_would_hear_more_when_they_fail() -> None:
    done = run("selftest", environment={"VOICE_INTERVIEWER_SEMANTIC": "words"})
    assert "judged by: words" in done.stdout
    assert "A strong answer lies above a weak one" in done.stdout
    assert done.returncode in (0, 1)
    if done.returncode:
        assert 'leave `semantic = "words"` away' in done.stderr
    assert "Traceback" not in done.stderr


def test_no_model_server_is_one_line() -> None:
    done = run("selftest", "--engine", "llm")
    assert done.returncode == 2
    assert done.stderr.startswith("voice-interviewer: There is no language model")
    assert "Traceback" not in done.stderr
