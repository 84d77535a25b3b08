"""Short tones for whoever does not look at the screen: the microphone is yours, the interview is paused."""

from collections.abc import Callable
from contextlib import suppress

from voice_audio.cues import load_cue
from voice_audio.ports import Speaker
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import State
from voice_interviewer.errors import Problem


class Cues:
    """Plays a tone where the floor changes hands. At most 200 ms, so it is over when the microphone opens."""

    def __init__(self, speaker: Speaker, state: Callable[[], State]) -> None:
        self._speaker, self._state = speaker, state

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        if any(isinstance(command, e.Listen) for command in commands):
            self._play("listening")
        elif isinstance(event, e.KeyPressed) and event.key == "pause" and self._state().phase == "paused":
            self._play("pause")

    def _play(self, name: str) -> None:
        with suppress(Problem):  # a tone that cannot be played is no reason to stop an interview
            self._speaker.play(load_cue(name))
