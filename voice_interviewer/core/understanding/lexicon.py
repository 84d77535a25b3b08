"""What is listened for in plain English speech: patterns over folded text, blind to case and punctuation.

`fold` keeps every offset, so a match in the folded text is a place in the transcript. Patterns are start
values written by hand; they hear far less than a person does, which is why something absent may be asked
about and is never held against anyone. A space in a pattern stands for any run of spaces.
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
_BASE = r"(?!have\b|be\b|not\b|say\b|think\b|like\b|love\b|want\b|hope\b|need\b)[a-z]{3,}"
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
_THING = (
    r"(?:dollars|euros|pounds|complaints|errors|tickets|calls|orders|returns|customers|clients|users|defects"
    r"|mistakes|incidents|accidents|sales|signups|members|patients|students|pupils|visitors)"
)
_TIME = r"(?:minutes|hours|seconds|days|weeks|months)"
_WOULD = r"(?:i would|i d|i'd|i will|i'll|we would|we'd|you would|i'm going to)"
_WOULD_ACT = rf"{_WOULD}(?: {ADVERB})? (?:want to |try to |start by |begin by |need to |have to )?{_BASE}"


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


@dataclass(frozen=True)
class Cue:
    """How one signal sounds. weak: may be it. later: it only once somebody has acted, because a change after
    an act is a result and the same change before it is the problem."""

    strong: Phrase
    weak: Phrase | None = None
    later: Phrase | None = None


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


def _cue(strong: str, weak: str | None = None, later: str | None = None) -> Cue:
    return Cue(Phrase(strong), Phrase(weak) if weak else None, Phrase(later) if later else None)


CUES: dict[str, Cue] = {
    "own_action": _cue(
        rf"i(?:'ve| have| had)?(?: {ADVERB}){{0,2}} {PAST}|i(?: {ADVERB})? (?:managed to|decided to"
        rf"|went ahead and|ended up|offered to|started to|was able to) {_BASE}"
        rf"|i(?: {ADVERB})? started [a-z]+ing|i was the one who|my (?:own )?(?:part|role|job"
        rf"|task) was [a-z]+ing"
        rf"|i had to (?!wait\b|be\b)[a-z]{{3,}}|i made sure",
        rf"i was (?:responsible for|in charge of)|my (?:own )?(?:part|role|job|task) was|i (?:tried|worked"
        rf"|helped|managed)"
        rf"|so i(?: {ADVERB})? (?!was\b|am\b|had\b|think\b|would\b|guess\b){_BASE}",
    ),
    "team_action": _cue(
        rf"(?:we|the team|our team|my team)(?:'ve| have| had| all)?(?: {ADVERB}){{0,2}} "
        rf"(?:{PAST}|decided|agreed|managed|worked|started)"
    ),
    "example": _cue(
        rf"last (?:year|month|week|spring|summer|autumn|fall|winter|night|quarter|term|semester|{_MONTH})"
        rf"|(?:in|since|around|this|one) {_MONTH}|in (?:19|20)[0-9][0-9]|(?:{CARDINAL}|a|a few|a couple of"
        rf"|some) (?:years|months|weeks|days|year|month|week) ago"
        r"|one (?:day|time|morning|afternoon|evening|night|monday|tuesday|wednesday|thursday|friday"
        r"|saturday|sunday)|when i (?:was|worked|joined|started)|(?:at|in) my (?:last|previous|current"
        r"|first|old) [a-z]+|there was (?:a|an|this|one)|yesterday|recently|back (?:in|when)"
        r"|this one [a-z]+|the (?:first"
        r"|last) time",
        r"once|when (?:the|a|an|our|my) [a-z]+|during (?:the|my|our)|we had (?:a|an|this|to)|i had (?:a"
        r"|an|this)|at the time",
    ),
    "hypothetical": _cue(
        r"i would(?! say)|i'd|i will|i'll|usually|generally|typically|normally|in general|i tend to"
        r"|i (?:always|often) [a-z]+|i try to|it depends|you (?:should|need to|have to)|one should"
        r"|people should|it's (?:very "
        r"|really )?important",
    ),
    "result": _cue(
        r"as a result|in the end|the (?:end )?(?:result|outcome|upshot) (?:was|is|being)|(?:it|that|which"
        r"|this) paid off"
        r"|it all worked|(?:it|that|everything) worked out|what (?:changed|came of it) was",
        r"(?:finally|eventually|successfully|luckily)|(?:was|were) (?:happy|pleased|glad|satisfied)",
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
        r"|approved|promoted)",
    ),
    "measure": _cue(
        rf"{CARDINAL} (?:percent|per cent|%|percentage points?|times|fold)|[0-9]+ ?%|\$ ?[0-9]+"
        rf"|from (?:[a-z]+ ){{0,3}}?{CARDINAL}(?: \S+){{0,5}}? (?:down "
        rf"|up )?to (?:[a-z]+ ){{0,2}}?{CARDINAL}|doubled|halved|tripled|(?:by|in) half|by (?:about "
        rf"|around |almost |nearly |over )?(?:a |one )?(?:third|quarter|{CARDINAL})|twice as|half (?:as"
        rf"|the|of the)|(?:down|up) to (?:about |around )?{CARDINAL}|(?:up|down) from {CARDINAL}"
        rf"|{CARDINAL} out of {CARDINAL}"
        rf"|(?:under|below|less than|more than|fewer than|over) {CARDINAL}|{CARDINAL} (?:minutes|hours"
        rf"|days|weeks|months) (?:earlier|early|late|later|faster|ahead|less"
        rf"|sooner)",
        rf"{CARDINAL} (?:[a-z]+ )?(?:{_THING}|{_TIME})|(?:zero|no) (?:complaints|errors|incidents|accidents"
        rf"|mistakes|defects)"
        r"|(?:didn't|did not|never|couldn't) (?:measure|track|count)",
        rf"{CARDINAL} (?:[a-z]+ )?{_THING}"
        rf"|{CARDINAL} (?:[a-z]+ )?{_TIME} (?:instead|a (?:day|week|month|year))",
    ),
    "reasoning": _cue(
        r"because|cause (?:i|we|it|they|the)|so that|the reason|that's why|which is why|in order to"
        r"|instead of|rather than|i considered|we considered|i weighed|given that|due to|the alternative"
        r"|i (?:chose|picked|went with) [a-z ]{2,30} over"
        r"|my (?:thinking|reasoning|logic)|it made (?:more )?sense|otherwise|to (?:avoid|prevent)",
        r"i (?:thought|figured|knew|felt|believed) (?:that|it|if|we|they|the)|to make sure|since (?:the|we"
        r"|they|it|i|you)",
    ),
    "tradeoff": _cue(
        r"at the (?:cost|expense|price) of|on the other hand|downside|drawback|trade ?offs?|trade off"
        r"|the (?:price|cost) (?:was|is|of)|g[ia]ve up|sacrific[a-z]+|compromise[a-z]*|pros and cons"
        r"|even though|in exchange|(?:would|will|it|that|which) costs? (?:us|me|them|more)|(?:it|that"
        r"|which) (?:meant|means) (?:losing|less|more|fewer|longer|a delay|slower)|slower but|slows? (?:us"
        r"|it|things) down"
        r"|versus|weigh[a-z]* [a-z ]{2,30} against"
        r"|(?:takes?|took|taking) (?:longer|more time|more work)|longer than|slower than|(?:we|i"
        r"|they)(?:'d| would)? lose",
        r"but|however|though|although",
    ),
    "reflection": _cue(
        r"i(?:'ve| have)? (?:learned|learnt)|lesson|next time|looking back|in hindsight|in retrospect"
        r"|if i (?:did|had to do|were to do|could do) (?:it|that|this)|(?:since then|ever since"
        r"|from then on|these days|nowadays) i|now i [a-z]+|i(?: still)? wish|(?:do|did|done) (?:it|that"
        r"|things|this|something|one thing)? ?differently|taught me"
        r"|i should have|i would have",
        r"i (?:realised|realized|understood)|learned|differently",
    ),
    "stakeholders": _cue(
        r"customers?|clients?|users?|patients?|parents?|students?|pupils|residents|legal|compliance"
        r"|managers?|stakeholders?|the (?:team|board|director|union|sponsor|owner|community|public|families"
        r"|staff|sales|product|executives?|boss|lead)|(?:people|those|everyone) (?:who|affected|involved"
        r"|in)|colleagues?|my (?:boss|manager|team|lead)"
        r"|suppliers?|regulators?",
        r"people|they|them|everyone",
    ),
    "first_step": _cue(
        r"first(?:ly)?|to (?:start|begin) with|i(?:'d| would) (?:start|begin)|before (?:anything|i|we|doing"
        r"|deciding)|step one"
        r"|straight away|right away|immediately|initially|my first",
        rf"{_WOULD_ACT}",
    ),
    "method": _cue(
        rf"{_WOULD_ACT}(?: \S+){{1,40}}? (?:and then|then|after that|next|and i(?:'d| would)?|{_WOULD})"
        rf"|by [a-z]+ing (?:the|a|an|each|every|them|it|with)|step by step",
        rf"{_WOULD_ACT}",
    ),
    "decision": _cue(
        r"(?:i|we)(?:'d| would| will|'ll)?(?: then)? (?:decide|recommend|choose|chose|decided|recommended"
        r"|pick|refuse|say no|go with|push back|delay|postpone|stop|escalate|propose|suggest)"
        r"|i (?:would not|wouldn't|won't)|my (?:decision|call"
        r"|recommendation|answer)",
        r"i think (?:the|we|it)|in the end|should",
    ),
    "follow_through": _cue(
        r"follow(?:ed|ing)? up|check(?:ed)? (?:back|again)|look at (?:it|this|that) again|monitor[a-z]*"
        r"|keep an eye|review (?:it|the|how|after)|afterwards?|after (?:a|the|one|two|that) (?:week|month"
        r"|day|launch|release|event|few)|write (?:it|this|that) (?:down|up)"
        r"|document[a-z]*|keep track|report back|later on|make sure it (?:sticks|works|stays)",
        r"after that|track[a-z]*|later",
    ),
    "approach": _cue(
        rf"{_WOULD_ACT}(?: \S+){{3,}}|(?:i|we|you)(?:'d| would| can)? (?:start|begin|started|began) (?:with"
        rf"|by|from)"
        rf"|(?:first|the first thing|the way i|step one)(?: \S+){{3,}}|(?:i|we) {PAST}(?: \S+){{3,}}",
        r"you (?:can|could|need|have to)|use[sd]?|using",
    ),
    "constraint": _cue(
        r"budget|latency|memory|deadline|limit(?:s|ed|ation|ations)?|constraints?|can't|cannot|as long as"
        r"|at most|at least|legacy|privacy|regulations?|gdpr|the law|bandwidth|capacity|depends on"
        r"|requirements?|within (?:the|a"
        r"|two|three)|no more than|weight|load",
        r"have to|has to|must|only|without|need to",
    ),
    "failure_case": _cue(
        r"fails?|failed|failure|fall(?:s)? over|breaks?|broke|crash(?:es|ed)?|edge cases?|goes? (?:down"
        r"|wrong|bad)|worst case|outage|roll ?back|rolled back|false (?:positives?|negatives?|alarms?)"
        r"|drift(?:s|ed)?|what if|leaks?|overload(?:s"
        r"|ed)?|time ?outs?|bugs?|fallback|corrupt[a-z]*",
        r"problem|issue|risk|risky|wrong|error|errors|if (?:the|it|a|that)",
    ),
    "validation": _cue(
        r"tests?|tested|testing|validat[a-z]+|verif[a-z]+|benchmark[a-z]*|measure[a-z]*|compare[a-z]*"
        r"|cross ?check[a-z]*|double ?check[a-z]*|metrics?|monitor[a-z]*|held ?out|a b test|pilot"
        r"|sample[sd]?|inspect[a-z]*|audit[a-z]*|trial"
        r"|dry run",
        r"check[a-z]*|look at|review[a-z]*|see (?:if|whether)",
    ),
    "goal": _cue(
        r"(?:the|my|our|a) (?:main |first )?(?:goal|aim|target|objective|vision|idea|purpose|plan) (?:was"
        r"|is|were|of)|we (?:needed|had|wanted) to"
        r"|i wanted (?:to|us|them|everyone)|so that (?:we|they|everyone)|the (?:challenge|problem) was",
        r"i (?:needed|had) to|in order to|because",
    ),
    "people": _cue(
        r"coach(?:ed|ing)?|mentor(?:ed|ing)?|hired|one (?:to|on) ones?|one on one|delegat[a-z]+|listen(?:ed"
        r"|ing)? to|feedback|asked (?:them|each|everyone|the team|every)|(?:met|talked|spoke"
        r"|sat down) (?:with|to) (?:each|every|everyone|the|my|them)|met everyone"
        r"|trained|encouraged|supported|gave (?:him|her|them|each|everyone)",
        r"the team|my team|people|everyone|staff|colleagues",
    ),
    "process": _cue(
        r"weekly|daily|stand ?ups?|checklists?|rota|rosters?|process|schedules?|templates?|playbook"
        r"|polic(?:y|ies)|every (?:week|day|morning|monday|friday|month)|set up (?:a|an|the)|meetings?"
        r"|kick ?off|handovers?|road ?map|milestones?|pilot|rolled out"
        r"|training|workshops?",
        r"plan(?:ned)?|split|steps?|organi[sz]ed",
    ),
    "adoption": _cue(
        r"on board|(?:they|everyone|the team|people|others|other teams|teams|staff) (?:all )?(?:still|now"
        r"|started|began|adopted|use|used|follow|followed|accepted|bought)|adopted"
        r"|became (?:the )?(?:standard|normal|routine|habit)|stuck|still (?:use|uses|in place"
        r"|running|do)|picked (?:it|this) up|bought in|rolled out to",
        r"in the end|eventually|as a result|agreed|happy",
    ),
}
"""Signal id -> how it sounds. Slots without an entry of their own are mapped in `evidence`."""


def prepare() -> None:
    """Compile every cue now, so that the first answer does not wait for it."""
    for cue in CUES.values():
        for phrase in (cue.strong, cue.weak, cue.later):
            if phrase is not None:
                phrase.search("")


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
