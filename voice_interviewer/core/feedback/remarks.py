"""One thing to keep and one to mend: sentences about the answer, with its own words or with a gap to fill."""

from collections.abc import Sequence

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD
from voice_interviewer.core.model.feedback import Label, Material, Remark
from voice_interviewer.core.model.labels import slot_label
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.probing.wants import asks_about_past

KEEP_FIRST = (
    "result",
    "measure",
    "own_action",
    "decision",
    "validation",
    "adoption",
    "reflection",
    "tradeoff",
)
"""What is worth keeping most, where nothing of the question's heart was heard."""
AVOID_HEARD = 0.6
"""Similarity from which on something that is better left out was said."""
WORDS_PER_S = 2.5
LONG = 2.0
"""An answer of more than so many times its length buries what is in it."""

SAY = {
    "situation": "It was at [add: where], and what was at stake was [add: what could go wrong].",
    "own_action": "What I did myself was [add: the one step that was yours].",
    "reasoning": "I did it that way because [add: the reason], rather than [add: the other way].",
    "result": "In the end [add: what had changed, and for whom].",
    "measure": "It went from [add: a number before] to [add: a number after].",
    "reflection": "Next time I would [add: the one thing you would do otherwise].",
    "stakeholders": "The people it touches are [add: who], and for them it means [add: what].",
    "first_step": "The first thing I would do is [add: one step for the same day].",
    "method": "I would go about it by [add: the steps, in order].",
    "tradeoff": "What that costs is [add: what is given up], and I would accept it because [add: why].",
    "decision": "I would decide for [add: which way], and [add: who] has the last word.",
    "follow_through": "Afterwards I would look at [add: what, and when].",
    "approach": "I would start by [add: the first step], then [add: the next].",
    "why": "I would choose that because [add: the reason].",
    "constraint": "What limits it is [add: a rule, a time, a budget].",
    "failure_case": "It would fail when [add: the case], and I would see that by [add: the sign].",
    "validation": "I would check it by [add: the test, and what result would be good enough].",
    "goal": "What we wanted to reach was [add: the goal, so that one could tell].",
    "people": "I brought in [add: who], because [add: what they added].",
    "process": "From then on we [add: what was done every time].",
    "adoption": "One could see that it had taken hold when [add: the sign].",
}
EXAMPLE = "Once, at [add: where], [add: what happened]. What I did was [add: your step]."


def keep(question: Question, labels: Sequence[Label]) -> Remark | None:
    """What was heard best, in its own words; None where nothing was surely heard."""
    weights = {f"point:{point.id}": point.weight for point in question.points}
    heard = [label for label in labels if label.state == HEARD and label.quote]
    if not heard:
        return None

    def order(label: Label) -> tuple[bool, float, int]:
        rank = KEEP_FIRST.index(label.id) if label.id in KEEP_FIRST else len(KEEP_FIRST)
        return (bool(label.probes), -weights.get(label.id, 1.5 if rank < 3 else 0.5), rank)

    best = min(heard, key=order)
    what = "a point of the question, " if best.id.startswith("point:") else ""
    text = f"Keep this: {what}{_plain(best.id, question)}."
    return Remark(best.id, text, best.answer, best.quote, best.start, best.end)


def fix(
    material: Material, labels: Sequence[Label], plan: bool, readings: Sequence[Reading]
) -> Remark | None:
    """The one thing that would help most; never from what was only unsure. None where nothing is missing."""
    question = material.question
    if plan and asks_about_past(question):
        return Remark(
            "example", "The question asks for one real case; the answer tells what one would do.", say=EXAMPLE
        )
    missing = {label.id: label for label in labels if label.state == NOT_HEARD}
    wanted: list[str] = [slot for slot in ("own_action", "result", "measure") if slot in missing]
    wanted += [label.id for label in labels if label.needed and label.id in missing]
    heavy = sorted(question.points, key=lambda point: -point.weight)
    wanted += [f"point:{point.id}" for point in heavy if f"point:{point.id}" in missing and point.weight >= 2]
    if not wanted:
        said = _better_left_out(material, readings)
        if said is not None:
            return said
        words = sum(len(each.answer.words) for each in material.exchanges)
        if words > LONG * WORDS_PER_S * question.target_s:
            return Remark("length", "What matters is there; in half the time it would be easier to hear.")
        wanted = [label.id for label in labels if label.id in missing]
    return _missing(wanted[0], question) if wanted else None


def _missing(slot: str, question: Question) -> Remark:
    if slot.startswith("point:"):
        text = f"Not heard: {_plain(slot, question)}."
        return Remark(slot, text, say="[add: one sentence on this, from your own work].")
    return Remark(slot, f"Not heard: {_plain(slot, question)}.", say=SAY.get(slot))


def _better_left_out(material: Material, readings: Sequence[Reading]) -> Remark | None:
    for at, reading in enumerate(readings):
        for number, row in enumerate(reading.avoid if reading is not None else ()):
            best = max(range(len(row)), key=row.__getitem__, default=None)
            if best is None or row[best] < AVOID_HEARD:
                continue
            unit, answer = reading.units[best], material.exchanges[at].answer
            if any(answer.doubtful(material.doubt_threshold)[answer.text[: unit.start].count(" ") :][:8]):
                continue
            what = material.question.avoid[number].text
            text = f"This may be heard as: {what[:1].lower()}{what[1:]}."
            return Remark(f"avoid:{number}", text, at, unit.text, unit.start, unit.end)
    return None


def _plain(slot: str, question: Question) -> str:
    name = next((p.text for p in question.points if f"point:{p.id}" == slot), None) or slot_label(slot)
    return f"{name[:1].lower()}{name[1:]}"
