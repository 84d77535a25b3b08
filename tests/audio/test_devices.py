"""Microphone and loudspeaker through the real PortAudio, against a virtual sound card that fails in every
way it can.

The bodies run in child processes: see device_scripts.py.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from sound_server import FEED_RATE_HZ, VirtualSoundServer

from voice_audio.microphone import SILENT, STOPPED
from voice_audio.ports import SAMPLE_RATE_HZ

SCRIPTS = Path(__file__).parent / "device_scripts.py"
LINE_RATE_HZ = 22_050

pytestmark = pytest.mark.sound_server


class Script:
    """One function of device_scripts.py running in a child process."""

    def __init__(self, env: dict[str, str], *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPTS), *map(str, arguments)],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, word: str) -> None:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        assert said == word, (said, self._process.communicate(input="\n", timeout=60))

    def result(self) -> Any:
        said, errors = self._process.communicate(input="\n", timeout=120)
        assert self._process.returncode == 0, errors
        assert "Traceback" not in errors, errors
        return json.loads(said.splitlines()[-1])

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def run(sound_server: VirtualSoundServer) -> Iterator[Any]:
    running: list[Script] = []

    def start(*arguments: object, **env: str) -> Script:
        running.append(Script({**sound_server.env, **env}, *arguments))
        return running[-1]

    yield start
    for script in running:
        script.end()


def speech_band_noise(seconds: float, rate_hz: int, seed: int = 7) -> np.ndarray:
    """Noise from 300 to 3400 Hz, PCM16: no two stretches of it are alike, so that every slip shows."""
    count = int(seconds * rate_hz)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / rate_hz)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    noise = np.fft.irfft(spectrum, count)
    return (noise / np.abs(noise).max() * 12_000).astype(np.int16)


def lag_of(part: np.ndarray, whole: np.ndarray) -> int:
    """Where in `whole` the samples of `part` begin."""
    size = 1 << (len(part) + len(whole)).bit_length()
    product = np.fft.rfft(whole.astype(float), size) * np.conj(np.fft.rfft(part.astype(float), size))
    return int(np.argmax(np.fft.irfft(product, size)[: len(whole)]))


def likeness(part: np.ndarray, whole: np.ndarray, lag: int) -> float:
    """Correlation of `part` with what `whole` holds from `lag` on."""
    there = whole[lag : lag + len(part)].astype(float)
    return float(np.corrcoef(part[: len(there)].astype(float), there)[0, 1])


def save_line(folder: Path, seconds: float) -> tuple[Path, np.ndarray]:
    samples = speech_band_noise(seconds, LINE_RATE_HZ)
    path = folder / "line.npy"
    np.save(path, samples)
    return path, soxr.resample(samples, LINE_RATE_HZ, FEED_RATE_HZ, "HQ")


def test_the_microphone_hears_what_is_played_at_the_pace_of_time(
    sound_server: VirtualSoundServer, run: Any, tmp_path: Path
) -> None:
    noise = speech_band_noise(2.0, FEED_RATE_HZ)
    script = run("record", tmp_path / "heard.npy", 3.2)
    script.wait_for("listening")
    sound_server.play_to_microphone(noise)
    told = script.result()
    assert told["heard_s"] == pytest.approx(told["wall_s"], abs=0.2)
    assert told["dropped"] == 0
    assert told["cpu_per_s"] < 0.1
    heard = np.load(tmp_path / "heard.npy")
    expected = soxr.resample(noise, FEED_RATE_HZ, SAMPLE_RATE_HZ, "HQ")
    lag = lag_of(expected, heard)
    for start in range(
        0, len(expected), SAMPLE_RATE_HZ // 2
    ):  # a slip in the middle would break the later ones
        assert likeness(expected[start : start + SAMPLE_RATE_HZ // 2], heard, lag + start) > 0.95


def test_the_speaker_plays_a_whole_line(sound_server: VirtualSoundServer, run: Any, tmp_path: Path) -> None:
    path, expected = save_line(tmp_path, 1.5)
    with sound_server.record_speaker(tmp_path / "heard.wav"):
        told = run("speak", path).result()
    heard, _ = soundfile.read(tmp_path / "heard.wav", dtype="int16")
    assert likeness(expected, heard, lag_of(expected, heard)) > 0.95
    assert told["played_ms"] == 1500
    assert told["ended_after_s"] == pytest.approx(1.5, abs=0.15)
    assert told["trouble"] is None


def test_a_line_that_ran_out_is_followed_by_another(
    sound_server: VirtualSoundServer, run: Any, tmp_path: Path
) -> None:
    path, expected = save_line(tmp_path, 0.5)
    with sound_server.record_speaker(tmp_path / "heard.wav"):
        told = run("speak_twice", path).result()
    heard, _ = soundfile.read(tmp_path / "heard.wav", dtype="int16")
    first = lag_of(expected, heard[: int(1.2 * FEED_RATE_HZ)])
    rest = heard[first + len(expected) :]
    assert likeness(expected, heard, first) > 0.95
    assert likeness(expected, rest, lag_of(expected, rest)) > 0.95
    assert told["lasted_s"] == pytest.approx([0.5, 0.5], abs=0.15)
    assert told["trouble"] is None


def test_stopping_cuts_the_line_and_tells_how_much_was_heard(
    sound_server: VirtualSoundServer, run: Any, tmp_path: Path
) -> None:
    path, expected = save_line(tmp_path, 3.0)
    with sound_server.record_speaker(tmp_path / "heard.wav"):
        told = run("speak", path, 1.0).result()
    heard, _ = soundfile.read(tmp_path / "heard.wav", dtype="int16")
    lag = lag_of(expected[: FEED_RATE_HZ // 2], heard)
    last = int(np.flatnonzero(np.abs(heard) > 100)[-1])
    heard_ms = (last + 1 - lag) * 1000 / FEED_RATE_HZ
    assert told["played_ms"] == pytest.approx(heard_ms, abs=60)
    assert told["played_ms"] == pytest.approx(1000, abs=150)
    assert told["stop_s"] < 0.05


def assert_time_went_on(told: Any) -> None:
    """Until a stall is noticed sound may be 0.5 s late, plus the stream's own lag; never more, and never
    early."""
    assert told["missed"] == []
    assert told["least_lead_s"] > -0.85
    assert told["most_lead_s"] < 0.3
    assert told["longest_read_s"] < 0.75


def test_a_suspended_microphone_is_noticed_and_time_goes_on(
    sound_server: VirtualSoundServer, run: Any
) -> None:
    sound_server.start_room_noise()
    script = run("watch", "well", "trouble", "well")
    script.wait_for("listening")
    script.wait_for("well")
    sound_server.suspend_source()
    script.wait_for("trouble")
    sound_server.suspend_source(False)
    script.wait_for("well")
    told = script.result()
    assert_time_went_on(told)
    assert told["lines"] == [None, STOPPED, None]


def test_a_muted_microphone_is_told_from_a_quiet_one(sound_server: VirtualSoundServer, run: Any) -> None:
    sound_server.start_room_noise()
    script = run("watch", "well", "trouble", "well")
    script.wait_for("listening")
    script.wait_for("well")
    sound_server.mute()
    script.wait_for("trouble")
    sound_server.mute(False)
    script.wait_for("well")
    told = script.result()
    assert_time_went_on(told)
    assert told["lines"] == [None, SILENT, None]


def test_a_dead_sound_system_neither_hangs_nor_stops_time(sound_server: VirtualSoundServer, run: Any) -> None:
    sound_server.start_room_noise()
    script = run("watch", "well", "trouble", "trouble", "trouble")
    script.wait_for("listening")
    script.wait_for("well")
    sound_server.kill()
    told = script.result()
    assert_time_went_on(told)
    assert told["lines"] == [None, STOPPED]
    assert told["close_s"] < 2.0


def test_a_sound_system_that_comes_back_is_reached_again(sound_server: VirtualSoundServer, run: Any) -> None:
    script = run("watch", "trouble", "well")
    script.wait_for("listening")
    sound_server.kill()
    script.wait_for("trouble")
    sound_server.start()
    sound_server.start_room_noise()
    script.wait_for("well")
    told = script.result()
    assert_time_went_on(told)
    assert told["lines"][-1] is None


def test_a_backlog_after_a_freeze_does_not_run_ahead_of_time(
    sound_server: VirtualSoundServer, run: Any
) -> None:
    sound_server.start_room_noise()
    script = run("watch", "well", "trouble", "trouble", "well")
    script.wait_for("listening")
    script.wait_for("well")
    sound_server.freeze()
    script.wait_for("trouble")
    script.wait_for("trouble")
    sound_server.freeze(False)
    script.wait_for("well")
    told = script.result()
    assert_time_went_on(told)
    assert told["lines"] == [None, STOPPED, None]


def test_a_pulled_out_microphone_does_not_stop_time(sound_server: VirtualSoundServer, run: Any) -> None:
    """PulseAudio moves the stream to the source that is left, so this one goes on by itself."""
    sound_server.start_room_noise()
    script = run("watch", "well", "well")
    script.wait_for("listening")
    script.wait_for("well")
    sound_server.unload_microphone()
    assert_time_went_on(script.result())


def test_a_speaker_that_dies_breaks_off_with_a_reason(
    sound_server: VirtualSoundServer, run: Any, tmp_path: Path
) -> None:
    path, _ = save_line(tmp_path, 6.0)
    script = run("speak_on", path)
    script.wait_for("playing")
    sound_server.kill()
    script.wait_for("broken off")
    told = script.result()
    assert told["ended_after_s"] < 4.0
    assert told["trouble"] == "The loudspeaker stopped in the middle of a line."
    assert told["played_ms"] < 4000
    assert told["again"] is not None
    assert not told["playing_again"]


def test_a_suspended_speaker_breaks_off_and_plays_again_later(
    sound_server: VirtualSoundServer, run: Any, tmp_path: Path
) -> None:
    path, _ = save_line(tmp_path, 6.0)
    script = run("speak_on", path)
    script.wait_for("playing")
    sound_server.suspend_sink()
    script.wait_for("broken off")
    sound_server.suspend_sink(False)
    told = script.result()
    assert told["ended_after_s"] < 4.0
    assert told["trouble"] == "The loudspeaker stopped in the middle of a line."
    assert told["again"] is None
    assert told["playing_again"]


def test_devices_are_looked_for_anew_only_while_nothing_plays(
    sound_server: VirtualSoundServer, run: Any, tmp_path: Path
) -> None:
    path, _ = save_line(tmp_path, 1.0)
    told = run("look_anew", path).result()
    assert told == {"idle": True, "busy": False, "still_playing": True, "trouble": None}


def test_devices_are_found_by_name_and_part_of_it(run: Any) -> None:
    told = run("devices").result()
    assert "default" in told["names"]
    assert told["microphone"] is None
    assert told["speaker"] is None
    assert told["part"] is None
    assert told["unknown"]["code"] == "device_not_found"
    assert "default" in told["unknown"]["hint"]
