"""Words that soften what is said, quoted as they stand. Nothing is wrong with them where something is
unsure; they are shown so that one can see whether it was.
"""

from dataclasses import dataclass

from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.understanding.fillers import BREAK_MS
from voice_interviewer.core.understanding.lexicon import PAST, Phrase, fold

MOST_WORDS = 10
"""A quote goes on to the end of its clause, and no further than this."""

_ASKERS_WORDS = "what do did as when how you'd where why"
_ASKERS = frozenset(_ASKERS_WORDS.split())
"""After one of these "I think" softens nothing: "that is how I think"."""
_KINDS_WORDS = """a an the this that what which whatever some any each same one no my our your their his her
those these new every other all another different right two three certain"""
_KINDS = frozenset(_KINDS_WORDS.split())
"""After one of these "kind of" names a sort of thing."""
HEDGES = Phrase(
    r"i (?:think|guess|suppose|reckon)(?! (?:about|of|through|back|over|on|ahead)\b)"
    r"|i(?:'m| am) not (?:really |quite |entirely |completely |too |so )?sure"
    r"|i(?:'d| would) (?:guess|suppose)"
    r"|i feel like|it (?:seems|seemed) (?:like|that|to me)|as far as i (?:know|can tell|remember)"
    r"|if i (?:remember|recall)(?: (?:it )?(?:correctly|right|rightly))?"
    r"|maybe|perhaps|probably|possibly|presumably|hopefully|supposedly|somehow|somewhat"
    r"|(?:kind|sort) of|kinda|sorta|more or less|or (?:something|so|whatever)(?: like that)?"
    r"|in a (?:way|sense)(?! (?:that|which|of|to|where)\b)|to some (?:extent|degree)"
)
"""Closed classes of English: verbs of holding for true in the first person, adverbs of likelihood, and
phrases that blur. Numbers with "about" or "roughly" are estimates and no hedges."""

_TOLD = Phrase(PAST)


@dataclass(frozen=True)
class Hedge:
    """One softened piece: words first..last, counted from 0, from the softening words to the end of the
    clause. text: those words, verbatim."""

    first: int
    last: int
    text: str
    start_ms: int
    end_ms: int


def hedges(words: tuple[Word, ...], doubt: float = 0.0) -> tuple[Hedge, ...]:
    """Every softened piece, in order; two in one piece are one. doubt: a softening word less probable than
    this softens nothing."""
    if not words:
        return ()
    transcript = Transcript(words)
    folded = fold(transcript.text)
    numbers = [at for at, word in enumerate(words) for _ in range(len(word.text) + 1)]
    found: list[Hedge] = []
    for match in HEDGES.compiled.finditer(folded):
        first, last = numbers[match.start()], numbers[match.end() - 1]
        if (found and first <= found[-1].last) or not _softens(match.group(), folded[: match.start()]):
            continue
        if any(word.probability < doubt for word in words[first : last + 1]):
            continue
        last = _clause_end(words, first, last)
        text = " ".join(word.text for word in words[first : last + 1])
        found.append(Hedge(first, last, text, words[first].start_ms, words[last].end_ms))
    return tuple(found)


def _softens(phrase: str, before: str) -> bool:
    """Whether what stands before lets the phrase be a softening one."""
    last = (before.split() or [""])[-1]
    if phrase.startswith("i "):
        return last not in _ASKERS
    return not (phrase.startswith(("kind", "sort")) and last in _KINDS)


def of_what_happened(found: tuple[Hedge, ...]) -> tuple[Hedge, ...]:
    """Those that soften what was done or what came of it."""
    return tuple(hedge for hedge in found if _TOLD.search(fold(hedge.text)))


def _clause_end(words: tuple[Word, ...], first: int, last: int) -> int:
    for at in range(last, min(len(words) - 1, first + MOST_WORDS - 1)):
        pause_ms = words[at + 1].start_ms - words[at].end_ms
        if words[at].text[-1:] in ",;:.!?" or pause_ms >= 2 * BREAK_MS:
            return max(at, last)
    return max(last, min(len(words), first + MOST_WORDS) - 1)
