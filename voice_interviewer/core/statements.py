"""What an answer states, clause by clause: the words that carry it, whether it is denied, and whether it was
meant as a fact of the story at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from voice_interviewer.core.lexicon import STOPWORDS, Phrase, fold, stem
from voice_interviewer.core.numbers import Marked

LONG_SENTENCE_WORDS = 14
"""A sentence is cut before "and we ..." only from here on: speech without punctuation is one sentence."""

_LEMMA_WORDS = """lost lose won win built build ran run led lead wrote write written write took take taught
teach told tell sold sell bought buy spoke speak spoken speak drove drive driven drive held hold met meet kept
keep paid pay found find began begin begun begin grew grow grown grow fell fall rose rise chose choose chosen
choose broke break broken break gave give given give knew know known know saw see seen see sent send spent
spend did do done do went go gone go left leave quitted quit flew fly flown fly fought fight brought bring
thought think caught catch cut cut laid lay slept sleep shut shut taken take fallen fall hidden hide children
child people person staff person persons person folks person"""
_pairs = _LEMMA_WORDS.split()
_LEMMAS = dict(zip(_pairs[::2], _pairs[1::2], strict=True))

_GENERIC_WORDS = """have work works worked working do make take give go come get use used using tell say said
think know see look find want need try start begin put keep let show ask call talk speak help feel become
happen become turn bring person people guy man woman thing something anything nothing everything everybody
everyone anyone anybody nobody someone somebody none time times day days week weeks month months year years
hour hours minute minutes today yesterday now then there here way ways lot bit part parts whole place places
project projects team teams job jobs company case cases problem problems question situation story example role
task point number end first second last next new old big small good bad long short high low great little other
another same different many few several ever never always often sometimes also even still already yet only
just quite rather back own whole able real really please yes no not one two three self everyone together
experience client clients customer customers user users manager boss colleague colleagues result results
reason side idea case fact member members life world everybody hard difficult easy better best early late
later soon between during whole per without within against about across since until how long much exactly
finally definitely certainly probably honestly"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words that two stories may share without being about the same thing."""

_UNREAL = Phrase(
    r"(?:if|unless|imagine|suppose|supposing|would|would've|wouldn't|i'd|we'd|could|couldn't|might|should"
    r"|shouldn't|ought|may|in case|let's say|hypothetically|ideally|in theory|i will|i'll|we'll|going to"
    r"|gonna|wish|hope|hoping|hoped|dream|as though|had to be)"
)
_PLANNED = Phrase(
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
    r"(?:sorry|i mean|i meant|correction|or rather|make that|wait|let me correct|i misspoke|i was wrong"
    r"|scratch that|my mistake|i said|i told you|to be precise|precisely|to be exact|actually it was|well no)"
)
_MOVED = Phrase(
    r"(?:grew|grow|grown|growing|growth|doubled|tripled|halved|shrank|shrunk|increased?|decreased?|rose|fell"
    r"|dropped|reduced|expanded|merged|merger|hired|hiring|recruited|joined|added|gained|scaled|then|later"
    r"|afterwards?|eventually|in the end|meanwhile|by then|from then|since then|at first"
    r"|at the (?:start|beginning|time|peak)|initially|originally|to begin with|to start with|started (?:with"
    r"|out|as)|began (?:with|as)|ended up|no longer|any ?more|used to|before|(?<!look\x20)(?<!looked\x20)(?<!looking\x20)after|until|till|yet|so far"
    r"|still|became|become|turned into|went (?:up|down|from|to)|came down|down to|up to|rebuilt|again"
    r"|this time|switched|moved (?:from|to|over)|migrated|replaced|rewrote|instead of|when i (?:came|started"
    r"|joined|arrived|left)|first (?:version|year|month|week|time)|second (?:version|year|time|one)|left)"
)
_SOME = Phrase(
    r"(?:some|others?|another|half|most|a few|part|parts|each|every|one of|more|extra|additional|further|rest"
    r"|remaining|first|second|third|last|next|new|largest|smallest|biggest|average|per|both|either|neither"
    r"|together|except|besides|apart from|almost|nearly|hardly|barely|second one|that one|a different"
    r"|the other|on average|sometimes|usually|often)"
)
_ELSEWHERE = (
    (
        "former",
        Phrase(
            r"(?:at|in|for|from|with) (?:my|the|a|our) (?:last|previous|old|former|first|earlier|second|other"
            r"|prior) [a-z]+|my (?:last|previous|former|old|earlier) (?:job|company|employer|team|role|boss|place"
            r"|[a-z]+)|back then|in those days|when i was (?:a|an|at|in|still|working)|years ago|early in my"
            r" career|in my (?:early|first|student) [a-z]+|at (?:university|college|school|uni)|before that"
            r"|before this|as an? (?:student|intern|apprentice|trainee|junior)|when i (?:first )?started"
        ),
    ),
    ("other", Phrase(r"(?:another|a different|some other|the other|one other|(?:a|the) second) [a-z]+")),
)
_YEAR_SIGN = re.compile("@")

_NEVER = Phrase(
    r"(?:never|not once|not ever|nobody|no one|not a single|haven't ever|hasn't ever|(?:no|not|n't|any|none)"
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


@dataclass(frozen=True)
class Clause:
    """Characters start..end of an answer, marked. said: stems of what is claimed; denied: of what is denied,
    where: the scopes that set it apart from other jobs, years and people."""

    text: str
    start: int
    end: int
    sentence: int
    said: frozenset[str]
    denied: frozenset[str]
    never: bool
    flags: frozenset[str]
    where: frozenset[str]


@lru_cache(maxsize=4096)
def lemma(word: str) -> str:
    """The stem of a folded word, irregular verbs included."""
    return stem(_LEMMAS.get(word, word))


GENERIC = frozenset(lemma(word) for word in _GENERIC) | frozenset(_GENERIC)


def stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, in order."""
    words = (word.strip("'").removesuffix("'s") for word in re.findall(r"[^\W\d_][\w']*", text))
    return tuple(lemma(word) for word in words if word not in STOPWORDS and len(word) > 2)


def specific(found: frozenset[str]) -> frozenset[str]:
    """Those of them that name something of one's own story."""
    return frozenset(word for word in found if word not in GENERIC)


_CUT = re.compile(
    r"(?:(?<=,)\s+|\s+)(?=(?:and|but|so|because|then|although|though|while|whereas|which|when|if|where)\s+(?:then\s+"
    r"|so\s+)?(?:i|we|they|he|she|it|there|you|i'd|i'm|i've|we'd|we're|we've|they'd|it's|that|my|our|nobody"
    r"|everybody|everyone|the)\b)|(?<=,)\s+(?=(?:i|we|they|he|she|it|there|nobody|none|no one|my|our)\b)"
)


def clauses(marked: Marked, raw: str) -> tuple[Clause, ...]:
    """The clauses of an answer with what each states, in order."""
    found: list[Clause] = []
    carried: frozenset[str] = frozenset()
    for sentence, (start, end) in enumerate(_sentences(marked.text)):
        body = marked.text[start:end]
        asked = raw[start : end + 1].rstrip().endswith("?")
        carried = _where(body, raw[start:end], marked, start) or carried
        for first, last in _pieces(body):
            piece = body[first:last]
            if piece.strip(" ,."):
                found.append(_clause(piece, start + first, start + last, sentence, body, asked, carried))
    return tuple(found)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"\.|$", text):
        if text[start : match.start()].strip():
            yield from _runs(text, start, match.start())
        start = match.end()


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence whole, or in runs where nobody could say that much in one breath without a comma."""
    if len(text[start:end].split()) <= LONG_SENTENCE_WORDS or "," in text[start:end]:
        yield start, end
        return
    first = start
    for match in _CUT.finditer(text, start, end):
        if len(text[first : match.start()].split()) >= 4:
            yield first, match.start()
            first = match.start()
    yield first, end


def _pieces(body: str) -> Iterator[tuple[int, int]]:
    first = 0
    for match in _CUT.finditer(body):
        yield first, match.start()
        first = match.end()
    yield first, len(body)


def _clause(
    piece: str, start: int, end: int, sentence: int, body: str, asked: bool, where: frozenset[str]
) -> Clause:
    flags = {name for name, phrase in _FLAGS if phrase.search(piece)}
    flags |= {"corrected"} if _CORRECTED.search(body) else set()
    flags |= {"question"} if asked else set()
    said, denied = _polarity(piece)
    return Clause(
        piece, start, end, sentence, said, denied, bool(_NEVER.search(piece)), frozenset(flags), where
    )


_FLAGS = (("unreal", _UNREAL), ("planned", _PLANNED), ("quoted", _QUOTED), ("moved", _MOVED), ("some", _SOME))


def _polarity(piece: str) -> tuple[frozenset[str], frozenset[str]]:
    if _NO_FACT.search(piece):
        return frozenset(), frozenset()
    match = _DENIAL.search(piece)
    if not match:
        return frozenset(stems(piece)), frozenset()
    tail = re.split(r"[,.]|\b(?:but|because|until|so|just|only)\b", piece[match.end() :])[0]
    before = piece[: match.start()]
    return frozenset(stems(before)), frozenset(stems(tail)[:6])


def _where(body: str, raw: str, marked: Marked, start: int) -> frozenset[str]:
    """What sets a sentence apart: a former job, another team, a year, a name."""
    found = {name for name, phrase in _ELSEWHERE if phrase.search(body)}
    found |= {
        f"year {marked.numbers[start + m.start()].said:.0f}"
        for m in _YEAR_SIGN.finditer(body)
        if start + m.start() in marked.numbers
    }
    for match in re.finditer(r"(?<=[a-z,] )(?:(?:in|at|for|from|to|of|with) )([A-Z][a-z]{2,})", raw):
        found.add(f"name {fold(match.group(1))}")
    return frozenset(found)
