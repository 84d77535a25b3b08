"""Calls into libraries that compute outside Python, and the end of the program.

A thread that comes back from such a call while Python is being taken down is unwound through the library's
own frames, and the process aborts ("terminate called without an active exception"). So the end waits until
the calls that run are over, and lets none begin.
"""

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_S = 1.5
"""The end of the program waits no longer: an abort then is the smaller evil."""

_change = threading.Condition()
_running = 0
_ending = False


@contextmanager
def native_call() -> Iterator[None]:
    """Around a call that computes outside Python. Once the program ends, none begins: its thread waits for
    the end."""
    global _running
    with _change:
        while _ending:
            _change.wait()
        _running += 1
    try:
        yield
    finally:
        with _change:
            _running -= 1
            _change.notify_all()


@atexit.register
def _end() -> None:
    global _ending
    with _change:
        _ending = True
        _change.wait_for(lambda: _running == 0, MOST_S)
