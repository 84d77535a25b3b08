"""Simulated candidates: what each kind of person says to a line of the interviewer, drawn from a seed.

Facts come from the question itself (its example and its exemplars, cut into sentences), the manner from
`text_pools`. A candidate knows what a real one knows: the line just heard and what they said before. Only to
say something fitting, the question behind a follow-up may be looked up.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from text_pools import (
    ABOUT,
    ASIDES,
    BLUFFS,
    BUZZ,
    CIRCLING,
    CLAIMS,
    CLOSING,
    DETAILS,
    DONE,
    EXPLAINED,
    FILLERS,
    INJECTIONS,
    NOTHING,
    REPLIES,
    REQUESTS,
    VAGUE,
)

from voice_interviewer.core.model.bank import Question

PERSONAS = (
    "strong",
    "vague",
    "we-speaker",
    "rambler",
    "bluffer",
    "silent",
    "contradicting",
    "injecting",
    "requesting",
)
WORDS_PER_MINUTE = 150
SHORT_WORDS = 20
SLIPS = 0.01
"""Share of the words with a hesitation, a filler or a repetition before them."""
BREATH_MS, LONG_MS, THOUGHT_MS = (280, 430), (560, 850), (1150, 1320)
"""Pauses: between two sentences, where a piece of sound ends (after every fifth), and of a rambler."""


@dataclass(frozen=True)
class Sentence:
    """One sentence and the silence after it. injected: an instruction to the interviewer, no part of the
    answer."""

    text: str
    pause_ms: int = 0
    injected: bool = False


@dataclass(frozen=True)
class Scene:
    """What a candidate hears. move: None for the question itself; again: the answer was left open for more
    ("take your time")."""

    question: Question
    line: str
    move: str | None
    again: bool = False


Answer = tuple[Sentence, ...]


class Candidate:
    """One person in one interview. The same arguments say the same things."""

    def __init__(self, persona: str, seed: int) -> None:
        self.dice = random.Random(f"{persona}/{seed}")
        self.persona = persona
        self.used: set[str] = set()
        self.asked_for: set[str] = set()
        self.told: set[str] = set()
        """Lines that were answered, not only met with a request."""
        self.claims = [list(side) for side in CLAIMS]
        self.facts = self.dice.sample(range(len(CLAIMS)), 2)

    def answer(self, scene: Scene) -> Answer:
        """What is said; nothing at all is an answer too."""
        if scene.question.type == "closing":
            return self._spoken([self._pick(CLOSING)])
        if scene.again and scene.line in self.told:
            return self._spoken([self._pick(DONE)])
        speak: Callable[[Scene], Answer] = getattr(self, "_" + self.persona.replace("-", "_"))
        said = speak(scene)
        if sum(len(each.text.split()) for each in said) > SHORT_WORDS:
            self.told.add(scene.line)
        return said

    # --- the persons ----------------------------------------------------------------------------------

    def _strong(self, scene: Scene) -> Answer:
        if scene.question.type == "warmup":
            return self._spoken(self._several(ABOUT, 4), slips=SLIPS)
        if scene.move is None or scene.move in ("repeat", "hint"):
            told = self._long_enough(sentences(scene.question.example), scene.question)
            return self._spoken(told, slips=SLIPS)
        return self._spoken(self._fitting(scene), slips=SLIPS)

    def _vague(self, scene: Scene) -> Answer:
        return self._spoken(self._filled(scene, VAGUE), slips=SLIPS)

    def _we_speaker(self, scene: Scene) -> Answer:
        return tuple(replace(each, text=as_we(each.text)) for each in self._strong(scene))

    def _rambler(self, scene: Scene) -> Answer:
        """Three to five minutes, most of it nothing new; half of that to a follow-up."""
        begun = sentences(scene.question.example)[:3] if scene.move is None else self._fitting(scene)[:1]
        words = self.dice.randint(450, 750) // (1 if scene.move is None else 3)
        words = 120 if scene.question.type == "warmup" else words
        told = list(begun)
        while _length(told) < words:
            told.append(self._pick(CIRCLING))
        return self._spoken(told, slips=SLIPS, thought=3)

    def _bluffer(self, scene: Scene) -> Answer:
        return self._spoken(self._filled(scene, (*BLUFFS, *BUZZ)))

    def _silent(self, scene: Scene) -> Answer:
        return self._spoken([self._pick(NOTHING)]) if self.dice.random() < 0.5 else ()

    def _contradicting(self, scene: Scene) -> Answer:
        """A good answer in which something grows, moves or turns round from one question to the next."""
        told = [each.text for each in self._strong(scene)]
        if scene.move == "contradiction":
            told = self._several(EXPLAINED, 2)
        elif scene.move is None and scene.question.type != "warmup":
            side = self.claims[self.facts[self.dice.randrange(2)]]
            told.insert(self.dice.randrange(1, len(told) + 1), side[0])
            side.append(side.pop(0))
        return self._spoken(told)

    def _injecting(self, scene: Scene) -> Answer:
        """The same good answer as ever, with a sentence or two to the interviewer somewhere inside."""
        told = list(self._strong(scene))
        for text in self._several(INJECTIONS, 1 if scene.move else 2):
            if len(told) > 1:
                told.insert(self.dice.randrange(1, len(told)), Sentence(text, self._pause(BREATH_MS), True))
        return tuple(self._breathing(told))

    def _requesting(self, scene: Scene) -> Answer:
        kind = self.dice.choice(("repeat", "think", "skip", "explain", "", ""))
        late = scene.again or scene.move is not None or scene.question.type == "warmup"
        if kind and not (late or scene.question.id in self.asked_for):
            self.asked_for.add(scene.question.id)
            return self._spoken([self._pick(REQUESTS[kind])])
        return self._strong(scene)

    # --- what they say --------------------------------------------------------------------------------

    def _fitting(self, scene: Scene) -> list[str]:
        """An answer to a follow-up: how the point behind it sounds, or what such a request usually gets."""
        behind = [point for point in scene.question.points if point.probe and point.probe in scene.line]
        if behind and behind[0].exemplars:
            return [self._pick(behind[0].exemplars), *self._several(REPLIES["depth"], 4)]
        return self._several(REPLIES.get(scene.move or "", REPLIES["depth"]), 3) + self._several(DETAILS, 2)

    def _long_enough(self, told: list[str], question: Question) -> list[str]:
        """As long as a good answer to this question: details go in where there are too few words."""
        while _length(told) < question.target_s * WORDS_PER_MINUTE // 60:
            told.insert(self.dice.randrange(len(told) + 1), self._pick(DETAILS))
        return told

    def _filled(self, scene: Scene, pool: Sequence[str]) -> list[str]:
        """Sentences of that kind only: somewhat shorter than a good answer, or a fair reply to a
        follow-up."""
        wanted = 75 if scene.move else scene.question.target_s * WORDS_PER_MINUTE // 75
        told: list[str] = []
        while _length(told) < wanted:
            told.append(self._pick(pool))
        return told

    def _pick(self, pool: Sequence[str]) -> str:
        """One that was not said yet, as long as there is one. {n} becomes a number."""
        fresh = [text for text in pool if text not in self.used] or list(pool)
        text = self.dice.choice(fresh)
        self.used.add(text)
        return text.replace("{n}", self.dice.choice(("three", "seven", "twelve", "forty", "ninety")))

    def _several(self, pool: Sequence[str], count: int) -> list[str]:
        return [self._pick(pool) for _ in range(count)]

    def _pause(self, span: tuple[int, int]) -> int:
        return self.dice.randint(*span)

    def _spoken(self, told: Iterable[str], slips: float = 0.0, thought: int = 0) -> Answer:
        """With pauses, and with slips: the share of words that have one before them. thought: after so many
        sentences each comes a longer pause."""
        said = []
        for index, text in enumerate(told):
            span = LONG_MS if index % 5 == 4 else BREATH_MS
            if thought and index % thought == thought - 1:
                span = THOUGHT_MS
            said.append(Sentence(self._slip(text, slips), self._pause(span)))
        return tuple(said)

    def _breathing(self, told: list[Sentence]) -> Iterable[Sentence]:
        """No piece of sound holds nothing but an instruction: only a breath goes before and after it."""
        for index, each in enumerate(told):
            beside = told[max(0, index) : index + 2]
            short = any(other.injected for other in beside)
            yield replace(each, pause_ms=self._pause(BREATH_MS)) if short else each

    def _slip(self, text: str, share: float) -> str:
        words = text.split()
        said: list[str] = []
        for index, word in enumerate(words):
            if index and self.dice.random() < share:
                said.append(self.dice.choice((*FILLERS, words[index - 1].rstrip(".,;:!?"))))
            said.append(word)
        if share and self.dice.random() < share:
            said = [*self.dice.choice(ASIDES).split(), *said]
        return " ".join(said)


def _length(told: Iterable[str]) -> int:
    """In words."""
    return sum(len(text.split()) for text in told)


def sentences(text: str) -> list[str]:
    """Cut after a full stop, a question mark or an exclamation mark that a space follows."""
    return [part for part in re.split(r"(?<=[.?!])\s+", text.strip()) if part]


_AS_WE = {
    "i": "we",
    "i'm": "we're",
    "i'd": "we'd",
    "i've": "we've",
    "i'll": "we'll",
    "my": "our",
    "me": "us",
    "mine": "ours",
    "myself": "ourselves",
    "am": "are",
    "was": "were",
}


def as_we(text: str) -> str:
    """The same told of a group: no "I" is left. "was" turns only beside the "I" it belonged to."""
    words, turned = text.split(), []
    for index, word in enumerate(words):
        bare = word.strip(".,;:!?").lower()
        beside = index > 0 and words[index - 1].lower() == "i"
        other = _AS_WE.get(bare) if bare not in ("am", "was") or beside else None
        if other is None:
            turned.append(word)
            continue
        opens = index == 0 or words[index - 1][-1] in ".?!"
        turned.append(word.lower().replace(bare, other.capitalize() if opens else other))
    return " ".join(turned)
