"""Sounds that a recogniser writes as words: "um", "mm", "uh-huh". They name nothing and mean nothing."""

import re

from voice_interviewer.core.understanding.lexicon import fold

_HESITATION = r"u+h+m*|u+m+|e+r+m*|e+h+m*|a+h+m+|h+m+|m{2,}|e+m{2,}|a+h+"
_ANSWER = r"m+ ?h+m+|u+h+ ?h+u+h+|u+h+ ?u+h+|u+m+ ?h+u+m+|h+m+ ?m+|a+h+ ?h+a+h*|h+u+h+"
_HESITATES = re.compile(_HESITATION)
_SOUND = re.compile(rf"(?:{_HESITATION}|{_ANSWER})(?: (?:{_HESITATION}|{_ANSWER}))*")
_SHORT_FOR = re.compile(r"[A-Z]{2}s?")


def is_sound(word: str) -> bool:
    """Whether that word, with the marks around it, is no more than a sound: a hesitation ("um") or one that
    answers ("mhm"). Two capitals are short for something ("the ER"); "MMMM" is not."""
    return _matches(_SOUND, word)


def is_hesitation(word: str) -> bool:
    """Whether that word is the sound of somebody who looks for words, never one that answers."""
    return _matches(_HESITATES, word)


def _matches(pattern: re.Pattern[str], word: str) -> bool:
    if _SHORT_FOR.fullmatch(re.sub(r"\W", "", word)):
        return False
    return pattern.fullmatch(" ".join(fold(word).replace("'", " ").split())) is not None
