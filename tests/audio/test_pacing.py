"""When a live source counts as behind real time: counted clocks, no waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_audio.pacing import STALL_S, Pace

BLOCK_S = 0.02


def play(pace: Pace, seconds: float, rate: float = 1.0, lag_s: float = 0.1, began_s: float = 0.0) -> float:
    """Blocks arriving `lag_s` late from a clock that runs at `rate`; the most it was ever behind."""
    most, blocks = 0.0, 0
    while blocks * BLOCK_S < seconds:
        blocks += 1
        now_s = began_s + blocks * BLOCK_S / rate + lag_s
        most = max(most, pace.behind_s(now_s, blocks * BLOCK_S))
        pace.arrived(now_s, blocks * BLOCK_S)
    return most


def test_a_source_that_never_began_is_behind_by_all_the_time() -> None:
    assert Pace(10.0).behind_s(10.7, 0.0) == pytest.approx(0.7)


@given(st.floats(0, 0.3), st.floats(-2e-4, 2e-4))
def test_a_usual_lag_and_a_drifting_clock_never_count(lag_s: float, drift: float) -> None:
    assert play(Pace(0.0), 120, rate=1 + drift, lag_s=lag_s) < 0.1 + lag_s


def test_an_hour_on_a_slow_clock_is_no_stall() -> None:
    """200 parts per million: 0.72 s an hour, more than a stall, if it were added up."""
    assert play(Pace(0.0), 3600, rate=1 - 2e-4) < STALL_S / 2


def test_a_source_at_two_thirds_of_its_rate_is_noticed() -> None:
    assert play(Pace(0.0), 3, rate=2 / 3) > STALL_S


def test_a_source_that_stops_is_noticed_and_a_backlog_is_more_sound_than_time() -> None:
    pace = Pace(0.0)
    play(pace, 10)
    assert pace.behind_s(10.1, 10.0) == pytest.approx(0.0)
    assert pace.behind_s(10.7, 10.0) == pytest.approx(0.6)
    assert pace.behind_s(10.7, 11.0) == pytest.approx(-0.4)
