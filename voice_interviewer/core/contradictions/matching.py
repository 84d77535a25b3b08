"""When two things said in one interview are about the same, and cannot both be so. Precision before recall: a
candidate who is wrongly told that two things do not fit feels accused."""

import re
from typing import NamedTuple

from voice_interviewer.core.contradictions.quantities import Quantity
from voice_interviewer.core.contradictions.stances import Stance
from voice_interviewer.core.contradictions.statements import PLANNED, UNREAL, Clause
from voice_interviewer.core.understanding.lexicon import Phrase
from voice_interviewer.core.understanding.numbers import (
    LENGTH,
    MONEY,
    SHARE,
    YEAR,
)
from voice_interviewer.core.understanding.stems import GENERIC, stems

ENOUGH_SHARED = 2
"""So many words of their own make two stories one where nothing else ties them."""

_DEFINITE = re.compile(r"\b(?:the|my|our|those|all)\s+$")
_WITH = re.compile(r"\bwith\s+$")
_AS_PLANNED = Phrase(
    r"(?:[a-z]+ ){0,2}?(?:(?:was|were|is|are|had been) (?:the )?(?:plan|planned|goal|target|limit|aim|idea"
    r"|maximum"
    r"|minimum|expected|promised|allowed|needed)|as planned|would)"
)
_PRESENT = Phrase(
    r"(?:we're|we are|there are|there's|i'm|i am|i lead|i manage|i run|i have|i've|i look after|i supervise"
    r"|my team is|my team has|is|are|has|have|we have|we've)"
)
_VAGUE = frozenset(
    ("person", "thing", "time", "part", "way", "point", "problem", "question", "idea", "day", "reason")
)
_PRICES = frozenset(("cost", "spend", "spending", "buy", "bought", "worth", "pay", "money", "budget"))
_THE_PRICE = Phrase(r"(?:for|with only|with)? ?[$#](?: (?:i|we|is|was|isn't|wasn't|for))?")
_BUDGETS = frozenset(("money", "budget", "grant", "fund"))
_OWN_HOURS = Phrase(r"(?:i work|i do|i'm on|i am on|i work about|half time|full time|part time|i never)")
_INDEFINITE = re.compile(r"\b(?:a|an|another|each|every|one)\s+(?:[a-z]+\s+){0,2}$")
_BEFORE_WORK = Phrase(
    r"(?:born|stud(?:y|ied|ying)|school|university|college|before|made|from @|until|founded)"
)


class Link(NamedTuple):
    """How two answers hang together. story: they are about one and the same; answer: they are one;
    recalled: the later one says that it speaks of something mentioned before."""

    story: bool
    answer: bool = False
    recalled: bool = False

    def bonds(self, first: Clause, second: Clause, shared: frozenset[str]) -> bool:
        """Whether two clauses are about one thing: a word of one story, or two words together in any."""
        same = any(not _told_apart(name, first, second) for name in shared)
        return same and (self.story or self.recalled or bool(first.pairs & second.pairs))


def _told_apart(name: str, first: Clause, second: Clause) -> bool:
    """Whether both say which one they mean, and it is not the same: "the one on the corner"."""
    ours, theirs = (
        set(re.findall(_WHICH.format(name=re.escape(name)), each.body)) for each in (first, second)
    )
    return bool(ours and theirs) and not ours & theirs


_WHICH = r"\b{name}[a-z]*\s+(?:on|at|in|with|from|of|for|by|near)\s+(?:the|a|an|my|our)\s+([a-z]+)"


def places_differ(first: frozenset[str], second: frozenset[str], link: Link) -> bool:
    """Whether they speak of different jobs, teams, years or places."""
    for sort in ("name", "year"):
        ours = {each for each in first if each.startswith(sort)}
        theirs = {each for each in second if each.startswith(sort)}
        if ours and theirs and not ours & theirs:
            return True
        if not link.story and bool(ours) != bool(theirs):
            return True
    ours, theirs = ({each for each in where if each.startswith("order")} for where in (first, second))
    if ours and theirs and not ours & theirs:
        return True
    return first & {"former", "other"} != second & {"former", "other"}


def numbers_conflict(first: Quantity, second: Quantity, link: Link) -> bool:
    """Whether two quantities of the same thing differ beyond rounding."""
    if first.topic != second.topic or first.number.sort != second.number.sort or first.rate != second.rate:
        return False
    if not _plain(first) or not _plain(second):
        return False
    if first.topic == YEAR:
        return _dates_conflict(first, second, link)
    if (
        first.phase != second.phase
        or (not second.phase and _NOW.search(second.clause.asked))
        or places_differ(first.clause.where, second.clause.where, link)
    ):
        return False
    if _changed(first, second) or (link.answer and first.clause.sentence == second.clause.sentence):
        return False
    if first.part or second.part:
        return _part_exceeds(first, second, link)
    return not first.number.agrees(second.number) and _same_subject(first, second, link)


def _changed(first: Quantity, second: Quantity) -> bool:
    """Whether what is counted was changing; where both speak of the start of it, that matters nothing."""
    flags = first.clause.flags | second.clause.flags
    if first.phase == "start" or first.topic in (SHARE, MONEY, LENGTH):
        return False
    return "moved" in flags or (first.topic == "team" and "staffed" in flags)


def _plain(each: Quantity) -> bool:
    """Whether it was stated as a fact."""
    flags = each.clause.flags
    if flags & {"question", "corrected", "quoted"}:
        return False
    at = max(0, each.number.start - each.clause.start)
    before, after = each.clause.text[:at], each.clause.text[at:]
    if _DEFINITE.search(before):
        return True
    if re.search(r"\bif\b", each.clause.asked) or (_WITH.search(before) and UNREAL.search(after)):
        return False
    return not (UNREAL.search(before) or PLANNED.search(before) or _AS_PLANNED.match(after[1:].strip(), 0))


def _part_exceeds(first: Quantity, second: Quantity, link: Link) -> bool:
    """Whether a part of something is larger than the whole of it."""
    part, whole = (first, second) if first.part else (second, first)
    alike = first.part != second.part and first.tie == second.tie != "" and first.topic != LENGTH
    if not alike or not link.story or link.answer or not first.about & second.about:
        return False
    return part.number.low > whole.number.high and not part.number.agrees(whole.number)


def _same_subject(first: Quantity, second: Quantity, link: Link) -> bool:
    shared = first.about & second.about
    bond = link.bonds(first.clause, second.clause, shared)
    if first.topic == "team":
        return _same_team(first, second, link, shared)
    if link.answer:  # within one answer the numbers of a story differ for many reasons
        return False
    if first.topic == LENGTH:
        return _same_length(first, second, link, shared, bond)
    if first.topic == MONEY and link.story and {first.tie, second.tie} - {""} <= _PRICES:
        named = bool(_THE_PRICE.match(second.clause.text.strip(), 0))
        if named or (bond and "" not in (first.tie, second.tie)):
            return first.tie != ""
    if first.topic == MONEY:
        untied = "" in (first.tie, second.tie) and len(shared) >= ENOUGH_SHARED
        budget = bool({first.tie, second.tie} & _BUDGETS) and "" in (first.tie, second.tie)
        return bond and (first.tie == second.tie != "" or untied or budget)
    if first.topic == SHARE:
        return first.tie == second.tie and bond and len(shared) >= ENOUGH_SHARED
    small, large = sorted((first, second), key=lambda each: each.number.said)
    if not large.mods >= small.mods:  # "two new nurses" may be some of "nine nurses"
        return False
    if small is second and _restricted(small, large):
        return False
    if "bare" in (first.tie, second.tie):
        return small.tie == "total" and bond and not link.answer
    total = "total" in (first.tie, second.tie)
    verb = first.tie if second.tie == "total" else second.tie
    if first.tie != second.tie and not (total and (len(shared) >= ENOUGH_SHARED or verb in shared)):
        return False
    named = first.topic not in _VAGUE
    some = (
        second.number.said < first.number.said
        and not second.definite
        and _PAST_HELD.search(second.clause.text)
    )
    return not link.answer and (bond or (link.story and named and not some))


def _restricted(small: Quantity, large: Quantity) -> bool:
    """Whether the smaller number is one of some of them: "only the twelve rooms on the ground floor"."""
    text = small.clause.text[max(0, small.start - small.clause.start) :]
    which = _SOME_OF_THEM.match(text.split(small.noun, 1)[-1]) if small.noun else None
    return which is not None and not set(stems(which[1])) <= large.about | large.clause.near | GENERIC


_SOME_OF_THEM = re.compile(
    r"[a-z]*\s+(?:on|in|at|from|near|who|that|which|where|for)\s+"
    r"(?:(?:the|my|our|a|i|we)\s+)?([a-z]+(?: [a-z]+)?)"
)


def _same_team(first: Quantity, second: Quantity, link: Link, shared: frozenset[str]) -> bool:
    if first.level and second.level and first.level != second.level and not shared:
        return False
    if first.tie != second.tie and abs(first.number.said - second.number.said) <= 1:
        return False
    before = second.clause.text[: max(0, second.start - second.clause.start)]
    if link.story or link.recalled:
        return True
    if not _INDEFINITE.search(before) and any(_ours(stem, second.clause.body) for stem in shared):
        return True
    mine = _MY_PEOPLE.search(second.clause.text) or re.search(
        r"\b(?:my|our)\s+#|\ball\s+#\s+of\s+my\b", second.clause.text
    )
    if mine and _LEADING.search(first.clause.body):
        return True
    general = _PRESENT.search(first.clause.text) and _PRESENT.search(second.clause.text)
    return bool(general) and not _INDEFINITE.search(before)


_MY_PEOPLE = Phrase(r"(?:my|our) (?:people|team|staff|crew|group|desk|shift|office)")
_LEADING = Phrase(
    r"(?:i (?:lead|manage|run|supervise|head|look after)|i'm (?:the )?(?:head|manager|lead|leader) (?:of"
    r"|in)|i'm in charge|i am in charge|my team (?:is|has)|there(?:'s| are)"
    r"|we're|we are)"
)


def _ours(name: str, body: str) -> bool:
    return bool(re.search(rf"\b(?:my|our|same|whole|entire)\s+(?:[a-z]+\s+)?{re.escape(name)}", body))


def _same_length(first: Quantity, second: Quantity, link: Link, shared: frozenset[str], bond: bool) -> bool:
    if first.rate:
        own = _OWN_HOURS.search(first.clause.text) and _OWN_HOURS.search(second.clause.text)
        works = (
            "you work" in first.clause.asked
            and link.story
            and not second.about - first.about - {"tir", "leav"}
        )
        same = bool(own) or works or (bond and first.tie == second.tie)
        return same and not link.answer and first.number.unit == second.number.unit
    if first.phase == "start" and first.tie == second.tie and not link.answer:
        return bond or (link.story and first.number.unit == second.number.unit)
    if first.tie != second.tie or not first.tie or link.answer:
        return False
    if _usual(first) != _usual(second):
        return False
    if first.tie == "for":
        return bond and len(shared) >= ENOUGH_SHARED
    if first.tie == "stay":
        return bond or (bool(shared) and "experience" in first.clause.text + second.clause.text)
    return bond or (link.story and (_bare(first) or _bare(second)))


def _usual(each: Quantity) -> bool:
    """What it takes each time, not what it took once."""
    return bool(_TAKES.search(each.clause.text))


def _bare(each: Quantity) -> bool:
    """A length of what was asked about, or of "it"."""
    text = each.clause.text
    return not each.about and (bool(re.search(r"\b(?:it|that|all)\b", text)) or not stems(text))


_HIRED = Phrase(
    r"(?:joined|been hired|was hired|(?:come|came) to this (?:company|job|place|firm)|start(?:ed)? (?:here"
    r"|there"
    r"|this job|that job|at this)|been here|worked here)"
)
_NOW = Phrase(r"(?:now|today|these days|nowadays)")
_PAST_HELD = Phrase(r"(?:had|were|was)")
_TAKES = Phrase(r"(?:takes|lasts|runs|take)")
_DATED_STEMS = """finish start begin join hir open found launch leav quit graduat end clos stop complet com
promot becom appoint qualify"""
_DATED = frozenset(_DATED_STEMS.split())
"""What may happen on two dates."""


def _dates_conflict(first: Quantity, second: Quantity, link: Link) -> bool:
    shared = (first.about & second.about) - _DATED
    if first.number.agrees(second.number) or link.answer:
        return False
    hired = [_HIRED.search(f"{each.clause.text} {each.clause.asked}") for each in (first, second)]
    if all(hired) and link.story and first.tie == second.tie == "start":
        return True
    if not shared:
        return False
    if first.tie == second.tie != "":
        return link.bonds(first.clause, second.clause, shared)
    for start, other in ((first, second), (second, first)):
        working = re.search(r"\b(?:i|we|my)\b", other.clause.body) and not _BEFORE_WORK.search(
            other.clause.body
        )
        if start.tie == "start" and other.number.said < start.number.said and working:
            return True
        since = re.search(r"\bafter (?:i |my |the |our |we )?(.*)", other.clause.body)
        if (
            start.tie == "end"
            and other.number.said < start.number.said
            and since
            and shared & set(stems(since[1]))
        ):
            return True
    return False


def sides_conflict(first: Stance, second: Stance, link: Link) -> bool:
    """Whether two answers take opposite sides, or name two tools for what was made with one only."""
    if first.topic != second.topic or link.answer:
        return False
    if first.topic == "first job":
        return first.side != second.side
    if places_differ(first.clause.where, second.clause.where, link):
        return False
    flags = first.clause.flags | second.clause.flags
    if "corrected" in flags or ("planned" in flags and first.kind == "tool"):
        return False
    bond = link.bonds(first.clause, second.clause, first.about & second.about)
    if first.kind == "tool":
        return bond and (first.certain or second.certain) and first.tool != second.tool
    if first.side != -second.side or (first.topic.startswith("who ") and not first.certain | second.certain):
        return False
    theirs, mine = sorted((first, second), key=lambda each: each.side)
    if first.topic.startswith("who ") and not mine.certain and mine.about - theirs.about:
        return False
    if first.topic != "lead" and "changed" in flags:
        return False
    if first.kind == "outcome":
        return bond
    if first.topic == "lead" and _HANDED.search(f"{first.clause.body} {second.clause.body}"):
        return False
    if first.topic == "lead" and (_part_only(first.clause) or _part_only(second.clause)):
        return False
    return bond


_HANDED = Phrase(
    r"(?:by then|took over|taken over|handed (?:it )?over|since then|until then|at first|then|later on)"
)


def _part_only(clause: Clause) -> bool:
    return bool(
        re.search(
            r"\b(?:(?<!not\s)(?<!n't\s)part|half|piece|side|together|with (?:a|my|the|[a-z]+) |as a whole"
            r"|and i)\b",
            clause.text,
        )
    )
