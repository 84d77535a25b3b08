"""The schedule of the one recogniser, driven by hand: what is heard when, and what comes too late."""

import itertools

import pytest
from late_workers import LateWorkers, NumberedSound, numbered_words

from voice_audio.errors import ModelProblem
from voice_audio.ports import HeardWord, Samples
from voice_interviewer.core import events as e
from voice_interviewer.recognition import FEED_MS, Recognition
from voice_interviewer.recognition_calls import GUESS, GUESS_MS, TAIL, Pace, apart


class Desk:
    """A recognition with its inbox, its clock and workers that wait to be told."""

    def __init__(self, transcriber: NumberedSound | None = None, live: bool = True) -> None:
        self.transcriber = transcriber or NumberedSound()
        self.workers, self.now_ms = LateWorkers(), 0
        self.inbox: list = []
        self.posted: list[e.Event] = []
        self.recognition = Recognition(
            self.transcriber,
            self.workers,
            self.transcriber.sound,
            self.inbox.append,
            lambda: self.now_ms,
            live,
        )
        self.happens(e.ListeningStopped(0, 0), e.Listen(1, 0))

    def happens(self, event: e.Event, *commands: e.Command) -> None:
        self.now_ms = max(self.now_ms, event.at_ms)
        self.recognition.follow(event, commands)
        for command in commands:
            if isinstance(command, e.TranscribeSegment | e.TranscribeTail):
                self.recognition.ask(command)
        self.settle()

    def settle(self) -> None:
        while self.inbox:
            item = self.inbox.pop(0)
            if callable(item):
                item()
            else:
                self.posted.append(item)
                self.recognition.follow(item, ())

    def finish(self) -> None:
        self.workers.finish()
        self.settle()

    def finish_all(self) -> None:
        while self.workers.given:
            self.finish()

    def until(self, at_ms: int) -> None:
        while self.now_ms < at_ms:
            self.now_ms += 20
            self.recognition.tick(self.now_ms)
            self.settle()

    def speaks(self, at_ms: int) -> None:
        self.until(at_ms)
        self.happens(e.SpeechStarted(at_ms, at_ms))

    def pauses(self, at_ms: int, start_ms: int, turn: int = 1) -> None:
        """Speech ended 200 ms ago and the machine asks for the tail."""
        self.until(at_ms)
        self.happens(e.SpeechStopped(at_ms, at_ms - 200), e.TranscribeTail(turn, start_ms, at_ms))

    def closes(self, segment: int, start_ms: int, end_ms: int, turn: int = 1) -> None:
        self.until(end_ms + 300)
        closed = e.SegmentClosed(self.now_ms, turn, start_ms, end_ms)
        self.happens(closed, e.TranscribeSegment(turn, segment, start_ms, end_ms))

    def of(self, kind: type) -> list:
        return [event for event in self.posted if isinstance(event, kind)]


def texts(event) -> str:
    return " ".join(word.text for word in event.words)


def test_segments_come_back_in_order_on_the_session_clock() -> None:
    desk = Desk()
    desk.closes(0, 1000, 1300)
    desk.finish_all()
    (heard,) = desk.of(e.SegmentTranscribed)
    assert (heard.turn, heard.segment, texts(heard)) == (1, 0, "w10 w11 w12")
    assert [(word.start_ms, word.end_ms) for word in heard.words] == [
        (1000, 1100),
        (1100, 1200),
        (1200, 1300),
    ]


def test_segments_that_wait_together_are_heard_in_one_call_and_told_apart_by_time() -> None:
    desk = Desk()
    desk.closes(0, 0, 300)
    desk.closes(1, 1000, 1200)
    desk.closes(2, 4000, 4300)
    assert len(desk.workers.given) == 1, "one call at a time"
    desk.finish_all()
    assert desk.transcriber.calls == [300, 500]
    assert [(event.segment, texts(event)) for event in desk.of(e.SegmentTranscribed)] == [
        (0, "w0 w1 w2"),
        (1, "w10 w11"),
        (2, "w40 w41 w42"),
    ]
    last = desk.of(e.SegmentTranscribed)[-1].words[-1]
    assert (last.start_ms, last.end_ms) == (4200, 4300)


def test_what_is_joined_fits_into_the_recognisers_window_and_belongs_to_one_turn() -> None:
    desk = Desk()
    desk.closes(0, 0, 1000)
    desk.closes(1, 2000, 17_000)
    desk.closes(2, 18_000, 26_000)
    desk.closes(3, 27_000, 30_000)
    desk.happens(e.ListeningStopped(31_000, 1), e.Listen(2, 31_000))
    desk.closes(0, 32_000, 33_000, turn=2)
    desk.finish_all()
    assert desk.transcriber.calls == [1000, 23_000, 3000, 1000]
    numbers = [(event.turn, event.segment) for event in desk.of(e.SegmentTranscribed)]
    assert numbers == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]


def test_what_fails_together_is_tried_one_by_one_and_only_the_culprit_fails() -> None:
    desk = Desk()
    desk.transcriber.broken, desk.transcriber.longest_s = ModelProblem("x", "It broke.", ""), 0.5
    desk.closes(0, 0, 300)
    desk.closes(1, 1000, 1300)
    desk.closes(2, 2000, 2900)
    desk.closes(3, 4000, 4300)
    desk.finish_all()
    assert [event.segment for event in desk.of(e.SegmentTranscribed)] == [0, 1, 3]
    (failed,) = desk.of(e.SegmentFailed)
    assert (failed.segment, failed.reason) == (2, "It broke.")


def test_a_tail_is_heard_at_once_and_answers_with_the_words_to_its_end() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800, 500)
    desk.finish_all()
    (heard,) = desk.of(e.WordsHeard)
    assert (heard.tail, heard.start_ms, heard.until_ms) == (True, 500, 1800)
    assert texts(heard) == " ".join(f"w{n}" for n in range(5, 18))


def test_a_tail_is_given_up_when_speech_goes_on() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800, 500)
    desk.speaks(1900)
    desk.finish()
    assert desk.transcriber.cancelled_calls == 1
    assert desk.of(e.WordsHeard) == []


def test_only_the_newest_tail_waits() -> None:
    desk = Desk()
    desk.closes(0, 0, 600)
    desk.speaks(1000)
    desk.pauses(1800, 600)
    desk.speaks(2000)
    desk.pauses(2600, 600)
    desk.finish_all()
    assert desk.transcriber.calls == [600, 2000]
    assert [event.until_ms for event in desk.of(e.WordsHeard)] == [2600]


def test_a_segment_that_closes_while_its_tail_is_being_heard_is_not_heard_again() -> None:
    desk = Desk(live=False)
    desk.speaks(1000)
    desk.pauses(1800, 500)
    desk.closes(0, 500, 1850)
    desk.finish_all()
    assert desk.transcriber.calls == [1300]
    assert desk.of(e.WordsHeard) == []
    (heard,) = desk.of(e.SegmentTranscribed)
    assert texts(heard).split()[-1] == "w17"


def test_a_segment_whose_tail_was_heard_to_its_end_is_not_heard_again() -> None:
    desk = Desk(live=False)
    desk.speaks(1000)
    desk.pauses(1800, 500)
    desk.finish_all()
    desk.closes(0, 500, 1850)
    desk.finish_all()
    assert desk.transcriber.calls == [1300]
    (heard,) = desk.of(e.SegmentTranscribed)
    assert heard.words == desk.of(e.WordsHeard)[0].words


def test_a_segment_with_more_speech_than_its_tail_is_heard_anew() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800, 500)
    desk.speaks(1900)
    desk.happens(e.SpeechStopped(2400, 2200))
    desk.closes(0, 500, 2450)
    desk.finish_all()
    assert desk.transcriber.cancelled_calls == 1
    assert texts(desk.of(e.SegmentTranscribed)[0]).split()[-1] == "w24"


def test_guesses_come_while_somebody_speaks_and_agree_with_themselves() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.until(2400)
    desk.finish()
    assert desk.recognition.caption.firm == ()
    assert desk.recognition.caption.tentative
    desk.until(2400 + GUESS_MS + 200)
    desk.finish()
    assert desk.recognition.caption.firm[0].text == "w5", "from the pre-roll on"
    first, second = desk.of(e.WordsHeard)
    assert (first.tail, second.tail) == (False, False)
    assert second.until_ms - first.until_ms >= GUESS_MS
    desk.until(20_000)
    assert len(desk.workers.given) == 1, "nothing queues up behind a slow guess"


def test_a_guess_whose_words_are_the_same_is_not_told_again() -> None:
    class Constant(NumberedSound):
        def transcribe(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
            return (HeardWord("yes", 0, 300, 0.9),)

    desk = Desk(Constant())
    desk.speaks(1000)
    for at_ms in range(2000, 9000, 1000):
        desk.until(at_ms)
        if desk.workers.given:
            desk.finish()
    assert len(desk.of(e.WordsHeard)) == 1


def test_real_work_takes_the_place_of_a_guess() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.until(2400)
    desk.pauses(2800, 500)
    desk.finish()
    assert desk.transcriber.cancelled_calls == 1
    desk.finish()
    assert [event.tail for event in desk.of(e.WordsHeard)] == [True]


def test_a_guess_that_answers_late_never_appears_in_a_later_turn_or_revision() -> None:
    for listen in (e.Listen(2, 4000), e.Listen(1, 4000)):
        desk = Desk()
        desk.speaks(1000)
        desk.until(2400)
        late = desk.workers.given.popleft()
        desk.happens(e.ListeningStopped(3000, 1), listen)
        desk.speaks(4200)
        desk.workers.given.append(late)
        desk.finish()
        assert desk.of(e.WordsHeard) == []
        assert desk.recognition.caption.tentative == ()


def test_a_tail_that_answers_late_never_appears_in_a_later_turn() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800, 500)
    desk.happens(e.ListeningStopped(3000, 1), e.Listen(2, 3200))
    desk.finish()
    assert desk.of(e.WordsHeard) == []


def test_a_closed_segments_words_stay_on_the_screen_until_the_answer_has_them() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.until(2400)
    desk.finish()
    shown = len(desk.recognition.caption.tentative)
    assert shown
    desk.happens(e.SpeechStopped(3000, 2800))
    desk.closes(0, 500, 3050)
    assert len(desk.recognition.caption.firm) == shown
    desk.finish_all()
    assert desk.recognition.caption.firm == ()


def test_on_files_there_are_no_guesses_but_tails() -> None:
    desk = Desk(live=False)
    desk.speaks(1000)
    desk.until(9000)
    assert not desk.workers.given
    desk.pauses(9200, 500)
    desk.finish()
    assert [event.tail for event in desk.of(e.WordsHeard)] == [True]


class Metered(NumberedSound):
    speculate_every_ms = 2000


def test_a_metered_recogniser_hears_tails_only_and_not_too_often() -> None:
    desk = Desk(Metered())
    desk.speaks(1000)
    desk.until(5000)
    assert not desk.workers.given, "no guesses"
    for at_ms in range(5000, 13_000, 500):
        desk.pauses(at_ms + 250, 500)
        if desk.workers.given:
            desk.finish()
        desk.speaks(at_ms + 490)
    begun = [event.until_ms for event in desk.of(e.WordsHeard)]
    assert len(begun) == 4
    assert all(later - one >= 2000 for one, later in itertools.pairwise(begun))


class Streaming(NumberedSound):
    """A recogniser with a stream of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.fed: list[int] = []
        self.opened = 0

    def open_stream(self) -> "Streaming":
        self.opened += 1
        self.heard: list[Samples] = []
        return self

    def restart(self) -> None:
        self.heard.clear()

    def feed(self, samples: Samples) -> tuple[HeardWord, ...]:
        import numpy as np

        self.fed.append(len(samples) // 16)
        self.heard.append(samples)
        return numbered_words(np.concatenate(self.heard))

    def close(self) -> None:
        return


def test_a_stream_hears_every_sample_of_the_open_segment_once_and_in_order() -> None:
    desk = Desk(Streaming())
    desk.speaks(1000)
    for at_ms in range(1100, 6000, 100):
        desk.until(at_ms)
        desk.finish_all()
    shown = [*desk.recognition.caption.firm, *desk.recognition.caption.tentative]
    assert [word.text for word in shown] == [f"w{n}" for n in range(5, 5 + len(shown))]
    assert shown[-1].end_ms == 500 + sum(desk.transcriber.fed) > 5500
    assert (desk.transcriber.opened, desk.transcriber.calls) == (1, [])
    told = [event.at_ms for event in desk.of(e.WordsHeard)]
    assert len(told) >= 3
    assert all(later - one >= GUESS_MS for one, later in itertools.pairwise(told)), (
        "each is kept in the record"
    )


def test_a_stream_that_fell_behind_catches_up_in_small_pieces_and_begins_anew_with_each_segment() -> None:
    desk = Desk(Streaming())
    desk.speaks(1000)
    desk.until(8000)
    assert len(desk.workers.given) == 1
    for at_ms in range(8200, 10_000, 200):
        desk.finish_all()
        desk.until(at_ms)
    assert max(desk.transcriber.fed) == FEED_MS
    desk.finish_all()
    desk.happens(e.SpeechStopped(10_000, 9_800))
    desk.closes(0, 500, 10_050)
    desk.finish_all()
    desk.speaks(12_000)
    desk.until(12_300)
    desk.finish_all()
    newest = desk.of(e.WordsHeard)[-1]
    assert newest.start_ms == 11_500
    assert newest.words[0].start_ms == 11_500


def test_a_slow_recogniser_gets_fewer_guesses_and_tails_and_in_the_end_none() -> None:
    quick, slow, slower, hopeless = Pace(), Pace(), Pace(), Pace()
    assert (quick.between_ms(GUESS), quick.between_ms(TAIL)) == (GUESS_MS, 0)
    slow.note(4000, 1500)
    assert (slow.between_ms(GUESS), slow.between_ms(TAIL)) == (3000, 1500)
    slower.note(9000, 2800)
    assert slower.between_ms(GUESS)
    assert slower.between_ms(TAIL) is None
    hopeless.note(1000, 1100)
    assert (hopeless.between_ms(GUESS), hopeless.between_ms(TAIL)) == (None, None)
    for _ in range(6):
        hopeless.note(4000, 400)
    assert hopeless.between_ms(TAIL) == 0, "it is trusted again"


def test_a_segment_is_heard_however_slow_the_recogniser_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "between_ms", lambda self, kind: None)
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800, 500)
    assert not desk.workers.given
    desk.closes(0, 500, 1850)
    desk.finish_all()
    assert len(desk.of(e.SegmentTranscribed)) == 1


def test_a_bug_in_a_recogniser_is_not_swallowed() -> None:
    desk = Desk()
    desk.transcriber.broken, desk.transcriber.longest_s = ZeroDivisionError("bug"), 0
    desk.closes(0, 0, 300)
    with pytest.raises(ZeroDivisionError):
        desk.finish()


def test_a_word_across_a_border_belongs_to_the_piece_its_middle_lies_in() -> None:
    pieces = (e.TranscribeSegment(1, 0, 1000, 2000), e.TranscribeSegment(1, 1, 5000, 6000))
    heard = [HeardWord("a", 700, 1100, 0.9), HeardWord("b", 950, 1400, 0.9), HeardWord("c", 1900, 2300, 0.9)]
    (_, first), (_, second) = apart(pieces, heard, 1000)
    assert [(word.text, word.start_ms, word.end_ms) for word in first] == [("a", 1700, 2000)]
    assert [(word.text, word.start_ms, word.end_ms) for word in second] == [
        ("b", 5000, 5400),
        ("c", 5900, 6000),
    ]
