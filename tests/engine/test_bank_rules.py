"""What `questions check` asks of a line and of a question's sheet, on good and bad ones."""

import json
from pathlib import Path

import pytest

from voice_interviewer.content.house_rules import (
    FALLS_BACK,
    GIVEN_AS_THEY_ARE,
    bank_findings,
    missing_findings,
    notes,
)
from voice_interviewer.content.line_rules import protected_topic, request_mistakes, shared_run, two_requests
from voice_interviewer.content.resources import list_banks, read_bank

GOOD = [
    "How would you find out?",
    "When the alarm rings at night, what do you do first?",
    "A patient refuses the tablets and the ward is full. What do you do?",
    "Tell me about a time a handover went wrong.",
    "Please walk me through your last release.",
    "And what came of it?",
    "How would you help a pupil who is behind and has given up?",
    "Would you pick one case and tell me how it went?",
    "Where do cost and speed pull against each other?",
    "A ward manager would say this takes too long. What would you tell them?",
    "Tell me about something that failed and was your responsibility.",
    "Suppose it breaks at the worst moment. What happens then?",
]
BAD = [
    ("What did you do, and why?", "two things in one: 'and why'"),
    ("How did you get there and what did it cost?", "two things in one: 'and what'"),
    ("Did people like it, and did they stay?", "two things in one: 'and did they'"),
    ("What did you change, how did they take it?", "two things in one"),
    ("Tell me what you built and describe how it was used.", "two things in one: 'and describe'"),
    ("Tell me about the quarrel, and how it ended.", "two things in one: 'and how'"),
    ("Tell me about a quarrel. How did it end?", "one thing and then for another"),
    ("Describe your plan. Then explain the risk.", "one thing and then for another"),
    ("What happened? I would like the whole story.", "goes on after its question"),
    ("The line stands still.", "asks nothing"),
    ("Your best customer leaves tomorrow.", "asks nothing"),
    ("", "asks nothing"),
]


@pytest.mark.parametrize("line", GOOD)
def test_one_request_passes(line: str) -> None:
    assert request_mistakes(line) == ()


@pytest.mark.parametrize(("line", "words"), BAD)
def test_two_requests_or_none_do_not(line: str, words: str) -> None:
    assert words in two_requests(line)
    assert words in " ".join(request_mistakes(line))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("What happened? Who was there?", "asks 2 things"),
        ("Tell me about " + "this " * 40, "has 43 words, at most 35"),
        ("What is A/B testing?", "'/'"),
        ("What did you do (if anything)?", "'('"),
        ("Which tools, e.g. scripts, did you use?", "'e.g.'"),
    ],
)
def test_what_a_voice_or_an_ear_cannot_follow(line: str, words: str) -> None:
    assert words in " ".join(request_mistakes(line))


@pytest.mark.parametrize(
    "line",
    [
        "How old are you?",
        "What is your date of birth?",
        "Are you married?",
        "Do you have children?",
        "Do you plan to have a family?",
        "How many children do you have?",
        "Are you pregnant?",
        "What does your husband think of the night shifts?",
        "Who looks after your children when you work late?",
        "What is your religion?",
        "Do you go to church?",
        "Where are you originally from?",
        "What is your native language?",
        "Do you have a disability?",
        "How is your health?",
        "Have you ever been seriously ill?",
        "What is your sexual orientation?",
        "Are you a member of a union?",
        "Who did you vote for, what are your political views?",
        "Have you ever been arrested?",
        "Do you have a criminal record?",
    ],
)
def test_what_is_private_is_not_asked_of_the_candidate(line: str) -> None:
    assert protected_topic(line)
    assert "private" in " ".join(request_mistakes(line))


@pytest.mark.parametrize(
    "line",
    [
        "How would you check that age does not matter to your model?",
        "How would you treat a patient who is pregnant?",
        "Do you have children in your class who need more time?",
        "How do you compare errors by religion and by ethnicity?",
        "What did you tell the patient's husband?",
        "How would you talk to a family that disagrees with the doctor?",
        "How would you find the race condition in your code?",
        "Which health data did you keep?",
        "How do you protect your health records?",
        "What would you tell a new colleague in your orientation week?",
    ],
)
def test_the_same_topics_may_be_asked_about_others(line: str) -> None:
    assert protected_topic(line) == ""


def test_six_words_in_a_row_are_a_shared_run_and_five_are_not() -> None:
    told = ["We all agreed on what to measure after launch, the two of us."]
    assert shared_run("What did you agree on what to measure?", told) == ""
    assert shared_run("Who agreed on what to measure after launch?", told) == (
        "agreed on what to measure after"
    )


# --- a whole sheet ------------------------------------------------------------------------------------------


def sheet() -> dict[str, object]:
    """A question that keeps every rule."""
    point = {
        "weight": 2,
        "probe": "How did you hear of it?",
        "text": "Says how the fault was noticed",
        "exemplars": ["I saw it in the log on Monday.", "My colleague called me about it."],
    }
    others = [
        {"text": f"Point {name}", "probe": f"What about {name}?", "exemplars": [f"I {name}.", f"We {name}."]}
        for name in ("tested", "repaired", "wrote")
    ]
    return {
        "id": "q-one",
        "type": "behavioural",
        "skills": ["care", "testing"],
        "say": "Tell me about a fault you found.",
        "plain": "Think of something broken that you came across. What happened?",
        "why": "To see how faults are found.",
        "how": ["Begin early.", "Be plain.", "End with a figure."],
        "avoid": [
            {"text": text, "signs": ["It was them.", "I did nothing."]} for text in ("Blames", "Hides")
        ],
        "points": [point, *others],
        "anchors": {level: f"an answer at {level}" for level in (1, 2, 3, 4, 5)},
        "challenge": "Some would call that slow. What would you say to them?",
        "example": " ".join(f"word{i}" for i in range(150)),
    }


def written(folder: Path, *sheets: dict[str, object]) -> Path:
    path = folder / "bank.yaml"
    path.write_text(json.dumps({"bank": {"id": "a", "title": "A"}, "questions": sheets}, indent=1))
    return path


def found(folder: Path, **changed: object) -> str:
    entry = read_bank(written(folder, {**sheet(), **changed}))
    return "\n".join(str(finding) for finding in (*bank_findings(entry), *missing_findings(entry)))


def points(**changed: object) -> list[dict[str, object]]:
    first, *rest = sheet()["points"]  # type: ignore[misc]
    return [{**first, **changed}, *rest]


def test_a_whole_sheet_passes(tmp_path: Path) -> None:
    assert found(tmp_path) == ""
    assert notes(read_bank(written(tmp_path, sheet()))) == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"points": points(exemplars=["I saw it."])}, "p1 has 1 exemplar(s) in the first person"),
        ({"points": points(exemplars=["It broke.", "I saw it."])}, "p1 has 1 exemplar(s)"),
        ({"points": points(exemplars=["I saw it.", "I saw it!"])}, "same exemplar twice"),
        ({"points": points(probe="What about tested?")}, "'What about tested?' is asked twice"),
        ({"points": points(probe="Tell me about a fault you found.")}, "is asked twice"),
        ({"points": points(probe="When did you see it, and what did you do?")}, "two things in one"),
        ({"points": points(probe="What " + "so " * 25 + "far?")}, "at most 25"),
        ({"points": points(text="How did you hear of it on Monday")}, "probe gives away"),
        ({"how": ["Tell how did you hear of it early.", "b", "c"]}, "probe gives away"),
        ({"example": "They said tell me about a fault you found. " * 18}, "say gives away"),
        ({"example": "So I saw it in the log on Monday. " + "word " * 140}, "repeats an exemplar of p1"),
        ({"example": "Too short."}, "the example has 2 words, not 140 to 250"),
        ({"challenge": "That sounds slow."}, "asks nothing"),
        ({"plain": ""}, "has no plain"),
        ({"plain": "Think of it. What broke? How did you see it?"}, "plain asks 2 things"),
        ({"plain": "Think of a " + "very " * 30 + "old fault. What happened?"}, "at most 30"),
        ({"plain": "Please, tell me about a fault you found."}, "plain says the question's own words again"),
        ({"plain": "It broke, and you saw it."}, "plain asks nothing"),
        ({"plain": "What did your wife say about the fault?"}, "plain asks after something private"),
        ({"plain": "Which fault * was it?"}, "plain has '*'"),
        ({"how": ["Name something broken that you came across.", "b", "c"]}, "plain gives away"),
        ({"challenge": "What would your wife say?"}, "private"),
        ({"anchors": dict.fromkeys((1, 2, 3, 4, 5), "the same")}, "two anchors say the same"),
        ({"avoid": [{"text": "Blames", "signs": ["It was them."]}, "Hides"]}, "needs 2 signs"),
        ({"say": "What did you do, and why?"}, "two things in one"),
        ({"skills": ["one"]}, "has 1 skills, not 2 to 4"),
        ({"why": "", "example": ""}, "has no why, no example"),
        ({"points": points(probe="")}, "has no probe"),
        ({"points": [{**point, "weight": 1} for point in points()]}, "has 0 points at its heart"),
    ],
)
def test_each_broken_rule_is_told_with_its_line(
    tmp_path: Path, changed: dict[str, object], words: str
) -> None:
    told = found(tmp_path, **changed)
    assert words in told
    assert all(line.startswith(f"{tmp_path / 'bank.yaml'}:") for line in told.splitlines())


def test_the_line_is_that_of_the_very_value(tmp_path: Path) -> None:
    told = found(tmp_path, points=points(probe="When did you see it, and what did you do?"))
    line = int(told.split(":")[1])
    assert "When did you see it" in (tmp_path / "bank.yaml").read_text().splitlines()[line - 1]


def test_two_of_a_family_may_not_share_an_anchor(tmp_path: Path) -> None:
    first = {**sheet(), "family": "faults"}
    second = {**first, "id": "q-two", "say": "Tell me about a fault your team found."}
    entry = read_bank(written(tmp_path, first, second))
    assert "has an anchor of q-one" in " ".join(map(str, bank_findings(entry)))
    other = {**second, "family": "others"}
    assert bank_findings(read_bank(written(tmp_path, first, other))) == ()


def test_a_list_of_ones_own_is_only_noted(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("- Tell me about a quarrel. How did it end?\n- Why this job?\n")
    entry = read_bank(path)
    assert bank_findings(entry) == ()
    told = notes(entry)
    assert len(told) == len(FALLS_BACK) - 2  # without points there are none to lack exemplars or probes
    assert told[0] == f"{path}: 2 of 2 questions lack points: falls back to what its type listens for"


def test_plain_words_of_a_list_of_ones_own_must_be_sayable(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "- say: Tell me about a quarrel.\n  plain: Who fought? How did it end?\n- say: Why this job?\n"
    )
    entry = read_bank(path)
    assert [str(finding) for finding in bank_findings(entry)] == [
        f"{path}:2: mine-1: plain asks 2 things, a line is one request"
    ]
    assert f"{path}: 1 of 2 questions lacks plain: falls back to what a question of its type wants, when" in (
        " ".join(notes(entry))
    )


def test_no_wording_is_excused_that_needs_no_excuse() -> None:
    says = {question.id: question.say for entry in list_banks() for question in entry.bank.questions}
    assert {name for name, say in says.items() if two_requests(say)} == GIVEN_AS_THEY_ARE
