"""`demo --realtime`: at true speed through a real loudspeaker, ended with Ctrl-C, with its record."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command_line import NO_SOUND_SERVER
from sound_server import VirtualSoundServer

from voice_interviewer.store.log import read_log

COMMAND = [
    str(Path(sys.executable).with_name("voice-interviewer")),
    "demo",
    "--realtime",
    "--persona",
    "vague",
]


def events(home: Path) -> list[str]:
    log = next(home.glob("sessions/*/events.jsonl"), None)
    if log is None:
        return []
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line["type"] for line in lines if "type" in line]


@pytest.mark.sound_server
def test_both_voices_are_heard_and_ctrl_c_keeps_everything(
    sound_server: VirtualSoundServer, fresh_home: Path, tmp_path: Path
) -> None:
    monitor = tmp_path / "monitor.wav"
    env = sound_server.env | {"VOICE_INTERVIEWER_HOME": str(fresh_home)}
    with sound_server.record_speaker(monitor):
        child = subprocess.Popen(COMMAND, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        give_up = time.monotonic() + 120
        while "SegmentTranscribed" not in events(fresh_home) and time.monotonic() < give_up:
            time.sleep(0.2)
        time.sleep(2)  # the candidate's first words are known half a second after them, and heard only then
        child.send_signal(signal.SIGINT)
        shown, complaints = child.communicate(timeout=120)
    assert child.returncode == 0, complaints
    assert complaints == ""
    (folder,) = (fresh_home / "sessions").iterdir()
    assert (folder / "report.html").is_file()
    assert str(folder) in shown
    log = [entry.event for entry in read_log(folder).entries]
    assert type(log[-1]).__name__ == "SessionEnded"
    onset_ms = next(event.onset_ms for event in log if type(event).__name__ == "SpeechStarted")
    sound, rate_hz = soundfile.read(monitor, dtype="float32")
    level = np.abs(sound if sound.ndim == 1 else sound[:, 0])
    begun = int(np.argmax(level > 0.01))  # the interviewer's first word, at about 0 on the session clock

    def loud(from_ms: int, to_ms: int) -> bool:
        return bool((level[begun + from_ms * rate_hz // 1000 : begun + to_ms * rate_hz // 1000] > 0.01).any())

    assert loud(500, 2000), "the interviewer"
    assert loud(onset_ms, onset_ms + 1500), "the candidate"


def test_without_a_loudspeaker_it_goes_on_in_silence(fresh_home: Path, tmp_path: Path) -> None:

    env = {**os.environ, **NO_SOUND_SERVER, "VOICE_INTERVIEWER_HOME": str(fresh_home)}
    child = subprocess.Popen(COMMAND, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    give_up = time.monotonic() + 120
    while "LineStarted" not in events(fresh_home) and time.monotonic() < give_up:
        time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    _, complaints = child.communicate(timeout=120)
    assert child.returncode == 0, complaints
    assert "without sound" in complaints
    assert "Traceback" not in complaints
