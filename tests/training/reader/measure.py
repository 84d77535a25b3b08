"""How well answers are read: moves, levels and labels, by writer and on the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from judged_writers import LABELS, MOVES, Answer

TOP = 5
WARMTH = np.linspace(0.6, 2.4, 37)


@dataclass(frozen=True)
class Read:
    """An answer and the logits of the heads; labels: one row a clause, None where it was cut."""

    answer: Answer
    moves: np.ndarray
    best: np.ndarray
    level: float
    judgeable: float
    labels: Sequence[np.ndarray | None]

    @property
    def scores(self) -> np.ndarray:
        """The order in which moves are made: acceptable, and the best one."""
        return -np.log1p(np.exp(-self.moves)) + _log_softmax(self.best)


def report(title: str, found: Sequence[Read]) -> None:
    """A line a writer, one for all, the moves, and the labels."""
    print(title)
    for writer in sorted({each.answer.id[0] for each in found}):
        print(f"  {writer}: {_line([each for each in found if each.answer.id[0] == writer])}")
    print(f"  all: {_line(found)}")
    judged = [each for each in found if each.answer.accepted]
    constant = {
        move: (
            sum(move in each.answer.accepted for each in judged) / len(judged),
            sum(move in each.answer.wrong for each in judged) / len(judged),
        )
        for move in MOVES
    }
    best = max(constant, key=lambda move: constant[move][0])
    print(f"  always {best}: accepted {constant[best][0]:.3f} wrong {constant[best][1]:.3f}")
    for move in MOVES:
        first = [each for each in judged if each.answer.accepted[0] == move or _first(each.answer) == move]
        if first:
            right = sum(MOVES[int(each.scores.argmax())] in each.answer.accepted for each in first)
            print(f"    {move}: {right} of {len(first)}")
    for label, (right, said, there) in _labels(found).items():
        if there:
            f1 = 2 * right / max(said + there, 1)
            shares = f"recall {right / there:.2f} precision {right / max(said, 1):.2f}"
            print(f"    {label}: F1 {f1:.2f} {shares} of {there}")


def _first(answer: Answer) -> str | None:
    return next((move for move in answer.writer.accepted if move in answer.accepted), None)


def _line(found: Sequence[Read]) -> str:
    judged = [each for each in found if each.answer.accepted]
    chosen = [MOVES[int(each.scores.argmax())] for each in judged]
    accepted = [move in each.answer.accepted for move, each in zip(chosen, judged, strict=True)]
    wrong = [move in each.answer.wrong for move, each in zip(chosen, judged, strict=True)]
    top = [any(MOVES[at] in each.answer.accepted for at in np.argsort(-each.scores)[:TOP]) for each in judged]
    by_move: dict[str, list[bool]] = {}
    for each, right in zip(judged, accepted, strict=True):
        by_move.setdefault(_first(each.answer) or "", []).append(right)
    levels = [(each.answer.quality, each.level) for each in found if each.answer.quality is not None]
    off = [abs((given or 0) - min(5, max(1, round(said)))) for given, said in levels]
    macro = np.mean([np.mean(each) for each in by_move.values()])
    exact, near = (np.mean([each <= most for each in off]) for most in (0.5, 1))
    return (
        f"{len(judged)} of {len(found)} agreed on, accepted {np.mean(accepted):.3f} "
        f"wrong {np.mean(wrong):.3f} top {TOP} {np.mean(top):.3f} macro {macro:.2f}; "
        f"levels exact {exact:.2f} within one {near:.2f}"
    )


def _labels(found: Sequence[Read]) -> dict[str, list[int]]:
    """label -> clauses rightly so read, read so, and so called by all who labelled them."""
    table = {label: [0, 0, 0] for label in LABELS}
    for each in found:
        for (_, one, two), logits in zip(each.answer.clauses, each.labels, strict=True):
            if logits is None or (one and two and one != two) or not (one or two):
                continue
            given, said = one or two or "", LABELS[int(logits.argmax())]
            table[given][2] += 1
            table[said][1] += 1
            table[given][0] += given == said
    return table


def temperatures(found: Sequence[Read]) -> dict[str, float]:
    """By what logits are divided so that probabilities come true on answers that were not learned from."""
    moves = [
        (each.scores, [MOVES.index(move) for move in each.answer.accepted])
        for each in found
        if each.answer.accepted
    ]
    labels = [
        (logits, [LABELS.index(label) for label in given if label])
        for each in found
        for (_, *given), logits in zip(each.answer.clauses, each.labels, strict=True)
        if logits is not None and any(given)
    ]
    return {"moves": _warmth(moves), "labels": _warmth(labels)}


def _warmth(pairs: Sequence[tuple[np.ndarray, list[int]]]) -> float:
    """The temperature under which what is right is most probable."""

    def miss(warmth: float) -> float:
        return -float(
            np.mean(
                [np.log(np.exp(_log_softmax(logits / warmth))[right].sum() + 1e-9) for logits, right in pairs]
            )
        )

    return float(min(WARMTH, key=miss))


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max()
    found: np.ndarray = shifted - np.log(np.exp(shifted).sum())
    return found
