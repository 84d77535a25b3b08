"""The outline of a recording in the form the page reads; the file's page and the app's show the same."""

from pathlib import Path
from typing import Any

from voice_interviewer.review.sound import peaks as outline


def peaks(path: Path) -> dict[str, Any]:
    """Per side one number from 0 to 127 for each 1/per_s s, the largest sample in it, of full scale. A
    recording of one side has only the candidate's. Raises RecordProblem."""
    found = outline(path)
    sides = {"candidate": found.right.tolist()}
    if _sides(path) > 1:
        sides = {"interviewer": found.left.tolist(), **sides}
    return {"duration_ms": found.duration_ms, "per_s": found.per_second, **sides}


def _sides(path: Path) -> int:
    import soundfile

    return int(soundfile.info(path).channels)
