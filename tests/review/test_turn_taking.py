"""What the report says of whose turn it was, against the interview's own machine, and what it leaves out."""

import json
import random
from pathlib import Path

import pytest
from delivered import delivery
from timeline import Timeline

from voice_interviewer.core.delivery.answer import Stretch
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.review.fold import Fold, fold
from voice_interviewer.review.markdown import turns
from voice_interviewer.review.model import CutIn, TimeAsked, TurnTaking
from voice_interviewer.review.pauses import paused_ms
from voice_interviewer.review.report import build_report, write_reports
from voice_interviewer.review.turntaking import turn_taking

ASKED = "Which part was yours?"


class Talk(Timeline):
    """A timeline whose words carry times, and whose recogniser may hear the last segment ahead."""

    def understand(self, turn: int, segment: int, text: str) -> None:
        self.send(e.SegmentTranscribed(self.now_ms, turn, segment, self.timed(text)))

    def timed(self, text: str) -> tuple[Word, ...]:
        end_ms, tokens = self.state.answer.silent_since_ms, text.split()
        begin_ms = end_ms - 200 * len(tokens)
        return tuple(
            Word(token, begin_ms + 200 * at, begin_ms + 200 * (at + 1), 0.9)
            for at, token in enumerate(tokens)
        )

    def speak_ahead(self, text: str) -> None:
        """One second of speech whose words are known at the pause, before the segment closes."""
        self.silence(0.3)
        onset_ms = self.now_ms
        self.send(e.SpeechStarted(onset_ms + 64, onset_ms))
        self.now_ms += 1000
        last_ms, self.now_ms = self.now_ms, self.now_ms + 192
        commands = self.send(e.SpeechStopped(self.now_ms, last_ms))
        (tail,) = (command for command in commands if isinstance(command, e.TranscribeTail))
        words = self.timed(text)
        self.send(e.WordsHeard(self.now_ms, tail.turn, tail.start_ms, tail.end_ms, words, tail=True))
        self.now_ms += 308
        turn, segment = self.state.answer.turn, self.state.answer.next_segment
        self.send(e.SegmentClosed(self.now_ms, tail.turn, tail.start_ms, self.now_ms - 250))
        self.send(e.SegmentTranscribed(self.now_ms, turn, segment, words))

    def think_ahead(self, reply: Reply) -> None:
        assert self.state.ahead.assessing is not None
        draft = self.state.ahead.assessing[0]
        self.send(
            e.EvidenceAssessed(self.now_ms, self.state.answer.turn, self.state.answer.revision, (), draft)
        )
        assert self.state.ahead.planning is not None
        self.send(
            e.ReplyPlanned(
                self.now_ms,
                self.state.answer.turn,
                self.state.answer.revision,
                reply,
                self.state.ahead.planning,
            )
        )

    def line_begins(self, heard_s: float = 0.4) -> e.Line:
        line = self.state.line
        assert line is not None, self.phase
        self.send(e.LineStarted(self.now_ms, line.id, 3000))
        self.now_ms += round(heard_s * 1000)
        return line

    def speak_on(self, onset_ago_ms: int = 200) -> None:
        """The candidate speaks although nobody listens; our line, if any, is stopped."""
        commands = self.send(e.SpeechResumed(self.now_ms, self.now_ms - onset_ago_ms))
        self.stopped(commands)

    def stopped(self, commands: tuple[e.Command, ...]) -> None:
        for command in commands:
            if isinstance(command, e.StopSpeaking):
                self.send(e.LineFinished(self.now_ms, command.line, 400))

    @property
    def told(self) -> Fold:
        return fold(self.log)

    @property
    def taking(self) -> TurnTaking:
        return turn_taking(self.told)

    def as_noted(self) -> tuple[CutIn, ...]:
        return tuple(CutIn(cut.turn, cut.at_ms, cut.how, cut.gap_ms) for cut in self.state.floor.cut_offs)


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.until_listening()
    return talk


def asked_too_early(talk: Talk) -> e.Line:
    talk.answer("we rebuilt it and", "own_part", ASKED)
    return talk.line_begins()


# --- our mistakes -------------------------------------------------------------------------------------


def test_speaking_on_is_our_mistake_and_the_line_is_struck(talk: Talk) -> None:
    line = asked_too_early(talk)
    talk.speak_on()
    talk.speak(2.0, "then we measured it")
    (cut,) = talk.taking.cut_ins
    assert (cut,) == talk.as_noted()
    assert cut.how == "voice"
    assert [spoken.line.id for spoken in talk.told.lines if spoken.struck] == [line.id]
    (turn,) = talk.told.turns.values()
    assert turn.transcript.text == "we rebuilt it and then we measured it"
    assert (turn.reply, turn.reopened) == (None, 1)


def test_speaking_on_before_our_first_word_is_one_too(talk: Talk) -> None:
    talk.speak(3.0, "we rebuilt it and")
    talk.silence(1.6)
    assert talk.phase == "thinking"
    talk.speak_on(64)
    assert talk.taking.cut_ins == talk.as_noted() != ()
    assert not [spoken for spoken in talk.told.lines if spoken.struck]


@pytest.mark.parametrize("key", ["unfinished", "hold"])
def test_a_key_that_takes_it_back_too(talk: Talk, key: str) -> None:
    line = asked_too_early(talk)
    talk.stopped(talk.key(key))
    assert talk.taking.cut_ins == talk.as_noted() != ()
    assert [spoken.line.id for spoken in talk.told.lines if spoken.struck] == [line.id]
    assert talk.taking.time_asked == (), "it asked for the turn, not for time"


def test_words_that_take_it_back_too_and_stay_in_the_transcript(talk: Talk) -> None:
    line = asked_too_early(talk)
    talk.send(e.LineFinished(talk.now_ms, line.id, 3000))
    talk.speak(1.5, "sorry I wasn't finished")
    talk.silence(2.0)
    talk.reply("wait", "Sorry. Go on.")
    talk.say_line()
    talk.speak(2.0, "then we measured it")
    told = talk.told
    (cut,) = told.cut_ins
    (noted,) = talk.as_noted()
    assert (cut.turn, cut.at_ms, cut.how) == (noted.turn, noted.at_ms, "words")
    assert [turn.transcript.text for turn in told.turns.values()] == ["we rebuilt it and then we measured it"]
    assert [turn.transcript.text for turn in told.given_up] == ["sorry I wasn't finished"]
    assert [spoken.line.text for spoken in told.lines if spoken.struck] == [ASKED]


def test_the_candidates_own_key_is_nobodys_mistake(talk: Talk) -> None:
    talk.speak(3.0, "we rebuilt it")
    talk.key("done")
    talk.reply("own_part", ASKED)
    talk.line_begins()
    talk.stopped(talk.key("unfinished"))
    assert talk.phase == "listening"
    told = talk.told
    assert told.cut_ins == []
    assert [spoken.line.text for spoken in told.lines if spoken.struck] == [ASKED]


@pytest.mark.parametrize("said", ["", "mm-hm"])
@pytest.mark.parametrize("late_s", [0.4, 2.8])
def test_a_noise_that_only_seemed_to_take_it_back_leaves_no_trace(said: str, late_s: float) -> None:
    talk = Talk(settings=e.Settings(gate=GateSettings(fixed_ms=2000), full_duplex=True))
    talk.until_listening()
    talk.answer("we rebuilt it", "own_part", ASKED)
    talk.line_begins(late_s)
    talk.speak_on()
    assert talk.phase == "listening"
    if said:
        talk.speak(0.5, said)
    talk.silence(2.6)
    assert talk.saying == ASKED
    talk.say_line()
    talk.answer("the numbers were mine", "move_on", "Thank you.")
    told = talk.told
    assert told.cut_ins == []
    assert not [spoken for spoken in told.lines if spoken.struck]
    first, second = told.turns.values()
    assert (first.transcript.text, first.reply.chosen.say if first.reply else "") == ("we rebuilt it", ASKED)
    assert second.transcript.text == "the numbers were mine"
    assert (first.reopened, second.reopened) == (0, 0)


def test_an_interruption_with_headphones_is_the_next_answer(talk: Talk) -> None:
    talk = Talk(settings=e.Settings(gate=GateSettings(fixed_ms=2000), full_duplex=True))
    talk.until_listening()
    talk.answer("we rebuilt it", "own_part", ASKED)
    talk.line_begins(2.8)
    talk.speak_on()
    talk.speak(2.0, "I led the measuring")
    talk.silence(2.5)
    told = talk.told
    assert [turn.transcript.text for turn in told.turns.values()] == ["we rebuilt it", "I led the measuring"]
    assert told.cut_ins == []


def chatter(seed: int) -> Talk:
    """An interview in which anything may happen at any time."""
    chance = random.Random(seed)
    talk = Talk(gated=chance.random() < 0.5)
    replies = (("own_part", ASKED), ("move_on", "Thanks."), ("wait", "Sure."), ("move_on", ""))
    said = ("we rebuilt it and", "let me think", "it was nine percent", "then we measured")
    for _ in range(25):
        roll = chance.random()
        if talk.phase == "speaking" and roll < 0.7:
            talk.say_line()
        elif talk.phase == "speaking":
            talk.line_begins(chance.choice((0.3, 1.0, 2.9)))
            if roll < 0.8:
                talk.speak_on()
            talk.stopped(talk.key(chance.choice(("unfinished", "hold", "repeat", "pause"))))
        elif talk.phase == "listening" and roll < 0.5:
            talk.speak(1.0, chance.choice(said))
        elif talk.phase == "listening" and roll < 0.8:
            talk.silence(chance.choice((1, 3, 8)))
        elif talk.phase == "listening":
            talk.stopped(talk.key(chance.choice(("done", "hold", "pause", "repeat", "unfinished"))))
        elif talk.phase == "thinking" and roll < 0.4 and talk.state.answer.closed_by_gate:
            talk.speak_on(64) if roll < 0.2 else talk.key(chance.choice(("unfinished", "hold")))
        elif talk.phase == "thinking":
            talk.reply(*chance.choice(replies))
        elif talk.phase == "paused":
            talk.silence(5)
            talk.key("pause")
    return talk


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_the_report_and_the_interview_agree(seed: int) -> None:
    talk = chatter(seed)
    told = talk.told
    noted = [(cut.at_ms, cut.how) for cut in talk.state.floor.cut_offs]
    assert [(cut.at_ms, cut.how) for cut in told.cut_ins] == noted
    for exchange in talk.state.agenda.exchanges:
        assert told.turns[exchange.turn].transcript == exchange.answer
        assert told.turns[exchange.turn].over


# --- thought ahead ------------------------------------------------------------------------------------


def test_a_reply_that_was_ready_early_is_in_the_report(talk: Talk) -> None:
    talk.speak_ahead("we rebuilt the data set")
    talk.think_ahead(Reply(Move("own_part", ASKED)))
    talk.silence(2.0)
    assert talk.saying == ASKED
    talk.line_begins()
    (turn,) = talk.told.turns.values()
    assert turn.transcript == talk.state.agenda.exchanges[0].answer
    assert turn.reply is not None
    assert turn.over
    assert talk.told.lines[-1].after_turn == 1


def test_a_reply_made_ahead_of_more_words_never_was(talk: Talk) -> None:
    talk.speak_ahead("we rebuilt the data set")
    talk.think_ahead(Reply(Move("own_part", ASKED)))
    talk.speak_ahead("and we measured it")
    talk.silence(2.5)
    assert talk.phase == "thinking"
    (turn,) = talk.told.turns.values()
    assert turn.transcript.text == talk.state.answer.text == "we rebuilt the data set and we measured it"
    assert (turn.reply, turn.over) == (None, False)
    talk.reply("move_on", "Thank you.")
    (turn,) = talk.told.turns.values()
    assert turn.reply is not None
    assert turn.reply.chosen.say == "Thank you."


def test_a_pause_asked_for_while_the_reply_is_ready_is_no_time_of_the_interview(talk: Talk) -> None:
    talk.speak_ahead("we rebuilt the data set")
    talk.think_ahead(Reply(Move("own_part", ASKED)))
    talk.send(e.SpeechStarted(talk.now_ms + 100, talk.now_ms))
    talk.now_ms += 400
    talk.send(e.SpeechStopped(talk.now_ms, talk.now_ms - 192))  # a cough whose words are still to come
    turn, segment = talk.state.answer.turn, talk.state.answer.next_segment
    talk.send(e.SegmentClosed(talk.now_ms, turn, talk.now_ms - 800, talk.now_ms))
    talk.key("done")
    assert talk.phase == "thinking"
    talk.key("pause")
    talk.now_ms += 500
    talk.send(e.SegmentTranscribed(talk.now_ms, turn, segment, ()))
    assert talk.phase == "paused"
    talk.now_ms += 40_000
    talk.key("pause")
    assert talk.saying == ASKED
    assert paused_ms(talk.log) == talk.state.floor.paused_ms == 40_000


# --- time asked for -----------------------------------------------------------------------------------


def test_time_asked_for_by_key_is_shown_apart_and_is_no_pause(talk: Talk) -> None:
    talk.speak(2.0, "we rebuilt it")
    talk.silence(0.5)
    talk.key("hold")
    asked_ms = talk.now_ms
    talk.silence(9.0)
    talk.speak(2.0, "because of the numbers")
    resumed_ms = talk.told._edges[-1][0]
    assert talk.taking.time_asked == (TimeAsked(1, "key", asked_ms, resumed_ms),)
    assert talk.taking.cut_ins == ()


@pytest.mark.parametrize("text", ["good question let me think", "give me a second"])
def test_time_asked_for_in_words_too(text: str) -> None:
    talk = Talk(gated=True)
    talk.until_listening()
    talk.speak(1.0, text)
    talk.silence(4.0)
    assert talk.phase == "listening"
    talk.speak(2.0, "we rebuilt it")
    (asked,) = talk.taking.time_asked
    assert (asked.turn, asked.how) == (1, "words")
    assert asked.end_ms - asked.start_ms >= 4000


def test_a_soft_word_is_in_the_transcript_and_is_no_question() -> None:
    talk = Talk(gated=True)
    talk.until_listening()
    talk.speak(1.0, "let me think about that")
    talk.silence(6.0)
    assert talk.saying == "Take your time."
    talk.say_line()
    talk.speak(2.0, "we rebuilt it")
    told = talk.told
    assert told.lines[-1].line.kind == "aside"
    assert not told.lines[-1].opens_turn
    assert not told.lines[-1].struck
    (turn,) = told.turns.values()
    assert turn.asked is not None
    assert turn.asked.line.text == "Tell me about first."
    assert (told.cut_ins, turn.reopened) == ([], 0)


def test_delivery_leaves_out_what_was_asked_for() -> None:
    def word(text: str, start_ms: int) -> Word:
        return Word(text, start_ms, start_ms + 300, 0.9)

    words = (word("we", 1000), word("rebuilt", 1400), word("it", 12_000))
    speech = (Stretch(1000, 1700), Stretch(12_000, 12_300))
    hold = (Stretch(2500, 12_000),)
    plain, excused = delivery(words, speech), delivery(words, speech, excused=hold)
    assert plain.longest_pause == Stretch(1700, 12_000)
    assert excused.longest_pause == Stretch(1700, 2500)
    assert plain.length_ms is not None
    assert excused.length_ms == plain.length_ms - 9500
    assert excused.speaking_share == round(1000 / 1800, 2)
    assert delivery(words, (), 0, excused=(Stretch(0, 600),)).first_word_ms == 400
    assert delivery(words, excused=hold).longest_pause == Stretch(1700, 2500), "without edges the words do"


# --- how soon we reply --------------------------------------------------------------------------------


def test_the_gap_is_the_median_from_their_last_word_to_our_first(talk: Talk) -> None:
    gaps = []
    for move, wait_ms in (("own_part", 100), ("result", 900), ("move_on", 300)):
        talk.speak(2.0, "we rebuilt it")
        last_ms = talk.state.answer.silent_since_ms
        talk.silence(2.5)
        talk.now_ms += wait_ms
        talk.reply(move, f"Something after {wait_ms}.")
        gaps.append(talk.now_ms - last_ms)
        talk.until_listening()
    assert (talk.taking.reply_gap_ms, talk.taking.replies) == (sorted(gaps)[1], 3)


def test_neither_a_struck_line_nor_a_pause_counts_as_a_gap(talk: Talk) -> None:
    asked_too_early(talk)
    talk.speak_on()
    talk.speak(1.0, "and so on")
    assert (talk.taking.reply_gap_ms, talk.taking.replies) == (None, 0)
    talk.key("done")
    talk.key("pause")
    talk.reply("own_part", ASKED)
    talk.silence(30)
    talk.key("pause")
    talk.say_line()
    assert talk.taking.replies == 0


# --- in the three files -------------------------------------------------------------------------------


def test_the_files_say_whose_fault_it_was(session_folder: Path) -> None:
    report = build_report(session_folder)
    (cut,) = report.turn_taking.cut_ins
    assert (cut.how, report.totals.taken_back) == ("key", 1)
    paths = write_reports(session_folder)
    page, text = (path.read_text(encoding="utf-8") for path in (paths.html, paths.markdown))
    for written in (page, text):
        assert "I cut in once: my fault, not yours" in written
        assert "Turn-taking" in written
    assert "<s>Next one.</s>" in page
    assert "~~Next one.~~" in text
    plain = json.loads(paths.json.read_text(encoding="utf-8"))["turn_taking"]
    assert plain["cut_ins"] == [{"turn": cut.turn, "at_ms": cut.at_ms, "how": "key", "gap_ms": cut.gap_ms}]
    assert set(plain) == {"cut_ins", "time_asked", "reply_gap_ms", "replies"}


def test_what_is_said_of_it() -> None:
    cuts = (CutIn(1, 65_000, "voice", 2100), CutIn(3, 200_000, "words", 4000))
    taking = TurnTaking(cuts, (TimeAsked(2, "key", 90_000, 102_000),), 840, 5)
    assert turns(taking) == [
        "I cut in twice: my fault, not yours. At 1:05, 2.1 s after your last word: you spoke on; at 3:20,"
        " 4.0 s after your last word: you said so.",
        "Time to think was asked for once (12 s at 1:30). It counts nowhere as a pause.",
        "From your last word to my first it took 0.8 s (median of 5).",
    ]
    assert turns(TurnTaking()) == ["No turn was taken back, so I know of none that I took too early."]
