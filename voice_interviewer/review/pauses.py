"""How long a session stood still at the candidate's wish, read from its log.

What a press of "pause" meant shows in what it led to: silence where somebody was speaking or being listened
to, or the next line or an open microphone where it ended a pause. Where it led to nothing, answers were
being typed, or the reply was being planned and the pause began as soon as that was done: where the reply
had been made ahead, with the last words.
"""

from collections.abc import Iterable

from voice_interviewer.core.turns import events as e


def paused_ms(pairs: Iterable[tuple[e.Event, tuple[e.Command, ...]]]) -> int:
    """Milliseconds on the session clock between each pause and its end, or the last event."""
    watch = _Watch()
    for event, commands in pairs:
        watch.take(event, commands)
    return watch.total_ms + (0 if watch.since_ms is None else watch.last_ms - watch.since_ms)


class _Watch:
    def __init__(self) -> None:
        self.total_ms = self.last_ms = 0
        self.since_ms: int | None = None
        self.asked = False
        self.thinking = False
        self.awaited: tuple[int, int] | None = None
        self.words_ms: int | None = None
        """When the newest of the answer's last words came in, after a pause was asked for."""

    def take(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        self.last_ms = max(self.last_ms, event.at_ms)
        goes_on = any(isinstance(command, e.Speak | e.Listen) for command in commands)
        match event:
            case e.KeyPressed(key="pause"):
                self._press(event.at_ms, bool(commands), goes_on)
            case e.KeyPressed(key="unfinished") if self.thinking:
                self.asked = self.thinking = False
                self.awaited = None
            case e.ReplyPlanned(turn=turn, revision=revision) if (turn, revision) == self.awaited:
                if self.asked and not commands:
                    self.since_ms = event.at_ms
                self.asked = self.thinking = False
                self.awaited = None
            case e.ListeningStopped() | e.SegmentTranscribed() | e.SegmentFailed() if self.asked:
                self.words_ms = event.at_ms
            case _:
                pass
        self._follow(event, commands, goes_on)

    def _press(self, at_ms: int, acted: bool, goes_on: bool) -> None:
        if self.since_ms is None and self.asked and goes_on and self.awaited is None:
            self.since_ms = self.words_ms  # the reply had been made ahead
        if self.since_ms is not None:
            self.total_ms += at_ms - self.since_ms
            self.since_ms = None
        elif self.thinking and not acted:
            self.asked, self.words_ms = not self.asked, None
        elif not goes_on:
            self.since_ms = at_ms

    def _follow(self, event: e.Event, commands: tuple[e.Command, ...], goes_on: bool) -> None:
        if goes_on:
            self.asked = self.asked and isinstance(
                event, e.SpeechResumed
            )  # it waits for the end of the answer
            self.thinking, self.awaited = False, None
        for command in commands:
            if isinstance(command, e.PlanReply) and not command.speculative:
                self.thinking, self.awaited = True, (command.turn, command.revision)
            elif isinstance(command, e.StopListening) and not goes_on:
                # the answer is over; any other key that closes the microphone does not end it
                self.thinking = not isinstance(event, e.KeyPressed) or event.key == "done"
