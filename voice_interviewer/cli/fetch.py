"""Fetching models: asking once for a better recogniser, showing size and progress, saying where it lies."""

from dataclasses import replace
from pathlib import Path

import click

from voice_audio.models import Missing, download, is_hub_reachable
from voice_interviewer.config import load_preferences, save_preferences
from voice_interviewer.errors import Problem


def fetch(name: str, offline: bool = False) -> Path:
    """Download the Whisper model `name`, showing progress on stderr; returns its folder. Raises
    ModelProblem."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(name, total=None)
        return download(
            name, lambda done, total: bars.update(task, completed=done, total=total), offline=offline
        )


def fetch_semantic(folder: Path | None, offline: bool = False) -> Path:
    """Fetch the model of meaning into `folder`, else into the program's cache, saying on stdout where it
    is. What is already there is kept. Raises ModelProblem."""
    from voice_interviewer.engine import minilm
    from voice_interviewer.places import semantic_dir

    folder = folder or semantic_dir()
    if not minilm.missing_files(folder):
        click.echo(f"semantic is already here: {folder}")
        return folder
    click.echo(f"semantic ({minilm.NAME}): about {minilm.SIZE_MB} MB to download", err=True)
    folder = minilm.install(folder, offline)
    click.echo(f"semantic is here: {folder}")
    return folder


def offer_download(model: Missing, offline: bool) -> bool:
    """On the first practice: fetch the model now, or start with the embedded recogniser? True when it is
    here.

    The answer "start now" is remembered; a hub that cannot be reached is said in one line, after 2 s at most.
    """
    if load_preferences().recogniser == "embedded":
        return False
    if offline or not is_hub_reachable():
        why = "--offline is set" if offline else "the model hub cannot be reached"
        click.echo(
            f"Whisper is not on this machine and {why}.\nStarting with the embedded recogniser.", err=True
        )
        return False
    click.echo(
        f"Whisper {model.name} understands far better. It is about {model.size_mb} MB to download, once."
    )
    if not click.confirm("Fetch it now? (no = start now with the embedded recogniser)", default=True):
        save_preferences(replace(load_preferences(), recogniser="embedded"))
        click.echo(f"`voice-interviewer models download {model.name}` fetches it later.")
        return False
    try:
        fetch(model.name)
    except Problem as problem:
        click.echo(f"{problem.message} Starting with the embedded recogniser.", err=True)
        return False
    return True
