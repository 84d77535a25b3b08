"""report.html: one file that holds everything, text, style, script and sound; it asks nothing of any network.

Everything said is escaped by the template engine. On top of that the page forbids itself, by its own content
policy, any script or style but the two it came with (named by their hash) and any request to anywhere.
"""

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.labels import KEYWORD_STATES, KINDS
from voice_interviewer.review.markdown import answer_names, clock, date, lasting, seconds, times, turns
from voice_interviewer.review.model import Entry, QuestionReport, Report
from voice_interviewer.review.sound import EmbeddedSound, embed_sound


@dataclass(frozen=True)
class Section:
    """A stretch of the conversation: what stands before the questions, one question, or what stands after."""

    heading: str
    question: QuestionReport | None
    entries: tuple[Entry, ...]


def render_html(report: Report, folder: Path) -> str:
    """The whole page. folder: where `report.sound` lies; what cannot be read is left out, and said so."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("voice_interviewer.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": clock,
        "date": date,
        "seconds": seconds,
        "lasting": lasting,
        "names": answer_names,
        "times": times,
        "turns": turns,
    }
    style, script = _asset("report.css"), _asset("report.js")
    sound, trouble = _sound(report, folder)
    return environment.get_template("report.html.j2").render(
        report=report,
        sections=sections(report),
        kinds=KINDS,
        keyword_states=KEYWORD_STATES,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        sound=sound,
        sound_trouble=trouble,
        mp3=base64.b64encode(sound.mp3).decode("ascii") if sound else "",
    )


def sections(report: Report) -> tuple[Section, ...]:
    """The dialogue in time order, cut at the questions; an answer taken up again stays with its question."""
    before = [entry for entry in report.dialogue if entry.question is None and entry.kind != "close"]
    after = [entry for entry in report.dialogue if entry.question is None and entry.kind == "close"]
    parts = [Section("Opening", None, tuple(before))] if before else []
    for index, question in enumerate(report.questions):
        entries = tuple(entry for entry in report.dialogue if entry.question == index)
        parts.append(Section(_heading(question), question, entries))
    return tuple([*parts, Section("Close", None, tuple(after))] if after else parts)


def _heading(question: QuestionReport) -> str:
    if question.number is not None:
        return f"Question {question.number}"
    return {"warmup": "Warm-up", "candidate_questions": "Your questions"}.get(question.kind, "Question")


def _sound(report: Report, folder: Path) -> tuple[EmbeddedSound | None, str | None]:
    if report.sound is None:
        return None, "There is no recording of this session."
    try:
        sound = embed_sound(folder / report.sound)
    except RecordProblem as problem:
        return None, problem.message
    return sound, None if sound else "The recording of this session is empty."


def _asset(name: str) -> str:
    return resources.files("voice_interviewer.review").joinpath("templates", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    def name(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"

    parts: dict[str, Any] = {
        "default-src": "'none'",
        "script-src": name(script),
        "style-src": name(style),
        "media-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{key} {value}" for key, value in parts.items())
