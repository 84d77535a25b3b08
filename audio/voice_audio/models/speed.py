"""How fast a recogniser runs on this machine, measured and kept in the models folder.

What is measured is what an interview asks of it: the answer so far is heard again at pauses, and once as a
whole at its end. The figure is the recogniser's work per second of speech; at 1 it would never be done.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples, Transcriber

FILE = "speed.json"
PAUSE_S = 2
"""An answer is heard again about every two seconds, at its pauses."""


@dataclass(frozen=True)
class Speed:
    """rtf: seconds of work per second of speech, measured idle. machine: where; measured: ISO 8601, when.
    busy: something else kept the processors busy meanwhile, so it may really be faster. interview_rtf: what
    an interview since then found instead, when that is far from it."""

    rtf: float
    machine: str
    measured: str
    busy: bool = False
    interview_rtf: float | None = None

    @property
    def safe_rtf(self) -> float:
        """The slower of what was measured and what an interview found."""
        return max(self.rtf, self.interview_rtf or 0.0)


def this_machine() -> str:
    """Tells this machine from another one that the same folder may be copied to or shared with."""
    return f"{platform.node()} {platform.machine()} {os.cpu_count()} cores"


def real_time_factor(
    transcriber: Transcriber, samples: Samples, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds of work per second of speech for one answer heard again at every pause and once at its end.

    samples: the answer, shape (n,), 16 kHz, at most what is heard at once. Ends early, with a figure above 1,
    when the machine has fallen behind. Raises ModelProblem as `transcribe` does.
    """
    quickly: Callable[[Samples], tuple[HeardWord, ...]] = getattr(
        transcriber, "transcribe_quickly", transcriber.transcribe
    )
    transcriber.transcribe(samples[: 2 * SAMPLE_RATE_HZ])  # what is loaded at the first use is no work
    begun, step = clock(), PAUSE_S * SAMPLE_RATE_HZ
    for end in range(step, len(samples), step):
        quickly(samples[:end])
        if clock() - begun > len(samples) / SAMPLE_RATE_HZ:
            return (clock() - begun) / (end / SAMPLE_RATE_HZ)
    transcriber.transcribe(samples)
    return (clock() - begun) / (len(samples) / SAMPLE_RATE_HZ)


class OthersWork:
    """How many processors other programs used since it was made, where the system tells (Linux)."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._used = self._others()

    def processors(self) -> float:
        """0 where it is not told."""
        if self._used is None:
            return 0.0
        used_s = max((self._others() or 0.0) - self._used, 0.0)  # the system counts in hundredths
        return used_s / max(time.perf_counter() - self._begun, 0.001)

    def _others(self) -> float | None:
        """CPU seconds of everything but this process, since the machine was started."""
        try:
            with open("/proc/stat", encoding="ascii") as file:
                user, nice, system = (int(number) for number in file.readline().split()[1:4])
        except (OSError, ValueError):
            return None
        return (user + nice + system) / os.sysconf("SC_CLK_TCK") - time.process_time()


# --- kept in the models folder ----------------------------------------------------------------------------


def speeds(folder: Path) -> dict[str, Speed]:
    """What was measured on this machine, by the model's name. A file that cannot be read holds nothing."""
    try:
        rows = json.loads((folder / FILE).read_text(encoding="utf-8"))
        found = {str(name): Speed(**row) for name, row in rows.items()}
        return {
            name: speed
            for name, speed in found.items()
            if speed.machine == this_machine() and float(speed.safe_rtf) > 0
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def keep_speed(folder: Path, name: str, speed: Speed) -> None:
    """Remember a measurement. A folder that cannot be written to leaves it to be measured again."""
    rows = {each: asdict(known) for each, known in {**speeds(folder), name: speed}.items()}
    part = folder / f".{FILE}.part"
    try:
        part.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        os.replace(part, folder / FILE)
    except OSError:
        return


def disagrees(speed: Speed, rtf: float, factor: float) -> bool:
    """Whether an interview's figure is so far from the measured one that it is to be measured again."""
    return rtf > speed.rtf * factor or rtf * factor < speed.rtf
