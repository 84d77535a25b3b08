"""The sound a page carries: as long as the record, and in step with it."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_interviewer.errors import RecordProblem
from voice_interviewer.review import sound
from voice_interviewer.review.sound import clip, embed_sound, peaks

RATE_HZ = 16_000
CLICKS_S = (0.5, 7.3, 14.9)


@pytest.fixture
def clicks(tmp_path: Path) -> Path:
    """Sixteen seconds of faint noise; clicks, in turn on the left and the right channel."""
    stereo = np.random.default_rng(0).normal(0, 60, (16 * RATE_HZ, 2)).astype(np.int16)
    for number, second in enumerate(CLICKS_S):
        at = int(second * RATE_HZ)
        stereo[at : at + 80, number % 2] = 20_000
    path = tmp_path / "dialogue.wav"
    soundfile.write(path, stereo, RATE_HZ)
    return path


def where_clicks_are(mp3: bytes, tmp_path: Path) -> list[int]:
    """Sample positions at which the decoded sound becomes loud."""
    (tmp_path / "decoded.mp3").write_bytes(mp3)
    samples, rate_hz = soundfile.read(tmp_path / "decoded.mp3", dtype="int16")
    assert rate_hz == RATE_HZ
    assert samples.ndim == 1
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 8000)
    return [int(loud[0]), *(int(b) for a, b in itertools.pairwise(loud) if b - a > RATE_HZ)]


@pytest.mark.parametrize("long", [False, True], ids=["40 kbit/s", "24 kbit/s"])
def test_every_sample_keeps_its_place(clicks: Path, tmp_path: Path, monkeypatch, long: bool) -> None:
    monkeypatch.setattr(sound, "LONG_S", 10 if long else 3600)
    embedded = embed_sound(clicks)
    assert embedded is not None
    assert embedded.duration_ms == 16_000
    assert len(embedded.mp3) * 8 / 16 == pytest.approx(24_000 if long else 40_000, rel=0.03)
    assert embedded.delay_ms == (69 if long else 0)
    for found, second in zip(where_clicks_are(embedded.mp3, tmp_path), CLICKS_S, strict=True):
        assert found / RATE_HZ == pytest.approx(second + embedded.delay_ms / 1000, abs=0.002)


def test_flac_will_do_and_nothing_clips_over(tmp_path: Path) -> None:
    loud = np.full((RATE_HZ, 2), 30_000, dtype=np.int16)
    soundfile.write(tmp_path / "dialogue.flac", loud, RATE_HZ)
    embedded = embed_sound(tmp_path / "dialogue.flac")
    assert embedded is not None
    assert embedded.duration_ms == 1000


def test_an_empty_recording_is_no_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "dialogue.wav", np.zeros((0, 2), dtype=np.int16), RATE_HZ)
    assert embed_sound(tmp_path / "dialogue.wav") is None


def test_a_damaged_recording_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "dialogue.wav").write_bytes(b"not sound at all")
    with pytest.raises(RecordProblem, match=r"dialogue\.wav: cannot be read as sound"):
        embed_sound(tmp_path / "dialogue.wav")


@pytest.mark.parametrize("long", [False, True], ids=["40 kbit/s", "24 kbit/s"])
def test_places_hold_through_a_long_recording(tmp_path: Path, monkeypatch, long: bool) -> None:
    """A click a minute: a pace that is off by one part in a hundred thousand would show."""
    minutes = 6
    monkeypatch.setattr(sound, "LONG_S", 10 if long else 3600)
    stereo = np.zeros((minutes * 60 * RATE_HZ, 2), np.int16)
    clicks_s = [minute * 60 + 7.777 for minute in range(minutes)]
    for number, second in enumerate(clicks_s):
        at = int(second * RATE_HZ)
        stereo[at : at + 80, number % 2] = 20_000
    soundfile.write(tmp_path / "dialogue.flac", stereo, RATE_HZ)
    embedded = embed_sound(tmp_path / "dialogue.flac")
    assert embedded is not None
    found = where_clicks_are(embedded.mp3, tmp_path)
    assert len(found) == minutes
    for at, second in zip(found, clicks_s, strict=True):
        assert at / RATE_HZ == pytest.approx(second + embedded.delay_ms / 1000, abs=0.002)


# --- outline and clips ----------------------------------------------------------------------------------


def test_the_outline_shows_every_click_in_its_column(clicks: Path) -> None:
    found = peaks(clicks)
    assert (found.per_second, found.duration_ms, found.left.dtype) == (20, 16_000, np.int8)
    assert len(found.left) == len(found.right) == 16 * 20
    for number, second in enumerate(CLICKS_S):
        side, other = (found.left, found.right) if number % 2 == 0 else (found.right, found.left)
        column = int(second * 20)
        assert side[column] == 20_000 >> 8
        assert other[column] <= 2
    assert (found.left > 2).sum() == 2


def test_the_outline_of_extremes_and_of_a_part_of_a_column(tmp_path: Path) -> None:
    samples = np.zeros((900, 2), np.int16)
    samples[100, 0], samples[850, 1] = -32_768, 32_767
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ)
    found = peaks(tmp_path / "a.wav")
    assert (found.left.tolist(), found.right.tolist()) == ([127, 0], [0, 127])
    soundfile.write(tmp_path / "mono.wav", samples[:, 0], RATE_HZ)
    assert peaks(tmp_path / "mono.wav").right.tolist() == [127, 0]
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 2), np.int16), RATE_HZ)
    assert len(peaks(tmp_path / "none.wav").left) == 0
    with pytest.raises(ValueError, match="do not divide"):
        peaks(tmp_path / "a.wav", 7)
    with pytest.raises(RecordProblem, match="cannot be read as sound"):
        peaks(tmp_path)


def test_a_clip_holds_the_asked_for_time_and_its_margins(clicks: Path) -> None:
    both, rate_hz = clip(clicks, 7300, 7400)
    assert rate_hz == RATE_HZ
    assert len(both) == 700 * 16
    assert int(np.argmax(both > 0.3)) == 300 * 16
    candidate, _ = clip(clicks, 7300, 7400, margin_ms=0, channel=1)
    interviewer, _ = clip(clicks, 7300, 7400, margin_ms=0, channel=0)
    assert (len(candidate), int(np.argmax(candidate > 0.3))) == (1600, 0)
    assert candidate.max() > 0.3
    assert interviewer.max() < 0.1


def test_a_clip_ends_where_the_recording_does(clicks: Path) -> None:
    assert len(clip(clicks, 0, 100)[0]) == 400 * 16
    assert len(clip(clicks, 15_900, 99_000)[0]) == 400 * 16
    with pytest.raises(RecordProblem, match="nothing is recorded at 17000 to 18000 ms"):
        clip(clicks, 17_000, 18_000)
