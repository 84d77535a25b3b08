"""What turn-taking is worth on recorded answers: the folder read, and the arithmetic behind `bench turns`.

A corpus is a folder with one recording (WAV or FLAC) for each answer and beside it a sidecar of the same
name: {"id", "type", "question", "slug", "words": [{"word", "start", "end"}], "pauses": [{"start", "end"}],
"end_of_answer_s"}, in seconds; other keys are ignored.

A commit is the moment the floor is taken. It is a cut when it comes before the end of the answer less
CUT_SLACK_S. After a cut the gate carries on as if it had not happened, and asks no more until speech begins
again, so every inner pause is judged once. The gap runs from the last speech sample to the last commit;
without any commit it is LONGEST_GAP_S. Cost = mean gap + CUT_COST_S times the share of answers cut.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from voice_interviewer.bench.turns_sidecar import read_sidecar
from voice_interviewer.core.model.bank import QUESTION_TYPES
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.errors import UsageProblem

CUT_SLACK_S = 0.1
LONGEST_GAP_S = 15.0
CUT_COST_S = 10.0
"""A cut answer counts as much as ten seconds of silence."""
LEAST_PAUSE_S = 0.2
LONG_PAUSE_S = 1.5
FILLERS = frozenset(("um", "umm", "uhm", "uh", "er", "erm", "em", "hm", "hmm", "mm", "mhm", "eh", "ah"))
"""What recognisers leave out. The bench's own list: what it takes away must not depend on what is tested."""
SOUNDS = (".wav", ".flac")
_HINT = "`voice-interviewer bench turns --help` says what a folder holds."


@dataclass(frozen=True)
class Answer:
    """One recorded answer of a corpus. pauses: inner ones of LEAST_PAUSE_S and more, (start, end) in seconds,
    in order."""

    id: str
    sound: Path
    type: str
    question: str
    slug: str
    words: tuple[Word, ...]
    pauses: tuple[tuple[float, float], ...]
    end_s: float
    family: str = ""
    writer: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one policy did with one answer. commits_s: whenever it took the floor, in order. soft: how often
    it said something without taking it."""

    commits_s: tuple[float, ...] = ()
    soft: int = 0
    reason: str = ""
    """Why it took the floor the last time."""

    def cuts(self, answer: Answer) -> tuple[float, ...]:
        return tuple(at for at in self.commits_s if at < answer.end_s - CUT_SLACK_S)

    def committed_s(self, answer: Answer) -> float | None:
        """The last commit; None without any in time."""
        in_time = [at for at in self.commits_s if at <= answer.end_s + LONGEST_GAP_S]
        return in_time[-1] if in_time else None

    def gap_s(self, answer: Answer) -> float:
        """A last commit before the end has no gap: being early is what a cut is for."""
        at = self.committed_s(answer)
        return LONGEST_GAP_S if at is None else max(0.0, at - answer.end_s)

    def pauses_cut(self, answer: Answer) -> tuple[tuple[float, float], ...]:
        """The inner pauses in which, or at whose end before speech was noticed again, the floor was taken."""
        begun = [[pause for pause in answer.pauses if pause[0] <= at] for at in self.cuts(answer)]
        return tuple(dict.fromkeys(pauses[-1] for pauses in begun if pauses))


@dataclass(frozen=True)
class Figures:
    """One policy over a corpus. Shares 0..1, times in seconds; None where there is nothing to divide by."""

    answers: int
    answers_cut: float
    pauses_cut: float | None
    long_pauses_cut: float | None
    gap_p50_s: float
    gap_p90_s: float
    mean_gap_s: float
    cost: float
    no_commit: int
    soft_lines: int


def measure(pairs: Sequence[tuple[Answer, Outcome]]) -> Figures:
    """The figures of one policy. Raises ValueError without any answer."""
    if not pairs:
        raise ValueError("no answers")
    gaps = [outcome.gap_s(answer) for answer, outcome in pairs]
    share = float(np.mean([bool(outcome.cuts(answer)) for answer, outcome in pairs]))
    mean_gap_s = float(np.mean(gaps))
    p50, p90 = (float(value) for value in np.percentile(gaps, (50, 90)))
    return Figures(
        len(pairs),
        share,
        _share_of_pauses(pairs, LEAST_PAUSE_S),
        _share_of_pauses(pairs, LONG_PAUSE_S),
        p50,
        p90,
        mean_gap_s,
        mean_gap_s + CUT_COST_S * share,
        sum(outcome.committed_s(answer) is None for answer, outcome in pairs),
        sum(outcome.soft for _, outcome in pairs),
    )


def _share_of_pauses(pairs: Sequence[tuple[Answer, Outcome]], least_s: float) -> float | None:
    judged = sum(_long(pause, least_s) for answer, _ in pairs for pause in answer.pauses)
    cut = sum(_long(pause, least_s) for answer, outcome in pairs for pause in outcome.pauses_cut(answer))
    return cut / judged if judged else None


def _long(pause: tuple[float, float], least_s: float) -> bool:
    return pause[1] - pause[0] >= least_s - 1e-6


# --- the oracle's mistakes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Degradation:
    """What a recogniser loses. fillers: the share of "um" and "uh" left out; final: how often the last word
    before a pause is lost."""

    fillers: float = 0.0
    final: float = 0.0
    seed: int = 0


def degraded(answer: Answer, loss: Degradation) -> Answer:
    """The answer with fewer known words; the same for the same seed and id, in whatever corpus."""
    dice = random.Random(f"{loss.seed}/{answer.id}")
    starts_ms = [round(1000 * start) for start, _ in answer.pauses] + [round(1000 * answer.end_s)]
    last = {max((w for w in answer.words if w.start_ms < at), key=_end, default=None) for at in starts_ms}
    kept = []
    for word in answer.words:
        filler = word.text.casefold() in FILLERS and dice.random() < loss.fillers
        lost = word in last and dice.random() < loss.final
        if not filler and not lost:
            kept.append(word)
    return replace(answer, words=tuple(kept))


def _end(word: Word) -> int:
    return word.end_ms


# --- reading a corpus -------------------------------------------------------------------------------------


def read_corpus(folder: Path) -> tuple[Answer, ...]:
    """Every recording of the folder with its sidecar, by name. Raises UsageProblem("corpus")."""
    if not folder.is_dir():
        raise UsageProblem("corpus", f"{folder}: no such folder.", "Name a folder of recordings.")
    sounds = sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUNDS)
    if not sounds:
        raise UsageProblem("corpus", f"{folder}: there are no recordings (WAV or FLAC) in it.", _HINT)
    answers = tuple(_read(sound) for sound in sounds)
    seen: dict[str, Path] = {}
    for answer in answers:
        if answer.id in seen:
            files = f"{seen[answer.id].name} and {answer.sound.name}"
            raise UsageProblem("corpus", f"{folder}: {files} have the same id {answer.id!r}.", _HINT)
        seen[answer.id] = answer.sound
    return answers


def _read(sound: Path) -> Answer:
    path = sound.with_suffix(".json")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageProblem("corpus", f"{sound.name}: there is no {path.name} beside it.", _HINT) from None
    except OSError as error:
        raise UsageProblem("corpus", f"{path}: cannot be read ({error.strerror}).", _HINT) from None
    except (ValueError, RecursionError):
        raise UsageProblem("corpus", f"{path}: not JSON in UTF-8.", _HINT) from None
    try:
        return _answer(sound, data)
    except ValueError as error:
        raise UsageProblem("corpus", f"{path}: {error}.", _HINT) from None


def _answer(sound: Path, data: Any) -> Answer:
    """Raises ValueError, in words, for a sidecar that does not hold what it should."""
    read = read_sidecar(data)
    if read.type not in QUESTION_TYPES:
        raise ValueError(f"there is no type {read.type!r}; types: {', '.join(QUESTION_TYPES)}")
    words = [Word(w.word, round(1000 * w.start), round(1000 * w.end)) for w in read.words]
    inner = [(p.start, p.end) for p in read.pauses if p.end <= read.end_of_answer_s + CUT_SLACK_S]
    return Answer(
        read.id,
        sound,
        read.type,
        read.question,
        read.slug or "",
        tuple(sorted(words, key=lambda word: word.start_ms)),
        tuple(sorted(pause for pause in inner if _long(pause, LEAST_PAUSE_S))),
        read.end_of_answer_s,
        read.family or "",
        read.writer or "",
    )


def grouped(pairs: Iterable[tuple[Answer, Outcome]], key: str) -> dict[str, list[tuple[Answer, Outcome]]]:
    """By "type", "family" or "writer"; answers without it are left out."""
    groups: dict[str, list[tuple[Answer, Outcome]]] = {}
    for answer, outcome in pairs:
        name = getattr(answer, key)
        if name:
            groups.setdefault(name, []).append((answer, outcome))
    return dict(sorted(groups.items()))
