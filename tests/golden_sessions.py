"""The golden sessions: records of real sessions, and what must still be decided when they are read again.

    tests/golden/NAME/events.jsonl   the record as the program wrote it: an event, then what was done about it
    tests/golden/NAME/session.json   who listened, with which settings
    tests/golden/sessions.json       how many events and commands each record has

Everything is compared as JSON, by type and fields, so a rename inside the program that keeps the record's
form keeps these tests. `python tests/benchmarks/make_golden.py` records the sessions anew.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_interviewer.app.analysis_log import Told, write_log
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import IllegalEvent, State, step

Pairs = list[tuple[dict[str, Any], list[dict[str, Any]]]]
"""An event and its commands, as JSON."""
GOLDEN = Path(__file__).parent / "golden"
COUNTS = "sessions.json"
OLD = ("heard-by-pocketsphinx",)
"""Records of other versions: they are read, and other decisions may follow."""


@dataclass(frozen=True)
class Golden:
    """One session. about: what happens in it. holds: regular expressions, each found in a line of its record.
    ending: why it ended."""

    about: str
    holds: tuple[str, ...]
    ending: str = "quit"


def _key(key: str) -> str:
    return f'"KeyPressed".*"key":"{key}"'


SESSIONS = {
    "typed": Golden(
        "a whole typed interview over a bank's questions, through a pipe",
        ('"AnswerTyped"', '"request":"hint|"request":"repeat', _key("repeat")),
        "finished",
    ),
    "live": Golden(
        "a whole spoken interview over a sound server; the gate alone ends the answers",
        ('"SpeechStarted"', '"TranscribeTail"', '"PlanReply".*"speculative":true'),
        "finished",
    ),
    "take_back": Golden(
        "the turn is taken back by key, and by speaking on over the first word of the next line",
        (_key("unfinished"), '"SpeechResumed"', '"StopSpeaking"'),
    ),
    "pause": Golden("paused in an answer and in a line, and gone on with", (_key("pause"),)),
    "resume": Golden("killed in an answer and gone on with", ('"SessionResumed"',)),
    "hold": Golden("time is asked for by key and in words", (_key("hold"), '"asks_time":true')),
    "skip": Golden("lines, an answer and questions without one are skipped", (_key("skip"),), "finished"),
    "stop": Golden("finished early; the first wish to is taken back", (_key("quit"), _key("other"))),
    "interrupted": Golden("Ctrl-C in an answer", ('"SessionInterrupted"',), "interrupted"),
    "device_lost": Golden(
        "the microphone stops in an answer and comes back, then sends pure silence",
        ('"MicrophoneLost".*"silent":false', '"MicrophoneLost".*"silent":true', '"MicrophoneReturned"'),
    ),
    "language_model": Golden(
        "a spoken interview whose follow-ups a language model's server words; one request fails",
        ('"ReplyPlanned".*"tier":"model over', '"ReplyPlanned".*"tier":"rules'),
    ),
    "drill": Golden(
        "one question taken again by the virtual candidate, faster than real time",
        ('"EvidenceAssessed"', '"PrepareLine"'),
        "finished",
    ),
    "analyze": Golden(
        "a recording made elsewhere, one side per channel; its record is written, not decided",
        ('"SegmentTranscribed"', '"EndSession"'),
        "finished",
    ),
    "we-speaker": Golden(
        "a whole demo: the virtual candidate 'we-speaker' in file mode",
        ('"EvidenceAssessed"', '"move":"own_part"'),
        "finished",
    ),
}
ANALYZED = ("analyze",)
"""Written by `analyze`: nothing was decided while they happened, so the machine is not asked."""


def pairs(folder: Path) -> Pairs:
    """Every event of the record with its commands, as JSON. Raises ValueError where one of them is missing or
    there is no record."""
    path = folder / "events.jsonl"
    if not path.is_file():
        raise ValueError(f"{path} is not there")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(lines, 1):
        if ("commands" in line) == bool(number % 2):
            raise ValueError(f"{path}:{number}: an event and its commands take turns")
    if not lines or len(lines) % 2:
        raise ValueError(f"{path}: the last event has no commands")
    return [(lines[at], lines[at + 1]["commands"]) for at in range(0, len(lines), 2)]


def counts(folder: Path) -> dict[str, Any]:
    """How long the record is and how it ended, for sessions.json."""
    found = pairs(folder)
    return {
        "events": len(found),
        "commands": sum(len(commands) for _, commands in found),
        "ending": found[-1][0].get("reason"),
    }


def differences(folder: Path) -> list[str]:
    """What today's program reads or decides otherwise than the record in `folder` says; also what the record
    lacks of the session the folder is named after. Empty: the session replays."""
    try:
        found = pairs(folder)
    except ValueError as problem:
        return [str(problem)]
    golden, wrong = SESSIONS[folder.name], list(_reread(found))
    wrong += _rewritten(found) if folder.name in ANALYZED else _decided(found)
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    for wanted in golden.holds:
        if not any(re.search(wanted, line) for line in lines):
            wrong.append(f"no line of it holds {wanted}")
    expected = json.loads((folder.parent / COUNTS).read_text(encoding="utf-8")).get(folder.name)
    if (here := counts(folder)) != expected:
        wrong.append(f"{here}, not {expected}")
    if here["ending"] != golden.ending:
        wrong.append(f"it ended as {here['ending']}, not as {golden.ending}")
    return wrong


def _reread(found: Pairs) -> Iterator[str]:
    """The log's form: whatever is read is written again the same."""
    for number, (event, commands) in enumerate(found, 1):
        for item in (event, *commands):
            if (again := _as_json(e.from_json(item))) != item:
                yield f"event {number}: {item} is written again as {again}"


def _decided(found: Pairs) -> Iterator[str]:
    """The machine's commands for the same events."""
    state = State(load_turn_rules())
    for number, (event, commands) in enumerate(found, 1):
        try:
            state, now = step(state, e.from_json(event))  # type: ignore[arg-type]
        except IllegalEvent as illegal:
            yield f"event {number}, {event}: {illegal}"
            return
        if (decided := [_as_json(command) for command in now]) != commands:
            yield f"event {number}, {event}, leads to {decided}, not to {commands}"
    if state.phase != "ended":
        yield f"the interview is {state.phase}, not ended"


class _Lines:
    """Keeps what `write_log` writes down, as the recorder does."""

    def __init__(self) -> None:
        self.pairs: Pairs = []

    def event(self, event: e.Event) -> None:
        self.pairs.append((_as_json(event), []))

    def commands(self, commands: tuple[e.Command, ...]) -> None:
        self.pairs[-1][1].extend(_as_json(command) for command in commands)


def _rewritten(found: Pairs) -> Iterator[str]:
    """What was heard, taken from the record, and written down again by `analyze`."""
    events = [e.from_json(event) for event, _ in found]
    plan, ends = events[0].plan, [at for at, x in enumerate(events) if isinstance(x, e.ReplyPlanned)]
    answers = [events[begin:end] for begin, end in zip([1, *ends], ends, strict=False)]
    told = tuple(
        _told(answer, number, item)
        for number, (answer, item) in enumerate(zip(answers, plan.items, strict=True), 1)
    )
    lines = _Lines()
    write_log(lines, plan.title, plan.role, plan.level, told, found[-1][0]["at_ms"])  # type: ignore[arg-type]
    for number, (old, new) in enumerate(zip(found, lines.pairs, strict=False), 1):
        if old != new:
            yield f"event {number}: {new} is written, not {old}"
    if len(found) != len(lines.pairs):
        yield f"{len(lines.pairs)} events are written, not {len(found)}"


def _told(answer: list[Any], number: int, item: Any) -> Told:
    """What was heard of one question and its answer. answer: the events from its line on, up to its reply."""
    of = {kind: [event for event in answer if isinstance(event, kind)] for kind in map(type, answer)}
    asked = next(((x.at_ms, x.at_ms + x.duration_ms) for x in of.get(e.LineStarted, ())), None)
    unasked = of.get(e.LineUnspoken)
    begun_ms = unasked[0].at_ms if unasked else of[e.LineFinished][0].at_ms
    speech = zip(of.get(e.SpeechStarted, ()), of.get(e.SpeechStopped, ()), strict=True)
    words = [event.words for event in of.get(e.SegmentTranscribed, ())]
    closed = zip(of.get(e.SegmentClosed, ()), words, strict=True)
    return Told(
        number,
        item.question,
        None if asked is None else item.say,
        asked,
        (begun_ms, of[e.ListeningStopped][0].at_ms),
        tuple((start.at_ms, stop.at_ms) for start, stop in speech),
        tuple((segment.start_ms, segment.end_ms, heard) for segment, heard in closed),
    )


def _as_json(item: e.Event | e.Command) -> dict[str, Any]:
    """As it comes back from the disk."""
    return json.loads(e.dumps(item))  # type: ignore[no-any-return]
