"""How many spoken fillers the pass for fillers finds, and how many it invents.

    python tests/training/hesitant_speech.py MADE --seed 2 --texts scripts --clips 8
    python tests/benchmarks/filler_pass.py MODEL --made MADE --turns TURNS --speech SPEECH

MODEL: a folder of VOICE_INTERVIEWER_MODELS without "whisper-". Real speech: AMI clips with transcripts
(manifest.csv of SPEECH, tests/training/ami_turns.toml for TURNS). As in the product, the words are heard by
window without a prompt and the fillers of the pass are put in by their times; a spoken "um" or "uh" counts as
found where the alignment with the transcript puts a filler, and a filler without one as invented. Prints the
share found with its 95 % interval (Wilson) for real and made speech apart, what is invented in fluent speech,
and in noise, hum, clicks and silence.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training"))

from train_doubt import Clip, made_clips, speech_clips, stretches, turn_clips

from voice_audio.detectors import load_detector
from voice_audio.filler_pass import hear_fillers
from voice_audio.ports import HeardWord, Samples, SpeechDetector
from voice_audio.transcribers.filler_sounds import is_filler_sound
from voice_audio.transcribers.guards import WhisperSettings
from voice_audio.transcribers.whisper import WhisperTranscriber, load_whisper
from voice_audio.window import WindowSettings, hear_by_window
from voice_interviewer.bench.word_score import plain_words, share_interval
from voice_interviewer.content.resources import content
from voice_interviewer.settings.places import models_dir

FILLER = "um"
_ANSWERS = re.compile(r"\b(?:mm-?hmm?|uh-huh|uh-uh|mhm)\b", re.IGNORECASE)


@dataclass
class Count:
    """spoken: um and uh in the transcripts; found: those heard; invented: heard and not spoken."""

    spoken: int = 0
    found: int = 0
    invented: int = 0
    seconds: float = 0.0

    def add(self, other: "Count") -> None:
        self.spoken += other.spoken
        self.found += other.found
        self.invented += other.invented
        self.seconds += other.seconds

    def line(self, name: str) -> str:
        low, high = share_interval(self.found, self.spoken)
        share = (
            f"{self.found} of {self.spoken} found ({low:.0%} to {high:.0%})" if self.spoken else "none spoken"
        )
        rate = 100 * self.invented / max(1.0, self.seconds)
        return f"{name:28} {share}; {self.invented} invented in {self.seconds:.0f} s ({rate:.1f} in 100 s)"


def with_fillers(clip: Clip, whisper: WhisperTranscriber, detector: SpeechDetector) -> list[HeardWord]:
    """The words of the clip as the product has them, and the fillers of the pass between them."""

    def sound(start_ms: int, end_ms: int) -> Samples:
        return clip.samples[start_ms * 16 : end_ms * 16]

    speech, settings, end_ms = stretches(clip.samples, detector), WindowSettings(), len(clip.samples) // 16
    windows = hear_by_window(whisper, sound, speech, settings, end_ms)
    plain = [word for _, words in windows for word in words if not is_filler_sound(word.text)]
    sounds = hear_fillers(whisper, sound, speech, settings, end_ms)
    return sorted((*plain, *sounds), key=lambda word: word.start_ms)


def counted(clip: Clip, words: list[HeardWord]) -> Count:
    spoken = _ANSWERS.sub(" ", clip.said)
    said = [_kind(word) for word in plain_words(spoken)]
    found = [_kind(plain) for word in words for plain in plain_words(_ANSWERS.sub(" ", word.text))]
    hits = sum(
        said[at] == FILLER
        for step in Levenshtein.opcodes(said, found)
        if step.tag == "equal"
        for at in range(step.src_start, step.src_end)
    )
    return Count(said.count(FILLER), hits, found.count(FILLER) - hits, len(clip.samples) / 16_000)


def _kind(word: str) -> str:
    """One word for all of "um", "uh" and "erm"; "mm" and "hmm", which mostly answer, are another."""
    if not is_filler_sound(word):
        return word
    return FILLER if word[:1] in "ue" else "mm"


def noises() -> Iterator[tuple[str, Samples]]:
    """25 s of each: nothing of it is speech."""
    dice, t = np.random.default_rng(0), np.arange(25 * 16_000) / 16_000
    white = dice.standard_normal(len(t))
    clicks = (dice.random(len(t)) < 4 / 16_000) * white * 8
    waves = {
        "silence": 0 * t,
        "white noise": 0.03 * white,
        "hum": 0.1 * (np.sin(2 * np.pi * 50 * t) + 0.5 * np.sin(2 * np.pi * 150 * t)) + 0.002 * white,
        "breath": 0.05 * white * np.clip(np.sin(2 * np.pi * 0.3 * t), 0, 1) ** 2,
        "keyboard": np.convolve(clicks, np.exp(-np.arange(400) / 60), "same") * 0.1,
        "tones": 0.1 * np.sin(2 * np.pi * np.where(t % 2 < 1, 440, 660) * t),
    }
    for name, wave in waves.items():
        yield name, (np.clip(wave, -1, 1) * 32_767).astype(np.int16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model")
    for folder in ("--made", "--turns", "--speech"):
        parser.add_argument(folder, type=Path, required=True)
    parser.add_argument("--words", action="store_true", help="print what was heard")
    asked = parser.parse_args()
    detector = load_detector()
    whisper = load_whisper(
        models_dir() / f"whisper-{asked.model}",
        settings=WhisperSettings.from_toml(content().joinpath("configs", "whisper.toml").read_text()),
    )
    known = {path.stem for path in asked.speech.glob("*.flac")}
    sets = {"real (AMI)": Count(), "made (Kokoro)": Count(), "fluent (no filler spoken)": Count()}
    for clip in (*turn_clips(asked.turns, known), *speech_clips(asked.speech), *made_clips(asked.made)):
        words = with_fillers(clip, whisper, detector)
        count = counted(clip, words)
        kind = "made (Kokoro)" if clip.set == "fit made" else "real (AMI)" if "AMI" in clip.set else ""
        sets[kind or "fluent (no filler spoken)"].add(count)
        print(f"{clip.id:34} {count.found}/{count.spoken}, invented {count.invented}", flush=True)
        if asked.words:
            print("   ", " ".join(word.text for word in words))
    for name, count in sets.items():
        print(count.line(name))
    for name, samples in noises():
        print(f"{name:28} {len(whisper.fillers(samples))} invented in 25 s of it, heard without a detector")


if __name__ == "__main__":
    main()
