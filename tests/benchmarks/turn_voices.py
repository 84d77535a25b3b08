"""Voices that say when each word was spoken, for the makers of turn-taking corpora. All are synthesisers.

flite is asked inside its own library: its utterance knows the last phone of every token, so the ends of the
words are exact. espeak-ng reports the start of every word in its sound; a word there ends where the next
one begins. Nothing here is needed by the product.
"""

import ctypes
import random
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_float,
    c_int,
    c_short,
    c_size_t,
    c_uint,
    c_void_p,
)
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import soxr
from pieces import RATE_HZ, Speech, trim

ESPEAK_WPM = 170
"""espeak-ng's speaking rate at pace 1.0, in words a minute."""
FLITE_STRETCH = {"rms": 0.85, "slt": 1.0, "awb": 1.0, "kal16": 1.0}
"""flite's durations are multiplied by this at pace 1.0: rms speaks a quarter slower than the others."""
VOICES = (
    "rms",
    "slt",
    "awb",
    "rms",
    "slt",
    "awb",
    "kal16",
    "espeak:en-us",
    "espeak:en-gb-scotland",
    "espeak:en-gb-x-rp+f3",
)
"""Drawn from for each answer: the natural voices twice, the mechanical ones once."""


@dataclass(frozen=True)
class Piece:
    """One stretch of speech without the silence around it. words: (word, start, end), seconds from its first
    sample."""

    samples: Speech
    words: tuple[tuple[str, float, float], ...]


def speak(text: str, voice: str, pace: float = 1.0) -> Piece:
    """text by a voice of VOICES; pace 1.2 is a fifth slower. Raises ValueError for silence."""
    words = text.split()
    if voice.startswith("espeak:"):
        sound, spans = _espeak().speak(words, voice.removeprefix("espeak:"), round(ESPEAK_WPM / pace))
    else:
        sound, spans = _flite().speak(words, voice, pace * FLITE_STRETCH[voice])
    samples, cut = trim(sound)
    start, end = cut / RATE_HZ, (cut + len(samples)) / RATE_HZ
    inside = [(min(max(a, start), end) - start, min(max(b, start), end) - start) for a, b in spans]
    return Piece(samples, tuple((word, *span) for word, span in zip(words, inside, strict=True)))


def proportional(words: list[str], seconds: float) -> list[tuple[float, float]]:
    """Word times by the number of letters, where a synthesiser split the words otherwise than spaces do."""
    ends = np.cumsum([len(word) + 1 for word in words]) / sum(len(word) + 1 for word in words) * seconds
    return list(zip([0.0, *ends[:-1].tolist()], ends.tolist(), strict=True))


class _Wave(Structure):
    _fields_ = (
        ("type", c_char_p),
        ("rate_hz", c_int),
        ("length", c_int),
        ("channels", c_int),
        ("samples", POINTER(c_short)),
    )


class _FliteVoice(Structure):
    _fields_ = (("name", c_char_p), ("features", c_void_p))


class _Flite:
    """libflite with its utterance structure. Raises OSError where the library is missing."""

    FIRST = b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end"
    LAST = b"daughtern.R:SylStructure.daughtern.daughtern.R:Segment.end"

    def __init__(self) -> None:
        self.library = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
        for part in ("libflite_usenglish.so.1", "libflite_cmulex.so.1"):
            ctypes.CDLL(part, mode=ctypes.RTLD_GLOBAL)
        self.library.flite_init()
        self.synth = self._function("flite_synth_text", c_void_p, c_char_p, c_void_p)
        self.relation = self._function("utt_relation", c_void_p, c_void_p, c_char_p)
        self.head = self._function("relation_head", c_void_p, c_void_p)
        self.next = self._function("item_next", c_void_p, c_void_p)
        self.number = self._function("ffeature_float", c_float, c_void_p, c_char_p)
        self.wave = self._function("utt_wave", POINTER(_Wave), c_void_p)
        self.delete = self._function("delete_utterance", None, c_void_p)
        self.set_number = self._function("flite_feat_set_float", None, c_void_p, c_char_p, c_float)
        self.voices: dict[str, Any] = {}

    def _function(self, name: str, result: Any, *arguments: Any) -> Any:
        function = getattr(self.library, name)
        function.restype, function.argtypes = result, arguments
        return function

    def _voice(self, name: str) -> Any:
        if name not in self.voices:
            register = getattr(ctypes.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
            register.restype, register.argtypes = c_void_p, (c_void_p,)
            self.voices[name] = register(None)
        return self.voices[name]

    def speak(self, words: list[str], name: str, stretch: float) -> tuple[Speech, list[tuple[float, float]]]:
        voice = self._voice(name)
        features = ctypes.cast(voice, POINTER(_FliteVoice)).contents.features
        self.set_number(features, b"duration_stretch", stretch)
        utterance = self.synth(" ".join(words).encode(), voice)
        try:
            wave = self.wave(utterance).contents
            samples = np.ctypeslib.as_array(wave.samples, (wave.length,)).astype(np.float32) / 32768
            spans, token = [], self.head(self.relation(utterance, b"Token"))
            while token:
                spans.append((self.number(token, self.FIRST), self.number(token, self.LAST)))
                token = self.next(token)
            rate_hz = wave.rate_hz
        finally:
            self.delete(utterance)
        if len(spans) != len(words):
            spans = proportional(words, len(samples) / rate_hz)
        if rate_hz != RATE_HZ:
            samples = soxr.resample(samples, rate_hz, RATE_HZ)
        return samples, spans


class _Event(Structure):
    _fields_ = (
        ("type", c_int),
        ("id", c_uint),
        ("text_position", c_int),
        ("length", c_int),
        ("audio_ms", c_int),
        ("sample", c_int),
        ("user", c_void_p),
        ("name", c_char * 8),
    )


class _Espeak:
    """espeak-ng from the wheel that the product's own voice uses."""

    SYNCHRONOUS, RATE, WORD, END, UTF8 = 2, 1, 1, 0, 1

    def __init__(self) -> None:
        import espeakng_loader

        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate_hz = self.library.espeak_Initialize(self.SYNCHRONOUS, 0, data, 0x8000)
        callback = CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))
        self.callback = callback(self._take)  # kept: the library only has its address
        self.library.espeak_SetSynthCallback(self.callback)
        self.synth = self.library.espeak_Synth
        self.synth.argtypes = (c_void_p, c_size_t, c_uint, c_int, c_uint, c_uint, c_void_p, c_void_p)
        self.blocks: list[Any] = []
        self.starts: list[tuple[int, float]] = []

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self.blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != self.END:
            if events[index].type == self.WORD:
                self.starts.append((events[index].text_position - 1, events[index].audio_ms / 1000))
            index += 1
        return 0

    def speak(
        self, words: list[str], name: str, words_per_minute: int
    ) -> tuple[Speech, list[tuple[float, float]]]:
        self.blocks, self.starts = [], []
        if self.library.espeak_SetVoiceByName(name.encode()):
            raise ValueError(f"espeak-ng has no voice {name!r}")
        self.library.espeak_SetParameter(self.RATE, words_per_minute, 0)
        text = " ".join(words).encode()
        self.synth(text, len(text) + 1, 0, 1, 0, self.UTF8, None, None)
        samples = np.concatenate(self.blocks).astype(np.float32) / 32768
        seconds = len(samples) / self.rate_hz
        starts = dict(reversed(self.starts))
        places = np.cumsum([0, *(len(word) + 1 for word in words)])[:-1].tolist()
        if all(place in starts for place in places):
            begins = [starts[place] for place in places]
            spans = list(zip(begins, [*begins[1:], seconds], strict=True))
        else:
            spans = proportional(words, seconds)
        return soxr.resample(samples, self.rate_hz, RATE_HZ), spans


@cache
def _flite() -> _Flite:
    return _Flite()


@cache
def _espeak() -> _Espeak:
    return _Espeak()


def draw_voice(dice: random.Random, voices: tuple[str, ...] = VOICES) -> tuple[str, float]:
    """A voice and a pace: 0.85 (brisk) .. 1.2 (slow)."""
    return dice.choice(voices), round(dice.uniform(0.85, 1.2), 2)
