"""Pieces of an answer that can be said back to whoever said them: short, whole, certain and harmless."""

import math
from dataclasses import dataclass

from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.lexicon import ADVERB, PAST, STOPWORDS, Phrase, fold
from voice_interviewer.core.understanding.sounds import is_sound

MIN_WORDS, MAX_WORDS = 3, 8

_HEAD = Phrase(
    rf"(?:i|we)(?: {ADVERB})? {PAST}(?: (?:up|out|down|off|over|back|through|in|on|with|to|for|about|into))?"
    r" (?:the|a|an|my|our|every|each|all the|both the|two|three|four|five)"
)
"""A person, an act and a determiner: what follows is the thing acted on, and never a bare name."""

_END_WORDS = """today yesterday tomorrow again last next this that because and but or so then now later
early first second soon instead together almost myself ourselves one day week month year monday tuesday
wednesday thursday friday saturday sunday january february march april may june july august september
october november december"""
_ENDS = STOPWORDS | frozenset(_END_WORDS.split())
"""Words a quoted object cannot hold: it ends before them."""

_GOES_ON_WORDS = "a an the my our their his her him them it how what that to who if whether each every"
_GOES_ON = frozenset(_GOES_ON_WORDS.split())
"""After one of these the act goes on: "i gave each room a lead", "i asked the team to stay"."""

_DENIED_WORDS = """abuse addict addiction alcohol arrested autistic baby black blind boyfriend brother
cancer child christian crap cried damn daughter dead deaf death depressed depression died disability
disabled disease divorce drug drugs drunk dumb dying ex family fat father fault fired funeral gay
girlfriend god hell husband idiot ill illness jew jewish killed kids lied mental miscarriage mistake mom
mother mum muslim old parent parents patient patients pregnant prison race racist religion rules sacked
score sex sexual shit sick sister son stole stupid suicide surgery system therapist therapy trans
treatment ugly wedding white wife woman"""
_DENIED = frozenset(_DENIED_WORDS.split())
"""Health, family, traits, profanity and words about the interview itself are never said back."""

_TURNED = {"i": "you", "we": "your team", "my": "your", "our": "your"}


@dataclass(frozen=True)
class Quote:
    """text: the words as said, at characters start..end; spoken: the same in the second person."""

    text: str
    spoken: str
    start: int
    end: int


def quotes(answer: Transcript, doubt_threshold: float) -> tuple[Quote, ...]:
    """Every clean quote of 3-8 words ("i rebuilt the set" -> "you rebuilt the set"), in the order said.

    A name spoils its quote, as far as capitals show it, and so does doubt: a word under doubt_threshold in it
    or next to it, or words that are together less likely right than one word has to be. Better no quote than
    a wrong one.
    """
    text = answer.text
    folded = fold(text)
    limits = [piece.end for piece in clauses(answer)]
    found = []
    for match in _HEAD.finditer(folded):
        limit = next((end for end in limits if end > match.start()), len(text))
        end = _object_end(text, match.end(), limit)
        if end is None or match.end() >= limit:
            continue
        quote = text[match.start() : end]
        if _harmless(quote) and not _doubted(answer, match.start(), end, doubt_threshold):
            found.append(Quote(quote, _turn(quote), match.start(), end))
    return tuple(found)


def _object_end(text: str, start: int, limit: int) -> int | None:
    """Where the one to three words of the object after the determiner end; None without a clear object."""
    end, count, position = start, 0, start
    for token in text[start:limit].split(" "):
        bare = fold(token).strip()
        if token and (bare in _GOES_ON or not bare):
            return None
        if token and (bare in _ENDS or bare.endswith("ly") or is_sound(token)):
            break
        if token:
            count += 1
            end = position + len(token.rstrip(".,;:!?"))
            if token[-1] in ".,;:!?":
                break
        position += len(token) + 1
    return end if 1 <= count <= 3 else None


def _harmless(quote: str) -> bool:
    words = quote.split()
    if not MIN_WORDS <= len(words) <= MAX_WORDS or any(word[:1].isupper() for word in words[1:]):
        return False
    return all(
        word.replace("'", "").replace("-", "").isascii()
        and word.replace("'", "").replace("-", "").isalnum()
        and fold(word).strip().removesuffix("'s") not in _DENIED
        for word in words
    )


def _doubted(answer: Transcript, start: int, end: int, threshold: float) -> bool:
    """Whether the words that characters start..end touch may hold a mis-hearing."""
    offset, touched = 0, []
    for index, word in enumerate(answer.words):
        if offset < end and offset + len(word.text) > start:
            touched.append(index)
        offset += len(word.text) + 1
    # An unsure neighbour may be the "not" that turns the quote round.
    around = answer.doubtful(threshold)[max(0, touched[0] - 1) : touched[-1] + 2]
    return any(around) or math.prod(answer.words[index].probability for index in touched) < threshold


def _turn(quote: str) -> str:
    return " ".join(_TURNED.get(word, word) for word in fold(quote).split())
