"""`analyze`: recordings made elsewhere, one side or two, and over a cluster of two workers."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.app.analysis import ONE_SIDE, Hearing, Wanted, analyze_recording
from voice_interviewer.cli.analyze import analyze_one
from voice_interviewer.review.report import build_report

RATE_HZ = 16_000
SAMPLES = Path(__file__).parents[2] / "audio" / "samples"


def _clip(name: str, seconds: float) -> np.ndarray:
    samples, rate = soundfile.read(SAMPLES / name, dtype="float32")
    assert rate == RATE_HZ
    return samples[: int(seconds * RATE_HZ)]


def _write(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, RATE_HZ)
    return path


@pytest.fixture(scope="session")
def hearing(tiny_en: WhisperTranscriber) -> Hearing:
    from functools import partial

    from voice_interviewer.app import build
    from voice_interviewer.settings.config import load_config

    config = load_config({})
    detector = partial(build.make_detector, config)
    return Hearing(detector, tiny_en, build.segmenter_settings(config))


@pytest.fixture
def two_sides(tmp_path: Path) -> Path:
    """Asked, answered, asked, answered: a second of nothing between, the candidate on the right."""
    gap = np.zeros(RATE_HZ, np.float32)
    question, answer = _clip("vague/any.result.ogg", 4), _clip("strong/any.result.ogg", 8)
    again, more = _clip("vague/any.depth.ogg", 4), _clip("strong/any.depth.ogg", 7)
    left = [question, gap, answer * 0, gap, again, gap, more * 0, gap]
    right = [question * 0, gap, answer, gap, again * 0, gap, more, gap]
    return _write(tmp_path / "call.wav", np.column_stack([np.concatenate(left), np.concatenate(right)]))


def test_one_side_is_one_answer(tmp_path: Path, hearing: Hearing) -> None:
    path = _write(tmp_path / "answer.flac", _clip("strong/any.result.ogg", 8))
    made = analyze_recording(path, tmp_path / "sessions", Wanted("senior"), hearing)
    report = build_report(made.session)
    [question] = report.questions
    [answer] = question.answers
    assert answer.delivery.words >= 10
    assert report.header.level == "senior"
    last = max(word.end_ms for entry in report.dialogue for word in entry.words)
    assert last <= 8_000
    assert report.sound == "dialogue.flac"


def test_two_sides_are_questions_and_answers(two_sides: Path, tmp_path: Path, hearing: Hearing) -> None:
    made = analyze_recording(two_sides, tmp_path / "sessions", Wanted("mid"), hearing)
    report = build_report(made.session)
    assert len(report.questions) == 2
    first, second = report.questions
    begun = [entry.start_ms for entry in report.dialogue if entry.kind == "answer"]
    assert begun[0] == pytest.approx(5_000, abs=700)
    assert begun[1] == pytest.approx(19_000, abs=700)
    assert first.text != second.text
    assert all((first.text, second.text))
    sound, _ = soundfile.read(made.session / "dialogue.flac")
    assert np.abs(sound[: 4 * RATE_HZ, 1]).max() == 0, "the right channel is the candidate's"


def test_the_same_sound_twice_is_one_side(tmp_path: Path, hearing: Hearing) -> None:
    clip = _clip("strong/any.result.ogg", 5)
    path = _write(tmp_path / "twice.wav", np.column_stack([clip, clip * 0.6]))
    made = analyze_recording(path, tmp_path / "sessions", Wanted("mid"), hearing)
    assert 0 < ONE_SIDE < 1
    assert json.loads((made.session / "session.json").read_text())["source"]["sides"] == 1


def test_what_is_done_is_not_done_again(tmp_path: Path, hearing: Hearing) -> None:
    path = _write(tmp_path / "answer.wav", _clip("strong/any.result.ogg", 4))
    first = analyze_recording(path, tmp_path / "sessions", Wanted("mid"), hearing)
    again = analyze_recording(path, tmp_path / "sessions", Wanted("mid"), hearing)
    other = analyze_recording(path, tmp_path / "sessions", Wanted("lead"), hearing)
    assert (first.already, again.already, other.already) == (False, True, False)
    assert first.session == again.session != other.session
    names = sorted(each.name for each in (tmp_path / "sessions").iterdir())
    assert names == sorted([first.session.name, other.session.name]), "nothing half made is left behind"


def test_what_is_no_sound_is_told_in_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("hello")
    result = analyze_one(str(bad), str(tmp_path / "sessions"), Wanted("mid"), "tiny.en")
    assert "cannot be read as sound" in result["problem"]
    assert "\n" not in result["problem"]
    missing = analyze_one(str(tmp_path / "no.wav"), str(tmp_path), Wanted("mid"), "tiny.en")
    assert "no such file" in missing["problem"]


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_en_dir")
def test_two_workers_share_the_recordings_and_one_may_die(tmp_path: Path) -> None:
    """A real cluster in a process of its own: its workers are processes, one is killed at work."""
    for number, name in enumerate(("result", "depth", "example", "clarify")):
        _write(tmp_path / f"{number}.wav", _clip(f"strong/any.{name}.ogg", 5))
    script = Path(__file__).parent / "dask_cluster.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "killed" in done.stdout
    sessions = [path for path in (tmp_path / "home" / "sessions").iterdir() if path.is_dir()]
    assert len(sessions) == 4, done.stdout
    assert all((path / "report.json").is_file() for path in sessions)
    assert not [path for path in sessions if path.name.startswith(".")]
    again = done.stdout.rstrip().split("\n\n")[-1]
    assert again.count("was there already") == 4, "the second run finds everything done"
