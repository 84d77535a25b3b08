"""The report as the page's template wants it: plain tuples; nothing is decided here but how it is shown."""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.delivery.answer import Delivery
from voice_interviewer.review.markdown import answer_names, clock, lasting, seconds
from voice_interviewer.review.model import Entry, QuestionReport, Report, ReportWord, TimeAsked

PAUSE_MS = 2000
"""A silence from here on is marked between the words, as in `core.delivery.answer`."""

_PLACEHOLDER = re.compile(r"(\[[^\][]*\])")


@dataclass(frozen=True)
class Attempt:
    """The same question answered in another session. started: local time in ISO form; level: None where it
    was not assessed; states: slot id -> heard, unsure or not_heard; text: what was said."""

    session: str
    started: str
    question: str
    level: int | None
    states: dict[str, str]
    text: str


@dataclass(frozen=True)
class Section:
    """A stretch of the conversation: what stands before the questions, one question, or what stands after.

    start_ms, end_ms: of its sound; equal where nothing of it was heard."""

    heading: str
    question: QuestionReport | None
    entries: tuple[Entry, ...]
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Piece:
    """A word with the pause before it, where that is worth a mark. asked: time to think was asked for."""

    word: ReportWord
    pause_ms: int | None = None
    asked: bool = False


def sections(report: Report) -> tuple[Section, ...]:
    """The dialogue in time order, cut at the questions; an answer taken up again stays with its question."""
    headings = load_review_words().headings
    before = [entry for entry in report.dialogue if entry.question is None and entry.kind != "close"]
    after = [entry for entry in report.dialogue if entry.question is None and entry.kind == "close"]
    parts = [_section(headings["opening"], None, before)] if before else []
    for index, question in enumerate(report.questions):
        entries = [entry for entry in report.dialogue if entry.question == index]
        parts.append(_section(_heading(question), question, entries))
    return tuple([*parts, _section(headings["close"], None, after)] if after else parts)


def _section(heading: str, question: QuestionReport | None, entries: list[Entry]) -> Section:
    heard = [entry for entry in entries if entry.end_ms > entry.start_ms and not entry.typed]
    start_ms = min((entry.start_ms for entry in heard), default=0)
    return Section(
        heading, question, tuple(entries), start_ms, max((e.end_ms for e in heard), default=start_ms)
    )


def _heading(question: QuestionReport) -> str:
    headings = load_review_words().headings
    if question.number is not None:
        return headings["numbered"].format(number=question.number)
    return headings[question.kind if question.kind in ("warmup", "candidate_questions") else "other"]


def pieces(entry: Entry, asked_for: tuple[TimeAsked, ...] = ()) -> list[Piece]:
    """An answer's words with the long pauses between them."""
    made: list[Piece] = []
    last: ReportWord | None = None
    for word in entry.words:
        gap_ms = 0 if last is None or entry.typed else word.start_ms - last.end_ms
        if last is not None and gap_ms >= PAUSE_MS:
            asked = any(t.start_ms < word.start_ms and last.end_ms < t.end_ms for t in asked_for)
            made.append(Piece(word, gap_ms, asked))
        else:
            made.append(Piece(word))
        last = word
    return made


def marks(section: Section, asked_for: tuple[TimeAsked, ...] = ()) -> list[str]:
    """What the outline of the sound marks, in words, each only where there is one."""
    answers = [pieces(entry, asked_for) for entry in section.entries if entry.words and not entry.typed]
    told = [piece for answer in answers for piece in answer]
    pauses = sum(piece.pause_ms is not None and not piece.asked for piece in told)
    fillers = sum(piece.word.filler for piece in told) + sum(each.more_fillers for each in section.entries)
    probes = sum(entry.kind == "probe" and not entry.struck for entry in section.entries)
    return [
        text
        for count, text in (
            (pauses, f"{_count(pauses, 'pause')} of 2 s or more"),
            (fillers, f"at least {_count(fillers, 'filler')}"),
            (probes, _count(probes, "follow-up")),
        )
        if count
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def placeholders(text: str) -> list[tuple[str, bool]]:
    """The text cut at its [placeholders]; True for those."""
    return [(part, part.startswith("[")) for part in _PLACEHOLDER.split(text) if part]


def shelled(text: str) -> str:
    """One argument of a command as one would type it."""
    return shlex.quote(text)


def inside(name: str) -> str:
    """A slot's name within a sentence: "What it costs" reads "what it costs"; "I ..." and "API ..." stay."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def attempted(question: QuestionReport) -> bool:
    """Whether there was an answer in words: what others say is only shown after one's own try."""
    return any(answer.text.strip() for answer in question.answers)


# --- the same question, answered more than once -----------------------------------------------------------


def by_question(attempts: tuple[Attempt, ...]) -> dict[str, list[Attempt]]:
    """Question id -> its attempts, oldest first."""
    ordered = sorted(attempts, key=lambda each: each.started)
    return {
        key: [each for each in ordered if each.question == key] for key in {each.question for each in ordered}
    }


def attempt_rows(question: QuestionReport, attempts: list[Attempt]) -> list[tuple[str, list[str]]]:
    """Per slot its name and what each attempt showed, this one last; "–" where it was not looked at."""
    labels = {finding.id: finding.label for finding in question.findings}
    now = {finding.id: finding.state for finding in question.findings if finding.assessed}
    for attempt in attempts:
        for slot in attempt.states:
            labels.setdefault(slot, load_catalogue().slot_label(slot.removeprefix("point:")))
    shown = load_review_words().states
    return [
        (label, [shown.get(states.get(slot, ""), "–") for states in (*(a.states for a in attempts), now)])
        for slot, label in labels.items()
    ]


# --- delivery: numbers, no rating -------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivered:
    """One answer's row. name: of the answer; cells: as the columns; notes: what lies outside its band."""

    heading: str
    name: str
    cells: tuple[str, ...]
    delivery: Delivery


def _or_dash(value: int | None, show: Callable[[int], str] = str) -> str:
    return "–" if value is None else show(value)


def _longest(delivery: Delivery) -> str:
    pause = delivery.longest_pause
    if pause is None:
        return "–"
    length, time = seconds(pause.end_ms - pause.start_ms), clock(pause.start_ms)
    return load_review_words().cells["pause_at"].format(length=length, time=time)


def _length(delivery: Delivery) -> str:
    if delivery.length_ms is None or not delivery.target_ms:
        return _or_dash(delivery.length_ms, lasting)
    length, aim = lasting(delivery.length_ms), lasting(delivery.target_ms)
    return load_review_words().cells["length_of"].format(length=length, aim=aim)


def _monologue(delivery: Delivery) -> str:
    longest = delivery.longest_monologue
    return "–" if longest is None else lasting(longest.end_ms - longest.start_ms)


def _fillers(delivery: Delivery) -> str:
    cells = load_review_words().cells
    count = len(delivery.fillers)
    return cells["some_fillers"].format(count=count) if count else cells["no_fillers"]


def _pitch(delivery: Delivery) -> str:
    if delivery.pitch_semitones is None:
        return "–"
    return load_review_words().cells["semitones"].format(pitch=f"{delivery.pitch_semitones:.1f}")


COLUMNS: Mapping[str, Callable[[Delivery], str]] = {
    "length": _length,
    "words": lambda d: str(d.words),
    "pace": lambda d: _or_dash(d.words_per_minute),
    "articulation": lambda d: _or_dash(d.articulation_words_per_minute),
    "longest_pause": _longest,
    "first_word": lambda d: _or_dash(d.first_word_ms, seconds),
    "monologue": _monologue,
    "fillers": _fillers,
    "pitch": _pitch,
    "speaking": lambda d: "–" if d.speaking_share is None else f"{d.speaking_share * 100:.0f} %",
}
"""By their names in review.yaml, in the order in which they stand."""


def delivery_table(report: Report) -> tuple[tuple[str, ...], list[Delivered]]:
    """Columns and rows over all spoken answers; a column in which nothing is known is left out."""
    rows = [
        (_heading(question), answer_names(question)[answer.turn], answer.delivery)
        for question in report.questions
        for answer in question.answers
        if answer.delivery.words and not answer.typed
    ]
    shown = [(name, cell) for name, cell in COLUMNS.items() if any(cell(each[2]) != "–" for each in rows)]
    names = load_review_words().columns
    return tuple(names[name] for name, _ in shown), [
        Delivered(heading, name, tuple(cell(delivery) for _, cell in shown), delivery)
        for heading, name, delivery in rows
    ]
