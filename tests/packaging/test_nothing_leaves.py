"""Nothing leaves the machine, native libraries included: looked at from outside the process."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LOAD_AND_USE = """
import numpy as np
from voice_audio.detectors import load_detector
detector = load_detector("silero")
for _ in range(40):
    detector.probability(np.zeros(512, np.int16))
import faster_whisper
from voice_audio.echo import WebrtcCanceller
canceller = WebrtcCanceller()
for _ in range(100):
    canceller.process(np.zeros(320, np.int16), np.zeros(320, np.int16))
import time
time.sleep(1.5)
"""
QUIET_ON = ("CI", "GITHUB_ACTIONS", "TF_BUILD")
"""onnxruntime's own telemetry keeps quiet where these are set, so the test must not have them."""


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in QUIET_ON}
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}


def test_the_detector_leaves_no_device_id_behind(tmp_path):
    subprocess.run([sys.executable, "-c", LOAD_AND_USE], env=environment(tmp_path), check=True, timeout=60)
    assert [path for path in tmp_path.rglob("*") if "microsoft" in path.name.lower()] == []


def test_no_socket_to_another_machine_is_opened(tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("only on machines with strace")
    trace = tmp_path / "trace"
    subprocess.run(
        [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=connect,sendto",
            "-o",
            str(trace),
            sys.executable,
            "-c",
            LOAD_AND_USE,
        ],
        env=environment(tmp_path / "home"),
        check=True,
        timeout=60,
    )
    assert re.findall(r".*sin6?_addr.*", trace.read_text()) == []
