"""Word error rate over recordings, through the real detector, the real segmenter and a chosen transcriber."""

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_audio.detectors import load_detector
from voice_audio.files import load_sound, to_rate
from voice_audio.frames import Reblock
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples, SpeechDetector, Transcriber
from voice_audio.segmenter import Segment, Segmenter
from voice_interviewer.bench.word_score import plain_words, word_errors


@dataclass(frozen=True)
class Recording:
    """One line of a manifest: what was said, and the sound at 16 kHz."""

    id: str
    transcript: str
    samples: Samples


@dataclass(frozen=True)
class WordErrors:
    """Errors and reference words of one recording, or of many added up."""

    id: str
    errors: int
    words: int
    sound_s: float
    compute_s: float
    heard: tuple[HeardWord, ...] = ()
    """What was recognised; times within each segment."""

    @property
    def rate(self) -> float:
        return self.errors / self.words if self.words else 0.0


def recordings(folder: Path) -> Iterator[Recording]:
    """Every recording of folder/manifest.csv (columns id, file, transcript), in the order of their ids."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["id"])
    for row in rows:
        sound = to_rate(load_sound(folder / row["file"]), SAMPLE_RATE_HZ)
        yield Recording(row["id"], row["transcript"], sound.samples)


def speech_segments(samples: Samples, detector: SpeechDetector) -> list[Samples]:
    """The pieces a session would hand to the recogniser. Detector and segmenter are those of the product."""
    detector.reset()
    segmenter = Segmenter(block_samples=detector.block_samples)
    segmenter.open(0)
    edges, end = [], 0
    for block in Reblock(detector.block_samples).feed(samples):
        end += detector.block_samples
        edges += segmenter.feed(detector.probability(block), end)
    edges += segmenter.close(len(samples))
    return [samples[edge.start_sample : edge.end_sample] for edge in edges if isinstance(edge, Segment)]


def measure_word_errors(
    given: Sequence[Recording], transcriber: Transcriber, detector: SpeechDetector | None = None
) -> list[WordErrors]:
    """One line a recording, and last the sum of all with the id "all"."""
    detector = detector or load_detector()
    lines = []
    for recording in given:
        began = time.perf_counter()
        pieces = speech_segments(recording.samples, detector)
        words = tuple(word for piece in pieces for word in transcriber.transcribe(piece))
        heard = plain_words(" ".join(word.text for word in words))
        said = plain_words(recording.transcript)
        lines.append(
            WordErrors(
                recording.id,
                word_errors(said, heard),
                len(said),
                len(recording.samples) / SAMPLE_RATE_HZ,
                time.perf_counter() - began,
                words,
            )
        )
    errors, count = sum(line.errors for line in lines), sum(line.words for line in lines)
    sound_s, compute_s = sum(line.sound_s for line in lines), sum(line.compute_s for line in lines)
    return [*lines, WordErrors("all", errors, count, sound_s, compute_s)]


def as_table(lines: Sequence[WordErrors]) -> str:
    """For a person: id, word error rate, words, seconds of sound, real-time factor."""
    return "\n".join(
        f"{line.id:<20} WER {line.rate:6.1%}  words {line.words:4d}  sound {line.sound_s:6.1f} s"
        f"  RTF {line.compute_s / max(line.sound_s, 1e-9):.2f}"
        for line in lines
    )
