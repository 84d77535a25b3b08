"""Whole conversations through the machine, as timelines."""

import pytest
from timeline import Timeline, small_plan

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import IllegalEvent, State, step


def test_an_interview_from_hello_to_goodbye():
    talk = Timeline()
    assert talk.saying == "Hello."
    talk.until_listening()
    assert talk.state.agenda.asked.text == "Tell me about first."
    talk.answer("we rebuilt the whole data set", "own_part", "Which part was yours?")
    assert talk.saying == "Which part was yours?"
    talk.until_listening()
    talk.answer("i wrote the tests", "move_on", "Thank you.")
    assert talk.saying == "Thank you."
    talk.say_line()
    assert talk.saying == "Tell me about second."
    talk.until_listening()
    talk.answer("i did it and errors fell by half", "move_on", "Let's go on.")
    talk.until_listening()
    assert talk.state.agenda.asked.text == "What would you like to ask me?"
    talk.answer("how big is the team", "move_on")
    assert talk.saying == "I cannot answer for a company."
    talk.say_line()
    assert talk.saying == "Goodbye."
    talk.say_line()
    assert talk.phase == "ended"
    assert talk.state.floor.end_reason == "finished"
    asked = [
        (exchange.question_id, exchange.move, exchange.answer.text)
        for exchange in talk.state.agenda.exchanges
    ]
    assert asked == [
        ("first", None, "we rebuilt the whole data set"),
        ("first", "own_part", "i wrote the tests"),
        ("second", None, "i did it and errors fell by half"),
        ("closing-yours", None, "how big is the team"),
    ]


def test_the_floor_is_taken_after_two_seconds_and_not_before():
    talk = Timeline()
    talk.until_listening()
    talk.speak(3.0, "i looked at the data")
    talk.silence(1.1)  # 1.6 s since the last speech, and speech comes back 0.3 s later
    assert talk.phase == "listening"
    talk.speak(3.0, "and then i fixed it")
    talk.silence(1.4)
    assert talk.phase == "listening"
    talk.silence(0.2)
    assert talk.phase == "thinking"
    assert talk.state.answer.text == "i looked at the data and then i fixed it"


def test_no_floor_is_taken_while_somebody_speaks():
    talk = Timeline()
    talk.until_listening()
    talk.send(e.SpeechStarted(talk.now_ms + 64, talk.now_ms))
    talk.silence(120)
    assert talk.phase == "listening"


def test_the_reply_waits_for_the_last_words():
    talk = Timeline()
    talk.until_listening()
    talk.speak(3.0, "late words", understood=False)
    talk.silence(2.5)
    assert talk.phase == "thinking"
    assert not talk.commands(e.PlanReply)
    talk.understand(1, 0, "late words")
    assert talk.commands(e.PlanReply) == [e.PlanReply(1, 0, 1)]


def test_a_key_ends_the_answer_at_once_and_closes_the_open_segment():
    talk = Timeline()
    talk.until_listening()
    talk.send(e.SpeechStarted(talk.now_ms + 64, talk.now_ms))
    commands = talk.key("done")
    assert talk.phase == "thinking"
    assert commands == (e.StopListening(1),)


def test_a_cough_is_not_an_answer():
    talk = Timeline()
    talk.until_listening()
    talk.speak(0.3, "")
    talk.silence(5)
    assert talk.phase == "listening"
    assert not talk.state.answer.heard_speech


def test_a_noise_understood_too_late_reopens_the_turn_silently():
    talk = Timeline()
    talk.until_listening()
    talk.speak(0.3, "", understood=False)
    talk.silence(3)
    assert talk.phase == "thinking"
    talk.understand(1, 0, "")
    assert talk.phase == "listening"
    assert talk.state.answer.turn == 1


def test_nobody_answers_the_question_is_repeated_then_left():
    talk = Timeline()
    talk.until_listening()
    talk.silence(21)
    assert talk.phase == "thinking"
    talk.reply("repeat", "Here it is again.")
    assert talk.saying == "Here it is again."
    talk.until_listening()
    talk.silence(21)
    talk.reply("move_on", "Let's go on.")
    talk.until_listening()
    assert talk.state.agenda.asked.text == "Tell me about second."


def test_never_more_probes_than_the_settings_allow():
    talk = Timeline(settings=e.Settings(max_probes=1))
    talk.until_listening()
    talk.answer("we did", "own_part", "Which part was yours?")
    talk.until_listening()
    talk.answer("some of it", "result", "What came of it?")
    assert talk.saying != "What came of it?"
    talk.until_listening()
    assert talk.state.agenda.asked.text == "Tell me about second."


def test_i_was_not_finished_strikes_the_reply_and_reopens_the_turn():
    talk = Timeline()
    talk.until_listening()
    talk.answer("i started with the data", "result", "What came of it?")
    line = talk.state.line.id
    commands = talk.key("unfinished")
    assert commands[0] == e.StopSpeaking(line)
    assert talk.phase == "listening"
    assert (talk.state.answer.turn, talk.state.answer.revision) == (1, 1)
    assert talk.state.agenda.exchanges == ()
    assert talk.state.agenda.probes_used == 0
    talk.speak(3.0, "and it worked")
    talk.silence(2.5)
    assert talk.state.answer.text == "i started with the data and it worked"
    talk.reply("move_on", "Thank you.", revision=0)
    assert talk.phase == "thinking", "a verdict on the old revision is dropped"
    talk.reply("move_on", "Thank you.")
    assert talk.saying == "Thank you."


def test_not_finished_after_the_next_question_was_asked():
    talk = Timeline()
    talk.until_listening()
    talk.answer("first part", "move_on")
    talk.until_listening()
    assert talk.state.answer.turn == 2
    talk.key("unfinished")
    assert talk.state.answer.turn == 1
    assert talk.state.agenda.asked.text == "Tell me about first."
    talk.answer("second part", "move_on")
    assert talk.state.agenda.exchanges[0].answer.text == "first part second part"
    talk.until_listening()
    assert (talk.state.answer.turn, talk.state.agenda.asked.text) == (2, "Tell me about second.")


def test_asking_for_time_stops_the_timer_until_speech_returns():
    talk = Timeline()
    talk.until_listening()
    talk.speak(1.0, "well")
    talk.key("hold")
    talk.silence(25)
    assert talk.phase == "listening"
    talk.speak(2.0, "i would say yes")
    talk.silence(2.5)
    assert talk.phase == "thinking"


def test_repeat_keeps_what_was_said():
    talk = Timeline()
    talk.until_listening()
    talk.speak(1.0, "so in spring")
    talk.key("repeat")
    assert talk.saying == "Tell me about first."
    talk.say_line()
    talk.speak(1.0, "we met")
    talk.silence(2.5)
    assert talk.state.answer.text == "so in spring we met"


@pytest.mark.parametrize("moment", ["speaking", "listening", "thinking", "typing"])
def test_pause_and_go_on_from_anywhere(moment):
    talk = Timeline()
    if moment != "speaking":
        talk.until_listening()
    if moment == "thinking":
        talk.speak(2.0, "an answer")
        talk.silence(2.5)
    if moment == "typing":
        talk.key("type")
    assert talk.phase == moment
    talk.key("pause")
    if moment == "thinking":
        talk.reply("result", "What came of it?")
    assert talk.phase == "paused"
    talk.silence(600)
    assert talk.phase == "paused"
    talk.key("pause")
    expected = {"speaking": "speaking", "listening": "listening", "thinking": "speaking", "typing": "typing"}
    assert talk.phase == expected[moment]


def test_skip_goes_to_the_next_question_and_late_words_stay_behind():
    talk = Timeline()
    talk.until_listening()
    talk.speak(2.0, "never mind", understood=False)
    talk.key("skip")
    assert talk.phase == "listening", "an answer is not thrown away by one key"
    assert talk.state.floor.skip_asked
    talk.key("skip")
    talk.until_listening()
    assert talk.state.agenda.asked.text == "Tell me about second."
    talk.understand(1, 0, "never mind")
    assert talk.state.answer.text == ""


def test_typing_adds_to_what_was_said_and_the_voice_can_come_back():
    talk = Timeline()
    talk.until_listening()
    talk.speak(1.0, "first aloud")
    talk.key("type")
    assert talk.phase == "typing"
    talk.send(e.AnswerTyped(talk.now_ms, 1, "then by hand"))
    assert talk.phase == "thinking"
    assert talk.state.answer.text == "first aloud then by hand"
    talk.reply("move_on", "Thank you.")
    talk.until_listening()
    assert talk.phase == "typing"
    talk.key("type")
    assert talk.phase == "listening"


def test_a_typed_interview_never_opens_the_microphone():
    talk = Timeline(settings=e.Settings(typed=True))
    talk.until_listening()
    talk.send(e.AnswerTyped(talk.now_ms, 1, "an answer"))
    talk.reply("move_on")
    talk.until_listening()
    assert not talk.commands(e.Listen)


def test_quit_asks_once_and_another_key_takes_it_back():
    talk = Timeline()
    talk.until_listening()
    talk.key("quit")
    assert talk.state.floor.quit_asked
    talk.key("other")
    assert not talk.state.floor.quit_asked
    talk.key("quit")
    talk.key("quit")
    assert (talk.phase, talk.state.floor.end_reason) == ("ended", "quit")


def test_ctrl_c_waits_for_the_last_words_and_a_second_one_does_not():
    talk = Timeline()
    talk.until_listening()
    talk.speak(2.0, "last words", understood=False)
    talk.send(e.SessionInterrupted(talk.now_ms))
    assert talk.phase == "ending"
    talk.understand(1, 0, "last words")
    assert talk.phase == "ended"
    assert talk.state.answer.text == "last words"

    other = Timeline()
    other.until_listening()
    other.speak(2.0, "lost words", understood=False)
    other.send(e.SessionInterrupted(other.now_ms))
    other.send(e.SessionInterrupted(other.now_ms))
    assert (other.phase, other.state.floor.end_reason) == ("ended", "interrupted")


def test_a_line_that_cannot_be_spoken_is_read_and_the_interview_goes_on():
    talk = Timeline()
    talk.send(e.LineUnspoken(talk.now_ms, talk.state.line.id, "no voice"))
    assert talk.saying == "Hello."
    talk.silence(1.0)
    assert talk.saying == "Hello."
    talk.silence(1.5)
    assert talk.saying == "Tell me about first."


def test_a_lost_microphone_never_ends_an_answer():
    talk = Timeline()
    talk.until_listening()
    talk.speak(2.0, "half an answer")
    talk.send(e.MicrophoneLost(talk.now_ms, "unplugged"))
    talk.silence(60)
    assert talk.phase == "listening"
    talk.send(e.MicrophoneReturned(talk.now_ms))
    talk.silence(1.0)
    assert talk.phase == "listening"
    talk.silence(1.5)
    assert talk.phase == "thinking"


def test_the_candidates_own_questions_come_even_when_the_time_is_over():
    talk = Timeline(small_plan(minutes=1))
    talk.until_listening()
    talk.speak(90.0, "a very long answer")
    talk.silence(2.5)
    talk.reply("move_on", "Thank you.")
    talk.until_listening()
    assert talk.state.agenda.asked.text == "What would you like to ask me?"


@pytest.mark.parametrize("moment", ["speaking", "listening", "mid-speech", "thinking", "typing", "paused"])
def test_resuming_after_a_crash_asks_again_for_whatever_was_open(moment):
    talk = Timeline()
    if moment != "speaking":
        talk.until_listening()
    if moment == "mid-speech":
        talk.send(e.SpeechStarted(talk.now_ms + 64, talk.now_ms))
    if moment == "thinking":
        talk.speak(2.0, "an answer")
        talk.silence(2.5)
    if moment in ("typing", "paused"):
        talk.key("type" if moment == "typing" else "pause")
    folded = State(load_turn_rules())
    for event, _ in talk.log:
        folded, _ = step(folded, event)
    assert folded == talk.state
    commands = talk.send(e.SessionResumed(talk.now_ms + 500))
    kinds = [type(command) for command in commands]
    expected = {
        "speaking": [e.Speak],
        "listening": [e.Listen, e.WakeAt],
        "mid-speech": [e.TranscribeSegment, e.Listen, e.WakeAt],
        "thinking": [e.PlanReply],
        "typing": [],
        "paused": [],
    }
    assert kinds == expected[moment]


def test_illegal_events_raise_and_change_nothing():
    started = e.SessionStarted(0, small_plan(), e.Settings())
    with pytest.raises(IllegalEvent):
        step(State(load_turn_rules()), e.ClockReached(10))
    talk = Timeline()
    before = talk.state
    for event in (
        started,
        e.SegmentClosed(10, 7, 0, 10),
        e.ReplyPlanned(10, 1, 0, None),  # type: ignore[arg-type]
        e.KeyPressed(10, "no such key"),
    ):
        with pytest.raises(IllegalEvent):
            step(talk.state, event)
    assert talk.state == before
    talk.key("quit")
    talk.key("quit")
    with pytest.raises(IllegalEvent):
        step(talk.state, e.ClockReached(10))


def test_faster_and_slower_change_the_lines_still_to_come():
    talk = Timeline()
    talk.key("faster")
    talk.say_line()
    speak = talk.commands(e.Speak)[-1]
    assert speak.words_per_minute == 180


def test_a_question_nobody_began_to_answer_is_skipped_at_once():
    talk = Timeline()
    talk.until_listening()
    talk.key("skip")
    assert talk.saying == "Tell me about second."


def test_a_pause_costs_no_interview_time():
    talk = Timeline()
    talk.until_listening()
    left_ms = talk.state.context().time_left_ms
    talk.key("pause")
    talk.silence(1200)
    talk.key("pause")
    assert talk.state.context().time_left_ms == left_ms
    assert talk.state.interview_ms(talk.now_ms) < 60_000
    talk.answer("an answer", "move_on")
    assert talk.saying == "Tell me about second."


def test_asking_to_hear_the_question_again_is_free():
    talk = Timeline()
    talk.until_listening()
    for _ in range(3):
        talk.answer("could you repeat the question", "repeat", "Tell me about first.")
        assert talk.saying == "Tell me about first."
        talk.until_listening()
    assert talk.state.agenda.non_answers == 0
    for _ in range(2):
        talk.answer("hm", "repeat", "Once more.")
        talk.until_listening()
    talk.answer("hm", "repeat", "Once more.")
    assert talk.state.agenda.exchanges[-1].answer.text == "hm"
    talk.until_listening()
    assert talk.state.agenda.asked.text == "Tell me about second."


def test_a_cough_after_the_probe_does_not_take_not_finished_away():
    talk = Timeline()
    talk.until_listening()
    talk.answer("the first half", "result", "What came of it?")
    talk.until_listening()
    talk.speak(0.3, "")
    talk.key("unfinished")
    assert talk.state.answer.turn == 1
    assert talk.state.answer.text == "the first half"


def test_what_was_said_into_the_next_question_joins_the_answer_that_was_cut():
    talk = Timeline()
    talk.until_listening()
    talk.answer("the first half", "result", "What came of it?")
    talk.until_listening()
    now = talk.now_ms
    talk.send(e.SpeechStarted(now + 64, now))
    talk.now_ms += 2000
    talk.send(e.KeyPressed(talk.now_ms, "unfinished"))
    talk.send(e.SegmentClosed(talk.now_ms, 2, now, talk.now_ms))
    pending = talk.state.answer.pending[-1]
    talk.understand(1, pending.segment, "and the second")
    assert talk.state.answer.turn == 1
    assert talk.state.answer.text == "the first half and the second"


def test_pieces_that_close_late_are_numbered_after_those_before():
    """Done and not finished at once: the sound closed by the first key still has its own place."""
    talk = Timeline()
    talk.until_listening()
    talk.speak(2.0, "one")
    now = talk.now_ms
    talk.send(e.KeyPressed(now, "done"))
    talk.send(e.KeyPressed(now, "unfinished"))
    talk.send(e.SegmentClosed(now, 1, now - 900, now))
    talk.send(e.SegmentClosed(now + 900, 1, now, now + 900))
    numbers = [pending.segment for pending in talk.state.answer.pending]
    assert numbers == [1, 2]
    talk.understand(1, 2, "three")
    talk.understand(1, 1, "two")
    assert talk.state.answer.text == "one two three"


def test_a_pause_or_quit_that_was_asked_for_does_not_come_back_with_an_undo():
    talk = Timeline()
    talk.until_listening()
    talk.speak(2.0, "half")
    talk.silence(2.5)
    talk.key("pause")
    talk.key("unfinished")
    assert not talk.state.floor.pause_asked
    talk.key("quit")
    talk.speak(2.0, "whole")
    talk.silence(2.5)
    talk.reply("result", "What came of it?")
    talk.key("other")
    talk.key("unfinished")
    assert not talk.state.floor.quit_asked
    talk.key("quit")
    assert talk.phase != "ended"


def test_a_second_typed_line_belongs_to_the_answer_while_the_reply_is_planned():
    talk = Timeline(settings=e.Settings(typed=True))
    talk.until_listening()
    talk.send(e.AnswerTyped(talk.now_ms, 1, "first line"))
    talk.send(e.AnswerTyped(talk.now_ms, 1, "second line"))
    talk.reply("move_on", revision=0)
    assert talk.phase == "thinking"
    talk.reply("move_on")
    assert talk.state.agenda.exchanges[0].answer.text == "first line second line"


def test_a_recogniser_that_fails_is_owned_up_to_and_not_taken_for_silence():
    talk = Timeline()
    talk.until_listening()
    for _ in range(2):
        talk.speak(5.0, "lost", understood=False)
        talk.send(e.SegmentFailed(talk.now_ms, 1, talk.state.answer.pending[0].segment, "broken"))
        talk.silence(2.5)
        assert "could not make that out" in talk.saying
        talk.until_listening()
        assert talk.state.agenda.asked.text == "Tell me about first."
    assert talk.state.agenda.non_answers == 0
    talk.speak(5.0, "lost", understood=False)
    talk.send(e.SegmentFailed(talk.now_ms, 1, talk.state.answer.pending[0].segment, "broken"))
    talk.silence(2.5)
    assert talk.saying == "Tell me about second."


@pytest.mark.parametrize("moment", ["between stop and close", "after a short pause", "after a forced cut"])
def test_a_crash_loses_no_sound_of_an_open_segment_and_doubles_none(moment):
    talk = Timeline()
    talk.until_listening()
    begun = talk.now_ms + 300
    talk.send(e.SpeechStarted(begun + 64, begun))
    if moment == "after a forced cut":
        talk.send(e.SegmentClosed(begun + 25_000, 1, begun - 250, begun + 25_000))
        talk.understand(1, 0, "the long first piece")
        crash, expected = begun + 30_000, (begun + 25_000, begun + 30_000)
    else:
        talk.send(e.SpeechStopped(begun + 4000, begun + 3800))
        crash = begun + 4100
        if moment == "after a short pause":
            talk.send(e.SpeechStarted(begun + 4264, begun + 4200))
            crash = begun + 9000
        expected = (begun - 500, crash)
    floor_ms = talk.state.floor.closed_until_ms
    commands = talk.send(e.SessionResumed(crash))
    asked = [(c.start_ms, c.end_ms) for c in commands if isinstance(c, e.TranscribeSegment)]
    assert asked == [(max(expected[0], floor_ms), expected[1])]
    assert asked[0][1] - asked[0][0] >= 3800
