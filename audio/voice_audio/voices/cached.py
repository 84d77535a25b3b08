"""Lines said before need not be rendered again: a Voice around a Voice, with memory and folder."""

import hashlib
import os
import tempfile
import wave
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import numpy as np

from voice_audio.ports import Sound, Voice
from voice_audio.voices import ahead, close

Render = Callable[[str, int], Sound]

MAX_BYTES = 64 * 1024 * 1024  # about five minutes for each 13 MB of eSpeak's 22 050 Hz
MEMORY_BYTES = 4 * 1024 * 1024
"""Of them in memory, a minute and a half: what is about to be said. For the rest the folder will do."""


class CachedVoice:
    """Keeps rendered lines by voice name, rate and text; the least recently said go first. Thread-safe: a
    line that another thread is rendering already is waited for, not rendered twice.

    On disk a line is one WAV file, written whole and then renamed; a file that cannot be read, or is shorter
    than it says, is rendered anew. A folder that cannot be written is only a slower voice, never an error.
    """

    def __init__(
        self,
        voice: Voice,
        directory: Path | None = None,
        max_bytes: int = MAX_BYTES,
        is_shared: Callable[[str], bool] = lambda text: True,
        version: str = "",
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        """`max_bytes` bounds the folder and, where it is less than `memory_bytes`, memory. `is_shared`: which
        lines may be written to the folder; others stay in memory. `version`: lines rendered under another one
        are not used."""
        self.name = voice.name
        self._is_shared, self._version = is_shared, version
        self._voice = voice
        self._directory = directory
        self._max_bytes, self._memory_bytes = max_bytes, min(max_bytes, memory_bytes)
        self._lock = Lock()
        self._lines: OrderedDict[str, Sound] = OrderedDict()
        self._being_made: dict[tuple[str, str], Lock] = {}
        self._bytes = 0

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The line, its samples read-only. Raises what the voice raises; nothing is kept of a failed line."""
        return self._once("now", self._voice.render, text, words_per_minute)

    def render_ahead(self, text: str, words_per_minute: int) -> Sound:
        """The same for later, see ports.PatientVoice. A line wanted now does not wait for one in the making
        here, which would be the slower one."""
        return self._once("ahead", ahead(self._voice), text, words_per_minute)

    def close(self) -> None:
        """Let go of the other voice."""
        close(self._voice)

    def _once(self, when: str, render: Render, text: str, words_per_minute: int) -> Sound:
        about = (self.name, *filter(None, (self._version,)), str(words_per_minute), text)
        key = hashlib.sha256("\0".join(about).encode()).hexdigest()
        with self._lock:
            turn = self._being_made.setdefault((when, key), Lock())
        try:
            with turn:
                return self._known(key) or self._make(key, render, text, words_per_minute)
        finally:
            with self._lock:
                self._being_made.pop((when, key), None)

    def _known(self, key: str) -> Sound | None:
        with self._lock:
            if key in self._lines:
                self._lines.move_to_end(key)
            return self._lines.get(key)

    def _make(self, key: str, render: Render, text: str, words_per_minute: int) -> Sound:
        is_shared = self._is_shared(text)
        sound = self._read(key) if is_shared else None
        if sound is None:
            sound = render(text, words_per_minute)
            if is_shared:
                self._write(key, sound)
        return self._remember(key, sound)

    def _remember(self, key: str, sound: Sound) -> Sound:
        samples = sound.samples.copy()
        samples.flags.writeable = False
        kept = Sound(samples, sound.rate_hz)
        with self._lock:
            if samples.nbytes <= self._memory_bytes and key not in self._lines:
                self._lines[key] = kept
                self._bytes += samples.nbytes
            while self._bytes > self._memory_bytes:
                self._bytes -= self._lines.popitem(last=False)[1].samples.nbytes
        return kept

    def _read(self, key: str) -> Sound | None:
        if self._directory is None:
            return None
        path = self._directory / f"{key}.wav"
        try:
            with wave.open(str(path), "rb") as file:
                count, rate_hz = file.getnframes(), file.getframerate()
                if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                    return None
                samples = np.frombuffer(file.readframes(count), "<i2").astype(np.int16)
            if len(samples) != count or count == 0 or rate_hz <= 0:
                return None
            os.utime(path)  # the oldest file is the one least recently said
        except (OSError, EOFError, wave.Error, ValueError):
            return None
        return Sound(samples, rate_hz)

    def _write(self, key: str, sound: Sound) -> None:
        if self._directory is None or sound.samples.nbytes > self._max_bytes:
            return
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(suffix=".part", dir=self._directory)
            try:
                with os.fdopen(handle, "wb") as raw, wave.open(raw, "wb") as file:
                    file.setnchannels(1)
                    file.setsampwidth(2)
                    file.setframerate(sound.rate_hz)
                    file.writeframes(sound.samples.astype("<i2").tobytes())
                os.replace(name, self._directory / f"{key}.wav")
            finally:
                Path(name).unlink(missing_ok=True)
            self._prune(self._directory)
        except OSError:
            return

    def _prune(self, directory: Path) -> None:
        files = sorted(
            (path.stat().st_mtime_ns, path.stat().st_size, path) for path in directory.glob("*.wav")
        )
        excess = sum(size for _, size, _ in files) - self._max_bytes
        for _, size, path in files:
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size
