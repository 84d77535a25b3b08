"""A line sentence by sentence: a Voice around a Voice. A sentence known from another line is not rendered
again, and a long line is never one long piece of work."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from voice_audio.ports import Sound, Voice
from voice_audio.voices import ahead, close

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’')]*\s+(?=[\"“‘'(]?[A-Z0-9])")


def sentences(text: str) -> tuple[str, ...]:
    """A line's sentences, each with its stop; white space as single spaces."""
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(text)), len(text)]
    parts = (" ".join(text[begin:end].split()) for begin, end in pairwise(ends))
    return tuple(part for part in parts if part)


def joined(sounds: Sequence[Sound], pause_ms: float) -> Sound:
    """Sounds of one rate, at least one, with so much silence between each two."""
    rate_hz = sounds[0].rate_hz
    pause = np.zeros(round(rate_hz * pause_ms / 1000), np.int16)
    pieces = [piece for sound in sounds for piece in (pause, sound.samples)][1:]
    return Sound(np.concatenate(pieces), rate_hz)


class SentenceVoice:
    """Asks another voice for one sentence after the other; see ports.Voice and ports.PatientVoice."""

    def __init__(self, voice: Voice, pause_ms: Callable[[int], float]) -> None:
        """pause_ms: how long the silence between two sentences is, by the words per minute."""
        self.name = voice.name
        self._voice, self._pause_ms = voice, pause_ms

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The line, its samples read-only where it is one sentence. Raises what the voice raises."""
        return self._line(self._voice.render, text, words_per_minute)

    def render_ahead(self, text: str, words_per_minute: int) -> Sound:
        """See ports.PatientVoice. What was done before it gave way is kept where the voice keeps it."""
        return self._line(ahead(self._voice), text, words_per_minute)

    def close(self) -> None:
        """Let go of the other voice."""
        close(self._voice)

    def _line(self, render: Callable[[str, int], Sound], text: str, words_per_minute: int) -> Sound:
        parts = [render(part, words_per_minute) for part in sentences(text)]
        if not parts:
            raise ValueError("there is nothing to say")
        return joined(parts, self._pause_ms(words_per_minute)) if parts[1:] else parts[0]
