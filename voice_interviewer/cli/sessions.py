"""`sessions`: what has been recorded on this machine, and all that one can do with it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.cli.sessions_export import export
from voice_interviewer.cli.sessions_index import open_library
from voice_interviewer.cli.sessions_keep import clean, disk, keep, reminder
from voice_interviewer.cli.sessions_search import search
from voice_interviewer.errors import RecordProblem, UsageProblem
from voice_interviewer.review.report import build_report, write_reports
from voice_interviewer.settings.config import load_config, sessions_dir
from voice_interviewer.store.deletion import audio_bytes, delete_audio, delete_session
from voice_interviewer.store.library import find_session, list_sessions, summarise
from voice_interviewer.store.notes import MAX_TEXT, Noted, Tagged, add_note

if TYPE_CHECKING:
    from voice_interviewer.store.index import Listed

MAX_TAG = 40
"""Characters of one tag."""


@click.group()
def sessions() -> None:
    """List, show, search, export and delete recorded interviews. SESSION is an id, the beginning of one, or
    "last"."""


@sessions.command("list")
@click.option("--tag", help="Only sessions with this tag.")
def list_(tag: str | None) -> None:
    """All sessions, newest first."""
    folder, days = sessions_dir(), load_config().library.keep_days
    with open_library() as library:
        found = library.list()
    if not found:
        click.echo(f"No sessions yet in {folder}. `voice-interviewer practice` records one.")
        return
    shown = [each for each in found if tag is None or tag in each.tags]
    for entry in shown:
        click.echo(_line(entry))
    which = (
        f"{len(shown)} of {len(found)} sessions" if tag else f"{len(shown)} session{'s' * (len(shown) > 1)}"
    )
    click.echo(f"{which}, {sum(each.size_bytes for each in shown) / 1e6:.1f} MB")
    told = reminder(found, days)
    if told:
        click.echo(told)


def _line(entry: "Listed") -> str:
    length = f"{entry.duration_s / 60:5.1f} min" if entry.duration_s else "    -    "
    about = [entry.state, "demo" if entry.demo else "", f"drill: {entry.drill}" if entry.drill else ""]
    about.append("cannot be read" if entry.trouble and entry.state != "damaged" else "")
    about += [f"#{tag}" for tag in entry.tags]
    told = "  ".join(one_line(each) for each in about if each)
    return f"{entry.id}  {length}  {entry.size_bytes / 1e6:6.1f} MB  {told}"


def one_line(text: str) -> str:
    """What somebody wrote, without anything that moves a terminal's cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@sessions.command()
@click.argument("session", default="last")
def show(session: str) -> None:
    """The dialogue and the findings of one session, as text; writes its report anew."""
    folder = sessions_dir() / find_session(sessions_dir(), session).id
    paths = write_reports(folder)
    click.echo(paths.markdown.read_text(encoding="utf-8"))
    click.echo(f"Review  {paths.html}")


@sessions.command()
@click.argument("session")
@click.argument("tags", nargs=-1, metavar="[TAG]...")
def tag(session: str, tags: tuple[str, ...]) -> None:
    """Give a session these tags, in place of those it had; without any, take them away."""
    wanted = tuple(dict.fromkeys(one_line(each).lstrip("#") for each in tags))
    if len(wanted) > 20 or any(not 0 < len(each) <= MAX_TAG for each in wanted):
        raise UsageProblem(
            "tag", f"At most 20 tags of 1 to {MAX_TAG} characters.", "Give fewer or shorter ones."
        )
    folder = _folder(session)
    add_note(folder, Tagged(tags=wanted))
    click.echo(f"{folder.name}: {' '.join('#' + each for each in wanted) or 'no tags'}")


@sessions.command()
@click.argument("session")
@click.argument("text")
@click.option("--question", metavar="ID", help="About this question of the session alone.")
def note(session: str, text: str, question: str | None) -> None:
    """Write a note of your own into a session, in place of the one before; an empty TEXT takes it away.

    A TEXT of - is read from standard input.
    """
    folder = _folder(session)
    words = sys.stdin.read(MAX_TEXT + 1) if text == "-" else text
    if len(words) > MAX_TEXT:
        raise UsageProblem("note", f"A note has at most {MAX_TEXT} characters.", "Shorten it.")
    if question is not None:
        asked = [each.id for each in build_report(folder).questions]
        if question not in asked:
            hint = f"It asked: {', '.join(asked) or 'nothing'}."
            raise UsageProblem("question", f"{folder.name} has no question {question!r}", hint)
    add_note(folder, Noted(question=question, text=words.strip()))
    click.echo(f"{folder.name}: {'noted' if words.strip() else 'no note'}")


@sessions.command()
@click.argument("session", required=False)
@click.option("--audio", is_flag=True, help="Only its sound; what was said stays as text.")
@click.option("--all-audio", is_flag=True, help="The sound of every session; what was said stays as text.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(session: str | None, audio: bool, all_audio: bool, yes: bool) -> None:
    """Remove a session's sound and text from this machine. There is no way back."""
    if bool(session) == all_audio:
        raise UsageProblem("session", "Name a session, or give --all-audio.", "`sessions list` shows them.")
    root = sessions_dir()
    if all_audio or audio:
        chosen = [root / find_session(root, session).id] if session else [e.path for e in list_sessions(root)]
        _delete_audio(root, chosen, yes)
        return
    assert session is not None
    entry = find_session(root, session)
    if not yes:
        click.confirm(f"Delete {entry.id} ({entry.size_bytes / 1e6:.1f} MB) for good?", abort=True)
    freed = delete_session(root, entry.id)
    click.echo(f"Deleted {entry.id}: {freed / 1e6:.1f} MB freed.")


def _delete_audio(root: Path, folders: list[Path], yes: bool) -> None:
    """Their sound goes; the pages that held it are made anew without. One that may still go on is left alone,
    unless it was named."""
    unfinished = [each for each in folders if len(folders) > 1 and summarise(each).state == "open"]
    folders = [each for each in folders if each not in unfinished]
    size = sum(audio_bytes(each) for each in folders)
    if folders and not yes:
        which = folders[0].name if len(folders) == 1 else f"{len(folders)} sessions"
        click.confirm(f"Delete the sound of {which} ({size / 1e6:.1f} MB) for good?", abort=True)
    freed = 0
    for folder in folders:
        freed += delete_audio(root, folder.name)
        try:
            write_reports(folder)
        except RecordProblem as problem:
            click.echo(f"{folder.name}: no page ({problem.message})", err=True)
    click.echo(
        f"Deleted the sound of {len(folders)}: {freed / 1e6:.1f} MB freed. What was said stays as text."
    )
    if unfinished:
        names = ", ".join(each.name for each in unfinished)
        click.echo(f"Left alone, since they are not finished: {names}")


def _folder(session: str) -> Path:
    return sessions_dir() / find_session(sessions_dir(), session).id


for _command in (search, disk, keep, clean, export):
    sessions.add_command(_command)
