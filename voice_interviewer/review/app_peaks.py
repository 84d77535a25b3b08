"""The outline of a recording, for the waveform on the page; the file's page and the app's show the same."""

from pathlib import Path
from typing import Any

from voice_interviewer.errors import RecordProblem

PEAKS_PER_S = 20
"""A word of 300 ms is six columns wide; an hour makes 72,000 of them a side."""


def peaks(path: Path, per_s: int = PEAKS_PER_S) -> dict[str, Any]:
    """The outline of a recording: per side one number from 0 to 100 for each 1/per_s s, the largest sample in
    it, of full scale. A recording of one side has no other. Raises RecordProblem."""
    import numpy as np
    import soundfile

    sides: list[list[int]] = []
    frames, rate_hz = 0, 1
    try:
        with soundfile.SoundFile(path) as source:
            rate_hz = source.samplerate
            step = rate_hz // per_s
            for block in source.blocks(step * per_s * 10, dtype="int16", always_2d=True):
                frames += len(block)
                sides = sides or [[] for _ in range(block.shape[1])]
                whole = np.pad(block, ((0, -len(block) % step), (0, 0)))
                loudest = np.abs(whole.astype(np.int32)).reshape(-1, step, block.shape[1]).max(axis=1)
                for side, values in zip(sides, (loudest * 100 // 32768).T, strict=True):
                    side += values.tolist()
    except soundfile.LibsndfileError as error:
        raise RecordProblem("damaged", f"{path}: cannot be read as sound ({error.error_string})") from error
    names = ("interviewer", "candidate") if len(sides) > 1 else ("candidate",)
    shown = dict(zip(names, sides, strict=False))
    return {"duration_ms": frames * 1000 // rate_hz, "per_s": per_s, **shown}
