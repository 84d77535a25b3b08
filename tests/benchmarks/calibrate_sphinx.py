"""Fits the doubt of the embedded recogniser: P(a word is right) from what pocketsphinx says of the word.

    VOICE_INTERVIEWER_SPEECH=FOLDER python tests/benchmarks/calibrate_sphinx.py

Fitted on flite's voices (rms, slt, awb) saying the sentences below, plus every second recording of the folder
(by id, the first, third ...); validated on the others, which the fit never sees. Every clip goes through the
real detector and segmenter; whether a word is right is jiwer's alignment with the transcript. Prints the
section for configs/recognisers.toml and how good the doubt is. Takes about two minutes.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import jiwer
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from speech_wer import Recording, plain_words, recordings, speech_segments

from voice_audio.detectors import load_detector
from voice_audio.files import load_sound
from voice_audio.ports import SpeechDetector
from voice_audio.transcribers.sphinx import (
    DoubtCalibration,
    SphinxTranscriber,
    WordMeasures,
)

VOICES = ("rms", "slt", "awb")
SENTENCES = """
In my last role I looked after a team of six people in the finance department.
The biggest problem was that nobody knew who owned the data after it left our office.
I spoke with each of the managers before the meeting and wrote down what worried them.
We decided to stop the launch for two weeks and test the model on older customers.
It was hard to tell my director that the numbers in her report were wrong.
What I did first was to ask the nurses how they used the screen during a busy night.
The complaint rate fell from nine percent to three percent by the end of the year.
I would do it differently now, because I waited too long before I asked for help.
My own part was the training plan, and a colleague wrote the software.
We had three weeks, a small budget, and no one who had done it before.
The two groups disagreed about fairness, so I put both options on one page.
After that I called the supplier and told him that we could not accept the delay.
I measured the result by counting how many people came back in the second month.
There was a risk that the system would reject good applicants from poor areas.
I learned that people trust a decision more when they can see how it was made.
Honestly, I was nervous, but I explained the mistake to the client the same day.
The council wanted a quick answer and the residents wanted a fair one.
I checked the records by hand and found that one in ten had the wrong date.
We built a small version first and showed it to the teachers every Friday.
He thought the rule was too strict, and I thought it was not strict enough.
I chose the slower method since a false alarm would have cost us the hospital.
By the spring we had replaced the old process and saved about forty hours a month.
My manager asked me to take over the project when my colleague became ill.
The hardest part was saying no to a customer I had known for five years.
I wrote a short guide, trained two people in every branch, and answered their questions.
We compared the new tool with the old one on the same thousand cases.
Nobody had asked the drivers, so I rode with them for three mornings.
In the end the board agreed to publish the results, including the bad ones.
I am looking for a position where I can work closely with engineers and lawyers.
If it happened again, I would set a clear limit before the work starts.
""".strip().splitlines()

Measured = tuple[WordMeasures, bool]
NAMES = [field.name for field in fields(WordMeasures)]


def flite(folder: Path) -> list[Recording]:
    """Every sentence by every voice, 16 kHz."""
    made = []
    for voice in VOICES:
        for number, sentence in enumerate(SENTENCES):
            path = folder / f"{voice}-{number:02d}.wav"
            subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", str(path)], check=True)
            made.append(Recording(path.stem, sentence, load_sound(path).samples))
    return made


def judge(
    recording: Recording, transcriber: SphinxTranscriber, detector: SpeechDetector
) -> tuple[list[Measured], int]:
    """Each word heard with whether it was said there, and how many words were said."""
    heard = [
        word
        for piece in speech_segments(recording.samples, detector)
        for word in transcriber.measure(piece)
        if plain_words(word.text)
    ]
    said = plain_words(recording.transcript)
    right = [False] * len(heard)
    if said and heard:
        texts = ["".join(plain_words(word.text)) for word in heard]
        for chunk in jiwer.process_words(" ".join(said), " ".join(texts)).alignments[0]:
            for at in range(chunk.hyp_start_idx, chunk.hyp_end_idx):
                right[at] = chunk.type == "equal"
    return [(word.measures, ok) for word, ok in zip(heard, right, strict=True)], len(said)


def collect(given: Sequence[Recording], title: str) -> list[Measured]:
    """All words of many recordings; says how many were right."""
    transcriber, detector = SphinxTranscriber(), load_detector()
    words: list[Measured] = []
    said = 0
    for recording in given:
        found, count = judge(recording, transcriber, detector)
        words += found
        said += count
    right = sum(ok for _, ok in words)
    print(f"{title}: {len(given)} clips, {said} words said, {len(words)} heard, {right} of those right")
    return words


def matrix(words: Sequence[Measured]) -> npt.NDArray[np.float64]:
    """Shape (words, 1 + measures): a one for the intercept, then the measures in the order of NAMES."""
    return np.array([[1.0, *(getattr(measures, name) for name in NAMES)] for measures, _ in words])


def fit(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Logistic regression by Newton's method, ridge 1.0 but for the intercept. Shape (columns,)."""
    weights = np.zeros(x.shape[1])
    ridge = np.diag([0.0, *[1.0] * (x.shape[1] - 1)])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge @ weights
        weights -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, gradient)
    return weights


def auc(p: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """P(a right word gets a higher probability than a wrong one), ties counted half."""
    good, bad = p[right][:, None], p[~right][None, :]
    return float(((good > bad) + 0.5 * (good == bad)).mean())


def caught(
    p: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], threshold: float
) -> tuple[float, float, float]:
    """Precision and recall of "doubtful" for "wrong", and the share of words in doubt."""
    doubtful = p < threshold
    hits = float((doubtful & ~right).sum())
    return hits / max(1.0, doubtful.sum()), hits / max(1.0, (~right).sum()), float(doubtful.mean())


def best_threshold(p: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """The threshold with the highest F1 for wrong words, on the words it was fitted on."""

    def f1(threshold: float) -> float:
        precision, recall, _ = caught(p, right, threshold)
        return 2 * precision * recall / max(1e-9, precision + recall)

    return max((round(0.02 * step, 2) for step in range(5, 49)), key=f1)


def report(title: str, words: Sequence[Measured], doubt: DoubtCalibration) -> None:
    p = np.array([doubt.probability(measures) for measures, _ in words])
    right = np.array([ok for _, ok in words])
    posterior = np.array([measures.posterior_logit for measures, _ in words])
    precision, recall, share = caught(p, right, doubt.threshold)
    print(
        f"{title}: AUC {auc(p, right):.3f} (lattice posterior alone {auc(posterior, right):.3f}), "
        f"wrong {1 - right.mean():.1%}, in doubt {share:.1%}, precision {precision:.2f}, "
        f"recall {recall:.2f}, "
        f"mean p {p.mean():.2f} for {right.mean():.2f} right, Brier {((p - right) ** 2).mean():.3f}"
    )


def main() -> None:
    folder = Path(os.environ["VOICE_INTERVIEWER_SPEECH"])
    real = list(recordings(folder))
    with tempfile.TemporaryDirectory() as place:
        voices = collect(flite(Path(place)), "flite")
    fitted = [*voices, *collect(real[0::2], "recordings, fitted")]
    x, y = matrix(fitted), np.array([float(ok) for _, ok in fitted])
    weights = dict(zip(["intercept", *NAMES], np.round(fit(x, y), 3).tolist(), strict=True))
    free = DoubtCalibration(**weights)
    p = np.array([free.probability(measures) for measures, _ in fitted])
    doubt = DoubtCalibration(**weights, threshold=best_threshold(p, y > 0.5))
    print("\n[sphinx]")
    for field in fields(DoubtCalibration):
        print(f"{field.name} = {getattr(doubt, field.name)}")
    print()
    report("flite voices (fitted)", voices, doubt)
    report("everything fitted", fitted, doubt)
    held = {recording.id: collect([recording], recording.id) for recording in real[1::2]}
    report("recordings held out", [word for words in held.values() for word in words], doubt)
    meeting = [word for name, words in held.items() if name.startswith("ami") for word in words]
    report(
        "held out without the meeting",
        [word for name, words in held.items() if not name.startswith("ami") for word in words],
        doubt,
    )
    report("held out, the meeting", meeting, doubt)


if __name__ == "__main__":
    main()
