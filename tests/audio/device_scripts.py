"""What the device tests run in a child process (PortAudio picks its sound server when it is loaded): one
function a test, chosen by name; what it returns comes back as one line of JSON.

    python device_scripts.py NAME [ARGUMENT ...]
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from voice_audio.devices import find_device, list_devices, portaudio
from voice_audio.errors import DeviceProblem
from voice_audio.microphone import DeviceMicrophone
from voice_audio.ports import FRAME_MS, Sound
from voice_audio.speaker import DeviceSpeaker

WATCH_AT_MOST_S = 15.0


def say(line: str) -> None:
    """Tells the test that a point was reached; it answers with a line when it has done its part."""
    print(line, flush=True)


def heard_by(microphone: DeviceMicrophone, seconds: float) -> np.ndarray:
    end = time.monotonic() + seconds
    frames = []
    while time.monotonic() < end:
        frames.append(microphone.read())
    return np.concatenate(frames)


def problem(make: Callable[[], object]) -> dict[str, str] | None:
    try:
        make()
    except DeviceProblem as found:
        return {"code": found.code, "message": found.message, "hint": found.hint}
    return None


def devices() -> Any:
    return {
        "names": problem(list_devices) or [device.name for device in list_devices()],
        "microphone": problem(lambda: find_device(None, "input")),
        "speaker": problem(lambda: find_device(None, "output")),
        "unknown": problem(lambda: find_device("no such thing", "input")),
        "part": problem(lambda: find_device("DEFAUL", "output")),
    }


def record(path: str, seconds: str) -> Any:
    microphone = DeviceMicrophone(find_device(None, "input"))
    microphone.read()
    say("listening")
    began, began_cpu = time.monotonic(), time.thread_time()
    samples = heard_by(microphone, float(seconds))
    wall_s, cpu_s = time.monotonic() - began, time.thread_time() - began_cpu
    microphone.close()
    np.save(path, samples)
    return {
        "wall_s": wall_s,
        "heard_s": len(samples) / 16_000,
        "cpu_per_s": cpu_s / wall_s,
        "trouble": microphone.trouble,
        "dropped": microphone.dropped_frames,
    }


def watch(*turns: str) -> Any:
    """Reads on while the test plays tricks on the device, and says "trouble" or "well" once that has lasted
    for a second of frames; ends after the last of `turns`. Tells how far the frames were ahead of time, and
    the lines."""
    microphone = DeviceMicrophone(find_device(None, "input"))
    microphone.read()
    say("listening")
    began = time.monotonic()
    awaited, leads_s, reads_s, lines = list(turns), [], [], [microphone.trouble]
    lasted = 0
    while awaited and time.monotonic() - began < WATCH_AT_MOST_S:
        before = time.monotonic()
        microphone.read()
        now = time.monotonic()
        reads_s.append(now - before)
        leads_s.append(len(reads_s) * FRAME_MS / 1000 - (now - began))
        line = microphone.trouble
        lasted = lasted + 1 if line == lines[-1] else 0
        if line != lines[-1]:
            lines.append(line)
        if lasted >= 1000 // FRAME_MS and ("trouble" if line else "well") == awaited[0]:
            say(awaited.pop(0))
            lasted = 0
    closing = time.monotonic()
    microphone.close()
    return {
        "missed": awaited,
        "least_lead_s": min(leads_s),
        "most_lead_s": max(leads_s),
        "longest_read_s": max(reads_s),
        "lines": lines,
        "close_s": time.monotonic() - closing,
    }


def line(path: str) -> Sound:
    rate_hz, samples = 22_050, np.load(path)
    return Sound(samples, rate_hz)


def speak(path: str, stop_after_s: str = "") -> Any:
    speaker = DeviceSpeaker(find_device(None, "output"))
    sound = line(path)
    began = time.monotonic()
    speaker.play(sound)
    play_s = time.monotonic() - began
    while speaker.playing() and not (stop_after_s and time.monotonic() - began > float(stop_after_s)):
        time.sleep(0.002)
    ended = time.monotonic()
    played_ms = speaker.stop()
    stop_s = time.monotonic() - ended
    speaker.close()
    return {
        "began_s": began,
        "play_s": play_s,
        "ended_after_s": ended - began,
        "stop_s": stop_s,
        "played_ms": played_ms,
        "trouble": speaker.trouble,
    }


def speak_twice(path: str) -> Any:
    """One line runs out with its silent tail, its stream ends by itself, then comes another line."""
    speaker = DeviceSpeaker(find_device(None, "output"))
    lasted_s = []
    for _ in range(2):
        began = time.monotonic()
        speaker.play(line(path))
        while speaker.playing():
            time.sleep(0.002)
        lasted_s.append(time.monotonic() - began)
        time.sleep(0.6)
    speaker.close()
    return {"lasted_s": lasted_s, "trouble": speaker.trouble}


def speak_on(path: str) -> Any:
    """Plays one line while the device fails, then another."""
    speaker = DeviceSpeaker(find_device(None, "output"))
    began = time.monotonic()
    speaker.play(line(path))
    say("playing")
    while speaker.playing():
        time.sleep(0.002)
    ended_after_s, trouble, played_ms = time.monotonic() - began, speaker.trouble, speaker.stop()
    say("broken off")
    sys.stdin.readline()
    again = problem(lambda: speaker.play(line(path)))
    playing_again = speaker.playing()
    speaker.close()
    return {
        "ended_after_s": ended_after_s,
        "trouble": trouble,
        "played_ms": played_ms,
        "again": again,
        "playing_again": playing_again,
    }


def look_anew(path: str) -> Any:
    """Devices are looked for again only while nothing plays, and an idle speaker outlives it."""
    speaker = DeviceSpeaker(find_device(None, "output"))
    idle = portaudio.begin_anew()
    speaker.play(line(path))
    busy = portaudio.begin_anew()
    still_playing = speaker.playing()
    speaker.close()
    return {"idle": idle, "busy": busy, "still_playing": still_playing, "trouble": speaker.trouble}


if __name__ == "__main__":
    scripts: dict[str, Callable[..., Any]] = {
        script.__name__: script
        for script in (devices, record, watch, speak, speak_twice, speak_on, look_anew)
    }
    say(json.dumps(scripts[sys.argv[1]](*sys.argv[2:])))
