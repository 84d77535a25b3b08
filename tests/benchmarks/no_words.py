"""Whether anything is heard where nobody speaks: every kind of noise through the product's own path.

    python tests/benchmarks/no_words.py [--model tiny.en] [--minutes 10] [--recordings FOLDER] [--direct]

Silence, room, white and pink noise, keyboard, coughs, mains hum, tones and breathing are made by
tests/noises.py; with --recordings (a folder with manifest.csv, or VOICE_INTERVIEWER_SPEECH) the pauses of
those recordings are heard too. Each kind takes an equal share of the minutes. Detector, segmenter, window,
captions and the pass for fillers are those of an interview; every word that would be shown or kept counts.
--direct gives each kind to the recogniser without the detector as well, in windows of 20 s: a harder test,
which decides nothing. Exit code 1 if there are words.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from noises import NOISES, made, silences

from voice_audio.detectors import load_detector
from voice_audio.noise_floor import AboveFloor
from voice_audio.ports import SAMPLE_RATE_HZ, Samples
from voice_audio.segmenter import SegmenterSettings
from voice_audio.transcribers.guards import WhisperSettings
from voice_audio.transcribers.whisper import WhisperTranscriber, load_whisper
from voice_interviewer.bench.speech import Room
from voice_interviewer.bench.speech_room import read_clips
from voice_interviewer.content.resources import content
from voice_interviewer.settings.places import models_dir

DIRECT_S = 20


def told(room: Room, samples: Samples) -> list[str]:
    """Every word that an interview would show or keep of this sound."""
    streamed = room.listener(live=True).listen(samples)
    shown = [word.text for caption in streamed.captions for word in caption.words]
    fillers = room.fillers(samples)
    kept = (*streamed.words, *(fillers.words if fillers else ()))
    return [*shown, *(word.text for word in kept)]


def kinds(seconds: float, folder: Path | None) -> Iterator[tuple[str, Samples]]:
    for number, name in enumerate(NOISES):
        yield name, made(name, seconds, seed=number)
    if folder is not None:
        recordings = [clip.samples for clip in read_clips(folder)]
        yield "pauses of recordings", silences(recordings, load_detector(), seconds)


def direct(whisper: WhisperTranscriber, samples: Samples) -> list[str]:
    step = DIRECT_S * SAMPLE_RATE_HZ
    windows = [samples[at : at + step] for at in range(0, len(samples), step)]
    heard = (word for window in windows for word in (*whisper.transcribe(window), *whisper.fillers(window)))
    return [word.text for word in heard]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--recordings", type=Path, default=os.environ.get("VOICE_INTERVIEWER_SPEECH"))
    parser.add_argument("--direct", action="store_true")
    asked = parser.parse_args()
    folder = Path(asked.recordings) if asked.recordings else None
    settings = content().joinpath("configs", "whisper.toml").read_text(encoding="utf-8")
    whisper = load_whisper(
        models_dir() / f"whisper-{asked.model}", settings=WhisperSettings.from_toml(settings)
    )
    detector = AboveFloor(load_detector(), SegmenterSettings().on)
    room = Room(whisper, detector, SegmenterSettings())
    count = len(NOISES) + (folder is not None)
    words = 0
    for name, samples in kinds(asked.minutes * 60 / count, folder):
        heard = told(room, samples)
        words += len(heard)
        line = f"{name:22} {len(samples) / SAMPLE_RATE_HZ:4.0f} s  {len(heard)} words  {' '.join(heard)}"
        if asked.direct:
            line += f"  (without the detector: {' '.join(direct(whisper, samples)) or 'none'})"
        print(line, flush=True)
    print(f"{words} words in {asked.minutes:g} minutes in which nobody spoke, {whisper.name}")
    sys.exit(1 if words else 0)


if __name__ == "__main__":
    main()
