"""Which questions, in what order, in how many minutes: a pure function of the banks, the level, the
minutes and a seed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from voice_interviewer.core.model.bank import LEVELS, Bank, HouseLines, Question


@dataclass(frozen=True)
class PlanItem:
    """One station of the interview.

    kind: opening and close are lines without an answer; warmup, core and candidate_questions are questions.
    budget_s: how long this station should take, follow-ups included. reply: what is said after any answer
    to it (the candidate's own questions get an honest one instead of a bridge). spare: asked only when the
    others have left time for it; its budget does not count towards the minutes.
    """

    kind: str
    say: str
    question: Question | None = None
    budget_s: int = 0
    reply: str = ""
    spare: bool = False

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
    keywords: tuple[str, ...] = ()
    """What a job description wants to hear about; the review tells which of it came up."""


@dataclass(frozen=True)
class Brief:
    """What a resume and a job description add to a plan: nothing of their text but this.

    skills: what the job asks for and how much, by the names the banks use. keywords: see Plan. claims:
    questions about single lines of the resume.
    """

    skills: Mapping[str, float] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    claims: tuple[Question, ...] = ()


MIN_MINUTES, MAX_MINUTES = 1, 120

# Shape of an interview. Start values: to be set against how long real sessions take, from their records.
_WARMUP_FROM_MINUTES = 8
"""A shorter interview has no time to spare for easing in."""
_CORE_QUESTION_S = 250
"""Asking, two minutes of answer, two follow-ups with shorter answers, and the bridge to the next question."""
_PAST_SHARE = {"junior": 0.4, "mid": 0.5}
"""Share of questions about the past; who has done more is asked more about it."""
_PAST_SHARE_ABOVE = 0.6
_SPARE_S = 30
"""The quickest candidates take about this long for a question: more than fill the minutes are never needed.
Start value."""
_SECOND_CLAIM_FROM_MINUTES = 30
"""A shorter interview asks about one line of a resume."""
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
    brief: Brief | None = None,
) -> Plan:
    """An interview for that role, level and time; the same arguments always give the same plan.

    The level's own questions come first, with one place kept for a question about the past; what is left
    goes to the behavioural core up to the level's share of such questions, and to neighbouring levels. Never
    two of one family, and nothing of `avoid` (ids asked last time) while there is something else as near to
    the level. core_count overrides how many questions the minutes allow; there are fewer when the banks hold
    no more that fit. Budgets add up to the minutes exactly. After them stand spare questions, chosen by the
    same rules from what is left, for a candidate who answers briefly; none where core_count is given.

    brief: what a job description and a resume add. Skills the job asks for are covered first, the heaviest
    before the others, with a question about the past and a situational one in every three; up to two
    questions about the resume take the place of others.

    in_order: for a person's own list. Exactly the bank's questions, all of them (or the first core_count), as
    they stand: nothing is chosen, sorted or put before them, and the clock decides how far they get.

    Raises ValueError for minutes outside 1..120, an unknown level, a core_count below 1 or a bank with
    nothing to ask.
    """
    _refuse(level, minutes, core_count)
    warm = minutes >= _WARMUP_FROM_MINUTES and not in_order
    brief = brief or Brief()
    core, spare = list(bank.questions[:core_count]), list[Question]()
    if not in_order:
        count = core_count or _core_count(minutes, warm)
        more = 0 if core_count else max(0, minutes * 60 // _SPARE_S - count)
        claims = _claims(brief, minutes, count)
        chosen = _chosen(
            bank, core_bank, _Wish(level, seed, avoid, count - len(claims), len(claims), brief.skills), more
        )
        core, spare = chosen[: count - len(claims)], chosen[count - len(claims) :]
        core = _with_claims(_arranged(core, bank, level, seed), claims)
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
    items += [PlanItem("core", question.say, question, spare=True) for question in spare]
    own = min(house.candidate_questions, key=lambda entry: _dice(seed, entry.id))
    items.append(PlanItem("candidate_questions", own.say, own, reply=house.candidate_questions_reply))
    items.append(PlanItem("close", min(house.close, key=lambda line: _dice(seed, line))))
    budgeted = _budgeted(items, minutes * 60)
    return Plan(bank.id, bank.title, level, minutes, seed, budgeted, brief.keywords)


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


def _claims(brief: Brief, minutes: int, count: int) -> tuple[Question, ...]:
    """The questions about the resume that there is room for: never the only question."""
    most = 2 if minutes >= _SECOND_CLAIM_FROM_MINUTES else 1
    return brief.claims[: min(most, count - 1)]


def _with_claims(core: list[Question], claims: tuple[Question, ...]) -> list[Question]:
    """The first claim after the first question, the second in the middle of what follows."""
    placed = list(core)
    for index, claim in enumerate(claims):
        placed.insert(1 if index == 0 else 1 + len(placed) // 2, claim)
    return placed


@dataclass(frozen=True)
class _Wish:
    """What questions are chosen for. past: how many about the past are asked anyway; skills as in Brief."""

    level: str
    seed: int
    avoid: frozenset[str]
    count: int
    past: int
    skills: Mapping[str, float]


def _chosen(bank: Bank, core_bank: Bank | None, wish: _Wish, more: int) -> list[Question]:
    """At most wish.count questions, then at most `more` spare ones, no family twice.

    Each step takes the best candidate that is left, see `_rank`.
    """
    reach = max(_NEIGHBOUR, min((_distance(question, wish.level) for question in bank.questions), default=0))
    role = frozenset(question.id for question in bank.questions)
    pool = [question for question in bank.questions if _distance(question, wish.level) <= reach]
    pool += [question for question in (core_bank.questions if core_bank else ()) if question.id not in role]
    taken: list[Question] = []
    while pool and len(taken) < wish.count + more:
        count = wish.count if len(taken) < wish.count else wish.count + more
        best = min(pool, key=_rank(replace(wish, count=count), role, taken))
        taken.append(best)
        pool = [
            other for other in pool if other is not best and (not best.family or other.family != best.family)
        ]
    return taken


def _rank(
    wish: _Wish, role: frozenset[str], taken: list[Question]
) -> Callable[[Question], tuple[bool | int | float | str, ...]]:
    """What makes a candidate come before another one: not in the place kept for the past (nor, with skills
    to cover, in that for a situational one), covering a skill that is asked for, of this very level, not
    asked last time, of the kind (past or not) that is short of its share, of a near level, of a rare type.

    The level comes before what is new: a second interview must not be one for another level.
    """
    past_wanted = round(_PAST_SHARE.get(wish.level, _PAST_SHARE_ABOVE) * (wish.count + wish.past))
    past_taken = sum(other.type == "behavioural" for other in taken)
    rest_taken = len(taken) - past_taken
    count = wish.count
    covered = {skill for other in taken for skill in other.skills}
    acted = any(other.type == "situational" for other in taken)

    def rank(question: Question) -> tuple[bool | int | float | str, ...]:
        past = question.type == "behavioural"
        short = past_taken + wish.past < past_wanted if past else rest_taken < count + wish.past - past_wanted
        gain = sum(wish.skills.get(skill, 0.0) for skill in question.skills if skill not in covered)
        kept = bool(wish.skills) and count >= 3 and not acted and question.type != "situational"
        return (
            not past and not wish.past and count > 1 and rest_taken >= count - 1,
            kept and len(taken) >= count - (2 if past_taken + wish.past == 0 else 1),
            bool(wish.skills) and not short,
            -gain,
            question.id not in role or _distance(question, wish.level) > 0,
            question.id in wish.avoid,
            not short,
            # for the past, the core bank is as near as any level: it was written to serve all of them
            _distance(question, wish.level) if question.id in role else 0,
            sum(other.type == question.type for other in taken),
            _dice(wish.seed, question.id),
        )

    return rank


def _arranged(questions: list[Question], bank: Bank, level: str, seed: int) -> list[Question]:
    """The level's own questions first, from the easier kind (what happened) to the harder (how to do it),
    then those of neighbouring levels; the behavioural core, which is nearest to home, last."""
    role = {question.id for question in bank.questions}

    def place(question: Question) -> tuple[bool, int, int, str]:
        kind = _EASY_FIRST.index(question.type) if question.type in _EASY_FIRST else len(_EASY_FIRST)
        return question.id not in role, _distance(question, level), kind, _dice(seed, question.id)

    return sorted(questions, key=place)


def _budgeted(items: list[PlanItem], total_s: int) -> tuple[PlanItem, ...]:
    """Each station its usual time, less in a short interview; core questions share the rest by target.

    A spare one gets as much as an ordinary one with the same target, on top of the total.
    """
    fixed_s = sum(_STATION_S[item.kind] for item in items if item.kind != "core")
    squeeze = min(1.0, _FIXED_SHARE_MAX * total_s / fixed_s)
    usual = [0 if item.kind == "core" else max(1, int(_STATION_S[item.kind] * squeeze)) for item in items]
    targets = [item.question.target_s if item.kind == "core" and item.question else 0 for item in items]
    counted = sum(target for item, target in zip(items, targets, strict=True) if not item.spare)
    left_s = total_s - sum(usual)
    budgets, done = [], 0
    for item, station_s, target in zip(items, usual, targets, strict=True):
        if item.spare:
            budgets.append(replace(item, budget_s=left_s * target // counted))
            continue
        share = left_s * (done + target) // counted - left_s * done // counted
        done += target
        budgets.append(replace(item, budget_s=station_s + share))
    return tuple(budgets)
