"""How far the levels of `assess` can be trusted: every set and every transform, as one table.

    python tests/benchmarks/scoring.py [--semantic FOLDER] [--unseen] [--quick] [--show] [--json]

Runs the real command in child processes, once for each tier (words alone where no folder of the sentence
encoder is named). --unseen: the halves that are for judging only, aggregates alone; --show: what failed,
in the other halves; --quick: only the triples with marks; --engine llm: the configured model's server.
Exits 1 when a goal is missed.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import feedback_measures as fm

LLM = (
    "VOICE_INTERVIEWER_LLM_URL=URL VOICE_INTERVIEWER_LLM_MODEL=NAME"
    " python tests/benchmarks/scoring.py --engine llm"
)
FIRST = 40
"""Lines run twice, in two processes, and compared to the byte."""


def measured(sets: fm.Sets, semantic: str, engine: str) -> list[fm.Figure]:
    lines = list(fm.items(sets))
    begun = time.perf_counter()
    output = fm.assess(lines, semantic, engine)
    each = (time.perf_counter() - begun) / len(lines)
    rows = fm.figures(sets, fm.parse(output))
    if engine == "rules":
        again = fm.assess(lines[:FIRST], semantic, engine).splitlines()
        same = [
            (str(at), one == two)
            for at, (one, two) in enumerate(zip(output.splitlines(), again, strict=False))
        ]
        rows.append(fm.share("the same to the byte in another process", same, 1.0))
    return [*rows, fm.Figure("seconds an answer", each, len(lines))]


def shown(row: fm.Figure) -> str:
    mark = {None: " ", True: " ", False: "!"}[row.met]
    if row.interval:
        low, high = row.interval
        value = f"{row.value:6.1%} [{low:.0%}-{high:.0%}]"
    else:
        value = f"{row.value:6.2f}"
    return f"{mark} {row.name:52} {value:18} n={row.count:<5} {row.goal:8} {row.note}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--semantic", help="the folder of the sentence encoder")
    parser.add_argument("--engine", choices=("rules", "llm"), default="rules")
    for name in ("unseen", "quick", "show", "json"):
        parser.add_argument(f"--{name}", action="store_true")
    options = parser.parse_args()
    sets = fm.load(options.unseen, options.quick)
    tiers = {"words": "words", **({"embeddings": options.semantic} if options.semantic else {})}
    if options.engine == "llm":
        tiers = {"llm": options.semantic or "words"}
    tables = {tier: measured(sets, semantic, options.engine) for tier, semantic in tiers.items()}
    if options.json:
        hidden = {"failed": ()} if options.unseen else {}
        print(json.dumps({t: [asdict(replace(row, **hidden)) for row in rows] for t, rows in tables.items()}))
    else:
        for tier, rows in tables.items():
            print(f"{tier}, {'unseen' if options.unseen else 'dev'}: {len(sets.all)} triples")
            for row in rows:
                print(shown(row))
                if options.show and not options.unseen and row.goal:
                    print(*(f"      {name}" for name in row.failed), sep="\n", end="\n" if row.failed else "")
        if options.engine == "rules" and not os.environ.get("VOICE_INTERVIEWER_LLM_URL"):
            print(f"a language model's server: not run here; {LLM}")
    return int(any(row.met is False for rows in tables.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
