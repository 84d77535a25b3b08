"""How our own voice in the microphone fares over minutes, on a virtual sound card: one table, one run.

    python tests/benchmarks/echo_minutes.py [--minutes 3] [--gains -10,-20,-30] [--interrupt]

For each duplex mode and loudness of the echo: what was taken for the candidate although nobody spoke (both
columns should be 0), or with --interrupt how many of the voices over every other line were noticed, when,
and how soon the loudspeaker's sink was silent after SpeechResumed was posted. --minutes are per row.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from echo_scenes import write_clip
from sound_server import missing_parts, virtual_sound_server

TESTS = Path(__file__).parents[1]
OVER_MS = {"half": 150, "canceller": 1500}
"""Half duplex hears a voice only in the first moment of a line."""


def row(duplex: str, gain_db: float, minutes: float, clip: Path | None) -> dict[str, Any]:
    options = ["--duplex", duplex, "--seconds", str(minutes * 60)]
    if clip is not None:
        options += ["--interrupt", str(clip), "--over-ms", str(OVER_MS[duplex])]
    with virtual_sound_server() as server:
        server.echo_into_microphone(gain_db)
        server.start_room_noise()
        command = [sys.executable, str(TESTS / "echo_room.py"), *options]
        out = subprocess.run(command, env=server.env, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(out)
    return found


def report(duplex: str, gain_db: float, found: dict[str, Any]) -> None:
    spoken = f"{found['lines']} lines, {found['spoken_s'] / 60:.1f} min of our voice"
    print(f"{duplex:<10} echo {gain_db:+.0f} dB ({found['echo_dbfs']:.0f} dBFS): {spoken}", end="; ")
    print(
        f"resumed by mistake {found['false_resumed']}, segments by mistake {found['false_segments']}", end=""
    )
    noticed, silent = sorted(found["noticed_ms"]), sorted(found["silent_ms"])
    if noticed or found["missed"]:
        print(f"; {len(noticed)} voices noticed, {found['missed']} missed", end="")
    if noticed:
        late = silent[min(len(silent) - 1, round(0.95 * len(silent)))]
        print(f", after {statistics.median(noticed):.0f} ms (median), {noticed[-1]} (longest)", end="")
        print(f"; silent after {statistics.median(silent):.0f} ms (median), {late} (95 %)", end="")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--gains", default="-20")
    parser.add_argument("--modes", default="half,canceller")
    parser.add_argument("--interrupt", action="store_true")
    chosen = parser.parse_args()
    if missing := missing_parts():
        sys.exit(f"A virtual sound card {missing}.")
    with tempfile.TemporaryDirectory() as folder:
        clip = write_clip(Path(folder) / "clip.wav", 4.0) if chosen.interrupt else None
        for duplex in chosen.modes.split(","):
            for gain_db in map(float, chosen.gains.split(",")):
                report(duplex, gain_db, row(duplex, gain_db, chosen.minutes, clip))


if __name__ == "__main__":
    main()
