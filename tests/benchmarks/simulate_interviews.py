"""Simulated interviews with every kind of candidate: a table of how they went, and every rule they broke.

    python tests/benchmarks/simulate_interviews.py [--cases 500] [--semantic ENCODER_FOLDER]

All work is done as in an interview, only without sound and without waiting. Each interview is held twice, in
two processes whose hashes differ, and has to be the same to the byte; one with instructions to the
interviewer in it is held once more without them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from known_moves import PROBES
from text_candidates import PERSONAS
from text_interviews import Case, Held, cases, hold
from text_verdicts import changed_by_injection, complaints

from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine

PROCESSES = 2
ROOT = Path(__file__).parents[2]


def report(case: Case, engine: RulesEngine) -> dict[str, Any]:
    """What the table and the suite want to know of one interview."""
    held = hold(case, engine)
    broken = complaints(held)
    if held.injected:
        changes = list(changed_by_injection(held, hold(case, engine, deaf_to_injections=True)))
        broken |= {"changed_by_injection": changes} if changes else {}
    return {
        "number": case.number,
        "case": str(case),
        "persona": case.persona,
        "digest": held.digest(),
        "broken": broken,
        "minutes": held.minutes,
        "share": held.minutes / case.minutes,
        "injected": held.injected,
        **_counts(held),
    }


def _counts(held: Held) -> dict[str, Any]:
    core = {item.question.id for item in held.plan.items if item.kind == "core" and item.question}
    return {
        "questions": len({line.question_id for line in held.lines} & core),
        "probes": sum(line.move in PROBES for line in held.lines),
        "moves": Counter(reply.chosen.move for _, reply in held.replies),
    }


def hold_part(part: int, parts: int, count: int, semantic: str, again: int) -> list[dict[str, Any]]:
    """Every `parts`th case from `part` on; then, to be compared, the digests of every `again`th of the
    others."""
    engine, chosen = RulesEngine.from_content(load_reader(semantic)), cases(count)
    mine = [report(case, engine) for case in chosen[part::parts]]
    others = [case for case in chosen if case.number % parts != part and case.number // parts % again == 0]
    return mine + [{"number": case.number, "again": hold(case, engine).digest()} for case in others]


@dataclass
class Results:
    """Reports by the number of the case, and the digest of each second run."""

    first: dict[int, dict[str, Any]]
    second: dict[int, str]


def hold_all(count: int, semantic: str, again: int, folder: Path) -> Results:
    """All of them in PROCESSES processes. folder: for what is passed between them, and their home."""
    running = []
    for part in range(PROCESSES):
        command = [
            sys.executable,
            __file__,
            "--part",
            f"{part}/{PROCESSES}",
            "--json",
            f"{folder}/{part}.json",
        ]
        command += ["--cases", str(count), "--semantic", semantic, "--again", str(again)]
        differing = {"PYTHONHASHSEED": str(part + 1), "VOICE_INTERVIEWER_HOME": str(folder / "home")}
        running.append(subprocess.Popen(command, env={**os.environ, **differing}, cwd=ROOT))
    for each in running:
        if each.wait():
            raise SystemExit(f"a part of the interviews failed with exit code {each.returncode}")
    entries = [
        entry for part in range(PROCESSES) for entry in json.loads((folder / f"{part}.json").read_text())
    ]
    return Results(
        {entry["number"]: entry for entry in entries if "digest" in entry},
        {entry["number"]: entry["again"] for entry in entries if "again" in entry},
    )


def table(results: Results) -> str:
    """One row per persona: how many, follow-ups per question, length, and which moves were made."""
    rows = [
        f"{'persona':14} {'held':>4} {'probes/q':>8} {'questions':>9} {'minutes':>8} {'of chosen':>12}  moves"
    ]
    for persona in PERSONAS:
        own = [entry for entry in results.first.values() if entry["persona"] == persona]
        if not own:
            continue
        asked, shares = sum(entry["questions"] for entry in own), [entry["share"] for entry in own]
        moves = sum((Counter(entry["moves"]) for entry in own), Counter())
        listed = ", ".join(f"{move} {number}" for move, number in moves.most_common())
        rows.append(
            f"{persona:14} {len(own):4} {sum(entry['probes'] for entry in own) / max(asked, 1):8.2f}"
            f" {asked / len(own):9.1f} {sum(entry['minutes'] for entry in own) / len(own):8.1f}"
            f" {min(shares):5.2f}..{max(shares):.2f}  {listed}"
        )
    return "\n".join(rows)


def broken(results: Results) -> dict[str, list[str]]:
    """Rule -> what broke it, with the case it happened in."""
    found: dict[str, list[str]] = {}
    for entry in results.first.values():
        for rule, said in entry["broken"].items():
            found.setdefault(rule, []).extend(f"{entry['case']}: {text}" for text in said)
        if entry["number"] in results.second and results.second[entry["number"]] != entry["digest"]:
            found.setdefault("not_the_same_twice", []).append(entry["case"])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold simulated interviews and say how they went.")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--semantic", default="words", help='"words", or a folder with the encoder')
    parser.add_argument("--again", type=int, default=1, help="every so many are held a second time")
    parser.add_argument("--examples", type=int, default=5, help="shown of each broken rule")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        part, parts = map(int, given.part.split("/"))
        done = hold_part(part, parts, given.cases, given.semantic, given.again)
        given.json.write_text(json.dumps(done))
        return 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = hold_all(given.cases, given.semantic, given.again, Path(folder))
    found = broken(results)
    print(table(results))
    took_s = time.monotonic() - begun
    print(f"{len(results.first)} interviews, {len(results.second)} of them twice, {took_s:.0f} s")
    for rule, said in sorted(found.items()):
        print(f"\n{rule}: {len(said)}", *said[: given.examples], sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
