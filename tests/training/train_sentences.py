"""Fits the sentence classifier and writes configs/sentences/*.json, the same bytes for the same files.

    python tests/training/train_sentences.py FOLDER [--check]

FOLDER holds the sentence encoder (`voice-interviewer models download semantic --to FOLDER`); it needs the
extra `train`. Fitted on sentences.yaml alone: weights and thresholds come from cross-validation that leaves
whole occupations out, and so does C, compared with --compare. test_occupations.yaml is read afterwards, to
print how well it went. --check writes nothing and exits 1 when the files would change.
"""

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from sentence_answers import FOLDER, RESULT, Group, answers, gate, read_groups  # noqa: E402

from voice_interviewer.core.model.reading import EMBEDDINGS, LABELS, WORDS  # noqa: E402
from voice_interviewer.engine.reader.semantic import WIDTH, Encoder  # noqa: E402
from voice_interviewer.engine.reader.sentences import (  # noqa: E402
    FORMAT,
    UNSURE_LOGIT,
    Weights,
    decode,
    flag_names,
    settled,
    tokens,
)

OUT = ROOT / "configs" / "sentences"
DATA, HELD = FOLDER / "sentences.yaml", FOLDER / "test_occupations.yaml"
OTHERS = FOLDER / "held_out.yaml"
FOLDS = 6
SEED = 20
UNIT = 0.02
"""Weights are whole numbers of this size: finer ones change no state and take more room."""
EMBEDDING_SCALE = 4.0
"""What an embedding is multiplied with, so that the penalty weighs it against flags and words."""
LEAST_OCCUPATIONS = 3
"""A word counts when people of this many groups used it."""
C = {EMBEDDINGS: 0.1, WORDS: 0.2}
"""Inverse penalty, chosen by --compare."""
CANDIDATES = (0.1, 0.2, 0.4)
FALSE_PER_ANSWER = 0.05
"""Answers without a result that may be heard as telling one, in cross-validation: under the gate of .10."""
LEAST_GAP = 0.7
"""Between the thresholds of heard and unsure, in logits of the fitted model."""

_FILLERS = re.compile(r"\b(?:um|uh|you know|i mean|kind of|sort of)\b,? ?", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """One text to learn from. source: the number of the sentence it was made of."""

    text: str
    labels: frozenset[str]
    group: int
    weight: float


# --- texts ----------------------------------------------------------------------------------------


def heard_as(text: str) -> str:
    """A sentence as a recogniser without punctuation writes it."""
    return " ".join(re.sub(r"[^a-z0-9' ]+", " ", text.lower()).split())


def garbled(text: str, chance: random.Random, vocabulary: Sequence[str]) -> str:
    """A tenth of the words lost or taken for others."""
    kept = []
    for word in heard_as(text).split():
        luck = chance.random()
        if luck >= 0.10:
            kept.append(word)
        elif luck >= 0.05:
            kept.append(chance.choice(vocabulary))
    return " ".join(kept)


def examples(groups: Sequence[Group]) -> list[Example]:
    """Every sentence in four dresses, clauses of what has one label, and neighbours run together."""
    chance = random.Random(SEED)
    texts = [each.text for group in groups for each in group.sentences]
    vocabulary = sorted({word for text in texts for word in heard_as(text).split()})
    found = []
    for number, group in enumerate(groups):
        for each in group.sentences:
            bare = heard_as(_FILLERS.sub("", each.text))
            dresses = (each.text, heard_as(each.text), bare, garbled(each.text, chance, vocabulary))
            found += [Example(dress, each.labels, number, 0.25) for dress in dresses]
            if len(each.labels) < 2:
                parts = [part for part in re.split(r", | and | but ", each.text) if len(part.split()) >= 5]
                found += [Example(part, each.labels, number, 0.25) for part in parts if part != each.text]
        if group.story:
            for left, right in pairwise(group.sentences):
                both = f"{heard_as(left.text)} {heard_as(right.text)}"
                found.append(Example(both, left.labels | right.labels, number, 0.25))
    return found


# --- fitting --------------------------------------------------------------------------------------


class Bench:
    """Everything the fits share: examples, their columns and who belongs to which fold."""

    def __init__(self, groups: Sequence[Group], encoder: Encoder, tier: str) -> None:
        self.groups, self.encoder, self.tier = groups, encoder, tier
        self.examples = examples(groups)
        occupations = sorted({group.occupation for group in groups})
        random.Random(SEED).shuffle(occupations)
        fold = {name: index % FOLDS for index, name in enumerate(occupations)}
        self.fold = np.array([fold[group.occupation] for group in groups])

    def empty(self, groups: Sequence[int]) -> Weights:
        """The columns for the words these groups use, without weights."""
        users: dict[str, set[str]] = {}
        for number in groups:
            group = self.groups[number]
            who = f"{group.occupation}/{number}"
            for each in group.sentences:
                for token in tokens(each.text):
                    users.setdefault(token, set()).add(who)
        known = tuple(sorted(token for token, who in users.items() if len(who) >= LEAST_OCCUPATIONS))
        width = WIDTH if self.tier == EMBEDDINGS else 0
        columns = width + len(flag_names()) + len(known)
        blank = np.zeros((len(LABELS), columns), np.float32), np.zeros(len(LABELS), np.float32)
        return Weights(LABELS, flag_names(), known, width, EMBEDDING_SCALE if width else 0.0, *blank)

    def inputs(self, weights: Weights, texts: Sequence[str]) -> Any:
        return weights.inputs(texts, self.encoder.encode(texts) if weights.width else None)

    def fit(self, groups: Sequence[int], c: float) -> Weights:
        """The models fitted on these groups, before any threshold.

        With embeddings it is the mean of a model of everything and one of flags and words alone: fitted
        together, embeddings take so much that words which tell on their own are hardly learned.
        """
        weights, wanted = self.empty(groups), set(groups)
        chosen = [each for each in self.examples if each.group in wanted]
        seen = self.inputs(weights, [each.text for each in chosen])
        self.add(weights, chosen, seen, c)
        if weights.width:
            seen[:, : weights.width] = 0
            self.add(weights, chosen, seen, C[WORDS])
            weights.rows[:] /= 2
            weights.bias[:] /= 2
        return weights

    def add(self, weights: Weights, chosen: Sequence[Example], seen: Any, c: float) -> None:
        """Adds one model per label, fitted on the inputs `seen`, to the weights."""
        from scipy.sparse import csr_matrix
        from sklearn.linear_model import LogisticRegression

        columns = csr_matrix(seen)
        worth = [each.weight for each in chosen]
        for index, label in enumerate(LABELS):
            model = LogisticRegression(C=c, max_iter=300, tol=1e-3)
            model.fit(columns, [label in each.labels for each in chosen], sample_weight=worth)
            weights.rows[index] += model.coef_[0]
            weights.bias[index] += model.intercept_[0]

    def logits(self, weights: Weights, texts: Sequence[str]) -> Any:
        return self.inputs(weights, texts) @ weights.rows.T + weights.bias


@dataclass(frozen=True)
class Crossed:
    """What models that never saw a group's occupation make of it: logits per sentence (as written and as
    heard) with the truth, and the units and their logits of each answer without its results."""

    logits: Any
    truth: Any
    untold: list[tuple[Sequence[str], Any]]


def cross(bench: Bench, c: float) -> Crossed:
    logits, truth = [], []
    untold: list[tuple[Sequence[str], Any]] = []
    for fold in range(FOLDS):
        weights = bench.fit([int(n) for n in np.where(bench.fold != fold)[0]], c)
        groups = [bench.groups[number] for number in np.where(bench.fold == fold)[0]]
        sentences = [each for group in groups for each in group.sentences]
        for texts in ([each.text for each in sentences], [heard_as(each.text) for each in sentences]):
            logits.append(bench.logits(weights, texts))
            truth.append([[label in each.labels for label in LABELS] for each in sentences])
        for case in answers(groups):
            if case.left:
                untold.append((case.left, bench.logits(weights, case.left)))
    return Crossed(np.concatenate(logits), np.concatenate([np.array(each) for each in truth]), untold)


def best_f(scores: Any, truth: Any, beta: float) -> float:
    """The threshold with the best F-beta: beta under 1 prefers precision, over 1 recall."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, places = precision_recall_curve(truth, scores)
    value = (1 + beta**2) * precision * recall / np.maximum(beta**2 * precision + recall, 1e-9)
    return float(places[int(np.argmax(value[:-1]))])


def thresholds(crossed: Crossed) -> dict[str, tuple[float, float]]:
    """Label -> the logits of heard and unsure. A result is heard from where few enough answers without one
    would be heard as telling one."""
    found = {}
    for index, label in enumerate(LABELS):
        scores, truth = crossed.logits[:, index], crossed.truth[:, index]
        heard = best_f(scores, truth, 0.5)
        found[label] = heard, min(best_f(scores, truth, 2.0), heard - LEAST_GAP)
    high, low = found[RESULT]
    slopes, highs = stretch(found)
    most = [
        settled(texts, ((logits - highs) * slopes).astype(np.float32))[:, LABELS.index(RESULT)].max()
        for texts, logits in crossed.untold
    ]
    shift = float(np.quantile(most, 1 - FALSE_PER_ANSWER)) * (high - low) / -UNSURE_LOGIT
    found[RESULT] = high + shift, low + min(shift, 0.0)
    return found


def stretch(cuts: dict[str, tuple[float, float]]) -> tuple[Any, Any]:
    """Per label the slope and the logit that becomes 0, so that the thresholds lie at 0.5 and 0.3."""
    highs = np.array([cuts[label][0] for label in LABELS])
    lows = np.array([cuts[label][1] for label in LABELS])
    return -UNSURE_LOGIT / (highs - lows), highs


# --- files ----------------------------------------------------------------------------------------


def encoded(weights: Weights, cuts: dict[str, tuple[float, float]], about: dict[str, Any]) -> str:
    """The file: each label's model stretched so that its thresholds come to lie at 0.5 and 0.3."""
    slopes, highs = stretch(cuts)
    rows, bias = {}, {}
    for index, label in enumerate(LABELS):
        rows[label] = np.rint(weights.rows[index] * slopes[index] / UNIT).astype(int).tolist()
        bias[label] = round(float((weights.bias[index] - highs[index]) * slopes[index] / UNIT))
    known = weights.width + len(weights.flags)
    used = [
        number for number in range(len(weights.tokens)) if any(row[known + number] for row in rows.values())
    ]
    data = {
        "format": FORMAT,
        **about,
        "labels": LABELS,
        "unit": UNIT,
        "width": weights.width,
        "embedding_scale": weights.embedding_scale,
        "flags": weights.flags,
        "tokens": [weights.tokens[number] for number in used],
        "bias": bias,
        "rows": {
            label: row[:known] + [row[known + number] for number in used] for label, row in rows.items()
        },
    }
    return (
        json.dumps(data, separators=(",", ":")).replace('],"', '],\n"').replace(',"rows":', ',\n"rows":')
        + "\n"
    )


def sha256(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


# --- what came of it ------------------------------------------------------------------------------


def report(name: str, groups: Sequence[Group], weights: Weights, encoder: Encoder) -> None:
    """Prints precision, recall and AUC per label, and the gates on the answers among the groups."""
    from sklearn.metrics import roc_auc_score

    def score(texts: Sequence[str]) -> dict[str, list[float]]:
        return weights.score(texts, encoder.encode(texts) if weights.width else None)

    sentences = [each for group in groups for each in group.sentences]
    alone = [score([each.text]) for each in sentences]
    scores = {label: [each[label][0] for each in alone] for label in LABELS}
    print(f"  {name}: {len(sentences)} sentences\n    {'label':15} n   P    R    R at .3  AUC")
    for label in LABELS:
        truth = np.array([label in each.labels for each in sentences])
        row = np.array(scores[label])
        if 0 < truth.sum() < len(truth):
            precision = truth[row >= 0.5].mean() if (row >= 0.5).any() else float("nan")
            recall, wide = (row[truth] >= 0.5).mean(), (row[truth] >= 0.3).mean()
            area = roc_auc_score(truth, row)
            print(f"    {label:15} {truth.sum():3} {precision:.2f} {recall:.2f} {wide:.2f}     {area:.3f}")
    cases = answers(groups)
    if cases:
        print("   ", gate(cases, lambda texts: score(texts)[RESULT]))


def train(tier: str, encoder: Encoder, compare: bool) -> str:
    """The tier's file. Prints how it was chosen and how well it does."""
    from sklearn.metrics import average_precision_score

    bench = Bench(read_groups(DATA), encoder, tier)
    for c in CANDIDATES if compare else ():
        crossed = cross(bench, c)
        each = [
            average_precision_score(crossed.truth[:, n], crossed.logits[:, n]) for n in range(len(LABELS))
        ]
        print(
            f"{tier}: C {c}: mean average precision {np.mean(each):.3f}, story labels {np.mean(each[:8]):.3f}"
        )
    crossed = cross(bench, C[tier])
    about = {
        "tier": tier,
        "data": sha256(DATA, Path(__file__)),
        "encoder": sha256(encoder.folder / "model.bin"),
    }
    cuts = thresholds(crossed)
    text = encoded(bench.fit(range(len(bench.groups)), C[tier]), cuts, about)
    weights = decode(json.loads(text))
    print(f"{tier}: {len(text) // 1024} kB, {len(weights.tokens)} words")
    for name, path in (("held-out occupations", HELD), ("another writer", OTHERS)):
        if path.is_file():
            report(name, read_groups(path), weights, encoder)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="the sentence encoder")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a file would change")
    parser.add_argument("--compare", action="store_true", help="print the cross-validation of several C")
    options = parser.parse_args()
    encoder = Encoder.load(options.folder)
    counts = Counter(
        label for group in read_groups(DATA) for each in group.sentences for label in each.labels
    )
    print("labels:", dict(counts.most_common()))
    changed = False
    for tier in (EMBEDDINGS, WORDS):
        text, path = train(tier, encoder, options.compare), OUT / f"{tier}.json"
        changed = changed or not path.is_file() or path.read_text(encoding="utf-8") != text
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(options.check and changed)


if __name__ == "__main__":
    sys.exit(main())
