"""Fits the answer gate, configs/turn_end.toml, always to the same bytes.

    python tests/training/train_gate.py [--check]

Learns from the pauses of the scripts tests/benchmarks/turns/dev_*.yaml: what is known when each silence
begins, and whether it was a breath, a pause to think or the end. The words lose half their fillers and a
tenth of the words before a pause, as recognisers do. How often people stop to think is not the same
everywhere: one draw in four keeps all the marked thinking, the others the two fifths of make_turns.py. Prints
what models that saw no answer of a writer (of a family) make of that one. --check writes nothing and exits 1
when the file would change. Needs the extra `train`."""

import argparse
import math
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[2]

from voice_interviewer.content.resources import list_banks  # noqa: E402
from voice_interviewer.content.turn_rules import ROW  # noqa: E402
from voice_interviewer.core.model.bank import USUAL_S, Question  # noqa: E402
from voice_interviewer.core.model.transcript import Transcript, Word  # noqa: E402
from voice_interviewer.core.turns import turn_end  # noqa: E402
from voice_interviewer.core.turns.gate import Observation, judge  # noqa: E402
from voice_interviewer.core.turns.gate_settings import GateSettings  # noqa: E402
from voice_interviewer.core.turns.turn_end import PauseModel  # noqa: E402
from voice_interviewer.core.understanding import evidence  # noqa: E402
from voice_interviewer.core.understanding.endings import FILLERS, read_ending  # noqa: E402
from voice_interviewer.engine.reader.load import load_reader  # noqa: E402

OUT = ROOT / "configs" / "turn_end.toml"
SCRIPTS = ROOT / "tests" / "benchmarks" / "turns"
MARKS = re.compile(r"\s*\[(h|c|s|t|hold)\]\s*")
MEDIAN_S = {"h": 0.95, "c": 0.59, "s": 0.80}
SPREAD, SHORTEST_S, LONGEST_S = 0.6, 0.2, 5.0
THINK_S, HOLD_S = (1.5, 5.0), (4.0, 9.0)
"""The laws of make_turns.py, fixed before anything was tuned."""
DRAWS = 4
KEPT = 0.4
"""Share of the thinking pauses that stays in all draws but the first."""
C = 0.03
"""Inverse penalty on standardised signs."""
CLASSES = ("breath", "thinking", "end")


@dataclass(frozen=True)
class Pause:
    """One silence: what the gate sees when it begins, how long it lasts (the end: for ever), what it was."""

    seen: Observation
    kind: int
    length_s: float
    answer: str
    writer: str
    family: str


def pauses(question_of: dict[str, Question]) -> Iterator[Pause]:
    reader = load_reader("words")
    for path in sorted(SCRIPTS.glob("dev_*.yaml")):
        for number, item in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            target_s = USUAL_S[item["type"]]
            question = question_of.get(item.get("slug", "")) or Question(
                f"{path.stem}-{number}", item["type"], item["question"], target_s=target_s
            )
            for draw in range(DRAWS):
                answer = f"{path.stem}-{number}-{draw}"
                for seen, kind, length_s in _told(
                    item["text"], question, reader, random.Random(answer), draw > 0
                ):
                    yield Pause(seen, kind, length_s, answer, path.stem, item["family"])


def _told(
    text: str, question: Question, reader: Any, chance: random.Random, thinned: bool
) -> Iterator[tuple[Observation, int, float]]:
    parts = MARKS.split(" ".join(text.split()))
    rate, now, words, own = chance.uniform(0.75, 1.2), 1500.0, [], []
    for index in range(0, len(parts), 2):
        said = parts[index].split()
        for place, word in enumerate(said):
            length = (90 + 62 * len(word)) * rate
            lost = word.lower() in FILLERS and chance.random() < 0.5
            if not lost and not (place == len(said) - 1 and chance.random() < 0.1):
                words.append(Word(word, int(now), int(now + length)))
            now += length
        mark = parts[index + 1] if index + 1 < len(parts) else ""
        if mark == "t" and thinned and chance.random() > KEPT:
            mark = "s"
        length_s = _length_s(mark, chance)
        heard = tuple(words)
        slots = evidence.assess(
            question, Transcript(heard), reader.read(question, question.say, Transcript(heard))
        )
        seen = Observation(
            now_ms=int(now) + 350,
            silent_since_ms=int(now),
            speech_active=False,
            heard_speech=True,
            holding=False,
            words=heard,
            text_until_ms=int(now),
            speaking_since_ms=1500,
            question_type=question.type,
            target_s=question.target_s,
            slots=slots,
            assessed_words=len(heard),
            pauses_ms=tuple(own),
        )
        yield seen, 2 if not mark else 1 if mark in ("t", "hold") else 0, length_s
        if not mark:
            return
        own.append(int(1000 * length_s))
        now += 1000 * length_s


def _length_s(mark: str, chance: random.Random) -> float:
    if mark == "t":
        return chance.uniform(*THINK_S)
    if mark == "hold":
        return chance.uniform(*HOLD_S)
    if not mark:
        return math.inf
    drawn = MEDIAN_S[mark] * math.exp(chance.gauss(0, SPREAD))
    return min(LONGEST_S, max(SHORTEST_S, drawn))


# --- fitting --------------------------------------------------------------------------------------


def inputs(found: Sequence[Pause]) -> Any:
    return np.array([turn_end.signs(p.seen, read_ending(tuple(w.text for w in p.seen.words))) for p in found])


def fit(values: Any, kinds: Any) -> PauseModel:
    from sklearn.linear_model import LogisticRegression

    scale = values.std(axis=0) + 1e-6
    model = LogisticRegression(C=C, max_iter=1000, tol=1e-5).fit(values / scale, kinds)
    weights = model.coef_ / scale
    weights[:, values.std(axis=0) < 1e-9] = 0.0
    return PauseModel(
        *(
            tuple(round(float(number), 3) for number in (model.intercept_[row], *weights[row]))
            for row in range(len(CLASSES))
        )
    )


def due_s(pause: Pause, settings: GateSettings, model: PauseModel) -> float:
    """Silence after which the gate would take the floor."""
    due_ms = judge(pause.seen, settings, model).due_ms
    return ((due_ms or pause.seen.now_ms) - pause.seen.silent_since_ms) / 1000


def summary(found: Sequence[Pause], waits: Sequence[float]) -> str:
    cut = [wait < pause.length_s and pause.kind != 2 for pause, wait in zip(found, waits, strict=True)]
    long = [pause.kind != 2 and pause.length_s >= 1.5 for pause in found]
    answers = {pause.answer for pause in found}
    share = len({pause.answer for pause, was in zip(found, cut, strict=True) if was}) / len(answers)
    gaps = np.array([wait for pause, wait in zip(found, waits, strict=True) if pause.kind == 2])
    both = sum(one and other for one, other in zip(cut, long, strict=True)) / max(1, sum(long))
    return (
        f"answers cut {share:.3f}, pauses {sum(cut) / (len(cut) - len(gaps)):.3f}, long ones {both:.3f}, gap"
        f" p50 {np.median(gaps):.2f} p90 {np.quantile(gaps, 0.9):.2f} mean {gaps.mean():.2f}, cost"
        f" {gaps.mean() + GateSettings().cut_cost_s * share:.2f}"
    )


def cross(found: Sequence[Pause], values: Any, kinds: Any, groups: Any) -> None:
    from sklearn.metrics import roc_auc_score

    chances, waits = np.zeros((len(found), 3)), np.zeros(len(found))
    for group in sorted(set(groups)):
        model = fit(values[groups != group], kinds[groups != group])
        for index in np.flatnonzero(groups == group):
            odds = turn_end.odds(values[index], model)
            chances[index] = odds.breath, odds.thinking, odds.end
            waits[index] = due_s(found[index], GateSettings(), model)
    some = kinds > 0
    ratio = chances[:, 2] / (chances[:, 1] + chances[:, 2])
    print(f"  AUC end against thinking {roc_auc_score(kinds[some] == 2, ratio[some]):.3f}, against all pauses"
          f" {roc_auc_score(kinds == 2, chances[:, 2]):.3f}")  # fmt: skip
    for name, thinned in (("all thinking", False), ("two fifths of it", True)):
        mask = np.array([(int(pause.answer[-1]) > 0) == thinned for pause in found])
        print(f"  {name}: {summary([p for p, m in zip(found, mask, strict=True) if m], waits[mask])}")
    if len(set(groups)) < 6:
        for group in sorted(set(groups)):
            mask = groups == group
            print(f"    {group}: {summary([p for p, m in zip(found, mask, strict=True) if m], waits[mask])}")


HEAD = """\
# How likely a silence is a breath, a pause to think, or the end of the answer: a linear model of what is
# known when the silence begins (core/turns/turn_end.py), a bias and one weight for each sign. Written by
# tests/training/train_gate.py from the pauses of tests/benchmarks/turns/dev_*.yaml, always to the same
# bytes; `train_gate.py --check` fits it anew.
"""


def encoded(model: PauseModel) -> str:
    tables = [HEAD]
    for name in CLASSES:
        rows = zip(ROW, getattr(model, name), strict=True)
        tables.append("\n".join([f"[{name}]", *(f"{sign} = {weight}" for sign, weight in rows)]) + "\n")
    return "\n".join(tables)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file would change")
    wanted = parser.parse_args()
    known = {question.id: question for file in list_banks() for question in file.bank.questions}
    found = list(pauses(known))
    values, kinds = inputs(found), np.array([pause.kind for pause in found])
    text = encoded(fit(values, kinds))
    if wanted.check:
        same = OUT.read_text(encoding="utf-8") == text
        print("unchanged" if same else f"{OUT} would change")
        return 0 if same else 1
    for name, groups in (
        ("writers", np.array([pause.writer for pause in found])),
        ("families", np.array([str(sum(map(ord, pause.family)) % 8) for pause in found])),
    ):
        print(f"{len(found)} pauses, {name} left out:")
        cross(found, values, kinds, groups)
    for silence in (2.0, 4.0, 5.0):
        print(f"timer {silence}: {summary(found, [silence] * len(found))}")
    OUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
