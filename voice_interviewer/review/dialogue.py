"""Everything that was said, in the order in which it was."""

from dataclasses import replace

from voice_interviewer.core.understanding.fillers import fillers, with_sounds
from voice_interviewer.review.fold import Fold
from voice_interviewer.review.model import Entry, QuestionReport, ReportWord
from voice_interviewer.review.spoken import SpokenLine, Turn


def dialogue(folded: Fold, questions: tuple[QuestionReport, ...], doubt: float) -> tuple[Entry, ...]:
    """Lines and answers. doubt: words less probable may be mis-hearings."""
    index = {question.id: position for position, question in enumerate(questions)}
    entries = [_line_entry(spoken, index) for spoken in folded.lines]
    entries += [_answer_entry(turn, index, doubt) for turn in folded.turns.values() if _worth_showing(turn)]
    entries += [replace(_answer_entry(turn, index, doubt), kind="request") for turn in folded.given_up]
    return tuple(sorted(entries, key=lambda entry: (entry.start_ms, entry.who == "candidate")))


def _line_entry(spoken: SpokenLine, index: dict[str, int]) -> Entry:
    line = spoken.line
    played_ms = None if spoken.unspoken is not None else spoken.played_ms or 0
    return Entry(
        who="interviewer",
        kind=line.kind,
        text=line.text,
        start_ms=spoken.start_ms,
        end_ms=spoken.end_ms,
        question=None if line.kind in ("opening", "close") else index.get(line.question_id or ""),
        played_ms=played_ms,
        cut_short=played_ms is not None and played_ms < spoken.duration_ms,
        shown_as_text=spoken.unspoken,
        struck=spoken.struck,
        move=line.move,
    )


def _answer_entry(turn: Turn, index: dict[str, int], doubt: float) -> Entry:
    transcript = turn.transcript
    words = _words(turn, doubt)
    spans = [(word.start_ms, word.end_ms) for word in words]
    spans += [(stretch.start_ms, stretch.end_ms) for stretch in turn.speech]
    opened_ms = turn.windows[0][0] if turn.windows else turn.typed_ms or 0
    if turn.skipped_ms is not None:
        opened_ms = min(opened_ms, turn.skipped_ms)  # the microphone is deaf for a moment after the question
    return Entry(
        who="candidate",
        kind="answer",
        text=transcript.text,
        start_ms=min((start for start, _ in spans), default=opened_ms),
        end_ms=max((end for _, end in spans), default=opened_ms),
        question=index.get(turn.question_id or ""),
        turn=turn.number,
        words=words,
        typed=turn.typed_ms is not None,
        skipped=turn.skipped,
        reopened=turn.reopened,
        not_understood=len(turn.failed),
        more_fillers=_more_fillers(turn, doubt),
    )


def _more_fillers(turn: Turn, doubt: float) -> int:
    told = with_sounds(fillers(turn.transcript.words, doubt), turn.sounds)
    return sum(not filler.words for filler in told)


def _worth_showing(turn: Turn) -> bool:
    """A turn that the end of the session cut off before anything was said is no answer."""
    return bool(turn.segments or turn.speech or turn.failed or turn.skipped_ms is not None or turn.reply)


def _words(turn: Turn, doubt: float) -> tuple[ReportWord, ...]:
    found = {number for filler in fillers(turn.transcript.words, doubt) for number in filler.words}
    return tuple(
        ReportWord(
            shown.word.text,
            shown.word.start_ms,
            shown.word.end_ms,
            shown.word.probability < doubt,
            shown.number,
            shown.heard,
            at in found,
        )
        for at, shown in enumerate(turn.shown)
    )
