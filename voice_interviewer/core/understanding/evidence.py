"""What was heard in an answer: evidence slots and rubric points, each with the words that show it.

A `reading.Reading` says what each piece of the answer is (an act, a result, a reason) and which points it is
close to.
"""

from collections.abc import Iterable, Sequence

from voice_interviewer.core.model.bank import SLOTS, Point, Question
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, RANK, UNSURE, Signal, Slot
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Span, Transcript
from voice_interviewer.core.understanding.clauses import JOINS, clauses
from voice_interviewer.core.understanding.lexicon import PLAIN, PLANNED_ACT, content_stems, fold

QUOTE_WORDS = 16
"""A quote that leads to a follow-up is at most this long, unless the match itself is longer."""
SHOWN_WORDS = 25
"""A quote that shows a slot or a point is at most this long; a longer clause is cut before a conjunction."""
LEAST_SHOWN_WORDS = 8
"""Not cut before this many words, as long as there is another place to cut."""
NEAR = 0.02
"""Pieces whose similarity differs by no more are as near to a point."""
LABEL_HEARD, LABEL_UNSURE = 0.5, 0.3
"""Probabilities of a reading's labels; the classifier is trained to mean just this by them."""

PLAIN_RESULT = 0.65
"""From this probability on, a result is one wherever it stands in the story."""
CUE_CONFIRMED = 0.25
"""From this probability on, a plain cue in the piece makes it sure."""
PLAIN_CUES = frozenset(("own_action", "team_action", "reasoning", "reflection", "measure"))
"""Signals whose cue is nearly always right where it is found ("I called", "because", "next time")."""

_SOURCES = {"situation": "example", "why": "reasoning"}
"""Slots that are heard as another signal."""
_LABEL = {"example": "situation", "why": "reasoning", "approach": "method"}
"""Signals and slots that a reading knows by another name."""
GENERAL = (
    "own_action",
    "team_action",
    "example",
    "hypothetical",
    "result",
    "measure",
    "reasoning",
    "tradeoff",
    "reflection",
)
"""Signals worth hearing in any answer, whatever the question's type."""


# --- signals --------------------------------------------------------------------------------------


def signals(reading: Reading, names: Iterable[str] = GENERAL) -> dict[str, Signal]:
    """Where each named signal (a slot, or one of GENERAL) is heard in the answer that was read."""
    return own_part_first({name: _read(name, reading) for name in names})


def own_part_first(heard: dict[str, Signal]) -> dict[str, Signal]:
    """The same signals, where one "I" in a story of "we" does not yet show the speaker's own part."""
    own, team = heard.get("own_action"), heard.get("team_action")
    if own and team and own.sure and team.sure and len(own.matches) == 1 and len(team.matches) >= 3:
        return {**heard, "own_action": Signal(own.id, False, own.matches)}
    return heard


def together(first: dict[str, Signal], then: dict[str, Signal]) -> dict[str, Signal]:
    """Two answers' signals as one: the surer state of each, and every match of that state."""
    merged = {}
    for name in first.keys() | then.keys():
        one, other = first.get(name, Signal(name, False)), then.get(name, Signal(name, False))
        both = (one, other) if one.sure == other.sure else (one if one.sure else other,)
        merged[name] = Signal(name, both[0].sure, tuple(m for signal in both for m in signal.matches))
    return own_part_first(merged)


def _read(name: str, reading: Reading) -> Signal:
    """The pieces that are that, the shortest of each place: a clause rather than the sentence around it."""
    row = reading.labels.get(_LABEL.get(name, name), ())
    cue = PLAIN[name] if name in PLAIN_CUES else None
    ends = {index for index, _, _ in endings(reading)} if name == "result" else None
    sure, weak = [], []
    for index, (unit, value) in enumerate(zip(reading.units, row, strict=False)):
        confirmed = value >= CUE_CONFIRMED and cue is not None and cue.search(fold(unit.text)) is not None
        if (value >= LABEL_HEARD or confirmed) and (ends is None or index in ends):
            sure.append((unit.start, unit.end))
        elif value >= LABEL_UNSURE:
            weak.append((unit.start, unit.end))
    places = sure or weak
    inner = [
        (start, end)
        for start, end in places
        if not any((start, end) != other and start <= other[0] and other[1] <= end for other in places)
    ]
    return Signal(name, bool(sure), tuple(sorted(set(inner))))


def endings(reading: Reading) -> list[tuple[int, Span, float]]:
    """The pieces that may tell how it ended (index, piece, probability). What comes before the last thing
    done is a step on the way, unless it is plainly a result."""
    acts = zip(reading.units, reading.labels.get("own_action", ()), strict=False)
    last = max((unit.start for unit, value in acts if value >= LABEL_HEARD), default=0)
    rows = enumerate(zip(reading.units, reading.labels.get("result", ()), strict=False))
    return [(i, unit, value) for i, (unit, value) in rows if value >= PLAIN_RESULT or unit.end > last]


def is_hypothetical(heard: dict[str, Signal]) -> bool:
    """Whether the answer tells what one would or usually does, not what once happened."""
    guesses = len(heard["hypothetical"].matches) if heard["hypothetical"].sure else 0
    acts = sum(len(heard[name].matches) for name in ("own_action", "team_action") if heard[name].sure)
    return guesses > 0 and (guesses > acts if heard["example"].sure else guesses >= acts)


def tells_an_act(transcript: Transcript) -> bool:
    """Whether anything is done, or would be, in however few words ("I'd call them")."""
    folded = fold(transcript.text)
    acts = (PLAIN["own_action"], PLAIN["team_action"], PLANNED_ACT)
    return any(cue.search(folded) for cue in acts)


# --- slots ----------------------------------------------------------------------------------------


def assess(question: Question, transcript: Transcript, reading: Reading) -> tuple[Slot, ...]:
    """One Slot per slot of the question's type, in the order of `bank.SLOTS`, then one per rubric point.

    An unknown type has no slots. Every quote is the text between its offsets.
    """
    names = SLOTS.get(question.type, ())
    pieces = clauses(transcript)
    heard = signals(reading, {*GENERAL, *(_SOURCES.get(name, name) for name in names)})
    slots = [_slot(name, heard[_SOURCES.get(name, name)], transcript, pieces) for name in names]
    return (*slots, *(_read_point(point, reading, transcript, pieces) for point in question.points))


def merge(*answers: Sequence[Slot]) -> dict[str, str]:
    """Slot id -> the best state over several answers to one question."""
    best: dict[str, str] = {}
    for slot in (slot for answer in answers for slot in answer):
        if RANK.get(slot.state, 0) >= RANK.get(best.get(slot.id, NOT_HEARD), 0):
            best[slot.id] = slot.state
    return best


def _slot(name: str, signal: Signal, transcript: Transcript, pieces: Sequence[Span]) -> Slot:
    if not signal.matches:
        return Slot(name, NOT_HEARD)
    start, end = signal.matches[0]
    quote = _shown(transcript, start, max(end, _clause_end(pieces, start, end)))
    return Slot(name, signal.state, quote.text, quote.start, quote.end)


def quote_at(transcript: Transcript, start: int, end: int, pieces: Sequence[Span] | None = None) -> Span:
    """The match at start..end and what follows it in its clause, up to QUOTE_WORDS words in all."""
    pieces = clauses(transcript) if pieces is None else pieces
    limit = _clause_end(pieces, start, end)
    stop = start
    for _ in range(QUOTE_WORDS):
        step = transcript.text.find(" ", stop + 1)
        stop = step if step != -1 else len(transcript.text)
        if stop >= limit:
            break
    return transcript.span(start, max(end, min(stop, limit)))


def _clause_end(pieces: Sequence[Span], start: int, end: int) -> int:
    return next((piece.end for piece in pieces if piece.end > start), end)


def _shown(transcript: Transcript, start: int, end: int, pieces: Sequence[Span] = ()) -> Span:
    """The words at start..end, or as many of the first as a reader takes in at a glance: cut at the last end
    of a clause there, else before the last conjunction, else after SHOWN_WORDS."""
    span = transcript.span(start, end)
    words = span.text.split(" ")
    if len(words) <= SHOWN_WORDS:
        return span
    ends = {piece.end - span.start for piece in pieces}
    lengths = [len(" ".join(words[:count])) for count in range(SHOWN_WORDS + 1)]
    places = range(SHOWN_WORDS, LEAST_SHOWN_WORDS - 1, -1)
    joins = (count for count in places if fold(words[count]).strip(" '") in JOINS)
    count = next((count for count in places if lengths[count] in ends), None) or next(joins, SHOWN_WORDS)
    return transcript.span(span.start, span.start + lengths[count])


def anchors(name: str, transcript: Transcript) -> tuple[tuple[int, int], ...]:
    """Where in the answer the plain words of that slot stand: character spans."""
    phrase = PLAIN.get(_SOURCES.get(name, name))
    return tuple(match.span() for match in phrase.finditer(fold(transcript.text))) if phrase else ()


# --- rubric points --------------------------------------------------------------------------------


def _read_point(point: Point, reading: Reading, transcript: Transcript, pieces: Sequence[Span]) -> Slot:
    """The piece nearest to the point shows it; of a sentence and its clause as near, the clause."""
    name, row = f"point:{point.id}", reading.points.get(point.id, ())
    best = max(row, default=0.0)
    if best < reading.point_unsure:
        return Slot(name, NOT_HEARD)
    near = [unit for unit, value in zip(reading.units, row, strict=True) if value >= best - NEAR]
    unit = min(near, key=lambda unit: unit.end - unit.start)
    quote = _shown(transcript, unit.start, unit.end, pieces)
    return Slot(name, HEARD if best >= reading.point_heard else UNSURE, quote.text, quote.start, quote.end)


def content_words(transcript: Transcript) -> tuple[str, ...]:
    """Stems of the answer's words that carry content; fillers and function words are left out."""
    return content_stems(transcript.text)
