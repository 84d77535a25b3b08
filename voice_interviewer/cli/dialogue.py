"""What is asked before an interview: choices with the last ones as defaults, consent, an unfinished
session."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from voice_interviewer.config import Config, sessions_dir
from voice_interviewer.core.bank import LEVELS
from voice_interviewer.resources import list_banks

if TYPE_CHECKING:
    from voice_interviewer.cli.practice import Wishes

CONSENT = (
    "This interview is recorded: your voice and the text of it, in one folder on this machine\n"
    "  {folder}\n"
    "Nothing leaves this machine. `voice-interviewer sessions delete` removes a session for good."
)


def ask_consent() -> None:
    """The consent line, before the first recording ever. Raises click.Abort on a no."""
    click.echo(CONSENT.format(folder=sessions_dir()))
    click.confirm("Agree and go on?", default=True, abort=True)


def ask_choices(wishes: "Wishes", config: Config) -> "Wishes":
    """Role, level, minutes and how to answer; Enter takes what was chosen last time."""
    choice = config.interview
    roles = [entry.bank.id for entry in list_banks() if not entry.any_role]
    role = click.prompt("Role", default=choice.role, type=click.Choice(roles)) if len(roles) > 1 else roles[0]
    if len(roles) == 1:
        click.echo(f"Role: {role} (the only one there is)")
    level = click.prompt("Level", default=choice.level, type=click.Choice(LEVELS))
    minutes = click.prompt("Minutes", default=choice.minutes, type=click.IntRange(1, 120))
    voice = click.confirm("Answer aloud? (no = type your answers)", default=True)
    return replace(wishes, role=role, level=level, minutes=minutes, typed=not voice)


def offer_unfinished() -> str | None:
    """If a crash left the newest session open, offer to go on. Returns its id, or None to begin a new one."""
    from voice_interviewer.store.library import list_sessions
    from voice_interviewer.store.recorder import Recorder

    unfinished = [entry for entry in list_sessions(sessions_dir())[:1] if entry.state == "open"]
    if not unfinished:
        return None
    entry = unfinished[0]
    click.echo(f"{entry.id} was not finished ({entry.duration_s / 60:.1f} min recorded).")
    answer = click.prompt(
        "Continue it, close and review it, or leave it", type=click.Choice(["c", "r", "l"]), default="c"
    )
    if answer == "c":
        return entry.id
    if answer == "r":
        from voice_interviewer.review.report import write_reports

        Recorder.resume(entry.path).close()
        click.echo(f"Review  {write_reports(entry.path).html}")
    return None
