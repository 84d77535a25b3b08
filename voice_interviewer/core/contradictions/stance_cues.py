"""How it sounds when an answer takes a side: who led and decided, alone or not, how it ended, what with.

Start values written by hand. They hear less than a person does, and what they do not hear raises nothing.
"""

import re

from voice_interviewer.core.understanding.lexicon import ADVERB, PAST, Phrase
from voice_interviewer.core.understanding.stems import TOOLS

SOMEBODY = (
    r"(?:(?:my|our|the|another|a) (?:[a-z]+ )?(?:boss|manager|lead|leader|director|supervisor|colleague|head"
    r"|chief|owner|senior|partner|coworker|teammate|principal|foreman|deputy|assistant|secretary"
    r"|predecessor|successor|client|ceo|cto|board)|somebody else"
    r"|someone else|another team|other people|the other team|somebody above me|management|headquarters)"
)
_THING = r"(?:the|this|that|our|it|a|an|my)"

SIDES: tuple[tuple[str, str, int, Phrase], ...] = (
    (
        "role", "lead", 1,
        Phrase(
            rf"i(?: {ADVERB})?(?:'ve| have| had| was)? ?(?:led|lead|leading|ran|headed|heading|directed"
            rf"|owned|own) {_THING}"
            rf"|i (?:managed|was running|was managing) (?:the|this|that|our) (?!team\b|people\b|staff\b)"
            r"|i(?: was|'m| am)(?! (?:not|never|only|just)\b)(?: the| a)? (?:[a-z]+ )?(?:lead|leader|head"
            r"|manager|coordinator|owner|captain"
            r"|in charge|the one in charge|responsible)(?: of| for| on|,)?|i was in charge|i was responsible"
            r"|(?:every|all the|all) decisions? (?:went|came|was|were) (?:through|by|from|mine)"
            r"|i was the (?:project|product|team|tech|technical|shift) (?:lead|manager|leader)"
            r"|put me in charge|it was my project|(?:that|it|this) (?:was|is) (?:all )?mine"
            r"|had the (?:last |final )?(?:say|word)"
            r"|on my shoulders|up to me|everybody reported to me|i called the shots|i (?:supervised|oversaw"
            r"|steered) (?:the|it|that)|my own project|the responsibility was mine|i had the lead"
            r"|under my lead"
        ),
    ),
    (
        "role", "lead", -1,
        Phrase(
            r"(?:i wasn't|i was not|i was never|i'm not|i am not|i've never been|i never was)(?: really"
            r"| actually)?"
            r"(?: the| a)?(?: [a-z]+)? ?(?:in charge|responsible|lead|leader|leading|running|manager"
            r"|involved|part"
            r"|owner|coordinator|head)(?: of| for)?|i (?:only|just|merely|mostly) (?:helped|assisted"
            r"|watched|observed"
            r"|supported|sat in|took notes|carried|did what|followed|heard|executed|wrote|did|made|came"
            r"|drew|joined)|(?:that|it) wasn't me|i was (?:only|just"
            r"|merely) (?:a"
            r"|an|the|one of|helping|watching|assisting|there to|observing|following)"
            r"|i (?:didn't|did not|never) (?:lead|led|run|ran|manage|managed|head|headed)"
            rf"|{SOMEBODY}(?: [a-z]+)? (?:led|ran|owned|was in charge|headed|was leading|was running"
            rf"|was responsible)"
            r"|i had nothing to do with|i had no say in|i (?:had no|wasn't) part (?:in|of)|i (?:didn't"
            r"|did not) take part"
            r"|i took no part|(?:not|never) my project|i (?:only|just) (?:gave a hand|lent a hand|came in"
            r"|saw it|joined)|i was (?:only |just )?there"
            r" (?:only |just )?(?:as an?|to|for)|(?:the )?others (?:led|ran|decided|were in charge)"
            r"|i was not asked"
            r"|somebody else's project|on the sidelines|i helped out|i was (?:one of|part of) (?:many"
            r"|a large)"
        ),
    ),
    (
        "role", "decide", 1,
        Phrase(
            r"(?:it was |that was )?my (?:own )?(?:decision|call|choice|idea)|i(?: alone)? (?:decided|chose"
            r"|picked|selected"
            r"|made the"
            r" (?:decision|call)|took the decision|came up with)|i [a-z]+(?: [a-z~]+){0,6} and (?:chose"
            r"|picked|decided|selected)|i was the one who decided"
            r"|the decision was mine"
        ),
    ),
    (
        "role", "decide", -1,
        Phrase(
            rf"{SOMEBODY}(?: had| was the one who)? (?:decided|made the (?:decision|call)"
            rf"|took the decision|ordered"
            rf"|came up with)|{SOMEBODY}'s (?:decision|call|choice|idea)|(?:wasn't|was not"
            rf"|never) my (?:decision|call"
            r"|choice|idea)|i (?:had no|didn't have (?:a|any)) (?:say|voice|choice)|i wasn't (?:even )?asked"
            r"|(?:the board|head ?office|head office|management|the owners?|the city|the bank"
            r"|they) (?:chose|picked|selected|decided|made that)|(?:was|were|got) decided (?:above|without"
            r"|over)|nobody (?:here |there )?(?:was asked|asked (?:me|us))|we were(?:n't| not) asked"
            r"|i only heard about|they decided|(?:the|my) [a-z]+ wanted (?:it|that|this)|i was told to"
        ),
    ),
    (
        "role", "alone", 1,
        Phrase(
            r"(?:all |completely |entirely )?(?:alone|by myself|on my own|single handed(?:ly)?|all myself)"
            r"|nobody else"
            r" (?:[a-z]+)|no one else|just me|it was only me|nobody helped|without (?:any )?help"
            r"|with nobody|all of it (?:was )?me|did everything|single person|a one (?:man|woman|person)"
            r"|i was the only one"
            r" (?:on|in|who)|i did (?:it|that|everything|all of it) myself|me alone"
        ),
    ),
    (
        "role", "alone", -1,
        Phrase(
            r"the # of us|# of us|together with|along with|with (?:my|a|#|the|some|two other"
            r"|help from)(?: other)?"
            r" (?:colleagues?|coworkers?|teammates?|friends?|partner|help of)|we (?:both|all) [a-z]+"
            r"|(?:my )?[a-z]+"
            r" and i (?!was\b|am\b|had\b|think\b)[a-z]+|a (?:colleague|friend|coworker) (?:and i|helped|did"
            r"|wrote|built)"
            r"|as a team|my (?:[a-z]+ )?(?:man|woman|partner|helper|assistant|colleagues?|mate|team) (?:and"
            r"|did|made|wrote|helped|saved|built)|(?:# )?(?:colleagues|others|people) (?:helped|joined"
            r"|worked with me)"
        ),
    ),
)  # fmt: skip
"""Kind, what is at stake, side, how it sounds."""

OUTCOMES = (
    (
        ("a win", "a loss"),
        "won|win|winning|(?:got|get) the (?:contract|job|order|deal|tender|prize|case)",
        "lost|lose|losing|loss",
    ),
    (
        ("your own choice", "somebody else's choice"),
        "quit|resigned|i left|my own choice|handed in my notice|gave (?:in )?my notice|my own wish"
        "|walked out",
        "fired|sacked|let me go|(?:couldn't|didn't|could not) keep me|my contract (?:ended|ran out)"
        "|cut my (?:job|post)|lost my job|threw me out|"
        "let go|laid off|dismissed|redundant",
    ),
    (
        ("a yes", "a no"),
        "accepted|approved|agreed|signed|said yes",
        "rejected|refused|declined|turned down|turned it down|said no",
    ),
    (
        ("a pass", "no pass"),
        "passed|certified|qualified",
        "failed|flunked",
    ),
    (
        ("that it went out", "that it never went out"),
        "released|launched|shipped|went live|rolled out|release|launch|published",
        "cancelled|canceled|scrapped|abandoned|shelved|never (?:released|launched|shipped|"
        "went live|rolled out|published|finished|used)|(?:not|n't) (?:released|launched|shipped|"
        "published|go live)",
    ),
    (
        ("on time", "late"),
        "to the minute|punctually|on time|in time|on schedule|ahead of (?:time|schedule)|met the deadline"
        "|punctual",
        "too late|delayed|behind schedule|missed the deadline|overdue|(?:weeks|months|days|hours|~|was|"
        "were|delivered) late",
    ),
    (
        ("within the budget", "over the budget"),
        "under budget|within (?:the )?budget|on budget|inside the budget",
        "over budget|over the budget|overspent|blew the budget|exceeded the budget",
    ),
    (
        ("a rise", "a fall"),
        "rose|grew|increased|went up|climbed|improved|doubled",
        "fell|dropped|decreased|went down|shrank|got worse",
    ),
    (
        ("a success", "no success"),
        "succeeded|a success|worked out|worked well|successful",
        "failed|a failure|a disaster|flopped|didn't work",
    ),
    (
        ("full time", "part time"),
        "full time",
        "part time|half time",
    ),
    (
        ("finished", "not finished"),
        "finished|completed|graduated",
        "dropped out|never finished|gave up|never completed|didn't finish|broke off",
    ),
    (
        ("", ""),
        "survived|lived|recovered",
        "died|passed away|dead",
    ),
    (
        ("the best", "the worst"),
        "best|top",
        "worst|bottom",
    ),
    (
        ("often", "hardly ever"),
        "every (?:day|week|morning|night)|daily|weekly|often|all the time|regularly",
        "(?:just|only) once|(?:saw|met|used|did|tried|was|visited) [a-z]+ once|once only|hardly ever|rarely"
        "|seldom|a single time",
    ),
    (
        ("that you knew them", "that you had never met"),
        "knew (?:her|him|them|each other) (?:well|for)|known (?:her|him|them) for|old friends?",
        "never met|didn't know (?:her|him|them)|had never seen|stranger|strangers",
    ),
    (
        ("that it was not new to you", "that it was new to you"),
        "for years|many times|so many|long before|inside out",
        "never (?:seen|used|heard|touched|tried|done|worked)",
    ),
    (
        ("in favour", "against it"),
        "for it|in favou?r|behind (?:it|me|us)|supports? (?:it|the|me|us)|backed",
        "against (?:it|the)|opposed|opposes|didn't support|doesn't support",
    ),
    (
        ("a gain", "a loss"),
        "(?:made|makes|making) (?:money|a profit)",
        "(?:lost|loses|losing) money|(?:made|makes) (?:a loss|no money)",
    ),
    (
        ("that it is still there", "that it is gone"),
        "still (?:there|running|in use|open|used|exists?)",
        "it's gone|is gone|was gone|closed it|gave it up|doesn't exist|pulled down|torn down",
    ),
    (
        ("cheap", "expensive"),
        "cheap|cheaper|cheapest",
        "expensive|dear|dearest|most expensive",
    ),
    (
        ("in time", "after it"),
        "on the day (?:it|we|they) (?:was|were|had)|to the day|as planned|when it should",
        "(?:later|~ after|long after) (?:than )?(?:it|we|they|the) (?:was|were|had|plan|date)|~ after it was",
    ),
    (
        ("paid", "not paid"),
        "paid",
        "unpaid|volunteer|for free",
    ),
    (
        ("at home", "in the office"),
        "from home|remote|remotely",
        "in the office every|on site",
    ),
    (
        ("that you were there", "that you were away"),
        "was there|was present|saw it myself",
        "wasn't there|was not there|was away|was on (?:holiday|leave)",
    ),
    (
        ("staying", "leaving"),
        "stayed",
        "left|moved away",
    ),
    (
        ("keeping it", "losing it"),
        "kept",
        "lost|gave up",
    ),
    (
        ("bought", "rented"),
        "bought",
        "rented|leased|hired",
    ),
    (
        ("open", "closed"),
        "opened",
        "closed|shut",
    ),
    (
        ("happy", "unhappy"),
        "loved|enjoyed|happy",
        "hated|disliked|unhappy",
    ),
)
"""How either side is said back, and how it sounds."""
OUTCOME_PHRASES = tuple(
    (f"outcome {index}", side, Phrase(f"(?:{words})"))
    for index, (_, *pair) in enumerate(OUTCOMES)
    for side, words in zip((1, -1), pair, strict=True)
)
ANY_OUTCOME = Phrase("(?:" + "|".join(words for _, *pair in OUTCOMES for words in pair) + ")")
"""Most clauses have none: one look instead of one for every outcome."""
SAID: dict[tuple[str, int], str] = {
    ("lead", 1): "you led it",
    ("lead", -1): "you were not in charge",
    ("decide", 1): "it was your decision",
    ("decide", -1): "somebody else decided",
    ("alone", 1): "you did it alone",
    ("alone", -1): "you did it with others",
    ("first job", 1): "this is your first job",
    ("first job", -1): "you had a job before",
    ("who", 1): "you did it yourself",
    ("who", -1): "somebody else did it",
}
"""How a side is said back, after "earlier I heard"."""
SAID |= {
    (f"outcome {index}", side): said
    for index, (spoken, *_) in enumerate(OUTCOMES)
    for side, said in zip((1, -1), spoken, strict=True)
}
HAD_NOT = re.compile(
    r"\b(?:had\s+not|hadn't|not\s+yet|had\s+never|almost|nearly|could|couldn't|would|wouldn't|might)\b"
)
TOOL = Phrase(
    r"(?:in|with|on|using|used|use|uses|is|was|one|big|an?|through|via)(?: an?| one| big| plain"
    r"| pure)* (?P<tool>" + "|".join(sorted(TOOLS)) + r"|power bi|google sheets|node js)"
)
ONLY = Phrase(r"(?:all|entirely|only|just|completely|everything|purely|nothing but|solely|whole|one)")
MADE = Phrase(
    r"(?:built|wrote|written|made|coded|programmed|developed|implemented|is|was|were|had|build|done|run|ran"
    r"|runs"
    r"|created|set up|did|how|tools?|language)"
)
UNDONE = frozenset(("not", "never", "n't", "without", "no"))

ONLY_JOB = Phrase(
    r"(?:this|it)(?: is|'s) (?:still )?my (?:very )?first (?:real |proper )?(?:job|employer|position)"
    r"|never worked"
    r" (?:anywhere|somewhere) else|i(?:'ve| have) (?:always|only ever|only) worked (?:at|for|in|with)"
    r"|the only (?:job|company|employer|place) i(?:'ve| have) (?:ever )?[a-z]+"
)
OTHER_JOB = Phrase(
    r"my (?:last|previous|former|old|earlier) (?:job|employer|company|firm|boss|workplace|position)"
)

I_FOUND = Phrase(
    rf"i(?:'d|'ve| had| have)?(?: {ADVERB})? (?P<verb>[a-z]+)(?: [a-z']+){{0,6}} (?:myself|on my own|before"
    rf"|before (?:anyone|anybody|everyone"
    rf"|everybody|any [a-z]+)|first)|i was the (?:one|first|person) (?:who"
    rf"|to)(?: {ADVERB})? (?P<other>[a-z]+)"
    r"|i myself (?P<third>[a-z]+)|it was me who (?P<fourth>[a-z]+)"
)
I_DID = Phrase(rf"i(?:'d|'ve| had| have)?(?: {ADVERB})? (?P<verb>{PAST})")
FOUND_VERBS = (
    """notice notic find found spot discover see detect catch realis realiz show tell told point show"""
)
"""Stems: to be shown it or told of it is not to have found it."""
WHO = Phrase(
    r"who (?P<verb>[a-z]+)|how did you (?P<did>notice|find|spot|discover|see|learn)"
    r"|how (?:was|were|did) (?:[a-z]+ ){1,4}?(?P<passive>[a-z]+(?:ed|d|t|n)?)$"
)
THEY_FOUND = Phrase(
    rf"(?:{SOMEBODY}(?: (?:in|from|at|on) [a-z]+| [a-z]+)?|(?:a|the|one of (?:the|our|my)) (?:customers?"
    rf"|clients?|users?|patients?"
    rf"|neighbou?rs?|auditors?"
    rf"|colleagues?|interns?|nurses?|drivers?|night shift|day shift)) (?P<verb>{PAST})"
)
