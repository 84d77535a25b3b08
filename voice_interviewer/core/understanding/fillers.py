"""Fillers in what was recognised: a lower bound, because recognisers leave most of them out.

A sound such as "um" is one wherever it stands. A phrase is one only where nothing else can be meant: "you
know" with an object is a question of knowledge, "like" without a break on both sides mostly a comparison. A
repeated or broken-off word is no filler: how somebody's speech runs is not what this is about.
"""

import re
from dataclasses import dataclass

from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.understanding.lexicon import fold

BREAK_MS = 200
"""A silence from here on sets a phrase off as a comma does, where the recogniser writes no commas."""

SAME_MS = 500
"""Two hearings of a sound lie no farther apart; a filler of Whisper's often has no length at all."""

_SOUND = re.compile(r"u+h+m*|u+m+|e+r+m*|e+h+m*|a+h+m+|h+m+|m{2,}|e+m{2,}|a+h+")
_CAPITALS = re.compile(r"[A-Z]{2,}")
_NUMBER = re.compile(r".*[0-9]")
_MARKS = ",;:.!?\N{HORIZONTAL ELLIPSIS}\N{EN DASH}\N{EM DASH}-"
_KNOWN_WORDS = """about a an and the that this these those what how who why when where which if whether my
your his her its our their him them it me us of exactly everything anything nothing something someone
somebody each every more better less best enough for on in from all"""
_KNOWN = frozenset(_KNOWN_WORDS.split())
"""After one of these, said without a break, "you know" has an object, or may have one."""
_KNOWERS_WORDS = """do does did don't didn't as if let lets letting what that who whom which when whenever how
before once since until because everything everyone anything all things people someone make makes sure will
would you'd could can can't might may should must to than where why whether the thing something much many
little well"""
_KNOWERS = frozenset(_KNOWERS_WORDS.split())
"""After one of these "you know" is a clause of its own."""
_MEANT_WORDS = "that it by to for what this the every everything anything all business well"
_MEANT = frozenset(_MEANT_WORDS.split())
_MEANERS_WORDS = "what which that how do does did if who whom where when as all whatever"
_MEANERS = frozenset(_MEANERS_WORDS.split())
_PERSONS_WORDS = "i you we they he she it people everyone everybody who"
_PERSONS = frozenset(_PERSONS_WORDS.split())
_FORMS_OF_BE_WORDS = "am is are was were be been being i'm you're we're they're he's she's"
_FORMS_OF_BE = frozenset(_FORMS_OF_BE_WORDS.split())
_LIKERS_WORDS = """would should could might may will can do does did don't didn't doesn't won't wouldn't to
i'd you'd we'd they'd he'd she'd also really still always never feel feels felt feeling look looks looked
looking sound sounds sounded sounding seem seems seemed act acts acted taste tastes smell smells something
anything things thing stuff nothing what much more most not very people tools companies places cases words"""
_LIKERS = frozenset(_LIKERS_WORDS.split())
"""After one of these "like" is a verb or a comparison."""


@dataclass(frozen=True)
class Filler:
    """One filler. words: numbers of its words, counted from 0, none where it is not among the words; text: as
    it was recognised."""

    words: tuple[int, ...]
    start_ms: int
    end_ms: int
    text: str


def fillers(words: tuple[Word, ...], doubt: float = 0.0) -> tuple[Filler, ...]:
    """Every filler that can be told from the words, in order. doubt: less probable words count for nothing.

    What is returned is a lower bound: show its number as "at least n".
    """
    plain = [_plain(word.text) for word in words]
    spelt = {text for word in words if _CAPITALS.fullmatch(text := word.text.strip(_MARKS))}
    if not any(letter.islower() for word in words for letter in word.text):
        spelt = set()  # a recogniser that writes nothing but capitals
    sure = [word.probability >= doubt for word in words]
    found: list[Filler] = []
    at = 0
    while at < len(words):
        length = _length(words, plain, spelt, at)
        if length and all(sure[at : at + length]):
            piece = words[at : at + length]
            text = " ".join(word.text for word in piece)
            numbers = tuple(range(at, at + length))
            found.append(Filler(numbers, piece[0].start_ms, piece[-1].end_ms, text))
        at += max(1, length)
    return tuple(found)


def with_sounds(found: tuple[Filler, ...], sounds: tuple[Word, ...]) -> tuple[Filler, ...]:
    """The fillers told from the words, and those of a hearing for fillers alone that are not among them.

    A sound that both heard is one: the hearings time it up to SAME_MS apart. Those added have no words.
    """
    free = [each for each in found if len(each.words) == 1 and _SOUND.fullmatch(_plain(each.text))]
    added: list[Filler] = []
    for sound in sounds:
        near = [each for each in free if _apart_ms(each, sound) <= SAME_MS]
        if near:
            free.remove(min(near, key=lambda each: _apart_ms(each, sound)))
        else:
            added.append(Filler((), sound.start_ms, sound.end_ms, sound.text))
    return tuple(sorted((*found, *added), key=lambda each: each.start_ms))


def _apart_ms(filler: Filler, sound: Word) -> int:
    return max(filler.start_ms - sound.end_ms, sound.start_ms - filler.end_ms, 0)


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _length(words: tuple[Word, ...], plain: list[str], spelt: set[str], at: int) -> int:
    """How many words the filler beginning at `at` has; 0 for none."""
    this = plain[at]
    if _SOUND.fullmatch(this):
        unit = this == "mm" and at > 0 and _NUMBER.match(plain[at - 1])
        letters = words[at].text.strip(_MARKS) in spelt and len(this) == 2
        return 0 if unit or letters else 1
    after = plain[at + 1] if at + 1 < len(plain) else ""
    if this == "you" and after == "know":
        return 2 if _you_know(words, plain, at) else 0
    if this == "i" and after == "mean":
        return 2 if _i_mean(words, plain, at) else 0
    return 1 if this == "like" and _like(words, plain, at) else 0


def _you_know(words: tuple[Word, ...], plain: list[str], at: int) -> bool:
    last = at + 1
    if not _gap(words, at) and _last_word(plain, at) in _KNOWERS:
        return False
    return _gap(words, last + 1) or _next_word(plain, last) not in _KNOWN


def _i_mean(words: tuple[Word, ...], plain: list[str], at: int) -> bool:
    last = at + 1
    if not _gap(words, at) and _last_word(plain, at) in _MEANERS:
        return False
    return _gap(words, last + 1) or _next_word(plain, last) not in _MEANT


def _like(words: tuple[Word, ...], plain: list[str], at: int) -> bool:
    """Only between two breaks, or before one where no verb and no comparison can be meant."""
    if at + 1 >= len(words) or not _gap(words, at + 1):
        return False
    before, earlier = _last_word(plain, at), _last_word(plain, at - 1)
    if _gap(words, at):
        return before not in _LIKERS and not _comma_example(words, at)
    quotes = before in _FORMS_OF_BE and (earlier in _PERSONS - {"it"} or "'" in before)
    return not (before in _LIKERS or before in _PERSONS or quotes or before == "")


def _comma_example(words: tuple[Word, ...], at: int) -> bool:
    """A comma before "like" and only a silence after it begins an example: "tools, like ... Excel"."""
    return _marked(words[at - 1]) and not _marked(words[at])


def _gap(words: tuple[Word, ...], at: int) -> bool:
    """Whether a mark or a silence stands before word `at`; the ends of an answer count."""
    if at <= 0 or at >= len(words):
        return True
    return _marked(words[at - 1]) or words[at].start_ms - words[at - 1].end_ms >= BREAK_MS


def _marked(word: Word) -> bool:
    return word.text[-1:] in _MARKS and word.text[-1:] != ""


def _last_word(plain: list[str], at: int) -> str:
    """The word before `at` that is no filler sound."""
    return next((text for text in reversed(plain[: max(0, at)]) if text and not _SOUND.fullmatch(text)), "")


def _next_word(plain: list[str], at: int) -> str:
    return next((text for text in plain[at + 1 :] if text and not _SOUND.fullmatch(text)), "")
