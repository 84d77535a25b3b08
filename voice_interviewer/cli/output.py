"""Where a command's lines go: notices to stderr, what was asked for to stdout."""

import sys
from contextlib import suppress

import click


def tell(line: str) -> None:
    """A notice on stderr, so that piped output stays clean."""
    print(line, file=sys.stderr, flush=True)


def tell_progress(line: str) -> None:
    """What takes a while, on stderr, where a person looks at it."""
    if sys.stderr.isatty():
        tell(line)


def say(line: str) -> None:
    """One line on stdout. An interview goes on when stdout can no longer be written to."""
    with suppress(OSError):
        click.echo(line)
