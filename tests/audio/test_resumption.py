"""When speech that nobody listens to counts, in numbers: probabilities and levels in, onsets out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_audio.ports import SAMPLE_RATE_HZ
from voice_audio.resumption import EchoLevel, Resumption, ResumptionSettings, loud_over_median_db

BLOCK, BLOCK_MS = 512, 32
QUIET, ROOM = (0.02, -65.0), -65.0
ECHO_DBFS = -40.0


class Scene:
    """Blocks of 32 ms, one after the other."""

    def __init__(self, duplex: str = "half", echo_dbfs: float | None = ECHO_DBFS) -> None:
        self.resumption = Resumption(ResumptionSettings(duplex=duplex), BLOCK, echo_dbfs)
        self.end = 0
        self.onsets: list[int] = []

    @property
    def ms(self) -> int:
        return self.end * 1000 // SAMPLE_RATE_HZ

    def hears(self, blocks: int, probability: float = 0.02, dbfs: float = ROOM) -> "Scene":
        for _ in range(blocks):
            self.end += BLOCK
            onset = self.resumption.feed(probability, dbfs, self.end)
            self.onsets += [] if onset is None else [onset * 1000 // SAMPLE_RATE_HZ]
        return self

    def speech(self, ms: int, dbfs: float = -25.0) -> "Scene":
        return self.hears(-(-ms // BLOCK_MS), 0.9, dbfs)

    def echo(self, ms: int, probability: float = 0.9) -> "Scene":
        return self.hears(-(-ms // BLOCK_MS), probability, ECHO_DBFS)

    def silence(self, ms: int) -> "Scene":
        return self.hears(-(-ms // BLOCK_MS))

    def floor_taken(self) -> "Scene":
        self.resumption.floor_taken(self.end)
        return self

    def line(self, window_ms: int = 700) -> "Scene":
        self.resumption.line_begins(self.end, window_ms, loud_over_median_db=0.0)
        return self

    def line_ends(self) -> "Scene":
        self.resumption.line_ends(self.end)
        return self


def asked(duplex: str = "half", echo_dbfs: float | None = ECHO_DBFS) -> Scene:
    """An answer, its pause, and the floor taken."""
    return Scene(duplex, echo_dbfs).speech(2000).silence(1000).floor_taken()


def test_speech_before_our_first_sample_is_certain_after_two_blocks() -> None:
    scene = asked().silence(96)
    at_ms = scene.ms
    assert scene.speech(32).onsets == []
    assert scene.speech(32).onsets == [at_ms]


def test_one_block_before_our_first_sample_and_one_after_are_enough() -> None:
    scene = asked().silence(96)
    at_ms = scene.ms
    assert scene.speech(32).line().speech(32).onsets == [at_ms]


def test_a_block_that_reaches_into_our_line_is_not_before_it() -> None:
    scene = asked(echo_dbfs=None)
    scene.resumption.line_begins(scene.end + 100, 700)
    assert scene.speech(3000).onsets == []


def test_a_click_is_no_speech() -> None:
    scene = asked()
    for _ in range(20):
        scene.speech(32).silence(32)
    assert scene.onsets == []


@pytest.mark.parametrize(("more_ms", "heard"), [(160, False), (192, True)])
def test_speech_going_on_when_the_floor_was_taken_has_to_go_on(more_ms: int, heard: bool) -> None:
    scene = Scene().speech(2000).floor_taken()
    at_ms = scene.ms
    assert scene.speech(more_ms).silence(500).onsets == ([at_ms] if heard else [])


def test_our_echo_does_not_make_a_last_word_go_on() -> None:
    scene = Scene().speech(2000).floor_taken().speech(96).line().echo(5000)
    assert scene.onsets == []


def test_a_voice_well_over_the_echo_counts_within_the_window() -> None:
    scene = asked().line().echo(320)
    at_ms = scene.ms
    assert scene.speech(160, ECHO_DBFS + 11).onsets == []
    assert scene.speech(32, ECHO_DBFS + 11).onsets == [at_ms]


@pytest.mark.parametrize("over_db", [0, 5, 9.9])
def test_a_voice_hardly_over_the_echo_does_not(over_db: float) -> None:
    assert asked().line().echo(320).speech(3000, ECHO_DBFS + over_db).onsets == []


def test_a_loud_noise_that_is_no_speech_does_not() -> None:
    assert asked().line().hears(60, 0.3, -10.0).onsets == []


def test_a_voice_after_the_window_does_not_count_in_half_duplex() -> None:
    assert asked().line().echo(736).speech(3000).onsets == []


def test_a_voice_that_began_within_the_window_may_be_certain_after_it() -> None:
    scene = asked().line().echo(640)
    at_ms = scene.ms
    assert scene.speech(256).onsets == [at_ms]


def test_the_window_of_an_aside_is_the_whole_line() -> None:
    assert len(asked().line(window_ms=3000).echo(2000).speech(256).onsets) == 1


def test_where_no_echo_level_is_known_nothing_within_a_line_counts() -> None:
    assert asked(echo_dbfs=None).line().speech(900).onsets == []


def test_the_echo_is_learned_while_our_lines_sound() -> None:
    scene = Scene(echo_dbfs=None).line().echo(2000, 0.4).line_ends()
    assert scene.resumption.echo.dbfs == ECHO_DBFS
    scene.silence(500).speech(1000).silence(1000).floor_taken().silence(96).line().echo(200)
    assert len(scene.speech(256).onsets) == 1


def test_a_louder_echo_is_believed_after_it_was_taken_for_a_voice_once() -> None:
    scene = asked().line()
    assert len(scene.speech(2000).line_ends().onsets) == 1
    for _ in range(5):
        scene.silence(700)
        scene.resumption.floor_given()
        scene.speech(500).silence(1000).floor_taken().line().speech(2000).line_ends()
    assert len(scene.onsets) == 1


def test_somebody_who_speaks_over_us_does_not_become_our_echo() -> None:
    scene = asked()
    for _ in range(4):
        scene.line().echo(320).speech(256).line_ends()
        scene.speech(1000)  # the voice goes on when we are silent
        scene.resumption.floor_given()
        scene.speech(2000).silence(1000).floor_taken()
    assert len(scene.onsets) == 4
    scene.line().echo(3000).speech(2000).echo(500).line_ends()  # too late in the line to be heard
    scene.silence(700).floor_taken().line().echo(320).speech(256)
    assert len(scene.onsets) == 5


def test_the_loud_parts_of_a_line_are_what_a_voice_is_compared_with() -> None:
    levels = [-50.0] * 60 + [-38.0] * 40
    assert loud_over_median_db(levels) == 12.0
    echo = EchoLevel(BLOCK)
    echo.loud_over_median_db = 12.0
    for level in levels:
        echo.learn(level)
    assert echo.dbfs == -38.0


def test_zeros_teach_nothing_about_the_echo() -> None:
    scene = Scene(echo_dbfs=None).line().hears(200, 0.0, -120.0)
    assert scene.resumption.echo.dbfs is None


def test_the_echo_tail_is_not_speech() -> None:
    scene = asked().line().echo(2000).line_ends().speech(224, ECHO_DBFS)
    assert scene.silence(500).onsets == []


def test_it_is_told_once_until_the_candidate_is_listened_to_again() -> None:
    scene = asked().speech(200).silence(500).speech(200).silence(500).floor_taken().speech(200)
    assert len(scene.onsets) == 1
    scene.resumption.floor_given()
    scene.speech(500).silence(500)
    assert len(scene.onsets) == 1
    assert len(scene.floor_taken().speech(200).onsets) == 2


def test_what_was_told_before_our_line_and_did_not_stop_it_may_be_told_again() -> None:
    scene = asked("headphones").speech(512).line()
    assert len(scene.speech(160).onsets) == 1
    assert len(scene.speech(64).onsets) == 2
    assert len(scene.speech(3000).onsets) == 2
    assert len(scene.line_ends().silence(500).line().silence(1000).speech(544).onsets) == 3


def test_nothing_is_told_while_the_candidate_has_the_floor() -> None:
    assert Scene().speech(5000).silence(1000).speech(3000).onsets == []


@pytest.mark.parametrize("duplex", ["headphones", "canceller"])
class TestFullDuplex:
    def test_half_a_second_of_speech_counts_at_any_time(self, duplex: str) -> None:
        scene = asked(duplex).line().silence(3000)
        at_ms = scene.ms
        assert scene.speech(480).onsets == []
        assert scene.speech(32).onsets == [at_ms]

    @pytest.mark.parametrize("noise_ms", [100, 250, 400, 480])
    def test_a_cough_and_a_hum_do_not(self, duplex: str, noise_ms: int) -> None:
        scene = asked(duplex).line().silence(1500)
        for _ in range(6):
            scene.speech(noise_ms).silence(400)
        assert scene.onsets == []

    def test_short_holes_do_not_end_speech(self, duplex: str) -> None:
        scene = asked(duplex).line().silence(1500)
        for _ in range(3):
            scene.speech(192).silence(96)
        assert len(scene.onsets) == 1


def test_with_headphones_less_is_enough_within_the_window_and_no_echo_need_be_known() -> None:
    scene = asked("headphones", echo_dbfs=None).line().silence(320)
    assert len(scene.speech(192, -50.0).onsets) == 1


def test_a_canceller_is_not_trusted_within_the_window() -> None:
    """It is still learning then; the microphone's own sound is judged, as without one."""
    scene = asked("canceller").line()
    assert not scene.resumption.wants_cleaned(scene.end)
    assert scene.echo(640).silence(96).onsets == []
    assert scene.resumption.wants_cleaned(scene.end)
    assert scene.line_ends().resumption.wants_cleaned(scene.end)
    assert not scene.silence(300).resumption.wants_cleaned(scene.end)


BLOCKS = st.lists(st.tuples(st.floats(0, 1), st.floats(-90, ECHO_DBFS + 9.9)), max_size=200)


@given(BLOCKS)
def test_nothing_no_louder_than_the_echo_ever_counts_within_a_line(blocks: list[tuple[float, float]]) -> None:
    scene = asked().silence(64).line(window_ms=60_000)
    for probability, dbfs in blocks:
        scene.resumption.echo.learn(ECHO_DBFS)
        scene.hears(1, probability, dbfs)
    assert scene.onsets == []


@given(
    st.lists(st.tuples(st.sampled_from(["floor", "given", "line", "end", "on", "off"]), st.integers(1, 40)))
)
def test_onsets_lie_behind_the_floor_and_are_told_once_a_line(acts: list[tuple[str, int]]) -> None:
    scene, chances, floor_ms = Scene("headphones"), 0, None
    for act, blocks in acts:
        if act == "floor" and floor_ms is None:
            chances, floor_ms = chances + 1, scene.ms
            scene.floor_taken()
        elif act == "given":
            floor_ms = None
            scene.resumption.floor_given()
        elif act == "line":
            chances += 1
            scene.line()
        elif act == "end":
            scene.line_ends()
        before = len(scene.onsets)
        scene.hears(blocks, 0.9 if act == "on" else 0.1)
        new = scene.onsets[before:]
        assert len(new) <= (floor_ms is not None)
        assert all(floor_ms <= onset < scene.ms for onset in new)
    assert len(scene.onsets) <= chances
