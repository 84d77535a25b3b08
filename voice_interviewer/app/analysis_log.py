"""The log of a session that was recorded elsewhere: the events the interview would have written down."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.store.recorder import Recorder

WORDS_PER_MINUTE = 165


@dataclass(frozen=True)
class Told:
    """One question and its answer, in ms of the recording. heard: the question as recognised, None where
    nobody is heard asking. segments: start, end and words of each piece of the answer."""

    number: int
    question: Question
    heard: str | None
    asked_ms: tuple[int, int] | None
    window_ms: tuple[int, int]
    speech_ms: tuple[tuple[int, int], ...]
    segments: tuple[tuple[int, int, tuple[Word, ...]], ...]


def write_log(
    recorder: Recorder, title: str, role: str, level: str, told: Sequence[Told], length_ms: int
) -> None:
    """Everything that happened, in order, from SessionStarted to SessionEnded."""
    items = tuple(PlanItem("core", each.question.say, each.question) for each in told)
    plan = Plan(role, title, level, max(1, round(length_ms / 60_000)), 0, items)
    log = _Log(recorder)
    log.add(e.SessionStarted(0, plan, e.Settings()), *(_speak(told[0]) if told else ()))
    for each, following in zip(told, [*told[1:], None], strict=True):
        _asked(log, each)
        _answered(log, each, following)
    log.add(e.SessionEnded(length_ms, "finished"))


class _Log:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def add(self, event: e.Event, *commands: e.Command) -> None:
        self._recorder.event(event)
        self._recorder.commands(commands)


def _speak(told: Told) -> tuple[e.Command, ...]:
    text = told.heard or told.question.say
    return (e.Speak(e.Line(told.number, "question", text, told.question.id), WORDS_PER_MINUTE),)


def _asked(log: _Log, told: Told) -> None:
    listen = e.Listen(told.number, told.window_ms[0])
    if told.asked_ms is None:
        log.add(e.LineUnspoken(told.window_ms[0], told.number, "not in the recording"), listen)
        return
    start_ms, end_ms = told.asked_ms
    log.add(e.LineStarted(start_ms, told.number, end_ms - start_ms))
    log.add(e.LineFinished(end_ms, told.number, end_ms - start_ms), listen)


def _answered(log: _Log, told: Told, following: Told | None) -> None:
    turn, end_ms = told.number, told.window_ms[1]
    edges: list[tuple[int, e.Event]] = [(a, e.SpeechStarted(a, a)) for a, _ in told.speech_ms]
    edges += [(b, e.SpeechStopped(b, b)) for _, b in told.speech_ms]
    for _, event in sorted(edges, key=lambda each: each[0]):
        log.add(event)
    for number, (start_ms, stop_ms, words) in enumerate(told.segments):
        closed = e.SegmentClosed(stop_ms, turn, start_ms, stop_ms)
        log.add(closed, e.TranscribeSegment(turn, number, start_ms, stop_ms))
        log.add(e.SegmentTranscribed(stop_ms, turn, number, words))
    log.add(e.ClockReached(end_ms), e.StopListening(turn), e.PlanReply(turn, 1))
    log.add(e.ListeningStopped(end_ms, turn))
    reply = Reply(Move("move_on", "", reason="recorded elsewhere"), tier="recording")
    after = _speak(following) if following else (e.EndSession("finished"),)
    log.add(e.ReplyPlanned(end_ms, turn, 1, reply), *after)
