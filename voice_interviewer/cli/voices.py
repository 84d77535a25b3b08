"""`voices`: what the interviewer can sound like, and a sample of it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_audio.voices import close
from voice_interviewer.content.personas import load_persona, persona_names
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_audio.ports import Sound

SAMPLE = "Hello, and welcome. Tell me about a decision that you would make differently today."


@click.group(invoke_without_command=True)
@click.pass_context
def voices(ctx: click.Context) -> None:
    """List the interviewer's voices; `voices play NAME` lets you hear one."""
    if ctx.invoked_subcommand is None:
        _print_list()


@voices.command()
@click.argument("name")
@click.option("--to", "to", metavar="FILE.wav", help="Write the sample into a file instead of playing it.")
@click.option(
    "--words-per-minute", type=click.IntRange(60, 400), help="How fast; the settings' pace if not given."
)
@click.option("--speaker", help="Number or part of the name of the loudspeaker.")
@click.option("--text", default=SAMPLE, help="What is said instead of the sample.")
def play(name: str, to: str | None, words_per_minute: int | None, speaker: str | None, text: str) -> None:
    """Hear NAME say a sample."""
    config = load_config({"voice": name, "words_per_minute": words_per_minute, "speaker": speaker})
    if not text.strip():
        raise UsageProblem("text", "There is nothing to say.", "Give --text some words, or leave it out.")
    sound = _rendered(name, text, config.voice.words_per_minute)
    if to is None:
        _play(sound, config.devices.speaker)
    else:
        _write(sound, Path(to))
        click.echo(f"{to}: {sound.duration_ms / 1000:.1f} s of {name}")


def _print_list() -> None:
    from voice_interviewer.live.voices import SYSTEM, chosen_name, kokoro_model, named_voices

    config = load_config()
    used = chosen_name(config.voice.engine, config.persona)
    of = {
        name: [each for each in persona_names() if load_persona(each).voice == name]
        for name in named_voices()
    }
    for name, voice in named_voices().items():
        notes = [
            *(f"the {persona} interviewer's" for persona in of[name]),
            *(["will be used"] * (name == used)),
        ]
        click.echo(f"{name:<10}{voice.about}{''.join(f' [{note}]' for note in notes)}")
    click.echo(f"{SYSTEM:<10}what the system has{' [will be used]' if used == SYSTEM else ''}")
    if not kokoro_model().is_file():
        click.echo(
            f"Only {SYSTEM} can speak yet: the weights of the others are not in {kokoro_model().parent}."
        )
    click.echo("Hear one with `voice-interviewer voices play NAME`, choose it with --voice NAME.")


def _rendered(name: str, text: str, words_per_minute: int) -> "Sound":
    """Said by just that voice. Raises UsageProblem for one there is not, ModelProblem for one that cannot."""
    from voice_interviewer.live.voices import SYSTEM, chosen_name, kept_by_sentence, load_kokoro, system_voice

    name = chosen_name(name, load_config().persona)
    voice = system_voice() if name == SYSTEM else kept_by_sentence(load_kokoro(name))
    try:
        return voice.render(text, words_per_minute)
    finally:
        close(voice)


def _play(sound: "Sound", wanted: str) -> None:
    from voice_audio.devices import find_device, quiet_stderr
    from voice_audio.speaker import DeviceSpeaker

    with quiet_stderr():
        speaker = DeviceSpeaker(find_device(wanted or None, "output"))
        try:
            speaker.play(sound)
            while speaker.playing():
                time.sleep(0.05)
        finally:
            speaker.close()


def _write(sound: "Sound", path: Path) -> None:
    """Raises UsageProblem for a place that cannot be written to."""
    import soundfile

    try:
        with path.open("wb") as file:
            soundfile.write(file, sound.samples, sound.rate_hz, format="WAV", subtype="PCM_16")
    except OSError as error:
        raise UsageProblem(
            "to", f"{path} cannot be written: {error.strerror}", "Name another file."
        ) from None
