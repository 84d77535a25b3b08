"""A real PulseAudio with a pretended speaker and a pretended microphone, for tests that go through PortAudio.

    micfeed (null sink) --monitor--> mic (default source)        what is played to micfeed, the program hears
    speaker (null sink, default) --monitor--> recording          what the program plays can be recorded

`norewinds=1` matters: without it a null sink renders in blocks of up to two seconds and timing means nothing.
PortAudio reads PULSE_SERVER when it is loaded, so code under test runs in a child process with `server.env`.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.int16]

FEED_RATE_HZ = 48_000
READY_WITHIN_S = 60.0
"""Only bounds a hang: a machine with busy cores takes seconds for what an idle one does at once."""
ROOM_NOISE_VOLUME = 6_554
"""PulseAudio volumes are cubic: (6554 / 65536) ** 3 is -60 dB: full-scale noise comes out near -65 dBFS."""

PULSEAUDIO = (
    *("pulseaudio", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"),
    *("--disable-shm=yes", "-n"),
)
CONFIGURATION = """\
load-module module-null-sink sink_name=speaker rate=48000 channels=2 norewinds=1
load-module module-null-sink sink_name=micfeed rate=48000 channels=1 norewinds=1
load-module module-remap-source source_name=mic master=micfeed.monitor
set-default-sink speaker
set-default-source mic
load-module module-native-protocol-unix socket={folder}/native auth-anonymous=1
"""


def missing_parts() -> str | None:
    """What this machine lacks to run the server, as one line, or None."""
    missing = [tool for tool in ("pulseaudio", "pactl", "pacat", "parec") if shutil.which(tool) is None]
    if find_library("portaudio") is None:
        missing.append("libportaudio2")
    return "needs " + ", ".join(missing) if missing else None


class VirtualSoundServer:
    """One running server. Every player and recorder it started ends with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "PULSE_SERVER": f"unix:{folder}/native",
        }
        (folder / "home").mkdir()
        (folder / "run").mkdir(mode=0o700)
        self._configuration = folder / "server.pa"
        self._configuration.write_text(CONFIGURATION.format(folder=folder))
        self._clients: list[subprocess.Popen[bytes]] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, at first or after `kill`, and returns when it answers; raises RuntimeError with its
        log when it does not come up."""
        self._process = subprocess.Popen(
            [*PULSEAUDIO, "-F", str(self._configuration), f"--log-target=file:{self.folder}/pulse.log"],
            env={name: value for name, value in self.env.items() if name != "PULSE_SERVER"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + READY_WITHIN_S
        while subprocess.run(["pactl", "info"], env=self.env, capture_output=True).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self.folder / "pulse.log"
                raise RuntimeError("PulseAudio did not start: " + (log.read_text() if log.exists() else ""))
            time.sleep(0.02)

    def play_to_microphone(
        self, sound: Path | Samples, rate_hz: int = FEED_RATE_HZ
    ) -> subprocess.Popen[bytes]:
        """Begins to play a file, or mono samples at `rate_hz`, into the microphone; does not wait."""
        if not isinstance(sound, Path):
            path = self.folder / f"feed-{len(self._clients)}.wav"
            soundfile.write(path, sound, rate_hz, subtype="PCM_16")
            sound = path
        return self._client("paplay", "--device=micfeed", "--latency-msec=30", str(sound))

    def start_room_noise(self) -> subprocess.Popen[bytes]:
        """Lets the microphone hear a quiet room (about -65 dBFS); without it a still microphone sends exact
        zeros, as a muted one does. Ends with the server or when the returned process is terminated."""
        noise = ["--raw", "--format=s16le", f"--rate={FEED_RATE_HZ}", "--channels=1", "/dev/urandom"]
        return self._client("pacat", "-p", "--device=micfeed", f"--volume={ROOM_NOISE_VOLUME}", *noise)

    def echo_into_microphone(self, gain_db: float, delay_ms: int = 30) -> None:
        """What the speaker plays comes back into the microphone, so much louder (below 0: quieter)."""
        loop = ("load-module", "module-loopback", "source=speaker.monitor", "sink=micfeed")
        self._control(*loop, f"latency_msec={delay_ms}")
        listing = ("pactl", "list", "short", "sink-inputs")
        deadline = time.monotonic() + READY_WITHIN_S
        while not (
            found := subprocess.check_output(listing, env=self.env, text=True, timeout=READY_WITHIN_S).split()
        ):
            if time.monotonic() > deadline:
                raise RuntimeError("the echo did not come up")
            time.sleep(0.02)
        self._control("set-sink-input-volume", found[0], f"{gain_db}dB")

    @contextlib.contextmanager
    def record_speaker(self, path: Path) -> Iterator[subprocess.Popen[bytes]]:
        """Records what the speaker plays to a mono 48 kHz wav file; recording when the body begins."""
        command = ["parec", "--device=speaker.monitor", "--file-format=wav", "--latency-msec=20"]
        recorder = self._client(
            *command, f"--rate={FEED_RATE_HZ}", "--channels=1", "--format=s16le", str(path)
        )
        deadline = time.monotonic() + READY_WITHIN_S
        while not (path.exists() and path.stat().st_size > 2_000):
            if recorder.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("parec did not start to record")
            time.sleep(0.01)
        try:
            yield recorder
        finally:
            time.sleep(0.25)  # what is still on its way through the monitor
            recorder.send_signal(signal.SIGINT)  # parec writes the wav header's length on SIGINT
            recorder.wait(READY_WITHIN_S)

    def mute(self, muted: bool = True) -> None:
        """The microphone goes on but sends zeros, as with a mute key."""
        self._control("set-source-mute", "mic", "1" if muted else "0")

    def suspend_source(self, suspended: bool = True) -> None:
        """The microphone stops delivering, without any error."""
        self._control("suspend-source", "mic", "1" if suspended else "0")

    def suspend_sink(self, suspended: bool = True) -> None:
        """The speaker stops taking sound, without any error."""
        self._control("suspend-sink", "speaker", "1" if suspended else "0")

    def freeze(self, frozen: bool = True) -> None:
        """The whole sound system stands still, and has a backlog to deliver afterwards."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def unload_microphone(self) -> None:
        """The microphone is pulled out."""
        self._control("unload-module", "module-remap-source")

    def kill(self) -> None:
        """The whole sound system dies; `start` brings it back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(READY_WITHIN_S)

    def close(self) -> None:
        for client in self._clients:
            if client.poll() is None:
                client.terminate()
            client.wait(READY_WITHIN_S)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(READY_WITHIN_S)

    def _client(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._clients.append(process)
        return process

    def _control(self, *arguments: str) -> None:
        subprocess.run(
            ["pactl", *arguments], env=self.env, check=True, capture_output=True, timeout=READY_WITHIN_S
        )


@contextlib.contextmanager
def virtual_sound_server() -> Iterator[VirtualSoundServer]:
    """Starts a server of its own (several can run side by side) and ends it with the block."""
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        server = VirtualSoundServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.close()
