"""Words as Whisper writes them, made fit for rules and readers.

Whisper writes for the eye. It ends a sentence wherever the speaker stops to think ("At the University. Of
Leeds"), begins each piece it hears with a capital, and fills what it cannot hear with loops, notes in
brackets and single marks. Rules take a full stop for the end of a sentence and a capital for a name, so what
does not come from the speaker is taken out here, before anything reads the words. What is left keeps its
times, its order and its probability; a word that goes, goes whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.understanding.endings import LEANERS, OPENERS
from voice_interviewer.core.understanding.lexicon import PAST, STOPWORDS, fold
from voice_interviewer.core.understanding.sounds import is_sound

LOOP_WORDS = 8
"""The longest piece that is looked for in a loop. Whisper's loops are short; openai/whisper finds longer ones
by their compression ratio."""
LONE_REPEATS, REPEATS = 5, 4
"""From here on a single word, or a piece of several, that comes again and again is a loop of the decoder.
People say "no, no, no" and "very, very, very": four of one word were the most in the AMI recordings."""
KEPT_REPEATS = 2
"""So much is left of a loop, because its beginning was mostly said."""
NOTE_WORDS = 5
"""A note in brackets, as "[upbeat music]", is no longer."""

PAUSE_MS = 200
"""Only at a silence from here on can a comma be the speaker's hesitation: the shortest gap that the detector
reports (hysteresis of voice_audio's segmenter), and what `fillers` takes for a break."""

_UNENDED_WORDS = """a an the my our your their its every and but or nor because if while whilst unless
although whereas whether of into onto per via than whose to"""
_UNENDED = frozenset(_UNENDED_WORDS.split())
"""No sentence ends with one of these, and at a pause no comma follows it, whatever Whisper writes."""
_ELLIPTIC_WORDS = (
    "want wants wanted have had need needed like able used going try tried plan planned love ought"
)
_ELLIPTIC = frozenset(_ELLIPTIC_WORDS.split())
"""But after one of these "to" may stand for a whole clause: "I did not want to"."""
_DEPENDENT = frozenset(("because", "which", "or", "whose", "than", "of"))
"""What begins with one of these belongs to what was said before, unless a main clause of its own follows."""
FRAGMENT_WORDS = 6
"""What has no verb is taken for a part of the sentence beside it up to so many words."""
_PLACE_WORDS = "in at on after before during for with by from since until under over about of to within"
_PLACES = frozenset(_PLACE_WORDS.split())
_ANSWER_WORDS = """yes yeah yep yup no nope okay ok oh right sure exactly absolutely definitely thanks thank
great good hello hi sorry please well correct fine never same"""
_ANSWERS = frozenset(_ANSWER_WORDS.split())
"""What begins with one of these says something without a verb."""
_VERBAL_WORDS = """i we you he she it they this that these those there who what which everyone everybody
nobody somebody someone something nothing am is are was were be been being have has had do does did can could
will would shall should may might must let go goes went make makes made get gets got take takes took say says
said know knew think thought see saw come comes came need needs want wants keep kept works work helps help
means mean"""
_VERBAL = frozenset(_VERBAL_WORDS.split())
_PAST = re.compile(PAST)
_TITLE_WORDS = "mr mrs ms dr prof st vs etc no approx inc ltd"
_TITLES = frozenset(_TITLE_WORDS.split())
_WORDS_TOO = frozenset(("no", "st"))
"""Abbreviations whose point is no full stop; and those that are one only with a capital."""
_CALENDAR_WORDS = """monday tuesday wednesday thursday friday saturday sunday january february march april may
june july august september october november december christmas easter english"""
_CALENDAR = frozenset(_CALENDAR_WORDS.split())
_ORDINARY = (STOPWORDS | OPENERS | LEANERS) - _CALENDAR - {"i"}
"""Words that are no names, so that a capital inside a sentence is not the speaker's."""

_QUOTES = '"*' + "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
_ENDING = re.compile(r"(?:\.{2,}|\N{HORIZONTAL ELLIPSIS}|[.,;:?!])+$")
_POINTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\.?")
_SAYS = re.compile(r"[^\W_]|[%&]")


@dataclass
class _Piece:
    """A word on its way: its text without the marks behind it, and those marks. capital, stopped: whether
    Whisper began it with a capital and ended a sentence behind it."""

    word: Word
    body: str
    marks: str
    capital: bool
    stopped: bool
    pointed: bool = False

    @property
    def bare(self) -> str:
        return fold(self.body).strip(" '")

    @property
    def ends(self) -> bool:
        """Whether a sentence ends behind it."""
        return self.marks != "" and self.marks[-1] in ".?!" and not self.breaks_off

    @property
    def breaks_off(self) -> bool:
        return self.marks.endswith(("..", "\N{HORIZONTAL ELLIPSIS}"))

    @property
    def short_for(self) -> bool:
        """Whether its capitals are its own: "AI", "iPhone", "PhD"."""
        return any(letter.isupper() for letter in self.body[1:])


def normalised(words: Sequence[Word], before: Sequence[Word] = ()) -> tuple[Word, ...]:
    """The words of an answer that are not committed yet, as they may be read.

    words: as Whisper heard them, on the session clock. before: those of the same answer that are committed,
    as this function left them. The result is a part of `words` in their order, with the same times and
    probabilities and with other marks and capitals; given to this function again it does not change.
    """
    mended = tuple(words)
    while True:  # what one mark hid may show once it is gone; each round takes something away
        again = _mended(mended, before)
        if again == mended:
            return mended
        mended = again


def _mended(words: Sequence[Word], before: Sequence[Word]) -> tuple[Word, ...]:
    pieces = [_piece(word) for word in _spoken(words)]
    names = _names((*(_piece(word) for word in before), *pieces))
    for index, piece in enumerate(pieces):
        _mend_word(piece, pieces[index - 1] if index else None)
    _mend_marks(pieces)
    _mend_capitals(pieces, names, not before or _piece(before[-1]).ends)
    return tuple(replace(piece.word, text=piece.body + piece.marks) for piece in pieces)


# --- words that were not said -----------------------------------------------------------------------------


def _spoken(words: Sequence[Word]) -> list[Word]:
    """Without notes in brackets, single marks, and what a loop of the decoder repeats."""
    kept = [word for word in _without_notes(words) if _SAYS.search(word.text)]
    while True:
        shorter = _without_loop(kept)
        if shorter is None:
            return kept
        kept = shorter


def _without_notes(words: Sequence[Word]) -> list[Word]:
    kept: list[Word] = []
    index = 0
    while index < len(words):
        closing = {"(": ")", "[": "]"}.get(words[index].text[:1])
        ends = [
            at
            for at, word in enumerate(words[index : index + NOTE_WORDS], index)
            if closing and closing in word.text
        ]
        if ends:
            index = ends[0] + 1
            continue
        kept.append(words[index])
        index += 1
    return kept


def _without_loop(words: list[Word]) -> list[Word] | None:
    """The words without what the first loop repeats, or None where there is none."""
    bare = [" ".join(fold(word.text).split()) for word in words]
    for start in range(len(words)):
        for length in range(1, LOOP_WORDS + 1):
            times = _repeats(bare, start, length)
            if times >= (LONE_REPEATS if length == 1 else REPEATS):
                return words[: start + KEPT_REPEATS * length] + words[start + times * length :]
    return None


def _repeats(bare: list[str], start: int, length: int) -> int:
    """How often the piece of that length at `start` comes in a row."""
    piece, times = bare[start : start + length], 1
    while bare[start + times * length : start + (times + 1) * length] == piece:
        times += 1
    return times


# --- one word ----------------------------------------------------------------------------------------------


def _piece(word: Word) -> _Piece:
    text = word.text.strip(_QUOTES + " ")
    ending = _ENDING.search(text)
    marks = ending.group() if ending else ""
    body = text[: len(text) - len(marks)].strip(_QUOTES)
    return _Piece(word, body, marks, body[:1].isupper(), marks[-1:] in tuple(".?!") and marks != "")


def _mend_word(piece: _Piece, before: _Piece | None) -> None:
    """Write an abbreviation without points ("9 a.m." would end a sentence), a sound as a sound, and a sign
    that stands alone as the word that was said."""
    if _POINTED.fullmatch(piece.body + piece.marks[:1]):
        piece.body = piece.body.replace(".", "")
        piece.pointed = True
    elif piece.bare in _TITLES and piece.marks == "." and (piece.bare not in _WORDS_TOO or piece.capital):
        piece.marks, piece.stopped = "", False
    elif piece.body == "%" and before is not None and before.body[-1:].isdigit():
        piece.body = "percent"
    elif piece.body == "&":
        piece.body = "and"
    elif is_sound(piece.body):
        short = re.sub(r"(.)\1{2,}", r"\1\1", piece.body.lower())
        piece.body = short[:1].upper() + short[1:] if piece.capital else short


# --- marks -------------------------------------------------------------------------------------------------


def _mend_marks(pieces: list[_Piece]) -> None:
    """Take out the stops behind which the sentence goes on."""
    start = 0
    for index, piece in enumerate(pieces[:-1]):
        if piece.marks and _goes_on(pieces, start, index):
            piece.marks = ""
        elif piece.ends:
            start = index + 1


def _goes_on(pieces: list[_Piece], start: int, index: int) -> bool:
    """Whether the mark behind that word is not the speaker's. start: the first word of its sentence."""
    piece, following = pieces[index], pieces[index + 1]
    paused = following.word.start_ms - piece.word.end_ms >= PAUSE_MS
    if piece.breaks_off:
        return True
    if not piece.ends:
        return paused and _unended(pieces, index)
    if piece.marks[-1] != "!" and following.body[:1].isalpha() and not following.capital:
        return True
    if piece.marks[-1] != ".":
        return False
    if _unended(pieces, index) or is_sound(piece.body) or (piece.pointed and following.bare not in _ORDINARY):
        return True
    if _begins_only(pieces[start : index + 1], paused):
        return True
    return _belongs_before(pieces[index + 1 :], paused)


def _unended(pieces: list[_Piece], index: int) -> bool:
    """Whether no sentence can end with that word. "to" may stand for a whole clause ("I did not want to"),
    and before a new subject it is a misheard "too"."""
    if pieces[index].bare != "to":
        return pieces[index].bare in _UNENDED
    clause = index > 0 and pieces[index - 1].bare in _ELLIPTIC
    return not clause and pieces[index + 1].bare not in ("i", "we", "they", "he", "she")


def _begins_only(sentence: Sequence[_Piece], paused: bool) -> bool:
    """Whether that is no sentence but the beginning of one: "So we.", "At the moment."."""
    last = sentence[-1].bare
    if (len(sentence) <= 2 and last in OPENERS) or (len(sentence) == 1 and last in LEANERS):
        return True
    return (
        paused
        and 1 < len(sentence) <= FRAGMENT_WORDS
        and sentence[0].bare in _PLACES
        and not _has_verb(sentence)
    )


def _belongs_before(following: Sequence[_Piece], paused: bool) -> bool:
    """Whether what comes next is no sentence of its own but goes on with the last one: "Of Leeds.", "Because
    it was late." (not "Because it was late, we stopped."), or a few words without a verb after a pause."""
    first = following[0].bare
    end = next(
        (at for at, piece in enumerate(following) if piece.marks[-1:] in tuple(".?!") and piece.marks), None
    )
    sentence = following if end is None else following[: end + 1]
    asks = end is not None and sentence[-1].marks[-1] == "?"
    if first in _DEPENDENT:
        whole = any("," in piece.marks for piece in sentence[:-1]) and first != "of"
        return not (asks or whole or [piece.bare for piece in sentence[:2]] == ["of", "course"])
    short = end is not None and 1 < len(sentence) <= FRAGMENT_WORDS
    return paused and short and not asks and first not in _ANSWERS and not _has_verb(sentence)


def _has_verb(sentence: Sequence[_Piece]) -> bool:
    """Whether something in it may be a verb, or the subject of one."""
    return any(
        piece.bare in _VERBAL or "'" in piece.bare.strip("'") or _PAST.fullmatch(piece.bare)
        for piece in sentence
    )


# --- capitals ----------------------------------------------------------------------------------------------


def _names(pieces: Sequence[_Piece]) -> set[str]:
    """Words that have a capital inside a sentence: names, as far as can be told."""
    found: set[str] = set()
    begins = True
    for piece in pieces:
        if not begins and piece.capital and piece.bare not in _ORDINARY:
            found.add(piece.bare)
        begins = piece.stopped and piece.bare not in _TITLES
    return found


def _mend_capitals(pieces: list[_Piece], names: set[str], begins: bool) -> None:
    """Begin each sentence with a capital, and take away those that only a wrong stop or a new piece of sound
    had brought."""
    stopped = True
    for piece in pieces:
        if begins:
            piece.body = piece.body if is_sound(piece.body) else _raised(piece.body)
        elif _lowered(piece, names, stopped):
            piece.body = piece.body[:1].lower() + piece.body[1:]
        stopped = piece.stopped and not (begins and is_sound(piece.body))
        begins = piece.ends


def _lowered(piece: _Piece, names: set[str], stopped: bool) -> bool:
    """Whether a capital inside a sentence goes. stopped: Whisper had ended a sentence before it."""
    if not piece.body[:1].isupper() or piece.short_for or piece.bare.split("'")[0] == "i":
        return False
    if piece.bare in _TITLES - _WORDS_TOO or (len(piece.body) == 1 and piece.bare != "a"):
        return False
    if piece.bare in _ORDINARY or is_sound(piece.body):
        return True
    return stopped and piece.bare not in names and piece.bare not in _CALENDAR


def _raised(body: str) -> str:
    """With a capital, unless it is written otherwise on purpose ("iPhone", "x86")."""
    on_purpose = any(letter.isupper() or letter.isdigit() for letter in body)
    return body if on_purpose else body[:1].upper() + body[1:]
