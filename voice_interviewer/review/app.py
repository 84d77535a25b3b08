"""The review as a web app of this machine alone: every session, heard, corrected and tried again in the
browser.

It only ever listens on 127.0.0.1. Whatever it needs from the rest of the program comes in `Services`, so that
it can be tried with a few plain functions; it knows neither configuration nor how an interview is held.

    browser ──Guard (host, origin, token, size)──> routes ──Desk (locks, judging)──> notes.jsonl, Report
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.review.model import Report

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from voice_audio.ports import Voice
    from voice_interviewer.review.app_actions import Actions
    from voice_interviewer.review.app_desk import Desk
    from voice_interviewer.review.app_guard import Guard
    from voice_interviewer.review.app_pages import Pages
    from voice_interviewer.review.app_sound import SoundRoutes


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


def make_app(desk: "Desk", token: str, port: int) -> "Guard":
    """The whole app. desk: `Desk(services)`. token: what every request has to show; port: where it is served,
    part of what Host and Origin of a request must be."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException

    from voice_interviewer.errors import Problem
    from voice_interviewer.review import app_pages
    from voice_interviewer.review.app_actions import Actions
    from voice_interviewer.review.app_guard import Guard
    from voice_interviewer.review.app_sound import SoundRoutes

    app = Starlette(
        routes=_routes(app_pages.Pages(desk, token), Actions(desk), SoundRoutes(desk)),
        exception_handlers={
            HTTPException: app_pages.refused,
            Problem: app_pages.problem,
            Exception: app_pages.broken,
        },
    )
    return Guard(app, token, port)  # around everything, so that no answer goes undressed


def _routes(pages: "Pages", actions: "Actions", sound: "SoundRoutes") -> list["Route"]:
    from starlette.routing import Route

    def get(path: str, endpoint: "Callable[[Request], Response]") -> Route:
        return Route(path, endpoint, methods=["GET"])

    def post(path: str, endpoint: "Callable[[Request], Awaitable[Response]]") -> Route:
        return Route(path, endpoint, methods=["POST"])

    base = "/session/{session}"
    return [
        get("/", pages.home),
        get("/progress", pages.progress),
        get("/search", pages.search),
        get("/static/{name}", pages.static),
        get(base, pages.session),
        get(base + "/report.json", pages.report),
        get(base + "/audio", sound.audio),
        get(base + "/peaks.json", sound.peaks),
        get(base + "/reel.mp3", sound.reel),
        get(base + "/tightened/{question}.wav", sound.tightened),
        post(base + "/correct", actions.correct),
        post(base + "/rate", actions.rate),
        post(base + "/reveal", actions.reveal),
        post(base + "/tags", actions.tags),
        post(base + "/note", actions.note),
        post(base + "/retry", actions.retry),
        post(base + "/delete", actions.delete),
        get(base + "/jobs/{job:int}", actions.job),
        post(base + "/jobs/{job:int}/stop", actions.stop),
    ]
