"""The reader of answers: what each piece of one shows, what could be asked next, and how near it comes to
the points.

One encoder does it all (`encoder`): its heads (`heads`) say what the pieces are and what an interviewer
would do; as a comparer of sentences it says which points a piece is close to (`semantic`).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from voice_interviewer.content.resources import on_disk
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.reading import ORDER, Reading, passed_over
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.reader.encoder import Encoder, shipped
from voice_interviewer.engine.reader.heads import Heads, Turn
from voice_interviewer.engine.reader.semantic import EmbeddingReader, Scorer, told

Row = tuple[float, ...]

OWN_LABELS = {
    "situation": ("situation",),
    "own_action": ("own_action",),
    "team_action": ("team_action",),
    "reasoning": ("reasoning",),
    "result": ("result", "measure"),
    "measure": ("measure",),
    "reflection": ("reflection",),
    "hypothetical": ("hypothetical",),
    "stakeholders": ("stakeholder",),
    "method": ("method",),
    "tradeoff": ("tradeoff",),
}
"""Label of a `Reading` -> those of the heads that are it: a figure of what came of it is a result too."""
REQUESTS = {
    "repeat": ("request:repeat",),
    "skip": ("request:skip",),
    "wait": ("request:wait",),
    "finished": ("request:finished",),
    "ask_back": ("request:ask_back", "request:explain"),
    "stop": ("request:stop",),
    "unknown": (),
    ORDER: ("order",),
}
ASIDES = ("vague", "overclaim", "disowned", "taken_back", "off_topic", "none")
"""Labels of the heads that are no evidence of anything wanted; beside them every kind of request."""


class AnswerReader(EmbeddingReader):
    """Implements `engine.port.Reader`."""

    def __init__(self, encoder: Encoder, heads: Heads, scorer: Scorer | None) -> None:
        super().__init__(encoder, scorer)
        self._heads = heads

    def read(
        self,
        question: Question,
        asked: str,
        answer: Transcript,
        earlier: Sequence[tuple[str, str]] = (),
        level: str = "mid",
    ) -> Reading:
        """See `engine.port.Reader`."""
        near = super().read(question, asked, answer)
        if not near.units:
            return near
        turn = Turn(asked or question.say, answer.text, question.type, level, tuple(earlier))
        found = self._heads.judge(self.encoder, turn, near.units)
        nothing: Row = (0.0,) * len(near.units)

        def together(names: Sequence[str]) -> Row:
            rows = [found.labels[name] for name in names]
            return tuple(min(1.0, round(sum(values), 4)) for values in zip(*rows, strict=True)) or nothing

        requests = {kind: together(names) for kind, names in REQUESTS.items()}
        over = passed_over(near.units, requests[ORDER])
        whole = found
        if any(over) and not all(over):  # nothing said to the program moves the interviewer
            rest = replace(turn, text=" ".join(told(turn.text, near.units, over).split()))
            whole = self._heads.judge(self.encoder, rest, ())
        labels = {**near.labels, **{name: together(names) for name, names in OWN_LABELS.items()}}
        kinds = [name for name in found.labels if name.startswith("request:")]
        return replace(
            near,
            labels={name: _without(row, over) for name, row in labels.items()},
            points={name: _without(row, over) for name, row in near.points.items()},
            avoid=tuple(_without(row, over) for row in near.avoid),
            asked=_without(near.asked, over),
            requests=requests,
            asides={name.removeprefix("request:"): found.labels[name] for name in (*ASIDES, *kinds)},
            moves=dict(whole.moves),
            level=whole.level,
            judgeable=whole.judgeable,
        )


def _without(row: Row, over: Sequence[bool]) -> Row:
    """The row with nothing for the pieces that were passed over."""
    return tuple(0.0 if out else value for value, out in zip(row, over, strict=True)) if row else row


@cache
def shipped_heads() -> Heads:
    """The heads that come with the program."""
    return Heads(on_disk("configs", "reader"))


def shipped_reader(scorer: Scorer | None) -> AnswerReader:
    return AnswerReader(shipped(), shipped_heads(), scorer)
