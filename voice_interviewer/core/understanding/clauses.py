"""Where an answer falls apart into pieces that each say one thing.

Speech from a small recogniser has no sentences, so an answer is cut by pauses as well as by punctuation.
"""

from collections.abc import Sequence
from functools import lru_cache

from voice_interviewer.core.model.transcript import Span, Transcript, Word
from voice_interviewer.core.understanding.lexicon import fold
from voice_interviewer.core.understanding.sounds import is_hesitation

PAUSE_MS = 350
"""A gap between two words that ends a clause. Start value."""
LONG_CLAUSE_WORDS = 6
"""From here on a conjunction with a new subject begins a clause even without a pause."""
SENTENCE_WORDS = 8
"""Clauses are taken together up to here where no punctuation says that a sentence is over."""
LEAST_UNIT_WORDS = 5
"""A shorter clause of a sentence says too little to be read alone."""
_OPENS, _CLOSES = ("{", "[", "<"), ("}", "]", ">")
"""What code in a written answer begins and ends with: it is no part of the sentences around it."""


def units(transcript: Transcript) -> tuple[Span, ...]:
    """The pieces a model of meaning reads: every sentence, and the longer clauses of a long one, in order.

    Where there is no punctuation, clauses are joined until they are SENTENCE_WORDS long.
    """
    found: list[Span] = []
    run: list[Span] = []
    pieces = clauses(transcript)
    for index, piece in enumerate(pieces):
        run.append(piece)
        words = sum(len(each.text.split()) for each in run)
        following = pieces[index + 1].text if index + 1 < len(pieces) else ""
        code = piece.text.endswith(_CLOSES) or following.startswith(_OPENS)
        over = (
            code
            or piece.text.endswith((".", "?", "!"))
            or (words >= SENTENCE_WORDS and not piece.text.endswith((",", ";", ":")))
        )
        if over or index + 1 == len(pieces):
            found.append(transcript.span(run[0].start, run[-1].end))
            if len(run) > 1:
                found += [each for each in run if _stands_alone(each)]
            run = []
    return tuple(found)


def _stands_alone(clause: Span) -> bool:
    """Whether a clause can be understood without the one before: long enough, and with a subject of its own
    ("and stayed until nine" is still about whoever was named last)."""
    words = fold(clause.text).split()
    if len(words) < LEAST_UNIT_WORDS:
        return False
    first = words[1] if words[0] in JOINS else words[0]
    return first in _SUBJECTS or first in _DETERMINERS


@lru_cache(maxsize=64)
def clauses(transcript: Transcript) -> tuple[Span, ...]:
    """Cut an answer where the speaker paused, where punctuation ends a clause, or where a long run takes a
    new subject. Together they hold every word, in order."""
    spans: list[Span] = []
    offset, first, length = 0, 0, 0
    words, text = transcript.words, transcript.text
    for index, word in enumerate(words):
        length += 1
        end = offset + len(word.text)
        if index + 1 == len(words) or _ends_clause(words, index, length):
            if text[first:end].strip():
                start_ms = words[index + 1 - length].start_ms
                spans.append(Span(first, end, text[first:end], start_ms, word.end_ms))
            first, length = end + 1, 0
        offset = end + 1
    return tuple(spans)


def _ends_clause(words: Sequence[Word], index: int, length: int) -> bool:
    word, following = words[index], words[index + 1]
    bare = fold(word.text).strip(" '")
    if word.text.endswith((".", "?", "!", ";", ":")):
        return True
    if word.text.endswith(",") and length >= 3:
        return True
    if word.text.endswith(_CLOSES) or following.text.startswith(_OPENS):
        return True
    # A hesitation after "the" or "to" lies inside a clause, however long it is; so does what follows an "um".
    paused = following.start_ms - word.end_ms >= PAUSE_MS
    if paused and bare not in _OPEN and not is_hesitation(word.text):
        return True
    third = fold(words[index + 2].text).strip(" '") if index + 2 < len(words) else ""
    return length >= LONG_CLAUSE_WORDS and fold(following.text).strip() in JOINS and third in _SUBJECTS


_OPEN_WORDS = "a an the to of and my our your his her their in on at for with from by i we is was"
_OPEN = frozenset(_OPEN_WORDS.split())
JOINS = frozenset(("and", "but", "so", "because", "then", "which"))
_DETERMINER_WORDS = """a an my our your his her their its these those some many most all both each every no
nothing something everything people what who how when where why if after before because since while"""
_DETERMINERS = frozenset(_DETERMINER_WORDS.split())
_SUBJECT_WORDS = "i we they he she it the that this there i'd i'll i've we'd we'll we've everyone nobody"
_SUBJECTS = frozenset(_SUBJECT_WORDS.split())
