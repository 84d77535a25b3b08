"""What the last words of an answer look like: is the sentence open, is time asked for, is it a farewell?

Pure text, blind to case and punctuation: recognisers put a full stop after anything that is cut off, and they
leave fillers out. The lists are small closed classes of English (function words, ordinals) and frames of
phrases, not phrases met somewhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from voice_interviewer.core.understanding.lexicon import fold

TAIL_WORDS = 18
"""Phrases are looked for in so many last words."""

_FILLERS = "um uh er erm em hm hmm mm mhm ah eh uhm umm"
FILLERS = frozenset(_FILLERS.split())
_OPENERS = """and but or nor because cause cuz since if when while whilst until unless although whereas than
whether which who whose where as the a an my our your their its every i we he she they i'm
we're he's she's they're i'd i'll i've we'd we'll we've they'd they've he'd she'd there's of to
from into onto at by with for per via is are was were be been am would could should might must
shall will whose what's where's basically plus except namely like"""
OPENERS = frozenset(_OPENERS.split())
"""Almost nobody stops after one of these: what they open is not there yet."""
_LEANERS = """so that then it's that's had has have having do does did can may this these those some any no
not very really quite more most about on in over up out off through between against without
under before after during around his her how why what too just only also even actually honestly
probably maybe well you it one another other first second third say said think guess mean know"""
LEANERS = frozenset(_LEANERS.split())
"""After one of these it goes on more often than not."""

_THAT = r"(?:that|this|it)"
_BE = r"(?:'s|'d be| is| was| will be| would be)"
_ABOUT = (
    r"(?: (?:really|basically|pretty|much|about|just|kind|sort|of|more|or|less|honestly|probably|roughly|i"
    r"|think))*"
)
_ROUND = (
    r"(?:it|all|everything|that|the (?:whole|full|entire|short|long|main)(?: [a-z]+){0,4}"
    r"|the (?:story|gist|lot|size|sum|bulk)(?: of it)?|how (?:i|we)(?:'d| would| did)?(?: [a-z]+){1,4}"
    r"|what (?:i|we)(?: [a-z']+){1,4})"
)
_MINE = r"(?:my (?:answer|view|take|response|example|part|two cents)|me done|the answer|me)"
_FROM = r" (?:from|on|for) (?:me|my (?:side|end|part))"
_HEDGE = (
    r"(?: (?:i (?:think|guess|suppose|would say|believe|have|got|know)|really|basically|yeah|so|for me"
    r"|then|now))*"
)
_ROUNDINGS = (rf"(?:{_THAT}{_BE}|there we are){_ABOUT} {_ROUND}", rf"(?:and|so) {_THAT}{_BE} (?:that|it)")
_CLOSINGS = (
    rf"{_THAT}{_BE}{_ABOUT} (?:{_MINE}|{_ROUND}{_FROM})",
    rf"(?:i )?(?:think|guess|hope|suppose|reckon|believe|would say) (?:{_THAT}|i)(?:'s|'ve)?"
    r"(?: (?:pretty much|about|more or less|basically|kind of|probably|just))?"
    r" (?:covers?|answers?|answered|covered|sums?|wraps?)(?: (?:it|that|you|up|your|the|my|question"
    r"|everything|all|most|of|enough|for|me|now)){0,6}",
    r"(?:i'll|i will|i'd|let me|i can|i should|we can|i might) (?:just |probably |better )?"
    r"(?:leave|stop|end|finish|rest|park|pause|close|conclude)(?: (?:it|that|there|here|at|my|answer|with"
    r"|case|talking|now|on|for|things|off)){1,4}",
    r"(?:i(?:'ve| have)? |there's |there is )?(?:got |have )?nothing (?:else|more|further|to)(?: (?:to|add"
    r"|say|on"
    r"|that|there|really|i|can|think|of)){0,6}",
    r"to (?:sum|wrap) (?:it |that |this )?up",
    r"(?:over|back|up) to you(?: now)?",
    r"(?:i'm|i am|that's me|me) (?:all )?(?:done|finished)(?: (?:now|here|with that|i think))?",
    r"(?:thanks|thank you|cheers)(?: (?:so|very|much|a|lot|for|listening|asking|your|time|the|question|you"
    r"|sir"
    r"|madam|ma'am|everyone|all)){0,6}",
    r"(?:there|here) you (?:go|are|have it)|end of story|that's a wrap|in a nutshell",
    r"happy to (?:go|say|give|expand|add|explain|talk|share)(?: [a-z']+){0,8}",
    r"yeah (?:so )?(?:that's|it's|it was) (?:like )?yeah",
)
_ASKS_BACK = (
    r"(?:(?:does|did|do|has|have|was|were|is|would|are|could) (?:that|this|it|you)(?: [a-z']+){0,4}"
    r" (?:answer|answered|help|helps|make sense|makes sense|enough|mean|meant|okay|clear|useful"
    r"|looking for|after"
    r"|want|wanted|expect|expected|ask|asked|hear|interested|detail|level)(?: [a-z']+){0,8}"
    r"|(?:did|do|have|should|shall|can|could|am|may) i(?: [a-z']+){0,2} (?:answer|answered|say more|go on"
    r"|go into"
    r"|go deeper|make sense|making sense|said enough|tell you more|expand|continue)(?: [a-z']+){0,12}"
    r"|or (?:did )?you (?:want|wanted|meant|expected)(?: [a-z']+){0,4} (?:example|kind|one|sort|detail"
    r"|more)(?: [a-z']+){0,3})"
)
_MOMENT = r"(?:second|sec|seconds|moment|moments|minute|minutes|min|mo|bit|tick|beat|while)"
_THINKING = (
    "think recall remember gather collect see look count pick find choose work sort frame picture place check"
    " consider reflect figure order"
)
_THINK = "|".join(_THINKING.split())
_DOING = "|".join(f"{verb.removesuffix('e') if verb != 'see' else verb}ing" for verb in _THINKING.split())
_HOLDS = (
    rf"(?:give|gimme|allow|spare|grant|lend)(?: me)?(?: [a-z]+)?(?: (?:a|an|one|two|half|another|some|few"
    rf"|just|couple"
    rf"|of)){{0,4}} (?:{_MOMENT}|time)",
    r"(?<!for )(?<!in )(?<!than )(?<!after )(?<!every )(?:just |wait )?(?:a|one|half a) (?:quick |little "
    r"|short )?"
    r"(?:second|sec|moment|minute)(?: please| sir)?",
    r"(?:let me|lemme|can i|could i|may i|might i|i need to|i have to|i want to|i'd like to|i'll|i must"
    r"|i should"
    rf"|allow me to|if i can|if i may)(?: (?:just|please|quickly|still|try|to|maybe|have to))*"
    rf" (?:{_THINK})(?! i\b| we\b)(?: [a-z']+){{0,6}}",
    rf"(?:i'm|i am)(?: (?:just|still|only|now|trying to))+ (?:{_THINK}|{_DOING})(?: [a-z']+){{0,4}}",
    r"(?:bear|stay|be patient) with me|(?:hold|hang) on(?! to\b)(?: [a-z']+){0,7}"
    r"|wait(?: (?:how|what|which|where|let|i'll|was|no|please)(?: [a-z']+){0,5})?|where was i"
    r"|how (?:do|should|shall) i (?:put|say|start|begin|explain)(?: [a-z]+){0,3}"
    r"|what was (?:it|that|the name|his name|her name)(?: [a-z]+){0,3}|tip of my tongue",
)
_AFTER_HOLD = (
    r"(?: (?:please|sir|madam|yeah|okay|ok|sorry|now|so|about|that|this|it|if|may|i|um|uh|to|think|here"
    r"|with|me))*"
)
_CARDINALS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple": 2, "both": 2}
_LISTED = re.compile(
    r"(?<![\w'])(two|three|four|five|six|couple(?: of)?)(?: (?!of\b)[a-z]+){0,2}"
    r" (?:things|reasons|steps|parts|points|ways|ideas|stages|phases|sides|aspects|factors|bits|questions"
    r"|rules|pieces"
    r"|checks|layers|options|lessons|principles|priorities|goals|tests|moves|halves|habits|examples|cases"
    r"|kinds"
    r"|types|sorts|groups|dos|items|buckets|pillars|areas|levels)(?![\w'])"
)
_ORDINALS = re.compile(
    r"(?<![\w'])(first|firstly|one is|one was|second|secondly|third|thirdly|fourth|fourthly|fifth|sixth"
    r"|number (?:one|two"
    r"|three|four|five|six)|the other|another|then|next|also|after that|and last|lastly|finally|the last|last"
    r"|the final)(?![\w'])"
)
_LAST = frozenset(("last", "and last", "lastly", "finally", "the last", "the final"))
_RANK = {"first": 1, "one": 1, "second": 2, "two": 2, "third": 3, "three": 3, "fourth": 4, "four": 4}


def _at_end(*sources: str, after: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(sources)}){after}$")


_CLOSING = _at_end(*_CLOSINGS, after=_HEDGE)
_ASKING = _at_end(_ASKS_BACK)
_ROUNDING = _at_end(*_ROUNDINGS, after=_HEDGE)
_HOLDING = _at_end(*_HOLDS, after=_AFTER_HOLD)
_TRAILING = _at_end(
    r"(?:so|but|and|or|or so) (?:yeah|yep|yes|there|it goes)",
    r"yeah",
    r"(?:and )?so on",
    r"and stuff",
    r"and all that",
)


@dataclass(frozen=True)
class Ending:
    """What the last words of an answer look like. All False and 0 for no words.

    open: after the last word the sentence must go on (conjunction, article, subject). leaning: it rather
    does. filler: the last word is one. stammer: the last words say the same again.
    closing: the answer is handed over ("that's my answer", "I'll stop there"). rounding: a story is rounded
    off ("so that was that"), which many do before they go on. asks_back: a question to the interviewer about
    the answer. trailing: "so yeah". hold: time is asked for. list_open: items of an announced list are still
    to come, as far as they are numbered aloud; list_done: the last of them is being told."""

    words: int = 0
    open: bool = False
    leaning: bool = False
    filler: bool = False
    stammer: bool = False
    closing: bool = False
    rounding: bool = False
    asks_back: bool = False
    trailing: bool = False
    hold: bool = False
    list_open: bool = False
    list_done: bool = False


@lru_cache(256)
def read_ending(said: tuple[str, ...]) -> Ending:
    """The ending of these words, as a recogniser gives them, one a string."""
    words = [word for word in (fold(each).strip(" '") for each in said) if word]
    if not words:
        return Ending()
    plain = [word for word in words if word not in FILLERS]
    tail = " ".join(plain[-TAIL_WORDS:])
    last = words[-1]
    opens = last in OPENERS or said[-1].endswith("-")
    if last in FILLERS and plain:
        opens = plain[-1] in OPENERS
    opened, done = _list(" ".join(plain))
    return Ending(
        words=len(words),
        open=opens,
        leaning=last in LEANERS,
        filler=last in FILLERS,
        stammer=_repeats(plain),
        closing=last not in FILLERS and _CLOSING.search(tail) is not None,
        rounding=last not in FILLERS and _ROUNDING.search(tail) is not None,
        asks_back=last not in FILLERS and last not in OPENERS and _ASKING.search(tail) is not None,
        trailing=_TRAILING.search(tail) is not None,
        hold=_HOLDING.search(tail) is not None,
        list_open=opened,
        list_done=done,
    )


def _repeats(words: Sequence[str]) -> bool:
    """Whether the last one or two words say what the one or two before said ("the the", "I was I was")."""
    if (
        len(words) >= 2
        and words[-1] == words[-2]
        and words[-1] not in ("no", "yes", "yeah", "very", "really")
    ):
        return True
    return len(words) >= 4 and words[-2:] == words[-4:-2]


def _list(text: str) -> tuple[bool, bool]:
    """Whether items of the last announced list are to come, and whether its last one is being told. Only
    items with a number or "the last" before them count."""
    found = list(_LISTED.finditer(text))
    if not found:
        return False, False
    announced = found[-1]
    count = _CARDINALS[announced[1].split()[0]]
    after = text[announced.end() :]
    said = [match[1] for match in _ORDINALS.finditer(after)]
    ranks = [_RANK.get(word.removesuffix("ly").split()[-1].replace("is", "one"), 0) for word in said]
    both = count == 2 and ("the other" in said or len(said) >= 2)
    if both or any(word in _LAST for word in said):
        return False, True
    told = max(ranks, default=0)
    if told >= count:
        return False, True
    far = len(after.split()) > 30 * count
    return not far, False
