"""Drills: a few minutes on one question or one move, what changed since, and what is worth coming back to.

Reports are looked at in their plain form (`review.model.Report.plain()`), so that a stored one will do.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.probing.quoting import Quote, quotes
from voice_interviewer.core.probing.wants import SENIOR

ASKS = 3
"""Short asks in the drill of a move."""
FAMILY = "drill-"
"""Begins the family of such an ask; the move's id follows."""
ASK_S = 45
"""Length of a good answer to one of them, in seconds. Start value."""

AT_ONCE, AFTER_PROBE, NOT_HEARD, UNSURE = "at_once", "after_probe", "not_heard", "unsure"
Plain = Mapping[str, Any]
"""A report, a question or a finding in its JSON form."""

# --- plans --------------------------------------------------------------------------------------------------

_OPENING_S, _CLOSE_S = 10, 6
_PROBES_S = 110
"""What follow-ups and their answers take beside the first answer to a whole question. Start value."""
_ASK_PROBES_S = 25
MIN_MINUTES, MAX_MINUTES = 2, 5


@dataclass(frozen=True)
class Frame:
    """What a drill is held as. opening, close: lines to say around it."""

    role: str
    title: str
    level: str
    seed: int
    opening: str
    close: str


def drill_plan(frame: Frame, questions: Sequence[Question]) -> Plan:
    """Opening, these questions, close: no warm-up and no questions of the candidate's own; 2 to 5 minutes.

    Raises ValueError without a question.
    """
    if not questions:
        raise ValueError("a drill needs a question")
    budgets = [_budget_s(question) for question in questions]
    minutes = math.ceil((sum(budgets) + _OPENING_S + _CLOSE_S) / 60)
    cores = (
        PlanItem("core", question.say, question, budget)
        for question, budget in zip(questions, budgets, strict=True)
    )
    items = (
        PlanItem("opening", frame.opening, budget_s=_OPENING_S),
        *cores,
        PlanItem("close", frame.close, budget_s=_CLOSE_S),
    )
    length = min(MAX_MINUTES, max(MIN_MINUTES, minutes))
    return Plan(frame.role, frame.title, frame.level, length, frame.seed, items)


def _budget_s(question: Question) -> int:
    ask = (question.family or "").startswith(FAMILY)
    return question.target_s + (_ASK_PROBES_S if ask else _PROBES_S)


def ask(move: str, kind: str, number: int, say: str) -> Question:
    """One short ask in the drill of a move, a question of that kind; number counts from 1."""
    return Question(
        id=f"{FAMILY}{move}-{number}",
        type=kind,
        say=say,
        family=f"{FAMILY}{move}",
        target_s=ASK_S,
    )


def stories(exchanges: Iterable[Exchange], slot: str, doubt_threshold: float) -> tuple[Quote, ...]:
    """Clean quotes of what the candidate did, at most one an answer: from answers that lacked the slot
    first, else in the order said. Only what `core.probing.quoting` lets be said back."""
    found: list[tuple[bool, Quote]] = []
    spoken: set[str] = set()
    for exchange in exchanges:
        fit = (each for each in quotes(exchange.answer, doubt_threshold) if each.spoken not in spoken)
        quote = next(fit, None)
        if quote is None:
            continue
        spoken.add(quote.spoken)
        has_it = any(each.id == slot and each.state == "heard" for each in exchange.slots)
        found.append((has_it, quote))
    return tuple(quote for _, quote in sorted(found, key=lambda each: each[0]))


# --- before and after ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutcomeWords:
    """review.yaml of a language, its `outcomes`: what became of one thing, or of several of a kind."""

    at_once: str
    after_probe: str
    not_heard: str
    unsure: str
    not_looked_at: str
    not_asked: str
    in_all: str
    in_any: str
    some_at_once: str
    some_after_probe: str
    some_unsure: str
    of: str

    def of_one(self, outcome: str | None) -> str:
        """Of one that `outcome` gives."""
        return self.not_looked_at if outcome is None else str(getattr(self, outcome))


@dataclass(frozen=True)
class Change:
    """One slot, point or move. was, now: in plain words. better: True or False where it moved, None where it
    did not or cannot be compared."""

    id: str
    kind: str
    label: str
    was: str
    now: str
    better: bool | None = None


def outcome(finding: Plain) -> str | None:
    """AT_ONCE, AFTER_PROBE, NOT_HEARD or UNSURE; None where no answer was looked at."""
    if not finding.get("assessed", True):
        return None
    if finding["state"] == "heard":
        return AFTER_PROBE if finding.get("when") == "after a follow-up" else AT_ONCE
    return UNSURE if finding["state"] == "unsure" else NOT_HEARD


def changes(
    before: Plain | None,
    now: Plain,
    question: str | None,
    move: str | None,
    catalogue: Catalogue,
    words: OutcomeWords,
) -> tuple[Change, ...]:
    """What was heard then and now: one row a slot and point of the question, or one row for the move. Empty
    where the new session never came to it."""
    if move is not None:
        return _move_changes(before, now, move, catalogue, words)
    asked = _question(now, question)
    if asked is None:
        return ()
    earlier = _question(before, question) if before else None
    was = {each["id"]: outcome(each) for each in earlier["findings"]} if earlier else {}
    return tuple(
        Change(
            id=each["id"],
            kind=each["kind"],
            label=each["label"],
            was=words.of_one(was[each["id"]]) if each["id"] in was else words.not_asked,
            now=words.of_one(outcome(each)),
            better=_better(was.get(each["id"]), outcome(each)),
        )
        for each in asked["findings"]
    )


_WORTH = {AT_ONCE: 1.0, AFTER_PROBE: 0.5, NOT_HEARD: 0.0}


def _better(was: str | None, now: str | None) -> bool | None:
    """An unsure one is no evidence either way."""
    if was not in _WORTH or now not in _WORTH or was == now:
        return None
    return _WORTH[now] > _WORTH[was]


def _question(report: Plain, question: str | None) -> Plain | None:
    found = (each for each in report["questions"] if each["id"] == question and each["kind"] == "core")
    return next(found, None)


def _move_changes(
    before: Plain | None, now: Plain, move: str, catalogue: Catalogue, words: OutcomeWords
) -> tuple[Change, ...]:
    then = _move_outcomes(before, move, catalogue) if before else []
    found = _move_outcomes(now, move, catalogue)
    if not found:
        return ()
    label = catalogue.slot_label(catalogue.drilled[move])
    was, worth = _mean(then), _mean(found)
    better = None if was is None or worth is None or was == worth else worth > was
    return (Change(move, "move", label, _counted(then, words), _counted(found, words), better),)


def _counted(found: Sequence[str], words: OutcomeWords) -> str:
    """Such as "at once in 1 of 3, after a follow-up in 1"."""
    if not found:
        return words.not_asked
    if len(set(found)) == 1:
        every = words.in_all if found[0] != NOT_HEARD else words.in_any
        told = words.of_one(found[0])
        return every.format(what=told, count=len(found)) if len(found) > 1 else told
    parts = [
        (AT_ONCE, words.some_at_once),
        (AFTER_PROBE, words.some_after_probe),
        (UNSURE, words.some_unsure),
    ]
    some = [line.format(count=found.count(each)) for each, line in parts if each in found]
    return ", ".join([words.of.format(what=some[0], count=len(found)), *some[1:]])


# --- what comes of a session for the schedule ---------------------------------------------------------------

AGAIN, HARD, GOOD, EASY = "again", "hard", "good", "easy"
_AGAIN_BELOW, _HARD_BELOW = 0.4, 0.75
"""Mean worth of what was wanted, an item heard at once counting 1 and one heard after a follow-up a half.
Start values."""
DOUBTED = 0.2
"""An answer with a larger share of words the recogniser was unsure of shows nothing by what is missing from
it."""
_EASY_FROM = 3
"""So many items heard at once, and no other, make a thing easy."""


@dataclass(frozen=True)
class Practised:
    """How one thing went in one session. key: what the schedule knows it by; rating: AGAIN to EASY."""

    key: str
    rating: str
    label: str
    question: str | None = None
    move: str | None = None


def practised(report: Plain, catalogue: Catalogue) -> tuple[Practised, ...]:
    """One entry for each question (by its family) and each move a session says something about.

    What nobody looked at, and what was only perhaps heard, counts for nothing; a question that was left or
    had no answer to speak of comes back soon. A session of a virtual candidate practised nothing.
    """
    header = report["header"]
    if header.get("persona"):
        return ()
    drilled = (header.get("drill") or {}).get("move")
    questions = [_fairly(report, index) for index in range(len(report["questions"]))]
    found = (
        []
        if drilled
        else [each for question in questions if (each := _practised(question, header, catalogue))]
    )
    moves = [each for each in catalogue.drilled if each == (drilled or each)]
    for move in moves:
        outcomes = _move_outcomes({"header": header, "questions": questions}, move, catalogue)
        if rating := _rating(outcomes):
            found.append(Practised(f"move:{move}", rating, catalogue.move_title(move), move=move))
    return tuple(found)


def _practised(question: Plain, header: Plain, catalogue: Catalogue) -> Practised | None:
    if question["kind"] != "core":
        return None
    key, text = f"question:{question.get('family') or question['id']}", question["text"]
    wanted = _wanted_slots(question, header, catalogue)
    listened = (each for each in question["findings"] if each["kind"] == "point" or each["id"] in wanted)
    weighed = [(each, outcome(each)) for each in listened]
    rating = _rating([found for _, found in weighed if found])
    missed = any(found == NOT_HEARD and each["id"] in catalogue.must & wanted for each, found in weighed)
    if missed or question.get("skipped"):
        rating = AGAIN
    return Practised(key, rating, text, question=question["id"]) if rating else None


def _fairly(report: Plain, index: int) -> Plain:
    """The question at `index`, where much was misheard with nothing held against its answers: what is missing
    from them may only not have been understood."""
    question: Plain = report["questions"][index]
    answers = (
        each for each in report["dialogue"] if each.get("question") == index and each["kind"] == "answer"
    )
    words = [word for entry in answers if not entry.get("typed") for word in entry["words"]]
    if sum(bool(word["doubtful"]) for word in words) <= DOUBTED * len(words):
        return question
    return {**question, "findings": [_excused(each) for each in question["findings"]]}


def _excused(finding: Plain) -> Plain:
    return {**finding, "state": "unsure"} if finding["state"] == "not_heard" else finding


def _wanted_slots(question: Plain, header: Plain, catalogue: Catalogue) -> frozenset[str]:
    """What an answer of that type and level should hold."""
    level = question.get("level") or header.get("level") or ""
    wanted = {slot for _, slot in catalogue.wanted.get(question["type"], ())}
    wanted -= catalogue.not_expected.get(level, frozenset())
    if question["type"] == "behavioural":
        wanted |= {"situation"} | ({"reflection"} if level in SENIOR else set())
    return frozenset(wanted)


def _move_outcomes(report: Plain, move: str, catalogue: Catalogue) -> list[str]:
    """What became of the move's slot in each question that wanted it. In a drill of the move: in each ask."""
    slot, header = catalogue.drilled[move], report["header"]
    drilled = (header.get("drill") or {}).get("move") == move
    core = (question for question in report["questions"] if question["kind"] == "core")
    wanting = (each for each in core if drilled or slot in _wanted_slots(each, header, catalogue))
    looked_at = (each for question in wanting for each in question["findings"] if each["id"] == slot)
    return [found for found in map(outcome, looked_at) if found is not None]


def _mean(found: Sequence[str]) -> float | None:
    worth = [_WORTH[each] for each in found if each in _WORTH]
    return sum(worth) / len(worth) if worth else None


def _rating(found: Sequence[str]) -> str | None:
    mean = _mean(found)
    if mean is None:
        return None
    if mean < _AGAIN_BELOW:
        return AGAIN
    if mean < _HARD_BELOW:
        return HARD
    return EASY if mean == 1 and found.count(AT_ONCE) >= _EASY_FROM else GOOD
