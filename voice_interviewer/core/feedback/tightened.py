"""The candidate's own answer, tightened: their clauses in the order they were said in, without
fillers and repetitions, with a placeholder where something was not heard. Words are only ever left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.feedback.basis import Basis
from voice_interviewer.core.model.bank import SLOTS, Question
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD
from voice_interviewer.core.model.feedback import Label
from voice_interviewer.core.model.transcript import Span, Transcript, Word
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.fillers import fillers
from voice_interviewer.core.understanding.lexicon import content_stems

WORDS_PER_S = 2.5
SAME = 0.8
"""Share of a piece's content words that were said already, from which on it is said again and left out."""
LEAST_WORDS = 3
"""A shorter piece without a label adds nothing."""
PLACEHOLDERS = 3
"""More gaps than this would be another answer."""


@dataclass(frozen=True)
class Piece:
    """A clause of the answer, or a placeholder. start, end: the clause's characters in answer number
    `answer`; text: its words without fillers, in their order. slot: what it shows, None where nothing in
    particular."""

    text: str
    slot: str | None
    placeholder: bool = False
    answer: int | None = None
    start: int | None = None
    end: int | None = None


def tighten(
    question: Question,
    labels: Sequence[Label],
    answers: Sequence[Transcript],
    target_s: int,
    basis: Basis,
) -> tuple[Piece, ...]:
    """The pieces in order, placeholders in their places. Nothing for answers without words."""
    order = list(SLOTS.get(question.type, ()))
    own = [piece for at, answer in enumerate(answers) for piece in _own(at, answer, labels)]
    kept = _shortened(_said_once(own), int(target_s * WORDS_PER_S))
    if not kept:
        return ()
    missing = [label for label in labels if label.state == NOT_HEARD and label.id in order]
    missing.sort(key=lambda label: (not label.needed, order.index(label.id)))
    gaps = [Piece(_gap(label.id, basis), label.id, placeholder=True) for label in missing[:PLACEHOLDERS]]

    return tuple(_with_gaps(kept, gaps, order))


def _gap(slot: str, basis: Basis) -> str:
    """Only what is to be added, none of the sentence around it: every other word is the candidate's own."""
    text = basis.say.get(slot, basis.lines.gap)
    return text[text.index("[") : text.index("]") + 1]


def _own(at: int, answer: Transcript, labels: Sequence[Label]) -> list[Piece]:
    left_out = {number for filler in fillers(answer.words) for number in filler.words}
    starts, offset = [], 0
    for word in answer.words:
        starts.append(offset)
        offset += len(word.text) + 1
    pieces = []
    for clause in clauses(answer):
        numbers = [n for n, start in enumerate(starts) if clause.start <= start < clause.end]
        kept = _without_repeats([answer.words[n] for n in numbers if n not in left_out])
        slot = next((label.id for label in labels if _shows(label, at, clause)), None)
        if kept and (slot is not None or len(kept) >= LEAST_WORDS):
            text = " ".join(word.text for word in kept)
            pieces.append(Piece(text, slot, False, at, clause.start, clause.end))
    return pieces


def _shows(label: Label, at: int, clause: Span) -> bool:
    if label.state != HEARD or label.answer != at or label.start is None or label.end is None:
        return False
    return not label.id.startswith("point:") and label.start < clause.end and clause.start < label.end


def _without_repeats(words: Sequence[Word]) -> list[Word]:
    """Words said twice in a row are said once: a false start, a stammer."""
    kept: list[Word] = []
    for word in words:
        if kept and kept[-1].text.casefold().strip(".,") == word.text.casefold().strip(".,"):
            kept[-1] = word
            continue
        kept.append(word)
    return kept


def _said_once(pieces: Sequence[Piece]) -> list[Piece]:
    said: set[str] = set()
    kept = []
    for piece in pieces:
        stems = set(content_stems(piece.text))
        if stems and piece.slot is None and len(stems & said) >= SAME * len(stems):
            continue
        said |= stems
        kept.append(piece)
    return kept


def _shortened(pieces: Sequence[Piece], most_words: int) -> list[Piece]:
    """What shows nothing goes first, the least telling of it before the rest, until the length is right."""
    kept = list(pieces)
    words = sum(len(piece.text.split()) for piece in kept)
    plain = sorted(
        (piece for piece in kept if piece.slot is None), key=lambda p: len(set(content_stems(p.text)))
    )
    for piece in plain:
        if words <= most_words:
            break
        kept.remove(piece)
        words -= len(piece.text.split())
    return kept


def _with_gaps(pieces: Sequence[Piece], gaps: Sequence[Piece], order: Sequence[str]) -> list[Piece]:
    """Each gap behind the last piece that belongs before it."""
    told = list(pieces)
    for gap in gaps:
        before = set(order[: order.index(gap.slot or order[0])])
        places = [at for at, piece in enumerate(told) if piece.slot in before]
        told.insert(places[-1] + 1 if places else (0 if gap.slot == order[0] else len(told)), gap)
    return told
