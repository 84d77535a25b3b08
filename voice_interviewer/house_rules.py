"""The house rules a question must keep to be spoken and listened to; `questions check` reads them out.

A line is one request of at most 35 words: at most one question mark, since a request may be an imperative
("Tell me about a time ...") with or without the question that ends it. No sign a voice stumbles over, no
question twice, ids in kebab-case, and at least one rubric point for every question of a bank that has a head.
"""

import re

from voice_interviewer.bankfile import Finding
from voice_interviewer.core.bank import HouseLines
from voice_interviewer.resources import BankFile
from voice_interviewer.yamlfile import Located

MAX_SAY_WORDS = 35
"""A question is heard once, not read: one breath long."""

_UNSPEAKABLE = re.compile(r"[*_#<>{}\[\]|\\/&%@^~=+$€£`]|https?:")


def bank_findings(entry: BankFile) -> tuple[Finding, ...]:
    """Where a well-formed bank breaks a house rule."""
    found: list[Finding] = []
    said: dict[str, int] = {}
    for question, line in zip(entry.bank.questions, entry.lines, strict=True):
        same = " ".join(re.findall(r"\w+", question.say.lower()))
        mistakes = list(say_mistakes(question.say))
        if same in said:
            mistakes.append(f"asks the same as line {said[same]}")
        said.setdefault(same, line)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", question.id):
            mistakes.append(f"the id {question.id!r} is not in kebab-case")
        if entry.headed and not question.points:
            mistakes.append("has no rubric point")
        found += [Finding(entry.file, line, f"{question.id}: {mistake}") for mistake in mistakes]
    return tuple(found)


def say_mistakes(say: str) -> tuple[str, ...]:
    """Why a line cannot be spoken as one request; empty when it can."""
    words, marks, sign = len(say.split()), say.count("?"), _UNSPEAKABLE.search(say)
    mistakes = []
    if marks > 1:
        mistakes.append(f"asks {marks} things, a line is one request")
    if words > MAX_SAY_WORDS:
        mistakes.append(f"has {words} words, at most {MAX_SAY_WORDS} can be followed by ear")
    if sign:
        mistakes.append(f"has {sign.group()!r}, which a voice stumbles over")
    return tuple(mistakes)


def house_findings(house: HouseLines, located: Located) -> tuple[Finding, ...]:
    """Where a line around the questions breaks a rule; {title} and {minutes} belong to the opening alone."""
    opening = house.opening.replace("{title}", "title").replace("{minutes}", "10")
    lines: list[tuple[tuple[str | int, ...], str]] = [
        (("opening",), opening),
        (("candidate_questions",), house.candidate_questions.say),
        (("candidate_questions_reply",), house.candidate_questions_reply),
        (("close",), house.close),
    ]
    lines += [(("warmups", i), warmup.say) for i, warmup in enumerate(house.warmups)]
    return tuple(
        Finding(located.file, located.line(*place), f"{place[0]} {mistake}")
        for place, say in lines
        for mistake in say_mistakes(say)
    )
