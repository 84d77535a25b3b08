"""Trained weights -> configs/reader: an 8-bit CTranslate2 encoder, its tokenizer, and the heads."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec
from judged_writers import LABELS, MOVES

from .model import HEADS, LAYERS, TYPES, published_names
from .rows import LIMITS

NOTICE = (
    "all-MiniLM-L6-v2 by the sentence-transformers project (huggingface.co/sentence-transformers/"
    "all-MiniLM-L6-v2), licensed under the Apache License 2.0 (www.apache.org/licenses/LICENSE-2.0). "
    "Changed: fine-tuned on judged interview answers (tests/data), converted to CTranslate2, rounded to "
    "8 bits."
)


def export(params: Any, folder: Path, out: Path, temperatures: dict[str, float]) -> None:
    """Write everything the program needs to read answers; what was there is replaced."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    spec = _spec(published_names(params))
    tokenizer = (folder / "tokenizer.json").read_bytes()
    pieces: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
    spec.config.unk_token = "[UNK]"
    spec.register_vocabulary(sorted(pieces, key=pieces.__getitem__))
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(out))
    (out / "tokenizer.json").write_bytes(tokenizer)
    np.savez(out / "heads.npz", **params["head"])
    about = {
        "notice": NOTICE,
        "labels": LABELS,
        "moves": MOVES,
        "types": TYPES,
        "limits": LIMITS,
        "temperatures": temperatures,
    }
    (out / "reader.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _spec(weights: dict[str, np.ndarray]) -> Any:
    """BERT's weights under the names CTranslate2 gives them."""
    encoder = transformer_spec.TransformerEncoderSpec(
        LAYERS,
        HEADS,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        name = f"encoder.layer.{number}."
        parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        attention = layer.self_attention
        attention.linear[0].weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
        attention.linear[0].bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
        _linear(attention.linear[1], weights, f"{name}attention.output.dense")
        _norm(attention.layer_norm, weights, f"{name}attention.output.LayerNorm")
        _linear(layer.ffn.linear_0, weights, f"{name}intermediate.dense")
        _linear(layer.ffn.linear_1, weights, f"{name}output.dense")
        _norm(layer.ffn.layer_norm, weights, f"{name}output.LayerNorm")
    return transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)


def _linear(spec: Any, weights: dict[str, np.ndarray], name: str) -> None:
    spec.weight, spec.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _norm(spec: Any, weights: dict[str, np.ndarray], name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]
