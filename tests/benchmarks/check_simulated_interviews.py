"""Five hundred whole interviews with candidates of nine kinds, and what has to hold for each of them.

All roles, levels and styles, 15 to 40 minutes, spoken and typed: the real plan, machine and rules engine,
only without sound (tests/text_interviews.py). tests/benchmarks/simulate_interviews.py prints how they went.
"""

import itertools
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from text_candidates import PERSONAS
from text_interviews import cases, hold, roles
from text_verdicts import RULES, complaints

from voice_interviewer.core.model.bank import LEVELS
from voice_interviewer.core.turns import events as e
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.settings.config import style_names

sys.path.insert(0, str(Path(__file__).parent))

from simulate_interviews import Results, broken, hold_all

HELD, WITH_EMBEDDINGS = 500, 40
AGAIN = 20
"""Every so many are held a second time, by a process in which hashes differ."""
RULE_NAMES = [rule.__name__ for rule in RULES]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return hold_all(HELD, "words", AGAIN, tmp_path_factory.mktemp("interviews"))


@pytest.fixture(scope="module")
def with_embeddings(semantic_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return hold_all(WITH_EMBEDDINGS, str(semantic_model), AGAIN, tmp_path_factory.mktemp("embedded"))


def _fail_if_broken(results: Results, rule: str) -> None:
    found = broken(results).get(rule)
    if found:
        pytest.fail("\n".join([f"{rule}, {len(found)} times, such as:", *found[:5]]), pytrace=False)


@pytest.mark.parametrize("rule", [*RULE_NAMES, "changed_by_injection", "not_the_same_twice"])
def test_in_no_interview_is_broken(rule: str, results: Results) -> None:
    _fail_if_broken(results, rule)


@pytest.mark.parametrize("rule", [*RULE_NAMES, "changed_by_injection", "not_the_same_twice"])
def test_with_embeddings_is_not_broken_either(rule: str, with_embeddings: Results) -> None:
    _fail_if_broken(with_embeddings, rule)


def test_everything_there_is_takes_part(results: Results) -> None:
    chosen = cases(HELD)
    assert len(results.first) == HELD
    assert len(results.second) >= HELD // AGAIN
    assert {results.first[number]["persona"] for number in results.second} == set(PERSONAS)
    assert {case.role for case in chosen} == set(roles())
    assert {(case.persona, case.level) for case in chosen} == set(itertools.product(PERSONAS, LEVELS))
    forms = {(case.persona, case.style, case.typed) for case in chosen}
    assert forms == set(itertools.product(PERSONAS, style_names(), (True, False)))
    assert min(case.minutes for case in chosen) == 15
    assert max(case.minutes for case in chosen) == 40


def test_each_kind_of_candidate_meets_the_moves_made_for_it(results: Results) -> None:
    """Not that each move was right, only that nobody is interviewed as if they were somebody else."""
    moves: dict[str, Counter[str]] = {persona: Counter() for persona in PERSONAS}
    for entry in results.first.values():
        moves[entry["persona"]].update(entry["moves"])
    assert moves["we-speaker"]["own_part"] > 5 * moves["strong"]["own_part"]
    assert moves["vague"]["example"] > 5 * moves["strong"]["example"]
    assert moves["rambler"]["redirect"] > 5 * moves["strong"]["redirect"]
    assert moves["silent"]["hint"] > 100
    assert sum(moves["strong"][move] for move in ("repeat", "hint", "skip", "wait")) == 0
    for move in ("repeat", "wait", "skip"):
        assert moves["requesting"][move] > 40


def test_most_ramblers_are_brought_back(results: Results) -> None:
    spoken = [case for case in cases(HELD) if case.persona == "rambler" and not case.typed]
    tried = [case for case in spoken if case.style != "calm"]
    brought = [case for case in tried if results.first[case.number]["moves"].get("redirect")]
    assert len(brought) >= 0.8 * len(tried)
    assert not any(results.first[case.number]["moves"].get("redirect") for case in set(spoken) - set(tried))


def test_the_instructions_were_really_there(results: Results) -> None:
    given = [entry["injected"] for entry in results.first.values() if entry["persona"] == "injecting"]
    assert min(given) >= 5


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("no_verdict", "Great answer, thank you. What came of it?"),
        ("one_request_each", "What came of it? And why did you do it?"),
        ("one_request_each", "You told me a lot there."),
        ("no_line_twice", "{opening}"),
        ("no_line_twice", "Well, {question}"),
        ("nothing_given_away", "Perhaps it was like this: {example}"),
        ("few_probes", "What else was there?"),
    ],
)
def test_the_rules_see_what_they_are_there_for(rule: str, line: str) -> None:
    """An interview in which that rule is kept, until one more line is said."""
    held = hold(cases(1)[0], RulesEngine.from_content(load_reader("words")))
    assert rule not in complaints(held)
    question = next(item.question for item in held.plan.items if item.kind == "core" and item.question)
    text = line.format(opening=held.lines[0].text, question=question.say, example=question.example)
    for number in range(1000, 1004 if rule == "few_probes" else 1001):
        added = e.Line(number, "probe", text, question.id, "depth")
        held.log.append((e.ClockReached(held.state.at_ms), (e.Speak(added, 165),)))
        held.log.append((e.LineStarted(held.state.at_ms, number, 1000), ()))
    assert rule in complaints(replace(held))
