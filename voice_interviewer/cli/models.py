"""`voice-interviewer models`: what can listen, understand and speak here, and fetching a model beforehand."""

import importlib.util
from pathlib import Path

import click

from voice_audio.models import KNOWN, cached_model, default_model
from voice_interviewer.errors import UsageProblem

SEMANTIC = "semantic"
"""The name under which the model of meaning is fetched."""


@click.group("models")
def models() -> None:
    """The recognisers, voices and the model of meaning on this machine; download one for offline use."""


@models.command("list")
def list_models() -> None:
    """What is here and what could be fetched. Never connects anywhere."""
    from rich.console import Console
    from rich.table import Table

    from voice_interviewer.engine import minilm

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("kind", "name", "size", "state"):
        table.add_column(heading, no_wrap=True, justify="right" if heading == "size" else "left")
    for model in KNOWN.values():
        state = "here" if cached_model(model.name) else "not downloaded"
        usual = {default_model(gpu=False): " (default)", default_model(gpu=True): " (default with a GPU)"}
        table.add_row("recogniser", model.name, f"~{model.size_mb} MB", state + usual.get(model.name, ""))
    table.add_row("meaning", "words", "", "here (compares words, low accuracy)")
    table.add_row("meaning", SEMANTIC, f"~{minilm.SIZE_MB} MB", _semantic_state())
    table.add_row("voice", "system", "", _state("pyttsx3") + " (pyttsx3)")
    Console(highlight=False, soft_wrap=True).print(table)


def _state(package: str) -> str:
    return "here" if importlib.util.find_spec(package) is not None else "not installed"


def _semantic_state() -> str:
    from voice_interviewer.engine import minilm
    from voice_interviewer.places import semantic_dir

    return "not downloaded" if minilm.missing_files(semantic_dir()) else "here (default)"


@models.command("download")
@click.argument("name")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Another folder, for `semantic` only.")
@click.option("--offline", is_flag=True, envvar="VOICE_INTERVIEWER_OFFLINE", help="Refuse every connection.")
def download_model(name: str, folder: Path | None, offline: bool) -> None:
    """Fetch the model NAME (see `models list`) for later, offline use.

    A Whisper model goes into the Hugging Face cache of this machine, `semantic` into this program's own.
    """
    from voice_interviewer.cli.fetch import fetch, fetch_semantic

    if name == SEMANTIC:
        fetch_semantic(folder, offline)
        return
    if folder is not None:
        raise UsageProblem("to", "--to is for `semantic`; Whisper models have a cache.", "Leave --to away.")
    if name in KNOWN:
        folder = cached_model(name)
        if folder is not None:
            click.echo(f"{name} is already here: {folder}")
            return
        click.echo(f"{name}: about {KNOWN[name].size_mb} MB to download", err=True)
    click.echo(f"{name} is here: {fetch(name, offline)}")
