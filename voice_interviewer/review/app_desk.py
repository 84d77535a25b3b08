"""What the routes share: where a session lies, one lock for each, and who is being judged right now."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from starlette.exceptions import HTTPException

from voice_interviewer.errors import Problem
from voice_interviewer.review.app import Services
from voice_interviewer.review.app_jobs import Jobs
from voice_interviewer.review.model import QuestionReport, Report
from voice_interviewer.store.log import SessionFolder
from voice_interviewer.store.notes import Note, add_note

PATIENCE_S = 1.0
"""How long a page waits to be judged before it is shown without; a page of an hour is to open within 2 s."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
GONE = "There is no such session; it may have been deleted."


class Desk:
    """One app's state. Everything here may be called from any thread."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.jobs = Jobs()
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self._judged: dict[str, tuple[int, Future[Report]]] = {}
        self._judging = threading.Lock()  # one at a time: it wants every core

    def folder(self, session: str) -> Path:
        """Where that session lies, directly below the root. Raises HTTPException 404."""
        path = self.services.root / session
        if not _ID.fullmatch(session) or path.is_symlink() or not SessionFolder(path).about.is_file():
            raise HTTPException(404, GONE)
        return path

    @contextmanager
    def locked(self, session: str) -> Iterator[Path]:
        """The session's folder, while nobody else writes into it. Raises HTTPException 404."""
        with self._guard:
            lock = self._locks.setdefault(session, threading.RLock())
        with lock:
            yield self.folder(session)

    def report(self, session: str) -> Report:
        """As far as it is judged."""
        return self.services.report_of(self.folder(session))

    def note(self, session: str, note: Note, rescore: bool = False) -> Report:
        """Keep a note; the report as it is then."""
        with self.locked(session) as folder:
            add_note(folder, note)
            if not rescore:
                return self.services.report_of(folder)
            with self._judging:
                return self.services.rescore(folder)

    def judged(self, session: str) -> tuple[Report, bool]:
        """The report, and whether it is still being judged. What nobody has looked at since this app began,
        or since its log grew, is judged first, for as long as one waits for a page."""
        folder = self.folder(session)
        future = self._begin(session, folder)
        try:
            future.result(PATIENCE_S)
        except TimeoutError:
            return self.services.report_of(folder), True
        except Problem:  # what is there can be read all the same
            return self.services.report_of(folder), False
        return self.services.report_of(folder), False

    def _begin(self, session: str, folder: Path) -> Future[Report]:
        events = SessionFolder(folder).events
        size = events.stat().st_size if events.is_file() else 0
        with self._guard:
            known = self._judged.get(session)
            if known is not None and known[0] == size:
                return known[1]
            future: Future[Report] = Future()
            self._judged[session] = (size, future)
        # a daemon: whoever ends the app does not wait for it, and what it wrote so far is whole
        threading.Thread(target=self._judge, args=(session, future), name="judge", daemon=True).start()
        return future

    def _judge(self, session: str, future: Future[Report]) -> None:
        try:
            with self.locked(session) as folder, self._judging:
                future.set_result(self.services.rescore(folder))
        except BaseException as error:  # whoever waits for it is told
            future.set_exception(error)

    def forget(self, session: str) -> None:
        """A session that was deleted."""
        with self._guard:
            self._judged.pop(session, None)


def question_of(report: Report, question: str) -> QuestionReport:
    """Raises HTTPException 404 for one that was not asked."""
    for each in report.questions:
        if each.id == question:
            return each
    raise HTTPException(404, "That question was not asked in this session.")
