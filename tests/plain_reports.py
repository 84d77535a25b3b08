"""Reports made by hand, in their plain form, for what looks at many of them."""

from typing import Any

from voice_interviewer.core.delivery.answer import Delivery
from voice_interviewer.review.model import (
    SCHEMA_VERSION,
    Answer,
    CutIn,
    Drill,
    Entry,
    Feedback,
    Finding,
    Header,
    QuestionReport,
    Report,
    ReportWord,
    Totals,
    TurnTaking,
)

SLOTS = {
    "situation": "The situation",
    "own_action": "Your own part",
    "reasoning": "Why you did it that way",
    "result": "How it ended",
    "measure": "A number or a measure",
}
LATER = "after a follow-up"


def finding(name: str, state: str, kind: str = "slot", label: str | None = None) -> Finding:
    """state: "at_once", "after_probe", "not_heard", "unsure" or "not_assessed"."""
    label = label or SLOTS.get(name, name)
    if state == "not_assessed":
        return Finding(name, kind, label, "not_heard", assessed=False)
    if state in ("at_once", "after_probe"):
        return Finding(name, kind, label, "heard", when=LATER if state == "after_probe" else "at once")
    return Finding(name, kind, label, state)


def question(
    slots: dict[str, str],
    id: str = "conflict",
    family: str | None = "conflict",
    turns: tuple[int, ...] = (1,),
    wpm: int | None = 140,
    level: int | None = None,
    **more: Any,
) -> QuestionReport:
    """A behavioural question; slots: name -> state, a name with a colon is a point."""
    found = [
        finding(name, state, "point" if name.startswith("point:") else "slot")
        for name, state in slots.items()
    ]
    answers = tuple(
        Answer(turn, "?", "result" if at else None, None, None, "...", False, _delivery(wpm))
        for at, turn in enumerate(turns)
    )
    feedback = None
    if level is not None:
        feedback = Feedback(True, None, level, level, level, "", (), (), (), None, None, "words")
    told: dict[str, Any] = {"text": f"Tell me about a {id} you had.", "skills": ("communication",), **more}
    return QuestionReport(
        id=id,
        kind="core",
        type="behavioural",
        number=1,
        start_ms=0,
        answers=answers,
        findings=tuple(found),
        family=family,
        feedback=feedback,
        **told,
    )


def _delivery(wpm: int | None) -> Delivery:
    return Delivery(words=80, words_per_minute=wpm)


def report(
    day: str,
    *questions: QuestionReport,
    level: str = "senior",
    drill: Drill | None = None,
    persona: str | None = None,
    cut_ins: tuple[int, ...] = (),
    doubtful: float = 0.0,
) -> dict[str, Any]:
    """The session of that day ("2026-11-02"). doubtful: that share of each answer's words is."""
    words = tuple(ReportWord("so", at * 300, at * 300 + 200, at < 50 * doubtful) for at in range(50))
    return Report(
        schema_version=SCHEMA_VERSION,
        session=f"{day}T09-00-00_nurse_{level}",
        header=Header(
            title="Nurse",
            role="nurse",
            level=level,
            minutes=20,
            started=f"{day}T09:00:00+00:00",
            transcriber="whisper",
            voice=None,
            engine="rules",
            tiers=("words",),
            detector=None,
            devices=(),
            doubt_threshold=0.5,
            cannot_judge=(),
            persona=persona,
            drill=drill,
        ),
        totals=Totals(600_000, len(questions), len(questions), 0, 0, 0, None, len(cut_ins)),
        ended="finished",
        ending="",
        dialogue=tuple(
            Entry("candidate", "answer", "so", 0, 1, question=at, turn=1, words=words)
            for at in range(len(questions))
        ),
        questions=questions,
        not_reached=(),
        sound=None,
        unresolved_quotes=0,
        turn_taking=TurnTaking(tuple(CutIn(turn, 1, "key", 700) for turn in cut_ins)),
    ).plain()
