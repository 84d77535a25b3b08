"""report.html: the review of one session as a page, either one file that holds everything or live in the app.

    Report ──html_view──> sections, words with their pauses, tables ──templates/report*.j2──> page
    templates/report*.css, report*.js, static/wavesurfer ──html_assets──> style, scripts, content policy

The file holds text, style, scripts and sound and asks nothing of any network; it reads and plays, and shows
what to type for the rest. The live page fetches its sound from the app and tells it what the reader does.
Everything said is escaped by the template engine. On top of that the page forbids itself, by its own content
policy, any script but those it came with (named by their hash) and any request to another machine.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review import html_view as view
from voice_interviewer.review.html_assets import Assets, assets, policy
from voice_interviewer.review.html_view import Attempt
from voice_interviewer.review.markdown import answer_names, clock, date, lasting, seconds, times, turns
from voice_interviewer.review.model import Report
from voice_interviewer.review.peaks import peaks
from voice_interviewer.review.sound import embed_sound

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Attempt", "Live", "render_html"]


@dataclass(frozen=True)
class Live:
    """The page inside the app. base: the session's address there, without a slash at its end; token: what
    every request that changes something has to show."""

    base: str
    token: str


@dataclass(frozen=True)
class PageSound:
    """The recording as the page gets it. delay_ms: how much later everything sounds than in the record; mp3
    and peaks (JSON) are empty where the app is asked for them."""

    duration_ms: int
    delay_ms: int = 0
    mp3: str = ""
    peaks: str = ""


def render_html(
    report: Report, folder: Path, live: Live | None = None, attempts: tuple[Attempt, ...] = ()
) -> str:
    """The whole page. folder: where `report.sound` lies; what cannot be read is left out, and said so. live:
    None for the file that stands alone. attempts: earlier and later answers to the same questions."""
    from markupsafe import Markup

    sound, trouble = _live_sound(report) if live else _embedded_sound(report, folder)
    parts = assets(sound is not None, report, live.token if live else "")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            live=live,
            sections=view.sections(report),
            attempts=view.by_question(attempts),
            kinds=load_review_words().kinds,
            keyword_states=load_review_words().keywords,
            delivery=view.delivery_table(report),
            style=Markup(parts.style),
            scripts=[Markup(script) for script in parts.scripts],
            nonce=parts.nonce,
            policy=_policy(parts, live, sound),
            sound=sound,
            peaks=Markup(sound.peaks) if sound else "",
            sound_trouble=trouble,
        )
    )


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

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
        "pieces": view.pieces,
        "marks": view.marks,
        "placeholders": view.placeholders,
        "shelled": view.shelled,
        "inside": view.inside,
        "attempt_rows": view.attempt_rows,
    }
    environment.tests["attempted"] = view.attempted
    return environment


def _live_sound(report: Report) -> tuple[PageSound | None, str | None]:
    if report.sound is None:
        return None, "There is no recording of this session."
    return PageSound(report.totals.length_ms), None


def _embedded_sound(report: Report, folder: Path) -> tuple[PageSound | None, str | None]:
    if report.sound is None:
        return None, "There is no recording of this session."
    path = folder / report.sound
    try:
        sound = embed_sound(path)
        outline = _peaks(path) if sound else ""
    except RecordProblem as problem:
        return None, problem.message
    if sound is None:
        return None, "The recording of this session is empty."
    mp3 = base64.b64encode(sound.mp3).decode("ascii")
    return PageSound(sound.duration_ms, sound.delay_ms, mp3, outline), None


def _peaks(path: Path) -> str:
    return json.dumps(peaks(path), separators=(",", ":"))


def _policy(parts: Assets, live: Live | None, sound: PageSound | None) -> str:
    rules: dict[str, Any] = {"media-src": "'self' blob:", "connect-src": "'self'"} if live else {}
    if sound and not live:
        rules["media-src"] = "blob:"
    return policy(parts, rules)
