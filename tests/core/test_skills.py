"""What a job description asks for, by words alone, and what of it came up."""

import pytest

from voice_interviewer.content.skill_words import load_skill_words
from voice_interviewer.core.feedback.skills import (
    MOST_KEYWORDS,
    NEVER,
    PROBED,
    SAID,
    Told,
    came_up,
    keywords,
    mentions,
    passages,
    weights,
)

WORDS = load_skill_words()
JOB = [
    ("", ["Project Nurse at Lindenhof Clinics", "Lindenhof Clinics is the leading group in Graz."]),
    ("About us", ["We are experts in medication safety since 1950."]),
    ("Your tasks", ["Lesson planning for trainees", "Prioritise calls and mentor juniors; Kardex entries"]),
    ("Requirements", ["You must know triage, wound care and Kardex", "Communication with families"]),
    ("Nice to have", ["Wound care certificate, some data analysis"]),
    ("Benefits", ["Free fruit and learning budget"]),
]
SKILLS = ("prioritisation", "mentoring", "communication", "data analysis", "medication safety", "budgeting")


def asked() -> dict[str, float]:
    return weights(SKILLS, passages(JOB), WORDS)


@pytest.mark.parametrize(
    ("name", "text", "heard"),
    [
        ("risk assessment", "I assessed the risks first", True),
        (
            "risk assessment",
            "Risk is a word. Much later, after lunch and a long walk home, an assessment",
            False,
        ),
        ("prioritisation", "you can prioritize a backlog", True),
        ("communication", "communicate clearly", True),
        ("communication", "a community of users", False),
        ("code review", "we do code-reviews", True),
        ("teamwork", "you work cross-functionally; a team player", True),
        ("Kubernetes", "on kubernetes clusters", True),
        ("leadership", "you read the leaders in the paper", False),
    ],
)
def test_a_name_is_heard_in_its_forms_and_in_other_words(name: str, text: str, heard: bool) -> None:
    assert mentions(name, text, WORDS) is heard


def test_weights_count_mentions_and_demands_and_leave_out_what_every_company_says() -> None:
    assert asked() == {"prioritisation": 1.0, "mentoring": 1.0, "communication": 2.0, "data analysis": 0.5}


def test_a_model_of_meaning_adds_what_is_said_in_other_words() -> None:
    said = passages([("Requirements", ["Keep calm when relatives shout"])])

    def near(names: object, texts: object) -> list[list[float]]:
        assert next(iter(texts)) == "Keep calm when relatives shout"  # type: ignore[call-overload]
        return [[0.6], [0.5]]

    assert weights(("de-escalation", "scheduling"), said, WORDS, near) == {"de-escalation": 2.0}


def test_keywords_are_skills_first_and_then_the_jobs_own_terms_without_its_name() -> None:
    found = keywords(asked(), passages(JOB), WORDS, [line for _, lines in JOB for line in lines])
    assert found[:4] == ("communication", "mentoring", "prioritisation", "data analysis")
    assert set(found[4:]) >= {"Kardex", "wound care"}
    assert len(found) <= MOST_KEYWORDS
    assert not any(word in " ".join(found) for word in ("Lindenhof", "Graz", "fruit", "Clinics", "nurse"))


def test_no_job_description_no_keywords() -> None:
    assert keywords({}, (), WORDS) == ()
    assert weights(SKILLS, (), WORDS) == {}


def test_what_came_up_goes_by_who_named_it_first() -> None:
    told = [
        Told("Tell me about a hard week.", False, ("mentoring",)),
        Told("We had no triage so I built one", True),
        Told("How did triage help?", False),
        Told("What about wound care?", False),
        Told("wound care came later", True),
    ]
    assert came_up("triage", told, WORDS) == (SAID, 1)
    assert came_up("wound care", told, WORDS) == (PROBED, 3)
    assert came_up("mentoring", told, WORDS) == (PROBED, 0)
    assert came_up("Kardex", told, WORDS) == (NEVER, None)
