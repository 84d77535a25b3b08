"""A tone when the microphone opens and when the interview is paused, and at no other time."""

from timeline import Timeline

from voice_audio.errors import DeviceProblem
from voice_audio.ports import Sound
from voice_interviewer.cli.cues import Cues
from voice_interviewer.core.turns.machine import step


class Played:
    """A loudspeaker that counts; with `fails` it cannot play."""

    trouble: str | None = None

    def __init__(self, fails: bool = False) -> None:
        self.sounds: list[Sound] = []
        self._fails = fails

    def play(self, sound: Sound) -> None:
        if self._fails:
            raise DeviceProblem("device_failed", "gone", "")
        self.sounds.append(sound)

    def playing(self) -> bool:
        return False

    def stop(self) -> int:
        return 0

    def close(self) -> None:
        return


def follow(talk: Timeline, speaker: Played) -> None:
    state = [talk.state]
    cues = Cues(speaker, lambda: state[0])
    replayed = type(talk.state)(talk.state.rules)
    for event, commands in talk.log:
        replayed, _ = step(replayed, event)
        state[0] = replayed
        cues.observe(event, commands)


def test_tones_mark_where_the_floor_changes_hands():
    talk = Timeline()
    talk.until_listening()
    talk.answer("we did that", "own_part", "Which part was yours?")
    talk.until_listening()
    talk.key("pause")
    talk.key("pause")
    speaker = Played()
    follow(talk, speaker)
    assert len(speaker.sounds) == 4  # two turns, the pause, and the turn again
    assert all(sound.duration_ms <= 200 for sound in speaker.sounds)


def test_a_failing_loudspeaker_stops_nothing():
    talk = Timeline()
    talk.until_listening()
    follow(talk, Played(fails=True))
