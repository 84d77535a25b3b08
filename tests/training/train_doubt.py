"""Fits how far Whisper's probabilities can be trusted: the [doubt] tables of configs/whisper.toml.

    python tests/training/hesitant_speech.py MADE                  # clips to fit on
    python tests/training/train_doubt.py hear MODEL --made MADE --turns TURNS --speech SPEECH
    python tests/training/train_doubt.py fit

`hear` lets one model (a folder of VOICE_INTERVIEWER_MODELS) hear every clip by window, as the product does,
and writes doubt_MODEL.csv beside this file: one line a word with its measures (see WordMeasures of
voice_audio.doubt), its set, and whether it is right by alignment with what was said; no text, no sound. Sets
that begin with "fit" are learnt from: speech made by hesitant_speech.py, AMI clips of TURNS that are not in
SPEECH, and the answers of audio/samples to four questions, as they are and with pauses cut in. The other sets
only report: the recordings of SPEECH and the answers to the other questions. Every second answer is taken.
`fit` reads the tables and prints what goes into configs/whisper.toml; "default" is fitted on all together.
"""

import argparse
import csv
import json
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_audio.detectors import load_detector
from voice_audio.doubt import DoubtModel, WordMeasures, measured
from voice_audio.files import load_sound, to_rate
from voice_audio.frames import Reblock
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples, SpeechDetector
from voice_audio.segmenter import Segmenter, SpeechOffset, SpeechOnset
from voice_audio.transcribers.whisper import load_whisper
from voice_audio.window import Stretch, WindowSettings, hear_by_window, speech_of
from voice_interviewer.bench.word_score import judged, plain_words
from voice_interviewer.settings.places import models_dir

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAMES = [each.name for each in fields(WordMeasures)]
FIT_QUESTIONS = ("jr-deadline-pressure", "jr-health-audit", "warmup", "candidate-questions")
"""Of audio/samples, the answers to these are learnt from; those to the others report."""
PENALTY = 3.0
"""Of squared standardised weights, chosen by cross-validation over clips (`fit` prints it)."""
LEAST_ROWS = 2000
"""A model with fewer words to learn from goes by the default one. Fitted on 500 words base doubted 12.4 % of
the reported words to find 70 % of the wrong ones; by the default 10.7 % for 68 %."""
DOUBTFUL = 0.10
"""Share of the words of the fit sets, each set counted alike, that may be doubtful; the target is 12 %."""


@dataclass(frozen=True)
class Clip:
    """Sound and what is said in it."""

    set: str
    id: str
    samples: Samples
    said: str


# --- the clips ---------------------------------------------------------------------------------------------


def made_clips(folder: Path) -> Iterator[Clip]:
    """What hesitant_speech.py has made there."""
    for line in (folder / "clips.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Clip("fit made", row["id"], sound_of(folder / row["file"]), row["transcript"])


def turn_clips(folder: Path, known: set[str]) -> Iterator[Clip]:
    table = tomllib.loads((HERE / "ami_turns.toml").read_text(encoding="utf-8"))
    for name, row in table.items():
        if name not in known:
            yield Clip("fit AMI", name, sound_of(folder / f"{name}.flac"), row["text"])


def speech_clips(folder: Path) -> Iterator[Clip]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            name = "AMI" if row["id"].startswith("ami") else "read and dialogue"
            yield Clip(name, row["id"], sound_of(folder / row["file"]), row["transcript"])


def sample_clips() -> Iterator[Clip]:
    """The persona answers; they are heard as they are and with pauses cut in."""
    folder = ROOT / "audio" / "samples"
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["voice"] != "voice"]
    for row in rows[::2]:
        name = "fit samples" if row["question"].startswith(FIT_QUESTIONS) else "samples"
        yield Clip(name, row["file"], sound_of(folder / row["file"]), row["transcript"])


def sound_of(path: Path) -> Samples:
    return to_rate(load_sound(path), SAMPLE_RATE_HZ).samples


def cut_at_pauses(samples: Samples, words: Sequence[HeardWord], seed: str) -> Samples:
    """With .55 to 1.6 s of near silence put in every four to eight words, at the quietest place there is."""
    dice = random.Random(seed)
    parts, at, count, wanted = [], 0, 0, dice.randint(4, 8)
    for word, following in pairwise(words):
        count += 1
        if following.start_ms - word.end_ms > 250:
            count = 0
        if count < wanted:
            continue
        middle_ms = (word.end_ms + following.start_ms) // 2
        places = range(max(at // 16, middle_ms - 60), middle_ms + 60, 5)
        levels = [(float(np.abs(samples[t * 16 : t * 16 + 160].astype(float)).mean()), t) for t in places]
        cut = (min(levels)[1] + 5) * 16 if levels else at
        if cut <= at:
            continue
        length = int(dice.uniform(0.55, 1.6) * SAMPLE_RATE_HZ)
        quiet = np.random.default_rng(len(parts)).normal(0, 3, length).astype(np.int16)
        parts += [samples[at:cut], quiet]
        at, count, wanted = cut, 0, dice.randint(4, 8)
    return np.concatenate([*parts, samples[at:]])


# --- hearing -----------------------------------------------------------------------------------------------


def stretches(samples: Samples, detector: SpeechDetector) -> list[Stretch]:
    """The speech between pauses, by the product's detector and segmenter."""
    detector.reset()
    segmenter = Segmenter(block_samples=detector.block_samples)
    segmenter.open(0)
    edges: list[Any] = []
    end = 0
    for block in Reblock(detector.block_samples).feed(samples):
        end += len(block)
        edges += segmenter.feed(detector.probability(block), end)
    edges += segmenter.close(len(samples))
    onsets = [each.sample for each in edges if isinstance(each, SpeechOnset)]
    stops = [each.last_speech_sample for each in edges if isinstance(each, SpeechOffset)]
    if len(stops) < len(onsets):
        stops.append(len(samples))
    return speech_of((a // 16, b // 16) for a, b in zip(onsets, stops, strict=True))


def rows_of(clip: Clip, transcriber: Any, detector: SpeechDetector) -> list[dict[str, Any]]:
    windows = hear(clip.samples, transcriber, detector)
    rows = judged_rows(clip.set, clip, windows)
    if clip.set.endswith("samples"):
        words = [word for _, found in windows for word in found]
        hesitant = hear(cut_at_pauses(clip.samples, words, clip.id), transcriber, detector)
        rows += judged_rows(clip.set.replace("samples", "hesitant samples"), clip, hesitant)
    return rows


def judged_rows(name: str, clip: Clip, windows: list[Any]) -> list[dict[str, Any]]:
    words = [word for _, found in windows for word in found]
    measures = [each for window, found in windows for each in measured(found, window.pieces)]
    right = iter(judged(plain_words(clip.said), words))
    rows = []
    for word, each in zip(words, measures, strict=True):
        if plain_words(word.text):
            probability, ok = next(right)
            assert probability == word.probability
            numbers = {name: round(value, 2) for name, value in asdict(each).items()}
            rows.append({"set": name, "clip": clip.id, **numbers, "right": int(ok)})
    return rows


def hear(samples: Samples, transcriber: Any, detector: SpeechDetector) -> list[Any]:
    def sound(start_ms: int, end_ms: int) -> Samples:
        return samples[start_ms * 16 : end_ms * 16]

    speech = stretches(samples, detector)
    return hear_by_window(transcriber, sound, speech, WindowSettings(), len(samples) // 16)


def hear_all(asked: argparse.Namespace) -> None:
    transcriber, detector = load_whisper(models_dir() / f"whisper-{asked.model}"), load_detector()
    known = {path.stem for path in asked.speech.glob("*.flac")}
    clips = [
        made_clips(asked.made),
        turn_clips(asked.turns, known),
        speech_clips(asked.speech),
        sample_clips(),
    ]
    path = HERE / f"doubt_{asked.model}.csv"
    done: set[str] = set()
    if asked.resume and path.exists():
        with path.open(newline="", encoding="utf-8") as lines:
            done = {row["clip"] for row in csv.DictReader(lines)}
    with path.open("a" if done else "w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, ["set", "clip", *NAMES, "right"], lineterminator="\n")
        if not done:
            table.writeheader()
        for clip in (clip for source in clips for clip in source if clip.id not in done):
            table.writerows(rows_of(clip, transcriber, detector))
            out.flush()
            print(clip.set, clip.id, flush=True)


# --- fitting -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Rows of one or more models. x: measures, shape (n, len(NAMES)); right: (n,); sets, clips: names."""

    x: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    sets: npt.NDArray[np.str_]
    clips: npt.NDArray[np.str_]

    def only(self, rows: Any) -> "Table":
        return Table(self.x[rows], self.right[rows], self.sets[rows], self.clips[rows])

    @property
    def learnt(self) -> "Table":
        return self.only(np.char.startswith(self.sets, "fit"))


def read(paths: Sequence[Path]) -> Table:
    rows = [row for path in paths for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    return Table(
        np.array([[float(row[name]) for name in NAMES] for row in rows]),
        np.array([row["right"] == "1" for row in rows]),
        np.array([row["set"] for row in rows]),
        np.array([row["clip"] for row in rows]),
    )


def weighed(table: Table) -> npt.NDArray[np.float64]:
    """Each set counts alike, however many clips there are of it."""
    names, place, counts = np.unique(table.sets, return_inverse=True, return_counts=True)
    return (len(table.sets) / len(names) / counts)[place]


def fitted(table: Table, penalty: float = PENALTY) -> tuple[float, npt.NDArray[np.float64]]:
    """Bias and weights by Newton's method (iteratively reweighted least squares), ridge on standardised
    measures."""
    mean, spread = table.x.mean(axis=0), table.x.std(axis=0) + 1e-9
    x = np.column_stack([np.ones(len(table.x)), (table.x - mean) / spread])
    weight, ridge = weighed(table), np.diag([0.0] + [penalty] * len(NAMES))
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        slope = x.T @ (weight * (table.right - p)) - ridge @ beta
        beta += np.linalg.solve((x * (weight * p * (1 - p))[:, None]).T @ x + ridge, slope)
    weights = beta[1:] / spread
    return float(beta[0] - weights @ mean), weights


def right(table: Table, model: tuple[float, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp(-(model[0] + table.x @ model[1])))


def threshold_for(table: Table, p: npt.NDArray[np.float64]) -> float:
    """The threshold under which DOUBTFUL of the words lie, each set counted alike."""
    order = np.argsort(p)
    share = np.cumsum(weighed(table)[order]) / len(p)
    return round(float(p[order][np.searchsorted(share, DOUBTFUL)]), 3)


def log_loss(truth: npt.NDArray[np.bool_], p: npt.NDArray[np.float64], weight: Any) -> float:
    inside = np.clip(p, 1e-6, 1 - 1e-6)
    return float(np.average(-np.where(truth, np.log(inside), np.log(1 - inside)), weights=weight))


def cross_validated(table: Table, penalty: float) -> float:
    """Log loss on clips left out, in five folds."""
    names = np.unique(table.clips)
    np.random.default_rng(0).shuffle(names)
    p = np.zeros(len(table.right))
    for fold in range(5):
        out = np.isin(table.clips, names[fold::5])
        p[out] = right(table.only(out), fitted(table.only(~out), penalty))
    return log_loss(table.right, p, weighed(table))


def auc(truth: npt.NDArray[np.bool_], p: npt.NDArray[np.float64]) -> float:
    good, bad = p[truth], p[~truth]
    return float((good[:, None] > bad).mean() + (good[:, None] == bad).mean() / 2)


def told(name: str, table: Table, p: npt.NDArray[np.float64], threshold: float) -> None:
    """One line: how many words are doubtful, how many of the wrong ones are among them."""
    raw = 1 / (1 + np.exp(-table.x[:, NAMES.index("certainty")]))
    for kind, q, limit in (("raw < .5", raw, 0.5), ("fitted", p, threshold)):
        doubt, wrong = q < limit, ~table.right
        found = f"{doubt[wrong].mean():.0%}" if wrong.any() else "-"
        area = auc(table.right, q) if wrong.any() else 1.0
        print(
            f"  {name:22} {kind:9} {len(p):5} words, {wrong.mean():5.1%} wrong; "
            f"doubtful {doubt.mean():5.1%}, of the wrong {found:>4}; AUC {area:.3f}"
        )


def fit_all() -> None:
    paths = sorted(HERE.glob("doubt_*.csv"))
    models = {path.stem.removeprefix("doubt_"): [path] for path in paths} | {"default": paths}
    tables = []
    for name, files in models.items():
        table = read(files)
        learnt = table.learnt
        if len(learnt.right) < LEAST_ROWS:
            print(f"# {name}: {len(learnt.right)} words to learn from are too few for a table of its own")
            continue
        losses = {penalty: cross_validated(learnt, penalty) for penalty in (0.3, 1.0, 3.0, 10.0, 30.0)}
        print(f"# {name}: log loss by penalty", {key: round(loss, 4) for key, loss in losses.items()})
        model = fitted(learnt)
        p = right(table, model)
        threshold = threshold_for(learnt, right(learnt, model))
        for each in sorted(set(table.sets)):
            rows = table.sets == each
            told(each, table.only(rows), p[rows], threshold)
        reported = ~np.char.startswith(table.sets, "fit")
        told("all reported", table.only(reported), p[reported], threshold)
        weights = {key: round(float(weight), 3) for key, weight in zip(NAMES, model[1], strict=True)}
        DoubtModel(threshold, round(model[0], 3), weights)  # refuses what the product would
        inner = ", ".join(f"{key} = {weight}" for key, weight in weights.items())
        tables.append(
            f'[doubt."{name}"]\nthreshold = {threshold}\nbias = {model[0]:.3f}\nweights = {{ {inner} }}\n'
        )
    print("\n" + "\n".join(tables))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    hearing = commands.add_parser("hear")
    hearing.add_argument("model")
    for folder in ("--made", "--turns", "--speech"):
        hearing.add_argument(folder, type=Path, required=True)
    hearing.add_argument(
        "--resume", action="store_true", help="leave out clips that are in the table already"
    )
    commands.add_parser("fit")
    asked = parser.parse_args()
    if asked.command == "hear":
        hear_all(asked)
    else:
        fit_all()


if __name__ == "__main__":
    main()
