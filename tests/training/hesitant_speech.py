"""Makes hesitant speech for measuring: Kokoro says plain sentences in pieces, pauses and fillers between.

    python tests/training/hesitant_speech.py OUT [--seed N] [--texts scripts]

Writes OUT/NAME.flac (16 kHz) and OUT/clips.jsonl, one line a clip: {"id", "file", "transcript", "fillers":
[[text, start ms], ...], "noise_db"}. Pieces of three to seven words, pauses of .15 to 1.6 s, a filler
before every fourth piece or so, half of the clips with room noise at 8 to 20 dB below the speech. Each piece
is rendered alone, so that its voice falls at the end as a hesitant speaker's does not always: an upper bound
for stops at pauses. All voices of configs/voices.toml take turns. The same seed gives the same clips.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import yaml

from voice_audio.files import to_rate
from voice_audio.ports import SAMPLE_RATE_HZ
from voice_audio.voices.kokoro import KokoroVoice
from voice_interviewer.live.voices import load_kokoro, named_voices

ROOT = Path(__file__).resolve().parents[2]
FILLERS = ("um", "uh", "um", "uh", "erm")
WORDS_PER_MINUTE = (150, 190)
SENTENCES_PER_CLIP = 3
Wave = npt.NDArray[np.float32]


def texts(kind: str) -> Iterator[str]:
    """Answers to say: "plain" sentences beside this file, or the "scripts" of audio/samples."""
    if kind == "plain":
        lines = (ROOT / "tests" / "training" / "plain_sentences.txt").read_text(encoding="utf-8").splitlines()
        for at in range(0, len(lines), SENTENCES_PER_CLIP):
            yield " ".join(lines[at : at + SENTENCES_PER_CLIP])
        return
    for path in sorted((ROOT / "audio" / "samples" / "scripts").glob("*.yaml")):
        for moves in yaml.safe_load(path.read_text(encoding="utf-8"))["answers"].values():
            yield from (" ".join(re.sub(r"\[[\d.]+\]", " ", text).split()) for text in moves.values())


def pieces(text: str, dice: random.Random, often: float) -> list[tuple[str, str]]:
    """The text cut into short runs of words: (a filler before it or "", words)."""
    found: list[tuple[str, str]] = []
    words, at = text.split(), 0
    while at < len(words):
        count = dice.randint(3, 7)
        filler = dice.choice(FILLERS) if found and dice.random() < often else ""
        found.append((filler, " ".join(words[at : at + count])))
        at += count
    return found


def silence(dice: random.Random, low_s: float, high_s: float) -> Wave:
    return np.zeros(int(dice.uniform(low_s, high_s) * SAMPLE_RATE_HZ), np.float32)


def made(
    text: str, voice: KokoroVoice, dice: random.Random, often: float
) -> tuple[Wave, str, list[tuple[str, int]]]:
    """The sound, what is said in it, and its fillers with the ms at which they begin.

    A filler is rendered with the words after it: alone, Kokoro makes something else of it.
    """
    rate = dice.randint(*WORDS_PER_MINUTE)
    sound: list[Wave] = [silence(dice, 0.3, 0.6)]
    said, fillers, at = [], [], len(sound[0])
    for filler, piece in pieces(text, dice, often):
        line = f"{filler}, {piece}" if filler else piece
        spoken = to_rate(voice.render(line, rate), SAMPLE_RATE_HZ)
        wave = spoken.samples.astype(np.float32) / 32768
        if filler:
            fillers.append((filler, at * 1000 // SAMPLE_RATE_HZ))
            said.append(filler)
        pause = silence(dice, 0.15, 1.6)
        sound += [wave, pause]
        said.append(piece)
        at += len(wave) + len(pause)
    return np.concatenate(sound), " ".join(said), fillers


def noisy(wave: Wave, below_db: float, seed: int) -> Wave:
    """With pink-like noise that much below the speech."""
    white = np.random.default_rng(seed).standard_normal(len(wave))
    shape = np.fft.rfft(white) / np.sqrt(np.arange(1, len(wave) // 2 + 2))
    noise = np.fft.irfft(shape, len(wave))
    level = np.sqrt(np.mean(wave[np.abs(wave) > 0.01] ** 2)) * 10 ** (-below_db / 20)
    return (wave + noise / noise.std() * level).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", choices=("plain", "scripts"), default="plain")
    parser.add_argument("--clips", type=int, default=10_000, help="at most so many")
    parser.add_argument("--fillers", type=float, default=0.28, help="share of pieces that begin with one")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    dice = random.Random(asked.seed)
    names = sorted(named_voices())
    voices: dict[str, KokoroVoice] = {}
    with (asked.out / "clips.jsonl").open("w", encoding="utf-8") as lines:
        for number, text in enumerate(texts(asked.texts)):
            if number >= asked.clips:
                break
            name = names[number % len(names)]
            if name not in voices:
                voices[name] = load_kokoro(name)
            wave, said, fillers = made(text, voices[name], dice, asked.fillers)
            below_db = round(dice.uniform(8, 20), 1) if dice.random() < 0.5 else None
            if below_db is not None:
                wave = noisy(wave, below_db, number)
            file = f"{asked.seed}-{number:03d}-{name}.flac"
            soundfile.write(asked.out / file, np.clip(wave, -1, 1), SAMPLE_RATE_HZ)
            row = {
                "id": file[:-5],
                "file": file,
                "transcript": said,
                "fillers": fillers,
                "noise_db": below_db,
            }
            lines.write(json.dumps(row) + "\n")
            lines.flush()


if __name__ == "__main__":
    main()
