"""A microphone that is lost holds an answer open; one that sends pure silence does not; read lines can be
skipped."""

from timeline import Timeline

from voice_interviewer.core.turns import events as e


def answering() -> Timeline:
    """The candidate has said something."""
    talk = Timeline()
    talk.until_listening()
    talk.speak(2.0, "I tested it.")
    return talk


def test_a_lost_microphone_holds_the_answer_open_and_pure_silence_ends_it():
    talk = answering()
    talk.send(e.MicrophoneLost(talk.now_ms, "stopped"))
    talk.silence(60.0)
    assert talk.phase == "listening"
    talk.send(e.MicrophoneLost(talk.now_ms, "zeros", silent=True))
    assert talk.state.floor.microphone_trouble == "zeros"
    talk.silence(1.9)
    assert talk.phase == "listening", "silence counts from where the microphone was heard again"
    talk.silence(0.2)
    assert talk.phase == "thinking"


def test_pure_silence_neither_prolongs_nor_restarts_the_silence_of_an_answer():
    talk = answering()
    began = talk.state.answer.silent_since_ms
    talk.send(e.MicrophoneLost(talk.now_ms, "zeros", silent=True))
    talk.silence(0.5)
    talk.send(e.MicrophoneReturned(talk.now_ms))
    assert talk.state.answer.silent_since_ms == began
    assert talk.state.floor.microphone_trouble is None
    talk.silence(2.0)
    assert talk.phase == "thinking"


def test_where_answers_are_typed_a_line_that_was_read_can_be_left():
    typed = Timeline(settings=e.Settings(typed=True))
    line = typed.state.line
    typed.key("done")
    assert typed.log[-1][1] == (e.StopSpeaking(line.id),)
    typed.send(e.LineFinished(typed.now_ms, line.id, 0))
    assert typed.state.line != line

    spoken = Timeline()
    spoken.key("done")
    assert spoken.log[-1][1] == (), "aloud, a key pressed too early must not cut the question"
