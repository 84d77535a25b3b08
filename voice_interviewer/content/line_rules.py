"""What one line must keep to be spoken and answered: one request, one breath long, sayable, not private.

A line makes one request: one question with nothing after it, or one imperative and no question. "When it
rings, what do you do?" is one; "What did you do, and why?" and "Describe it. What happened?" are two, and who
hears two answers one. A scene before the question ("A patient refuses. What do you do?") is no request.
"""

import re
from collections.abc import Iterable, Iterator

MAX_SAY_WORDS = 35
"""A question is heard once, not read: one breath long."""
MAX_PLAIN_WORDS = 30
"""Other words for a question are for a candidate who has lost the thread: shorter than it may be."""
MAX_PROBE_WORDS = 25
"""A follow-up comes in the middle of a talk."""
SHARED_RUN = 6
"""Words in a row that two texts may not share when one of them is said before the other may be known."""

_UNSPEAKABLE = re.compile(
    r"[*_#<>{}()\[\]|\\/&%@^~=+$€£`\"]|https?:|\b(?:e\.g|i\.e|etc|vs|approx)\b\.?", re.IGNORECASE
)
_WH = r"(?:how|what|why|who|whom|whose|when|where|which|whether)"
_AUX = r"(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)"
_SUBJECT = r"(?:you|they|it|he|she|there|we|anyone|anybody|someone|somebody)"
_ASKED_TO_SPEAK = (
    r"(?:tell|describe|explain|outline|sketch|name|list|compare|share|summarise|design|show me|walk (?:me|us)"
    r"|take (?:me|us)|talk (?:me|us)|give (?:me|us)|help me understand|convince)"
)
_SOFTENER = r"(?:(?:please|now|so|then|first|and|okay|right|to begin(?: with)?|to start|first of all),? )*"
_IMPERATIVE = re.compile(rf"^{_SOFTENER}{_ASKED_TO_SPEAK}\b", re.IGNORECASE)
_STATEMENT = re.compile(
    r"^(?:i|we|you|he|she|it|they|there|the|a|an|this|that|these|those|your|my|our|his|her|its|their|some"
    r"|many|most|one|two|nobody|somebody|everybody)\b",
    re.IGNORECASE,
)
_AND = r"(?<!^)\b(?:and|plus|as well as)\b,? (?:then |also |in the end |if so,? )?"
_AND_ASKS = re.compile(rf"{_AND}(?:{_WH}|{_AUX} {_SUBJECT})\b", re.IGNORECASE)
_AND_TELL = re.compile(rf"{_AND}{_ASKED_TO_SPEAK}\b", re.IGNORECASE)
_POLITE = re.compile(rf"^{_SOFTENER}(?:can|could|would|will) you\b", re.IGNORECASE)
""""Would you pick one and tell me about it?" is one request in two verbs."""
_SPLICED = re.compile(
    rf"^(?:(?:how|what|why|who|which)\b|{_ASKED_TO_SPEAK}\b).*[,;] {_WH} {_AUX}\b", re.IGNORECASE
)

_OWN = r"\byour (?:own |exact |real |current |personal |private |native |political |sexual |marital )?"
_PRIVATE_NOUNS = (
    r"age|birth ?(?:day|date|place)|date of birth|marital status|marriage|husband|wife|spouse|boyfriend"
    r"|girlfriend|family|kids?|child(?:ren)?|babies|baby|sons?|daughters?|pregnancy|religion|religious \w+"
    r"|faith|church|mosque|god|ethnicity|ethnic \w+|race(?! condition)|skin colou?r|nationality|citizenship"
    r"|origins?|mother tongue|native language|accent|disabilit(?:y|ies)|illness(?:es)?|sickness"
    r"|health(?! (?:record|data|system|service|care|centre|team|app|check|and safety))|medical \w+"
    r"|medication|therapist|orientation(?! (?:week|day|programme|session))|sexuality|gender identity"
    r"|(?:trade |labou?r )?union(?: membership)?|politics|political \w+|views on abortion|vote"
    r"|arrests?|criminal record|convictions?"
)
_PRIVATE_STATES = (
    r"married|single|divorced|engaged to be|a (?:single )?(?:parent|mother|father|mum|dad)|pregnant"
    r"|religious|christian|muslim|jewish|hindu|buddhist|catholic|protestant|an? (?:atheist|believer)"
    r"|gay|lesbian|bisexual|straight|trans(?:gender)?|disabled|handicapped|ill|sick|healthy|depressed"
    r"|black|white|asian|hispanic|an? (?:immigrant|foreigner)|a native|from (?:abroad|here originally)"
    r"|(?:in|a member of) (?:a|the|any) (?:trade |labou?r )?(?:union|party|church)"
    r"|(?:over|under) (?:\d+|twenty|thirty|forty|fifty|sixty)\b|too (?:old|young)|arrested|convicted|born"
)
_PRIVATE_HAD = (
    r"(?:children|kids|a family|a baby|babies)(?! (?:in|on|with|who|that|whose|under|at (?!home)|from))"
    r"|(?:a |any |an )?(?:disabilit(?:y|ies)|illness(?:es)?|medical conditions?|health (?:problems|issues)"
    r"|criminal record|husband|wife|spouse|boyfriend|girlfriend|faith|religion)\b"
)
_PRIVATE_DONE = (
    r"pray|believe in god|go to (?:church|mosque|synagogue|temple)|vote|belong to (?:a|any) "
    r"(?:union|church|party)|support (?:a|any|which) (?:political )?party|take (?:any )?medication"
)
_PROTECTED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_OWN}(?:{_PRIVATE_NOUNS})\b",
        rf"\b(?:are|were) you (?:\w+ly )?(?:{_PRIVATE_STATES})\b",
        rf"\byou (?:ever )?been (?:\w+ly )?(?:{_PRIVATE_STATES}|in (?:prison|jail)|in hospital)\b",
        rf"\byou (?:ever )?(?:have|had|want|plan|planning|expect|expecting|intend|hope)(?: (?:to|on|for))?"
        rf"(?: (?:have|having|start|starting|raise|get))?(?: (?:any|more|small|young))? ?(?:{_PRIVATE_HAD})",
        rf"\byou (?:ever |often |sometimes )?(?:{_PRIVATE_DONE})\b",
        r"\bhow many (?:children|kids) do you have(?! (?:in|on)\b)",
        r"\bhow old (?:are|were) you\b|\bwhere (?:are|were) you (?:originally )?(?:from|born)\b",
        r"\bwhere do(?:es)? (?:you|your \w+) (?:originally )?come from\b|\bplan(?:ning)? to get married\b",
        r"\bwhat year (?:were you born|did you (?:finish|leave|graduate from) (?:school|university))\b",
    )
)


def say_mistakes(say: str, most: int = MAX_SAY_WORDS) -> tuple[str, ...]:
    """Why a line cannot be spoken or followed at all; empty when it can. The least that is asked of any."""
    words, marks, sign = len(say.split()), say.count("?"), _UNSPEAKABLE.search(say)
    mistakes = []
    if marks > 1:
        mistakes.append(f"asks {marks} things, a line is one request")
    if words > most:
        mistakes.append(f"has {words} words, at most {most} can be followed by ear")
    if sign:
        mistakes.append(f"has {sign.group()!r}, which a voice stumbles over")
    return tuple(mistakes)


def request_mistakes(line: str, most: int = MAX_SAY_WORDS) -> tuple[str, ...]:
    """All of `say_mistakes`, and that the line makes exactly one request and minds its own business."""
    mistakes = [*say_mistakes(line, most)]
    requests = two_requests(line)
    if requests and line.count("?") <= 1:
        mistakes.append(requests)
    private = protected_topic(line)
    if private:
        mistakes.append(f"asks after something private: {private!r}")
    return tuple(mistakes)


def two_requests(line: str) -> str:
    """How the line fails to be one request; empty when it is."""
    sentences = [part.strip() for part in re.findall(r"[^.?!]+[.?!]*", line) if part.strip(" .?!\"'")]
    asked = [sentence for sentence in sentences if sentence.endswith("?")]
    told = [sentence for sentence in sentences if _IMPERATIVE.search(sentence)]
    if asked and sentences[-1] is not asked[-1]:
        return "goes on after its question"
    if len(told) > 1 or (asked and any(sentence not in asked for sentence in told)):
        return "asks for one thing and then for another, a line is one request"
    if not asked and not told and (not sentences or _STATEMENT.search(sentences[-1])):
        return "asks nothing"
    for sentence in asked or told:
        joined = _AND_ASKS.search(sentence) or _SPLICED.search(sentence)
        if not joined and not _POLITE.search(sentence):
            joined = _AND_TELL.search(sentence)
        if joined:
            return f"asks two things in one: {joined.group()[-40:].strip()!r}"
    return ""


def protected_topic(line: str) -> str:
    """The words that ask a candidate after age, family, health, faith, origin and the like; empty: none.

    The topic alone is nobody's: patients have an age and data a religion, so only the second person counts.
    """
    found = (pattern.search(line) for pattern in _PROTECTED)
    return next((match.group() for match in found if match), "")


def words_of(text: str) -> tuple[str, ...]:
    """The words in small letters, without signs: "I'd say so." is i'd, say, so."""
    return tuple(re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'")))


def shared_run(line: str, texts: Iterable[str], length: int = SHARED_RUN) -> str:
    """The first `length` words in a row that the line shares with any of the texts; empty when none."""
    runs = set(_runs(words_of(line), length))
    for text in texts:
        common = next((run for run in _runs(words_of(text), length) if run in runs), None)
        if common:
            return " ".join(common)
    return ""


def _runs(words: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
    return (words[i : i + length] for i in range(len(words) - length + 1))
