"""What is asked before an interview: choices with the last ones as defaults, consent, an unfinished
session."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.app.speech_servers import NOTHING_LEAVES
from voice_interviewer.content.resources import list_banks
from voice_interviewer.core.model.bank import LEVELS
from voice_interviewer.errors import DeviceProblem, UsageProblem
from voice_interviewer.settings.config import Config, load_preferences, sessions_dir

if TYPE_CHECKING:
    from voice_audio.devices import Device
    from voice_interviewer.cli.options import PracticeOptions

KEPT = (
    "Recorded, in one folder on this machine: {what}.",
    "  {folder}",
    "{leaves} `voice-interviewer sessions delete` removes a",
    "session for good.",
)
WHOLE_LIST = 12
"""Devices shown at most; the others can still be named."""


def tell_recording(typed: bool, leaves: str = NOTHING_LEAVES) -> None:
    """What is kept and where. leaves: what is sent to another machine, see speech_servers.leaving."""
    what = "the questions and what you type" if typed else "your voice and its text"
    for line in KEPT:
        click.echo(line.format(what=what, folder=sessions_dir(), leaves=leaves))


def ask_consent(typed: bool, leaves: str = NOTHING_LEAVES) -> None:
    """The consent line, before the first recording ever. Raises click.Abort on a no."""
    tell_recording(typed, leaves)
    click.confirm("Agree and go on?", default=True, abort=True)


def ask_check() -> bool:
    from voice_interviewer.cli.soundcheck import CHECK_S

    return click.confirm(f"A {CHECK_S}-second microphone check first?", default=False)


def ask_choices(options: "PracticeOptions", config: Config) -> "PracticeOptions":
    """Role, level, minutes, how to answer and through which microphone; Enter takes the last choice."""
    choice = config.interview
    roles = [entry.bank.id for entry in list_banks() if not entry.any_role]
    if len(roles) > 1:
        default = choice.role if choice.role in roles else roles[0]
        role = click.prompt("Role", default=default, type=click.Choice(roles))
    else:
        role = roles[0]
        click.echo(f"Role: {role} (the only one there is)")
    level = click.prompt("Level", default=choice.level, type=click.Choice(LEVELS))
    minutes = click.prompt("Minutes", default=choice.minutes, type=click.IntRange(1, 120))
    options = replace(options, role=role, level=level, minutes=minutes)
    return _ask_how(options, config)


def _ask_how(options: "PracticeOptions", config: Config) -> "PracticeOptions":
    """Typed or aloud, and the microphone where there are several."""
    try:
        microphones = _microphones()
    except DeviceProblem as problem:
        click.echo(f"{problem.message}\n  {problem.hint}")
        microphones = []
    if not microphones:
        click.echo("There is no microphone, so you will type your answers.")
        return replace(options, typed=True, for_want=True)
    if not click.confirm("Answer aloud? (no = type)", default=not load_preferences().typed):
        return replace(options, typed=True)
    if options.microphone or len(microphones) == 1:
        return options
    return replace(options, microphone=_ask_microphone(microphones, config.devices.microphone))


def _microphones() -> list["Device"]:
    """Each device once, though several host APIs list it."""
    from voice_audio.devices import list_devices, quiet_stderr

    with quiet_stderr():
        devices = list_devices()
    apis = [device.host_api for device in devices if device.is_default_input]
    found: dict[str, Device] = {}
    for device in sorted(devices, key=lambda device: device.host_api not in apis):
        if device.inputs:
            found.setdefault(device.name, device)
    return list(found.values())


def _ask_microphone(microphones: list["Device"], last: str) -> str:
    """The name of the chosen one; empty for the system's choice."""
    names = [device.name for device in microphones][:WHOLE_LIST]
    click.echo("Microphones:")
    click.echo("  0  the system's choice")
    for number, name in enumerate(names, 1):
        click.echo(f"  {number}  {name}")
    default = next((number for number, name in enumerate(names, 1) if name == last), 0)
    number = click.prompt("Microphone", default=default, type=click.IntRange(0, len(names)))
    return names[number - 1] if number else ""


def agree(options: "PracticeOptions", typed: bool, interactive: bool, leaves: str) -> bool:
    """Consent, before the first recording. True when the person has just been asked; --yes holds for once."""
    if load_preferences().consent_given or options.yes:
        return False
    if not interactive:
        raise UsageProblem(
            "consent", "This interview would be recorded.", "Agree with --yes, or start it in a terminal."
        )
    ask_consent(typed, leaves)
    return True


def offer_unfinished() -> str | None:
    """If a crash left the newest session open, offer to go on. Returns its id, or None to begin a new one."""
    from voice_interviewer.app.interview import newest_open

    entry = newest_open()
    if entry is None:
        return None
    click.echo(f"{entry.id} was not finished ({entry.duration_s / 60:.1f} min recorded).")
    click.echo("  c  continue it    r  close and review it    l  leave it as it is")
    answer = click.prompt("What now", type=click.Choice(["c", "r", "l"]), default="c")
    if answer == "c":
        return entry.id
    if answer == "r":
        close_and_review(entry.path)
    return None


def close_and_review(folder: Path) -> None:
    """End a session that a crash left open, as it is, and say where its review is."""
    from voice_interviewer.app import interview

    click.echo(f"Review  {interview.close_and_review(folder).html}")
