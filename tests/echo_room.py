"""A room in which the interviewer's voice comes back into the microphone: real devices and ears.

    python echo_room.py --duplex half --seconds 60 [--interrupt CLIP --every 2] [--over-ms 1500]

Runs as a child of whoever owns the virtual sound card (PULSE_SERVER), says line after line of the questions
there are, and prints one JSON object: what was taken for the candidate although it was our own voice, and,
where a clip is played into the microphone during lines, how soon it was noticed and how soon we fell silent.
As in a session, one thread hears and another decides.
"""

import argparse
import contextlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from late_workers import NumberedSound

from voice_audio.detectors import load_detector
from voice_audio.devices import find_device
from voice_audio.echo import WebrtcCanceller
from voice_audio.microphone import DeviceMicrophone
from voice_audio.ports import Sound
from voice_audio.resumption import ResumptionSettings
from voice_audio.speaker import DeviceSpeaker
from voice_audio.voices import load_voice
from voice_interviewer.content.resources import load_bank
from voice_interviewer.core.turns import events as e
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.live.audio_side import Ears, Parts
from voice_interviewer.store.recorder import Recorder

WINDOW_MS, TAIL_MS = 700, 250
LISTEN_MS = 900
CHUNK_BYTES = 960
"""10 ms at 48 kHz, mono, 16 bit."""
SOUND_PEAK = 200


class SinkMeter:
    """When the loudspeaker's sink last carried sound, read from its monitor as it comes."""

    def __init__(self) -> None:
        command = ["parec", "--device=speaker.monitor", "--raw", "--format=s16le", "--rate=48000"]
        self._process = subprocess.Popen(
            [*command, "--channels=1", "--latency-msec=10"], stdout=subprocess.PIPE
        )
        self.last_sound_s = 0.0
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(CHUNK_BYTES):
            if np.abs(np.frombuffer(data[: len(data) // 2 * 2], np.int16)).max(initial=0) > SOUND_PEAK:
                self.last_sound_s = time.monotonic()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(60)


@dataclass
class Result:
    """What happened. false_*: our own voice taken for the candidate's; noticed_ms: from the clip's beginning;
    silent_ms: from SpeechResumed posted to the last sound at the sink."""

    lines: int = 0
    spoken_s: float = 0.0
    echo_dbfs: float | None = None
    false_resumed: int = 0
    false_segments: int = 0
    missed: int = 0
    noticed_ms: list[int] = field(default_factory=list)
    silent_ms: list[int] = field(default_factory=list)


class Room:
    """The audio thread, and a reducer that only knows lines."""

    def __init__(self, duplex: Any, folder: Path) -> None:
        self.posted: queue.SimpleQueue[tuple[float, Any]] = queue.SimpleQueue()
        self.microphone = DeviceMicrophone(find_device(None, "input"))
        self.speaker = DeviceSpeaker(find_device(None, "output"))
        about = {"doubt_threshold": 0.5, "transcriber": "none", "title": "Echo"}
        self.recorder = Recorder.create(folder, "ai-ethics-specialist", "junior", datetime.now(), about)
        parts = Parts(
            microphone=self.microphone,
            speaker=self.speaker,
            detector=load_detector(),
            transcriber=NumberedSound(),
            voice=load_voice(),
            engine=RulesEngine.from_content(load_reader("words")),
            recorder=self.recorder,
            resumption=ResumptionSettings(duplex=duplex, echo_tail_ms=TAIL_MS),
            canceller=WebrtcCanceller() if duplex == "canceller" else None,
        )
        self.ears = Ears(parts, lambda event: self.posted.put((time.monotonic(), event)), 0)
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self.over.is_set():
            self.ears.hear(self.microphone.read())

    def close(self) -> None:
        self.over.set()
        self._thread.join(2)
        self.recorder.close()
        self.speaker.close()
        self.microphone.close()

    def wait(self, ms: int) -> list[Any]:
        """What is posted within this much of the session's time."""
        self.ears.wake_at(self.ears.now_ms + ms)
        found = []
        while not isinstance(event := self.posted.get(timeout=60)[1], e.ClockReached):
            found.append(event)
        return found


def say(
    room: Room, number: int, sound: Sound, clip: Path | None, over_ms: int, result: Result, meter: SinkMeter
) -> None:
    """One line, in the middle of which the clip may be played; then the candidate is listened to."""
    room.ears.order(e.StopListening(number))
    room.wait(160)
    room.ears.begin_line(number, sound, WINDOW_MS)
    begun_s, played_s, player = time.monotonic(), None, None
    resumed_s = None
    while True:
        if clip is not None and player is None and time.monotonic() - begun_s > over_ms / 1000:
            player = subprocess.Popen(["paplay", "--device=micfeed", "--latency-msec=30", str(clip)])
            played_s = time.monotonic()
        try:
            at_s, event = room.posted.get(timeout=0.02)
        except queue.Empty:
            continue
        if isinstance(event, e.LineFinished | e.LineUnspoken):
            break
        if isinstance(event, e.SpeechResumed):
            room.ears.end_line()
            resumed_s = at_s
            break
    result.lines, result.spoken_s = result.lines + 1, result.spoken_s + time.monotonic() - begun_s
    if resumed_s is not None and played_s is None:
        result.false_resumed += 1
    elif resumed_s is not None and played_s is not None:
        room.wait(200)
        result.noticed_ms.append(round((resumed_s - played_s) * 1000))
        result.silent_ms.append(max(0, round((meter.last_sound_s - resumed_s) * 1000)))
    elif clip is not None:
        result.missed += 1
    if player is not None:
        player.terminate()
        player.wait(60)
    room.ears.order(e.Listen(number, room.ears.now_ms + TAIL_MS))
    found = room.wait(LISTEN_MS)
    if clip is None:  # a clip may still be on its way
        result.false_segments += sum(isinstance(event, e.SpeechStarted) for event in found)


@contextlib.contextmanager
def opened(duplex: str) -> Iterator[Room]:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(duplex, Path(folder))
        try:
            yield room
        finally:
            room.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--duplex", choices=("half", "headphones", "canceller"), default="half")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--interrupt", type=Path)
    parser.add_argument("--every", type=int, default=2, help="interrupt each n-th line after the first")
    parser.add_argument("--over-ms", type=int, default=1500, help="into the line")
    chosen = parser.parse_args()
    voice, result, meter = load_voice(), Result(), SinkMeter()
    questions = [question.say for question in load_bank("ai-ethics-specialist").questions]
    with opened(chosen.duplex) as room:
        end_s, number = time.monotonic() + chosen.seconds, 0
        while time.monotonic() < end_s:
            sound = voice.render(questions[number % len(questions)], 165)
            clip = chosen.interrupt if number and number % chosen.every == 0 else None
            number += 1
            say(room, number, sound, clip, chosen.over_ms, result, meter)
        result.echo_dbfs = room.ears.echo_dbfs
    meter.close()
    json.dump(result.__dict__, sys.stdout)


if __name__ == "__main__":
    main()
