"""The encoder that reads answers: all-MiniLM-L6-v2, fine-tuned whole on judged answers (tests/training).

It ships with the program, as 8-bit CTranslate2 weights. It turns words into vectors, in two ways: a
sentence into one, to compare sentences with, and a whole answer with what was asked into one for each of
its tokens.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from voice_audio.native import native_call
from voice_interviewer.errors import ModelProblem

Matrix: TypeAlias = npt.NDArray[np.float32]

WIDTH = 384
"""Numbers per token and per sentence."""
MAX_TOKENS = 256
"""The length this encoder was trained with; the rest of a longer piece is not read."""
BATCH = 16
KEPT = 4096
"""Sentences whose vector is remembered, about 6 MB."""
THREADS = 2
TOKENIZER, WEIGHTS = "tokenizer.json", "model.bin"


class Encoder:
    """Text to vectors. Safe to share between threads. Loaded when first used."""

    def __init__(self, folder: Path) -> None:
        """folder: model.bin, config.json, vocabulary.json and tokenizer.json. ModelProblem when it lacks
        one."""
        lacking = next((name for name in (WEIGHTS, TOKENIZER) if not (folder / name).is_file()), None)
        if lacking:
            raise ModelProblem(
                "reader", f"{folder} holds no reader: no {lacking}.", "install the program again"
            )
        self.folder = folder
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Matrix] = OrderedDict()

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """An encoder that is ready at once. Raises ModelProblem when the files cannot be used."""
        encoder = cls(folder)
        encoder.encode(("",))
        return encoder

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row per text, float32 (n, WIDTH), each of length 1, so that a dot product is the similarity
        of two sentences, -1 to 1. The same text gives the same row."""
        with self._lock, native_call():
            unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
            rows = dict(zip(unknown, self._embed(unknown), strict=True)) if unknown else {}
            for text in dict.fromkeys(texts):
                if text in self._known:
                    self._known.move_to_end(text)
                    rows[text] = self._known[text]
                else:
                    self._known[text] = rows[text]
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return np.stack([rows[text] for text in texts]) if texts else np.zeros((0, WIDTH), np.float32)

    def states(self, ids: Sequence[int], segments: Sequence[int]) -> Matrix:
        """One row per token, float32 (n, WIDTH), each token seen among all others. segments: 0 for what was
        asked and answered before, 1 for the answer; as long as ids, at most MAX_TOKENS."""
        with self._lock, native_call():
            output = self._model.forward_batch([list(ids)], token_type_ids=[list(segments)])
        found: Matrix = np.asarray(output.last_hidden_state, np.float32)[0]
        return found

    def tokens(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The ids of a text's tokens, and the characters start..end that each stands for."""
        found = self._tokenizer.encode(_encodable(text), add_special_tokens=False)
        return found.ids, found.offsets

    def _embed(self, texts: Sequence[str]) -> list[Matrix]:
        """The mean over a text's tokens of what the last layer says.

        Texts of one batch are about equally long: what is padded costs as much as what is read.
        """
        # one by one: a batch would start threads, and a warning whenever this process is forked after that
        tokens = [self._tokenizer.encode(_encodable(text)).ids[:MAX_TOKENS] for text in texts]
        order = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        rows: list[Matrix] = [np.zeros(WIDTH, np.float32)] * len(texts)
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            states = np.asarray(
                self._model.forward_batch([tokens[index] for index in batch]).last_hidden_state
            )
            for row, index in zip(states, batch, strict=True):
                mean = row[: len(tokens[index])].mean(axis=0)
                rows[index] = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        return rows

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _model(self) -> Any:
        import ctranslate2

        try:
            return ctranslate2.Encoder(str(self.folder), device="cpu", intra_threads=THREADS)
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:160]
            message = f"The reader in {self.folder} cannot be loaded: {reason}"
            raise ModelProblem("reader", message, "install the program again") from None


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
