"""The written form of what was recognised. Pure."""

from voice_interviewer.core.transcript import Word


def normalised(words: tuple[Word, ...], before: tuple[Word, ...] = ()) -> tuple[Word, ...]:
    return words
