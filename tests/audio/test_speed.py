"""How fast a recogniser runs: what is heard, what the figure counts, and when it is given up."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from whisper_models import Script, speech_like, write_whisper

from voice_audio.models.speed import (
    FILE,
    OthersWork,
    Speed,
    disagrees,
    keep_speed,
    real_time_factor,
    speeds,
    this_machine,
)
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples
from voice_audio.transcribers.whisper import load_whisper


class Slow:
    """Takes so long for each call, on a clock of its own."""

    name, doubt_threshold = "slow", 0.5

    def __init__(self, call_s: float) -> None:
        self.call_s, self.now_s = call_s, 0.0
        self.lengths_s: list[float] = []

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        self.now_s += self.call_s
        self.lengths_s.append(len(samples) / SAMPLE_RATE_HZ)
        return ()


class SlowAndQuick(Slow):
    """Has a cheaper way for captions."""

    def transcribe_quickly(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        self.now_s += self.call_s / 10
        return ()


def sound(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE_HZ), np.int16)


def test_an_answer_is_heard_again_at_every_pause_and_once_at_its_end() -> None:
    slow = Slow(0.5)
    found = real_time_factor(slow, sound(10), lambda: slow.now_s)
    assert slow.lengths_s == [2.0, 2.0, 4.0, 6.0, 8.0, 10.0]  # the first is not counted
    assert found == pytest.approx(5 * 0.5 / 10)


def test_what_hears_quickly_is_measured_with_that() -> None:
    slow = SlowAndQuick(0.5)
    assert real_time_factor(slow, sound(10), lambda: slow.now_s) == pytest.approx((4 * 0.05 + 0.5) / 10)


def test_a_machine_that_falls_behind_is_not_kept_waiting() -> None:
    slow = Slow(30.0)
    assert real_time_factor(slow, sound(20), lambda: slow.now_s) > 1
    assert len(slow.lengths_s) == 2


def test_a_real_recogniser_is_measured(tmp_path: Path) -> None:
    transcriber = load_whisper(write_whisper(tmp_path / "toy", Script()), device="cpu")
    assert 0 < real_time_factor(transcriber, speech_like(6)) < 1


def test_figures_are_kept_for_this_machine_alone(tmp_path: Path) -> None:
    here = Speed(0.1, this_machine(), "2026-11-30T12:00:00+00:00")
    keep_speed(tmp_path, "tiny.en", here)
    keep_speed(tmp_path, "base", Speed(0.3, "another", "2026-11-30T12:00:00+00:00"))
    assert speeds(tmp_path) == {"tiny.en": here}
    assert [file.name for file in tmp_path.iterdir()] == [FILE]
    for damaged in ("", "[]", '{"tiny.en": 3}', '{"tiny.en": {"rtf": "x"}}', '{"tiny.en": {"speed": 1}}'):
        (tmp_path / FILE).write_text(damaged)
        assert speeds(tmp_path) == {}
    assert speeds(tmp_path / "nowhere") == {}
    keep_speed(tmp_path / "nowhere", "tiny.en", here)  # is measured again another time


@pytest.mark.parametrize(
    ("found", "far"), [(0.2, False), (0.29, False), (0.31, True), (0.14, False), (0.13, True)]
)
def test_an_interview_disagrees_beyond_the_factor(found: float, far: bool) -> None:
    assert disagrees(Speed(0.2, this_machine(), ""), found, 1.5) is far


def test_the_slower_figure_counts() -> None:
    assert Speed(0.2, "", "", interview_rtf=0.5).safe_rtf == 0.5
    assert Speed(0.2, "", "", interview_rtf=0.1).safe_rtf == 0.2


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="only on Linux")
def test_what_others_use_is_told_in_processors() -> None:
    work = OthersWork()
    spin = "import time; end = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    subprocess.run([sys.executable, "-c", spin], check=True)
    assert work.processors() > 0.25
