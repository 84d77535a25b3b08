"""What session.json says of a session, and the head of its report."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.fold import Fold
from voice_interviewer.review.model import Drill, Header
from voice_interviewer.store.log import SessionFolder


class DrillOf(BaseModel):
    """What a short session was a drill of."""

    model_config = ConfigDict(extra="ignore")

    question: str | None = None
    move: str | None = None
    after: str | None = None


class About(BaseModel):
    """What the report reads of session.json; everything else in it is left alone."""

    model_config = ConfigDict(extra="ignore")

    title: str | None = None
    role: str | None = None
    level: str | None = None
    minutes: int | None = None
    started: str | None = None
    transcriber: str | None = None
    voice: str | None = None
    engine: str | None = None
    detector: str | None = None
    devices: dict[str, Any] | None = None
    doubt_threshold: float | None = None
    persona: str | None = None
    drill: DrillOf | None = None


def read_about(session: SessionFolder) -> About:
    """Raises RecordProblem when session.json cannot be read."""
    try:
        return About.model_validate(session.read_about())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecordProblem("damaged", f"{session.about}: {where}: {first['msg']}") from error


def header(about: About, folded: Fold, scorers: tuple[str, ...]) -> Header:
    """scorers: who judged the answers."""
    plan = folded.plan
    tiers = {turn.reply.tier for turn in folded.turns.values() if turn.reply}
    devices = ((name, str(value)) for name, value in (about.devices or {}).items() if value is not None)
    return Header(
        title=about.title or (plan.title if plan else "") or about.role or "Practice interview",
        role=about.role or (plan.role if plan else ""),
        level=about.level or (plan.level if plan else ""),
        minutes=about.minutes if about.minutes is not None else (plan.minutes if plan else None),
        started=about.started,
        transcriber=about.transcriber,
        voice=about.voice,
        engine=about.engine,
        tiers=tuple(sorted(tiers)),
        detector=about.detector,
        devices=tuple(devices),
        doubt_threshold=about.doubt_threshold,
        cannot_judge=load_review_words().limits,
        typed=folded.typed,
        persona=about.persona,
        scorer=", ".join(scorers) or None,
        drill=Drill(about.drill.question, about.drill.move, about.drill.after) if about.drill else None,
    )
