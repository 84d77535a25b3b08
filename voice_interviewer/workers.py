"""Who does the slow work: threads in a live interview, the caller itself when an interview runs on files."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

Done = Callable[[Any], None]
"""Given the result, or the exception the work ended with; it only posts to the session's inbox."""


class Workers(Protocol):
    """Runs work by kind: recogniser, engine or voice. Work of one kind is done in the order it was given."""

    def submit(self, kind: str, work: Callable[[], Any], done: Done) -> None:
        """Do the work and hand its result to `done`, at once or from another thread."""

    def waiting(self, kind: str) -> int:
        """How many pieces of this kind are not finished."""

    def close(self) -> None:
        """No more work will come; what was given is still done."""


def _attempt(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as problem:
        return problem


class InlineWorkers:
    """Does every piece at once: the session clock stands still meanwhile, so a run on files is exact.

    With `later` the measured compute time is added to the clock instead: later(ms, deliver) hands the
    result over when that much session time has passed.
    """

    def __init__(self, later: Callable[[int, Callable[[], None]], None] | None = None) -> None:
        self._later = later

    def submit(self, kind: str, work: Callable[[], Any], done: Done) -> None:
        begun = time.perf_counter()
        result = _attempt(work)
        if self._later is None:
            done(result)
        else:
            self._later(round((time.perf_counter() - begun) * 1000), lambda: done(result))

    def waiting(self, kind: str) -> int:
        return 0

    def close(self) -> None:
        return


class ThreadWorkers:
    """One daemon thread a kind. The work is C code that frees the interpreter, or short.

    report: gets an exception that `done` itself raised, which is a bug; the thread goes on.
    """

    MOST_WAITING = 256

    def __init__(self, kinds: tuple[str, ...], report: Callable[[BaseException], None]) -> None:
        self._report = report
        self._queues: dict[str, queue.Queue[tuple[Callable[[], Any], Done] | None]] = {
            kind: queue.Queue(self.MOST_WAITING) for kind in kinds
        }
        for kind, tasks in self._queues.items():
            threading.Thread(target=self._serve, args=(tasks,), name=f"{kind}-worker", daemon=True).start()

    def submit(self, kind: str, work: Callable[[], Any], done: Done) -> None:
        self._queues[kind].put_nowait((work, done))

    def waiting(self, kind: str) -> int:
        return self._queues[kind].unfinished_tasks

    def close(self) -> None:
        for tasks in self._queues.values():
            tasks.put(None)

    def _serve(self, tasks: "queue.Queue[tuple[Callable[[], Any], Done] | None]") -> None:
        while (task := tasks.get()) is not None:
            work, done = task
            result = _attempt(work)
            tasks.task_done()
            try:
                done(result)
            except Exception as bug:
                self._report(bug)
