"""A soft line that gives way to the candidate is not followed by another one at once."""

from timeline import Timeline

from voice_interviewer.core.turns import events as e


def test_nothing_is_said_to_somebody_who_has_just_gone_on() -> None:
    talk = Timeline(gated=True)
    talk.until_listening()
    talk.speak(3.0, "it was a hard week and we")
    while talk.phase == "listening":
        talk.silence(0.1)
    talk.reply("wait", "Take all the time you need.")
    line = talk.state.line
    assert line is not None
    talk.send(e.LineStarted(talk.now_ms, line.id, 1_500))
    talk.silence(1.2)
    said = len(talk.commands(e.Speak))
    silent_ms = talk.now_ms - talk.state.answer.silent_since_ms
    assert silent_ms > talk.state.settings.gate.soft_ms, "long enough for another soft word"
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 200))
    assert talk.commands(e.StopSpeaking)
    assert talk.phase == "listening"
    assert len(talk.commands(e.Speak)) == said
