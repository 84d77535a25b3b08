"""`sessions export`: one session, or all, to take along."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from voice_interviewer.errors import CheckFailed, RecordProblem, UsageProblem
from voice_interviewer.review.export import SUFFIXES, export_text, export_zip, prepare, write_export
from voice_interviewer.review.report import build_report
from voice_interviewer.settings.config import sessions_dir
from voice_interviewer.store.library import find_session, list_sessions

if TYPE_CHECKING:
    from voice_interviewer.review.export import Exported

ALL = "voice-interviewer-sessions"
"""What the ZIP of everything is called."""


@click.command()
@click.argument("session", required=False)
@click.option("--all", "everything", is_flag=True, help="Every session: one ZIP, or one file each.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", "markdown", "json", "zip"]),
    default="html",
    show_default=True,
    help="zip: all of them, the recording and the raw record.",
)
@click.option("--redact", is_flag=True, help="Without names, numbers, addresses and sound; read it through.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File or folder; - for standard output."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def export(
    session: str | None, everything: bool, kind: str, redact: bool, output: Path | None, force: bool
) -> None:
    """Write SESSION (or --all) as a page with its sound, as Markdown, as JSON, or as one ZIP.

    The JSON is described by docs/report-schema.json. A redacted export has no sound, for sound cannot be
    redacted, and no raw record.
    """
    if bool(session) == everything:
        raise UsageProblem(
            "session", "Name a session, or give --all.", "`sessions list` shows what there is."
        )
    damaged: list[str] = []
    ready = _ready(session, redact, damaged)
    if everything:
        written = _write_all(ready, kind, output, redact, force)
        click.echo(f"Wrote {written}.")
    else:
        _write_one(next(ready), kind, output, force)
    if redact:
        from voice_interviewer.review.redact import LIMITS

        click.echo("\n".join(LIMITS), err=True)
    if damaged:
        raise CheckFailed("damaged", f"Left out, since they cannot be read: {', '.join(damaged)}")


def _ready(session: str | None, redact: bool, damaged: list[str]) -> "Iterator[Exported]":
    """The sessions one after the other; with all of them, those that cannot be read are only noted."""
    root = sessions_dir()
    if session is not None:
        folder = root / find_session(root, session).id
        yield prepare(build_report(folder), folder, redact)
        return
    for each in reversed(list_sessions(root)):
        try:
            report = build_report(each.path)
        except RecordProblem:
            damaged.append(each.id)
            continue
        yield prepare(report, each.path, redact)


def _write_one(exported: "Exported", kind: str, output: Path | None, force: bool) -> None:
    if str(output) == "-":
        if kind == "zip":
            raise UsageProblem("output", "A ZIP cannot go to standard output.", "Give -o a file's name.")
        click.echo(export_text(exported, kind), nl=False)
        return
    folder = output if output is not None and output.is_dir() else Path()
    path = output if output is not None and not output.is_dir() else folder / (exported.name + SUFFIXES[kind])
    if kind == "zip":
        write_export(path, lambda file: export_zip([exported], file), force)
    else:
        data = export_text(exported, kind).encode("utf-8")
        write_export(path, partial(_put, data), force)
    click.echo(f"Wrote {path}")


def _write_all(ready: "Iterator[Exported]", kind: str, output: Path | None, redact: bool, force: bool) -> str:
    if kind == "zip":
        path = output or Path(ALL + ("-redacted" if redact else "") + ".zip")
        write_export(path, lambda file: export_zip(ready, file), force)
        return str(path)
    folder = output or Path()
    if not folder.is_dir():
        raise UsageProblem(
            "output", f"{folder} is not a folder.", "With --all, -o names a folder to write into."
        )
    count = 0
    for exported in ready:
        data = export_text(exported, kind).encode("utf-8")
        write_export(folder / (exported.name + SUFFIXES[kind]), partial(_put, data), force)
        count += 1
    return f"{count} files in {folder}"


def _put(data: bytes, file: IO[bytes]) -> None:
    file.write(data)
