"""A smart-turn model of a few hundred bytes: as sure of an end as the newest second of its input is loud.

Written as ONNX's protobuf by hand, so that no test needs a converter or real weights: one operator chain
Slice (the last 100 of 800 frames) -> ReduceMean -> Sigmoid over input_features, float32 (1, mels, 800).
Field numbers: github.com/onnx/onnx, onnx.proto.
"""

from collections.abc import Sequence
from pathlib import Path

MELS, FRAMES = 80, 800
FLOAT, INTS = 1, 7
"""TensorProto.FLOAT and AttributeProto.INTS."""


def _varint(value: int) -> bytes:
    head, rest = value & 0x7F, value >> 7
    return bytes([head | 0x80]) + _varint(rest) if rest else bytes([head])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _node(kind: str, source: str, target: str, **lists: Sequence[int]) -> bytes:
    attributes = [
        _field(1, name) + b"".join(_field(8, value) for value in values) + _field(20, INTS)
        for name, values in lists.items()
    ]
    node = _field(1, source) + _field(2, target) + _field(4, kind)
    return node + b"".join(_field(5, attribute) for attribute in attributes)


def _value(name: str, shape: Sequence[int]) -> bytes:
    sizes = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, sizes)))


def write_tiny(path: Path, source: str = "input_features", mels: int = MELS) -> Path:
    """The model as a file; another name or number of its input makes it another model."""
    nodes = (
        _node("Slice", source, "newest", axes=[2], starts=[FRAMES - 100], ends=[FRAMES]),
        _node("ReduceMean", "newest", "mean", axes=[1, 2]),
        _node("Sigmoid", "mean", "logits"),
    )
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, "tiny")
    graph += _field(11, _value(source, (1, mels, FRAMES))) + _field(12, _value("logits", (1, 1, 1)))
    path.write_bytes(_field(1, 7) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 9)))
    return path
