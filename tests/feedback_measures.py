"""What a scorer makes of the sets of `feedback_sets`: shares and mean changes, each beside its goal."""

import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback_sets import (
    LOWER,
    STRENGTHS,
    TRANSFORMS,
    Transform,
    Triple,
    changed,
    lengthened,
    singles,
    triples,
)

Result = dict[str, Any]
"""One object of `assess --batch`."""
_COMMAND = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)
UNMARKED = ("strong",)
"""Which answers of the older triples are changed."""
EQUAL = 0.15
"""Two answers are equally long whose lengths differ by no more than this share of the longer."""
STEPS = {"not_heard": 0, "unsure": 1, "heard": 2}
FORBIDDEN = re.compile(
    r"\b(?:confidence|confident(?:ly)?|personalit\w+|emotion\w*|honest\w*|hire[sd]?|hiring)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Figure:
    """One row. value: a share (0 to 1) or a number of steps; hits of count where it is a share; goal: as
    text; met: None where the row has no goal. failed: the ids behind it, for the half one may look at."""

    name: str
    value: float
    count: int
    hits: int | None = None
    goal: str = ""
    met: bool | None = None
    failed: tuple[str, ...] = ()
    note: str = ""

    @property
    def interval(self) -> tuple[float, float] | None:
        return None if self.hits is None else wilson(self.hits, self.count)


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share, width = hits / count, z * z / count
    middle = (share + width / 2) / (1 + width)
    half = z * math.sqrt(share * (1 - share) / count + width / count / 4) / (1 + width)
    return max(0.0, middle - half), min(1.0, middle + half)


def level(result: Result) -> int:
    """Its level; 0 where it was not assessed, which lies below every level."""
    feedback = result["feedback"]
    return int(feedback["level"] or 0) if feedback["assessed"] else 0


def states(result: Result) -> dict[str, str]:
    """Every slot and point as the feedback labels it, else as the answer alone shows it."""
    found = {slot["id"]: slot["state"] for slot in result["slots"]}
    return found | {point["id"]: point["state"] for point in result["feedback"]["points"]}


# --- what is asked ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sets:
    """All there is to score in one half. older: triples without marks, changed in strong answers only."""

    marked: list[Triple]
    older: list[Triple]
    unseen: bool

    @property
    def all(self) -> list[Triple]:
        return [*self.marked, *self.older]


def load(unseen: bool, quick: bool = False) -> Sets:
    return Sets(triples(unseen), [] if quick else triples(unseen, "triples"), unseen)


def items(sets: Sets) -> Iterator[dict[str, str]]:
    """Lines for `assess --batch`. Their ids say what they are: "triple:strong", "triple:strong:padding:0"."""
    for triple in sets.all:
        for strength in STRENGTHS:
            yield _line(f"{triple.id}:{strength}", triple.question, triple.text(strength))
            for transform in TRANSFORMS:
                for at, text in enumerate(_changed(sets, transform, triple, strength)):
                    yield _line(f"{triple.id}:{strength}:{transform.name}:{at}", triple.question, text)
    for name in ("empty", "never"):
        for one in singles(name, sets.unseen):
            yield _line(f"{name}:{one.id}", one.question, one.text)
    for one in lengthened(sets.unseen):
        yield _line(f"empty:{one.id}", one.question, one.text)


def _changed(sets: Sets, transform: Transform, triple: Triple, strength: str) -> list[str]:
    allowed = UNMARKED if triple in sets.older else STRENGTHS
    if strength not in transform.strengths or strength not in allowed:
        return []
    return changed(transform, triple, strength, sets.all, sets.unseen)


def _line(name: str, question: str, text: str) -> dict[str, str]:
    return {"id": name, "question": question, "text": text}


def assess(lines: Sequence[dict[str, str]], semantic: str, engine: str = "rules") -> bytes:
    """What the command prints for these lines. semantic: "words" or the encoder's folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        here = {"VOICE_INTERVIEWER_HOME": folder, "VOICE_INTERVIEWER_SEMANTIC": semantic}
        arguments = ("assess", "--batch", str(path), "--engine", engine)
        done = subprocess.run(
            [sys.executable, "-c", _COMMAND, *arguments], env={**os.environ, **here}, capture_output=True
        )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


def parse(output: bytes) -> dict[str, Result]:
    return {result["id"]: result for result in map(json.loads, output.splitlines())}


# --- what comes of it ---------------------------------------------------------------------------------------


def figures(sets: Sets, results: dict[str, Result]) -> list[Figure]:
    """Every row of the table but the one about two runs."""
    texts = {line["id"]: line["text"] for line in items(sets)}
    rows = [*_pairs(sets, results), *_bounds(sets, results)]
    for transform in TRANSFORMS:
        rows += _moved(sets, transform, results)
    if any(triple.result for triple in sets.marked):
        rows.append(_result_alone(sets, results))
    return [*rows, _verbatim(results, texts), _forbidden(results, texts)]


def share(name: str, judged: Sequence[tuple[str, bool]], goal: float | None = None, note: str = "") -> Figure:
    hits, failed = sum(held for _, held in judged), tuple(id for id, held in judged if not held)
    value = hits / len(judged) if judged else 0.0
    wanted, met = (f">= {goal:.0%}", value >= goal if judged else None) if goal else ("", None)
    return Figure(name, value, len(judged), hits, wanted, met, failed, note)


def _pairs(sets: Sets, results: dict[str, Result]) -> Iterator[Figure]:
    above, order, longer, equal = [], [], [], []
    for triple in sets.all:
        strong, medium, weak = (level(results[f"{triple.id}:{strength}"]) for strength in STRENGTHS)
        above.append((triple.id, strong > weak))
        if medium:  # what has no level has no place between two others
            order.append((triple.id, strong >= medium >= weak))
        words = [len(triple.text(strength).split()) for strength in ("strong", "weak")]
        longer.append((triple.id, words[0] > words[1]))
        if abs(words[0] - words[1]) <= EQUAL * max(words):
            equal.append((triple.id, strong > weak))
    yield share("strong above weak", above, 0.95)
    yield share("  by length alone", longer, note="baseline")
    yield share("  where equally long", equal)
    left_out = len(sets.all) - len(order)
    yield share("strong >= medium >= weak", order, 0.80, f"{left_out} without a level for the medium one")
    for strength in STRENGTHS:
        levels = [level(results[f"{triple.id}:{strength}"]) for triple in sets.all]
        spread = " ".join(f"{at or '-'}:{levels.count(at)}" for at in range(6))
        yield Figure(f"  mean level, {strength}", sum(levels) / len(levels), len(levels), note=spread)


def _bounds(sets: Sets, results: dict[str, Result]) -> Iterator[Figure]:
    for what, found in (
        ("empty", singles("empty", sets.unseen)),
        ("three empty in a row", lengthened(sets.unseen)),
    ):
        low = [(one.id, level(results[f"empty:{one.id}"]) < 3) for one in found]
        yield share(f"{what} below level 3", low, 1.0)
    never = [one.id for one in singles("never", sets.unseen)]
    held = [(id, not results[f"never:{id}"]["feedback"]["assessed"]) for id in never]
    yield share("no answer, no level", held, 1.0)


def _moved(sets: Sets, transform: Transform, results: dict[str, Result]) -> Iterator[Figure]:
    """Mean change, and the share that went the required way. Only answers that had a level can lose one."""
    changes: list[tuple[str, int, int]] = []
    for triple in sets.all:
        for strength in transform.strengths:
            before = results[f"{triple.id}:{strength}"]
            for at in range(len(_changed(sets, transform, triple, strength))):
                name = f"{triple.id}:{strength}:{transform.name}:{at}"
                if level(before):
                    changes.append((name, level(before), level(results[name])))
    if not changes:
        return
    steps = [after - before for _, before, after in changes]
    mean, size = sum(steps) / len(steps), sum(map(abs, steps)) / len(steps)
    gone = sum(not after for _, _, after in changes)
    note = f"mean change {mean:+.2f}, moved {sum(map(bool, steps)) / len(steps):.0%}"
    note += f", {gone} lost their level" if gone else ""
    if transform.must == LOWER:
        goal = 0.90 if transform.name == "retraction" else None
        lower = [(name, after < before) for name, before, after in changes]
        yield share(f"{transform.name}: lower", lower, goal, note)
        yield share("  or less was heard", _heard_less(lower, results))
        return
    limit = 0.5 if "word errors" in transform.name or "punctuation" in transform.name else 0.3
    if transform.name.startswith("15"):
        yield Figure(f"{transform.name}: |change|", size, len(steps), note=note)
        return
    moved = tuple(f"{name} {before}->{after}" for name, before, after in changes if before != after)
    goal_text = f"<= {limit}"
    yield Figure(f"{transform.name}: |change|", size, len(steps), None, goal_text, size <= limit, moved, note)


def _heard_less(lower: list[tuple[str, bool]], results: dict[str, Result]) -> list[tuple[str, bool]]:
    """The same, where a label that fell counts as well."""
    judged = []
    for name, held in lower:
        old, new = states(results[":".join(name.split(":")[:2])]), states(results[name])
        judged.append((name, held or any(STEPS[new.get(id, "not_heard")] < STEPS[old[id]] for id in old)))
    return judged


def _result_alone(sets: Sets, results: dict[str, Result]) -> Figure:
    judged = []
    for triple in sets.marked:
        if triple.result:
            before = results[f"{triple.id}:strong"]
            after = results[f"{triple.id}:strong:remove result:0"]
            judged.append((triple.id, only_result_fell(triple, before, after)))
    return share("remove result: that falls, nothing else by > 1 step", judged, 0.90)


def only_result_fell(triple: Triple, before: Result, after: Result) -> bool:
    """Whether the label of the result (or what rested on the removed words) fell, no other by more than a
    step, and the level did not rise."""
    cut = [(at := triple.strong.index(words), at + len(words)) for words in triple.result]
    rests = {entry["id"] for entry in _quoting(before) if _within(entry, cut)} | {"result", "measure"}
    old, new = states(before), states(after)
    fell = any(STEPS[new[id]] < STEPS[old[id]] for id in rests & old.keys())
    kept = all(abs(STEPS[new[id]] - STEPS[old[id]]) <= 1 for id in old.keys() - rests)
    return fell and kept and level(after) <= level(before)


def _within(entry: Result, spans: list[tuple[int, int]]) -> bool:
    return any(entry["start"] < end and start < entry["end"] for start, end in spans)


def _quoting(result: Result) -> Iterator[Result]:
    """Whatever quotes: slots, points, what to keep and what to mend."""
    feedback = result["feedback"]
    for entry in (*result["slots"], *feedback["points"], feedback.get("keep"), feedback.get("fix")):
        if isinstance(entry, dict) and entry.get("quote") is not None:
            yield {"id": entry.get("id") or entry.get("about"), **entry}


def _verbatim(results: dict[str, Result], texts: dict[str, str]) -> Figure:
    judged = [
        (f"{name} {entry['id']}", texts[name][entry["start"] : entry["end"]] == entry["quote"] != "")
        for name, result in results.items()
        for entry in _quoting(result)
    ]
    return share("quotes stand in the answer", judged, 1.0)


def _forbidden(results: dict[str, Result], texts: dict[str, str]) -> Figure:
    """Words about a person in anything the program says itself; words of the answer may come back in it."""
    found = []
    for name, result in results.items():
        for said in _sayings(result["feedback"]):
            for word in FORBIDDEN.findall(said):
                if word.lower() not in texts[name].lower():
                    found.append(f"{name} {word!r} in {said!r}")
    return Figure("forbidden words", len(found), len(results), None, "0", not found, tuple(found))


def _sayings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inside in value.items():
            if key not in ("quote", "id", "about"):
                yield from _sayings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _sayings(inside)
