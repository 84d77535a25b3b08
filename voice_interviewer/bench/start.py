"""What the program costs on this machine: the measurements behind `bench`.

Costs that grow with the interview are given as a ratio, seconds of work per second of sound (0.01 = one
hundredth of one core), because a ratio can be compared between runs and machines; what a person waits for is
given in seconds. The start and the memory are measured on the real command in a child process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

import numpy as np

from voice_audio.files import SilentMicrophone, WavSpeaker
from voice_audio.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    Microphone,
    Samples,
    SpeechDetector,
    Transcriber,
)
from voice_interviewer.core.turns.events import Listen
from voice_interviewer.errors import CheckFailed
from voice_interviewer.live.audio_side import Ears, Parts

RUNS = 5
CHILD_TIMEOUT_S = 120.0
_COMMAND = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)
INTERVIEWER, CANDIDATE = "Interviewer", "Candidate"
"""How a line of the plain screen says who speaks."""


@dataclass(frozen=True)
class Figure:
    """One measured number. id: stable, for machines; unit: "s", "MB" or "ratio"."""

    id: str
    what: str
    value: float
    unit: str


# --- the real command in a child --------------------------------------------------------------------------


def startup(runs: int = RUNS) -> tuple[Figure, ...]:
    """`--help` beside an interpreter that does nothing; the median of some runs each, taken in turn."""
    bare, helped = [], []
    for _ in range(runs):
        bare.append(_seconds(lambda: _python("-c", "pass")))
        helped.append(_seconds(lambda: _python("-c", _COMMAND, "--help")))
    bare_s, help_s = statistics.median(bare), statistics.median(helped)
    return (
        Figure("python_s", "an interpreter that does nothing", bare_s, "s"),
        Figure("help_s", "voice-interviewer --help", help_s, "s"),
        Figure("help_ratio", "--help over the interpreter alone", help_s / bare_s, "ratio"),
    )


def first_words() -> tuple[Figure, ...]:
    """From the start of the process to the interviewer's first spoken word, its rendering included, with an
    empty folder of rendered lines; and what the process holds in memory then."""
    live = ("practice", "--no-audio", "--plain", "--yes", "--offline")
    spoken_s, idle_mb, _ = _until(live, (INTERVIEWER,))
    demo_s, _, heard_mb = _until(("demo",), (INTERVIEWER, CANDIDATE))
    figures = [
        Figure("first_word_live_s", "practice --no-audio: start to the first spoken word", spoken_s, "s"),
        Figure("first_word_files_s", "demo: start to the first spoken word", demo_s, "s"),
    ]
    if idle_mb and heard_mb:
        figures += [
            Figure("memory_idle_mb", "memory of practice --no-audio at its first word", idle_mb, "MB"),
            Figure("memory_heard_mb", "memory of demo after the first recognised answer", heard_mb, "MB"),
        ]
    return tuple(figures)


def _until(arguments: Sequence[str], speakers: Sequence[str]) -> tuple[float, float, float]:
    """Runs the command until each of these has spoken. Returns seconds to the first of them, and the memory
    then and at the last of them in MB, 0 where it cannot be read. Raises CheckFailed("bench")."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as home:
        begun = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *arguments],
            env={**os.environ, "VOICE_INTERVIEWER_HOME": home},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            output = cast("IO[str]", child.stdout)
            first_s, memory = 0.0, []
            for speaker in speakers:
                if not any(speaker in line for line in output):
                    hint = "Try the command by itself."
                    raise CheckFailed("bench", f"{' '.join(arguments)} ended before {speaker} spoke", hint)
                first_s = first_s or time.perf_counter() - begun
                memory.append(_memory_mb(child.pid))
            return first_s, memory[0], memory[-1]
        finally:
            child.kill()
            child.communicate(timeout=CHILD_TIMEOUT_S)


def _memory_mb(pid: int) -> float:
    """What the process holds in memory (resident), 0 without the package psutil."""
    try:
        import psutil
    except ImportError:
        return 0.0
    return float(psutil.Process(pid).memory_info().rss) / 1e6


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- work per second of sound -----------------------------------------------------------------------------


class NoRecorder:
    """In the recorder's place: writing is the disk's cost, not the ears'."""

    def frame(self, left: Samples, right: Samples) -> None:
        """Keeps nothing."""


def ears(detector: SpeechDetector, sound: Samples) -> Figure:
    """Processor time of everything that happens once per frame while an answer is heard, per second of
    sound. sound: int16, 16 kHz."""
    clock = [0]
    unused = cast("Any", None)
    parts = Parts(
        microphone=cast("Microphone", SilentMicrophone(realtime=False)),
        speaker=WavSpeaker(lambda: clock[0]),
        detector=detector,
        transcriber=unused,
        voice=unused,
        engine=unused,
        recorder=cast("Any", NoRecorder()),
    )
    heard = Ears(parts, lambda item: None, 0)
    heard.order(Listen(turn=1, from_ms=0))
    begun = time.process_time()
    for frame in _frames(sound):
        heard.hear(frame)
    ratio = (time.process_time() - begun) / (heard.now_ms / 1000)
    return Figure("ears_ratio", f"the audio thread with {detector.name}", ratio, "ratio")


def detector_cost(detector: SpeechDetector, sound: Samples) -> Figure:
    """Processor time of one detector per second of sound."""
    size = detector.block_samples
    blocks = [sound[at : at + size] for at in range(0, len(sound) - size + 1, size)]
    begun = time.process_time()
    for block in blocks:
        detector.probability(block)
    ratio = (time.process_time() - begun) / (len(blocks) * size / SAMPLE_RATE_HZ)
    return Figure(f"{detector.name}_ratio", f"the speech detector {detector.name}", ratio, "ratio")


def recogniser_cost(transcriber: Transcriber, sounds: Sequence[Samples]) -> Figure:
    """Real-time factor: seconds until the words are there per second of sound, loading left out."""
    transcriber.transcribe(sounds[0][: SAMPLE_RATE_HZ * 2])
    work_s = sum(_seconds(lambda sound=sound: transcriber.transcribe(sound)) for sound in sounds)  # type: ignore[misc]
    ratio = work_s / (sum(map(len, sounds)) / SAMPLE_RATE_HZ)
    return Figure("recogniser_ratio", f"the recogniser {transcriber.name}", ratio, "ratio")


def _frames(sound: Samples) -> Iterable[Samples]:
    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    return np.split(sound[:whole], whole // FRAME_SAMPLES)
