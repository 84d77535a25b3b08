"""The review as a web app of this machine alone: every session, heard, corrected and tried again in the
browser.

It only ever listens on 127.0.0.1. Whatever it needs of the rest of the program comes in `services.Services`,
so that it can be tried with a few plain functions; it knows neither configuration nor interviews.

    browser ──Guard (host, origin, token, size)──> routes ──Desk (locks, judging)──> notes.jsonl, Report
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voice_interviewer.errors import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from voice_interviewer.web.actions import Actions
    from voice_interviewer.web.desk import Desk
    from voice_interviewer.web.guard import Guard
    from voice_interviewer.web.pages import Pages
    from voice_interviewer.web.sound import SoundRoutes


def make_app(desk: "Desk", token: str, port: int) -> "Guard":
    """The whole app. desk: `Desk(services)`. token: what every request has to show; port: where it is served,
    part of what Host and Origin of a request must be."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException

    from voice_interviewer.web import pages as app_pages
    from voice_interviewer.web.actions import Actions
    from voice_interviewer.web.guard import Guard
    from voice_interviewer.web.sound import SoundRoutes

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
