"""What a microphone hears of our own lines in a simulated room, and of somebody who speaks over them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from voice_audio.files import to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, Sound
from voice_audio.voices import load_voice
from voice_interviewer.content.resources import samples_dir

LINES = (
    "Thank you. Tell me about a time when you had to explain a technical risk to people who did not listen.",
    "What exactly was your own part in that, and how did you know that it had worked?",
    "Let us go on. Which trade-off would you make differently today, and why?",
)
GAP_S = 1.0
DECAY_S, RESPONSE_MS = 0.25, 150
NOISE_DBFS = -65.0


@dataclass(frozen=True)
class Scene:
    """far: what the loudspeaker is handed, near: what the microphone hears, both 16 kHz, shape (n,). lines:
    first and last sample of each line."""

    far: Samples
    near: Samples
    lines: tuple[tuple[int, int], ...]


def spoken_lines() -> list[Samples]:
    voice = load_voice()
    return [to_rate(voice.render(text, 165), SAMPLE_RATE_HZ).samples for text in LINES]


def recorded_answer(seconds: float) -> Samples:
    """The beginning of an answer, from its first sound on; its first sentence takes 4 s and has no pause."""
    samples, rate_hz = soundfile.read(str(samples_dir() / "strong" / "any.result.ogg"), dtype="int16")
    samples = to_rate(Sound(samples, rate_hz), SAMPLE_RATE_HZ).samples
    begin = int(np.nonzero(np.abs(samples) > 500)[0][0])
    return samples[begin : begin + int(seconds * SAMPLE_RATE_HZ)]


def write_clip(path: Path, seconds: float) -> Path:
    soundfile.write(path, recorded_answer(seconds), SAMPLE_RATE_HZ, subtype="PCM_16")
    return path


def room_response(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A decaying noise of unit energy (-60 dB after DECAY_S) with a strong direct path."""
    length = RESPONSE_MS * SAMPLE_RATE_HZ // 1000
    response = rng.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / SAMPLE_RATE_HZ / DECAY_S)
    response[0] = 3.0
    return response / np.sqrt(np.sum(response**2))


def scene(
    lines: list[Samples],
    gain_db: float,
    delays_ms: tuple[int, ...],
    over_s: float | None = None,
    jump_ms: int = 0,
) -> Scene:
    """Our lines in a room, with a loudspeaker that distorts a little and another delay for each line. over_s:
    so long into each line somebody begins to speak for two seconds. jump_ms: so much the delay grows in the
    middle of each line, as when a stream has stumbled."""
    rng = np.random.default_rng(3)
    response, gap = room_response(rng), int(GAP_S * SAMPLE_RATE_HZ)
    size = sum(len(line) + gap for line in lines)
    far, near = np.zeros(size), rng.normal(0, 10 ** (NOISE_DBFS / 20), size)
    answer, spans, at = recorded_answer(2.0) / 32_768, [], 0
    for line, delay_ms in zip(lines, delays_ms, strict=True):
        voice = line / 32_768
        far[at : at + len(line)] = voice
        echo = np.convolve(np.tanh(2 * voice) / 2, response) * 10 ** (gain_db / 20)
        begin, half = at + delay_ms * SAMPLE_RATE_HZ // 1000, len(line) // 2
        jump = jump_ms * SAMPLE_RATE_HZ // 1000
        echo = np.concatenate([echo[:half], np.zeros(jump), echo[half:]])
        near[begin : begin + len(echo)] += echo[: size - begin]
        if over_s is not None:
            begin = at + int(over_s * SAMPLE_RATE_HZ)
            near[begin : begin + len(answer)] += answer[: size - begin]
        spans.append((at, at + len(line)))
        at += len(line) + gap
    return Scene(_pcm(far), _pcm(near), tuple(spans))


def _pcm(samples: npt.NDArray[np.float64]) -> Samples:
    return np.clip(samples * 32_768, -32_768, 32_767).astype(np.int16)
