"""What is listened for in plain English speech: patterns over folded text, blind to case and punctuation.

`fold` keeps every offset, so a match in the folded text is a place in the transcript. What an
answer tells is read by a model (`reading.Reading`); these patterns confirm it where they are nearly always
right. A space in a pattern stands for any run of spaces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_STOPWORDS = """a about above after again all also am an and any are as at be because been before being
but by can could did do does doing done down each few for from further get gets getting got had has have
having he her here hers him his how i if in into is it its just like made make me more most my no nor not
now of off on once only or other our out over own really said same say see she should so some such than
that the their them then there these they this those through to too under until up us very was we went
were what when where which while who whom why will with would you your yes yeah ok okay well i'm i'd i've
i'll it's that's don't didn't we're we've we'd they're there's isn't wasn't um uh er erm hm hmm mm ah oh
right sure actually basically kind sort thing things stuff lot bit maybe"""

STOPWORDS = frozenset(_STOPWORDS.split())
"""Words that carry no content of their own, fillers included."""


ADVERB = (
    r"(?:then|also|just|first|personally|immediately|actually|really|finally|eventually|quickly|always"
    r"|already|only|even|still|simply|both|basically|kind of|sort of)"
)
_NOT_ACTS = (
    r"(?:wanted|needed|liked|loved|hated|believed|realised|realized|noticed|learned|seemed|hoped|wished"
    r"|used|tried|lived|joined|happened|wondered|remembered|expected|worried|enjoyed|struggled|failed"
    r"|missed|disagreed|preferred|graduated|studied|qualified|received|relied|assumed|feared|regretted"
    r"|stayed|waited|arrived|ended|cared|worked|owned|managed|decided|offered|started|need|feed|speed"
    r"|proceed|succeed|exceed|indeed|feared|agreed|appreciated|doubted|trusted|guessed|figured|considered"
    r"|supposed|tired|scared|excited|interested|stressed)"
)
_IRREGULAR = (
    r"(?:built|rebuilt|wrote|rewrote|ran|led|made|took|retook|set|put|sat|called|spoke|told|brought|cut"
    r"|taught|sent|drew|redrew|chose|drove|gave|held|met|kept|dug|fought|caught|bought|sold|split|broke"
    r"|hung|laid|paid|rang|showed|stood|swept|stuck|threw|won|redid|did|undid|went (?:to|through|back|over"
    r"|and)|got (?:the|everyone|them|it|him|her)|found|came up|shut|lent|fed|hid|bent|wound|ground|bound)"
)
BASE = r"(?!have\b|be\b|not\b|say\b|think\b|like\b|love\b|want\b|hope\b|need\b)[a-z]{3,}"
PAST = rf"(?!{_NOT_ACTS}\b)(?:[a-z]{{2,}}ed|{_IRREGULAR})\b"
"""A verb in the past that says somebody did something, not that they felt or were something."""
CARDINAL = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
    r"|million|dozen|[0-9][0-9%$]*)"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|spring"
    r"|summer|autumn|fall|winter)"
)
WOULD = r"(?:i would|i d|i'd|i will|i'll|we would|we'd|you would|i'm going to)"
WOULD_ACT = rf"{WOULD}(?: {ADVERB})? (?:want to |try to |start by |begin by |need to |have to )?{BASE}"


@dataclass(frozen=True)
class Phrase:
    """A pattern for folded text, on word borders. A space stands for several, " ?" for any number.

    Compiled when first used, because all of them together take longer than the start of the program may.
    """

    source: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        source = self.source.replace(" ?", r"\s*").replace(" ", r"\s+")
        # "%" ends a word whatever is written behind it
        return re.compile(rf"(?<![\w'])(?:{source})(?:(?![\w'])|(?<=%))")

    def search(self, folded: str) -> re.Match[str] | None:
        return self.compiled.search(folded)

    def match(self, folded: str, start: int) -> re.Match[str] | None:
        return self.compiled.match(folded, start)

    def finditer(self, folded: str) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(folded)


def fold(text: str) -> str:
    """Lower case, plain apostrophes, a space for what is no letter, digit, ', % or $. Keeps the length."""
    return text.translate(_FOLDED)


class _Folded(dict[int, str]):
    """Each character's folded form, worked out when it is first met: every word of an answer is folded many
    times."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        low = character.lower()
        if len(low) != 1:
            low = " "
        low = "'" if low == "\N{RIGHT SINGLE QUOTATION MARK}" else low
        self[code] = low if low.isalnum() or low in "'%$" else " "
        return self[code]


_FOLDED = _Folded()


PLAIN: dict[str, Phrase] = {
    "own_action": Phrase(
        rf"i(?:'ve| have| had)?(?: {ADVERB}){{0,2}} {PAST}|i(?: {ADVERB})? (?:managed to|decided to"
        rf"|went ahead and|ended up|offered to|started to|was able to) {BASE}"
        rf"|i(?: {ADVERB})? started [a-z]+ing|i was the one who|my (?:own )?(?:part|role|job"
        rf"|task) was [a-z]+ing"
        rf"|i had to (?!wait\b|be\b)[a-z]{{3,}}|i made sure"
    ),
    "team_action": Phrase(
        rf"(?:we|the team|our team|my team)(?:'ve| have| had| all)?(?: {ADVERB}){{0,2}} "
        rf"(?:{PAST}|decided|agreed|managed|worked|started)"
    ),
    "example": Phrase(
        rf"last (?:year|month|week|spring|summer|autumn|fall|winter|night|quarter|term|semester|{_MONTH})"
        rf"|(?:in|since|around|this|one) {_MONTH}|in (?:19|20)[0-9][0-9]|(?:{CARDINAL}|a|a few|a couple of"
        rf"|some) (?:years|months|weeks|days|year|month|week) ago"
        r"|one (?:day|time|morning|afternoon|evening|night|monday|tuesday|wednesday|thursday|friday"
        r"|saturday|sunday)|when i (?:was|worked|joined|started)|(?:at|in) my (?:last|previous|current"
        r"|first|old) [a-z]+|there was (?:a|an|this|one)|yesterday|recently|back (?:in|when)"
        r"|this one [a-z]+|the (?:first"
        r"|last) time"
    ),
    "result": Phrase(
        r"as a result|in the end|the (?:end )?(?:result|outcome|upshot) (?:was|is|being)|(?:it|that|which"
        r"|this) paid off"
        r"|it all worked|(?:it|that|everything) worked out|what (?:changed|came of it) was"
    ),
    "measure": Phrase(
        rf"{CARDINAL} (?:percent|per cent|%|percentage points?|times|fold)|[0-9]+ ?%|\$ ?[0-9]+"
        rf"|from (?:[a-z]+ ){{0,3}}?{CARDINAL}(?: \S+){{0,5}}? (?:down "
        rf"|up )?to (?:[a-z]+ ){{0,2}}?{CARDINAL}|doubled|halved|tripled|(?:by|in) half|by (?:about "
        rf"|around |almost |nearly |over )?(?:a |one )?(?:third|quarter|{CARDINAL})|twice as|half (?:as"
        rf"|the|of the)|(?:down|up) to (?:about |around )?{CARDINAL}|(?:up|down) from {CARDINAL}"
        rf"|{CARDINAL} out of {CARDINAL}"
        rf"|(?:under|below|less than|more than|fewer than|over) {CARDINAL}|{CARDINAL} (?:minutes|hours"
        rf"|days|weeks|months) (?:earlier|early|late|later|faster|ahead|less"
        rf"|sooner)"
    ),
    "reasoning": Phrase(
        r"because|cause (?:i|we|it|they|the)|so that|the reason|that's why|which is why|in order to"
        r"|instead of|rather than|i considered|we considered|i weighed|given that|due to|the alternative"
        r"|i (?:chose|picked|went with) [a-z ]{2,30} over"
        r"|my (?:thinking|reasoning|logic)|it made (?:more )?sense|otherwise|to (?:avoid|prevent)"
    ),
    "reflection": Phrase(
        r"i(?:'ve| have)? (?:learned|learnt)|lesson|next time|looking back|in hindsight|in retrospect"
        r"|if i (?:did|had to do|were to do|could do) (?:it|that|this)|(?:since then|ever since"
        r"|from then on|these days|nowadays) i|now i [a-z]+|i(?: still)? wish|(?:do|did|done) (?:it|that"
        r"|things|this|something|one thing)? ?differently|taught me"
        r"|i should have|i would have"
    ),
}
"""Signal id -> words that are nearly always right where they are found ("I called", "because")."""
CHANGE = Phrase(
    rf"went (?:up|down|from|live|well|smoothly|through)|ended up (?:with|at|being|in|on)|turned out"
    rf"|(?:dropped|fell|rose|grew|increased|decreased|improved|shrank|jumped|climbed|doubled|halved"
    rf"|tripled|recovered)|(?:cut|reduced|lowered|raised|shortened|brought)(?: [a-z']+){{1,6}} (?:by"
    rf"|from|to|down) (?:[a-z]+ )?{CARDINAL}|(?:saved|saving) (?:us|them|the|about|around|{CARDINAL})"
    r"|(?<!\bi[ ])(?<!\bwe[ ])(?:passed|renewed|signed|approved|accepted|thanked|apologised|apologized"
    r"|adopted|shipped|launched|stopped|disappeared|calmed|agreed|opened|returned|came back|moved in)"
    r"|(?<!\bi[ ])(?<!\bwe[ ])(?:solved|fixed|resolved|helped|cleared|vanished|healed)|went away"
    r"|(?:was|were|is|are) (?:at|down to|up to|under|below|over) [0-9a-z]+|made it"
    r"|made (?:a|all the) (?:[a-z]+ )?difference|worked (?:fine|well|again|perfectly|better|great)"
    r"|a lot (?:less|fewer|better|faster|calmer|happier|quieter|easier)|(?:he|she|they|it"
    r"|everyone) (?:now|still)"
    r"|on time|ahead of (?:time|schedule)|went live|never (?:[a-z]+ )?again|nobody (?:[a-z]+ ){1,4}"
    r"|no more [a-z]+|since then(?! i\b)|ever since(?! i\b)|to this day|still (?:use|uses|using|there"
    r"|works)|by the end|(?:is|are) now|now (?:the|we|they|it|everyone|every) [a-z]+|back to normal"
    r"|it worked|without (?:a|any|a single) [a-z]+|we (?:met|made|hit|finished|delivered|won)"
    r"|were able to|was fixed|got (?:better|faster|easier"
    r"|approved|promoted)"
)
"""A change: once something was done it is a result, before that it is the problem."""
PLANNED_ACT = Phrase(WOULD_ACT)
"""What the speaker would do, or will ("I'd call them")."""


_ENDINGS = "ations ation ments ment ingly edly ness ings ing ies ers ed es er ly s"
_SUFFIXES = tuple(_ENDINGS.split())


def stem(word: str) -> str:
    """A crude English stem, good enough to match "tested" with "testing". word is folded."""
    word = word.removesuffix("'s").replace("'", "")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word[: -len(suffix)] + ("y" if suffix == "ies" else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, in order, repeats kept."""
    words = (word.strip("'") for word in fold(text).split())
    return tuple(
        stem(word) for word in words if word and word not in STOPWORDS and (len(word) > 1 or word.isdigit())
    )
