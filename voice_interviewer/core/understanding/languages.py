"""Which language was heard."""

SURE = 0.7
"""A probability from here on is believed. Of 3 s of ten English recordings Whisper base took none for another
language (.64 to .998); 5 s of a German one it gave .73, all of it .98."""


def another(language: str, probability: float) -> bool:
    """Whether that is surely another language than English."""
    return language not in ("", "en") and probability >= SURE
