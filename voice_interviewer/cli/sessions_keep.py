"""`sessions disk|keep|clean`: how much room sessions take, how long they are meant to stay, and the end."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.cli.sessions_index import open_library
from voice_interviewer.content.toml_file import write_table
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.config import config_file, load_config, sessions_dir
from voice_interviewer.store.deletion import audio_bytes, delete_session
from voice_interviewer.store.index import database_beside
from voice_interviewer.store.retention import overdue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voice_interviewer.store.index import Listed


def kept_for(days: int) -> str:
    """The retention setting, as one would say it."""
    return "for ever" if not days else "for a day" if days == 1 else f"for {days} days"


def reminder(sessions: "Iterable[Listed]", days: int) -> str | None:
    """One line about sessions that are older than they are meant to get; None where there are none."""
    old = overdue(sessions, days, datetime.now().astimezone())
    if not old:
        return None
    size = sum(each.size_bytes for each in old) / 1e6
    which = "1 session is" if len(old) == 1 else f"{len(old)} sessions are"
    told = f"{which} older than {kept_for(days).removeprefix('for ')} ({size:.1f} MB)."
    return f"{told} `voice-interviewer sessions clean` deletes what you no longer want to keep."


@click.command()
def disk() -> None:
    """How much room the sessions take, and what takes it."""
    with open_library() as library:
        listed = library.list()
    pages = sum(_size(each.path / "report.html") for each in listed)
    sound = sum(audio_bytes(each.path) for each in listed) - pages
    text = sum(each.size_bytes for each in listed) - sound - pages
    base = database_beside(sessions_dir())
    index = sum(_size(base.with_name(base.name + end)) for end in ("", "-wal", "-shm"))
    rows = [("Recordings", sound), ("Pages with sound", pages), ("Text", text), ("Index", index)]
    for name, size in (*rows, ("Together", sum(size for _, size in rows))):
        click.echo(f"{name:17}{size / 1e6:9.1f} MB")
    days = load_config().library.keep_days
    click.echo(f"\n{len(listed)} sessions in {sessions_dir()}, kept {kept_for(days)}.")
    told = reminder(listed, days)
    if told:
        click.echo(told)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@click.command()
@click.option("--days", type=click.IntRange(1, 36_500), help="Sessions are meant to stay for so many days.")
@click.option("--forever", is_flag=True, help="Sessions stay until they are deleted.")
def keep(days: int | None, forever: bool) -> None:
    """For how long sessions are meant to stay; without an option, what is set.

    Nothing is ever deleted by itself: `sessions clean` does it, and asks.
    """
    if days and forever:
        raise UsageProblem("keep", "Give --days or --forever, not both.", "One of them is enough.")
    if days or forever:
        load_config()  # a broken file is told about before anything is written
        write_table(config_file(), "library", {"keep_days": days or 0})
    told = kept_for(load_config().library.keep_days)
    click.echo(
        f"Sessions are kept {told}. Nothing is deleted by itself; `voice-interviewer sessions clean` asks."
    )


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean(yes: bool) -> None:
    """Delete the sessions that are older than `sessions keep` says. It shows them and asks first."""
    days = load_config().library.keep_days
    if not days:
        click.echo(
            "Sessions are kept for ever, so none is too old. `voice-interviewer sessions keep --days N`."
        )
        return
    with open_library() as library:
        old = overdue(library.list(), days, datetime.now().astimezone())
    if not old:
        click.echo(f"No session is older than {kept_for(days).removeprefix('for ')}.")
        return
    for each in old:
        click.echo(f"{each.id}  {each.size_bytes / 1e6:6.1f} MB")
    if not yes:
        which = "this session" if len(old) == 1 else f"these {len(old)} sessions"
        click.confirm(f"Delete {which}, sound and text, for good?", abort=True)
    freed = sum(delete_session(sessions_dir(), each.id) for each in old)
    click.echo(f"Deleted {len(old)}: {freed / 1e6:.1f} MB freed.")
