"""What the review app needs, from the real parts of the program."""

import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from voice_interviewer.app.reviews import best_scorer
from voice_interviewer.cli.output import tell
from voice_interviewer.cli.review_attempts import attempts
from voice_interviewer.cli.review_index import library
from voice_interviewer.core.learning.progress import progress_of
from voice_interviewer.review.html import Live, render_html
from voice_interviewer.review.progress import render_progress
from voice_interviewer.review.reel import make_reel
from voice_interviewer.review.report import build_report, refresh
from voice_interviewer.settings.config import sessions_dir
from voice_interviewer.store.deletion import delete_session
from voice_interviewer.web.services import Hit, Services, SessionRow

if TYPE_CHECKING:
    from voice_audio.ports import Voice
    from voice_interviewer.engine.port import Scorer
    from voice_interviewer.review.model import Report
    from voice_interviewer.settings.config import Config

Made = TypeVar("Made")
MAX_HITS = 50
"""Places shown of a search; more are not looked through."""

_PROGRAM = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)


def make_services(config: "Config") -> Services:
    """Everything real. What is heavy (the judge, the voice) is made when it is first needed."""
    root = sessions_dir()
    voice = _once(partial(_voice, config))
    return Services(
        root=root,
        list_sessions=partial(rows, root),
        report_of=build_report,
        rescore=partial(rescore, _once(partial(_scorer, config))),
        page=page,
        search=partial(search, root),
        drill=partial(drill_command, offline=config.network.offline),
        delete=partial(delete, root),
        voice=voice,
        words_per_minute=config.voice.words_per_minute,
        progress=partial(progress, root),
        reel=partial(reel, voice, config.voice.words_per_minute),
    )


def _scorer(config: "Config") -> "Scorer | None":
    return best_scorer(config)


def _voice(config: "Config") -> "Voice":
    from voice_interviewer.app.build import make_voice

    return make_voice(config, tell)


def _once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Made by whoever needs it first, kept for all."""
    lock, kept = Lock(), cache(make)

    def get() -> Made:
        with lock:
            return kept()

    return get


def rescore(scorer: "Callable[[], Scorer | None]", folder: Path) -> "Report":
    """The report with everything judged that can be; without a judge as it is."""
    judge = scorer()
    return build_report(folder) if judge is None else refresh(folder, judge)


def page(report: "Report", folder: Path, base: str, token: str) -> str:
    """The live page of one session."""
    return render_html(report, folder, Live(base, token), attempts(report, folder.parent))


def drill_command(question: str | None, move: str | None, after: str, offline: bool = False) -> list[str]:
    """The drill of a question or a move, by this very Python, in plain lines."""
    what = f"--question={question}" if question is not None else f"--move={move}"
    command = [sys.executable, "-c", _PROGRAM, "drill", what, f"--after={after}", "--plain"]
    return [*command, "--offline"] if offline else command


def rows(root: Path) -> tuple[SessionRow, ...]:
    """Every session, newest first."""
    with library(root) as index:
        return tuple(
            SessionRow(
                id=each.id,
                title=each.title or each.role.replace("-", " ").capitalize() or each.id,
                level=each.level,
                started=each.started,
                state=each.state,
                duration_s=each.duration_s,
                size_bytes=each.size_bytes,
                tags=each.tags,
                drill=each.drill,
                demo=each.demo,
            )
            for each in index.list()
        )


def search(root: Path, query: str) -> tuple[Hit, ...]:
    """Where something was said, newest first."""
    with library(root) as index:
        places = index.search(query, MAX_HITS)
    return tuple(
        Hit(each.session, each.title, each.started, each.who, each.snippet, each.start_ms, each.end_ms)
        for each in places
    )


def reel(voice: "Callable[[], Voice]", words_per_minute: int, report: "Report", folder: Path) -> Path:
    """The best and the weakest moments, cut together."""
    return make_reel(report, folder, voice(), words_per_minute)


def progress(root: Path) -> str:
    """The page about all sessions together."""
    with library(root) as index:
        found = progress_of(index.facts())
    return render_progress(found, live=True)


def delete(root: Path, session: str) -> int:
    """Everything of that session, also its words in the index and its cards in the schedule; the bytes
    freed."""
    return delete_session(root, session)
