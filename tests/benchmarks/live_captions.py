"""Do captions keep up, and is any sound lost, when answers are heard at true speed on this machine?

    python tests/benchmarks/live_captions.py [--model tiny.en] [--seconds 90] [--json]

Answers of the product's own virtual candidates, joined with pauses, come frame by frame at true speed;
detector, segmenter, recognition and the recogniser's thread are those of an interview. A caption's age is
the time somebody has been speaking since the sound that the newest words cover. A frame counts as dropped
where its reader comes later than the microphone's queue holds. Exit code 1 when a caption was older than 3
s or a frame was dropped. The machine should have nothing else to do; its load average is printed.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from voice_audio.detectors import load_detector
from voice_audio.files import WavMicrophone
from voice_audio.microphone import QUEUE_S
from voice_audio.noise_floor import AboveFloor
from voice_audio.ports import SAMPLE_RATE_HZ, Sound
from voice_audio.segmenter import SegmenterSettings
from voice_audio.transcribers.guards import WhisperSettings
from voice_audio.transcribers.whisper import WhisperTranscriber, half_the_cores, load_whisper
from voice_interviewer.bench.speech_room import Listener, join, quiet, read_clips
from voice_interviewer.content.resources import content, samples_dir
from voice_interviewer.live.workers import ThreadWorkers
from voice_interviewer.settings.places import models_dir

MOST_AGE_MS = 3_000


def failed(error: BaseException) -> None:
    raise error


def measure(whisper: WhisperTranscriber, seconds: float) -> dict[str, float]:
    clips = read_clips(Path(str(samples_dir())))
    answer = join(clips, seconds, ending=len(clips) - 1)
    samples = np.concatenate([answer.samples, quiet(2_000)])
    detector, workers = (
        AboveFloor(load_detector(), SegmenterSettings().on),
        ThreadWorkers(("recogniser",), failed),
    )
    listener = Listener(whisper, detector, SegmenterSettings(), workers=workers)
    microphone = WavMicrophone(Sound(samples, SAMPLE_RATE_HZ), realtime=True)
    ages, late_s, cpu_s, begun_s = [], [], time.process_time(), time.monotonic()
    while not microphone.ended:
        frame = microphone.read()
        late_s.append(time.monotonic() - begun_s - listener.now_ms / 1000)
        listener.hear(frame)
        ages.append(listener.caption_age_ms)
    length_s = time.monotonic() - begun_s
    while workers.waiting("recogniser"):
        time.sleep(0.05)
    workers.close()
    return {
        "sound_s": round(len(samples) / SAMPLE_RATE_HZ, 1),
        "oldest_caption_ms": max(ages),
        "caption_p95_ms": int(np.quantile([age for age in ages if age], 0.95)),
        "dropped_frames": sum(late > QUEUE_S for late in late_s),
        "latest_frame_ms": round(1000 * max(late_s)),
        "cores": round((time.process_time() - cpu_s) / length_s, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    settings = content().joinpath("configs", "whisper.toml").read_text(encoding="utf-8")
    whisper = load_whisper(
        models_dir() / f"whisper-{asked.model}",
        settings=WhisperSettings.from_toml(settings),
        threads=half_the_cores(),
    )
    load = os.getloadavg()[0]
    found = measure(whisper, asked.seconds) | {"load_before": load, "load_after": os.getloadavg()[0]}
    if asked.json:
        print(json.dumps({"model": whisper.name, **found}))
    else:
        print(whisper.name)
        for what, value in found.items():
            print(f"  {what:18} {value:g}")
    sys.exit(int(found["oldest_caption_ms"] > MOST_AGE_MS or found["dropped_frames"] > 0))


if __name__ == "__main__":
    main()
