"""Which words of a hearing that was asked for fillers are believed. Pure.

Whisper leaves "um" and "uh" out unless a prompt shows that they are wanted, and then it hears the other words
a little worse, writes rows of fillers where it is at a loss, and words where there is only noise. So of that
hearing nothing but the sounds is taken, and no rows.
"""

import re
from collections.abc import Sequence

from voice_audio.ports import HeardWord

_SOUND = re.compile(r"(?:u+h+m*|u+m+|e+r+m*|e+h+m*|a+h+m+|h+m+|m{2,}|e+m{2,})")
MOST_IN_A_ROW = 2
"""More sounds in a row without a word between them are a loop of the decoder. The most in 13 clips of AMI."""


def is_filler_sound(text: str) -> bool:
    """Whether that word is no more than the sound of a hesitation."""
    return _SOUND.fullmatch(re.sub(r"\W", "", text.lower())) is not None


def believed(words: Sequence[HeardWord], least_probability: float) -> tuple[HeardWord, ...]:
    """The filler sounds among the words, without those of a loop and less probable ones."""
    found: list[HeardWord] = []
    row: list[HeardWord] = []
    for word in (*words, None):
        if word is not None and is_filler_sound(word.text):
            row.append(word)
            continue
        if len(row) <= MOST_IN_A_ROW:
            found += [each for each in row if each.probability >= least_probability]
        row = []
    return tuple(found)
