"""The microphone check: measured, told, played back, kept nowhere."""

from pathlib import Path

import numpy as np
import pytest

from voice_audio.files import SilentMicrophone, WavMicrophone, WavSpeaker
from voice_audio.ports import SAMPLE_RATE_HZ, Sound
from voice_interviewer.cli.soundcheck import check_microphone
from voice_interviewer.content.resources import samples_dir


def test_a_voice_is_measured_and_played_back_and_kept_nowhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ticks = iter(range(0, 10**9, 1000))
    speaker = WavSpeaker(lambda: next(ticks))  # each look at the clock is a second later
    microphone = WavMicrophone(Path(str(samples_dir())) / "strong" / "jr-past-issue.ogg")
    check_microphone(microphone, speaker, seconds=4)
    told = capsys.readouterr().out
    assert "dBFS, room -" in told
    assert "The microphone hears you well." in told
    assert "it is not kept" in told
    (played,) = speaker.lines
    assert played.sound.duration_ms == 4000
    assert list(tmp_path.iterdir()) == []


def test_silence_is_told_and_not_played_back(capsys: pytest.CaptureFixture[str]) -> None:
    check_microphone(SilentMicrophone(realtime=False), None, seconds=1)
    told = capsys.readouterr().out
    assert "mute switch" in told
    assert "it is not kept" not in told


def test_without_a_loudspeaker_the_check_ends_with_the_advice(capsys: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(1).normal(0, 30, SAMPLE_RATE_HZ).astype(np.int16)
    check_microphone(WavMicrophone(Sound(noise, SAMPLE_RATE_HZ)), None, seconds=1)
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Say a few sentences now; 1 seconds."
    assert told[-1].startswith("No voice stands out")


def test_the_interviewers_own_voice_is_measured_where_there_is_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ticks = iter(range(0, 10**9, 1000))
    speaker = WavSpeaker(lambda: next(ticks))
    recording = WavMicrophone(Path(str(samples_dir())) / "strong" / "jr-past-issue.ogg")
    line = Sound(np.full(SAMPLE_RATE_HZ, 1000, np.int16), SAMPLE_RATE_HZ)
    levels, echo = check_microphone(recording, speaker, seconds=2, line=line)
    assert [played.sound for played in speaker.lines][1:] == [line]
    assert echo is not None  # the recording goes on while the line is played: a very loud echo
    assert echo.is_in_the_way(levels.speech_dbfs)
    told = capsys.readouterr().out.splitlines()
    assert told[-2] == "Now the interviewer's voice; please stay quiet."
    assert "by key or words" in told[-1]
