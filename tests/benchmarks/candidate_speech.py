"""What the virtual candidates sound like, and how well they are understood.

    python tests/benchmarks/candidate_speech.py [--whisper FOLDER ...] [--most N]

For each persona: words a minute while speaking, pitch and how much it moves (tests/pitch.py), loudness,
fillers, pauses, and the megabytes of its clips. With --whisper (a folder with a Whisper model, may be given
twice) also the share of words that model gets wrong, each clip given whole, digits read as words: without
fillers in either text, how many of the fillers it wrote down, and how many it took for another word ("arm";
the rest it left out). --most: only so many clips of each persona, spread evenly.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "audio" / "samples"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from make_samples import HERE, Row, Timing, read_manifest, read_timing
from pitch import pitch
from speech_wer import plain_words, word_errors

from voice_audio.files import load_sound
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, Transcriber

SOUNDS = re.compile(r"u+h*m+|u+h+|e+r+m*|h+m+|ah+|mm+")
PITCH_S = 60
"""So much of each persona's speech is looked at for its pitch."""


@dataclass(frozen=True)
class Persona:
    """One candidate's clips with what is known of each, and their sound."""

    name: str
    rows: tuple[Row, ...]
    timings: tuple[Timing, ...]
    sounds: tuple[Samples, ...]

    @property
    def spoken(self) -> Samples:
        """Every stretch of speech, without the pauses between them."""
        pieces = [
            sound[start_ms * 16 : end_ms * 16]
            for sound, timing in zip(self.sounds, self.timings, strict=True)
            for start_ms, end_ms, _ in timing.pieces
        ]
        return np.concatenate(pieces)


def personas(most: int | None) -> list[Persona]:
    """Every persona of audio/samples."""
    timings = {timing.file: timing for timing in read_timing(HERE / "timing.jsonl")}
    rows = read_manifest(HERE / "manifest.csv")
    found = []
    for name in dict.fromkeys(row.persona for row in rows):
        own = [row for row in rows if row.persona == name]
        count = min(most or len(own), len(own))
        own = [own[at * len(own) // count] for at in range(count)]
        sounds = tuple(load_sound(HERE / row.file).samples for row in own)
        found.append(Persona(name, tuple(own), tuple(timings[row.file] for row in own), sounds))
    return found


def sound_of(persona: Persona) -> str:
    """One line on how the voice sounds."""
    speech = persona.spoken
    minutes = len(speech) / SAMPLE_RATE_HZ / 60
    words = sum(len(row.transcript.split()) for row in persona.rows)
    heard = pitch((speech[: PITCH_S * SAMPLE_RATE_HZ] / 32768).astype(np.float32))
    level = 20 * np.log10(np.sqrt(np.mean((speech / 32768.0) ** 2)))
    moved = f"{heard.median_hz:4.0f} Hz  {heard.semitones:3.1f} st" if heard else "no pitch"
    return f"{persona.rows[0].voice:12} {words / minutes:4.0f} wpm  {moved}  {level:6.1f} dBFS"


def hesitation_of(persona: Persona) -> str:
    """One line on pauses and fillers."""
    pairs = [zip(timing.pieces[:-1], timing.pieces[1:], strict=True) for timing in persona.timings]
    pauses_ms = [after[0] - before[1] for pair in pairs for before, after in pair]
    fillers = sum(len(timing.fillers) for timing in persona.timings)
    words = sum(len(row.transcript.split()) for row in persona.rows)
    stops = sum(timing.stops for timing in persona.timings)
    longest = f"{max(pauses_ms) / 1000:.1f} s, median {np.median(pauses_ms) / 1000:.2f} s"
    return (
        f"{fillers:3} fillers in {words} words, {stops} sentences, {len(pauses_ms)} pauses, longest {longest}"
    )


def understood(persona: Persona, transcriber: Transcriber) -> str:
    """One line on what a recogniser makes of it."""
    errors = words = kept = misheard = said = 0
    for row, sound in zip(persona.rows, persona.sounds, strict=True):
        heard = plain_words(" ".join(word.text for word in transcriber.transcribe(sound)))
        spoken = plain_words(row.transcript)
        fillers = fates(spoken, heard)
        said += fillers.total()
        kept += fillers["kept"]
        misheard += fillers["misheard"]
        plain = [word for word in spoken if not _is_filler(word)]
        errors += word_errors(plain, [word for word in heard if not _is_filler(word)])
        words += len(plain)
    told = f", {kept} of {said} fillers kept, {misheard} heard as another word" if said else ""
    return f"{errors / words:6.1%} of {words} words wrong{told}"


def fates(spoken: Sequence[str], heard: Sequence[str]) -> Counter[str]:
    """How many of the fillers spoken were "kept", "misheard" and "omitted", by the shortest alignment, in
    which all fillers are one word."""
    said, got = (["um" if _is_filler(word) else word for word in words] for words in (spoken, heard))
    lost = {
        step.src_pos: "misheard" if step.tag == "replace" else "omitted"
        for step in Levenshtein.editops(said, got)
        if step.tag != "insert"
    }
    return Counter(lost.get(at, "kept") for at, word in enumerate(said) if word == "um")


def _is_filler(word: str) -> bool:
    return SOUNDS.fullmatch(word) is not None


def listeners(folders: Sequence[Path]) -> dict[str, Transcriber]:
    from voice_audio.transcribers.whisper import load_whisper

    return {folder.name: load_whisper(str(folder), device="cpu") for folder in folders}


def main() -> None:
    parser = argparse.ArgumentParser(description="What the virtual candidates sound like.")
    parser.add_argument("--whisper", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument("--most", type=int, metavar="N")
    options = parser.parse_args()
    transcribers = listeners(options.whisper)
    total = 0
    for persona in personas(options.most):
        size = sum((HERE / row.file).stat().st_size for row in persona.rows)
        seconds = sum(len(sound) for sound in persona.sounds) / SAMPLE_RATE_HZ
        total += size
        print(f"{persona.name}: {len(persona.rows)} clips, {seconds:.0f} s, {size / 1e6:.2f} MB")
        print(f"  {sound_of(persona)}\n  {hesitation_of(persona)}")
        for name, transcriber in transcribers.items():
            print(f"  {name:20} {understood(persona, transcriber)}", flush=True)
    print(f"{total / 1e6:.2f} MB in all")


if __name__ == "__main__":
    main()
