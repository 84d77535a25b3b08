"""Who does the slow work: threads in a live interview, the caller itself when an interview runs on files."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
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
        """No more work will come; what was not begun yet is left undone."""


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
    ENDS_WITHIN_S = 2.0

    def __init__(self, kinds: tuple[str, ...], report: Callable[[BaseException], None]) -> None:
        self._report = report
        self._queues: dict[str, queue.Queue[tuple[Callable[[], Any], Done] | None]] = {
            kind: queue.Queue(self.MOST_WAITING) for kind in kinds
        }
        self._threads = [
            threading.Thread(target=self._serve, args=(tasks,), name=f"{kind}-worker", daemon=True)
            for kind, tasks in self._queues.items()
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, kind: str, work: Callable[[], Any], done: Done) -> None:
        self._queues[kind].put_nowait((work, done))

    def waiting(self, kind: str) -> int:
        return self._queues[kind].unfinished_tasks

    def close(self) -> None:
        """Work that is under way gets a little time: a process that ends inside a recogniser's call is
        aborted by its library."""
        for tasks in self._queues.values():
            with suppress(queue.Empty):
                while True:
                    tasks.get_nowait()
            tasks.put(None)
        until = time.monotonic() + self.ENDS_WITHIN_S
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))

    def _serve(self, tasks: "queue.Queue[tuple[Callable[[], Any], Done] | None]") -> None:
        while (task := tasks.get()) is not None:
            work, done = task
            result = _attempt(work)
            tasks.task_done()
            try:
                done(result)
            except Exception as bug:
                self._report(bug)
