"""What an answer counts: people, things, money, shares, years and lengths of time, each with what it is a
number of and how it is tied to the story."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from voice_interviewer.core.lexicon import ADVERB, PAST, STOPWORDS, Phrase
from voice_interviewer.core.numbers import COUNT, LENGTH, MONEY, SHARE, YEAR, Marked, Number
from voice_interviewer.core.statements import Clause
from voice_interviewer.core.stems import lemma

_GROUP = (
    r"(?:team|crew|squad|group|unit|desk|department|shift|office|agency|company|firm|start ?up|business"
    r"|practice|ward|kitchen|staff|studio|branch|division|organi[sz]ation|section|brigade|troop|cell|lab)"
)
_COMPANY = Phrase(
    r"(?:agency|company|firm|start ?up|business|organi[sz]ation|practice|office|hospital|school|clinic|hotel"
    r"|factory|plant|bank|store|branch|division|department)"
)
_TEAM = Phrase(r"(?:team|crew|squad|group|desk|shift|unit|cell|brigade|section)")
_PEOPLE = (
    r"(?:people|persons|folks|staff|employees|members|heads|colleagues|reports|direct reports|guys|men|women"
    r"|souls|nurses|cooks|chefs|clerks|analysts|assistants|interns|apprentices|agents|trainees|students"
    r"|consultants|accountants|juniors|seniors|carers|testers|team members|[a-z]{2,}(?:eers|opers|ists|ians"
    r"|gners|agers|chers|rkers|ivers|aners|aiters|inters|fters|pers))"
)
_MODS = r"(?:(?!of\b|in\b|on\b|and\b|to\b|who\b|a\b|the\b)[a-z]+ ){0,2}?"
_LEADS = (
    r"(?:manage[ds]?|lead|led|supervise[ds]?|run|ran|head|headed|look(?:ed)? after|coordinate[ds]?|oversaw"
    r"|oversee|coach|coached|(?:am|was|'m) (?:responsible for|in charge of|leading|managing|supervising"
    r"|running))"
)
_TEAMS = (
    (
        "team",
        Phrase(
            rf"(?:{_GROUP})(?: size)? (?:of|was|is|had|has|with|that had|consisted of|consists of|counts"
            rf"|counted|made up of|employs|employed|were|are)(?: (?:only|just|now|all|us|still|then))? #"
            rf"(?= (?:{_MODS}{_PEOPLE}\b|(?:and|in|on|at|for|that|who|to|but|so|when|from|then|plus|i|we|by"
            rf"|because|now|including|under|doing|there|strong|of us)\b)| ?[.,]| ?$)"
        ),
    ),
    (
        "team",
        Phrase(
            rf"# {_MODS}{_PEOPLE} (?:(?:are|were|is|was) )?(?:in|on|within|at|work(?:s|ed|ing)? (?:in|on|at"
            rf"|for)) (?:my|our|the|this|that|a) (?:[a-z]+ )?{_GROUP}"
        ),
    ),
    ("team", Phrase(rf"# (?:person|people|strong|man|head|member) {_GROUP}")),
    ("team", Phrase(rf"{_GROUP} with # {_MODS}{_PEOPLE}")),
    (
        "us",
        Phrase(
            r"(?:(?:there(?:'s| are| were| was| is)|we(?:'re| are| were)|all|it was|the|was|with)(?: (?:only"
            r"|just|all|still|now|always))? (?:the )?# of us|# of us (?:in (?:all|total|the|our|that"
            r"|this)|altogether|there|on|at|who))"
        ),
    ),
    (
        "us",
        Phrase(
            rf"we(?:'re| are| were| had been)(?: (?:only|just|now|all|still|always))? #(?= (?:{_PEOPLE}\b|and"
            rf"|in|on|at|then|but|so|doing|now|by|altogether|back|there|when)\b| ?[.,]| ?$)"
        ),
    ),
    (
        "reports",
        Phrase(
            rf"i(?: {ADVERB})?(?:'ve| have| had)? ?{_LEADS}(?: (?:a|the|my) (?:[a-z]+ )?{_GROUP} of)?"
            rf" # {_MODS}{_PEOPLE}"
        ),
    ),
    (
        "reports",
        Phrase(
            rf"(?:i|we)(?: (?:have|had|got)|'ve(?: got)?) # (?:{_MODS}(?:direct reports|employees)|{_PEOPLE}"
            rf" (?:under|reporting|working (?:for|under)|in my|on my))"
        ),
    ),
    (
        "reports",
        Phrase(
            rf"#(?: {_MODS}{_PEOPLE})? (?:who |that )?(?:(?:are|were|was) )?(?:report(?:s|ed|ing)? to me"
            rf"|under"
            rf" me|work(?:ed|ing)? (?:for|under) me|answer(?:ed|ing)? to me)"
        ),
    ),
    ("reports", Phrase(rf"(?:my|all)(?: (?:team of|own|of my))? # (?:of my )?{_MODS}{_PEOPLE}")),
)
_PART_AFTER = re.compile(r"[#%$~]\s+(?:of|out of)\s+(?:my|our|the|them|us|these|those|it|whom|which|#)")
_PART_BEFORE = re.compile(r"\b(?:another|other|more|extra|first|last|next|every|each|further|these)\s+$")
_RATE = re.compile(
    r"[^.]{0,40}?\b(?:(?:a|per|every|each|an|one)\s+(?P<period>day|night|week|month|year|hour|shift|quarter"
    r"|person"
    r"|team)|(?P<adverb>daily|weekly|monthly|yearly))\b"
)
_CLOSE_RATE = re.compile(
    r"[#%$]\s+(?:(?!once|twice|times)[a-z]+\s+){0,2}?" + _RATE.pattern.removeprefix("[^.]{0,40}?")
)
_TOTAL = re.compile(
    r"\b(?:had|have|has|'ve|is|are|were|was|there's|all|the|my|our|those|with|of all|across|after|run|ran"
    r"|its|their|own|owned|manage|managed|cover|covered|covers|serve|served|have got|i've|we've|count"
    r"|counted)\s+(?:only\s+|just\s+)?$"
)
_WHOLE = re.compile(
    r"#\s+(?:[a-z]+\s+){0,3}?(?:[a-z]+s|people|children|staff)(?:\s+(?:a|per|every|each)\s+[a-z]+)?\s*(?:$"
    r"|[.,]"
    r"|(?:is|isn't|was|wasn't|doesn't|sounds|seems)\b)"
)
"""A number that stands alone, or is measured as one: "eighty guests is a lot"."""
_VERB = Phrase(PAST)
_BE = frozenset(("is", "was", "been", "are", "were", "be"))
_OF = re.compile(r"~\s+of\s+(?!the\b|my\b|our\b|it\b|work\b|experience\b)([a-z]{3,})")
_FOR = re.compile(r"\bfor(?: the)?\s+$")
_DEFINITE = re.compile(r"\b(?:all|my|the|our|both|those|its|their)\s+$")
_HELD = re.compile(r"\b(?:had|have|has|'ve|are|were|was|is|there's)\s+$")
"""What may be said of some of them as well: "I had thirteen children and she had the others"."""
_IN_ALL = re.compile(r"[^.]{0,30}\b(?:in all|in total|altogether|all told|overall|all together)\b")
_NOT_HEAD_WORDS = "times this his was is has us yes less always as percent plus"
_NOT_HEADS = frozenset(_NOT_HEAD_WORDS.split())
_IRREGULAR_WORDS = "people children staff men women mice feet sheep fish series patients"
_IRREGULAR = frozenset(_IRREGULAR_WORDS.split())
_HOW_MANY = Phrase(r"how (?:many|large|big|much)(?: (?P<noun>[a-z]+(?: [a-z]+)?))?")
_MONEY_WORDS = Phrase(
    r"(?P<word>budgets?|cost|costs|costing|prices?|priced|saved|saves?|savings?|revenues?|turnover|spent"
    r"|spend"
    r"|spending|bought|buy|worth|salary|raised|loss|losses|deal|contract|paid|pay|sold|invoice|fund|funding"
    r"|grant"
    r"|donations?|lost|lose|profit|rent|fee|fine|order)"
)
_COST = {lemma(word): "cost" for word in ("costing", "price", "priced", "loss", "lost", "lose", "damage")}
_LONG = (
    (
        "stay",
        Phrase(
            r"(?:experience|worked (?:there|here|at|in|as|for)|i(?:'ve| have) been|stayed|been (?:there"
            r"|here|with|in|working)|~ (?:there|here|in (?:the|that|this|my)|as an?|at (?:the|that|this"
            r"|my))|was there|in the (?:trade|job|field|business))"
        ),
    ),
    (
        "took",
        Phrase(
            r"(?:took|takes?|taken|taking|last|lasted|lasts|run|ran|long|went on|from start to (?:end"
            r"|finish)|spent|(?:done|finished|completed|ready|built|delivered|live|over) (?:in|within"
            r"|after)|~ project"
            r"|altogether|in all|in total|whole thing)"
        ),
    ),
)
_DATES = (
    (
        "start",
        Phrase(
            r"(?:since|start(?:ed)?|began|begin|joined|hired|came to|first job|opened|founded|launched"
            r"|promoted|became|appointed|qualified)"
        ),
    ),
    ("end", Phrase(r"(?:left|quit|finish(?:ed)?|graduated|ended|closed|stopped|retired|completed)")),
)
_PHASES = (
    (
        "start",
        Phrase(
            r"(?:when i (?:came|started|joined|arrived|took over)|at first|at the (?:start|beginning)"
            r"|initially|originally|before (?:i|we|the|that|it)|to (?:begin|start) with|(?:i|we|it|there"
            r"|they) used to|had been)"
        ),
    ),
    (
        "end",
        Phrase(
            r"(?:now|today|these days|currently|at the end|by the end|in the end|afterwards?|after (?:that"
            r"|i|we|the)|later|finally|eventually|at the moment)"
        ),
    ),
)


@dataclass(frozen=True)
class Quantity:
    """A number and what it counts. topic: "team", a stem, or the sort; tie: how it hangs on the story
    ("total", "took", a verb); about: stems that name something of this story; part: of a larger whole."""

    kind: str
    topic: str
    tie: str
    number: Number
    clause: Clause
    start: int
    end: int
    rate: str = ""
    phase: str = ""
    level: str = ""
    mods: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    part: bool = False
    noun: str = ""
    definite: bool = True


def quantities(marked: Marked, found: tuple[Clause, ...], asked: str) -> tuple[Quantity, ...]:
    """Every number of an answer that counts something, in the order said. asked: the question, folded; it
    says what a bare number counts."""
    listed: list[Quantity] = []
    for clause in found:
        line = asked if clause.sentence == 0 else ""
        taken: set[int] = set()
        for quantity in _teams(marked, clause):
            if quantity.number.start not in taken:
                taken.add(quantity.number.start)
                listed.append(quantity)
        for at in sorted(_signs(marked, clause)):
            other = _other(marked, clause, at, line)
            if other is not None and (at not in taken or other.noun):
                listed.append(other)
    return tuple(sorted(_uncorrected(marked, listed), key=lambda each: each.start))


def _signs(marked: Marked, clause: Clause) -> Iterator[int]:
    return (at for at in marked.numbers if clause.start <= at < clause.end)


def _teams(marked: Marked, clause: Clause) -> Iterator[Quantity]:
    if COUNT not in clause.text:
        return
    for tie, phrase in _TEAMS:
        for match in phrase.finditer(clause.text):
            at = clause.start + match.start() + match.group().index(COUNT)
            number = marked.numbers.get(at)
            if number is None or number.said < 2:
                continue
            level = "company" if _COMPANY.search(clause.body) and not _TEAM.search(clause.body) else "team"
            part = bool(re.match(r"another|other|more", clause.text[match.start() :]))
            yield Quantity(
                "team_size",
                "team",
                tie,
                number,
                clause,
                clause.start + match.start(),
                clause.start + match.end(),
                phase=_phase(clause, clause.text[: match.start()]),
                level=level,
                about=clause.near,
                part=part,
            )


def _first(choices: tuple[tuple[str, Phrase], ...], text: str) -> str:
    return next((name for name, phrase in choices if phrase.search(text)), "")


def _other(marked: Marked, clause: Clause, at: int, asked: str) -> Quantity | None:
    number, around = marked.numbers[at], f"{clause.text} {asked}"
    before, after = clause.text[: at - clause.start], clause.text[at - clause.start :]
    rate = _RATE.match(after) if number.sort == LENGTH else _CLOSE_RATE.match(after)
    period = (rate["period"] or rate["adverb"].removesuffix("ly").replace("dai", "day")) if rate else ""
    kind, topic, tie, noun, mods, end = "number", "", "", "", frozenset[str](), number.end
    money = _MONEY_WORDS.search(around)
    if number.sort == YEAR:
        kind, topic, tie = "date", YEAR, _first(_DATES, around)
    elif number.sort == LENGTH:
        kind, topic, tie = "duration", LENGTH, _first(_LONG, around)
        period = period if number.unit < 7 else ""
        of = _OF.match(after)
        if of and number.unit < 7:
            topic, noun, tie, period = lemma(of[1]), of[1], "" if before.split() else "total", ""
        tie = tie or ("for" if _FOR.search(before) else "")
    elif number.sort == SHARE:
        word = (before.split() or [""])[-1]
        topic, tie = SHARE, "is" if word in _BE else word
    else:
        words = _head(after)
        if number.sort == MONEY or (money and not words and number.said >= 500):
            kind, topic, tie = (
                "money",
                MONEY,
                _COST.get(lemma(money["word"]), lemma(money["word"])) if money else "",
            )
        elif words:
            topic, noun, mods = lemma(words[-1]), words[-1], frozenset(map(lemma, words[:-1]))
            end = clause.start + clause.text.index(words[-1], at - clause.start) + len(words[-1])
            tie = _tie(before, after, asked)
            period = "" if _DEFINITE.search(before) else period
        else:
            topic, tie = _meant(marked.text[:at], asked), "total"
    if not topic:
        return None
    part = bool(_PART_AFTER.match(after) or _PART_BEFORE.search(before[-12:]))
    return Quantity(
        kind, topic, tie, number, clause, number.start, end, period, _phase(clause, before),
        definite=not _HELD.search(before), mods=mods, about=clause.near - {topic}, part=part, noun=noun,
    )  # fmt: skip


def _phase(clause: Clause, before: str) -> str:
    if before.rstrip().endswith(" from"):
        return "start"
    alone = len(re.findall("[#%$~]", clause.body)) == 1
    return _first(_PHASES, clause.text) or (_first(_PHASES, clause.body) if alone else "")


def _head(after: str) -> list[str]:
    """The modifiers and the plural noun right after a number."""
    words: list[str] = []
    for match in re.finditer(r"\s*([a-z']+|[^\sa-z])", after[1:]):
        word = match.group(1)
        if not word[0].isalpha() or word in STOPWORDS or len(words) > 3:
            return []
        words.append(word)
        if word in _IRREGULAR or (word.endswith("s") and not word.endswith("ss") and word not in _NOT_HEADS):
            return words
    return []


def _tie(before: str, after: str, asked: str) -> str:
    if _TOTAL.search(before) or _IN_ALL.match(after):
        return "total"
    words = before.split()
    if not words or words[-1] in STOPWORDS:
        words = [word for word in words if word not in STOPWORDS]
    if words and (_VERB.match(words[-1], 0) or words[-2:-1] in (["i"], ["we"], ["to"], ["they"])):
        return lemma(words[-1])
    content = [word for word in words if word not in STOPWORDS and word.isalpha()]
    some = asked.split()[:1] in (["who"], ["which"], ["where"])
    return "total" if not content and _WHOLE.match(after) and not some else "bare"


_BARE = re.compile(r"\b(?:were|was|had|have|are)\s+$|(?:^|[.])\s*$")


def _meant(before: str, asked: str) -> str:
    """What a number without a noun counts: what was asked, or what was named last."""
    match = _HOW_MANY.search(asked)
    words = (match["noun"] or "").split() if match else []
    plural = next((word for word in words if word.endswith("s") or word in _IRREGULAR), None)
    if plural is None and _BARE.search(before):
        named = _head(" " + " ".join(word for word in before[-48:].replace(".", " ").split()[-6:-2]))
        plural = named[-1] if named else None
    return lemma(plural) if plural else ""


_TAKEN_BACK = re.compile(r"\b(?:sorry|i mean|i meant|no|rather|make that|correction|wait|not)\b")
_NOT_THIS = re.compile(r"\b(?:not|no|rather than|instead of|never)\s+(?:the\s+|a\s+)?$")


def _uncorrected(marked: Marked, listed: list[Quantity]) -> list[Quantity]:
    """Without the numbers that were taken back on the spot or denied."""
    starts = sorted(marked.numbers)
    void: set[int] = set()
    for at in starts:
        if _NOT_THIS.search(marked.text[max(0, at - 16) : at]):
            void.add(at)
    for first, second in itertools.pairwise(starts):
        gap = marked.text[marked.numbers[first].end : second]
        if len(gap.split()) <= 7 and _TAKEN_BACK.search(gap) and second not in void:
            void.add(first)
    return [each for each in listed if each.number.start not in void]
