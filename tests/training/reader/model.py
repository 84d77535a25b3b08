"""The reader's network in JAX: the encoder all-MiniLM-L6-v2 and the heads on it, with what they are taught
by.

One pass over "what was asked, the last turns, the answer" gives a vector a token. Heads: a label for each
clause (mean of its tokens' logits), for the answer which moves are acceptable, which one is best, the
level, and whether there is anything to judge. Sentences must stay comparable as they were: the encoder is
held to its old vectors.
"""

import re
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import load_file

LAYERS, HEADS, WIDTH = 6, 12, 384
TYPES = ("behavioural", "situational", "technical", "leadership", "motivation", "warmup")
FEATURES = len(TYPES) + 4
DROP, HEAD_DROP = 0.1, 0.2
LEVEL_WEIGHT, KEEP_WEIGHT, MOVES_SCALE = 0.3, 2.0, 1 / 6

_EMBEDDINGS = {
    "word": "word_embeddings.weight",
    "position": "position_embeddings.weight",
    "segment": "token_type_embeddings.weight",
    "scale": "LayerNorm.weight",
    "shift": "LayerNorm.bias",
}
_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm2": "output.LayerNorm",
}

Params = dict[str, Any]
Batch = dict[str, Any]


def original(folder: Path, moves: int, labels: int, seed: int) -> Params:
    """The published weights, and heads that know nothing yet."""
    found = load_file(folder / "model.safetensors")
    layers = {
        f"{ours}.{part}": np.stack([found[f"encoder.layer.{at}.{theirs}.{part}"] for at in range(LAYERS)])
        for ours, theirs in _LAYER.items()
        for part in ("weight", "bias")
    }
    rng = np.random.default_rng(seed)
    width = 3 * WIDTH + FEATURES

    def fresh(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.02, shape).astype(np.float32)

    heads = {
        "mw": fresh(width, moves),
        "mb": np.full(moves, -1.5, np.float32),
        "fw": fresh(width, moves),
        "fb": np.zeros(moves, np.float32),
        "qw": np.zeros((width, 2), np.float32),
        "qb": np.array([3.0, 1.0], np.float32),
        "cw": fresh(WIDTH, labels),
        "cb": np.zeros(labels, np.float32),
    }
    embeddings = {ours: found[f"embeddings.{theirs}"] for ours, theirs in _EMBEDDINGS.items()}
    return jax.tree.map(jnp.asarray, {"embeddings": embeddings, "layers": layers, "head": heads})


def published_names(params: Params) -> dict[str, np.ndarray]:
    """The encoder's weights under the names of the published file."""
    found = {f"embeddings.{theirs}": params["embeddings"][ours] for ours, theirs in _EMBEDDINGS.items()}
    for ours, theirs in _LAYER.items():
        for part in ("weight", "bias"):
            for at in range(LAYERS):
                found[f"encoder.layer.{at}.{theirs}.{part}"] = params["layers"][f"{ours}.{part}"][at]
    return {name: np.array(value) for name, value in found.items()}


def _norm(x: Any, scale: Any, shift: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(spread + 1e-12) * scale + shift


def _drop(x: Any, key: Any, rate: float) -> Any:
    return x if key is None else jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def states(params: Params, ids: Any, segments: Any, key: Any = None) -> tuple[Any, Any]:
    """(n, tokens, WIDTH) and which tokens are there. key: for dropout; None when nothing is learned."""
    table, mask = params["embeddings"], (ids > 0).astype(jnp.float32)
    x = table["word"][ids] + table["position"][: ids.shape[1]] + table["segment"][segments]
    x = _norm(x, table["scale"], table["shift"])
    bias = (1 - mask)[:, None, None, :] * -1e9

    def split(y: Any) -> Any:
        return y.reshape(*y.shape[:2], HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)

    def layer(x: Any, of: Any) -> tuple[Any, None]:
        w, keys = of
        one, two = (None, None) if key is None else jax.random.split(keys)

        def dense(y: Any, name: str) -> Any:
            return y @ w[f"{name}.weight"].T + w[f"{name}.bias"]

        query, keyed, value = (split(dense(x, name)) for name in ("query", "key", "value"))
        weight = jax.nn.softmax(query @ keyed.transpose(0, 1, 3, 2) / (WIDTH // HEADS) ** 0.5 + bias, -1)
        seen = (weight @ value).transpose(0, 2, 1, 3).reshape(x.shape)
        x = _norm(x + _drop(dense(seen, "attended"), one, DROP), w["norm.weight"], w["norm.bias"])
        inner = dense(jax.nn.gelu(dense(x, "inner"), approximate=True), "outer")
        return _norm(x + _drop(inner, two, DROP), w["norm2.weight"], w["norm2.bias"]), None

    keys = jax.random.split(jax.random.PRNGKey(0) if key is None else key, LAYERS)
    x, _ = jax.lax.scan(layer, x, (params["layers"], keys))
    return x, mask


def sentence_vectors(params: Params, ids: Any) -> Any:
    """(n, WIDTH), each of length 1: what sentences are compared by."""
    x, mask = states(params, ids, jnp.zeros_like(ids))
    mean = (x * mask[..., None]).sum(1) / jnp.maximum(mask.sum(1, keepdims=True), 1)
    return mean / jnp.maximum(jnp.linalg.norm(mean, axis=-1, keepdims=True), 1e-9)


def outputs(params: Params, ids: Any, segments: Any, features: Any, key: Any = None) -> tuple[Any, ...]:
    """Logits: acceptable moves, best move, (level, judgeable), labels of each token."""
    x, mask = states(params, ids, segments, key)

    def mean(of: Any) -> Any:
        return (x * of[..., None]).sum(1) / jnp.maximum(of.sum(1, keepdims=True), 1)

    whole = jnp.concatenate([x[:, 0], mean(mask * (segments == 1)), mean(mask)], -1)
    whole = _drop(whole, None if key is None else jax.random.fold_in(key, 99), HEAD_DROP)
    whole = jnp.concatenate([whole, features], -1)
    head = params["head"]
    tokens = _drop(x, None if key is None else jax.random.fold_in(key, 98), DROP)
    return (
        whole @ head["mw"] + head["mb"],
        whole @ head["fw"] + head["fb"],
        whole @ head["qw"] + head["qb"],
        tokens @ head["cw"] + head["cb"],
    )


def loss(params: Params, batch: Batch, key: Any) -> Any:
    """What is learned from one batch, see `rows.batch`."""
    kept = (1 - (sentence_vectors(params, batch["sentences"]) * batch["vectors"]).sum(-1)).mean()
    moves, best, level, tokens = outputs(params, batch["ids"], batch["segments"], batch["features"], key)
    fits = (optax.sigmoid_binary_cross_entropy(moves, batch["fits"]) * batch["weights"]).sum(-1)
    first = -(jax.nn.log_softmax(best, -1) * batch["best"]).sum(-1)
    given = ((level[:, 0] - batch["level"]) ** 2) * (batch["level"] > 0)
    given += optax.sigmoid_binary_cross_entropy(level[:, 1], batch["judgeable"])
    inside = jax.nn.one_hot(batch["clause"], batch["labels"].shape[1])  # -1: of no clause
    count = inside.sum(1)
    pooled = jnp.einsum("ntc,ntl->ncl", inside, tokens) / jnp.maximum(count, 1)[..., None]
    known = (count > 0) * (batch["labels"].sum(-1) > 0)
    missed = -(jax.nn.log_softmax(pooled, -1) * batch["labels"]).sum(-1) * known
    clauses = missed.sum(-1) / jnp.maximum(known.sum(-1), 1)
    each = MOVES_SCALE * fits + first + LEVEL_WEIGHT * given + clauses
    return (each * batch["real"]).sum() / batch["real"].sum() + KEEP_WEIGHT * kept


def plain(text: str) -> str:
    """A text as some recognisers write it: no capitals, no marks."""
    return re.sub(r"[^a-z0-9%'$£ ]+", " ", text.lower()).strip() or text
