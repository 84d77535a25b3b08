"""The figures a refactoring must not move: measured, kept in tests/golden/figures.json, and compared.

    python tests/benchmarks/house_figures.py --semantic FOLDER [NAME ...] [--keep]

Runs each benchmark of MEASURES as its own command and reads what it prints. Says "equal", or every figure
that differs, and exits 1 then. --keep: writes what was measured instead, there and to the page
tests/golden/README.md. FOLDER: the sentence encoder (`voice-interviewer models folder semantic`). Times are
left out; everything else is the same in every run on one machine. Needs Debian's flite for the turns.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "golden" / "figures.json"
PAGE = KEPT.with_name("README.md")
PROGRAM = "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
Figures = dict[str, Any]


@dataclass(frozen=True)
class Measure:
    """One benchmark. command: as a person would type it; words in capitals stand for folders. read: what it
    printed, as figures by name. may_miss: its exit status says that a goal was missed, which is no failure
    here."""

    command: str
    read: Callable[[str], Iterator[tuple[str, Any]]]
    may_miss: bool = False


# --- what the benchmarks print ----------------------------------------------------------------------------


def moves(printed: str) -> Iterator[tuple[str, Any]]:
    """accepted and wrong in %, how many of each best move, and every choice that was not accepted."""
    name = ""
    for line in printed.splitlines():
        if head := re.match(r"(\w+) \(.*\): (\d+) answers, accepted ([\d.]+)%, wrong ([\d.]+)%", line):
            name = head[1]
            yield f"{name} answers", int(head[2])
            yield f"{name} accepted %", float(head[3])
            yield f"{name} wrong %", float(head[4])
        elif miss := re.match(r"  (WRONG|     ) (\S+): (\S+), not ", line):
            yield f"{name} {miss[2]}", f"{miss[3]} {miss[1]}".strip()
        else:
            move, chosen = line.split(maxsplit=1)
            yield f"{name} best {move}", " ".join(chosen.split())


def coverage(printed: str) -> Iterator[tuple[str, Any]]:
    """The area under the curve, and the shares at both thresholds, as printed."""
    for line in printed.splitlines()[1:]:
        head, _, rest = line.partition("AUC")
        tier = " ".join(head.split())
        yield f"{tier} AUC", float(rest.split()[0])
        yield f"{tier} shares", " ".join(rest.split()[1:])


def levels(printed: str) -> Iterator[tuple[str, Any]]:
    """Every row but the time, with its count. A row that is set in belongs to the one above."""
    for tier, rows in json.loads(printed).items():
        above = ""
        for row in rows:
            name = f"{above},{row['name'][1:]}" if row["name"].startswith("  ") else row["name"]
            above = above if row["name"].startswith("  ") else name
            if name != "seconds an answer":
                yield f"{tier} {name}", round(row["value"], 4)
                yield f"{tier} {name}: of", row["count"]


def turns(printed: str) -> Iterator[tuple[str, Any]]:
    """Every policy's figures, and when the gate took the floor in each answer, in seconds."""
    report = json.loads(printed)
    for policy, figures in report["policies"].items():
        yield from ((f"{policy} {name}", value) for name, value in figures.items())
    for item in report["items"]:
        yield f"{item['id']} taken at", [item["committed_at_s"], *item["cuts_at_s"]]


def review(printed: str) -> Iterator[tuple[str, Any]]:
    """Each part of a report, as the hash of its JSON, and the level of each question."""
    report = json.loads(printed)
    for question in report["questions"]:
        yield f"{question['id']} level", (question["feedback"] or {}).get("level")
    for part, value in report.items():
        yield part, hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


_HOW = "--drop-fillers 0.5 --drop-final 0.1 --patience 1 --json"
CORPORA = {
    "TURNS": "python tests/benchmarks/make_turns.py TURNS --part unseen",
    "FEW": "python tests/benchmarks/make_turns.py FEW --part unseen --limit 15",
}
"""How the recorded answers of `bench turns` are made; the few are for a quick look."""
MEASURES = {
    "moves, words": Measure("python tests/benchmarks/judged_moves.py words dev check second unseen", moves),
    "moves, encoder": Measure(
        "python tests/benchmarks/judged_moves.py SEMANTIC dev check second unseen", moves
    ),
    "coverage, dev": Measure("python tests/benchmarks/point_coverage.py SEMANTIC", coverage),
    "coverage, unseen": Measure(
        "python tests/benchmarks/point_coverage.py SEMANTIC tests/engine/coverage_unseen.yaml", coverage
    ),
    "scoring, dev": Measure("python tests/benchmarks/scoring.py --semantic SEMANTIC --json", levels, True),
    "scoring, unseen": Measure(
        "python tests/benchmarks/scoring.py --semantic SEMANTIC --unseen --json", levels, True
    ),
    "few turns, words": Measure(f"voice-interviewer bench turns FEW --semantic words {_HOW}", turns),
    "few turns, encoder": Measure(f"voice-interviewer bench turns FEW --semantic SEMANTIC {_HOW}", turns),
    "turns, words": Measure(f"voice-interviewer bench turns TURNS --semantic words {_HOW}", turns),
    "turns, encoder": Measure(f"voice-interviewer bench turns TURNS --semantic SEMANTIC {_HOW}", turns),
    "reviews": Measure("voice-interviewer review NAME --file --no-browser", review),
}
SHOWN = {
    "moves": r"(dev|check|second|unseen) (answers|accepted %|wrong %)",
    "coverage": ".*",
    "scoring": r".*(?<!: of)",
    "turns": r"(gate|fixed_2) (?!no_commit|soft_lines).*",
    "reviews": r"we-speaker \S+ level",
}
"""Which figures of each measure stand on the page; the others are single answers, or hashes."""
BEGIN = "<!-- written by tests/benchmarks/house_figures.py --keep -->"


def measured(measure: Measure, semantic: str, corpora: Path) -> Figures:
    """Runs it. corpora: where recorded answers are made, once. Raises RuntimeError when it fails."""
    given = {"SEMANTIC": semantic}
    for name, command in CORPORA.items():
        if name in measure.command.split():
            given[name] = str(corpora / name)
            if not (corpora / name).is_dir():
                printed(Measure(command, measure.read), str(corpora), given)
    with tempfile.TemporaryDirectory() as home:
        if "NAME" not in measure.command:
            return dict(measure.read(printed(measure, home, given)))
        figures = {}
        for folder in sorted(path for path in KEPT.parent.iterdir() if path.is_dir()):
            copy = shutil.copytree(folder, Path(home) / "sessions" / folder.name)
            printed(measure, home, {"NAME": folder.name}, semantic)
            report = (copy / "report.json").read_text(encoding="utf-8")
            figures |= {f"{folder.name} {name}": value for name, value in measure.read(report)}
        return figures


def printed(measure: Measure, home: str, given: dict[str, str], semantic: str = "words") -> str:
    """What its command prints. given: what stands for the words in capitals."""
    words = [given.get(word, word) for word in measure.command.split()]
    start = {"python": [sys.executable], "voice-interviewer": [sys.executable, "-c", PROGRAM]}[words[0]]
    own = {"VOICE_INTERVIEWER_HOME": home, "VOICE_INTERVIEWER_SEMANTIC": semantic}
    others = {name: value for name, value in os.environ.items() if "VOICE_INTERVIEWER_LLM" not in name}
    done = subprocess.run(
        [*start, *words[1:]], cwd=HERE.parents[1], env=others | own, capture_output=True, text=True
    )
    if done.returncode and not (measure.may_miss and done.returncode == 1 and done.stdout):
        raise RuntimeError(f"{measure.command}: {done.stderr}")
    return done.stdout


def differing(old: Figures, new: Figures) -> list[str]:
    """Every figure that is not what it was, one a line."""
    return [
        f"{name}: {old.get(name, 'nothing')} was, {new.get(name, 'nothing')} is"
        for name in (*old, *(name for name in new if name not in old))
        if old.get(name) != new.get(name)
    ]


def page(kept: dict[str, Any]) -> str:
    """The tables of the page: what says something alone, under the command it came from."""
    parts = [BEGIN]
    for name, entry in kept.items():
        (shown,) = (pattern for word, pattern in SHOWN.items() if word in name)
        rows = [(key, value) for key, value in entry["figures"].items() if re.fullmatch(shown, key)]
        table = [f"| {key.replace('|', chr(92) + '|')} | {value} |" for key, value in rows]
        parts += [f"### {name}", "", f"    {entry['command']}", "", "| | |", "|---|---|", *table, ""]
    if missing := [name for name in MEASURES if name not in kept]:
        parts.append(f"Not measured yet: {'; '.join(missing)}.")
    return "\n".join(parts).rstrip() + "\n"


def keep(name: str, figures: Figures, kept: dict[str, Any]) -> None:
    """Writes them to figures.json and anew to the page."""
    found = {**kept, name: {"command": MEASURES[name].command, "figures": figures}}
    found = {each: found[each] for each in MEASURES if each in found}
    KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text[: text.index(BEGIN)] + page(found), encoding="utf-8")
    print(f"{name}: {len(figures)} figures kept", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(MEASURES))
    parser.add_argument("--semantic", required=True, help="the folder of the sentence encoder")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    semantic, wrong = str(Path(options.semantic).resolve()), 0
    with tempfile.TemporaryDirectory() as corpora:
        for name in options.names or MEASURES:
            figures = measured(MEASURES[name], semantic, Path(corpora))
            kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
            if options.keep:
                keep(name, figures, kept)
                continue
            found = differing(kept[name]["figures"], figures) if name in kept else ["nothing was kept"]
            wrong += bool(found)
            print(f"{name}: " + ("equal" if not found else "differs"), *found, sep="\n  ", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
