"""Answers written as text, made into words with times."""

from voice_interviewer.core.model.transcript import Transcript, Word


def heard(text: str, probability: float = 0.9) -> Transcript:
    """Words of 250 ms; " / " is a pause of half a second."""
    words, at_ms = [], 0
    for token in text.split():
        if token == "/":
            at_ms += 500
            continue
        words.append(Word(token, at_ms, at_ms + 250, probability))
        at_ms += 300
    return Transcript(tuple(words))
