"""A session to take along: one page, Markdown, JSON, or everything in one ZIP; each with or without names.

    html, markdown, json   made from the Report alone (docs/report-schema.json describes the JSON)
    zip                    all three, the recording, session.json, events.jsonl and notes.jsonl

Redacted, it is the three files of the redacted report and nothing else: neither the sound nor the raw record
can be.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from voice_interviewer.errors import RecordProblem, UsageProblem
from voice_interviewer.review.html import render_html
from voice_interviewer.review.markdown import render_markdown
from voice_interviewer.review.model import Report
from voice_interviewer.review.redact import LIMITS, redact
from voice_interviewer.store.log import SessionFolder

SUFFIXES = {"html": ".html", "markdown": ".md", "json": ".json", "zip": ".zip"}
"""Format -> how its files are called."""
_RECORD = ("session.json", "events.jsonl", "notes.jsonl")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Before this a ZIP cannot tell a time. Text is given it, so that the same session gives the same file."""


@dataclass(frozen=True)
class Exported:
    """One session ready to be written. folder: where its record lies."""

    report: Report
    folder: Path
    redacted: bool

    @property
    def name(self) -> str:
        """What its files are called, without an ending."""
        return self.report.session + ("-redacted" if self.redacted else "")


def prepare(report: Report, folder: Path, redacted: bool) -> Exported:
    """A session with everything that is to be left out left out."""
    if not redacted:
        return Exported(report, folder, False)

    return Exported(redact(report), folder, True)


def export_text(exported: Exported, kind: str) -> str:
    """The session as "html" (sound inside), "markdown" or "json"."""
    if kind == "json":
        return json.dumps(exported.report.plain(), ensure_ascii=False, indent=1) + "\n"
    if kind == "markdown":
        return render_markdown(exported.report)
    return render_html(exported.report, exported.folder)


def export_zip(sessions: Iterable[Exported], file: IO[bytes]) -> None:
    """Every session into one ZIP, each in a folder of its own. Raises RecordProblem and OSError."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for each in sessions:
            _add(archive, each)


def write_export(path: Path, write: Callable[[IO[bytes]], object], force: bool = False) -> None:
    """Make `path` in one piece, readable by its owner alone: it is there whole, or as it was before.

    Raises UsageProblem where a file is there already and `force` is not given, RecordProblem where it cannot
    be written.
    """
    temporary = None
    try:
        if path.is_dir():
            raise UsageProblem("output", f"{path} is a folder.", "Give the name of a file in it.")
        if path.exists() and not force:
            raise UsageProblem("output", f"{path} is there already.", "Give another name, or --force.")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path) if force else _move_new(temporary, path)
    except OSError as error:
        hint = "Make room, or name a folder that is there and can be written."
        raise RecordProblem("disk", f"{path}: cannot be written ({error.strerror})", hint) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _move_new(temporary: Path, path: Path) -> None:
    """Never over a file that has come to be meanwhile, where the file system can tell."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise UsageProblem("output", f"{path} is there already.", "Give another name, or --force.") from None
    except OSError:  # no hard links here
        os.replace(temporary, path)


def _add(archive: ZipFile, exported: Exported) -> None:
    top = exported.name
    files = {f"report{SUFFIXES[kind]}": export_text(exported, kind) for kind in ("html", "markdown", "json")}
    notes = ["Redacted: without names and numbers, without the recording and the raw record.", *LIMITS]
    files["README.txt"] = "\n\n".join(notes if exported.redacted else [_README]) + "\n"
    for name, text in sorted(files.items()):
        info = ZipInfo(f"{top}/{name}", _EARLIEST)
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
        archive.writestr(info, text)
    if exported.redacted:
        return
    for name in _RECORD:
        if (exported.folder / name).is_file():
            _add_file(archive, f"{top}/{name}", exported.folder / name, ZIP_DEFLATED)
    audio = SessionFolder(exported.folder).audio
    if audio.is_file() and not audio.is_symlink():
        packed = ZIP_STORED if audio.suffix == ".flac" else ZIP_DEFLATED  # FLAC does not get any smaller
        _add_file(archive, f"{top}/{audio.name}", audio, packed)


_README = """report.html opens in a browser and plays the sound. report.md and report.json hold the same.

dialogue.flac (or .wav): the interviewer on the left, the candidate on the right.
session.json, events.jsonl, notes.jsonl: the record that everything else is made from. Put this folder among
the other sessions and it is one of them again."""


def _add_file(archive: ZipFile, name: str, path: Path, packed: int) -> None:
    """In pieces: a recording can be large."""
    info = ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type, info.external_attr = packed, 0o600 << 16
    try:
        with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except OSError as error:
        raise RecordProblem("unreadable", f"{path}: cannot be read ({error.strerror})") from error
