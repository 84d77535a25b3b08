"""Events say what happened, commands say what to do next. Both are frozen, and their JSON form is derived.

Every event carries `at_ms`, the session clock: milliseconds of 16 kHz sound since the session began. `turn`
numbers the answers from 1; `revision` goes up when a turn that seemed over is opened again, and a result that
belongs to an older revision is dropped by number.
"""

import functools
import json
import types
import typing
from dataclasses import Field, dataclass, field, fields, is_dataclass
from typing import Any

from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Reply
from voice_interviewer.core.model.plan import Plan
from voice_interviewer.core.model.record import WRITTEN_IF_CHANGED
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns.gate_settings import GateSettings

KEYS = ("done", "unfinished", "hold", "repeat", "pause", "skip", "type", "faster", "slower", "quit", "other")
"""What a key asks for; the screen maps space, u, h, r, p, s, t, + , -, q to these."""


@dataclass(frozen=True)
class Settings:
    """What shapes the turn-taking of one session. The values come from configs/ and stay with the record."""

    gate: GateSettings = field(default_factory=GateSettings)
    patience: float = 1.0
    """Scales all waiting for the candidate: 0.5 brisk .. 3 very patient."""
    full_duplex: bool = False
    """Headphones or a canceller: the candidate may interrupt the interviewer at any time."""
    reopen_ms: int = 700
    """Half duplex: so long after our first sample the candidate may still take the turn back by voice."""
    speculate: bool = True
    """Prepare the reply in every pause, to be thrown away when the candidate goes on."""
    echo_tail_ms: int = 250
    """The microphone is deaf for this long after our own voice (half duplex)."""
    max_probes: int = 2
    """Follow-ups to one question."""
    closing_reserve_ms: int = 60_000
    """Kept free at the end for the candidate's own questions and the goodbye."""
    challenges: int = 2
    """Challenges in the whole interview."""
    redirects: int = 2
    """How often a rambling answer may be brought back in the whole interview."""
    words_per_minute: int = 165
    """Speaking rate of the interviewer."""
    typed: bool = False
    """Answers are typed; no microphone runs."""
    prosody: bool = False
    """A model of prosody is asked at every pause (HearProsody)."""
    more_patience: float = field(default=1.25, metadata=WRITTEN_IF_CHANGED)
    """The factor by which each cut-off makes us wait longer."""
    most_patience: float = field(default=2.5, metadata=WRITTEN_IF_CHANGED)
    """The product of these factors, at most."""
    early_ms: int = field(default=2500, metadata=WRITTEN_IF_CHANGED)
    """Who interrupts our reply so early still wants to finish the answer; later, they answer what was
    asked."""
    no_words_ms: int = field(default=2000, metadata=WRITTEN_IF_CHANGED)
    """An interruption without a word for so long was none."""
    max_failures: int = field(default=2, metadata=WRITTEN_IF_CHANGED)
    """After more segments of one question than this that could not be made out, the interview goes on."""
    max_exchanges: int = field(default=8, metadata=WRITTEN_IF_CHANGED)
    """Turns on one question, repeats that were asked for included."""


@dataclass(frozen=True)
class Line:
    """Something the interviewer says. kind: opening, question, probe, bridge, repeat, aside, reply or
    close."""

    id: int
    kind: str
    text: str
    question_id: str | None = None
    move: str | None = None


# --- events ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionStarted:
    at_ms: int
    plan: Plan
    settings: Settings


@dataclass(frozen=True)
class SessionResumed:
    """The program died and came back; at_ms is where the clock and the recording go on."""

    at_ms: int


@dataclass(frozen=True)
class LineStarted:
    """The first sample of a line left for the speaker."""

    at_ms: int
    line: int
    duration_ms: int


@dataclass(frozen=True)
class LineFinished:
    """A line ended or was stopped. played_ms: what the listener was really handed."""

    at_ms: int
    line: int
    played_ms: int


@dataclass(frozen=True)
class LineUnspoken:
    """The voice or the speaker failed; the line is shown as text instead."""

    at_ms: int
    line: int
    reason: str


@dataclass(frozen=True)
class SpeechStarted:
    """The detector is sure of speech that began at onset_ms."""

    at_ms: int
    onset_ms: int


@dataclass(frozen=True)
class SpeechStopped:
    """The detector is sure of silence; the last speech lay at last_speech_ms."""

    at_ms: int
    last_speech_ms: int


@dataclass(frozen=True)
class SegmentClosed:
    """A piece of the answer, from pre-roll to the pause after it, is ready to be transcribed."""

    at_ms: int
    turn: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class ListeningStopped:
    """The microphone no longer belongs to this turn; its last segment has been closed before this."""

    at_ms: int
    turn: int


@dataclass(frozen=True)
class Revision:
    """An earlier piece of the same answer reads differently after it was heard again with what came later."""

    segment: int
    words: tuple[Word, ...]


@dataclass(frozen=True)
class SegmentTranscribed:
    """The words of a closed piece; also when a piece that was told before is heard again in the silence after
    it."""

    at_ms: int
    turn: int
    segment: int
    words: tuple[Word, ...]
    revised: tuple[Revision, ...] = ()


@dataclass(frozen=True)
class WordsHeard:
    """What the open segment, which began at start_ms, seems to say so far. until_ms: how far it was heard;
    words may change with the next hypothesis. tail: the recogniser heard it at a pause, to its end, as it
    would hear the closed segment."""

    at_ms: int
    turn: int
    start_ms: int
    until_ms: int
    words: tuple[Word, ...]
    tail: bool = False
    revised: tuple[Revision, ...] = ()


@dataclass(frozen=True)
class ProsodyHeard:
    """What a model made of the sound up to until_ms, at the beginning of a silence. over: 0 goes on .. 1 is
    over."""

    at_ms: int
    turn: int
    until_ms: int
    over: float


@dataclass(frozen=True)
class SpeechResumed:
    """The candidate speaks although nobody listens to them: before or while our line is heard. onset_ms:
    where that speech began. Raised at most once before our first line and once for each line."""

    at_ms: int
    onset_ms: int


@dataclass(frozen=True)
class SegmentFailed:
    """The recogniser gave up on a segment. Its sound is in the record."""

    at_ms: int
    turn: int
    segment: int
    reason: str


@dataclass(frozen=True)
class FillersHeard:
    """Hesitation sounds of an answer that is over, from a hearing of its own: a lower bound. Some may be
    among the words already. Nothing is decided by them; the review counts them."""

    at_ms: int
    turn: int
    words: tuple[Word, ...]


@dataclass(frozen=True)
class LanguageHeard:
    """Which language the speech of an answer seems to be in. language: ISO 639-1, as "de"; probability: 0..1.
    Where it is surely another than English, no word of that answer is believed."""

    at_ms: int
    turn: int
    language: str
    probability: float


@dataclass(frozen=True)
class EvidenceAssessed:
    """draft: which state of the words was assessed. ending: how much their end sounds like the end of an
    answer, 0..1; None where the engine cannot tell."""

    at_ms: int
    turn: int
    revision: int
    slots: tuple[Slot, ...]
    draft: int = 0
    ending: float | None = None
    asks_time: bool = False
    """The last thing said asks for time to think."""


@dataclass(frozen=True)
class ReplyPlanned:
    at_ms: int
    turn: int
    revision: int
    reply: Reply
    draft: int = 0


@dataclass(frozen=True)
class KeyPressed:
    """key is one of KEYS."""

    at_ms: int
    key: str


@dataclass(frozen=True)
class AnswerTyped:
    at_ms: int
    turn: int
    text: str


@dataclass(frozen=True)
class ClockReached:
    at_ms: int


@dataclass(frozen=True)
class MicrophoneLost:
    """No real sound arrives. silent: frames do come, but all zeros, as from a muted or a noise-gated
    microphone; an answer may still end."""

    at_ms: int
    reason: str
    silent: bool = False


@dataclass(frozen=True)
class MicrophoneReturned:
    at_ms: int


@dataclass(frozen=True)
class SessionInterrupted:
    """Ctrl-C, or the terminal was closed."""

    at_ms: int


@dataclass(frozen=True)
class SessionEnded:
    """The record is complete. reason: finished, quit or interrupted."""

    at_ms: int
    reason: str


Event = (
    SessionStarted
    | SessionResumed
    | LineStarted
    | LineFinished
    | LineUnspoken
    | SpeechStarted
    | SpeechStopped
    | SegmentClosed
    | ListeningStopped
    | SegmentTranscribed
    | WordsHeard
    | ProsodyHeard
    | SpeechResumed
    | SegmentFailed
    | FillersHeard
    | LanguageHeard
    | EvidenceAssessed
    | ReplyPlanned
    | KeyPressed
    | AnswerTyped
    | ClockReached
    | MicrophoneLost
    | MicrophoneReturned
    | SessionInterrupted
    | SessionEnded
)


# --- commands --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Speak:
    """Render the line and play it: LineStarted and LineFinished answer, or LineUnspoken."""

    line: Line
    words_per_minute: int


@dataclass(frozen=True)
class PrepareLine:
    """This text will probably be spoken soon: render it ahead."""

    text: str
    words_per_minute: int


@dataclass(frozen=True)
class StopSpeaking:
    line: int


@dataclass(frozen=True)
class Listen:
    """From from_ms on, what the microphone hears belongs to this turn."""

    turn: int
    from_ms: int


@dataclass(frozen=True)
class StopListening:
    """Close the open segment, if any, then answer ListeningStopped."""

    turn: int


@dataclass(frozen=True)
class TranscribeSegment:
    """segment: the piece's number within the answer; the result carries it back."""

    turn: int
    segment: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class TranscribeTail:
    """A pause: hear the open segment now, in case it is the answer's last; WordsHeard answers. A later one,
    or the closed segment itself, replaces it."""

    turn: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class HearProsody:
    """A pause: does this sound as if the answer were over? ProsodyHeard answers, or nothing does."""

    turn: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class AssessEvidence:
    """draft counts the states of this answer's words. floor_in_ms: when the floor will probably be taken;
    None = not foreseeable."""

    turn: int
    revision: int
    draft: int = 0
    floor_in_ms: int | None = None


@dataclass(frozen=True)
class PlanReply:
    """speculative: the answer may still go on, so nobody waits for a slow model."""

    turn: int
    revision: int
    draft: int = 0
    speculative: bool = False


@dataclass(frozen=True)
class WakeAt:
    """Answer ClockReached at this time. A later WakeAt replaces an earlier one."""

    at_ms: int


@dataclass(frozen=True)
class EndSession:
    """Finish the record; SessionEnded is the last event."""

    reason: str


Command = (
    Speak
    | PrepareLine
    | StopSpeaking
    | Listen
    | StopListening
    | TranscribeSegment
    | TranscribeTail
    | HearProsody
    | AssessEvidence
    | PlanReply
    | WakeAt
    | EndSession
)


# --- JSON form -------------------------------------------------------------------------------------------

_KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (*typing.get_args(Event), *typing.get_args(Command))
}


def to_json(item: Event | Command) -> dict[str, Any]:
    """{"type": "SpeechStarted", "at_ms": ..., ...}: nested values keep their names, tuples become lists."""
    return {"type": type(item).__name__, **_plain(item)}


def dumps(item: Event | Command) -> str:
    return json.dumps(to_json(item), ensure_ascii=False, separators=(",", ":"))


def from_json(data: dict[str, Any]) -> Event | Command:
    """The inverse of `to_json`. Raises ValueError for an unknown type, a missing or an unknown field."""
    kind = _KINDS.get(str(data.get("type")))
    if kind is None:
        raise ValueError(f"unknown event or command {data.get('type')!r}")
    item: Event | Command = from_plain(kind, {key: value for key, value in data.items() if key != "type"})
    return item


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            each.name: _plain(getattr(value, each.name)) for each in fields(value) if _written(each, value)
        }
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value


def _written(each: Field[Any], value: Any) -> bool:
    return "written_if_changed" not in each.metadata or getattr(value, each.name) != each.default


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields; working them out costs more than all the rest of reading."""
    return typing.get_type_hints(kind)


def from_plain(kind: Any, value: Any) -> Any:
    """Rebuild a dataclass of this module's family from its plain JSON form, checking names as it goes."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return tuple(from_plain(arguments[0], entry) for entry in value)
    if origin in (typing.Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return None if value is None else from_plain(inner, value)
    if not is_dataclass(kind):
        return value
    hints = _hints(typing.cast(type, kind))
    if set(value) - set(hints):
        raise ValueError(f"{kind} has no field {sorted(set(value) - set(hints))}")
    try:
        return kind(**{name: from_plain(hints[name], entry) for name, entry in value.items()})  # type: ignore[operator]
    except TypeError as error:
        raise ValueError(str(error)) from error
