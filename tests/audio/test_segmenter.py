"""The segmenter against drawn timelines: one character is one block of 32 ms (# sure, + maybe, . silent)."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_audio.segmenter import Edge, Segment, Segmenter, SegmenterSettings, SpeechOffset, SpeechOnset

BLOCK = 512
PROBABILITY = {"#": 0.9, "+": 0.4, ".": 0.05}
SHORT = SegmenterSettings(max_segment_ms=2_200, cut_window_ms=500)


def run(
    drawing: str, floor: int = 0, chosen: SegmenterSettings | None = None, close: int | None = None
) -> list[Edge]:
    segmenter = Segmenter(chosen, BLOCK)
    segmenter.open(floor)
    edges = [edge for at, c in enumerate(drawing, 1) for edge in segmenter.feed(PROBABILITY[c], at * BLOCK)]
    return edges + segmenter.close(len(drawing) * BLOCK if close is None else close)


def test_one_utterance_becomes_onset_offset_and_a_segment_with_pre_roll_and_tail() -> None:
    edges = run("." * 20 + "#" * 10 + "." * 30)
    assert edges == [
        SpeechOnset(20 * BLOCK, 22 * BLOCK),
        SpeechOffset(30 * BLOCK, 36 * BLOCK),
        Segment(20 * BLOCK - 8_000, 30 * BLOCK + 4_000),
    ]


def test_one_sure_block_is_not_speech() -> None:
    assert run("....#....#..+#+...") == []


def test_two_sure_blocks_are() -> None:
    assert SpeechOnset(4 * BLOCK, 6 * BLOCK) in run("....##......")


def test_speech_goes_on_through_blocks_that_are_only_maybe_speech() -> None:
    edges = run("##" + "+" * 30 + "." * 30)
    assert edges[1] == SpeechOffset(32 * BLOCK, 38 * BLOCK)


def test_maybe_speech_does_not_start_anything() -> None:
    assert run("+" * 50) == []


def test_a_short_pause_keeps_the_segment_open_and_a_longer_one_closes_it() -> None:
    def segments(pause: int) -> int:
        edges = run("#" * 10 + "." * pause + "#" * 10 + "." * 20)
        assert sum(isinstance(edge, SpeechOnset) for edge in edges) == (1 if pause < 6 else 2)
        return sum(isinstance(edge, Segment) for edge in edges)

    assert [segments(pause) for pause in (3, 8, 13, 20)] == [1, 1, 1, 2]


@pytest.mark.parametrize(("spoken_ms", "gap_ms"), [(3_000, 500), (8_000, 350), (14_000, 192)])
def test_the_longer_a_segment_the_shorter_the_pause_that_closes_it(spoken_ms: int, gap_ms: int) -> None:
    drawing = "#" * (spoken_ms * 16 // BLOCK) + "." * 40
    segmenter = Segmenter(block_samples=BLOCK)
    segmenter.open(0)
    closed_at = next(
        at * BLOCK
        for at, character in enumerate(drawing, 1)
        if any(isinstance(edge, Segment) for edge in segmenter.feed(PROBABILITY[character], at * BLOCK))
    )
    silence = closed_at - len(drawing.rstrip(".")) * BLOCK
    assert gap_ms * 16 <= silence < gap_ms * 16 + BLOCK


def test_a_long_segment_never_closes_before_its_speech_is_over() -> None:
    chosen = SegmenterSettings(stop_ms=300, long_gaps=((1_000, 32),))
    edges = run("#" * 60 + "." * 5 + "#" * 10 + "." * 30, chosen=chosen)
    assert [type(edge) for edge in edges] == [SpeechOnset, SpeechOffset, Segment]


def test_the_second_segment_begins_where_the_first_ended_at_the_earliest() -> None:
    pieces = [e for e in run("#" * 10 + "." * 18 + "#" * 10 + "." * 20) if isinstance(e, Segment)]
    assert pieces[1].start_sample == pieces[0].end_sample == 10 * BLOCK + 4_000


def test_the_floor_cuts_the_pre_roll_and_hides_what_came_before() -> None:
    floor = 10 * BLOCK + 100
    edges = run("#" * 20 + "." * 20, floor)
    assert edges[0] == SpeechOnset(floor, 13 * BLOCK)
    assert edges[-1] == Segment(floor, 20 * BLOCK + 4_000)


def test_closing_ends_speech_and_segment_but_not_beyond_the_given_sample() -> None:
    drawing = "#" * 10
    assert run(drawing, close=10 * BLOCK + 300)[1:] == [
        SpeechOffset(10 * BLOCK, 10 * BLOCK + 300),
        Segment(0, 10 * BLOCK + 300),
    ]
    assert run(drawing, close=0)[-1] == Segment(0, 10 * BLOCK)


def test_what_was_heard_just_before_listening_began_is_judged_afterwards() -> None:
    segmenter = Segmenter(block_samples=BLOCK)
    drawing = "." * 20 + "#" * 10 + "." * 4
    for at, character in enumerate(drawing, 1):
        assert segmenter.feed(PROBABILITY[character], at * BLOCK) == []
    segmenter.open(15 * BLOCK)
    edges = segmenter.close(len(drawing) * BLOCK)
    assert edges == [
        SpeechOnset(20 * BLOCK, 22 * BLOCK),
        SpeechOffset(30 * BLOCK, 34 * BLOCK),
        Segment(15 * BLOCK, 34 * BLOCK),
    ]


def test_nothing_is_reported_while_closed_and_sound_is_never_given_out_twice() -> None:
    segmenter = Segmenter(block_samples=BLOCK)
    segmenter.open(0)
    first = [e for at in range(1, 11) for e in segmenter.feed(0.9, at * BLOCK)] + segmenter.close(10 * BLOCK)
    assert not segmenter.listening
    assert segmenter.feed(0.9, 11 * BLOCK) == []
    assert segmenter.close(11 * BLOCK) == []
    segmenter.open(0)
    second = [e for at in range(12, 20) for e in segmenter.feed(0.9, at * BLOCK)] + segmenter.close(
        19 * BLOCK
    )
    assert first[-1] == Segment(0, 10 * BLOCK)
    assert second[-1] == Segment(10 * BLOCK, 19 * BLOCK)


def test_a_segment_that_grows_too_long_is_cut_where_speech_is_least_likely() -> None:
    drawing = "#" * 60 + "+" + "#" * 60
    pieces = [e for e in run(drawing, chosen=SHORT) if isinstance(e, Segment)]
    assert pieces[0] == Segment(0, 60 * BLOCK + BLOCK // 2)
    assert pieces[1].start_sample == pieces[0].end_sample


def test_a_word_that_begins_as_the_segment_closes_belongs_whole_to_the_next() -> None:
    pieces = [
        e
        for e in run("#" * 10 + "." * 15 + "#" * 5, chosen=SegmenterSettings(tail_ms=900))
        if isinstance(e, Segment)
    ]
    assert [(piece.start_sample, piece.end_sample) for piece in pieces] == [
        (0, 25 * BLOCK),
        (25 * BLOCK, 30 * BLOCK),
    ]


def test_a_jump_of_the_clock_in_the_middle_of_speech_cuts_there() -> None:
    segmenter = Segmenter(block_samples=BLOCK)
    segmenter.open(0)
    for at in range(1, 5):
        segmenter.feed(0.9 if at > 1 else 0.6, at * BLOCK)
    later = 30 * 16_000
    assert segmenter.feed(0.9, later) == [Segment(0, later - BLOCK // 2)]


def test_nothing_said_after_a_cut_makes_no_empty_segment() -> None:
    longest = 2_200 * 16 // BLOCK + 1
    edges = run("#" * (longest - 3) + "." * 40, chosen=SHORT)
    pieces = [e for e in edges if isinstance(e, Segment)]
    assert len(pieces) == 1
    assert pieces[0].end_sample >= (longest - 3) * BLOCK


@pytest.mark.parametrize(("block", "sure"), [(512, 2), (320, 4), (480, 3), (160, 7)])
def test_times_hold_for_any_block_size(block: int, sure: int) -> None:
    segmenter = Segmenter(block_samples=block)
    segmenter.open(0)
    onsets = [e for at in range(1, 60) for e in segmenter.feed(0.9 if at <= 30 else 0.0, at * block)]
    assert onsets[0] == SpeechOnset(0, sure * block)
    assert isinstance(onsets[1], SpeechOffset)
    assert 192 * 16 <= onsets[1].detected_sample - 30 * block < 192 * 16 + block


def test_the_clock_must_move_forward_and_listening_begins_once() -> None:
    segmenter = Segmenter()
    segmenter.feed(0.1, 512)
    with pytest.raises(ValueError, match="clock"):
        segmenter.feed(0.1, 512)
    segmenter.open(0)
    with pytest.raises(ValueError, match="already"):
        segmenter.open(0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": 0.3},
        {"on": 1.5},
        {"off": 0.0},
        {"start_ms": 0},
        {"pre_roll_ms": -1},
        {"segment_gap_ms": 100},
        {"long_gaps": ((0, 300),)},
        {"max_segment_ms": 4_000},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must|cannot"):
        SegmenterSettings(**wrong)  # type: ignore[arg-type]


drawings = st.lists(
    st.tuples(st.sampled_from("#+."), st.integers(1, 40)).map(lambda run: run[0] * run[1]), max_size=15
).map("".join)
any_settings = st.builds(
    SegmenterSettings,
    start_ms=st.sampled_from([1, 64, 100]),
    pre_roll_ms=st.sampled_from([0, 100, 500]),
    tail_ms=st.sampled_from([0, 250, 900]),
    segment_gap_ms=st.sampled_from([192, 500]),
    long_gaps=st.sampled_from([(), ((600, 256), (1_200, 100))]),
    max_segment_ms=st.sampled_from([1_600, 2_200, 25_000]),
    cut_window_ms=st.sampled_from([200, 500]),
)


@settings(deadline=None)
@given(drawings, any_settings, st.integers(0, 30_000), st.integers(0, 2_000))
def test_segments_never_overlap_and_never_lose_detected_speech(
    drawing: str, given_settings: SegmenterSettings, floor: int, late: int
) -> None:
    end = len(drawing) * BLOCK + late
    edges = run(drawing, floor, given_settings, close=end)
    pieces = [edge for edge in edges if isinstance(edge, Segment)]
    speech = [edge for edge in edges if not isinstance(edge, Segment)]

    for piece in pieces:
        assert floor <= piece.start_sample < piece.end_sample <= end
        assert (
            piece.end_sample - piece.start_sample
            <= (given_settings.max_segment_ms + given_settings.tail_ms) * 16 + BLOCK
        )
    for one, other in itertools.pairwise(pieces):
        assert one.end_sample <= other.start_sample

    assert [type(edge) for edge in speech] == [SpeechOnset, SpeechOffset] * (len(speech) // 2)
    stretches = list(zip(speech[::2], speech[1::2], strict=True))
    assert [edge.detected_sample for edge in speech] == sorted(edge.detected_sample for edge in speech)
    for onset, offset in stretches:
        assert isinstance(onset, SpeechOnset)
        assert isinstance(offset, SpeechOffset)
        assert floor <= onset.sample < onset.detected_sample
        assert onset.sample < offset.last_speech_sample <= offset.detected_sample
        covered = onset.sample
        for piece in pieces:
            if piece.start_sample <= covered:
                covered = max(covered, piece.end_sample)
        assert covered >= offset.last_speech_sample


@settings(deadline=None)
@given(drawings, any_settings)
def test_no_pause_inside_a_segment_is_as_long_as_the_gap_at_its_length(
    drawing: str, given_settings: SegmenterSettings
) -> None:
    """What is left to recognise at the end of an answer is no longer than the rule promises."""
    edges = run(drawing, 0, given_settings)
    for piece in [edge for edge in edges if isinstance(edge, Segment)]:
        stretches = [
            (one.last_speech_sample, two.sample)
            for one, two in itertools.pairwise(edges_of_speech(edges))
            if isinstance(one, SpeechOffset) and isinstance(two, SpeechOnset)
        ]
        for silent_from, silent_to in stretches:
            if piece.start_sample < silent_from and silent_to < piece.end_sample:
                length = silent_from - piece.start_sample
                steps = ((0, given_settings.segment_gap_ms), *given_settings.long_gaps)
                gap_ms = min(gap for least, gap in steps if length >= least * 16)
                decided = max(gap_ms, given_settings.stop_ms) * 16 + BLOCK
                assert silent_to - silent_from < decided


def edges_of_speech(edges: list[Edge]) -> list[SpeechOnset | SpeechOffset]:
    return [edge for edge in edges if not isinstance(edge, Segment)]


@settings(deadline=None)
@given(drawings, st.integers(0, 20))
def test_opening_late_finds_the_same_as_listening_all_along(drawing: str, delay: int) -> None:
    """As long as the delay is shorter than what is remembered, only the moment of reporting differs."""
    segmenter = Segmenter(block_samples=BLOCK)
    edges: list[Edge] = []
    for at, character in enumerate(drawing, 1):
        if at == delay + 1:
            segmenter.open(0)
        edges += segmenter.feed(PROBABILITY[character], at * BLOCK)
    if len(drawing) > delay:
        assert edges + segmenter.close(len(drawing) * BLOCK) == run(drawing)
