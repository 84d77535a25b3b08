"""How long the review of an hour takes: judged, written, and written again.

    python tests/benchmarks/long_session.py FOLDER [--minutes 60] [--semantic words|auto]

Makes a synthetic session of that length in FOLDER (answers from tests/engine/triples/dev.yaml, word by word
at 150 a minute, sound: quiet noise), then prints seconds. The folder stays, for a look at the page."""

import argparse
import random
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import yaml

from voice_interviewer.app.analysis_log import Told, write_log
from voice_interviewer.content.resources import list_banks
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.review.report import refresh, write_reports
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.recorder import Recorder

TRIPLES = Path(__file__).parents[1] / "engine" / "triples" / "dev.yaml"
WORD_MS, QUESTION_MS, ANSWER_S = 400, 8_000, 230
RATE_HZ = 16_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=int, default=60)
    args = parser.parse_args()
    from voice_interviewer.app.build import make_scorer

    folder = make_session(args.folder, args.minutes)
    scorer = make_scorer(load_config({}))
    begun = time.perf_counter()
    report = refresh(folder, scorer)
    judged = time.perf_counter()
    write_reports(folder)
    written = time.perf_counter()
    words = sum(answer.delivery.words for question in report.questions for answer in question.answers)
    size = f"{args.minutes} min, {words} words, {len(report.questions)} questions"
    print(f"{size}, judged by {report.header.scorer}")
    print(f"judged  {judged - begun:.2f} s")
    print(f"written {written - judged:.2f} s (JSON, Markdown, HTML with the sound)")
    print(f"folder  {folder}")


def make_session(root: Path, minutes: int) -> Path:
    """A session of that many minutes below `root`, in place of an earlier one."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    about = {"title": "An hour", "minutes": minutes, "transcriber": "none", "doubt_threshold": 0.5}
    started = datetime(2026, 11, 1, 10, tzinfo=UTC)
    recorder = Recorder.create(root, "ai-ethics-specialist", "senior", started, about)
    noise = np.random.default_rng(0)
    for _ in range(minutes * 60):
        frame = noise.normal(0, 200, (2, RATE_HZ)).astype(np.int16)
        recorder.frame(frame[0], frame[1])
    told = list(_told(minutes * 60_000))
    write_log(recorder, "An hour", "ai-ethics-specialist", "senior", told, minutes * 60_000)
    recorder.close()
    return recorder.folder.path


def _told(length_ms: int) -> "list[Told]":
    dice = random.Random(0)
    known = {question.id: question for entry in list_banks() for question in entry.bank.questions}
    triples = yaml.safe_load(TRIPLES.read_text(encoding="utf-8"))
    told: list[Told] = []
    at_ms, used = 1_000, set()
    for number in range(1, 1 + length_ms // (QUESTION_MS + ANSWER_S * 1000)):
        triple = next((t for t in triples if t["question"] not in used), None)
        if triple is None:
            break
        used.add(triple["question"])
        told.append(_answer(number, known[triple["question"]], triples, at_ms, dice))
        at_ms = told[-1].window_ms[1]
    return told


def _answer(
    number: int, question: Question, triples: list[dict[str, str]], at_ms: int, dice: random.Random
) -> Told:
    begin_ms = at_ms + QUESTION_MS
    tokens: list[str] = []
    own = [each for each in triples if each["question"] == question.id]
    while len(tokens) < ANSWER_S * 1000 // WORD_MS:
        tokens += dice.choice(own)[dice.choice(("strong", "medium", "weak"))].split()
    tokens = tokens[: ANSWER_S * 1000 // WORD_MS]
    words = tuple(
        Word(
            token, begin_ms + at * WORD_MS, begin_ms + (at + 1) * WORD_MS - 50, dice.choice((0.4, 0.9, 0.95))
        )
        for at, token in enumerate(tokens)
    )
    end_ms = words[-1].end_ms
    segments = ((begin_ms, end_ms, words),)
    asked = (at_ms, at_ms + QUESTION_MS)
    return Told(
        number, question, question.say, asked, (begin_ms, end_ms + 500), ((begin_ms, end_ms),), segments
    )


if __name__ == "__main__":
    sys.exit(main())
