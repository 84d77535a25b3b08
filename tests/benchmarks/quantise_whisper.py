"""A Whisper model in int8: half the bytes of the published float16, to be carried where no network is.

    python tests/benchmarks/quantise_whisper.py MODEL OUT

MODEL and OUT are folders; MODEL holds a CTranslate2 Whisper (model.bin, config.json, tokenizer.json and a
vocabulary). Weights are read from model.bin, put into CTranslate2's own specification of Whisper, and
quantised and written by it, as its converter does with the original. Prints the size of both; fails if OUT
does not load.
"""

import argparse
import json
import re
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np

from voice_audio.models.finding import missing_files
from voice_audio.transcribers.whisper import load_whisper

FORMAT = 6
"""Version of the binary format read here; see ModelSpec._serialize of CTranslate2 4.x."""
TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


class Reader:
    """Numbers and strings of a binary file, in order."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, code: str) -> int:
        (value,) = struct.unpack_from(code, self._data, self._at)
        self._at += struct.calcsize(code)
        return int(value)

    def take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def string(self) -> str:
        return self.take(self.number("<H"))[:-1].decode()


def read_weights(file: Path) -> dict[str, Any]:
    """Every variable of a model.bin by its name; aliases hold what they stand for. Raises ValueError."""
    reader = Reader(file.read_bytes())
    version, name = reader.number("<I"), reader.string()
    if version != FORMAT or name != "WhisperSpec":
        raise ValueError(f"{file} is {name}, format {version}; WhisperSpec, format {FORMAT} is read here")
    reader.number("<I")
    found: dict[str, Any] = {}
    for _ in range(reader.number("<I")):
        variable, shape = reader.string(), []
        for _ in range(reader.number("<B")):
            shape.append(reader.number("<I"))
        kind = TYPES[reader.number("<B")]
        found[variable] = np.frombuffer(reader.take(reader.number("<I")), kind).reshape(shape).copy()
    for _ in range(reader.number("<I")):
        alias = reader.string()
        found[alias] = found[reader.string()]
    return found


def whisper_spec(weights: dict[str, Any]) -> Any:
    """CTranslate2's specification with these weights in it."""
    from ctranslate2.specs import WhisperSpec

    encoder, decoder = (_layers(weights, side) for side in ("encoder", "decoder"))
    heads = [int(weights[f"{side}/num_heads"]) for side in ("encoder", "decoder")]
    spec = WhisperSpec(encoder, heads[0], decoder, heads[1])
    for name, value in weights.items():
        *path, last = name.split("/")
        place = spec
        for part in path:
            listed = re.fullmatch(r"(.+)_(\d+)", part)
            known = listed is not None and isinstance(getattr(place, listed[1], None), list)
            place = getattr(place, listed[1])[int(listed[2])] if listed and known else getattr(place, part)
        setattr(place, last, value)
    return spec


def _layers(weights: dict[str, Any], side: str) -> int:
    found = (re.match(rf"{side}/layer_(\d+)/", name) for name in weights)
    return 1 + max(int(match[1]) for match in found if match)


def quantise(model: Path, out: Path) -> None:
    weights = read_weights(model / "model.bin")
    spec = whisper_spec({name: value for name, value in weights.items() if "/" in name})
    about = json.loads((model / "config.json").read_text(encoding="utf-8"))
    for key, value in about.items():
        setattr(spec.config, key, value)
    spec.register_vocabulary(vocabulary(model))
    spec.validate()
    spec.optimize(quantization="int8")
    out.mkdir(parents=True, exist_ok=True)
    spec.save(str(out))
    for name in ("tokenizer.json", "preprocessor_config.json"):
        if (model / name).is_file():
            shutil.copy(model / name, out / name)


def vocabulary(model: Path) -> list[str]:
    as_json = model / "vocabulary.json"
    if as_json.is_file():
        tokens: list[str] = json.loads(as_json.read_text(encoding="utf-8"))
        return tokens
    return (model / "vocabulary.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    lacking = missing_files(asked.model)
    if lacking:
        parser.error(f"{asked.model} lacks {', '.join(lacking)}")
    quantise(asked.model, asked.out)
    load_whisper(asked.out, "cpu", "int8")
    for folder in (asked.model, asked.out):
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"{size / 1e6:6.1f} MB  {folder}")


if __name__ == "__main__":
    main()
