"""How it sounds when an answer takes a side: who led and decided, alone or not, how it ended, what with.

Start values written by hand. They hear less than a person does, and what they do not hear raises nothing.
"""

import re

from voice_interviewer.core.lexicon import ADVERB, PAST, Phrase
from voice_interviewer.core.stems import TOOLS

_SOMEBODY = (
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
            r"|put me in charge|it was my project|the responsibility was mine|i had the lead|under my lead"
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
            r"|supported|sat in|took notes|carried|did what|followed|heard|executed)|i was (?:only|just"
            r"|merely) (?:a"
            r"|an|the|one of|helping|watching|assisting|there to|observing|following)"
            r"|i (?:didn't|did not|never) (?:lead|led|run|ran|manage|managed|head|headed)"
            rf"|{_SOMEBODY}(?: [a-z]+)? (?:led|ran|owned|was in charge|headed|was leading|was running"
            rf"|was responsible)"
            r"|i had nothing to do with|i had no say in|i (?:had no|wasn't) part (?:in|of)|i (?:didn't"
            r"|did not) take part"
            r"|i took no part"
        ),
    ),
    (
        "role", "decide", 1,
        Phrase(
            r"(?:it was |that was )?my (?:own )?(?:decision|call|choice|idea)|i(?: alone)? (?:decided"
            r"|made the"
            r" (?:decision|call)|took the decision|came up with)|i was the one who decided"
            r"|the decision was mine"
        ),
    ),
    (
        "role", "decide", -1,
        Phrase(
            rf"{_SOMEBODY}(?: had| was the one who)? (?:decided|made the (?:decision|call)"
            rf"|took the decision|ordered"
            rf"|came up with)|{_SOMEBODY}'s (?:decision|call|choice|idea)|(?:wasn't|was not"
            rf"|never) my (?:decision|call"
            r"|choice|idea)|i (?:had no|didn't have (?:a|any)) (?:say|voice|choice)|i wasn't (?:even )?asked"
            r"|(?:was|were|got) decided (?:above|without|over)|i only heard about|they decided|i was told to"
        ),
    ),
    (
        "role", "alone", 1,
        Phrase(
            r"(?:all |completely |entirely )?(?:alone|by myself|on my own|single handed(?:ly)?|all myself)"
            r"|nobody else"
            r" (?:[a-z]+)|no one else|just me|it was only me|nobody helped|without (?:any )?help"
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
            r"|as a team|(?:# )?(?:colleagues|others|people) (?:helped|joined|worked with me)"
        ),
    ),
)  # fmt: skip
"""Kind, what is at stake, side, how it sounds."""

OUTCOMES = (
    (
        ("a win", "a loss"),
        "won|win|winning",
        "lost|lose|losing|loss",
    ),
    (
        ("your own choice", "somebody else's choice"),
        "quit|resigned|i left|my own choice",
        "fired|sacked|let me go|let go|laid off|dismissed|redundant",
    ),
    (
        ("a yes", "a no"),
        "accepted|approved|agreed|signed|said yes",
        "rejected|refused|declined|turned down|turned it down|said no",
    ),
    (
        ("a pass", "no pass"),
        "passed",
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
        "on time|in time|on schedule|ahead of (?:time|schedule)|met the deadline|punctual",
        "too late|delayed|behind schedule|missed the deadline|overdue|(?:weeks|months|days|~|was|"
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
    rf"i(?: {ADVERB})? (?P<verb>[a-z]+)(?: [a-z']+){{0,6}} (?:myself|on my own)|i was the (?:one|first"
    rf"|person) who"
    rf"(?: {ADVERB})? (?P<other>[a-z]+)|i myself (?P<third>[a-z]+)|it was me who (?P<fourth>[a-z]+)"
)
WHO = Phrase(r"who (?P<verb>[a-z]+)|how (?:was|were|did) (?:[a-z]+ ){1,4}?(?P<passive>[a-z]+(?:ed|d|t|n)?)$")
THEY_FOUND = Phrase(
    rf"(?:{_SOMEBODY}(?: [a-z]+)?|(?:a|the|one of (?:the|our|my)) (?:customers?|clients?|users?|patients?"
    rf"|neighbou?rs?|auditors?"
    rf"|colleagues?|interns?|nurses?|drivers?|night shift|day shift)) (?P<verb>{PAST})"
)
