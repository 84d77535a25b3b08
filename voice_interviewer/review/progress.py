"""The page about progress: one file with everything in it, as the report's is, by the same strict policy.

The plots are uPlot's (vendored in static/uplot, MIT); beside each group of them stands the table it was drawn
from, so that nothing is told by a plot alone.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.learning.drills import FAMILY
from voice_interviewer.core.learning.progress import (
    QUIET_WPM,
    Attempt,
    FamilyProgress,
    Progress,
    Tally,
    Track,
    family_label,
    progress_of,
    trend,
)

__all__ = [
    "day",
    "drill_command",
    "progress_of",
    "render_progress",
    "shown_label",
    "shown_trend",
    "tally_text",
]


@dataclass(frozen=True)
class Plot:
    """One small plot. kind: "shares", "pace", "counts" or "gap"; data: what it is drawn from, as JSON;
    told: the same in words."""

    kind: str
    label: str
    trend: str
    data: str
    told: str


@dataclass(frozen=True)
class Row:
    """One line of a table: a cell for each session; tone: of each cell, for its mark."""

    label: str
    cells: tuple[tuple[str, str], ...]
    trend: str = ""


@dataclass(frozen=True)
class Group:
    """Plots of one kind of thing and their table."""

    title: str
    note: str
    plots: tuple[Plot, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """One family as shown. sessions: (id, day, level, whether a drill)."""

    anchor: str
    label: str
    sub: str
    sessions: tuple[tuple[str, str, str, bool], ...]
    groups: tuple[Group, ...]
    command: str


def render_progress(progress: Progress, live: bool, token: str = "") -> str:
    """The whole page. live: served by the web app, so that sessions can be opened from it. The token is not
    needed in any address (the app keeps it in a cookie) and never stands in the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("voice_interviewer.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _asset("static", "uplot", "uPlot.min.css") + _asset("templates", "progress.css")
    script = _asset("static", "uplot", "uPlot.iife.min.js") + "\n" + _asset("templates", "progress.js")
    once = [family for family in progress.families if not family.comparable]
    page: str = environment.get_template("progress.html.j2").render(
        live=live,
        sections=[_section(number, each) for number, each in enumerate(progress.comparable, 1)],
        once=[(shown_label(each), drill_command(each)) for each in once],
        sessions=progress.sessions,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
    )
    return page


def day(started: str | None, year: bool = False) -> str:
    """Such as "23 Nov"; empty where it is not known."""
    try:
        moment = datetime.fromisoformat(started or "")
    except ValueError:
        return ""
    return f"{moment.day} {moment:%b %Y}" if year else f"{moment.day} {moment:%b}"


def drill_command(family: FamilyProgress) -> str:
    """The drill of that family, as one would type it."""
    latest = family.attempts[-1]
    if family.family.startswith(FAMILY):
        what = f"--move {family.family.removeprefix(FAMILY)}"
    else:
        what = f"--question {latest.questions[-1]}"
    return f"voice-interviewer drill {what} --after {latest.session}"


def tally_text(tally: Tally | None) -> str:
    """A cell in words."""
    if tally is None or not (tally.of or tally.unsure):
        return load_review_words().outcomes.not_looked_at
    words = [load_review_words().tally[name] for name in _OUTCOMES]
    if tally.of + tally.unsure == 1:
        return next(text for text, count in zip(words, _counts(tally), strict=True) if count)
    told = [f"{count} {text}" for text, count in zip(words, _counts(tally), strict=True) if count]
    return ", ".join(told)


_OUTCOMES = ("at_once", "after_probe", "not_heard", "unsure")
_TONES = ("once", "after", "not", "unsure")


def shown_label(family: FamilyProgress) -> str:
    """The question of that family, or what its drill asks for."""
    return family_label(family, load_catalogue(), load_review_words().drill)


def shown_trend(track: Track) -> str:
    """First against latest in plain words; empty where there is nothing to say."""
    return load_review_words().trends.get(trend(track), "")


def _counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.at_once, tally.after_probe, tally.not_heard, tally.unsure


def _tone(tally: Tally | None) -> str:
    """The mark of a cell: what happened most."""
    if tally is None or not any(_counts(tally)):
        return "none"
    return max(zip(_counts(tally), _TONES, strict=True), key=lambda each: each[0])[1]


def _section(number: int, family: FamilyProgress) -> Section:
    attempts, words = family.attempts, load_review_words().progress
    days = [day(attempt.started, year=True) for attempt in (attempts[0], attempts[-1])]
    sub = f"{len(attempts)} sessions" + (f", {days[0]} to {days[1]}" if all(days) else "")
    sessions = tuple(
        (each.session, day(each.started) or each.session[:10], each.level, each.drill) for each in attempts
    )
    groups = [
        _tracks(family, "slot", words["slots"], words["slots_note"]),
        _tracks(family, "point", words["points"], ""),
        _tracks(family, "skill", words["skills"], words["skills_note"]),
        _course(family),
    ]
    return Section(
        anchor=f"question-{number}",
        label=shown_label(family),
        sub=sub,
        sessions=sessions,
        groups=tuple(group for group in groups if group.rows),
        command=drill_command(family),
    )


def _tracks(family: FamilyProgress, kind: str, title: str, note: str) -> Group:
    """Points are sentences of their own, so their table is enough."""
    tracks = [track for track in family.tracks if track.kind == kind]
    plots = [] if kind == "point" else [_shares(family, track) for track in tracks]
    rows = [
        Row(track.label, tuple((tally_text(each), _tone(each)) for each in track.tallies), shown_trend(track))
        for track in tracks
    ]
    return Group(title, note, tuple(plots), tuple(rows))


def _shares(family: FamilyProgress, track: Track) -> Plot:
    """Bars of three parts; what could not be told leaves a gap."""
    parts: list[tuple[float, float, float] | None] = []
    for tally in track.tallies:
        if tally is None or not tally.of:
            parts.append(None)
            continue
        once, heard = tally.at_once / tally.of, (tally.at_once + tally.after_probe) / tally.of
        parts.append((once, heard, 1.0))
    series = [[each[index] if each else None for each in parts] for index in range(3)]
    told = "; ".join(
        f"{day(attempt.started) or attempt.session}: {tally_text(tally)}"
        for attempt, tally in zip(family.attempts, track.tallies, strict=True)
    )
    return Plot("shares", track.label, shown_trend(track), _json(_days(family.attempts), series), told)


def _course(family: FamilyProgress) -> Group:
    """Follow-ups, the interviewer's own cut-offs, pace and guesses: how it went, not what was said."""
    attempts, words = family.attempts, load_review_words().progress
    lines: list[tuple[str, str, list[int | None]]] = [
        ("counts", words["probes"], [each.probes for each in attempts]),
        ("counts", words["cut_offs"], [each.cut_offs for each in attempts]),
        ("pace", words["pace"], [each.wpm for each in attempts]),
        ("gap", words["gap"], [each.gap for each in attempts]),
    ]
    kept = [each for each in lines if any(value is not None for value in each[2])]
    plots = tuple(_line(attempts, *each) for each in kept if each[0] != "counts" or any(each[2]))
    rows = tuple(
        Row(label, tuple((_value(kind, value), "none") for value in values)) for kind, label, values in kept
    )
    low, high = QUIET_WPM
    return Group(words["course"], words["course_note"].format(low=low, high=high), plots, rows)


def _line(attempts: Sequence[Attempt], kind: str, label: str, values: list[int | None]) -> Plot:
    told = "; ".join(
        f"{day(attempt.started) or attempt.session}: {_value(kind, value)}"
        for attempt, value in zip(attempts, values, strict=True)
    )
    return Plot(kind, label, "", _json(_days(attempts), [values], band=QUIET_WPM), told)


def _value(kind: str, value: int | None) -> str:
    words = load_review_words().progress
    if value is None:
        return words["not_known"]
    if kind != "gap":
        return str(value)
    if value == 0:
        return words["the_same"]
    return words["higher" if value > 0 else "lower"].format(steps=abs(value))


def _days(attempts: Sequence[Attempt]) -> list[str]:
    return [day(each.started) for each in attempts]


def _json(
    days: list[str], series: Sequence[Sequence[float | None]], band: tuple[int, int] | None = None
) -> str:
    return json.dumps({"days": days, "series": series, "band": band})


def _asset(*path: str) -> str:
    return resources.files("voice_interviewer.review").joinpath(*path).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    def name(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"

    parts = {
        "default-src": "'none'",
        "script-src": name(script),
        "style-src": name(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{key} {value}" for key, value in parts.items())
