"""An answer that comes as text, with what was asked and answered before it: read, checked, and put into the
form in which the interview itself hands answers to an engine."""

import re
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from voice_interviewer.content.bankfile import guess_type
from voice_interviewer.content.follow_ups import load_follow_ups
from voice_interviewer.core.model.bank import LEVELS, QUESTION_TYPES, Question
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Exchange, ReplyContext, is_probe
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.lexicon import fold

SAME = 88
"""Two wordings are the same question from this share of common letters on (of 100)."""

_OPENERS = re.compile(
    r"^(?:so |okay |ok |well |now |next |to (?:start|begin)[a-z ]*|first |let's start[a-z ]*)*"
    r"(?:(?:please )?(?:tell (?:me|us) about|describe|walk (?:me|us) through"
    r"|talk (?:me|us) through (?:a|an|how)|give (?:me|us) an example|share|explain|imagine|suppose you)\b"
    r"|why (?:do|did|are) you (?:want|choose|apply|become|leav)|how (?:would|do|did) you (?!know|tell\b)"
    r"|what would you do\b|what (?:is|are) (?:your|the) |where do you see|who\b|when (?:have|did) you\b"
    r"|have you ever|a [a-z]+ [a-z]+|an [a-z]+ [a-z]+|your [a-z]+ [a-z]+)"
)
"""How a question begins that opens a subject. A follow-up is short and leans on what was said."""


def _none_is_empty(value: Any) -> Any:
    return "" if value is None else value


_Text = Annotated[str, BeforeValidator(_none_is_empty)]


class _Turn(BaseModel):
    model_config = ConfigDict(extra="ignore")
    question: str
    answer: _Text = ""


class Item(BaseModel):
    """One answer to assess. question: a bank's id; question_text: what was asked, perhaps a follow-up; one of
    the two is needed. history: what was asked and answered before, first turn first."""

    model_config = ConfigDict(extra="ignore")
    id: str = ""
    question: str | None = None
    question_text: _Text = ""
    type: str | None = None
    level: str | None = None
    history: tuple[_Turn, ...] = Field(default=(), max_length=200)
    text: _Text

    @field_validator("id", mode="before")
    @classmethod
    def _name(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | float) else _none_is_empty(value)

    @field_validator("history", mode="before")
    @classmethod
    def _turns(cls, value: Any) -> Any:
        return () if value is None else value

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str | None) -> str | None:
        return _one_of("type", value or None, QUESTION_TYPES)

    @field_validator("level")
    @classmethod
    def _known_level(cls, value: str | None) -> str | None:
        return _one_of("level", value or None, LEVELS)


def _one_of(what: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    if value is not None and value not in allowed:
        raise ValueError(f"unknown {what} {value!r}, it is one of: {', '.join(allowed)}")
    return value


def read_item(data: object) -> Item:
    """Checks one item. Raises ValueError with one line that says what is wrong."""
    if not isinstance(data, dict):
        raise ValueError("not an object")
    try:
        item = Item.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg'].removeprefix('Value error, ')}") from None
    if not item.question and not item.question_text.strip():
        raise ValueError("neither 'question' nor 'question_text' is given")
    return item


def in_text(text: str, slot: Slot) -> Slot:
    """The slot with its quote as it stands in the text it was found in, white space and all: a transcript
    knows words alone."""
    if slot.start is None or slot.end is None:
        return slot
    at, words = 0, []
    for match in re.finditer(r"\S+", text):
        words.append((at, at + len(match.group()), match.start()))
        at += len(match.group()) + 1
    first = next(word for word in words if word[1] > slot.start)
    last = next(word for word in reversed(words) if word[0] < slot.end)
    start = first[2] + max(0, slot.start - first[0])
    end = last[2] + min(slot.end, last[1]) - last[0]
    return replace(slot, quote=text[start:end], start=start, end=end)


def guess_follow_up(line: str) -> str:
    """The move that a follow-up in somebody's own words makes, "depth" when it is none of the others."""
    folded = " ".join(fold(line).split())
    return next((move for move, cue in load_follow_ups() if cue.search(folded)), "depth")


def written_context(
    item: Item, question: Question | None, level: str, max_probes: int, seed: int = 0
) -> ReplyContext:
    """The item as an engine sees it. question: the bank's, None when the item names none; level: where the
    item gives none. Times are unknown, so nothing hangs on the clock."""
    main = question or _main_question(item)
    asked = item.question_text.strip() or main.say
    first = _first_turn(item, main, asked)
    exchanges = []
    for index, turn in enumerate(item.history):
        here = first is not None and index >= first
        move = _move(turn.question, main) if here else None
        owner = main.id if here else f"before-{index}"
        exchanges.append(Exchange(index + 1, owner, turn.question, move, Transcript.typed(turn.answer, 0)))
    moves = [exchange.move for exchange in exchanges if exchange.question_id == main.id]
    asked_move = _move(asked, main) if first is not None or not _same(asked, main.say) else None
    if first is not None and _same(asked, main.say):
        asked_move = "repeat"
    return ReplyContext(
        question=main,
        level=item.level or main.level or level,
        turn=len(item.history) + 1,
        asked=asked,
        asked_move=asked_move,
        answer=Transcript.typed(item.text, 0),
        earlier=tuple(exchanges),
        probes_used=sum(is_probe(move) for move in (*moves, asked_move)),
        max_probes=max_probes,
        said=(*(turn.question for turn in item.history), asked),
        seed=seed,
        typed=True,
    )


def _main_question(item: Item) -> Question:
    """The question the answer belongs to, where no bank has it: what was asked, or what that follows up."""
    text = item.question_text.strip()
    if item.history and not _opens(text):
        openers = [turn.question for turn in item.history if _opens(turn.question)]
        text = openers[-1] if openers else item.history[0].question
    return Question("asked", item.type or guess_type(text), text, level=item.level)


def _opens(text: str) -> bool:
    return _OPENERS.match(" ".join(fold(text).split())) is not None


def _first_turn(item: Item, main: Question, asked: str) -> int | None:
    """Where in the history the open question was first asked; None when it is asked only now."""
    for index, turn in enumerate(item.history):
        if _same(turn.question, main.say):
            return index
    follows_up = bool(item.history) and not _same(asked, main.say)
    return 0 if follows_up else None


def _move(asked: str, main: Question) -> str | None:
    return None if _same(asked, main.say) else guess_follow_up(asked)


def _same(one: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(fold(one).strip(), fold(other).strip())) >= SAME
