"""A report without names and numbers: [name 1], [number 3], the same thing always by the same number.

    every string of a Report ──Finder.learn──> names known
    every string, word and quote ──find──> replaced; offsets into answers moved along

A string of the report is redacted unless it is listed in _KEPT, so that a new field is safe before anyone
thought about it. Sound cannot be redacted: the report has none afterwards.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar, cast

from voice_interviewer.review import model
from voice_interviewer.review.redact_numbers import plain
from voice_interviewer.review.redact_text import NAME, ORGANISATION, PLACE, Finder, Found

LIMITS = (
    "In everything that was said or noted, these were replaced: figures and number words, e-mail addresses,"
    " links, telephone numbers, known names, places and companies, and whatever has a capital letter inside a"
    " sentence.",
    "A recogniser that writes small letters hides names: one that is in no list, or is also a plain word"
    " (will, grace, rose), can stay. So can a nickname, a project, or a detail that only you know.",
    "Vague amounts (a few, most, once, first, second), the session's date, the role, the times of each word"
    " and the makers of what listened stay.",
    "Read it through before you pass it on.",
)
"""What to know about a redacted report, in sentences for people."""

_KEPT: dict[type, frozenset[str]] = {
    model.Report: frozenset({"session", "ended", "ending"}),
    model.Drill: frozenset({"question", "move", "after"}),
    model.Header: frozenset(field.name for field in fields(model.Header)) - {"title", "devices"},
    model.Entry: frozenset({"who", "kind", "shown_as_text", "move"}),
    model.Finding: frozenset({"id", "kind", "state", "when"}),
    model.Why: frozenset({"move", "target", "tier", "outcome"}),
    model.Comment: frozenset({"about"}),
    model.LevelShown: frozenset({"id"}),
    model.SeniorityShown: frozenset({"level"}),
    model.Feedback: frozenset({"tier"}),
    model.TightenedPiece: frozenset({"slot"}),
    model.Priority: frozenset(
        {"about", "question", "questions", "drill_question", "drill_move", "command"},
    ),
    model.Answer: frozenset({"move"}),
    model.QuestionReport: frozenset({"id", "kind", "type", "level", "family", "skills", "retries"}),
    model.CutIn: frozenset({"how"}),
    model.TimeAsked: frozenset({"how"}),
    model.Keyword: frozenset({"state"}),
}
"""Fields that nobody's words ever get into: ids, kinds, and what the program itself is made of."""
_NAMED = (NAME, PLACE, ORGANISATION)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Piece:
    """Characters start..end of a text and what is shown instead."""

    start: int
    end: int
    shown: str


class Redactor:
    """Replaces what is private in texts that belong together."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._finder = Finder()
        self._finder.learn(texts)
        self._known: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self.pieces = lru_cache(maxsize=None)(self._pieces)

    def text(self, text: str) -> str:
        """The text with everything private replaced."""
        return render(text, self.pieces(text))

    def title(self, text: str) -> str:
        """The same for a heading, in which every word has a capital letter."""
        return self.text(text) if self.pieces(text.lower()) else text

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        return tuple(Piece(each.start, each.end, self._shown(text, each)) for each in self._finder.find(text))

    def _shown(self, text: str, found: Found) -> str:
        words = plain(text[found.start : found.end]).replace("-", " ").split()
        sort = (
            found.kind if found.kind not in _NAMED else ""
        )  # what is called so is told differently at times
        key = (sort, " ".join(words))
        if key not in self._known:
            self._counts[found.kind] += 1
            self._known[key] = f"[{found.kind} {self._counts[found.kind]}]"
            if found.kind == NAME:  # "Maria Schneider" is "Maria" afterwards, unless another was called so
                for word in words:
                    self._known.setdefault((sort, word), self._known[key])
        return self._known[key]


def redact(report: model.Report) -> model.Report:
    """The same report without names, numbers, addresses and sound. See LIMITS for what that cannot do."""
    redactor = Redactor(_strings(report.dialogue, report))
    return _Walk(redactor, _said(report)).of(replace(report, sound=None))


class _Walk:
    """Goes through a report and replaces every string that is not kept."""

    def __init__(self, redactor: Redactor, said: dict[int, str]) -> None:
        self._redactor, self._said = redactor, said

    def of(self, value: _T) -> _T:
        made: Any = value
        match value:
            case str():
                made = self._redactor.text(value)
            case model.Quote():
                made = self._quote(value)
            case model.Header():
                made = replace(value, title=self._redactor.title(value.title), devices=())
            case model.Entry():
                made = replace(self._fields(value), words=self._words(value.words))
            case tuple():
                made = tuple(self.of(each) for each in value)
            case _ if is_dataclass(value) and not isinstance(value, type):
                made = self._fields(value)
        return cast(_T, made)

    def _fields(self, value: Any) -> Any:
        kept = _KEPT.get(type(value), frozenset())
        names = [field.name for field in fields(value) if field.name not in kept and field.name != "words"]
        names += ["words"] if isinstance(getattr(value, "words", None), str) else []
        return replace(value, **{name: self.of(getattr(value, name)) for name in names})

    def _words(self, words: tuple[model.ReportWord, ...]) -> tuple[model.ReportWord, ...]:
        """Words that were one name or number become one word, with the time of all of them."""
        text, spans = _spaced([word.text for word in words])
        pieces = self._redactor.pieces(text)
        made: list[model.ReportWord] = []
        at = 0
        while at < len(words):
            last = at
            while last + 1 < len(words) and any(
                piece.start < spans[last][1] and spans[last + 1][0] < piece.end for piece in pieces
            ):
                last += 1
            start, end = spans[at][0], spans[last][1]
            inside = [piece for piece in pieces if start <= piece.start and piece.end <= end]
            moved = tuple(Piece(each.start - start, each.end - start, each.shown) for each in inside)
            heard = words[at].heard
            made.append(
                replace(
                    words[at],
                    text=render(text[start:end], moved),
                    end_ms=max(word.end_ms for word in words[at : last + 1]),
                    doubtful=any(word.doubtful for word in words[at : last + 1]),
                    heard=None if heard is None or inside else self._redactor.text(heard),
                )
            )
            at = last + 1
        return tuple(made)

    def _quote(self, quote: model.Quote) -> model.Quote:
        """The same words of the redacted answer; the times stay. Doubts go: they count words."""
        text = self._said.get(quote.turn)
        if text is None or text[quote.start : quote.end] != quote.text:
            shown = self._redactor.text(quote.text)
            return replace(quote, text=shown, end=quote.start + len(shown), doubts=())
        pieces = self._redactor.pieces(text)
        start, end = quote.start, quote.end
        for piece in pieces:
            if piece.start < end and start < piece.end:  # never a part of a name
                start, end = min(start, piece.start), max(end, piece.end)
        shown = render(text, pieces)
        begins, ends = _moved(start, pieces), _moved(end, pieces)
        return replace(quote, text=shown[begins:ends], start=begins, end=ends, doubts=())


def render(text: str, pieces: tuple[Piece, ...]) -> str:
    """The text with the pieces, which are in order, put in."""
    shown, at = [], 0
    for piece in pieces:
        shown += [text[at : piece.start], piece.shown]
        at = piece.end
    return "".join(shown) + text[at:]


def _moved(at: int, pieces: tuple[Piece, ...]) -> int:
    """Where a place that lies in no piece is afterwards."""
    return at + sum(len(piece.shown) - (piece.end - piece.start) for piece in pieces if piece.end <= at)


def _spaced(words: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """The words as one text, and where each stands in it."""
    spans, at = [], 0
    for word in words:
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return " ".join(words), spans


def _said(report: model.Report) -> dict[int, str]:
    """Turn -> the text that quotes of it count characters in."""
    answers = {answer.turn: answer.text for question in report.questions for answer in question.answers}
    entries = (entry for entry in report.dialogue if entry.who == "candidate" and entry.turn is not None)
    return {entry.turn: entry.text for entry in entries if entry.turn is not None} | answers


def _strings(*values: Any) -> Iterator[str]:
    """Every string that will be redacted, what was said first."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _strings(*value)
        elif is_dataclass(value) and not isinstance(value, model.ReportWord | model.Header):
            kept = _KEPT.get(type(value), frozenset())
            yield from _strings(
                *(getattr(value, each.name) for each in fields(value) if each.name not in kept)
            )
