"""What a person is told when there is no PortAudio, no device, or one that refuses; no sound card is
needed."""

import json
import os
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from voice_audio import devices
from voice_audio.devices import Device, find_device, open_problem, open_stream, quiet_stderr
from voice_audio.errors import DeviceProblem

SCRIPTS = Path(__file__).parent / "device_scripts.py"
MICROPHONE = Device(3, "USB Microphone", "ALSA", 1, 0, 44_100, True, False)


def run_devices(**env: str) -> Any:
    done = subprocess.run(
        [sys.executable, str(SCRIPTS), "devices"],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(find_library("portaudio") is None, reason="needs libportaudio2")
@pytest.mark.skipif(
    list(Path("/dev/snd").glob("pcm*")) != [] or sys.platform != "linux", reason="has a sound card"
)
def test_without_any_device_both_kinds_say_so(tmp_path: Path) -> None:
    nowhere = {
        "PULSE_SERVER": f"unix:{tmp_path}/none",
        "XDG_RUNTIME_DIR": str(tmp_path),
        "HOME": str(tmp_path),
    }
    told = run_devices(**nowhere)
    assert told["names"] == []
    assert told["microphone"]["code"] == "no_microphone"
    assert "--typed" in told["microphone"]["hint"]
    assert told["speaker"]["code"] == "no_speaker"
    assert "--no-audio" in told["speaker"]["hint"]


def test_without_portaudio_the_missing_package_is_named(tmp_path: Path) -> None:
    """Where the library is missing, importing sounddevice raises this very error."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    told = run_devices(PYTHONPATH=str(tmp_path))
    assert told["names"]["code"] == "portaudio_missing"
    assert "sudo apt-get install libportaudio2" in told["names"]["hint"]


class RefusingPortAudio:
    """Stands in for sounddevice where a device refuses what the virtual card never does. accepts: (rate,
    channels)."""

    class PortAudioError(Exception):
        pass

    def __init__(self, accepts: set[tuple[int, int]]) -> None:
        self.accepts = accepts
        self.asked: list[tuple[int, int]] = []

    def RawInputStream(self, samplerate: int, channels: int, **rest: Any) -> Any:  # noqa: N802 - sounddevice's name
        self.asked.append((samplerate, channels))
        if channels not in {count for _, count in self.accepts}:
            raise self.PortAudioError("Error opening RawInputStream: Invalid number of channels", -9998)
        if (samplerate, channels) not in self.accepts:
            raise self.PortAudioError("Error opening RawInputStream: Invalid sample rate", -9997)
        return SimpleNamespace(samplerate=samplerate, channels=channels, **rest)


def refusing(monkeypatch: pytest.MonkeyPatch, *accepts: tuple[int, int]) -> RefusingPortAudio:
    library = RefusingPortAudio(set(accepts))
    monkeypatch.setattr(devices.portaudio, "module", lambda: library)
    return library


def test_a_refused_rate_falls_back_to_a_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    library = refusing(monkeypatch, (16_000, 1))
    stream = open_stream(MICROPHONE, "input", 0.1)
    assert library.asked == [(44_100, 1), (48_000, 1), (16_000, 1)]
    assert stream.blocksize == 320


def test_a_device_without_mono_is_opened_in_stereo(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, (44_100, 2))
    stereo = Device(3, "Array", "ALSA", 4, 0, 44_100, True, False)
    assert open_stream(stereo, "input", 0.1).channels == 2


def test_refusing_every_rate_points_at_the_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, (8_000, 1))
    with pytest.raises(DeviceProblem) as caught:
        open_stream(MICROPHONE, "input", 0.1)
    assert caught.value.code == "sample_rate_refused"
    assert "privacy settings" in caught.value.hint


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("Error opening: Device unavailable", -9985), "device_busy"),
        (RuntimeError("Error opening: Invalid number of channels", -9998), "wrong_channels"),
        (RuntimeError("Error querying device -1"), "no_microphone"),
        (RuntimeError("Error opening: Invalid device", -9996), "no_microphone"),
        (RuntimeError("Unanticipated\nhost error", -9999), "device_failed"),
        (ValueError("odd"), "device_failed"),
    ],
)
def test_every_error_becomes_one_line_and_a_hint(error: Exception, code: str) -> None:
    problem = open_problem(error, MICROPHONE, "input")
    assert problem.code == code
    assert problem.hint
    assert "\n" not in problem.message + problem.hint


def listed(monkeypatch: pytest.MonkeyPatch, *there: Device) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda: list(there))


def test_names_choose_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    webcam = Device(0, "Webcam Mic", "MME", 1, 0, 48_000, False, False)
    headset = Device(1, "Headset", "MME", 1, 2, 48_000, True, False)
    again = Device(5, "Headset", "WASAPI", 1, 2, 48_000, False, True)
    listed(monkeypatch, webcam, headset, again)
    assert find_device(None, "input") == headset
    assert find_device(None, "output") == again
    assert find_device("headset", "input") == headset
    assert find_device("webc", "input") == webcam
    assert find_device("5", "output") == again
    assert find_device(0, "input") == webcam
    with pytest.raises(DeviceProblem, match='matches "0"') as caught:
        find_device(0, "output")
    assert caught.value.code == "device_not_found"


def test_an_ambiguous_part_of_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(
        monkeypatch,
        Device(0, "USB Mic A", "ALSA", 1, 0, 48_000, False, False),
        Device(1, "USB Mic B", "ALSA", 1, 0, 48_000, False, False),
    )
    with pytest.raises(DeviceProblem) as caught:
        find_device("usb", "input")
    assert caught.value.code == "device_ambiguous"
    assert "0 USB Mic A; 1 USB Mic B" in caught.value.hint


def test_what_c_code_writes_to_descriptor_2_goes_to_the_log(tmp_path: Path, capfd: Any) -> None:
    log = tmp_path / "devices.log"
    os.write(2, b"before\n")
    with quiet_stderr(log), quiet_stderr(log):
        os.write(2, b"ALSA lib pcm.c: noise\n")
    os.write(2, b"after\n")
    assert log.read_text() == "ALSA lib pcm.c: noise\n"
    assert capfd.readouterr().err == "before\nafter\n"
