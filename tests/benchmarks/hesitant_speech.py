"""Hesitant speech whose pauses are known, for benchmarks of whatever listens at pauses.

Two sources, told apart by the folder. With timing.jsonl beside the manifest (audio/samples) the clips are
made hesitant already, fillers and restarts included: those with a filler are taken as they are. Any other
folder with manifest.csv (columns file and transcript) holds speech without such pauses: here they are put
in, between words, at places the recording itself is quiet. What is put in is noise as loud as that
recording's quietest tenth, so that a pause is no digital silence in a noisy room. The same recording gives
the same clip each time.

    python tests/benchmarks/hesitant_speech.py FOLDER [OUT]      # lists the clips; writes them as FLAC to OUT
"""

import csv
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from voice_audio.files import load_sound, to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples

SHORTEST_S = 4.0
"""Of a recording. Less has no inside to hesitate in."""
EVERY_S = (1.5, 3.5)
"""Speech between two pauses put in: four to nine words at 160 a minute."""
PAUSE_LAW = (0.95, 0.6)
"""Median in seconds and sigma of a lognormal: the hesitations of tests/benchmarks/make_turns.py."""
PAUSE_S = (0.4, 2.5)
"""What is drawn is cut to this."""
LEAST_DIP_MS = 40
"""A quiet place this long is between two words more often than inside one: the closure of a stop takes
less."""
DIP_DB = 25.0
"""Quiet is this far under the loudest tenth of the recording."""
FADE_MS = 10
FRAME_MS = 10
LEAD_MS = 500
ENDS = ".?!…"
_FRAME = SAMPLE_RATE_HZ * FRAME_MS // 1000

Levels = npt.NDArray[np.float64]


class HesitantClip(NamedTuple):
    """samples: int16 at 16 kHz. stops: sentences that really end, None where the transcript has no
    punctuation. pauses_ms: (from, to) of each pause that was put in, in order; other, shorter ones may be
    there as well."""

    id: str
    samples: Samples
    text: str
    stops: int | None
    pauses_ms: tuple[tuple[int, int], ...]


def hesitant_clips(folder: Path) -> list[HesitantClip]:
    """Every hesitant clip of the folder, in the order of its manifest. Raises OSError without a manifest,
    SoundFileProblem for a file that is no sound."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    timing = folder / "timing.jsonl"
    made = _spoken(folder, rows, timing) if timing.is_file() else _slowed(folder, rows)
    return list(made)


def _spoken(folder: Path, rows: list[dict[str, str]], timing: Path) -> Iterator[HesitantClip]:
    known = {line["file"]: line for line in map(json.loads, timing.read_text("utf-8").splitlines())}
    for row in rows:
        about = known[row["file"]]
        if about["fillers"]:
            ends, starts = [piece[1] for piece in about["pieces"]], [piece[0] for piece in about["pieces"]]
            pauses = tuple(zip(ends[:-1], starts[1:], strict=True))
            yield HesitantClip(row["file"], _samples(folder, row), row["transcript"], about["stops"], pauses)


def _slowed(folder: Path, rows: list[dict[str, str]]) -> Iterator[HesitantClip]:
    for row in rows:
        samples = _samples(folder, row)
        if not row["transcript"] or len(samples) < SHORTEST_S * SAMPLE_RATE_HZ:
            continue
        dice = random.Random(row["file"])
        longer, pauses = with_pauses(samples, cuts(samples, dice), dice)
        if pauses:
            yield HesitantClip(row["file"], longer, row["transcript"], stops(row["transcript"]), pauses)


def _samples(folder: Path, row: dict[str, str]) -> Samples:
    return to_rate(load_sound(folder / row["file"]), SAMPLE_RATE_HZ).samples


def stops(text: str) -> int | None:
    """How many sentences end in the text; None for a text without any punctuation. A text that breaks off in
    the middle of a sentence has no stop there."""
    words = text.split()
    if not any(word[-1] in ENDS + ",;:" for word in words):
        return None
    return sum(word.rstrip("\"'”’)")[-1:] in tuple(ENDS) for word in words)


def cuts(samples: Samples, dice: random.Random) -> list[int]:
    """Where to pause: the middle of the quiet place nearest to each drawn moment, as samples, rising."""
    quiet = dips(samples)
    chosen: list[int] = []
    wanted = dice.uniform(*EVERY_S) * SAMPLE_RATE_HZ
    last = len(samples) - EVERY_S[0] * SAMPLE_RATE_HZ / 2
    while wanted < last:
        after = (chosen[-1] if chosen else 0) + EVERY_S[0] * SAMPLE_RATE_HZ / 2
        near = [place for place in quiet if after < place < last]
        if not near:
            break
        chosen.append(min(near, key=lambda place: abs(place - wanted)))
        wanted = chosen[-1] + dice.uniform(*EVERY_S) * SAMPLE_RATE_HZ
    return chosen


def dips(samples: Samples) -> list[int]:
    """The middle of each quiet place inside the recording."""
    levels = _levels_db(samples)
    quiet = levels < np.percentile(levels, 90) - DIP_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet, [0]])))
    spans = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [
        (begin + end) // 2 * _FRAME
        for begin, end in spans
        if begin and end < len(levels) and end - begin >= LEAST_DIP_MS // FRAME_MS
    ]


def with_pauses(
    samples: Samples, places: list[int], dice: random.Random
) -> tuple[Samples, tuple[tuple[int, int], ...]]:
    """The recording with a pause at each place, half a second of its room before it, and the pauses."""
    room = _room(samples, dice)
    parts: list[Levels] = [room(LEAD_MS * SAMPLE_RATE_HZ // 1000)]
    pauses = []
    at = len(parts[0])
    for begin, end in zip([0, *places], [*places, len(samples)], strict=True):
        if begin:
            length = round(
                min(max(dice.lognormvariate(0, PAUSE_LAW[1]) * PAUSE_LAW[0], PAUSE_S[0]), PAUSE_S[1]) * 1000
            )
            pauses.append((at * 1000 // SAMPLE_RATE_HZ, at * 1000 // SAMPLE_RATE_HZ + length))
            parts.append(room(length * SAMPLE_RATE_HZ // 1000))
            at += len(parts[-1])
        parts.append(_faded(samples[begin:end], begin > 0, end < len(samples)))
        at += len(parts[-1])
    joined = np.rint(np.clip(np.concatenate(parts), -32768, 32767)).astype(np.int16)
    return joined, tuple(pauses)


def _faded(samples: Samples, at_start: bool, at_end: bool) -> Levels:
    """Without a click at the cuts."""
    piece = samples.astype(np.float64)
    ramp = np.linspace(0, 1, min(len(piece), SAMPLE_RATE_HZ * FADE_MS // 1000))
    if at_start:
        piece[: len(ramp)] *= ramp
    if at_end:
        piece[len(piece) - len(ramp) :] *= ramp[::-1]
    return piece


def _room(samples: Samples, dice: random.Random) -> Any:
    """A maker of noise as loud as the quietest tenth of the recording."""
    level = 32768 * 10 ** (float(np.percentile(_levels_db(samples), 10)) / 20)
    noise = np.random.default_rng(dice.randrange(2**32))
    return lambda length: noise.standard_normal(length) * level


def _levels_db(samples: Samples) -> Levels:
    """RMS of each 10 ms, dB of full scale; never under -100."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64) / 32768
    levels: Levels = 10 * np.log10(np.maximum(np.square(frames).mean(axis=1), 1e-10))
    return levels


def main() -> None:
    clips = hesitant_clips(Path(sys.argv[1]))
    for clip in clips:
        seconds = len(clip.samples) / SAMPLE_RATE_HZ
        paused = sum(end - begin for begin, end in clip.pauses_ms) / 1000
        about = f"{len(clip.pauses_ms):2} pauses {paused:5.1f} s  stops {clip.stops}"
        print(f"{clip.id:40} {seconds:6.1f} s  {about}")
        if len(sys.argv) > 2:
            import soundfile

            target = Path(sys.argv[2], clip.id).with_suffix(".flac")
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, clip.samples, SAMPLE_RATE_HZ)
    print(f"{len(clips)} clips, {sum(len(clip.samples) for clip in clips) / SAMPLE_RATE_HZ:.0f} s")


if __name__ == "__main__":
    main()
