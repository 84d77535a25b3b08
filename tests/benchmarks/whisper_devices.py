"""What Whisper costs on this machine's CPU and, where there is one, its GPU: one table, one run.

    python tests/benchmarks/whisper_devices.py [--model DIR] [--sizes tiny,base] [--runs 3] [--beam-cpu 1]

Without --model (or VOICE_INTERVIEWER_MODEL) it builds models of the published sizes that say a fixed text:
their words mean nothing, their cost does not depend on that. Real-time factor (RTF) = seconds of work per
second of sound; load includes the warm-up and, for the first model, importing faster-whisper.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from whisper_models import BASE_EN, TINY_EN, Script, Size, speech_like, write_whisper

from voice_audio.transcribers import ladder
from voice_audio.transcribers.guards import WhisperSettings
from voice_audio.transcribers.whisper import WhisperTranscriber, load_whisper

# About what is said in ten seconds: 30 words.
TEXT = (
    "In my last role I led the audit of a credit model. I wrote the test plan, "
    "found two groups it treated worse, and we fixed the data before release in March."
)
SIZES = {"tiny": TINY_EN, "base": BASE_EN}
SOUNDS_S = (1, 10, 30, 60)


@dataclass(frozen=True)
class Cost:
    """What one loaded model takes: to load with its warm-up, and for each length of sound, in seconds."""

    name: str
    load_s: float
    work_s: dict[int, float]


def measure(folder: Path, device: str, runs: int, beam_cpu: int) -> tuple[WhisperTranscriber, Cost]:
    began = time.perf_counter()
    settings = replace(WhisperSettings(), beam_cpu=beam_cpu)
    transcriber = load_whisper(
        folder, device, notice=lambda line: print(f"  note: {line}"), settings=settings
    )
    load_s = time.perf_counter() - began
    work_s: dict[int, float] = {}
    for sound_s in SOUNDS_S:
        sound = speech_like(sound_s)
        taken = []
        for _ in range(runs):
            began = time.perf_counter()
            transcriber.transcribe(sound)
            taken.append(time.perf_counter() - began)
        work_s[sound_s] = statistics.median(taken)
    return transcriber, Cost(transcriber.name, load_s, work_s)


def report(cost: Cost) -> None:
    tails = "  ".join(f"{sound_s} s: {took:.3f} s" for sound_s, took in cost.work_s.items())
    print(f"  {cost.name}: load {cost.load_s:.2f} s | {tails} | RTF of 10 s: {cost.work_s[10] / 10:.4f}")


def models(given: str | None, sizes: list[str], home: Path) -> Iterator[Path]:
    if given:
        yield Path(given)
        return
    for name in sizes:
        size: Size = SIZES[name]
        yield write_whisper(home / f"{name}.en-sized", Script(TEXT), size, quantization="float16")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=os.environ.get("VOICE_INTERVIEWER_MODEL"))
    parser.add_argument("--sizes", default="tiny,base", help="of the built models: tiny, base")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--beam-cpu", type=int, default=WhisperSettings().beam_cpu)
    options = parser.parse_args()
    machine = ladder.look()
    with tempfile.TemporaryDirectory() as home:
        for folder in models(options.model, options.sizes.split(","), Path(home)):
            print(folder.name)
            _, cpu = measure(folder, "cpu", options.runs, options.beam_cpu)
            report(cpu)
            if machine.cuda_devices < 1:
                continue
            transcriber, gpu = measure(folder, "cuda", options.runs, options.beam_cpu)
            report(gpu)
            if transcriber.device == "cuda":
                ratios = "  ".join(f"{s} s: {cpu.work_s[s] / gpu.work_s[s]:.1f}x" for s in SOUNDS_S)
                print(f"  the GPU is faster by | {ratios}")
    if machine.cuda_devices < 1:
        print(f"GPU: not run here ({machine.cuda_trouble}). On a machine with an NVIDIA GPU:")
        print("  pip install nvidia-cublas-cu12 && python tests/benchmarks/whisper_devices.py")


if __name__ == "__main__":
    main()
