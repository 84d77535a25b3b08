"""When something is taken back: "that's not true", "it was my colleague, not me", "I made that number up".

A speaker who mends a word ("ten, no, twelve people") takes nothing back: only what denies the claim counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Span, Transcript
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.lexicon import Phrase, content_stems, fold

_IT = (
    r"(?:that|this|it|they|those|what i (?:just )?said"
    r"|(?:the|my) (?:whole |last |first )?(?:number|figure|result|story|part|bit|thing|example)s?)"
)
_ADV = r"(?:actually|really|quite|entirely|completely|strictly|all|just|not|even|in fact|honestly)"
_UNTRUE = Phrase(
    rf"{_IT}(?:'s| is| was| wasn't| isn't| were| weren't|'re| are)? (?:{_ADV} )*(?:not )?"
    r"(?:true|right|correct|accurate|what happened|how it (?:went|was)|the truth|made up|invented"
    r"|exaggerated|an exaggeration|a lie|wrong)"
)
_DENIES = Phrase(
    r"not|isn't|wasn't|aren't|weren't|never|made up|invented|exaggerat\w*|an? (?:lie|exaggeration)|wrong"
)
_TAKEN = Phrase(
    r"(?:i|i'd|i've|i have|let me|i should|i must|i need to|i want to|i have to) (?:\w+ ){0,2}"
    r"(?:take (?:that|it|this) back|took (?:that|it) back|withdraw|embellish\w*|overstat\w*|lied about"
    r"|(?:made|making) (?:that|it|those|this|the \w+)(?: \w+)? up|invented|exaggerat\w*)"
    r"|scratch (?:that|all that|what i)|forget (?:what i (?:just )?said|that part|all that)"
    r"|ignore what i (?:just )?said|strike that|(?:i've|i have) changed my mind|on second thoughts?"
    r"|(?:i'm|i am|i) (?:mixing|mixed|getting|got|told you|telling you)"
    r" (?:that|this|it)(?: all)? (?:up|wrong)"
)
_NOT_ME = Phrase(
    r"(?:it |that )?(?:wasn't|was not|weren't|isn't) (?:really |actually |even |in fact )?"
    r"(?:me|mine|my (?:work|idea|doing|part))"
    r"|(?:wasn't|was not) (?:really |actually |even )?(?:involved|there|part of (?:it|that))"
    r"|(?:i|we) (?:had|have) (?:nothing|not much|little) to do with (?:it|that)"
    r"|(?:none|nothing|not a bit|not any) of (?:it|that|this) was (?:me|mine|my \w+)|wasn't my doing"
    r"|(?:my|a|another|the) (?:\w+ ){0,2}(?:did (?:it|that|all (?:of )?(?:it|that))|was the one who)"
)
_NEVER_DID = Phrase(
    r"(?:i|we) (?:never|didn't|did not|haven't|have not) (?:actually |really |even |in fact |ever )?"
    r"(?:do|did|done|finish\w*|measure\w*|check\w*|test\w*|launch\w*|ship\w*|get|got|implement\w*"
    r"|build|built|make|made|have|run|ran) (?:that|it|any of (?:it|that|this)|this|those)"
    r"|(?:i|we)(?:'d| would|'ll| will)? (?:do|did|have|wouldn't do) (?:none|nothing|not any|any)"
    r" of (?:it|that|this)"
    r"|nothing (?:came|had come) of it|(?:weren't|aren't|wasn't|isn't) real"
    r"|(?:it|that|none of (?:it|that)) (?:never|didn't) (?:actually |really |even )?"
    r"(?:happen\w*|work\w* out|exist\w*)"
)
_OPENS = Phrase(
    r"actually|no wait|wait|sorry|no|hang on|hold on|to be honest|to be fair|honestly|if i'm honest"
    r"|(?:i should|i have to|i must|i need to) (?:say|admit|correct)|let me correct|correction"
    r"|on reflection|thinking about it|in truth|(?:the )?truth is|i misspoke"
)
_ALL = Phrase(r"none of|all of|whole thing|any of|the story|everything")
_DENIAL = Phrase(
    r"not|no|none|never|nothing|nobody|neither|isn't|wasn't|aren't|weren't|didn't|don't|doesn't"
    r"|wouldn't|won't"
    r"|couldn't|haven't|hadn't|hasn't|made up|invented|wrong|forget|scratch|take (?:it|that|this) back"
    r"|changed my mind|mix(?:ed|ing)|exaggerat\w*|only (?:thought|read|heard|wished)"
)
_BUT = Phrase(r"but|although|though|however|well|hm+|second thoughts?|in reality|in fact")
TOLD, LIKE = 0.66, 0.45
"""Similarity with a sentence that takes something back: from TOLD on it is one when it denies anything, from
LIKE on when it also opens like one. In 132 answers that take nothing back the highest was 0.62."""
REACH = 12
"""How many clauses back a thing that is taken back is looked for."""
TOGETHER = 2
"""Characters between two clauses that take back the same thing."""


@dataclass(frozen=True)
class Retraction:
    """Characters start..end of the answer say that what stands at claim_start..claim_end is not so.
    everything: nothing of the answer before it holds."""

    answer: int
    start: int
    end: int
    claim_start: int
    claim_end: int
    everything: bool = False

    def covers(self, start: int, end: int) -> bool:
        """Whether words at start..end were taken back (the retraction itself shows nothing either)."""
        return (start < self.claim_end and self.claim_start < end) or (start < self.end and self.start < end)


def retractions(texts: Sequence[Transcript], readings: Sequence[Reading]) -> tuple[Retraction, ...]:
    """Everything that is taken back, in order. readings: one per text."""
    found: list[Retraction] = []
    for at, (text, reading) in enumerate(zip(texts, readings, strict=True)):
        pieces = clauses(text)
        for number in range(1, len(pieces)):
            piece, before = pieces[number], pieces[number - 1]
            folded = " ".join(fold(piece.text).split())
            around = f"{fold(before.text)} {folded}"
            if not _takes_back(folded, around) and not _sounds_so(reading, piece, folded, around):
                continue
            last = found[-1] if found else None
            if last is not None and last.answer == at and piece.start - last.end <= TOGETHER:
                begin, end, everything = last.claim_start, last.claim_end, last.everything
                found[-1] = Retraction(at, last.start, piece.end, begin, end, everything)
                continue
            everything = bool(_ALL.search(folded))
            begin = 0 if everything else _claim(pieces, number)
            found.append(Retraction(at, piece.start, piece.end, begin, piece.start, everything))
    return tuple(found)


def _takes_back(folded: str, around: str) -> bool:
    if _TAKEN.search(folded):
        return True
    if _UNTRUE.search(folded) and _DENIES.search(folded):
        return True
    opened = _OPENS.search(around) is not None
    return opened and bool(_NOT_ME.search(folded) or _NEVER_DID.search(folded))


def _sounds_so(reading: Reading, piece: Span, folded: str, around: str) -> bool:
    if not reading.taken_back:
        return False
    units = zip(reading.units, reading.taken_back, strict=False)
    value = max((v for unit, v in units if unit.start < piece.end and piece.start < unit.end), default=0.0)
    denies = _DENIAL.search(folded) is not None
    opens = _OPENS.search(around) is not None or _BUT.search(around) is not None
    return denies and (value >= TOLD or (value >= LIKE and opens))


def _claim(pieces: Sequence[Span], number: int) -> int:
    """Where the claim begins that piece `number` takes back: the nearest piece before it that shares a word
    of content with it, or the two before it."""
    own = set(content_stems(pieces[number].text))
    for back in range(number - 1, max(-1, number - REACH - 1), -1):
        if own & set(content_stems(pieces[back].text)):
            return pieces[back].start
    return pieces[max(0, number - 2)].start
