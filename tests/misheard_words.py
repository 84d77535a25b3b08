"""Words as a recogniser mishears them: others that sound alike, some lost, some that nobody said.

What sounds alike is what eSpeak NG pronounces alike, among the words of the question banks' exemplars.
"""

import random
import re
from collections import defaultdict
from functools import cache
from itertools import chain

from voice_audio.voices.phonemes import EspeakPhonemes
from voice_interviewer.content.resources import list_banks

_SOUND = re.compile(r"\S(?:\^\S)*ː?")


def plain(text: str) -> str:
    """As a small recogniser writes it: lower case, no punctuation."""
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower().replace("-", " ").replace("’", "'")).split())


def misheard(text: str, share: float, chance: random.Random) -> str:
    """share of the words wrong: six in ten replaced by a word that sounds alike, a quarter lost, beside
    the rest an extra word. Punctuation stays where it was."""
    words = text.split()
    wrong = set(chance.sample(range(len(words)), round(share * len(words))))
    heard: list[str] = []
    for at, word in enumerate(words):
        draw = chance.random() if at in wrong else 1.0
        if at not in wrong:
            heard.append(word)
        elif draw < 0.6:
            heard.append(_sounding_like(word, chance))
        elif draw > 0.85:
            heard += [word, chance.choice(_EXTRA)]
    return " ".join(filter(None, heard))


_EXTRA = ("the", "a", "and", "it", "in", "is", "to", "of", "he", "that")


def _sounding_like(word: str, chance: random.Random) -> str:
    core = re.sub(r"[^\w']", "", word)
    near = sounds_like(core.lower()) or begins_like(core.lower())
    if not near:
        return ""
    other = chance.choice(near)
    return word.replace(core, other.capitalize() if core[:1].isupper() else other)


@cache
def sounds_like(word: str) -> tuple[str, ...]:
    """Words of the banks that are pronounced the same but for one sound at most; for a word that is in no
    bank, none."""
    sounds, around = _pronounced(), _neighbourhood()
    if word not in sounds:
        return ()
    near = {other for key in _keys(sounds[word]) for other in around.get(key, ())}
    return tuple(sorted(other for other in near if other != word))


def begins_like(word: str) -> tuple[str, ...]:
    """Words with the same first three letters, for what no other word sounds like."""
    return tuple(sorted(o for o in _pronounced() if o[:3] == word[:3] and o != word)) if word[2:] else ()


@cache
def _neighbourhood() -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word, sounds in _pronounced().items():
        for key in _keys(sounds):
            found[key].append(word)
    return found


def _keys(sounds: tuple[str, ...]) -> set[tuple[str, ...]]:
    """With one sound left open at each place: two words that share a key differ in one sound at most."""
    opened = {(*sounds[:at], "*", *sounds[at + 1 :]) for at in range(len(sounds))}
    longer = {(*sounds[:at], "*", *sounds[at:]) for at in range(len(sounds) + 1)}
    return opened | longer


@cache
def _pronounced() -> dict[str, tuple[str, ...]]:
    """Each word's sounds; stress left away, both parts of a diphthong one sound."""
    espeak = EspeakPhonemes("en-us")
    try:
        said = {word: espeak.of(word) for word in sorted(_vocabulary())}
    finally:
        espeak.close()
    return {word: tuple(_SOUND.findall(re.sub("[ˈˌ]", "", ipa))) for word, ipa in said.items()}


def _vocabulary() -> set[str]:
    """Words somebody says: those of the banks' exemplars, which belong to no set of answers."""
    points = chain.from_iterable(q.points for entry in list_banks() for q in entry.bank.questions)
    spoken = " ".join(exemplar for point in points for exemplar in point.exemplars)
    return set(plain(spoken).split())
