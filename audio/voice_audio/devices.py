"""Which sound devices there are and how their streams are opened; the only file that imports sounddevice.

Every stream runs at its device's own rate (forcing another one garbles some headsets) with an explicit
latency (PortAudio's defaults underflow under load). `microphone.py` and `speaker.py` hold what runs in the
streams.
"""

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from voice_audio.errors import DeviceProblem
from voice_audio.ports import FRAME_MS

Kind = Literal["input", "output"]

LATENCY_S = 0.1
"""Between 0.1 and 0.2 s no stream glitched under CPU load or busy Python threads; below it they did."""
USUAL_RATES_HZ = (48_000, 44_100, 16_000)


@dataclass(frozen=True)
class Device:
    """One sound device as PortAudio lists it. inputs, outputs: channels; default_rate_hz: the rate it runs
    at."""

    index: int
    name: str
    host_api: str
    inputs: int
    outputs: int
    default_rate_hz: int
    is_default_input: bool
    is_default_output: bool

    def channels(self, kind: Kind) -> int:
        return self.inputs if kind == "input" else self.outputs

    def is_same(self, other: "Device") -> bool:
        """Whether it is the same device in another listing; numbers change when devices come and go."""
        return (self.name, self.host_api) == (other.name, other.host_api)

    def is_default(self, kind: Kind) -> bool:
        return self.is_default_input if kind == "input" else self.is_default_output


_stderr_lock = threading.RLock()


@contextlib.contextmanager
def quiet_stderr(log: Path | None = None) -> Iterator[None]:
    """Sends file descriptor 2 to the file `log` (or nowhere) within the block. ALSA and PortAudio write
    there from C, past sys.stderr, and wreck a live screen. Python's own sys.stderr goes the same way for
    that time."""
    log_fd = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with _stderr_lock:
        saved_fd = os.dup(2)
        os.dup2(log_fd, 2)
    os.close(log_fd)
    try:
        yield
    finally:
        with _stderr_lock:
            os.dup2(saved_fd, 2)
        os.close(saved_fd)


class StreamOwner(Protocol):
    """Whoever holds a stream and may have to let go of it."""

    def is_busy(self) -> bool:
        """Whether the stream carries sound at present."""

    def release(self) -> None:
        """Close the stream; the next use opens another."""


class PortAudio:
    """The library, begun at first use. It sees devices that came or went only when begun anew, which ends
    every stream; so that happens only while none is in use, and idle owners let go of theirs first."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.owners: weakref.WeakSet[StreamOwner] = weakref.WeakSet()

    def module(self) -> Any:
        """sounddevice itself. Raises DeviceProblem where the PortAudio library is missing."""
        try:
            with self.lock:
                import sounddevice
        except OSError as error:
            raise DeviceProblem(
                "portaudio_missing",
                f"Sound devices need the PortAudio library, which is missing ({error}).",
                "On Debian or Ubuntu: sudo apt-get install libportaudio2. Without it: --typed --no-audio.",
            ) from error
        return sounddevice

    def begin_anew(self) -> bool:
        """Looks for devices again; False, and nothing happens, while a stream is in use."""
        with self.lock:
            owners = list(self.owners)
            if any(owner.is_busy() for owner in owners):
                return False
            for owner in owners:
                owner.release()
            sd = self.module()
            with _stderr_lock:  # sounddevice redirects descriptor 2 itself while it begins
                with contextlib.suppress(sd.PortAudioError):
                    sd._terminate()
                try:
                    sd._initialize()
                except sd.PortAudioError:
                    return False
            return True


portaudio = PortAudio()


def list_devices() -> list[Device]:
    """Every device of every host API; empty where there is none. Raises DeviceProblem without PortAudio."""
    sd = portaudio.module()
    with portaudio.lock:
        apis = sd.query_hostapis()
        default_input, default_output = sd.default.device
        return [
            Device(
                index=row["index"],
                name=row["name"],
                host_api=apis[row["hostapi"]]["name"],
                inputs=row["max_input_channels"],
                outputs=row["max_output_channels"],
                default_rate_hz=round(row["default_samplerate"]),
                is_default_input=row["index"] == default_input,
                is_default_output=row["index"] == default_output,
            )
            for row in sd.query_devices()
        ]


def find_device(name_or_index: str | int | None, kind: Kind) -> Device:
    """The device meant by an index, a name, a unique part of a name (any case), or None for the system's
    default.

    The same device often appears under several host APIs; the first that has it is taken. Raises
    DeviceProblem: no_microphone or no_speaker, device_not_found, device_ambiguous, portaudio_missing."""
    usable = [device for device in list_devices() if device.channels(kind) > 0]
    if not usable:
        raise _no_device(kind)
    if name_or_index is None:
        return next((device for device in usable if device.is_default(kind)), usable[0])
    wanted = str(name_or_index).strip().lower()
    if wanted.isdecimal():
        found = [device for device in usable if device.index == int(wanted)]
    else:
        found = [device for device in usable if device.name.lower() == wanted]
        found = found or [device for device in usable if wanted in device.name.lower()]
    found = [device for device in found if device.host_api == found[0].host_api]
    if len(found) == 1:
        return found[0]
    what = "microphone" if kind == "input" else "speaker"
    there = "; ".join(f"{device.index} {device.name}" for device in found or usable)
    if found:
        raise DeviceProblem("device_ambiguous", f'More than one {what} matches "{name_or_index}".', there)
    raise DeviceProblem("device_not_found", f'No {what} matches "{name_or_index}".', f"There is: {there}")


def _no_device(kind: Kind) -> DeviceProblem:
    if kind == "input":
        hint = "Plug one in; over SSH or in a container use --typed."
        return DeviceProblem("no_microphone", "No microphone found.", hint)
    return DeviceProblem(
        "no_speaker", "No loudspeaker found.", "Plug one in, or read the questions with --no-audio."
    )


def open_problem(error: Exception, device: Device, kind: Kind) -> DeviceProblem:
    """What PortAudio's error means to a person. error: a PortAudioError (text, code, ...) from opening
    `device`."""
    what, option, instead = ("microphone", "--microphone", "--typed")
    verb = "record"
    if kind == "output":
        what, option, instead, verb = "loudspeaker", "--speaker", "--no-audio", "play"
    code = error.args[1] if len(error.args) > 1 else None
    if code in (-1, -9996) or "device -1" in str(error):
        return _no_device(kind)
    if code == -9997:
        message = f'The {what} "{device.name}" refuses every sample rate.'
        hint = f"Check its permission in the system's privacy settings, or pick another with {option}."
        return DeviceProblem("sample_rate_refused", message, hint)
    if code == -9985:
        message = f'Another program holds the {what} "{device.name}".'
        return DeviceProblem("device_busy", message, f"Close that program, or pick another with {option}.")
    if code == -9998:
        message = f'The device "{device.name}" cannot {verb}.'
        return DeviceProblem("wrong_channels", message, f"Pick another with {option}; doctor lists them.")
    text = str(error.args[0]) if error.args else str(error)
    message = f'The {what} "{device.name}" does not open: {" ".join(text.split())}'
    return DeviceProblem("device_failed", message, f"Pick another with {option}, or go on with {instead}.")


def open_stream(device: Device, kind: Kind, latency_s: float, **callbacks: Any) -> Any:
    """A stopped raw int16 stream at the device's own rate in mono; where the device refuses that, at a
    usual rate or with its own channels. Raises DeviceProblem."""
    sd = portaudio.module()
    stream_type = sd.RawInputStream if kind == "input" else sd.RawOutputStream
    rates = [device.default_rate_hz, *(rate for rate in USUAL_RATES_HZ if rate != device.default_rate_hz)]
    channels, refused = 1, None
    while rates:
        rate_hz = rates[0]
        # In: 20 ms, one 16 kHz frame each. Out: what the device likes best, which leaves least to throw away.
        block = rate_hz * FRAME_MS // 1000 if kind == "input" else 0
        try:
            return stream_type(
                samplerate=rate_hz,
                channels=channels,
                dtype="int16",
                device=device.index,
                latency=latency_s,
                blocksize=block,
                **callbacks,
            )
        except (sd.PortAudioError, ValueError) as error:
            refused = error
            code = error.args[1] if len(error.args) > 1 else None
            if code == -9998 and channels == 1 and device.channels(kind) > 1:
                channels = min(device.channels(kind), 2)
            elif code == -9997:
                rates.pop(0)
            else:
                break
    raise open_problem(refused or RuntimeError("no rate"), device, kind) from refused


def discard(stream: Any) -> None:
    """Ends a stream that may already be dead."""
    with contextlib.suppress(portaudio.module().PortAudioError):
        stream.abort()
    with contextlib.suppress(portaudio.module().PortAudioError):
        stream.close()
