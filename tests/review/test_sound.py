"""The sound a page carries: as long as the record, and in step with it."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_interviewer.errors import RecordProblem
from voice_interviewer.review import sound
from voice_interviewer.review.sound import embed_sound

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
