"""The reader of answers: what each piece of one shows, what could be asked next, and how near it comes to
the points.

One encoder does it all (`encoder`): its heads (`heads`) say what the pieces are and what an interviewer
would do; as a comparer of sentences it says which points a piece is close to (`semantic`).
"""

from collections.abc import Sequence
from dataclasses import replace

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.reading import ORDER, ORDER_HEARD, Reading, passed_over
from voice_interviewer.core.model.transcript import Span, Transcript
from voice_interviewer.engine.reader.encoder import Encoder
from voice_interviewer.engine.reader.heads import Heads, Judgement, Turn
from voice_interviewer.engine.reader.semantic import EmbeddingReader, Scorer, told

Row = tuple[float, ...]
EMPTY = Span(0, 0, "", 0, 0)
SUSPECTED = 0.15
"""From this probability on, a piece may be an order: the rest is read without it."""

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

    def __init__(self, encoder: Encoder, heads: Heads, scorer: Scorer, orders: Scorer) -> None:
        """scorer: the slots that the heads do not know; orders: knows orders to the program by words."""
        super().__init__(encoder, scorer)
        self._heads, self._orders = heads, orders

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
        requests = {kind: _together(found, names) for kind, names in REQUESTS.items()}
        known = self._orders.words([unit.text for unit in near.units])[ORDER]
        requests[ORDER] = tuple(map(max, requests[ORDER], map(float, known)))
        over = passed_over(near.units, requests[ORDER])
        suspect = passed_over(near.units, [value + ORDER_HEARD - SUSPECTED for value in requests[ORDER]])
        if any(suspect) and not all(suspect):  # nothing said to the program moves the interviewer
            found = self._without(turn, near.units, suspect)
        labels = {**near.labels, **{name: _together(found, names) for name, names in OWN_LABELS.items()}}
        kinds = [name for name in found.labels if name.startswith("request:")]
        return replace(
            near,
            labels={name: _but(row, over) for name, row in labels.items()},
            points={name: _but(row, over) for name, row in near.points.items()},
            avoid=tuple(_but(row, over) for row in near.avoid),
            asked=_but(near.asked, over),
            requests=requests,
            asides={name.removeprefix("request:"): found.labels[name] for name in (*ASIDES, *kinds)},
            moves=dict(found.moves),
            level=found.level,
            judgeable=found.judgeable,
        )

    def _without(self, turn: Turn, pieces: Sequence[Span], out: Sequence[bool]) -> Judgement:
        """The answer read without some of its pieces. Those show nothing."""
        gone = sorted((piece.start, piece.end) for piece, each in zip(pieces, out, strict=True) if each)

        def moved(at: int) -> int:
            return at - len({place for start, end in gone for place in range(start, min(end, at))})

        kept = [
            replace(piece, start=moved(piece.start), end=moved(piece.end)) if not each else EMPTY
            for piece, each in zip(pieces, out, strict=True)
        ]
        return self._heads.judge(self.encoder, replace(turn, text=told(turn.text, pieces, out)), kept)


def _together(found: Judgement, names: Sequence[str]) -> Row:
    """For each piece how probably it is one of these labels; 0 for none of them."""
    rows = [found.labels[name] for name in names] or [(0.0,) * len(found.labels["none"])]
    return tuple(min(1.0, round(sum(values), 4)) for values in zip(*rows, strict=True))


def _but(row: Row, over: Sequence[bool]) -> Row:
    """The row with nothing for the pieces that were passed over."""
    return tuple(0.0 if out else value for value, out in zip(row, over, strict=True)) if row else row
