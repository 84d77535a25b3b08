"""The house rules a bank must keep to be asked, listened to and explained; `questions check` reads them out.

Of any bank: lines that can be spoken (`line_rules.say_mistakes`), no question twice, ids in kebab-case. Of a
bank with a head also: every line one request and nothing private, at least one rubric point, and whatever a
question's sheet holds is whole: plain words that are other words, spoken exemplars, probes that differ and
give nothing away, five anchors that differ, signs of what not to say. What a sheet lacks is a mistake in the
banks that come with the product; in a bank of one's own it is a note that says what is used instead.
"""

import re
from collections.abc import Iterable, Iterator

from voice_interviewer.content.bankfile import Finding
from voice_interviewer.content.line_rules import (
    MAX_PLAIN_WORDS,
    MAX_PROBE_WORDS,
    request_mistakes,
    say_mistakes,
    shared_run,
    words_of,
)
from voice_interviewer.content.resources import BankFile
from voice_interviewer.content.yaml_file import Located
from voice_interviewer.core.model.bank import HouseLines, Question

LEAST_EXEMPLARS = 2
"""In the first person, as an answer is; further ones may tell what happened ("The line stood still.")."""
LEAST_SIGNS = 2
COPIED_RUN = 8
"""Words in a row that an example may not share with an exemplar: a copy proves nothing when it is found."""
EXAMPLE_WORDS = (140, 250)
"""A minute to a minute and a half of talk."""
COUNTS = {"skills": (2, 4), "how": (3, 5), "avoid": (2, 3), "points": (4, 7)}
"""How many entries a whole sheet has."""
MOST_HEARTS = 4
"""Where every point is at the heart of a question, none is."""

GIVEN_AS_THEY_ARE = frozenset(("core-conflict", "core-feedback", "jr-past-issue", "lead-program-built"))
"""Questions whose wording came with their bank and was kept though it asks for a second thing ("and how it
ended"). Nothing else of them is excused, and no other question is."""

FALLS_BACK = {
    "points": "what its type listens for",
    "skills": "no link to a job description",
    "exemplars": "the point's own words to be heard by",
    "probe": "the usual follow-up of its type",
    "why": "no reason shown",
    "how": "no advice shown",
    "avoid": "nothing to be warned of",
    "anchors": "the scale that holds for any question",
    "challenge": "the usual doubts",
    "example": "no example, so whether the points can be heard is not checked",
    "plain": "what a question of its type wants, when its meaning is asked",
}
"""What is done without each part of a sheet."""

_FIRST_PERSON = re.compile(r"\b(?:i|i'd|i'm|i've|i'll|me|my|mine|we|we'd|we're|we've|we'll|us|our|ours)\b")


def bank_findings(entry: BankFile) -> tuple[Finding, ...]:
    """Where a well-formed bank breaks a house rule, in the order of the file."""
    found: list[Finding] = []
    said: dict[str, int] = {}
    for index, (question, line) in enumerate(zip(entry.bank.questions, entry.lines, strict=True)):
        same = " ".join(re.findall(r"\w+", question.say.lower()))
        kept = question.id in GIVEN_AS_THEY_ARE or not entry.headed
        mistakes = list(say_mistakes(question.say) if kept else request_mistakes(question.say))
        if same in said:
            mistakes.append(f"asks the same as line {said[same]}")
        said.setdefault(same, line)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", question.id):
            mistakes.append(f"the id {question.id!r} is not in kebab-case")
        if entry.headed and not question.points:
            mistakes.append("has no rubric point")
        found += [Finding(entry.file, line, f"{question.id}: {mistake}") for mistake in mistakes]
        found += _at(entry, index, _plain(question, strict=not kept))
        if entry.headed:
            found += _at(entry, index, _sheet(question))
    return (*found, *_family_findings(entry))


def missing_findings(entry: BankFile) -> tuple[Finding, ...]:
    """What a whole sheet has and a question of this bank does not, question by question."""
    found: list[Finding] = []
    for index, question in enumerate(entry.bank.questions):
        lacks = missing(question)
        if lacks:
            found += _at(entry, index, [((), f"has no {', no '.join(lacks)}")])
        found += _at(entry, index, _counted(question))
    return tuple(found)


def missing(question: Question) -> tuple[str, ...]:
    """The names of FALLS_BACK that this question, or one of its points, goes without."""
    lacks = {
        "exemplars": any(not point.exemplars for point in question.points),
        "probe": any(not point.probe for point in question.points),
    }
    return tuple(
        name
        for name in FALLS_BACK
        if lacks.get(name, False) or (name not in lacks and not getattr(question, name))
    )


def notes(entry: BankFile) -> tuple[str, ...]:
    """For a bank of one's own: what its questions go without and what is used instead, a line each."""
    lacking = [missing(question) for question in entry.bank.questions]
    told = []
    for name, instead in FALLS_BACK.items():
        count = sum(name in names for names in lacking)
        if count:
            whose = f"{count} of {len(lacking)} questions {'lacks' if count == 1 else 'lack'} {name}"
            told.append(f"{entry.file}: {whose}: falls back to {instead}")
    return tuple(told)


# --- one sheet ----------------------------------------------------------------------------------------------

_Mistake = tuple[tuple[str | int, ...], str]
"""Where in the question, and what."""


def _at(entry: BankFile, index: int, mistakes: Iterable[_Mistake]) -> list[Finding]:
    name = entry.bank.questions[index].id
    return [Finding(entry.file, entry.line(index, *path), f"{name}: {text}") for path, text in mistakes]


def _plain(question: Question, strict: bool) -> Iterator[_Mistake]:
    """The other words: one short request that does not say the first ones again."""
    line = question.plain
    if not line:
        return
    rules = request_mistakes if strict else say_mistakes
    mistakes = list(rules(line, MAX_PLAIN_WORDS))
    run = shared_run(line, [question.say])
    if run or words_of(line) == words_of(question.say):
        mistakes.append(f"says the question's own words again: {run or line!r}")
    yield from ((("plain",), f"plain {mistake}") for mistake in mistakes)


def _sheet(question: Question) -> Iterator[_Mistake]:
    yield from _points(question)
    yield from _asked_lines(question)
    for index, avoid in enumerate(question.avoid):
        if len(avoid.signs) < LEAST_SIGNS:
            yield ("avoid", index), f"what not to say needs {LEAST_SIGNS} signs at least"
    if len(set(map(words_of, question.anchors))) < len(question.anchors):
        yield ("anchors",), "two anchors say the same"
    if question.example:
        low, high = EXAMPLE_WORDS
        if not low <= len(question.example.split()) <= high:
            yield ("example",), f"the example has {len(question.example.split())} words, not {low} to {high}"


def _points(question: Question) -> Iterator[_Mistake]:
    example = words_of(question.example)
    for index, point in enumerate(question.points):
        place = ("points", index, "exemplars")
        spoken = sum(bool(_FIRST_PERSON.search(" ".join(words_of(text)))) for text in point.exemplars)
        if point.exemplars and spoken < LEAST_EXEMPLARS:
            yield place, f"{point.id} has {spoken} exemplar(s) in the first person, not {LEAST_EXEMPLARS}"
        if len(set(map(words_of, point.exemplars))) < len(point.exemplars):
            yield place, f"{point.id} has the same exemplar twice"
        for number, exemplar in enumerate(point.exemplars):
            length = min(COPIED_RUN, len(words_of(exemplar)))
            copied = shared_run(exemplar, [" ".join(example)], length) if length > 2 else ""
            if copied:
                yield (*place, number), f"the example repeats an exemplar of {point.id}: {copied!r}"


def _asked_lines(question: Question) -> Iterator[_Mistake]:
    """Probes and the challenge: each one request, none like another; they, what is asked first and its plain
    words tell nothing of what is listened for."""
    lines: list[tuple[tuple[str | int, ...], str]] = [
        (("points", index, "probe"), point.probe)
        for index, point in enumerate(question.points)
        if point.probe
    ]
    if question.challenge:
        lines.append((("challenge",), question.challenge))
    seen = {words_of(question.say)}
    secret = [point.text for point in question.points] + [*question.how, question.example]
    for path, line in lines:
        for mistake in request_mistakes(line, MAX_PROBE_WORDS):
            yield path, f"{path[-1]} {line!r} {mistake}"
        if words_of(line) in seen:
            yield path, f"{path[-1]} {line!r} is asked twice"
        seen.add(words_of(line))
    first: list[tuple[tuple[str | int, ...], str]] = [((), question.say), (("plain",), question.plain)]
    for path, line in [*first, *lines]:
        run = shared_run(line, secret)
        if run:
            name = path[-1] if path else "say"
            yield (
                path,
                f"{name} gives away what is listened for: {run!r} is in a point, in how or in the example",
            )


def _counted(question: Question) -> Iterator[_Mistake]:
    for name, (low, high) in COUNTS.items():
        count = len(getattr(question, name))
        if count and not low <= count <= high:
            yield (name,), f"has {count} {name}, not {low} to {high}"
    hearts = sum(point.weight > 1 for point in question.points)
    if question.points and not 1 <= hearts <= MOST_HEARTS:
        yield ("points",), f"has {hearts} points at its heart, not 1 to {MOST_HEARTS}"


def _family_findings(entry: BankFile) -> list[Finding]:
    """The same topic at another level needs another scale: no anchor may serve two of a family."""
    found: list[Finding] = []
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    for index, question in enumerate(entry.bank.questions):
        for anchor in question.anchors if question.family else ():
            key = (str(question.family), words_of(anchor))
            other = seen.setdefault(key, question.id)
            if other != question.id:
                found += _at(entry, index, [(("anchors",), f"has an anchor of {other}, of the same family")])
    return found


# --- around the questions -----------------------------------------------------------------------------------


def house_findings(house: HouseLines, located: Located) -> tuple[Finding, ...]:
    """Where a line around the questions breaks a rule; {title} and {minutes} belong to the opening alone."""
    found: list[_Mistake] = []
    for index, opening in enumerate(house.opening):
        place = ("opening", index)
        if not all(part in opening for part in OPENING_PARTS):
            found.append((place, f"does not hold {' and '.join(map(repr, OPENING_PARTS))}"))
        spoken = opening.replace("{title}", "title").replace("{minutes}", "10")
        found += [(place, mistake) for mistake in say_mistakes(spoken)]
    lines: list[_Mistake] = [(("candidate_questions_reply",), house.candidate_questions_reply)]
    lines += [(("close", index), line) for index, line in enumerate(house.close)]
    found += [(place, mistake) for place, line in lines for mistake in say_mistakes(line)]
    for index, line in enumerate(house.resume):
        place = ("resume", index)
        if line.count("{claim}") != 1:
            found.append((place, "does not hold {claim} once"))
        spoken = line.replace("{claim}", "you " + "did " * 13)
        found += [(place, mistake) for mistake in request_mistakes(spoken)]
    seen: set[str] = set()
    for name in ("warmups", "candidate_questions"):
        for index, question in enumerate(getattr(house, name)):
            place = (name, index)
            found += [(place, mistake) for mistake in request_mistakes(question.say)]
            if question.id in seen:
                found.append((place, f"has the id {question.id!r} of another"))
            seen.add(question.id)
    return tuple(
        Finding(located.file, located.line(*place), f"{place[0]} {mistake}") for place, mistake in found
    )


OPENING_PARTS = ("for the role of {title}", "{minutes} minutes")
"""The words that `core.model.plan` replaces: a list of one's own is no role, one minute no plural."""
