"""The program ends in peace while a thread computes outside Python."""

import subprocess
import sys

ENDS_MEANWHILE = """
import threading, time
from voice_interviewer.content.resources import on_disk
from voice_interviewer.engine.reader.encoder import Encoder
encoder = Encoder(on_disk("configs", "reader"))
encoder.encode(("ready",))
def work():
    for number in range(10_000):
        encoder.encode([f"the parcel {number} of {other} came too late" for other in range(16)])
threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
"""


def test_a_thread_that_still_computes_does_not_abort_the_end() -> None:
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", ENDS_MEANWHILE], capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
