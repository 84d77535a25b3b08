"""Drills that the app has begun: child processes, their last lines, and how they ended."""

import os
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

LINES = 20
MAX_LINE = 400
"""Characters of one line that is shown."""
GRACE_S = 8.0
"""A drill that is asked to stop closes its record first."""

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_SESSION = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d_[a-z0-9-]+_[a-z0-9-]+(?:_\d+)?")


@dataclass
class Job:
    """One child process. state: "running", "done" or "failed"; session: the new session it told of."""

    number: int
    after: str
    process: "subprocess.Popen[str]"
    state: str = "running"
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    session: str | None = None
    asked_to_stop: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    def plain(self) -> dict[str, object]:
        """Its JSON form."""
        return {"state": self.state, "lines": list(self.lines), "session": self.session}


class Jobs:
    """All of one app's, numbered from 1. One runs at a time: there is one microphone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[int, Job] = {}

    def start(self, command: Sequence[str], after: str) -> Job | None:
        """Begin that command; None where another one runs. Raises OSError where it cannot be begun."""
        with self._lock:
            if any(job.state == "running" for job in self._jobs.values()):
                return None
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
                # Ctrl-C in our terminal is ours: the child is asked by us, once
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            job = Job(len(self._jobs) + 1, after, process)
            self._jobs[job.number] = job
        threading.Thread(target=_follow, args=(job,), name=f"job {job.number}", daemon=True).start()
        return job

    def get(self, number: int, after: str) -> Job | None:
        """A job of that session."""
        with self._lock:
            job = self._jobs.get(number)
        return job if job is not None and job.after == after else None

    def stop(self, job: Job, grace_s: float = GRACE_S) -> None:
        """Ask it to end and keep its record; after a while it is ended."""
        job.asked_to_stop = True
        if job.state == "running":
            with suppress(OSError, ValueError):
                job.process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))
            threading.Thread(target=_insist, args=(job, grace_s), daemon=True).start()

    def close(self, grace_s: float = GRACE_S) -> None:
        """End all that still run; none outlives the app."""
        with self._lock:
            running = [job for job in self._jobs.values() if job.state == "running"]
        for job in running:
            self.stop(job, grace_s)
        for job in running:
            job.ended.wait(grace_s + 5)


def _follow(job: Job) -> None:
    assert job.process.stdout is not None
    with job.process.stdout as output:
        for raw in output:
            _take(job, raw)
    code = job.process.wait()
    job.state = "done" if code == 0 or job.asked_to_stop else "failed"
    job.ended.set()


def _take(job: Job, raw: str) -> None:
    line = _CONTROL.sub("", raw).rstrip()[:MAX_LINE]
    if line:
        job.lines.append(line)
    for name in _SESSION.findall(raw):
        if name != job.after:
            job.session = name


def _insist(job: Job, grace_s: float) -> None:
    for end in (job.process.terminate, job.process.kill):
        if job.ended.wait(grace_s):
            return
        with suppress(OSError):
            end()
