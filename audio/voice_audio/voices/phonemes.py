"""How a text is pronounced, in Kokoro's symbols: eSpeak NG in a child process, and a table after it."""

import json
import queue
import re
import subprocess
import sys
import threading
import tomllib
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from voice_audio.errors import ModelProblem

CHILD = (sys.executable, "-m", "voice_audio.voices.espeak_child")
TIMEOUT_S = 5.0
"""For one text, the child's start included; a usual line takes a millisecond."""
TRIES = 2
_HINT = "reinstall espeakng-loader, or use the voice 'system'"
_SYLLABIC = "\u0329"

Accent = Literal["american", "british"]


@dataclass(frozen=True)
class SymbolTable:
    """From eSpeak's IPA to Kokoro's symbols and their tokens; see kokoro_symbols.toml for the sources."""

    tokens: Mapping[str, int]
    espeak: Mapping[str, str]
    accents: Mapping[str, tuple[tuple[str, str], ...]]
    languages: Mapping[str, str]

    def symbols(self, ipa: str, accent: Accent) -> str:
        """Kokoro's symbols for phonemes as eSpeak writes them. Whatever has no token is left out."""
        for old in sorted(self.espeak, key=len, reverse=True):
            ipa = ipa.replace(old, self.espeak[old])
        ipa = re.sub(rf"(\S){_SYLLABIC}", r"ᵊ\1", ipa)
        for old, new in self.accents[accent]:
            ipa = ipa.replace(old, new)
        return "".join(symbol for symbol in ipa if symbol in self.tokens)


@cache
def symbol_table() -> SymbolTable:
    """The table that comes with the product."""
    with Path(__file__).with_name("kokoro_symbols.toml").open("rb") as file:
        read = tomllib.load(file)
    accents = {name: tuple((old, new) for old, new in steps) for name, steps in read["accents"].items()}
    return SymbolTable(read["tokens"], read["espeak"], accents, read["languages"])


class EspeakPhonemes:
    """A text's phonemes by a child process that lives as long as this object. Thread-safe; a child that dies
    or does not answer in time is replaced once for each text."""

    def __init__(
        self, language: str, *, command: Sequence[str] = CHILD, timeout_s: float = TIMEOUT_S
    ) -> None:
        """language: eSpeak's name of it, like "en-us". Starts the child, without waiting for it.

        Raises ModelProblem("phonemes_failed") when there is no such program.
        """
        self._command = (*command, language)
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._running = [_Child(self._command)]
        self._end = weakref.finalize(self, _end_all, self._running)

    def of(self, text: str) -> str:
        """IPA with stress, ties and the text's punctuation. Raises ModelProblem("phonemes_failed")."""
        request = json.dumps(text).encode() + b"\n"
        with self._lock:
            for _ in range(TRIES):
                if not self._running:
                    self._running.append(_Child(self._command))
                answer = self._running[0].ask(request, self._timeout_s)
                if answer is not None:
                    return str(json.loads(answer))
                complaint = self._running.pop().end()
        reason = complaint or f"no answer within {self._timeout_s:g} s"
        raise ModelProblem("phonemes_failed", f"eSpeak NG gave no phonemes: {reason}", _HINT)

    def close(self) -> None:
        """End the child. Asking afterwards starts another one."""
        with self._lock:
            _end_all(self._running)


def _end_all(children: list["_Child"]) -> None:
    while children:
        children.pop().end()


class _Child:
    """One run of the program. A thread reads its answers: not on every system has a pipe a timeout."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A group of its own: Ctrl-C in the terminal reaches only us; it ends with its stdin.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ModelProblem("phonemes_failed", f"eSpeak NG cannot be started: {error}", _HINT) from error
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="phonemes", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: bytes, timeout_s: float) -> bytes | None:
        """The line that answers this one; None when the child is gone or too slow."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            return self._answers.get(timeout=timeout_s) or None
        except (OSError, ValueError, queue.Empty):
            return None

    def end(self) -> str:
        """Kill it. Returns the last line of its complaints."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        pipes = [pipe for pipe in (self._process.stdin, self._process.stdout, self._process.stderr) if pipe]
        complaints = pipes[-1].read().decode(errors="replace").strip().splitlines()
        for pipe in pipes:
            with suppress(OSError):  # what was not flushed cannot be any more
                pipe.close()
        return complaints[-1] if complaints else ""

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put(b"")
