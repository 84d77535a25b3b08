"""What the local server needs of the rest of the program, as plain functions and rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.review.model import Report

if TYPE_CHECKING:
    from voice_audio.ports import Voice


@dataclass(frozen=True)
class SessionRow:
    """One session as the home page lists it. started: local time in ISO form; state: "complete", "open" or
    "damaged"; drill: what it was a drill of, in plain words; demo: whether no person answered."""

    id: str
    title: str
    level: str
    started: str
    state: str
    duration_s: float
    size_bytes: int
    tags: tuple[str, ...] = ()
    drill: str | None = None
    demo: bool = False


@dataclass(frozen=True)
class Hit:
    """A place where something was said. who: interviewer or candidate; times: ms on the session's clock."""

    session: str
    title: str
    started: str
    who: str
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Services:
    """What the app needs of the rest. Every callable may take its time and runs in a thread of its own; each
    raises `Problem` for what a person can do something about.

    root: the folder of all sessions. report_of: a session's report as far as it is judged; rescore: judge
    what has no score or is about other words by now, then the report. page: (report, folder, base address,
    token) -> the live page. drill: the command that tries a question or a move again, given (question, move,
    session it was in). reel: writes a session's best and weakest moments as MP3 and says where.
    """

    root: Path
    list_sessions: Callable[[], Sequence[SessionRow]]
    report_of: Callable[[Path], Report]
    rescore: Callable[[Path], Report]
    page: Callable[[Report, Path, str, str], str]
    search: Callable[[str], Sequence[Hit]]
    drill: Callable[[str | None, str | None, str], Sequence[str]]
    delete: Callable[[str], int]
    voice: Callable[[], "Voice"]
    words_per_minute: int = 165
    progress: Callable[[], str] | None = None
    reel: Callable[[Report, Path], Path] | None = None
