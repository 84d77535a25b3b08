"""A whole `practice` over loudspeaker and microphone in one room: only the candidate interrupts us."""

from pathlib import Path

import practice_terminal
import pytest
from echo_scenes import write_clip
from practice_terminal import PracticeTerminal
from sound_server import VirtualSoundServer

from voice_interviewer.core.turns import events as e

pytestmark = [pytest.mark.sound_server, pytest.mark.slow]

GAIN_DB = -20.0
LONG = (
    "- Tell me about a model that you tested for a team in another country, from the day on which they first"
    " asked you for help until the day on which they told you what had become of it and why.\n"
)
HEARD = (e.SpeechResumed, e.SpeechStarted, e.SegmentClosed)


def test_with_a_canceller_a_question_is_interrupted_and_only_by_the_candidate(
    sound_server: VirtualSoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice_terminal, "QUESTIONS", LONG)
    sound_server.echo_into_microphone(GAIN_DB)
    sound_server.start_room_noise()
    clip = write_clip(tmp_path / "clip.wav", 6.0)
    with PracticeTerminal(
        tmp_path / "home", "--minutes", "5", "--echo-cancelling", env=sound_server.env
    ) as terminal:
        state = terminal.until(lambda state: state.phase == "speaking" and state.floor.then == "listen")
        assert state.settings.full_duplex
        terminal.until(lambda state: state.floor.line_started_ms is not None)
        terminal.watch(1.2)
        assert not any(isinstance(event, HEARD) for event in terminal.events), "only our own echo so far"
        sound_server.play_to_microphone(clip)
        terminal.until(lambda state: state.phase == "listening")
        events = terminal.events
    (resumed,) = (event for event in events if isinstance(event, e.SpeechResumed))
    ended = next(
        event for event in events if isinstance(event, e.LineFinished) and event.at_ms >= resumed.at_ms
    )
    begun = next(event for event in events if isinstance(event, e.LineStarted) and event.line == ended.line)
    assert ended.played_ms < begun.duration_ms, "our question was cut short"
    assert ended.at_ms - resumed.at_ms <= 60
