"""Which questions, in what order, in how many minutes: a pure function of the banks, the level, the
minutes and a seed."""

import hashlib
from dataclasses import dataclass, replace

from voice_interviewer.core.bank import LEVELS, Bank, HouseLines, Question


@dataclass(frozen=True)
class PlanItem:
    """One station of the interview.

    kind: opening and close are lines without an answer; warmup, core and candidate_questions are questions.
    budget_s: how long this station should take, follow-ups included. reply: what is said after any answer
    to it (the candidate's own questions get an honest one instead of a bridge).
    """

    kind: str
    say: str
    question: Question | None = None
    budget_s: int = 0
    reply: str = ""

    @property
    def expects_answer(self) -> bool:
        return self.question is not None


@dataclass(frozen=True)
class Plan:
    """A whole interview: opening, warm-up, core questions, the candidate's own questions, close."""

    role: str
    title: str
    level: str
    minutes: int
    seed: int
    items: tuple[PlanItem, ...]


MIN_MINUTES, MAX_MINUTES = 1, 120

# Shape of an interview. Start values: to be set against how long real sessions take, from their records.
_WARMUP_FROM_MINUTES = 8
"""A shorter interview has no time to spare for easing in."""
_CORE_QUESTION_S = 250
"""Asking, two minutes of answer, two follow-ups with shorter answers, and the bridge to the next question."""
_PAST_SHARE = {"junior": 0.4, "mid": 0.5}
"""Share of questions about the past; who has done more is asked more about it."""
_PAST_SHARE_ABOVE = 0.6
_NEIGHBOUR = 1
"""Questions of other levels are asked from one step up or down at most."""
_STATION_S = {"opening": 12, "warmup": 90, "candidate_questions": 100, "close": 8}
_FIXED_SHARE_MAX = 0.4
"""What stands around the core questions may not take more than this of a short interview."""
_OWN_LIST_WORDING = ("for the role of {title}", "with {title}")
"""A list without a head names no role: "a practice interview with your own questions"."""
_EASY_FIRST = ("behavioural", "motivation", "factual", "situational", "leadership", "technical")


def build_plan(
    bank: Bank,
    core_bank: Bank | None,
    house: HouseLines,
    level: str,
    minutes: int,
    seed: int,
    avoid: frozenset[str] = frozenset(),
    core_count: int | None = None,
    in_order: bool = False,
) -> Plan:
    """An interview for that role, level and time; the same arguments always give the same plan.

    The level's own questions come first, with one place kept for a question about the past; what is left
    goes to the behavioural core up to the level's share of such questions, and to neighbouring levels. Never
    two of one family, and nothing of `avoid` (ids asked last time) while there is something else as near to
    the level. core_count overrides how many questions the minutes allow; there are fewer when the banks hold
    no more that fit. Budgets add up to the minutes exactly.

    in_order: for a person's own list. Exactly the bank's questions, all of them (or the first core_count), as
    they stand: nothing is chosen, sorted or put before them, and the clock decides how far they get.

    Raises ValueError for minutes outside 1..120, an unknown level, a core_count below 1 or a bank with
    nothing to ask.
    """
    _refuse(level, minutes, core_count)
    warm = minutes >= _WARMUP_FROM_MINUTES and not in_order
    if in_order:
        core = list(bank.questions[:core_count])
    else:
        count = core_count or _core_count(minutes, warm)
        core = _arranged(_chosen(bank, core_bank, level, seed, avoid, count), bank, level, seed)
    if not core:
        raise ValueError(f"the bank {bank.id!r} has nothing to ask")
    opening = min(house.opening, key=lambda line: _dice(seed, line))
    if in_order:
        opening = opening.replace(*_OWN_LIST_WORDING)
    items = [PlanItem("opening", _filled(opening, bank.title, minutes))]
    if warm:
        warmup = min(house.warmups, key=lambda entry: (entry.id in avoid, _dice(seed, entry.id)))
        items.append(PlanItem("warmup", warmup.say, warmup))
    items += [PlanItem("core", question.say, question) for question in core]
    own = min(house.candidate_questions, key=lambda entry: _dice(seed, entry.id))
    items.append(PlanItem("candidate_questions", own.say, own, reply=house.candidate_questions_reply))
    items.append(PlanItem("close", min(house.close, key=lambda line: _dice(seed, line))))
    return Plan(bank.id, bank.title, level, minutes, seed, _budgeted(items, minutes * 60))


def _refuse(level: str, minutes: int, core_count: int | None) -> None:
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise ValueError(f"minutes must be {MIN_MINUTES} to {MAX_MINUTES}, not {minutes}")
    if level not in LEVELS:
        raise ValueError(f"unknown level {level!r}")
    if core_count is not None and core_count < 1:
        raise ValueError(f"core_count must be at least 1, not {core_count}")


def _core_count(minutes: int, warm: bool) -> int:
    around_s = sum(_STATION_S.values()) - (0 if warm else _STATION_S["warmup"])
    return max(1, round((minutes * 60 - around_s) / _CORE_QUESTION_S))


def _filled(line: str, title: str, minutes: int) -> str:
    if minutes == 1:
        line = line.replace("{minutes} minutes", "one minute")
    return line.replace("{title}", title).replace("{minutes}", str(minutes))


def _dice(seed: int, name: str) -> str:
    """A reproducible order: as good as random over names, fixed for a seed."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _distance(question: Question, level: str) -> int:
    """Steps between the question's level and this one; a question without a level suits any."""
    return 0 if question.level is None else abs(LEVELS.index(question.level) - LEVELS.index(level))


def _chosen(
    bank: Bank, core_bank: Bank | None, level: str, seed: int, avoid: frozenset[str], count: int
) -> list[Question]:
    """At most `count` questions, no family twice.

    Each step takes the best candidate that is left: not in the place kept for the past, of this very level,
    not asked last time, of the kind (past or not) that is short of its share, of a near level, of a rare
    type. The level comes before what is new: a second interview must not be one for another level.
    """
    reach = max(_NEIGHBOUR, min((_distance(question, level) for question in bank.questions), default=0))
    role = {question.id for question in bank.questions}
    pool = [question for question in bank.questions if _distance(question, level) <= reach]
    pool += [question for question in (core_bank.questions if core_bank else ()) if question.id not in role]
    past_wanted = round(_PAST_SHARE.get(level, _PAST_SHARE_ABOVE) * count)
    taken: list[Question] = []

    def rank(question: Question) -> tuple[bool, bool, bool, bool, int, int, str]:
        past = question.type == "behavioural"
        past_taken = sum(other.type == "behavioural" for other in taken)
        rest_taken = len(taken) - past_taken
        return (
            not past and count > 1 and rest_taken >= count - 1,
            question.id not in role or _distance(question, level) > 0,
            question.id in avoid,
            past_taken >= past_wanted if past else rest_taken >= count - past_wanted,
            # for the past, the core bank is as near as any level: it was written to serve all of them
            _distance(question, level) if question.id in role else 0,
            sum(other.type == question.type for other in taken),
            _dice(seed, question.id),
        )

    while pool and len(taken) < count:
        best = min(pool, key=rank)
        taken.append(best)
        pool = [
            other for other in pool if other is not best and (not best.family or other.family != best.family)
        ]
    return taken


def _arranged(questions: list[Question], bank: Bank, level: str, seed: int) -> list[Question]:
    """The level's own questions first, from the easier kind (what happened) to the harder (how to do it),
    then those of neighbouring levels; the behavioural core, which is nearest to home, last."""
    role = {question.id for question in bank.questions}

    def place(question: Question) -> tuple[bool, int, int, str]:
        kind = _EASY_FIRST.index(question.type) if question.type in _EASY_FIRST else len(_EASY_FIRST)
        return question.id not in role, _distance(question, level), kind, _dice(seed, question.id)

    return sorted(questions, key=place)


def _budgeted(items: list[PlanItem], total_s: int) -> tuple[PlanItem, ...]:
    """Each station its usual time, less in a short interview; core questions share the rest by target."""
    fixed_s = sum(_STATION_S[item.kind] for item in items if item.kind != "core")
    squeeze = min(1.0, _FIXED_SHARE_MAX * total_s / fixed_s)
    usual = [0 if item.kind == "core" else max(1, int(_STATION_S[item.kind] * squeeze)) for item in items]
    targets = [item.question.target_s if item.kind == "core" and item.question else 0 for item in items]
    left_s = total_s - sum(usual)
    budgets, done = [], 0
    for index, (station_s, target) in enumerate(zip(usual, targets, strict=True)):
        share = left_s * (done + target) // sum(targets) - left_s * done // sum(targets)
        done += target
        budgets.append(replace(items[index], budget_s=station_s + share))
    return tuple(budgets)
