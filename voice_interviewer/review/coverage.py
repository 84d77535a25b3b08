"""Which of the job description's keywords came up: a pure function of the folded log."""

from collections.abc import Iterator

from voice_interviewer.content.skill_words import load_skill_words
from voice_interviewer.core.feedback.skills import Told, came_up
from voice_interviewer.review.fold import Fold
from voice_interviewer.review.model import Keyword
from voice_interviewer.review.spoken import SpokenLine, Turn

_ASKING = ("question", "probe", "repeat")


def keywords(folded: Fold) -> tuple[Keyword, ...]:
    """Each keyword of the plan, in its order, with whether and when it came up first."""
    wanted = folded.plan.keywords if folded.plan else ()
    timed = sorted(_told(folded), key=lambda each: each[0]) if wanted else []
    found = []
    for name in wanted:
        state, index = came_up(name, [each[2] for each in timed], load_skill_words())
        at_ms, turn = (None, None) if index is None else timed[index][:2]
        found.append(Keyword(name, state, at_ms, turn))
    return tuple(found)


def _told(folded: Fold) -> Iterator[tuple[int, int | None, Told]]:
    """What was asked and what was answered: its time, its turn and itself."""
    skills = {
        item.question.id: item.question.skills
        for item in (folded.plan.items if folded.plan else ())
        if item.question
    }
    for spoken in folded.lines:
        if _counts(spoken):
            asked = skills.get(spoken.line.question_id or "", ()) if spoken.line.kind == "question" else ()
            yield spoken.start_ms, None, Told(spoken.line.text, False, asked)
    for turn in folded.turns.values():
        if turn.transcript.words:
            yield _start_ms(turn), turn.number, Told(turn.transcript.text, True)


def _counts(spoken: SpokenLine) -> bool:
    return spoken.line.kind in _ASKING and spoken.happened and not spoken.struck


def _start_ms(turn: Turn) -> int:
    return turn.transcript.words[0].start_ms
