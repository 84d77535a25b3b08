"""What the routes share: where a session lies, one lock for each, and who is being judged right now."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from starlette.exceptions import HTTPException

from voice_interviewer.errors import Problem
from voice_interviewer.review.model import QuestionReport, Report
from voice_interviewer.store.log import SessionFolder
from voice_interviewer.store.notes import Note, add_note
from voice_interviewer.web.jobs import Jobs
from voice_interviewer.web.services import Services

PATIENCE_S = 0.8
"""How long a page waits to be judged before it is shown without; that of an hour is to open within 2 s."""
_Shown = TypeVar("_Shown")

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

    def judged(self, session: str, shown: Callable[[Report], _Shown]) -> tuple[_Shown, bool]:
        """What `shown` makes of the report, and whether that is still being judged. What nobody has looked at
        since this app began, or since its log grew, is judged now; if that takes longer than one waits for a
        page, what there is stands ready: it is made first, while nothing else wants the processor."""
        folder = self.folder(session)
        known = self._known(session, folder)
        if known is not None and known.done():
            return shown(self.services.report_of(folder)), False
        report = self.services.report_of(folder)
        first = shown(report)
        if known is not None:
            return first, True
        try:
            judged = self._begin(session, folder).result(PATIENCE_S)
        except TimeoutError:
            return first, True
        except Problem:  # what is there can be read all the same
            return first, False
        return first if judged == report else shown(judged), False

    @property
    def judging(self) -> bool:
        """Whether somebody is being judged right now."""
        with self._guard:
            return not all(future.done() for _, future in self._judged.values())

    def _known(self, session: str, folder: Path) -> Future[Report] | None:
        """Who judges it or has done so, as it is now."""
        with self._guard:
            known = self._judged.get(session)
        return known[1] if known is not None and known[0] == _size(folder) else None

    def _begin(self, session: str, folder: Path) -> Future[Report]:
        size = _size(folder)
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


def _size(folder: Path) -> int:
    events = SessionFolder(folder).events
    return events.stat().st_size if events.is_file() else 0


def question_of(report: Report, question: str) -> QuestionReport:
    """Raises HTTPException 404 for one that was not asked."""
    for each in report.questions:
        if each.id == question:
            return each
    raise HTTPException(404, "That question was not asked in this session.")
