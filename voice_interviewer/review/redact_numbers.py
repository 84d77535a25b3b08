"""Which words of a text are numbers: digits of any script, and numbers written out in English."""

import re
import unicodedata


def _listed(words: str) -> list[str]:
    return words.split()


_ONES = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS = _listed("twenty thirty forty fourty fifty sixty seventy eighty ninety")
_SCALES = _listed("dozen hundred thousand million billion trillion lakh crore")
_ORDINALS = _listed(
    "zeroth third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth"
    " seventieth eightieth ninetieth hundredth thousandth millionth billionth"
)
_PARTS = _listed(
    "half halves halved halving twice thrice double doubles doubled doubling triple triples tripled tripling"
    " treble trebled quadruple quadrupled nil nought naught"
)
_PLURALS = _listed("ones twos threes fours fives sixes sevens eights nines tens elevens twelves teens")
_WORDS = frozenset(
    [*_ONES, *_TENS, *_SCALES, *_ORDINALS, *_PARTS, *_PLURALS]
    + [word + "s" for word in (*_SCALES, *_ORDINALS)]
    + [word[:-1] + "ies" for word in _TENS]
)
_CARDINAL = "|".join(sorted((*_ONES, *_TENS, *_SCALES), key=len, reverse=True))
_JOINED = re.compile(rf"(?:{_CARDINAL}){{2,}}(?:s|th)?|(?:{_CARDINAL})+(?:fold|ish|odd|some|plus|something)")
_AFTER_NUMBER = frozenset(_listed("k m bn mn mil grand first second quarter quarters point"))
"""Part of a number where one stands before them, and ordinary words elsewhere."""
_BETWEEN = frozenset({"and", "point", "oh", "o"})
SHORT = frozenset({"zero", "oh", "o", "double", *_ONES[1:10]})
"""What a telephone number is dictated in."""


def plain(text: str) -> str:
    """Small letters, without accents, compatibility forms and characters nobody sees; for comparing only."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(
        c for c in apart if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
    ).lower()


def is_number(word: str) -> bool:
    """Whether a word, in the form of `plain`, tells a number by itself."""
    if any(c.isnumeric() for c in word):
        return True
    return word in _WORDS or _JOINED.fullmatch(word) is not None


def goes_on(word: str) -> bool:
    """Whether that word belongs to the number right before it."""
    return word in _AFTER_NUMBER


def joins(word: str) -> bool:
    """Whether that word belongs to a number when one stands on either side of it."""
    return word in _BETWEEN
