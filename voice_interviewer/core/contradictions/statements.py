"""What an answer states, clause by clause: the words that carry it, whether it is denied, and whether it was
meant as a fact of the story at all."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from voice_interviewer.core.understanding.lexicon import Phrase, fold
from voice_interviewer.core.understanding.numbers import Marked
from voice_interviewer.core.understanding.stems import (
    GENERIC,
    TOOLS,
    lemma,
    specific,
    stems,
)

BACK_SENTENCES = 3
"""How far "it" and "that project" point back."""
FRAGMENT_WORDS = 4
"""A sentence up to here only names what the next one is about: "The catalogue. I missed ..."."""
LONG_SENTENCE_WORDS = 14
"""A sentence is cut before "and we ..." only from here on: speech without punctuation is one sentence."""

UNREAL = Phrase(
    r"(?:if|unless|imagine|suppose|supposing|would|would've|wouldn't|(?:i|we)'d(?! (?:never |already |just "
    r"|only )?(?:[a-z]+ed|been|done|gone|had|made|seen|met|built|taken|got)\b)|could|couldn't|might|should"
    r"|shouldn't|ought|may (?:be|have|not|well|need)|in case|let's say|hypothetically|ideally|in theory"
    r"|i will|i'll|we'll|going to"
    r"|gonna|wish|hope|hoping|hoped|dream|as though|had to be)"
)
PLANNED = Phrase(
    r"(?:plan|plans|planned|planning|supposed to|meant to|expected|estimated?|estimates?|forecast|target"
    r"|targets|goal|aim|aimed|budgeted|promised|scheduled|quoted|wanted|asked for|needed|limit|allowed"
    r"|maximum|minimum|deadline|required|requested|thought|projected|intended)"
)
_QUOTED = Phrase(
    r"(?:he|she|they|it|people|somebody|someone|everyone|(?:my|the|our|a|his|her|their) [a-z]+)(?: had| have"
    r"| has)? (?:said|says|claimed|claims|told (?:me|us|them|him|her)|thought|believed|insisted|wrote|argued"
    r"|guessed|asked|complained|heard|assumed|suggested)|according to|rumou?rs?|apparently|supposedly"
)
_CORRECTED = Phrase(
    r"(?:sorry|i mean|i meant|correction|or rather|make that|let me correct|i misspoke|i was wrong"
    r"|scratch that"
    r"|my mistake|i said (?:earlier|before|[#~%@$]|it was|there were|we were)|to be (?:precise|exact)"
    r"|precisely"
    r"|actually it was|well no)"
)
_MOVED = Phrase(
    r"(?:grew|grow|grown|growing|growth|doubled|tripled|halved|shrank|shrunk|increased?|decreased?|rose|fell"
    r"|dropped|reduced|expanded|merged|merger|added|gained|scaled|then|later|afterwards?|eventually|meanwhile"
    r"|by then|from then|since then|at first|at the (?:start|beginning|time|peak)|initially|originally"
    r"|to (?:begin|start) with|(?:started|began|ended)(?: up| out)? (?:with|as|at)|no longer|any ?more"
    r"|(?:i|we|it|they|there|he|she|that) used to|became|become|turned into|went (?:up|down|from|to)"
    r"|came down|down to|up to|rebuilt|this time|switched|moved (?:from|to|over)|migrated|replaced|rewrote"
    r"|instead of|(?:first|second) (?:version|year|month|week|time|one|day))"
)
_STAFFED = Phrase(
    r"(?:hired|hiring|recruited|joined|left|lost|took over|after (?:that|i|we|the)|before (?:that|i|we|the)"
    r"|sick|ill|away|on (?:leave|holiday))"
)
_SOME = Phrase(
    r"(?:some|others?|another|half|most|a few|part|parts|each|every|one of|more|extra|additional|further|rest"
    r"|remaining|first|second|third|last|next|new|largest|smallest|biggest|average|per|both|either|neither"
    r"|together|except|besides|apart from|almost|nearly|hardly|barely|second one|that one|a different"
    r"|the other|on average|sometimes|usually|often)"
)
_CHANGED = Phrase(
    r"(?:at first|initially|originally|then|again|appeal|(?:first|second|third|next|this|other) (?:time|try"
    r"|attempt"
    r"|round|year|version|month|week)|yet|so far|before (?:that|then)|until|some|others|no longer|any ?more"
    r"|(?:i|we|it|they|there|he|she) used to|half"
    r"|most of|eventually|later|the other|another)"
)
_PLACE = (
    r"(?:job|company|employer|team|role|position|place|hospital|school|firm|agency|office|department"
    r"|project|shop"
    r"|store|ward|kitchen|restaurant|home|clinic|bank|factory|workplace|post|crew|group|plant|class|client"
    r"|customer"
    r"|case|hotel|one|university|college|unit|branch|site)"
)
_OTHER = Phrase(
    rf"(?:another|a different|some other|the other|one other|(?:a|the|my) second) {_PLACE}"
    r"|(?:a|the) (?:new|other|old|second|third|next|bigger|smaller|cheaper) one"
)
_ELSEWHERE = (
    (
        "former",
        Phrase(
            r"(?:at|in|for|from|with) (?:my|the|a|our) (?:(?:previous|old|former|earlier|prior) [a-z]+"
            r"|(?:last|first"
            rf"|second|other) {_PLACE})|my (?:last (?:job|company|employer|team|role|boss|place)"
            rf"|(?:previous|former|old"
            r"|earlier) [a-z]+)|back then|in those days|when i was (?:a|an|at|in|still|working)|years ago"
            r"|early in my"
            r" career|in my (?:early|first|student) [a-z]+|at (?:university|college|school|uni)|before that"
            r"|before this|as an? (?:student|intern|apprentice|trainee|junior)|when i (?:first )?started"
        ),
    ),
    ("other", _OTHER),
)
_ORDER = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth|last|next|new|old)\s+(?!time|day|week|month|year|night|thing"
    r"|place|one"
    r"|morning|step|hour|minute|summer|winter|spring|autumn|moment|instance|people|job)[a-z]{3,}"
)
_ONE_WITH = re.compile(r"\bone (?:with|in|at|about|from|for|on) (?:the |my |our |a )?([a-z]{3,})")
_YEAR_SIGN = re.compile("@")

_NEVER = Phrase(
    r"(?:never|not once|not ever|(?:not|[a-z]+n't) [a-z]+ a single|nobody|no one|not a single|haven't ever"
    r"|hasn't ever|(?:no|not|n't|any|none)"
    r"(?: [a-z']+){0,4} (?:at all|whatsoever|ever|anywhere)|only ever|nowhere)"
)
_DENIAL = Phrase(
    r"(?:never|not|no|none|nobody|no one|nothing|without|didn't|did not|wasn't|weren't|haven't|hasn't|don't"
    r"|doesn't|isn't|aren't|ain't|neither|nor|zero|hadn't)"
)
_NO_FACT = Phrase(
    r"(?:not only|not just|not really|no longer|no doubt|not sure|don't know|do not know|no idea|not yet"
    r"|don't (?:think|want|like|need|mean|remember|believe|care|mind|get|see)|didn't (?:think|want|like|need"
    r"|mean|know|believe|care|expect|realise|realize|understand|mind|see|notice|hear|feel|seem|look|even)"
    r"|no (?:problem|matter|wonder|more|one's)|why not|or not|not (?:too|so|very|that|quite|always|all"
    r"|every(?:one|body|thing)?|enough|because|to|the best|the only|the first|in the|a big|easy|exactly)"
    r"|hadn't|had not|had never|never before|never again|never mind|couldn't|cannot|can't|won't|wouldn't"
    r"|shouldn't|nothing but|no less|without (?:a|any) (?:doubt|problem|question))"
)


_CANNOT = Phrase(
    r"i (?:can't|cannot|can not) (?P<act>read|speak|drive|swim|use|write|cook|code|program|type|ride|fly"
    r"|draw|sew|weld)"
)


@dataclass(frozen=True)
class Clause:
    """Characters start..end of an answer, marked; body: the sentence they stand in. said: stems of what is
    claimed; denied: of what is denied; asked_denied: of what was asked and answered with no. where: what
    sets it apart from other jobs, years and people. near, pairs: stems, alone and as neighbours, that name
    what it is about, from the sentence and from what it points back to. flags: how it was meant. asked: the
    question, where it is part of the answer to it."""

    text: str
    start: int
    sentence: int
    body: str
    where: frozenset[str]
    near: frozenset[str]
    pairs: frozenset[frozenset[str]]
    said: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    asked_denied: frozenset[str] = frozenset()
    asked: str = ""
    never: bool = False
    flags: frozenset[str] = frozenset()

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_CUT = re.compile(
    r"(?<=\.)\s+|(?:(?<=,)\s+|\s+)(?=(?:and|but|so|because|then|although|though|while|whereas|which|when|if"
    r"|where)\s+(?:then\s+"
    r"|so\s+|to be honest\s+|honestly\s+|actually\s+|in fact\s+|maybe\s+)?(?:i|we|they|he|she|it|there|you"
    r"|i'd|i'm|i've|we'd|we're|we've|they'd|it's|that|my|our|nobody"
    r"|everybody|everyone|the)\b)|(?<=,)\s+(?=(?:i|we|they|he|she|it|there|nobody|none|no one|my|our)\b)"
    r"|\s+(?=that\s+(?:i|we|he|she|they|it|his|her|their|my|our)\b)"
)


def clauses(marked: Marked, raw: str, asked: str = "") -> tuple[Clause, ...]:
    """The clauses of an answer with what each states, in order. asked: the question, folded; an answer that
    begins with yes or no states or denies what it asked."""
    found: list[Clause] = []
    where: frozenset[str] = frozenset()
    before: list[str] = []
    for sentence, (start, end) in enumerate(_sentences(marked.text)):
        body = marked.text[start:end]
        question = raw[start : end + 1].rstrip().endswith("?")
        kept = frozenset() if _HERE.search(body) else {each for each in where if not each.startswith("order")}
        where = _where(body, raw[start:end], marked, start) or frozenset(kept)
        told = [body]
        if before and (_POINTS_BACK.search(body) or "." not in marked.text[start - 2 : start]):
            told += before[-BACK_SENTENCES:]
        if sentence == 0 or _POINTS_BACK.search(body):
            told.append(asked)
        near, pairs = _names(told)
        pieces = [(first, after) for first, after in _pieces(body) if body[first:after].strip(" ,.")]
        for index, (first, after) in enumerate(pieces):
            piece = body[first:after]
            goes_on = index + 1 < len(pieces) and bool(_GOES_ON.match(body[pieces[index + 1][0] :]))
            later = _OTHER.search(body) and not _OTHER.search(body[:after])
            here = where - {"other"} if later else where
            clause = Clause(piece, start + first, sentence, body, here, near, pairs)
            clause = _stated(clause, question, goes_on and not piece.rstrip().endswith(","))
            found.append(clause if found else _answered(clause, asked))
        before.append(body)
    return tuple(found)


def _names(texts: list[str]) -> tuple[frozenset[str], frozenset[frozenset[str]]]:
    """What they name of a story: single stems, and two that stand together."""
    near: set[str] = set()
    pairs: set[frozenset[str]] = set()
    for text in texts:
        for part in re.split("[.,]", text):
            found = stems(part)
            near.update(found)
            pairs.update(
                frozenset(pair)
                for pair in itertools.pairwise(found)
                if not GENERIC.issuperset(pair) and len(set(pair)) == 2
            )
    return specific(frozenset(near)), frozenset(pairs)


_POINTS_BACK = re.compile(r"\b(?:it|that|this|them|one)\b")
_GOES_ON = re.compile(r"\s*(?:that|who|which|when|if|where|until)\b")
_YES = Phrase(
    r"(?:yes|yeah|yep|sure|of course|certainly|i have|i do|i did|i am|we do|we did|we have"
    r"|absolutely|always|many times|often)"
)
_NO = Phrase(
    r"(?:no|nope|never|not really|i haven't|i have not|i don't|i'm not|not yet|not (?:a (?:word|single|one)"
    r"|one)|none|zero|not once"
    r"|not ever|not at all|nothing|(?:i|we|it) (?:don't|didn't|wasn't|hasn't)(?= ?$| ?[,.]))"
)
_SCOPED = re.compile(r"(?:no|never|not)[ ,]+(?:never )?(?:in|at|on|for|with|since|during|not)\b")
_LEAD_IN = re.compile(
    r"^(?:(?:luckily|honestly|well|um|uh|oh|hm|to be honest|actually|sadly|i'm afraid|i think|fortunately"
    r"|so|okay"
    r"|look|right|ah)[ ,]+)+"
)
_HOW_MANY = re.compile(r"\bhow many ([a-z]+)")
_YES_NO = Phrase(r"(?:have|has|do|does|did|are|were|is|was|had|can) (?:you|it|they|he|she|the|your)")


def _answered(clause: Clause, asked: str) -> Clause:
    """A first clause that is short for the question it answers."""
    text, line = _LEAD_IN.sub("", clause.text.strip(" ,.")), asked.strip()
    if "you" in line.split() and not _THEIRS.search(text):
        clause = replace(clause, flags=clause.flags | {"own"})
    clause = replace(clause, asked=line)
    many = _HOW_MANY.search(line)
    if many and _NO.match(text, 0) and not _SCOPED.match(text):
        return replace(clause, asked_denied=frozenset(stems(many[1])), flags=clause.flags | {"zero"})
    if not _YES_NO.match(line, 0) or len(line.split()) > 12:
        return clause
    if _YES.match(text, 0):
        return replace(clause, said=clause.said | frozenset(stems(line)), flags=clause.flags | {"answered"})
    if (
        _NO.match(text, 0)
        and not _SCOPED.match(text)
        and not re.search(r"\b(?:back then|yet|then|before)\b", f"{text} {line}")
    ):
        return replace(clause, asked_denied=frozenset(stems(line)), never=True)
    return clause


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"\.|$", text):
        words = len(text[start : match.start()].split())
        if not words or (words <= FRAGMENT_WORDS and match.end() < len(text)):
            start = start if words else match.end()
            continue
        yield from _runs(text, start, match.start())
        start = match.end()


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence whole, or in runs where nobody could say that much in one breath without a comma."""
    if len(text[start:end].split()) <= LONG_SENTENCE_WORDS or re.search("[,.]", text[start:end]):
        yield start, end
        return
    first = start
    for cut, _ in _cuts(text, start, end):
        if len(text[first:cut].split()) >= 4:
            yield first, cut
            first = cut
    yield first, end


_AND_I = re.compile(r"and\s+i\b")
_SOMEONE = re.compile(
    r"(?:^|[,.]\s*|\b(?:my|the|a|our|with)\s+)[a-z]+$|(?:^|[.,])\s*(?:my|the|a|our)\s+[a-z]+\s+[a-z]+$"
)
_FRESH = re.compile(
    r"\s(?=i\s+(?:only|just|was|am|wasn't|had|did|didn't|never|told|asked|led|ran|made|went|got|took"
    r"|learned)\b)"
)
_LEADS_ON = frozenset(
    [
        "and",
        "but",
        "so",
        "that",
        "when",
        "if",
        "because",
        "what",
        "which",
        "who",
        "where",
        "as",
        "while",
        "until",
        "since",
        "than",
        "or",
    ]
)


def _cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where one clause ends and where the next begins."""
    found = [
        (match.start(), match.end())
        for match in _CUT.finditer(text, start, end)
        if not (_AND_I.match(text, match.end()) and _SOMEONE.search(text, start, match.start()))
    ]
    if "," not in text[start:end] and len(text[start:end].split()) > LONG_SENTENCE_WORDS:
        for match in _FRESH.finditer(text, start, end):
            if (
                text[start : match.start()].split()[-1:]
                and text[start : match.start()].split()[-1] not in _LEADS_ON
            ):
                found.append((match.start(), match.end()))
    return sorted(set(found))


def _pieces(body: str) -> Iterator[tuple[int, int]]:
    first = 0
    for cut, after in _cuts(body, 0, len(body)):
        yield first, cut
        first = after
    yield first, len(body)


def _stated(clause: Clause, question: bool, goes_on: bool) -> Clause:
    """The clause with what it claims and denies. goes_on: what it denies is only said in the next one."""
    flags = {name for name, phrase in _FLAGS if phrase.search(clause.text)}
    flags |= {"corrected"} if _CORRECTED.search(clause.body) else set()
    flags |= {"question"} if question else set()
    said, denied = _polarity(clause.text)
    never = bool(_NEVER.search(clause.text))
    return replace(
        clause, said=said, denied=frozenset() if goes_on else denied, never=never, flags=frozenset(flags)
    )


_DENIES = Phrase(
    r"(?:i|we)(?:'ve|'m|'re|'d| have| had| am| was| were| did| do)?(?: (?:really|actually|personally"
    r"|honestly|also))?"
    r" (?:never|not|no|haven't|didn't|don't|wasn't|weren't|hadn't)"
)
_THEIRS = Phrase(r"(?:he|she|they|it|the|there|that|this|his|her|their)")
_HERE = Phrase(r"(?:now|today|currently|these days|at the moment|my current [a-z]+|here)")
_FLAGS = (
    ("unreal", UNREAL),
    ("planned", PLANNED),
    ("quoted", _QUOTED),
    ("moved", _MOVED),
    ("some", _SOME),
    ("changed", _CHANGED),
    ("own", _DENIES),
)


def _polarity(piece: str) -> tuple[frozenset[str], frozenset[str]]:
    unable = _CANNOT.search(piece)
    if unable:
        return frozenset(stems(piece[: unable.start()])), frozenset(stems(piece[unable.start("act") :])[:6])
    open_end = _NO_FACT.search(piece)
    if open_end:
        return frozenset(stems(piece[: open_end.start()])), frozenset()
    for match in _DENIAL.finditer(piece):
        tail = re.split(r"[,.]|\b(?:but|because|until|so|just|only)\b", piece[match.end() :])[0]
        if stems(tail):
            return frozenset(stems(piece[: match.start()])), frozenset(stems(tail)[:6])
    return frozenset(stems(piece)), frozenset()


def _where(body: str, raw: str, marked: Marked, start: int) -> frozenset[str]:
    """What sets a sentence apart: a former job, another team, a year, a name."""
    found = {name for name, phrase in _ELSEWHERE if phrase.search(body)}
    found |= {
        f"year {marked.numbers[start + m.start()].said:.0f}"
        for m in _YEAR_SIGN.finditer(body)
        if start + m.start() in marked.numbers
    }
    for match in re.finditer(r"(?<=[a-z,] )(?:(?:in|at|for|from|to|of|with) )([A-Z][a-z]{2,})", raw):
        if fold(match.group(1)) not in TOOLS | {"power", "google"}:
            found.add(f"name {fold(match.group(1))}")
    found |= {f"order {match.group(1)}" for match in _ORDER.finditer(body)}
    found |= {f"name {lemma(match.group(1))}" for match in _ONE_WITH.finditer(body)}
    return frozenset(found)
