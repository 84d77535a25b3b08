"""Fetching and converting the sentence encoder, with a small encoder of the same build made here."""

import errno
import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hub_server import hub_server
from index_server import IndexServer, index_server, write_wheel
from safetensors.numpy import save

from voice_audio.models.catalogue import ModelFile, Package
from voice_interviewer.engine.reader import minilm
from voice_interviewer.engine.reader.semantic import Encoder
from voice_interviewer.errors import ModelProblem

WIDTH, INNER, LONGEST = 96, 192, 64
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "i",
    "call",
    "##ed",
    "the",
    "nurse",
    "first",
    "and",
    "then",
    "my",
]


def weights() -> dict[str, np.ndarray[Any, Any]]:
    """A BERT of the model's layers and heads, narrow and random."""
    random = np.random.default_rng(7)

    def draw(*shape: int) -> np.ndarray[Any, Any]:
        return (random.standard_normal(shape) * 0.2).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": draw(len(WORDS), WIDTH),
        "embeddings.token_type_embeddings.weight": draw(2, WIDTH),
        "embeddings.position_embeddings.weight": draw(LONGEST, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(minilm.LAYERS):
        layer = f"encoder.layer.{number}."
        norms += [f"{layer}attention.output.LayerNorm", f"{layer}output.LayerNorm"]
        shapes = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (INNER, WIDTH)}
        shapes["output.dense"] = (WIDTH, INNER)
        for name, shape in shapes.items():
            found[f"{layer}{name}.weight"], found[f"{layer}{name}.bias"] = draw(*shape), draw(shape[0])
    for name in norms:
        found[f"{name}.weight"], found[f"{name}.bias"] = 1 + draw(WIDTH), draw(WIDTH)
    return found


def tokenizer() -> bytes:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.WordPiece({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return made.to_str().encode()


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    return {minilm.WEIGHTS: save(weights()), minilm.TOKENIZER: tokenizer()}


@pytest.fixture
def known(small: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Mapping[str, bytes]:
    """The small files, taken for the published ones."""
    files = tuple(
        ModelFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in small.items()
    )
    monkeypatch.setattr(minilm, "MINILM", replace(minilm.MINILM, files=files))
    return small


def as_bert_says(ids: list[int]) -> np.ndarray[Any, Any]:
    """The mean of the last layer, written down from the BERT paper with numpy alone."""
    held = weights()

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return (
            centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * held[f"{name}.weight"]
            + held[f"{name}.bias"]
        )

    def linear(x: Any, name: str) -> Any:
        return x @ held[f"{name}.weight"].T + held[f"{name}.bias"]

    erf = np.vectorize(math.erf)
    x = held["embeddings.word_embeddings.weight"][ids] + held["embeddings.token_type_embeddings.weight"][0]
    x = norm(x + held["embeddings.position_embeddings.weight"][: len(ids)], "embeddings.LayerNorm")
    for number in range(minilm.LAYERS):
        layer = f"encoder.layer.{number}."
        parts = (linear(x, f"{layer}attention.self.{part}") for part in ("query", "key", "value"))
        query, key, value = (part.reshape(len(ids), minilm.HEADS, -1).transpose(1, 0, 2) for part in parts)
        raw = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        share = np.exp(raw - raw.max(-1, keepdims=True))
        seen = (share / share.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + linear(seen, f"{layer}attention.output.dense"), f"{layer}attention.output.LayerNorm")
        inner = linear(x, f"{layer}intermediate.dense")
        inner = inner * (1 + erf(inner / math.sqrt(2))) / 2
        x = norm(x + linear(inner, f"{layer}output.dense"), f"{layer}output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_converted_encoder_computes_what_bert_does(small: Mapping[str, bytes], tmp_path: Path) -> None:
    minilm.build(small, tmp_path / "encoder")
    texts = ["I called the nurse first", "the nurse and my nurse then", "I"]
    found = Encoder.load(tmp_path / "encoder").encode(texts)
    pieces = [[2, 4, 5, 6, 7, 8, 9, 3], [2, 7, 8, 10, 12, 8, 11, 3], [2, 4, 3]]
    for row, ids in zip(found, pieces, strict=True):
        assert float(row @ as_bert_says(ids)) > 0.995  # 8 bits instead of 32
    assert float(found[0] @ found[2]) < 0.99  # the three are not all alike


def test_the_folder_says_what_it_holds_and_whose_it_is(small: Mapping[str, bytes], tmp_path: Path) -> None:
    minilm.build(small, tmp_path / "encoder")
    about = json.loads((tmp_path / "encoder" / minilm.ABOUT).read_text())
    encoder = (tmp_path / "encoder" / minilm.ENCODER).read_bytes()
    assert about["licence"] == "Apache-2.0"
    assert "Changed" in about["notice"]
    assert about["sha256"][minilm.WEIGHTS] == hashlib.sha256(small[minilm.WEIGHTS]).hexdigest()
    assert about["encoder_sha256"] == hashlib.sha256(encoder).hexdigest()
    minilm.build(small, tmp_path / "again")
    assert (tmp_path / "again" / minilm.ENCODER).read_bytes() == encoder


# --- fetching ---------------------------------------------------------------------------------------------


def publish(known: Mapping[str, bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package as an index would give it, with these files inside."""
    members = {name: f"toy/model/{name}" for name in known}
    wheel = write_wheel(folder, "toy-encoder", {members[name]: data for name, data in known.items()}, members)
    sources = (minilm.MINILM.sources[0], Package((wheel,)))
    monkeypatch.setattr(minilm, "MINILM", replace(minilm.MINILM, sources=sources))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexServer]:
    """All that pip knows of; nothing is published yet."""
    with index_server(tmp_path / "index", monkeypatch) as server:
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "semantic"


NO_HUB = "http://127.0.0.1:1"


def test_the_package_brings_it_and_a_second_time_nothing_is_fetched(
    known: Mapping[str, bytes], index: IndexServer, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(known, index.folder, monkeypatch)
    assert minilm.install(place, endpoint=NO_HUB) == place
    assert minilm.missing_files(place) == ()
    assert minilm.check(place) is None
    assert [entry.name for entry in place.parent.iterdir()] == ["semantic"]  # nothing is left lying about
    asked = len(index.requests)
    assert minilm.install(place, offline=True) == place
    assert len(index.requests) == asked


def test_files_other_than_the_published_ones_are_refused(
    known: Mapping[str, bytes], index: IndexServer, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = {**known, minilm.WEIGHTS: known[minilm.WEIGHTS][:-1] + b"!"}
    publish(changed, index.folder, monkeypatch)
    with pytest.raises(ModelProblem, match="is not the known file") as caught:
        minilm.install(place, endpoint=NO_HUB)
    assert (caught.value.code, caught.value.exit_code) == ("wrong_hash", 3)
    assert not place.exists()


def test_the_hub_is_asked_first(
    known: Mapping[str, bytes],
    index: IndexServer,
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    served = tmp_path / "served"
    served.mkdir()
    for name, data in known.items():
        (served / name).write_bytes(data)
    with hub_server(served) as hub:
        minilm.install(place, endpoint=hub.endpoint)
        assert all("sentence-transformers/all-MiniLM-L6-v2" in path for path in hub.requests)
    assert index.requests == []
    assert Encoder.load(place).encode(["i"]).shape == (1, WIDTH)


def test_a_changed_encoder_is_found(
    known: Mapping[str, bytes], index: IndexServer, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(known, index.folder, monkeypatch)
    minilm.install(place, endpoint=NO_HUB)
    data = (place / minilm.ENCODER).read_bytes()
    (place / minilm.ENCODER).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert minilm.check(place) == f"{minilm.ENCODER} is not the known file"
    (place / minilm.ABOUT).write_text("{}")
    assert minilm.check(place) == f"{minilm.ABOUT} is damaged"
    (place / minilm.ABOUT).unlink()
    assert minilm.check(place) == f"{minilm.ABOUT} is missing"


def test_with_neither_source_both_reasons_are_told(index: IndexServer, place: Path) -> None:
    with pytest.raises(ModelProblem) as caught:
        minilm.install(place, endpoint=NO_HUB)
    assert caught.value.code == "download_failed"
    assert "pip: No matching distribution" in caught.value.message
    assert "the model hub: " in caught.value.message
    assert "compared by words" in caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint


def test_offline_connects_nowhere(place: Path) -> None:
    with pytest.raises(ModelProblem, match="--offline") as caught:
        minilm.install(place, offline=True)
    assert (caught.value.code, caught.value.exit_code) == ("offline", 3)
    assert not place.parent.exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ModelProblem, match="not empty"):
        minilm.install(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_a_full_disk_is_told_and_no_half_encoder_is_left(
    known: Mapping[str, bytes], index: IndexServer, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(files: object, folder: Path) -> None:
        folder.mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    publish(known, index.folder, monkeypatch)
    monkeypatch.setattr(minilm, "build", full)
    with pytest.raises(ModelProblem, match="is full") as caught:
        minilm.install(place, endpoint=NO_HUB)
    assert "make room for" in caught.value.hint
    assert not place.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelProblem, match="cannot be put into"):
        minilm.install(tmp_path / "file" / "semantic")
