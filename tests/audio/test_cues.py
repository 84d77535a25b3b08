"""The tones are short, soft and free of clicks, and what lies in the package is what the script makes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from voice_audio import cues
from voice_audio.cues import CUES, load_cue
from voice_audio.frames import level_dbfs


@pytest.mark.parametrize("name", CUES)
def test_a_cue_is_short_soft_and_begins_and_ends_in_silence(name: str) -> None:
    sound = load_cue(name)
    assert sound.rate_hz == 16_000
    assert 50 <= sound.duration_ms <= 200
    assert level_dbfs(sound.samples) == pytest.approx(-24, abs=0.5)
    assert abs(int(sound.samples[0])) < 10
    assert abs(int(sound.samples[-1])) < 10
    assert np.abs(np.diff(sound.samples.astype(int))).max() < 2000


def test_the_cues_sound_different() -> None:
    assert not np.array_equal(load_cue("listening").samples, load_cue("pause").samples)


def test_an_unknown_cue_is_refused() -> None:
    with pytest.raises(ValueError, match="fanfare"):
        load_cue("fanfare")


def test_the_script_makes_the_sounds_that_are_shipped(tmp_path: Path) -> None:
    shipped = Path(cues.__file__).parent
    script = shipped.parent.parent / "make_cues.py"
    (tmp_path / "voice_audio" / "cues").mkdir(parents=True)
    (tmp_path / "make_cues.py").write_text(script.read_text())
    subprocess.run([sys.executable, tmp_path / "make_cues.py"], check=True)
    for name in CUES:
        made = (tmp_path / "voice_audio" / "cues" / f"{name}.wav").read_bytes()
        old = np.frombuffer((shipped / f"{name}.wav").read_bytes()[44:], "<i2").astype(int)
        new = np.frombuffer(made[44:], "<i2").astype(int)
        assert np.abs(old - new).max() <= 1  # another numpy may round a sine the other way
