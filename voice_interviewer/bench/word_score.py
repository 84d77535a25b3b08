"""How words heard are compared with words said: what `bench speech` counts as an error.

Both sides are brought to the same plain words first. Digits are read out ("10" and "ten" are one word),
contractions are expanded, hyphens part words, a few spellings are made one (configs/speechbench.toml).
Sounds like "um" count as words: a recogniser that leaves them out is charged with them."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from voice_audio.ports import HeardWord
from voice_interviewer.content.resources import content
from voice_interviewer.core.model.transcript import Word

BINS = 10
RESAMPLED = 2_000
_NUMBER = re.compile(r"(?<!\w)([$£€]?)(\d+(?:,\d{3})*(?:\.\d+)?)(st|nd|rd|th)?(%?)")
_MONEY = {"$": "dollars", "£": "pounds", "€": "euros"}
_OPENING_QUOTE = re.compile(r"(?<![a-z0-9])'")
_NOT_SPOKEN = re.compile(r"[^a-z0-9 ]+")


# --- plain words ------------------------------------------------------------------------------------------


def plain_words(text: str) -> list[str]:
    """The words of a text as they sound: lower case, numbers and "%" in words, contractions expanded, no
    punctuation."""
    from jiwer import ExpandCommonEnglishContractions

    lowered = _NUMBER.sub(_read_out, text.lower().replace("’", "'")).replace("%", " percent ")
    expanded = ExpandCommonEnglishContractions().process_string(_OPENING_QUOTE.sub("", lowered))
    words = _NOT_SPOKEN.sub(" ", expanded.replace("'", "").replace("&", " and ")).split()
    spelled = (tables()["spellings"].get(word, word) for word in words)
    return " ".join(spelled).replace("per cent", "percent").split()


def literal_words(text: str) -> list[str]:
    """The words as they are written: lower case, hyphens apart, punctuation gone, apostrophes inside words
    kept. What `plain_words` forgives is an error here."""
    written = re.sub(r"[^a-z0-9' ]+", " ", text.lower().replace("-", " ").replace("’", "'")).split()
    return [word.strip("'") for word in written if word.strip("'")]


@cache
def tables() -> dict[str, Any]:
    """configs/speechbench.toml."""
    return tomllib.loads(content().joinpath("configs", "speechbench.toml").read_text(encoding="utf-8"))


def set_of(kind: str) -> str:
    """The set a recording of this kind is counted in."""
    found = (name for word, name in tables()["sets"].items() if word in kind.lower())
    return next(found, "other")


def _read_out(number: re.Match[str]) -> str:
    money, digits, ordinal, percent = number.groups()
    spoken = _spoken(digits.replace(",", ""), ordinal or "", "," not in digits and not money)
    return f" {spoken} {_MONEY.get(money, '')} {'percent' if percent else ''} "


@cache
def _spoken(digits: str, ordinal: str, year: bool) -> str:
    """A number in words. Four digits without a comma are read in pairs, as years are."""
    reader = _reader()
    if year and not ordinal and re.fullmatch(r"1[1-9]\d\d|20[1-9]\d", digits):
        head, tail = digits[:2], int(digits[2:])
        last = "hundred" if tail == 0 else f"oh {reader(str(tail))}" if tail < 10 else reader(str(tail))
        return f"{reader(head)} {last}"
    return str(reader(digits + ordinal))


@cache
def _reader() -> Any:
    import inflect

    engine: Any = inflect.engine()
    return lambda digits: str(engine.number_to_words(digits, andword=""))


# --- errors -----------------------------------------------------------------------------------------------


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Substitutions, deletions and insertions between two lists of plain words."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(list(said), list(heard))


def aligned(said: Sequence[str], heard: Sequence[str]) -> list[str]:
    """The words that were heard where they were said."""
    from rapidfuzz.distance import Levenshtein

    steps = Levenshtein.opcodes(list(said), list(heard))
    return [word for step in steps if step.tag == "equal" for word in said[step.src_start : step.src_end]]


@dataclass(frozen=True)
class Score:
    """Errors among the words of one recording."""

    errors: int
    words: int


def summed(scores: Sequence[Score]) -> dict[str, Any]:
    """Words, errors, their ratio, its 95 % interval (None for fewer than three recordings), as plain
    values."""
    errors, words = sum(score.errors for score in scores), sum(score.words for score in scores)
    return {
        "recordings": len(scores),
        "words": words,
        "errors": errors,
        "wer": errors / words if words else 0.0,
        "interval": _interval(scores),
    }


def _interval(scores: Sequence[Score]) -> list[float] | None:
    """Bootstrap over whole recordings, since errors of one recording depend on each other (Bisani and Ney
    2004, "Bootstrap estimates for confidence intervals in ASR performance evaluation")."""
    if len(scores) < 3:
        return None
    table = np.array([(score.errors, score.words) for score in scores])
    drawn = np.random.default_rng(0).integers(0, len(scores), (RESAMPLED, len(scores)))
    errors, words = table[drawn].sum(axis=1).T
    low, high = np.quantile(errors / np.maximum(words, 1), (0.025, 0.975))
    return [float(low), float(high)]


def share_interval(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share of independent cases (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share, width = hits / count, z * z / count
    middle = (share + width / 2) / (1 + width)
    half = z * float(np.sqrt(share * (1 - share) / count + width / count / 4)) / (1 + width)
    return max(0.0, middle - half), min(1.0, middle + half)


# --- doubt ------------------------------------------------------------------------------------------------


def judged(said: Sequence[str], heard: Sequence[HeardWord | Word]) -> list[tuple[float, bool]]:
    """Of each word heard its probability, and whether all of it was said there (by alignment)."""
    from rapidfuzz.distance import Levenshtein

    plain = [plain_words(word.text) for word in heard]
    owners = [at for at, words in enumerate(plain) for _ in words]
    right = [False] * len(owners)
    for step in Levenshtein.opcodes(list(said), [text for words in plain for text in words]):
        if step.tag == "equal":
            right[step.dest_start : step.dest_end] = [True] * (step.dest_end - step.dest_start)
    wrong = {owner for owner, ok in zip(owners, right, strict=True) if not ok}
    return [(heard[at].probability, at not in wrong) for at in dict.fromkeys(owners)]


def reliability(pairs: Sequence[tuple[float, bool]], threshold: float) -> dict[str, Any]:
    """How far a word's probability says whether it is right: a table in tenths, the AUC (None where all words
    are right, or all wrong), and what the threshold makes of it. wrong_found: the share of the wrong words
    that are doubted."""
    p, right = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], dtype=bool)
    doubtful, wrong = p < threshold, ~right
    return {
        "words": len(pairs),
        "wrong": int(wrong.sum()),
        "auc": _auc(p, right) if right.any() and wrong.any() else None,
        "threshold": threshold,
        "doubtful": _share(doubtful),
        "wrong_found": _share(doubtful[wrong]),
        "wrong_among_doubtful": _share(wrong[doubtful]),
        "wrong_among_sure": _share(wrong[~doubtful]),
        "table": _table(p, right),
    }


def _table(p: Any, right: Any) -> list[dict[str, Any]]:
    rows = []
    for at in range(BINS):
        inside = (p >= at / BINS) & ((p < (at + 1) / BINS) | (at == BINS - 1))
        if inside.any():
            mean, share = float(p[inside].mean()), float(right[inside].mean())
            rows.append({"from": at / BINS, "words": int(inside.sum()), "mean": mean, "right": share})
    return rows


def _share(these: Any) -> float | None:
    return float(these.mean()) if len(these) else None


def _auc(p: Any, right: Any) -> float:
    """P(a right word has a higher probability than a wrong one), ties counted half; from mean ranks."""
    _, group, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[group]
    good = int(right.sum())
    bad = len(right) - good
    return float((ranks[right].sum() - good * (good + 1) / 2) / (good * bad))
