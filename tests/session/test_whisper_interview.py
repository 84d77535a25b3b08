"""A whole interview heard by the real faster-whisper, on a small model directory the suite writes itself.

The model says its script whatever it hears: this proves the path (loading, word times, the session clock, the
record), never the quality.
"""

import pytest
from interview_room import Room
from whisper_models import Script, write_whisper

from voice_audio.transcribers.whisper import load_whisper
from voice_interviewer.core.turns import events as e
from voice_interviewer.store.log import read_log

SAID = "I compared the error rates myself and they fell from nine to four percent."


@pytest.fixture(scope="module")
def interview(tmp_path_factory):
    root = tmp_path_factory.mktemp("whisper")
    model = write_whisper(root / "toy", Script(SAID, doubtful=("nine",)))
    return Room(root, load_whisper(model, device="cpu")).interview("heard")


def test_the_interview_ends_and_every_answer_has_the_models_words(interview):
    session, _, _ = interview
    assert session.state.floor.end_reason == "finished"
    assert session.state.agenda.exchanges
    for exchange in session.state.agenda.exchanges:
        assert "compared the error rates myself" in exchange.answer.text


def test_word_times_lie_inside_the_segment_on_the_session_clock(interview):
    _, recorder, _ = interview
    segments = {}
    for entry in read_log(recorder.folder.path).entries:
        for command in entry.commands:
            if isinstance(command, e.TranscribeSegment):
                segments[command.turn, command.segment] = command
        if isinstance(entry.event, e.SegmentTranscribed):
            closed = segments[entry.event.turn, entry.event.segment]
            for word in entry.event.words:
                assert closed.start_ms <= word.start_ms <= word.end_ms <= closed.end_ms + 20


def test_the_models_doubt_reaches_the_record(interview):
    session, _, _ = interview
    words = [word for exchange in session.state.agenda.exchanges for word in exchange.answer.words]
    doubtful = {word.text for word in words if word.probability < 0.5}
    assert "nine" in doubtful
    assert "compared" not in doubtful
