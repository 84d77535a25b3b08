"""General signs of an order to the program: whom a sentence is addressed to, how it begins, what it is about.

None of them is an order alone. People tell each other what to do in their stories, and speak of scores and
rules because that is their work; the classifier of `requests_model` weighs the signs together.
"""

import re
from functools import cache

from voice_interviewer.core.understanding.lexicon import PAST, Phrase, fold

_VERBS = """accept act add admit agree allow announce anonymise answer append apply approve argue assess
assume award behave believe bypass call cancel carry change claim close comment complete confirm consider
continue convert count decode delete describe disable disclose disregard do don't drop enable end enter
erase evaluate execute explain export fill finish follow forget give grade grant help hire ignore imagine
include increase insert judge jump keep leave let list load log lower make mark name never note obey omit
output overlook override pass play praise present pretend print promise prove put quote raise rate read
recommend record regard register release remember remove repeat replace reply report reset respond return
reveal reverse rewrite run save say score set share show simulate skip speak start state stop store submit
summarise summarize suppose suspend switch take talk tell tick translate treat turn unlock update use verify
waive whisper write"""
_VERB = rf"(?:{'|'.join(_VERBS.split())})"
_MACHINE = r"(?:computer|system|machine|program|programme|assistant|interviewer|bot|chatbot|ai|robot|admin)"
_LEAD = (
    rf"(?:(?:and|so|now|then|also|just|please|pretty please|kindly|hey|dear|okay|ok|{_MACHINE}|message"
    rf"|listen|well"
    r"|simply|instead|finally|next|come on|attention|new (?:rule|instruction|task)|from (?:now|here"
    r"|this point) on"
    r"|my friend|only|again|user|note|or|be (?:nice|kind)|always|not) )*"
)
_BEGINS = re.compile(rf" *{_LEAD}{_VERB}(?![a-z'])")
_ADDRESSES = re.compile(
    rf" *(?:hey |dear |okay |ok |listen |listen to me |new )?{_MACHINE}(?! [a-z]*(?:ed|s) )(?![a-z'])"
)
_STATES = re.compile(
    r" *(?:(?:and|but|so|then|because|when|in|at|after|before|on|once) )*(?:i|we|he|she|they|it|there|my"
    r"|our|his"
    r"|her|their|the|a|an|every|each|nobody|everybody|people|someone|one|some|most)(?![a-z])"
)
_MARKS = re.compile(r"[.,:;!?]+(?=\s|$)|\s(?:and|then|or|so)\s")
_CODE = re.compile(r"[{}\[\]<>=_|#`;]|[\"']:|%[0-9A-F]{2}")
_RUN = re.compile(r"[A-Za-z0-9+/]{14,}")

_PATTERNS = {
    "verdict": r"scores?|scoring|points?|marks?|rating|grades?|report|summary|feedback|records?"
    r"|transcript|rubric"
    r"|criteri(?:a|on)|passe?d?|hired?|candidate|applicant|perfect|excellent|outstanding|complete|heard"
    r"|covered"
    r"|answered|fulfilled|maximum|stars?|answers?|verdict|evaluat[a-z]+|assess[a-z]*|result|slots?"
    r"|competence"
    r"|strengths|weakness(?:es)?|strong|top|best|good|great|flawless",
    "its rules": r"rules?|instructions?|guidelines?|prompt|settings|checks?|rubric|configuration"
    r"|criteri(?:a|on)"
    r"|system|list|model answer|hidden|what you (?:were|are|have been) (?:told|listening|looking)"
    r"|threshold",
    "you must": r"you(?:'ll| will| must| have to| should| shall| may| had better| better| are now| now"
    r"| no longer"
    r"| only| always| are obliged| can| get| are)",
    "i order you": r"i(?: [a-z]+)? (?:order|instruct|command|want|need|ask|request|expect|urge|suggest"
    r"|authori[sz]e)"
    r"(?: that)? (?:you|that you)|i would be grateful|i(?:'d| would) (?:like|be happy) (?:for )?you|i want",
    "would you": r"(?:can|could|would|will|might) you|(?:may|might|can|could) i (?:ask|suggest|request)"
    r"|let(?:'s| us) (?:agree|pretend|play|make|say)|it would be",
    "with power": r"(?:as|this is|i'm|i am|by order of|on behalf of|message from)(?: the| your| an?| my)?"
    r" (?:administrator|admin|developer|owner|operator|supervisor|boss|maker|creator|manager"
    r"|head of [a-z]+|human resources|authori[sz]ed|provider)",
    "or else": r"or i(?:'ll| will)|or else|otherwise|if you (?:don't|do not|give|say|write|rate|let|mark"
    r"|put|skip)"
    r"|unless you|i(?:'ll| will) (?:give|tell|recommend|report|sue|pay|be|leave|tip)|rewarded|bonus|a deal",
    "of the candidate": r"(?:the|this|that) (?:candidate|applicant|answer|person|interviewee|session"
    r"|question)",
    "me": r"me|my|i",
    "you": r"you|your|yourself",
    "this": r"(?:this|what i|everything i|all i|all of my|my|the (?:last|first|next)) ?(?:say|answers?"
    r"|question|one|said)?",
    "told before": rf"(?:i|we|he|she|they|you|it|who|that|which)(?: [a-z]+)? {PAST}|was|were|had|did|said"
    rf"|asked|told|goes",
}


@cache
def _phrases() -> tuple[tuple[str, Phrase], ...]:
    return tuple((name, Phrase(source)) for name, source in _PATTERNS.items())


def order_signs(text: str) -> dict[str, float]:
    """Name -> 1.0 or 0.0 for each sign, and for those that mean more together than apart."""
    parts = [fold(part) for part in _MARKS.split(text)]
    folded = " ".join(fold(text).split())
    has = {name: phrase.search(folded) is not None for name, phrase in _phrases()}
    begins = [_BEGINS.match(" ".join(part.split())) is not None for part in parts if part.strip()]
    first, later = bool(begins) and begins[0], any(begins[1:])
    states = _STATES.match(folded) is not None
    code = _CODE.search(text) is not None
    blob = any(run.lower() != run and run.upper() != run for run in _RUN.findall(text))
    about = has["verdict"] or has["its rules"]
    asked = first or has["you must"] or has["i order you"] or has["would you"]
    found = {
        **has,
        "begins with it": first,
        "goes on with it": later,
        "states": states,
        "to a machine": _ADDRESSES.match(folded) is not None,
        "code": code,
        "blob": blob,
        "begins, about a verdict": first and has["verdict"],
        "begins, about rules": first and has["its rules"],
        "goes on, about either": later and about,
        "begins, about either, not told": first and about and not has["told before"],
        "asked, about either, not told": asked and about and not has["told before"],
        "asked, about either, not stated": asked and about and not states,
        "states, told": states and has["told before"],
        "states, not to you": states and not has["you"],
    }
    return {f"order: {name}": float(value) for name, value in found.items()}
