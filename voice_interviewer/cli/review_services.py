"""What the review app needs, from the real parts of the program."""

import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from voice_interviewer.review.app import Hit, Services, SessionRow

if TYPE_CHECKING:
    from voice_interviewer.config import Config
    from voice_interviewer.engine.port import Scorer
    from voice_interviewer.review.model import Report

MAX_HITS = 50
"""Places shown of a search; more are not looked through."""

_PROGRAM = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)


def make_services(config: "Config") -> Services:
    """Everything real. What is heavy (the judge, the voice) is made when it is first needed."""
    from voice_interviewer.config import sessions_dir
    from voice_interviewer.review.report import build_report

    root = sessions_dir()
    return Services(
        root=root,
        list_sessions=partial(rows, root),
        report_of=build_report,
        rescore=partial(rescore, _once(partial(_scorer, config))),
        page=page,
        search=partial(search, root),
        drill=partial(drill_command, offline=config.network.offline),
        delete=partial(delete, root),
        voice=_once(partial(_voice, config)),
        words_per_minute=config.voice.words_per_minute,
        progress=progress,
        reel=None,
    )


def _scorer(config: "Config") -> "Scorer | None":
    from voice_interviewer.cli.reviews import best_scorer

    return best_scorer(config)


def _voice(config: "Config") -> Any:
    from voice_interviewer.cli.assemble import make_voice

    return make_voice(config)


def _once(make: Callable[[], Any]) -> Callable[[], Any]:
    """Made by whoever needs it first, kept for all."""
    lock, kept = Lock(), cache(make)

    def get() -> Any:
        with lock:
            return kept()

    return get


def rescore(scorer: "Callable[[], Scorer | None]", folder: Path) -> "Report":
    """The report with everything judged that can be; without a judge as it is."""
    from voice_interviewer.review.report import build_report, refresh

    judge = scorer()
    return build_report(folder) if judge is None else refresh(folder, judge)


def page(report: "Report", folder: Path, base: str, token: str) -> str:
    """The live page of one session."""
    from voice_interviewer.review.html import render_html

    return render_html(report, folder)


def drill_command(question: str | None, move: str | None, after: str, offline: bool = False) -> list[str]:
    """The drill of a question or a move, by this very Python, in plain lines."""
    what = f"--question={question}" if question is not None else f"--move={move}"
    command = [sys.executable, "-c", _PROGRAM, "drill", what, f"--after={after}", "--plain"]
    return [*command, "--offline"] if offline else command


def rows(root: Path) -> tuple[SessionRow, ...]:
    """Every session, newest first."""
    from voice_interviewer.store.library import list_sessions

    return tuple(_row(each) for each in list_sessions(root))


def _row(summary: Any) -> SessionRow:
    from voice_interviewer.errors import RecordProblem
    from voice_interviewer.store.log import SessionFolder
    from voice_interviewer.store.notes import fold_notes, read_notes

    about: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    try:
        about = SessionFolder(summary.path).read_about()
        tags = fold_notes(read_notes(summary.path)).tags
    except RecordProblem:
        pass  # listed all the same; opening it says what is wrong
    drill = about.get("drill")
    return SessionRow(
        id=summary.id,
        title=str(about.get("title") or summary.role.replace("-", " ").capitalize() or summary.id),
        level=summary.level,
        started=summary.started,
        state=summary.state,
        duration_s=summary.duration_s,
        size_bytes=summary.size_bytes,
        tags=tags,
        drill=str(drill.get("move") or drill.get("question") or "one answer") if drill else None,
        demo=bool(about.get("persona")),
    )


def search(root: Path, query: str) -> tuple[Hit, ...]:
    """Where something was said, best first."""
    return ()


def progress() -> str:
    """The page about all sessions together."""
    from voice_interviewer.cli.progress import stored_reports
    from voice_interviewer.core.progress import progress_of
    from voice_interviewer.review.progress import render_progress

    return render_progress(progress_of(stored_reports()), live=True)


def delete(root: Path, session: str) -> int:
    """Everything of that session; the bytes that were freed."""
    from voice_interviewer.store.library import delete_session

    return delete_session(root, session)
