"""How it sounds when an answer counts: teams, shares of a whole, how often, how long, how much, since when.

Start values written by hand, for text in which `numbers.mark` has put signs for the numbers.
"""

import re

from voice_interviewer.core.understanding.lexicon import ADVERB, PAST, Phrase
from voice_interviewer.core.understanding.stems import lemma

_GROUP = (
    r"(?:team|crew|squad|group|unit|desk|department|shift|office|agency|company|firm|start ?up|business"
    r"|practice|ward|kitchen|staff|studio|branch|division|organi[sz]ation|section|brigade|troop|cell|lab)"
)
COMPANY = Phrase(
    r"(?:agency|company|firm|start ?up|business|organi[sz]ation|practice|office|hospital|school|clinic|hotel"
    r"|factory|plant|bank|store|branch|division|department)"
)
TEAM = Phrase(r"(?:team|crew|squad|group|desk|shift|unit|cell|brigade|section)")
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
TEAMS = (
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
    (
        "all",
        Phrase(
            rf"(?:my|our|the) (?:[a-z]+ )?(?:people|{_GROUP}|colleagues|staff),? (?:all|so) #"
            r"(?= ?[.,]| ?$| (?:of|people|and|in)\b)"
        ),
    ),
    ("all", Phrase(rf"# {_MODS}{_PEOPLE} (?:in all|in total|altogether|all told)")),
    ("all", Phrase(rf"(?:of|for) (?:the )?[a-z]+(?: [a-z]+)?,? with # {_MODS}{_PEOPLE}")),
    ("all", Phrase(r"(?:it's|it is|it was|just|only|there's) me and # [a-z]+")),
    (
        "all",
        Phrase(
            r"(?:whole|entire) (?:[a-z]+ )?(?:[a-z]+),? (?:so |all |that is |that's |which is )?"
            rf"# {_MODS}{_PEOPLE}"
        ),
    ),
    ("all", Phrase(rf"(?:i|we)(?:'m| am| are|'re)? responsible for # {_MODS}{_PEOPLE}")),
    ("reports", Phrase(rf"(?:my|all)(?: (?:team of|own|of my))? # (?:of my )?{_MODS}{_PEOPLE}")),
)
PART_AFTER = re.compile(r"[#%$~]\s+(?:of|out of)\s+(?:my|our|the|them|us|these|those|it|whom|which|#)")
PART_BEFORE = re.compile(r"\b(?:another|other|more|extra|first|last|next|every|each|further|these)\s+$")
RATE = re.compile(
    r"[^.]{0,40}?\b(?:(?:a|per|every|each|an|one)\s+(?P<period>day|night|week|month|year|hour|shift|quarter"
    r"|person"
    r"|team)|(?P<adverb>daily|weekly|monthly|yearly))\b"
)
CLOSE_RATE = re.compile(
    r"[#%$]\s+(?:(?!once|twice|times)[a-z]+\s+){0,2}?" + RATE.pattern.removeprefix("[^.]{0,40}?")
)
TOTAL = re.compile(
    r"\b(?:had|have|has|'ve|is|are|were|was|there's|all|the|my|our|those|with|for|of|of all|across|after"
    r"|run|ran"
    r"|its|their|own|owned|manage|managed|cover|covered|covers|serve|served|have got|i've|we've|count"
    r"|counted)\s+(?:only\s+|just\s+)?$"
)
WHOLE = re.compile(
    r"(?:\s+(?:a|per|every|each)\s+[a-z]+)?\s*"
    r"(?:(?:at|in|for|on|with)\s+(?:an?|the|my|our|this)\s+(?:[a-z]+\s+){1,2}?)?(?:$"
    r"|[.,]"
    r"|(?:is|isn't|was|wasn't|doesn't|sounds|seems)\b)"
)
"""A number that stands alone, or is measured as one: "eighty guests is a lot"."""
VERB = Phrase(PAST)
BEGAN = re.compile(r"\s*(?:[a-z]+\s+){0,4}?when\s+i\s+(?:came|started|joined|arrived|took\s+over)\b")
NEXT_WORD = re.compile(r"[#]\s+(?!for\b|from\b|to\b|in\b|is\b|was\b|and\b|with\b|on\b|of\b|a\b|each\b)[a-z]")
BE = frozenset(("is", "was", "been", "are", "were", "be"))
OF = re.compile(r"~\s+of\s+(?!the\b|my\b|our\b|it\b|work\b|experience\b)([a-z]{3,})")
FOR = re.compile(r"\bfor(?: the)?\s+$")
DEFINITE = re.compile(r"\b(?:all|my|the|our|both|those|its|their)\s+$")
HELD = re.compile(r"\b(?:had|have|has|'ve|are|were|was|is|there's)\s+$")
"""What may be said of some of them as well: "I had thirteen children and she had the others"."""
IN_ALL = re.compile(r"[^.]{0,30}\b(?:in all|in total|altogether|all told|overall|all together)\b")
_NOT_HEAD_WORDS = "times this his was is has us yes less always as percent plus"
NOT_HEADS = frozenset(_NOT_HEAD_WORDS.split())
_IRREGULAR_WORDS = "people children staff men women mice feet sheep fish series patients"
IRREGULAR = frozenset(_IRREGULAR_WORDS.split())
HOW_MANY = Phrase(r"how (?:many|large|big|much)(?: (?P<noun>[a-z]+(?: [a-z]+)?))?")
MONEY_WORDS = Phrase(
    r"(?P<word>budgets?|cost|costs|costing|prices?|priced|saved|saves?|savings?|revenues?|turnover|spent"
    r"|spend"
    r"|spending|bought|buy|worth|salary|raised|loss|losses|deal|contract|paid|pay|sold|invoice|fund|funding"
    r"|grant"
    r"|donations?|money|lost|lose|profit|rent|fee|fine|order)"
)
COST = {lemma(word): "cost" for word in ("costing", "price", "priced", "loss", "lost", "lose", "damage")}
LONG = (
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
            r"(?:(?:in|during|after|over) (?:the|those|these) ~|took|takes?|taken|taking|last|lasted|lasts"
            r"|run|ran|long|went on|from start to (?:end"
            r"|finish)|spent|spend|spending|needs?|needed|(?:done|finished|completed|ready|built|delivered"
            r"|live|over) (?:in|within"
            r"|after)|~ project"
            r"|altogether|in all|in total|whole thing)"
        ),
    ),
)
DATES = (
    (
        "start",
        Phrase(
            r"(?:since|start(?:ed)?|began|begin|join(?:ed)?|did you come|i came|hired|came to|first job"
            r"|opened|founded|launched"
            r"|promoted|became|appointed|qualified)"
        ),
    ),
    ("end", Phrase(r"(?:left|quit|finish(?:ed)?|graduated|ended|closed|stopped|retired|completed)")),
)
PHASES = (
    (
        "start",
        Phrase(
            r"(?:when i (?:came|started|joined|arrived|took over)|at first|at the (?:start|beginning)"
            r"|in the beginning|initially|originally|before (?:i|we|the|that|it)|to (?:begin|start) with"
            r"|(?:i|we|it|there"
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
