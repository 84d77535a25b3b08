"""What a scorer is given of a session, and which of its earlier scores are still about what was said."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.feedback import Material, Score
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.review.fold import Fold
from voice_interviewer.review.spoken import Turn
from voice_interviewer.store.notes import Notes, Scored

VERSION = 1
"""Of the scoring. Goes up when the same answer would be judged otherwise; older scores are then made anew."""

_RANK = {"words": 0, "embeddings": 1}
"""Who judges better. A language model's name counts above both."""


@dataclass(frozen=True)
class Scorable:
    """One question of a session with what there is to judge. turns: those whose words count, in order;
    `Label.answer` is an index into them."""

    question: Question
    turns: tuple[Turn, ...]
    material: Material

    @property
    def of(self) -> str:
        """The fingerprint of everything that is looked at."""
        seen = {
            "version": VERSION,
            "question": self.question.id,
            "level": self.material.level,
            "failed": self.material.failed,
            "asked": [[each.asked, each.move] for each in self.material.exchanges],
            "words": [
                [[word.text, word.probability < self.material.doubt_threshold] for word in each.answer.words]
                for each in self.material.exchanges
            ],
        }
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode("utf-8")).hexdigest()


def scorable(folded: Fold, question: Question, level: str, doubt: float) -> Scorable:
    """Everything that was answered to that question; left answers hold nothing to judge."""
    turns = [turn for turn in folded.turns.values() if turn.question_id == question.id and not turn.skipped]
    turns = sorted((turn for turn in turns if turn.transcript.words), key=lambda turn: turn.number)
    exchanges = tuple(
        Exchange(
            turn.number,
            question.id,
            turn.asked.line.text if turn.asked else question.say,
            turn.asked.line.move if turn.asked else None,
            turn.transcript,
            turn.slots,
            turn.reply.request if turn.reply else None,
        )
        for turn in turns
    )
    failed = sum(len(turn.failed) for turn in folded.turns.values() if turn.question_id == question.id)
    typed = any(turn.typed_ms is not None for turn in turns)
    theirs = (turn for turn in folded.turns.values() if turn.question_id == question.id)
    other = next((turn.other_language for turn in theirs if turn.other_language), "")
    material = Material(question, level, exchanges, doubt, typed, failed, other)
    return Scorable(question, tuple(turns), material)


def current_score(item: Scorable, notes: Notes) -> Score | None:
    """The score of just these words, None where there is none."""
    noted = notes.scores.get(item.question.id)
    return noted.score if noted is not None and noted.of == item.of else None


def missing_score(
    item: Scorable, notes: Notes, tier: str, judge: Callable[[Material], Score]
) -> Scored | None:
    """A new score where there is none, where it is about other words, or where a better judge is here now."""
    score = current_score(item, notes)
    if score is not None and _rank(tier) <= _rank(score.tier):
        return None
    return Scored(question=item.question.id, of=item.of, score=judge(item.material))


def _rank(tier: str) -> int:
    return _RANK.get(tier, len(_RANK))
