"""What Whisper is worth on this machine's CPU and on its GPU: one table over the same recordings.

    python tests/benchmarks/whisper_devices.py FOLDER [--model tiny.en] [--most 12]

Runs `voice-interviewer bench speech FOLDER` on the CPU in int8 and on the GPU in float16 and int8. FOLDER
holds recordings and manifest.csv (audio/samples does); --model is a model's name or folder. Without a GPU its
rows say "not run here" and the command that fills them. A machine without a network needs the model
carried to it: tests/benchmarks/quantise_whisper.py makes a small one.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROWS = (("cpu", "int8"), ("cuda", "float16"), ("cuda", "int8"))
_PROGRAM = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)


def measure(folder: Path, model: str, most: int, device: str, compute_type: str) -> dict[str, Any]:
    """The JSON of one run. Raises SystemExit with its message where the run itself fails."""
    chosen = ("--engines", f"whisper:{model}", "--device", device, "--compute-type", compute_type)
    command = [sys.executable, "-c", _PROGRAM, "bench", "speech", str(folder), *chosen]
    done = subprocess.run([*command, "--most", str(most), "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr.strip().splitlines()[-1])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def row(found: dict[str, Any], cpu_rtf: float | None) -> str:
    for figures in found["engines"].values():
        waits = "  ".join(f"{wait:.2f} s after {length} s" for length, wait in figures["tail_s"].items())
        faster = "" if not cpu_rtf else f"  {cpu_rtf / figures['rtf']:.1f} x as fast as the CPU"
        return f"{figures['wer']:6.1%} words wrong  RTF {figures['rtf']:.4f}  waits {waits}{faster}"
    missing = next(iter(found["not_run"].values()))
    return f"not run here: {missing['reason']}\n  {missing['command']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--most", type=int, default=12)
    asked = parser.parse_args()
    cpu_rtf = None
    for device, compute_type in ROWS:
        found = measure(asked.folder, asked.model, asked.most, device, compute_type)
        print(f"{device:4} {compute_type:8} {row(found, cpu_rtf if device == 'cuda' else None)}", flush=True)
        for figures in found["engines"].values():
            cpu_rtf = cpu_rtf or figures["rtf"]


if __name__ == "__main__":
    main()
