"""One thing to keep and one to mend: sentences about the answer, with its own words or with a gap to fill."""

from collections.abc import Sequence

from voice_interviewer.core.feedback.basis import Basis
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.catalogue import lower_first
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD
from voice_interviewer.core.model.feedback import Label, Material, Remark
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.probing.wants import asks_about_past

AVOID_HEARD = 0.6
"""Similarity from which on something that is better left out was said."""
WORDS_PER_S = 2.5
LONG = 2.0
"""An answer of more than so many times its length buries what is in it."""


def keep(question: Question, labels: Sequence[Label], basis: Basis) -> Remark | None:
    """What was heard best, in its own words; None where nothing was surely heard."""
    weights = {f"point:{point.id}": point.weight for point in question.points}
    first = basis.weights.keep_first
    heard = [label for label in labels if label.state == HEARD and label.quote]
    if not heard:
        return None

    def order(label: Label) -> tuple[bool, float, int]:
        rank = first.index(label.id) if label.id in first else len(first)
        return (bool(label.probes), -weights.get(label.id, 1.5 if rank < 3 else 0.5), rank)

    best = min(heard, key=order)
    line = basis.lines.keep_point if best.id.startswith("point:") else basis.lines.keep
    text = line.format(what=_plain(best.id, question, basis))
    return Remark(best.id, text, best.answer, best.quote, best.start, best.end)


def fix(
    material: Material, labels: Sequence[Label], plan: bool, readings: Sequence[Reading], basis: Basis
) -> Remark | None:
    """The one thing that would help most; never from what was only unsure. None where nothing is missing."""
    question = material.question
    if plan and asks_about_past(question):
        return Remark("example", basis.lines.plan, say=basis.lines.say_example)
    missing = {label.id: label for label in labels if label.state == NOT_HEARD}
    wanted: list[str] = [slot for slot in basis.weights.mend_first if slot in missing]
    wanted += [label.id for label in labels if label.needed and label.id in missing]
    heavy = sorted(question.points, key=lambda point: -point.weight)
    wanted += [f"point:{point.id}" for point in heavy if f"point:{point.id}" in missing and point.weight >= 2]
    if not wanted:
        said = _better_left_out(material, readings, basis)
        if said is not None:
            return said
        words = sum(len(each.answer.words) for each in material.exchanges)
        if words > LONG * WORDS_PER_S * question.target_s:
            return Remark("length", basis.lines.too_long)
        wanted = [label.id for label in labels if label.id in missing]
    return _missing(wanted[0], question, basis) if wanted else None


def _missing(slot: str, question: Question, basis: Basis) -> Remark:
    text = basis.lines.not_heard.format(what=_plain(slot, question, basis))
    say = basis.lines.say_point if slot.startswith("point:") else basis.say.get(slot)
    return Remark(slot, text, say=say)


def _better_left_out(material: Material, readings: Sequence[Reading], basis: Basis) -> Remark | None:
    for at, reading in enumerate(readings):
        for number, row in enumerate(reading.avoid if reading is not None else ()):
            best = max(range(len(row)), key=row.__getitem__, default=None)
            if best is None or row[best] < AVOID_HEARD:
                continue
            unit, answer = reading.units[best], material.exchanges[at].answer
            if any(answer.doubtful(material.doubt_threshold)[answer.text[: unit.start].count(" ") :][:8]):
                continue
            what = material.question.avoid[number].text
            text = basis.lines.better_left_out.format(what=lower_first(what))
            return Remark(f"avoid:{number}", text, at, unit.text, unit.start, unit.end)
    return None


def _plain(slot: str, question: Question, basis: Basis) -> str:
    name = next((p.text for p in question.points if f"point:{p.id}" == slot), None)
    return lower_first(name or basis.catalogue.slot_label(slot))
