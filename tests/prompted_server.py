"""A transcription server that knows what the virtual candidates say: it finds the sound it is sent in their
recordings and answers with the words of that stretch."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import speech_server as sp

from voice_audio.files import load_sound, to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples

Loudness = npt.NDArray[np.float64]
WINDOW = SAMPLE_RATE_HZ // 50
_AUDIBLE = 0.02
"""Of the loudest 20 ms: quieter is a pause."""


class Prompter:
    """The recordings of one persona, each with its words laid over the 20 ms windows in which it is heard."""

    def __init__(self, samples: Path, persona: str) -> None:
        self.heard: list[str] = []
        self._clips: list[tuple[Loudness, list[tuple[str, int]]]] = []
        with (samples / "manifest.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["persona"] == persona:
                    sound = to_rate(load_sound(samples / row["file"]), SAMPLE_RATE_HZ).samples
                    self._clips.append(_laid_out(_loudness(sound), row["transcript"].split()))

    def hears(self, handler: Any) -> None:
        """The behaviour of the server."""
        piece = _loudness(handler.sound)
        found = [_offset(loudness, piece) for loudness, _ in self._clips]
        best = min(range(len(found)), key=lambda clip: found[clip][0])
        begin = found[best][1]
        words = [(word, at - begin) for word, at in self._clips[best][1] if 0 <= at - begin < len(piece)]
        text = " ".join(word for word, _ in words)
        self.heard.append(text)
        timed = [{"word": word, "start": at / 50, "end": (at + 8) / 50} for word, at in words]
        segments = [{"text": text, "start": 0.0, "end": len(piece) / 50, "avg_logprob": -0.1}]
        sp.replies({"text": text, "words": timed, "segments": segments if words else []})(handler)


def _loudness(sound: Samples) -> Loudness:
    whole = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    loudness: Loudness = np.sqrt(np.mean(whole**2, axis=1))
    return loudness


def _laid_out(loudness: Loudness, words: list[str]) -> tuple[Loudness, list[tuple[str, int]]]:
    """The window in the middle of each word, if all letters took the same time and pauses none."""
    voiced = np.flatnonzero(loudness > loudness.max() * _AUDIBLE)
    ends = np.cumsum([len(word) + 1 for word in words])
    middles = (ends - np.diff(ends, prepend=0) / 2) / ends[-1] * len(voiced)
    return loudness, [(word, int(voiced[int(at)])) for word, at in zip(words, middles, strict=True)]


def _offset(loudness: Loudness, piece: Loudness) -> tuple[float, int]:
    """How badly the piece fits best into the clip, and where; it may stick out on either side."""
    padded = np.concatenate((np.zeros(len(piece)), loudness, np.zeros(len(piece))))
    energy = np.convolve(padded**2, np.ones(len(piece)), "valid")
    misfit = energy - 2 * np.correlate(padded, piece, "valid") + np.sum(piece**2)
    at = int(misfit.argmin())
    return float(misfit[at]), at - len(piece)
