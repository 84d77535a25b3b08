"""The phrases by which each thing an answer can tell sounds, as signs for the classifier of sentences.

They were written by hand for English speech; alone they hear far less than a person does. Their names and
their order stand in the weight files: whoever changes one trains them again (tests/training).
"""

from dataclasses import dataclass

from voice_interviewer.core.understanding.lexicon import (
    ADVERB,
    BASE,
    CARDINAL,
    CHANGE,
    PAST,
    PLAIN,
    PLANNED_ACT,
    WOULD,
    WOULD_ACT,
    Phrase,
)

_THING = (
    r"(?:dollars|euros|pounds|complaints|errors|tickets|calls|orders|returns|customers|clients|users|defects"
    r"|mistakes|incidents|accidents|sales|signups|members|patients|students|pupils|visitors)"
)
_TIME = r"(?:minutes|hours|seconds|days|weeks|months)"


@dataclass(frozen=True)
class Cue:
    """How one signal sounds. weak: may be it. later: it only once somebody has acted, because a change after
    an act is a result and the same change before it is the problem."""

    strong: Phrase
    weak: Phrase | None = None
    later: Phrase | None = None


def _cue(strong: str, weak: str | None = None) -> Cue:
    return Cue(Phrase(strong), Phrase(weak) if weak else None)


CUES: dict[str, Cue] = {
    "own_action": Cue(
        PLAIN["own_action"],
        Phrase(
            rf"i was (?:responsible for|in charge of)|my (?:own )?(?:part|role|job|task) was|i (?:tried"
            rf"|worked|helped|managed)"
            rf"|so i(?: {ADVERB})? (?!was\b|am\b|had\b|think\b|would\b|guess\b){BASE}"
        ),
    ),
    "team_action": Cue(PLAIN["team_action"]),
    "example": Cue(
        PLAIN["example"],
        Phrase(
            r"once|when (?:the|a|an|our|my) [a-z]+|during (?:the|my|our)|we had (?:a|an|this|to)|i had (?:a"
            r"|an|this)|at the time"
        ),
    ),
    "hypothetical": _cue(
        r"i would(?! say)|i'd|i will|i'll|usually|generally|typically|normally|in general|i tend to"
        r"|i (?:always|often) [a-z]+|i try to|it depends|you (?:should|need to|have to)|one should"
        r"|people should|it's (?:very "
        r"|really )?important"
    ),
    "result": Cue(
        PLAIN["result"],
        Phrase(r"(?:finally|eventually|successfully|luckily)|(?:was|were) (?:happy|pleased|glad|satisfied)"),
        later=CHANGE,
    ),
    "measure": Cue(
        PLAIN["measure"],
        Phrase(
            rf"{CARDINAL} (?:[a-z]+ )?(?:{_THING}|{_TIME})|(?:zero|no) (?:complaints|errors|incidents"
            rf"|accidents|mistakes|defects)"
            r"|(?:didn't|did not|never|couldn't) (?:measure|track|count)"
        ),
        later=Phrase(
            rf"{CARDINAL} (?:[a-z]+ )?{_THING}"
            rf"|{CARDINAL} (?:[a-z]+ )?{_TIME} (?:instead|a (?:day|week|month|year))"
        ),
    ),
    "reasoning": Cue(
        PLAIN["reasoning"],
        Phrase(
            r"i (?:thought|figured|knew|felt|believed) (?:that|it|if|we|they|the)|to make sure"
            r"|since (?:the|we|they|it|i|you)"
        ),
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
    "reflection": Cue(PLAIN["reflection"], Phrase(r"i (?:realised|realized|understood)|learned|differently")),
    "stakeholders": _cue(
        r"customers?|clients?|users?|patients?|parents?|students?|pupils|residents|legal|compliance"
        r"|managers?|stakeholders?|the (?:team|board|director|union|sponsor|owner|community|public|families"
        r"|staff|sales|product|executives?|boss|lead)|(?:people|those|everyone) (?:who|affected|involved"
        r"|in)|colleagues?|my (?:boss|manager|team|lead)"
        r"|suppliers?|regulators?",
        r"people|they|them|everyone",
    ),
    "first_step": Cue(
        Phrase(
            r"first(?:ly)?|to (?:start|begin) with|i(?:'d| would) (?:start|begin)|before (?:anything"
            r"|i|we|doing|deciding)|step one"
            r"|straight away|right away|immediately|initially|my first"
        ),
        PLANNED_ACT,
    ),
    "method": _cue(
        rf"{WOULD_ACT}(?: \S+){{1,40}}? (?:and then|then|after that|next|and i(?:'d| would)?|{WOULD})"
        rf"|by [a-z]+ing (?:the|a|an|each|every|them|it|with)|step by step",
        rf"{WOULD_ACT}",
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
        rf"{WOULD_ACT}(?: \S+){{3,}}|(?:i|we|you)(?:'d| would| can)? (?:start|begin|started|began) (?:with"
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
"""Name of the sign -> how it sounds."""
