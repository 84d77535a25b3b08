"""Speak the scripts with flite: writes one clip per answer and `manifest.csv` beside this file.

    python audio/samples/make_samples.py            # all personas
    python audio/samples/make_samples.py --check    # write nothing; fail when scripts and manifest disagree

Needs Debian's `flite` (the voices rms, slt and awb are inside it). Each clause between two pauses is spoken
by its own flite process, its own silence is cut off, and the scripted pause is put between the clauses, so
every pause is known. The same flite gives the same samples again. An Ogg file carries a random serial
number, so a clip that would sound the same is left alone and a second run changes nothing.
"""

import argparse
import csv
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import soundfile
import soxr
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pieces import LEVEL_DBFS, RATE_HZ, Speech, gain_to, pause, trim

OPUS_LEVEL = 0.92
"""libsndfile's 0 (best) .. 1 (smallest); see README.md for the sizes and word error rates measured."""
BLOCK_SAMPLES = RATE_HZ
"""Written second by second: libsndfile's Ogg writers have crashed on long single writes."""

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
    """One entry of a script, with its pauses still in the text."""

    persona: str
    voice: str
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


def read_scripts(folder: Path) -> Iterator[Answer]:
    """Every answer of every script, in the order of the files."""
    for path in sorted(folder.glob("*.yaml")):
        script = yaml.safe_load(path.read_text(encoding="utf-8"))
        for question, answers in script["answers"].items():
            for key, text in answers.items():
                move = "" if key == "answer" else key
                yield Answer(script["persona"], script["voice"], question, move, text)


def speak(clause: str, voice: str) -> Speech:
    """One clause by flite, float32 at 16 kHz, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clause.wav")
        subprocess.run(["flite", "-voice", voice, "-t", clause, "-o", str(path)], check=True)
        samples, rate_hz = soundfile.read(path, dtype="float32")
    if rate_hz != RATE_HZ:
        samples = soxr.resample(samples, rate_hz, RATE_HZ)
    try:
        return trim(samples)[0]
    except ValueError:
        raise SystemExit(f"flite was silent for {clause!r}") from None


def render(answer: Answer) -> Speech:
    """The whole answer with its pauses, at LEVEL_DBFS, never clipping."""
    spoken = [(speak(clause, answer.voice), pause_s) for clause, pause_s in answer.parts]
    pieces: list[Speech] = []
    for clause, pause_s in spoken:
        pieces += [clause, pause(pause_s)]
    samples = np.concatenate(pieces)
    gain = gain_to(LEVEL_DBFS, [clause for clause, _ in spoken], float(np.abs(samples).max()))
    return np.asarray(samples * gain, np.float32)


def encode(samples: Speech) -> bytes:
    """16 kHz mono Ogg Opus, block by block."""
    target = io.BytesIO()
    with soundfile.SoundFile(
        target, "w", RATE_HZ, 1, format="OGG", subtype="OPUS", compression_level=OPUS_LEVEL
    ) as file:
        for start in range(0, len(samples), BLOCK_SAMPLES):
            file.write(samples[start : start + BLOCK_SAMPLES])
    return target.getvalue()


def write(path: Path, samples: Speech) -> bool:
    """Write the clip unless the file there already sounds exactly like it. Returns whether it was written."""
    new = encode(samples)
    if path.is_file() and np.array_equal(soundfile.read(path)[0], soundfile.read(io.BytesIO(new))[0]):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(new)
    return True


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


def differences(answers: list[Answer], rows: list[Row]) -> list[str]:
    """Where the scripts and the manifest say different things."""
    scripted = {answer.file: answer.transcript for answer in answers}
    spoken = {row.file: row.transcript for row in rows}
    return sorted(file for file in scripted | spoken if scripted.get(file) != spoken.get(file))


def main() -> int:
    parser = argparse.ArgumentParser(description="Speak the scripts with flite.")
    parser.add_argument("--check", action="store_true", help="write nothing, compare scripts and manifest")
    answers = list(read_scripts(HERE / "scripts"))
    manifest = HERE / "manifest.csv"
    if parser.parse_args().check:
        wrong = differences(answers, read_manifest(manifest))
        print("\n".join(wrong) or "scripts and manifest agree")
        return 1 if wrong else 0
    rows = []
    for answer in answers:
        samples = render(answer)
        written = write(HERE / answer.file, samples)
        seconds = round(len(samples) / RATE_HZ, 2)
        rows.append(
            Row(
                answer.file,
                answer.persona,
                answer.question,
                answer.move,
                answer.voice,
                seconds,
                answer.transcript,
            )
        )
        print(f"{seconds:6.1f} s  {'written' if written else 'as it was':9}  {answer.file}")
    write_manifest(manifest, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
