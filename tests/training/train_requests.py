"""Fits the classifier of requests and writes configs/sentences/requests_*.json, always the same bytes.

    python tests/training/train_requests.py FOLDER [--check]

FOLDER holds the sentence encoder (`voice-interviewer models download semantic --to FOLDER`); it needs the
extra `train`. Fitted on the writers of requests.yaml and orders.yaml that are not held out, and on the
sentences of answers in sentences.yaml: C and thresholds come from cross-validation that leaves whole writers
out. The rest is read afterwards, to print how well it went. --check writes nothing and exits 1 when the files
would change.
"""

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from sentence_answers import read_groups  # noqa: E402
from spoken_requests import Said, heard_kinds, pieces, read_requests, sentences  # noqa: E402

from voice_interviewer.core.model.reading import (  # noqa: E402
    EMBEDDINGS,
    ORDER,
    WORDS,
)
from voice_interviewer.core.understanding.requests import KINDS  # noqa: E402
from voice_interviewer.engine.reader.requests import FORMAT, ROWS, Weights, decode, evidence, flags, is_short  # noqa: E402
from voice_interviewer.engine.reader.semantic import WIDTH, Encoder  # noqa: E402
from voice_interviewer.engine.reader.sentences import tokens  # noqa: E402

OUT = ROOT / "configs" / "sentences"
FOLDER = Path(__file__).parent
DATA, ORDERS, STORIES = FOLDER / "requests.yaml", FOLDER / "orders.yaml", FOLDER / "sentences.yaml"
OTHERS = FOLDER / "test_occupations.yaml"
TOLD = ("test_occupations.yaml", "held_out.yaml")
"""Sentences of answers that nothing is fitted on."""
FOLDS = 6
SEED = 20
UNIT = 0.02
"""Weights are whole numbers of this size: finer ones change nothing and take more room."""
EMBEDDING_SCALE = 4.0
"""What an embedding is multiplied with, so that the penalty weighs it against flags and words."""
LEAST_WRITERS = 3
"""A word counts when so many writers used it."""
C = {EMBEDDINGS: 0.2, WORDS: 1.0}
"""Inverse penalty, chosen by the cross-validation printed as "C"."""
CANDIDATES = (0.1, 0.2, 0.5, 1.0, 2.0)
FALSE, FALSE_MAYBE = 0.02, 0.06
"""Shares of the answers that only sound like requests which may surely and maybe be taken for one, in
cross-validation. Of plain sentences of answers far fewer are."""
FALSE_ORDERS = 0.005
"""Share of what was written to sound like a request or an order without being one, and of the sentences of
answers, that may be taken for an order."""
LEAST_GAP = 0.7
"""Between surely and maybe, in logits."""
STORY_WEIGHT = 0.5

_FILLERS = re.compile(r"\b(?:um|uh|hm|like|oh|so|well|yeah|sorry|okay),? ?", re.IGNORECASE)


def heard_as(text: str) -> str:
    """A sentence as a recogniser without punctuation writes it."""
    return " ".join(re.sub(r"[^a-z0-9' ]+", " ", text.lower()).split())


def dresses(text: str) -> tuple[str, ...]:
    """A text as written, as heard, and as heard without its small words."""
    bare = heard_as(_FILLERS.sub("", text))
    return tuple(dict.fromkeys((text, heard_as(text), bare or heard_as(text))))


def stories(path: Path) -> list[Said]:
    """The sentences of answers as what is no request; those that are no part of one are left out, because
    "that's about it" is among them."""
    return [
        Said(each.text, frozenset(), group.occupation, False)
        for group in read_groups(path)
        for each in group.sentences
        if each.labels
    ]


@dataclass(frozen=True)
class Example:
    """One text to learn from."""

    text: str
    kinds: frozenset[str]
    writer: str
    weight: float


def examples(said: Sequence[Said], weight: float) -> list[Example]:
    """Every text in its dresses; of what is no request, its sentences and clauses too, and requests of one
    kind by one person run together. Short texts are left to the phrases."""
    found = []
    for each, after in zip(said, [*said[1:], None], strict=True):
        worn = dresses(each.text)
        found += [Example(text, each.kinds, each.writer, weight / len(worn)) for text in worn]
        if not each.kinds:
            parts = [part for part in pieces(each.text) if part != each.text]
            found += [Example(part, each.kinds, each.writer, weight / 3) for part in parts]
        elif after and (after.writer, after.kinds) == (each.writer, each.kinds):
            both = f"{each.text.rstrip('.')}, {after.text}"
            found += [Example(text, each.kinds, each.writer, weight / 4) for text in (both, heard_as(both))]
    return [each for each in found if not is_short(each.text)]


class Bench:
    """Everything the fits share: examples, their embeddings and who belongs to which fold."""

    def __init__(self, encoder: Encoder, tier: str) -> None:
        self.tier = tier
        self.said = [each for each in read_requests(DATA) if not each.held]
        orders = [each for each in read_requests(ORDERS) if not each.held]
        told = stories(STORIES)
        self.examples = examples(self.said, 1.0) + examples(orders, 1.0) + examples(told, STORY_WEIGHT)
        self.crossed = [*self.said, *orders, *told]
        self.told = {each.text for each in told}
        writers = [sorted({each.writer for each in group}) for group in (self.said, told, orders)]
        self.fold: dict[str, int] = {}
        for names in writers:
            random.Random(SEED).shuffle(names)
            self.fold.update({name: index % FOLDS for index, name in enumerate(names)})
        self.encoder = encoder
        self.known: dict[str, Any] = {}

    def empty(self, chosen: Sequence[Example]) -> Weights:
        """The columns for the words these writers use, without weights."""
        users: dict[str, set[str]] = {}
        for each in chosen:
            for token in tokens(each.text):
                users.setdefault(token, set()).add(each.writer)
        known = tuple(sorted(token for token, who in users.items() if len(who) >= LEAST_WRITERS))
        width = WIDTH if self.tier == EMBEDDINGS else 0
        names = tuple(flags(""))
        shape = (len(ROWS), width + len(names) + len(known))
        blank = np.zeros(shape, np.float32)
        return Weights(names, known, width, EMBEDDING_SCALE, blank, np.zeros(len(ROWS), np.float32))

    def fit(self, folds: Sequence[int], c: float) -> Weights:
        """Models of the writers in these folds."""
        from sklearn.linear_model import LogisticRegression

        chosen = [each for each in self.examples if self.fold[each.writer] in folds]
        weights = self.empty(chosen)
        texts = tuple(each.text for each in chosen)
        seen = weights.inputs(texts, self.embed(texts))
        worth = np.array([each.weight for each in chosen])
        for index, row in enumerate(ROWS):
            truth = [bool(each.kinds - {ORDER}) if row == "any" else row in each.kinds for each in chosen]
            model = LogisticRegression(C=c, solver="lbfgs", max_iter=2000, tol=1e-3)
            model.fit(seen, truth, sample_weight=worth)
            weights.rows[index], weights.bias[index] = model.coef_[0], model.intercept_[0]
        return weights

    def logits(self, weights: Weights, texts: Sequence[str]) -> Any:
        return weights.logits(texts, self.embed(texts))

    def embed(self, texts: Sequence[str]) -> Any:
        """The texts' embeddings, each made once; None in the tier without an encoder."""
        if self.tier == WORDS:
            return None
        unknown = list(dict.fromkeys(text for text in texts if text not in self.known))
        self.known.update(zip(unknown, self.encoder.encode(unknown), strict=True))
        return np.stack([self.known[text] for text in texts])


@dataclass(frozen=True)
class Crossed:
    """What models that never saw a text's writer make of it, as written and as heard: logits and the truth
    (n, len(ROWS)), which texts were written to sound like requests without being any, and which are sentences
    of answers."""

    logits: Any
    truth: Any
    alike: Any
    told: Any


def cross(bench: Bench, c: float) -> Crossed:
    logits, truth, alike, plain = [], [], [], []
    sounding = {each.text for each in bench.said}
    for fold in range(FOLDS):
        weights = bench.fit([other for other in range(FOLDS) if other != fold], c)
        left = [each for each in bench.crossed if bench.fold[each.writer] == fold and not is_short(each.text)]
        for texts in ([each.text for each in left], [heard_as(each.text) for each in left]):
            logits.append(bench.logits(weights, texts))
            truth.append([_row(each.kinds) for each in left])
            alike.append([not each.kinds - {ORDER} and each.text in sounding for each in left])
            plain.append([each.text in bench.told for each in left])
    return Crossed(*(np.concatenate(each) for each in (logits, truth, alike, plain)))


def _row(kinds: frozenset[str]) -> list[bool]:
    return [bool(kinds - {ORDER}) if row == "any" else row in kinds for row in ROWS]


def thresholds(crossed: Crossed) -> tuple[float, float]:
    """The evidence of surely and maybe: what the answers that sound alike hardly ever reach."""
    found = np.sort(evidence(crossed.logits[crossed.alike]))[::-1]
    sure, maybe = (float(found[int(share * len(found))]) for share in (FALSE, FALSE_MAYBE))
    return sure + 0.01, min(maybe, sure - LEAST_GAP)


def order_threshold(crossed: Crossed) -> float:
    """The logit of an order: what requests, answers about rules, and stories hardly ever reach."""
    value, isnt = crossed.logits[:, -1], ~crossed.truth[:, -1]
    cuts = []
    for group in (isnt & ~crossed.told, isnt & crossed.told):
        found = np.sort(value[group])[::-1]
        cuts.append(float(found[int(FALSE_ORDERS * len(found))]))
    return max(cuts) + 0.01


# --- files ----------------------------------------------------------------------------------------


def encoded(weights: Weights, cuts: tuple[float, float, float], about: dict[str, Any]) -> str:
    """The file: the models as whole numbers."""
    rows = np.rint(weights.rows / UNIT).astype(int)
    bias = np.rint(weights.bias / UNIT).astype(int)
    known = weights.width + len(weights.flags)
    used = [number for number in range(len(weights.tokens)) if rows[:, known + number].any()]
    columns = [*range(known), *(known + number for number in used)]
    data = {
        "format": FORMAT,
        **about,
        "kinds": ROWS,
        "unit": UNIT,
        "width": weights.width,
        "embedding_scale": weights.embedding_scale,
        "flags": weights.flags,
        "tokens": [weights.tokens[number] for number in used],
        "sure": round(cuts[0], 3),
        "maybe": round(cuts[1], 3),
        "order": round(cuts[2], 3),
        "bias": dict(zip(ROWS, bias.tolist(), strict=True)),
        "rows": {name: row[columns].tolist() for name, row in zip(ROWS, rows, strict=True)},
    }
    return (
        json.dumps(data, separators=(",", ":")).replace('],"', '],\n"').replace(',"rows":', ',\n"rows":')
        + "\n"
    )


def sha256(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


# --- what came of it ------------------------------------------------------------------------------


def report(name: str, said: Sequence[Said], weights: Weights, encoder: Encoder) -> None:
    """Prints, of utterances cut into sentences, how many of each kind are heard, how many are heard as any
    request, and what is taken for one without being any."""
    asked, found, any_, wrong = Counter[str](), Counter[str](), Counter[str](), []
    for each in said:
        texts = sentences(each.text)
        heard = heard_kinds(weights.score(texts, encoder.encode(texts) if weights.width else None))
        if not each.kinds and heard:
            wrong.append(f"{each.text} ({', '.join(sorted(heard))})")
        for kind in each.kinds:
            asked[kind] += 1
            found[kind] += kind in heard
            any_[kind] += bool(heard)
    answers = sum(not each.kinds for each in said)
    print(f"  {name}: {len(said) - answers} requests, {answers} answers, taken for a request: {len(wrong)}")
    print("".join(f"    ! {text[:110]}\n" for text in wrong), end="")
    for kind in KINDS:
        if asked[kind]:
            share, all_ = found[kind] / asked[kind], any_[kind] / asked[kind]
            print(f"    {kind:9} {asked[kind]:3}  heard as such {share:.2f}  as any {all_:.2f}")
    if asked:
        share, all_ = found.total() / asked.total(), any_.total() / asked.total()
        print(f"    {'all':9} {asked.total():3}  heard as such {share:.2f}  as any {all_:.2f}")


def report_orders(name: str, said: Sequence[Said], weights: Weights, encoder: Encoder) -> None:
    """Prints how many orders are heard in any sentence of theirs, and what is taken for one."""
    heard = []
    for each in said:
        texts = sentences(each.text)
        scores = weights.score(texts, encoder.encode(texts) if weights.width else None)
        heard.append(max(scores[ORDER], default=0.0) >= 0.5)
    asked = [ORDER in each.kinds for each in said]
    found = sum(one and other for one, other in zip(asked, heard, strict=True))
    wrong = [each.text for each, is_, was in zip(said, asked, heard, strict=True) if was and not is_]
    print(f"  {name}: {found} of {sum(asked)} heard, taken for one: {len(wrong)} of {len(said) - sum(asked)}")
    print("".join(f"    ! {text[:110]}\n" for text in wrong), end="")


def train(tier: str, encoder: Encoder) -> str:
    """The tier's file. Prints how it was chosen and how well it does."""
    from sklearn.metrics import average_precision_score

    bench = Bench(encoder, tier)
    chosen = None
    for c in CANDIDATES:
        crossed = cross(bench, c)
        chosen = crossed if c == C[tier] else chosen
        each = [average_precision_score(crossed.truth[:, n], crossed.logits[:, n]) for n in range(len(ROWS))]
        over = evidence(crossed.logits) >= thresholds(crossed)[0]
        place = np.arange(len(over)), crossed.logits[:, : len(KINDS)].argmax(axis=1)
        asked, order = crossed.truth[:, len(KINDS)], crossed.truth[:, -1]
        heard, right = over[asked].mean(), (over & crossed.truth[place])[asked].mean()
        wrong = (over & crossed.told).sum()
        orders = (crossed.logits[:, -1] >= order_threshold(crossed))[order].mean()
        print(
            f"{tier}: C {c}: mean average precision {np.mean(each):.3f}, heard {heard:.3f}, as the right kind"
            f" {right:.3f}, taken for requests: {FALSE:.1%} of what sounds alike, {wrong} plain sentences;"
            f" orders heard {orders:.3f}"
        )
    assert chosen is not None, "C must be one of the candidates"
    about = {
        "tier": tier,
        "data": sha256(DATA, ORDERS, STORIES, Path(__file__)),
        "encoder": sha256(encoder.folder / "model.bin"),
    }
    cuts = (*thresholds(chosen), order_threshold(chosen))
    text = encoded(bench.fit(range(FOLDS), C[tier]), cuts, about)
    weights = decode(json.loads(text))
    print(f"{tier}: {len(text) // 1024} kB, {len(weights.tokens)} words")
    held = [each for each in read_requests(DATA) if each.held]
    report("held-out writers", held, weights, encoder)
    report("the same as heard", [replace(each, text=heard_as(each.text)) for each in held], weights, encoder)
    report("held-out occupations", stories(OTHERS), weights, encoder)
    orders = [each for each in read_requests(ORDERS) if each.held]
    report_orders("orders of held-out writers", orders, weights, encoder)
    as_heard = [replace(each, text=heard_as(each.text)) for each in orders]
    report_orders("the same as heard", as_heard, weights, encoder)
    told = [*held, *(each for name in TOLD for each in stories(FOLDER / name))]
    report_orders("requests and stories never fitted on", told, weights, encoder)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="the sentence encoder")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a file would change")
    options = parser.parse_args()
    encoder = Encoder.load(options.folder)
    changed = False
    for tier in (EMBEDDINGS, WORDS):
        text, path = train(tier, encoder), OUT / f"requests_{tier}.json"
        changed = changed or not path.is_file() or path.read_text(encoding="utf-8") != text
        if not options.check:
            path.write_text(text, encoding="utf-8")
    return int(options.check and changed)


if __name__ == "__main__":
    sys.exit(main())
