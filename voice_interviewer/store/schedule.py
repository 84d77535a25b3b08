"""When what was weak comes back: one card a question family and one a move, spaced by FSRS.

Kept in the data folder as schedule/SESSION.json, one small file a session, each written in one piece. The
cards themselves are kept nowhere: they are what those files give when they are gone through in order, so
that forgetting a session leaves no trace of it, and a file that was damaged costs that one session.

FSRS: the spaced-repetition algorithm of the `fsrs` package (Ye et al., KDD 2022,
doi 10.1145/3534678.3539081).
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.toml_file import write_private
from voice_interviewer.core.learning.drills import (
    AGAIN,
    EASY,
    GOOD,
    HARD,
    practised,
)
from voice_interviewer.errors import RecordProblem
from voice_interviewer.settings.places import home

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

FOLDER = "schedule"
LONGEST_DAYS = 60
"""Whoever prepares for an interview looks at everything again within so many days. Start value."""
RETENTION = 0.9
"""A thing comes back when it would still go well nine times in ten: the algorithm's own default."""
_NAME = r"^[^/\\\x00]{1,200}$"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    key: Annotated[str, Field(min_length=1, max_length=300)]
    rating: Literal["again", "hard", "good", "easy"]
    label: str = ""
    question: str | None = None
    move: str | None = None


class _Reviewed(BaseModel):
    """One session's file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    schema_version: Literal[1]
    session: Annotated[str, Field(pattern=_NAME)]
    at: datetime
    entries: tuple[_Entry, ...]


@dataclass(frozen=True)
class Due:
    """A question or a move that is to come back. due: when, in UTC. last: how it went the last time ("again"
    to "easy"), in the session `after`; times: how often it was practised. label: the question's text, or
    what the move asks for."""

    key: str
    label: str
    due: datetime
    last: str
    times: int
    after: str
    question: str | None = None
    move: str | None = None

    @property
    def command(self) -> str:
        """The drill of it, as one would type it."""
        what = f"--move {self.move}" if self.move else f"--question {self.question}"
        return f"voice-interviewer drill {what} --after {self.after}"


def record(report: Mapping[str, Any], now: datetime, root: Path | None = None) -> bool:
    """Note how a session went. report: its plain form; now: when it ended, with a time zone.

    The same report again changes nothing; another report of the same session (a corrected word) takes the
    place of the first, with its time. Returns whether the session said anything about any card. root: the
    folder to keep it in, `schedule` in the data folder if not given. Raises RecordProblem.
    """
    session = str(report["session"])
    entries = tuple(_Entry(**asdict(each)) for each in practised(report, load_catalogue()))
    path = _file(session, root)
    known = _read(path)
    if not entries:
        forget(session, root)
        return False
    at = known.at if known else now.astimezone(UTC)
    reviewed = _Reviewed(schema_version=1, session=session, at=at, entries=entries)
    if reviewed != known:
        try:
            write_private(path, reviewed.model_dump_json(indent=1) + "\n")
        except OSError as error:
            raise RecordProblem("disk", f"{path}: cannot be written ({error.strerror})") from error
    return True


def forget(session: str, root: Path | None = None) -> None:
    """As if that session had never been; one that is not known is fine. Raises RecordProblem."""
    path = _file(session, root)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise RecordProblem("disk", f"{path}: cannot be deleted ({error.strerror})") from error


def due(now: datetime, root: Path | None = None) -> tuple[Due, ...]:
    """What comes back today or should have before, the weakest first. now: with a time zone; "today" is the
    day there."""
    today = now.date()
    return tuple(each for each in everything(root) if each.due.astimezone(now.tzinfo).date() <= today)


def upcoming(now: datetime, root: Path | None = None) -> Due | None:
    """What comes back next, after today; None where nothing is known."""
    today = now.date()
    later = [each for each in everything(root) if each.due.astimezone(now.tzinfo).date() > today]
    return min(later, key=lambda each: (each.due, each.key), default=None)


def everything(root: Path | None = None) -> tuple[Due, ...]:
    """Every card with the time it comes back: what went worst the last time first, then the longest due."""
    folder = _folder(root)
    files = (_read(path) for path in sorted(folder.glob("*.json")))
    sessions = sorted((each for each in files if each), key=lambda each: (each.at, each.session))
    scheduler = _scheduler()
    cards: dict[str, tuple[Card, Due]] = {}
    for reviewed in sessions:
        for entry in reviewed.entries:
            _review(cards, scheduler, reviewed, entry)
    order = {AGAIN: 0, HARD: 1, GOOD: 2, EASY: 3}
    found = (shown for _, shown in cards.values())
    return tuple(sorted(found, key=lambda each: (order[each.last], each.due, each.key)))


def due_line(now: datetime, root: Path | None = None) -> str | None:
    """One line for the end of an interview; None where nothing is due."""
    waiting = due(now, root)
    if not waiting:
        return None
    number = "1 thing is" if len(waiting) == 1 else f"{len(waiting)} things are"
    return f"{number} due today: `voice-interviewer drill` takes the first, in a few minutes."


# --- files and cards ----------------------------------------------------------------------------------------


def _folder(root: Path | None) -> Path:
    return root if root is not None else home() / FOLDER


def _file(session: str, root: Path | None) -> Path:
    """Raises RecordProblem for what cannot be a session's name."""
    if Path(session).name != session or session in ("", ".", "..") or "\\" in session:
        raise RecordProblem("unknown_session", f"no session is called {session!r}")
    return _folder(root) / f"{session}.json"


def _read(path: Path) -> _Reviewed | None:
    """None for a file that is not there, or that holds something else: it costs that one session."""
    with suppress(OSError, ValueError, ValidationError):
        found = _Reviewed.model_validate(json.loads(path.read_text(encoding="utf-8")))
        return found if found.at.tzinfo else None
    return None


def _scheduler() -> "Scheduler":
    """Days only: a drill is no flash card that comes back within minutes. Without its random fuzz the same
    reviews always give the same days."""
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,
    )


def _review(
    cards: dict[str, tuple["Card", Due]], scheduler: "Scheduler", reviewed: _Reviewed, entry: _Entry
) -> None:
    from fsrs import Card, Rating

    if (entry.question is None) == (entry.move not in load_catalogue().drilled):
        return  # neither a question nor a move this version can drill
    at = reviewed.at.astimezone(UTC)
    card, times = Card(card_id=1, due=at), 0
    if entry.key in cards:
        card, times = cards[entry.key][0], cards[entry.key][1].times
    card, _ = scheduler.review_card(card, Rating[entry.rating.capitalize()], at)
    back = min(card.due, at + timedelta(days=LONGEST_DAYS))
    shown = Due(
        key=entry.key,
        label=entry.label,
        due=back,
        last=entry.rating,
        times=times + 1,
        after=reviewed.session,
        question=entry.question,
        move=entry.move,
    )
    cards[entry.key] = (card, shown)
