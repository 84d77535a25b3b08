"""The voice every machine has: pyttsx3 over eSpeak NG (Linux), the system voices (macOS, Windows).

pyttsx3 2.99 hangs on a second engine, ignores a second rate, returns before the speech is written.
So this module is also a program: one short-lived child process renders one line into one file.

    python -m voice_audio.voices.pyttsx3_voice      request: JSON on stdin; answer: files; complaints: stderr

The child imports neither numpy nor soundfile, to start quickly; keep heavy imports inside the functions here.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_audio.errors import ModelProblem, SoundFileProblem

if TYPE_CHECKING:
    from voice_audio.ports import Sound

CHILD = (sys.executable, "-m", "voice_audio.voices.pyttsx3_voice")
TIMEOUT_S = 8.0
TIMEOUT_S_PER_CHARACTER = 0.02
_HINT = "check the voice with 'doctor', or practise with --no-audio"
_PREFERRED = ("en-us", "en-gb", "en")
_NOT_ENGLISH_ENOUGH = "en-shaw"  # expects text in the Shavian alphabet
_ENGLISH = re.compile(r"\benglish\b|(?<![a-z])en(?![a-z])")


@dataclass(frozen=True)
class VoiceInfo:
    """One installed voice: the driver's id, its name for people, and its languages as lower-case tags."""

    id: str
    name: str
    languages: tuple[str, ...]


class Pyttsx3Voice:
    """pyttsx3 as a Voice. Each line is one child process, so several threads may render at once."""

    def __init__(
        self,
        voice_id: str | None = None,
        *,
        command: Sequence[str] = CHILD,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`voice_id`: one of `list_voices`, None for the best English one. `command` and `timeout_s` (plus
        0.02 s for each character) are for tests and odd machines."""
        self.name = f"pyttsx3 {voice_id}" if voice_id else "pyttsx3"
        self._voice_id = voice_id
        self._command = tuple(command)
        self._timeout_s = timeout_s

    def render(self, text: str, words_per_minute: int) -> "Sound":
        """The line at -20 dBFS, nothing after it. Raises ModelProblem: "voice_timeout", "voice_failed"."""
        from voice_audio.files import load_sound
        from voice_audio.voices.level import level_speech, trim_tail

        if not text.strip():
            raise ValueError("there is nothing to say")
        with tempfile.TemporaryDirectory(prefix="voice-", ignore_cleanup_errors=True) as folder:
            path = Path(folder, "line.wav")
            request = {
                "text": text,
                "words_per_minute": words_per_minute,
                "voice": self._voice_id,
                "sound": str(path),
            }
            self._ask(request, self._timeout_s + TIMEOUT_S_PER_CHARACTER * len(text))
            try:
                return trim_tail(level_speech(load_sound(path)))
            except SoundFileProblem as problem:
                raise ModelProblem(
                    "voice_failed", f"the voice wrote no usable sound: {problem.message}", _HINT
                ) from problem

    def list_voices(self) -> tuple[VoiceInfo, ...]:
        """Every installed voice, in the driver's order. Raises ModelProblem as `render` does."""
        return tuple(
            VoiceInfo(found["id"], found["name"], tuple(found["languages"]))
            for found in self._answer()["voices"]
        )

    def chosen_voice(self) -> str:
        """The id of the voice that `render` uses. Raises ModelProblem as `render` does."""
        return str(self._answer()["chosen"])

    def _answer(self) -> Any:
        with tempfile.TemporaryDirectory(prefix="voice-", ignore_cleanup_errors=True) as folder:
            path = Path(folder, "voices.json")
            self._ask({"voice": self._voice_id, "voices": str(path)}, self._timeout_s)
            return json.loads(path.read_text(encoding="utf-8"))

    def _ask(self, request: dict[str, Any], timeout_s: float) -> None:
        """Run one child to its end; it never outlives this call, whatever is raised here."""
        try:
            child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                # A group of its own: Ctrl-C in the terminal reaches only us, and what it starts ends with it.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ModelProblem("voice_failed", f"the voice cannot be started: {error}", _HINT) from error
        answered = False
        try:
            complaint = child.communicate(json.dumps(request).encode(), timeout=timeout_s)[1]
            answered = True
        except subprocess.TimeoutExpired as error:
            raise ModelProblem(
                "voice_timeout", f"the voice did not answer within {timeout_s:.1f} s", _HINT
            ) from error
        finally:
            if not answered:
                _kill(child)
        if child.returncode != 0:
            lines = complaint.decode(errors="replace").strip().splitlines() or [f"exit {child.returncode}"]
            raise ModelProblem("voice_failed", f"the voice failed: {lines[-1]}", _HINT)


def choose_voice(voices: Sequence[VoiceInfo], current: str | None, system_voices: bool) -> str | None:
    """The id of a usable English voice, or None when there is none.

    Never simply the first: eSpeak's list begins with Afrikaans. Where the system has voices of its own, its
    default is kept when it speaks English, because the other English ones include joke voices.
    """
    english = [voice for voice in voices if _speaks_english(voice)]
    if system_voices and any(voice.id == current for voice in english):
        return current
    ranked = sorted(english, key=_rank)  # stable: the driver's order within a rank
    return ranked[0].id if ranked else None


def _speaks_english(voice: VoiceInfo) -> bool:
    if voice.languages:
        return any(tag.split("-")[0] == "en" for tag in voice.languages)
    return _ENGLISH.search(f"{voice.id} {voice.name}".lower()) is not None


def _rank(voice: VoiceInfo) -> int:
    known = voice.languages or (voice.id.lower().replace("_", "-"),)
    for place, wanted in enumerate(_PREFERRED):
        if any(tag == wanted or (not voice.languages and wanted in tag) for tag in known):
            return place
    return len(_PREFERRED) + any(_NOT_ENGLISH_ENOUGH in tag for tag in known)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and all it started, even when it is gone itself and only its offspring holds on."""
    try:
        if sys.platform == "win32":
            child.kill()
        else:
            import signal

            os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()
    for pipe in (child.stdin, child.stderr):
        if pipe is not None and not pipe.closed:
            pipe.close()


# What follows runs in the child.


def _preload_espeak() -> None:
    """Load the eSpeak NG of the espeakng-loader wheel under its own name, where pyttsx3 finds it: no system
    package needed. Without the wheel the system's library is used."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        import espeakng_loader

        os.environ.setdefault("ESPEAK_DATA_PATH", str(Path(espeakng_loader.get_data_path()).parent))
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError):
        return


def _info(voice: Any) -> VoiceInfo:
    tags = [
        tag.decode(errors="ignore") if isinstance(tag, bytes) else str(tag) for tag in voice.languages or ()
    ]
    plain = (re.sub(r"[^a-z0-9-]", "", tag.lower().replace("_", "-")) for tag in tags)
    return VoiceInfo(str(voice.id), str(voice.name), tuple(tag for tag in plain if tag))


def _work(request: dict[str, Any]) -> None:
    _preload_espeak()
    import pyttsx3

    espeak = sys.platform.startswith("linux")
    engine = pyttsx3.init("espeak" if espeak else None)
    voices = [_info(voice) for voice in engine.getProperty("voices")]
    chosen = request.get("voice") or choose_voice(voices, engine.getProperty("voice"), not espeak)
    if chosen not in {voice.id for voice in voices}:
        raise LookupError(f"no voice {chosen!r}" if chosen else "no English voice is installed")
    if "voices" in request:
        answer = {"chosen": chosen, "voices": [asdict(voice) for voice in voices]}
        Path(request["voices"]).write_text(json.dumps(answer), encoding="utf-8")
        return
    finished = threading.Event()
    engine.connect("finished-utterance", lambda name, completed: finished.set())
    engine.connect("error", lambda name, exception: finished.set())
    engine.setProperty("voice", chosen)
    engine.setProperty("rate", request["words_per_minute"])
    engine.save_to_file(request["text"], request["sound"])
    engine.runAndWait()
    if espeak:
        finished.wait()  # runAndWait returns while eSpeak's thread still writes; our parent holds the watch


def _main() -> None:
    request = json.load(sys.stdin)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # pyttsx3 prints "Audio saved to ..."
    try:
        _work(request)
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {' '.join(str(error).split())}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)  # eSpeak may trip an assertion when Python takes it apart


if __name__ == "__main__":
    _main()
