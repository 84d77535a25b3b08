"""Labelled answers as the sentence classifier meets them: cut into units, with and without their results."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.understanding.clauses import units

FOLDER = Path(__file__).parent / "training"
RESULT = "result"
WORD_MS, PAUSE_MS = 300, 600
"""A pause after every sentence, as people make one: without punctuation it is all that ends a sentence."""


@dataclass(frozen=True)
class Sentence:
    text: str
    labels: frozenset[str]


@dataclass(frozen=True)
class Group:
    """The sentences of one person; a story is one answer in its order."""

    occupation: str
    register: str
    story: bool
    sentences: tuple[Sentence, ...]


def read_groups(path: Path) -> tuple[Group, ...]:
    """The groups of a labelled file."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        Group(
            entry["occupation"],
            entry.get("register", "plain"),
            entry.get("told", "story") == "story",
            tuple(Sentence(each["t"], frozenset(each["l"])) for each in entry["sentences"]),
        )
        for entry in entries
    )


def pieces(sentences: Iterable[str]) -> tuple[str, ...]:
    """The units of an answer told in these sentences, with a pause after each."""
    words: list[Word] = []
    clock = 0
    for sentence in sentences:
        for word in sentence.split():
            words.append(Word(word, clock, clock + WORD_MS))
            clock += WORD_MS
        clock += PAUSE_MS
    return tuple(unit.text for unit in units(Transcript(tuple(words))))


@dataclass(frozen=True)
class Answer:
    """One answer: its units, and the units it has left when every sentence with the label is taken out."""

    told: bool
    whole: tuple[str, ...]
    left: tuple[str, ...]


def answers(groups: Sequence[Group], label: str = RESULT) -> tuple[Answer, ...]:
    """The stories among the groups."""
    found = []
    for group in groups:
        if group.story:
            kept = [each.text for each in group.sentences if label not in each.labels]
            whole = [each.text for each in group.sentences]
            found.append(Answer(len(kept) < len(whole), pieces(whole), pieces(kept)))
    return tuple(found)


@dataclass(frozen=True)
class Gate:
    """How well a label is heard in answers, as shares. recall: of those that tell it. false_positives: of
    those that don't, because they never did or because it was taken out. noticed: of those told and heard,
    how many are no longer heard once it is taken out."""

    told: int
    untold: int
    recall: float
    false_positives: float
    noticed: float


def gate(
    cases: Sequence[Answer], score: Callable[[Sequence[str]], Sequence[float]], least: float = 0.5
) -> Gate:
    """score: the label's probability for each unit of one answer."""

    def tells(texts: Sequence[str]) -> bool:
        return any(each >= least for each in score(texts))

    told = [case for case in cases if case.told]
    caught = [case for case in told if tells(case.whole)]
    noticed = [case for case in caught if not tells(case.left)]
    return Gate(
        len(told),
        len(cases) - len(told),
        len(caught) / max(1, len(told)),
        sum(tells(case.left) for case in cases) / max(1, len(cases)),
        len(noticed) / max(1, len(caught)),
    )
