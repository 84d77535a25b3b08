"""The schedule of the one recogniser, driven by hand: what is heard when, and what comes too late."""

import itertools
from dataclasses import replace

import pytest
from late_workers import LateWorkers, NumberedSound

from voice_audio.errors import ModelProblem
from voice_audio.ports import HeardWord, Samples
from voice_audio.window import WindowSettings
from voice_interviewer.core.turns import events as e
from voice_interviewer.live.recognition import Recognition
from voice_interviewer.live.recognition_calls import (
    CAPTION_MS,
    FULL_MS,
    GUESS,
    GUESS_MS,
    HEAR_EVERY_MS,
    OLD_MS,
    OWED_MS,
    PAUSE_MS,
    SETTLE_LITTLE_MS,
    SETTLE_MS,
    TAIL,
    Pace,
)

CLOSE = WindowSettings(lead_ms=0, trail_ms=0)
"""Nothing but the speech itself is heard, so that the words say which sound was given."""


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
            CLOSE,
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

    def talks_on(self, times_ms: range) -> None:
        """Time passes while somebody speaks; the recogniser keeps up."""
        for at_ms in times_ms:
            self.until(at_ms)
            self.finish_all()

    def speaks(self, at_ms: int) -> None:
        self.until(at_ms)
        self.happens(e.SpeechStarted(at_ms, at_ms))

    def stops(self, last_ms: int) -> None:
        """The detector is sure 200 ms later."""
        self.until(last_ms + 200)
        self.happens(e.SpeechStopped(self.now_ms, last_ms))

    def pauses(self, last_ms: int, turn: int = 1) -> None:
        """Speech ended 200 ms ago and the machine asks for the tail; then it is silent for as long again."""
        self.until(last_ms + 200)
        self.happens(e.SpeechStopped(self.now_ms, last_ms), e.TranscribeTail(turn, 0, self.now_ms))
        self.until(last_ms + PAUSE_MS + 100)

    def closes(self, segment: int, start_ms: int, end_ms: int, turn: int = 1) -> None:
        self.until(end_ms + 300)
        closed = e.SegmentClosed(self.now_ms, turn, start_ms, end_ms)
        self.happens(closed, e.TranscribeSegment(turn, segment, start_ms, end_ms))

    def says(self, segment: int, start_ms: int, last_ms: int, turn: int = 1) -> None:
        """Speech from..to, the segment around it closes, and the silence lasts."""
        self.speaks(start_ms)
        self.stops(last_ms)
        self.closes(segment, max(0, start_ms - 100), last_ms + 100, turn)
        self.until(last_ms + SETTLE_MS + 100)

    def of(self, kind: type) -> list:
        return [event for event in self.posted if isinstance(event, kind)]


def texts(event) -> str:
    return " ".join(word.text for word in event.words)


def numbers(first: int, last: int) -> str:
    return " ".join(f"w{n}" for n in range(first, last))


def test_a_segments_words_come_back_on_the_session_clock() -> None:
    desk = Desk()
    desk.says(0, 1000, 1300)
    desk.finish_all()
    (heard,) = desk.of(e.SegmentTranscribed)
    assert (heard.turn, heard.segment, texts(heard)) == (1, 0, "w10 w11 w12")
    times = [(word.start_ms, word.end_ms) for word in heard.words]
    assert times == [(1000, 1100), (1100, 1200), (1200, 1300)]


def test_what_closes_later_is_heard_together_with_what_is_open_before_it() -> None:
    desk = Desk()
    desk.says(0, 1000, 1300)
    desk.finish_all()
    desk.says(1, 4000, 4200)
    desk.finish_all()
    assert desk.transcriber.calls == [300, 500], "the pause between them is left out"
    second = desk.of(e.SegmentTranscribed)[1]
    assert (second.segment, texts(second), second.revised) == (1, "w40 w41", ())


class Learning(NumberedSound):
    """Reads the first piece differently once more was heard with it."""

    def transcribe(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        words = super().transcribe(samples, cancelled)
        late = len(samples) > 16 * 400
        return tuple(HeardWord(w.text + ("!" if late else ""), w.start_ms, w.end_ms, 0.9) for w in words)


def test_a_piece_that_reads_differently_after_more_was_heard_is_told_again_with_it() -> None:
    desk = Desk(Learning())
    desk.says(0, 1000, 1300)
    desk.finish_all()
    desk.says(1, 4000, 4200)
    desk.finish_all()
    first, second = desk.of(e.SegmentTranscribed)
    assert (texts(first), texts(second)) == ("w10 w11 w12", "w40! w41!")
    (again,) = second.revised
    assert (again.segment, texts(again)) == (0, "w10! w11! w12!")
    assert [word.start_ms for word in again.words] == [1000, 1100, 1200]


def test_pieces_that_wait_together_are_answered_by_one_call_each_with_its_own_words() -> None:
    desk = Desk()
    desk.says(0, 0, 300)
    desk.says(1, 1000, 1200)
    desk.says(2, 4000, 4300)
    assert len(desk.workers.given) == 1, "one call at a time"
    desk.finish_all()
    assert desk.transcriber.calls == [300, 800]
    told = [(event.segment, texts(event)) for event in desk.of(e.SegmentTranscribed)]
    assert told == [(0, "w0 w1 w2"), (1, "w10 w11"), (2, "w40 w41 w42")]


class Sentences(NumberedSound):
    """Every tenth word ends a sentence."""

    def transcribe(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        words = super().transcribe(samples, cancelled)
        return tuple(
            HeardWord(w.text + ("." if w.text.endswith("9") else ""), w.start_ms, w.end_ms, 0.9)
            for w in words
        )


def test_a_full_window_is_settled_up_to_its_last_whole_sentence_and_never_heard_again() -> None:
    desk = Desk(Sentences(), live=False)
    desk.says(0, 0, 20_000)
    desk.finish_all()
    desk.says(1, 21_000, 33_500)
    desk.finish_all()
    assert desk.transcriber.calls[0] == 20_000
    assert desk.transcriber.calls[1] < 20_000, "sentences that ended long before are settled"
    first, second = desk.of(e.SegmentTranscribed)
    assert texts(second).replace(".", "").split() == numbers(210, 335).split()
    words = [word.text.rstrip(".") for event in (first, second) for word in event.words]
    assert words == [*numbers(0, 200).split(), *numbers(210, 335).split()], "nothing lost, nothing twice"
    desk.says(2, 40_000, 41_000)
    desk.finish_all()
    assert desk.transcriber.calls[-1] < 16_000


def test_a_long_piece_that_is_cut_in_mid_speech_loses_no_word() -> None:
    desk = Desk(Sentences(), live=False)
    desk.speaks(0)
    desk.until(25_000)
    desk.happens(e.SegmentClosed(25_000, 1, 0, 24_000), e.TranscribeSegment(1, 0, 0, 24_000))
    desk.finish_all()
    desk.stops(30_000)
    desk.closes(1, 24_000, 30_200)
    desk.until(30_100 + SETTLE_MS)
    desk.finish_all()
    told = [(event.segment, texts(event).replace(".", "")) for event in desk.of(e.SegmentTranscribed)]
    assert told == [(0, numbers(0, 240)), (1, numbers(240, 300))]


def test_another_turn_has_a_window_of_its_own() -> None:
    desk = Desk()
    desk.says(0, 0, 1000)
    desk.finish_all()
    desk.happens(e.ListeningStopped(2000, 1), e.Listen(2, 2000))
    desk.says(0, 3000, 3500, turn=2)
    desk.finish_all()
    assert desk.transcriber.calls == [1000, 500]
    assert [(event.turn, event.segment) for event in desk.of(e.SegmentTranscribed)] == [(1, 0), (2, 0)]


def test_a_piece_that_closes_after_the_microphone_was_given_again_belongs_where_it_was_said() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.happens(e.KeyPressed(2000, "hold"), e.StopListening(1), e.Listen(1, 2100))
    desk.happens(e.SpeechStopped(2120, 1800))
    desk.happens(e.SegmentClosed(2120, 1, 900, 2000), e.TranscribeSegment(1, 0, 900, 2000))
    desk.says(1, 5000, 5300)
    desk.finish_all()
    told = [(event.segment, texts(event)) for event in desk.of(e.SegmentTranscribed)]
    assert told == [(0, numbers(10, 18)), (1, numbers(50, 53))]


def test_after_a_crash_a_piece_whose_speech_was_never_reported_is_heard_whole() -> None:
    desk = Desk()
    desk.happens(e.SessionResumed(3000), e.TranscribeSegment(1, 0, 1000, 1300))
    desk.finish_all()
    assert texts(desk.of(e.SegmentTranscribed)[0]) == "w10 w11 w12"


def test_what_fails_together_is_tried_one_by_one_and_only_the_culprit_fails() -> None:
    desk = Desk()
    desk.transcriber.broken, desk.transcriber.longest_s = ModelProblem("x", "It broke.", ""), 0.5
    desk.says(0, 0, 300)
    desk.says(1, 1000, 1300)
    desk.says(2, 2000, 2900)
    desk.says(3, 4000, 4300)
    desk.finish_all()
    told = [(event.segment, texts(event)) for event in desk.of(e.SegmentTranscribed)]
    assert told == [(0, numbers(0, 3)), (1, numbers(10, 13)), (3, numbers(40, 43))]
    (failed,) = desk.of(e.SegmentFailed)
    assert (failed.segment, failed.reason) == (2, "It broke.")


def test_after_a_failure_the_window_opens_again() -> None:
    desk = Desk()
    desk.says(0, 0, 300)
    desk.finish_all()
    desk.transcriber.broken, desk.transcriber.longest_s = ModelProblem("x", "It broke.", ""), 0.5
    desk.says(1, 1000, 1400)
    desk.finish_all()
    assert desk.of(e.SegmentFailed) == [], "heard without what was known before"
    desk.transcriber.broken = None
    desk.says(2, 3000, 3300)
    desk.finish_all()
    assert desk.transcriber.calls[-1] == 700


def test_a_tail_is_heard_at_once_and_answers_with_the_words_to_its_end() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800)
    desk.finish_all()
    (heard,) = desk.of(e.WordsHeard)
    assert (heard.tail, texts(heard)) == (True, numbers(10, 18))
    assert heard.until_ms - 1800 >= PAUSE_MS, "a breath is no pause"


def test_a_tail_holds_only_what_no_closed_piece_holds() -> None:
    desk = Desk(Learning())
    desk.says(0, 1000, 1300)
    desk.finish_all()
    desk.speaks(4000)
    desk.pauses(4800)
    desk.finish_all()
    (heard,) = desk.of(e.WordsHeard)
    assert (heard.start_ms, texts(heard)) == (1400, " ".join(f"w{n}!" for n in range(40, 48)))
    assert [each.segment for each in heard.revised] == [0]


def test_a_tail_is_no_end_when_speech_goes_on_but_its_words_are_known() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800)
    desk.speaks(2400)
    desk.finish()
    assert desk.transcriber.cancelled_calls == 0
    assert desk.of(e.WordsHeard) == []
    assert [word.text for word in desk.recognition._windows[-1].written()] == numbers(10, 18).split()


def test_pauses_that_follow_each_other_quickly_are_not_each_heard() -> None:
    desk = Desk(live=False)
    begun = []
    for at_ms in range(1000, 20_000, 800):
        desk.speaks(at_ms)
        desk.pauses(at_ms + 250)
        begun += [desk.now_ms] * len(desk.workers.given)
        desk.finish_all()
    assert len(begun) >= 3
    assert all(later - one >= GUESS_MS for one, later in itertools.pairwise(begun))


def test_only_the_newest_tail_waits() -> None:
    desk = Desk()
    desk.says(0, 0, 500)
    desk.speaks(1000)
    desk.pauses(1800)
    desk.speaks(2100)
    desk.pauses(2600)
    desk.finish()
    desk.until(2900 + HEAR_EVERY_MS)
    desk.finish_all()
    assert desk.transcriber.calls == [500, 500 + 800 + 500]
    (heard,) = desk.of(e.WordsHeard)
    assert texts(heard) == f"{numbers(10, 18)} {numbers(21, 26)}"


def test_a_segment_that_closes_while_its_tail_is_being_heard_is_not_heard_again() -> None:
    desk = Desk(live=False)
    desk.speaks(1000)
    desk.pauses(1800)
    desk.closes(0, 500, 2050)
    desk.finish_all()
    assert len(desk.transcriber.calls) == 1
    assert desk.of(e.WordsHeard) == []
    (heard,) = desk.of(e.SegmentTranscribed)
    assert texts(heard) == numbers(10, 18)


def test_a_segment_whose_tail_was_heard_to_its_end_is_not_heard_again() -> None:
    desk = Desk(live=False)
    desk.speaks(1000)
    desk.pauses(1800)
    desk.finish_all()
    desk.closes(0, 500, 2050)
    desk.finish_all()
    assert len(desk.transcriber.calls) == 1
    (heard,) = desk.of(e.SegmentTranscribed)
    assert heard.words == desk.of(e.WordsHeard)[0].words


def test_a_segment_with_more_speech_than_its_tail_is_heard_anew() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800)
    desk.speaks(2400)
    desk.stops(2800)
    desk.closes(0, 500, 3050)
    desk.until(2900 + SETTLE_MS)
    desk.finish_all()
    assert texts(desk.of(e.SegmentTranscribed)[0]) == f"{numbers(10, 18)} {numbers(24, 28)}"


class Quick(NumberedSound):
    """A recogniser with a cheaper way."""

    def __init__(self) -> None:
        super().__init__()
        self.quick_calls: list[int] = []

    def transcribe_quickly(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        self.quick_calls.append(len(samples) // 16)
        heard = self.transcribe(samples, cancelled)
        self.calls.pop()
        return heard


def test_captions_are_heard_quickly_over_the_open_window_and_agree_with_themselves() -> None:
    desk = Desk(Quick())
    desk.says(0, 0, 500)
    desk.finish_all()
    desk.speaks(2000)
    desk.finish_all()
    desk.until(2200 + HEAR_EVERY_MS)
    desk.finish()
    assert desk.recognition.caption.firm == ()
    assert desk.recognition.caption.tentative[0].text == "w20", "closed pieces are in the answer already"
    desk.until(2400 + 2 * HEAR_EVERY_MS)
    desk.finish()
    assert desk.recognition.caption.firm[0].text == "w20"
    first, second = desk.of(e.WordsHeard)
    assert (first.tail, second.tail) == (False, False)
    assert second.until_ms - first.until_ms >= HEAR_EVERY_MS
    assert (desk.transcriber.calls, desk.transcriber.quick_calls[0]) == ([], 500)
    assert desk.transcriber.quick_calls[-1] > 1500, "with what is open before it"
    desk.until(20_000)
    assert len(desk.workers.given) == 1, "nothing queues up behind a slow caption"


def test_captions_stay_short_where_no_two_hearings_agree() -> None:
    class Restless(Quick):
        def transcribe_quickly(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
            heard = super().transcribe_quickly(samples, cancelled)
            return tuple(replace(w, text=f"{w.text}-{len(self.quick_calls)}") for w in heard)

    desk = Desk(Restless())
    desk.speaks(1000)
    desk.talks_on(range(2000, 21_000, 1000))
    assert max(desk.transcriber.quick_calls) < OLD_MS + HEAR_EVERY_MS + 1000
    shown = [word.text.partition("-")[0] for word in desk.recognition.caption.firm]
    assert len(shown) > 120
    assert shown == numbers(10, 10 + len(shown)).split(), "no word twice, none left out"


def test_silent_noise_does_not_make_captions_longer() -> None:
    class Nothing(Quick):
        def transcribe_quickly(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
            super().transcribe_quickly(samples, cancelled)
            return ()

    desk = Desk(Nothing())
    desk.speaks(1000)
    desk.talks_on(range(2000, 21_000, 1000))
    assert max(desk.transcriber.quick_calls) < CAPTION_MS + HEAR_EVERY_MS + 1000


def test_a_pause_just_after_a_caption_is_heard_at_once_and_only_what_is_new() -> None:
    desk = Desk(Quick())
    desk.speaks(1000)
    desk.talks_on(range(2000, 11_000, 500))
    captions = len(desk.transcriber.quick_calls)
    desk.stops(11_000)
    desk.closes(0, 500, 11_200)
    desk.until(11_000 + PAUSE_MS + 100)
    desk.finish_all()
    assert texts(desk.of(e.SegmentTranscribed)[0]) == numbers(10, 110)
    (new_ms,) = desk.transcriber.quick_calls[captions:]
    assert new_ms < 7000, "the words that captions were sure of are not heard again"


def test_a_caption_that_heard_the_end_of_the_speech_is_the_hearing_of_its_pause() -> None:
    desk = Desk(Quick())
    desk.speaks(1000)
    desk.until(2850)
    assert desk.workers.given, "a caption is under way, begun 200 ms after the last speech"
    desk.stops(2300)
    desk.closes(0, 500, 2550)
    desk.finish_all()
    assert texts(desk.of(e.SegmentTranscribed)[0]) == numbers(10, 25)
    assert len(desk.transcriber.quick_calls) == 1


def test_who_speaks_on_and_on_is_heard_in_full_before_the_window_is_full() -> None:
    desk = Desk(Quick())
    desk.speaks(0)
    desk.talks_on(range(1000, 30_000, 500))
    (full,) = desk.transcriber.calls
    assert FULL_MS < full <= 25_000


def test_captions_leave_out_what_closed_long_before() -> None:
    desk = Desk(Quick())
    desk.says(0, 0, 12_000)
    desk.finish_all()
    desk.says(1, 13_000, 15_000)
    desk.finish_all()
    desk.speaks(16_000)
    desk.until(16_000 + HEAR_EVERY_MS)
    desk.finish()
    assert 2000 < desk.transcriber.quick_calls[-1] < 2000 + CAPTION_MS


def test_a_breath_is_not_heard_but_nothing_is_owed_for_long() -> None:
    desk = Desk(live=False)
    desk.speaks(0)
    desk.stops(1000)
    desk.happens(e.SegmentClosed(1200, 1, 0, 1200), e.TranscribeSegment(1, 0, 0, 1200))
    desk.speaks(1300)
    desk.until(1200 + OWED_MS - 200)
    assert not desk.workers.given
    desk.until(1200 + OWED_MS + 200)
    desk.finish_all()
    (heard,) = desk.of(e.SegmentTranscribed)
    assert texts(heard) == numbers(0, 10)


class Sentence(NumberedSound):
    """Stops listening after the first two seconds of what it is given."""

    def transcribe(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        return tuple(w for w in super().transcribe(samples, cancelled) if w.end_ms <= 2000)


def test_what_the_recogniser_left_of_a_window_is_heard_again() -> None:
    desk = Desk(Sentence(), live=False)
    desk.says(0, 0, 7000)
    desk.finish_all()
    assert texts(desk.of(e.SegmentTranscribed)[0]) == numbers(0, 60), "under 1.5 s hold no words"
    assert desk.transcriber.calls == [7000, 5000, 3000]


def test_a_caption_whose_words_are_the_same_is_not_told_again() -> None:
    class Constant(NumberedSound):
        def transcribe(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
            return (HeardWord("yes", 0, len(samples) // 16, 0.9),)

    desk = Desk(Constant())
    desk.speaks(1000)
    for at_ms in range(2000, 6000, 1000):
        desk.until(at_ms)
        if desk.workers.given:
            desk.finish()
    assert len(desk.of(e.WordsHeard)) == 1


def test_real_work_takes_the_place_of_a_caption() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.until(2800 + 190)
    desk.pauses(2800)
    desk.finish()
    assert desk.transcriber.cancelled_calls == 1
    desk.until(2900 + 2 * HEAR_EVERY_MS)
    desk.finish()
    assert [event.tail for event in desk.of(e.WordsHeard)] == [True]


@pytest.mark.parametrize("listen", [e.Listen(2, 4000), e.Listen(1, 4000)])
def test_a_caption_that_answers_late_never_appears_in_a_later_turn_or_revision(listen: e.Listen) -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.until(2800)
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
    desk.pauses(1800)
    desk.happens(e.ListeningStopped(3000, 1), e.Listen(2, 3200))
    desk.finish()
    assert desk.of(e.WordsHeard) == []


def test_a_closed_segments_words_stay_on_the_screen_until_the_answer_has_them() -> None:
    desk = Desk()
    desk.speaks(1000)
    desk.until(2800)
    desk.finish()
    shown = len(desk.recognition.caption.tentative)
    assert shown
    desk.stops(2900)
    desk.closes(0, 500, 3150)
    assert len(desk.recognition.caption.firm) == shown
    desk.until(3000 + SETTLE_MS)
    desk.finish_all()
    assert desk.recognition.caption.firm == ()


def test_on_files_there_are_no_captions_but_tails() -> None:
    desk = Desk(live=False)
    desk.speaks(1000)
    desk.until(9000)
    assert not desk.workers.given
    desk.pauses(9200)
    desk.finish()
    assert [event.tail for event in desk.of(e.WordsHeard)] == [True]


class Metered(NumberedSound):
    speculate_every_ms = 2000


def test_a_metered_recogniser_hears_pauses_only_and_not_too_often() -> None:
    desk = Desk(Metered())
    desk.speaks(1000)
    desk.until(5000)
    assert not desk.workers.given, "no captions"
    begun = []
    for number, at_ms in enumerate(range(5200, 13_000, 1000)):
        desk.stops(at_ms)
        desk.closes(number, at_ms - 600, at_ms + 250)
        begun += [desk.now_ms] * len(desk.workers.given)
        desk.finish_all()
        desk.speaks(at_ms + 700)
    assert len(begun) >= 3
    assert all(later - one >= 2000 for one, later in itertools.pairwise(begun))


def test_a_metered_recogniser_is_asked_at_once_when_the_answer_is_over() -> None:
    desk = Desk(Metered())
    desk.says(0, 1000, 1300)
    desk.finish_all()
    desk.speaks(1800)
    desk.happens(e.KeyPressed(2200, "done"), e.StopListening(1))
    desk.happens(e.SpeechStopped(2200, 2100))
    desk.happens(e.SegmentClosed(2200, 1, 1700, 2200), e.TranscribeSegment(1, 1, 1700, 2200))
    desk.finish_all()
    assert [event.segment for event in desk.of(e.SegmentTranscribed)] == [0, 1]


def test_a_slow_recogniser_gets_fewer_tails_but_captions_never_end() -> None:
    quick, slow, hopeless = Pace(), Pace(), Pace()
    assert (quick.between_ms(GUESS), quick.between_ms(TAIL)) == (HEAR_EVERY_MS, 0)
    slow.note(1280, quick=False)
    assert slow.is_slow
    assert HEAR_EVERY_MS < slow.between_ms(GUESS) <= Pace.MOST_BETWEEN_MS
    hopeless.note(5000, quick=False)
    assert hopeless.between_ms(GUESS) == Pace.MOST_BETWEEN_MS, "fewer, not none"
    assert hopeless.between_ms(TAIL) is None
    for _ in range(6):
        hopeless.note(400, quick=False)
    assert hopeless.between_ms(TAIL) == 800, "it is trusted again, half the time"


def test_a_slow_recogniser_hears_pauses_quickly_and_in_full_when_the_silence_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Pace, "is_slow", True)
    desk = Desk(Quick())
    desk.says(0, 1000, 1300)
    desk.finish_all()
    assert (desk.transcriber.calls, desk.transcriber.quick_calls) == ([], [300])
    desk.until(1300 + SETTLE_LITTLE_MS + 100)
    desk.finish_all()
    assert (desk.transcriber.calls, desk.transcriber.quick_calls) == ([300], [300])
    desk.until(9000)
    assert not desk.workers.given, "once is enough"
    assert len(desk.of(e.SegmentTranscribed)) == 1, "the same words are not told again"


def test_words_that_change_in_the_full_hearing_of_a_silence_are_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Careless(Quick):
        def transcribe_quickly(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
            heard = super().transcribe_quickly(samples, cancelled)
            return tuple(HeardWord("huh", w.start_ms, w.end_ms, 0.5) for w in heard)

    monkeypatch.setattr(Pace, "is_slow", True)
    desk = Desk(Careless())
    desk.says(0, 1000, 1300)
    desk.finish_all()
    desk.until(1300 + SETTLE_LITTLE_MS + 100)
    desk.finish_all()
    assert [texts(event) for event in desk.of(e.SegmentTranscribed)] == ["huh huh huh", "w10 w11 w12"]


def test_a_segment_is_heard_however_slow_the_recogniser_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "between_ms", lambda self, kind: None)
    desk = Desk()
    desk.speaks(1000)
    desk.pauses(1800)
    assert not desk.workers.given
    desk.closes(0, 500, 2050)
    desk.finish_all()
    assert len(desk.of(e.SegmentTranscribed)) == 1


def test_a_bug_in_a_recogniser_is_not_swallowed() -> None:
    desk = Desk()
    desk.transcriber.broken, desk.transcriber.longest_s = ZeroDivisionError("bug"), 0
    desk.says(0, 0, 300)
    with pytest.raises(ZeroDivisionError):
        desk.finish()


class Hesitation(NumberedSound):
    """Hears an "um" at the beginning of each window it is asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.passes: list[int] = []

    def fillers(self, samples: Samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        self.passes.append(len(samples) // 16)
        return () if cancelled() else (HeardWord("um", 0, 200, 0.6),)


def test_fillers_are_heard_once_an_answer_is_over_and_our_line_sounds() -> None:
    desk = Desk(Hesitation())
    desk.says(0, 1000, 21_000)
    desk.finish_all()
    desk.says(1, 25_000, 33_000)
    desk.finish_all()
    desk.happens(e.KeyPressed(36_000, "done"), e.StopListening(1))
    desk.happens(e.ListeningStopped(36_000, 1))
    assert not desk.workers.given, "the reply comes first"
    desk.happens(e.LineStarted(36_500, 2, 3000))
    desk.finish_all()
    assert desk.transcriber.passes == [20_000, 8_000]
    (heard,) = desk.of(e.FillersHeard)
    assert (heard.turn, [word.start_ms for word in heard.words]) == (1, [1000, 25_000])
    desk.happens(e.LineStarted(40_000, 3, 3000))
    assert not desk.workers.given, "once is enough"


def test_the_next_answer_does_not_wait_for_fillers_of_the_last() -> None:
    desk = Desk(Hesitation())
    desk.says(0, 1000, 5000)
    desk.finish_all()
    desk.happens(e.KeyPressed(6000, "done"), e.StopListening(1))
    desk.happens(e.LineStarted(6500, 2, 3000))
    desk.happens(e.LineFinished(7500, 2, 1000), e.Listen(2, 7600))
    desk.says(0, 8000, 9000, turn=2)
    desk.finish_all()
    assert desk.of(e.FillersHeard) == []
    assert [event.turn for event in desk.of(e.SegmentTranscribed)] == [1, 2]


def test_an_answer_that_goes_on_is_heard_for_fillers_when_it_is_really_over() -> None:
    desk = Desk(Hesitation())
    desk.says(0, 1000, 5000)
    desk.finish_all()
    desk.happens(e.ClockReached(9000), e.StopListening(1))
    desk.happens(e.LineStarted(9500, 2, 3000))
    desk.happens(e.SpeechResumed(9700, 9600), e.StopSpeaking(2), e.Listen(1, 9500))
    desk.says(1, 9600, 10_600)
    desk.finish_all()
    desk.happens(e.ClockReached(14_000), e.StopListening(1))
    desk.happens(e.LineStarted(14_500, 3, 3000))
    desk.finish_all()
    (heard,) = desk.of(e.FillersHeard)
    assert desk.transcriber.passes[-1] == 5000, "all of the answer"
    assert heard.turn == 1


class Foreign(NumberedSound):
    """Hears German."""

    asked = 0

    def language(self, samples: Samples) -> tuple[str, float]:
        self.asked += 1
        return "de", 0.91234


def test_the_language_is_asked_for_once_when_enough_was_said() -> None:
    desk = Desk(Foreign())
    desk.says(0, 1000, 2500)
    desk.finish_all()
    assert desk.transcriber.asked == 0
    desk.says(1, 4000, 9000)
    desk.finish_all()
    desk.says(2, 10_000, 11_000)
    desk.finish_all()
    assert desk.transcriber.asked == 1
    (heard,) = desk.of(e.LanguageHeard)
    assert (heard.turn, heard.language, heard.probability) == (1, "de", 0.912)


def test_captions_of_a_slow_recogniser_begin_at_the_last_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "is_slow", True)
    desk = Desk(Quick())
    desk.says(0, 0, 5000)
    desk.finish_all()
    desk.speaks(6000)
    desk.finish_all()
    desk.until(9500)
    caption = desk.workers.given[0]
    desk.pauses(9500)
    assert desk.workers.given[0] is caption
    desk.finish()
    assert desk.transcriber.quick_calls[-1] < 4000
    desk.until(13_000)
    desk.finish_all()
    (tail,) = [event for event in desk.of(e.WordsHeard) if event.tail]
    assert texts(tail) == numbers(60, 95)
