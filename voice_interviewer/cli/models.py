"""`voice-interviewer models`: what can listen, understand and speak here, how fast, and fetching it."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_audio.models import CATALOGUE, KNOWN, Missing, find_known
from voice_audio.models.catalogue import Package, known_name
from voice_audio.models.fetching import check
from voice_interviewer.app import recognisers
from voice_interviewer.app.recognisers import keeps_up
from voice_interviewer.cli.fetch import fetch, is_fetched, place_of
from voice_interviewer.errors import CheckFailed, ModelProblem
from voice_interviewer.settings.places import models_dir

if TYPE_CHECKING:
    from voice_audio.models import Model
    from voice_audio.models.speed import Speed


@click.group("models")
def models() -> None:
    """The recognisers, voices and the model of meaning on this machine; fetch them for offline use."""


@models.command("list")
@click.option("--measure", is_flag=True, help="Measure how fast each Whisper here runs, though it is known.")
@click.option("--check", "hashed", is_flag=True, help="Hash every file again, as `models check` does.")
def list_models(measure: bool, hashed: bool) -> None:
    """What is here, its size and how fast it runs here; and what could be fetched. Connects to nothing.

    What an interview contradicted, or was measured on a busy machine, is measured again when it is idle.
    """
    from rich.console import Console
    from rich.table import Table

    here = recognisers.whispers_here()
    again = recognisers.doubtful(here)
    if measure or (again and recognisers.is_idle()):
        _measure(here if measure else again)
        here = recognisers.whispers_here()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("kind", "name", "size", "work/second", "state"):
        right = heading in ("size", "work/second")
        table.add_column(heading, no_wrap=True, justify="right" if right else "left")
    chosen = recognisers.best_here()
    for model in CATALOGUE.values():
        state = _state(model, here)
        if model.name == chosen and model.name in here:
            state += "; listens"
        table.add_row(model.kind, model.name, f"{model.size_mb} MB", _speed(here.get(model.name)), state)
    table.add_row("meaning", "words", "", "", "here (compares words)")
    table.add_row("voice", "system", "", "", _system_voice())
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"\nIn {_models_dir()}")
    if None in here.values():
        console.print("How fast a Whisper runs here: voice-interviewer models list --measure")
    if hashed:
        _check(CATALOGUE)


def _state(model: "Model", here: "dict[str, Speed | None]") -> str:
    if model.name in here and not is_fetched(model):
        return "here (hub's cache)"
    if is_fetched(model):
        return "here"
    package = any(isinstance(source, Package) for source in model.sources)
    return "to fetch: hub, package" if package else "to fetch: hub"


def _speed(speed: "Speed | None") -> str:
    if speed is None:
        return ""
    return f"{speed.safe_rtf:.2f} s{'' if keeps_up(speed) else ', too slow'}"


def _system_voice() -> str:
    there = importlib.util.find_spec("pyttsx3") is not None
    return ("here" if there else "not installed") + " (pyttsx3)"


def _models_dir() -> Path:
    return models_dir()


def _measure(names: Iterable[str]) -> None:
    for name in names:
        click.echo(f"Measuring how fast Whisper {name} runs here ...", err=True)
        try:
            speed = recognisers.measure(name)
        except ModelProblem as problem:
            click.echo(f"{problem.message}\n  {problem.hint}", err=True)
            continue
        able = "keeps up" if recognisers.keeps_up(speed) else "does not keep up"
        busy = "; the machine was busy, so it may be faster" if speed.busy else ""
        click.echo(f"Whisper {name}: {speed.rtf:.2f} s of work a second of speech; {able}{busy}", err=True)


@models.command("download")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--measure/--no-measure", default=True, help="Measure how fast a fetched Whisper runs here.")
@click.option("--offline", is_flag=True, envvar="VOICE_INTERVIEWER_OFFLINE", help="Refuse every connection.")
def download_models(names: tuple[str, ...], measure: bool, offline: bool) -> None:
    """Fetch the models NAME (see `models list`) for later, offline use; without a name, the usual ones.

    The hub or the project's release is asked first, then the package index that pip uses; every file is
    known by its SHA-256. A download that broke off goes on where it was.
    """
    names = _known(names) or recognisers.settings().usual
    problem: ModelProblem | None = None
    for name in names:
        try:
            _download(name, offline)
        except ModelProblem as error:
            if name == names[-1]:
                raise
            problem = error  # the others may be had all the same
            click.echo(f"{error.message}\n  {error.hint}", err=True)
    if measure:
        here = recognisers.whispers_here()
        _measure(name for name in names if name in here and here[name] is None)
    if problem is not None:
        raise problem


def _download(name: str, offline: bool) -> None:
    """Fetch one, saying on stdout where it is; what is already there is kept."""
    model = CATALOGUE[name]
    place, there = place_of(model), is_fetched(model)
    if there or name in recognisers.whispers_here():
        click.echo(f"{name} is already here: {place if there else _elsewhere(name)}")
        return
    click.echo(f"{name} ({model.title}): {model.size_mb} MB to download", err=True)
    click.echo(f"{name} is here: {fetch(name, offline)}")


def _elsewhere(name: str) -> Path:
    found = find_known(KNOWN[name], _models_dir())
    assert not isinstance(found, Missing)
    return found.folder


@models.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def check_models(names: tuple[str, ...]) -> None:
    """Hash every file of the models here again. Ends with 1 when one is not the known file."""
    _check(_known(names) or CATALOGUE)


def _check(names: Iterable[str]) -> None:
    wrong = 0
    for model in (CATALOGUE[name] for name in names):
        if not place_of(model).is_dir():
            continue
        place = place_of(model)
        trouble = check(model, place)
        wrong += trouble is not None
        click.echo(f"{model.name}: {trouble or 'every file is the known one'}  ({place})")
    if wrong:
        what = "1 model is" if wrong == 1 else f"{wrong} models are"
        raise CheckFailed(
            "model_check",
            f"{what} not as published.",
            "Remove the folder and fetch it again: voice-interviewer models download NAME",
        )


@models.command("folder")
@click.argument("name", required=False)
def show_folder(name: str | None) -> None:
    """Print the folder that models are kept in, or that of the model NAME, whether it is there or not.

    VOICE_INTERVIEWER_MODELS moves it.
    """
    click.echo(place_of(CATALOGUE[_known((name,))[0]]) if name else _models_dir())


def _known(names: Iterable[str]) -> tuple[str, ...]:
    """The names as they stand in the catalogue. Raises ModelProblem."""
    found = tuple(known_name(name) for name in names)
    for name in found:
        if name not in CATALOGUE:
            known = f"It is one of: {', '.join(CATALOGUE)}"
            raise ModelProblem("model_unknown", f"no model is called {name!r}.", known)
    return found
