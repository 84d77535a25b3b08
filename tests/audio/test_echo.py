"""The echo canceller in simulated rooms: our own voice goes, somebody else's stays."""

import sys

import numpy as np
import pytest
from echo_scenes import Scene, scene, spoken_lines

from voice_audio.detectors import load_detector
from voice_audio.echo import WebrtcCanceller, has_canceller
from voice_audio.errors import ModelProblem
from voice_audio.frames import Reblock, level_dbfs
from voice_audio.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples
from voice_audio.resumption import Resumption, ResumptionSettings

DELAYS_MS = (70, 150, 90)
"""Another for each line, as when a loudspeaker's stream is started again."""
BLOCK = 512


@pytest.fixture(scope="module")
def lines() -> list[Samples]:
    return spoken_lines()


def cleaned(heard: Scene) -> Samples:
    canceller, left = WebrtcCanceller(), []
    begins = {begin // FRAME_SAMPLES for begin, _ in heard.lines}
    for number in range(len(heard.near) // FRAME_SAMPLES):
        if number in begins:
            canceller.begin()
        frame = slice(number * FRAME_SAMPLES, (number + 1) * FRAME_SAMPLES)
        left.append(canceller.process(heard.near[frame], heard.far[frame]))
    return np.concatenate(left)


def resumptions(heard: Scene, duplex: str) -> list[list[float]]:
    """For each line: when the candidate was noticed, in seconds after its beginning."""
    detector, resumption = load_detector(), Resumption(ResumptionSettings(duplex=duplex), BLOCK)
    clean, raw = Reblock(BLOCK), Reblock(BLOCK)
    left = cleaned(heard) if duplex == "canceller" else heard.near
    found: list[list[float]] = [[] for _ in heard.lines]
    number = end = 0
    for at in range(0, len(left), FRAME_SAMPLES):
        for line, (begin, last) in enumerate(heard.lines):
            if at <= begin < at + FRAME_SAMPLES:
                resumption.floor_given()
                resumption.floor_taken(at)
                resumption.line_begins(at, 700)
                number = line
            if at <= last < at + FRAME_SAMPLES:
                resumption.line_ends(at)
        source = left if resumption.wants_cleaned(at) else heard.near
        blocks = clean.feed(source[at : at + FRAME_SAMPLES])
        for block, microphone in zip(blocks, raw.feed(heard.near[at : at + FRAME_SAMPLES]), strict=True):
            end += BLOCK
            if resumption.feed(detector.probability(block), level_dbfs(microphone), end) is not None:
                found[number].append((end - heard.lines[number][0]) / SAMPLE_RATE_HZ)
    return found


@pytest.mark.parametrize("gain_db", [-6, -14])
def test_a_canceller_takes_more_than_20_db_of_our_voice_away(lines: list[Samples], gain_db: float) -> None:
    heard = scene(lines, gain_db, DELAYS_MS)
    left = cleaned(heard)
    for begin, end in heard.lines:
        assert level_dbfs(heard.near[begin:end]) - level_dbfs(left[begin:end]) > 20


@pytest.mark.parametrize("duplex", ["half", "canceller"])
@pytest.mark.parametrize("gain_db", [-6, -20, -34])
def test_our_own_voice_never_interrupts_us(lines: list[Samples], duplex: str, gain_db: float) -> None:
    assert resumptions(scene(lines, gain_db, DELAYS_MS), duplex) == [[], [], []]


@pytest.mark.parametrize("gain_db", [-14, -20])
def test_somebody_who_speaks_over_us_is_noticed_with_a_canceller(
    lines: list[Samples], gain_db: float
) -> None:
    over_s = 1.5
    for noticed in resumptions(scene(lines, gain_db, DELAYS_MS, over_s), "canceller"):
        assert len(noticed) == 1
        assert over_s + 0.5 <= noticed[0] < over_s + 2.0


def test_without_a_canceller_they_are_noticed_only_in_the_first_moment_and_over_a_weak_echo(
    lines: list[Samples],
) -> None:
    first, *others = resumptions(scene(lines, -40, DELAYS_MS, over_s=0.2), "half")
    assert first == []  # how loud our echo is was not known yet
    assert all(len(noticed) == 1 and noticed[0] < 1.0 for noticed in others)
    assert resumptions(scene(lines, -40, DELAYS_MS, over_s=1.5), "half") == [[], [], []]


def test_a_canceller_that_is_not_installed_is_one_line_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert has_canceller()
    monkeypatch.setitem(sys.modules, "livekit.rtc", None)
    with pytest.raises(ModelProblem) as refused:
        WebrtcCanceller()
    assert refused.value.hint == "pip install 'voice-interviewer[aec]'"
