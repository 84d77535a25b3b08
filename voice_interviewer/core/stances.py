"""Where an answer takes a side that another answer may take against: who led and who decided, alone or with
others, how it ended, what it was made with, what never was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voice_interviewer.core.lexicon import ADVERB, PAST, Phrase
from voice_interviewer.core.statements import GENERIC, TOOLS, Clause, lemma, stems

_SOMEBODY = (
    r"(?:(?:my|our|the|another|a) (?:[a-z]+ )?(?:boss|manager|lead|leader|director|supervisor|colleague|head"
    r"|chief|owner|senior|partner|coworker|teammate|principal|foreman|client|ceo|cto|board)|somebody else"
    r"|someone else|another team|other people|the other team|somebody above me|management|headquarters)"
)
_THING = r"(?:the|this|that|our|it|a|an|my)"

_SIDES: tuple[tuple[str, str, int, Phrase], ...] = (
    (
        "role", "lead", 1,
        Phrase(
            rf"i(?: {ADVERB})?(?:'ve| have| had| was)? ?(?:led|lead|leading|ran|headed|heading|directed) {_THING}"
            rf"|i (?:managed|was running|was managing) (?:the|this|that|our) (?!team\b|people\b|staff\b)"
            r"|i(?: was|'m| am)(?! (?:not|never|only|just)\b)(?: the| a)? (?:[a-z]+ )?(?:lead|leader|head|manager|coordinator|owner|captain"
            r"|in charge|the one in charge|responsible)(?: of| for| on|,)?|i was in charge|i was responsible"
            r"|(?:every|all the|all) decisions? (?:went|came|was|were) (?:through|by|from|mine)"
            r"|i was the (?:project|product|team|tech|technical|shift) (?:lead|manager|leader)"
            r"|put me in charge|it was my project|the responsibility was mine|i had the lead|under my lead"
        ),
    ),
    (
        "role", "lead", -1,
        Phrase(
            r"(?:i wasn't|i was not|i was never|i'm not|i am not|i've never been|i never was)(?: really| actually)?"
            r"(?: the| a)?(?: [a-z]+)? ?(?:in charge|responsible|lead|leader|leading|running|manager|involved|part"
            r"|owner|coordinator|head)(?: of| for)?|i (?:only|just|merely|mostly) (?:helped|assisted|watched|observed"
            r"|supported|sat in|took notes|carried|did what|followed|heard|executed)|i was (?:only|just|merely) (?:a"
            r"|an|the|one of|helping|watching|assisting|there to|observing|following)"
            r"|i (?:didn't|did not|never) (?:lead|led|run|ran|manage|managed|head|headed)"
            rf"|{_SOMEBODY} (?:led|ran|was in charge|headed|was leading|was running|was responsible)"
            r"|i had nothing to do with|i (?:had no|wasn't) part (?:in|of)|i (?:didn't|did not) take part"
            r"|i took no part"
        ),
    ),
    (
        "role", "decide", 1,
        Phrase(
            r"(?:it was |that was )?my (?:own )?(?:decision|call|choice|idea)|i(?: alone)? (?:decided|made the"
            r" (?:decision|call)|took the decision|came up with)|i was the one who decided|the decision was mine"
        ),
    ),
    (
        "role", "decide", -1,
        Phrase(
            rf"{_SOMEBODY}(?: had| was the one who)? (?:decided|made the (?:decision|call)|took the decision|ordered"
            rf"|came up with)|{_SOMEBODY}'s (?:decision|call|choice|idea)|(?:wasn't|was not|never) my (?:decision|call"
            r"|choice|idea)|i (?:had no|didn't have (?:a|any)) (?:say|voice|choice)|i wasn't (?:even )?asked"
            r"|(?:was|were|got) decided (?:above|without|over)|i only heard about|they decided|i was told to"
        ),
    ),
    (
        "role", "alone", 1,
        Phrase(
            r"(?:all |completely |entirely )?(?:alone|by myself|on my own|single handed(?:ly)?|all myself)|nobody else"
            r" (?:[a-z]+)|no one else|just me|it was only me|nobody helped|without (?:any )?help|i was the only one"
            r" (?:on|in|who)|i did (?:it|that|everything|all of it) myself|me alone"
        ),
    ),
    (
        "role", "alone", -1,
        Phrase(
            r"the # of us|# of us|together with|along with|with (?:my|a|#|the|some|two other|help from)(?: other)?"
            r" (?:colleagues?|coworkers?|teammates?|friends?|partner|help of)|we (?:both|all) [a-z]+|(?:my )?[a-z]+"
            r" and i (?!was\b|am\b|had\b|think\b)[a-z]+|a (?:colleague|friend|coworker) (?:and i|helped|did|wrote|built)"
            r"|as a team|(?:# )?(?:colleagues|others|people) (?:helped|joined|worked with me)"
        ),
    ),
)  # fmt: skip
"""Kind, what is at stake, side, how it sounds."""

_OUTCOMES = (
    ("won|win|winning", "lost|lose|losing|loss"),
    ("quit|resigned|i left|my own choice", "fired|sacked|let me go|let go|laid off|dismissed|redundant"),
    (
        "accepted|approved|agreed|signed|said yes",
        "rejected|refused|declined|turned down|turned it down|said no",
    ),
    ("passed", "failed|flunked"),
    (
        "released|launched|shipped|went live|rolled out|release|launch|published",
        "cancelled|canceled|scrapped|abandoned|shelved|never (?:released|launched|shipped|went live|rolled out"
        "|published|finished|used)|(?:not|n't) (?:released|launched|shipped|published|go live)",
    ),
    (
        "on time|in time|on schedule|ahead of (?:time|schedule)|met the deadline|punctual",
        "too late|delayed|behind schedule|missed the deadline|overdue|(?:weeks|months|days|~|was|were|delivered) late",
    ),
    (
        "under budget|within (?:the )?budget|on budget|inside the budget",
        "over budget|over the budget|overspent|blew the budget|exceeded the budget",
    ),
    (
        "rose|grew|increased|went up|climbed|improved|doubled",
        "fell|dropped|decreased|went down|shrank|got worse",
    ),
    (
        "succeeded|a success|worked out|worked well|successful",
        "failed|a failure|a disaster|flopped|didn't work",
    ),
    ("full time", "part time|half time"),
    (
        "finished|completed|graduated",
        "dropped out|never finished|gave up|never completed|didn't finish|broke off",
    ),
    ("paid", "unpaid|volunteer|for free"),
    ("from home|remote|remotely", "in the office every|on site"),
    ("was there|was present|saw it myself", "wasn't there|was not there|was away|was on (?:holiday|leave)"),
    ("stayed", "left|moved away"),
    ("kept", "lost|gave up"),
    ("bought", "rented|leased|hired"),
    ("opened", "closed|shut"),
    ("loved|enjoyed|happy", "hated|disliked|unhappy"),
)
_HAD_NOT = re.compile(
    r"\b(?:had\s+not|hadn't|not\s+yet|had\s+never|almost|nearly|could|couldn't|would|wouldn't|might)\b"
)
_OUTCOME_PHRASES = tuple(
    (str(index), side, Phrase(f"(?:{words})"))
    for index, pair in enumerate(_OUTCOMES)
    for side, words in zip((1, -1), pair, strict=True)
)

_TOOL = Phrase(
    r"(?:in|with|on|using|used|use|uses|is|was|one|big|an?|through|via)(?: an?| one| big| plain| pure)* (?P<tool>"
    + "|".join(sorted(TOOLS))
    + r"|power bi|google sheets|node js)"
)
_ONLY = Phrase(r"(?:all|entirely|only|just|completely|everything|purely|nothing but|solely|whole|one)")
_MADE = Phrase(
    r"(?:built|wrote|written|made|coded|programmed|developed|implemented|is|was|were|had|build|done|run|ran|runs"
    r"|created|set up|did|how|tools?|language)"
)
_UNDONE = frozenset(("not", "never", "n't", "without", "no"))


@dataclass(frozen=True)
class Stance:
    """A side taken on a topic, and the stems of what it is about. certain: of all times and places ("never")."""

    kind: str
    topic: str
    side: int
    about: frozenset[str]
    clause: Clause
    start: int
    end: int
    certain: bool = False
    tool: str = ""


def stances(found: tuple[Clause, ...], asked: str) -> tuple[Stance, ...]:
    """Every side taken in an answer, in order. asked: the question, folded: "it" is what was asked about."""
    listed: list[Stance] = []
    for clause in found:
        about = clause.near
        if clause.flags & {"unreal", "question"}:
            continue
        listed += _finders(clause, about, asked if clause.sentence == 0 else "")
        if "quoted" in clause.flags:
            continue
        listed += _first_job(clause)
        listed += _sides(clause, about)
        listed += _outcomes(clause, about)
        listed += _tools(clause, about)
    return tuple(listed)


def _sides(clause: Clause, about: frozenset[str]) -> Iterator[Stance]:
    found: list[Stance] = []
    for kind, topic, side, phrase in _SIDES:
        match = phrase.search(clause.text)
        if match:
            own = frozenset(stems(match.group()))
            start, end = clause.start + match.start(), clause.start + match.end()
            found.append(Stance(kind, topic, side, about - own, clause, start, end))
    for stance in found:
        if not any(each.topic == stance.topic and each.side != stance.side for each in found):
            yield stance


def _outcomes(clause: Clause, about: frozenset[str]) -> Iterator[Stance]:
    found: list[Stance] = []
    for topic, side, phrase in _OUTCOME_PHRASES:
        match = phrase.search(clause.text)
        if match:
            if _HAD_NOT.search(clause.text[: match.start()]):
                continue
            denied = bool(
                re.search(r"(?:n't|\bnot|\bnever|\bno)\s+(?:\w+\s+){0,2}$", clause.text[: match.start()])
            )
            own = frozenset(stems(match.group()))
            start, end = clause.start + match.start(), clause.start + match.end()
            found.append(Stance("outcome", topic, -side if denied else side, about - own, clause, start, end))
    for stance in found:
        if not any(each.topic == stance.topic and each.side != stance.side for each in found):
            yield stance


def _tools(clause: Clause, about: frozenset[str]) -> Iterator[Stance]:
    for match in _TOOL.finditer(clause.text):
        before = clause.text[: match.start()]
        if _UNDONE & set(before.replace("n't", " n't").split()[-4:]):
            continue
        only = bool(_ONLY.search(before[-40:] + match.group()))
        start, end = clause.start + match.start("tool"), clause.start + match.end("tool")
        named = about - frozenset(stems(match["tool"])) - GENERIC
        if only or _MADE.search(clause.text):
            yield Stance("tool", "made with", 0, named, clause, start, end, only, match["tool"])


_ONLY_JOB = Phrase(
    r"(?:this|it)(?: is|'s) (?:still )?my (?:very )?first (?:real |proper )?(?:job|employer|position)|never worked"
    r" (?:anywhere|somewhere) else|i(?:'ve| have) (?:always|only ever|only) worked (?:at|for|in|with)|the only (?:job|company|employer|place) i(?:'ve| have) (?:ever )?[a-z]+"
)
_OTHER_JOB = Phrase(
    r"my (?:last|previous|former|old|earlier) (?:job|employer|company|firm|boss|workplace|position)"
)


def _first_job(clause: Clause) -> Iterator[Stance]:
    for side, phrase in ((1, _ONLY_JOB), (-1, _OTHER_JOB)):
        match = phrase.search(clause.text)
        if match:
            start, end = clause.start + match.start(), clause.start + match.end()
            yield Stance("role", "first job", side, frozenset(), clause, start, end, True)


_I_FOUND = Phrase(
    rf"i(?: {ADVERB})? (?P<verb>[a-z]+)(?: [a-z']+){{0,4}} (?:myself|on my own)|i was the (?:one|first|person) who"
    rf"(?: {ADVERB})? (?P<other>[a-z]+)|i myself (?P<third>[a-z]+)|it was me who (?P<fourth>[a-z]+)"
)
_WHO = Phrase(r"who (?P<verb>[a-z]+)|how (?:was|were|did) (?:[a-z]+ ){1,4}?(?P<passive>[a-z]+(?:ed|d|t|n)?)$")
_THEY_FOUND = Phrase(
    rf"(?:{_SOMEBODY}|(?:a|the|one of (?:the|our|my)) (?:customers?|clients?|users?|patients?|neighbou?rs?|auditors?"
    rf"|colleagues?|interns?|nurses?|drivers?|night shift|day shift)) (?P<verb>{PAST})"
)


def _finders(clause: Clause, about: frozenset[str], asked: str) -> Iterator[Stance]:
    """Who did it, where somebody insists on it or was asked."""
    match = _I_FOUND.search(clause.text)
    if match:
        verb = lemma(next(word for word in match.groups() if word))
        yield _finder(clause, about, verb, 1, match.start(), match.end())
    they = _THEY_FOUND.search(clause.text)
    if they:
        yield _finder(clause, about, lemma(they["verb"]), -1, they.start(), they.end())
    question = _WHO.search(asked.strip())
    if they and question:
        verb = lemma(question["verb"] or question["passive"])
        yield _finder(clause, about, verb, -1, they.start(), they.end())


def _finder(clause: Clause, about: frozenset[str], verb: str, side: int, start: int, end: int) -> Stance:
    at = clause.start
    return Stance("role", f"who {verb}", side, about - {verb}, clause, at + start, at + end)
