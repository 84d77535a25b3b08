"""The interview as plain lines: for a pipe, a screen reader, and the demo. One thing that happened, one
line."""

from collections.abc import Callable

from voice_interviewer.core import events as e
from voice_interviewer.core.probing import PROBES

NAMES = {"interviewer": "Interviewer", "candidate": "Candidate", "note": "·"}
WIDTH = 11


def stamp(ms: int) -> str:
    """Minutes, seconds and tenths of the session clock, e.g. 02:05.3."""
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms // 100 % 10}"


class PlainScreen:
    """Writes who said what when, as it happens. `write` gets one line without its end."""

    def __init__(self, write: Callable[[str], None], candidate: str = "Candidate", why: bool = False) -> None:
        self._write, self._candidate, self._why = write, candidate, why
        self._lines: dict[int, e.Line] = {}
        self._listening = False

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        self._lines |= {command.line.id: command.line for command in commands if isinstance(command, e.Speak)}
        match event:
            case e.LineStarted(at_ms, line):
                self._say(at_ms, "Interviewer", self._lines[line].text)
            case e.LineUnspoken(at_ms, line, reason):
                self._say(at_ms, "Interviewer", self._lines[line].text)
                self._note(at_ms, f"not spoken, read it above: {reason}")
            case e.SegmentTranscribed(_, _, _, words) if words:
                self._say(words[0].start_ms, self._candidate, " ".join(word.text for word in words))
            case e.SegmentFailed(at_ms, _, _, reason):
                self._note(at_ms, f"not understood: {reason} (the sound is kept)")
            case e.AnswerTyped(at_ms, _, text):
                self._say(at_ms, self._candidate, text)
            case e.ReplyPlanned(at_ms, _, _, reply) if self._why and reply.chosen.move in PROBES:
                self._note(at_ms, f"follow-up: {reply.chosen.move.replace('_', ' ')}; {reply.chosen.reason}")
            case e.MicrophoneLost(at_ms, reason):
                self._note(at_ms, reason)
            case e.MicrophoneReturned(at_ms):
                self._note(at_ms, "The microphone is back.")
            case e.SessionEnded(at_ms, reason):
                self._note(at_ms, f"The interview is over ({reason}).")
        for command in commands:
            if isinstance(command, e.Listen):
                self._note(command.from_ms, "listening")
            elif isinstance(command, e.StopListening):
                self._note(event.at_ms, "thinking")

    def _say(self, at_ms: int, who: str, text: str) -> None:
        self._write(f"[{stamp(at_ms)}] {who:<{WIDTH}} {text}")

    def _note(self, at_ms: int, text: str) -> None:
        self._write(f"[{stamp(at_ms)}] {'·':>{WIDTH}} {text}")
