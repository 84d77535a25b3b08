"""The room `bench latency` holds an interview in: a sound card that is not there, somebody who speaks into
it, somebody who listens at both ends of it with a clock, and a language model that takes its time.

    person ──pacat──> micfeed ──monitor──> mic (default source)      what the interview hears
                         └──────monitor──> Meter
    speaker (default sink) ──monitor─────> Meter                     what the interview is heard to say

All times are of the monotonic clock, in seconds. `norewinds=1` matters: without it a null sink renders in
blocks of up to two seconds and timing means nothing.
"""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes.util import find_library
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from voice_audio.ports import SAMPLE_RATE_HZ, Microphone, Samples
from voice_interviewer.errors import DeviceProblem

PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")
READY_WITHIN_S = 10.0
RATE_HZ = 48_000
PER_MS = RATE_HZ // 1000
MODEL = "bench"
PIECE_S = 0.015
"""Between two pieces of the model's answer, three or four tokens each: about 200 tokens a second."""
_CONFIGURATION = """\
load-module module-null-sink sink_name=speaker rate=48000 channels=2 norewinds=1
load-module module-null-sink sink_name=micfeed rate=48000 channels=1 norewinds=1
load-module module-remap-source source_name=mic master=micfeed.monitor
set-default-sink speaker
set-default-source mic
load-module module-native-protocol-unix socket={folder}/native auth-anonymous=1
"""
_HINT = "On Debian or Ubuntu: sudo apt-get install pulseaudio pulseaudio-utils libportaudio2"


# --- the sound card -----------------------------------------------------------------------------------------


class SoundServer:
    """A PulseAudio of its own. env: what a program that is to use it needs in its environment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "run").mkdir(mode=0o700)
        self.env = {"XDG_RUNTIME_DIR": str(folder / "run"), "PULSE_SERVER": f"unix:{folder}/native"}
        self._everything = {**os.environ, **self.env, "HOME": str(folder)}
        self._clients: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Raises DeviceProblem("no_sound_server")."""
        settings = self._folder / "server.pa"
        settings.write_text(_CONFIGURATION.format(folder=self._folder))
        without = {name: value for name, value in self._everything.items() if name != "PULSE_SERVER"}
        options = ("--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes", "-n")
        self._server = self._begin("pulseaudio", *options, "-F", str(settings), env=without)
        until = time.monotonic() + READY_WITHIN_S
        while subprocess.run(["pactl", "info"], env=self._everything, capture_output=True).returncode:
            if self._server.poll() is not None or time.monotonic() > until:
                raise DeviceProblem("no_sound_server", "The virtual sound server does not start.", _HINT)
            time.sleep(0.05)

    def player(self, latency_ms: int) -> subprocess.Popen[bytes]:
        """Plays into the microphone what is written to its stdin: mono int16 at 16 kHz. Sound that comes
        later than latency_ms after what came before delays all that follows."""
        into = ("--device=micfeed", f"--latency-msec={latency_ms}", f"--rate={SAMPLE_RATE_HZ}")
        return self._begin("pacat", "--playback", "--raw", *into, "--channels=1", "--format=s16le")

    def listener(self, sink: str) -> subprocess.Popen[bytes]:
        """Writes to its stdout what that sink is given: mono int16 at 48 kHz."""
        at = (f"--device={sink}.monitor", "--latency-msec=10", f"--rate={RATE_HZ}")
        return self._begin("parec", "--raw", *at, "--channels=1", "--format=s16le")

    def close(self) -> None:
        for client in reversed(self._clients):
            client.terminate()
            client.wait(READY_WITHIN_S)

    def _begin(self, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        client = subprocess.Popen(
            command,
            env=env or self._everything,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._clients.append(client)
        return client


@contextmanager
def sound_server(folder: Path) -> Iterator[SoundServer]:
    """A running server. Raises DeviceProblem("no_sound_server") where none can be."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    missing += [] if find_library("portaudio") else ["libportaudio2"]
    if missing:
        what = f"This bench needs a virtual sound server; missing: {', '.join(missing)}."
        raise DeviceProblem("no_sound_server", what, _HINT)
    server = SoundServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.close()


class Meter:
    """How loud it was in every millisecond since it began to listen. A piece of sound cannot arrive before it
    sounded, so the earliest that any arrived, for its place, tells how the two clocks lie to each other."""

    def __init__(self, listener: subprocess.Popen[bytes]) -> None:
        self._peaks = array("H")
        self._zero_s = float("inf")
        self._pipe = cast("IO[bytes]", listener.stdout)
        self.thread = threading.Thread(target=self._listen, name="meter", daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        kept, heard = b"", 0
        while data := os.read(self._pipe.fileno(), 65_536):
            now_s = time.monotonic()
            heard += len(data)
            self._zero_s = min(self._zero_s, now_s - heard / 2 / RATE_HZ)
            kept += data
            whole = len(kept) // (2 * PER_MS) * 2 * PER_MS
            samples = np.frombuffer(kept[:whole], "<i2").astype(np.int32).reshape(-1, PER_MS)
            self._peaks.extend(np.abs(samples).max(axis=1).astype(np.uint16).tolist())
            kept = kept[whole:]

    def first_loud_s(self, from_s: float, until_s: float, level: int) -> float | None:
        """When the first millisecond that reached `level` (of 32768) began."""
        found = self._loud(from_s, until_s, level)
        return None if not len(found) else self._zero_s + int(found[0]) / 1000

    def last_loud_s(self, from_s: float, until_s: float, level: int) -> float | None:
        """When the last one ended."""
        found = self._loud(from_s, until_s, level)
        return None if not len(found) else self._zero_s + int(found[-1] + 1) / 1000

    def _loud(self, from_s: float, until_s: float, level: int) -> np.ndarray[Any, Any]:
        begin = max(0, round((from_s - self._zero_s) * 1000))
        peaks = np.array(self._peaks[begin : max(begin, round((until_s - self._zero_s) * 1000))])
        return begin + np.flatnonzero(peaks >= level)


class Person(threading.Thread):
    """Speaks into the microphone, frame by frame, what `source` (which keeps time) hands out. Ends with its
    player."""

    def __init__(self, source: Microphone, player: subprocess.Popen[bytes]) -> None:
        super().__init__(name="person", daemon=True)
        self._source = source
        self._pipe = cast("IO[bytes]", player.stdin)

    def run(self) -> None:
        with suppress(OSError, ValueError):
            while True:
                self._pipe.write(self._source.read().tobytes())
                self._pipe.flush()


class Interjection:
    """Something ready to be said at once, by a player that waits with an open stream. samples: 16 kHz."""

    def __init__(self, samples: Samples, player: subprocess.Popen[bytes]) -> None:
        self._sound, self._pipe = samples.tobytes(), cast("IO[bytes]", player.stdin)

    def say_at(self, at_s: float) -> None:
        """At this time, from a thread of its own."""
        threading.Timer(max(0.0, at_s - time.monotonic()), self._say).start()

    def _say(self) -> None:
        with suppress(OSError, ValueError):
            self._pipe.write(self._sound)
            self._pipe.close()


# --- the language model -------------------------------------------------------------------------------------

LINES = (
    "At the start of it, what was it like for you?",
    "Halfway through that, who else was in the room?",
    "Where did things stand on the last day?",
    "Which part of that week took the longest?",
    "Who noticed first that something had to change?",
    "What did the people around you make of it?",
    "Which of those steps would you leave out now?",
    "How did you know that it was time to stop?",
    "What was on the table before you joined?",
    "Where did the first version fall short?",
    "Whose mind was the hardest to change?",
    "What happened on the morning after?",
    "Which piece of it came back to you later?",
    "How did you tell the others about it?",
    "What would have happened without you there?",
    "When did it begin to feel easier?",
    "What did you look at to be sure?",
    "Which detail did nobody else see?",
    "How far along were you by the second month?",
    "What did you write down at the time?",
    "Who took it over when you left?",
    "What did you try before that?",
    "Where did the money for that come from?",
    "Which meeting settled it?",
)
"""What the model says, in turn; every one passes the guards of `engine.llm.guards`."""
_FIRST_MOVE = re.compile(r"as act \| target .*:\n(\S+) \| (\S+) \|")


class _Answer(BaseHTTPRequestHandler):
    """Takes the first move that the rules listed, and words it in its own way."""

    server: "ModelServer"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        with server.counting:
            line = LINES[server.requests % len(LINES)]
            server.requests += 1
        move = _FIRST_MOVE.search(asked["messages"][1]["content"])
        act, target = move.groups() if move else ("move_on", "none")
        text = json.dumps({"act": act, "target": target, "say": line, "quote": "", "reason": ""})
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            server.closing.wait(server.delay_s)
            for at in range(0, len(text), 12):
                self._piece(text[at : at + 12])
                server.closing.wait(PIECE_S)
            self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _piece(self, text: str) -> None:
        delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
        self.wfile.write(f"data: {json.dumps({**chunk, 'choices': [delta]})}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


class ModelServer(ThreadingHTTPServer):
    """Answers as a chat model does, its first token delay_s after the request. requests: how many came."""

    daemon_threads = True

    def __init__(self, delay_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.delay_s, self.requests = delay_s, 0
        self.counting, self.closing = threading.Lock(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


@contextmanager
def model_server(delay_s: float) -> Iterator[ModelServer]:
    server = ModelServer(delay_s)
    threading.Thread(target=server.serve_forever, name="model-server", daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
