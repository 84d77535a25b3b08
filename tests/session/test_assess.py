"""`assess`: one written answer or many, the promised JSON, and one clear line for whatever cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import run

ANSWER = (
    "Last May a pump failed on the ward. I called the supplier and I moved the crew "
    "because the ward needed water."
)
BEHAVIOURAL = ("--type", "behavioural")
SLOTS = ["situation", "own_action", "reasoning", "result", "measure", "reflection"]


def assessed(*arguments: str, text: str = ANSWER, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "answer.txt"
    file.write_text(text, encoding="utf-8")
    done = run("assess", *arguments, "--text", str(file), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_promised_form(tmp_path: Path) -> None:
    result = assessed("--question-text", "Tell me about a hard week.", *BEHAVIOURAL, tmp_path=tmp_path)
    assert set(result) == {
        "id", "tier", "question", "slots", "ranked_moves", "move", "say", "feedback", "facts"
    }  # fmt: skip
    assert [slot["id"] for slot in result["slots"]] == SLOTS
    for slot in result["slots"]:
        assert slot["state"] in ("heard", "unsure", "not_heard")
        if slot["quote"] is not None:
            assert " ".join(ANSWER.split())[slot["start"] : slot["end"]] == slot["quote"]
    assert result["move"] == result["ranked_moves"][0]["move"]
    assert result["say"] == result["ranked_moves"][0]["say"]
    assert set(result["ranked_moves"][0]) == {"move", "target", "say", "quote", "reason"}
    feedback = result["feedback"]
    assert {"assessed", "reason", "level", "points", "keep", "fix"} <= set(feedback)
    assert (feedback["assessed"], feedback["reason"], feedback["level"]) == (False, "thin", None)
    assert (feedback["points"], feedback["keep"], feedback["fix"]) == ([], None, None)
    assert result["facts"] == {
        "has_result": False, "has_own_action": True, "has_number": False, "hypothetical": False
    }  # fmt: skip


def test_a_question_of_a_bank_brings_its_points(tmp_path: Path) -> None:
    result = assessed("--question", "jr-past-issue", "--level", "senior", tmp_path=tmp_path)
    assert result["question"]["id"] == "jr-past-issue"
    assert result["question"]["level"] == "senior"
    assert [slot["id"] for slot in result["slots"][6:]] == [f"point:p{n}" for n in range(1, 6)]


TOLD = """Last May, on the night shift, a pump failed and two wards had no water.  I called the supplier
myself,   and I moved the crew to the second line, because the wards could not wait for the morning. At last
we had water again after forty minutes, where it had taken six hours the year before. Next time I would keep
a spare pump in the house, and since June we do."""


def test_a_real_answer_is_scored_and_every_quote_stands_in_it(tmp_path: Path) -> None:
    feedback = assessed("--question", "core-deadline", text=TOLD, tmp_path=tmp_path)["feedback"]
    assert feedback["assessed"]
    assert feedback["level"] in (3, 4, 5)
    said = [
        each for each in (*feedback["points"], feedback["keep"], feedback["fix"]) if each and each["quote"]
    ]
    assert len(said) >= 4
    assert all(TOLD[each["start"] : each["end"]] == each["quote"] for each in said)
    passes = [each["passes"] for each in feedback["seniorities"]]
    assert passes == sorted(passes, reverse=True), "who passes at one level passes at those below"
    assert all(each["passes"] or each["lacks"] for each in feedback["seniorities"])


def test_taking_it_back_costs_a_level(tmp_path: Path) -> None:
    before = assessed("--question", "core-deadline", text=TOLD, tmp_path=tmp_path)["feedback"]
    text = f"{TOLD} Actually, no, that's not true, I made those numbers up."
    after = assessed("--question", "core-deadline", text=text, tmp_path=tmp_path)["feedback"]
    assert after["level"] < before["level"]
    assert any(each["why"] == "taken back" for each in after["points"])


def test_offsets_hold_for_any_white_space(tmp_path: Path) -> None:
    text = "Last May a pump failed.\n\n  I called the supplier   and I moved the crew.\r\n"
    result = assessed("--question", "jr-past-issue", text=text, tmp_path=tmp_path)
    shown = [slot for slot in result["slots"] if slot["quote"]]
    assert shown
    assert all(text[slot["start"] : slot["end"]].split() == slot["quote"].split() for slot in shown)


def test_history_counts_as_said(tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    turns = [{"question": "Tell me about a hard week.", "answer": ANSWER}]
    history.write_text(json.dumps(turns), encoding="utf-8")
    result = assessed(
        "--question-text", "What came of it?", *BEHAVIOURAL, "--history", str(history),
        text="In the end the ward stayed open and nobody had to be moved.", tmp_path=tmp_path,
    )  # fmt: skip
    ranked = [move["move"] for move in result["ranked_moves"]]
    assert "result" not in ranked
    assert result["facts"]["has_result"]


def test_a_batch_keeps_its_order_and_loses_nothing(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "question": "jr-past-issue", "text": ANSWER}),
        "",
        "not json",
        json.dumps({"id": "b", "question": "no-such-question", "text": "hm"}),
        json.dumps({"id": "c", "question_text": "Why us?", "type": "motivation", "level": "mid", "text": ""}),
        json.dumps({"id": "d", "question_text": "Why?", "type": "no such type", "text": "x"}),
        json.dumps(["a list"]),
    ]
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = run("assess", "--batch", str(file), "--json")
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["id"] for result in results] == ["a", None, "b", "c", "d", None]
    assert ["error" in result for result in results] == [False, True, True, False, True, True]
    assert results[3]["move"] == "repeat" or results[3]["move"] == "move_on"
    assert done.returncode == 2
    assert "line 3" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--question", "jr-past-issue"), "--text and --batch"),
        (("--question", "jr-past-isue", "--text", "-"), "did you mean 'jr-past-issue'"),
        (("--text", "-"), "neither 'question' nor 'question_text'"),
        (("--question", "jr-past-issue", "--text", "missing.txt"), "Cannot read missing.txt"),
        (("--question", "jr-past-issue", "--text", "-", "--engine", "llm"), "language model"),
    ],
)
def test_what_cannot_be_assessed_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    done = run("assess", *arguments, text="an answer")
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_person_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER, encoding="utf-8")
    done = run("assess", "--question", "jr-past-issue", "--text", str(file))
    assert "Heard:" in done.stdout
    assert "Next:" in done.stdout
    assert "Judged by: rules (embeddings)" in done.stdout
