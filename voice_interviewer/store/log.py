"""Reading one session back: where its files lie and what its events.jsonl says.

The log has one JSON object per line: an event with its "type", and after it {"commands": [...]}, what the
program did about it. Each line is written in one piece before the next thing happens, so only the last can
ever be torn.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from voice_interviewer.core.turns.events import Command, Event, from_json
from voice_interviewer.errors import RecordProblem

SCHEMA_VERSION = 1
"""Of session.json and events.jsonl. Goes up when an older program could no longer read them."""


@dataclass(frozen=True)
class SessionFolder:
    """The folder of one session; its name is the session's id."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def about(self) -> Path:
        return self.path / "session.json"

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def audio(self) -> Path:
        """The recording that is there: the verified FLAC, or else the WAV (which may not exist yet)."""
        flac = self.path / "dialogue.flac"
        return flac if flac.exists() else self.recording

    @property
    def recording(self) -> Path:
        """The recording while it is being made."""
        return self.path / "dialogue.wav"

    def read_about(self) -> dict[str, Any]:
        """What session.json says. Raises RecordProblem when it is missing, damaged or from a newer
        program."""
        try:
            about = json.loads(self.about.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            message = f"{self.about}: cannot be read ({error})"
            raise RecordProblem("damaged", message, "The sound may still be usable on its own.") from error
        if not isinstance(about, dict) or not isinstance(about.get("schema_version"), int):
            raise RecordProblem("damaged", f"{self.about}: not the description of a session")
        if about["schema_version"] > SCHEMA_VERSION:
            hint = "Update this program to read it."
            raise RecordProblem("newer", f"{self.about}: recorded by a newer version", hint)
        return about


class Entry(NamedTuple):
    """One event and what the program did about it."""

    event: Event
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Log:
    """Everything that happened in one session. unanswered: positions of entries whose commands never reached
    the disk, because the program was killed in between."""

    entries: tuple[Entry, ...]
    unanswered: tuple[int, ...] = ()


def read_log(folder: Path) -> Log:
    """Read a session's events.jsonl; a torn last line is dropped.

    Raises RecordProblem with file and line number for any other line that cannot be read.
    """
    path = SessionFolder(folder).events
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordProblem("no_log", f"{path}: cannot be read ({error.strerror})") from error
    entries: list[tuple[Event, tuple[Command, ...] | None]] = []
    for number, line in enumerate(data[: whole_length(data)].splitlines(), start=1):
        try:
            _take(entries, json.loads(line))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            hint = "The log was changed or damaged; the recording beside it may still be whole."
            raise RecordProblem("bad_log", f"{path}:{number}: cannot be read ({error})", hint) from error
    unanswered = tuple(at for at, (_, commands) in enumerate(entries) if commands is None)
    return Log(tuple(Entry(event, commands or ()) for event, commands in entries), unanswered)


def whole_length(data: bytes) -> int:
    """How many bytes of a log are whole lines. A line without its end was torn by a crash; zeros that a power
    cut left behind are no whole line either."""
    return data.rfind(b"\n") + 1


def _take(entries: list[tuple[Event, tuple[Command, ...] | None]], item: dict[str, Any]) -> None:
    if "commands" not in item:
        event = from_json(item)
        if not isinstance(event, Event):
            raise ValueError(f"{item['type']} is not an event")
        entries.append((event, None))
        return
    if not entries or entries[-1][1] is not None:
        raise ValueError("commands without an event before them")
    commands = tuple(from_json(command) for command in item["commands"])
    entries[-1] = (entries[-1][0], tuple(command for command in commands if isinstance(command, Command)))
    if len(entries[-1][1] or ()) != len(commands):
        raise ValueError("an event among the commands")
