"""`voice-interviewer`: the commands, each imported only when it is run, and how problems reach a person."""

import importlib
import sys

import click

from voice_interviewer import __version__
from voice_interviewer.errors import Problem

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Watch a whole interview with a virtual candidate; no microphone needed."),
    "practice": ("practice:practice", "Be interviewed, aloud or by keyboard."),
    "doctor": ("doctor:doctor", "What was found on this machine, what will be used, how to mend the rest."),
    "drill": ("drill:drill", "A few minutes on one question or one skill, before and after."),
    "review": ("review:review", "Hear, see and improve what was said, in the browser."),
    "progress": ("progress:progress", "How your answers changed from session to session."),
    "sessions": ("sessions:sessions", "List, show, search, export and delete recorded interviews."),
    "analyze": ("analyze:analyze", "Make a review of recordings you already have."),
    "questions": ("questions:questions", "List, show and check the questions of a role."),
    "assess": ("assess:assess", "What is heard in a written answer, and what would be asked next."),
    "models": ("models:models", "Recognisers and voices: what is here, what can be downloaded."),
    "voices": ("voices:voices", "List the interviewer's voices and hear one."),
    "selftest": ("selftest:selftest", "How far the feedback can be trusted on this machine."),
    "replay": ("replay:replay", "Check a record: does its log lead to the same decisions again?"),
    "bench": ("bench:bench", "Measure speed and memory on this machine, as ratios."),
}
"""Command -> where it is, and its line in --help. Importing them all would make --help slow."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(f"voice_interviewer.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voice-interviewer")
def cli() -> None:
    """A mock interviewer you talk to. It asks, listens, follows up, and records the session for you.

    Start with `voice-interviewer demo`, then `voice-interviewer practice`. Everything stays on this machine.
    """


def main() -> None:
    """The entry point. Problems end in one line and a hint on stderr; a bug keeps its traceback."""
    try:
        cli.main(standalone_mode=False)
    except Problem as problem:
        _fail(problem.message, problem.hint, problem.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(0)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        asked = f"{context.command_path} --help" if context else "voice-interviewer --help"
        _fail(error.format_message(), f"See `{asked}`.", 2)
    except (click.Abort, KeyboardInterrupt):
        _fail("Stopped.", "", 130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; nobody is left to tell


def _fail(message: str, hint: str, exit_code: int) -> None:
    click.echo(f"voice-interviewer: {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)
    sys.exit(exit_code)
