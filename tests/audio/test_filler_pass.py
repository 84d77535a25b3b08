"""The hearing for fillers goes once over all the speech, in windows, and gives times of the session."""

from collections.abc import Callable

import numpy as np

from voice_audio.filler_pass import hear_fillers
from voice_audio.ports import HeardWord, Samples
from voice_audio.window import Stretch, WindowSettings

SETTINGS = WindowSettings(longest_ms=5000, lead_ms=100, trail_ms=100)


class OnLoudSamples:
    """Hears "um" at every sample of 9000: where the sound says so."""

    def __init__(self) -> None:
        self.lengths_ms: list[int] = []

    def fillers(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        self.lengths_ms.append(len(samples) // 16)
        return tuple(HeardWord("um", at // 16, at // 16 + 200, 0.5) for at in np.flatnonzero(samples == 9000))


def heard(
    stretches: list[Stretch], at_ms: list[int], **more: Callable[[], bool]
) -> tuple[list[int], list[int]]:
    samples = np.zeros(60 * 16_000, np.int16)
    samples[[16 * each for each in at_ms]] = 9000
    ear = OnLoudSamples()
    found = hear_fillers(ear, lambda a, b: samples[16 * a : 16 * b], stretches, SETTINGS, 60_000, **more)
    return [word.start_ms for word in found], ear.lengths_ms


def test_pauses_are_left_out_and_times_are_the_sessions() -> None:
    stretches = [Stretch(1000, 2000), Stretch(9000, 10_000), Stretch(30_000, 33_000)]
    found, lengths = heard(stretches, [1500, 9500, 32_000])
    assert found == [1500, 9500, 32_000]
    assert lengths == [2400, 3200]


def test_speech_longer_than_a_window_is_heard_to_its_end_once() -> None:
    found, lengths = heard([Stretch(1000, 14_000)], [1200, 7000, 13_500])
    assert found == [1200, 7000, 13_500]
    assert max(lengths) <= 5000
    assert sum(lengths) <= 13_600


def test_without_speech_nobody_is_asked() -> None:
    assert heard([], []) == ([], [])


def test_given_up_it_asks_no_further() -> None:
    asked: list[int] = []
    found, lengths = heard(
        [Stretch(1000, 14_000)], [1200, 13_500], cancelled=lambda: bool(asked.append(1)) or len(asked) > 1
    )
    assert found == [1200]
    assert len(lengths) == 1
