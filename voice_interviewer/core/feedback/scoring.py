"""From what was heard in an answer to labels, levels and what the next level needs. Pure, and the same for
the same words, to the byte.

    exchanges + readings ──> labels (each with its words) ──┐
                        └──> signals (0..1) ──> value ──────┴──> caps ──> anchor level 1..5

The value is a weighted sum of signals, the level its nearest anchor, the bar a little higher for each
seniority. Then come caps that no amount of talk lifts: nothing concrete, a plan where something that happened
was asked for, and what was taken back. Where there is too little to go by there is no level at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice_interviewer.core.feedback.basis import Basis, Weights
from voice_interviewer.core.feedback.gates import refusal
from voice_interviewer.core.feedback.remarks import fix, keep
from voice_interviewer.core.feedback.retractions import Retraction, retractions
from voice_interviewer.core.feedback.signals import Signals, signals_of
from voice_interviewer.core.model.bank import LEVELS, SLOTS, Question
from voice_interviewer.core.model.catalogue import SPECIFICS
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, RANK, UNSURE, Slot
from voice_interviewer.core.model.feedback import Dimension, Label, Material, Score, Seniority
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.probing.wants import asks_about_past
from voice_interviewer.core.understanding import evidence

LEAST, MOST = 1, 5
PASSES = 3
"""The anchor from which on an answer would do."""
CONCRETE = 0.5
"""Of result and own part: from here on one of them makes an answer concrete; so do several figures in an
answer that tells something, and points and story together."""
DENSE = 0.2
"""Share of its pieces that tell something, under which an answer without figures is talk around it, however
long it goes on."""
MEASURED, MUCH_TOLD, SOMETHING_TOLD = 0.25, 0.4, 0.2
"""From here on a measure, or what is told, makes it concrete on its own, or the figures in it count."""
EMPTY_CAP, PLAN_CAP, RETRACTED_CAP = 2.4, 2.4, 2.4
"""No value above these for an answer without anything concrete, for a plan where a story was asked for, and
for one whose heart was taken back."""
RETRACTION_COSTS = 1.0
"""Each thing taken back costs at least so much."""
HYPOTHETICAL = 0.5
NEEDS = 3
"""How many things are named that the next anchor needs."""


@dataclass(frozen=True)
class _Heard:
    material: Material
    readings: tuple[Reading, ...]
    labels: tuple[Label, ...]
    signals: Signals
    taken_back: tuple[Retraction, ...]
    basis: Basis


def score(
    material: Material, readings: Sequence[Reading], tier: str, basis: Basis, spread: int | None = None
) -> Score:
    """readings: one per exchange. tier and spread are only passed on."""
    reason = refusal(material, readings)
    if reason is not None:
        return Score(False, reason, tier=tier, spread=spread)
    return score_labels(material, labels_of(material, readings), tier, readings, basis, spread)


def score_labels(
    material: Material,
    labels: tuple[Label, ...],
    tier: str,
    readings: Sequence[Reading],
    basis: Basis,
    spread: int | None = None,
) -> Score:
    """The score that follows from given labels: a language model's count as the rules' own would."""
    question = material.question
    texts = [exchange.answer for exchange in material.exchanges]
    taken_back = retractions(texts, readings)
    labels = _needed(_undercut(labels, taken_back), question, material.level, basis.weights)
    signals = signals_of(question, readings)
    heard = _Heard(material, tuple(readings), labels, signals, taken_back, basis)
    value = _capped(_value(signals, basis.weights), heard)
    level = _level(value, material.level, question, basis.weights)
    return Score(
        assessed=True,
        level=level,
        anchor=question.anchors[level - 1] if len(question.anchors) == MOST else "",
        next_needs=_next_needs(labels, question),
        labels=labels,
        dimensions=_dimensions(heard),
        keep=keep(question, labels, basis),
        fix=fix(material, labels, _is_a_plan(heard), readings, basis),
        seniorities=_seniorities(value, labels, question, basis.weights),
        tier=tier,
        spread=spread,
    )


# --- labels -----------------------------------------------------------------------------------------------


def labels_of(material: Material, readings: Sequence[Reading]) -> tuple[Label, ...]:
    """Every slot and point in its best state over the exchanges, with the words of the first that showed
    it."""
    best: dict[str, Label] = {}
    probes = 0
    for at, (exchange, reading) in enumerate(zip(material.exchanges, readings, strict=True)):
        probes += at > 0 and exchange.move is not None
        for slot in evidence.assess(material.question, exchange.answer, reading):
            label = _label(slot, at, probes, material)
            if slot.id not in best or RANK[label.state] > RANK[best[slot.id].state]:
                best[slot.id] = label
    return tuple(best.values())


def _label(slot: Slot, at: int, probes: int, material: Material) -> Label:
    if slot.state == NOT_HEARD or slot.start is None or slot.end is None:
        return Label(slot.id, NOT_HEARD)
    label = Label(slot.id, slot.state, at, slot.quote, slot.start, slot.end, probes)
    if slot.state == HEARD and _misheard(slot, at, material):
        return replace(label, state=UNSURE, why="perhaps misheard")
    return label


def _misheard(slot: Slot, at: int, material: Material) -> bool:
    """Whether half of the words that show it or more may be mis-hearings."""
    answer = material.exchanges[at].answer
    first = answer.text[: slot.start].count(" ")
    flags = answer.doubtful(material.doubt_threshold)[first : first + (slot.quote or "").count(" ") + 1]
    return bool(flags) and 2 * sum(flags) >= len(flags)


def _undercut(labels: tuple[Label, ...], taken_back: tuple[Retraction, ...]) -> tuple[Label, ...]:
    """What was taken back afterwards counts as not heard."""

    def gone(label: Label) -> bool:
        return any(
            label.answer == each.answer
            and label.start is not None
            and each.covers(label.start, label.end or 0)
            for each in taken_back
        )

    return tuple(
        Label(label.id, NOT_HEARD, why="taken back") if label.state != NOT_HEARD and gone(label) else label
        for label in labels
    )


def _needed(labels: tuple[Label, ...], question: Question, level: str, weights: Weights) -> tuple[Label, ...]:
    wanted = needed(question, level, weights)
    return tuple(replace(label, needed=label.id in wanted) for label in labels)


def needed(question: Question, level: str, weights: Weights) -> tuple[str, ...]:
    """What an answer at that seniority cannot do without, most wanted first."""
    rank = LEVELS.index(level) if level in LEVELS else LEVELS.index("mid")
    rows = weights.needed.get(question.type, ())[: rank + 1]
    heavy = [f"point:{point.id}" for point in question.points if point.weight >= 2]
    points = heavy if rank >= LEVELS.index(weights.points_needed_from) else []
    return tuple([slot for row in rows for slot in row] + points)


# --- levels -----------------------------------------------------------------------------------------------


def _value(signals: Signals, weights: Weights) -> float:
    rows = weights.weights.items()
    return weights.base + sum(weight * float(getattr(signals, name)) for name, weight in rows)


def _capped(value: float, heard: _Heard) -> float:
    signals = heard.signals
    if not _is_concrete(signals):
        value = min(value, EMPTY_CAP)
    if _is_a_plan(heard):
        value = min(value, PLAN_CAP)
    if heard.taken_back:
        value = min(value, MOST + 0.4)  # else what is above the highest level would be free to lose
        value -= RETRACTION_COSTS * len(heard.taken_back)
        if any(each.everything for each in heard.taken_back):
            value = min(value, RETRACTED_CAP)
    return value


def _is_concrete(signals: Signals) -> bool:
    """Whether anything in particular is told. A lone figure may be a figure of speech."""
    if signals.own >= CONCRETE:
        return True
    if signals.dense < DENSE and signals.numbers < CONCRETE:
        return False
    if signals.result >= CONCRETE or signals.measure >= MEASURED or signals.told >= MUCH_TOLD:
        return True
    if min(signals.points, signals.slots) >= CONCRETE:
        return True
    return signals.numbers >= CONCRETE and signals.told >= SOMETHING_TOLD


def _is_a_plan(heard: _Heard) -> bool:
    """Whether something that happened was asked for, and what one would do was told."""
    signals = heard.signals
    told = max(signals.own, signals.past) >= CONCRETE
    return asks_about_past(heard.material.question) and signals.hypothetical >= HYPOTHETICAL and not told


def _bar(level: str, question: Question, weights: Weights) -> float:
    """By how much the bar of a seniority is above that of the question's own."""
    own = question.level if question.level in LEVELS else "mid"
    return weights.step * (LEVELS.index(level) - LEVELS.index(own)) if level in LEVELS else 0.0


def _level(value: float, level: str, question: Question, weights: Weights) -> int:
    return min(MOST, max(LEAST, int(value - _bar(level, question, weights) + 0.5)))


def _seniorities(
    value: float, labels: tuple[Label, ...], question: Question, weights: Weights
) -> tuple[Seniority, ...]:
    """The same answer at all six: what is unsure is never held against it."""
    states = {label.id: label.state for label in labels}
    found, passing = [], True
    for level in LEVELS:
        lacks = tuple(each for each in needed(question, level, weights) if states.get(each) == NOT_HEARD)
        passing = passing and not lacks and _level(value, level, question, weights) >= PASSES
        if not passing and not lacks:
            lacks = _next_needs(labels, question) or (SPECIFICS,)
        found.append(Seniority(level, passing, () if passing else lacks))
    return tuple(found)


def _next_needs(labels: tuple[Label, ...], question: Question) -> tuple[str, ...]:
    """Needed ones first, then the heavy points, then the rest; of each, the missing before the unsure."""
    weights = {f"point:{point.id}": point.weight for point in question.points}

    def order(label: Label) -> tuple[bool, bool, float]:
        return (not label.needed, label.state == UNSURE, -weights.get(label.id, 1.5))

    return tuple(label.id for label in sorted(labels, key=order) if label.state != HEARD)[:NEEDS]


# --- dimensions -------------------------------------------------------------------------------------------


def _dimensions(heard: _Heard) -> tuple[Dimension, ...]:
    signals, question, lines = heard.signals, heard.material.question, heard.basis.lines
    points = (
        Dimension("substance", _of(signals.points))
        if question.points
        else Dimension("substance", None, lines.no_points)
    )
    story = (
        Dimension("story", _of(signals.slots))
        if SLOTS.get(question.type)
        else Dimension("story", None, lines.no_story)
    )
    proof = Dimension("proof", _of((signals.result + signals.measure + signals.numbers) / 3))
    return points, story, proof, _follow_ups(heard)


def _of(share: float) -> int:
    return min(MOST, LEAST + int(share * (MOST - LEAST) + 0.5))


def _follow_ups(heard: _Heard) -> Dimension:
    """How many of the follow-ups brought something that had not been heard before."""
    asked = [at for at, each in enumerate(heard.material.exchanges) if at > 0 and each.move is not None]
    if not asked:
        return Dimension("follow_ups", None, heard.basis.lines.no_follow_ups)
    brought = {label.answer for label in heard.labels if label.state == HEARD}
    return Dimension("follow_ups", _of(sum(at in brought for at in asked) / len(asked)))
