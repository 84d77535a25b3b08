"""What happens in pauses, when a turn was taken too early, and when both speak at once."""

from dataclasses import replace

import pytest
from timeline import Timeline

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import ANYTHING_TO_ADD, TAKE_YOUR_TIME
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.turns.interruptions import rest_of

SLOTS = (Slot("result", "heard", "it", 0, 2),)
OWN = Reply(Move("own_part", "Which part was yours?"), (), SLOTS)


def words(text: str, end_ms: int) -> tuple[Word, ...]:
    return tuple(Word(token, end_ms - 500, end_ms, 0.9) for token in text.split())


class Talk(Timeline):
    """A timeline that also plays the recogniser at pauses and the engine."""

    tail: e.TranscribeTail | None = None
    """Of the segment that is still open in the candidate's silence."""

    def silence(self, seconds: float) -> None:
        """The open segment closes half a second after its last speech."""
        tail, self.tail = self.tail, None
        if tail is None or seconds < 0.308:
            self.tail = tail
            super().silence(seconds)
            return
        super().silence(0.308)
        if self.phase == "listening":
            heard = self.state.answer.tail
            asked = self.send(e.SegmentClosed(self.now_ms, tail.turn, tail.start_ms, self.now_ms - 250))
            (segment,) = (c.segment for c in asked if isinstance(c, e.TranscribeSegment))
            assert heard is not None
            self.send(e.SegmentTranscribed(self.now_ms, tail.turn, segment, heard.words))
        super().silence(seconds - 0.308)

    def pause_after(self, seconds: float, text: str) -> e.TranscribeTail:
        """Speech and 192 ms of silence; the open segment is heard at once, as a live recogniser does."""
        self.silence(0.3)
        self.tail, onset = None, self.now_ms
        self.send(e.SpeechStarted(onset + 64, onset))
        self.now_ms += round(seconds * 1000)
        last, self.now_ms = self.now_ms, self.now_ms + 192
        commands = self.send(e.SpeechStopped(self.now_ms, last))
        (tail,) = (command for command in commands if isinstance(command, e.TranscribeTail))
        heard = e.WordsHeard(self.now_ms, tail.turn, tail.start_ms, tail.end_ms, words(text, last), True)
        self.send(heard)
        self.tail = tail
        return tail

    def assess(self, ending: float | None = None) -> None:
        assert self.state.ahead.assessing is not None
        draft = self.state.ahead.assessing[0]
        self.send(
            e.EvidenceAssessed(
                self.now_ms, self.state.answer.turn, self.state.answer.revision, SLOTS, draft, ending
            )
        )

    def plan(self, reply: Reply = OWN) -> None:
        assert self.state.ahead.planning is not None
        turn, revision = self.state.answer.turn, self.state.answer.revision
        self.send(e.ReplyPlanned(self.now_ms, turn, revision, reply, self.state.ahead.planning))

    def line_begins(self, ms: int = 3000) -> None:
        assert self.state.line is not None
        self.send(e.LineStarted(self.now_ms, self.state.line.id, ms))


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.until_listening()
    return talk


def cut(talk: Talk, full_duplex: bool = False) -> None:
    """An answer that was taken as over, our probe under way for 400 ms."""
    talk.state = replace(talk.state, settings=replace(talk.state.settings, full_duplex=full_duplex))
    talk.pause_after(3.0, "we rebuilt it and")
    talk.assess()
    talk.plan()
    talk.silence(2.0)
    assert talk.saying == OWN.chosen.say
    talk.line_begins()
    talk.silence(0.4)


# --- thought ahead ------------------------------------------------------------------------------------


def test_the_reply_waits_ready_when_the_floor_is_taken(talk: Talk) -> None:
    talk.pause_after(3.0, "we rebuilt the data set")
    talk.assess()
    assert [c.speculative for c in talk.commands(e.PlanReply)] == [True]  # type: ignore[attr-defined]
    talk.plan()
    assert e.PrepareLine(OWN.chosen.say, talk.state.floor.words_per_minute) in talk.commands(e.PrepareLine)
    before = len(talk.commands(e.PlanReply))
    talk.silence(2.0)
    assert talk.saying == OWN.chosen.say
    assert len(talk.commands(e.PlanReply)) == before, "nothing was left to think about"


def test_a_reply_to_older_words_is_never_said(talk: Talk) -> None:
    talk.pause_after(3.0, "we rebuilt the data set")
    talk.assess()
    old = talk.state.ahead.planning
    talk.pause_after(1.0, "we rebuilt the data set and measured it")
    assert talk.state.ahead.planning == old, "one at a time"
    talk.plan()
    assert talk.state.ahead.prepared is None
    talk.assess()
    assert talk.state.ahead.planning != old
    talk.silence(2.0)
    assert talk.phase == "thinking"
    talk.plan(Reply(Move("move_on", "Thank you.")))
    assert talk.saying == "Thank you."


def test_at_most_one_piece_of_work_of_a_kind_is_under_way(talk: Talk) -> None:
    for count in range(4):
        talk.pause_after(1.0, " ".join(["more"] * (count + 1)))
    assert len(talk.commands(e.AssessEvidence)) == 1
    talk.assess()
    assert len(talk.commands(e.AssessEvidence)) == 2, "the newest words, once the worker is free"
    assert talk.state.ahead.assessing == (talk.state.answer.draft, len(talk.state.answer.heard_words))


def test_a_segment_that_went_on_is_heard_whole(talk: Talk) -> None:
    tail = talk.pause_after(2.0, "we rebuilt")
    talk.send(e.SpeechStarted(talk.now_ms + 100, talk.now_ms + 40))
    talk.now_ms += 1500
    talk.send(e.SpeechStopped(talk.now_ms, talk.now_ms - 192))
    talk.now_ms += 308
    talk.send(e.SegmentClosed(talk.now_ms, tail.turn, tail.start_ms, talk.now_ms - 250))
    assert len(talk.commands(e.TranscribeSegment)) == 1


def test_an_unsettled_reply_is_asked_for_again_before_the_end(talk: Talk) -> None:
    talk.pause_after(3.0, "we rebuilt the data set")
    talk.assess()
    talk.plan(replace(OWN, unsettled=True))
    talk.silence(1.2)  # of 2 s
    talk.plan(Reply(Move("result", "What came of it?"), (), SLOTS))
    talk.silence(1.0)
    assert talk.saying == "What came of it?"


def test_pauses_of_the_candidate_are_remembered(talk: Talk) -> None:
    talk.pause_after(1.0, "we")
    talk.silence(0.7)
    talk.pause_after(1.0, "we rebuilt it")
    assert talk.state.floor.pauses_ms == (192 + 700 + 300,)


# --- soft words ---------------------------------------------------------------------------------------


def test_take_your_time_does_not_take_the_turn() -> None:
    talk = Talk(gated=True)
    talk.until_listening()
    talk.pause_after(2.0, "it was a hard week")
    talk.key("hold")
    began = talk.state.answer.silent_since_ms
    talk.silence(5.6)
    assert talk.saying == load_turn_rules().asides.take_your_time[0]
    turn, revision = talk.state.answer.turn, talk.state.answer.revision
    talk.say_line(1.0)
    assert (talk.phase, talk.state.answer.turn, talk.state.answer.revision) == ("listening", turn, revision)
    assert talk.state.answer.silent_since_ms == began, "the silence counts on"
    talk.silence(6.0)
    assert talk.saying == load_turn_rules().asides.anything_to_add[0]
    talk.say_line(2.0)
    assert talk.state.answer.told == (TAKE_YOUR_TIME, ANYTHING_TO_ADD)
    assert talk.state.answer.text == "" or "hard week" in talk.state.answer.text


def test_a_soft_word_gives_way_at_once() -> None:
    talk = Talk(gated=True)
    talk.until_listening()
    talk.pause_after(2.0, "it was a hard week")
    talk.key("hold")
    talk.silence(5.6)
    talk.line_begins(1000)
    talk.silence(0.5)
    line, turn = talk.state.line, talk.state.answer.turn
    assert line is not None
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 200))
    assert e.StopSpeaking(line.id) in talk.commands(e.StopSpeaking)
    assert talk.commands(e.Listen)[-1] == e.Listen(turn, talk.now_ms - 300)
    assert not talk.state.floor.cut_offs


def test_time_asked_for_in_any_words_is_given_until_they_speak_again() -> None:
    talk = Talk(gated=True)
    talk.until_listening()
    talk.pause_after(2.0, "it was a hard week bear with me")
    draft, turn, revision = talk.state.answer.draft, talk.state.answer.turn, talk.state.answer.revision
    talk.send(e.EvidenceAssessed(talk.now_ms, turn, revision, SLOTS, draft, None, True))
    talk.silence(5.6)
    assert talk.saying == load_turn_rules().asides.take_your_time[0]
    talk.say_line(1.0)
    talk.pause_after(2.0, "and then we mended it")
    assert not talk.state.observe(talk.now_ms).asks_time


# --- the turn is given back ---------------------------------------------------------------------------


def test_whoever_speaks_on_gets_the_turn_back(talk: Talk) -> None:
    cut(talk)
    line, answer = talk.state.line, talk.state.answer
    assert line is not None
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 200))
    assert e.StopSpeaking(line.id) in talk.commands(e.StopSpeaking)
    assert (talk.phase, talk.state.answer.turn, talk.state.answer.revision) == ("listening", 1, 1)
    assert talk.state.answer.heard_words or talk.state.answer == answer
    assert talk.state.floor.patience > 1
    (noted,) = talk.state.floor.cut_offs
    assert (noted.turn, noted.how) == (1, "voice")
    assert noted.gap_ms == talk.now_ms - 200 - (noted.at_ms - 400 - 2192)
    assert talk.state.agenda.probes_used == 0


def test_speech_before_our_first_sample_reopens_too(talk: Talk) -> None:
    talk.speak(3.0, "we rebuilt it and")
    talk.silence(1.6)
    assert talk.phase == "thinking"
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 64))
    assert (talk.phase, talk.state.answer.turn, talk.state.answer.revision) == ("listening", 1, 1)
    assert talk.state.answer.text == "we rebuilt it and"


def test_who_ended_by_key_is_taken_at_their_word(talk: Talk) -> None:
    talk.speak(3.0, "we rebuilt it")
    talk.key("done")
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 64))
    assert talk.phase == "thinking"
    assert not talk.state.floor.cut_offs


def test_what_counts_as_early_and_how_much_more_patient_we_get_are_settings(talk: Talk) -> None:
    talk.state = replace(talk.state, settings=replace(talk.state.settings, early_ms=3000, more_patience=1.5))
    cut(talk)
    talk.silence(2.4)
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 100))
    assert (talk.phase, talk.state.floor.patience) == ("listening", 1.5)


def test_half_duplex_keeps_speaking_when_it_is_late(talk: Talk) -> None:
    cut(talk)
    talk.silence(2.4)
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 100))
    assert talk.saying == OWN.chosen.say


@pytest.mark.parametrize("key", ["unfinished", "hold"])
def test_the_keys_that_give_it_back(talk: Talk, key: str) -> None:
    cut(talk)
    talk.key(key)
    assert (talk.phase, talk.state.answer.turn, talk.state.answer.revision) == ("listening", 1, 1)
    assert [noted.how for noted in talk.state.floor.cut_offs] == ["key"]


def test_the_words_that_give_it_back(talk: Talk) -> None:
    talk.answer("we rebuilt it and", "own_part", "Which part was yours?")
    talk.say_line()
    talk.speak(1.5, "sorry I wasn't finished")
    talk.silence(2.0)
    assert talk.state.answer.turn == 2
    talk.reply("wait", "Sorry. Go on.")
    talk.say_line()
    assert (talk.phase, talk.state.answer.turn) == ("listening", 1)
    assert talk.state.answer.text == "we rebuilt it and"
    assert [noted.how for noted in talk.state.floor.cut_offs] == ["words"]
    talk.speak(2.0, "then we measured it")
    assert talk.state.answer.text == "we rebuilt it and then we measured it"


def test_each_cut_off_makes_us_more_patient_up_to_a_limit(talk: Talk) -> None:
    for _ in range(8):
        talk.pause_after(2.0, "and")
        talk.silence(2.0)
        assert talk.phase == "thinking"
        talk.key("unfinished")
    assert talk.state.floor.patience == 2.5
    assert len(talk.state.floor.cut_offs) == 8


# --- interruptions with headphones --------------------------------------------------------------------


def test_an_early_interruption_reopens_the_answer(talk: Talk) -> None:
    cut(talk, full_duplex=True)
    talk.silence(1.0)
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 500))
    assert (talk.phase, talk.state.answer.turn) == ("listening", 1)


def test_a_late_interruption_answers_what_was_asked(talk: Talk) -> None:
    cut(talk, full_duplex=True)
    talk.silence(2.5)
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 300))
    assert (talk.phase, talk.state.answer.turn) == ("listening", 2)
    talk.speak(2.0, "I led the measuring part")
    talk.silence(2.0)
    assert talk.phase == "thinking"
    assert talk.state.answer.text == "I led the measuring part"


@pytest.mark.parametrize("said", ["", "mm-hm", "yeah okay"])
def test_a_false_interruption_takes_the_line_up_again(talk: Talk, said: str) -> None:
    cut(talk, full_duplex=True)
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 300))
    assert talk.phase == "listening"
    talk.speak(0.5, said)
    talk.silence(2.5)
    assert talk.saying == OWN.chosen.say
    talk.say_line()
    assert (talk.phase, talk.state.answer.turn) == ("listening", 2)
    assert talk.state.agenda.exchanges[-1].answer.text.startswith("we rebuilt it and")


def test_noise_without_any_speech_after_it_takes_the_line_up_again(talk: Talk) -> None:
    cut(talk, full_duplex=True)
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 300))
    talk.silence(2.6)
    assert talk.saying == OWN.chosen.say


@pytest.mark.parametrize(
    ("heard_ms", "rest"),
    [(0, "One two three. Four five six. Seven?"), (1500, "Four five six. Seven?"), (2900, "Seven?")],
)
def test_from_the_beginning_of_the_sentence(heard_ms: int, rest: str) -> None:
    assert rest_of("One two three. Four five six. Seven?", heard_ms, 150) == rest


# --- nobody answers -----------------------------------------------------------------------------------


def test_nobody_answering_hears_it_again_then_a_beginning_then_the_offer() -> None:
    talk = Talk(settings=e.Settings(gate=GateSettings(fixed_ms=2000, no_answer_ms=15_000)))
    talk.until_listening()
    heard = []
    for move, say in (
        ("repeat", "Once more."),
        ("hint", "Start anywhere."),
        ("", ""),
        ("move_on", "Let's go on."),
    ):
        talk.silence(16)
        if talk.phase == "thinking":
            heard.append(talk.state.context().silences)
            talk.reply(move, say)
        else:
            heard.append(talk.saying)  # type: ignore[arg-type]
        while talk.phase == "speaking" and talk.state.agenda.item == 1:
            talk.say_line()
    assert heard == [0, 1, load_turn_rules().asides.offer_to_skip, 3]
    assert talk.state.agenda.item == 2
