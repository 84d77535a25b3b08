"""What the reader's encoder was trained to say of an answer: a label for each piece, a score for each move,
a level.

The encoder sees what was asked, the last turns and the answer in one go, so that a piece is read in its
place and an answer against its question. The heads are one matrix each (tests/training/train_reader.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_interviewer.core.model.transcript import Span
from voice_interviewer.engine.reader.encoder import MAX_TOKENS, Encoder, Matrix

START, BREAK = 101, 102
"""The tokens [CLS] and [SEP]."""
FILES = ("heads.npz", "reader.json")


@dataclass(frozen=True)
class Turn:
    """An answer as the reader is given it. earlier: what was asked and answered before, oldest first."""

    asked: str
    text: str
    type: str
    level: str
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Judgement:
    """labels: for each label one probability per piece; moves: move -> how probably it is the one to make,
    in all 1; level: 1 to 5, as experienced interviewers gave it; judgeable: how probably there is anything
    to judge."""

    labels: Mapping[str, tuple[float, ...]]
    moves: Mapping[str, float]
    level: float
    judgeable: float


class Heads:
    """The trained heads over an encoder's states."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        self.labels: tuple[str, ...] = tuple(about["labels"])
        self.moves: tuple[str, ...] = tuple(about["moves"])
        self._types: tuple[str, ...] = tuple(about["types"])
        self._limits: dict[str, int] = about["limits"]
        self._warmth: dict[str, float] = about["temperatures"]
        self._weights: dict[str, Matrix] = dict(np.load(folder / "heads.npz"))

    def judge(self, encoder: Encoder, turn: Turn, pieces: Sequence[Span]) -> Judgement:
        """pieces: parts of turn.text, in any order; they may overlap."""
        ids, segments, places = self._tokens(encoder, turn)
        states = encoder.states(ids, segments)
        moves, level, judgeable = self._of_answer(states, np.asarray(segments), turn)
        return Judgement(self._of_pieces(states, places, pieces), moves, level, judgeable)

    # --- what goes in -----------------------------------------------------------------------------------

    def _tokens(self, encoder: Encoder, turn: Turn) -> tuple[list[int], list[int], list[tuple[int, int]]]:
        """Ids and segments of all that is read, and for each token the characters of the answer it stands
        for; (0, 0) for what is no part of it. Of a long answer the middle is left out."""
        limits = self._limits
        asked = encoder.tokens(f"{turn.level} {turn.type}: {turn.asked}")[0][: limits["asked"]]
        before: list[int] = []
        for question, answer in turn.earlier[-2:]:
            before += encoder.tokens(question)[0][: limits["earlier question"]]
            before += encoder.tokens(answer)[0][-limits["earlier answer"] :]
        before = before[-limits["earlier"] :]
        said, places = encoder.tokens(turn.text)
        room = MAX_TOKENS - 4 - len(asked) - len(before)
        if len(said) > room:
            head, tail = room // 2, room - room // 2
            said, places = said[:head] + said[-tail:], places[:head] + places[-tail:]
        lead = [START, *asked, BREAK, *before, BREAK]
        nowhere = [(0, 0)]
        return (
            [*lead, *said, BREAK],
            [0] * len(lead) + [1] * (len(said) + 1),
            nowhere * len(lead) + places + nowhere,
        )

    def _features(self, turn: Turn) -> Matrix:
        words = len(turn.text.split())
        kinds = [float(turn.type == each) for each in self._types]
        shape = [float(bool(turn.earlier)), np.log1p(words) / 5, float(words < 12), float(words > 120)]
        return np.array(kinds + shape, np.float32)

    # --- what comes out ---------------------------------------------------------------------------------

    def _of_answer(
        self, states: Matrix, segments: npt.NDArray[np.int_], turn: Turn
    ) -> tuple[dict[str, float], float, float]:
        answer = states[segments == 1].mean(axis=0)
        whole = np.concatenate([states[0], answer, states.mean(axis=0), self._features(turn)])
        weights = self._weights
        fits = -np.log1p(np.exp(-(whole @ weights["mw"] + weights["mb"])))
        first = _log_softmax(whole @ weights["fw"] + weights["fb"])
        share = np.exp(_log_softmax((fits + first) / self._warmth["moves"]))
        level, judgeable = whole @ weights["qw"] + weights["qb"]
        moves = {move: round(float(value), 4) for move, value in zip(self.moves, share, strict=True)}
        return moves, round(float(np.clip(level, 1, 5)), 3), round(float(1 / (1 + np.exp(-judgeable))), 4)

    def _of_pieces(
        self, states: Matrix, places: Sequence[tuple[int, int]], pieces: Sequence[Span]
    ) -> dict[str, tuple[float, ...]]:
        """A piece is what its tokens say on the whole. One that was left out is nothing."""
        tokens = states @ self._weights["cw"] + self._weights["cb"]
        starts, ends = np.array(places).T
        rows = []
        for piece in pieces:
            inside = (starts < piece.end) & (ends > piece.start)
            if inside.any():
                rows.append(np.exp(_log_softmax(tokens[inside].mean(axis=0) / self._warmth["labels"])))
            else:
                rows.append(np.zeros(len(self.labels), np.float32))
        columns = np.array(rows).T if rows else np.zeros((len(self.labels), 0))
        return {
            label: tuple(round(float(value), 4) for value in column)
            for label, column in zip(self.labels, columns, strict=True)
        }


def _log_softmax(logits: Matrix) -> Matrix:
    shifted = logits - logits.max()
    found: Matrix = shifted - np.log(np.exp(shifted).sum())
    return found
