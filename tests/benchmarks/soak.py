"""An hour's interview: does memory grow, does a queue, is any sound lost?

    python tests/benchmarks/soak.py [--minutes 60] [--busy-minutes 3] [--json]

The hour is one interview on files, as fast as it goes, with everything real but the person, who answers the
same few questions again and again. The minutes are `bench latency` at true speed while every core of this
machine has something else to do. Ends with 1 when a limit is not kept.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from interview_room import Room, make_plan

from voice_audio.transcribers.whisper import load_whisper
from voice_interviewer.bench import latency as latencybench
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.core.model.plan import Plan
from voice_interviewer.core.turns import events as e
from voice_interviewer.live.session import Session
from voice_interviewer.live.virtual_candidate import VirtualCandidate
from voice_interviewer.settings.places import models_dir
from voice_interviewer.store.recorder import Recorder

SETTLED_MINUTES = 5
MOST_GROWTH_MB = 20.0
MOST_WAITING = 32
MODEL_DELAY_S = 0.6


def long_plan(minutes: int) -> Plan:
    """As many stations as an interview of so many minutes may need: three questions over and over."""
    plan = make_plan(3)
    begin = next(at for at, item in enumerate(plan.items) if item.kind == "core")
    core = [item for item in plan.items if item.kind == "core"]
    more = [
        replace(item, question=replace(item.question, id=f"{item.question.id}-{round_}"))
        for round_ in range(minutes)
        for item in core
        if item.question is not None
    ]
    items = (*plan.items[:begin], *core, *more, *plan.items[begin + len(core) :])
    return replace(plan, items=items, minutes=minutes)


class Scales:
    """Weighs this process once a minute of the session."""

    def __init__(self) -> None:
        self.memory_mb: list[float] = []

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        while event.at_ms >= 60_000 * (len(self.memory_mb) + 1):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self.memory_mb.append(round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1))


def hour(minutes: int) -> dict[str, Any]:
    """The interview on files; memory after every minute of it."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        room, scales = Room(Path(folder), load_whisper(models_dir() / "whisper-tiny.en", "cpu")), Scales()
        about = {"doubt_threshold": 0.5, "transcriber": room.transcriber.name, "title": "Soak"}
        started = datetime.now().astimezone()
        recorder = Recorder.create(room.root / "sessions", "ai-ethics-specialist", "junior", started, about)
        candidate = VirtualCandidate("we-speaker", Path(str(samples_dir())))
        session: Session
        parts = room.parts(candidate, recorder, lambda: session.now_ms)
        session = Session(parts, (candidate, scales), live=False)
        state = session.run(long_plan(minutes), e.Settings())
        recorder.close()
    settled = scales.memory_mb[min(SETTLED_MINUTES, len(scales.memory_mb)) - 1]
    return {
        "session_minutes": round(state.at_ms / 60_000, 1),
        "took_minutes": round((time.monotonic() - begun) / 60, 1),
        "ended": state.floor.end_reason,
        "turns": len(state.agenda.exchanges),
        "memory_mb": scales.memory_mb,
        "growth_mb": round(max(scales.memory_mb[SETTLED_MINUTES - 1 :], default=settled) - settled, 1),
        **session.load,
    }


@contextmanager
def busy_cores() -> Iterator[None]:
    others = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def busy(minutes: float) -> dict[str, Any]:
    """`bench latency` on a machine that has no time."""
    with busy_cores():
        samples = Path(str(samples_dir()))
        found = latencybench.measure(samples, minutes, MODEL_DELAY_S, "tiny.en", lambda line: None)
    return latencybench.report(found)


def missed(report: dict[str, Any]) -> list[str]:
    """The limits that were not kept."""
    found = []
    for name in report:
        part = report[name]
        if part["dropped_frames"]:
            found.append(f"{name}: {part['dropped_frames']} frames dropped")
        longest = max(part["most_waiting"].values())
        if longest > MOST_WAITING:
            found.append(f"{name}: a queue of {longest}")
        if part.get("growth_mb", 0.0) > MOST_GROWTH_MB:
            found.append(f"{name}: {part['growth_mb']} MB more than after {SETTLED_MINUTES} minutes")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--busy-minutes", type=float, default=3.0, help="0 leaves them out")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    report: dict[str, Any] = {}
    if wanted.minutes:
        report["hour"] = hour(wanted.minutes)
    if wanted.busy_minutes:
        report["busy"] = busy(wanted.busy_minutes)
    if wanted.json:
        print(json.dumps(report, indent=2))
    else:
        for name, part in report.items():
            print(name)
            for what, value in part.items():
                print(f"  {what}: {value}")
    wrong = missed(report)
    print("; ".join(wrong) or "every limit was kept", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
