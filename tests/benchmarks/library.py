"""How long listing and searching a large library takes.

    python tests/benchmarks/library.py [--sessions 1000] [--answers 20] [--words 110]

Makes that many session folders with a synthetic report each, in a temporary folder, fills the index and
prints times on this machine and their ratios: to the target of 200 ms, and to parsing every report as JSON.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from voice_interviewer.store.index import Library, database_beside

TARGET_MS = 200
RUNS = 7
_WORDS = """
we the a team people customer problem asked changed then because result data model plan review first week
told risk users support report night shift patient project budget release test decided wrote called found
"""
VOCABULARY = _WORDS.split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--answers", type=int, default=20)
    parser.add_argument("--words", type=int, default=110)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "sessions", options.sessions, options.answers, options.words)


def measure(root: Path, sessions: int, answers: int, words: int) -> None:
    begun = datetime(2026, 11, 24)
    names = [make_folder(root, begun - timedelta(hours=7 * number)) for number in range(sessions)]
    database = database_beside(root)

    def read(folder: Path) -> Mapping[str, Any]:
        return make_report(folder.name, answers, words)

    one = json.dumps(make_report(names[0], answers, words))
    parse_ms = timed(lambda: json.loads(one)) * sessions
    making_ms = timed(lambda: make_report(names[0], answers, words)) * sessions
    with Library(root, database, read) as library:
        first_ms = timed(lambda: library.sync(), runs=1) - making_ms
    size_mb = sum(each.stat().st_size for each in database.parent.glob("library*")) / 1e6
    print(f"{sessions} sessions of {answers} answers of {words} words; index of {size_mb:.0f} MB")
    print(f"filled the first time in {first_ms / 1000:.1f} s, making the reports left out")

    def fresh(ask: Callable[[Library], Any]) -> Callable[[], Any]:
        def run() -> Any:
            with Library(root, database, read) as library:
                library.sync()
                return ask(library)

        return run

    rows = {
        "open, look at every folder, list": fresh(lambda library: library.list()),
        'search "six people" (1 in 50 sessions)': fresh(lambda library: library.search("six people")),
        "search for a word in every answer": fresh(lambda library: library.search("the")),
        "search for a phrase in most answers": fresh(lambda library: library.search("the team")),
        "search, words apart": fresh(lambda library: library.search("people zebra six")),
        "history of one question": fresh(lambda library: library.history("question-1")),
        "facts for progress": fresh(lambda library: list(library.facts())),
    }
    print(
        f"each opened anew, median of {RUNS}; of the target of {TARGET_MS} ms; of parsing all reports as JSON"
    )
    for name, ask in rows.items():
        ms = timed(ask)
        print(f"  {name:42}{ms:8.1f} ms  {ms / TARGET_MS:6.2f}  {ms / parse_ms:7.4f}")
    with Library(root, database, read) as library:
        print(f"  {'search alone, already open':42}{timed(lambda: library.search('six people')):8.1f} ms")
        print(f"  {'list alone, already open':42}{timed(lambda: library.list()):8.1f} ms")


def timed(run: Callable[[], Any], runs: int = RUNS) -> float:
    """The median time in ms."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def make_folder(root: Path, started: datetime) -> str:
    name = f"{started:%Y-%m-%dT%H-%M-%S}_nurse_senior"
    folder = root / name
    folder.mkdir(parents=True)
    about = {"schema_version": 1, "state": "complete", "role": "nurse", "level": "senior"}
    (folder / "session.json").write_text(json.dumps({**about, "started": started.isoformat()}))
    for file in ("events.jsonl", "notes.jsonl", "report.json", "report.md", "report.html"):
        (folder / file).write_text("{}\n")
    return name


def make_report(session: str, answers: int, words: int) -> dict[str, Any]:
    """A plain report; the same for the same session. One in fifty says "six people"."""
    dice = random.Random(session)
    dialogue, questions = [], []
    clock_ms = 0
    for turn in range(1, answers + 1):
        line = f"Tell me about a time when you {' '.join(dice.choices(VOCABULARY, k=9))}?"
        dialogue.append(_entry("interviewer", line, clock_ms, None, (turn - 1) // 2, []))
        said = dice.choices(VOCABULARY, k=words)
        if turn == 3 and dice.random() < 0.02:
            said[5:7] = ["six", "people"]
        spoken = []
        for word in said:
            clock_ms += 400
            spoken.append({"text": word, "start_ms": clock_ms, "end_ms": clock_ms + 300, "filler": False})
        dialogue.append(_entry("candidate", " ".join(said), clock_ms, turn, (turn - 1) // 2, spoken))
        if turn % 2:
            questions.append(_question(turn))
    header = {"title": "Nurse", "started": session[:10], "level": "senior", "persona": None, "drill": None}
    return {
        "session": session,
        "header": header,
        "dialogue": dialogue,
        "questions": questions,
        "turn_taking": {"cut_ins": []},
        "tags": ["a tag"],
        "note": "",
    }


def _entry(
    who: str, text: str, at_ms: int, turn: int | None, question: int, words: list[Any]
) -> dict[str, Any]:
    place = {"start_ms": at_ms, "end_ms": at_ms + 3000, "turn": turn, "question": question}
    return {"who": who, "text": text, "words": words, "struck": False, **place}


def _question(turn: int) -> dict[str, Any]:
    finding = {"kind": "slot", "state": "heard", "when": "at once", "assessed": True, "probes": 0}
    delivery = {"words": 110, "length_ms": 44_000, "words_per_minute": 150, "first_word_ms": 900}
    return {
        "id": f"question-{turn}",
        "kind": "core",
        "type": "behavioural",
        "family": f"family-{turn % 7}",
        "level": "senior",
        "text": "Tell me about a time.",
        "skills": ["judgement"],
        "skipped": False,
        "rated": None,
        "feedback": {"level": 3},
        "findings": [{**finding, "id": f"slot-{n}", "label": f"slot {n}"} for n in range(9)],
        "answers": [{"turn": turn + n, "move": None, "delivery": delivery} for n in range(2)],
    }


if __name__ == "__main__":
    main()
