"""`voice-interviewer models`: what can listen and speak here, and fetching a Whisper model beforehand."""

import importlib.util

import click

from voice_audio.models import KNOWN, cached_model, default_model


@click.group("models")
def models() -> None:
    """The recognisers and voices on this machine; download a Whisper model for later, offline use."""


@models.command("list")
def list_models() -> None:
    """What is here and what could be fetched. Never connects anywhere."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("kind", "name", "size", "state"):
        table.add_column(heading, no_wrap=True, justify="right" if heading == "size" else "left")
    table.add_row("recogniser", "embedded", "", _state("pocketsphinx") + " (pocketsphinx, low accuracy)")
    for model in KNOWN.values():
        state = "here" if cached_model(model.name) else "not downloaded"
        usual = {default_model(gpu=False): " (default)", default_model(gpu=True): " (default with a GPU)"}
        table.add_row("recogniser", model.name, f"~{model.size_mb} MB", state + usual.get(model.name, ""))
    table.add_row("voice", "system", "", _state("pyttsx3") + " (pyttsx3)")
    Console(highlight=False, soft_wrap=True).print(table)


def _state(package: str) -> str:
    return "here" if importlib.util.find_spec(package) is not None else "not installed"


@models.command("download")
@click.argument("name")
@click.option("--offline", is_flag=True, envvar="VOICE_INTERVIEWER_OFFLINE", help="Refuse every connection.")
def download_model(name: str, offline: bool) -> None:
    """Fetch the Whisper model NAME (see `models list`) into the Hugging Face cache of this machine."""
    from voice_interviewer.cli.fetch import fetch

    if name in KNOWN:
        folder = cached_model(name)
        if folder is not None:
            click.echo(f"{name} is already here: {folder}")
            return
        click.echo(f"{name}: about {KNOWN[name].size_mb} MB to download", err=True)
    click.echo(f"{name} is here: {fetch(name, offline)}")
