"""`sessions list|show|delete`: what has been recorded on this machine."""

from pathlib import Path

import click


@click.group()
def sessions() -> None:
    """List, show and delete recorded interviews. SESSION is an id, the beginning of one, or "last"."""


@sessions.command("list")
def list_() -> None:
    """All sessions, newest first."""
    from voice_interviewer.config import sessions_dir
    from voice_interviewer.store.library import list_sessions

    found = list_sessions(sessions_dir())
    if not found:
        click.echo(f"No sessions yet in {sessions_dir()}. `voice-interviewer practice` records one.")
        return
    for entry in found:
        length = f"{entry.duration_s / 60:5.1f} min" if entry.duration_s else "    -    "
        size = f"{entry.size_bytes / 1e6:6.1f} MB"
        click.echo(f"{entry.id}  {length}  {size}  {entry.state}{_demo(entry.path)}")


def _demo(folder: Path) -> str:
    """What marks a session in which no person answered."""
    from voice_interviewer.errors import RecordProblem
    from voice_interviewer.store.log import SessionFolder

    try:
        return "  demo" if SessionFolder(folder).read_about().get("persona") else ""
    except RecordProblem:
        return ""


@sessions.command()
@click.argument("session", default="last")
def show(session: str) -> None:
    """The dialogue and the findings of one session, as text; writes its report anew."""
    from voice_interviewer.config import sessions_dir
    from voice_interviewer.review.report import write_reports
    from voice_interviewer.store.library import find_session

    folder = sessions_dir() / find_session(sessions_dir(), session).id
    paths = write_reports(folder)
    click.echo(paths.markdown.read_text(encoding="utf-8"))
    click.echo(f"Review  {paths.html}")


@sessions.command()
@click.argument("session")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(session: str, yes: bool) -> None:
    """Remove a session's sound and text from this machine. There is no way back."""
    from voice_interviewer.config import sessions_dir
    from voice_interviewer.store.library import delete_session, find_session

    entry = find_session(sessions_dir(), session)
    if not yes:
        click.confirm(f"Delete {entry.id} ({entry.size_bytes / 1e6:.1f} MB) for good?", abort=True)
    freed = delete_session(sessions_dir(), entry.id)
    click.echo(f"Deleted {entry.id}: {freed / 1e6:.1f} MB freed.")
