"""A corpus of spoken answers whose pauses and ends are known, for `voice-interviewer bench turns`.

    python tests/benchmarks/make_turns.py OUT --part dev|unseen [--seed N] [--noise office10] [--limit N]
                                              [--thinking 0.4] [--voices rms,slt] [--writer a] [--jobs 2]

Reads turns/{dev,unseen}_*.yaml (one file for each writer's style; no template family is in both parts), has
every piece between two pause marks spoken by a synthesiser, and puts a pause between the pieces whose length
is drawn from PAUSES. Each answer becomes ID.wav (16 kHz) and ID.json, the sidecar the bench reads: words,
pauses and the end of the answer in seconds, beside what it was made of.

All of it is synthetic: voices, pauses and noise. The same seed gives the same corpus on every machine with
the same flite and espeak-ng. Needs Debian's `flite`; nothing of it belongs into the repository.
"""

import argparse
import json
import multiprocessing
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "audio" / "samples"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from pieces import EDGE_MS, QUIET_DBFS, RATE_HZ, Speech, gain_to, pause
from turn_voices import VOICES, Piece, draw_voice, speak

HERE = Path(__file__).resolve().parent
PAUSES = {
    # mark: (law, median or shortest s, sigma or longest s); fixed before any tuning and never changed since
    "h": ("lognormal", 0.95, 0.6),  # hesitation inside a clause
    "c": ("lognormal", 0.59, 0.6),  # between clauses
    "s": ("lognormal", 0.80, 0.6),  # between sentences
    "t": ("uniform", 1.5, 5.0),  # thinking
    "hold": ("uniform", 4.0, 9.0),  # after asking for time
}
THINKING = 0.4
"""This share of the places where a candidate might think is thought at; at the others the pause is that of a
sentence. At 0.4 there is one thinking pause in an answer on average, and timers of 2 s and 4 s cut about what
they are known to cut of real answers (84 % and a quarter; here 76 % and 35 %, which is harder at the long
end). With 1 there are two or three in each. Unlike PAUSES this was set later, after timers had been measured
with 1, so report figures for both."""
SHORTEST_S, LONGEST_S = 0.2, 5.0
"""Lognormal pauses are clipped here."""
LEVEL_DBFS = (-28.0, -20.0)
"""RMS of the spoken parts, drawn for each answer."""
ROOM_DBFS = -65.0
"""A room's noise floor: white, always there."""
NOISES = {"room": None, "office10": 10.0}
"""dB from the mean of the speech down to the noise. office10: synthetic, half pink noise, half babble."""
LEAD_S, TAIL_S = (0.5, 1.5), 1.0
"""Silence before the first word (drawn) and after the last."""
BABBLERS, BABBLE_S = 8, 20.0
MARK = re.compile(r"\[(\w+)\]")
OWN_PAUSE_S = 0.2
"""A silence of this length inside a piece is the synthesiser's own pause and is labelled too."""


@dataclass(frozen=True)
class Script:
    """One answer as written. slug: a question of the banks, or empty."""

    id: str
    writer: str
    family: str
    type: str
    question: str
    slug: str
    text: str


@dataclass(frozen=True)
class Order:
    """How one answer is to be made."""

    script: Script
    seed: int
    noise: str
    voices: tuple[str, ...]
    folder: Path
    thinking: float


def scripts(folder: Path, part: str, writer: str = "*") -> Iterator[Script]:
    """Every answer of one part, in the order of the files. Raises SystemExit for an unreadable one."""
    for path in sorted(folder.glob(f"{part}_{writer}.yaml")):
        for number, entry in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            name, text = path.stem, entry["text"]
            unknown = set(MARK.findall(text)) - set(PAUSES)
            if unknown or not MARK.sub(" ", text).split():
                raise SystemExit(f"{path.name}, item {number}: no words, or unknown marks {sorted(unknown)}")
            yield Script(
                f"{name}_{number:03d}",
                name.rpartition("_")[2],
                entry["family"],
                entry["type"],
                entry["question"],
                entry.get("slug") or "",
                text,
            )


def draw(mark: str, dice: random.Random) -> float:
    """Seconds of silence for this mark."""
    law, first, second = PAUSES[mark]
    if law == "uniform":
        return dice.uniform(first, second)
    return min(max(dice.lognormvariate(float(np.log(first)), second), SHORTEST_S), LONGEST_S)


def parts(text: str) -> list[tuple[str, str]]:
    """(piece, mark after it); the last mark is empty. Where marks meet, the one of the longer pauses stays;
    marks before the first word and after the last are no pauses of the answer."""
    ranks = list(PAUSES)
    done: list[tuple[str, str]] = []
    split = MARK.split(text)
    for piece, mark in zip(split[0::2], [*split[1::2], ""], strict=True):
        words = " ".join(piece.split())
        if words:
            done.append((words, mark))
        elif done and mark:
            done[-1] = (done[-1][0], max(done[-1][1], mark, key=ranks.index))
    return [*done[:-1], (done[-1][0], "")]


def thought_at(pieces: list[tuple[str, str]], share: float, dice: random.Random) -> list[tuple[str, str]]:
    """The same pieces, where only `share` of the thinking pauses are left."""
    return [(text, "s" if mark == "t" and dice.random() >= share else mark) for text, mark in pieces]


def own_pauses(samples: Speech) -> list[tuple[float, float]]:
    """Silences of OWN_PAUSE_S and more inside a piece, in seconds."""
    loud = np.flatnonzero(np.abs(samples) > 10 ** (QUIET_DBFS / 20))
    gaps = np.flatnonzero(np.diff(loud) >= OWN_PAUSE_S * RATE_HZ)
    return [(float(loud[gap]) / RATE_HZ, float(loud[gap + 1]) / RATE_HZ) for gap in gaps]


@dataclass(frozen=True)
class Laid:
    """An answer laid out in time, not yet in a room. Seconds from the first sample."""

    samples: Speech
    spoken: list[Speech]
    words: list[dict[str, Any]]
    pauses: list[dict[str, Any]]
    end_s: float


def lay_out(pieces: list[tuple[Piece, str]], dice: random.Random) -> Laid:
    """The pieces one after the other with the pauses their marks draw."""
    sound = [np.zeros(round(dice.uniform(*LEAD_S) * RATE_HZ), np.float32)]
    words: list[dict[str, Any]] = []
    pauses: list[dict[str, Any]] = []
    at, edge_s = len(sound[0]), EDGE_MS / 1000
    for piece, mark in pieces:
        begin_s = at / RATE_HZ
        words += [
            {"word": word, "start": round(begin_s + start, 3), "end": round(begin_s + end, 3)}
            for word, start, end in piece.words
        ]
        for start, end in own_pauses(piece.samples):
            pauses.append({"start": round(begin_s + start, 3), "end": round(begin_s + end, 3), "kind": "own"})
        at += len(piece.samples)
        end_s = at / RATE_HZ - edge_s
        sound.append(piece.samples)
        if mark:
            silence = pause(draw(mark, dice))
            at += len(silence)
            sound.append(silence)
            until_s = at / RATE_HZ + edge_s
            pauses.append({"start": round(end_s, 3), "end": round(until_s, 3), "kind": mark})
    sound.append(np.zeros(round(TAIL_S * RATE_HZ), np.float32))
    return Laid(np.concatenate(sound), [piece.samples for piece, _ in pieces], words, pauses, end_s)


def pink(length: int, noise: np.random.Generator) -> Speech:
    """Noise whose power falls by 3 dB an octave, RMS 1."""
    spectrum = np.fft.rfft(noise.standard_normal(length))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    samples = np.fft.irfft(spectrum, length)
    return np.asarray(samples / np.sqrt(np.mean(samples**2)), np.float32)


@cache
def _other_talk() -> tuple[str, ...]:
    """What the babble says: the samples' fluent scripts, which no corpus uses. Always the same three, so that
    a corpus made before comes out the same."""
    from make_samples import HERE as SAMPLES
    from make_samples import read_scripts

    answers = read_scripts(SAMPLES / "scripts")
    fluent = (answer for answer in answers if answer.persona in ("strong", "vague", "we-speaker"))
    return tuple(clause for answer in fluent for clause, _ in answer.parts)


@cache
def _babble() -> Speech:
    """BABBLE_S seconds of BABBLERS people talking at once, without pauses, RMS 1."""
    length = round(BABBLE_S * RATE_HZ)
    mix = np.zeros(length, np.float32)
    for talker in range(BABBLERS):
        dice = random.Random(f"babble {talker}")
        voice, pace = VOICES[talker % len(VOICES)], dice.uniform(0.85, 1.2)
        talk: list[Speech] = []
        while sum(map(len, talk)) < length:
            samples = speak(dice.choice(_other_talk()), voice, pace).samples
            talk.append(np.asarray(samples / np.sqrt(np.mean(samples**2)), np.float32))
        mix += np.concatenate(talk)[:length]
    return np.asarray(mix / np.sqrt(np.mean(mix**2)), np.float32)


def in_room(laid: Laid, noise: str, level_dbfs: float, seed: str) -> Speech:
    """The answer at its level over the floor of a room, and over an office where wanted."""
    source = np.random.default_rng(list(seed.encode()))
    gain = gain_to(level_dbfs, laid.spoken, float(np.abs(laid.samples).max()))
    length = len(laid.samples)
    samples = laid.samples * gain + source.standard_normal(length) * 10 ** (ROOM_DBFS / 20)
    below_db = NOISES[noise]
    if below_db is not None:
        speech = np.concatenate(laid.spoken) * gain
        level = float(np.sqrt(np.mean(speech**2))) * 10 ** (-below_db / 20)
        babble = np.resize(np.roll(_babble(), int(source.integers(len(_babble())))), length)
        samples = samples + level * np.sqrt(0.5) * (babble + pink(length, source))
    return np.asarray(np.clip(samples, -1, 1), np.float32)


def make(order: Order) -> str:
    """Write one answer and its sidecar. Returns one line about it."""
    script = order.script
    key = f"{order.seed}/{script.id}"
    dice = random.Random(key)
    voice, pace = draw_voice(dice, order.voices)
    level_dbfs = round(dice.uniform(*LEVEL_DBFS), 1)
    pieces = thought_at(parts(script.text), order.thinking, random.Random(f"{key} thinks"))
    laid = lay_out([(speak(text, voice, pace), mark) for text, mark in pieces], dice)
    about = {name: value for name, value in asdict(script).items() if name != "text" and value}
    sidecar = {
        **about,
        "words": laid.words,
        "pauses": laid.pauses,
        "end_of_answer_s": round(laid.end_s, 3),
        "voice": voice,
        "pace": pace,
        "level_dbfs": level_dbfs,
        "noise": order.noise,
        "thinking": order.thinking,
        "seed": order.seed,
        "synthetic": True,
    }
    samples = in_room(laid, order.noise, level_dbfs, key)
    soundfile.write(order.folder / f"{script.id}.wav", samples, RATE_HZ, "PCM_16")
    text = json.dumps(sidecar, ensure_ascii=False, indent=1)
    Path(order.folder, f"{script.id}.json").write_text(text + "\n", encoding="utf-8")
    return f"{laid.end_s:6.1f} s  {len(laid.pauses):3} pauses  {voice:20}  {script.id}  {script.family}"


def chosen_voices(names: str) -> tuple[str, ...]:
    """The voices asked for, each as often as in VOICES. Raises SystemExit for one that does not exist."""
    wanted = names.split(",") if names else list(VOICES)
    unknown = sorted(set(wanted) - set(VOICES))
    if unknown:
        raise SystemExit(f"no voice {unknown[0]!r}; there are {', '.join(dict.fromkeys(VOICES))}")
    return tuple(voice for voice in VOICES if voice in wanted)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a synthetic corpus of answers with known pauses.")
    parser.add_argument("out", type=Path, help="a folder; made where it does not exist")
    parser.add_argument("--part", choices=("dev", "unseen"), required=True)
    parser.add_argument("--writer", default="*", help="only this writer's style (a, b, c)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", choices=tuple(NOISES), default="room")
    parser.add_argument("--voices", default="", help=f"of {', '.join(dict.fromkeys(VOICES))}")
    parser.add_argument("--thinking", type=float, default=THINKING, help="share of thinking pauses that stay")
    parser.add_argument("--limit", type=int, help="so many answers, evenly spread over all of them")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scripts", type=Path, default=HERE / "turns", help="where the scripts are")
    options = parser.parse_args()
    found = list(scripts(options.scripts, options.part, options.writer))
    if not found:
        raise SystemExit(f"no {options.part}_{options.writer}.yaml with answers in {options.scripts}")
    if options.limit and options.limit < len(found):
        found = [found[place * len(found) // options.limit] for place in range(options.limit)]
    options.out.mkdir(parents=True, exist_ok=True)
    voices = chosen_voices(options.voices)
    orders = [
        Order(script, options.seed, options.noise, voices, options.out, options.thinking) for script in found
    ]
    with multiprocessing.Pool(min(options.jobs, len(orders))) as pool:
        for line in pool.imap(make, orders):
            print(line, flush=True)
    print(f"{len(orders)} answers in {options.out} (synthetic voices, pauses and noise)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
