"""The engine that needs no model: rules choose the move, a file of wordings gives it a voice.

The choice is `core.probing`'s. Here a wording is picked by a hash, so that the same interview always sounds
the same and no two of its questions do.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voice_interviewer.core import evidence
from voice_interviewer.core.bank import Question
from voice_interviewer.core.evidence import Slot
from voice_interviewer.core.lexicon import fold, prepare
from voice_interviewer.core.probing import (
    NOTHING_ASKED,
    POINT,
    PROBES,
    Candidate,
    Move,
    Reply,
    ReplyContext,
    rank_moves,
    request_in,
)
from voice_interviewer.core.quoting import quotes
from voice_interviewer.core.reading import Reading
from voice_interviewer.core.requests import ASK_BACK
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.core.wants import asks_about_past
from voice_interviewer.engine.port import Reader
from voice_interviewer.errors import BankProblem

MAX_WORDS, MAX_SENTENCES = 25, 2
"""Of a follow-up. What is longer is hard to hold in mind while it is being asked."""

SIDE_WORDS = 6
"""A term or one side of a contradiction is said back in at most so many words."""
READINGS_KEPT = 64
"""Answers of one interview that need not be read again."""

Wordings = Annotated[tuple[str, ...], Field(min_length=3)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProbeLines(_Strict):
    """Wordings of one follow-up. would: for a question about what one would do; quoted: with {quote}; said:
    with {said} and, where there are two sides, {before}."""

    plain: Wordings
    would: Wordings | None = None
    quoted: Wordings | None = None
    said: Wordings | None = None

    @model_validator(mode="after")
    def _checked(self) -> "ProbeLines":
        for line in (*self.plain, *(self.would or ())):
            _require(speakable(line), line, "is no single request of at most 25 words")
            _require("{" not in line, line, "holds a place for a quote")
        for line in self.quoted or ():
            _require(line.count("{quote}") == 1, line, "needs {quote} once")
            _require(
                speakable(line.replace("{quote}", "x " * 8)), line, "is too long with a quote of 8 words"
            )
        for line in self.said or ():
            _require(line.count("{said}") == 1, line, "needs {said} once")
            side = " ".join("x" * SIDE_WORDS)
            full = line.replace("{said}", side).replace("{before}", side)
            _require(speakable(full), line, f"is too long with {SIDE_WORDS} words to each side")
        return self


class Lines(_Strict):
    """prompts/lines.yaml. probes: by move, or by move and target as in "depth.people"."""

    probes: dict[str, ProbeLines]
    wait: Wordings
    repeat_asked: Wordings
    repeat: Wordings
    ask_back: Wordings
    hint: Wordings
    hint_past: Wordings
    skip: Wordings
    move_on: Wordings
    nothing_asked: Wordings

    @model_validator(mode="after")
    def _checked(self) -> "Lines":
        unknown = {key for key in self.probes if key.split(".")[0] not in PROBES | {"redirect"}}
        _require(not unknown, ", ".join(sorted(unknown)), "is no follow-up")
        missing = {move for move in _WORDED if move not in self.probes}
        _require(not missing, ", ".join(sorted(missing)), "has no wordings")
        for line in (*self.repeat, *self.repeat_asked, *self.ask_back):
            _require(line.count("{question}") == 1, line, "needs {question} once")
        return self


_WORDED = (
    "own_part",
    "example",
    "result",
    "quantify",
    "reasoning",
    "tradeoff",
    "reflection",
    "depth",
    "challenge",
    "clarify",
    "contradiction",
    "redirect",
)


def _require(holds: bool, line: str, complaint: str) -> None:
    if not holds:
        raise ValueError(f"{line!r} {complaint}")


def speakable(line: str) -> bool:
    """Whether a follow-up can be said: 1-25 words, at most two sentences and one question mark, no markup."""
    sentences = re.findall(r"[^.?!]+[.?!]*", line)
    return (
        0 < len(line.split()) <= MAX_WORDS
        and sum(1 for sentence in sentences if sentence.strip()) <= MAX_SENTENCES
        and line.count("?") <= 1
        and not re.search(r"[*_#`\[\]<>|~\n\r\t]|https?:", line)
    )


def load_lines(path: Traversable) -> Lines:
    """Read and check a file of wordings. Raises BankProblem that names the file and the place."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Lines.model_validate(data)
    except OSError as error:
        raise BankProblem("no_lines", f"Cannot read {path}: {error.strerror}", "Check the path.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise BankProblem("bad_lines", f"{path}: not YAML: {reason}", "Mend the file.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise BankProblem("bad_lines", f"{path}: {place}: {first['msg']}", "Mend that entry.") from None


class RulesEngine:
    """Follow-ups from rules alone, the same for the same context. Implements `engine.port.Engine`."""

    def __init__(self, lines: Traversable, reader: Reader | None = None) -> None:
        """lines: the file of wordings, read when first needed. BankProblem then, if it cannot be used.

        reader: what reads the answers; without one, patterns alone are listened for.
        """
        self._path, self._reader = lines, reader
        self._readings: dict[tuple[str, str, Transcript], Reading] = {}
        self.name = f"rules ({reader.tier})" if reader else "rules"
        prepare()

    @classmethod
    def from_content(cls, reader: Reader | None = None) -> "RulesEngine":
        """The engine with the wordings the product ships, prompts/lines.yaml."""
        from voice_interviewer import resources

        return cls(resources.content() / "prompts" / "lines.yaml", reader)

    @cached_property
    def lines(self) -> Lines:
        return load_lines(self._path)

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        """What this answer alone shows, see `core.evidence.assess`."""
        reading = self._read(context.question, context.asked, context.answer)
        return evidence.assess(context.question, context.answer, reading)

    def reply(self, context: ReplyContext) -> Reply:
        """The next line, what else could be asked, and what was heard. A `move_on` may be silent."""
        slots = self.assess(context)
        ranking = rank_moves(context, slots, partial(self._read, context.question))
        worded = [self._word(context, candidate) for candidate in ranking]
        ranked = tuple(move for move in worded if move is not None)
        chosen = ranked[0] if ranked else Move("move_on", "", reason="nothing new is left to say")
        reading = self._read(context.question, context.asked, context.answer)
        return Reply(chosen, ranked, slots, self.name, request_in(context.answer, reading))

    def facts(self, context: ReplyContext) -> dict[str, bool]:
        """What this answer alone is, beside its slots: whether a result, an own action and a measure were
        heard in it, and whether it tells what one would do."""
        reading = self._read(context.question, context.asked, context.answer)
        heard = evidence.signals(context.answer, reading=reading)
        return {
            "has_result": heard["result"].state == evidence.HEARD,
            "has_own_action": heard["own_action"].state == evidence.HEARD,
            "has_number": heard["measure"].state == evidence.HEARD,
            "hypothetical": evidence.is_hypothetical(heard),
        }

    def _read(self, question: Question, asked: str, answer: Transcript) -> Reading | None:
        """The answer as the reader reads it; each answer of an interview is read once."""
        if self._reader is None:
            return None
        key = (question.id, asked, answer)
        if key not in self._readings:
            if len(self._readings) >= READINGS_KEPT:
                self._readings.pop(next(iter(self._readings)))
            self._readings[key] = self._reader.read(question, asked, answer)
        return self._readings[key]

    def _word(self, context: ReplyContext, candidate: Candidate) -> Move | None:
        """The move with its line, or None when a follow-up has no wording that was not said before."""
        said = {_plain(line) for line in context.said}
        lines = [line for line in self._wordings(context, candidate) if _plain(line) not in said]
        openings = {_opening(line) for line in context.said[-3:]}
        fresh = [line for line in lines if _opening(line) not in openings]
        line = next(iter(fresh or lines), None)
        if line is None and candidate.move not in ("move_on", "close"):
            return None
        return Move(candidate.move, line or "", candidate.target, candidate.quote, candidate.reason)

    def _wordings(self, context: ReplyContext, candidate: Candidate) -> Iterator[str]:
        """Every wording of a move, the preferred ones first."""
        move = candidate.move
        if move in PROBES or move == "redirect":
            yield from self._probe_wordings(context, candidate)
        elif move == "repeat":
            question = _open_question(context)
            for line in _shuffled(self._again(context), context, "repeat"):
                yield line.replace("{question}", question)
        elif context.question.type == "closing" and move in ("move_on", "close"):
            # What was asked is answered with the plan's own line.
            if candidate.reason == NOTHING_ASKED:
                yield from _shuffled(self.lines.nothing_asked, context, move)
        else:
            past = asks_about_past(context.question)
            plain: dict[str, Wordings] = {
                "wait": self.lines.wait,
                "hint": self.lines.hint_past if past else self.lines.hint,
                "skip": self.lines.skip,
                "move_on": self.lines.move_on,
            }
            yield from _shuffled(plain[move], context, move)

    def _again(self, context: ReplyContext) -> Wordings:
        """The wordings around a question that is said again, by what the candidate said to it."""
        reading = self._read(context.question, context.asked, context.answer)
        request = request_in(context.answer, reading)
        if request == ASK_BACK:
            return self.lines.ask_back
        return self.lines.repeat if request is None else self.lines.repeat_asked

    def _probe_wordings(self, context: ReplyContext, candidate: Candidate) -> Iterator[str]:
        yield from _own_wordings(context.question, candidate)
        probes, move = self.lines.probes, candidate.move
        lines = probes.get(f"{move}.{candidate.target}") or probes[move]
        if candidate.said and lines.said:
            for line in _shuffled(lines.said, context, move):
                filled = line.replace("{said}", candidate.said).replace("{before}", candidate.before or "")
                if speakable(filled):
                    yield filled[0].upper() + filled[1:]
        quote = _spoken_quote(context, candidate.quote)
        if quote and lines.quoted:
            for line in _shuffled(lines.quoted, context, move):
                worded = line.replace("{quote}", quote)
                if speakable(worded):
                    yield worded[0].upper() + worded[1:]
        past = asks_about_past(context.question)
        yield from _shuffled(lines.plain if past or not lines.would else lines.would, context, move)


def _own_wordings(question: Question, candidate: Candidate) -> Iterator[str]:
    """What the bank itself would ask here."""
    if candidate.target and candidate.target.startswith(POINT):
        wanted = candidate.target.removeprefix(POINT)
        yield from (point.probe for point in question.points if point.id == wanted and point.probe)
    if candidate.move == "challenge" and candidate.target is None and question.challenge:
        yield question.challenge


def _spoken_quote(context: ReplyContext, quote: str | None) -> str | None:
    """The quote in the second person where it can be said back, at most once per quote in an interview."""
    pieces = quotes(context.answer, context.doubt_threshold)
    spoken = next((piece.spoken for piece in pieces if piece.text == quote), None)
    return None if spoken and any(spoken in line.lower() for line in context.said) else spoken


def _open_question(context: ReplyContext) -> str:
    """The question or follow-up that is still waiting for an answer."""
    asked = [(e.move, e.asked) for e in context.earlier if e.question_id == context.question.id]
    asked.append((context.asked_move, context.asked))
    return next((text for move, text in reversed(asked) if move in PROBES), context.question.say)


def _shuffled(lines: Sequence[str], context: ReplyContext, move: str) -> list[str]:
    """The wordings in an order that a hash of seed, turn and move decides."""

    def key(line: str) -> bytes:
        source = f"{context.seed}/{context.turn}/{context.question.id}/{move}/{line}"
        return hashlib.sha256(source.encode("utf-8", "surrogatepass")).digest()

    return sorted(lines, key=key)


def _plain(line: str) -> str:
    return " ".join(fold(line).split())


def _opening(line: str) -> str:
    return " ".join(_plain(line).split()[:2])
