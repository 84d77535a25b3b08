"""Phonemes by eSpeak NG, in a process of its own: the library is GPL and keeps its state globally.

    python -m voice_audio.voices.espeak_child LANGUAGE

A line of JSON (a text) in, a line of JSON (its phonemes) out, until stdin ends. Phonemes are IPA with stress
marks, "^" between what is one sound; punctuation stays where it was, since a voice needs it and eSpeak throws
it away. Complaints go to stderr. Only the standard library is imported, to start quickly.
"""

import ctypes
import json
import re
import sys
from pathlib import Path

_UTF8 = 1
_IPA, _TIE_BY_CARET = 0x02, 0x80 | ord("^") << 8
_SYNCHRONOUS = 2
_OPENING, _CLOSING = r"(?<!\S)([(“\"]+)", r"\s*([;:,.!?…)”\"]+(?!\S)|[—–](?!\d))\s*"
_MARKS = re.compile(f"{_OPENING}|{_CLOSING}")


def load(language: str) -> ctypes.CDLL:
    """eSpeak NG with that language: of the espeakng-loader wheel, else the system's. Raises OSError."""
    try:
        import espeakng_loader

        library, data = espeakng_loader.get_library_path(), str(Path(espeakng_loader.get_data_path()).parent)
    except ImportError:
        library, data = "libespeak-ng.so.1", ""
    espeak = ctypes.CDLL(library)
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    espeak.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
    if espeak.espeak_Initialize(_SYNCHRONOUS, 0, data.encode() or None, 0) < 0:
        raise OSError("eSpeak NG does not start")
    if espeak.espeak_SetVoiceByName(language.encode()) != 0:
        raise OSError(f"eSpeak NG has no language {language!r}")
    return espeak


def phonemes(espeak: ctypes.CDLL, text: str) -> str:
    """The phonemes of a text, its punctuation kept."""
    said, at = "", 0
    for mark in _MARKS.finditer(text):
        said += _clause(espeak, text[at : mark.start()])
        said += f" {mark.group(1)}" if mark.group(1) else f"{mark.group(2)} "
        at = mark.end()
    said += _clause(espeak, text[at:])
    return " ".join(said.split())


def _clause(espeak: ctypes.CDLL, text: str) -> str:
    if not text.strip():
        return ""
    buffer = ctypes.create_string_buffer(text.encode())
    pointer = ctypes.c_void_p(ctypes.addressof(buffer))
    said = []
    while pointer.value:  # eSpeak answers clause by clause and moves the pointer on
        said.append(espeak.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA | _TIE_BY_CARET).decode())
    return " ".join(said).strip()


def _main() -> None:
    try:
        espeak = load(sys.argv[1])
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(phonemes(espeak, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
