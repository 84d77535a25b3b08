"""How fast the turn changes hands, at true speed: the measurements behind `bench latency`.

A whole `practice` runs in a child process, on the live screen, over a sound card that is not there (see
`latencyroom`), with the virtual candidate at its microphone and a language model that takes its time. What
counts is what can be heard at both ends of that card. The log tells when the floor was taken: its events
carry the session clock, and an event cannot be read before it happened, so the earliest that any was read,
for its time, tells how that clock lies to the monotonic one.

In some turns the candidate goes on speaking shortly after the interviewer's first sound, as somebody does who
was not finished.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from voice_audio.files import load_sound, to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples
from voice_interviewer.bench.latency_room import (
    MODEL,
    Interjection,
    Meter,
    ModelServer,
    Person,
    SoundServer,
    model_server,
    sound_server,
)
from voice_interviewer.core.turns import events as e
from voice_interviewer.errors import CheckFailed
from voice_interviewer.live.virtual_candidate import VirtualCandidate, read_clips
from voice_interviewer.settings.places import models_dir

ROLE, LEVEL, PERSONA = "ai-ethics-specialist", "junior", "vague"
"""What there are recorded answers for; a candidate with short answers, who is asked many follow-ups."""
WORDS_PER_MINUTE = 240
"""Faster than people are spoken to, for the sake of more turns a minute."""
RESUME_EVERY = 3
"""In every third turn the candidate was not finished."""
RESUME_AFTER_S, RESUMED_S = 0.3, 2.0
OURS_LEVEL, THEIRS_LEVEL = 20, 330
"""Of 32768. Our end of the card is digital silence while nobody speaks; theirs has a room's noise at
-70 dBFS, far below the -40 dBFS that every word exceeds."""
SETTLED_MS = 2_000
"""Until the microphone's first frames have come the session clock stands."""
NO_MORE_S = 5.0
"""Nobody goes on so shortly before the time is over."""
LOOK_S = 0.003
START_WITHIN_S, END_WITHIN_S = 60.0, 60.0
_COMMAND = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)


@dataclass(frozen=True)
class Seen:
    """A line of the log. at_s: when it could first be read, on the monotonic clock."""

    at_s: float
    event: e.Event
    commands: tuple[e.Command, ...]


@dataclass(frozen=True)
class Change:
    """The floor was taken and a line followed. Seconds, on the monotonic clock.

    taken: the decision; stopped: the microphone had let go; begun: the line was on its way; sound: its first
    sample at the monitor; last_word: the candidate's last sound before it; kind: the line's, see events.Line.
    """

    taken: float
    stopped: float
    begun: float
    sound: float
    last_word: float | None
    kind: str = "question"


@dataclass
class Measured:
    """Everything one run brought. stops: from noticing that the candidate goes on to silence, in seconds."""

    changes: list[Change]
    stops: list[float]
    resumed: int = 0
    noticed: int = 0
    memory_mb: tuple[float, float] = (0.0, 0.0)
    load: dict[str, Any] = field(default_factory=dict)
    calls: int = 0
    replies: dict[str, int] = field(default_factory=dict)


def measure(
    samples: Path,
    minutes: float,
    delay_s: float,
    recogniser: str,
    tell: Callable[[str], None],
    voice: str = "auto",
) -> Measured:
    """Hold the interview. samples: the virtual candidates' folder. Takes `minutes` and a few seconds.

    Raises DeviceProblem("no_sound_server") where the sound card cannot be had, CheckFailed("bench") where the
    interview does not run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="latency-")))
        sound = stack.enter_context(sound_server(folder))
        model = stack.enter_context(model_server(delay_s))
        ours, theirs = Meter(sound.listener("speaker")), Meter(sound.listener("micfeed"))
        child = stack.enter_context(_practice(folder, sound, model, recogniser, voice))
        log = LogReader(folder / "home" / "sessions", child)
        held = _hold(log, sound, samples, minutes, tell)
        memory = (held.memory_mb, _memory_mb(child.pid))
        child.send_signal(signal.SIGINT)
        if child.wait(END_WITHIN_S) != 0:
            raise CheckFailed("bench", "the interview did not end well", "Try `voice-interviewer practice`.")
        about = json.loads((log.folder / "session.json").read_text(encoding="utf-8"))
    log.read()
    calls = about.get("servers", {}).get("language_model", {}).get("calls", 0)
    found = Measured(
        changes(log.seen, ours, theirs),
        stops(log.seen, ours),
        held.resumed,
        len(_notices(log.seen)),
        memory,
        about.get("load", {}),
        calls,
    )
    found.replies = replies(log.seen)
    return found


# --- the interview ------------------------------------------------------------------------------------------


@contextmanager
def _practice(
    folder: Path, sound: SoundServer, model: ModelServer, recogniser: str, voice: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The real command on a terminal of its own, which somebody has to read."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VOICE_INTERVIEWER_")}
    home = {"VOICE_INTERVIEWER_HOME": str(folder / "home"), "TERM": "xterm-256color", "HF_HUB_OFFLINE": "1"}
    home["VOICE_INTERVIEWER_MODELS"] = str(models_dir())
    home["VOICE_INTERVIEWER_WORDS_PER_MINUTE"] = str(WORDS_PER_MINUTE)
    chosen = ("--role", ROLE, "--level", LEVEL, "--minutes", "120", "--seed", "0", "--yes", "--no-check")
    server = ("--llm-url", model.url, "--llm-model", MODEL, "--whisper-model", recogniser, "--voice", voice)
    import pty  # there is none on Windows

    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "practice", *chosen, *server],
        env={**clean, **sound.env, **home},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    threading.Thread(target=_look_on, args=(ours,), name="terminal", daemon=True).start()
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def _look_on(terminal: int) -> None:
    try:
        while os.read(terminal, 65_536):
            pass
    except OSError:  # the other end is gone
        os.close(terminal)


class LogReader:
    """Follows the log of the one session in a folder while it grows. Raises CheckFailed when its writer
    dies."""

    def __init__(self, sessions: Path, writer: subprocess.Popen[bytes]) -> None:
        self._sessions, self.writer = sessions, writer
        self.seen: list[Seen] = []
        self._file: Any = None
        self._torn = b""
        self._event: tuple[float, e.Event] | None = None

    @property
    def folder(self) -> Path:
        return next(self._sessions.glob("*/events.jsonl")).parent

    def read(self) -> list[Seen]:
        """What has come since the last time."""
        if self._file is None:
            found = next(self._sessions.glob("*/events.jsonl"), None)
            if found is None:
                self._check()
                return []
            self._file = found.open("rb")
        now_s, data = time.monotonic(), self._torn + self._file.read()
        *lines, self._torn = data.split(b"\n")
        new = [seen for line in lines if (seen := self._take(now_s, json.loads(line))) is not None]
        self.seen += new
        if not new:
            self._check()
        return new

    def _take(self, now_s: float, item: dict[str, Any]) -> Seen | None:
        if "commands" not in item:
            event = e.from_json(item)
            assert isinstance(event, e.Event)
            self._event = now_s, event
            return None
        assert self._event is not None
        commands = tuple(e.from_json(command) for command in item["commands"])
        return Seen(*self._event, tuple(each for each in commands if isinstance(each, e.Command)))

    def _check(self) -> None:
        if self.writer.poll() not in (None, 0):
            hint = "Try `voice-interviewer practice` by itself."
            raise CheckFailed("bench", "the interview ended before its time", hint)


@dataclass
class _Held:
    resumed: int
    memory_mb: float


def _hold(
    log: LogReader, sound: SoundServer, samples: Path, minutes: float, tell: Callable[[str], None]
) -> _Held:
    """Let the candidate hear the floor being given, and speak, until the time is over."""
    give_up = time.monotonic() + START_WITHIN_S
    while not (begun := log.read()):
        if time.monotonic() > give_up:
            raise CheckFailed("bench", "the interview does not begin", "Try `voice-interviewer practice`.")
        time.sleep(LOOK_S)
    candidate = VirtualCandidate(PERSONA, samples, realtime=True, start_ms=begun[0].event.at_ms)
    Person(candidate, sound.player(latency_ms=200)).start()
    held, goes_on = _Held(0, 0.0), _speech(samples)
    ready: Interjection | None = None
    until, told, turns, new = time.monotonic() + minutes * 60, 0, 0, begun
    while (now_s := time.monotonic()) < until:
        for seen in new:
            candidate.observe(seen.event, seen.commands)
            if isinstance(seen.event, e.LineStarted):
                held.memory_mb = held.memory_mb or _memory_mb(log.writer.pid)
                if ready is not None:
                    ready.say_at(seen.at_s + RESUME_AFTER_S)
                    held.resumed, ready = held.resumed + 1, None
            if _takes_floor(seen):
                turns += 1
                if turns % RESUME_EVERY == 0 and now_s + NO_MORE_S < until:
                    ready = Interjection(goes_on, sound.player(latency_ms=20))
        if (left := round((until - now_s) / 30)) != told:
            tell(f"{left * 30} s left, {turns} turns so far")
            told = left
        time.sleep(LOOK_S)
        new = log.read()
    return held


def _speech(samples: Path) -> Samples:
    """The first sounds of another candidate's answer."""
    clip = next(clip for clip in read_clips(samples) if clip.persona != PERSONA)
    spoken = to_rate(load_sound(clip.file), SAMPLE_RATE_HZ).samples
    first = int(np.flatnonzero(np.abs(spoken.astype(np.int32)) > THEIRS_LEVEL)[0])
    return spoken[first : first + round(RESUMED_S * SAMPLE_RATE_HZ)]


def _memory_mb(pid: int) -> float:
    """What a process holds in memory (resident); 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


# --- what the log and the meters say together ---------------------------------------------------------------


def clock_zero_s(seen: Sequence[Seen]) -> float:
    """Where the session clock's zero lies on the monotonic clock."""
    return min(each.at_s - each.event.at_ms / 1000 for each in seen if each.event.at_ms >= SETTLED_MS)


def _takes_floor(seen: Seen) -> bool:
    """Whether the gate took the floor here: not a key, and not to say something softly in between."""
    by_key = isinstance(seen.event, e.KeyPressed | e.SessionInterrupted)
    stops_listening = any(isinstance(command, e.StopListening) for command in seen.commands)
    return stops_listening and not by_key and not any(isinstance(c, e.Speak) for c in seen.commands)


def changes(seen: Sequence[Seen], ours: Meter, theirs: Meter) -> list[Change]:
    """Every taking of the floor that a line followed before anybody else had it."""
    zero_s, found = clock_zero_s(seen), []
    for at, each in enumerate(seen):
        if not _takes_floor(each):
            continue
        taken_s, stopped_s, kind = zero_s + each.event.at_ms / 1000, 0.0, "question"
        for later in seen[at + 1 :]:
            if isinstance(later.event, e.ListeningStopped):
                stopped_s = later.at_s
            if isinstance(later.event, e.LineStarted):
                sound_s = ours.first_loud_s(taken_s, taken_s + 10, OURS_LEVEL)
                last_s = theirs.last_loud_s(taken_s - 30, taken_s, THEIRS_LEVEL)
                if sound_s is not None:
                    found.append(Change(taken_s, stopped_s or later.at_s, later.at_s, sound_s, last_s, kind))
            if isinstance(later.event, e.LineStarted | e.SpeechResumed) or _gives_floor(later):
                break
            kind = next((c.line.kind for c in later.commands if isinstance(c, e.Speak)), kind)
    return found


def _gives_floor(seen: Seen) -> bool:
    return any(isinstance(command, e.Listen) for command in seen.commands)


def stops(seen: Sequence[Seen], ours: Meter) -> list[float]:
    """Seconds from each notice that the candidate goes on, while a line is heard, to the end of its sound."""
    zero_s, found = clock_zero_s(seen), []
    for at in _notices(seen):
        noticed_s = zero_s + seen[at].event.at_ms / 1000
        next_s = (later.at_s for later in seen[at:] if isinstance(later.event, e.LineStarted))
        until_s = min(noticed_s + 1, next(next_s, noticed_s + 1) - 0.1)
        silent_s = ours.last_loud_s(noticed_s - 0.5, until_s, OURS_LEVEL)
        if silent_s is not None:
            found.append(max(0.0, silent_s - noticed_s))
    return found


def _notices(seen: Sequence[Seen]) -> list[int]:
    """Where a line was stopped because the candidate spoke."""
    return [
        at
        for at, each in enumerate(seen)
        if isinstance(each.event, e.SpeechResumed)
        and any(isinstance(command, e.StopSpeaking) for command in each.commands)
    ]


def replies(seen: Sequence[Seen]) -> dict[str, int]:
    """Whose words the follow-ups were, and how many replies had to be asked for after the floor was taken."""
    found = {"by_model": 0, "by_rules": 0, "asked_late": 0}
    newest = ""
    for each in seen:
        if isinstance(each.event, e.ReplyPlanned):
            newest = each.event.reply.tier
        found["asked_late"] += any(isinstance(c, e.PlanReply) and not c.speculative for c in each.commands)
        if any(isinstance(c, e.Speak) and c.line.kind == "probe" for c in each.commands):
            found["by_model" if newest.startswith("model over") else "by_rules"] += 1
    return found


# --- figures ------------------------------------------------------------------------------------------------

TARGETS_MS: Mapping[str, tuple[str, float]] = {
    "planned_ms.p50": ("p50", 100.0),
    "planned_ms.p95": ("p95", 300.0),
    "follow_up_ms.p50": ("p50", 1_300.0),
    "follow_up_ms.p95": ("p95", 2_500.0),
    "stop_ms.p95": ("p95", 60.0),
}


def spread_ms(values_s: Sequence[float]) -> dict[str, float | int | None]:
    """Count, median, 95th percentile (nearest rank) and greatest, in ms; None where there is nothing."""
    ordered = sorted(round(value * 1000, 1) for value in values_s)
    if not ordered:
        return {"n": 0, "p50": None, "p95": None, "max": None}
    rank = {name: ordered[-(-share * len(ordered) // 100) - 1] for name, share in (("p50", 50), ("p95", 95))}
    return {"n": len(ordered), **rank, "max": ordered[-1]}


def report(found: Measured) -> dict[str, Any]:
    """The figures of a run, as `bench latency --json` prints them."""
    turns = found.changes
    figures: dict[str, Any] = {
        "commit_to_sound_ms": spread_ms([turn.sound - turn.taken for turn in turns]),
        "planned_ms": spread_ms([turn.sound - turn.taken for turn in turns if turn.kind != "probe"]),
        "follow_up_ms": spread_ms([turn.sound - turn.taken for turn in turns if turn.kind == "probe"]),
        "of_it_ms": {
            "commit_to_microphone_closed": spread_ms([turn.stopped - turn.taken for turn in turns]),
            "to_line_started": spread_ms([turn.begun - turn.stopped for turn in turns]),
            "to_sound": spread_ms([turn.sound - turn.begun for turn in turns]),
        },
        "gap_ms": spread_ms([t.sound - t.last_word for t in turns if t.last_word is not None]),
        "stop_ms": spread_ms(found.stops),
        "resumed": {"tried": found.resumed, "noticed": found.noticed},
        "model": {"calls": found.calls, **found.replies},
        "memory_mb": {"start": round(found.memory_mb[0], 1), "end": round(found.memory_mb[1], 1)},
        **found.load,
    }
    figures["targets"] = {
        name: None if (value := figures[name.split(".")[0]][key]) is None else value <= most
        for name, (key, most) in TARGETS_MS.items()
    }
    return figures
