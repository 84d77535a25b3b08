"""Speak the scripts with Kokoro: one clip per answer, and beside this file `manifest.csv` and `timing.jsonl`.

    python audio/samples/make_samples.py            # what changed since
    python audio/samples/make_samples.py --all      # everything anew: the same bytes
    python audio/samples/make_samples.py --check    # write nothing; fail when scripts and clips disagree

Needs the weights of Kokoro (`voice-interviewer models download kokoro`); its tables of voices come with the
product. Whole sentences are spoken by one call and cut where the script pauses, at the quiet places that the
durations tell which the weights predict; then the scripted pause is put there. So every pause is known to the
millisecond, and so is every "um". The same weights and the same libopus give the same files.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pieces import EDGE_MS, ENDS, LEVEL_DBFS, RATE_HZ, Speech, gain_to, pause

BITRATE = 16_000
"""Opus, bits a second; see README.md for the sizes and word error rates measured."""
OPUS_FRAME_MS = 60
"""The longest, with the fewest headers: no clip is sent over a network."""
MAKER = "2"
"""Raise it when the same script is to sound otherwise: every clip is then made anew."""
ROOM_SEED = 7

HERE = Path(__file__).resolve().parent
PAUSE = re.compile(r"\[(\d+(?:\.\d+)?)\]")


@dataclass(frozen=True)
class Row:
    """One line of the manifest. question: an id, a pattern (`warmup-*`), several joined by `|`, or `*` for
    any. move: the follow-up's move, empty for the answer to the question itself."""

    file: str
    persona: str
    question: str
    move: str
    voice: str
    seconds: float
    transcript: str


@dataclass(frozen=True)
class Answer:
    """One entry of a script, with its pauses still in the text. speed: 1 is Kokoro's own."""

    persona: str
    voice: str
    speed: float
    question: str
    move: str
    text: str

    @property
    def file(self) -> str:
        question = self.question.split("|")[0].replace("-*", "").replace("*", "any")
        return f"{self.persona}/{question}{'.' + self.move if self.move else ''}.ogg"

    @property
    def transcript(self) -> str:
        return " ".join(PAUSE.sub(" ", self.text).split())

    @property
    def parts(self) -> list[tuple[str, float]]:
        """(clause, pause after it in seconds) in order; the last pause is 0."""
        pieces = PAUSE.split(self.text)
        clauses = [" ".join(piece.split()) for piece in pieces[0::2]]
        pauses = [float(piece) for piece in pieces[1::2]] + [0.0]
        return list(zip(clauses, pauses, strict=True))

    @property
    def stops(self) -> int:
        """How many sentences end in it."""
        return sum(word[-1] in ENDS for word in self.transcript.split())

    @property
    def recipe(self) -> str:
        """Changes with everything that this project decides about the sound."""
        said = json.dumps([MAKER, BITRATE, self.voice, self.speed, " ".join(self.text.split())])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Timing:
    """What is known of a clip, one line of timing.jsonl. pieces: (from, to, text) of each stretch of speech;
    between two of them lies a scripted pause. fillers: (from, to, word). All in milliseconds. stops:
    sentences that end."""

    file: str
    recipe: str
    stops: int
    pieces: list[tuple[int, int, str]]
    fillers: list[tuple[int, int, str]]


def read_scripts(folder: Path) -> Iterator[Answer]:
    """Every answer of every script, in the order of the files' names."""
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem):
        script = yaml.safe_load(path.read_text(encoding="utf-8"))
        for question, answers in script["answers"].items():
            for key, text in answers.items():
                move = "" if key == "answer" else key
                yield Answer(script["persona"], script["voice"], script["speed"], question, move, text)


@cache
def _voice(table: str, speed: float) -> Any:
    from candidate_voice import CandidateVoice

    from voice_interviewer.live.voices import kokoro_model

    return CandidateVoice(kokoro_model(), table, speed)


def render(answer: Answer) -> tuple[Speech, Timing]:
    """The whole answer with its pauses, at LEVEL_DBFS, never clipping, and what is known of it."""
    sound: list[Speech] = []
    spoken: list[Speech] = []
    pieces, fillers, at = [], [], 0
    clauses = _voice(answer.voice, answer.speed).speak([text for text, _ in answer.parts])
    for (text, pause_s), clause in zip(answer.parts, clauses, strict=True):
        begin_s = at / RATE_HZ
        fillers += [_span(begin_s + each.start_s, begin_s + each.end_s, each.word) for each in clause.fillers]
        end_s = begin_s + len(clause.samples) / RATE_HZ
        pieces.append(_span(begin_s + EDGE_MS / 1000, end_s - EDGE_MS / 1000, text))
        spoken.append(clause.samples)
        sound += [clause.samples, pause(pause_s)]
        at += len(sound[-1]) + len(sound[-2])
    samples = np.concatenate(sound)
    gain = gain_to(LEVEL_DBFS, spoken, float(np.abs(samples).max()))
    timing = Timing(answer.file, answer.recipe, answer.stops, pieces, fillers)
    return np.asarray(samples * gain, np.float32), timing


def _span(start_s: float, end_s: float, text: str) -> tuple[int, int, str]:
    return round(start_s * 1000), round(end_s * 1000), text


def in_room(samples: Speech, level_dbfs: float, name: str) -> Speech:
    """With white noise under it, the same for the same name."""
    noise = np.random.default_rng([ROOM_SEED, *name.encode()]).standard_normal(len(samples))
    return np.asarray(samples + noise * 10 ** (level_dbfs / 20), np.float32)


def encode(samples: Speech) -> bytes:
    """16 kHz mono Ogg Opus. Bit-exact mode: libavformat then draws no random serial number."""
    import av

    pcm = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(pcm[None, :], format="s16", layout="mono")
    frame.sample_rate = RATE_HZ
    target = io.BytesIO()
    with av.open(target, "w", format="ogg", container_options={"fflags": "+bitexact"}) as file:
        options = {"application": "voip", "b": str(BITRATE), "frame_duration": str(OPUS_FRAME_MS)}
        stream: Any = file.add_stream("libopus", rate=RATE_HZ, layout="mono", options=options)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return target.getvalue()


def read_manifest(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(seconds=float(line.pop("seconds")), **line)  # an unknown column is a TypeError
            for line in csv.DictReader(file)
        ]


def write_manifest(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def read_timing(path: Path) -> list[Timing]:
    """Raises OSError, and TypeError for an unknown field."""
    read = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in read:
        line["pieces"] = [tuple(piece) for piece in line["pieces"]]
        line["fillers"] = [tuple(filler) for filler in line["fillers"]]
    return [Timing(**line) for line in read]


def write_timing(path: Path, timings: list[Timing]) -> None:
    lines = [json.dumps(asdict(timing), ensure_ascii=False) + "\n" for timing in timings]
    path.write_text("".join(lines), encoding="utf-8")


def differences(answers: list[Answer], rows: list[Row], timings: list[Timing]) -> list[str]:
    """The clips that are not what the scripts now say, or not as they say it."""
    scripted = {answer.file: (answer.transcript, answer.recipe) for answer in answers}
    recipes = {timing.file: timing.recipe for timing in timings}
    spoken = {row.file: (row.transcript, recipes.get(row.file)) for row in rows}
    return sorted(file for file in scripted | spoken if scripted.get(file) != spoken.get(file))


def _made(folder: Path) -> dict[str, tuple[Row, Timing]]:
    """What lies there already, by file."""
    try:
        timings = {timing.file: timing for timing in read_timing(folder / "timing.jsonl")}
    except OSError:
        return {}
    rows = read_manifest(folder / "manifest.csv")
    return {row.file: (row, timings[row.file]) for row in rows if row.file in timings}


def make(answer: Answer, folder: Path, room_dbfs: float | None) -> tuple[Row, Timing]:
    """Speak one answer into its file."""
    samples, timing = render(answer)
    if room_dbfs is not None:
        samples = in_room(samples, room_dbfs, answer.file)
    path = folder / answer.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(samples))
    seconds = round(len(samples) / RATE_HZ, 2)
    about = (answer.file, answer.persona, answer.question, answer.move, answer.voice)
    return Row(*about, seconds, answer.transcript), timing


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speak the scripts with Kokoro.")
    parser.add_argument("--check", action="store_true", help="write nothing, compare scripts and clips")
    parser.add_argument("--all", action="store_true", help="speak what did not change, too")
    parser.add_argument("--only", help="one persona")
    parser.add_argument("--to", type=Path, default=HERE, help="another folder for the clips")
    parser.add_argument(
        "--room", type=float, metavar="DBFS", help="white noise under the speech, such as -65"
    )
    return parser.parse_args()


def main() -> int:
    options = _options()
    answers = list(read_scripts(HERE / "scripts"))
    manifest, timing = options.to / "manifest.csv", options.to / "timing.jsonl"
    if options.check:
        wrong = differences(answers, read_manifest(manifest), read_timing(timing))
        print("\n".join(wrong) or "scripts and clips agree")
        return 1 if wrong else 0
    made = _made(options.to)
    for answer in answers:
        there = made.get(answer.file)
        fresh = there is not None and there[1].recipe == answer.recipe and not options.all
        if fresh or options.only not in (None, answer.persona):
            continue
        made[answer.file] = make(answer, options.to, options.room)
        print(f"{made[answer.file][0].seconds:6.1f} s  {answer.file}", flush=True)
        _keep(manifest, timing, [made[each.file] for each in answers if each.file in made])
    return 0


def _keep(manifest: Path, timing: Path, made: list[tuple[Row, Timing]]) -> None:
    write_manifest(manifest, [row for row, _ in made])
    write_timing(timing, [each for _, each in made])


if __name__ == "__main__":
    sys.exit(main())
