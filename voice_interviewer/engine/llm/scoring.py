"""A language model as judge: it says of each point whether it is there and quotes the words.

The rules go first: what they refuse is not assessed, and what they hear stands wherever the model fails.
Three votes with the points in different orders; where they differ the point is unsure. A quote that does not
stand in the answer is no quote. The level stays `core.feedback.scoring`'s own; the labels say what it lacks.
"""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources.abc import Traversable
from string import Template
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError
from pydantic_core import from_json

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.remarks import load_basis
from voice_interviewer.core.feedback.scoring import labels_of, score_labels
from voice_interviewer.core.model.bank import SLOTS
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, UNSURE
from voice_interviewer.core.model.feedback import Label, Material, Score
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.fillers import fillers
from voice_interviewer.engine.llm.ladder import FIRST_SEED, Request, Server, ServerError
from voice_interviewer.engine.scorer import RulesScorer

VOTES = 3
QUOTED = 90
"""Of 100: a quote has to match the words of the answer so well. A start value, from work on judges that
invent quotes."""
TRIES = 3
"""Requests for one vote: a server may first have to be asked in another form."""
MOST_CHARACTERS = 12_000
_STATE = {"met": HEARD, "partly": UNSURE, "not_found": NOT_HEARD}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "points": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "label": {"type": "string", "enum": list(_STATE)},
                    "quote": {"type": "string"},
                },
                "required": ["id", "label", "quote"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["points"],
    "additionalProperties": False,
}


class _Verdict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    id: StrictStr
    label: Literal["met", "partly", "not_found"]
    quote: StrictStr = ""


class _Vote(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    points: tuple[_Verdict, ...] = Field(max_length=60)


class LlmScorer:
    """Implements `engine.port.Scorer` over the rules. Private questions never leave this machine."""

    def __init__(
        self,
        rules: RulesScorer,
        server: Server,
        name: str,
        prompt: Traversable,
        within_s: float,
        shared: bool,
    ) -> None:
        """name: the model's; within_s: for one vote; shared: questions from somebody's papers may be sent."""
        self._rules, self._server, self._within_s, self._shared = rules, server, within_s, shared
        self._template = Template(prompt.read_text(encoding="utf-8"))
        self._gone = False
        self.tier = name

    def score(self, material: Material) -> Score:
        """See `engine.port.Scorer`."""
        plain = self._rules.score(material)
        private = material.question.private and not self._shared
        if not plain.assessed or private or self._gone:
            return plain
        votes = [vote for number in range(VOTES) if (vote := self._vote(material, number)) is not None]
        if len(votes) < VOTES:
            return plain
        readings = self._rules.readings(material)
        labels = tuple(_label(each, votes, material) for each in labels_of(material, readings))
        return score_labels(material, labels, self.tier, readings, load_basis(), plain.spread)

    def _vote(self, material: Material, number: int) -> _Vote | None:
        """One vote; None where the server fails, which ends asking it for good."""
        if self._gone:
            return None
        messages = [{"role": "user", "content": self._prompt(material, number)}]
        for _ in range(TRIES):
            try:
                pieces = list(self._server.read(messages, self._within_s, Request(), FIRST_SEED + number))
            except ServerError as trouble:
                if trouble.kind != "unsupported":
                    break
                continue
            vote = _vote_in(pieces[-1] if pieces else "")
            if vote is not None and _wanted(material) <= {each.id for each in vote.points}:
                self._server.worked()
                return vote
            self._server.unreadable()
        self._gone = True
        return None

    def _prompt(self, material: Material, number: int) -> str:
        question = material.question
        points = [(slot, load_catalogue().slot_label(slot)) for slot in SLOTS.get(question.type, ())]
        points += [(f"point:{point.id}", point.text) for point in question.points]
        random.Random(f"{question.id}/{number}").shuffle(points)
        return self._template.substitute(
            type=question.type,
            level=material.level,
            question=question.say,
            points="\n".join(f"{name} | {text}" for name, text in points),
            answer="\n".join(line for each in material.exchanges for line in _lines(each.answer)),
        )


def _lines(answer: Transcript) -> list[str]:
    """One piece a line, fillers left out: how it was said is no matter here."""
    left_out = {number for filler in fillers(answer.words) for number in filler.words}
    starts, offset = [], 0
    for word in answer.words:
        starts.append(offset)
        offset += len(word.text) + 1
    lines = []
    for piece in clauses(answer):
        inside = (
            n for n, start in enumerate(starts) if piece.start <= start < piece.end and n not in left_out
        )
        line = " ".join(answer.words[n].text for n in inside)
        lines.append(line.replace("<", "&lt;").replace(">", "&gt;"))
    return [line for line in lines if line]


def _wanted(material: Material) -> set[str]:
    """The ids a vote has to hold."""
    question = material.question
    return {*SLOTS.get(question.type, ()), *(f"point:{point.id}" for point in question.points)}


def _vote_in(text: str) -> _Vote | None:
    """The object in a model's answer, or None where there is no whole one."""
    text = text.rpartition("</think>")[2]
    start = text.find("{")
    while start >= 0:
        with suppress(ValueError, ValidationError, RecursionError):
            return _Vote.model_validate(from_json(text[start : text.rfind("}") + 1]))
        start = text.find("{", start + 1)
    return None


def _label(plain: Label, votes: Sequence[_Vote], material: Material) -> Label:
    """The majority of the votes, each checked against the words; the rules' own words where it has none."""
    checked = [_checked(plain.id, vote, material) for vote in votes]
    counted = Counter(label.state for label in checked)
    state, most = counted.most_common(1)[0]
    quoted = next(
        (label for label in checked if label.state in (state, HEARD, UNSURE) and label.quote), plain
    )
    if most < len(votes) and (most * 2 <= len(votes) or {HEARD, NOT_HEARD} <= counted.keys()):
        return Label(plain.id, UNSURE, *_words(quoted), why="votes differ")
    if state == NOT_HEARD:
        return plain if plain.why else Label(plain.id, NOT_HEARD)  # what may be misheard counts for nothing
    return Label(plain.id, state, *_words(quoted))


def _words(label: Label) -> tuple[int | None, str | None, int | None, int | None, int | None]:
    return label.answer, label.quote, label.start, label.end, label.probes


def _checked(name: str, vote: _Vote, material: Material) -> Label:
    """What one vote says of a point; without words that stand in the answer it was not found."""
    verdict = next((each for each in vote.points if each.id == name), None)
    if verdict is None or verdict.label == "not_found" or len(verdict.quote.split()) < 2:
        return Label(name, NOT_HEARD)
    probes = 0
    for at, exchange in enumerate(material.exchanges):
        probes += at > 0 and exchange.move is not None
        place = _place(verdict.quote, exchange.answer)
        if place is not None:
            start, end = place
            words = exchange.answer.text[start:end]
            return Label(name, _STATE[verdict.label], at, words, start, end, probes)
    return Label(name, NOT_HEARD)


def _place(quote: str, answer: Transcript) -> tuple[int, int] | None:
    """Where those words stand, whole words; None where nothing is like them."""
    from rapidfuzz import fuzz

    if not answer.words or len(quote) > len(answer.text) + 10:
        return None
    found = fuzz.partial_ratio_alignment(quote.lower(), answer.text.lower(), score_cutoff=QUOTED)
    if found is None or found.dest_end <= found.dest_start:
        return None
    span = answer.span(found.dest_start, found.dest_end)
    return span.start, span.end
