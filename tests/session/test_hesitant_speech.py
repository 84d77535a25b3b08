"""The maker of hesitant speech: its pauses are where it says, and between them lies the recording."""

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile

from voice_audio.ports import SAMPLE_RATE_HZ, Samples

MAKER = Path(__file__).parents[1] / "benchmarks" / "hesitant_speech.py"
SAMPLES = Path(__file__).parents[2] / "audio" / "samples"
MS = SAMPLE_RATE_HZ // 1000
WORD_MS, GAP_MS = 240, 60
FLOOR = 8
"""Standard deviation of the room's noise, in steps of 16 bit."""


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmarks_hesitant_speech", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def words(count: int) -> Samples:
    """Bursts of noise with short gaps between them, over a quiet room."""
    dice = np.random.default_rng(count)
    sound = dice.normal(0, FLOOR, count * (WORD_MS + GAP_MS) * MS)
    for number in range(count):
        begin = number * (WORD_MS + GAP_MS) * MS
        sound[begin : begin + WORD_MS * MS] += dice.normal(0, 4000, WORD_MS * MS)
    return np.rint(np.clip(sound, -32768, 32767)).astype(np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [("long.wav", "One, two. Three? Four"), ("plain.wav", "one two"), ("short.wav", "No.")]
    for (name, _), count in zip(rows, (80, 40, 5), strict=True):
        soundfile.write(tmp_path / name, words(count), SAMPLE_RATE_HZ)
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "transcript"), *rows])
    return tmp_path


def test_it_pauses_between_words_and_changes_nothing_else(maker: ModuleType, folder: Path) -> None:
    long, plain = maker.hesitant_clips(folder)
    assert (long.id, long.stops, plain.id, plain.stops) == ("long.wav", 2, "plain.wav", None)
    assert len(long.pauses_ms) >= 4
    kept = np.ones(len(long.samples), dtype=bool)
    kept[: maker.LEAD_MS * MS] = False
    for begin, end in long.pauses_ms:
        assert 400 <= end - begin <= 2500
        inside = long.samples[begin * MS + MS : end * MS - MS].astype(float)
        assert inside.std() == pytest.approx(FLOOR, rel=0.3)  # a room, not digital silence
        kept[begin * MS : end * MS] = False
    spoken = long.samples[kept].astype(float)
    given = words(80).astype(float)
    assert len(spoken) == pytest.approx(len(given), abs=2 * MS * len(long.pauses_ms))
    loud = np.abs(given) > 1000
    assert np.array_equal(spoken[: len(given)][loud], given[loud])  # the fades at the cuts touch no word


def test_the_same_folder_gives_the_same_clips(maker: ModuleType, folder: Path) -> None:
    first, second = maker.hesitant_clips(folder), maker.hesitant_clips(folder)
    assert [clip.pauses_ms for clip in first] == [clip.pauses_ms for clip in second]
    assert all(np.array_equal(one.samples, two.samples) for one, two in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("text", "count"),
    [("no marks here", None), ("Yes, well, and", 0), ("One. Two? Three!", 3), ('He said "no." Then…', 2)],
)
def test_stops_are_counted_in_the_text(maker: ModuleType, text: str, count: int | None) -> None:
    assert maker.stops(text) == count


def test_speech_without_a_gap_is_left_out(maker: ModuleType, tmp_path: Path) -> None:
    hum = np.random.default_rng(1).normal(0, 4000, 6 * SAMPLE_RATE_HZ).astype(np.int16)
    soundfile.write(tmp_path / "hum.wav", hum, SAMPLE_RATE_HZ)
    (tmp_path / "manifest.csv").write_text("file,transcript\nhum.wav,mmm\n")
    assert maker.hesitant_clips(tmp_path) == []


def test_the_hesitant_candidates_come_with_their_own_pauses(maker: ModuleType) -> None:
    clips = maker.hesitant_clips(SAMPLES)
    assert len(clips) == 111
    assert all("hesitant" in clip.id for clip in clips)
    for clip in clips:
        for begin, end in clip.pauses_ms:
            inside = clip.samples[(begin + 40) * MS : (end - 40) * MS].astype(float)
            assert 400 <= end - begin <= 2501
            assert inside.std() < 40, clip.id  # -58 dBFS: what the codec leaves of silence
