"""Fetching models: showing size and progress, saying where it lies, and offering it before an interview."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_audio.models import fetching, is_here
from voice_interviewer.app.recognisers import DOWNLOAD, not_here
from voice_interviewer.errors import Problem
from voice_interviewer.settings.places import models_dir

if TYPE_CHECKING:
    from voice_audio.models import Missing, Model
    from voice_interviewer.settings.config import Config


def place_of(model: "Model") -> Path:
    """The folder of a model on this machine, whether it is there or not."""
    return models_dir() / model.folder


def is_fetched(model: "Model") -> bool:
    """Whether a model is complete in its folder."""
    return is_here(model, models_dir())


def fetch(name: str, offline: bool = False) -> Path:
    """Download the model `name`, showing progress on stderr; its folder. What is here is left alone. Raises
    ModelProblem."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(name, total=None)

        def progress(done: int, total: int | None) -> None:
            bars.update(task, completed=done, total=total)

        told: dict[str, Any] = {"progress": progress, "notice": _notice, "offline": offline}
        return fetching.fetch(name, models_dir(), **told)


def _notice(line: str) -> None:
    click.echo(line, err=True)


# --- before an interview ------------------------------------------------------------------------------------


def make_ready(config: "Config", interactive: bool) -> bool:
    """Before an interview aloud: True when something here, or a configured server, will hear the answers.

    Where nothing will, a person is offered the download, then an interview by typing, which is False. Raises
    ModelProblem when neither is wanted, when nobody can be asked, and for a model that is not one.
    """
    from voice_interviewer.app.build import missing_recogniser

    found = missing_recogniser(config)
    if found is None:
        return True
    problem = not_here(found)
    if not interactive:
        raise problem
    click.echo(f"Nothing here hears speech yet: {problem.message}")
    if offer(found, config.network.offline):
        return True
    if click.confirm("Hold the interview by typing your answers instead?", default=True):
        return False
    raise problem


def offer(missing: "Missing", offline: bool) -> bool:
    """Ask whether to fetch it, do so, and say in one line what went wrong. True when it is here."""
    if offline:
        click.echo(f"{missing.name} is not fetched: --offline is set.", err=True)
        return False
    question = f"Fetch Whisper {missing.name}, about {missing.size_mb} MB, once?"
    if not click.confirm(question, default=True):
        click.echo(f"`{DOWNLOAD} {missing.name}` fetches it later.")
        return False
    try:
        fetch(missing.name)
    except Problem as problem:
        click.echo(problem.message, err=True)
        return False
    sys.stdout.flush()
    return True
