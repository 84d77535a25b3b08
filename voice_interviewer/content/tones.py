"""The tones an interviewer can have, and lines that only some of them say.

In lines.yaml and the house's lines, a line stands as it is when any tone may say it; one that only
some may say stands behind their names:

    - Let's move on.
    - warm neutral: Thank you for that.
"""

from typing import Any

TONES = ("warm", "neutral", "brisk")
"""warm gives room and thanks; neutral is in between; brisk leaves out what need not be said."""


def toned(value: Any, tone: str | None) -> Any:
    """The same data with every marked line as plain text, and without those of other tones.

    None keeps the lines of all tones. What is no mark stays as it is, for the file's own check to refuse.
    """
    if isinstance(value, dict):
        return {key: toned(each, tone) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    kept = []
    for each in value:
        tones = _marks(each)
        if not tones:
            kept.append(toned(each, tone))
        elif tone is None or tone in tones:
            kept.append(next(iter(each.values())))
    return kept


def _marks(entry: Any) -> tuple[str, ...]:
    """The tones a line is marked with; none for anything else."""
    if not isinstance(entry, dict) or len(entry) != 1:
        return ()
    names = str(next(iter(entry))).split()
    return tuple(names) if names and set(names) <= set(TONES) else ()
