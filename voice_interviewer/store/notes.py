"""notes.jsonl: what was added to a session afterwards, one JSON object a line, only ever appended to.

A later note wins over an earlier one of its kind about the same thing. Nothing in events.jsonl ever changes:
the report is a function of both files.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from voice_interviewer.core.model.feedback import Score
from voice_interviewer.errors import RecordProblem
from voice_interviewer.store.log import whole_length

FILE = "notes.jsonl"
MAX_TEXT = 10_000
"""Characters of one note or correction; more is not meant."""


class _Note(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str = Field(default_factory=lambda: datetime.now().astimezone().isoformat(timespec="seconds"))
    """When it was written, local time in ISO form."""


class Corrected(_Note):
    """A word that was misheard. word: its number in the answer as recorded, from 0; text: what was said
    instead, one word or several, or nothing at all; None takes an earlier correction back."""

    type: Literal["corrected"] = "corrected"
    turn: int = Field(ge=1)
    word: int = Field(ge=0)
    text: str | None = Field(max_length=200)


class Rated(_Note):
    """The candidate's own guess of a question's level, made before or after it was shown."""

    type: Literal["rated"] = "rated"
    question: str
    level: int = Field(ge=1, le=5)
    before_reveal: bool = True


class Revealed(_Note):
    """From here on the levels are shown."""

    type: Literal["revealed"] = "revealed"


class Tagged(_Note):
    """All tags of the session, in place of those before."""

    type: Literal["tagged"] = "tagged"
    tags: tuple[str, ...] = Field(max_length=20)


class Noted(_Note):
    """The candidate's own words about the session, or about one question of it, in place of those before."""

    type: Literal["noted"] = "noted"
    question: str | None = None
    text: str = Field(max_length=MAX_TEXT)


class Retried(_Note):
    """A question was answered again, in another session."""

    type: Literal["retried"] = "retried"
    question: str | None = None
    move: str | None = None
    session: str


class Scored(_Note):
    """What a scorer made of the answers to a question. of: `fingerprint` of what it looked at; a score of
    anything else is out of date and is not shown."""

    type: Literal["scored"] = "scored"
    question: str
    of: str
    score: Score


Note = Corrected | Rated | Revealed | Tagged | Noted | Retried | Scored
_NOTE: TypeAdapter[Note] = TypeAdapter(Annotated[Note, Field(discriminator="type")])


@dataclass(frozen=True)
class Notes:
    """Everything noted about one session, folded: the last word on each thing."""

    corrections: dict[tuple[int, int], str]
    """(turn, word) -> what was said instead."""
    ratings: dict[str, int]
    """Question id -> the candidate's own level, as rated before the reveal."""
    revealed: bool
    tags: tuple[str, ...]
    texts: dict[str | None, str]
    """Question id, or None for the session -> the candidate's own note."""
    retries: tuple[Retried, ...]
    scores: dict[str, Scored]
    """Question id -> the newest score."""


def read_notes(folder: Path) -> tuple[Note, ...]:
    """Every note of a session, oldest first; an absent file holds none. A torn last line is dropped.

    Raises RecordProblem with file and line for any other line that is no note.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise RecordProblem("no_notes", f"{path}: cannot be read ({error.strerror})") from error
    notes: list[Note] = []
    for number, line in enumerate(data[: whole_length(data)].splitlines(), start=1):
        try:
            notes.append(_NOTE.validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]["msg"]
            hint = "The file was changed by hand; take the line out, nothing else depends on it."
            raise RecordProblem("bad_notes", f"{path}:{number}: not a note ({first})", hint) from error
    return tuple(notes)


def fold_notes(notes: Iterable[Note]) -> Notes:
    """The last word on each thing."""
    corrections: dict[tuple[int, int], str] = {}
    ratings: dict[str, int] = {}
    texts: dict[str | None, str] = {}
    scores: dict[str, Scored] = {}
    revealed = False
    tags: tuple[str, ...] = ()
    retries: list[Retried] = []
    for note in notes:
        match note:
            case Corrected(turn=turn, word=word, text=None):
                corrections.pop((turn, word), None)
            case Corrected(turn=turn, word=word, text=str(text)):
                corrections[turn, word] = text
            case Rated(question=question, level=level, before_reveal=True) if not revealed:
                ratings[question] = level
            case Revealed():
                revealed = True
            case Tagged(tags=names):
                tags = names
            case Noted(question=about, text=words):
                texts[about] = words
            case Retried():
                retries.append(note)
            case Scored(question=question):
                scores[question] = note
            case _:
                pass
    return Notes(corrections, ratings, revealed, tags, texts, tuple(retries), scores)


def add_note(folder: Path, note: Note) -> None:
    """Append one note, in one piece and to the disk. Raises RecordProblem when it cannot be written."""
    path = folder / FILE
    line = (note.model_dump_json() + "\n").encode("utf-8")
    try:
        _drop_torn_end(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise RecordProblem("disk", f"{path}: cannot be written ({error.strerror})") from error


def plain(note: Note) -> dict[str, Any]:
    """A note's JSON form."""
    data: dict[str, Any] = json.loads(note.model_dump_json())
    return data


def _drop_torn_end(path: Path) -> None:
    """What a crash left half written must not run into the next note."""
    if not path.exists():
        return
    data = path.read_bytes()
    whole = whole_length(data)
    if whole < len(data):
        with path.open("r+b") as file:
            file.truncate(whole)


__all__ = [
    "Corrected",
    "Note",
    "Noted",
    "Notes",
    "Rated",
    "Retried",
    "Revealed",
    "Scored",
    "Tagged",
    "add_note",
    "fold_notes",
    "plain",
    "read_notes",
]
