"""`progress`: how answers to the same question changed from session to session."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.content.toml_file import write_private
from voice_interviewer.core.learning.progress import progress_of
from voice_interviewer.errors import RecordProblem, UsageProblem
from voice_interviewer.review.model import SCHEMA_VERSION
from voice_interviewer.review.progress import day, drill_command, render_progress, shown_label, shown_trend
from voice_interviewer.review.report import build_report
from voice_interviewer.settings.config import home, sessions_dir
from voice_interviewer.store.library import list_sessions

if TYPE_CHECKING:
    from rich.console import Console

    from voice_interviewer.core.learning.progress import FamilyProgress, Progress, Tally

Reports = Callable[[], Iterable[Mapping[str, Any]]]
"""Yields the plain form of every report there is; an index can stand in for `stored_reports`."""
FILE = "progress.html"
_SIGNS = {"at_once": "●", "after_probe": "◐", "not_heard": "○", "unsure": "?"}
_PLAIN_SIGNS = {"at_once": "#", "after_probe": "+", "not_heard": "-", "unsure": "?"}


@click.command()
@click.option("--question", metavar="ID", help="Only the family of this question.")
@click.option("--family", metavar="NAME", help="Only this family of questions.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@click.option("--html", is_flag=True, help=f"Write it as a page, {FILE} in the data folder.")
def progress(question: str | None, family: str | None, as_json: bool, html: bool) -> None:
    """How your answers changed, question by question and one thing at a time. There is no total.

    Only answers to questions of the same family are held against each other.
    """
    if question and family:
        raise UsageProblem("progress", "Name a question or a family, not both.", "One of them is enough.")

    found = _only(progress_of(stored_reports()), question, family)
    if as_json:
        click.echo(json.dumps(found.plain(), ensure_ascii=False))
    elif html:
        click.echo(f"Progress  {write_page(found)}")
        click.echo("          (open it in a browser)")
    else:
        _tell(found, filtered=bool(question or family))


def stored_reports() -> Iterator[dict[str, Any]]:
    """The plain report of every session that can be read, oldest first: as it was written where it is newer
    than the record it was made from, else made anew."""
    for entry in reversed(list_sessions(sessions_dir())):
        if entry.state == "damaged":
            continue
        try:
            yield _stored(entry.path) or _made(entry.path)
        except RecordProblem:
            continue  # `sessions list` tells about what is damaged


def _stored(folder: Path) -> dict[str, Any] | None:
    path = folder / "report.json"
    try:
        written = path.stat().st_mtime_ns
        sources = (folder / name for name in ("events.jsonl", "notes.jsonl", "session.json"))
        if any(source.exists() and source.stat().st_mtime_ns > written for source in sources):
            return None
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(report, dict) and report.get("schema_version") == SCHEMA_VERSION
    return report if whole else None


def _made(folder: Path) -> dict[str, Any]:
    return build_report(folder).plain()


def write_page(found: "Progress") -> Path:
    """progress.html in the data folder. Raises RecordProblem where it cannot be written."""
    path = home() / FILE
    try:
        write_private(path, render_progress(found, live=False))
    except OSError as error:
        raise RecordProblem("disk", f"{path}: cannot be written ({error.strerror})") from error
    return path


def _only(found: "Progress", question: str | None, family: str | None) -> "Progress":
    """What was asked for. Raises UsageProblem, with the nearest name, for what was never answered."""
    if question is None and family is None:
        return found
    of_question = {each: entry.family for entry in found.families for each in _ids(entry)}
    names = of_question if question else {entry.family: entry.family for entry in found.families}
    name = question or family or ""
    if name in names:
        return found.only(names[name])
    what = "question" if question else "family of questions"
    close = difflib.get_close_matches(name, list(names), 1, 0.5)
    hint = f"Did you mean {close[0]}?" if close else "`voice-interviewer progress` shows all there are."
    raise UsageProblem(
        "nothing_practised", f"No answer to a {what} called {name!r} was recorded.", hint
    ) from None


def _ids(family: "FamilyProgress") -> set[str]:
    return {question for attempt in family.attempts for question in attempt.questions}


# --- in the terminal ----------------------------------------------------------------------------------------


def _tell(found: "Progress", filtered: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    signs = _SIGNS if console.encoding.casefold().startswith("utf") else _PLAIN_SIGNS
    if not found.families:
        click.echo("There is nothing to compare yet: no question has been answered so far.")
        click.echo("  `voice-interviewer practice` begins; two answers to one question show what changed.")
        return
    for family in found.comparable:
        _table(console, family, signs)
    once = [family for family in found.families if not family.comparable]
    if once:
        _tell_once(once, filtered or not found.comparable)
    if found.comparable:
        tally = load_review_words().tally
        shown = ", ".join(f"{sign} {tally[name]}" for name, sign in signs.items())
        click.echo(f"{shown}. Oldest first; a fraction counts what was heard at once.")


def _tell_once(once: "list[FamilyProgress]", listed: bool) -> None:
    number = f"{len(once)} question was" if len(once) == 1 else f"{len(once)} questions were"
    click.echo(f"{number} answered in one session so far. A second answer shows what changed:")
    for family in once[: 5 if listed else 1]:
        click.echo(f"  {shown_label(family)}")
        click.echo(f"    {drill_command(family)}")
    click.echo("")


def _table(console: "Console", family: "FamilyProgress", signs: Mapping[str, str]) -> None:
    """One family: a row for each thing listened for, a sign for each session, and how it went."""
    from rich.markup import escape
    from rich.table import Table

    days = [day(each.started, year=True) for each in (family.attempts[0], family.attempts[-1])]
    span = f", {days[0]} to {days[1]}" if all(days) else ""
    title = f"{shown_label(family)}  ({len(family.attempts)} sessions{span})"
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=2, overflow="fold", style="dim")
    for track in family.tracks:
        cells = " ".join(_sign(tally, signs) for tally in track.tallies)
        table.add_row(escape(track.label), escape(cells), shown_trend(track))
    for label, values in _course(family):
        table.add_row(label, " ".join(values), "")
    console.print(f"[bold]{escape(title)}[/bold]")
    console.print(table)
    console.print("")


def _sign(tally: "Tally | None", signs: Mapping[str, str]) -> str:
    if tally is None or not (tally.of or tally.unsure):
        return "."
    if tally.of + tally.unsure == 1:
        return next(sign for name, sign in signs.items() if getattr(tally, name))
    return f"{tally.at_once}/{tally.of}" if tally.of else signs["unsure"]


def _course(family: "FamilyProgress") -> Iterator[tuple[str, list[str]]]:
    """How it went, session by session; what was never known is left out."""
    words = load_review_words().progress
    rows: tuple[tuple[str, list[int | None]], ...] = (
        ("probes", [each.probes for each in family.attempts]),
        ("cut_offs", [each.cut_offs for each in family.attempts]),
        ("pace", [each.wpm for each in family.attempts]),
        ("gap", [each.gap for each in family.attempts]),
    )
    for name, values in rows:
        if any(value is not None for value in values):
            signed = name == "gap"
            yield (
                words[name],
                ["." if each is None else f"{each:+d}" if signed else str(each) for each in values],
            )


__all__ = ["Reports", "progress", "stored_reports", "write_page"]
